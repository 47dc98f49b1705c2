//! CreateRole, GetRole, ListRoles, DeleteRole.

use super::super::call::{marker_of, named};
use super::users::tag_list;
use super::{Build, Call};
use crate::domain::error::{Error, Why};
use crate::domain::name::check_role_name;
use crate::domain::role::{MAX_SESSION_SECONDS, Role};
use crate::services::{Ctx, roles};

/// The most characters of a trust policy (the older of two documented limits is 2048; policies may have 6144).
const LONGEST_TRUST_POLICY: usize = 6_144;
const LONGEST_DESCRIPTION: usize = 1_024;

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

fn role_name<'a>(call: &Call<'a>) -> Result<&'a str, Error> {
    let name = call.required("RoleName")?;
    named("RoleName", check_role_name(name))?;
    Ok(name)
}

pub(super) async fn create(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    const DOCUMENT: &str = "AssumeRolePolicyDocument";
    let name = role_name(call)?;
    let trust_policy = call.required(DOCUMENT)?;
    if trust_policy.chars().count() > LONGEST_TRUST_POLICY {
        return Err(Error::BadParameter(DOCUMENT, Why::Length));
    }
    let create = roles::Create {
        name: name.to_owned(),
        path: "/".to_owned(),
        permissions_boundary: None,
        description: call.free_text("Description", LONGEST_DESCRIPTION)?.unwrap_or_default(),
        trust_policy: trust_policy.to_owned(),
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
        .put("IsServiceLinkedRole", false)
        // Its form is inferred.
        .put("RolePrincipalName", format!("{}@role.{}", found.name, account.domain()));
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

pub(super) async fn delete(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    roles::delete(ctx, role_name(call)?).await?;
    Ok(Build::new())
}
