//! Policies that are part of a user, a group or a role.

use super::Conn;
use super::columns::from_row;
use super::sight::sees;
use crate::domain::error::Error;
use crate::domain::fault::Kind;
use crate::domain::name;
use crate::domain::policy_owner::{InlinePolicy, OwnedBy};
use crate::domain::time::Time;

sql! {
    FIND = "SELECT name, document FROM inline_policies WHERE account_id = $1 AND owner_kind = $2 AND owner_id = $3 \
            AND name_key = $4";
    OF_OWNER = "SELECT name, document, created_at FROM inline_policies WHERE account_id = $1 AND owner_kind = $2 \
                AND owner_id = $3 ORDER BY name_key";
    PAGE = "SELECT name FROM inline_policies WHERE account_id = $1 AND owner_kind = $2 AND owner_id = $3 \
            AND name_key > $4 ORDER BY name_key LIMIT $5";
    SIZE_OF_OTHERS = "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM inline_policies WHERE account_id = $1 \
                      AND owner_kind = $2 AND owner_id = $3 AND name_key <> $4";
    PUT = "INSERT INTO inline_policies (account_id, owner_kind, owner_id, name, name_key, document, size, created_at, \
           updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) \
           ON CONFLICT (account_id, owner_kind, owner_id, name_key) \
           DO UPDATE SET document = $6, size = $7, updated_at = $8";
    DELETE = "DELETE FROM inline_policies WHERE account_id = $1 AND owner_kind = $2 AND owner_id = $3 \
              AND name_key = $4";
    DELETE_OF_OWNER = "DELETE FROM inline_policies WHERE account_id = $1 AND owner_kind = $2 AND owner_id = $3";
}

from_row!(InlinePolicy, |row| InlinePolicy { name: row.try_get("name")?, document: row.try_get("document")? });

struct Since(InlinePolicy, Time);

from_row!(Since, |row| Since(sqlx::FromRow::from_row(row)?, row.try_get("created_at")?));

/// The owner's policy of this name, without regard to case.
pub async fn find(conn: &mut Conn, of: OwnedBy<'_>, policy_name: &str) -> Result<Option<InlinePolicy>, Error> {
    let key = name::key(policy_name);
    on!(conn, |c| sqlx::query_as(FIND)
        .bind(of.account_id)
        .bind(of.kind.as_str())
        .bind(of.id)
        .bind(&*key)
        .fetch_optional(c)
        .await)
}

/// All policies of an owner that are in force, in the order of their names.
pub async fn of_owner(conn: &mut Conn, of: OwnedBy<'_>) -> Result<Vec<InlinePolicy>, Error> {
    let found: Vec<Since> = on!(conn, |c| sqlx::query_as(OF_OWNER)
        .bind(of.account_id)
        .bind(of.kind.as_str())
        .bind(of.id)
        .fetch_all(c)
        .await)?;
    let in_force = found.into_iter().filter(|Since(_, created_at)| sees(Kind::Attachment, *created_at));
    Ok(in_force.map(|Since(policy, _)| policy).collect())
}

/// Up to `limit` names of an owner's policies that come after `after`, in their order.
pub async fn page(conn: &mut Conn, of: OwnedBy<'_>, after: &str, limit: i64) -> Result<Vec<String>, Error> {
    on!(conn, |c| sqlx::query_scalar(PAGE)
        .bind(of.account_id)
        .bind(of.kind.as_str())
        .bind(of.id)
        .bind(after)
        .bind(limit)
        .fetch_all(c)
        .await)
}

/// What an owner's policies but the one of this name measure together.
pub async fn size_of_others(conn: &mut Conn, of: OwnedBy<'_>, policy_name: &str) -> Result<i64, Error> {
    let key = name::key(policy_name);
    on!(conn, |c| sqlx::query_scalar(SIZE_OF_OTHERS)
        .bind(of.account_id)
        .bind(of.kind.as_str())
        .bind(of.id)
        .bind(&*key)
        .fetch_one(c)
        .await)
}

/// Stores a policy; one of this name is replaced and keeps its spelling.
pub async fn put(conn: &mut Conn, of: OwnedBy<'_>, policy: &InlinePolicy, size: i64, now: Time) -> Result<(), Error> {
    let key = name::key(&policy.name);
    on!(conn, |c| sqlx::query(PUT)
        .bind(of.account_id)
        .bind(of.kind.as_str())
        .bind(of.id)
        .bind(&*policy.name)
        .bind(&*key)
        .bind(&*policy.document)
        .bind(size)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Deletes a policy; says whether it was there.
pub async fn delete(conn: &mut Conn, of: OwnedBy<'_>, policy_name: &str) -> Result<bool, Error> {
    let key = name::key(policy_name);
    let done = on!(conn, |c| sqlx::query(DELETE)
        .bind(of.account_id)
        .bind(of.kind.as_str())
        .bind(of.id)
        .bind(&*key)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Deletes all policies of an owner.
pub async fn delete_of_owner(conn: &mut Conn, of: OwnedBy<'_>) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(DELETE_OF_OWNER)
        .bind(of.account_id)
        .bind(of.kind.as_str())
        .bind(of.id)
        .execute(c)
        .await
        .map(|_| ()))
}
