//! Login profiles: console logon, the state of its password, lockout and idleness, as functions of the time.

use std::fmt;

use super::password_policy::{LOCKOUT_SECONDS, PasswordPolicy};
use super::rules::Rules;
use super::time::{DAY, Time};

/// Up to here wrong passwords are counted: far beyond what any policy allows.
pub const MOST_FAILED_ATTEMPTS: i64 = 1_000_000_000;

/// Whether console logon is switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogonStatus {
    /// On.
    Active,
    /// Off; password and settings are kept.
    Inactive,
}

impl LogonStatus {
    /// The name on the wire and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Inactive => "Inactive",
        }
    }

    /// Reads what `as_str` gave.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "Active" => Some(Self::Active),
            "Inactive" => Some(Self::Inactive),
            _ => None,
        }
    }
}

/// The state of an initial password (IMS 2019-08-15 GetLoginProfile, PasswordStatus).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordStatus {
    /// Not an initial password.
    NotInitial,
    /// Initial and still good.
    InitialValid,
    /// Initial and lapsed: an administrator must reset it.
    InitialExpired,
}

impl PasswordStatus {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotInitial => "NotInitial",
            Self::InitialValid => "InitialValid",
            Self::InitialExpired => "InitialExpired",
        }
    }
}

/// A console password as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Password {
    /// The hash in PHC string form.
    pub hash: String,
    /// When it was set.
    pub set_at: Time,
    /// Whether it is an initial password: set by an administrator and not yet signed in with.
    pub initial: bool,
    /// When it stops being valid by the maximum age in force when it was set: a changed policy binds only later
    /// passwords (RAM documentation, "Configure a password policy for RAM users").
    pub expires_at: Option<Time>,
    /// When it stops being valid as long as it is initial, by the age in force when it was set.
    pub initial_expires_at: Option<Time>,
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Password")
            .field("set_at", &self.set_at)
            .field("initial", &self.initial)
            .field("expiry", &self.expiry())
            .finish_non_exhaustive()
    }
}

impl Password {
    /// When it lapses. An initial password lasts the shorter of both ages.
    pub fn expiry(&self) -> Option<Time> {
        let initial = self.initial_expires_at.filter(|_| self.initial);
        [self.expires_at, initial].into_iter().flatten().min()
    }

    /// Whether it has lapsed: it is good up to the second of its expiry and not in it.
    pub fn expired(&self, now: Time) -> bool {
        self.expiry().is_some_and(|expiry| now >= expiry)
    }
}

/// The console logon settings of one user.
#[derive(Clone, Debug)]
pub struct LoginProfile {
    /// The account of the user.
    pub account_id: String,
    /// The user.
    pub user_id: String,
    /// As it was last set; see [`LoginProfile::status_at`] for what holds.
    pub status: LogonStatus,
    /// The next sign-in must set a new password.
    pub password_reset_required: bool,
    /// A sign-in needs a bound MFA device.
    pub mfa_bind_required: bool,
    /// The password; none until one is set.
    pub password: Option<Password>,
    /// Console logon was switched off because the user was idle.
    pub auto_disabled: bool,
    /// From when idleness counts: the last password sign-in, or when console logon was last switched on.
    pub idle_since: Time,
    /// Consecutive wrong passwords, and wrong codes where these count (`MfaRules::wrong_codes_count`).
    pub failed_attempts: i64,
    /// Until when the user is locked out.
    pub locked_until: Option<Time>,
    /// The last successful sign-in.
    pub last_login_at: Option<Time>,
    /// Where it came from.
    pub last_login_address: Option<String>,
    /// When the profile was made.
    pub created_at: Time,
    /// When a setting last changed.
    pub updated_at: Time,
}

