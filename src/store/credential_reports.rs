//! Credential reports, one an account.

use super::Conn;
use super::columns::from_row;
use crate::domain::credential_report::Report;
use crate::domain::error::Error;

sql! {
    OF_ACCOUNT = "SELECT * FROM credential_reports WHERE account_id = $1";
    SAVE = "INSERT INTO credential_reports (account_id, content, started_at, ready_at) VALUES ($1, $2, $3, $4) \
            ON CONFLICT (account_id) DO UPDATE SET content = $2, started_at = $3, ready_at = $4";
}

from_row!(Report, |row| Report {
    content: row.try_get("content")?,
    started_at: row.try_get("started_at")?,
    ready_at: row.try_get("ready_at")?,
});

/// The report of an account, if one was ever made.
pub async fn find(conn: &mut Conn, account_id: &str) -> Result<Option<Report>, Error> {
    on!(conn, |c| sqlx::query_as(OF_ACCOUNT).bind(account_id).fetch_optional(c).await)
}

/// Keeps a report in the place of the one before.
pub async fn save(conn: &mut Conn, account_id: &str, report: &Report) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(SAVE)
        .bind(account_id)
        .bind(&*report.content)
        .bind(report.started_at)
        .bind(report.ready_at)
        .execute(c)
        .await
        .map(|_| ()))
}
