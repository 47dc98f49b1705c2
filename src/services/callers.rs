//! Who an access key is: a key issued here is its principal, one never issued the root of an account.

use std::fmt::Write as _;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::app::cache::{Credential, Signer, SignerSession};
use crate::domain::access_key::{self, AccessKey, KeyStatus};
use crate::domain::account::{Account, Cloud};
use crate::domain::error::Error;
use crate::domain::principal::Principal;
use crate::domain::session::{Session, SessionKind};
use crate::domain::time::{ClockSetting, Time};
use crate::store::{self, Pulse};

use super::{account, accounts, default_account, time_in};

/// A key, found.
#[derive(Debug)]
pub struct Found {
    /// The account it acts in.
    pub account_id: Arc<str>,
    /// What it may do.
    pub credential: Arc<Credential>,
    /// The pulse under which that is true.
    pub pulse: Pulse,
    /// The time in the account.
    pub now: Time,
    /// Whether that is not the machine's.
    pub own_clock: bool,
}

impl Found {
    fn of(app: &App, account: &Account, cloud: Cloud, credential: Arc<Credential>, pulse: Pulse) -> Self {
        // A key of another cloud's account is nobody here.
        let credential = if account.cloud == cloud { credential } else { Arc::new(Credential::Gone) };
        let own_clock = account.clock.unwrap_or(pulse.clock) != ClockSetting::System;
        let now = time_in(app, account.clock, pulse.clock);
        Self { account_id: account.id.as_str().into(), credential, pulse, now, own_clock }
    }
}

/// Finds out who a key is. An account that only a key names comes into being here if it may; if it may not, there is
/// nobody to find.
pub async fn find(app: &App, key_id: &str, cloud: Cloud, may_create: bool) -> Result<Option<Found>, Error> {
    if let Some(account_id) = app.cache.account_of_key(cloud, key_id) {
        let pulse = app.db.pulse(&account_id).await?;
        if let Some(credential) = app.cache.get::<Arc<Credential>>(&account_id, &pulse, key_id) {
            let account = account(app, &account_id, &pulse).await?;
            return Ok(Some(Found::of(app, &account, cloud, credential, pulse)));
        }
    }
    super::retry(|| load(app, key_id, cloud, may_create)).await
}

async fn load(app: &App, key_id: &str, cloud: Cloud, may_create: bool) -> Result<Option<Found>, Error> {
    let Some(account_id) = account_of(app, key_id, cloud, may_create).await? else { return Ok(None) };
    let pulse = app.db.pulse(&account_id).await?;
    let account = account(app, &account_id, &pulse).await?;
    let credential = Arc::new(credential(app, account.cloud, key_id).await?);
    app.cache.remember_account_of_key(cloud, key_id, &account_id);
    app.cache.put(&account_id, &pulse, key_id, &credential);
    Ok(Some(Found::of(app, &account, cloud, credential, pulse)))
}

/// The account of an issued key, else the one that the key names, else the cloud's default.
async fn account_of(app: &App, key_id: &str, cloud: Cloud, may_create: bool) -> Result<Option<String>, Error> {
    let mut conn = app.db.read().await?;
    if let Some(key) = store::access_keys::find(&mut conn, key_id).await? {
        return Ok(Some(key.account_id));
    }
    if let Some(session) = store::sessions::by_access_key(&mut conn, key_id).await? {
        return Ok(Some(session.account_id));
    }
    let default = default_account(app, cloud);
    let named = cloud.is_account_id(key_id) && app.settings.auth.unknown_keys == crate::config::UnknownKeys::Root;
    let id = if named { key_id } else { default };
    if store::accounts::find(&mut conn, id).await?.is_none() {
        if !may_create {
            return Ok(None);
        }
        drop(conn);
        accounts::ensure(app, id, cloud).await?;
    }
    Ok(Some(id.to_owned()))
}

async fn credential(app: &App, cloud: Cloud, key_id: &str) -> Result<Credential, Error> {
    let mut conn = app.db.read().await?;
    if let Some(key) = store::access_keys::find(&mut conn, key_id).await? {
        return match key.status {
            KeyStatus::Active => Ok(match principal(&mut conn, &key).await? {
                Some(principal) => Credential::Good(Signer { principal, secret: key.secret, session: None }),
                None => Credential::Gone,
            }),
            KeyStatus::Inactive => Ok(Credential::Inactive),
            KeyStatus::Deleted => Ok(Credential::Gone),
        };
    }
    if let Some(session) = store::sessions::by_access_key(&mut conn, key_id).await? {
        let signer = session_signer(&mut conn, cloud, session).await?;
        return Ok(signer.map_or(Credential::Gone, Credential::Good));
    }
    if access_key::was_issued(key_id) { Ok(Credential::Gone) } else { Ok(Credential::NeverIssued) }
}

