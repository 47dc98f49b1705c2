//! What every request shares: the store, the clock, randomness, the hasher, and what is kept in memory.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use crate::clock::Clock;
use crate::config::Settings;
use crate::domain::time::Time;
use crate::ids::Ids;
use crate::seed::Seeding;
use crate::store::Db;

pub mod cache;
pub mod documents;
pub mod faults;
pub mod hasher;
pub mod journal;
pub mod key_usage;
pub mod metrics;
pub mod nonce_window;

use cache::Cache;
use documents::Documents;
use faults::Faults;
use hasher::Hasher;
use journal::Journal;
use key_usage::KeyUsage;
use metrics::Metrics;
use nonce_window::NonceWindow;

/// The shared state; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// See [`App`].
pub struct Shared {
    /// The store.
    pub db: Db,
    /// Real time.
    pub clock: Box<dyn Clock>,
    /// Ids and secrets.
    pub ids: Ids,
    /// Password hashing.
    pub hasher: Hasher,
    /// What was set.
    pub settings: Settings,
    /// What was read and still holds.
    pub cache: Cache,
    /// Policies, read.
    pub documents: Documents,
    /// Faults that testers injected.
    pub faults: Faults,
    /// When keys were last used, until it is written.
    pub key_usage: KeyUsage,
    /// Nonces seen by this process.
    pub nonces: NonceWindow,
    /// The requests of late.
    pub journal: Journal,
    /// What is counted of them.
    pub metrics: Metrics,
    /// What resets go back to, once it was read.
    seed: OnceLock<Seeding>,
}

impl App {
    /// Puts the parts together.
    pub fn new(db: Db, clock: Box<dyn Clock>, ids: Ids, settings: Settings) -> Self {
        Self(Arc::new(Shared {
            db,
            clock,
            ids,
            hasher: Hasher::new(&settings.passwords),
            cache: Cache::default(),
            documents: Documents::default(),
            faults: Faults::default(),
            key_usage: KeyUsage::default(),
            nonces: NonceWindow::default(),
            journal: Journal::new(settings.journal.capacity, settings.journal.max_bytes),
            metrics: Metrics::default(),
            seed: OnceLock::new(),
            settings,
        }))
    }

    /// Sets, once, what resets go back to.
    pub fn set_seed(&self, seed: Seeding) {
        let _ = self.0.seed.set(seed);
    }

    /// What resets go back to.
    pub fn seed(&self) -> Option<&Seeding> {
        self.0.seed.get()
    }

    /// Real time now.
    pub fn system_now(&self) -> Time {
        self.clock.now()
    }
}

impl Deref for App {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}
