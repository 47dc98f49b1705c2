//! What is known of a sign-in beside its steps: the account and user it names, whether these may sign in at all, and
//! whether the password has to be replaced. It changes nothing.

use crate::app::App;
use crate::domain::account::{Account, Cloud};
use crate::domain::error::Error;
use crate::domain::login_profile::{LoginProfile, LogonStatus};
use crate::domain::time::Time;
use crate::domain::user::User;
use crate::store;

use super::login_profiles::profile_and_history;
use super::sign_in::{Refusal, Shown, SignIn};
use super::{default_account, time_in};

/// What was read before the password was checked.
pub(super) struct Seen {
    pub(super) account: Account,
    pub(super) user: User,
    pub(super) profile: LoginProfile,
    pub(super) history: Vec<String>,
    pub(super) now: Time,
}

/// The account and the user of a sign-in whose password was shown in an earlier step, and the time there.
pub(super) async fn known(
    app: &App,
    attempt: &SignIn,
    shown: &Shown,
) -> Result<Result<(Account, User, Time), Refusal>, Error> {
    Ok(match look(app, attempt).await? {
        Ok(seen) if shown.holds_for(seen.profile.password.as_ref().map(|password| &*password.hash)) => {
            match refusal_after_password(&seen.account, &seen.profile, seen.now) {
                None => Ok((seen.account, seen.user, seen.now)),
                Some(refusal) => Err(refusal),
            }
        }
        Ok(_) => Err(Refusal::InvalidCredentials),
        Err(refusal) => Err(refusal),
    })
}

/// Everything that is known before the password is.
pub(super) async fn look(app: &App, attempt: &SignIn) -> Result<Result<Seen, Refusal>, Error> {
    let unknown = Ok(Err(Refusal::InvalidCredentials));
    let mut conn = app.db.read().await?;
    let (name, domain) = split(attempt);
    let Some(account) = find_account(app, &mut conn, attempt, domain).await? else { return unknown };
    let now = time_in(app, account.clock, store::world::clock(&mut conn).await?);
    // Where people may sign in from is a rule of the account, so it is told before anything about a user is.
    if !account.security_preference.admits(attempt.source_address) {
        return Ok(Err(Refusal::AddressNotAllowed));
    }
    let Some(user) = store::users::by_name(&mut conn, &account.id, name).await? else { return unknown };
    let (profile, history) = profile_and_history(&mut conn, &account, &user.id).await?;
    let idle_days = account.security_preference.idle_days_users;
    match profile.filter(|profile| profile.status_at(idle_days, now) == LogonStatus::Active) {
        None => Ok(Err(Refusal::ConsoleAccessDisabled)),
        Some(profile) if profile.is_locked(now) => Ok(Err(Refusal::Locked)),
        Some(profile) => Ok(Ok(Seen { account, user, profile, history, now })),
    }
}

/// The account and the user that a sign-in names, as far as they are there, and the time in the account.
pub(super) struct Named {
    pub(super) account: Account,
    pub(super) user: Option<User>,
    pub(super) now: Time,
}

/// Whom a sign-in names, whether they may sign in or not.
pub(super) async fn named(app: &App, attempt: &SignIn) -> Result<Option<Named>, Error> {
    let mut conn = app.db.read().await?;
    let (name, domain) = split(attempt);
    let Some(account) = find_account(app, &mut conn, attempt, domain).await? else { return Ok(None) };
    let now = time_in(app, account.clock, store::world::clock(&mut conn).await?);
    let user = store::users::by_name(&mut conn, &account.id, name).await?;
    Ok(Some(Named { account, user, now }))
}

/// The name that was given, and the domain in it where names carry one.
fn split(attempt: &SignIn) -> (&str, Option<&str>) {
    match attempt.user.split_once('@') {
        Some((name, domain)) if attempt.cloud.rules().names_carry_domain => (name, Some(domain)),
        _ => (&*attempt.user, None),
    }
}

async fn find_account(
    app: &App,
    conn: &mut store::Conn,
    attempt: &SignIn,
    domain: Option<&str>,
) -> Result<Option<Account>, Error> {
    let default = default_account(app, attempt.cloud);
    let account = match (&attempt.account, domain) {
        (Some(named), _) => by_id_or_alias(conn, attempt.cloud, named).await?,
        (None, Some(domain)) => {
            let suffix = crate::domain::account::DOMAIN_SUFFIX;
            let lower = domain.to_lowercase();
            by_id_or_alias(conn, attempt.cloud, lower.strip_suffix(suffix).unwrap_or(&lower)).await?
        }
        (None, None) => store::accounts::find(conn, default).await?,
    };
    let right_cloud = account.filter(|account| account.cloud == attempt.cloud);
    Ok(right_cloud.filter(|account| domain.is_none_or(|domain| account.answers_to(domain))))
}

async fn by_id_or_alias(conn: &mut store::Conn, cloud: Cloud, text: &str) -> Result<Option<Account>, Error> {
    match store::accounts::find(conn, text).await? {
        Some(account) => Ok(Some(account)),
        None => store::accounts::by_alias(conn, cloud, &text.to_lowercase()).await,
    }
}

/// Why someone with the right password may still not sign in.
pub(super) fn refusal_after_password(account: &Account, profile: &LoginProfile, now: Time) -> Option<Refusal> {
    let idle_days = account.security_preference.idle_days_users;
    if profile.status_at(idle_days, now) != LogonStatus::Active {
        return Some(Refusal::ConsoleAccessDisabled);
    }
    if profile.is_locked(now) {
        return Some(Refusal::Locked);
    }
    let password = profile.password.as_ref().filter(|password| password.expired(now))?;
    if password.initial {
        Some(Refusal::InitialPasswordExpired)
    } else if account.password_policy.hard_expiry {
        Some(Refusal::PasswordExpired)
    } else {
        None
    }
}

/// Whether the sign-in must set a new password: it was asked for, or the password lapsed and the user may mend that.
pub(super) fn must_change(profile: &LoginProfile, now: Time) -> bool {
    profile.password_reset_required || profile.password.as_ref().is_some_and(|password| password.expired(now))
}
