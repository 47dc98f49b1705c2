//! The table of operations against AWS's own: the Service Authorization Reference.

use std::collections::BTreeSet;

use serde_json::Value;

use super::*;

fn reference() -> Value {
    serde_json::from_str(include_str!("../../../../tests/vectors/aws-authorization.json")).unwrap()
}

/// The type of resource in the reference's words.
fn kind(resource: Resource) -> Option<&'static str> {
    match resource {
        Resource::Named(kind, _) | Resource::New(kind, _) => Some(kind.prefix()),
        Resource::Arn("PolicyArn") => Some("policy"),
        Resource::Arn("SerialNumber") => Some("mfa"),
        Resource::Arn("OpenIDConnectProviderArn") => Some("oidc-provider"),
        Resource::Arn("SAMLProviderArn") => Some("saml-provider"),
        // an ARN may be of several types
        Resource::Arn(_) | Resource::OwnerOfKey(_) | Resource::UserOrAll(_) => Some("user"),
        Resource::ServiceRole(_) | Resource::DeletionTask(_) => Some("role"),
        Resource::FederatedUser => Some("federated-user"),
        Resource::All(_) | Resource::Any => None,
    }
}

/// Keys that no request has here: they tell of security keys, which no operation here takes, and of what AWS's own
/// services ask for.
const NOT_HERE: [&str; 4] = [
    "iam:FIDO-FIPS-140-2-certification",
    "iam:FIDO-FIPS-140-3-certification",
    "iam:FIDO-certification",
    "iam:RegisterSecurityKey",
];

#[test]
fn every_operation_has_the_resource_and_the_condition_keys_of_the_reference() {
    let reference = reference();
    for row in TABLES.iter().copied().flatten() {
        let Access::Policy(resource) = row.access else { continue };
        // Operations that AWS does not list are judged by what their siblings are.
        let listed = &reference["services"][row.api.name()][row.name];
        let Some(resources) = listed["resources"].as_array() else {
            assert!(matches!(row.name, "GetAccessKeyInfo"), "{} is in no reference", row.name);
            continue;
        };
        let kinds: Vec<&str> = resources.iter().filter_map(Value::as_str).collect();
        match kind(resource) {
            Some(kind) => assert!(kinds.contains(&kind), "{}: {kind} is none of {kinds:?}", row.name),
            None => assert!(kinds.is_empty(), "{} is about {kinds:?}", row.name),
        }
        let mut keys = BTreeSet::new();
        for key in row.keys {
            keys.extend(match key {
                Key::RequestTags => vec!["aws:RequestTag/${TagKey}", "aws:TagKeys"],
                Key::TagKeys => vec!["aws:TagKeys"],
                Key::Boundary => vec!["iam:PermissionsBoundary"],
                Key::PolicyArn => vec!["iam:PolicyARN"],
                Key::ServiceName => vec!["iam:AWSServiceName"],
                Key::CredentialService => vec!["iam:ServiceSpecificCredentialServiceName"],
                Key::CredentialAge => vec!["iam:ServiceSpecificCredentialAgeDays"],
                Key::PassRole(_) | Key::Moved(_) | Key::TagSession => vec![],
            });
        }
        let wanted = listed["condition_keys"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let wanted: BTreeSet<&str> = wanted.filter(|key| !NOT_HERE.contains(key)).collect();
        assert_eq!(keys, wanted, "{}", row.name);
        let needed: Vec<&str> =
            listed["dependent_actions"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let passes = row.keys.iter().any(|key| matches!(key, Key::PassRole(_)));
        assert_eq!(needed == ["iam:PassRole"], passes, "{}: {needed:?}", row.name);
    }
}
