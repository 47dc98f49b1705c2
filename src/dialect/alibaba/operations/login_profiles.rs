//! CreateLoginProfile, GetLoginProfile, UpdateLoginProfile, DeleteLoginProfile, ChangePassword.

use super::super::Api;
use super::{Build, Call};
use crate::domain::account::Account;
use crate::domain::error::Error;
use crate::domain::login_profile::{LoginProfile, LogonStatus};
use crate::domain::password_policy::Entrance;
use crate::domain::user::User;
use crate::services::{Ctx, login_profiles};

/// Which operation shows the profile: not all show all of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Created,
    Read,
    Updated,
}

fn profile(ctx: &Ctx, call: &Call<'_>, account: &Account, user: &User, profile: &LoginProfile, shown: Shown) -> Build {
    let idle_days = account.security_preference.idle_days_users;
    let flags = Build::new()
        .put("MFABindRequired", profile.mfa_bind_required)
        .put("PasswordResetRequired", profile.password_reset_required);
    let body = match call.api {
        Api::Ram => flags.time("CreateDate", profile.created_at).put("UserName", &*user.name),
        Api::Ims | Api::Sts => {
            let off = shown != Shown::Created && profile.auto_disabled_at(idle_days, ctx.now);
            let last_login = profile.last_login_at.filter(|_| shown == Shown::Read);
            flags
                .put("Status", profile.status_at(idle_days, ctx.now).as_str())
                .put("PasswordStatus", profile.password_status(ctx.now).as_str())
                .maybe("AutoDisableLoginStatus", off.then_some("true"))
                .maybe_time("LastLoginTime", last_login)
                .time("UpdateDate", profile.updated_at)
                .put("UserPrincipalName", format!("{}@{}", user.name, account.domain()))
        }
    };
    Build::new().object("LoginProfile", body)
}

pub(super) async fn create(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let user = call.user(ctx).await?;
    let status = match call.api {
        Api::Ram => None,
        Api::Ims | Api::Sts => call.word("Status", LogonStatus::parse)?,
    };
    // RAM 2015-05-01 knows no profile without a password on its pages, yet its metadata has Password optional too.
    let create = login_profiles::Create {
        password: call.secret("Password"),
        status: status.unwrap_or(LogonStatus::Active),
        password_reset_required: call.boolean("PasswordResetRequired")?.unwrap_or(false),
        mfa_bind_required: call.boolean("MFABindRequired")?.unwrap_or(false),
    };
    let account = ctx.account().await?;
    let (user, made) = login_profiles::create(ctx, &user, &create).await?;
    Ok(profile(ctx, call, &account, &user, &made, Shown::Created))
}

pub(super) async fn get(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let user = call.user(ctx).await?;
    let (user, _) = &*ctx.user(&user).await?;
    let found = ctx.login_profile(user).await?;
    let account = ctx.account().await?;
    Ok(profile(ctx, call, &account, user, &found, Shown::Read))
}

pub(super) async fn update(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let user = call.user(ctx).await?;
    let status = match call.api {
        Api::Ram => None,
        Api::Ims | Api::Sts => call.word("Status", LogonStatus::parse)?,
    };
    let change = login_profiles::Update {
        password: call.secret("Password"),
        status,
        password_reset_required: call.boolean("PasswordResetRequired")?,
        mfa_bind_required: call.boolean("MFABindRequired")?,
    };
    let account = ctx.account().await?;
    let (user, changed) = login_profiles::update(ctx, &user, &change).await?;
    match call.api {
        Api::Ram => Ok(Build::new()),
        Api::Ims | Api::Sts => Ok(profile(ctx, call, &account, &user, &changed, Shown::Updated)),
    }
}

pub(super) async fn delete(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let user = call.user(ctx).await?;
    login_profiles::delete(ctx, &user).await?;
    Ok(Build::new())
}

pub(super) async fn change_password(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    // Who may not call it at all is told so before parameters are missed.
    if ctx.calling_user().is_none() {
        return Err(Error::UsersOnly);
    }
    let old = call.secret("OldPassword").ok_or(Error::Missing("OldPassword"))?;
    let new = call.secret("NewPassword").ok_or(Error::Missing("NewPassword"))?;
    login_profiles::change_password(ctx, &old, &new, Entrance::Api).await?;
    Ok(Build::new())
}
