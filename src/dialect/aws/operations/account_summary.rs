//! GetAccountSummary, SetSecurityTokenServicePreferences.

use serde::Deserialize;

use super::{Access, Answer, Build, Nothing, Resource, Row, row};
use crate::domain::policy::PolicyQuota;
use crate::services::{Ctx, account_summary};

pub(super) const ROWS: &[Row] = &[
    row!(Iam, "GetAccountSummary", Access::Policy(Resource::Any), get),
    row!(Iam, "SetSecurityTokenServicePreferences", Access::Policy(Resource::Any), set_preferences),
];

/// How many versions of policies may be in use (recorded); nothing here comes near it.
const POLICY_VERSIONS_IN_USE: i64 = 10_000;

fn size(quota: PolicyQuota) -> i64 {
    i64::try_from(quota.most()).unwrap_or(i64::MAX)
}

/// The root has no password, MFA devices or signing certificates here. The key made with the account is the tester's,
/// as in the credential report.
async fn get(ctx: &Ctx, _: Nothing) -> Answer {
    let (account, counts) = account_summary::get(ctx).await?;
    let quotas = ctx.quotas();
    let entries = vec![
        ("Users", account.users),
        ("UsersQuota", quotas.users),
        ("Groups", account.groups),
        ("GroupsQuota", quotas.groups),
        ("Roles", account.roles),
        ("RolesQuota", quotas.roles),
        ("Policies", account.policies),
        ("PoliciesQuota", quotas.policies),
        ("PolicyVersionsInUse", counts.policies_in_use),
        ("PolicyVersionsInUseQuota", POLICY_VERSIONS_IN_USE),
        ("VersionsPerPolicyQuota", quotas.versions_per_policy),
        ("InstanceProfiles", account.instance_profiles),
        ("InstanceProfilesQuota", quotas.instance_profiles),
        ("ServerCertificates", account.server_certificates),
        ("ServerCertificatesQuota", quotas.server_certificates),
        ("Providers", counts.providers),
        ("MFADevices", account.mfa_devices),
        ("MFADevicesInUse", counts.mfa_devices_in_use),
        ("AccountMFAEnabled", 0),
        ("AccountAccessKeysPresent", i64::from(counts.root_keys > 0)),
        ("AccountPasswordPresent", 0),
        ("AccountSigningCertificatesPresent", 0),
        ("AccessKeysPerUserQuota", quotas.access_keys_per_user),
        ("GroupsPerUserQuota", quotas.groups_per_user),
        ("SigningCertificatesPerUserQuota", quotas.signing_certificates_per_user),
        ("AttachedPoliciesPerUserQuota", quotas.attached_policies),
        ("AttachedPoliciesPerGroupQuota", quotas.attached_policies),
        ("AttachedPoliciesPerRoleQuota", quotas.attached_policies),
        ("UserPolicySizeQuota", size(PolicyQuota::User)),
        ("GroupPolicySizeQuota", size(PolicyQuota::Group)),
        ("RolePolicySizeQuota", size(PolicyQuota::Role)),
        ("PolicySizeQuota", size(PolicyQuota::Managed)),
        ("AssumeRolePolicySizeQuota", size(PolicyQuota::Trust)),
        ("GlobalEndpointTokenVersion", account.global_token_version),
    ];
    Ok(Build::new().entries("SummaryMap", entries))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SetPreferences {
    global_endpoint_token_version: String,
}

async fn set_preferences(ctx: &Ctx, request: SetPreferences) -> Answer {
    let version = if request.global_endpoint_token_version == "v2Token" { 2 } else { 1 };
    account_summary::set_token_version(ctx, version).await?;
    Ok(Build::new())
}
