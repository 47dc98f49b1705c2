//! What a request does not see yet: a cloud's copies learn of new things late, and testers say by how much. It goes
//! with the task that answers the request, so that every look-up keeps to it and no use case has to know.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::domain::fault::Kind;
use crate::domain::time::Time;

/// What one rule hides.
#[derive(Debug)]
pub struct Veil {
    /// The rule's id.
    pub fault_id: String,
    /// What is hidden.
    pub kinds: Vec<Kind>,
    /// What came into being after this is.
    pub since: Time,
    hid: AtomicBool,
}

impl Veil {
    /// A veil that hid nothing yet.
    pub fn new(fault_id: String, kinds: Vec<Kind>, since: Time) -> Self {
        Self { fault_id, kinds, since, hid: AtomicBool::new(false) }
    }

    /// Whether it hid anything.
    pub fn has_hidden(&self) -> bool {
        self.hid.load(Ordering::Relaxed)
    }

    /// Whether it hides something of this kind; remembers that it did.
    pub fn hides(&self, kind: Kind, created_at: Time) -> bool {
        let hides = created_at > self.since && self.kinds.contains(&kind);
        if hides {
            self.hid.store(true, Ordering::Relaxed);
        }
        hides
    }
}

/// What is being done: whoever decides on a request looks at what policies are in force, the operation at the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looking {
    /// Authorization.
    AtPolicies,
    /// The operation itself.
    AtThings,
}

tokio::task_local! {
    static SIGHT: (Arc<[Veil]>, Looking);
}

/// Runs something that does not see what these veils hide.
pub async fn behind<T>(veils: Option<&Arc<[Veil]>>, looking: Looking, work: impl Future<Output = T>) -> T {
    match veils {
        Some(veils) => SIGHT.scope((veils.clone(), looking), work).await,
        None => work.await,
    }
}

/// Runs an authorization: it sees who calls and what bounds them, and of the policies in force those that are known.
pub async fn at_policies<T>(work: impl Future<Output = T>) -> T {
    match SIGHT.try_with(|(veils, _)| veils.clone()) {
        Ok(veils) => SIGHT.scope((veils, Looking::AtPolicies), work).await,
        Err(_) => work.await,
    }
}

/// Whether anything may be hidden from this task: then what it finds is not what others find.
pub fn is_veiled() -> bool {
    SIGHT.try_with(|_| ()).is_ok()
}

/// Whether this task sees something of this kind that came into being then.
pub(super) fn sees(kind: Kind, created_at: Time) -> bool {
    let hidden = SIGHT.try_with(|(veils, looking)| {
        let is_policy_in_force = kind == Kind::Attachment;
        // Every veil is asked: each tells whether it hid anything.
        let hiding = |veils: &[Veil]| veils.iter().filter(|veil| veil.hides(kind, created_at)).count() > 0;
        (is_policy_in_force == (*looking == Looking::AtPolicies)) && hiding(veils)
    });
    !hidden.unwrap_or(false)
}
