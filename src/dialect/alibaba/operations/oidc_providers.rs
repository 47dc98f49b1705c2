//! CreateOIDCProvider, GetOIDCProvider, ListOIDCProviders, UpdateOIDCProvider, DeleteOIDCProvider,
//! AddClientIdToOIDCProvider, RemoveClientIdFromOIDCProvider, AddFingerprintToOIDCProvider,
//! RemoveFingerprintFromOIDCProvider.

use super::super::call::{marker_of, named};
use super::{Build, Call};
use crate::domain::error::{Error, Why};
use crate::domain::name::{NameFault, check_client_id, check_fingerprint, check_provider_name};
use crate::domain::providers::{ISSUANCE_LIMIT_HOURS, OidcProvider, ProviderRef};
use crate::services::{Ctx, oidc_providers};

const NAME: &str = "OIDCProviderName";
const LONGEST_ADDRESS: usize = 255;
const LONGEST_DESCRIPTION: usize = 256;

fn shown(ctx: &Ctx, provider: &OidcProvider) -> Build {
    Build::new()
        .put("OIDCProviderName", &*provider.name)
        .put("Arn", provider.arn(ctx.cloud))
        .put("Description", &*provider.description)
        .put("IssuerUrl", &*provider.issuer)
        .put("ClientIds", provider.client_ids.join(","))
        .put("Fingerprints", provider.thumbprints.join(","))
        .maybe("IssuanceLimitTime", provider.issuance_limit_hours)
        .time("CreateDate", provider.created_at)
        .time("UpdateDate", provider.updated_at)
        .put("GmtCreate", milliseconds(provider.created_at.seconds()))
        .put("GmtModified", milliseconds(provider.updated_at.seconds()))
}

/// As a text, which the model says; the samples show whole seconds.
fn milliseconds(seconds: i64) -> String {
    seconds.saturating_mul(1_000).to_string()
}

fn answer(ctx: &Ctx, provider: &OidcProvider) -> Build {
    Build::new().object("OIDCProvider", shown(ctx, provider))
}

fn reference<'a>(call: &Call<'a>) -> Result<ProviderRef<'a>, Error> {
    call.required(NAME).map(ProviderRef::Name)
}

/// A list with commas between its items; an empty one is there and clears what was.
fn list_of(
    call: &Call<'_>,
    parameter: &'static str,
    check: fn(&str) -> Result<(), NameFault>,
) -> Result<Option<Vec<String>>, Error> {
    let Some(text) = call.text(parameter) else { return Ok(None) };
    let items: Vec<String> =
        text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect();
    for item in &items {
        named(parameter, check(item))?;
    }
    Ok(Some(items))
}

/// A description that may be taken away again by an empty one.
pub(super) fn description(call: &Call<'_>, parameter: &'static str) -> Result<Option<String>, Error> {
    match call.text(parameter) {
        Some("") => Ok(Some(String::new())),
        _ => call.free_text(parameter, LONGEST_DESCRIPTION),
    }
}

pub(super) async fn create(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let name = call.required(NAME)?;
    named(NAME, check_provider_name(name))?;
    let address = call.required("IssuerUrl")?;
    if address.chars().count() > LONGEST_ADDRESS {
        return Err(Error::BadParameter("IssuerUrl", Why::Length));
    }
    let create = oidc_providers::Create {
        name: Some(name.to_owned()),
        address: address.to_owned(),
        client_ids: list_of(call, "ClientIds", check_client_id)?.unwrap_or_default(),
        thumbprints: list_of(call, "Fingerprints", check_fingerprint)?.unwrap_or_default(),
        description: description(call, "Description")?.unwrap_or_default(),
        issuance_limit_hours: call.within("IssuanceLimitTime", &ISSUANCE_LIMIT_HOURS)?,
        tags: Vec::new(),
    };
    let (made, _) = oidc_providers::create(ctx, &create).await?;
    Ok(answer(ctx, &made))
}

pub(super) async fn get(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let (found, _) = oidc_providers::get(ctx, reference(call)?).await?;
    Ok(answer(ctx, &found))
}

pub(super) async fn list(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let page = oidc_providers::page(ctx, &call.marker()?, call.max_items(100, 100)?).await?;
    Ok(Build::new().put("IsTruncated", page.next.is_some()).maybe("Marker", page.next.as_deref().map(marker_of)).list(
        "OIDCProviders",
        "OIDCProvider",
        page.items.iter().map(|provider| shown(ctx, provider)),
    ))
}

pub(super) async fn update(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let change = oidc_providers::Update {
        client_ids: list_of(call, "ClientIds", check_client_id)?,
        thumbprints: None,
        description: description(call, "NewDescription")?,
        issuance_limit_hours: call.within("IssuanceLimitTime", &ISSUANCE_LIMIT_HOURS)?,
    };
    let (changed, _) = oidc_providers::update(ctx, reference(call)?, &change).await?;
    Ok(answer(ctx, &changed))
}

pub(super) async fn delete(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    oidc_providers::delete(ctx, reference(call)?).await?;
    Ok(Build::new())
}

pub(super) async fn add_client(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let client = call.required("ClientId")?;
    named("ClientId", check_client_id(client))?;
    Ok(answer(ctx, &oidc_providers::add_client(ctx, reference(call)?, client).await?))
}

pub(super) async fn remove_client(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let client = call.required("ClientId")?;
    Ok(answer(ctx, &oidc_providers::remove_client(ctx, reference(call)?, client).await?))
}

pub(super) async fn add_fingerprint(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let fingerprint = call.required("Fingerprint")?;
    named("Fingerprint", check_fingerprint(fingerprint))?;
    Ok(answer(ctx, &oidc_providers::add_thumbprint(ctx, reference(call)?, fingerprint).await?))
}

pub(super) async fn remove_fingerprint(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let fingerprint = call.required("Fingerprint")?;
    Ok(answer(ctx, &oidc_providers::remove_thumbprint(ctx, reference(call)?, fingerprint).await?))
}
