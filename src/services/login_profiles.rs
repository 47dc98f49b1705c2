//! Login profiles and passwords: create, get, update, delete, and a user's own change of password.

use secrecy::SecretString;

use crate::domain::account::Account;
use crate::domain::denial::Denial;
use crate::domain::error::{Error, Noun, PasswordRefusal};
use crate::domain::login_profile::{LoginProfile, LogonStatus};
use crate::domain::password_policy::{Entrance, Violation};
use crate::domain::session::EndReason;
use crate::domain::user::{User, UserRef};
use crate::store::{self, Conn};

use super::{Ctx, passwords, sessions, users};

/// A login profile to make.
#[derive(Clone, Debug)]
pub struct Create {
    /// The password. Without one nobody can sign in until one is set; that this is so is inferred.
    pub password: Option<SecretString>,
    /// Whether console logon is on.
    pub status: LogonStatus,
    /// The next sign-in must set a new password.
    pub password_reset_required: bool,
    /// A sign-in needs a bound MFA device.
    pub mfa_bind_required: bool,
}

/// A change of a login profile: what is absent stays as it is; a password is a reset.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the fields are those of Create")]
pub struct Update {
    pub password: Option<SecretString>,
    pub status: Option<LogonStatus>,
    pub password_reset_required: Option<bool>,
    pub mfa_bind_required: Option<bool>,
}

/// A user's profile and the passwords it remembers: so many as the policy asks for, and one at least, whose salt the
/// next one takes.
pub(super) async fn profile_and_history(
    conn: &mut Conn,
    account: &Account,
    user_id: &str,
) -> Result<(Option<LoginProfile>, Vec<String>), Error> {
    let mut profile = store::login_profiles::find(conn, &account.id, user_id).await?;
    if let Some(profile) = profile.as_mut() {
        profile.follow(&account.password_policy, account.cloud.rules());
    }
    let most = account.password_policy.reuse_prevention.max(1);
    let history = store::login_profiles::history(conn, &account.id, user_id, most).await?;
    Ok((profile, history))
}

/// Whether a prepared password is one of those that the policy refuses.
pub(super) fn is_reused(prepared: &passwords::Prepared, account: &Account, history: &[String]) -> Result<bool, Error> {
    if account.password_policy.reuse_prevention == 0 { Ok(false) } else { prepared.is_among(history) }
}

fn reused(parameter: &'static str) -> Error {
    Error::PasswordRejected(parameter, PasswordRefusal { violations: vec![Violation::Reused] })
}

/// Judges a password by the policy of the moment if that is not the one it was judged by before it was hashed.
fn judge_again(
    before: &Account,
    now: &Account,
    password: Option<&SecretString>,
    parameter: &'static str,
    user_name: &str,
) -> Result<(), Error> {
    match password {
        Some(password) if before.password_policy != now.password_policy => {
            let violations = passwords::violations(now, password, user_name, Entrance::Api);
            passwords::refuse(parameter, violations)
        }
        _ => Ok(()),
    }
}

