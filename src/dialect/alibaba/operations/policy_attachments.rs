//! AttachPolicyToUser, DetachPolicyFromUser, ListPoliciesForUser, the same of groups and roles, and
//! ListEntitiesForPolicy.

use super::super::call::named;
use super::policies::{any_policy, policy};
use super::{Build, Call};
use crate::domain::error::Error;
use crate::domain::name::{check_role_name, check_user_name};
use crate::services::Ctx;
use crate::services::policy_attachments::{self, Holders};
use crate::services::policy_owners::OwnerRef;

async fn user(ctx: &Ctx, call: &Call<'_>) -> Result<OwnerRef, Error> {
    call.user(ctx).await.map(OwnerRef::User)
}

/// Groups have names like those of users (RAM 2015-05-01 CreateGroup, GroupName).
fn group(call: &Call<'_>) -> Result<OwnerRef, Error> {
    let name = call.required("GroupName")?;
    named("GroupName", check_user_name(name))?;
    Ok(OwnerRef::Group(name.to_owned()))
}

fn role(call: &Call<'_>) -> Result<OwnerRef, Error> {
    let name = call.required("RoleName")?;
    named("RoleName", check_role_name(name))?;
    Ok(OwnerRef::Role(name.to_owned()))
}

async fn attach(ctx: &Ctx, call: &Call<'_>, owner: OwnerRef) -> Result<Build, Error> {
    policy_attachments::attach(ctx, &owner, any_policy(call)?).await?;
    Ok(Build::new())
}

async fn detach(ctx: &Ctx, call: &Call<'_>, owner: OwnerRef) -> Result<Build, Error> {
    policy_attachments::detach(ctx, &owner, any_policy(call)?).await?;
    Ok(Build::new())
}

async fn list(ctx: &Ctx, owner: OwnerRef) -> Result<Build, Error> {
    let all = policy_attachments::list_whole(ctx, &owner).await?;
    let shown = all.iter().map(|one| policy(&one.policy).time("AttachDate", one.attached_at));
    Ok(Build::new().list("Policies", "Policy", shown))
}

pub(super) async fn attach_to_user(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    attach(ctx, call, user(ctx, call).await?).await
}

pub(super) async fn attach_to_group(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    attach(ctx, call, group(call)?).await
}

pub(super) async fn attach_to_role(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    attach(ctx, call, role(call)?).await
}

pub(super) async fn detach_from_user(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    detach(ctx, call, user(ctx, call).await?).await
}

pub(super) async fn detach_from_group(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    detach(ctx, call, group(call)?).await
}

pub(super) async fn detach_from_role(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    detach(ctx, call, role(call)?).await
}

pub(super) async fn of_user(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    list(ctx, user(ctx, call).await?).await
}

pub(super) async fn of_group(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    list(ctx, group(call)?).await
}

pub(super) async fn of_role(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    list(ctx, role(call)?).await
}

/// All at once: the operation has no pages (RAM 2015-05-01 ListEntitiesForPolicy).
pub(super) async fn holders(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let Holders { users, groups, roles } = policy_attachments::holders(ctx, any_policy(call)?).await?;
    let users = users.iter().map(|holder| {
        Build::new()
            .put("UserId", &*holder.who.id)
            .put("UserName", &*holder.who.name)
            .put("DisplayName", &*holder.who.display_name)
            .time("AttachDate", holder.attached_at)
    });
    let groups = groups.iter().map(|holder| {
        Build::new()
            .put("GroupName", &*holder.who.name)
            .put("Comments", &*holder.who.comments)
            .time("AttachDate", holder.attached_at)
    });
    let roles = roles.iter().map(|holder| {
        Build::new()
            .put("RoleId", &*holder.who.id)
            .put("RoleName", &*holder.who.name)
            .put("Arn", holder.who.arn(ctx.cloud))
            .put("Description", &*holder.who.description)
            .time("AttachDate", holder.attached_at)
    });
    Ok(Build::new().list("Users", "User", users).list("Groups", "Group", groups).list("Roles", "Role", roles))
}
