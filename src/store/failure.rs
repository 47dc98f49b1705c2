//! The one place that knows the drivers' errors: a lost race is `Conflict`, all else is ours.

use crate::domain::error::Error;

/// SQLite: busy, and its extended forms.
const SQLITE_BUSY: &[&str] = &["5", "261", "517"];
/// Postgres: serialization failure, deadlock.
const POSTGRES_RACES: &[&str] = &["40001", "40P01"];

pub(super) fn domain_error(error: sqlx::Error) -> Error {
    let lost_race = error.as_database_error().is_some_and(|db| {
        // A violated constraint behind a check that passed means that somebody else was quicker.
        db.is_unique_violation()
            || db.is_foreign_key_violation()
            || db.code().is_some_and(|code| SQLITE_BUSY.contains(&&*code) || POSTGRES_RACES.contains(&&*code))
    });
    // Postgres says so itself when it stops or starts (classes 08 and 57P).
    let away = match &error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => true,
        sqlx::Error::Database(db) => db.code().is_some_and(|code| code.starts_with("08") || code.starts_with("57P")),
        _ => false,
    };
    if lost_race {
        Error::Conflict
    } else if away {
        Error::Unavailable(error.into())
    } else {
        Error::internal(error)
    }
}

/// A row that this program can never have written.
#[derive(Debug, thiserror::Error)]
#[error("table {table}, column {column}: unexpected value {value:?}")]
pub(super) struct Inconsistent {
    pub(super) table: &'static str,
    pub(super) column: &'static str,
    pub(super) value: String,
}
