//! The managed policies that accounts made, and their versions.

use super::Conn;
use super::columns::from_row;
use super::pages::{self, Listed};
use crate::domain::error::Error;
use crate::domain::fault::Kind;
use crate::domain::name;
use crate::domain::own_policy::OwnPolicy;
use crate::domain::time::Time;

sql! {
    BY_NAME = "SELECT * FROM policies WHERE account_id = $1 AND name_key = $2";
    PAGE = "SELECT * FROM policies WHERE account_id = $1 AND name_key > $2 ORDER BY name_key LIMIT $3";
    INSERT = "INSERT INTO policies (account_id, id, name, name_key, path, description, default_version, last_version, \
              created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING";
    UPDATE = "UPDATE policies SET description = $3, default_version = $4, last_version = $5, updated_at = $6 \
              WHERE account_id = $1 AND id = $2";
    DELETE = "DELETE FROM policies WHERE account_id = $1 AND id = $2";
    VERSIONS = "SELECT number, document, created_at FROM policy_versions WHERE account_id = $1 AND policy_id = $2 \
                ORDER BY number DESC";
    VERSION = "SELECT number, document, created_at FROM policy_versions WHERE account_id = $1 AND policy_id = $2 \
               AND number = $3";
    INSERT_VERSION = "INSERT INTO policy_versions (account_id, policy_id, number, document, created_at) \
                      VALUES ($1, $2, $3, $4, $5)";
    DELETE_VERSION = "DELETE FROM policy_versions WHERE account_id = $1 AND policy_id = $2 AND number = $3";
}

from_row!(OwnPolicy, |row| OwnPolicy {
    account_id: row.try_get("account_id")?,
    id: row.try_get("id")?,
    name: row.try_get("name")?,
    path: row.try_get("path")?,
    description: row.try_get("description")?,
    default_version: row.try_get("default_version")?,
    last_version: row.try_get("last_version")?,
    created_at: row.try_get("created_at")?,
    updated_at: row.try_get("updated_at")?,
});

/// A version as it is stored.
#[derive(Clone, Debug)]
pub struct StoredVersion {
    /// Its number.
    pub number: i64,
    /// The document, as it was given.
    pub document: String,
    /// When it was made.
    pub created_at: Time,
}

from_row!(StoredVersion, |row| StoredVersion {
    number: row.try_get("number")?,
    document: row.try_get("document")?,
    created_at: row.try_get("created_at")?,
});

impl Listed for OwnPolicy {
    const KIND: Kind = Kind::Policy;

    fn name(&self) -> &str {
        &self.name
    }

    fn created_at(&self) -> Time {
        self.created_at
    }
}

/// The policy of this name, without regard to case.
pub async fn by_name(conn: &mut Conn, account_id: &str, policy_name: &str) -> Result<Option<OwnPolicy>, Error> {
    let key = name::key(policy_name);
    let found: Option<OwnPolicy> =
        on!(conn, |c| sqlx::query_as(BY_NAME).bind(account_id).bind(&*key).fetch_optional(c).await)?;
    Ok(found.filter(OwnPolicy::is_seen))
}

/// Up to `limit` policies whose names come after `after`, in the order of their names.
pub async fn page(conn: &mut Conn, account_id: &str, after: &str, limit: i64) -> Result<Vec<OwnPolicy>, Error> {
    pages::page(conn, PAGE, account_id, after, limit).await
}

/// Makes a policy, without versions, unless its name is taken; says whether it did.
pub async fn insert(conn: &mut Conn, policy: &OwnPolicy) -> Result<bool, Error> {
    let key = name::key(&policy.name);
    let done = on!(conn, |c| sqlx::query(INSERT)
        .bind(&*policy.account_id)
        .bind(&*policy.id)
        .bind(&*policy.name)
        .bind(&*key)
        .bind(&*policy.path)
        .bind(&*policy.description)
        .bind(policy.default_version)
        .bind(policy.last_version)
        .bind(policy.created_at)
        .bind(policy.updated_at)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Stores what can change of a policy: its description and which versions it has.
pub async fn update(conn: &mut Conn, policy: &OwnPolicy) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(UPDATE)
        .bind(&*policy.account_id)
        .bind(&*policy.id)
        .bind(&*policy.description)
        .bind(policy.default_version)
        .bind(policy.last_version)
        .bind(policy.updated_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Deletes a policy with its versions.
pub async fn delete(conn: &mut Conn, account_id: &str, id: &str) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(DELETE).bind(account_id).bind(id).execute(c).await.map(|_| ()))
}

/// A policy's versions, the newest first.
pub async fn versions(conn: &mut Conn, account_id: &str, policy_id: &str) -> Result<Vec<StoredVersion>, Error> {
    on!(conn, |c| sqlx::query_as(VERSIONS).bind(account_id).bind(policy_id).fetch_all(c).await)
}

/// The version of a policy with this number.
pub async fn version(
    conn: &mut Conn,
    account_id: &str,
    policy_id: &str,
    number: i64,
) -> Result<Option<StoredVersion>, Error> {
    on!(conn, |c| sqlx::query_as(VERSION).bind(account_id).bind(policy_id).bind(number).fetch_optional(c).await)
}

/// Adds a version to a policy.
pub async fn insert_version(
    conn: &mut Conn,
    account_id: &str,
    policy_id: &str,
    version: &StoredVersion,
) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(INSERT_VERSION)
        .bind(account_id)
        .bind(policy_id)
        .bind(version.number)
        .bind(&*version.document)
        .bind(version.created_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Deletes a version of a policy; says whether it was there.
pub async fn delete_version(conn: &mut Conn, account_id: &str, policy_id: &str, number: i64) -> Result<bool, Error> {
    let done = on!(conn, |c| sqlx::query(DELETE_VERSION)
        .bind(account_id)
        .bind(policy_id)
        .bind(number)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done > 0)
}
