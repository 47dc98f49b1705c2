//! The faults that hold, as this process read them, kept as long as the world's generation still holds.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crate::domain::fault::Rule;
use crate::store::faults::KeptFault;

/// A fault that may strike.
#[derive(Debug)]
pub struct Armed {
    /// Its id.
    pub id: String,
    /// The rule.
    pub rule: Rule,
    /// No strike is left: the store need not be asked again.
    pub spent: AtomicBool,
}

/// The faults of one generation of the world.
#[derive(Debug)]
struct Read {
    world: i64,
    faults: Arc<[Armed]>,
}

/// See the module.
#[derive(Debug)]
pub struct Faults {
    /// The generation of the world in which there are none. It is all that a request looks at as long as nobody
    /// injects any.
    none_at: AtomicI64,
    read: RwLock<Option<Read>>,
}

impl Default for Faults {
    fn default() -> Self {
        Self { none_at: AtomicI64::new(i64::MIN), read: RwLock::default() }
    }
}

impl Faults {
    /// Whether there are none in this generation of the world, as far as is known here.
    pub fn are_none(&self, world: i64) -> bool {
        self.none_at.load(Ordering::Relaxed) == world
    }

    /// Those of this generation of the world, where they were read already.
    pub fn get(&self, world: i64) -> Option<Arc<[Armed]>> {
        let read = self.read.read().unwrap_or_else(PoisonError::into_inner);
        read.as_ref().filter(|read| read.world == world).map(|read| read.faults.clone())
    }

    /// Keeps what was read after this generation was taken.
    pub fn put(&self, world: i64, kept: Vec<KeptFault>) -> Arc<[Armed]> {
        let armed = kept.into_iter().filter(|fault| fault.remaining != Some(0)).map(|fault| Armed {
            id: fault.id,
            rule: fault.rule,
            spent: AtomicBool::new(false),
        });
        let faults: Arc<[Armed]> = armed.collect();
        if faults.is_empty() {
            self.none_at.store(world, Ordering::Relaxed);
        }
        let read = Read { world, faults: faults.clone() };
        *self.read.write().unwrap_or_else(PoisonError::into_inner) = Some(read);
        faults
    }
}
