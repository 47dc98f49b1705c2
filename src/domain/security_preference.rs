//! The security preference of an account: what its users may do for themselves and how they sign in.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::account::Cloud;

/// When a sign-in asks for a second factor (IMS 2019-08-15 SetSecurityPreference, MFAOperationForLogin).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MfaAtLogin {
    /// Every user, always.
    Mandatory,
    /// As each user's own settings say.
    Independent,
    /// Only at unusual sign-ins.
    Adaptive,
}

/// Account-wide settings of sign-in and self-service (IMS 2019-08-15 SetSecurityPreference).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the cloud")]
pub struct SecurityPreference {
    /// A device that passed MFA may skip it for seven days.
    pub save_mfa_ticket: bool,
    /// Users may change their own password.
    pub change_password: bool,
    /// Users may manage their own access keys.
    pub manage_access_keys: bool,
    /// Users may manage their own MFA devices.
    pub manage_mfa_devices: bool,
    /// Users may manage their own service credentials. The default is inferred.
    pub manage_service_credentials: bool,
    /// Users may bind a DingTalk account.
    pub manage_personal_dingtalk: bool,
    /// Users may manage public keys (Japan site, RAM 2015-05-01 only).
    pub manage_public_keys: bool,
    /// Users may sign in with a passkey.
    pub passkey_login: bool,
    /// Hours a console session lasts, 1 to 24.
    pub session_hours: i64,
    /// Where users may sign in from, joined by `;`; empty is anywhere.
    pub network_masks: String,
    /// When a sign-in asks for a second factor.
    pub mfa_at_login: MfaAtLogin,
    /// Whether a risky sign-in must be verified; deprecated, kept as it was set.
    pub verify_risky_login: bool,
    /// Ways to verify a person, `sms` and `email`. The default is unknown: none.
    pub verification_types: Vec<String>,
    /// Days without a sign-in after which console logon is switched off.
    pub idle_days_users: i64,
    /// Days without use after which an access key is called idle.
    pub idle_days_access_keys: i64,
}

impl SecurityPreference {
    /// The preference of an account of `cloud` that has set none.
    pub fn initial(cloud: Cloud) -> Self {
        match cloud {
            Cloud::Alibaba => Self::default(),
            // A console session of AWS lasts twelve hours at the most, and nothing there is switched off for idleness.
            Cloud::Aws => Self {
                session_hours: 12,
                change_password: false,
                idle_days_users: NEVER_IDLE,
                idle_days_access_keys: NEVER_IDLE,
                ..Self::default()
            },
        }
    }
}

impl Default for SecurityPreference {
    /// Alibaba Cloud's documented parameter defaults (IMS 2019-08-15 SetSecurityPreference).
    fn default() -> Self {
        Self {
            save_mfa_ticket: false,
            change_password: true,
            manage_access_keys: false,
            manage_mfa_devices: true,
            manage_service_credentials: false,
            manage_personal_dingtalk: true,
            manage_public_keys: false,
            passkey_login: true,
            session_hours: 6,
            network_masks: String::new(),
            mfa_at_login: MfaAtLogin::Independent,
            verify_risky_login: false,
            verification_types: Vec::new(),
            idle_days_users: 730,
            idle_days_access_keys: 730,
        }
    }
}

/// Days after which nobody is ever idle.
const NEVER_IDLE: i64 = 1_000_000;

/// What LoginSessionDuration may be, in hours.
pub const SESSION_HOURS: RangeInclusive<i64> = 1..=24;
/// What MaxIdleDaysForUsers and MaxIdleDaysForAccessKeys may be.
pub const IDLE_DAYS: [i64; 4] = [90, 180, 365, 730];
/// The most entries of LoginNetworkMasks and the most characters.
pub const MOST_MASKS: usize = 40;
/// See [`MOST_MASKS`].
pub const LONGEST_MASKS: usize = 512;

/// A change of the preference: what is absent stays as it is.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the fields are those of SecurityPreference")]
pub struct PreferenceChange {
    pub save_mfa_ticket: Option<bool>,
    pub change_password: Option<bool>,
    pub manage_access_keys: Option<bool>,
    pub manage_mfa_devices: Option<bool>,
    pub manage_service_credentials: Option<bool>,
    pub manage_personal_dingtalk: Option<bool>,
    pub manage_public_keys: Option<bool>,
    pub passkey_login: Option<bool>,
    pub session_hours: Option<i64>,
    pub network_masks: Option<String>,
    pub mfa_at_login: Option<MfaAtLogin>,
    pub verify_risky_login: Option<bool>,
    pub verification_types: Option<Vec<String>>,
    pub idle_days_users: Option<i64>,
    pub idle_days_access_keys: Option<i64>,
}

