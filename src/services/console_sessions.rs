//! Console sessions as a browser holds them: a secret whose hash alone the store keeps, read from there at each request.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::domain::account::Account;
use crate::domain::error::{Error, Noun};
use crate::domain::session::{EndReason, Session, SessionState};
use crate::domain::time::Time;
use crate::store::{self, Conn};

use super::role_sessions::{self, SwitchFault};
use super::{Ctx, account, callers, sessions, sign_in, time_in};

/// The name of the cookie that holds the secret.
pub const COOKIE: &str = "sesame_session";

/// Bytes of the secret.
const SECRET_LENGTH: usize = 32;

/// Who a browser is.
pub enum Found {
    /// Nobody: there is no such session, or none any more.
    Nobody,
    /// One whose session ended.
    Ended(Box<Ended>),
    /// One whose session runs.
    SignedIn(Box<SignedIn>),
}

/// A session that ended.
pub struct Ended {
    /// The session.
    pub session: Session,
    /// Whether its time ran out or it was ended.
    pub state: SessionState,
    /// Its account.
    pub account: Account,
}

/// A session that runs.
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// Its account.
    pub account: Arc<Account>,
    /// What its requests act with.
    pub ctx: Ctx,
}

/// A new secret: 43 characters of base 64 that fit a cookie.
pub fn new_secret(app: &App) -> SecretString {
    SecretString::from(URL_SAFE_NO_PAD.encode(app.ids.bytes::<SECRET_LENGTH>()))
}

fn hash(secret: &SecretString) -> String {
    Sha256::digest(secret.expose_secret()).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Gives a session that has just started to a browser; the secret is told once.
pub async fn give_secret(app: &App, session: &Session) -> Result<SecretString, Error> {
    let secret = new_secret(app);
    let (mut tx, _) = app.db.write(&session.account_id).await?;
    store::sessions::set_cookie(&mut tx, &session.id, &hash(&secret)).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Starts a session that a browser holds; the secret is told once. May lose a race: run it through [`super::retry`].
pub async fn start(app: &App, session: &Session) -> Result<SecretString, Error> {
    let secret = new_secret(app);
    let (mut tx, _) = app.db.write(&session.account_id).await?;
    store::sessions::insert(&mut tx, session).await?;
    store::sessions::set_cookie(&mut tx, &session.id, &hash(&secret)).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Who the browser with this secret is.
pub async fn find(
    app: &App,
    secret: &SecretString,
    source_address: IpAddr,
    user_agent: Option<String>,
) -> Result<Found, Error> {
    let mut conn = app.db.read().await?;
    let Some(session) = store::sessions::by_cookie(&mut conn, &hash(secret)).await? else { return Ok(Found::Nobody) };
    of_session(app, conn, session, source_address, user_agent).await
}

/// Whoever has the console session with this id, as from where the session began.
pub(super) async fn of_id(app: &App, session_id: &str) -> Result<Found, Error> {
    let mut conn = app.db.read().await?;
    let Some(session) = store::sessions::find(&mut conn, session_id).await? else { return Ok(Found::Nobody) };
    let address = session.source_address.as_deref().and_then(|address| address.parse().ok());
    of_session(app, conn, session, address.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)), None).await
}

async fn of_session(
    app: &App,
    mut conn: Conn,
    session: Session,
    source_address: IpAddr,
    user_agent: Option<String>,
) -> Result<Found, Error> {
    let Some(found) = store::accounts::find(&mut conn, &session.account_id).await? else { return Ok(Found::Nobody) };
    let now = time_in(app, found.clock, store::world::clock(&mut conn).await?);
    let state = session.state(now);
    if state != SessionState::Active {
        return Ok(Found::Ended(Box::new(Ended { session, state, account: found })));
    }
    // People in the console act with temporary credentials behind the scenes (AWS IAM User Guide, "AWS global condition
    // context keys", aws:MultiFactorAuthPresent).
    let Some((principal, carried)) = callers::holder(&mut conn, found.cloud, session.clone()).await? else {
        return Ok(Found::Nobody);
    };
    drop(conn);
    let pulse = app.db.pulse(&session.account_id).await?;
    let ctx = Ctx {
        app: app.clone(),
        account_id: session.account_id.clone(),
        cloud: found.cloud,
        principal,
        session: Some(Arc::new(carried)),
        region: String::new(),
        pulse,
        now,
        source_address,
        user_agent,
        decision: Mutex::default(),
    };
    let account = account(app, &session.account_id, &ctx.pulse).await?;
    Ok(Found::SignedIn(Box::new(SignedIn { session, account, ctx })))
}

/// Switches a console session to a role, as [`role_sessions::switch`] does, for the browser: the secret is told once, with
/// the id of the role's session.
///
/// # Errors
/// As [`role_sessions::switch`].
pub async fn switch(
    app: &App,
    session_id: &str,
    role: &str,
) -> Result<Result<(SecretString, String), SwitchFault>, Error> {
    match role_sessions::switch(app, session_id, role).await? {
        Ok(session) => Ok(Ok((give_secret(app, &session).await?, session.id))),
        Err(fault) => Ok(Err(fault)),
    }
}

/// Signs the root of an account in. Whether that may be done is for the caller to know.
///
/// # Errors
/// `NotFound(Account)`.
pub async fn sign_in_root(app: &App, account_id: &str, source_address: IpAddr) -> Result<Session, Error> {
    if store::accounts::find(&mut app.db.read().await?, account_id).await?.is_none() {
        return Err(Error::missing(Noun::Account, account_id));
    }
    let (mut tx, account) = app.db.write(account_id).await?;
    let now: Time = time_in(app, account.clock, store::world::clock(&mut tx).await?);
    let address = source_address.to_canonical().to_string();
    let session = sign_in::console_session(app, &account, None, false, address, now);
    store::sessions::insert(&mut tx, &session).await?;
    tx.commit().await?;
    Ok(session)
}

/// Signs a user in without a password, a second factor or any other question. Whether that may be done is for the
/// caller to know. What a sign-in with a password would change of the user stays as it is.
///
/// # Errors
/// `NotFound(Account)`, `NotFound(User)`.
pub async fn sign_in_user(app: &App, account_id: &str, name: &str, source_address: IpAddr) -> Result<Session, Error> {
    if store::accounts::find(&mut app.db.read().await?, account_id).await?.is_none() {
        return Err(Error::missing(Noun::Account, account_id));
    }
    let (mut tx, account) = app.db.write(account_id).await?;
    let user = store::users::by_name(&mut tx, account_id, name).await?;
    let user = user.ok_or_else(|| Error::missing(Noun::User, name))?;
    let now: Time = time_in(app, account.clock, store::world::clock(&mut tx).await?);
    let address = source_address.to_canonical().to_string();
    let session = sign_in::console_session(app, &account, Some(&user), false, address, now);
    store::sessions::insert(&mut tx, &session).await?;
    tx.commit().await?;
    Ok(session)
}

/// Ends a session because the person signs out.
///
/// # Errors
/// `NotFound(Session)`.
pub async fn sign_out(app: &App, session_id: &str) -> Result<(), Error> {
    sessions::end(app, session_id, EndReason::SignedOut).await
}
