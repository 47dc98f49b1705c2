//! Who is calling.

/// The one whom a request acts for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// The root of the account.
    Root,
    /// A user.
    User {
        /// The user's id.
        id: String,
        /// The user's name.
        name: String,
    },
    /// A role session given by STS.
    RoleSession {
        /// The session's id.
        session_id: String,
        /// The role's id.
        role_id: String,
        /// The role's name.
        role_name: String,
        /// The name given to the session.
        session_name: String,
        /// Whether a session policy narrows what it may do.
        narrowed: bool,
    },
}

impl Principal {
    /// The ARN that names this principal, `acs:ram::<account>:…` (STS 2015-04-01 GetCallerIdentity).
    pub fn arn(&self, account_id: &str) -> String {
        match self {
            Self::Root => format!("acs:ram::{account_id}:root"),
            Self::User { name, .. } => format!("acs:ram::{account_id}:user/{name}"),
            Self::RoleSession { role_name, session_name, .. } => {
                format!("acs:ram::{account_id}:assumed-role/{role_name}/{session_name}")
            }
        }
    }
}
