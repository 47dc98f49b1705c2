//! CreateSAMLProvider, GetSAMLProvider, ListSAMLProviders, UpdateSAMLProvider, DeleteSAMLProvider, TagSAMLProvider,
//! UntagSAMLProvider, ListSAMLProviderTags.

use secrecy::ExposeSecret;
use serde::Deserialize;

use super::super::request::{Paging, Secret, TagInput, some_tags, tag_list, tag_page, tags};
use super::{Access, Answer, Build, Nothing, Resource, Row, row};
use crate::domain::arn::Kind;
use crate::domain::providers::{ProviderRef, RequestSigning, saml_arn};
use crate::domain::user::TagCase;
use crate::services::{Ctx, saml_providers};

const PROVIDER: Resource = Resource::Arn("SAMLProviderArn");

/// Encryption that has to be; the other mode is `Allowed`.
const REQUIRED: &str = "Required";

pub(super) const ROWS: &[Row] = &[
    row!(Iam, "CreateSAMLProvider", Access::Policy(Resource::New(Kind::SamlProvider, "Name")), [RequestTags], create),
    row!(Iam, "GetSAMLProvider", Access::Policy(PROVIDER), get),
    row!(Iam, "ListSAMLProviders", Access::Policy(Resource::All(Kind::SamlProvider)), list),
    row!(Iam, "UpdateSAMLProvider", Access::Policy(PROVIDER), update),
    row!(Iam, "DeleteSAMLProvider", Access::Policy(PROVIDER), delete),
    row!(Iam, "TagSAMLProvider", Access::Policy(PROVIDER), [RequestTags], tag),
    row!(Iam, "UntagSAMLProvider", Access::Policy(PROVIDER), [TagKeys], untag),
    row!(Iam, "ListSAMLProviderTags", Access::Policy(PROVIDER), list_tags),
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateSAMLProvider {
    name: String,
    #[serde(rename = "SAMLMetadataDocument")]
    metadata: String,
    assertion_encryption_mode: Option<String>,
    add_private_key: Option<Secret>,
    #[serde(default)]
    tags: Vec<TagInput>,
}

async fn create(ctx: &Ctx, request: CreateSAMLProvider) -> Answer {
    let create = saml_providers::Create {
        name: request.name,
        description: String::new(),
        metadata: request.metadata,
        encryption_required: request.assertion_encryption_mode.is_some_and(|mode| mode == REQUIRED),
        private_key: request.add_private_key.map(|key| key.0.expose_secret().to_owned()),
        request_signing: RequestSigning::default(),
        tags: tags(request.tags, TagCase::Sensitive)?,
    };
    let (made, tags) = saml_providers::create(ctx, &create).await?;
    Ok(some_tags(Build::new().put("SAMLProviderArn", made.arn(ctx.cloud)), &tags))
}

/// A request that names nothing but the provider.
#[derive(Deserialize)]
struct Named {
    #[serde(rename = "SAMLProviderArn")]
    arn: String,
}

/// Lists that are empty are shown, as observed.
async fn get(ctx: &Ctx, request: Named) -> Answer {
    let (found, tags) = saml_providers::get(ctx, ProviderRef::Arn(&request.arn)).await?;
    let keys = found.private_keys.iter().map(|key| Build::new().put("KeyId", &*key.id).time("Timestamp", key.added_at));
    Ok(Build::new()
        .put("SAMLProviderUUID", &*found.id)
        .put("SAMLMetadataDocument", &*found.metadata)
        .time("CreateDate", found.created_at)
        .time("ValidUntil", found.valid_until)
        .members("Tags", tag_list(&tags))
        .put("AssertionEncryptionMode", if found.encryption_required { REQUIRED } else { "Allowed" })
        .members("PrivateKeyList", keys))
}

async fn list(ctx: &Ctx, _: Nothing) -> Answer {
    let found = saml_providers::list(ctx).await?;
    let shown = found.iter().map(|provider| {
        Build::new()
            .put("Arn", saml_arn(ctx.cloud, &ctx.account_id, &provider.name))
            .time("ValidUntil", provider.valid_until)
            .time("CreateDate", provider.created_at)
    });
    Ok(Build::new().members("SAMLProviderList", shown))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateSAMLProvider {
    #[serde(rename = "SAMLProviderArn")]
    arn: String,
    #[serde(rename = "SAMLMetadataDocument")]
    metadata: Option<String>,
    assertion_encryption_mode: Option<String>,
    add_private_key: Option<Secret>,
    remove_private_key: Option<String>,
}

async fn update(ctx: &Ctx, request: UpdateSAMLProvider) -> Answer {
    let change = saml_providers::Update {
        description: None,
        metadata: request.metadata,
        encryption_required: request.assertion_encryption_mode.map(|mode| mode == REQUIRED),
        request_signing: None,
        added_key: request.add_private_key.map(|key| key.0.expose_secret().to_owned()),
        removed_key: request.remove_private_key,
    };
    let changed = saml_providers::update(ctx, ProviderRef::Arn(&request.arn), &change).await?;
    Ok(Build::new().put("SAMLProviderArn", changed.arn(ctx.cloud)))
}

async fn delete(ctx: &Ctx, request: Named) -> Answer {
    saml_providers::delete(ctx, ProviderRef::Arn(&request.arn)).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
struct Tag {
    #[serde(rename = "SAMLProviderArn")]
    arn: String,
    #[serde(rename = "Tags")]
    tags: Vec<TagInput>,
}

async fn tag(ctx: &Ctx, request: Tag) -> Answer {
    let given = tags(request.tags, TagCase::Sensitive)?;
    saml_providers::tag(ctx, ProviderRef::Arn(&request.arn), &given).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
struct Untag {
    #[serde(rename = "SAMLProviderArn")]
    arn: String,
    #[serde(rename = "TagKeys")]
    keys: Vec<String>,
}

async fn untag(ctx: &Ctx, request: Untag) -> Answer {
    saml_providers::untag(ctx, ProviderRef::Arn(&request.arn), &request.keys).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
struct ListTags {
    #[serde(rename = "SAMLProviderArn")]
    arn: String,
    #[serde(flatten)]
    paging: Paging,
}

async fn list_tags(ctx: &Ctx, request: ListTags) -> Answer {
    let (_, tags) = saml_providers::get(ctx, ProviderRef::Arn(&request.arn)).await?;
    Ok(tag_page(tags, &request.paging)?)
}
