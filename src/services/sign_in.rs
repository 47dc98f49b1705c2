//! Signing in to the console: password, lockout, expiry, second factor, forced reset; each refusal told apart.

use std::fmt::Write as _;
use std::net::IpAddr;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::domain::account::{Account, Cloud};
use crate::domain::error::Error;
use crate::domain::login_profile::{LoginProfile, LogonStatus};
use crate::domain::password_policy::{Entrance, Violation};
use crate::domain::session::{EndReason, Session, SessionContext, SessionKind};
use crate::domain::time::Time;
use crate::domain::user::User;
use crate::store;

use super::authorize::authorize_own_password;
use super::login_profiles::{is_reused, profile_and_history};
use super::sign_in_factor::{Question, SecondFactor, second_factor};
use super::{Ctx, acting_as, default_account, passwords, sessions, time_in};

/// What a person gives to sign in.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// The cloud.
    pub cloud: Cloud,
    /// The account's id or alias; absent when the name says it or the default account is meant.
    pub account: Option<String>,
    /// `alice`, or `alice@domain` where names carry one.
    pub user: String,
    /// The password.
    pub password: SecretString,
    /// The code of the bound device, when one is asked for.
    pub mfa_code: Option<String>,
    /// A new password, when one is asked for.
    pub new_password: Option<SecretString>,
    /// Where the person is.
    pub source_address: IpAddr,
}

/// What a person has shown in earlier steps of one sign-in, where the steps come one by one. Whoever carries it from
/// step to step must see to it that nobody else can make or change it.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Shown {
    /// SHA-256 of the stored hash that the password matched, in hexadecimal: as good as the password until another is
    /// set.
    pub password: Option<String>,
    /// The name of the MFA device whose code was shown and is used up.
    pub device: Option<String>,
}

impl Shown {
    /// Whether the password was shown and is still the one that is stored.
    fn holds_for(&self, stored: Option<&str>) -> bool {
        match (&self.password, stored) {
            (Some(shown), Some(stored)) => shown.as_bytes().ct_eq(fingerprint(stored).as_bytes()).into(),
            _ => false,
        }
    }
}

fn fingerprint(stored: &str) -> String {
    Sha256::digest(stored).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// How a sign-in went.
#[derive(Debug)]
pub enum Outcome {
    /// Signed in.
    SignedIn(Box<Session>),
    /// A code of the bound device is needed.
    MfaRequired,
    /// A device must be bound first.
    MfaBindRequired,
    /// A new password is needed.
    PasswordResetRequired,
    /// Refused.
    Refused(Refusal),
}

/// Why a sign-in is refused.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No such user, or a wrong password: nobody is told which.
    InvalidCredentials,
    /// The user has no login profile or it is off.
    ConsoleAccessDisabled,
    /// Too many wrong passwords.
    Locked,
    /// The initial password lapsed; an administrator must reset it.
    InitialPasswordExpired,
    /// The password lapsed and the policy lets nobody but an administrator mend that.
    PasswordExpired,
    /// The account's network masks do not hold the address.
    AddressNotAllowed,
    /// The code is not the one the device shows, or was used before.
    MfaCodeIncorrect,
    /// A new password is needed and the user may not change it.
    PasswordChangeNotAllowed,
    /// The new password breaks rules.
    PasswordRejected(Vec<Violation>),
}

/// What was read before the password was checked.
struct Seen {
    account: Account,
    user: User,
    profile: LoginProfile,
    history: Vec<String>,
    now: Time,
}

/// Signs a person in, who gives everything at once. May lose a race: run it through [`super::retry`].
pub async fn sign_in(app: &App, attempt: &SignIn) -> Result<Outcome, Error> {
    run(app, attempt, None).await
}

/// Signs a person in who gives one thing after another; `shown` is what the steps before this one came to, and
/// afterwards what this one did. A step that is not the first needs no password. May lose a race, as [`sign_in`].
pub async fn step(app: &App, attempt: &SignIn, shown: &mut Shown) -> Result<Outcome, Error> {
    // What a step that lost a race has shown must not count.
    let mut now_shown = shown.clone();
    let outcome = run(app, attempt, Some(&mut now_shown)).await?;
    *shown = now_shown;
    Ok(outcome)
}

