//! The password policy of an account and what it says about a password; knows no wire names and no error texts.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::account::Cloud;
use super::rules::Rules;
use super::time::{DAY, Time};

/// The most passwords that are ever remembered for reuse prevention (IMS 2019-08-15 SetPasswordPolicy).
pub const MOST_REMEMBERED: i64 = 24;
/// How long a user stays locked out, in seconds (IMS 2019-08-15 SetPasswordPolicy, MaxLoginAttemps).
pub const LOCKOUT_SECONDS: i64 = 3_600;

/// Account-wide rules for console passwords (IMS 2019-08-15 SetPasswordPolicy).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a rule of its own in the cloud")]
pub struct PasswordPolicy {
    /// Least number of characters, 8 to 32.
    pub minimum_length: i64,
    /// At least one lower-case letter.
    pub require_lowercase: bool,
    /// At least one upper-case letter.
    pub require_uppercase: bool,
    /// At least one digit.
    pub require_numbers: bool,
    /// At least one special character.
    pub require_symbols: bool,
    /// An expired password cannot sign in at all, an administrator must reset it.
    pub hard_expiry: bool,
    /// So many consecutive wrong passwords or codes lock the user out; 0 is off.
    pub max_login_attempts: i64,
    /// The last so many passwords are refused; 0 is off.
    pub reuse_prevention: i64,
    /// Days a password lasts; 0 is for ever.
    pub max_age_days: i64,
    /// Least number of distinct characters.
    pub minimum_distinct: i64,
    /// The password must not contain the user's name.
    pub refuse_user_name: bool,
    /// Days an initial password lasts without a sign-in; 0 is for ever.
    pub initial_age_days: i64,
    /// Known-weak passwords are refused through the API too.
    pub refuse_risk_passwords: bool,
    /// Known-weak passwords are refused to people who type them (RAM documentation, "Change the logon password of a
    /// RAM user").
    pub refuse_typed_risk_passwords: bool,
    /// At least so many of the four kinds of characters (IAM User Guide, "Default password policy").
    pub minimum_kinds: i64,
    /// The password must not be the account's id or alias (IAM User Guide, "Default password policy").
    pub refuse_account_name: bool,
    /// Users may change their own password (IAM 2010-05-08 UpdateAccountPasswordPolicy, AllowUsersToChangePassword).
    pub users_may_change: bool,
    /// Hard expiry was said, be it yes or no: answers of AWS show it only then.
    pub hard_expiry_given: bool,
    /// Somebody set it: the policy that holds until then is nowhere to be read on AWS.
    pub is_set: bool,
}

impl PasswordPolicy {
    /// The policy of an account of `cloud` that has set none.
    pub fn initial(cloud: Cloud) -> Self {
        match cloud {
            Cloud::Alibaba => Self::default(),
            // IAM User Guide, "Default password policy": 8 characters, three of four kinds, not the account's name.
            Cloud::Aws => Self { minimum_kinds: 3, refuse_account_name: true, ..Self::lax() },
        }
    }

    /// A policy that asks for nothing but eight characters.
    pub fn lax() -> Self {
        Self { initial_age_days: 0, refuse_typed_risk_passwords: false, ..Self::default() }
    }
}

impl Default for PasswordPolicy {
    /// Alibaba Cloud's documented parameter defaults (IMS 2019-08-15 SetPasswordPolicy). Accounts that first used RAM after
    /// 2026-04-08 are said to start with digits and lower-case letters required; that is not modelled.
    fn default() -> Self {
        Self {
            minimum_length: 8,
            require_lowercase: false,
            require_uppercase: false,
            require_numbers: false,
            require_symbols: false,
            hard_expiry: false,
            max_login_attempts: 0,
            reuse_prevention: 0,
            max_age_days: 0,
            minimum_distinct: 0,
            refuse_user_name: false,
            initial_age_days: 14,
            refuse_risk_passwords: false,
            refuse_typed_risk_passwords: true,
            minimum_kinds: 0,
            refuse_account_name: false,
            users_may_change: false,
            hard_expiry_given: false,
            is_set: false,
        }
    }
}

