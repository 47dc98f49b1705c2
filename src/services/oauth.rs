//! Credentials from a sign-in: a code for whoever signed in, tokens for the code, credentials for the tokens (RFC 6749,
//! RFC 7636). The same for every cloud: what differs comes with the request.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::app::cache::SignerSession;
use crate::domain::account::Account;
use crate::domain::error::Error;
use crate::domain::grant::{Grant, GrantFault, GrantKind, public_client_arn};
use crate::domain::principal::Principal;
use crate::domain::session::{Session, SessionContext, SessionKind};
use crate::domain::time::{DAY, Time};
use crate::domain::user::User;
use crate::store::{self, Conn};

use super::authorize::{Asked, authorize};
use super::callers::token_hash;
use super::session_credentials::{self, Credentials};
use super::targets::Target;
use super::{acting_as, time_in};

/// How long a code is good, in seconds (RFC 6749 section 4.1.2; AWS's own number is as long as its CLI waits).
const CODE_SECONDS: i64 = 600;
/// How long grants are remembered in real time: an account's clock may stand still meanwhile.
const REMEMBERED_SECONDS: i64 = 30 * DAY;
const CODE_LENGTH: usize = 64;
const TOKEN_LENGTH: usize = 256;

/// What policies have to permit, where a cloud asks them.
#[derive(Clone, Debug)]
pub struct Permission {
    /// The action.
    pub action: &'static str,
    /// The region called.
    pub region: String,
    /// The public client, `localhost` or `remote`.
    pub client: &'static str,
}

/// A client that wants a code for whoever signed in.
#[derive(Clone, Debug)]
pub struct Authorization {
    /// The client.
    pub client_id: String,
    /// Where the code goes.
    pub redirect_uri: String,
    /// The hash of the client's verifier.
    pub challenge: String,
    /// What policies have to permit.
    pub permission: Option<Permission>,
}

/// A code or token, as a client presents it.
#[derive(Debug)]
pub enum Presented {
    /// A code, with what it is bound to.
    Code {
        /// The code.
        code: SecretString,
        /// Where it was sent.
        redirect_uri: String,
        /// What hashes to the challenge.
        verifier: SecretString,
    },
    /// A refresh token.
    Refresh(SecretString),
}

impl Presented {
    /// The code or token.
    pub fn secret(&self) -> &SecretString {
        match self {
            Self::Code { code, .. } => code,
            Self::Refresh(token) => token,
        }
    }

    fn kind(&self) -> GrantKind {
        match self {
            Self::Code { .. } => GrantKind::Code,
            Self::Refresh(_) => GrantKind::Refresh,
        }
    }
}

/// What is given for a code or refresh token, and for how many seconds, beside the next refresh token.
#[derive(Clone, Copy, Debug)]
pub enum Gives {
    /// Credentials.
    Credentials(i64),
    /// A token that is exchanged for credentials.
    Bearer(i64),
}

/// A client that wants tokens.
#[derive(Debug)]
pub struct Exchange {
    /// What it has.
    pub presented: Presented,
    /// The client.
    pub client_id: String,
    /// The thumbprint of the key that it proved to have.
    pub key_thumbprint: Option<String>,
    /// What policies have to permit.
    pub permission: Option<Permission>,
    /// What it gets.
    pub gives: Gives,
}

/// What was given.
#[derive(Debug)]
pub enum Access {
    /// Credentials.
    Credentials(Credentials),
    /// A bearer token.
    Bearer(SecretString),
}

/// What a client gets.
#[derive(Debug)]
pub struct Tokens {
    /// Credentials or a bearer token.
    pub access: Access,
    /// The seconds that it is good.
    pub seconds: i64,
    /// The next refresh token.
    pub refresh: SecretString,
    /// Who signed in.
    pub holder: Holder,
}

/// Whoever signed in, as things are now.
#[derive(Debug)]
pub struct Holder {
    /// The account.
    pub account: Account,
    /// The user; none is the root.
    pub user: Option<User>,
    /// The console session.
    pub session: Session,
    /// The time in the account.
    pub now: Time,
    password_print: Option<String>,
}

impl Holder {
    /// Who that is for policies.
    pub fn principal(&self) -> Principal {
        match &self.user {
            Some(user) => Principal::User { id: user.id.clone(), name: user.name.clone(), path: user.path.clone() },
            None => Principal::Root,
        }
    }

    /// Their ARN.
    pub fn arn(&self) -> String {
        self.principal().arn(self.account.cloud, &self.account.id)
    }
}

/// Whoever has a session; nobody when the session or its user is gone.
async fn holder(app: &App, conn: &mut Conn, session_id: &str) -> Result<Option<Holder>, Error> {
    let Some(session) = store::sessions::find(conn, session_id).await? else { return Ok(None) };
    let account = store::accounts::find(conn, &session.account_id).await?.ok_or(Error::Conflict)?;
    let (user, profile) = match &session.user_id {
        None => (None, None),
        Some(user_id) => {
            let Some(user) = store::users::by_id(conn, &account.id, user_id).await? else { return Ok(None) };
            (Some(user), store::login_profiles::find(conn, &account.id, user_id).await?)
        }
    };
    let password = profile.and_then(|profile| profile.password);
    let password_print = password.map(|password| token_hash(&format!("{} {}", password.set_at.0, password.hash)));
    let now = time_in(app, account.clock, store::world::clock(conn).await?);
    Ok(Some(Holder { account, user, session, now, password_print }))
}

