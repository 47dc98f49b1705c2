//! Certificates that users sign with.

use super::Conn;
use super::columns::from_row;
use crate::domain::access_key::KeyStatus;
use crate::domain::credentials::SigningCertificate;
use crate::domain::error::Error;

sql! {
    FIND = "SELECT * FROM signing_certificates WHERE account_id = $1 AND id = $2";
    OF_USER = "SELECT * FROM signing_certificates WHERE account_id = $1 AND user_id = $2 ORDER BY uploaded_at, id";
    OF_ACCOUNT = "SELECT * FROM signing_certificates WHERE account_id = $1 ORDER BY uploaded_at, id";
    INSERT = "INSERT INTO signing_certificates (account_id, user_id, id, body, status, uploaded_at) \
              VALUES ($1, $2, $3, $4, $5, $6)";
    SET_STATUS = "UPDATE signing_certificates SET status = $3 WHERE account_id = $1 AND id = $2";
    DELETE = "DELETE FROM signing_certificates WHERE account_id = $1 AND id = $2";
}

from_row!(SigningCertificate, |row| SigningCertificate {
    account_id: row.try_get("account_id")?,
    user_id: row.try_get("user_id")?,
    id: row.try_get("id")?,
    body: row.try_get("body")?,
    status: row.try_get("status")?,
    uploaded_at: row.try_get("uploaded_at")?,
});

/// All certificates of an account, the oldest first.
pub async fn of_account(conn: &mut Conn, account_id: &str) -> Result<Vec<SigningCertificate>, Error> {
    on!(conn, |c| sqlx::query_as(OF_ACCOUNT).bind(account_id).fetch_all(c).await)
}

/// The certificate with this id.
pub async fn find(conn: &mut Conn, account_id: &str, id: &str) -> Result<Option<SigningCertificate>, Error> {
    on!(conn, |c| sqlx::query_as(FIND).bind(account_id).bind(id).fetch_optional(c).await)
}

/// The certificates of a user, the oldest first.
pub async fn of_user(conn: &mut Conn, account_id: &str, user_id: &str) -> Result<Vec<SigningCertificate>, Error> {
    on!(conn, |c| sqlx::query_as(OF_USER).bind(account_id).bind(user_id).fetch_all(c).await)
}

/// Stores a new certificate.
pub async fn insert(conn: &mut Conn, certificate: &SigningCertificate) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(INSERT)
        .bind(&*certificate.account_id)
        .bind(&*certificate.user_id)
        .bind(&*certificate.id)
        .bind(&*certificate.body)
        .bind(certificate.status)
        .bind(certificate.uploaded_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Stores whether a certificate may be used.
pub async fn set_status(conn: &mut Conn, account_id: &str, id: &str, status: KeyStatus) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(SET_STATUS).bind(account_id).bind(id).bind(status).execute(c).await.map(|_| ()))
}

/// Deletes a certificate.
pub async fn delete(conn: &mut Conn, account_id: &str, id: &str) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(DELETE).bind(account_id).bind(id).execute(c).await.map(|_| ()))
}
