//! Codes and tokens that a sign-in handed out, by their hashes. A spent one stays, so that its second use is told apart.

use super::Conn;
use super::columns::from_row;
use crate::domain::error::Error;
use crate::domain::grant::Grant;
use crate::domain::time::Time;

sql! {
    BY_HASH = "SELECT * FROM sign_in_grants WHERE token_hash = $1";
    INSERT = "INSERT INTO sign_in_grants (token_hash, kind, account_id, session_id, client_id, redirect_uri, \
              challenge, key_thumbprint, password_print, session_seconds, expires_at, forget_at) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    SPEND = "UPDATE sign_in_grants SET spent_at = $2 WHERE token_hash = $1 AND spent_at IS NULL";
    FORGET = "DELETE FROM sign_in_grants WHERE forget_at < $1";
}

from_row!(Grant, |row| Grant {
    token_hash: row.try_get("token_hash")?,
    kind: row.try_get("kind")?,
    account_id: row.try_get("account_id")?,
    session_id: row.try_get("session_id")?,
    client_id: row.try_get("client_id")?,
    redirect_uri: row.try_get("redirect_uri")?,
    challenge: row.try_get("challenge")?,
    key_thumbprint: row.try_get("key_thumbprint")?,
    password_print: row.try_get("password_print")?,
    session_seconds: row.try_get("session_seconds")?,
    expires_at: row.try_get("expires_at")?,
    spent_at: row.try_get("spent_at")?,
    forget_at: row.try_get("forget_at")?,
});

/// The grant with this hash.
pub async fn find(conn: &mut Conn, token_hash: &str) -> Result<Option<Grant>, Error> {
    on!(conn, |c| sqlx::query_as(BY_HASH).bind(token_hash).fetch_optional(c).await)
}

/// Keeps a new grant.
pub async fn insert(conn: &mut Conn, grant: &Grant) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(INSERT)
        .bind(&*grant.token_hash)
        .bind(grant.kind)
        .bind(&*grant.account_id)
        .bind(&*grant.session_id)
        .bind(grant.client_id.as_deref())
        .bind(grant.redirect_uri.as_deref())
        .bind(grant.challenge.as_deref())
        .bind(grant.key_thumbprint.as_deref())
        .bind(grant.password_print.as_deref())
        .bind(grant.session_seconds)
        .bind(grant.expires_at)
        .bind(grant.forget_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Uses a grant up; says whether it was not yet.
pub async fn spend(conn: &mut Conn, token_hash: &str, now: Time) -> Result<bool, Error> {
    let done =
        on!(conn, |c| sqlx::query(SPEND).bind(token_hash).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Forgets what nobody need know of any more, by real time.
pub async fn forget(conn: &mut Conn, before: Time) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(FORGET).bind(before).execute(c).await.map(|_| ()))
}
