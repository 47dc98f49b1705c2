//! CreateGroup, GetGroup, ListGroups, UpdateGroup, DeleteGroup, AddUserToGroup, RemoveUserFromGroup,
//! ListGroupsForUser.

use serde::Deserialize;

use super::super::request::{Paging, page_end};
use super::{Access, Answer, Build, Resource, Row, row, users};
use crate::domain::arn::Kind;
use crate::domain::group::Group;
use crate::domain::user::UserRef;
use crate::services::{Ctx, groups};

pub(super) const ROWS: &[Row] = &[
    row!(Iam, "CreateGroup", Access::Policy(Resource::New(Kind::Group, "GroupName")), create),
    row!(Iam, "GetGroup", Access::Policy(Resource::GROUP), get),
    row!(Iam, "ListGroups", Access::Policy(Resource::All(Kind::Group)), list),
    row!(Iam, "UpdateGroup", Access::Policy(Resource::GROUP), [Moved("NewGroupName")], update),
    row!(Iam, "DeleteGroup", Access::Policy(Resource::GROUP), delete),
    row!(Iam, "AddUserToGroup", Access::Policy(Resource::GROUP), add_user),
    row!(Iam, "RemoveUserFromGroup", Access::Policy(Resource::GROUP), remove_user),
    row!(Iam, "ListGroupsForUser", Access::Policy(Resource::USER), list_for_user),
];

/// A group, as answers show it.
pub(super) fn group(ctx: &Ctx, group: &Group) -> Build {
    Build::new()
        .put("Path", &*group.path)
        .put("GroupName", &*group.name)
        .put("GroupId", &*group.id)
        .put("Arn", group.arn(ctx.cloud))
        .time("CreateDate", group.created_at)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateGroup {
    path: Option<String>,
    group_name: String,
}

async fn create(ctx: &Ctx, request: CreateGroup) -> Answer {
    let create = groups::Create {
        name: request.group_name,
        path: request.path.unwrap_or_else(|| "/".to_owned()),
        display_name: String::new(),
        comments: String::new(),
    };
    let made = groups::create(ctx, &create).await?;
    Ok(Build::new().object("Group", group(ctx, &made)))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetGroup {
    group_name: String,
    #[serde(flatten)]
    paging: Paging,
}

/// When its users last signed in is not told here (IAM API Reference, "User").
async fn get(ctx: &Ctx, request: GetGroup) -> Answer {
    let (found, page) =
        groups::members(ctx, &request.group_name, &request.paging.after()?, request.paging.most()).await?;
    let members = page.items.iter().map(|joined| users::user(ctx, &joined.what));
    let shown = Build::new().object("Group", group(ctx, &found)).members("Users", members);
    Ok(page_end(shown, page.next.as_deref()))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListGroups {
    path_prefix: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

async fn list(ctx: &Ctx, request: ListGroups) -> Answer {
    let prefix = request.path_prefix.unwrap_or_default();
    let page = groups::list(ctx, &prefix, &request.paging.after()?, request.paging.most()).await?;
    let shown = page.items.iter().map(|found| group(ctx, found));
    Ok(page_end(Build::new().members("Groups", shown), page.next.as_deref()))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateGroup {
    group_name: String,
    new_path: Option<String>,
    new_group_name: Option<String>,
}

async fn update(ctx: &Ctx, request: UpdateGroup) -> Answer {
    let change = groups::Update { name: request.new_group_name, path: request.new_path, ..groups::Update::default() };
    groups::update(ctx, &request.group_name, &change).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DeleteGroup {
    group_name: String,
}

async fn delete(ctx: &Ctx, request: DeleteGroup) -> Answer {
    groups::delete(ctx, &request.group_name).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Membership {
    group_name: String,
    user_name: String,
}

async fn add_user(ctx: &Ctx, request: Membership) -> Answer {
    groups::add_user(ctx, &request.group_name, &UserRef::Name(request.user_name)).await?;
    Ok(Build::new())
}

async fn remove_user(ctx: &Ctx, request: Membership) -> Answer {
    groups::remove_user(ctx, &request.group_name, &UserRef::Name(request.user_name)).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListGroupsForUser {
    user_name: String,
    #[serde(flatten)]
    paging: Paging,
}

async fn list_for_user(ctx: &Ctx, request: ListGroupsForUser) -> Answer {
    let user = UserRef::Name(request.user_name);
    let page = groups::of_user(ctx, &user, &request.paging.after()?, request.paging.most()).await?;
    let shown = page.items.iter().map(|joined| group(ctx, &joined.what));
    Ok(page_end(Build::new().members("Groups", shown), page.next.as_deref()))
}
