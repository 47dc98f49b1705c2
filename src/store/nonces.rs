//! Signature nonces that were seen, for replicas over one store.

use super::Conn;
use crate::domain::error::Error;
use crate::domain::time::Time;

sql! {
    REMEMBER = "INSERT INTO nonces (access_key_id, nonce, forget_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    SEEN = "SELECT COUNT(*) FROM nonces WHERE access_key_id = $1 AND nonce = $2";
    FORGET = "DELETE FROM nonces WHERE forget_at < $1";
}

/// Remembers a nonce; says whether it is new.
pub async fn remember(conn: &mut Conn, access_key_id: &str, nonce: &str, forget_at: Time) -> Result<bool, Error> {
    let done = on!(conn, |c| sqlx::query(REMEMBER)
        .bind(access_key_id)
        .bind(nonce)
        .bind(forget_at)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Whether a nonce was seen.
pub async fn seen(conn: &mut Conn, access_key_id: &str, nonce: &str) -> Result<bool, Error> {
    let count: i64 = on!(conn, |c| sqlx::query_scalar(SEEN).bind(access_key_id).bind(nonce).fetch_one(c).await)?;
    Ok(count > 0)
}

/// Forgets what no request can repeat any more.
pub async fn forget(conn: &mut Conn, before: Time) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(FORGET).bind(before).execute(c).await.map(|_| ()))
}