/// A change of the policy: what is absent stays as it is.
///
/// Merging is inferred: no page says what becomes of parameters left out, and Terraform's provider sends only
/// what changed.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the fields are those of PasswordPolicy")]
pub struct PolicyChange {
    pub minimum_length: Option<i64>,
    pub require_lowercase: Option<bool>,
    pub require_uppercase: Option<bool>,
    pub require_numbers: Option<bool>,
    pub require_symbols: Option<bool>,
    pub hard_expiry: Option<bool>,
    pub max_login_attempts: Option<i64>,
    pub reuse_prevention: Option<i64>,
    pub max_age_days: Option<i64>,
    pub minimum_distinct: Option<i64>,
    pub refuse_user_name: Option<bool>,
    pub initial_age_days: Option<i64>,
    pub refuse_risk_passwords: Option<bool>,
}

impl PolicyChange {
    /// What MinimumPasswordLength may be.
    pub const MINIMUM_LENGTH: RangeInclusive<i64> = 8..=32;
    /// What MaxLoginAttemps may be.
    pub const MAX_LOGIN_ATTEMPTS: RangeInclusive<i64> = 0..=32;
    /// What PasswordReusePrevention may be.
    pub const REUSE_PREVENTION: RangeInclusive<i64> = 0..=MOST_REMEMBERED;
    /// What MaxPasswordAge may be, in days.
    pub const MAX_AGE_DAYS: RangeInclusive<i64> = 0..=1095;
    /// What MinimumPasswordDifferentCharacter may be.
    pub const MINIMUM_DISTINCT: RangeInclusive<i64> = 0..=8;
    /// What InitialPasswordAge may be, in days.
    pub const INITIAL_AGE_DAYS: RangeInclusive<i64> = 0..=90;

    /// The policy after the change.
    pub fn apply(self, policy: &PasswordPolicy) -> PasswordPolicy {
        PasswordPolicy {
            minimum_length: self.minimum_length.unwrap_or(policy.minimum_length),
            require_lowercase: self.require_lowercase.unwrap_or(policy.require_lowercase),
            require_uppercase: self.require_uppercase.unwrap_or(policy.require_uppercase),
            require_numbers: self.require_numbers.unwrap_or(policy.require_numbers),
            require_symbols: self.require_symbols.unwrap_or(policy.require_symbols),
            hard_expiry: self.hard_expiry.unwrap_or(policy.hard_expiry),
            max_login_attempts: self.max_login_attempts.unwrap_or(policy.max_login_attempts),
            reuse_prevention: self.reuse_prevention.unwrap_or(policy.reuse_prevention),
            max_age_days: self.max_age_days.unwrap_or(policy.max_age_days),
            minimum_distinct: self.minimum_distinct.unwrap_or(policy.minimum_distinct),
            refuse_user_name: self.refuse_user_name.unwrap_or(policy.refuse_user_name),
            initial_age_days: self.initial_age_days.unwrap_or(policy.initial_age_days),
            refuse_risk_passwords: self.refuse_risk_passwords.unwrap_or(policy.refuse_risk_passwords),
            is_set: true,
            ..policy.clone()
        }
    }
}

/// One rule that a password breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Violation {
    /// Fewer characters than the policy asks for.
    TooShort,
    /// More characters than any password may have.
    TooLong,
    /// A character that no password may hold: a control character.
    ForbiddenCharacter,
    /// No lower-case letter.
    NoLowercase,
    /// No upper-case letter.
    NoUppercase,
    /// No digit.
    NoNumber,
    /// No special character.
    NoSymbol,
    /// Too few of the four kinds of characters.
    TooFewKinds,
    /// Too few distinct characters.
    TooFewDistinct,
    /// Holds the user's name.
    ContainsUserName,
    /// Is the account's name.
    IsAccountName,
    /// On the list of known-weak passwords.
    RiskPassword,
    /// One of the remembered passwords.
    Reused,
}