impl PreferenceChange {
    /// The preference after the change.
    pub fn apply(self, old: &SecurityPreference) -> SecurityPreference {
        SecurityPreference {
            save_mfa_ticket: self.save_mfa_ticket.unwrap_or(old.save_mfa_ticket),
            change_password: self.change_password.unwrap_or(old.change_password),
            manage_access_keys: self.manage_access_keys.unwrap_or(old.manage_access_keys),
            manage_mfa_devices: self.manage_mfa_devices.unwrap_or(old.manage_mfa_devices),
            manage_service_credentials: self.manage_service_credentials.unwrap_or(old.manage_service_credentials),
            manage_personal_dingtalk: self.manage_personal_dingtalk.unwrap_or(old.manage_personal_dingtalk),
            manage_public_keys: self.manage_public_keys.unwrap_or(old.manage_public_keys),
            passkey_login: self.passkey_login.unwrap_or(old.passkey_login),
            session_hours: self.session_hours.unwrap_or(old.session_hours),
            network_masks: self.network_masks.unwrap_or_else(|| old.network_masks.clone()),
            mfa_at_login: self.mfa_at_login.unwrap_or(old.mfa_at_login),
            verify_risky_login: self.verify_risky_login.unwrap_or(old.verify_risky_login),
            verification_types: self.verification_types.unwrap_or_else(|| old.verification_types.clone()),
            idle_days_users: self.idle_days_users.unwrap_or(old.idle_days_users),
            idle_days_access_keys: self.idle_days_access_keys.unwrap_or(old.idle_days_access_keys),
        }
    }
}

/// Reads one entry of LoginNetworkMasks: an address or a CIDR block.
fn parse_mask(entry: &str) -> Option<IpNet> {
    entry.parse().ok().or_else(|| entry.parse::<IpAddr>().ok().map(IpNet::from))
}

/// Whether `masks` is a well-formed LoginNetworkMasks: entries joined by `;`, 40 at the most in 512 characters.
pub fn masks_are_valid(masks: &str) -> bool {
    let entries = || masks.split(';').map(str::trim).filter(|entry| !entry.is_empty());
    masks.len() <= LONGEST_MASKS
        && entries().count() <= MOST_MASKS
        && entries().all(|entry| parse_mask(entry).is_some())
}

impl SecurityPreference {
    /// Whether a sign-in may come from `address`.
    pub fn admits(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let mut masks = self.network_masks.split(';').map(str::trim).filter(|entry| !entry.is_empty()).peekable();
        masks.peek().is_none() || masks.filter_map(parse_mask).any(|mask| mask.contains(&address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(masks: &str, address: &str) -> bool {
        let preference = SecurityPreference { network_masks: masks.into(), ..SecurityPreference::default() };
        preference.admits(address.parse().unwrap())
    }

    #[test]
    fn no_masks_admit_everyone_and_masks_admit_only_their_own() {
        assert!(admits("", "203.0.113.9"));
        assert!(admits("42.120.66.0/24;10.0.0.0/8", "10.9.8.7"));
        assert!(admits("42.120.66.1", "42.120.66.1"));
        assert!(admits("10.0.0.0/8", "::ffff:10.1.1.1"));
        assert!(!admits("42.120.66.0/24;10.0.0.0/8", "11.0.0.1"));
        assert!(!admits("10.0.0.0/8", "::1"));
    }

    #[test]
    fn masks_that_are_no_addresses_or_too_many_are_refused() {
        assert!(masks_are_valid(""));
        assert!(masks_are_valid("10.0.0.0/8;2001:db8::/32"));
        assert!(!masks_are_valid("10.0.0.0/33"));
        assert!(!masks_are_valid("everywhere"));
        assert!(masks_are_valid(&vec!["10.0.0.1"; 40].join(";")));
        assert!(!masks_are_valid(&vec!["10.0.0.1"; 41].join(";")));
    }
}
