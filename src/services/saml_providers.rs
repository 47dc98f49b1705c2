//! SAML providers: create, get, list, change, delete, labels.

use crate::domain::arn::Kind;
use crate::domain::error::{Error, Noun};
use crate::domain::name;
use crate::domain::providers::{
    ListedSamlProvider, MAX_PRIVATE_KEYS, METADATA_YEARS, PrivateKey, ProviderFault, ProviderRef, RequestSigning,
    SamlProvider,
};
use crate::domain::user::Tag;
use crate::federation::private_key::{PrivateKeyFault, public_part};
use crate::federation::saml::{Fault, Metadata};
use crate::store::tags::Owner;
use crate::store::{self, Conn, Tx};

use super::users::{Page, page_of};
use super::{Ctx, tags};

/// How many characters follow the prefix of an id: observed of IAM in September 2026, as are the prefixes.
const ID_RANDOM: usize = 16;
const PROVIDER_ID_PREFIX: &str = "SAMLSP";
const KEY_ID_PREFIX: &str = "SAMLPK";

/// A provider to make.
#[derive(Clone)]
#[expect(missing_docs, reason = "the fields are those of SamlProvider")]
pub struct Create {
    pub name: String,
    pub description: String,
    pub metadata: String,
    pub encryption_required: bool,
    /// A key to decrypt assertions with, in PEM.
    pub private_key: Option<String>,
    pub request_signing: RequestSigning,
    pub tags: Vec<Tag>,
}

/// A change of a provider: what is absent stays as it is.
#[derive(Clone, Default)]
#[expect(missing_docs, reason = "the fields are those of SamlProvider")]
pub struct Update {
    pub description: Option<String>,
    pub metadata: Option<String>,
    pub encryption_required: Option<bool>,
    pub request_signing: Option<RequestSigning>,
    /// A key to add, in PEM.
    pub added_key: Option<String>,
    /// The id of a key to remove.
    pub removed_key: Option<String>,
}

/// A provider and its labels.
pub type Tagged = (SamlProvider, Vec<Tag>);

/// Metadata has to name a provider; that it has no certificate to sign with does not matter until somebody signs in
/// (observed of IAM in September 2026).
fn check_metadata(text: &str) -> Result<(), ProviderFault> {
    match Metadata::parse(text) {
        Ok(_) | Err(Fault::MissingElement("X509Certificate")) => Ok(()),
        Err(Fault::MissingElement("IDPSSODescriptor")) => Err(ProviderFault::NoIssuer),
        Err(_) => Err(ProviderFault::Metadata),
    }
}

/// Keys of any kind are taken that are keys: observed of IAM in September 2026 of RSA with 1024 bits and of ECDSA.
fn new_key(ctx: &Ctx, pem: &str) -> Result<PrivateKey, ProviderFault> {
    match public_part(pem) {
        Ok(_) | Err(PrivateKeyFault::Unsupported | PrivateKeyFault::NoPublicPart) => {
            Ok(PrivateKey { id: new_id(ctx, KEY_ID_PREFIX), pem: pem.to_owned(), added_at: ctx.now })
        }
        Err(PrivateKeyFault::Malformed | PrivateKeyFault::Encrypted) => Err(ProviderFault::PrivateKey),
    }
}

fn new_id(ctx: &Ctx, prefix: &str) -> String {
    prefix.to_owned() + &ctx.app.ids.letters_and_digits(ID_RANDOM).to_ascii_uppercase()
}

/// Makes a provider.
///
/// # Errors
/// `Provider`, `AlreadyExists`, `LimitExceeded`.
pub async fn create(ctx: &Ctx, create: &Create) -> Result<Tagged, Error> {
    if create.encryption_required && create.private_key.is_none() {
        return Err(ProviderFault::NoPrivateKeyGiven.into());
    }
    check_metadata(&create.metadata)?;
    let key = create.private_key.as_deref().map(|pem| new_key(ctx, pem)).transpose()?;
    let provider = SamlProvider {
        account_id: ctx.account_id.clone(),
        id: new_id(ctx, PROVIDER_ID_PREFIX),
        name: create.name.clone(),
        description: create.description.clone(),
        metadata: create.metadata.clone(),
        encryption_required: create.encryption_required,
        private_keys: key.into_iter().collect(),
        request_signing: create.request_signing,
        valid_until: ctx.now.plus_years(METADATA_YEARS),
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    if !store::saml_providers::insert(&mut tx, &provider).await? {
        return Err(Error::exists(Noun::SamlProvider, provider.name));
    }
    let most = ctx.quotas().providers;
    if store::saml_providers::count(&mut tx, &ctx.account_id).await? > most {
        return Err(Error::LimitExceeded(Noun::SamlProvider, most));
    }
    for tag in &create.tags {
        store::tags::insert(&mut tx, &ctx.account_id, Owner::SamlProvider, &provider.id, tag).await?;
    }
    tx.commit().await?;
    Ok((provider, create.tags.clone()))
}

async fn find(ctx: &Ctx, conn: &mut Conn, named: ProviderRef<'_>) -> Result<SamlProvider, Error> {
    let missing = || Error::missing(Noun::SamlProvider, named.as_str());
    let name = named.name(ctx.cloud, &ctx.account_id, Kind::SamlProvider).ok_or_else(missing)?;
    store::saml_providers::by_name(conn, &ctx.account_id, name).await?.ok_or_else(missing)
}

/// A write of one provider: the transaction, and the provider in it.
async fn write<'a>(ctx: &'a Ctx, named: ProviderRef<'_>) -> Result<(Tx<'a>, SamlProvider), Error> {
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
    let tags = store::tags::of(&mut conn, &ctx.account_id, Owner::SamlProvider, &provider.id).await?;
    Ok((provider, tags))
}

