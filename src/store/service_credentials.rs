//! Users' credentials for single services.

use super::Conn;
use super::columns::from_row;
use crate::domain::access_key::KeyStatus;
use crate::domain::credentials::{Service, ServiceCredential};
use crate::domain::error::Error;

sql! {
    FIND = "SELECT * FROM service_credentials WHERE account_id = $1 AND id = $2";
    OF_USER = "SELECT * FROM service_credentials WHERE account_id = $1 AND user_id = $2 ORDER BY id";
    WITH_ALIAS = "SELECT alias FROM service_credentials WHERE account_id = $1 AND service = $2";
    PAGE = "SELECT s.*, u.name AS user_name FROM service_credentials s \
            JOIN users u ON u.account_id = s.account_id AND u.id = s.user_id \
            WHERE s.account_id = $1 AND s.id > $2 ORDER BY s.id LIMIT $3";
    INSERT = "INSERT INTO service_credentials (account_id, user_id, id, service, alias, secret_hash, status, \
              created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    SET_STATUS = "UPDATE service_credentials SET status = $3 WHERE account_id = $1 AND id = $2";
    SET_SECRET = "UPDATE service_credentials SET secret_hash = $3 WHERE account_id = $1 AND id = $2";
    DELETE = "DELETE FROM service_credentials WHERE account_id = $1 AND id = $2";
}

from_row!(ServiceCredential, |row| ServiceCredential {
    account_id: row.try_get("account_id")?,
    user_id: row.try_get("user_id")?,
    id: row.try_get("id")?,
    service: row.try_get("service")?,
    alias: row.try_get("alias")?,
    secret_hash: row.try_get("secret_hash")?,
    status: row.try_get("status")?,
    created_at: row.try_get("created_at")?,
    expires_at: row.try_get("expires_at")?,
});

/// A credential and its user's name.
struct Named {
    credential: ServiceCredential,
    user: String,
}

from_row!(Named, |row| Named { credential: sqlx::FromRow::from_row(row)?, user: row.try_get("user_name")? });

/// The credential with this id.
pub async fn find(conn: &mut Conn, account_id: &str, id: &str) -> Result<Option<ServiceCredential>, Error> {
    on!(conn, |c| sqlx::query_as(FIND).bind(account_id).bind(id).fetch_optional(c).await)
}

/// The credentials of a user.
pub async fn of_user(conn: &mut Conn, account_id: &str, user_id: &str) -> Result<Vec<ServiceCredential>, Error> {
    on!(conn, |c| sqlx::query_as(OF_USER).bind(account_id).bind(user_id).fetch_all(c).await)
}

/// The names that are taken at a service.
pub async fn aliases(conn: &mut Conn, account_id: &str, service: Service) -> Result<Vec<String>, Error> {
    on!(conn, |c| sqlx::query_scalar(WITH_ALIAS).bind(account_id).bind(service).fetch_all(c).await)
}

/// Up to `limit` credentials of all users whose ids come after `after`, with the users' names.
pub async fn page(
    conn: &mut Conn,
    account_id: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<(ServiceCredential, String)>, Error> {
    let rows: Vec<Named> =
        on!(conn, |c| sqlx::query_as(PAGE).bind(account_id).bind(after).bind(limit).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|row| (row.credential, row.user)).collect())
}

/// Stores a new credential.
pub async fn insert(conn: &mut Conn, credential: &ServiceCredential) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(INSERT)
        .bind(&*credential.account_id)
        .bind(&*credential.user_id)
        .bind(&*credential.id)
        .bind(credential.service)
        .bind(&*credential.alias)
        .bind(&*credential.secret_hash)
        .bind(credential.status)
        .bind(credential.created_at)
        .bind(credential.expires_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Stores whether a credential may be used.
pub async fn set_status(conn: &mut Conn, account_id: &str, id: &str, status: KeyStatus) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(SET_STATUS).bind(account_id).bind(id).bind(status).execute(c).await.map(|_| ()))
}

/// Stores the hash of a new secret.
pub async fn set_secret(conn: &mut Conn, account_id: &str, id: &str, secret_hash: &str) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(SET_SECRET).bind(account_id).bind(id).bind(secret_hash).execute(c).await.map(|_| ()))
}

/// Deletes a credential.
pub async fn delete(conn: &mut Conn, account_id: &str, id: &str) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(DELETE).bind(account_id).bind(id).execute(c).await.map(|_| ()))
}
