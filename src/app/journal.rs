//! The requests of late, for testers: kept in memory, the oldest go first.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Serialize, Serializer};

use crate::domain::policy::Check;

/// The parameters of a request, masked, by name.
#[derive(Debug, Default)]
pub struct Parameters(pub Vec<(String, String)>);

impl Serialize for Parameters {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// One request. It holds no secret: parameters come masked.
#[derive(Debug, Serialize)]
pub struct Entry {
    /// The id told to the client.
    pub request_id: String,
    /// When, by the clock of the account.
    pub time: String,
    /// The wire format and API.
    pub dialect: &'static str,
    /// The action asked for.
    pub action: String,
    /// The account it acted in.
    pub account: Option<String>,
    /// The ARN of the caller.
    pub principal: Option<String>,
    /// The key that signed.
    pub access_key_id: Option<String>,
    /// The operation's parameters.
    pub parameters: Parameters,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The error's code.
    pub error: Option<String>,
    /// How long it took, in microseconds.
    pub duration_us: u64,
    /// `allowed`, `denied`, or `audited` for what only auditing let through.
    pub decision: Option<&'static str>,
    /// All that was asked of policies.
    #[serde(skip)]
    pub checks: Vec<Check>,
}

/// The journal.
#[derive(Debug)]
pub struct Journal {
    capacity: usize,
    entries: Mutex<VecDeque<Arc<Entry>>>,
}

impl Journal {
    /// A journal of so many entries at the most.
    pub fn new(capacity: usize) -> Self {
        Self { capacity, entries: Mutex::default() }
    }

    fn entries(&self) -> MutexGuard<'_, VecDeque<Arc<Entry>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether anything is kept at all.
    pub fn is_on(&self) -> bool {
        self.capacity > 0
    }

    /// Adds an entry.
    pub fn add(&self, entry: Entry) {
        let mut entries = self.entries();
        while entries.len() >= self.capacity.max(1) {
            entries.pop_front();
        }
        entries.push_back(Arc::new(entry));
    }

    /// All entries, the oldest first.
    pub fn all(&self) -> Vec<Arc<Entry>> {
        self.entries().iter().cloned().collect()
    }

    /// Forgets the entries of one account, or all.
    pub fn clear(&self, account: Option<&str>) {
        self.entries().retain(|entry| account.is_some() && entry.account.as_deref() != account);
    }
}
