//! Command lines that let a person sign in by a browser (RFC 8628), as Alibaba Cloud's CloudSSO has it: they wait, the
//! person says yes or no, and get a token.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::domain::account::Cloud;
use crate::domain::device_authorization::{
    DeviceAuthorization, DeviceFault, DeviceState, USER_CODE_LENGTH, USER_CODE_LETTERS, WAIT_SECONDS, read_user_code,
};
use crate::domain::error::Error;
use crate::domain::grant::{Grant, GrantKind};
use crate::domain::time::{DAY, Time};
use crate::store::{self, Conn};

use super::callers::token_hash;
use super::console_sessions::{self, Found, SignedIn};
use super::time_in;

/// The cloud whose command lines sign in so.
pub const CLOUD: Cloud = Cloud::Alibaba;

/// How long a token is good, in seconds; inferred. It ends with the session at the latest.
const TOKEN_SECONDS: i64 = 3_600;
/// How long all this is remembered in real time: the emulator's clock may stand still meanwhile.
const REMEMBERED_SECONDS: i64 = 30 * DAY;
const DEVICE_CODE_LENGTH: usize = 64;
const TOKEN_LENGTH: usize = 256;

/// A command line that waits from now on.
#[derive(Debug)]
pub struct Begun {
    /// What it asks with.
    pub device_code: SecretString,
    /// What the person compares.
    pub user_code: String,
}

/// A command line that asks.
#[derive(Debug)]
pub struct Question {
    /// The client.
    pub client_id: String,
    /// What it asks with.
    pub device_code: SecretString,
    /// What hashes to the challenge.
    pub verifier: SecretString,
}

/// What it gets in the end.
pub struct Token {
    /// The bearer token.
    pub token: SecretString,
    /// For how many seconds it is good.
    pub seconds: i64,
    /// Who said yes.
    pub person: SignedIn,
}

/// The world's time: nobody who waits belongs to an account yet.
async fn now(app: &App, conn: &mut Conn) -> Result<Time, Error> {
    Ok(time_in(app, None, store::world::clock(conn).await?))
}

/// Begins to wait. May lose a race.
///
/// # Errors
/// Those of the store.
pub async fn begin(app: &App, client_id: &str, challenge: &str) -> Result<Begun, Error> {
    let device_code = app.ids.letters_and_digits(DEVICE_CODE_LENGTH);
    let letter = |byte: u8| USER_CODE_LETTERS.get(usize::from(byte) % USER_CODE_LETTERS.len()).copied();
    let user_code: String =
        app.ids.bytes::<USER_CODE_LENGTH>().into_iter().filter_map(letter).map(char::from).collect();
    let mut tx = app.db.write_aside().await?;
    let device = DeviceAuthorization {
        device_hash: token_hash(&device_code),
        user_code: user_code.clone(),
        client_id: client_id.to_owned(),
        challenge: challenge.to_owned(),
        state: DeviceState::Pending,
        session_id: None,
        expires_at: now(app, &mut tx).await?.plus_seconds(WAIT_SECONDS),
        polled_at: None,
        polled_really_at: None,
        forget_at: app.system_now().plus_seconds(REMEMBERED_SECONDS),
    };
    if !store::device_authorizations::insert(&mut tx, &device).await? {
        return Err(Error::Conflict);
    }
    tx.commit().await?;
    Ok(Begun { device_code: device_code.into(), user_code })
}

/// The command line that waits with this code, as a person typed it.
///
/// # Errors
/// Those of the store.
pub async fn waiting(app: &App, typed: &str) -> Result<Option<DeviceAuthorization>, Error> {
    let Some(code) = read_user_code(typed) else { return Ok(None) };
    let mut conn = app.db.read().await?;
    let found = store::device_authorizations::by_user_code(&mut conn, &code).await?;
    let now = now(app, &mut conn).await?;
    Ok(found.filter(|device| device.waits(now)))
}

