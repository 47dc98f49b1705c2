//! Roles.

use super::Conn;
use super::columns::from_row;
use crate::domain::error::Error;
use crate::domain::name;
use crate::domain::role::Role;

sql! {
    BY_NAME = "SELECT * FROM roles WHERE account_id = $1 AND name_key = $2";
    PAGE = "SELECT * FROM roles WHERE account_id = $1 AND name_key > $2 ORDER BY name_key LIMIT $3";
    INSERT = "INSERT INTO roles (account_id, id, name, name_key, description, trust_policy, max_session_seconds, \
              console_login_allowed, created_at, updated_at, path, permissions_boundary, service_name) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING";
    DELETE = "DELETE FROM roles WHERE account_id = $1 AND id = $2";
}

from_row!(Role, |row| Role {
    account_id: row.try_get("account_id")?,
    id: row.try_get("id")?,
    name: row.try_get("name")?,
    path: row.try_get("path")?,
    permissions_boundary: row.try_get("permissions_boundary")?,
    service_name: row.try_get("service_name")?,
    last_used: match (row.try_get("last_used_at")?, row.try_get("last_used_region")?) {
        (Some(at), Some(region)) => Some((at, region)),
        _ => None,
    },
    description: row.try_get("description")?,
    trust_policy: row.try_get("trust_policy")?,
    max_session_seconds: row.try_get("max_session_seconds")?,
    console_login_allowed: row.try_get("console_login_allowed")?,
    created_at: row.try_get("created_at")?,
    updated_at: row.try_get("updated_at")?,
});

/// The role of this name, without regard to case.
pub async fn by_name(conn: &mut Conn, account_id: &str, role_name: &str) -> Result<Option<Role>, Error> {
    let key = name::key(role_name);
    on!(conn, |c| sqlx::query_as(BY_NAME).bind(account_id).bind(&*key).fetch_optional(c).await)
}

/// Up to `limit` roles whose names come after `after`, in the order of their names.
pub async fn page(conn: &mut Conn, account_id: &str, after: &str, limit: i64) -> Result<Vec<Role>, Error> {
    on!(conn, |c| sqlx::query_as(PAGE).bind(account_id).bind(after).bind(limit).fetch_all(c).await)
}

/// Makes a role unless its name is taken; says whether it did.
pub async fn insert(conn: &mut Conn, role: &Role) -> Result<bool, Error> {
    let key = name::key(&role.name);
    let done = on!(conn, |c| sqlx::query(INSERT)
        .bind(&*role.account_id)
        .bind(&*role.id)
        .bind(&*role.name)
        .bind(&*key)
        .bind(&*role.description)
        .bind(&*role.trust_policy)
        .bind(role.max_session_seconds)
        .bind(role.console_login_allowed)
        .bind(role.created_at)
        .bind(role.updated_at)
        .bind(&*role.path)
        .bind(role.permissions_boundary.as_deref())
        .bind(role.service_name.as_deref())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Deletes a role.
pub async fn delete(conn: &mut Conn, account_id: &str, id: &str) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(DELETE).bind(account_id).bind(id).execute(c).await.map(|_| ()))
}
