//! CreateOpenIDConnectProvider, GetOpenIDConnectProvider, ListOpenIDConnectProviders, DeleteOpenIDConnectProvider,
//! AddClientIDToOpenIDConnectProvider, RemoveClientIDFromOpenIDConnectProvider, UpdateOpenIDConnectProviderThumbprint,
//! TagOpenIDConnectProvider, UntagOpenIDConnectProvider, ListOpenIDConnectProviderTags.

use serde::Deserialize;

use super::super::errors::Fault;
use super::super::request::{Paging, TagInput, some_tags, tag_list, tag_page, tags};
use super::{Access, Answer, Build, Nothing, Resource, Row, row};
use crate::domain::arn::Kind;
use crate::domain::error::{Error, Noun};
use crate::domain::providers::ProviderRef;
use crate::domain::user::TagCase;
use crate::services::{Ctx, oidc_providers};

const PROVIDER: Resource = Resource::Arn("OpenIDConnectProviderArn");

pub(super) const ROWS: &[Row] = &[
    row!(
        Iam,
        "CreateOpenIDConnectProvider",
        Access::Policy(Resource::New(Kind::OidcProvider, "Url")),
        [RequestTags],
        create
    ),
    row!(Iam, "GetOpenIDConnectProvider", Access::Policy(PROVIDER), get),
    row!(Iam, "ListOpenIDConnectProviders", Access::Policy(Resource::All(Kind::OidcProvider)), list),
    row!(Iam, "DeleteOpenIDConnectProvider", Access::Policy(PROVIDER), delete),
    row!(Iam, "AddClientIDToOpenIDConnectProvider", Access::Policy(PROVIDER), add_client),
    row!(Iam, "RemoveClientIDFromOpenIDConnectProvider", Access::Policy(PROVIDER), remove_client),
    row!(Iam, "UpdateOpenIDConnectProviderThumbprint", Access::Policy(PROVIDER), update_thumbprints),
    row!(Iam, "TagOpenIDConnectProvider", Access::Policy(PROVIDER), [RequestTags], tag),
    row!(Iam, "UntagOpenIDConnectProvider", Access::Policy(PROVIDER), [TagKeys], untag),
    row!(Iam, "ListOpenIDConnectProviderTags", Access::Policy(PROVIDER), list_tags),
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateOpenIDConnectProvider {
    url: String,
    #[serde(rename = "ClientIDList", default)]
    client_ids: Vec<String>,
    #[serde(default)]
    thumbprint_list: Vec<String>,
    #[serde(default)]
    tags: Vec<TagInput>,
}

async fn create(ctx: &Ctx, request: CreateOpenIDConnectProvider) -> Answer {
    let create = oidc_providers::Create {
        name: None,
        address: request.url,
        client_ids: request.client_ids,
        thumbprints: request.thumbprint_list,
        description: String::new(),
        issuance_limit_hours: None,
        tags: tags(request.tags, TagCase::Sensitive)?,
    };
    let (made, tags) = oidc_providers::create(ctx, &create).await?;
    Ok(some_tags(Build::new().put("OpenIDConnectProviderArn", made.arn(ctx.cloud)), &tags))
}

/// A request that names nothing but the provider.
#[derive(Deserialize)]
struct Named {
    #[serde(rename = "OpenIDConnectProviderArn")]
    arn: String,
}

/// Lists that are empty are shown, as recorded.
async fn get(ctx: &Ctx, request: Named) -> Answer {
    let (found, tags) = oidc_providers::get(ctx, ProviderRef::Arn(&request.arn)).await?;
    Ok(Build::new()
        .put("Url", &*found.name)
        .put("ClientIDList", found.client_ids)
        .put("ThumbprintList", found.thumbprints)
        .time("CreateDate", found.created_at)
        .members("Tags", tag_list(&tags)))
}

async fn list(ctx: &Ctx, _: Nothing) -> Answer {
    let found = oidc_providers::list(ctx).await?;
    let shown = found.iter().map(|provider| Build::new().put("Arn", provider.arn(ctx.cloud)));
    Ok(Build::new().members("OpenIDConnectProviderList", shown))
}

/// Here alone a provider that is not there is told in other words.
async fn delete(ctx: &Ctx, request: Named) -> Answer {
    match oidc_providers::delete(ctx, ProviderRef::Arn(&request.arn)).await {
        Err(Error::NotFound(Noun::OidcProvider, arn)) => {
            Err(Fault::new(404, "NoSuchEntity", format!("OpenId connect Provider {arn} cannot be found.")).into())
        }
        done => Ok(done.map(|()| Build::new())?),
    }
}

#[derive(Deserialize)]
struct Client {
    #[serde(rename = "OpenIDConnectProviderArn")]
    arn: String,
    #[serde(rename = "ClientID")]
    client_id: String,
}

async fn add_client(ctx: &Ctx, request: Client) -> Answer {
    oidc_providers::add_client(ctx, ProviderRef::Arn(&request.arn), &request.client_id).await?;
    Ok(Build::new())
}

async fn remove_client(ctx: &Ctx, request: Client) -> Answer {
    oidc_providers::remove_client(ctx, ProviderRef::Arn(&request.arn), &request.client_id).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
struct UpdateThumbprint {
    #[serde(rename = "OpenIDConnectProviderArn")]
    arn: String,
    #[serde(rename = "ThumbprintList")]
    thumbprints: Vec<String>,
}

async fn update_thumbprints(ctx: &Ctx, request: UpdateThumbprint) -> Answer {
    let change = oidc_providers::Update { thumbprints: Some(request.thumbprints), ..oidc_providers::Update::default() };
    oidc_providers::update(ctx, ProviderRef::Arn(&request.arn), &change).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
struct Tag {
    #[serde(rename = "OpenIDConnectProviderArn")]
    arn: String,
    #[serde(rename = "Tags")]
    tags: Vec<TagInput>,
}

async fn tag(ctx: &Ctx, request: Tag) -> Answer {
    let given = tags(request.tags, TagCase::Sensitive)?;
    oidc_providers::tag(ctx, ProviderRef::Arn(&request.arn), &given).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
struct Untag {
    #[serde(rename = "OpenIDConnectProviderArn")]
    arn: String,
    #[serde(rename = "TagKeys")]
    keys: Vec<String>,
}

async fn untag(ctx: &Ctx, request: Untag) -> Answer {
    oidc_providers::untag(ctx, ProviderRef::Arn(&request.arn), &request.keys).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
struct ListTags {
    #[serde(rename = "OpenIDConnectProviderArn")]
    arn: String,
    #[serde(flatten)]
    paging: Paging,
}

async fn list_tags(ctx: &Ctx, request: ListTags) -> Answer {
    let (_, tags) = oidc_providers::get(ctx, ProviderRef::Arn(&request.arn)).await?;
    Ok(tag_page(tags, &request.paging)?)
}
