//! Accounts and their account-wide settings.

use super::Conn;
use super::columns::{from_row, json, to_json};
use super::world::clock_setting;
use crate::domain::account::{Account, Cloud};
use crate::domain::error::Error;
use crate::domain::password_policy::PasswordPolicy;
use crate::domain::security_preference::SecurityPreference;
use crate::domain::time::{ClockSetting, Time};

sql! {
    TOUCH = "UPDATE accounts SET generation = generation + 1 WHERE id = $1 RETURNING *";
    TOUCH_USERS = "UPDATE accounts SET generation = generation + 1, users = users + 1 WHERE id = $1 RETURNING *";
    TOUCH_ROLES = "UPDATE accounts SET generation = generation + 1, roles = roles + 1 WHERE id = $1 RETURNING *";
    TOUCH_MFA_DEVICES = "UPDATE accounts SET generation = generation + 1, mfa_devices = mfa_devices + 1 \
                         WHERE id = $1 RETURNING *";
    TOUCH_INSTANCE_PROFILES = "UPDATE accounts SET generation = generation + 1, \
                               instance_profiles = instance_profiles + 1 WHERE id = $1 RETURNING *";
    TOUCH_GROUPS = "UPDATE accounts SET generation = generation + 1, groups = groups + 1 WHERE id = $1 RETURNING *";
    TOUCH_POLICIES = "UPDATE accounts SET generation = generation + 1, policies = policies + 1 \
                      WHERE id = $1 RETURNING *";
    TOUCH_SERVER_CERTIFICATES = "UPDATE accounts SET generation = generation + 1, \
                                 server_certificates = server_certificates + 1 WHERE id = $1 RETURNING *";
    BY_ID = "SELECT * FROM accounts WHERE id = $1";
    BY_ALIAS = "SELECT * FROM accounts WHERE cloud = $1 AND alias = $2";
    ALL = "SELECT * FROM accounts ORDER BY cloud, id";
    PAGE = "SELECT * FROM accounts WHERE (CAST($1 AS TEXT) IS NULL OR cloud = $1) AND (cloud, id) > ($2, $3) \
            ORDER BY cloud, id LIMIT $4";
    INSERT = "INSERT INTO accounts (id, cloud, alias, generation, password_policy, security_preference, \
              users, roles, mfa_devices, created_at) VALUES ($1, $2, $3, $6, $4, $5, 0, 0, 0, $6) \
              ON CONFLICT DO NOTHING";
    EMPTY_GROUPS = "DELETE FROM user_groups WHERE account_id = $1";
    EMPTY_POLICIES = "DELETE FROM policies WHERE account_id = $1";
    EMPTY_ATTACHMENTS = "DELETE FROM policy_attachments WHERE account_id = $1";
    EMPTY_POLICY_USES = "DELETE FROM policy_uses WHERE account_id = $1";
    EMPTY_INLINE_POLICIES = "DELETE FROM inline_policies WHERE account_id = $1";
    EMPTY_GROUP_MEMBERS = "DELETE FROM group_members WHERE account_id = $1";
    EMPTY_LOGIN_PROFILES = "DELETE FROM login_profiles WHERE account_id = $1";
    EMPTY_PASSWORD_HISTORY = "DELETE FROM password_history WHERE account_id = $1";
    EMPTY_SSH_PUBLIC_KEYS = "DELETE FROM ssh_public_keys WHERE account_id = $1";
    EMPTY_SIGNING_CERTIFICATES = "DELETE FROM signing_certificates WHERE account_id = $1";
    EMPTY_SERVICE_CREDENTIALS = "DELETE FROM service_credentials WHERE account_id = $1";
    EMPTY_MFA_TICKETS = "DELETE FROM mfa_tickets WHERE account_id = $1";
    EMPTY_USERS = "DELETE FROM users WHERE account_id = $1";
    EMPTY_TAGS = "DELETE FROM tags WHERE account_id = $1";
    EMPTY_ACCESS_KEYS = "DELETE FROM access_keys WHERE account_id = $1 AND seeded = FALSE";
    RENEW_ACCESS_KEYS = "UPDATE access_keys SET status = 'Active', updated_at = created_at, last_used_at = NULL, \
                         last_used_service = NULL, last_used_region = NULL WHERE account_id = $1 AND seeded = TRUE";
    EMPTY_MFA_DEVICES = "DELETE FROM mfa_devices WHERE account_id = $1";
    EMPTY_INSTANCE_PROFILES = "DELETE FROM instance_profiles WHERE account_id = $1";
    EMPTY_ROLE_DELETIONS = "DELETE FROM role_deletions WHERE account_id = $1";
    EMPTY_SERVER_CERTIFICATES = "DELETE FROM server_certificates WHERE account_id = $1";
    EMPTY_ROLES = "DELETE FROM roles WHERE account_id = $1";
    EMPTY_OIDC_PROVIDERS = "DELETE FROM oidc_providers WHERE account_id = $1";
    EMPTY_SAML_PROVIDERS = "DELETE FROM saml_providers WHERE account_id = $1";
    EMPTY_SESSIONS = "DELETE FROM sessions WHERE account_id = $1";
    EMPTY_CREDENTIAL_REPORTS = "DELETE FROM credential_reports WHERE account_id = $1";
    EMPTY_SERVICE_ACCESS = "DELETE FROM service_access WHERE account_id = $1";
    EMPTY_ACCESS_REPORTS = "DELETE FROM access_reports WHERE account_id = $1";
    EMPTY_COUNTS = "UPDATE accounts SET users = 0, roles = 0, mfa_devices = 0, groups = 0, policies = 0, \
                    instance_profiles = 0, server_certificates = 0, global_token_version = 1 WHERE id = $1";
    DELETE = "DELETE FROM accounts WHERE id = $1";
    SET_POLICY = "UPDATE accounts SET password_policy = $2 WHERE id = $1";
    SET_PREFERENCE = "UPDATE accounts SET security_preference = $2 WHERE id = $1";
    SET_TOKEN_VERSION = "UPDATE accounts SET global_token_version = $2 WHERE id = $1";
    SET_ALIAS = "UPDATE accounts SET alias = $2 WHERE id = $1 \
                 AND NOT EXISTS (SELECT 1 FROM accounts other WHERE other.cloud = accounts.cloud AND other.alias = $2 AND other.id <> $1)";
    SET_CLOCK = "UPDATE accounts SET clock_mode = $2, clock_micros = $3 WHERE id = $1";
    COUNT_USERS = "UPDATE accounts SET users = users + $2 WHERE id = $1";
    COUNT_ROLES = "UPDATE accounts SET roles = roles + $2 WHERE id = $1";
    COUNT_GROUPS = "UPDATE accounts SET groups = groups + $2 WHERE id = $1";
    COUNT_POLICIES = "UPDATE accounts SET policies = policies + $2 WHERE id = $1";
    COUNT_SERVER_CERTIFICATES = "UPDATE accounts SET server_certificates = server_certificates + $2 WHERE id = $1";
    COUNT_MFA_DEVICES = "UPDATE accounts SET mfa_devices = mfa_devices + $2 WHERE id = $1";
    COUNT_INSTANCE_PROFILES = "UPDATE accounts SET instance_profiles = instance_profiles + $2 WHERE id = $1";
}

