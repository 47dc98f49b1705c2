//! OpenID Connect providers: create, get, list, change, delete, labels.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::domain::arn::Kind;
use crate::domain::error::{Error, Noun};
use crate::domain::providers::{OidcProvider, ProviderFault, ProviderRef};
use crate::domain::user::Tag;
use crate::federation::provider::{IssuerFault, IssuerUrl, MAX_THUMBPRINTS};
use crate::store::tags::Owner;
use crate::store::{self, Conn, Tx};

use super::users::{Page, page_of};
use super::{Ctx, tags};

/// A provider to make.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of OidcProvider")]
pub struct Create {
    /// What to call it; without one it is called by its address.
    pub name: Option<String>,
    /// Its address as it was given.
    pub address: String,
    pub client_ids: Vec<String>,
    pub thumbprints: Vec<String>,
    pub description: String,
    pub issuance_limit_hours: Option<i64>,
    pub tags: Vec<Tag>,
}

/// A change of a provider: what is absent stays as it is.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the fields are those of OidcProvider")]
pub struct Update {
    pub client_ids: Option<Vec<String>>,
    pub thumbprints: Option<Vec<String>>,
    pub description: Option<String>,
    pub issuance_limit_hours: Option<i64>,
}

/// A provider and its labels.
pub type Tagged = (OidcProvider, Vec<Tag>);

fn address(ctx: &Ctx, text: &str) -> Result<IssuerUrl, ProviderFault> {
    let any_port = ctx.cloud.rules().providers.any_port;
    let read = if any_port { IssuerUrl::parse_with_any_port(text) } else { IssuerUrl::parse(text) };
    read.map_err(|fault| match fault {
        IssuerFault::NotHttps if text.starts_with("http://") => ProviderFault::InsecureAddress,
        IssuerFault::NotHttps | IssuerFault::Length | IssuerFault::Malformed => ProviderFault::Address,
        IssuerFault::Port => ProviderFault::AddressWithPort,
        IssuerFault::Query => ProviderFault::AddressWithQuery,
    })
}

/// The same thumbprint may come twice, and stays so: observed of IAM in September 2026.
fn checked_thumbprints(ctx: &Ctx, given: &[String]) -> Result<Vec<String>, ProviderFault> {
    let thumbprint = ctx.cloud.rules().providers.thumbprint;
    if given.len() > MAX_THUMBPRINTS {
        return Err(ProviderFault::TooManyThumbprints);
    }
    given.iter().map(|text| thumbprint(text).ok_or(ProviderFault::Thumbprint)).collect()
}

