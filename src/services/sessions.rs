//! Sessions as testers see them: list, look at, end.

use std::collections::HashMap;

use crate::app::App;
use crate::domain::account::{Account, Cloud};
use crate::domain::error::{Error, Noun};
use crate::domain::session::{EndReason, Session, SessionState};
use crate::domain::time::ClockSetting;
use crate::store::{self, Conn};

use super::time_in;

/// A session and what it is now.
#[derive(Debug)]
pub struct Shown {
    /// The session.
    pub session: Session,
    /// The cloud of its account.
    pub cloud: Cloud,
    /// What it is by its account's clock.
    pub state: SessionState,
}

fn shown(app: &App, account: &Account, world: ClockSetting, session: Session) -> Shown {
    let state = session.state(time_in(app, account.clock, world));
    Shown { session, cloud: account.cloud, state }
}

/// All sessions, or those of an account or a user, the oldest first.
pub async fn list(app: &App, account_id: Option<&str>, user: Option<&str>) -> Result<Vec<Shown>, Error> {
    let mut conn = app.db.read().await?;
    let world = store::world::clock(&mut conn).await?;
    let mut accounts: HashMap<String, Account> = HashMap::new();
    let mut all = Vec::new();
    for session in store::sessions::list(&mut conn, account_id, user).await? {
        if !accounts.contains_key(&session.account_id) {
            let account = store::accounts::find(&mut conn, &session.account_id).await?.ok_or(Error::Conflict)?;
            accounts.insert(session.account_id.clone(), account);
        }
        if let Some(account) = accounts.get(&session.account_id) {
            all.push(shown(app, account, world, session));
        }
    }
    Ok(all)
}

async fn find(conn: &mut Conn, id: &str) -> Result<(Session, Account), Error> {
    let session = store::sessions::find(conn, id).await?.ok_or(Error::NotFound(Noun::Session))?;
    let account = store::accounts::find(conn, &session.account_id).await?.ok_or(Error::Conflict)?;
    Ok((session, account))
}

/// One session.
///
/// # Errors
/// `NotFound`.
pub async fn get(app: &App, id: &str) -> Result<Shown, Error> {
    let mut conn = app.db.read().await?;
    let (session, account) = find(&mut conn, id).await?;
    let world = store::world::clock(&mut conn).await?;
    Ok(shown(app, &account, world, session))
}

/// Ends a session and the role sessions that hang on it.
///
/// # Errors
/// `NotFound`.
pub async fn revoke(app: &App, id: &str) -> Result<(), Error> {
    let (session, _) = find(&mut app.db.read().await?, id).await?;
    let (mut tx, account) = app.db.write(&session.account_id).await?;
    let world = store::world::clock(&mut tx).await?;
    let now = time_in(app, account.clock, world);
    store::sessions::end(&mut tx, id, EndReason::Revoked, now).await?;
    tx.commit().await
}
