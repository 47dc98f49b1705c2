//! What a diagnostic message says of a denial, in RAM's words.

use crate::domain::policy::Layer;

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
