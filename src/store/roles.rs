//! Roles.

use super::Conn;
use super::columns::from_row;
use super::pages::{self, Listed};
use crate::domain::error::Error;
use crate::domain::fault::Kind;
use crate::domain::name;
use crate::domain::role::Role;
use crate::domain::time::Time;

sql! {
    BY_NAME = "SELECT * FROM roles WHERE account_id = $1 AND name_key = $2";
    BY_ID = "SELECT * FROM roles WHERE account_id = $1 AND id = $2";
    ANYWHERE = "SELECT * FROM roles WHERE id = $1";
    PAGE = "SELECT * FROM roles WHERE account_id = $1 AND name_key > $2 ORDER BY name_key LIMIT $3";
    INSERT = "INSERT INTO roles (account_id, id, name, name_key, description, trust_policy, max_session_seconds, \
              console_login_allowed, created_at, updated_at, path, permissions_boundary, service_name) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING";
    UPDATE = "UPDATE roles SET description = $3, trust_policy = $4, max_session_seconds = $5, updated_at = $6, \
              console_login_allowed = $7 \
              WHERE account_id = $1 AND id = $2";
    USED_BY_SESSION = "UPDATE roles SET last_used_at = $2, last_used_region = $3 WHERE (account_id, id) = \
                       (SELECT account_id, role_id FROM sessions WHERE access_key_id = $1)";
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

impl Listed for Role {
    const KIND: Kind = Kind::Role;

    fn name(&self) -> &str {
        &self.name
    }

    fn created_at(&self) -> Time {
        self.created_at
    }
}

/// The role of this name, without regard to case.
pub async fn by_name(conn: &mut Conn, account_id: &str, role_name: &str) -> Result<Option<Role>, Error> {
    let key = name::key(role_name);
    let found: Option<Role> =
        on!(conn, |c| sqlx::query_as(BY_NAME).bind(account_id).bind(&*key).fetch_optional(c).await)?;
    Ok(found.filter(Role::is_seen))
}

/// The role with this id.
pub async fn by_id(conn: &mut Conn, account_id: &str, id: &str) -> Result<Option<Role>, Error> {
    let found: Option<Role> = on!(conn, |c| sqlx::query_as(BY_ID).bind(account_id).bind(id).fetch_optional(c).await)?;
    Ok(found.filter(Role::is_seen))
}

/// The role with this id, whichever account it is in.
pub async fn anywhere(conn: &mut Conn, id: &str) -> Result<Option<Role>, Error> {
    on!(conn, |c| sqlx::query_as(ANYWHERE).bind(id).fetch_optional(c).await)
}

/// Up to `limit` roles whose names come after `after`, in the order of their names.
pub async fn page(conn: &mut Conn, account_id: &str, after: &str, limit: i64) -> Result<Vec<Role>, Error> {
    pages::page(conn, PAGE, account_id, after, limit).await
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

/// Stores a role's description, trust policy, longest session and whether consoles may take it on.
pub async fn update(conn: &mut Conn, role: &Role) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(UPDATE)
        .bind(&*role.account_id)
        .bind(&*role.id)
        .bind(&*role.description)
        .bind(&*role.trust_policy)
        .bind(role.max_session_seconds)
        .bind(role.updated_at)
        .bind(role.console_login_allowed)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Notes when and in which region a role was last used, through the key of one of its sessions. A key of anything else
/// is passed over.
pub async fn used_by_session(conn: &mut Conn, access_key_id: &str, at: Time, region: &str) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(USED_BY_SESSION).bind(access_key_id).bind(at).bind(region).execute(c).await.map(|_| ()))
}

/// Deletes a role.
pub async fn delete(conn: &mut Conn, account_id: &str, id: &str) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(DELETE).bind(account_id).bind(id).execute(c).await.map(|_| ()))
}
