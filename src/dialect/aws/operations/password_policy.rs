//! GetAccountPasswordPolicy, UpdateAccountPasswordPolicy, DeleteAccountPasswordPolicy.

use serde::Deserialize;

use super::super::errors::Fault;
use super::{Access, Answer, Build, Nothing, Resource, Row, row};
use crate::domain::error::{Error, Noun};
use crate::domain::password_policy::PasswordPolicy;
use crate::services::{Ctx, password_policy};

pub(super) const ROWS: &[Row] = &[
    row!(Iam, "GetAccountPasswordPolicy", Access::PasswordRules, get),
    row!(Iam, "UpdateAccountPasswordPolicy", Access::Policy(Resource::Any), update),
    row!(Iam, "DeleteAccountPasswordPolicy", Access::Policy(Resource::Any), delete),
];

/// What was never given is absent from the answer, or false.
async fn get(ctx: &Ctx, _: Nothing) -> Answer {
    let account = ctx.account().await?;
    let policy = &account.password_policy;
    if !policy.is_set {
        return Err(Error::missing(Noun::PasswordPolicy, &*account.id).into());
    }
    let shown = Build::new()
        .put("MinimumPasswordLength", policy.minimum_length)
        .put("RequireSymbols", policy.require_symbols)
        .put("RequireNumbers", policy.require_numbers)
        .put("RequireUppercaseCharacters", policy.require_uppercase)
        .put("RequireLowercaseCharacters", policy.require_lowercase)
        .put("AllowUsersToChangePassword", policy.users_may_change)
        .put("ExpirePasswords", policy.max_age_days > 0)
        .maybe("MaxPasswordAge", (policy.max_age_days > 0).then_some(policy.max_age_days))
        .maybe("PasswordReusePrevention", (policy.reuse_prevention > 0).then_some(policy.reuse_prevention))
        .maybe("HardExpiry", policy.hard_expiry_given.then_some(policy.hard_expiry));
    Ok(Build::new().object("PasswordPolicy", shown))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(clippy::struct_excessive_bools, reason = "the members are those of the model")]
struct UpdateAccountPasswordPolicy {
    minimum_password_length: Option<i64>,
    #[serde(default)]
    require_symbols: bool,
    #[serde(default)]
    require_numbers: bool,
    #[serde(default)]
    require_uppercase_characters: bool,
    #[serde(default)]
    require_lowercase_characters: bool,
    #[serde(default)]
    allow_users_to_change_password: bool,
    max_password_age: Option<i64>,
    password_reuse_prevention: Option<i64>,
    hard_expiry: Option<bool>,
}

/// What MinimumPasswordLength is unless it is given (IAM 2010-05-08 UpdateAccountPasswordPolicy).
const DEFAULT_LENGTH: i64 = 6;

/// Nothing is kept of the policy before: what is left out goes back to its default.
async fn update(ctx: &Ctx, request: UpdateAccountPasswordPolicy) -> Answer {
    let policy = PasswordPolicy {
        minimum_length: request.minimum_password_length.unwrap_or(DEFAULT_LENGTH),
        require_symbols: request.require_symbols,
        require_numbers: request.require_numbers,
        require_uppercase: request.require_uppercase_characters,
        require_lowercase: request.require_lowercase_characters,
        users_may_change: request.allow_users_to_change_password,
        max_age_days: request.max_password_age.unwrap_or(0),
        reuse_prevention: request.password_reuse_prevention.unwrap_or(0),
        hard_expiry: request.hard_expiry.unwrap_or(false),
        hard_expiry_given: request.hard_expiry.is_some(),
        is_set: true,
        ..PasswordPolicy::lax()
    };
    password_policy::replace(ctx, policy).await?;
    Ok(Build::new())
}

async fn delete(ctx: &Ctx, _: Nothing) -> Answer {
    if !password_policy::clear(ctx).await? {
        let text = "The account policy with name PasswordPolicy cannot be found.";
        return Err(Fault::new(404, "NoSuchEntity", text).into());
    }
    Ok(Build::new())
}
