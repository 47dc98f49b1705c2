//! Browsers that need not show a code for a while: what such a ticket is bound to, and when it is good. Must not know
//! how a browser keeps it.

use std::fmt;

use super::mfa::MfaDevice;
use super::time::{DAY, Time};

/// How long a code need not be shown again, in seconds (IMS 2019-08-15 SetSecurityPreference, EnableSaveMFATicket).
pub const TICKET_SECONDS: i64 = 7 * DAY;

/// A ticket, as it is kept.
#[derive(Clone)]
pub struct MfaTicket {
    /// SHA-256 of the browser's secret, in hexadecimal.
    pub ticket_hash: String,
    /// The account.
    pub account_id: String,
    /// The user whose sign-ins it is for.
    pub user_id: String,
    /// The device whose code was shown.
    pub device_name: String,
    /// When that device was bound.
    pub device_bound_at: Time,
    /// Tells the password that signed in, and the same one set anew.
    pub password_print: String,
    /// When its time runs out.
    pub expires_at: Time,
    /// The real time from which nobody need know of it.
    pub forget_at: Time,
}

impl fmt::Debug for MfaTicket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MfaTicket").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

impl MfaTicket {
    /// Whether it stands for a code of one of the user's `devices` at `now`. That another password, another device and
    /// the same device bound anew end it is inferred.
    pub fn holds(&self, user_id: &str, devices: &[MfaDevice], password_print: &str, now: Time) -> bool {
        let is_bound =
            |device: &MfaDevice| device.name == self.device_name && device.bound_at == Some(self.device_bound_at);
        self.user_id == user_id
            && now < self.expires_at
            && self.password_print == password_print
            && devices.iter().any(is_bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(name: &str, bound_at: i64) -> MfaDevice {
        MfaDevice {
            account_id: "1".to_owned(),
            name: name.to_owned(),
            path: "/".to_owned(),
            seed: vec![1],
            user_id: Some("u".to_owned()),
            bound_at: Some(Time(bound_at)),
            last_step: 0,
            used_before: 0,
            last_pair: 0,
            drift: 0,
            created_at: Time(0),
        }
    }

    #[test]
    fn a_ticket_is_good_for_its_user_device_password_and_time() {
        let ticket = MfaTicket {
            ticket_hash: "hash".to_owned(),
            account_id: "1".to_owned(),
            user_id: "u".to_owned(),
            device_name: "phone".to_owned(),
            device_bound_at: Time(5),
            password_print: "print".to_owned(),
            expires_at: Time(0).plus_seconds(TICKET_SECONDS),
            forget_at: Time(0),
        };
        let (own, last) = ([device("phone", 5)], Time(0).plus_seconds(TICKET_SECONDS - 1));
        assert!(ticket.holds("u", &own, "print", last));
        assert!(!ticket.holds("u", &own, "print", Time(0).plus_seconds(TICKET_SECONDS)));
        assert!(!ticket.holds("other", &own, "print", last));
        assert!(!ticket.holds("u", &own, "another", last));
        for devices in [vec![], vec![device("other", 5)], vec![device("phone", 6)]] {
            assert!(!ticket.holds("u", &devices, "print", last));
        }
    }
}