async fn run(app: &App, attempt: &SignIn, mut earlier: Option<&mut Shown>) -> Result<Outcome, Error> {
    let seen = match look(app, attempt).await? {
        Ok(seen) => seen,
        Err(refusal) => {
            // The same cost as for a user who can sign in and gives a wrong password: one hash and one write.
            app.hasher.verify(&attempt.password, None).await?;
            idle_write(app, attempt).await?;
            return Ok(Outcome::Refused(refusal));
        }
    };
    let stored = seen.profile.password.as_ref().map(|password| &*password.hash);
    match password_matches(app, attempt, stored, earlier.as_deref_mut()).await? {
        Matches::Yes => {}
        Matches::No => return wrong_password(app, seen).await,
        Matches::NoLonger => return Ok(Outcome::Refused(Refusal::InvalidCredentials)),
    }
    let may_change = match &attempt.new_password {
        Some(_) if seen.account.cloud.rules().reset_needs_permission && must_change(&seen.profile, seen.now) => {
            let user = as_user(app, attempt, &seen).await?;
            match authorize_own_password(&user, "iam:ChangePassword").await {
                Ok(()) => true,
                Err(Error::AccessDenied(_)) => false,
                Err(error) => return Err(error),
            }
        }
        _ => true,
    };
    let new_password = match &attempt.new_password {
        Some(new) if must_change(&seen.profile, seen.now) => {
            Some((new, passwords::prepare(app, new, &seen.history).await?))
        }
        _ => None,
    };

    let (mut tx, account) = app.db.write(&seen.account.id).await?;
    let (profile, history) = profile_and_history(&mut tx, &account, &seen.user.id).await?;
    let mut profile = unchanged_password(profile, &seen.profile)?;
    let (user, now) = (&seen.user, seen.now);
    let mut devices = store::mfa_devices::of_user(&mut tx, &account.id, &user.id).await?;

    if let Some(refusal) = refusal_after_password(&account, &profile, now) {
        return Ok(Outcome::Refused(refusal));
    }
    let address = attempt.source_address.to_canonical().to_string();
    let shown_before = earlier.as_deref().and_then(|shown| shown.device.as_deref());
    let question = Question { account: &account, profile: &profile, address: &address, shown_before };
    let (shown, mfa_present) = match second_factor(&question, &mut devices, attempt.mfa_code.as_deref(), now)? {
        SecondFactor::NotNeeded => (None, false),
        SecondFactor::ShownBefore => (None, true),
        SecondFactor::Shown(device) => (Some(device), true),
        SecondFactor::Answer(outcome) => return Ok(outcome),
    };
    if must_change(&profile, now) {
        let Some((new, prepared)) = new_password else {
            // The code of this step is used up by it: the next one comes when another code is shown.
            if let (Some(earlier), Some(device)) = (earlier, &shown) {
                store::mfa_devices::save(&mut tx, device).await?;
                tx.commit().await?;
                earlier.device = Some(device.name.clone());
            }
            return Ok(Outcome::PasswordResetRequired);
        };
        if !may_change {
            return Ok(Outcome::Refused(Refusal::PasswordChangeNotAllowed));
        }
        let mut violations = passwords::violations(&account, new, &user.name, Entrance::Page);
        // A forced reset that could keep the password would be none.
        let current: Vec<String> = profile.password.iter().map(|password| password.hash.clone()).collect();
        if prepared.is_among(&current)? || is_reused(&prepared, &account, &history)? {
            violations.push(Violation::Reused);
        }
        if !violations.is_empty() {
            return Ok(Outcome::Refused(Refusal::PasswordRejected(violations)));
        }
        profile.change_password(prepared.to_phc(), &account.password_policy, now);
        profile.updated_at = now;
        store::login_profiles::remember(&mut tx, &account.id, &user.id, &prepared.to_phc()).await?;
        if sessions::end_with_password(app, account.cloud) {
            sessions::end_of_user(app, &mut tx, &account.id, &user.id, EndReason::PasswordChanged, now).await?;
        }
    }

    profile.signed_in(&address, now);
    store::login_profiles::save(&mut tx, &profile).await?;
    if shows_apart(&account, user, now) {
        store::users::signed_in(&mut tx, &account.id, &user.id, now).await?;
    }
    if let Some(device) = &shown {
        store::mfa_devices::save(&mut tx, device).await?;
    }
    let session = console_session(app, &account, Some(user), mfa_present, address, now);
    store::sessions::insert(&mut tx, &session).await?;
    let step = tx.commit_step().await?;
    app.cache.carry_over(&account.id, step, |shelf| {
        shelf.forget_profile(&user.id);
        shelf.forget_user(&user.id);
    });
    Ok(Outcome::SignedIn(Box::new(session)))
}

enum Matches {
    Yes,
    No,
    /// Another one was set since it was shown: nobody guessed, so nothing is counted.
    NoLonger,
}

