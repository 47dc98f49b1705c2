//! Nonces of signatures that this process has seen lately.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

use crate::domain::time::Time;

/// A signature may carry a time 15 minutes ahead and is good for 15 minutes past it, so that a nonce must be known for
/// 30. Three shelves of this many seconds each hold it for 32 at least.
const SHELF_SECONDS: i64 = 16 * 60;

/// The nonces seen. Only keyed hashes are kept, so that a long run stays small.
#[derive(Debug, Default)]
pub struct NonceWindow {
    hasher: RandomState,
    shelves: Mutex<Shelves>,
}

#[derive(Debug, Default)]
struct Shelves {
    begun: i64,
    sets: [HashSet<u64>; 3],
    /// Nonces of requests that an emulated clock may keep in time for ever.
    kept: HashSet<u64>,
}

impl Shelves {
    fn hold(&self, key: u64) -> bool {
        self.kept.contains(&key) || self.sets.iter().any(|set| set.contains(&key))
    }
}

impl NonceWindow {
    fn key(&self, access_key_id: &str, nonce: &str) -> u64 {
        self.hasher.hash_one((access_key_id, nonce))
    }

    /// Whether a nonce was seen.
    pub fn seen(&self, access_key_id: &str, nonce: &str) -> bool {
        let key = self.key(access_key_id, nonce);
        let shelves = self.shelves.lock().unwrap_or_else(PoisonError::into_inner);
        shelves.hold(key)
    }

    /// Remembers a nonce at real time `now`, for good if `keep` says so; says whether it is new.
    pub fn remember(&self, access_key_id: &str, nonce: &str, now: Time, keep: bool) -> bool {
        let key = self.key(access_key_id, nonce);
        let mut shelves = self.shelves.lock().unwrap_or_else(PoisonError::into_inner);
        if now.seconds() - shelves.begun >= SHELF_SECONDS {
            // The oldest shelf comes to the front, emptied.
            shelves.sets.rotate_right(1);
            shelves.sets[0] = HashSet::new();
            shelves.begun = now.seconds();
        }
        !shelves.hold(key) && if keep { shelves.kept.insert(key) } else { shelves.sets[0].insert(key) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_new_once_for_each_key() {
        let window = NonceWindow::default();
        assert!(window.remember("key", "nonce", Time(0), false));
        assert!(!window.remember("key", "nonce", Time(0), false));
        assert!(window.seen("key", "nonce"));
        assert!(window.remember("other", "nonce", Time(0), false));
        assert!(!window.seen("other", "else"));
    }

    #[test]
    fn a_nonce_is_known_for_half_an_hour_and_forgotten_later() {
        let minutes = |minutes: i64| Time(0).plus_seconds(minutes * 60);
        let window = NonceWindow::default();
        for start in 16..20 {
            assert!(window.remember("key", &format!("nonce {start}"), minutes(start), false));
        }
        for now in 20..=46 {
            window.remember("key", &format!("other {now}"), minutes(now), false);
            assert!(!window.remember("key", "nonce 16", minutes(now), false), "{now}");
        }
        for now in 47..120 {
            window.remember("key", &format!("other {now}"), minutes(now), false);
        }
        assert!(window.remember("key", "nonce 16", minutes(120), false));
    }

    #[test]
    fn a_nonce_that_is_kept_is_never_new_again() {
        let window = NonceWindow::default();
        assert!(window.remember("key", "nonce", Time(0), true));
        for day in 1..100 {
            window.remember("key", &format!("other {day}"), Time(0).plus_seconds(day * 86_400), false);
        }
        assert!(!window.remember("key", "nonce", Time(0).plus_seconds(100 * 86_400), false));
    }
}
