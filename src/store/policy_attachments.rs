//! Which users, groups and roles have which managed policies, and how many each policy has.

use super::Conn;
use super::columns::from_row;
use crate::domain::error::Error;
use crate::domain::name;
use crate::domain::policy_owner::{AttachedPolicy, OwnedBy, PolicyOwner};
use crate::domain::time::Time;

sql! {
    OF_OWNER = "SELECT policy_arn, policy_name, policy_path FROM policy_attachments WHERE account_id = $1 \
                AND owner_kind = $2 AND owner_id = $3 ORDER BY policy_key, policy_arn";
    INSERT = "INSERT INTO policy_attachments (account_id, owner_kind, owner_id, policy_arn, policy_name, policy_key, \
              policy_path, attached_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    DELETE = "DELETE FROM policy_attachments WHERE account_id = $1 AND owner_kind = $2 AND owner_id = $3 \
              AND policy_arn = $4";
    DELETE_OF_OWNER = "DELETE FROM policy_attachments WHERE account_id = $1 AND owner_kind = $2 AND owner_id = $3";
    COUNT_UP = "INSERT INTO policy_uses (account_id, policy_arn, attachments) VALUES ($1, $2, 1) \
                ON CONFLICT (account_id, policy_arn) DO UPDATE SET attachments = policy_uses.attachments + 1";
    COUNT_DOWN = "UPDATE policy_uses SET attachments = attachments - 1 WHERE account_id = $1 AND policy_arn = $2";
    COUNT_DOWN_OF_OWNER = "UPDATE policy_uses SET attachments = attachments - 1 WHERE account_id = $1 AND policy_arn IN \
                           (SELECT policy_arn FROM policy_attachments WHERE account_id = $1 AND owner_kind = $2 \
                           AND owner_id = $3)";
    USES = "SELECT policy_arn, attachments FROM policy_uses WHERE account_id = $1 AND attachments > 0";
    USES_OF = "SELECT attachments FROM policy_uses WHERE account_id = $1 AND policy_arn = $2";
    USERS_WITH = "SELECT id, name FROM users WHERE account_id = $1 AND name_key > $3 \
                  AND substr(path, 1, length(CAST($4 AS TEXT))) = $4 AND id IN \
                  (SELECT owner_id FROM policy_attachments WHERE account_id = $1 AND policy_arn = $2 \
                  AND owner_kind = 'user' AND $5 = TRUE UNION ALL SELECT id FROM users WHERE account_id = $1 \
                  AND permissions_boundary = $2 AND $6 = TRUE) ORDER BY name_key LIMIT $7";
    ROLES_WITH = "SELECT id, name FROM roles WHERE account_id = $1 AND name_key > $3 \
                  AND substr(path, 1, length(CAST($4 AS TEXT))) = $4 AND id IN \
                  (SELECT owner_id FROM policy_attachments WHERE account_id = $1 AND policy_arn = $2 \
                  AND owner_kind = 'role' AND $5 = TRUE UNION ALL SELECT id FROM roles WHERE account_id = $1 \
                  AND permissions_boundary = $2 AND $6 = TRUE) ORDER BY name_key LIMIT $7";
    GROUPS_WITH = "SELECT id, name FROM user_groups WHERE account_id = $1 AND name_key > $3 \
                   AND substr(path, 1, length(CAST($4 AS TEXT))) = $4 AND id IN \
                   (SELECT owner_id FROM policy_attachments WHERE account_id = $1 AND policy_arn = $2 \
                   AND owner_kind = 'group' AND $5 = TRUE) ORDER BY name_key LIMIT $6";
}

from_row!(AttachedPolicy, |row| AttachedPolicy {
    arn: row.try_get("policy_arn")?,
    name: row.try_get("policy_name")?,
    path: row.try_get("policy_path")?,
});

/// All managed policies that an owner has, in the order of their names.
pub async fn of_owner(conn: &mut Conn, of: OwnedBy<'_>) -> Result<Vec<AttachedPolicy>, Error> {
    on!(conn, |c| sqlx::query_as(OF_OWNER).bind(of.account_id).bind(of.kind.as_str()).bind(of.id).fetch_all(c).await)
}

