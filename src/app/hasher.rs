//! Password hashing: Argon2id off the async threads, so many at a time and no more.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

use crate::config::{PasswordCost, PasswordSettings};
use crate::domain::error::Error;

const TAG_LENGTH: usize = 32;
/// Bytes of a salt (RFC 9106 asks for 16).
pub const SALT_LENGTH: usize = 16;

/// What one hash costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    memory: u32,
    /// Passes.
    passes: u32,
    /// Lanes.
    lanes: u32,
}

impl From<PasswordCost> for Cost {
    fn from(cost: PasswordCost) -> Self {
        match cost {
            PasswordCost::Fast => Self { memory: 1_024, passes: 1, lanes: 1 },
            // The first recommendation of the OWASP Password Storage Cheat Sheet.
            PasswordCost::Owasp => Self { memory: 19_456, passes: 2, lanes: 1 },
        }
    }
}

/// A hash with its salt and its cost; in text it has the PHC string form.
#[derive(Clone)]
pub struct PasswordHash {
    /// What it cost.
    pub cost: Cost,
    /// Its salt.
    pub salt: Vec<u8>,
    tag: Vec<u8>,
}

impl PasswordHash {
    /// Reads the PHC string form.
    pub fn parse(phc: &str) -> Option<Self> {
        let mut parts = phc.strip_prefix("$argon2id$v=19$")?.split('$');
        let (params, salt, tag) = (parts.next()?, parts.next()?, parts.next()?);
        let mut numbers = params.split(',').map(|pair| pair.split_once('=').and_then(|(_, n)| n.parse().ok()));
        let cost = Cost { memory: numbers.next()??, passes: numbers.next()??, lanes: numbers.next()?? };
        Some(Self { cost, salt: STANDARD_NO_PAD.decode(salt).ok()?, tag: STANDARD_NO_PAD.decode(tag).ok()? })
    }

    /// Whether both were made with the same salt at the same cost, so that the same password gives the same hash.
    pub fn is_comparable(&self, other: &Self) -> bool {
        self.cost == other.cost && self.salt == other.salt
    }

    /// Whether both are of the same password; in constant time. Only meaningful between comparable hashes.
    pub fn same_password(&self, other: &Self) -> bool {
        self.tag.ct_eq(&other.tag).into()
    }

    /// Whether checking a password against it costs no more than 256 MiB and 16 passes: one that came from elsewhere
    /// may say anything.
    pub fn is_affordable(&self) -> bool {
        let Cost { memory, passes, lanes } = self.cost;
        let cost = (8..=262_144).contains(&memory) && (1..=16).contains(&passes) && (1..=16).contains(&lanes);
        cost && memory >= 8 * lanes && (8..=64).contains(&self.salt.len()) && self.tag.len() == TAG_LENGTH
    }

    /// The PHC string form.
    pub fn to_phc(&self) -> String {
        let Cost { memory, passes, lanes } = self.cost;
        let (salt, tag) = (STANDARD_NO_PAD.encode(&self.salt), STANDARD_NO_PAD.encode(&self.tag));
        format!("$argon2id$v=19$m={memory},t={passes},p={lanes}${salt}${tag}")
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordHash").field("cost", &self.cost).finish_non_exhaustive()
    }
}

/// Hashes passwords.
#[derive(Debug)]
pub struct Hasher {
    cost: Cost,
    /// One permit for each hash that may run at a time: others wait here instead of crowding the blocking threads.
    permits: Arc<Semaphore>,
    threads: usize,
    /// Hashes asked for and not made yet.
    asked: Arc<AtomicUsize>,
}

/// Counts a hash as asked for until it is dropped, also when nobody waits for it any more.
struct InHand(Arc<AtomicUsize>);

impl Drop for InHand {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Hasher {
    /// A hasher as the settings say. By itself it leaves one core to everything else.
    pub fn new(settings: &PasswordSettings) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let threads = match settings.hashing_threads {
            0 => cores.saturating_sub(1).max(1),
            threads => threads,
        };
        let permits = Arc::new(Semaphore::new(threads));
        Self { cost: settings.cost.into(), permits, threads, asked: Arc::default() }
    }

