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
use crate::domain::session::Session;
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
    if let Some(account_id) = app.cache.account_of_key(key_id) {
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
    let credential = Arc::new(credential(app, key_id).await?);
    app.cache.remember_account_of_key(key_id, &account_id);
    app.cache.put(&account_id, &pulse, key_id, &credential);
    let account = account(app, &account_id, &pulse).await?;
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

async fn credential(app: &App, key_id: &str) -> Result<Credential, Error> {
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
        return Ok(session_signer(session).map_or(Credential::Gone, Credential::Good));
    }
    if access_key::was_issued(key_id) { Ok(Credential::Gone) } else { Ok(Credential::NeverIssued) }
}

async fn principal(conn: &mut store::Conn, key: &AccessKey) -> Result<Option<Principal>, Error> {
    match &key.user_id {
        None => Ok(Some(Principal::Root)),
        Some(id) => {
            let user = store::users::by_id(conn, &key.account_id, id).await?;
            Ok(user.map(|user| Principal::User { id: user.id, name: user.name, path: user.path }))
        }
    }
}

fn session_signer(session: Session) -> Option<Signer> {
    let key = session.key?;
    let principal = Principal::RoleSession {
        session_id: session.id,
        role_id: session.role_id?,
        role_name: session.role_name?,
        session_name: session.session_name?,
        narrowed: session.session_policy.is_some(),
    };
    let session =
        SignerSession { token_hash: key.token_hash, expires_at: session.expires_at, ended: session.ended_at.is_some() };
    Some(Signer { principal, secret: key.secret, session: Some(session) })
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