/// All providers in the order of their names.
pub async fn list(ctx: &Ctx) -> Result<Vec<ListedSamlProvider>, Error> {
    store::saml_providers::all(&mut ctx.app.db.read().await?, &ctx.account_id).await
}

/// One page of providers in the order of their names.
pub async fn page(ctx: &Ctx, after: &str, most: usize) -> Result<Page<ListedSamlProvider>, Error> {
    let after = name::key(after);
    let mut items = list(ctx).await?;
    items.retain(|provider| name::key(&provider.name) > after);
    Ok(page_of(items, most, |provider| &provider.name))
}

/// Changes a provider. New metadata are valid anew.
///
/// # Errors
/// `NotFound`, `Provider`.
pub async fn update(ctx: &Ctx, named: ProviderRef<'_>, change: &Update) -> Result<SamlProvider, Error> {
    let Update { description, metadata, encryption_required, request_signing, added_key, removed_key } = change;
    if added_key.is_some() && removed_key.is_some() {
        return Err(ProviderFault::AddsAndRemoves.into());
    }
    let texts = [description, metadata, added_key, removed_key];
    let nothing = texts.iter().all(|text| text.is_none()) && encryption_required.is_none() && request_signing.is_none();
    if nothing && ctx.cloud.rules().providers.change_required {
        return Err(ProviderFault::NothingToChange.into());
    }
    metadata.as_deref().map(check_metadata).transpose()?;
    let added = added_key.as_deref().map(|pem| new_key(ctx, pem)).transpose()?;

    let (mut tx, mut provider) = write(ctx, named).await?;
    if added.is_some() && provider.private_keys.len() >= MAX_PRIVATE_KEYS {
        return Err(ProviderFault::TooManyPrivateKeys.into());
    }
    provider.private_keys.extend(added);
    provider.encryption_required = encryption_required.unwrap_or(provider.encryption_required);
    if let Some(id) = removed_key {
        let before = provider.private_keys.len();
        provider.private_keys.retain(|key| key.id != *id);
        let none_left = provider.encryption_required && provider.private_keys.is_empty();
        // That a key which is not there is told so is inferred.
        if none_left || provider.private_keys.len() == before {
            return Err(ProviderFault::PrivateKeyNotRemovable.into());
        }
    }
    if provider.encryption_required && provider.private_keys.is_empty() {
        return Err(ProviderFault::NoPrivateKey.into());
    }
    if let Some(metadata) = metadata {
        provider.metadata.clone_from(metadata);
        provider.valid_until = ctx.now.plus_years(METADATA_YEARS);
    }
    provider.request_signing = request_signing.unwrap_or(provider.request_signing);
    provider.description = description.clone().unwrap_or(provider.description);
    provider.updated_at = ctx.now;
    store::saml_providers::save(&mut tx, &provider).await?;
    tx.commit().await?;
    Ok(provider)
}

/// Deletes a provider. Roles that trust it stay, and sessions go on.
///
/// # Errors
/// `NotFound`.
pub async fn delete(ctx: &Ctx, named: ProviderRef<'_>) -> Result<(), Error> {
    let (mut tx, provider) = write(ctx, named).await?;
    store::tags::delete(&mut tx, &ctx.account_id, Owner::SamlProvider, &provider.id).await?;
    store::saml_providers::delete(&mut tx, &ctx.account_id, &provider.name).await?;
    tx.commit().await
}

/// Puts labels on a provider; one whose key is there already takes its place.
///
/// # Errors
/// `NotFound`, `LimitExceeded`.
pub async fn tag(ctx: &Ctx, named: ProviderRef<'_>, given: &[Tag]) -> Result<(), Error> {
    let (mut tx, provider) = write(ctx, named).await?;
    tags::put(ctx, &mut tx, Owner::SamlProvider, &provider.id, given).await?;
    tx.commit().await
}

/// Takes labels off a provider. A key that is not there is passed over.
///
/// # Errors
/// `NotFound`.
pub async fn untag(ctx: &Ctx, named: ProviderRef<'_>, keys: &[String]) -> Result<(), Error> {
    let (mut tx, provider) = write(ctx, named).await?;
    tags::remove(ctx, &mut tx, Owner::SamlProvider, &provider.id, keys).await?;
    tx.commit().await
}
