//! Certificates of servers.

use super::Conn;
use super::columns::from_row;
use crate::domain::credentials::ServerCertificate;
use crate::domain::error::Error;
use crate::domain::name;

sql! {
    BY_NAME = "SELECT * FROM server_certificates WHERE account_id = $1 AND name_key = $2";
    PAGE = "SELECT * FROM server_certificates WHERE account_id = $1 AND name_key > $2 ORDER BY name_key LIMIT $3";
    INSERT = "INSERT INTO server_certificates (account_id, id, name, name_key, path, body, chain, uploaded_at, \
              expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
    RENAME = "UPDATE server_certificates SET name = $3, name_key = $4, path = $5 WHERE account_id = $1 AND id = $2 \
              AND NOT EXISTS (SELECT 1 FROM server_certificates other WHERE other.account_id = $1 \
              AND other.name_key = $4 AND other.id <> $2)";
    DELETE = "DELETE FROM server_certificates WHERE account_id = $1 AND id = $2";
}

from_row!(ServerCertificate, |row| ServerCertificate {
    account_id: row.try_get("account_id")?,
    id: row.try_get("id")?,
    name: row.try_get("name")?,
    path: row.try_get("path")?,
    body: row.try_get("body")?,
    chain: row.try_get("chain")?,
    uploaded_at: row.try_get("uploaded_at")?,
    expires_at: row.try_get("expires_at")?,
});

/// The certificate of this name, without regard to case.
pub async fn by_name(conn: &mut Conn, account_id: &str, certificate: &str) -> Result<Option<ServerCertificate>, Error> {
    let key = name::key(certificate);
    on!(conn, |c| sqlx::query_as(BY_NAME).bind(account_id).bind(&*key).fetch_optional(c).await)
}

/// Up to `limit` certificates whose names come after `after`, in the order of their names.
pub async fn page(conn: &mut Conn, account_id: &str, after: &str, limit: i64) -> Result<Vec<ServerCertificate>, Error> {
    on!(conn, |c| sqlx::query_as(PAGE).bind(account_id).bind(after).bind(limit).fetch_all(c).await)
}

/// Stores a new certificate unless its name is taken; says whether it did.
pub async fn insert(conn: &mut Conn, certificate: &ServerCertificate) -> Result<bool, Error> {
    let key = name::key(&certificate.name);
    let done = on!(conn, |c| sqlx::query(INSERT)
        .bind(&*certificate.account_id)
        .bind(&*certificate.id)
        .bind(&*certificate.name)
        .bind(&*key)
        .bind(&*certificate.path)
        .bind(&*certificate.body)
        .bind(certificate.chain.as_deref())
        .bind(certificate.uploaded_at)
        .bind(certificate.expires_at)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Stores a certificate's name and path unless the name is another's; says whether it did.
pub async fn rename(conn: &mut Conn, certificate: &ServerCertificate) -> Result<bool, Error> {
    let key = name::key(&certificate.name);
    let done = on!(conn, |c| sqlx::query(RENAME)
        .bind(&*certificate.account_id)
        .bind(&*certificate.id)
        .bind(&*certificate.name)
        .bind(&*key)
        .bind(&*certificate.path)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Deletes a certificate.
pub async fn delete(conn: &mut Conn, account_id: &str, id: &str) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(DELETE).bind(account_id).bind(id).execute(c).await.map(|_| ()))
}