/// What stands for the thumbprint of a server that is never called: made of its address, so that it is always the same.
/// The clouds ask the server for its certificate where no thumbprint is given.
fn invented_thumbprint(issuer: &IssuerUrl) -> String {
    Sha256::digest(issuer.as_str()).iter().take(20).fold(String::with_capacity(40), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Each client once, in the order they came.
fn checked_clients(ctx: &Ctx, given: &[String]) -> Result<Vec<String>, Error> {
    let mut clients: Vec<String> = Vec::new();
    for client in given {
        if !clients.contains(client) {
            clients.push(client.clone());
        }
    }
    let most = ctx.quotas().clients_per_provider;
    match i64::try_from(clients.len()) {
        Ok(count) if count <= most => Ok(clients),
        _ => Err(Error::LimitExceeded(Noun::OidcClient, most)),
    }
}

/// Makes a provider.
///
/// # Errors
/// `Provider`, `AlreadyExists`, `LimitExceeded`.
pub async fn create(ctx: &Ctx, create: &Create) -> Result<Tagged, Error> {
    let rules = &ctx.cloud.rules().providers;
    let issuer = address(ctx, &create.address)?;
    let mut thumbprints = checked_thumbprints(ctx, &create.thumbprints)?;
    if rules.has_thumbprint && thumbprints.is_empty() {
        thumbprints.push(invented_thumbprint(&issuer));
    }
    let provider = OidcProvider {
        account_id: ctx.account_id.clone(),
        id: ctx.app.ids.uuid(),
        name: create.name.clone().unwrap_or_else(|| issuer.without_scheme().to_owned()),
        issuer: issuer.as_str().to_owned(),
        client_ids: checked_clients(ctx, &create.client_ids)?,
        thumbprints,
        description: create.description.clone(),
        issuance_limit_hours: create.issuance_limit_hours.or(rules.issuance_limit_hours),
        jwks: None,
        signing_key: None,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    if !store::oidc_providers::insert(&mut tx, &provider).await? {
        let known_by = create.name.as_ref().map_or(&provider.issuer, |_| &provider.name);
        return Err(Error::exists(Noun::OidcProvider, known_by));
    }
    // Where names are given, two of them could have one address.
    if store::oidc_providers::count_of_issuer(&mut tx, &ctx.account_id, &provider.issuer).await? > 1 {
        return Err(Error::exists(Noun::OidcIssuer, &provider.issuer));
    }
    let most = ctx.quotas().providers;
    if store::oidc_providers::count(&mut tx, &ctx.account_id).await? > most {
        return Err(Error::LimitExceeded(Noun::OidcProvider, most));
    }
    for tag in &create.tags {
        store::tags::insert(&mut tx, &ctx.account_id, Owner::OidcProvider, &provider.id, tag).await?;
    }
    tx.commit().await?;
    Ok((provider, create.tags.clone()))
}

async fn find(ctx: &Ctx, conn: &mut Conn, named: ProviderRef<'_>) -> Result<OidcProvider, Error> {
    let missing = || Error::missing(Noun::OidcProvider, named.as_str());
    let name = named.name(ctx.cloud, &ctx.account_id, Kind::OidcProvider).ok_or_else(missing)?;
    store::oidc_providers::by_name(conn, &ctx.account_id, name).await?.ok_or_else(missing)
}

/// A write of one provider: the transaction, and the provider in it.
async fn write<'a>(ctx: &'a Ctx, named: ProviderRef<'_>) -> Result<(Tx<'a>, OidcProvider), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let provider = find(ctx, &mut tx, named).await?;
    Ok((tx, provider))
}

/// A provider with its labels.
///
/// # Errors
/// `NotFound`.
pub async fn get(ctx: &Ctx, named: ProviderRef<'_>) -> Result<Tagged, Error> {
    let mut conn = ctx.app.db.read().await?;
    let provider = find(ctx, &mut conn, named).await?;
    let tags = store::tags::of(&mut conn, &ctx.account_id, Owner::OidcProvider, &provider.id).await?;
    Ok((provider, tags))
}

/// All providers in the order of their names.
pub async fn list(ctx: &Ctx) -> Result<Vec<OidcProvider>, Error> {
    store::oidc_providers::all(&mut ctx.app.db.read().await?, &ctx.account_id).await
}

/// One page of providers in the order of their names.
pub async fn page(ctx: &Ctx, after: &str, most: usize) -> Result<Page<OidcProvider>, Error> {
    let mut items = list(ctx).await?;
    items.retain(|provider| *provider.name > *after);
    Ok(page_of(items, most, |provider| &provider.name))
}

/// Changes a provider.
///
/// # Errors
/// `NotFound`, `Provider`, `LimitExceeded`.
pub async fn update(ctx: &Ctx, named: ProviderRef<'_>, change: &Update) -> Result<Tagged, Error> {
    let thumbprints = change.thumbprints.as_deref().map(|given| checked_thumbprints(ctx, given)).transpose()?;
    if thumbprints.as_ref().is_some_and(Vec::is_empty) {
        return Err(ProviderFault::NoThumbprint.into());
    }
    let client_ids = change.client_ids.as_ref().map(|given| checked_clients(ctx, given)).transpose()?;
    let (mut tx, mut provider) = write(ctx, named).await?;
    provider.thumbprints = thumbprints.unwrap_or(provider.thumbprints);
    provider.client_ids = client_ids.unwrap_or(provider.client_ids);
    provider.description = change.description.clone().unwrap_or(provider.description);
    provider.issuance_limit_hours = change.issuance_limit_hours.or(provider.issuance_limit_hours);
    provider.updated_at = ctx.now;
    store::oidc_providers::save(&mut tx, &provider).await?;
    let tags = store::tags::of(&mut tx, &ctx.account_id, Owner::OidcProvider, &provider.id).await?;
    tx.commit().await?;
    Ok((provider, tags))
}

/// Changes one provider as told, and keeps it.
async fn change(
    ctx: &Ctx,
    named: ProviderRef<'_>,
    how: impl FnOnce(&mut OidcProvider) -> Result<(), Error>,
) -> Result<OidcProvider, Error> {
    let (mut tx, mut provider) = write(ctx, named).await?;
    how(&mut provider)?;
    provider.updated_at = ctx.now;
    store::oidc_providers::save(&mut tx, &provider).await?;
    tx.commit().await?;
    Ok(provider)
}

/// Takes tokens for one more client; nothing happens when it is there already.
///
/// # Errors
/// `NotFound`, `LimitExceeded`.
pub async fn add_client(ctx: &Ctx, named: ProviderRef<'_>, client_id: &str) -> Result<OidcProvider, Error> {
    change(ctx, named, |provider| {
        provider.client_ids.push(client_id.to_owned());
        provider.client_ids = checked_clients(ctx, &provider.client_ids)?;
        Ok(())
    })
    .await
}

/// Takes no more tokens for a client; nothing happens when it is not there.
///
/// # Errors
/// `NotFound`.
pub async fn remove_client(ctx: &Ctx, named: ProviderRef<'_>, client_id: &str) -> Result<OidcProvider, Error> {
    change(ctx, named, |provider| {
        provider.client_ids.retain(|known| known != client_id);
        Ok(())
    })
    .await
}

/// Adds a thumbprint; nothing happens when it is there already, which is inferred.
///
/// # Errors
/// `NotFound`, `Provider`.
pub async fn add_thumbprint(ctx: &Ctx, named: ProviderRef<'_>, thumbprint: &str) -> Result<OidcProvider, Error> {
    change(ctx, named, |provider| {
        if !provider.thumbprints.iter().any(|known| known == thumbprint) {
            provider.thumbprints.push(thumbprint.to_owned());
        }
        provider.thumbprints = checked_thumbprints(ctx, &provider.thumbprints)?;
        Ok(())
    })
    .await
}

/// Removes a thumbprint; nothing happens when it is not there, which is inferred.
///
/// # Errors
/// `NotFound`.
pub async fn remove_thumbprint(ctx: &Ctx, named: ProviderRef<'_>, thumbprint: &str) -> Result<OidcProvider, Error> {
    change(ctx, named, |provider| {
        provider.thumbprints.retain(|known| known != thumbprint);
        Ok(())
    })
    .await
}

/// Deletes a provider. Roles that trust it stay, and sessions go on.
///
/// # Errors
/// `NotFound`.
pub async fn delete(ctx: &Ctx, named: ProviderRef<'_>) -> Result<(), Error> {
    let (mut tx, provider) = write(ctx, named).await?;
    store::tags::delete(&mut tx, &ctx.account_id, Owner::OidcProvider, &provider.id).await?;
    store::oidc_providers::delete(&mut tx, &ctx.account_id, &provider.name).await?;
    tx.commit().await
}

/// Puts labels on a provider; one whose key is there already takes its place.
///
/// # Errors
/// `NotFound`, `LimitExceeded`.
pub async fn tag(ctx: &Ctx, named: ProviderRef<'_>, given: &[Tag]) -> Result<(), Error> {
    let (mut tx, provider) = write(ctx, named).await?;
    tags::put(ctx, &mut tx, Owner::OidcProvider, &provider.id, given).await?;
    tx.commit().await
}

/// Takes labels off a provider. A key that is not there is passed over.
///
/// # Errors
/// `NotFound`.
pub async fn untag(ctx: &Ctx, named: ProviderRef<'_>, keys: &[String]) -> Result<(), Error> {
    let (mut tx, provider) = write(ctx, named).await?;
    tags::remove(ctx, &mut tx, Owner::OidcProvider, &provider.id, keys).await?;
    tx.commit().await
}
