//! The tasks that deleted service-linked roles.

use super::Conn;
use crate::domain::error::Error;

sql! {
    FIND = "SELECT task_id FROM role_deletions WHERE account_id = $1 AND task_id = $2";
    INSERT = "INSERT INTO role_deletions (account_id, task_id) VALUES ($1, $2)";
}

/// Whether there was such a task.
pub async fn exists(conn: &mut Conn, account_id: &str, task_id: &str) -> Result<bool, Error> {
    let found: Option<String> =
        on!(conn, |c| sqlx::query_scalar(FIND).bind(account_id).bind(task_id).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Notes a task.
pub async fn insert(conn: &mut Conn, account_id: &str, task_id: &str) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(INSERT).bind(account_id).bind(task_id).execute(c).await.map(|_| ()))
}
