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

/// What the ids of long-lived keys start with: the form observed since 2020, `LTAI5t`, and our own sign behind it, by
/// which an id issued here is known for one even when the store no longer remembers it.
const KEY_ID_PREFIX: &str = "LTAI5tSes";
const KEY_ID_LENGTH: usize = 24;
/// How many random characters `key_id` wants.
pub const KEY_ID_RANDOM: usize = KEY_ID_LENGTH - KEY_ID_PREFIX.len();
/// What ids of keys that STS gave start with.
const STS_KEY_ID_PREFIX: &str = "STS.N";
const STS_KEY_ID_LENGTH: usize = 28;
/// How many random characters `sts_key_id` wants.
pub const STS_KEY_ID_RANDOM: usize = STS_KEY_ID_LENGTH - STS_KEY_ID_PREFIX.len();

/// Completes the id of a key of STS from its random letters and digits.
pub fn sts_key_id(random: &str) -> String {
    format!("{STS_KEY_ID_PREFIX}{random}")
}

/// Completes an id from its random letters and digits.
pub fn key_id(random: &str) -> String {
    format!("{KEY_ID_PREFIX}{random}")
}

/// Whether an id was issued here, or is one mistyped: such a key is never the root of an account, also when a reset
/// took its row away.
pub fn was_issued(id: &str) -> bool {
    let id = id.trim().to_ascii_lowercase();
    let nearly = |prefix: &str| starts_nearly_with(id.as_bytes(), prefix.to_ascii_lowercase().as_bytes());
    let session_length = STS_KEY_ID_LENGTH - 1..=STS_KEY_ID_LENGTH + 1;
    nearly(KEY_ID_PREFIX)
        || id.starts_with(&STS_KEY_ID_PREFIX[..4].to_ascii_lowercase())
        || (session_length.contains(&id.len()) && nearly(STS_KEY_ID_PREFIX))
}

/// Whether `id` starts with `prefix` but for one character too few, too many or wrong.
fn starts_nearly_with(id: &[u8], prefix: &[u8]) -> bool {
    let same = |id_from: usize, prefix_from: usize| {
        id.get(id_from..).is_some_and(|rest| rest.starts_with(&prefix[prefix_from..]))
    };
    (0..prefix.len()).any(|at| {
        id.starts_with(&prefix[..at]) && (same(at, at) || same(at, at + 1) || same(at + 1, at) || same(at + 1, at + 1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issued_id_has_twenty_four_characters_and_is_known_again() {
        let id = key_id("abcdefghijklmno");
        assert_eq!(id.len(), 24);
        assert!(was_issued(&id));
        assert!(was_issued("STS.anything"));
    }

    #[test]
    fn an_issued_id_that_was_mistyped_is_still_taken_for_one() {
        let id = key_id("abcdefghijklmno");
        for mistyped in
            [&*id.to_lowercase(), &format!("{id} "), &format!("\n{id}"), &id[..23], &id[1..], &format!("x{id}x")]
        {
            assert!(was_issued(mistyped), "{mistyped:?}");
        }
        assert!(was_issued("sts.anything"));
    }

    #[test]
    fn ids_that_people_make_up_are_not_taken_for_issued_ones() {
        for id in [
            "",
            "test",
            "st",
            "STSomething",
            "LTAIlocal",
            "LTAI5tabcdefghijklmnAAAA",
            "1000000000000001",
            "LTAI5tÄÄÄÄÄÄÄÄÄ",
        ] {
            assert!(!was_issued(id), "{id}");
        }
    }
}
