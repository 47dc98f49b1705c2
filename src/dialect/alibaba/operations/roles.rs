//! CreateRole, GetRole, ListRoles, UpdateRole, DeleteRole.

use super::super::call::{marker_of, named};
use super::users::tag_list;
use super::{Build, Call};
use crate::domain::error::{Error, Why};
use crate::domain::name::check_role_name;
use crate::domain::role::{MAX_SESSION_SECONDS, Role};
use crate::services::{Ctx, roles};

/// The most characters of a trust policy (the older of two documented limits is 2048; policies may have 6144).
const LONGEST_TRUST_POLICY: usize = 6_144;
/// The most characters of a description (RAM 2015-05-01 CreateRole, Description).
pub(super) const LONGEST_DESCRIPTION: usize = 1_024;

fn role(ctx: &Ctx, role: &Role) -> Build {
    Build::new()
        .put("RoleId", &*role.id)
        .put("RoleName", &*role.name)
        .put("Arn", role.arn(ctx.cloud))
        .put("Description", &*role.description)
        .put("MaxSessionDuration", role.max_session_seconds)
        .put("AllowConsoleLogin", role.console_login_allowed)
        .time("CreateDate", role.created_at)
}

pub(super) fn role_name<'a>(call: &Call<'a>) -> Result<&'a str, Error> {
    let name = call.required("RoleName")?;
    named("RoleName", check_role_name(name))?;
    Ok(name)
}

fn trust_policy(call: &Call<'_>, parameter: &'static str) -> Result<Option<String>, Error> {
    match call.optional(parameter) {
        Some(text) if text.chars().count() > LONGEST_TRUST_POLICY => Err(Error::BadParameter(parameter, Why::Length)),
        text => Ok(text.map(str::to_owned)),
    }
}

pub(super) async fn create(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    const DOCUMENT: &str = "AssumeRolePolicyDocument";
    let name = role_name(call)?;
    call.required(DOCUMENT)?;
    let trust_policy = trust_policy(call, DOCUMENT)?.unwrap_or_default();
    let create = roles::Create {
        name: name.to_owned(),
        path: "/".to_owned(),
        permissions_boundary: None,
        description: call.free_text("Description", LONGEST_DESCRIPTION)?.unwrap_or_default(),
        trust_policy,
        max_session_seconds: call
            .within("MaxSessionDuration", &MAX_SESSION_SECONDS)?
            .unwrap_or(*MAX_SESSION_SECONDS.start()),
        // That roles may be used in the console unless told otherwise is inferred.
        console_login_allowed: call.boolean("AllowConsoleLogin")?.unwrap_or(true),
        tags: call.tags()?,
    };
    let (made, _) = roles::create(ctx, &create).await?;
    Ok(Build::new().object("Role", role(ctx, &made).put(DOCUMENT, &*made.trust_policy)))
}

pub(super) async fn get(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let (found, _) = roles::get(ctx, role_name(call)?).await?;
    let account = ctx.account().await?;
    let body = role(ctx, &found)
        .time("UpdateDate", found.updated_at)
        .put("AssumeRolePolicyDocument", &*found.trust_policy)
        .put("IsServiceLinkedRole", found.service_name.is_some())
        // Its form is that of samples of Resource Manager 2020-03-31 GetRole.
        .put("RolePrincipalName", format!("{}@role.{}.onaliyunservice.com", found.name, account.alias));
    Ok(Build::new().object("Role", body))
}

pub(super) async fn list(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let most = call.max_items(1_000, 100)?;
    let filter = roles::Filter { path_prefix: None, tags: call.tag_pairs()? };
    let page = roles::list(ctx, &filter, &call.marker()?, most).await?;
    let shown = page
        .items
        .iter()
        .map(|(found, tags)| role(ctx, found).time("UpdateDate", found.updated_at).object("Tags", tag_list(tags)));
    Ok(Build::new()
        .put("IsTruncated", page.next.is_some())
        .maybe("Marker", page.next.as_deref().map(marker_of))
        .list("Roles", "Role", shown))
}

pub(super) async fn update(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let name = role_name(call)?;
    let change = roles::Update {
        description: call.free_text("NewDescription", LONGEST_DESCRIPTION)?,
        trust_policy: trust_policy(call, "NewAssumeRolePolicyDocument")?,
        max_session_seconds: call.within("NewMaxSessionDuration", &MAX_SESSION_SECONDS)?,
        console_login_allowed: call.boolean("NewAllowConsoleLogin")?,
    };
    let changed = roles::update(ctx, name, &change).await?;
    let body = role(ctx, &changed)
        .time("UpdateDate", changed.updated_at)
        .put("AssumeRolePolicyDocument", &*changed.trust_policy);
    Ok(Build::new().object("Role", body))
}

pub(super) async fn delete(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    roles::delete(ctx, role_name(call)?).await?;
    Ok(Build::new())
}
