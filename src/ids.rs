//! Ids and secrets, all from one seedable generator.

use std::sync::{Mutex, PoisonError};

use rand::rngs::{StdRng, SysError, SysRng};
use rand::{Rng, RngExt, SeedableRng};

use crate::domain::access_key;
use crate::domain::account::Cloud;
use crate::domain::unique_id::{IdForm, IdKind};

const LETTERS_AND_DIGITS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The source of everything random: a cryptographic generator.
pub struct Ids(Mutex<StdRng>);

impl std::fmt::Debug for Ids {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ids")
    }
}

impl Ids {
    /// A generator seeded by the operating system.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn from_system() -> Result<Self, SysError> {
        StdRng::try_from_rng(&mut SysRng).map(|rng| Self(Mutex::new(rng)))
    }

    /// A generator that always gives the same, for tests.
    pub fn seeded(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }

    /// Begins anew from a seed.
    pub fn reseed(&self, seed: u64) {
        self.with(|rng| *rng = StdRng::seed_from_u64(seed));
    }

    fn with<T>(&self, draw: impl FnOnce(&mut StdRng) -> T) -> T {
        draw(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.with(|rng| rng.fill_bytes(&mut bytes));
        bytes
    }

    /// A random number that is at least 0.
    pub fn number(&self) -> i64 {
        i64::from_le_bytes(self.bytes()) & i64::MAX
    }

    /// A request id: a random UUID in capitals.
    pub fn request_id(&self) -> String {
        let uuid = uuid::Builder::from_random_bytes(self.bytes()).into_uuid();
        uuid.hyphenated().encode_upper(&mut uuid::Uuid::encode_buffer()).to_owned()
    }

    /// A random UUID in small letters: the id of a session, or of a request to AWS.
    pub fn uuid(&self) -> String {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid().hyphenated().to_string()
    }

    /// So many random letters and digits.
    pub fn letters_and_digits(&self, count: usize) -> String {
        self.with(|rng| (0..count).map(|_| char::from(LETTERS_AND_DIGITS[rng.random_range(0..62)])).collect())
    }

    /// So many random digits behind `prefix`, as ids of users (2…, 18 digits) and roles (3…, 18 digits) have.
    pub fn digits(&self, prefix: &str, count: usize) -> String {
        let mut id = prefix.to_owned();
        self.with(|rng| id.extend((0..count).map(|_| char::from(b'0' + rng.random_range(0..10)))));
        id
    }

    /// The id of something new.
    pub fn unique_id(&self, cloud: Cloud, kind: IdKind) -> String {
        match kind.form(cloud) {
            IdForm::Digits(prefix, count) => self.digits(prefix, count),
            IdForm::Base32(prefix, count) => prefix.to_owned() + &self.base32(count),
        }
    }

    /// So many random capitals and digits of base 32.
    pub fn base32(&self, count: usize) -> String {
        self.with(|rng| (0..count).map(|_| char::from(BASE32[rng.random_range(0..32)])).collect())
    }

    /// The id of a long-lived access key.
    pub fn access_key_id(&self, cloud: Cloud, account_id: &str) -> String {
        match cloud {
            Cloud::Alibaba => access_key::key_id(&self.letters_and_digits(access_key::KEY_ID_RANDOM)),
            Cloud::Aws => access_key::aws_key_id(false, account_id, u64::from_le_bytes(self.bytes())),
        }
    }

    /// The id of a key that STS gives.
    pub fn session_key_id(&self, cloud: Cloud, account_id: &str) -> String {
        match cloud {
            Cloud::Alibaba => access_key::sts_key_id(&self.letters_and_digits(access_key::STS_KEY_ID_RANDOM)),
            Cloud::Aws => access_key::aws_key_id(true, account_id, u64::from_le_bytes(self.bytes())),
        }
    }

    /// The secret of a long-lived access key: 30 letters and digits, or 40 characters of base 64.
    pub fn access_key_secret(&self, cloud: Cloud) -> String {
        match cloud {
            Cloud::Alibaba => self.letters_and_digits(30),
            Cloud::Aws => self.base64(40),
        }
    }

    /// The secret of a key that STS gives: 44 letters and digits, or 40 characters of base 64.
    pub fn session_key_secret(&self, cloud: Cloud) -> String {
        match cloud {
            Cloud::Alibaba => self.letters_and_digits(44),
            Cloud::Aws => self.base64(40),
        }
    }

    /// So many random characters of base 64.
    pub fn base64(&self, count: usize) -> String {
        self.with(|rng| (0..count).map(|_| char::from(BASE64[rng.random_range(0..64)])).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_is_an_upper_case_uuid() {
        let id = Ids::seeded(1).request_id();
        assert_eq!(id.len(), 36);
        assert_eq!(id, id.to_uppercase());
        assert_eq!(id.as_bytes()[14], b'4');
    }

    #[test]
    fn the_same_seed_gives_the_same_ids_and_another_others() {
        for cloud in [Cloud::Alibaba, Cloud::Aws] {
            let id = |seed| Ids::seeded(seed).access_key_id(cloud, "123456789012");
            assert_eq!(id(1), id(1));
            assert_ne!(id(1), id(2));
            assert!(access_key::was_issued(&id(3)));
        }
    }
}
