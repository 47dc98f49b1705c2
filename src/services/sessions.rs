//! Sessions as testers see them: list, look at, end.

use std::collections::HashMap;

use crate::app::App;
use crate::domain::account::{Account, Cloud};
use crate::domain::error::{Error, Noun};
use crate::domain::session::{EndReason, Session, SessionState};
use crate::domain::time::{ClockSetting, Time};
use crate::store::{self, Conn};

use super::groups::one_more;
use super::users::{Page, page_of};
use super::{Ctx, time_in};

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

/// Accounts and parents that were looked up while sessions are shown.
#[derive(Default)]
struct Seen {
    accounts: HashMap<String, Account>,
    parents: HashMap<String, Option<Session>>,
}

impl Seen {
    async fn account(&mut self, conn: &mut Conn, id: &str) -> Result<&Account, Error> {
        if !self.accounts.contains_key(id) {
            let account = store::accounts::find(conn, id).await?.ok_or(Error::Conflict)?;
            self.accounts.insert(id.to_owned(), account);
        }
        self.accounts.get(id).ok_or(Error::Conflict)
    }

    async fn parent(&mut self, conn: &mut Conn, id: &str) -> Result<Option<Session>, Error> {
        if !self.parents.contains_key(id) {
            let parent = store::sessions::find(conn, id).await?;
            self.parents.insert(id.to_owned(), parent);
        }
        Ok(self.parents.get(id).cloned().flatten())
    }

    /// A session as it is now. One that hangs on another runs out with it, by the other's clock.
    async fn show(
        &mut self,
        app: &App,
        conn: &mut Conn,
        world: ClockSetting,
        session: Session,
    ) -> Result<Shown, Error> {
        let account = self.account(conn, &session.account_id).await?;
        let cloud = account.cloud;
        let mut state = session.state(time_in(app, account.clock, world));
        if let (SessionState::Active, Some(parent_id)) = (state, &session.parent_id) {
            state = SessionState::Expired;
            if let Some(parent) = self.parent(conn, parent_id).await? {
                let account = self.account(conn, &parent.account_id).await?;
                if parent.state(time_in(app, account.clock, world)) == SessionState::Active {
                    state = SessionState::Active;
                }
            }
        }
        Ok(Shown { session, cloud, state })
    }
}

/// All sessions, or those of an account or a user, the oldest first.
pub async fn list(app: &App, account_id: Option<&str>, user: Option<&str>) -> Result<Vec<Shown>, Error> {
    let mut conn = app.db.read().await?;
    let world = store::world::clock(&mut conn).await?;
    let mut seen = Seen::default();
    let mut all = Vec::new();
    for session in store::sessions::list(&mut conn, account_id, user).await? {
        all.push(seen.show(app, &mut conn, world, session).await?);
    }
    Ok(all)
}

/// One page of the account's sessions or of one user's, the newest first. A page starts after the session with the id
/// `after`.
pub async fn page(ctx: &Ctx, user_id: Option<&str>, after: &str, most: usize) -> Result<Page<Shown>, Error> {
    let mut conn = ctx.app.db.read().await?;
    let last = if after.is_empty() { None } else { store::sessions::find(&mut conn, after).await? };
    let before = last.map(|last| (last.started_at, last.id));
    let found = store::sessions::page(&mut conn, &ctx.account_id, user_id, before, one_more(most)?).await?;
    let world = store::world::clock(&mut conn).await?;
    let mut seen = Seen::default();
    let mut items = Vec::new();
    for session in found {
        items.push(seen.show(&ctx.app, &mut conn, world, session).await?);
    }
    Ok(page_of(items, most, |shown| &shown.session.id))
}

/// One session.
///
/// # Errors
/// `NotFound`.
pub async fn get(app: &App, id: &str) -> Result<Shown, Error> {
    let mut conn = app.db.read().await?;
    let session = store::sessions::find(&mut conn, id).await?.ok_or_else(|| Error::missing(Noun::Session, id))?;
    let world = store::world::clock(&mut conn).await?;
    Seen::default().show(app, &mut conn, world, session).await
}

/// Ends a session and the role sessions that hang on it.
///
/// # Errors
/// `NotFound`.
pub async fn revoke(app: &App, id: &str) -> Result<(), Error> {
    end(app, id, EndReason::Revoked).await
}

/// Ends a session, and first the role sessions that hang on it, for a reason.
pub(super) async fn end(app: &App, id: &str, because: EndReason) -> Result<(), Error> {
    let session = store::sessions::find(&mut app.db.read().await?, id).await?;
    let session = session.ok_or_else(|| Error::missing(Noun::Session, id))?;
    let (mut tx, account) = app.db.write(&session.account_id).await?;
    let world = store::world::clock(&mut tx).await?;
    let now = time_in(app, account.clock, world);
    let children = store::sessions::children(&mut tx, id).await?;
    end_children(app, &mut tx, children, &session.account_id, now).await?;
    store::sessions::end(&mut tx, id, because, now).await?;
    tx.commit().await
}

/// Whether a new password, or a login profile that is deleted, ends the user's console sessions: as the cloud does, or
/// as settings say.
pub(super) fn end_with_password(app: &App, cloud: Cloud) -> bool {
    cloud.rules().new_password_ends_sessions || (cloud == Cloud::Aws && app.settings.aws.new_password_ends_sessions)
}

/// Ends the user's console sessions, and first the role sessions that hang on them.
pub(super) async fn end_of_user(
    app: &App,
    conn: &mut Conn,
    account_id: &str,
    user_id: &str,
    because: EndReason,
    now: Time,
) -> Result<(), Error> {
    let children = store::sessions::children_of_user(conn, account_id, user_id).await?;
    end_children(app, conn, children, account_id, now).await?;
    store::sessions::end_of_user(conn, account_id, user_id, because, now).await
}

/// Ends role sessions because the console sessions they hang on end at `now` in `account_id`. One that acts in another
/// account ends by the clock of that one.
async fn end_children(
    app: &App,
    conn: &mut Conn,
    children: Vec<Session>,
    account_id: &str,
    now: Time,
) -> Result<(), Error> {
    for child in children {
        let at = if child.account_id == account_id {
            now
        } else {
            // What it signs with may be kept in memory of that account.
            conn.reach_others().await?;
            let world = store::world::clock(conn).await?;
            let own = store::accounts::find(conn, &child.account_id).await?.and_then(|account| account.clock);
            time_in(app, own, world)
        };
        store::sessions::end(conn, &child.id, EndReason::ParentEnded, at).await?;
    }
    Ok(())
}
