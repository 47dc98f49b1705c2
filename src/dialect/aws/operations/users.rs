//! CreateUser, GetUser, UpdateUser, DeleteUser, ListUsers, TagUser, UntagUser, ListUserTags.

use serde::Deserialize;

use super::super::request::{Paging, TagInput, page_end, some_tags, tag_page, tags};
use super::policy_owners::check_boundary_arn;
use super::{Access, Answer, Build, Resource, Row, row};
use crate::domain::arn;
use crate::domain::arn::Kind;
use crate::domain::principal::Principal;
use crate::domain::user::{TagCase, User, UserFilter, UserRef, UserStatus};
use crate::services::{Ctx, users};

pub(super) const ROWS: &[Row] = &[
    row!(Iam, "CreateUser", Access::Policy(Resource::New(Kind::User, "UserName")), [RequestTags, Boundary], create),
    row!(Iam, "GetUser", Access::Policy(Resource::USER), get),
    row!(Iam, "UpdateUser", Access::Policy(Resource::USER), [Moved("NewUserName")], update),
    row!(Iam, "DeleteUser", Access::Policy(Resource::USER), delete),
    row!(Iam, "ListUsers", Access::Policy(Resource::All(Kind::User)), list),
    row!(Iam, "TagUser", Access::Policy(Resource::USER), [RequestTags], tag),
    row!(Iam, "UntagUser", Access::Policy(Resource::USER), [TagKeys], untag),
    row!(Iam, "ListUserTags", Access::Policy(Resource::USER), list_tags),
];

/// A user as CreateUser and as parts of other answers show it.
pub(super) fn user(ctx: &Ctx, user: &User) -> Build {
    Build::new()
        .put("Path", &*user.path)
        .put("UserName", &*user.name)
        .put("UserId", &*user.id)
        .put("Arn", user.arn(ctx.cloud))
        .time("CreateDate", user.created_at)
}

/// The permissions boundary of a user or a role. Answers say `Policy`, whatever the service model says (observed).
pub(super) fn boundary(arn: Option<&String>) -> Option<Build> {
    arn.map(|arn| Build::new().put("PermissionsBoundaryType", "Policy").put("PermissionsBoundaryArn", &**arn))
}

fn with_boundary(build: Build, user: &User) -> Build {
    match boundary(user.permissions_boundary.as_ref()) {
        Some(boundary) => build.object("PermissionsBoundary", boundary),
        None => build,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateUser {
    path: Option<String>,
    user_name: String,
    permissions_boundary: Option<String>,
    #[serde(default)]
    tags: Vec<TagInput>,
}

async fn create(ctx: &Ctx, request: CreateUser) -> Answer {
    if let Some(arn) = &request.permissions_boundary {
        check_boundary_arn(arn)?;
    }
    let create = users::Create {
        display_name: request.user_name.clone(),
        name: request.user_name,
        path: request.path.unwrap_or_else(|| "/".to_owned()),
        permissions_boundary: request.permissions_boundary,
        comments: String::new(),
        email: String::new(),
        mobile_phone: String::new(),
        tags: tags(request.tags, TagCase::Insensitive)?,
    };
    let (made, tags) = users::create(ctx, &create).await?;
    Ok(Build::new().object("User", some_tags(with_boundary(user(ctx, &made), &made), &tags)))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetUser {
    user_name: Option<String>,
}

/// Without a name it is the caller, who may be the account's root: a user without a name, whose id is the account's.
async fn get(ctx: &Ctx, request: GetUser) -> Answer {
    if request.user_name.is_none() && ctx.principal == Principal::Root {
        let account = ctx.account().await?;
        let root = Build::new()
            .put("Path", "/")
            .put("UserName", &*account.alias)
            .put("UserId", &*account.id)
            .put("Arn", arn::root(ctx.cloud, &account.id))
            .time("CreateDate", account.created_at);
        return Ok(Build::new().object("User", root));
    }
    let named = super::super::request::user_or_caller(ctx, request.user_name.as_ref())?;
    let (found, tags) = &*ctx.user(&named).await?;
    let shown = with_boundary(user(ctx, found).maybe_time("PasswordLastUsed", found.last_login_at), found);
    Ok(Build::new().object("User", some_tags(shown, tags)))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateUser {
    user_name: String,
    new_path: Option<String>,
    new_user_name: Option<String>,
}

async fn update(ctx: &Ctx, request: UpdateUser) -> Answer {
    let change = users::Update { name: request.new_user_name, path: request.new_path, ..users::Update::default() };
    users::update(ctx, &UserRef::Name(request.user_name), &change).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DeleteUser {
    user_name: String,
}

async fn delete(ctx: &Ctx, request: DeleteUser) -> Answer {
    users::delete(ctx, &UserRef::Name(request.user_name)).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListUsers {
    path_prefix: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

async fn list(ctx: &Ctx, request: ListUsers) -> Answer {
    let filter = UserFilter { path_prefix: request.path_prefix, tags: Vec::new(), statuses: vec![UserStatus::Active] };
    let page = users::list(ctx, &filter, &request.paging.after()?, request.paging.most()).await?;
    let shown =
        page.items.iter().map(|(found, _)| user(ctx, found).maybe_time("PasswordLastUsed", found.last_login_at));
    Ok(page_end(Build::new().members("Users", shown), page.next.as_deref()))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TagUser {
    user_name: String,
    tags: Vec<TagInput>,
}

async fn tag(ctx: &Ctx, request: TagUser) -> Answer {
    let given = tags(request.tags, TagCase::Insensitive)?;
    users::tag(ctx, &UserRef::Name(request.user_name), &given).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UntagUser {
    user_name: String,
    tag_keys: Vec<String>,
}

async fn untag(ctx: &Ctx, request: UntagUser) -> Answer {
    users::untag(ctx, &UserRef::Name(request.user_name), &request.tag_keys).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListUserTags {
    user_name: String,
    #[serde(flatten)]
    paging: Paging,
}

async fn list_tags(ctx: &Ctx, request: ListUserTags) -> Answer {
    let (_, tags) = &*ctx.user(&UserRef::Name(request.user_name)).await?;
    Ok(tag_page(tags.clone(), &request.paging)?)
}
