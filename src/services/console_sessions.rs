//! Console sessions and the cookies that browsers show for them.

use secrecy::{ExposeSecret, SecretString};

use crate::app::App;
use crate::domain::error::Error;
use crate::domain::session::{Session, SessionState};
use crate::store;

use super::callers::token_hash;
use super::sessions::{self, Shown};

/// The name of the cookie.
pub const COOKIE: &str = "sesame_console";

/// How many random characters a cookie has: 384 bits.
const COOKIE_LENGTH: usize = 64;

/// Starts a console session: keeps it, unless signing in kept it already, and gives what the browser is to show for it.
/// May lose a race: run it through [`super::retry`].
pub async fn start_console_session(app: &App, session: Session) -> Result<(SecretString, Session), Error> {
    let cookie = SecretString::from(app.ids.letters_and_digits(COOKIE_LENGTH));
    let (mut tx, _) = app.db.write(&session.account_id).await?;
    if store::sessions::find(&mut tx, &session.id).await?.is_none() {
        store::sessions::insert(&mut tx, &session).await?;
    }
    store::console_cookies::insert(&mut tx, &token_hash(cookie.expose_secret()), &session.id).await?;
    let step = tx.commit_step().await?;
    app.cache.carry_over(&session.account_id, step, |_| {});
    Ok((cookie, session))
}

/// The running session that a cookie stands for.
pub async fn of_cookie(app: &App, cookie: &str) -> Result<Option<Shown>, Error> {
    let found = store::console_cookies::session_id(&mut app.db.read().await?, &token_hash(cookie)).await?;
    let Some(id) = found else { return Ok(None) };
    match sessions::get(app, &id).await {
        Ok(shown) => Ok(Some(shown).filter(|shown| shown.state == SessionState::Active)),
        Err(Error::NotFound(..)) => Ok(None),
        Err(error) => Err(error),
    }
}
