//! What browsers show for their console sessions, by its hash.

use super::Conn;
use crate::domain::error::Error;

sql! {
    SESSION = "SELECT session_id FROM console_cookies WHERE cookie_hash = $1";
    INSERT = "INSERT INTO console_cookies (cookie_hash, session_id) VALUES ($1, $2)";
}

/// The id of the session that a cookie stands for.
pub async fn session_id(conn: &mut Conn, cookie_hash: &str) -> Result<Option<String>, Error> {
    on!(conn, |c| sqlx::query_scalar(SESSION).bind(cookie_hash).fetch_optional(c).await)
}

/// Lets a cookie stand for a session.
pub async fn insert(conn: &mut Conn, cookie_hash: &str, session_id: &str) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(INSERT).bind(cookie_hash).bind(session_id).execute(c).await.map(|_| ()))
}