/// Gives an owner a policy unless it has it; says whether it did.
pub async fn insert(conn: &mut Conn, of: OwnedBy<'_>, policy: &AttachedPolicy, now: Time) -> Result<bool, Error> {
    let key = name::key(&policy.name);
    let done = on!(conn, |c| sqlx::query(INSERT)
        .bind(of.account_id)
        .bind(of.kind.as_str())
        .bind(of.id)
        .bind(&*policy.arn)
        .bind(&*policy.name)
        .bind(&*key)
        .bind(&*policy.path)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if done > 0 {
        on!(conn, |c| sqlx::query(COUNT_UP).bind(of.account_id).bind(&*policy.arn).execute(c).await.map(|_| ()))?;
    }
    Ok(done > 0)
}

/// Takes a policy from an owner; says whether it had it.
pub async fn delete(conn: &mut Conn, of: OwnedBy<'_>, arn: &str) -> Result<bool, Error> {
    let done = on!(conn, |c| sqlx::query(DELETE)
        .bind(of.account_id)
        .bind(of.kind.as_str())
        .bind(of.id)
        .bind(arn)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if done > 0 {
        on!(conn, |c| sqlx::query(COUNT_DOWN).bind(of.account_id).bind(arn).execute(c).await.map(|_| ()))?;
    }
    Ok(done > 0)
}

/// Takes all managed policies from an owner.
pub async fn delete_of_owner(conn: &mut Conn, of: OwnedBy<'_>) -> Result<(), Error> {
    for statement in [COUNT_DOWN_OF_OWNER, DELETE_OF_OWNER] {
        on!(conn, |c| sqlx::query(statement)
            .bind(of.account_id)
            .bind(of.kind.as_str())
            .bind(of.id)
            .execute(c)
            .await
            .map(|_| ()))?;
    }
    Ok(())
}

/// How many users, groups and roles have each policy that anyone has, by ARN.
pub async fn uses(conn: &mut Conn, account_id: &str) -> Result<Vec<(String, i64)>, Error> {
    on!(conn, |c| sqlx::query_as(USES).bind(account_id).fetch_all(c).await)
}

/// How many users, groups and roles have a policy.
pub async fn uses_of(conn: &mut Conn, account_id: &str, arn: &str) -> Result<i64, Error> {
    let found: Option<i64> =
        on!(conn, |c| sqlx::query_scalar(USES_OF).bind(account_id).bind(arn).fetch_optional(c).await)?;
    Ok(found.unwrap_or_default())
}

/// Which owners of a policy are looked for.
#[derive(Clone, Copy, Debug)]
pub struct With<'a> {
    /// The account.
    pub account_id: &'a str,
    /// The policy.
    pub arn: &'a str,
    /// What the owners' paths begin with.
    pub path_prefix: &'a str,
    /// Those who have it.
    pub attached: bool,
    /// Those whom it bounds.
    pub bounded: bool,
}

/// The ids and names of up to `limit` owners of one kind whose names come after `after`, in the order of their names.
pub async fn owners(
    conn: &mut Conn,
    kind: PolicyOwner,
    with: With<'_>,
    after: &str,
    limit: i64,
) -> Result<Vec<(String, String)>, Error> {
    let statement = match kind {
        PolicyOwner::User => USERS_WITH,
        PolicyOwner::Role => ROLES_WITH,
        PolicyOwner::Group => {
            return on!(conn, |c| sqlx::query_as(GROUPS_WITH)
                .bind(with.account_id)
                .bind(with.arn)
                .bind(after)
                .bind(with.path_prefix)
                .bind(with.attached)
                .bind(limit)
                .fetch_all(c)
                .await);
        }
    };
    on!(conn, |c| sqlx::query_as(statement)
        .bind(with.account_id)
        .bind(with.arn)
        .bind(after)
        .bind(with.path_prefix)
        .bind(with.attached)
        .bind(with.bounded)
        .bind(limit)
        .fetch_all(c)
        .await)
}
