//! The second factor of a sign-in: whether one is needed, and whether it was shown. It knows nothing of passwords.

use crate::domain::account::Account;
use crate::domain::error::Error;
use crate::domain::login_profile::LoginProfile;
use crate::domain::mfa::MfaDevice;
use crate::domain::security_preference::MfaAtLogin;
use crate::domain::time::Time;

use super::sign_in::{Outcome, Refusal};
use super::totp;

/// What comes of the question for a second factor.
pub(super) enum SecondFactor {
    NotNeeded,
    /// In an earlier step of the same sign-in.
    ShownBefore,
    /// By this device, whose code is used up.
    Shown(Box<MfaDevice>),
    Answer(Outcome),
    /// A code that the device does show and that was used before: no good again, and no guess either; inferred.
    Spent,
}

/// Who signs in, and from where.
pub(super) struct Question<'a> {
    pub(super) account: &'a Account,
    pub(super) profile: &'a LoginProfile,
    pub(super) address: &'a str,
    /// The device whose code was shown in an earlier step.
    pub(super) shown_before: Option<&'a str>,
    /// Whether the browser is remembered for a device of the user's.
    pub(super) remembered: bool,
}

/// Whether a second factor is needed and shown, in the documented order: the account's setting, the user's, a device
/// that is bound (RAM documentation, "Manage RAM user login settings"). It comes before a forced reset; inferred.
///
/// Of `adaptive` it is only known that it asks at unusual sign-ins; inferred that one from another address than the
/// last is unusual.
pub(super) fn second_factor(
    question: &Question<'_>,
    devices: &mut Vec<MfaDevice>,
    code: Option<&str>,
    now: Time,
) -> Result<SecondFactor, Error> {
    let Question { account, profile, address, shown_before, remembered } = *question;
    // As long as it is the user's.
    if shown_before.is_some_and(|name| devices.iter().any(|device| device.name == name)) {
        return Ok(SecondFactor::ShownBefore);
    }
    let usual = profile.last_login_address.as_deref() == Some(address);
    let needed = match account.security_preference.mfa_at_login {
        MfaAtLogin::Mandatory => true,
        MfaAtLogin::Independent => profile.mfa_bind_required || !devices.is_empty(),
        MfaAtLogin::Adaptive => !usual && (profile.mfa_bind_required || !devices.is_empty()),
    };
    if !needed {
        return Ok(SecondFactor::NotNeeded);
    }
    if devices.is_empty() {
        return Ok(SecondFactor::Answer(Outcome::MfaBindRequired));
    }
    // No second factor is shown then: sessions do not say that one was; inferred.
    if remembered {
        return Ok(SecondFactor::NotNeeded);
    }
    // A field left empty holds no code, right or wrong.
    let Some(code) = code.filter(|code| !code.trim().is_empty()) else {
        return Ok(SecondFactor::Answer(Outcome::MfaRequired));
    };
    let rules = &account.cloud.rules().mfa;
    let mut spent = false;
    for mut device in devices.drain(..) {
        match totp::look_up(rules, &device, code, now)? {
            Some(totp::Shown::Fresh(step)) => {
                totp::spend(rules, &mut device, step, now);
                return Ok(SecondFactor::Shown(Box::new(device)));
            }
            Some(totp::Shown::Spent) => spent = true,
            None => {}
        }
    }
    Ok(if spent { SecondFactor::Spent } else { SecondFactor::Answer(Outcome::Refused(Refusal::MfaCodeIncorrect)) })
}
