//! What a call is about, as it says; must not know whether there is such a thing.

use super::arn::Kind;
use super::user::UserRef;

/// What a call is about, as the call names it.
#[derive(Clone, Debug)]
pub enum Target {
    /// A user.
    User(UserRef),
    /// The caller itself.
    Caller,
    /// Something else with a name.
    Named(Kind, String),
    /// Something with this ARN.
    Arn(String),
    /// Something that is yet to be made.
    New {
        /// Its kind.
        kind: Kind,
        /// Its path, `/` where it has none.
        path: String,
        /// Its name.
        name: String,
    },
    /// What something becomes under another path or name; what is not given stays.
    Moved {
        /// Its kind.
        kind: Kind,
        /// The name that it has.
        name: String,
        /// The path to come.
        new_path: Option<String>,
        /// The name to come.
        new_name: Option<String>,
    },
    /// Just this, whether it is there or not: an ARN that may have wildcards, or `*`.
    Exactly(String),
}
