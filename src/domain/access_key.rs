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
    /// The region called.
    pub last_used_region: Option<String>,
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

/// What ids of AWS's keys start with (IAM User Guide, "IAM identifiers").
const AWS_PREFIXES: [&str; 2] = ["AKIA", "ASIA"];
/// Our own sign in ids of AWS's keys, and where it stands: behind the characters that hold the account.
const AWS_SIGN: &str = "SES";
const AWS_SIGN_AT: usize = 14;
const AWS_KEY_ID_LENGTH: usize = 20;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The id of a key of AWS: a prefix, then in base 32 a bit that says that an account follows, the account's number in
/// forty bits, and what `random` gives. That the number stands there is what decoders of key ids found; GetAccessKeyInfo
/// (STS 2011-06-15) answers from it.
pub fn aws_key_id(temporary: bool, account_id: &str, random: u64) -> String {
    let account: u64 = account_id.parse().unwrap_or(0);
    // Ten characters are fifty bits: the mark, the account, nine of chance; three more characters of chance at the end.
    let head = (1 << 49) | ((account & ((1 << 40) - 1)) << 9) | (random & 0x1FF);
    let character =
        |bits: u64, from: u32| char::from(BASE32[usize::from(u8::try_from((bits >> from) & 31).unwrap_or(0))]);
    let mut id = AWS_PREFIXES[usize::from(temporary)].to_owned();
    id.extend((0..10).rev().map(|place| character(head, place * 5)));
    id.push_str(AWS_SIGN);
    id.extend((0..3).map(|place| character(random >> 9, place * 5)));
    id
}

/// The account whose number stands in a key id of AWS.
pub fn account_in_aws_key_id(id: &str) -> Option<String> {
    let (prefix, rest) = id.split_at_checked(4)?;
    if !AWS_PREFIXES.contains(&prefix) || id.len() != AWS_KEY_ID_LENGTH {
        return None;
    }
    let mut bits: u64 = 0;
    for byte in rest.bytes() {
        BASE32.iter().position(|known| *known == byte)?;
    }
    for byte in rest.bytes().take(10) {
        bits = (bits << 5) | BASE32.iter().position(|known| *known == byte)? as u64;
    }
    let account = (bits >> 9) & ((1 << 40) - 1);
    (bits >> 49 == 1 && account < 1_000_000_000_000).then(|| format!("{account:012}"))
}

fn is_aws_id(id: &str) -> bool {
    let length = AWS_KEY_ID_LENGTH - 1..=AWS_KEY_ID_LENGTH + 1;
    let signed = |at: usize| id.get(at..).is_some_and(|rest| rest.starts_with(&AWS_SIGN.to_ascii_lowercase()));
    let prefixed =
        AWS_PREFIXES.iter().any(|prefix| starts_nearly_with(id.as_bytes(), prefix.to_ascii_lowercase().as_bytes()));
    length.contains(&id.len()) && prefixed && (AWS_SIGN_AT - 1..=AWS_SIGN_AT + 1).any(signed)
}

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
    is_aws_id(&id)
        || nearly(KEY_ID_PREFIX)
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
    fn the_account_can_be_read_from_a_key_id_of_aws() {
        for account in ["000000000000", "123456789012", "999999999999"] {
            for random in [0, 1, u64::MAX] {
                let id = aws_key_id(false, account, random);
                assert_eq!((id.len(), &id[..4]), (20, "AKIA"));
                assert_eq!(account_in_aws_key_id(&id).as_deref(), Some(account));
                assert!(
                    was_issued(&id) && was_issued(&id.to_lowercase()) && was_issued(&id[..19]) && was_issued(&id[1..])
                );
            }
        }
        assert_eq!(&aws_key_id(true, "1", 5)[..4], "ASIA");
        for id in ["AKIAIOSFODNN7EXAMPLE", "AKIASESAMEEXAMPLE001", "", "AKIA", "ÄÄÄÄÄÄÄÄÄÄ"] {
            assert_eq!(account_in_aws_key_id(id), None, "{id}");
            assert!(!was_issued(id), "{id}");
        }
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