from_row!(Account, |row| Account {
    id: row.try_get("id")?,
    cloud: row.try_get("cloud")?,
    alias: row.try_get("alias")?,
    generation: row.try_get("generation")?,
    clock: match (row.try_get::<Option<String>, _>("clock_mode")?, row.try_get::<Option<i64>, _>("clock_micros")?) {
        (Some(mode), Some(micros)) => Some(clock_setting("accounts", mode, micros)?),
        _ => None,
    },
    password_policy: json("accounts", "password_policy", row.try_get("password_policy")?)?,
    security_preference: json("accounts", "security_preference", row.try_get("security_preference")?)?,
    users: row.try_get("users")?,
    roles: row.try_get("roles")?,
    mfa_devices: row.try_get("mfa_devices")?,
    global_token_version: row.try_get("global_token_version")?,
    instance_profiles: row.try_get("instance_profiles")?,
    groups: row.try_get("groups")?,
    policies: row.try_get("policies")?,
    server_certificates: row.try_get("server_certificates")?,
    created_at: row.try_get("created_at")?,
});

/// What an account has many of, counted in its row so that nothing has to count a table.
#[derive(Clone, Copy, Debug)]
pub enum Counter {
    /// Users.
    Users,
    /// Roles.
    Roles,
    /// Virtual MFA devices.
    MfaDevices,
    /// Instance profiles.
    InstanceProfiles,
    /// Groups.
    Groups,
    /// The account's own managed policies.
    Policies,
    /// Server certificates.
    ServerCertificates,
}

