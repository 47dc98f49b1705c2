//! Who is calling.

use super::account::Cloud;
use super::arn::{self, Kind};
use super::service_access::{Accessor, AccessorKind};

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
        /// The user's path, `/` where the cloud has none.
        path: String,
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
    /// Nobody: a call that carries its proof in its parameters (STS 2011-06-15 AssumeRoleWithWebIdentity).
    Anonymous,
    /// A federated user's session (STS 2011-06-15 GetFederationToken).
    FederatedUser {
        /// The session's id.
        session_id: String,
        /// The name given to the federated user.
        name: String,
    },
}

impl Principal {
    /// Whose use of services this principal's calls are: users and roles have their uses reported.
    pub fn accessor(&self, account_id: &str) -> Option<Accessor> {
        let (kind, id) = match self {
            Self::User { id, .. } => (AccessorKind::User, id),
            Self::RoleSession { role_id, .. } => (AccessorKind::Role, role_id),
            Self::Root | Self::Anonymous | Self::FederatedUser { .. } => return None,
        };
        Some(Accessor { account_id: account_id.to_owned(), kind, id: id.clone() })
    }

    /// The id that names this principal for good (STS 2011-06-15 GetCallerIdentity, UserId).
    pub fn unique_id(&self, account_id: &str) -> String {
        match self {
            Self::Root | Self::Anonymous => account_id.to_owned(),
            Self::User { id, .. } => id.clone(),
            Self::RoleSession { role_id, session_name, .. } => format!("{role_id}:{session_name}"),
            Self::FederatedUser { name, .. } => format!("{account_id}:{name}"),
        }
    }

    /// The ARN that names this principal (GetCallerIdentity of STS 2015-04-01 and STS 2011-06-15).
    pub fn arn(&self, cloud: Cloud, account_id: &str) -> String {
        match self {
            Self::Root => arn::root(cloud, account_id),
            Self::User { name, path, .. } => arn::of(cloud, account_id, Kind::User, path, name),
            Self::RoleSession { role_name, session_name, .. } => {
                arn::role_session(cloud, account_id, role_name, session_name)
            }
            Self::Anonymous => "anonymous".to_owned(),
            Self::FederatedUser { name, .. } => arn::federated_user(account_id, name),
        }
    }
}
