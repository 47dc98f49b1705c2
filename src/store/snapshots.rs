//! Named snapshots: documents of the state, kept beside it.

use super::Conn;
use super::columns::from_row;
use crate::domain::error::Error;
use crate::domain::time::Time;

sql! {
    ALL = "SELECT name, account_id, size, created_at FROM snapshots ORDER BY name";
    FIND = "SELECT name, account_id, size, created_at FROM snapshots WHERE name = $1";
    DOCUMENT = "SELECT document FROM snapshots WHERE name = $1";
    SAVE = "INSERT INTO snapshots (name, account_id, document, size, created_at) VALUES ($1, $2, $3, $4, $5) \
            ON CONFLICT (name) DO UPDATE SET document = $3, size = $4, created_at = $5 \
            WHERE coalesce(snapshots.account_id, '') = coalesce($2, '')";
    DELETE = "DELETE FROM snapshots WHERE name = $1";
}

/// A snapshot, without its document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Its name.
    pub name: String,
    /// The account it is of; `None` is the world.
    pub account_id: Option<String>,
    /// How many bytes its document has.
    pub size: i64,
    /// When it was taken, by the machine's clock.
    pub created_at: Time,
}

from_row!(Snapshot, |row| Snapshot {
    name: row.try_get("name")?,
    account_id: row.try_get("account_id")?,
    size: row.try_get("size")?,
    created_at: row.try_get("created_at")?,
});

/// All snapshots, in the order of their names.
pub async fn all(conn: &mut Conn) -> Result<Vec<Snapshot>, Error> {
    on!(conn, |c| sqlx::query_as(ALL).fetch_all(c).await)
}

/// The snapshot of this name.
pub async fn find(conn: &mut Conn, name: &str) -> Result<Option<Snapshot>, Error> {
    on!(conn, |c| sqlx::query_as(FIND).bind(name).fetch_optional(c).await)
}

/// The document of the snapshot of this name.
pub async fn document(conn: &mut Conn, name: &str) -> Result<Option<String>, Error> {
    on!(conn, |c| sqlx::query_scalar(DOCUMENT).bind(name).fetch_optional(c).await)
}

/// Keeps a snapshot, in place of one of the same name and of the same account; says whether it did.
pub async fn save(conn: &mut Conn, snapshot: &Snapshot, document: &str) -> Result<bool, Error> {
    let done = on!(conn, |c| sqlx::query(SAVE)
        .bind(&*snapshot.name)
        .bind(snapshot.account_id.as_deref())
        .bind(document)
        .bind(snapshot.size)
        .bind(snapshot.created_at)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Deletes a snapshot; says whether it was there.
pub async fn delete(conn: &mut Conn, name: &str) -> Result<bool, Error> {
    let done = on!(conn, |c| sqlx::query(DELETE).bind(name).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done > 0)
}
