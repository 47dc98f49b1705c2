//! When access keys were last used, gathered here and written now and then: a write for every read would cost more
//! than the read.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::domain::time::Time;

/// Uses that are not written yet, by key id.
#[derive(Debug, Default)]
pub struct KeyUsage(Mutex<HashMap<String, Use>>);

/// One use.
#[derive(Clone, Copy, Debug)]
pub struct Use {
    /// When.
    pub at: Time,
    /// The service called.
    pub service: &'static str,
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

    /// Takes out what is to be written.
    pub fn take(&self) -> HashMap<String, Use> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