/// Says yes or no for the person of a console session; tells whether anything waited for that.
///
/// # Errors
/// Those of the store.
pub async fn answer(app: &App, person: &SignedIn, typed: &str, yes: bool) -> Result<bool, Error> {
    if person.account.cloud != CLOUD {
        return Ok(false);
    }
    let Some(device) = waiting(app, typed).await? else { return Ok(false) };
    let state = if yes { DeviceState::Approved } else { DeviceState::Denied };
    let (mut tx, _) = app.db.write(&person.account.id).await?;
    let answered =
        store::device_authorizations::answer(&mut tx, &device.device_hash, state, &person.session.id).await?;
    let step = tx.commit_step().await?;
    app.cache.carry_over(&person.account.id, step, |_| {});
    Ok(answered)
}

/// Whether the client shows what it began with.
fn is_proven(device: &DeviceAuthorization, question: &Question) -> bool {
    let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(question.verifier.expose_secret()));
    device.client_id == question.client_id && bool::from(hash.as_bytes().ct_eq(device.challenge.as_bytes()))
}

/// Whoever has a console session that runs.
async fn person(app: &App, session_id: &str) -> Result<Option<SignedIn>, Error> {
    match console_sessions::of_id(app, session_id).await? {
        Found::SignedIn(person) => Ok(Some(*person)),
        Found::Nobody | Found::Ended(_) => Ok(None),
    }
}

/// Gives a token to a command line that a person said yes to; once. May lose a race.
///
/// # Errors
/// Those of the store.
pub async fn token(app: &App, question: &Question) -> Result<Result<Token, DeviceFault>, Error> {
    let hash = token_hash(question.device_code.expose_secret());
    let mut tx = app.db.write_aside().await?;
    let found = store::device_authorizations::find(&mut tx, &hash).await?;
    let Some(device) = found.filter(|device| is_proven(device, question)) else { return Ok(Err(DeviceFault::Invalid)) };
    let (now, really_now) = (now(app, &mut tx).await?, app.system_now());
    if let Err(fault) = device.ask(now, really_now) {
        store::device_authorizations::asked(&mut tx, &hash, now, really_now).await?;
        tx.commit().await?;
        return Ok(Err(fault));
    }
    drop(tx);
    let Some(session_id) = device.session_id.as_deref() else { return Ok(Err(DeviceFault::Invalid)) };
    let Some(person) = person(app, session_id).await? else { return Ok(Err(DeviceFault::Invalid)) };
    let (account_id, now) = (&person.account.id, person.ctx.now);
    let token = app.ids.letters_and_digits(TOKEN_LENGTH);
    let grant = Grant {
        token_hash: token_hash(&token),
        kind: GrantKind::Portal,
        account_id: account_id.clone(),
        session_id: session_id.to_owned(),
        client_id: Some(device.client_id),
        redirect_uri: None,
        challenge: None,
        key_thumbprint: None,
        password_print: None,
        session_seconds: None,
        expires_at: now.plus_seconds(TOKEN_SECONDS).min(person.session.expires_at),
        spent_at: None,
        forget_at: really_now.plus_seconds(REMEMBERED_SECONDS),
    };
    let (mut tx, _) = app.db.write(account_id).await?;
    if !store::device_authorizations::spend(&mut tx, &hash).await? {
        return Ok(Err(DeviceFault::Invalid));
    }
    store::sign_in_grants::insert(&mut tx, &grant).await?;
    let step = tx.commit_step().await?;
    app.cache.carry_over(account_id, step, |_| {});
    let seconds = grant.expires_at.seconds() - now.seconds();
    Ok(Ok(Token { token: token.into(), seconds, person }))
}

/// Whoever a token is of, as long as it is good: nobody when the session ended, with the password say.
///
/// # Errors
/// Those of the store.
pub async fn bearer(app: &App, token: &SecretString) -> Result<Option<SignedIn>, Error> {
    let hash = token_hash(token.expose_secret());
    let found = store::sign_in_grants::find(&mut app.db.read().await?, &hash).await?;
    let Some(grant) = found.filter(|grant| grant.kind == GrantKind::Portal) else { return Ok(None) };
    let person = person(app, &grant.session_id).await?;
    Ok(person.filter(|person| grant.check(&person.session, None, person.ctx.now).is_ok()))
}