/// Makes a login profile.
///
/// # Errors
/// `NotFound(User)`, `AlreadyExists`, `PasswordRejected`.
pub async fn create(ctx: &Ctx, user: &UserRef, create: &Create) -> Result<(User, LoginProfile), Error> {
    // Looked at before hashing, so that a call that must fail costs no hash; decided again in the transaction.
    let account = ctx.account().await?;
    let prepared = {
        let mut conn = ctx.app.db.read().await?;
        let user = users::get(&mut conn, &ctx.account_id, user).await?;
        if store::login_profiles::find(&mut conn, &ctx.account_id, &user.id).await?.is_some() {
            return Err(Error::exists(Noun::LoginProfile, &*user.name));
        }
        drop(conn);
        match &create.password {
            Some(password) => {
                let violations = passwords::violations(&account, password, &user.name, Entrance::Api);
                passwords::refuse("Password", violations)?;
                Some(passwords::prepare(&ctx.app, password, &[]).await?)
            }
            None => None,
        }
    };

    let (mut tx, now_account) = ctx.app.db.write(&ctx.account_id).await?;
    let user = users::get(&mut tx, &ctx.account_id, user).await?;
    if store::login_profiles::find(&mut tx, &ctx.account_id, &user.id).await?.is_some() {
        return Err(Error::exists(Noun::LoginProfile, &*user.name));
    }
    judge_again(&account, &now_account, create.password.as_ref(), "Password", &user.name)?;
    let mut profile = LoginProfile {
        account_id: ctx.account_id.clone(),
        user_id: user.id.clone(),
        status: create.status,
        password_reset_required: create.password_reset_required,
        mfa_bind_required: create.mfa_bind_required,
        password: None,
        auto_disabled: false,
        idle_since: ctx.now,
        failed_attempts: 0,
        locked_until: None,
        last_login_at: None,
        last_login_address: None,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    if let Some(prepared) = &prepared {
        profile.reset_password(prepared.to_phc(), &now_account.password_policy, ctx.now);
    }
    store::login_profiles::save(&mut tx, &profile).await?;
    if let Some(prepared) = &prepared {
        store::login_profiles::remember(&mut tx, &ctx.account_id, &user.id, &prepared.to_phc()).await?;
    }
    let step = tx.commit_step().await?;
    ctx.app.cache.carry_over(&ctx.account_id, step, |shelf| shelf.forget_profile(&user.id));
    Ok((user, profile))
}

/// Changes a login profile. A new password and switching console logon off end the user's console sessions.
///
/// # Errors
/// `NotFound`, `PasswordRejected`.
pub async fn update(ctx: &Ctx, user: &UserRef, change: &Update) -> Result<(User, LoginProfile), Error> {
    let account = ctx.account().await?;
    let prepared = {
        let mut conn = ctx.app.db.read().await?;
        let user = users::get(&mut conn, &ctx.account_id, user).await?;
        let (profile, history) = profile_and_history(&mut conn, &account, &user.id).await?;
        profile.ok_or_else(|| Error::missing(Noun::LoginProfile, &*user.name))?;
        drop(conn);
        match &change.password {
            Some(password) => {
                let violations = passwords::violations(&account, password, &user.name, Entrance::Api);
                passwords::refuse("Password", violations)?;
                Some(passwords::prepare(&ctx.app, password, &history).await?)
            }
            None => None,
        }
    };

    let (mut tx, now_account) = ctx.app.db.write(&ctx.account_id).await?;
    let user = users::get(&mut tx, &ctx.account_id, user).await?;
    let (profile, history) = profile_and_history(&mut tx, &now_account, &user.id).await?;
    let mut profile = profile.ok_or_else(|| Error::missing(Noun::LoginProfile, &*user.name))?;
    judge_again(&account, &now_account, change.password.as_ref(), "Password", &user.name)?;
    let idle_days = now_account.security_preference.idle_days_users;
    profile.auto_disabled = profile.auto_disabled_at(idle_days, ctx.now);
    profile.updated_at = ctx.now;
    if let Some(required) = change.password_reset_required {
        profile.password_reset_required = required;
    }
    if let Some(required) = change.mfa_bind_required {
        profile.mfa_bind_required = required;
    }
    if let Some(prepared) = &prepared {
        if now_account.cloud.rules().reuse_binds_administrators && is_reused(prepared, &now_account, &history)? {
            return Err(reused("Password"));
        }
        profile.reset_password(prepared.to_phc(), &now_account.password_policy, ctx.now);
        if sessions::end_with_password(&ctx.app, ctx.cloud) {
            let because = EndReason::PasswordReset;
            sessions::end_of_user(&ctx.app, &mut tx, &ctx.account_id, &user.id, because, ctx.now).await?;
        }
    }
    if let Some(status) = change.status {
        profile.status = status;
        profile.auto_disabled = false;
        match status {
            LogonStatus::Active => profile.idle_since = ctx.now,
            LogonStatus::Inactive => {
                let because = EndReason::ConsoleAccessDisabled;
                sessions::end_of_user(&ctx.app, &mut tx, &ctx.account_id, &user.id, because, ctx.now).await?;
            }
        }
    }
    store::login_profiles::save(&mut tx, &profile).await?;
    if let Some(prepared) = &prepared {
        store::login_profiles::remember(&mut tx, &ctx.account_id, &user.id, &prepared.to_phc()).await?;
    }
    let step = tx.commit_step().await?;
    ctx.app.cache.carry_over(&ctx.account_id, step, |shelf| shelf.forget_profile(&user.id));
    Ok((user, profile))
}

/// Deletes a login profile, its password and what it remembers, and ends the user's console sessions.
///
/// # Errors
/// `NotFound`.
pub async fn delete(ctx: &Ctx, user: &UserRef) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let user = users::get(&mut tx, &ctx.account_id, user).await?;
    if store::login_profiles::find(&mut tx, &ctx.account_id, &user.id).await?.is_none() {
        return Err(Error::missing(Noun::LoginProfile, user.name));
    }
    if sessions::end_with_password(&ctx.app, ctx.cloud) {
        let because = EndReason::LoginProfileDeleted;
        sessions::end_of_user(&ctx.app, &mut tx, &ctx.account_id, &user.id, because, ctx.now).await?;
    }
    store::login_profiles::delete(&mut tx, &ctx.account_id, &user.id).await?;
    let step = tx.commit_step().await?;
    ctx.app.cache.carry_over(&ctx.account_id, step, |shelf| shelf.forget_profile(&user.id));
    Ok(())
}

