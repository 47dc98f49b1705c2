//! Tokens that open the console for whoever has temporary credentials (AWS IAM User Guide, "Enable custom identity broker
//! access to the AWS console").

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::app::cache::{Credential, SignerSession};
use crate::domain::account::Cloud;
use crate::domain::error::Error;
use crate::domain::grant::{Grant, GrantKind, SESSION_SECONDS};
use crate::domain::session::{Session, SessionKind};
use crate::domain::time::{DAY, Time};
use crate::store;

use super::callers::{self, is_token, token_hash};
use super::{console_sessions, session_credentials};

/// How long a sign-in token is good, in seconds (as above).
const TOKEN_SECONDS: i64 = 900;
/// The longest key id, in bytes.
const LONGEST_KEY_ID: usize = 128;
/// How many random characters a token has.
const TOKEN_LENGTH: usize = 256;

/// Temporary credentials, as somebody shows them.
#[derive(Debug)]
pub struct Shown {
    /// The key id.
    pub access_key_id: String,
    /// The secret.
    pub secret: SecretString,
    /// The security token.
    pub token: SecretString,
}

/// Why the console is not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsoleFault {
    /// The credentials are no good, or of a kind that opens no console.
    Credentials,
    /// The duration is out of bounds, or none may be given with these credentials.
    Duration,
    /// The sign-in token is no good, or not any more.
    Token,
}

/// What good credentials are of.
struct Holder {
    account_id: String,
    session: Session,
    now: Time,
}

/// Whether such credentials open the console. That those of GetSessionToken do not was reported of the cloud; of those
/// of `aws login` it is inferred.
fn opens_console(session: &SignerSession) -> bool {
    matches!(session.kind, SessionKind::Role | SessionKind::Federation) && !session.ended
}

/// Whoever has such a key, provided that the session behind it runs.
async fn holder(
    app: &App,
    key_id: &str,
    is_shown: impl Fn(&str, &SignerSession) -> bool,
) -> Result<Option<Holder>, Error> {
    let Some(found) = callers::find(app, key_id, Cloud::Aws, false).await? else { return Ok(None) };
    let Credential::Good(signer) = &*found.credential else { return Ok(None) };
    let Some(carried) = signer.session.as_deref() else { return Ok(None) };
    if !opens_console(carried) || !is_shown(&signer.secret, carried) {
        return Ok(None);
    }
    let session = store::sessions::by_access_key(&mut app.db.read().await?, key_id).await?;
    Ok(session.map(|session| Holder { account_id: found.account_id.to_string(), session, now: found.now }))
}

/// Gives a sign-in token for temporary credentials. May lose a race.
///
/// # Errors
/// Those of the store.
pub async fn issue(
    app: &App,
    shown: &Shown,
    seconds: Option<i64>,
) -> Result<Result<SecretString, ConsoleFault>, Error> {
    if shown.access_key_id.len() > LONGEST_KEY_ID {
        return Ok(Err(ConsoleFault::Credentials));
    }
    let is_shown = |secret: &str, carried: &SignerSession| {
        bool::from(secret.as_bytes().ct_eq(shown.secret.expose_secret().as_bytes()))
            && is_token(shown.token.expose_secret(), &carried.token_hash)
    };
    let Some(holder) = holder(app, &shown.access_key_id, is_shown).await? else {
        return Ok(Err(ConsoleFault::Credentials));
    };
    if holder.now >= holder.session.expires_at {
        return Ok(Err(ConsoleFault::Credentials));
    }
    if seconds.is_some_and(|seconds| !SESSION_SECONDS.contains(&seconds) || !may_last_longer(&holder.session)) {
        return Ok(Err(ConsoleFault::Duration));
    }
    let token = SecretString::from(app.ids.letters_and_digits(TOKEN_LENGTH));
    let grant = Grant {
        token_hash: token_hash(token.expose_secret()),
        kind: GrantKind::Console,
        account_id: holder.account_id,
        session_id: holder.session.id,
        client_id: None,
        redirect_uri: None,
        challenge: None,
        key_thumbprint: None,
        password_print: None,
        session_seconds: seconds,
        expires_at: holder.now.plus_seconds(TOKEN_SECONDS),
        spent_at: None,
        forget_at: app.system_now().plus_seconds(30 * DAY),
    };
    let (mut tx, _) = app.db.write(&grant.account_id).await?;
    store::sign_in_grants::insert(&mut tx, &grant).await?;
    let step = tx.commit_step().await?;
    app.cache.carry_over(&grant.account_id, step, |_| {});
    Ok(Ok(token))
}

/// Whether a console session may be told to last longer than the credentials: only those of a role that was taken on with
/// long-term credentials or by a provider's word, neither of a chained role nor of GetFederationToken (as above).
///
/// A role taken on with a session of GetSessionToken counts as taken on by the user; inferred.
fn may_last_longer(session: &Session) -> bool {
    session.kind == SessionKind::Role && (session.user_id.is_some() || session.context.federated_provider.is_some())
}

/// Opens the console: gives the browser's cookie and the session. A token may be used more than once in its time: no
/// page says otherwise. May lose a race.
///
/// # Errors
/// Those of the store.
pub async fn redeem(app: &App, token: &str) -> Result<Result<(SecretString, Session), ConsoleFault>, Error> {
    let mut conn = app.db.read().await?;
    let found = store::sign_in_grants::find(&mut conn, &token_hash(token)).await?;
    let Some(grant) = found.filter(|grant| grant.kind == GrantKind::Console) else {
        return Ok(Err(ConsoleFault::Token));
    };
    let source = store::sessions::find(&mut conn, &grant.session_id).await?;
    drop(conn);
    let Some(key) = source.and_then(|source| source.key) else { return Ok(Err(ConsoleFault::Token)) };
    let Some(Holder { session, now, .. }) = holder(app, &key.access_key_id, |_, _| true).await? else {
        return Ok(Err(ConsoleFault::Token));
    };
    let expires_at = grant.session_seconds.map_or(session.expires_at, |seconds| now.plus_seconds(seconds));
    if now >= grant.expires_at || now >= expires_at {
        return Ok(Err(ConsoleFault::Token));
    }
    let of_console = Session {
        user_id: session.user_id,
        user_name: session.user_name,
        role_id: session.role_id,
        role_name: session.role_name,
        session_name: session.session_name,
        source_identity: session.source_identity,
        session_policy: session.session_policy,
        context: session.context,
        mfa_present: session.mfa_present,
        source_address: session.source_address,
        ..session_credentials::session(app, &grant.account_id, session.kind, now, expires_at)
    };
    let secret = console_sessions::start(app, &of_console).await?;
    Ok(Ok((secret, of_console)))
}
