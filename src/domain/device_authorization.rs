//! A command line that waits until a person says yes or no in a browser (RFC 8628): what it is told when it asks. Must
//! not know how it asks.

use std::fmt;

use super::time::Time;

/// The least seconds between two questions (RFC 8628 section 3.2, `interval`).
pub const INTERVAL_SECONDS: i64 = 5;
/// How long a person has, in seconds. The cloud's own number is not known; its CLI gives up after a hundred questions.
pub const WAIT_SECONDS: i64 = 600;
/// The letters of a code that people type: no vowels, nothing that looks like another (RFC 8628 section 6.1).
pub const USER_CODE_LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
/// How many of them a code has.
pub const USER_CODE_LENGTH: usize = 8;

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceState {
    /// Nobody has answered.
    Pending,
    /// A person said yes.
    Approved,
    /// A person said no.
    Denied,
    /// The command line got what it asked for.
    Spent,
}

impl DeviceState {
    /// The name in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::Spent => "spent",
        }
    }

    /// Reads what `as_str` gave.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Approved, Self::Denied, Self::Spent].into_iter().find(|state| state.as_str() == text)
    }
}

/// One that waits, as it is kept.
#[derive(Clone)]
pub struct DeviceAuthorization {
    /// SHA-256 of what the command line asks with, in hexadecimal.
    pub device_hash: String,
    /// What the person compares.
    pub user_code: String,
    /// The client it was begun for.
    pub client_id: String,
    /// The hash of what the client will have to show (RFC 7636 section 4.2, `S256`).
    pub challenge: String,
    /// How far it has come.
    pub state: DeviceState,
    /// The console session of the person who said yes.
    pub session_id: Option<String>,
    /// When its time runs out.
    pub expires_at: Time,
    /// When the command line last asked, by the emulator's clock.
    pub polled_at: Option<Time>,
    /// The same by the machine's.
    pub polled_really_at: Option<Time>,
    /// The real time from which nobody need know of it.
    pub forget_at: Time,
}

impl fmt::Debug for DeviceAuthorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceAuthorization").field("state", &self.state).finish_non_exhaustive()
    }
}

/// Why a command line gets nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceFault {
    /// Nobody has answered.
    Pending,
    /// Nobody has answered, and it asked too soon.
    TooSoon,
    /// There is none such, it is used up, its time is over, or it is not proven to be this client's.
    Invalid,
    /// A person said no.
    Denied,
}

impl DeviceAuthorization {
    /// Whether a person may still answer.
    pub fn waits(&self, now: Time) -> bool {
        self.state == DeviceState::Pending && now < self.expires_at
    }

    /// What it comes to when the command line asks at `now`, which is really `really_now`.
    ///
    /// Two questions are as far apart as one of the clocks says: the emulator's may stand still.
    ///
    /// # Errors
    /// Why nothing is given.
    pub fn ask(&self, now: Time, really_now: Time) -> Result<(), DeviceFault> {
        if now >= self.expires_at {
            return Err(DeviceFault::Invalid);
        }
        let apart = |last: Option<Time>, now: Time| {
            last.is_none_or(|last| now.seconds().saturating_sub(last.seconds()) >= INTERVAL_SECONDS)
        };
        match self.state {
            DeviceState::Approved => Ok(()),
            DeviceState::Denied => Err(DeviceFault::Denied),
            DeviceState::Spent => Err(DeviceFault::Invalid),
            DeviceState::Pending if apart(self.polled_at, now) || apart(self.polled_really_at, really_now) => {
                Err(DeviceFault::Pending)
            }
            DeviceState::Pending => Err(DeviceFault::TooSoon),
        }
    }
}

/// A code as people type it, as it is kept: capital letters, with nothing between them.
pub fn read_user_code(typed: &str) -> Option<String> {
    let letters = typed.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
    let code: String = letters.take(USER_CODE_LENGTH + 1).map(|letter| letter.to_ascii_uppercase()).collect();
    let known = code.bytes().all(|letter| USER_CODE_LETTERS.contains(&letter));
    (known && code.len() == USER_CODE_LENGTH).then_some(code)
}

/// A code as people read it: in two halves.
pub fn show_user_code(code: &str) -> String {
    let (first, second) = code.split_at_checked(USER_CODE_LENGTH / 2).unwrap_or((code, ""));
    format!("{first}-{second}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(state: DeviceState) -> DeviceAuthorization {
        DeviceAuthorization {
            device_hash: String::new(),
            user_code: "BCDFGHJK".to_owned(),
            client_id: "app".to_owned(),
            challenge: String::new(),
            state,
            session_id: None,
            expires_at: Time(0).plus_seconds(WAIT_SECONDS),
            polled_at: Some(Time(0)),
            polled_really_at: Some(Time(0)),
            forget_at: Time(0),
        }
    }

    #[test]
    fn a_command_line_waits_for_the_person_at_its_pace_and_not_for_ever() {
        let at = |seconds| Time(0).plus_seconds(seconds);
        let pending = waiting(DeviceState::Pending);
        assert_eq!(pending.ask(at(4), at(4)), Err(DeviceFault::TooSoon));
        assert_eq!(pending.ask(at(5), at(0)), Err(DeviceFault::Pending));
        assert_eq!(pending.ask(at(0), at(5)), Err(DeviceFault::Pending));
        assert_eq!(pending.ask(at(WAIT_SECONDS), at(5)), Err(DeviceFault::Invalid));
        assert!(pending.waits(at(WAIT_SECONDS - 1)) && !pending.waits(at(WAIT_SECONDS)));
        assert_eq!(waiting(DeviceState::Approved).ask(at(0), at(0)), Ok(()));
        assert_eq!(waiting(DeviceState::Denied).ask(at(0), at(0)), Err(DeviceFault::Denied));
        assert_eq!(waiting(DeviceState::Spent).ask(at(0), at(0)), Err(DeviceFault::Invalid));
        for state in [DeviceState::Pending, DeviceState::Approved, DeviceState::Denied, DeviceState::Spent] {
            assert_eq!(DeviceState::parse(state.as_str()), Some(state));
        }
    }

    #[test]
    fn codes_are_read_however_they_are_typed() {
        for typed in ["BCDF-GHJK", "bcdfghjk", " bcdf ghjk ", "BCDFGHJK"] {
            assert_eq!(read_user_code(typed).as_deref(), Some("BCDFGHJK"), "{typed}");
        }
        for wrong in ["", "BCDF-GHJ", "BCDF-GHJKL", "ACDF-GHJK", "ÄCDF-GHJK", "BCDF_GHJK"] {
            assert_eq!(read_user_code(wrong), None, "{wrong}");
        }
        assert_eq!(show_user_code("BCDFGHJK"), "BCDF-GHJK");
        assert_eq!(show_user_code("ä"), "ä-");
    }
}