/// Whether policies permit it to the user, as signed in.
async fn permits(app: &App, holder: &Holder, permission: Option<&Permission>) -> Result<bool, Error> {
    // No policy binds the root.
    let (Some(permission), Some(user)) = (permission, &holder.user) else { return Ok(true) };
    let session = &holder.session;
    let address = session.source_address.as_deref().and_then(|address| address.parse().ok());
    let address = address.unwrap_or(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));
    let mut ctx = acting_as(app, &holder.account, user, holder.now, address).await?;
    ctx.region.clone_from(&permission.region);
    ctx.session = Some(Arc::new(SignerSession {
        token_hash: String::new(),
        expires_at: session.expires_at,
        ended: session.ended_at.is_some(),
        kind: session.kind,
        started_at: session.started_at,
        mfa_present: session.mfa_present,
        role_arn: None,
        source_identity: None,
        policy: None,
        maker: session.user_id.clone(),
        context: SessionContext::default(),
    }));
    let arn = public_client_arn(&permission.region, &holder.account.id, permission.client);
    match authorize(&ctx, vec![Asked::new(permission.action, Target::Exactly(arn.clone()), arn)]).await {
        Ok(()) => Ok(true),
        Err(Error::AccessDenied(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// A new grant with its secret.
fn grant(app: &App, holder: &Holder, kind: GrantKind, client_id: &str, expires_at: Time) -> (SecretString, Grant) {
    let length = if kind == GrantKind::Code { CODE_LENGTH } else { TOKEN_LENGTH };
    let secret = app.ids.letters_and_digits(length);
    let grant = Grant {
        token_hash: token_hash(&secret),
        kind,
        account_id: holder.account.id.clone(),
        session_id: holder.session.id.clone(),
        client_id: Some(client_id.to_owned()),
        redirect_uri: None,
        challenge: None,
        key_thumbprint: None,
        password_print: holder.password_print.clone(),
        session_seconds: None,
        expires_at: expires_at.min(holder.session.expires_at),
        spent_at: None,
        forget_at: app.system_now().plus_seconds(REMEMBERED_SECONDS),
    };
    (secret.into(), grant)
}

/// Gives a code for a console session. May lose a race: run it through [`super::retry`].
///
/// # Errors
/// Those of the store.
pub async fn give_code(
    app: &App,
    session_id: &str,
    request: &Authorization,
) -> Result<Result<SecretString, GrantFault>, Error> {
    let found = holder(app, &mut app.db.read().await?, session_id).await?;
    let Some(holder) = found else { return Ok(Err(GrantFault::CredentialsChanged)) };
    if !permits(app, &holder, request.permission.as_ref()).await? {
        return Ok(Err(GrantFault::NotPermitted));
    }
    let expires_at = holder.now.plus_seconds(CODE_SECONDS);
    let (code, grant) = grant(app, &holder, GrantKind::Code, &request.client_id, expires_at);
    let grant =
        Grant { redirect_uri: Some(request.redirect_uri.clone()), challenge: Some(request.challenge.clone()), ..grant };
    let (mut tx, _) = app.db.write(&grant.account_id).await?;
    store::sign_in_grants::insert(&mut tx, &grant).await?;
    let step = tx.commit_step().await?;
    app.cache.carry_over(&grant.account_id, step, |_| {});
    Ok(Ok(code))
}

/// Whether a grant may be exchanged by whoever presents it so.
fn check(grant: &Grant, request: &Exchange, holder: Option<&Holder>) -> Result<(), GrantFault> {
    if grant.kind != request.presented.kind() || grant.client_id.as_deref() != Some(&*request.client_id) {
        return Err(UNKNOWN);
    }
    match &request.presented {
        Presented::Code { redirect_uri, verifier, .. } => {
            if grant.redirect_uri.as_ref() != Some(redirect_uri) {
                return Err(GrantFault::Invalid("The redirect URI is not the one of the authorization request."));
            }
            let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose_secret()));
            let challenge = grant.challenge.as_deref().unwrap_or_default();
            if !bool::from(hash.as_bytes().ct_eq(challenge.as_bytes())) {
                return Err(GrantFault::Invalid("The code verifier does not match the code challenge."));
            }
        }
        Presented::Refresh(_) if grant.key_thumbprint != request.key_thumbprint => {
            return Err(GrantFault::Invalid("The DPoP proof is of another key."));
        }
        Presented::Refresh(_) => {}
    }
    let Some(holder) = holder else { return Err(GrantFault::CredentialsChanged) };
    grant.check(&holder.session, holder.password_print.as_deref(), holder.now)
}

const UNKNOWN: GrantFault = GrantFault::Invalid("The code or token is not one of this client.");

/// Exchanges a code or a refresh token, which is used up by that. May lose a race: run it through [`super::retry`].
///
/// # Errors
/// Those of the store.
pub async fn exchange(app: &App, request: &Exchange) -> Result<Result<Tokens, GrantFault>, Error> {
    let hash = token_hash(request.presented.secret().expose_secret());
    let mut conn = app.db.read().await?;
    let Some(seen) = store::sign_in_grants::find(&mut conn, &hash).await? else { return Ok(Err(UNKNOWN)) };
    let found = holder(app, &mut conn, &seen.session_id).await?;
    drop(conn);
    if let Err(fault) = check(&seen, request, found.as_ref()) {
        return Ok(Err(fault));
    }
    let Some(asker) = found else { return Ok(Err(GrantFault::CredentialsChanged)) };
    if !permits(app, &asker, request.permission.as_ref()).await? {
        return Ok(Err(GrantFault::NotPermitted));
    }

    let (mut tx, _) = app.db.write(&seen.account_id).await?;
    let Some(seen) = store::sign_in_grants::find(&mut tx, &hash).await? else { return Ok(Err(UNKNOWN)) };
    let found = holder(app, &mut tx, &seen.session_id).await?;
    if let Err(fault) = check(&seen, request, found.as_ref()) {
        return Ok(Err(fault));
    }
    let Some(holder) = found else { return Ok(Err(GrantFault::CredentialsChanged)) };
    if !store::sign_in_grants::spend(&mut tx, &hash, holder.now).await? {
        return Ok(Err(seen.kind.lapsed()));
    }
    let (access, expires_at) = match request.gives {
        Gives::Credentials(seconds) => {
            let credentials = credentials(app, &mut tx, &holder, seconds).await?;
            let expires_at = credentials.expires_at;
            (Access::Credentials(credentials), expires_at)
        }
        Gives::Bearer(seconds) => {
            let expires_at = holder.now.plus_seconds(seconds);
            let (secret, bearer) = grant(app, &holder, GrantKind::Bearer, &request.client_id, expires_at);
            store::sign_in_grants::insert(&mut tx, &bearer).await?;
            (Access::Bearer(secret), bearer.expires_at)
        }
    };
    let last = holder.session.expires_at;
    let (refresh, next) = grant(app, &holder, GrantKind::Refresh, &request.client_id, last);
    let next = Grant { key_thumbprint: request.key_thumbprint.clone(), ..next };
    store::sign_in_grants::insert(&mut tx, &next).await?;
    let step = tx.commit_step().await?;
    app.cache.carry_over(&seen.account_id, step, |_| {});
    let seconds = expires_at.seconds() - holder.now.seconds();
    Ok(Ok(Tokens { access, seconds, refresh, holder }))
}

/// Gives credentials for a bearer token. May lose a race: run it through [`super::retry`].
///
/// # Errors
/// Those of the store.
pub async fn credentials_for(
    app: &App,
    bearer: &SecretString,
    seconds: i64,
) -> Result<Result<(Credentials, Holder), GrantFault>, Error> {
    let hash = token_hash(bearer.expose_secret());
    let found = store::sign_in_grants::find(&mut app.db.read().await?, &hash).await?;
    let Some(seen) = found.filter(|grant| grant.kind == GrantKind::Bearer) else { return Ok(Err(UNKNOWN)) };
    let (mut tx, _) = app.db.write(&seen.account_id).await?;
    let Some(holder) = holder(app, &mut tx, &seen.session_id).await? else {
        return Ok(Err(GrantFault::CredentialsChanged));
    };
    if let Err(fault) = seen.check(&holder.session, holder.password_print.as_deref(), holder.now) {
        return Ok(Err(fault));
    }
    let credentials = credentials(app, &mut tx, &holder, seconds).await?;
    let step = tx.commit_step().await?;
    app.cache.carry_over(&seen.account_id, step, |_| {});
    Ok(Ok((credentials, holder)))
}

/// Credentials of the user that hang on the console session: they end with it.
async fn credentials(app: &App, conn: &mut Conn, holder: &Holder, seconds: i64) -> Result<Credentials, Error> {
    let (account, now) = (&holder.account, holder.now);
    let expires_at = now.plus_seconds(seconds).min(holder.session.expires_at);
    let (credentials, key) = session_credentials::issue(app, account.cloud, &account.id, expires_at);
    let session = Session {
        user_id: holder.user.as_ref().map(|user| user.id.clone()),
        user_name: holder.user.as_ref().map(|user| user.name.clone()),
        parent_id: Some(holder.session.id.clone()),
        key: Some(key),
        mfa_present: holder.session.mfa_present,
        source_address: holder.session.source_address.clone(),
        ..session_credentials::session(app, &account.id, SessionKind::SignIn, now, expires_at)
    };
    store::sessions::insert(conn, &session).await?;
    Ok(credentials)
}
