//! Console sessions as a browser holds them: a secret whose hash alone the store keeps, read from there at each request.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::app::cache::SignerSession;
use crate::domain::account::Account;
use crate::domain::error::{Error, Noun};
use crate::domain::principal::Principal;
use crate::domain::session::{EndReason, Session, SessionKind, SessionState};
use crate::domain::time::Time;
use crate::store;

use super::role_sessions::{self, SwitchFault};
use super::{Ctx, account, sessions, sign_in, time_in};

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

/// Who the browser with this secret is.
pub async fn find(
    app: &App,
    secret: &SecretString,
    source_address: IpAddr,
    user_agent: Option<String>,
) -> Result<Found, Error> {
    let mut conn = app.db.read().await?;
    let Some(session) = store::sessions::by_cookie(&mut conn, &hash(secret)).await? else { return Ok(Found::Nobody) };
    let Some(found) = store::accounts::find(&mut conn, &session.account_id).await? else { return Ok(Found::Nobody) };
    let now = time_in(app, found.clock, store::world::clock(&mut conn).await?);
    let state = session.state(now);
    if state != SessionState::Active {
        return Ok(Found::Ended(Box::new(Ended { session, state, account: found })));
    }
    let mut role_arn = None;
    let principal = match &session.user_id {
        _ if session.kind == SessionKind::Role => {
            let Some(principal) = role_session(&session) else { return Ok(Found::Nobody) };
            let role = session.role_name.as_deref().unwrap_or_default();
            role_arn = store::roles::by_name(&mut conn, &session.account_id, role).await?;
            principal
        }
        None => Principal::Root,
        Some(id) => match store::users::by_id(&mut conn, &session.account_id, id).await? {
            Some(user) => Principal::User { id: user.id, name: user.name, path: user.path },
            None => return Ok(Found::Nobody),
        },
    };
    drop(conn);
    let pulse = app.db.pulse(&session.account_id).await?;
    let ctx = Ctx {
        app: app.clone(),
        account_id: session.account_id.clone(),
        cloud: found.cloud,
        principal,
        session: Some(Arc::new(signer_session(&session, role_arn.map(|role| role.arn(found.cloud))))),
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

/// What policies see of the session: people in the console act with temporary credentials behind the scenes (AWS IAM
/// User Guide, "AWS global condition context keys", aws:MultiFactorAuthPresent).
fn signer_session(session: &Session, role_arn: Option<String>) -> SignerSession {
    SignerSession {
        token_hash: String::new(),
        expires_at: session.expires_at,
        ended: false,
        kind: session.kind,
        started_at: session.started_at,
        mfa_present: session.mfa_present,
        role_arn,
        source_identity: session.source_identity.clone(),
        policy: None,
        maker: None,
        context: session.context.clone(),
    }
}

/// Who has the session of a role that a console session switched to; it is never narrowed.
fn role_session(session: &Session) -> Option<Principal> {
    Some(Principal::RoleSession {
        session_id: session.id.clone(),
        role_id: session.role_id.clone()?,
        role_name: session.role_name.clone()?,
        session_name: session.session_name.clone()?,
        narrowed: false,
    })
}

/// Switches a console session to a role, as [`role_sessions::switch`] does, for the browser: the secret is told once.
///
/// # Errors
/// As [`role_sessions::switch`].
pub async fn switch(app: &App, session_id: &str, role: &str) -> Result<Result<SecretString, SwitchFault>, Error> {
    match role_sessions::switch(app, session_id, role).await? {
        Ok(session) => Ok(Ok(give_secret(app, &session).await?)),
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

/// Ends a session because the person signs out.
///
/// # Errors
/// `NotFound(Session)`.
pub async fn sign_out(app: &App, session_id: &str) -> Result<(), Error> {
    sessions::end(app, session_id, EndReason::SignedOut).await
}
