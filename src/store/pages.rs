//! Pages of what may be hidden: what a request does not see yet leaves room on its page, so that more is read. It knows
//! no table.

use sqlx::FromRow;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use super::Conn;
use super::sight::sees;
use crate::domain::error::Error;
use crate::domain::fault::Kind;
use crate::domain::name;
use crate::domain::time::Time;

/// What is listed by its name, and hidden by its age.
pub(super) trait Listed: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {
    /// What it is.
    const KIND: Kind;

    /// Its name.
    fn name(&self) -> &str;

    /// When it came into being.
    fn created_at(&self) -> Time;

    /// Whether the request that this task answers sees it.
    fn is_seen(&self) -> bool {
        sees(Self::KIND, self.created_at())
    }
}

/// Up to `limit` of an account's things whose names come after `after`, in the order of their names. The statement takes
/// the account, the key of a name and a number.
pub(super) async fn page<T: Listed>(
    conn: &mut Conn,
    statement: &'static str,
    account_id: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<T>, Error> {
    let most = usize::try_from(limit).map_err(Error::internal)?;
    let (mut after, mut seen) = (after.to_owned(), Vec::new());
    loop {
        let rows: Vec<T> =
            on!(conn, |c| sqlx::query_as(statement).bind(account_id).bind(&*after).bind(limit).fetch_all(c).await)?;
        let is_end = rows.len() < most;
        after = rows.last().map(|last| name::key(last.name())).unwrap_or_default();
        seen.extend(rows.into_iter().filter(T::is_seen));
        if is_end || seen.len() >= most {
            seen.truncate(most);
            return Ok(seen);
        }
    }
}
