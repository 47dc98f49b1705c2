//! What the journal keeps of a request's parameters, by the model of its operation.

use super::model::{Api, Operation};
use super::query::Query;
use crate::dialect::mask::{self, Known, MOST_BYTES, Seen};

/// Parameters that every request carries, which say nothing about the operation.
fn is_common(name: &str) -> bool {
    matches!(name, "Action" | "Version") || name.starts_with("X-Amz-")
}

/// Reads the parameters of an operation.
pub(super) fn seen(query: &Query, api: Api, operation: &Operation) -> Seen {
    let own = query.iter().filter(|(name, _)| !is_common(name));
    let mut seen = mask::seen(own, |name| known(api, operation, name));
    for name in ["X-Amz-Credential", "X-Amz-Security-Token", "X-Amz-Signature"] {
        seen.hidden.value(query.get(name).unwrap_or_default());
    }
    seen
}

/// What the model says of a parameter. What it does not bound is a document.
fn known(api: Api, operation: &Operation, name: &str) -> Known {
    match api.model().parameter(operation, name) {
        Some(shape) if shape.secret => Known::Secret,
        Some(shape) => Known::taken(name, shape.max.map_or(MOST_BYTES, |max| usize::try_from(max).unwrap_or_default())),
        None => Known::Not,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::dialect::aws::model::{Kind, Shape};

    /// The names on the wire of all that a shape holds.
    fn spread(api: Api, shape: &Shape, wire: &str, names: &mut Vec<String>) {
        match &shape.kind {
            Kind::List(of) => spread(api, of, &format!("{wire}.member.1"), names),
            Kind::Structure(name) => {
                for field in api.model().structure(name) {
                    spread(api, &field.shape, &format!("{wire}.{}", field.name), names);
                }
            }
            _ => names.push(wire.to_owned()),
        }
    }

    #[test]
    fn every_parameter_is_known_and_those_that_sound_secret_are_or_are_known_not_to_be() {
        let (mut open, mut secret) = (BTreeSet::new(), BTreeSet::new());
        for api in [Api::Iam, Api::Sts] {
            for operation in api.model().names() {
                let operation = api.model().operation(operation).unwrap();
                let mut names = Vec::new();
                for field in &operation.input {
                    spread(api, &field.shape, &field.name, &mut names);
                }
                for name in names {
                    let last = name.rsplit('.').find(|part| !part.starts_with(char::is_numeric) && *part != "member");
                    let last = last.unwrap().to_owned();
                    match known(api, operation, &name) {
                        Known::Secret => secret.insert(last),
                        Known::Open(_) => mask::shown(&last, "v").1 == mask::MASK && open.insert(last),
                        Known::Not => panic!("{name} is not found"),
                    };
                }
            }
        }
        let harmless = [
            "AccessKeyId",
            "AllowUsersToChangePassword",
            "AssertionEncryptionMode",
            "ContextKeyName",
            "ContextKeyType",
            "ContextKeyValues",
            "CredentialAgeDays",
            "EncodedMessage",
            "GlobalEndpointTokenVersion",
            "Key",
            "MaxPasswordAge",
            "MinimumPasswordLength",
            "PasswordResetRequired",
            "PasswordReusePrevention",
            "RemovePrivateKey",
            "SSHPublicKeyBody",
            "SSHPublicKeyId",
            "ServiceSpecificCredentialId",
            "SortKey",
            "TagKeys",
            "TransitiveTagKeys",
        ];
        assert_eq!(open.iter().collect::<Vec<_>>(), harmless.iter().collect::<Vec<_>>());
        let masked = [
            "AddPrivateKey",
            "AuthenticationCode1",
            "AuthenticationCode2",
            "ContextAssertion",
            "NewPassword",
            "OldPassword",
            "Password",
            "PrivateKey",
            "SAMLAssertion",
            "TokenCode",
            "TradeInToken",
            "WebIdentityToken",
        ];
        assert_eq!(secret.iter().collect::<Vec<_>>(), masked.iter().collect::<Vec<_>>());
    }

    #[test]
    fn what_the_model_has_not_is_not_known() {
        let create = Api::Iam.model().operation("CreateUser").unwrap();
        for name in
            ["userName", "Tags", "Tags.1.Key", "Tags.member.x.Key", "Tags.member.1.Key.x", "UserName.1", "", "."]
        {
            assert_eq!(known(Api::Iam, create, name), Known::Not, "{name}");
        }
        assert_eq!(known(Api::Iam, create, "UserName"), Known::Open(64));
        assert_eq!(known(Api::Iam, create, "Tags.member.12.Key"), Known::Open(128));
    }

    #[test]
    fn a_user_with_fifty_tags_is_told_whole_and_in_order() {
        let tag = |n: u32| format!("&Tags.member.{n}.Key=k{n}&Tags.member.{n}.Value={}", "v".repeat(256));
        let tags: String = (1..=50).map(tag).collect();
        let text = format!("Action=CreateUser&Version=2010-05-08&UserName=many&Password=Hidden-1{tags}");
        let seen =
            seen(&Query::decode(&text, b"").unwrap(), Api::Iam, Api::Iam.model().operation("CreateUser").unwrap());
        let pairs = seen.parameters.0;
        let keys: Vec<&str> =
            pairs.iter().filter(|(name, _)| name.ends_with(".Key")).map(|(_, value)| value.as_str()).collect();
        assert_eq!(keys, (1..=50).map(|n| format!("k{n}")).collect::<Vec<_>>());
        assert_eq!(pairs.len(), 102);
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert!(pairs.contains(&pair("UserName", "many")) && pairs.contains(&pair("Password", "***")));
    }
}
