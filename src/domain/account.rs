//! Accounts, the walls between worlds; must not know how they are stored.

use serde::{Deserialize, Serialize};

use super::name::{check_account_alias, check_domain_alias};
use super::password_policy::PasswordPolicy;
use super::security_preference::SecurityPreference;
use super::time::{ClockSetting, Time};

/// The cloud an account belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cloud {
    /// Alibaba Cloud: account ids have 16 digits.
    Alibaba,
    /// AWS: account ids have 12 digits.
    Aws,
}

impl Cloud {
    /// The name in the store and the control surface.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Alibaba => "alibaba",
            Self::Aws => "aws",
        }
    }

    /// Reads what `as_str` gave.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "alibaba" => Some(Self::Alibaba),
            "aws" => Some(Self::Aws),
            _ => None,
        }
    }

    /// How many digits an account id has.
    pub fn account_digits(self) -> usize {
        match self {
            Self::Alibaba => 16,
            Self::Aws => 12,
        }
    }

    /// Whether `text` is written like an account id of this cloud.
    pub fn is_account_id(self, text: &str) -> bool {
        text.len() == self.account_digits() && text.bytes().all(|byte| byte.is_ascii_digit())
    }
}

/// One account with its account-wide settings.
#[derive(Clone, Debug)]
pub struct Account {
    /// The account id.
    pub id: String,
    /// Its cloud.
    pub cloud: Cloud,
    /// The account alias, the account id until it is changed.
    pub alias: String,
    /// Raised by every write in the account.
    pub generation: i64,
    /// The account's own clock, once it was set.
    pub clock: Option<ClockSetting>,
    /// The password policy in force.
    pub password_policy: PasswordPolicy,
    /// The security preference in force.
    pub security_preference: SecurityPreference,
    /// How many users there are.
    pub users: i64,
    /// How many roles there are.
    pub roles: i64,
    /// How many virtual MFA devices there are.
    pub mfa_devices: i64,
    /// How many instance profiles there are.
    pub instance_profiles: i64,
    /// Which tokens the global endpoint of STS gives, 1 or 2 (IAM 2010-05-08 SetSecurityTokenServicePreferences).
    pub global_token_version: i64,
    /// How many groups there are.
    pub groups: i64,
    /// How many managed policies of its own there are.
    pub policies: i64,
    /// How many server certificates there are.
    pub server_certificates: i64,
    /// When the account came into being.
    pub created_at: Time,
}

/// What every default domain of Alibaba Cloud ends with (RAM documentation, "Default domain name").
pub const DOMAIN_SUFFIX: &str = ".onaliyun.com";

/// The alias that a default domain in small letters is made of, which [`check_domain_alias`] is still to like; `None`
/// where it is no such domain (IMS 2019-08-15 SetDefaultDomain).
pub fn alias_of_domain(domain: &str) -> Option<&str> {
    domain.strip_suffix(DOMAIN_SUFFIX).filter(|alias| !alias.ends_with(DOMAIN_SUFFIX))
}

impl Cloud {
    /// Whether accounts have a default domain.
    pub fn has_default_domains(self) -> bool {
        self == Self::Alibaba
    }

    /// Whether an account can have such an alias: given as one (RAM 2015-05-01 SetAccountAlias, IAM 2010-05-08
    /// CreateAccountAlias), or made by a default domain. It is kept in small letters.
    pub fn can_be_alias(self, alias: &str) -> bool {
        let domain = format!("{alias}{DOMAIN_SUFFIX}");
        let is_clean =
            |alias| check_domain_alias(alias, domain.chars().count()).is_ok() && alias == alias.to_lowercase();
        let of_domain = || alias_of_domain(&domain).is_some_and(is_clean);
        check_account_alias(alias).is_ok() || (self.has_default_domains() && of_domain())
    }
}

impl Account {
    /// The alias that somebody gave it, if anybody did.
    pub fn own_alias(&self) -> Option<&str> {
        (self.alias != self.id).then_some(&*self.alias)
    }

    /// The domain that people sign in under, where the cloud has such a thing.
    pub fn sign_in_domain(&self) -> Option<String> {
        self.cloud.has_default_domains().then(|| self.domain())
    }

    /// The default domain: `<alias>.onaliyun.com` (IMS 2019-08-15 GetDefaultDomain).
    pub fn domain(&self) -> String {
        format!("{}{DOMAIN_SUFFIX}", self.alias)
    }

    /// Whether names of this account may be written with `domain`: the default domain, the one made of the
    /// account id, or the alias alone (RAM documentation on signing in lists the short form).
    pub fn answers_to(&self, domain: &str) -> bool {
        let alias = strip_suffix_ignore_case(domain, DOMAIN_SUFFIX).unwrap_or(domain);
        alias.eq_ignore_ascii_case(&self.alias) || alias == self.id
    }
}

fn strip_suffix_ignore_case<'a>(text: &'a str, suffix: &str) -> Option<&'a str> {
    let at = text.len().checked_sub(suffix.len())?;
    let (head, tail) = (text.get(..at)?, text.get(at..)?);
    tail.eq_ignore_ascii_case(suffix).then_some(head)
}
