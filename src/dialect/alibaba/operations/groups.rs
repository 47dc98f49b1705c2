//! CreateGroup, GetGroup, UpdateGroup, DeleteGroup, ListGroups, AddUserToGroup, RemoveUserFromGroup,
//! ListGroupsForUser, ListUsersForGroup.

use super::super::Api;
use super::super::call::{marker_of, named};
use super::{Build, Call};
use crate::domain::error::Error;
use crate::domain::group::Group;
use crate::domain::name::check_group_name;
use crate::services::users::Page;
use crate::services::{Ctx, groups};

/// The most characters of a display name (IMS 2019-08-15 CreateGroup), which RAM's groups have not.
const LONGEST_DISPLAY_NAME: usize = 24;
/// The most characters of a comment (both APIs, CreateGroup).
const LONGEST_COMMENTS: usize = 128;
/// How many groups of a user one answer shows, which has no pages: more than the quota can be.
const MOST_GROUPS_OF_USER: usize = 100_000;

fn names(call: &Call<'_>, found: &Group) -> Build {
    let body = Build::new().put("GroupId", &*found.id).put("GroupName", &*found.name);
    let body = match call.api {
        Api::Ram => body,
        Api::Ims | Api::Sts => body.put("DisplayName", &*found.display_name),
    };
    body.put("Comments", &*found.comments)
}

fn group(call: &Call<'_>, found: &Group) -> Build {
    names(call, found).time("CreateDate", found.created_at).time("UpdateDate", found.updated_at)
}

fn display_name(call: &Call<'_>, parameter: &'static str) -> Result<Option<String>, Error> {
    match call.api {
        Api::Ram => Ok(None),
        Api::Ims | Api::Sts => call.free_text(parameter, LONGEST_DISPLAY_NAME),
    }
}

fn group_name<'a>(call: &Call<'a>) -> Result<&'a str, Error> {
    let name = call.required("GroupName")?;
    named("GroupName", check_group_name(name))?;
    Ok(name)
}

fn page_end<T>(page: &Page<T>) -> Build {
    Build::new().put("IsTruncated", page.next.is_some()).maybe("Marker", page.next.as_deref().map(marker_of))
}

pub(super) async fn create(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let create = groups::Create {
        name: group_name(call)?.to_owned(),
        path: "/".to_owned(),
        display_name: display_name(call, "DisplayName")?.unwrap_or_default(),
        comments: call.free_text("Comments", LONGEST_COMMENTS)?.unwrap_or_default(),
    };
    let made = groups::create(ctx, &create).await?;
    let body = match call.api {
        Api::Ram => names(call, &made).time("CreateDate", made.created_at),
        Api::Ims | Api::Sts => group(call, &made),
    };
    Ok(Build::new().object("Group", body))
}

pub(super) async fn get(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let found = groups::get(ctx, group_name(call)?).await?;
    Ok(Build::new().object("Group", group(call, &found)))
}

pub(super) async fn update(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let name = group_name(call)?;
    let new_name = call.optional("NewGroupName");
    if let Some(new_name) = new_name {
        named("NewGroupName", check_group_name(new_name))?;
    }
    let change = groups::Update {
        name: new_name.map(str::to_owned),
        path: None,
        display_name: display_name(call, "NewDisplayName")?,
        comments: call.free_text("NewComments", LONGEST_COMMENTS)?,
    };
    let changed = groups::update(ctx, name, &change).await?;
    Ok(Build::new().object("Group", group(call, &changed)))
}

pub(super) async fn delete(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    groups::delete(ctx, group_name(call)?).await?;
    Ok(Build::new())
}

pub(super) async fn list(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let most = call.max_items(100, 100)?;
    let page = groups::list(ctx, "", &call.marker()?, most).await?;
    let shown = page.items.iter().map(|found| group(call, found));
    Ok(page_end(&page).list("Groups", "Group", shown))
}

pub(super) async fn add_user(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    groups::add_user(ctx, group_name(call)?, &call.user(ctx).await?).await?;
    Ok(Build::new())
}

pub(super) async fn remove_user(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    groups::remove_user(ctx, group_name(call)?, &call.user(ctx).await?).await?;
    Ok(Build::new())
}

pub(super) async fn list_for_user(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let page = groups::of_user(ctx, &call.user(ctx).await?, "", MOST_GROUPS_OF_USER).await?;
    let shown = page.items.iter().map(|joined| names(call, &joined.what).time("JoinDate", joined.since));
    Ok(Build::new().list("Groups", "Group", shown))
}

pub(super) async fn list_users(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let most = match call.api {
        Api::Ram => call.max_items(1_000, 100)?,
        Api::Ims | Api::Sts => call.max_items(100, 100)?,
    };
    let account = ctx.account().await?;
    let (_, page) = groups::members(ctx, group_name(call)?, &call.marker()?, most).await?;
    let shown = page.items.iter().map(|joined| {
        let user = &joined.what;
        let body = match call.api {
            Api::Ram => Build::new().put("UserName", &*user.name),
            Api::Ims | Api::Sts => Build::new()
                .put("UserId", &*user.id)
                .put("UserPrincipalName", format!("{}@{}", user.name, account.domain())),
        };
        body.put("DisplayName", &*user.display_name).time("JoinDate", joined.since)
    });
    Ok(page_end(&page).list("Users", "User", shown))
}
