//! Virtual MFA devices.

use std::collections::HashSet;

use super::Conn;
use super::columns::from_row;
use crate::domain::error::Error;
use crate::domain::mfa::MfaDevice;
use crate::domain::name;

sql! {
    BY_NAME = "SELECT * FROM mfa_devices WHERE account_id = $1 AND name_key = $2";
    OF_USER = "SELECT * FROM mfa_devices WHERE account_id = $1 AND user_id = $2 ORDER BY bound_at, name_key";
    BOUND_USERS = "SELECT DISTINCT user_id FROM mfa_devices WHERE account_id = $1 AND user_id IS NOT NULL";
    PAGE = "SELECT * FROM mfa_devices WHERE account_id = $1 AND name_key > $2 ORDER BY name_key LIMIT $3";
    INSERT = "INSERT INTO mfa_devices (account_id, name, name_key, seed, last_step, created_at, path) \
              VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    SAVE = "UPDATE mfa_devices SET user_id = $3, bound_at = $4, last_step = $5, used_before = $6, \
            last_pair = $7, drift = $8 WHERE account_id = $1 AND name_key = $2";
    DELETE = "DELETE FROM mfa_devices WHERE account_id = $1 AND name_key = $2";
}

from_row!(MfaDevice, |row| MfaDevice {
    account_id: row.try_get("account_id")?,
    name: row.try_get("name")?,
    path: row.try_get("path")?,
    seed: row.try_get("seed")?,
    user_id: row.try_get("user_id")?,
    bound_at: row.try_get("bound_at")?,
    last_step: row.try_get("last_step")?,
    used_before: row.try_get("used_before")?,
    last_pair: row.try_get("last_pair")?,
    drift: row.try_get("drift")?,
    created_at: row.try_get("created_at")?,
});

/// The device of this name, without regard to case.
pub async fn by_name(conn: &mut Conn, account_id: &str, device: &str) -> Result<Option<MfaDevice>, Error> {
    let key = name::key(device);
    on!(conn, |c| sqlx::query_as(BY_NAME).bind(account_id).bind(&*key).fetch_optional(c).await)
}

/// The devices bound to a user, the one bound first at the head.
pub async fn of_user(conn: &mut Conn, account_id: &str, user_id: &str) -> Result<Vec<MfaDevice>, Error> {
    on!(conn, |c| sqlx::query_as(OF_USER).bind(account_id).bind(user_id).fetch_all(c).await)
}

/// The ids of all users of an account who have a device.
pub async fn bound_users(conn: &mut Conn, account_id: &str) -> Result<HashSet<String>, Error> {
    let ids: Vec<String> = on!(conn, |c| sqlx::query_scalar(BOUND_USERS).bind(account_id).fetch_all(c).await)?;
    Ok(ids.into_iter().collect())
}

/// Up to `limit` devices whose names come after `after`, in the order of their names.
pub async fn page(conn: &mut Conn, account_id: &str, after: &str, limit: i64) -> Result<Vec<MfaDevice>, Error> {
    on!(conn, |c| sqlx::query_as(PAGE).bind(account_id).bind(after).bind(limit).fetch_all(c).await)
}

/// Makes a device unless its name is taken; says whether it did.
pub async fn insert(conn: &mut Conn, device: &MfaDevice) -> Result<bool, Error> {
    let key = name::key(&device.name);
    let done = on!(conn, |c| sqlx::query(INSERT)
        .bind(&*device.account_id)
        .bind(&*device.name)
        .bind(&*key)
        .bind(&*device.seed)
        .bind(device.last_step)
        .bind(device.created_at)
        .bind(&*device.path)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Stores whom a device is bound to and which of its codes were used.
pub async fn save(conn: &mut Conn, device: &MfaDevice) -> Result<(), Error> {
    let key = name::key(&device.name);
    on!(conn, |c| sqlx::query(SAVE)
        .bind(&*device.account_id)
        .bind(&*key)
        .bind(device.user_id.as_deref())
        .bind(device.bound_at)
        .bind(device.last_step)
        .bind(device.used_before)
        .bind(device.last_pair)
        .bind(device.drift)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Deletes a device.
pub async fn delete(conn: &mut Conn, account_id: &str, device: &str) -> Result<(), Error> {
    let key = name::key(device);
    on!(conn, |c| sqlx::query(DELETE).bind(account_id).bind(&*key).execute(c).await.map(|_| ()))
}