/// Where a password comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entrance {
    /// An API call.
    Api,
    /// A page that a person types into.
    Page,
}

/// Whose password it is.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// The user's name.
    pub user_name: &'a str,
    /// What the account is called: its id and its alias.
    pub account_names: [&'a str; 2],
}

impl PasswordPolicy {
    /// Every rule that `password` breaks, in a fixed order; reuse is judged elsewhere, since it needs hashes. `risk`
    /// says whether the password stands on the list of known-weak ones.
    pub fn violations(
        &self,
        rules: &Rules,
        password: &str,
        owner: Owner<'_>,
        risk: bool,
        entrance: Entrance,
    ) -> Vec<Violation> {
        // Judging the letters of a whole book would take longer than refusing it.
        if password.len() > 32 * rules.longest_password {
            return vec![Violation::TooLong];
        }
        let length = password.chars().count();
        let least = usize::try_from(self.minimum_length).unwrap_or(0);
        let distinct = password.chars().collect::<HashSet<_>>().len();
        let least_distinct = usize::try_from(self.minimum_distinct).unwrap_or(0);
        let lacks = |class: fn(char) -> bool| !password.chars().any(class);
        let kinds: [fn(char) -> bool; 4] =
            [|c| c.is_ascii_lowercase(), |c| c.is_ascii_uppercase(), |c| c.is_ascii_digit(), rules.is_symbol];
        let few_kinds =
            kinds.iter().filter(|kind| !lacks(**kind)).count() < usize::try_from(self.minimum_kinds).unwrap_or(0);
        // The name is compared without regard to case; inferred.
        let named = || password.to_lowercase().contains(&owner.user_name.to_lowercase());
        let is_account = || owner.account_names.iter().any(|name| password.eq_ignore_ascii_case(name));
        let refuse_risk = match entrance {
            Entrance::Api => self.refuse_risk_passwords,
            Entrance::Page => self.refuse_risk_passwords || self.refuse_typed_risk_passwords,
        };

        let rules = [
            (length < least, Violation::TooShort),
            (length > rules.longest_password, Violation::TooLong),
            (!rules.control_characters && password.chars().any(char::is_control), Violation::ForbiddenCharacter),
            (self.require_lowercase && lacks(|c| c.is_ascii_lowercase()), Violation::NoLowercase),
            (self.require_uppercase && lacks(|c| c.is_ascii_uppercase()), Violation::NoUppercase),
            (self.require_numbers && lacks(|c| c.is_ascii_digit()), Violation::NoNumber),
            (self.require_symbols && lacks(rules.is_symbol), Violation::NoSymbol),
            (few_kinds, Violation::TooFewKinds),
            (distinct < least_distinct, Violation::TooFewDistinct),
            (self.refuse_user_name && named(), Violation::ContainsUserName),
            (self.refuse_account_name && is_account(), Violation::IsAccountName),
            (risk && refuse_risk, Violation::RiskPassword),
        ];
        rules.into_iter().filter_map(|(broken, violation)| broken.then_some(violation)).collect()
    }

    /// When a password set at `set_at` stops being valid by its age; `None` is never.
    pub fn expiry(&self, set_at: Time) -> Option<Time> {
        after_days(set_at, self.max_age_days)
    }

    /// When a password set at `set_at` stops being valid if nobody signs in with it; `None` is never.
    pub fn initial_expiry(&self, set_at: Time) -> Option<Time> {
        after_days(set_at, self.initial_age_days)
    }
}

fn after_days(start: Time, days: i64) -> Option<Time> {
    (days > 0).then(|| start.plus_seconds(days * DAY))
}

#[cfg(test)]
#[path = "password_policy_tests.rs"]
mod tests;
