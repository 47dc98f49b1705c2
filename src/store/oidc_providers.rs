//! OpenID Connect providers.

use super::Conn;
use super::columns::{from_row, json, to_json};
use crate::domain::error::Error;
use crate::domain::providers::{OidcProvider, SigningKey};

sql! {
    BY_NAME = "SELECT * FROM oidc_providers WHERE account_id = $1 AND name = $2";
    BY_ISSUER = "SELECT * FROM oidc_providers WHERE account_id = $1 AND issuer = $2 ORDER BY name LIMIT 1";
    ALL = "SELECT * FROM oidc_providers WHERE account_id = $1 ORDER BY name";
    COUNT_OF_ISSUER = "SELECT count(*) AS providers FROM oidc_providers WHERE account_id = $1 AND issuer = $2";
    COUNT = "SELECT count(*) AS providers FROM oidc_providers WHERE account_id = $1";
    INSERT = "INSERT INTO oidc_providers (account_id, id, name, issuer, client_ids, thumbprints, description, \
              issuance_limit_hours, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
              ON CONFLICT DO NOTHING";
    SAVE = "UPDATE oidc_providers SET client_ids = $3, thumbprints = $4, description = $5, issuance_limit_hours = $6, \
            updated_at = $7 WHERE account_id = $1 AND name = $2";
    SET_KEYS = "UPDATE oidc_providers SET jwks = $3, signing_key_id = $4, signing_key = $5 \
                WHERE account_id = $1 AND name = $2";
    DELETE = "DELETE FROM oidc_providers WHERE account_id = $1 AND name = $2";
}

from_row!(OidcProvider, |row| OidcProvider {
    account_id: row.try_get("account_id")?,
    id: row.try_get("id")?,
    name: row.try_get("name")?,
    issuer: row.try_get("issuer")?,
    client_ids: json("oidc_providers", "client_ids", row.try_get("client_ids")?)?,
    thumbprints: json("oidc_providers", "thumbprints", row.try_get("thumbprints")?)?,
    description: row.try_get("description")?,
    issuance_limit_hours: row.try_get("issuance_limit_hours")?,
    jwks: row.try_get("jwks")?,
    signing_key: match (row.try_get("signing_key_id")?, row.try_get("signing_key")?) {
        (Some(id), Some(pkcs8)) => Some(SigningKey { id, pkcs8 }),
        _ => None,
    },
    created_at: row.try_get("created_at")?,
    updated_at: row.try_get("updated_at")?,
});

/// The provider of this name, which on AWS is its address without the scheme.
pub async fn by_name(conn: &mut Conn, account_id: &str, name: &str) -> Result<Option<OidcProvider>, Error> {
    on!(conn, |c| sqlx::query_as(BY_NAME).bind(account_id).bind(name).fetch_optional(c).await)
}

/// The provider with this address.
pub async fn by_issuer(conn: &mut Conn, account_id: &str, issuer: &str) -> Result<Option<OidcProvider>, Error> {
    on!(conn, |c| sqlx::query_as(BY_ISSUER).bind(account_id).bind(issuer).fetch_optional(c).await)
}

/// All providers of an account, few as they are, in the order of their names.
pub async fn all(conn: &mut Conn, account_id: &str) -> Result<Vec<OidcProvider>, Error> {
    on!(conn, |c| sqlx::query_as(ALL).bind(account_id).fetch_all(c).await)
}

/// How many an account has.
pub async fn count(conn: &mut Conn, account_id: &str) -> Result<i64, Error> {
    on!(conn, |c| sqlx::query_scalar(COUNT).bind(account_id).fetch_one(c).await)
}

/// How many of an account's have this address.
pub async fn count_of_issuer(conn: &mut Conn, account_id: &str, issuer: &str) -> Result<i64, Error> {
    on!(conn, |c| sqlx::query_scalar(COUNT_OF_ISSUER).bind(account_id).bind(issuer).fetch_one(c).await)
}

/// Makes a provider unless its name is taken; says whether it did.
pub async fn insert(conn: &mut Conn, provider: &OidcProvider) -> Result<bool, Error> {
    let (client_ids, thumbprints) = (to_json(&provider.client_ids)?, to_json(&provider.thumbprints)?);
    let done = on!(conn, |c| sqlx::query(INSERT)
        .bind(&*provider.account_id)
        .bind(&*provider.id)
        .bind(&*provider.name)
        .bind(&*provider.issuer)
        .bind(&*client_ids)
        .bind(&*thumbprints)
        .bind(&*provider.description)
        .bind(provider.issuance_limit_hours)
        .bind(provider.created_at)
        .bind(provider.updated_at)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Stores what can be changed of a provider, but for its keys.
pub async fn save(conn: &mut Conn, provider: &OidcProvider) -> Result<(), Error> {
    let (client_ids, thumbprints) = (to_json(&provider.client_ids)?, to_json(&provider.thumbprints)?);
    on!(conn, |c| sqlx::query(SAVE)
        .bind(&*provider.account_id)
        .bind(&*provider.name)
        .bind(&*client_ids)
        .bind(&*thumbprints)
        .bind(&*provider.description)
        .bind(provider.issuance_limit_hours)
        .bind(provider.updated_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Stores a provider's keys.
pub async fn set_keys(conn: &mut Conn, provider: &OidcProvider) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(SET_KEYS)
        .bind(&*provider.account_id)
        .bind(&*provider.name)
        .bind(provider.jwks.as_deref())
        .bind(provider.signing_key.as_ref().map(|key| &*key.id))
        .bind(provider.signing_key.as_ref().map(|key| &*key.pkcs8))
        .execute(c)
        .await
        .map(|_| ()))
}

/// Deletes a provider.
pub async fn delete(conn: &mut Conn, account_id: &str, name: &str) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(DELETE).bind(account_id).bind(name).execute(c).await.map(|_| ()))
}
