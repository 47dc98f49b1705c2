//! Users, groups and roles as what has policies.

use crate::domain::error::{Error, Noun};
use crate::domain::policy_owner::{OwnedBy, PolicyOwner};
use crate::domain::user::UserRef;
use crate::store::{self, Conn};

use super::{groups, users};

/// How a caller names what has policies.
#[derive(Clone, Debug)]
pub enum OwnerRef {
    /// A user.
    User(UserRef),
    /// A group, by name.
    Group(String),
    /// A role, by name.
    Role(String),
}

/// What has policies, found.
#[derive(Clone, Debug)]
pub struct Owner {
    /// The account it belongs to.
    pub account_id: String,
    /// What it is.
    pub kind: PolicyOwner,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is a role that only the service it is linked to may change.
    pub is_protected: bool,
}

impl Owner {
    /// As the store asks for it.
    pub(super) fn key(&self) -> OwnedBy<'_> {
        OwnedBy { account_id: &self.account_id, kind: self.kind, id: &self.id }
    }
}

/// What `owner` names.
///
/// # Errors
/// `NotFound`.
pub(super) async fn find(conn: &mut Conn, account_id: &str, owner: &OwnerRef) -> Result<Owner, Error> {
    let (kind, id, name, is_protected) = match owner {
        OwnerRef::User(user) => {
            let user = users::get(conn, account_id, user).await?;
            (PolicyOwner::User, user.id, user.name, false)
        }
        OwnerRef::Group(name) => {
            let group = groups::find(conn, account_id, name).await?;
            (PolicyOwner::Group, group.id, group.name, false)
        }
        OwnerRef::Role(name) => {
            let role = store::roles::by_name(conn, account_id, name).await?;
            let role = role.ok_or_else(|| Error::missing(Noun::Role, &**name))?;
            (PolicyOwner::Role, role.id, role.name, role.service_name.is_some())
        }
    };
    Ok(Owner { account_id: account_id.to_owned(), kind, id, name, is_protected })
}

/// As [`find`], for a change (IAM 2010-05-08 AttachRolePolicy, UnmodifiableEntity).
///
/// # Errors
/// `NotFound`, `ProtectedRole`.
pub(super) async fn find_to_change(conn: &mut Conn, account_id: &str, owner: &OwnerRef) -> Result<Owner, Error> {
    let owner = find(conn, account_id, owner).await?;
    if owner.is_protected { Err(Error::ProtectedRole(owner.name)) } else { Ok(owner) }
}
