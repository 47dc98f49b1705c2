//! SAML providers.

use super::Conn;
use super::columns::{from_row, json, to_json};
use crate::domain::error::Error;
use crate::domain::name;
use crate::domain::providers::{ListedSamlProvider, RequestSigning, SamlProvider};

sql! {
    BY_NAME = "SELECT * FROM saml_providers WHERE account_id = $1 AND name_key = $2";
    ALL = "SELECT name, description, valid_until, created_at, updated_at FROM saml_providers WHERE account_id = $1 \
           ORDER BY name_key";
    COUNT = "SELECT count(*) AS providers FROM saml_providers WHERE account_id = $1";
    INSERT = "INSERT INTO saml_providers (account_id, id, name, name_key, description, metadata, encryption_required, \
              private_keys, valid_until, created_at, updated_at, request_signing) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING";
    SAVE = "UPDATE saml_providers SET description = $3, metadata = $4, encryption_required = $5, private_keys = $6, \
            valid_until = $7, updated_at = $8, request_signing = $9 WHERE account_id = $1 AND name_key = $2";
    DELETE = "DELETE FROM saml_providers WHERE account_id = $1 AND name_key = $2";
}

from_row!(SamlProvider, |row| SamlProvider {
    account_id: row.try_get("account_id")?,
    id: row.try_get("id")?,
    name: row.try_get("name")?,
    description: row.try_get("description")?,
    metadata: row.try_get("metadata")?,
    encryption_required: row.try_get("encryption_required")?,
    private_keys: json("saml_providers", "private_keys", row.try_get("private_keys")?)?,
    request_signing: RequestSigning::parse(row.try_get("request_signing")?).unwrap_or_default(),
    valid_until: row.try_get("valid_until")?,
    created_at: row.try_get("created_at")?,
    updated_at: row.try_get("updated_at")?,
});

from_row!(ListedSamlProvider, |row| ListedSamlProvider {
    name: row.try_get("name")?,
    description: row.try_get("description")?,
    valid_until: row.try_get("valid_until")?,
    created_at: row.try_get("created_at")?,
    updated_at: row.try_get("updated_at")?,
});

/// The provider of this name, without regard to case.
pub async fn by_name(conn: &mut Conn, account_id: &str, provider: &str) -> Result<Option<SamlProvider>, Error> {
    let key = name::key(provider);
    on!(conn, |c| sqlx::query_as(BY_NAME).bind(account_id).bind(&*key).fetch_optional(c).await)
}

/// All providers of an account, few as they are, in the order of their names; without their metadata, which are large.
pub async fn all(conn: &mut Conn, account_id: &str) -> Result<Vec<ListedSamlProvider>, Error> {
    on!(conn, |c| sqlx::query_as(ALL).bind(account_id).fetch_all(c).await)
}

/// How many an account has.
pub async fn count(conn: &mut Conn, account_id: &str) -> Result<i64, Error> {
    on!(conn, |c| sqlx::query_scalar(COUNT).bind(account_id).fetch_one(c).await)
}

/// Makes a provider unless its name is taken; says whether it did.
pub async fn insert(conn: &mut Conn, provider: &SamlProvider) -> Result<bool, Error> {
    let (key, private_keys) = (name::key(&provider.name), to_json(&provider.private_keys)?);
    let done = on!(conn, |c| sqlx::query(INSERT)
        .bind(&*provider.account_id)
        .bind(&*provider.id)
        .bind(&*provider.name)
        .bind(&*key)
        .bind(&*provider.description)
        .bind(&*provider.metadata)
        .bind(provider.encryption_required)
        .bind(&*private_keys)
        .bind(provider.valid_until)
        .bind(provider.created_at)
        .bind(provider.updated_at)
        .bind(provider.request_signing.as_str())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Stores what can be changed of a provider.
pub async fn save(conn: &mut Conn, provider: &SamlProvider) -> Result<(), Error> {
    let (key, private_keys) = (name::key(&provider.name), to_json(&provider.private_keys)?);
    on!(conn, |c| sqlx::query(SAVE)
        .bind(&*provider.account_id)
        .bind(&*key)
        .bind(&*provider.description)
        .bind(&*provider.metadata)
        .bind(provider.encryption_required)
        .bind(&*private_keys)
        .bind(provider.valid_until)
        .bind(provider.updated_at)
        .bind(provider.request_signing.as_str())
        .execute(c)
        .await
        .map(|_| ()))
}

/// Deletes a provider.
pub async fn delete(conn: &mut Conn, account_id: &str, provider: &str) -> Result<(), Error> {
    let key = name::key(provider);
    on!(conn, |c| sqlx::query(DELETE).bind(account_id).bind(&*key).execute(c).await.map(|_| ()))
}
