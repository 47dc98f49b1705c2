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
use crate::domain::password_policy::{Entrance, Violation};
use crate::domain::session::{EndReason, Session, SessionContext, SessionKind};
use crate::domain::time::Time;
use crate::domain::user::User;
use crate::store;

use super::authorize::authorize_own_password;
use super::login_profiles::{is_reused, profile_and_history};
use super::sign_in_factor::{Question, SecondFactor, second_factor};
use super::sign_in_failures::{idle_write, no_second_factor, unchanged_password, wrong_password};
use super::sign_in_standing::{Seen, look, must_change, refusal_after_password};
use super::{Ctx, acting_as, mfa_tickets, passwords, sessions};

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
    /// What the person's browser holds from earlier sign-ins at which it was to be remembered.
    pub tickets: Vec<SecretString>,
    /// Whether the browser is to be remembered, so that it is asked for no code for a while.
    pub remember: bool,
    /// Where the person is.
    pub source_address: IpAddr,
}

/// What a person has shown in earlier steps of one sign-in, where the steps come one by one. Whoever carries it from
/// step to step must see to it that nobody else can make or change it.
#[derive(Clone, Default, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a step of its own")]
pub struct Shown {
    /// SHA-256 of the stored hash that the password matched, in hexadecimal: as good as the password until another is
    /// set.
    pub password: Option<String>,
    /// The name of the MFA device whose code was shown and is used up.
    pub device: Option<String>,
    /// Whether a browser may be remembered in this account.
    #[serde(default)]
    pub may_be_remembered: bool,
    /// Whether this one is to be.
    #[serde(default)]
    pub remember: bool,
    /// Whether the offer to bind a device was turned down.
    #[serde(default)]
    pub device_declined: bool,
    /// Whether the password is a well-known one: told while it is there.
    #[serde(default)]
    weak_password: bool,
}

impl Shown {
    /// Whether the password was shown and is still the one that is stored.
    pub(super) fn holds_for(&self, stored: Option<&str>) -> bool {
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

/// Somebody who signed in.
#[derive(Debug)]
pub struct Admitted {
    /// The session.
    pub session: Session,
    /// Whether the password is a well-known one, and people are advised to change those.
    pub weak_password: bool,
    /// What the browser is remembered by, when it is to be. It is told once.
    pub ticket: Option<SecretString>,
}

/// How a sign-in went.
#[derive(Debug)]
pub enum Outcome {
    /// Signed in.
    SignedIn(Box<Admitted>),
    /// A device may be bound first; the person may decline. Only where the steps come one by one.
    MfaBindOffered,
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
    /// Too many wrong passwords, or codes where these count too.
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

/// Signs a person in, who gives everything at once. May lose a race: run it through [`super::retry`].
pub async fn sign_in(app: &App, attempt: &SignIn) -> Result<Outcome, Error> {
    run(app, attempt, &mut Shown::default(), false).await
}

/// Signs a person in who gives one thing after another; `shown` is what the steps before this one came to, and
/// afterwards what this one did. A step that is not the first needs no password. May lose a race, as [`sign_in`].
pub async fn step(app: &App, attempt: &SignIn, shown: &mut Shown) -> Result<Outcome, Error> {
    // What a step that lost a race has shown must not count.
    let mut now_shown = shown.clone();
    let outcome = run(app, attempt, &mut now_shown, true).await?;
    *shown = now_shown;
    Ok(outcome)
}

async fn run(app: &App, attempt: &SignIn, earlier: &mut Shown, stepwise: bool) -> Result<Outcome, Error> {
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
    match password_matches(app, attempt, &seen.account, stored, earlier).await? {
        Matches::Yes => {}
        Matches::No => return wrong_password(app, seen).await,
        Matches::NoLonger => return Ok(Outcome::Refused(Refusal::InvalidCredentials)),
    }
    let may_change = may_change(app, attempt, &seen).await?;
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
    earlier.may_be_remembered = mfa_tickets::may_be_given(&account);
    let shown_before = earlier.device.as_deref();
    let remembered = mfa_tickets::one_holds(&mut tx, &account, &profile, &devices, &attempt.tickets, now).await?;
    let question = Question { account: &account, profile: &profile, address: &address, shown_before, remembered };
    let (shown, mfa_present) = match second_factor(&question, &mut devices, attempt.mfa_code.as_deref(), now)? {
        SecondFactor::NotNeeded => (None, false),
        SecondFactor::ShownBefore => (None, true),
        SecondFactor::Shown(device) => (Some(device), true),
        SecondFactor::Spent => return Ok(Outcome::Refused(Refusal::MfaCodeIncorrect)),
        SecondFactor::Answer(outcome) => return no_second_factor(app, tx, &account, profile, outcome, now).await,
    };
    if stepwise && !mfa_present && devices.is_empty() && !earlier.device_declined && offers_device(&account) {
        return Ok(Outcome::MfaBindOffered);
    }
    earlier.remember |= attempt.remember && mfa_present;
    if must_change(&profile, now) {
        let Some((new, prepared)) = new_password else {
            // The code of this step is used up by it: the next one comes when another code is shown.
            if let Some(device) = shown.as_ref().filter(|_| stepwise) {
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
        earlier.weak_password = passwords::is_well_known(&account, new);
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
    let of_before = || devices.iter().find(|device| earlier.device.as_deref() == Some(&*device.name));
    let device = shown.as_deref().or_else(of_before);
    let ticket = match device {
        Some(device) if earlier.remember && earlier.may_be_remembered => {
            mfa_tickets::give(app, &mut tx, &account, &profile, device, now).await?
        }
        _ => None,
    };
    let session = console_session(app, &account, Some(user), mfa_present, address, now);
    store::sessions::insert(&mut tx, &session).await?;
    let step = tx.commit_step().await?;
    app.cache.carry_over(&account.id, step, |shelf| {
        shelf.forget_profile(&user.id);
        shelf.forget_user(&user.id);
    });
    let weak_password = earlier.weak_password && account.cloud.rules().advises_on_weak_passwords;
    Ok(Outcome::SignedIn(Box::new(Admitted { session, weak_password, ticket })))
}

/// Whether policies let the user set the new password that a forced reset asks for.
async fn may_change(app: &App, attempt: &SignIn, seen: &Seen) -> Result<bool, Error> {
    let asks = seen.account.cloud.rules().reset_needs_permission && must_change(&seen.profile, seen.now);
    if attempt.new_password.is_none() || !asks {
        return Ok(true);
    }
    match authorize_own_password(&as_user(app, attempt, seen).await?, "iam:ChangePassword").await {
        Ok(()) => Ok(true),
        Err(Error::AccessDenied(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether people of this account who need no second factor are offered to bind a device. That it takes the setting by
/// which they may do so themselves is inferred.
fn offers_device(account: &Account) -> bool {
    account.cloud.rules().offers_mfa_device && account.security_preference.manage_mfa_devices
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
    account: &Account,
    stored: Option<&str>,
    earlier: &mut Shown,
) -> Result<Matches, Error> {
    if earlier.password.is_some() {
        return Ok(if earlier.holds_for(stored) { Matches::Yes } else { Matches::NoLonger });
    }
    if !app.hasher.verify(&attempt.password, stored).await? {
        return Ok(Matches::No);
    }
    earlier.weak_password = passwords::is_well_known(account, &attempt.password);
    earlier.password = stored.map(fingerprint);
    Ok(Matches::Yes)
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
