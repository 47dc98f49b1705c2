//! Command lines that wait for a person's answer, by the hash of what they ask with.

use super::Conn;
use super::columns::from_row;
use crate::domain::device_authorization::{DeviceAuthorization, DeviceState};
use crate::domain::error::Error;
use crate::domain::time::Time;

sql! {
    BY_HASH = "SELECT * FROM device_authorizations WHERE device_hash = $1";
    BY_USER_CODE = "SELECT * FROM device_authorizations WHERE user_code = $1";
    INSERT = "INSERT INTO device_authorizations (device_hash, user_code, client_id, challenge, state, expires_at, \
              forget_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    ASKED = "UPDATE device_authorizations SET polled_at = $2, polled_really_at = $3 WHERE device_hash = $1";
    ANSWER = "UPDATE device_authorizations SET state = $2, session_id = $3 \
              WHERE device_hash = $1 AND state = 'pending'";
    SPEND = "UPDATE device_authorizations SET state = 'spent' WHERE device_hash = $1 AND state = 'approved'";
    FORGET = "DELETE FROM device_authorizations WHERE forget_at < $1";
}

from_row!(DeviceAuthorization, |row| DeviceAuthorization {
    device_hash: row.try_get("device_hash")?,
    user_code: row.try_get("user_code")?,
    client_id: row.try_get("client_id")?,
    challenge: row.try_get("challenge")?,
    state: row.try_get("state")?,
    session_id: row.try_get("session_id")?,
    expires_at: row.try_get("expires_at")?,
    polled_at: row.try_get("polled_at")?,
    polled_really_at: row.try_get("polled_really_at")?,
    forget_at: row.try_get("forget_at")?,
});

/// The one with this hash.
pub async fn find(conn: &mut Conn, device_hash: &str) -> Result<Option<DeviceAuthorization>, Error> {
    on!(conn, |c| sqlx::query_as(BY_HASH).bind(device_hash).fetch_optional(c).await)
}

/// The one with this code of the person's.
pub async fn by_user_code(conn: &mut Conn, user_code: &str) -> Result<Option<DeviceAuthorization>, Error> {
    on!(conn, |c| sqlx::query_as(BY_USER_CODE).bind(user_code).fetch_optional(c).await)
}

/// Keeps a new one unless its code is another's; says whether it did.
pub async fn insert(conn: &mut Conn, device: &DeviceAuthorization) -> Result<bool, Error> {
    let done = on!(conn, |c| sqlx::query(INSERT)
        .bind(&*device.device_hash)
        .bind(&*device.user_code)
        .bind(&*device.client_id)
        .bind(&*device.challenge)
        .bind(device.state)
        .bind(device.expires_at)
        .bind(device.forget_at)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Notes that the command line asked.
pub async fn asked(conn: &mut Conn, device_hash: &str, now: Time, really_now: Time) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(ASKED).bind(device_hash).bind(now).bind(really_now).execute(c).await.map(|_| ()))
}

/// Notes what the person of a session said; says whether nobody had said anything before.
pub async fn answer(conn: &mut Conn, device_hash: &str, state: DeviceState, session_id: &str) -> Result<bool, Error> {
    let done = on!(conn, |c| sqlx::query(ANSWER)
        .bind(device_hash)
        .bind(state)
        .bind(session_id)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Uses one up to which a person said yes; says whether it was not yet.
pub async fn spend(conn: &mut Conn, device_hash: &str) -> Result<bool, Error> {
    let done = on!(conn, |c| sqlx::query(SPEND).bind(device_hash).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Forgets what nobody need know of any more, by real time.
pub async fn forget(conn: &mut Conn, before: Time) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(FORGET).bind(before).execute(c).await.map(|_| ()))
}
