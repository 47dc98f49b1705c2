//! The keys of OpenID Connect providers. No socket is ever opened to a provider: a tester hands its keys over, or has
//! tokens signed with a key made here.

use serde_json::{Map, Value, json};

use crate::app::App;
use crate::domain::account::Account;
use crate::domain::error::{Error, Noun};
use crate::domain::providers::{OidcProvider, ProviderFault};
use crate::domain::time::Time;
use crate::federation::jwk::{Jwks, JwksFault};
use crate::federation::provider::IssuerUrl;
use crate::federation::signing;
use crate::store;

use super::time_in;

/// How long a token is good unless the tester says so, in seconds.
pub const TOKEN_SECONDS: i64 = 3_600;

/// Whom a token is about, and for whom, when neither the tester nor the provider says so.
const NOBODY: &str = "sesame";

/// A provider and the ids of its keys.
#[derive(Debug)]
pub struct Listed {
    /// Its address.
    pub issuer: String,
    /// The ids of its keys, its own signing key last.
    pub key_ids: Vec<String>,
}

async fn account(conn: &mut store::Conn, id: &str) -> Result<Account, Error> {
    store::accounts::find(conn, id).await?.ok_or_else(|| Error::missing(Noun::Account, id))
}

async fn provider(conn: &mut store::Conn, account_id: &str, address: &str) -> Result<OidcProvider, Error> {
    let missing = || Error::missing(Noun::OidcProvider, address);
    if let Some(found) = store::oidc_providers::by_issuer(conn, account_id, address).await? {
        return Ok(found);
    }
    // On AWS an address is kept without the port that it has anyway.
    let issuer = IssuerUrl::parse(address).map_err(|_| missing())?;
    store::oidc_providers::by_issuer(conn, account_id, issuer.as_str()).await?.ok_or_else(missing)
}

/// All keys of a provider as one set: those handed over, and the one made here.
fn whole_set(provider: &OidcProvider) -> Result<Vec<Value>, Error> {
    let mut keys = match &provider.jwks {
        Some(text) => {
            let set: Value = serde_json::from_str(text).map_err(Error::internal)?;
            set["keys"].as_array().cloned().unwrap_or_default()
        }
        None => Vec::new(),
    };
    if let Some(key) = &provider.signing_key {
        keys.push(signing::public_jwk(key).map_err(Error::internal)?);
    }
    Ok(keys)
}

/// The keys that a provider's tokens are verified with; none when it has none.
pub(super) fn of(provider: &OidcProvider) -> Result<Jwks, Error> {
    match Jwks::parse(&json!({"keys": whole_set(provider)?}).to_string()) {
        Ok(keys) => Ok(keys),
        Err(JwksFault::NoUsableKey) => Ok(Jwks::default()),
        Err(fault) => Err(Error::internal(fault)),
    }
}

fn check(provider: &OidcProvider) -> Result<(), Error> {
    let set = json!({"keys": whole_set(provider)?}).to_string();
    Jwks::parse(&set).map_err(|fault| ProviderFault::Keys(fault.to_string()))?;
    Ok(())
}

/// Takes a provider's keys over from a tester, in place of those handed over before.
///
/// # Errors
/// `NotFound` of the account or the provider, `Provider`.
pub async fn put(app: &App, account_id: &str, address: &str, jwks: &Value) -> Result<(), Error> {
    let text = jwks.to_string();
    Jwks::parse(&text).map_err(|fault| ProviderFault::Keys(fault.to_string()))?;
    account(&mut app.db.read().await?, account_id).await?;
    let (mut tx, _) = app.db.write(account_id).await?;
    let mut provider = provider(&mut tx, account_id, address).await?;
    provider.jwks = Some(text);
    check(&provider)?;
    store::oidc_providers::set_keys(&mut tx, &provider).await?;
    tx.commit().await
}

/// All providers of an account with the ids of their keys.
///
/// # Errors
/// `NotFound` of the account.
pub async fn list(app: &App, account_id: &str) -> Result<Vec<Listed>, Error> {
    let mut conn = app.db.read().await?;
    account(&mut conn, account_id).await?;
    let mut listed = Vec::new();
    for provider in store::oidc_providers::all(&mut conn, account_id).await? {
        let keys = whole_set(&provider)?;
        let key_ids = keys.iter().filter_map(|key| key["kid"].as_str()).map(str::to_owned).collect();
        listed.push(Listed { issuer: provider.issuer, key_ids });
    }
    Ok(listed)
}

/// Signs a token in a provider's name, with a key that is made at the first time. Claims that are absent are filled in.
///
/// # Errors
/// `NotFound` of the account or the provider, `Provider`.
pub async fn issue(
    app: &App,
    account_id: &str,
    address: &str,
    claims: Map<String, Value>,
    seconds: i64,
) -> Result<String, Error> {
    let mut conn = app.db.read().await?;
    let found = account(&mut conn, account_id).await?;
    let now = time_in(app, found.clock, store::world::clock(&mut conn).await?);
    let known = provider(&mut conn, account_id, address).await?;
    drop(conn);
    let signing = if known.signing_key.is_some() { known } else { with_key(app, account_id, address).await? };
    let key = signing.signing_key.as_ref().ok_or(Error::Conflict)?;
    signing::sign(key, &filled(claims, &signing, now, seconds)).map_err(Error::internal)
}

async fn with_key(app: &App, account_id: &str, address: &str) -> Result<OidcProvider, Error> {
    let key = signing::generate(app.ids.uuid()).map_err(Error::internal)?;
    let (mut tx, _) = app.db.write(account_id).await?;
    let mut provider = provider(&mut tx, account_id, address).await?;
    if provider.signing_key.is_none() {
        provider.signing_key = Some(key);
        check(&provider)?;
        store::oidc_providers::set_keys(&mut tx, &provider).await?;
        tx.commit().await?;
    }
    Ok(provider)
}

fn filled(given: Map<String, Value>, provider: &OidcProvider, now: Time, seconds: i64) -> Map<String, Value> {
    let client = provider.client_ids.first().map_or(NOBODY, String::as_str);
    let mut claims = given;
    for (name, value) in [
        ("iss", json!(provider.issuer)),
        ("aud", json!(client)),
        ("sub", json!(NOBODY)),
        ("iat", json!(now.seconds())),
        ("exp", json!(now.plus_seconds(seconds).seconds())),
    ] {
        claims.entry(name).or_insert(value);
    }
    claims
}