async fn principal(conn: &mut store::Conn, key: &AccessKey) -> Result<Option<Principal>, Error> {
    user_or_root(conn, &key.account_id, key.user_id.as_deref()).await
}

async fn user_or_root(
    conn: &mut store::Conn,
    account_id: &str,
    user_id: Option<&str>,
) -> Result<Option<Principal>, Error> {
    match user_id {
        None => Ok(Some(Principal::Root)),
        Some(id) => {
            let user = store::users::by_id(conn, account_id, id).await?;
            Ok(user.map(|user| Principal::User { id: user.id, name: user.name, path: user.path }))
        }
    }
}

/// The signer of a session's key. A key of the user who made the session that is deactivated or deleted takes no session
/// with it (AWS IAM User Guide, "Disabling permissions for temporary security credentials").
async fn session_signer(conn: &mut store::Conn, cloud: Cloud, session: Session) -> Result<Option<Signer>, Error> {
    // A console session has no key of its own.
    let Some(key) = session.key.clone().filter(|_| session.kind != SessionKind::Console) else { return Ok(None) };
    let found = holder(conn, cloud, session).await?;
    Ok(found.map(|(principal, carried)| {
        let carried = SignerSession { token_hash: key.token_hash, ..carried };
        Signer { principal, secret: key.secret, session: Some(Arc::new(carried)) }
    }))
}

/// Whom a session is of, and what it carries; nobody when what it hangs on is gone: its role where the cloud has it so,
/// the user who made it.
pub(super) async fn holder(
    conn: &mut store::Conn,
    cloud: Cloud,
    session: Session,
) -> Result<Option<(Principal, SignerSession)>, Error> {
    let language = cloud.rules().policy_language;
    let mut role_arn = None;
    let user_id = session.user_id.clone();
    let (account_id, user_id) = (&*session.account_id, user_id.as_deref());
    let principal = match session.kind {
        SessionKind::Console | SessionKind::UserToken | SessionKind::SignIn => {
            user_or_root(conn, account_id, user_id).await?
        }
        SessionKind::Federation => {
            let maker = user_or_root(conn, account_id, user_id).await?;
            let named = maker.and(session.session_name);
            named.map(|name| Principal::FederatedUser { session_id: session.id, name })
        }
        SessionKind::Role => {
            let (Some(role_id), Some(role_name)) = (session.role_id, session.role_name) else { return Ok(None) };
            let found = store::roles::by_name(conn, account_id, &role_name).await?;
            let role = found.filter(|role| role.id == role_id);
            if role.is_none() && cloud.rules().deleted_role_ends_sessions {
                return Ok(None);
            }
            role_arn = role.map(|role| role.arn(cloud));
            let narrowed = session.session_policy.is_some() || !session.context.policy_arns.is_empty();
            session.session_name.map(|session_name| Principal::RoleSession {
                session_id: session.id,
                role_id,
                role_name,
                session_name,
                narrowed,
            })
        }
    };
    let Some(principal) = principal else { return Ok(None) };
    // One that cannot be read may forbid something, so that nothing is decided without it; none such is stored.
    let policy = session.session_policy.map(|policy| language.parse_session(&policy));
    let carried = SignerSession {
        token_hash: String::new(),
        expires_at: session.expires_at,
        ended: session.ended_at.is_some(),
        kind: session.kind,
        started_at: session.started_at,
        mfa_present: session.mfa_present,
        role_arn,
        source_identity: session.source_identity,
        policy: policy.transpose().map_err(Error::internal)?.map(Arc::new),
        maker: session.user_id,
        context: session.context,
    };
    Ok(Some((principal, carried)))
}

/// Whether `token` is the one kept as `hash`, in constant time.
pub fn is_token(token: &str, hash: &str) -> bool {
    token_hash(token).as_bytes().ct_eq(hash.as_bytes()).into()
}

/// How a security token is kept: nobody who reads the store can use it.
pub fn token_hash(token: &str) -> String {
    Sha256::digest(token).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