    /// The cost of new hashes.
    pub fn cost(&self) -> Cost {
        self.cost
    }

    /// How many hashes wait for their turn, and how many are being made.
    pub fn load(&self) -> (usize, usize) {
        let running = self.threads.saturating_sub(self.permits.available_permits());
        (self.asked.load(Ordering::Relaxed).saturating_sub(running), running)
    }

    /// Hashes a password with a given salt at a given cost.
    pub async fn hash(&self, password: &SecretString, salt: Vec<u8>, cost: Cost) -> Result<PasswordHash, Error> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let in_hand = InHand(self.asked.clone());
        let permit = self.permits.clone().acquire_owned().await.map_err(Error::internal)?;
        let password = password.clone();
        tokio::task::spawn_blocking(move || {
            let _held = (in_hand, permit);
            derive(&password, salt, cost)
        })
        .await
        .map_err(Error::internal)?
    }

    /// Whether `password` is the one of the stored hash. Without a stored one a hash is made all the same, so that
    /// the time tells nobody whether there is a user or a password.
    pub async fn verify(&self, password: &SecretString, stored: Option<&str>) -> Result<bool, Error> {
        let stored = match stored {
            Some(phc) => Some(PasswordHash::parse(phc).ok_or_else(|| Error::internal("unreadable password hash"))?),
            None => None,
        };
        let (salt, cost) = match &stored {
            Some(stored) => (stored.salt.clone(), stored.cost),
            None => (vec![0; SALT_LENGTH], self.cost),
        };
        let hash = self.hash(password, salt, cost).await?;
        Ok(stored.is_some_and(|stored| stored.same_password(&hash)))
    }
}

fn derive(password: &SecretString, salt: Vec<u8>, cost: Cost) -> Result<PasswordHash, Error> {
    let params = Params::new(cost.memory, cost.passes, cost.lanes, Some(TAG_LENGTH))
        .map_err(|error| Error::internal(error.to_string()))?;
    let mut tag = vec![0; TAG_LENGTH];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.expose_secret().as_bytes(), &salt, &mut tag)
        .map_err(|error| Error::internal(error.to_string()))?;
    Ok(PasswordHash { cost, salt, tag })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hasher(cost: PasswordCost) -> Hasher {
        Hasher::new(&PasswordSettings { cost, hashing_threads: 1 })
    }

    #[tokio::test]
    async fn a_hash_survives_its_text_form_and_verifies_only_its_own_password() {
        let hasher = hasher(PasswordCost::Fast);
        let password = SecretString::from("Correct-Horse1");
        let hash = hasher.hash(&password, vec![7; SALT_LENGTH], hasher.cost()).await.unwrap();
        let phc = hash.to_phc();
        assert!(phc.starts_with("$argon2id$v=19$m=1024,t=1,p=1$"));
        assert!(hasher.verify(&password, Some(&phc)).await.unwrap());
        assert!(!hasher.verify(&SecretString::from("Correct-Horse2"), Some(&phc)).await.unwrap());
        assert!(!hasher.verify(&password, None).await.unwrap());
    }

    #[tokio::test]
    async fn a_hash_of_another_cost_still_verifies() {
        let password = SecretString::from("Correct-Horse1");
        let owasp = hasher(PasswordCost::Owasp);
        let phc = owasp.hash(&password, vec![7; SALT_LENGTH], owasp.cost()).await.unwrap().to_phc();
        assert!(hasher(PasswordCost::Fast).verify(&password, Some(&phc)).await.unwrap());
    }

    #[test]
    fn texts_that_are_no_hashes_are_refused() {
        for bad in [
            "",
            "plain",
            "$argon2id$v=19$m=1$x$y",
            "$argon2id$v=19$m=a,t=1,p=1$AA$AA",
            "$argon2i$v=19$m=1,t=1,p=1$AA$AA",
        ] {
            assert!(PasswordHash::parse(bad).is_none(), "{bad}");
        }
    }
}