/// Raises the account's generation, and one of its counts with it.
pub(super) async fn touch(conn: &mut Conn, id: &str, counter: Option<Counter>) -> Result<Option<Account>, Error> {
    let statement = match counter {
        None => TOUCH,
        Some(Counter::Users) => TOUCH_USERS,
        Some(Counter::Roles) => TOUCH_ROLES,
        Some(Counter::MfaDevices) => TOUCH_MFA_DEVICES,
        Some(Counter::InstanceProfiles) => TOUCH_INSTANCE_PROFILES,
        Some(Counter::Groups) => TOUCH_GROUPS,
        Some(Counter::Policies) => TOUCH_POLICIES,
        Some(Counter::ServerCertificates) => TOUCH_SERVER_CERTIFICATES,
    };
    on!(conn, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

/// The account with this id.
pub async fn find(conn: &mut Conn, id: &str) -> Result<Option<Account>, Error> {
    on!(conn, |c| sqlx::query_as(BY_ID).bind(id).fetch_optional(c).await)
}

/// The account with this alias.
pub async fn by_alias(conn: &mut Conn, cloud: Cloud, alias: &str) -> Result<Option<Account>, Error> {
    on!(conn, |c| sqlx::query_as(BY_ALIAS).bind(cloud).bind(alias).fetch_optional(c).await)
}

/// All accounts, cloud by cloud in the order of their ids.
pub async fn all(conn: &mut Conn) -> Result<Vec<Account>, Error> {
    on!(conn, |c| sqlx::query_as(ALL).fetch_all(c).await)
}

/// Up to `limit` accounts after this one, of one cloud or of both, cloud by cloud in the order of their ids.
pub async fn page(
    conn: &mut Conn,
    cloud: Option<Cloud>,
    (after_cloud, after): (&str, &str),
    limit: i64,
) -> Result<Vec<Account>, Error> {
    on!(conn, |c| sqlx::query_as(PAGE).bind(cloud).bind(after_cloud).bind(after).bind(limit).fetch_all(c).await)
}

/// Makes an account with default settings unless it is there; says whether it did. Its generation starts at the time,
/// so that one made anew is never taken for the one that was dropped.
pub async fn insert(conn: &mut Conn, id: &str, cloud: Cloud, now: Time) -> Result<bool, Error> {
    let policy = to_json(&PasswordPolicy::initial(cloud))?;
    let preference = to_json(&SecurityPreference::initial(cloud))?;
    let done = on!(conn, |c| sqlx::query(INSERT)
        .bind(id)
        .bind(cloud)
        .bind(id)
        .bind(&*policy)
        .bind(&*preference)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Deletes an account with all that is in it; says whether it was there.
pub async fn delete(conn: &mut Conn, id: &str) -> Result<bool, Error> {
    let done = on!(conn, |c| sqlx::query(DELETE).bind(id).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Deletes everything in an account but the root key made with it.
pub async fn empty(conn: &mut Conn, id: &str) -> Result<(), Error> {
    for statement in [
        EMPTY_GROUPS,
        EMPTY_POLICIES,
        EMPTY_ATTACHMENTS,
        EMPTY_POLICY_USES,
        EMPTY_INLINE_POLICIES,
        EMPTY_GROUP_MEMBERS,
        EMPTY_LOGIN_PROFILES,
        EMPTY_PASSWORD_HISTORY,
        EMPTY_SSH_PUBLIC_KEYS,
        EMPTY_SIGNING_CERTIFICATES,
        EMPTY_SERVICE_CREDENTIALS,
        EMPTY_MFA_TICKETS,
        EMPTY_USERS,
        EMPTY_TAGS,
        EMPTY_ACCESS_KEYS,
        RENEW_ACCESS_KEYS,
        EMPTY_MFA_DEVICES,
        EMPTY_INSTANCE_PROFILES,
        EMPTY_ROLE_DELETIONS,
        EMPTY_SERVER_CERTIFICATES,
        EMPTY_ROLES,
        EMPTY_OIDC_PROVIDERS,
        EMPTY_SAML_PROVIDERS,
        EMPTY_SESSIONS,
        EMPTY_CREDENTIAL_REPORTS,
        EMPTY_SERVICE_ACCESS,
        EMPTY_ACCESS_REPORTS,
        EMPTY_COUNTS,
    ] {
        on!(conn, |c| sqlx::query(statement).bind(id).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}

/// Stores the password policy.
pub async fn set_password_policy(conn: &mut Conn, id: &str, policy: &PasswordPolicy) -> Result<(), Error> {
    let policy = to_json(policy)?;
    on!(conn, |c| sqlx::query(SET_POLICY).bind(id).bind(&*policy).execute(c).await.map(|_| ()))
}

/// Stores the security preference.
pub async fn set_security_preference(conn: &mut Conn, id: &str, preference: &SecurityPreference) -> Result<(), Error> {
    let preference = to_json(preference)?;
    on!(conn, |c| sqlx::query(SET_PREFERENCE).bind(id).bind(&*preference).execute(c).await.map(|_| ()))
}

/// Stores which tokens the global endpoint of STS gives.
pub async fn set_token_version(conn: &mut Conn, id: &str, version: i64) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(SET_TOKEN_VERSION).bind(id).bind(version).execute(c).await.map(|_| ()))
}

/// Stores the alias unless another account of the cloud has it; says whether it did.
pub async fn set_alias(conn: &mut Conn, id: &str, alias: &str) -> Result<bool, Error> {
    let done =
        on!(conn, |c| sqlx::query(SET_ALIAS).bind(id).bind(alias).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Stores the account's own clock; `None` is the world's.
pub async fn set_clock(conn: &mut Conn, id: &str, clock: Option<ClockSetting>) -> Result<(), Error> {
    let (mode, micros) = (clock.map(ClockSetting::mode), clock.map(ClockSetting::micros));
    on!(conn, |c| sqlx::query(SET_CLOCK).bind(id).bind(mode).bind(micros).execute(c).await.map(|_| ()))
}

/// Adds `more` to a count.
pub async fn count(conn: &mut Conn, id: &str, counter: Counter, more: i64) -> Result<(), Error> {
    let statement = match counter {
        Counter::Users => COUNT_USERS,
        Counter::Roles => COUNT_ROLES,
        Counter::MfaDevices => COUNT_MFA_DEVICES,
        Counter::InstanceProfiles => COUNT_INSTANCE_PROFILES,
        Counter::Groups => COUNT_GROUPS,
        Counter::Policies => COUNT_POLICIES,
        Counter::ServerCertificates => COUNT_SERVER_CERTIFICATES,
    };
    on!(conn, |c| sqlx::query(statement).bind(id).bind(more).execute(c).await.map(|_| ()))
}
