//! CreateLoginProfile, GetLoginProfile, UpdateLoginProfile, DeleteLoginProfile, ChangePassword.

use serde::Deserialize;

use super::super::request::{Secret, user_or_caller};
use super::{Access, Answer, Build, Resource, Row, row};
use crate::domain::error::Error;
use crate::domain::login_profile::{LoginProfile, LogonStatus};
use crate::domain::password_policy::Entrance;
use crate::domain::user::{User, UserRef};
use crate::services::{Ctx, login_profiles};

pub(super) const ROWS: &[Row] = &[
    row!(Iam, "CreateLoginProfile", Access::Policy(Resource::USER), create),
    row!(Iam, "GetLoginProfile", Access::Policy(Resource::USER), get),
    row!(Iam, "UpdateLoginProfile", Access::Policy(Resource::USER), update),
    row!(Iam, "DeleteLoginProfile", Access::Policy(Resource::USER), delete),
    row!(Iam, "ChangePassword", Access::OwnPassword, change_password),
];

fn profile(user: &User, profile: &LoginProfile) -> Build {
    let shown = Build::new()
        .put("UserName", &*user.name)
        .time("CreateDate", profile.created_at)
        .put("PasswordResetRequired", profile.password_reset_required);
    Build::new().object("LoginProfile", shown)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateLoginProfile {
    user_name: Option<String>,
    password: Option<Secret>,
    password_reset_required: Option<bool>,
}

async fn create(ctx: &Ctx, request: CreateLoginProfile) -> Answer {
    let user = user_or_caller(ctx, request.user_name.as_ref())?;
    // Only a session of AssumeRoot may leave it out, of which there are none.
    let password = request.password.ok_or(Error::Missing("password"))?;
    let create = login_profiles::Create {
        password: Some(password.0),
        status: LogonStatus::Active,
        password_reset_required: request.password_reset_required.unwrap_or(false),
        mfa_bind_required: false,
    };
    let (user, made) = login_profiles::create(ctx, &user, &create).await?;
    Ok(profile(&user, &made))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfUser {
    user_name: Option<String>,
}

async fn get(ctx: &Ctx, request: OfUser) -> Answer {
    let named = user_or_caller(ctx, request.user_name.as_ref())?;
    let (user, _) = &*ctx.user(&named).await?;
    let found = ctx.login_profile(user).await?;
    Ok(profile(user, &found))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateLoginProfile {
    user_name: String,
    password: Option<Secret>,
    password_reset_required: Option<bool>,
}

async fn update(ctx: &Ctx, request: UpdateLoginProfile) -> Answer {
    let change = login_profiles::Update {
        password: request.password.map(|password| password.0),
        password_reset_required: request.password_reset_required,
        ..login_profiles::Update::default()
    };
    login_profiles::update(ctx, &UserRef::Name(request.user_name), &change).await?;
    Ok(Build::new())
}

async fn delete(ctx: &Ctx, request: OfUser) -> Answer {
    let user = user_or_caller(ctx, request.user_name.as_ref())?;
    login_profiles::delete(ctx, &user).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ChangePassword {
    old_password: Secret,
    new_password: Secret,
}

async fn change_password(ctx: &Ctx, request: ChangePassword) -> Answer {
    let (old, new) = (&request.old_password.0, &request.new_password.0);
    login_profiles::change_password(ctx, old, new, Entrance::Api).await?;
    Ok(Build::new())
}
