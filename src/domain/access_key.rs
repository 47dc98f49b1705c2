//! Access keys and the form of the ids that Sesame issues.

use std::fmt;

use super::time::Time;

/// Whether a key may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStatus {
    /// It may.
    Active,
    /// It may not, until it is made active again.
    Inactive,
    /// It never may again. The row stays, so that the key is never taken for an unknown one.
    Deleted,
}

impl KeyStatus {
    /// The name on the wire and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Inactive => "Inactive",
            Self::Deleted => "Deleted",
        }
    }

    /// Reads what `as_str` gave.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "Active" => Some(Self::Active),
            "Inactive" => Some(Self::Inactive),
            "Deleted" => Some(Self::Deleted),
            _ => None,
        }
    }
}

/// A key that Sesame issued.
#[derive(Clone)]
pub struct AccessKey {
    /// The account it belongs to.
    pub account_id: String,
    /// The key id.
    pub id: String,
    /// The user it belongs to; `None` is the account's root.
    pub user_id: Option<String>,
    /// The secret that signs.
    pub secret: String,
    /// Whether it may be used.
    pub status: KeyStatus,
    /// Made with its account rather than by a call; survives a reset.
    pub seeded: bool,
    /// When it was made.
    pub created_at: Time,
    /// When its status last changed.
    pub updated_at: Time,
    /// The last call signed with it.
    pub last_used_at: Option<Time>,
    /// The service that call went to.
    pub last_used_service: Option<String>,
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKey").field("id", &self.id).field("status", &self.status).finish_non_exhaustive()
    }
}

const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// What ids of long-lived keys start with (observed since 2020) and how long they are.
pub const KEY_ID_PREFIX: &str = "LTAI5t";
const KEY_ID_LENGTH: usize = 24;
const CHECK_LENGTH: usize = 4;
/// What ids of keys that STS gave start with.
pub const STS_KEY_ID_PREFIX: &str = "STS.";

/// Four characters that follow from the rest of an id, so that an id issued here is known for one even when the store
/// no longer remembers it (FNV-1a, 64 bits: it tells ids apart, it proves nothing).
fn check_characters(body: &str) -> [u8; CHECK_LENGTH] {
    let mut hash = body
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    [(); CHECK_LENGTH].map(|()| {
        let at = usize::try_from(hash % 62).unwrap_or(0);
        hash /= 62;
        ALPHABET[at]
    })
}

/// Completes an id from its random middle (14 letters and digits).
pub fn key_id(random: &str) -> String {
    let body = format!("{KEY_ID_PREFIX}{random}");
    let check = check_characters(&body);
    check.iter().fold(body, |mut id, byte| {
        id.push(char::from(*byte));
        id
    })
}

/// How many random characters `key_id` wants.
pub const KEY_ID_RANDOM: usize = KEY_ID_LENGTH - KEY_ID_PREFIX.len() - CHECK_LENGTH;

/// Whether an id can only have been issued here: such a key is never the root of an account, also when a reset
/// took its row away.
pub fn was_issued(id: &str) -> bool {
    if id.starts_with(STS_KEY_ID_PREFIX) {
        return true;
    }
    let Some(body) = id.get(..KEY_ID_LENGTH - CHECK_LENGTH) else { return false };
    id.len() == KEY_ID_LENGTH
        && id.starts_with(KEY_ID_PREFIX)
        && id.as_bytes()[KEY_ID_LENGTH - CHECK_LENGTH..] == check_characters(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issued_id_has_twenty_four_characters_and_is_known_again() {
        let id = key_id("abcdefghijklmn");
        assert_eq!(id.len(), 24);
        assert!(id.starts_with("LTAI5tabcdefghijklmn"));
        assert!(was_issued(&id));
        assert!(was_issued("STS.anything"));
    }

    #[test]
    fn ids_that_people_make_up_are_not_taken_for_issued_ones() {
        for id in ["", "test", "LTAIlocal", "LTAI5tabcdefghijklmnAAAA", "1000000000000001", "LTAI5tÄÄÄÄÄÄÄÄÄ"]
        {
            assert!(!was_issued(id), "{id}");
        }
    }
}
