//! CreateRole, GetRole, ListRoles, UpdateRole, UpdateRoleDescription, UpdateAssumeRolePolicy, DeleteRole, TagRole,
//! UntagRole, ListRoleTags.

use serde::Deserialize;

use super::super::request::{Paging, TagInput, document, page_end, some_tags, tag_page, tags};
use super::users::boundary;
use super::{Access, Answer, Build, Resource, Row, row};
use crate::domain::arn::Kind;
use crate::domain::role::{MAX_SESSION_SECONDS, Role};
use crate::domain::user::TagCase;
use crate::services::{Ctx, roles};

pub(super) const ROWS: &[Row] = &[
    row!(Iam, "CreateRole", Access::Policy(Resource::New(Kind::Role, "RoleName")), [RequestTags, Boundary], create),
    row!(Iam, "GetRole", Access::Policy(Resource::ROLE), [Boundary], get),
    row!(Iam, "ListRoles", Access::Policy(Resource::All(Kind::Role)), list),
    row!(Iam, "UpdateRole", Access::Policy(Resource::ROLE), [Boundary], update),
    row!(Iam, "UpdateRoleDescription", Access::Policy(Resource::ROLE), [Boundary], update_description),
    row!(Iam, "UpdateAssumeRolePolicy", Access::Policy(Resource::ROLE), [Boundary], update_trust_policy),
    row!(Iam, "DeleteRole", Access::Policy(Resource::ROLE), [Boundary], delete),
    row!(Iam, "TagRole", Access::Policy(Resource::ROLE), [RequestTags], tag),
    row!(Iam, "UntagRole", Access::Policy(Resource::ROLE), [TagKeys], untag),
    row!(Iam, "ListRoleTags", Access::Policy(Resource::ROLE), list_tags),
];

/// A role as CreateRole and as parts of other answers show it: without description and longest session (recorded).
pub(super) fn role(ctx: &Ctx, role: &Role) -> Build {
    Build::new()
        .put("Path", &*role.path)
        .put("RoleName", &*role.name)
        .put("RoleId", &*role.id)
        .put("Arn", role.arn(ctx.cloud))
        .time("CreateDate", role.created_at)
        .put("AssumeRolePolicyDocument", document(&role.trust_policy))
}

/// The same with what UpdateRoleDescription shows too.
fn described(ctx: &Ctx, found: &Role) -> Build {
    role(ctx, found).maybe("Description", Some(&*found.description).filter(|text| !text.is_empty()))
}

/// The same with what ListRoles shows too: neither boundary nor labels nor last use (recorded).
fn listed(ctx: &Ctx, found: &Role) -> Build {
    described(ctx, found).put("MaxSessionDuration", found.max_session_seconds)
}

fn with_boundary(build: Build, role: &Role) -> Build {
    match boundary(role.permissions_boundary.as_ref()) {
        Some(boundary) => build.object("PermissionsBoundary", boundary),
        None => build,
    }
}

/// When and where a role was last used: an empty object for one that never was (recorded).
pub(super) fn last_used(role: &Role) -> Build {
    let (at, region) = role.last_used.as_ref().map(|(at, region)| (*at, &**region)).unzip();
    Build::new().maybe_time("LastUsedDate", at).maybe("Region", region)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateRole {
    path: Option<String>,
    role_name: String,
    assume_role_policy_document: String,
    description: Option<String>,
    max_session_duration: Option<i64>,
    permissions_boundary: Option<String>,
    #[serde(default)]
    tags: Vec<TagInput>,
}

async fn create(ctx: &Ctx, request: CreateRole) -> Answer {
    let create = roles::Create {
        name: request.role_name,
        path: request.path.unwrap_or_else(|| "/".to_owned()),
        permissions_boundary: request.permissions_boundary,
        description: request.description.unwrap_or_default(),
        trust_policy: request.assume_role_policy_document,
        max_session_seconds: request.max_session_duration.unwrap_or(*MAX_SESSION_SECONDS.start()),
        console_login_allowed: true,
        tags: tags(request.tags, TagCase::Insensitive)?,
    };
    let (made, tags) = roles::create(ctx, &create).await?;
    Ok(Build::new().object("Role", some_tags(with_boundary(role(ctx, &made), &made), &tags)))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfRole {
    role_name: String,
}

async fn get(ctx: &Ctx, request: OfRole) -> Answer {
    let (found, tags) = roles::get(ctx, &request.role_name).await?;
    let shown = with_boundary(listed(ctx, &found), &found).object("RoleLastUsed", last_used(&found));
    Ok(Build::new().object("Role", some_tags(shown, &tags)))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListRoles {
    path_prefix: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

async fn list(ctx: &Ctx, request: ListRoles) -> Answer {
    let filter = roles::Filter { path_prefix: request.path_prefix, tags: Vec::new() };
    let page = roles::list(ctx, &filter, &request.paging.after()?, request.paging.most()).await?;
    let shown = page.items.iter().map(|(found, _)| listed(ctx, found));
    Ok(page_end(Build::new().members("Roles", shown), page.next.as_deref()))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateRole {
    role_name: String,
    description: Option<String>,
    max_session_duration: Option<i64>,
}

async fn update(ctx: &Ctx, request: UpdateRole) -> Answer {
    let change = roles::Update {
        description: request.description,
        max_session_seconds: request.max_session_duration,
        ..roles::Update::default()
    };
    roles::update(ctx, &request.role_name, &change).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateRoleDescription {
    role_name: String,
    description: String,
}

async fn update_description(ctx: &Ctx, request: UpdateRoleDescription) -> Answer {
    let change = roles::Update { description: Some(request.description), ..roles::Update::default() };
    let changed = roles::update(ctx, &request.role_name, &change).await?;
    Ok(Build::new().object("Role", described(ctx, &changed)))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateAssumeRolePolicy {
    role_name: String,
    policy_document: String,
}

async fn update_trust_policy(ctx: &Ctx, request: UpdateAssumeRolePolicy) -> Answer {
    let change = roles::Update { trust_policy: Some(request.policy_document), ..roles::Update::default() };
    roles::update(ctx, &request.role_name, &change).await?;
    Ok(Build::new())
}

async fn delete(ctx: &Ctx, request: OfRole) -> Answer {
    roles::delete(ctx, &request.role_name).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TagRole {
    role_name: String,
    tags: Vec<TagInput>,
}

async fn tag(ctx: &Ctx, request: TagRole) -> Answer {
    roles::tag(ctx, &request.role_name, &tags(request.tags, TagCase::Insensitive)?).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UntagRole {
    role_name: String,
    tag_keys: Vec<String>,
}

async fn untag(ctx: &Ctx, request: UntagRole) -> Answer {
    roles::untag(ctx, &request.role_name, &request.tag_keys).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListRoleTags {
    role_name: String,
    #[serde(flatten)]
    paging: Paging,
}

async fn list_tags(ctx: &Ctx, request: ListRoleTags) -> Answer {
    let (_, tags) = roles::get(ctx, &request.role_name).await?;
    Ok(tag_page(tags, &request.paging)?)
}
