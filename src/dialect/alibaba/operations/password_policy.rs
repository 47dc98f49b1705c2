//! GetPasswordPolicy, SetPasswordPolicy.

use super::super::Api;
use super::{Build, Call};
use crate::domain::error::Error;
use crate::domain::password_policy::{PasswordPolicy, PolicyChange};
use crate::services::{self, Ctx};

fn policy(call: &Call<'_>, policy: &PasswordPolicy) -> Build {
    let common = Build::new()
        .put("MinimumPasswordLength", policy.minimum_length)
        .put("RequireLowercaseCharacters", policy.require_lowercase)
        .put("RequireUppercaseCharacters", policy.require_uppercase)
        .put("RequireNumbers", policy.require_numbers)
        .put("RequireSymbols", policy.require_symbols)
        .put("MaxPasswordAge", policy.max_age_days)
        .put("PasswordReusePrevention", policy.reuse_prevention)
        .put("MaxLoginAttemps", policy.max_login_attempts);
    let body = match call.api {
        Api::Ram => common.put("HardExpiry", policy.hard_expiry),
        Api::Ims | Api::Sts => common
            .put("HardExpire", policy.hard_expiry)
            .put("MinimumPasswordDifferentCharacter", policy.minimum_distinct)
            .put("PasswordNotContainUserName", policy.refuse_user_name)
            .put("InitialPasswordAge", policy.initial_age_days)
            .put("InterceptRiskPasswordOnApi", policy.refuse_risk_passwords),
    };
    Build::new().object("PasswordPolicy", body)
}

pub(super) async fn get(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    Ok(policy(call, &ctx.account().await?.password_policy))
}

pub(super) async fn set(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let common = PolicyChange {
        minimum_length: call.within("MinimumPasswordLength", &PolicyChange::MINIMUM_LENGTH)?,
        require_lowercase: call.boolean("RequireLowercaseCharacters")?,
        require_uppercase: call.boolean("RequireUppercaseCharacters")?,
        require_numbers: call.boolean("RequireNumbers")?,
        require_symbols: call.boolean("RequireSymbols")?,
        max_age_days: call.within("MaxPasswordAge", &PolicyChange::MAX_AGE_DAYS)?,
        reuse_prevention: call.within("PasswordReusePrevention", &PolicyChange::REUSE_PREVENTION)?,
        max_login_attempts: call.within("MaxLoginAttemps", &PolicyChange::MAX_LOGIN_ATTEMPTS)?,
        ..PolicyChange::default()
    };
    let change = match call.api {
        Api::Ram => PolicyChange { hard_expiry: call.boolean("HardExpiry")?, ..common },
        Api::Ims | Api::Sts => PolicyChange {
            hard_expiry: call.boolean("HardExpire")?,
            minimum_distinct: call.within("MinimumPasswordDifferentCharacter", &PolicyChange::MINIMUM_DISTINCT)?,
            refuse_user_name: call.boolean("PasswordNotContainUserName")?,
            initial_age_days: call.within("InitialPasswordAge", &PolicyChange::INITIAL_AGE_DAYS)?,
            refuse_risk_passwords: call.boolean("InterceptRiskPasswordOnApi")?,
            ..common
        },
    };
    Ok(policy(call, &services::password_policy::set(ctx, change).await?))
}
