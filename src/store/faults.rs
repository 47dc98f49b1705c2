//! Faults that testers injected. How often each may still strike is counted by the store, which all replicas share.

use super::Conn;
use super::columns::{from_row, json, to_json};
use crate::domain::error::Error;
use crate::domain::fault::Rule;
use crate::domain::time::Time;

sql! {
    ALL = "SELECT id, rule, remaining, hits, created_at FROM faults ORDER BY position, id";
    COUNT = "SELECT count(*) FROM faults";
    INSERT = "INSERT INTO faults (id, position, rule, remaining, hits, created_at) \
              VALUES ($1, (SELECT coalesce(max(position), 0) + 1 FROM faults), $2, $3, 0, $4)";
    STRIKE = "UPDATE faults SET hits = hits + 1, remaining = remaining - 1 \
              WHERE id = $1 AND (remaining IS NULL OR remaining > 0)";
    DELETE = "DELETE FROM faults WHERE id = $1";
    DELETE_SPENT = "DELETE FROM faults WHERE remaining = 0";
    CLEAR = "DELETE FROM faults";
}

/// A rule that is kept, and what became of it so far.
#[derive(Clone, Debug)]
pub struct KeptFault {
    /// Its id.
    pub id: String,
    /// The rule.
    pub rule: Rule,
    /// How often it may still strike; `None` is without end.
    pub remaining: Option<i64>,
    /// How often it struck.
    pub hits: i64,
    /// When it was made, by the machine's clock.
    pub created_at: Time,
}

from_row!(KeptFault, |row| KeptFault {
    id: row.try_get("id")?,
    rule: json("faults", "rule", row.try_get("rule")?)?,
    remaining: row.try_get("remaining")?,
    hits: row.try_get("hits")?,
    created_at: row.try_get("created_at")?,
});

/// All faults, in the order in which they were made.
pub async fn all(conn: &mut Conn) -> Result<Vec<KeptFault>, Error> {
    on!(conn, |c| sqlx::query_as(ALL).fetch_all(c).await)
}

/// How many there are.
pub async fn count(conn: &mut Conn) -> Result<i64, Error> {
    on!(conn, |c| sqlx::query_scalar(COUNT).fetch_one(c).await)
}

/// Keeps a fault, behind those that are there.
pub async fn insert(conn: &mut Conn, fault: &KeptFault) -> Result<(), Error> {
    let rule = to_json(&fault.rule)?;
    on!(conn, |c| sqlx::query(INSERT)
        .bind(&*fault.id)
        .bind(&*rule)
        .bind(fault.remaining)
        .bind(fault.created_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Counts one strike; says whether there was one left.
pub async fn strike(conn: &mut Conn, id: &str) -> Result<bool, Error> {
    let done = on!(conn, |c| sqlx::query(STRIKE).bind(id).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Takes a fault away; says whether it was there.
pub async fn delete(conn: &mut Conn, id: &str) -> Result<bool, Error> {
    let done = on!(conn, |c| sqlx::query(DELETE).bind(id).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Takes away those that may strike no more.
pub async fn delete_spent(conn: &mut Conn) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(DELETE_SPENT).execute(c).await.map(|_| ()))
}

/// Takes all away.
pub async fn clear(conn: &mut Conn) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(CLEAR).execute(c).await.map(|_| ()))
}
