//! Named snapshots of the state: taken, listed, restored, deleted. They lie beside the state: neither a reset nor a
//! restore takes one away.

use crate::app::App;
use crate::domain::error::Error;
use crate::store;
pub use crate::store::snapshots::Snapshot;

use super::retry;
use super::state::{self, StateFault};

/// Why nothing comes of a snapshot.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotFault {
    /// There is none of this name.
    #[error("there is no such snapshot")]
    Missing,
    /// The name is that of a snapshot of something else: tests that run side by side in accounts of their own shall not
    /// take each other's.
    #[error("this is the name of a snapshot of another account, or of the world")]
    OfAnother,
    /// It cannot be read or put in its place.
    #[error(transparent)]
    State(#[from] StateFault),
}

impl From<Error> for SnapshotFault {
    fn from(error: Error) -> Self {
        Self::State(error.into())
    }
}

/// The longest name of a snapshot, in characters.
pub const LONGEST_NAME: usize = 128;

/// Whether a snapshot may be called so: letters, digits, `.`, `-`, `_`, since names stand in paths.
pub fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    (1..=LONGEST_NAME).contains(&name.len()) && name.chars().all(plain) && !name.chars().all(|c| c == '.')
}

/// All snapshots, in the order of their names.
pub async fn list(app: &App) -> Result<Vec<Snapshot>, Error> {
    store::snapshots::all(&mut app.db.read().await?).await
}

/// Takes a snapshot of the world or of one account, in place of the one of this name.
///
/// # Errors
/// `OfAnother`; `NotFound(Account)`.
pub async fn take(app: &App, name: &str, account_id: Option<&str>) -> Result<Snapshot, SnapshotFault> {
    let document = retry(|| state::export(app, account_id)).await?;
    let snapshot = Snapshot {
        name: name.to_owned(),
        account_id: account_id.map(str::to_owned),
        size: i64::try_from(document.len()).map_err(Error::internal)?,
        created_at: app.system_now(),
    };
    if retry(|| save(app, &snapshot, &document)).await? { Ok(snapshot) } else { Err(SnapshotFault::OfAnother) }
}

async fn save(app: &App, snapshot: &Snapshot, document: &str) -> Result<bool, Error> {
    let mut tx = app.db.write_aside().await?;
    let saved = store::snapshots::save(&mut tx, snapshot, document).await?;
    tx.commit().await?;
    Ok(saved)
}

/// Puts a snapshot in the place of what it is of.
///
/// # Errors
/// `Missing`; a fault where other accounts have since taken what it has, an alias say.
pub async fn restore(app: &App, name: &str) -> Result<(), SnapshotFault> {
    let mut conn = app.db.read().await?;
    let snapshot = store::snapshots::find(&mut conn, name).await?.ok_or(SnapshotFault::Missing)?;
    let document = store::snapshots::document(&mut conn, name).await?.ok_or(SnapshotFault::Missing)?;
    drop(conn);
    Ok(state::import(app, snapshot.account_id.as_deref(), document.as_bytes()).await?)
}

/// Deletes a snapshot.
///
/// # Errors
/// `Missing`.
pub async fn delete(app: &App, name: &str) -> Result<(), SnapshotFault> {
    let deleted = retry(async || {
        let mut tx = app.db.write_aside().await?;
        let deleted = store::snapshots::delete(&mut tx, name).await?;
        tx.commit().await?;
        Ok(deleted)
    });
    if deleted.await? { Ok(()) } else { Err(SnapshotFault::Missing) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        assert!(is_name("before-login.1_a"));
        for bad in ["", ".", "..", "a/b", "ä", "a b", &"a".repeat(129)] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
