//! What hangs on the users, groups, roles and policies of one page, from the first name to the last: one query for each
//! kind of thing, however many owners there are.

use super::Conn;
use super::columns::from_row;
use crate::domain::error::Error;
use crate::domain::instance_profile::InstanceProfile;
use crate::domain::policy_owner::{AttachedPolicy, InlinePolicy, PolicyOwner};
use crate::store::policies::StoredVersion;

sql! {
    INLINE_OF_USERS = "SELECT i.owner_id, i.name, i.document FROM users o JOIN inline_policies i \
                       ON i.account_id = o.account_id AND i.owner_kind = 'user' AND i.owner_id = o.id \
                       WHERE o.account_id = $1 AND o.name_key >= $2 AND o.name_key <= $3 ORDER BY i.name_key";
    INLINE_OF_GROUPS = "SELECT i.owner_id, i.name, i.document FROM user_groups o JOIN inline_policies i \
                        ON i.account_id = o.account_id AND i.owner_kind = 'group' AND i.owner_id = o.id \
                        WHERE o.account_id = $1 AND o.name_key >= $2 AND o.name_key <= $3 ORDER BY i.name_key";
    INLINE_OF_ROLES = "SELECT i.owner_id, i.name, i.document FROM roles o JOIN inline_policies i \
                       ON i.account_id = o.account_id AND i.owner_kind = 'role' AND i.owner_id = o.id \
                       WHERE o.account_id = $1 AND o.name_key >= $2 AND o.name_key <= $3 ORDER BY i.name_key";
    ATTACHED_TO_USERS = "SELECT a.owner_id, a.policy_arn, a.policy_name, a.policy_path FROM users o \
                         JOIN policy_attachments a ON a.account_id = o.account_id AND a.owner_kind = 'user' \
                         AND a.owner_id = o.id WHERE o.account_id = $1 AND o.name_key >= $2 AND o.name_key <= $3 \
                         ORDER BY a.policy_key, a.policy_arn";
    ATTACHED_TO_GROUPS = "SELECT a.owner_id, a.policy_arn, a.policy_name, a.policy_path FROM user_groups o \
                          JOIN policy_attachments a ON a.account_id = o.account_id AND a.owner_kind = 'group' \
                          AND a.owner_id = o.id WHERE o.account_id = $1 AND o.name_key >= $2 AND o.name_key <= $3 \
                          ORDER BY a.policy_key, a.policy_arn";
    ATTACHED_TO_ROLES = "SELECT a.owner_id, a.policy_arn, a.policy_name, a.policy_path FROM roles o \
                         JOIN policy_attachments a ON a.account_id = o.account_id AND a.owner_kind = 'role' \
                         AND a.owner_id = o.id WHERE o.account_id = $1 AND o.name_key >= $2 AND o.name_key <= $3 \
                         ORDER BY a.policy_key, a.policy_arn";
    GROUPS_OF_USERS = "SELECT m.user_id, g.name FROM users o JOIN group_members m ON m.account_id = o.account_id \
                       AND m.user_id = o.id JOIN user_groups g ON g.account_id = m.account_id AND g.id = m.group_id \
                       WHERE o.account_id = $1 AND o.name_key >= $2 AND o.name_key <= $3 ORDER BY g.name_key";
    PROFILES_OF_ROLES = "SELECT p.* FROM roles o JOIN instance_profiles p ON p.account_id = o.account_id \
                         AND p.role_id = o.id WHERE o.account_id = $1 AND o.name_key >= $2 AND o.name_key <= $3 \
                         ORDER BY p.name_key";
    VERSIONS_OF_POLICIES = "SELECT v.policy_id, v.number, v.document, v.created_at FROM policies o \
                            JOIN policy_versions v ON v.account_id = o.account_id AND v.policy_id = o.id \
                            WHERE o.account_id = $1 AND o.name_key >= $2 AND o.name_key <= $3 ORDER BY v.number DESC";
    POLICIES_IN_USE = "SELECT count(*) FROM (SELECT policy_arn AS arn FROM policy_uses WHERE account_id = $1 \
                       AND attachments > 0 UNION SELECT permissions_boundary AS arn FROM users WHERE account_id = $1 \
                       AND permissions_boundary IS NOT NULL UNION SELECT permissions_boundary AS arn FROM roles \
                       WHERE account_id = $1 AND permissions_boundary IS NOT NULL) AS used";
    PROVIDERS = "SELECT CAST((SELECT count(*) FROM oidc_providers WHERE account_id = $1) \
                 + (SELECT count(*) FROM saml_providers WHERE account_id = $1) AS BIGINT)";
    MFA_DEVICES_IN_USE = "SELECT count(*) FROM mfa_devices WHERE account_id = $1 AND user_id IS NOT NULL";
    ROOT_KEYS = "SELECT count(*) FROM access_keys WHERE account_id = $1 AND user_id IS NULL AND status <> 'Deleted' \
                 AND seeded = FALSE";
}