/// Changes the caller's own password and ends the caller's console sessions.
///
/// A wrong old password does not count towards the lockout: whether it does is unknown.
///
/// # Errors
/// `UsersOnly`, `NotFound(LoginProfile)`, `OldPasswordIncorrect`, `PasswordRejected`; `AccessDenied` when the
/// password has lapsed and only an administrator may mend that (the code is inferred).
pub async fn change_password(
    ctx: &Ctx,
    old: &SecretString,
    new: &SecretString,
    entrance: Entrance,
) -> Result<(), Error> {
    let (user_id, user_name) = ctx.calling_user().ok_or(Error::UsersOnly)?;
    let account = ctx.account().await?;
    let (profile, history) = {
        let mut conn = ctx.app.db.read().await?;
        profile_and_history(&mut conn, &account, user_id).await?
    };
    let profile = profile.ok_or_else(|| Error::missing(Noun::LoginProfile, user_name))?;
    let current = profile.password.as_ref();
    if !ctx.app.hasher.verify(old, current.map(|password| &*password.hash)).await? {
        return Err(Error::OldPasswordIncorrect);
    }
    let hard = account.password_policy.hard_expiry;
    let lapsed = current.is_some_and(|password| password.expired(ctx.now) && (password.initial || hard));
    if lapsed && !ctx.cloud.rules().lapsed_may_change {
        let resource = ctx.principal.arn(ctx.cloud, &ctx.account_id);
        return Err(Error::AccessDenied(Box::new(Denial::unexplained("ram:ChangePassword", &resource))));
    }
    let violations = passwords::violations(&account, new, user_name, entrance);
    passwords::refuse("NewPassword", violations)?;
    let prepared = passwords::prepare(&ctx.app, new, &history).await?;

    let (mut tx, now_account) = ctx.app.db.write(&ctx.account_id).await?;
    let (now_profile, history) = profile_and_history(&mut tx, &now_account, user_id).await?;
    let mut now_profile = now_profile.ok_or_else(|| Error::missing(Noun::LoginProfile, user_name))?;
    // Another change came first: the old password must prove itself anew.
    if now_profile.password != profile.password {
        return Err(Error::Conflict);
    }
    judge_again(&account, &now_account, Some(new), "NewPassword", user_name)?;
    if is_reused(&prepared, &now_account, &history)? {
        return Err(reused("NewPassword"));
    }
    now_profile.change_password(prepared.to_phc(), &now_account.password_policy, ctx.now);
    now_profile.updated_at = ctx.now;
    store::login_profiles::save(&mut tx, &now_profile).await?;
    store::login_profiles::remember(&mut tx, &ctx.account_id, user_id, &prepared.to_phc()).await?;
    if sessions::end_with_password(&ctx.app, ctx.cloud) {
        let because = EndReason::PasswordChanged;
        sessions::end_of_user(&ctx.app, &mut tx, &ctx.account_id, user_id, because, ctx.now).await?;
    }
    let step = tx.commit_step().await?;
    ctx.app.cache.carry_over(&ctx.account_id, step, |shelf| shelf.forget_profile(user_id));
    Ok(())
}
