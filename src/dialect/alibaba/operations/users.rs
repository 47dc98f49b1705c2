//! CreateUser, GetUser, UpdateUser, DeleteUser, ListUsers, ListUserBasicInfos.

use super::super::Api;
use super::super::call::marker_of;
use super::{Build, Call};
use crate::dialect::members::Member;
use crate::domain::account::Account;
use crate::domain::error::{Error, Why};
use crate::domain::name;
use crate::domain::user::{Tag, User, UserFilter, UserRef, UserStatus};
use crate::services::{Ctx, users};

/// Which operation shows the user: not all show all of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Created,
    Read,
    Updated,
    Listed,
}

fn user(call: &Call<'_>, account: &Account, user: &User, tags: &[Tag], shown: Shown) -> Build {
    let body = Build::new()
        .put("UserId", &*user.id)
        .put("DisplayName", &*user.display_name)
        .put("Comments", &*user.comments)
        .put("Email", &*user.email)
        .put("MobilePhone", &*user.mobile_phone)
        .time("CreateDate", user.created_at);
    match call.api {
        Api::Ram => {
            let body = body.put("UserName", &*user.name);
            let body = if shown == Shown::Created { body } else { body.time("UpdateDate", user.updated_at) };
            body.maybe_time("LastLoginDate", user.last_login_at.filter(|_| shown == Shown::Read))
        }
        Api::Ims | Api::Sts => {
            let body = body
                .put("UserPrincipalName", format!("{}@{}", user.name, account.domain()))
                .time("UpdateDate", user.updated_at)
                .maybe_time("LastLoginDate", user.last_login_at)
                .put("ProvisionType", "Manual");
            let body = match shown {
                Shown::Read => body.put("UserName", &*user.name),
                Shown::Listed => body.put("Status", "active"),
                Shown::Created | Shown::Updated => body,
            };
            if shown == Shown::Updated { body } else { body.object("Tags", tag_list(tags)) }
        }
    }
}

/// Labels as answers show them.
pub(super) fn tag_list(tags: &[Tag]) -> Build {
    let tag = |tag: &Tag| Member::Object(Build::new().put("TagKey", &*tag.key).put("TagValue", &*tag.value).done());
    Build::new().put("Tag", Member::List(tags.iter().map(tag).collect()))
}

/// The longest display name: IMS takes 24 characters, RAM 128.
fn longest_display_name(api: Api) -> usize {
    match api {
        Api::Ram => 128,
        Api::Ims | Api::Sts => 24,
    }
}

const LONGEST_COMMENTS: usize = 128;

fn formatted(call: &Call<'_>, parameter: &'static str, is: fn(&str) -> bool) -> Result<Option<String>, Error> {
    match call.optional(parameter) {
        Some(text) if !is(text) => Err(Error::BadParameter(parameter, Why::Format)),
        text => Ok(text.map(str::to_owned)),
    }
}

pub(super) async fn create(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let account = ctx.account().await?;
    let parameter = call.user_parameter();
    let name = call.new_user_name(parameter, &account)?.ok_or(Error::Missing(parameter))?;
    let display_name = match call.api {
        // Without one RAM shows the name; inferred.
        Api::Ram => call.free_text("DisplayName", longest_display_name(call.api))?.unwrap_or_else(|| name.clone()),
        Api::Ims | Api::Sts => {
            call.required("DisplayName")?;
            call.free_text("DisplayName", longest_display_name(call.api))?.unwrap_or_default()
        }
    };
    let tags = match call.api {
        Api::Ram => Vec::new(),
        Api::Ims | Api::Sts => call.tags()?,
    };
    let create = users::Create {
        name,
        path: "/".to_owned(),
        permissions_boundary: None,
        display_name,
        comments: call.free_text("Comments", LONGEST_COMMENTS)?.unwrap_or_default(),
        email: formatted(call, "Email", name::is_email)?.unwrap_or_default(),
        mobile_phone: formatted(call, "MobilePhone", name::is_phone)?.unwrap_or_default(),
        tags,
    };
    let (made, tags) = users::create(ctx, &create).await?;
    Ok(Build::new().object("User", user(call, &account, &made, &tags, Shown::Created)))
}

