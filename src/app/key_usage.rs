//! When access keys were last used, gathered here and written now and then: a write for every read would cost more
//! than the read.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::domain::time::Time;

/// Uses that are not written yet, by key id.
#[derive(Debug, Default)]
pub struct KeyUsage(Mutex<HashMap<String, Use>>);

/// One use.
#[derive(Clone, Debug)]
pub struct Use {
    /// When.
    pub at: Time,
    /// The service called.
    pub service: &'static str,
    /// The region called; empty where the wire does not say.
    pub region: String,
}

impl KeyUsage {
    /// Notes a use.
    pub fn note(&self, key_id: &str, last: Use) {
        let mut pending = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match pending.get_mut(key_id) {
            Some(use_) => *use_ = last,
            None => {
                pending.insert(key_id.to_owned(), last);
            }
        }
    }

    /// Takes out what is to be written, in the order of the key ids: all replicas write in one order, so that none
    /// waits for another in a ring.
    pub fn take(&self) -> Vec<(String, Use)> {
        let taken = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let mut pending: Vec<_> = taken.into_iter().collect();
        pending.sort_by(|a, b| a.0.cmp(&b.0));
        pending
    }

    /// Puts back what could not be written, unless a key was used again since.
    pub fn put_back(&self, pending: Vec<(String, Use)>) {
        let mut newer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (key_id, last) in pending {
            newer.entry(key_id).or_insert(last);
        }
    }
}
