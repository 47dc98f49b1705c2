//! The requests of late, for testers: kept in memory, the oldest go first.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Serialize, Serializer};
use tokio::sync::watch;

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
    /// At the door of the console.
    SignIn,
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
            Self::SignIn => "sign-in",
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

/// How a sign-in at the console went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entrance {
    /// What came of it: `signed-in`, `refused`, or the step that is still to come.
    pub outcome: &'static str,
    /// Whether a second factor was shown.
    pub mfa_used: bool,
    /// Whether the account has the user who was named.
    pub is_known: bool,
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
    /// The error's text, where it can hold nothing secret.
    pub message: Option<String>,
    /// Where it came from.
    pub source_address: Option<String>,
    /// What the client calls itself.
    pub user_agent: Option<String>,
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
    /// What it was to the console's door, of a sign-in.
    #[serde(skip)]
    pub entrance: Option<Entrance>,
}

impl Entry {
    /// About how many bytes it takes. What it shares with others is not its own.
    fn weight(&self) -> usize {
        let texts = [
            Some(&self.request_id),
            Some(&self.time),
            Some(&self.action),
            self.account.as_ref(),
            self.principal.as_ref(),
            self.access_key_id.as_ref(),
            self.error.as_ref(),
            self.message.as_ref(),
            self.source_address.as_ref(),
            self.user_agent.as_ref(),
            self.fault.as_ref(),
        ];
        let sized = size_of::<Self>().saturating_add(texts.into_iter().flatten().map(String::len).sum());
        let parameters = self.parameters.0.iter().map(|(name, value)| of_texts([name, value]));
        let checks = self.checks.iter().map(|check| {
            let seen = check.seen.iter().map(|(key, values)| of_texts(values.iter().chain([key])));
            let own = size_of::<Check>().saturating_add(of_texts([&check.action, &check.resource]));
            // A ruling names a policy of each layer.
            seen.fold(own, usize::saturating_add).saturating_add(ROUGHLY_A_RULING)
        });
        let unchecked = self.unchecked.iter().map(|one| {
            let arn = one.arn.as_ref().map_or(0, String::len);
            size_of::<Unchecked>().saturating_add(one.action.len()).saturating_add(arn)
        });
        parameters.chain(checks).chain(unchecked).fold(sized, usize::saturating_add)
    }
}

/// What a ruling holds beside what it is made of, in bytes.
const ROUGHLY_A_RULING: usize = 512;

fn of_texts<'a>(texts: impl IntoIterator<Item = &'a String>) -> usize {
    texts.into_iter().map(|text| text.len().saturating_add(size_of::<String>())).fold(0, usize::saturating_add)
}

/// The journal.
#[derive(Debug)]
pub struct Journal {
    capacity: usize,
    most_bytes: usize,
    ring: Mutex<Ring>,
    /// The place after the newest entry, for those who wait for the next.
    end: watch::Sender<u64>,
}

/// The entries, each with its place in all that was ever written.
#[derive(Debug, Default)]
struct Ring {
    entries: VecDeque<(u64, Arc<Entry>)>,
    /// What the entries weigh.
    bytes: usize,
    end: u64,
    /// The place after the last entry that had to make room.
    gone: u64,
}

/// What was written from a place on.
#[derive(Debug)]
pub struct Passage {
    /// The entries, the oldest first.
    pub entries: Vec<Arc<Entry>>,
    /// Where to read on.
    pub next: u64,
    /// How many had made room before they were read.
    pub missed: u64,
}

impl Journal {
    /// A journal of so many entries and bytes at the most. The newest entry is kept whatever it weighs.
    pub fn new(capacity: usize, most_bytes: usize) -> Self {
        Self { capacity, most_bytes, ring: Mutex::default(), end: watch::Sender::new(0) }
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The most entries.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// About how many bytes the entries take.
    #[cfg(test)]
    fn bytes(&self) -> usize {
        self.ring().bytes
    }

    /// The entry of this request.
    pub fn find(&self, request_id: &str) -> Option<Arc<Entry>> {
        let ring = self.ring();
        ring.entries.iter().rev().find(|(_, entry)| entry.request_id == request_id).map(|(_, entry)| entry.clone())
    }

    /// Whether anything is kept at all.
    pub fn is_on(&self) -> bool {
        self.capacity > 0
    }

    /// Adds an entry.
    pub fn add(&self, entry: Entry) {
        let weight = entry.weight();
        let end = {
            let mut ring = self.ring();
            while ring.entries.len() >= self.capacity.max(1) || ring.bytes.saturating_add(weight) > self.most_bytes {
                let Some((place, oldest)) = ring.entries.pop_front() else { break };
                ring.bytes = ring.bytes.saturating_sub(oldest.weight());
                ring.gone = place.saturating_add(1);
            }
            ring.bytes = ring.bytes.saturating_add(weight);
            let place = ring.end;
            ring.entries.push_back((place, Arc::new(entry)));
            ring.end = place.saturating_add(1);
            ring.end
        };
        self.end.send_if_modified(|newest| {
            let is_newer = *newest < end;
            *newest = end.max(*newest);
            is_newer
        });
    }

    /// All entries, the oldest first.
    pub fn all(&self) -> Vec<Arc<Entry>> {
        self.ring().entries.iter().map(|(_, entry)| entry.clone()).collect()
    }

    /// Forgets the entries of one account, or all.
    pub fn clear(&self, account: Option<&str>) {
        let mut ring = self.ring();
        ring.entries.retain(|(_, entry)| account.is_some() && entry.account.as_deref() != account);
        ring.bytes = ring.entries.iter().map(|(_, entry)| entry.weight()).fold(0, usize::saturating_add);
    }

    /// The place after the newest entry.
    pub fn end(&self) -> u64 {
        self.ring().end
    }

    /// The place after the entry of this request, where it is still there.
    pub fn after(&self, request_id: &str) -> Option<u64> {
        let ring = self.ring();
        let found = ring.entries.iter().rev().find(|(_, entry)| entry.request_id == request_id);
        found.map(|(place, _)| place.saturating_add(1))
    }

    /// So many entries from this place on.
    pub fn read(&self, from: u64, most: usize) -> Passage {
        let ring = self.ring();
        let start = ring.entries.partition_point(|(place, _)| *place < from);
        let found: Vec<_> = ring.entries.iter().skip(start).take(most).collect();
        let next = found.last().map_or(ring.end.max(from), |(place, _)| place.saturating_add(1));
        Passage {
            entries: found.iter().map(|(_, entry)| entry.clone()).collect(),
            next,
            missed: ring.gone.saturating_sub(from),
        }
    }

    /// Tells of the place after the newest entry whenever there is another.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.end.subscribe()
    }
}

#[cfg(test)]
#[path = "journal_tests.rs"]
mod tests;