/// Whether the password is right, or was in an earlier step and is the same still.
async fn password_matches(
    app: &App,
    attempt: &SignIn,
    stored: Option<&str>,
    earlier: Option<&mut Shown>,
) -> Result<Matches, Error> {
    if let Some(shown) = earlier.as_deref().filter(|shown| shown.password.is_some()) {
        return Ok(if shown.holds_for(stored) { Matches::Yes } else { Matches::NoLonger });
    }
    if !app.hasher.verify(&attempt.password, stored).await? {
        return Ok(Matches::No);
    }
    if let (Some(shown), Some(stored)) = (earlier, stored) {
        shown.password = Some(fingerprint(stored));
    }
    Ok(Matches::Yes)
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

/// Whether a sign-in is far enough from the last one that shows. A clock moved back always is.
fn shows_apart(account: &Account, user: &User, now: Time) -> bool {
    let apart = account.cloud.rules().sign_ins_shown_apart;
    user.last_login_at.is_none_or(|last| now < last || now >= last.plus_seconds(apart))
}

/// The user who signs in, as policies see the user.
async fn as_user(app: &App, attempt: &SignIn, seen: &Seen) -> Result<Ctx, Error> {
    acting_as(app, &seen.account, &seen.user, seen.now, attempt.source_address).await
}

/// Writes as much as counting a wrong password does, to no effect.
async fn idle_write(app: &App, attempt: &SignIn) -> Result<(), Error> {
    let named = attempt.account.as_deref().filter(|id| attempt.cloud.is_account_id(id));
    let default = default_account(app, attempt.cloud);
    for account in [named.unwrap_or(default), default] {
        match app.db.write(account).await {
            Ok((mut tx, account)) => {
                // Nobody has the empty id: these find and change nothing, and take as long as those that do.
                profile_and_history(&mut tx, &account, "").await?;
                store::login_profiles::find(&mut tx, &account.id, "").await?;
                store::users::signed_in(&mut tx, &account.id, "", account.created_at).await?;
                return tx.commit().await;
            }
            Err(Error::Conflict) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// A console session that starts now; one of nobody is the root's.
pub(super) fn console_session(
    app: &App,
    account: &Account,
    user: Option<&User>,
    mfa_present: bool,
    address: String,
    now: Time,
) -> Session {
    Session {
        id: app.ids.uuid(),
        account_id: account.id.clone(),
        kind: SessionKind::Console,
        user_id: user.map(|user| user.id.clone()),
        user_name: user.map(|user| user.name.clone()),
        role_id: None,
        role_name: None,
        session_name: None,
        source_identity: None,
        parent_id: None,
        key: None,
        session_policy: None,
        context: SessionContext::default(),
        mfa_present,
        source_address: Some(address),
        started_at: now,
        expires_at: now.plus_seconds(account.security_preference.session_hours * 3_600),
        ended_at: None,
        ended_because: None,
    }
}

/// Everything that is known before the password is.
async fn look(app: &App, attempt: &SignIn) -> Result<Result<Seen, Refusal>, Error> {
    let unknown = Ok(Err(Refusal::InvalidCredentials));
    let mut conn = app.db.read().await?;
    let (name, domain) = match attempt.user.split_once('@') {
        Some((name, domain)) if attempt.cloud.rules().names_carry_domain => (name, Some(domain)),
        _ => (&*attempt.user, None),
    };
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

/// The profile as it is in the transaction, provided that the password checked is still its own.
fn unchanged_password(profile: Option<LoginProfile>, seen: &LoginProfile) -> Result<LoginProfile, Error> {
    let hash = |profile: &LoginProfile| profile.password.as_ref().map(|password| password.hash.clone());
    profile.filter(|profile| hash(profile) == hash(seen)).ok_or(Error::Conflict)
}

/// Counts a wrong password. The count is decided in the transaction: of many attempts at a time exactly so many as
/// the policy grants are told that the password is wrong, the others that the user is locked out.
async fn wrong_password(app: &App, seen: Seen) -> Result<Outcome, Error> {
    let (mut tx, account) = app.db.write(&seen.account.id).await?;
    let profile = store::login_profiles::find(&mut tx, &account.id, &seen.user.id).await?;
    let mut profile = unchanged_password(profile, &seen.profile)?;
    if profile.is_locked(seen.now) {
        return Ok(Outcome::Refused(Refusal::Locked));
    }
    profile.count_failure(&account.password_policy, seen.now);
    store::login_profiles::save(&mut tx, &profile).await?;
    let step = tx.commit_step().await?;
    app.cache.carry_over(&account.id, step, |shelf| shelf.forget_profile(&seen.user.id));
    Ok(Outcome::Refused(Refusal::InvalidCredentials))
}

/// Why someone with the right password may still not sign in.
fn refusal_after_password(account: &Account, profile: &LoginProfile, now: Time) -> Option<Refusal> {
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
fn must_change(profile: &LoginProfile, now: Time) -> bool {
    profile.password_reset_required || profile.password.as_ref().is_some_and(|password| password.expired(now))
}
