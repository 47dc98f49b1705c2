//! When access keys were last used, gathered here and written now and then: a write for every read would cost more
//! than the read.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, PoisonError};

use crate::domain::service_access::Accessor;
use crate::domain::time::Time;

/// Uses that are not written yet, by key id.
#[derive(Debug, Default)]
pub struct KeyUsage(Mutex<HashMap<String, KeyUse>>);

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

/// What one key was used for: the last use of each service, in the order of the uses.
#[derive(Clone, Debug)]
pub struct KeyUse {
    /// Whom the key stands for, where the cloud reports which services were used by whom.
    pub by: Option<Accessor>,
    /// The uses, at least one, the last one at the end.
    pub uses: Vec<Use>,
}

impl KeyUse {
    fn note(&mut self, last: Use) {
        self.uses.retain(|before| before.service != last.service);
        self.uses.push(last);
    }
}

impl KeyUsage {
    /// Notes a use; `by` is asked for once in a while only.
    pub fn note(&self, key_id: &str, last: Use, by: impl FnOnce() -> Option<Accessor>) {
        let mut pending = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match pending.get_mut(key_id) {
            Some(key) => key.note(last),
            None => {
                pending.insert(key_id.to_owned(), KeyUse { by: by(), uses: vec![last] });
            }
        }
    }

    /// Takes out what is to be written, in the order of the key ids: all replicas write in one order, so that none
    /// waits for another in a ring.
    pub fn take(&self) -> Vec<(String, KeyUse)> {
        let taken = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let mut pending: Vec<_> = taken.into_iter().collect();
        pending.sort_by(|a, b| a.0.cmp(&b.0));
        pending
    }

    /// Puts back what could not be written, behind which a key may have been used again.
    pub fn put_back(&self, pending: Vec<(String, KeyUse)>) {
        let mut newer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (key_id, mut older) in pending {
            match newer.entry(key_id) {
                Entry::Vacant(place) => {
                    place.insert(older);
                }
                Entry::Occupied(mut place) => {
                    let again = std::mem::take(&mut place.get_mut().uses);
                    for last in again {
                        older.note(last);
                    }
                    place.insert(older);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: i64, service: &'static str) -> Use {
        Use { at: Time(time), service, region: String::new() }
    }

    #[test]
    fn the_last_use_of_each_service_is_kept_also_when_it_could_not_be_written() {
        let usage = KeyUsage::default();
        usage.note("b", at(1, "iam"), || None);
        usage.note("b", at(2, "sts"), || None);
        usage.note("a", at(3, "iam"), || None);
        let taken = usage.take();
        assert_eq!(taken.iter().map(|(key, _)| &**key).collect::<Vec<_>>(), ["a", "b"]);
        assert!(usage.take().is_empty());
        usage.note("b", at(4, "iam"), || None);
        usage.put_back(taken);
        let taken = usage.take();
        let uses: Vec<_> = taken[1].1.uses.iter().map(|last| (last.at.0, last.service)).collect();
        assert_eq!(uses, [(2, "sts"), (4, "iam")]);
    }
}