impl LoginProfile {
    /// Judges the password's age by `policy` instead of by what was in force when it was set, where the cloud does so;
    /// nothing is called an initial password there.
    pub fn follow(&mut self, policy: &PasswordPolicy, rules: &Rules) {
        if let Some(password) = self.password.as_mut().filter(|_| rules.ages_follow_policy) {
            password.expires_at = policy.expiry(password.set_at);
            password.initial_expires_at = None;
            password.initial = false;
        }
    }

    /// Whether the user is idle by a limit of `days`: switched off the day after so many days without a password
    /// sign-in (IMS 2019-08-15 SetSecurityPreference, MaxIdleDaysForUsers).
    pub fn is_idle(&self, days: i64, now: Time) -> bool {
        now >= self.idle_since.plus_seconds((days + 1) * DAY)
    }

    /// Whether console logon is off by itself, now or earlier.
    pub fn auto_disabled_at(&self, idle_days: i64, now: Time) -> bool {
        self.auto_disabled || (self.status == LogonStatus::Active && self.is_idle(idle_days, now))
    }

    /// Whether console logon is on at `now`.
    pub fn status_at(&self, idle_days: i64, now: Time) -> LogonStatus {
        if self.auto_disabled_at(idle_days, now) { LogonStatus::Inactive } else { self.status }
    }

    /// The state of the password at `now`. Without a password there is nothing initial; inferred.
    pub fn password_status(&self, now: Time) -> PasswordStatus {
        match &self.password {
            Some(password) if password.initial && password.expired(now) => PasswordStatus::InitialExpired,
            Some(password) if password.initial => PasswordStatus::InitialValid,
            _ => PasswordStatus::NotInitial,
        }
    }

    /// Whether the user is locked out at `now`.
    pub fn is_locked(&self, now: Time) -> bool {
        self.locked_until.is_some_and(|until| now < until)
    }

    /// Counts one wrong password or code. A lock that has run out starts the count anew.
    pub fn count_failure(&mut self, policy: &PasswordPolicy, now: Time) {
        if self.locked_until.is_some() && !self.is_locked(now) {
            self.clear_failures();
        }
        self.failed_attempts = self.failed_attempts.saturating_add(1).min(MOST_FAILED_ATTEMPTS);
        if policy.max_login_attempts > 0 && self.failed_attempts >= policy.max_login_attempts {
            self.locked_until = Some(now.plus_seconds(LOCKOUT_SECONDS));
        }
    }

    /// Forgets failures and the lock, as a sign-in and a new password do.
    pub fn clear_failures(&mut self) {
        self.failed_attempts = 0;
        self.locked_until = None;
    }

    /// Takes a password that an administrator set. It is initial when it is the user's first, or when nobody ever
    /// signed in with the initial one it replaces (notice of 2025-12-30 on initial passwords).
    pub fn reset_password(&mut self, hash: String, policy: &PasswordPolicy, now: Time) {
        let initial = self.password.as_ref().is_none_or(|old| old.initial);
        self.take_password(hash, initial, policy, now);
    }

    /// Takes a password that the user chose.
    pub fn change_password(&mut self, hash: String, policy: &PasswordPolicy, now: Time) {
        self.take_password(hash, false, policy, now);
        self.password_reset_required = false;
    }

    fn take_password(&mut self, hash: String, initial: bool, policy: &PasswordPolicy, now: Time) {
        self.password = Some(Password {
            hash,
            set_at: now,
            initial,
            expires_at: policy.expiry(now),
            initial_expires_at: policy.initial_expiry(now),
        });
        self.clear_failures();
    }

    /// Notes a successful sign-in at `now`: an initial password is one no longer, so that only the maximum age counts.
    pub fn signed_in(&mut self, address: &str, now: Time) {
        self.clear_failures();
        self.last_login_at = Some(now);
        self.last_login_address = Some(address.to_owned());
        self.idle_since = now;
        if let Some(password) = self.password.as_mut() {
            password.initial = false;
        }
    }
}

#[cfg(test)]
#[path = "login_profile_tests.rs"]
mod tests;
