//! GetAccountSummary, GetAccountMFAInfo.

use super::{Build, Call};
use crate::domain::error::Error;
use crate::domain::policy::PolicyQuota;
use crate::services::{Ctx, account_summary};

/// How many custom and system policies a user, a group or a role may have (RAM documentation, "Limits").
const CUSTOM_POLICIES: i64 = 10;
const SYSTEM_POLICIES: i64 = 20;

/// Quotas of what is not built here (access key policies, applications, service credentials) are left out.
pub(super) async fn get(ctx: &Ctx, _: &Call<'_>) -> Result<Build, Error> {
    let (account, counts) = account_summary::get(ctx).await?;
    let quotas = ctx.quotas();
    let map = Build::new()
        .put("Users", account.users)
        .put("UsersQuota", quotas.users)
        .put("Groups", account.groups)
        .put("GroupsQuota", quotas.groups)
        .put("GroupsPerUserQuota", quotas.groups_per_user)
        .put("Roles", account.roles)
        .put("RolesQuota", quotas.roles)
        .put("Policies", account.policies)
        .put("PoliciesQuota", quotas.policies)
        .put("PolicySizeQuota", i64::try_from(PolicyQuota::Managed.most()).map_err(Error::internal)?)
        .put("VersionsPerPolicyQuota", quotas.versions_per_policy)
        .put("AttachedPoliciesPerUserQuota", CUSTOM_POLICIES)
        .put("AttachedPoliciesPerGroupQuota", CUSTOM_POLICIES)
        .put("AttachedPoliciesPerRoleQuota", CUSTOM_POLICIES)
        .put("AttachedSystemPoliciesPerUserQuota", SYSTEM_POLICIES)
        .put("AttachedSystemPoliciesPerGroupQuota", SYSTEM_POLICIES)
        .put("AttachedSystemPoliciesPerRoleQuota", SYSTEM_POLICIES)
        .put("AccessKeysPerUserQuota", quotas.access_keys_per_user)
        .put("MFADevices", account.mfa_devices)
        .put("MFADevicesInUse", counts.mfa_devices_in_use)
        .put("VirtualMFADevicesQuota", quotas.mfa_devices);
    Ok(Build::new().object("SummaryMap", map))
}

/// Whether the account's root has an MFA device: no operation of these APIs gives it one.
pub(super) async fn root_mfa(_: &Ctx, _: &Call<'_>) -> Result<Build, Error> {
    Ok(Build::new().put("IsMFAEnable", false))
}
