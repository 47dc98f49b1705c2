//! CreateSAMLProvider, GetSAMLProvider, ListSAMLProviders, UpdateSAMLProvider, DeleteSAMLProvider.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::call::{marker_of, named};
use super::oidc_providers::description;
use super::{Build, Call};
use crate::domain::error::{Error, Why};
use crate::domain::name::check_provider_name;
use crate::domain::providers::{
    ListedSamlProvider, ProviderFault, ProviderRef, RequestSigning, SamlProvider, saml_arn,
};
use crate::services::{Ctx, saml_providers};

const NAME: &str = "SAMLProviderName";
const METADATA: &str = "EncodedSAMLMetadataDocument";
const NEW_METADATA: &str = "NewEncodedSAMLMetadataDocument";
const SIGNING: &str = "AuthnSignAlgo";

fn shown(ctx: &Ctx, provider: &SamlProvider) -> Build {
    Build::new()
        .put("SAMLProviderName", &*provider.name)
        .put("Arn", provider.arn(ctx.cloud))
        .put("Description", &*provider.description)
        .put(SIGNING, provider.request_signing.as_str())
        .time("CreateDate", provider.created_at)
        .time("UpdateDate", provider.updated_at)
}

fn listed(ctx: &Ctx, provider: &ListedSamlProvider) -> Build {
    Build::new()
        .put("SAMLProviderName", &*provider.name)
        .put("Arn", saml_arn(ctx.cloud, &ctx.account_id, &provider.name))
        .put("Description", &*provider.description)
        .time("CreateDate", provider.created_at)
        .time("UpdateDate", provider.updated_at)
}

fn reference<'a>(call: &Call<'a>) -> Result<ProviderRef<'a>, Error> {
    call.required(NAME).map(ProviderRef::Name)
}

/// Metadata in base 64, which may be broken into lines.
fn metadata(call: &Call<'_>, parameter: &'static str) -> Result<Option<String>, Error> {
    let Some(encoded) = call.optional(parameter) else { return Ok(None) };
    let joined: String = encoded.split_ascii_whitespace().collect();
    let text = STANDARD.decode(joined).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let text = text.filter(|text| !text.contains('\0'));
    text.map(Some).ok_or(Error::BadParameter(parameter, Why::Format))
}

/// Says in which parameter the metadata came that cannot be used.
fn of_parameter(parameter: &'static str, error: Error) -> Error {
    match error {
        Error::Provider(ProviderFault::Metadata | ProviderFault::NoIssuer) => {
            Error::BadParameter(parameter, Why::Format)
        }
        other => other,
    }
}

pub(super) async fn create(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let name = call.required(NAME)?;
    named(NAME, check_provider_name(name))?;
    // That a provider needs its metadata from the beginning is inferred.
    call.required(METADATA)?;
    let create = saml_providers::Create {
        name: name.to_owned(),
        description: description(call, "Description")?.unwrap_or_default(),
        metadata: metadata(call, METADATA)?.unwrap_or_default(),
        encryption_required: false,
        private_key: None,
        request_signing: call.word(SIGNING, RequestSigning::parse)?.unwrap_or_default(),
        tags: Vec::new(),
    };
    let (made, _) = saml_providers::create(ctx, &create).await.map_err(|error| of_parameter(METADATA, error))?;
    Ok(Build::new().object("SAMLProvider", shown(ctx, &made)))
}

pub(super) async fn get(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let (found, _) = saml_providers::get(ctx, reference(call)?).await?;
    let body = shown(ctx, &found).put(METADATA, STANDARD.encode(&found.metadata));
    Ok(Build::new().object("SAMLProvider", body))
}

pub(super) async fn list(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let page = saml_providers::page(ctx, &call.marker()?, call.max_items(100, 100)?).await?;
    Ok(Build::new().put("IsTruncated", page.next.is_some()).maybe("Marker", page.next.as_deref().map(marker_of)).list(
        "SAMLProviders",
        "SAMLProvider",
        page.items.iter().map(|provider| listed(ctx, provider)),
    ))
}

pub(super) async fn update(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let change = saml_providers::Update {
        description: description(call, "NewDescription")?,
        metadata: metadata(call, NEW_METADATA)?,
        request_signing: call.word(SIGNING, RequestSigning::parse)?,
        ..saml_providers::Update::default()
    };
    let changed = saml_providers::update(ctx, reference(call)?, &change).await;
    let changed = changed.map_err(|error| of_parameter(NEW_METADATA, error))?;
    Ok(Build::new().object("SAMLProvider", shown(ctx, &changed)))
}

pub(super) async fn delete(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    saml_providers::delete(ctx, reference(call)?).await?;
    Ok(Build::new())
}
