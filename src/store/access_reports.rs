//! Reports on the services that an identity or a policy allows.

use super::Conn;
use super::columns::{from_row, json, to_json};
use crate::domain::error::Error;
use crate::domain::service_access::Report;
use crate::domain::time::Time;

sql! {
    FIND = "SELECT report FROM access_reports WHERE account_id = $1 AND id = $2 AND owner = $3";
    INSERT = "INSERT INTO access_reports (account_id, id, owner, report, created_at) VALUES ($1, $2, $3, $4, $5)";
    FORGET = "DELETE FROM access_reports WHERE account_id = $1 AND created_at < $2";
}

from_row!(Report, |row| json("access_reports", "report", row.try_get("report")?)?);

/// The report with this id, if this is who asked for it.
pub async fn find(conn: &mut Conn, account_id: &str, id: &str, owner: &str) -> Result<Option<Report>, Error> {
    on!(conn, |c| sqlx::query_as(FIND).bind(account_id).bind(id).bind(owner).fetch_optional(c).await)
}

/// Keeps a report.
pub async fn insert(conn: &mut Conn, account_id: &str, id: &str, owner: &str, report: &Report) -> Result<(), Error> {
    let text = to_json(report)?;
    on!(conn, |c| sqlx::query(INSERT)
        .bind(account_id)
        .bind(id)
        .bind(owner)
        .bind(&*text)
        .bind(report.created_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Forgets the reports that were made before `before`.
pub async fn forget(conn: &mut Conn, account_id: &str, before: Time) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(FORGET).bind(account_id).bind(before).execute(c).await.map(|_| ()))
}
