//! SSH public keys of users.

use super::Conn;
use super::columns::from_row;
use crate::domain::access_key::KeyStatus;
use crate::domain::credentials::SshPublicKey;
use crate::domain::error::Error;

sql! {
    FIND = "SELECT * FROM ssh_public_keys WHERE account_id = $1 AND id = $2";
    OF_USER = "SELECT * FROM ssh_public_keys WHERE account_id = $1 AND user_id = $2 ORDER BY uploaded_at, id";
    INSERT = "INSERT INTO ssh_public_keys (account_id, user_id, id, body, wire, fingerprint, status, uploaded_at) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    SET_STATUS = "UPDATE ssh_public_keys SET status = $3 WHERE account_id = $1 AND id = $2";
    DELETE = "DELETE FROM ssh_public_keys WHERE account_id = $1 AND id = $2";
}

from_row!(SshPublicKey, |row| SshPublicKey {
    account_id: row.try_get("account_id")?,
    user_id: row.try_get("user_id")?,
    id: row.try_get("id")?,
    body: row.try_get("body")?,
    wire: row.try_get("wire")?,
    fingerprint: row.try_get("fingerprint")?,
    status: row.try_get("status")?,
    uploaded_at: row.try_get("uploaded_at")?,
});

/// The key with this id.
pub async fn find(conn: &mut Conn, account_id: &str, id: &str) -> Result<Option<SshPublicKey>, Error> {
    on!(conn, |c| sqlx::query_as(FIND).bind(account_id).bind(id).fetch_optional(c).await)
}

/// The keys of a user, the oldest first.
pub async fn of_user(conn: &mut Conn, account_id: &str, user_id: &str) -> Result<Vec<SshPublicKey>, Error> {
    on!(conn, |c| sqlx::query_as(OF_USER).bind(account_id).bind(user_id).fetch_all(c).await)
}

/// Stores a new key.
pub async fn insert(conn: &mut Conn, key: &SshPublicKey) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(INSERT)
        .bind(&*key.account_id)
        .bind(&*key.user_id)
        .bind(&*key.id)
        .bind(&*key.body)
        .bind(&*key.wire)
        .bind(&*key.fingerprint)
        .bind(key.status)
        .bind(key.uploaded_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Stores whether a key may be used.
pub async fn set_status(conn: &mut Conn, account_id: &str, id: &str, status: KeyStatus) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(SET_STATUS).bind(account_id).bind(id).bind(status).execute(c).await.map(|_| ()))
}

/// Deletes a key.
pub async fn delete(conn: &mut Conn, account_id: &str, id: &str) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(DELETE).bind(account_id).bind(id).execute(c).await.map(|_| ()))
}
