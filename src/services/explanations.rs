//! What became of a request's signature, told from the journal.

use crate::app::App;
use crate::app::journal::{Entry, Step};
use crate::config::Signatures;
use crate::domain::access_key;

/// What became of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// There was none.
    Unsigned,
    /// Nobody came so far as to look at it.
    NotReached,
    /// It, its key or its token was refused.
    Failed,
    /// Settings say that it counts for nothing.
    SettingsIgnore,
    /// Nobody here knows the secret of its key.
    KeyNeverIssued,
    /// It is right.
    Verified,
}

/// What became of a request's signature.
pub fn verification(app: &App, entry: &Entry) -> Verification {
    match (entry.scheme, &entry.caller, entry.refused_at) {
        (_, None, Some(Step::Credentials)) => Verification::Failed,
        (None, _, _) => Verification::Unsigned,
        (Some(_), None, _) => Verification::NotReached,
        (Some(_), Some(_), _) if app.settings.auth.signatures == Signatures::Ignore => Verification::SettingsIgnore,
        (Some(_), Some(_), _) if is_issued(entry) => Verification::Verified,
        (Some(_), Some(_), _) => Verification::KeyNeverIssued,
    }
}

/// Whether the key that signed was issued here.
pub fn is_issued(entry: &Entry) -> bool {
    entry.access_key_id.as_deref().is_some_and(access_key::was_issued)
}
