//! What a diagnostic message says of a denial, in RAM's words.

use crate::domain::policy::Layer;
use crate::domain::policy_owner::PolicyOwner;

/// The kind of policy that a layer is. Names other than that of identity policies are inferred (RAM 2015-05-01
/// DecodeDiagnosticMessage, NoPermissionPolicyType).
pub(super) fn policy_type(layer: Layer) -> &'static str {
    match layer {
        Layer::Identity => "AccountLevelIdentityBasedPolicy",
        Layer::Session => "SessionPolicy",
        Layer::Resource => "AssumeRolePolicy",
        // RAM has no such layer.
        Layer::Boundary => "ControlPolicy",
    }
}

/// Whose a policy is: the cloud's or the account's (RAM 2015-05-01 DecodeDiagnosticMessage, PolicyType). What is part
/// of a call counts as the account's (inferred).
pub(super) fn policy_kind(arn: Option<&str>) -> &'static str {
    match arn {
        Some(arn) if arn.starts_with("acs:ram::system:") => "System",
        Some(_) | None => "Custom",
    }
}

/// What has a policy (as above, AttachedEntityType).
pub(super) fn entity_type(owner: PolicyOwner) -> &'static str {
    match owner {
        PolicyOwner::User => "RamUser",
        PolicyOwner::Group => "RamGroup",
        PolicyOwner::Role => "RamRole",
    }
}
