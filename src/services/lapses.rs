//! What is about to lapse in an account, for testers who move its clock.

use std::time::Duration;

use crate::app::App;
use crate::domain::account::Account;
use crate::domain::error::{Error, Noun};
use crate::domain::login_profile::{LoginProfile, LogonStatus};
use crate::domain::session::{SessionKind, SessionState};
use crate::domain::time::{DAY, Time};
use crate::store;
use crate::store::login_profiles::{Named, Nearing};

use super::time_in;

/// What lapses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lapse {
    /// An initial password: an administrator must set a new one.
    InitialPassword,
    /// A password that grows too old.
    Password,
    /// A lockout after wrong passwords or codes: the user may try again.
    Lockout,
    /// Console logon of a user who is idle: it is switched off.
    IdleLogon,
    /// A console session.
    ConsoleSession,
    /// A session with a role's or a temporary key's permissions.
    OtherSession,
}

/// Something that lapses.
#[derive(Clone, Debug)]
pub struct Coming {
    /// When.
    pub at: Time,
    /// What.
    pub what: Lapse,
    /// Whose it is: a user's or a role's name; none is the root.
    pub whose: Option<String>,
}

/// What lapses in an account.
#[derive(Clone, Debug)]
pub struct Lapses {
    /// The time in the account.
    pub now: Time,
    /// What lapses, the next first.
    pub coming: Vec<Coming>,
}

/// What lapses next in an account within so many days, by its own clock: at least the first `most`, where there are as
/// many.
///
/// # Errors
/// `NotFound(Account)`.
pub async fn within(app: &App, account_id: &str, days: i64, most: usize) -> Result<Lapses, Error> {
    let mut conn = app.db.read().await?;
    let found = store::accounts::find(&mut conn, account_id).await?;
    let account = found.ok_or_else(|| Error::missing(Noun::Account, account_id))?;
    let now = time_in(app, account.clock, store::world::clock(&mut conn).await?);
    let end = now.plus_seconds(days.saturating_mul(DAY));
    let is_near = |at: Time| at > now && at <= end;

    // A password may come up twice, by its own age and as an initial one, and lapses but once.
    let most = i64::try_from(most.saturating_mul(2)).map_err(Error::internal)?;
    let age = Duration::from_secs(u64::try_from(account.password_policy.max_age_days * DAY).unwrap_or_default());
    let idle_days = account.security_preference.idle_days_users.saturating_add(1);
    let looked_for = Nearing {
        after: now,
        until: end,
        by_policy: account.cloud.rules().ages_follow_policy.then(|| Some(age).filter(|age| !age.is_zero())),
        idle: Duration::from_secs(u64::try_from(idle_days.saturating_mul(DAY)).unwrap_or_default()),
        most,
    };
    let mut coming = Vec::new();
    for Named { mut profile, user_name } in store::login_profiles::nearing(&mut conn, account_id, looked_for).await? {
        let near = of_profile(&account, &mut profile, now).into_iter().filter(|(at, _)| is_near(*at));
        coming.extend(near.map(|(at, what)| Coming { at, what, whose: Some(user_name.clone()) }));
    }
    for session in store::sessions::ending(&mut conn, account_id, (now, end), most).await? {
        if session.state(now) == SessionState::Active && is_near(session.expires_at) {
            let is_console = session.kind == SessionKind::Console;
            let what = if is_console { Lapse::ConsoleSession } else { Lapse::OtherSession };
            coming.push(Coming { at: session.expires_at, what, whose: session.role_name.or(session.user_name) });
        }
    }
    coming.sort_by(|a, b| (a.at, &a.whose).cmp(&(b.at, &b.whose)));
    Ok(Lapses { now, coming })
}

/// When what a login profile holds lapses, past or to come.
fn of_profile(account: &Account, profile: &mut LoginProfile, now: Time) -> Vec<(Time, Lapse)> {
    profile.follow(&account.password_policy, account.cloud.rules());
    let mut found = Vec::new();
    if let Some((password, at)) = profile.password.as_ref().and_then(|password| Some((password, password.expiry()?))) {
        let is_initial = password.initial && password.initial_expires_at == Some(at);
        found.push((at, if is_initial { Lapse::InitialPassword } else { Lapse::Password }));
    }
    if let Some(until) = profile.locked_until {
        found.push((until, Lapse::Lockout));
    }
    let days = account.security_preference.idle_days_users;
    if profile.status_at(days, now) == LogonStatus::Active {
        // As `LoginProfile::is_idle` judges it.
        let idle_at = profile.idle_since.plus_seconds(days.saturating_add(1).saturating_mul(DAY));
        found.push((idle_at, Lapse::IdleLogon));
    }
    found
}