/// The user named by exactly one of several parameters. That more than one is refused with this code is inferred.
async fn user_by_any(ctx: &Ctx, call: &Call<'_>, by_access_key: bool) -> Result<UserRef, Error> {
    if call.api == Api::Ram {
        return call.user(ctx).await;
    }
    let id = call.optional("UserId").map(|id| UserRef::Id(id.to_owned()));
    let key = call.optional("UserAccessKeyId").filter(|_| by_access_key);
    let key = key.map(|key| UserRef::AccessKey(key.to_owned()));
    let name = call.optional_user(ctx).await?;
    let mut given = [name, id, key].into_iter().flatten();
    let first = given.next().ok_or(Error::Missing(call.user_parameter()))?;
    if given.next().is_some() {
        return Err(Error::BadParameter(call.user_parameter(), Why::Format));
    }
    Ok(first)
}

pub(super) async fn get(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let named = user_by_any(ctx, call, true).await?;
    let (found, tags) = &*ctx.user(&named).await?;
    let account = ctx.account().await?;
    Ok(Build::new().object("User", user(call, &account, found, tags, Shown::Read)))
}

pub(super) async fn update(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let account = ctx.account().await?;
    let named = user_by_any(ctx, call, false).await?;
    let new_name = match call.api {
        Api::Ram => "NewUserName",
        Api::Ims | Api::Sts => "NewUserPrincipalName",
    };
    let change = users::Update {
        path: None,
        name: call.new_user_name(new_name, &account)?,
        display_name: call.free_text("NewDisplayName", longest_display_name(call.api))?,
        comments: call.free_text("NewComments", LONGEST_COMMENTS)?,
        email: formatted(call, "NewEmail", name::is_email)?,
        mobile_phone: formatted(call, "NewMobilePhone", name::is_phone)?,
    };
    let (changed, tags) = users::update(ctx, &named, &change).await?;
    Ok(Build::new().object("User", user(call, &account, &changed, &tags, Shown::Updated)))
}

pub(super) async fn delete(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let named = user_by_any(ctx, call, false).await?;
    users::delete(ctx, &named).await?;
    Ok(Build::new())
}

fn filter(call: &Call<'_>) -> Result<UserFilter, Error> {
    if call.api == Api::Ram {
        return Ok(UserFilter { path_prefix: None, tags: Vec::new(), statuses: vec![UserStatus::Active] });
    }
    let status = |text: &str| match text {
        "active" => Some(UserStatus::Active),
        "freeze" => Some(UserStatus::Freeze),
        _ => None,
    };
    let statuses = match call.optional("Status") {
        None => Some(vec![UserStatus::Active]),
        Some(list) => list.split(',').map(|word| status(word.trim())).collect(),
    };
    Ok(UserFilter {
        path_prefix: None,
        tags: call.tag_pairs()?,
        statuses: statuses.ok_or(Error::BadParameter("Status", Why::Format))?,
    })
}

fn page_end<T>(page: &users::Page<T>) -> Build {
    Build::new().put("IsTruncated", page.next.is_some()).maybe("Marker", page.next.as_deref().map(marker_of))
}

pub(super) async fn list(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let default = match call.api {
        Api::Ram => 100,
        Api::Ims | Api::Sts => 1_000,
    };
    let most = call.max_items(1_000, default)?;
    let page = users::list(ctx, &filter(call)?, &call.marker()?, most).await?;
    let account = ctx.account().await?;
    let shown = page.items.iter().map(|(found, tags)| user(call, &account, found, tags, Shown::Listed));
    Ok(page_end(&page).list("Users", "User", shown))
}

pub(super) async fn list_basic(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let most = call.max_items(1_000, 100)?;
    let page = users::list(ctx, &filter(call)?, &call.marker()?, most).await?;
    let account = ctx.account().await?;
    let shown = page.items.iter().map(|(found, _)| {
        Build::new()
            .put("UserId", &*found.id)
            .put("UserPrincipalName", format!("{}@{}", found.name, account.domain()))
            .put("DisplayName", &*found.display_name)
            .put("Status", "active")
    });
    Ok(page_end(&page).list("UserBasicInfos", "UserBasicInfo", shown))
}