/// Something and the id of what it hangs on.
#[derive(Clone, Debug)]
pub struct Of<T>(pub String, pub T);

from_row!(Of<InlinePolicy>, |row| Self(row.try_get("owner_id")?, sqlx::FromRow::from_row(row)?));
from_row!(Of<AttachedPolicy>, |row| Self(row.try_get("owner_id")?, sqlx::FromRow::from_row(row)?));
from_row!(Of<StoredVersion>, |row| Self(row.try_get("policy_id")?, sqlx::FromRow::from_row(row)?));

/// The page whose things are asked for: an account, and the keys of the first name and the last.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "its summary names them")]
pub struct Range<'a> {
    pub account_id: &'a str,
    pub first: &'a str,
    pub last: &'a str,
}

/// The policies that are part of a page of users, groups or roles.
pub async fn inline_policies(
    conn: &mut Conn,
    kind: PolicyOwner,
    page: Range<'_>,
) -> Result<Vec<Of<InlinePolicy>>, Error> {
    let statement = match kind {
        PolicyOwner::User => INLINE_OF_USERS,
        PolicyOwner::Group => INLINE_OF_GROUPS,
        PolicyOwner::Role => INLINE_OF_ROLES,
    };
    on!(conn, |c| sqlx::query_as(statement).bind(page.account_id).bind(page.first).bind(page.last).fetch_all(c).await)
}

/// The managed policies that a page of users, groups or roles has.
pub async fn attachments(
    conn: &mut Conn,
    kind: PolicyOwner,
    page: Range<'_>,
) -> Result<Vec<Of<AttachedPolicy>>, Error> {
    let statement = match kind {
        PolicyOwner::User => ATTACHED_TO_USERS,
        PolicyOwner::Group => ATTACHED_TO_GROUPS,
        PolicyOwner::Role => ATTACHED_TO_ROLES,
    };
    on!(conn, |c| sqlx::query_as(statement).bind(page.account_id).bind(page.first).bind(page.last).fetch_all(c).await)
}

/// The ids of a page of users and the names of the groups that they are in.
pub async fn groups_of_users(conn: &mut Conn, page: Range<'_>) -> Result<Vec<(String, String)>, Error> {
    on!(conn, |c| sqlx::query_as(GROUPS_OF_USERS)
        .bind(page.account_id)
        .bind(page.first)
        .bind(page.last)
        .fetch_all(c)
        .await)
}

/// The instance profiles that a page of roles is in.
pub async fn profiles_of_roles(conn: &mut Conn, page: Range<'_>) -> Result<Vec<InstanceProfile>, Error> {
    on!(conn, |c| sqlx::query_as(PROFILES_OF_ROLES)
        .bind(page.account_id)
        .bind(page.first)
        .bind(page.last)
        .fetch_all(c)
        .await)
}

/// The versions of a page of policies, those of each one the newest first.
pub async fn versions_of_policies(conn: &mut Conn, page: Range<'_>) -> Result<Vec<Of<StoredVersion>>, Error> {
    on!(conn, |c| sqlx::query_as(VERSIONS_OF_POLICIES)
        .bind(page.account_id)
        .bind(page.first)
        .bind(page.last)
        .fetch_all(c)
        .await)
}

/// What an account has that its row does not count.
#[derive(Clone, Copy, Debug)]
pub struct Counts {
    /// How many managed policies somebody has or is bounded by.
    pub policies_in_use: i64,
    /// How many identity providers there are.
    pub providers: i64,
    /// How many MFA devices are bound.
    pub mfa_devices_in_use: i64,
    /// How many access keys the root has, without the one made with the account.
    pub root_keys: i64,
}

/// Counts it.
pub async fn counts(conn: &mut Conn, account_id: &str) -> Result<Counts, Error> {
    let mut found = [0; 4];
    for (count, statement) in found.iter_mut().zip([POLICIES_IN_USE, PROVIDERS, MFA_DEVICES_IN_USE, ROOT_KEYS]) {
        *count = on!(conn, |c| sqlx::query_scalar(statement).bind(account_id).fetch_one(c).await)?;
    }
    let [policies_in_use, providers, mfa_devices_in_use, root_keys] = found;
    Ok(Counts { policies_in_use, providers, mfa_devices_in_use, root_keys })
}
