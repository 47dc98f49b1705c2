//! The requests of late, for testers: kept in memory, the oldest go first.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Serialize, Serializer};

use super::cache::SignerSession;
use crate::domain::account::Cloud;
use crate::domain::policy::Check;
use crate::domain::principal::Principal;
use crate::domain::target::Target;

/// The parameters of a request, masked, by name.
#[derive(Debug, Default)]
pub struct Parameters(pub Vec<(String, String)>);

impl Serialize for Parameters {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// Where a request was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Its form, or what it asks for.
    Request,
    /// Its signature, key or token.
    Credentials,
    /// By a policy, or a setting in a policy's place.
    Authorization,
    /// By the operation itself.
    Operation,
    /// By a fault that a tester injected.
    Fault,
}

impl Step {
    /// The name in the control surface.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Credentials => "credentials",
            Self::Authorization => "authorization",
            Self::Operation => "operation",
            Self::Fault => "fault",
        }
    }
}

/// What policies were not asked, since they do not bind the caller: as the request named it, looked up when somebody
/// wants to know.
#[derive(Clone, Debug)]
pub struct Unchecked {
    /// The action.
    pub action: Cow<'static, str>,
    /// What it was done to.
    pub target: Target,
    /// Its ARN, where it is known already.
    pub arn: Option<String>,
    /// The setting of the account that permits it, whatever policies do not say.
    pub granted_by: Option<&'static str>,
}

/// Who called.
#[derive(Debug)]
pub struct Caller {
    /// The principal.
    pub principal: Principal,
    /// The session behind the credentials, when they are temporary.
    pub session: Option<Arc<SignerSession>>,
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
    /// The HTTP status of the answer; 0 where a fault closed the connection before there was one.
    pub status: u16,
    /// The error's code.
    pub error: Option<String>,
    /// How long it took, in microseconds.
    pub duration_us: u64,
    /// `allowed`, `denied`, or `audited` for what only auditing let through.
    pub decision: Option<&'static str>,
    /// The injected fault that did something to it.
    pub fault: Option<String>,
    /// All that was asked of policies.
    #[serde(skip)]
    pub checks: Vec<Check>,
    /// What would have been asked of them.
    #[serde(skip)]
    pub unchecked: Vec<Unchecked>,
    /// Whose API it called.
    #[serde(skip)]
    pub cloud: Cloud,
    /// Where it was refused.
    #[serde(skip)]
    pub refused_at: Option<Step>,
    /// How it was signed; `None` for one without a signature.
    #[serde(skip)]
    pub scheme: Option<&'static str>,
    /// Who called, once that is known.
    #[serde(skip)]
    pub caller: Option<Caller>,
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

    /// The most entries.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// The entry of this request.
    pub fn find(&self, request_id: &str) -> Option<Arc<Entry>> {
        self.entries().iter().rev().find(|entry| entry.request_id == request_id).cloned()
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
