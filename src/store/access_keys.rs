//! Access keys. A deleted one stays as a row without a secret.

use super::Conn;
use super::columns::from_row;
use crate::domain::access_key::{AccessKey, KeyStatus};
use crate::domain::error::Error;
use crate::domain::time::Time;

sql! {
    BY_ID = "SELECT * FROM access_keys WHERE id = $1";
    OF_USER = "SELECT * FROM access_keys WHERE account_id = $1 AND user_id = $2 AND status <> 'Deleted' \
               ORDER BY created_at, id";
    OF_ROOT = "SELECT * FROM access_keys WHERE account_id = $1 AND user_id IS NULL AND status <> 'Deleted' \
               ORDER BY created_at, id";
    OF_ACCOUNT = "SELECT * FROM access_keys WHERE account_id = $1 AND status <> 'Deleted' ORDER BY created_at, id";
    SEEDED = "SELECT * FROM access_keys WHERE seeded = TRUE AND user_id IS NULL";
    INSERT = "INSERT INTO access_keys (id, account_id, user_id, secret, status, seeded, created_at, updated_at) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    SET_STATUS = "UPDATE access_keys SET status = $2, updated_at = $3 WHERE id = $1";
    ERASE = "UPDATE access_keys SET status = 'Deleted', updated_at = $2, \
             secret = CASE WHEN seeded THEN secret ELSE '' END WHERE id = $1";
    USED = "UPDATE access_keys SET last_used_at = $2, last_used_service = $3, last_used_region = $4 WHERE id = $1";
}

from_row!(AccessKey, |row| AccessKey {
    account_id: row.try_get("account_id")?,
    id: row.try_get("id")?,
    user_id: row.try_get("user_id")?,
    secret: row.try_get("secret")?,
    status: row.try_get("status")?,
    seeded: row.try_get("seeded")?,
    created_at: row.try_get("created_at")?,
    updated_at: row.try_get("updated_at")?,
    last_used_at: row.try_get("last_used_at")?,
    last_used_service: row.try_get("last_used_service")?,
    last_used_region: row.try_get("last_used_region")?,
});

/// The key with this id, deleted ones too.
pub async fn find(conn: &mut Conn, id: &str) -> Result<Option<AccessKey>, Error> {
    on!(conn, |c| sqlx::query_as(BY_ID).bind(id).fetch_optional(c).await)
}

/// The keys of a user, or of the account's root, the oldest first.
pub async fn of(conn: &mut Conn, account_id: &str, user_id: Option<&str>) -> Result<Vec<AccessKey>, Error> {
    match user_id {
        Some(id) => on!(conn, |c| sqlx::query_as(OF_USER).bind(account_id).bind(id).fetch_all(c).await),
        None => on!(conn, |c| sqlx::query_as(OF_ROOT).bind(account_id).fetch_all(c).await),
    }
}

/// All keys of an account, the oldest first.
pub async fn of_account(conn: &mut Conn, account_id: &str) -> Result<Vec<AccessKey>, Error> {
    on!(conn, |c| sqlx::query_as(OF_ACCOUNT).bind(account_id).fetch_all(c).await)
}

/// The root keys that were made with their accounts, deleted ones too: a reset brings them back.
pub async fn seeded(conn: &mut Conn) -> Result<Vec<AccessKey>, Error> {
    on!(conn, |c| sqlx::query_as(SEEDED).fetch_all(c).await)
}

/// Makes a key.
pub async fn insert(conn: &mut Conn, key: &AccessKey) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(INSERT)
        .bind(&*key.id)
        .bind(&*key.account_id)
        .bind(key.user_id.as_deref())
        .bind(&*key.secret)
        .bind(key.status)
        .bind(key.seeded)
        .bind(key.created_at)
        .bind(key.updated_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Makes a key active or inactive.
pub async fn set_status(conn: &mut Conn, id: &str, status: KeyStatus, now: Time) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(SET_STATUS).bind(id).bind(status).bind(now).execute(c).await.map(|_| ()))
}

/// Deletes a key: its secret goes, its id stays known. The key made with an account keeps its secret for a reset.
pub async fn erase(conn: &mut Conn, id: &str, now: Time) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(ERASE).bind(id).bind(now).execute(c).await.map(|_| ()))
}

/// Notes when a key was last used and for which service; says whether there is such a key: a session's is none.
pub async fn used(conn: &mut Conn, id: &str, at: Time, service: &str, region: &str) -> Result<bool, Error> {
    let done = on!(conn, |c| sqlx::query(USED)
        .bind(id)
        .bind(at)
        .bind(service)
        .bind(region)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done > 0)
}
