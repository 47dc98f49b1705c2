//! What AWS says of a faulty policy document: the one place where the texts stand; must not know how a fault is found.
//!
//! All are told under the code MalformedPolicyDocument, but the one on sizes, under LimitExceeded. Texts are as
//! recorded from IAM; a line says so where one was only seen in reports of users, or is inferred.

use std::borrow::Cow;

use crate::domain::policy::{PolicyFault, PolicyKind, PolicyQuota, PrincipalKind};

const IAM_PATH: &str = "IAM resource path must either be \"*\", root, or start with user/, federated-user/, role/, \
    group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, \
    access-report/.";
const SID: &str = "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression \
    [0-9A-Za-z]*";
const NOBODY: &str = "Invalid principal in policy: com.amazon.balsa.error.InvalidPolicyException: The passed in policy \
    has a statement with no principals!";

/// The text for a fault.
pub(crate) fn text(fault: &PolicyFault) -> String {
    let text: Cow<'static, str> = match fault {
        PolicyFault::NotJson(kind) => not_json(*kind).into(),
        PolicyFault::Syntax(kind) => syntax(*kind).into(),
        PolicyFault::VersionTooOld => "Policy document must be version 2012-10-17 or greater.".into(),
        // seen
        PolicyFault::NamesPrincipal => "Policy document should not specify a principal.".into(),
        PolicyFault::Illegible(_) => "The policy failed legacy parsing".into(),
        // seen
        PolicyFault::SidNotAlphanumeric => SID.into(),
        // seen
        PolicyFault::RepeatedSid(PolicyKind::Trust) => "The Statement Ids in the policy are not unique".into(),
        PolicyFault::RepeatedSid(_) => "Statement IDs (SID) in a single policy must be unique.".into(),
        PolicyFault::NoActions => "Policy statement must contain actions.".into(),
        PolicyFault::NoResources => "Policy statement must contain resources.".into(),
        PolicyFault::ResourceNotArn(text) => format!("Resource {text} must be in ARN format or \"*\".").into(),
        PolicyFault::UnknownPartition { partition, arn } => {
            format!("Partition \"{partition}\" is not valid for resource \"{arn}\".").into()
        }
        PolicyFault::ResourceWithoutVendor => {
            "Resource vendor must be fully qualified and cannot contain regexes.".into()
        }
        PolicyFault::IamResourceWithRegion(arn) => {
            format!("IAM resource {arn} cannot contain region information.").into()
        }
        PolicyFault::ResourceWithRegion(arn) => format!("Resource {arn} can not contain region information.").into(),
        PolicyFault::UnknownIamPath => IAM_PATH.into(),
        PolicyFault::ActionWithoutVendor => {
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.".into()
        }
        PolicyFault::ActionWithColons => "Actions/Condition can contain only one colon.".into(),
        PolicyFault::InvalidVendor(vendor) => format!("Vendor {vendor} is not valid").into(),
        // From here on of trust policies alone, and seen unless the line says otherwise.
        PolicyFault::UnknownField(name) => format!("Unknown field {name}").into(),
        PolicyFault::MissingField(name) => format!("Missing required field {name}").into(),
        PolicyFault::ProhibitedField("NotResource") => "AssumeRole policy must not contain resources.".into(),
        PolicyFault::ProhibitedField(name) => format!("Has prohibited field {name}").into(),
        PolicyFault::NoStatements => "Could not parse the policy: Statement is empty!".into(),
        PolicyFault::UnknownVersion => "The policy must contain a valid version string".into(),
        PolicyFault::UnknownEffect(effect) => format!("Invalid effect: {effect}").into(),
        PolicyFault::ForeignAction => "AssumeRole policy may only specify STS AssumeRole actions.".into(),
        PolicyFault::AllowsAllBut => "Allow with NotPrincipal is not allowed.".into(),
        PolicyFault::DeniesAllBut => "AssumeRole policy must not contain NotPrincipal field.".into(),
        PolicyFault::EmptyPrincipal => "Missing required field Principal cannot be empty!".into(),
        PolicyFault::NobodyNamed => NOBODY.into(),
        // seen for "*"; that another text is told of likewise is inferred
        PolicyFault::KindlessPrincipal(text) => {
            format!("AssumeRolepolicy contained an invalid principal: \"STAR\":\"{text}\".").into()
        }
        // inferred
        PolicyFault::UnknownPrincipalKind(kind) => format!("Invalid principal in policy: \"{kind}\"").into(),
        PolicyFault::InvalidPrincipal { kind, value } => {
            format!("Invalid principal in policy: \"{}\":\"{value}\"", kind_name(*kind)).into()
        }
        // nothing in this language comes to these
        PolicyFault::ResourceWithFewFields(_)
        | PolicyFault::UnknownOperator(_)
        | PolicyFault::ConditionKeyWithoutVendor(_)
        | PolicyFault::SeveralTruths => syntax(PolicyKind::Identity).into(),
        PolicyFault::InvalidFederated => "Federated principals must be valid domain names or SAML metadata ARNs".into(),
    };
    text.into_owned()
}

fn not_json(kind: PolicyKind) -> &'static str {
    match kind {
        PolicyKind::Identity => syntax(kind),
        PolicyKind::Trust => "This policy contains invalid Json",
        // seen; of late STS tells its parser's own complaint instead, which names an object in its memory
        PolicyKind::Session => "The policy is not in the valid JSON format.",
    }
}

fn syntax(kind: PolicyKind) -> &'static str {
    match kind {
        // of sessions inferred
        PolicyKind::Identity | PolicyKind::Session => "Syntax errors in policy.",
        // seen
        PolicyKind::Trust => "Syntax error in policy.",
    }
}

/// What AWS calls the kinds in its texts; the last two are inferred from the second.
fn kind_name(kind: PrincipalKind) -> &'static str {
    match kind {
        PrincipalKind::Aws => "AWS",
        PrincipalKind::Service => "SERVICE",
        PrincipalKind::Federated => "FEDERATED",
        PrincipalKind::CanonicalUser => "CANONICALUSER",
        PrincipalKind::Ram => "RAM",
    }
}

/// The text for a document that is too long, or with which an entity's own policies are: `owner` is that entity's name.
/// Seen, under the code LimitExceeded.
pub(crate) fn size_text(quota: PolicyQuota, owner: &str) -> String {
    let most = quota.most();
    match quota {
        PolicyQuota::User => format!("Maximum policy size of {most} bytes exceeded for user {owner}"),
        PolicyQuota::Group => format!("Maximum policy size of {most} bytes exceeded for group {owner}"),
        PolicyQuota::Role => format!("Maximum policy size of {most} bytes exceeded for role {owner}"),
        PolicyQuota::Managed => format!("Cannot exceed quota for PolicySize: {most}"),
        PolicyQuota::Trust => format!("Cannot exceed quota for ACLSizePerRole: {most}"),
    }
}

#[cfg(test)]
#[path = "policy_texts_tests.rs"]
mod tests;
