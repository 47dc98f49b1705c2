//! What has policies: users, groups and roles; must not know what the policies say.

use super::error::Noun;
use super::policy::PolicyQuota;

/// A kind of thing that has policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the noun it names")]
pub enum PolicyOwner {
    User,
    Group,
    Role,
}

impl PolicyOwner {
    /// The name in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
        }
    }

    /// Reads what `as_str` gave.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::User, Self::Group, Self::Role].into_iter().find(|kind| kind.as_str() == text)
    }

    /// What errors call it.
    pub fn noun(self) -> Noun {
        match self {
            Self::User => Noun::User,
            Self::Group => Noun::Group,
            Self::Role => Noun::Role,
        }
    }

    /// What errors call a policy that is part of it.
    pub fn inline_noun(self) -> Noun {
        match self {
            Self::User => Noun::UserPolicy,
            Self::Group => Noun::GroupPolicy,
            Self::Role => Noun::RolePolicy,
        }
    }

    /// What the policies that are part of it may measure together.
    pub fn inline_quota(self) -> PolicyQuota {
        match self {
            Self::User => PolicyQuota::User,
            Self::Group => PolicyQuota::Group,
            Self::Role => PolicyQuota::Role,
        }
    }
}

/// The one that has policies.
#[derive(Clone, Copy, Debug)]
pub struct OwnedBy<'a> {
    /// The account it belongs to.
    pub account_id: &'a str,
    /// Its kind.
    pub kind: PolicyOwner,
    /// Its id.
    pub id: &'a str,
}

/// A policy that is part of a user, a group or a role.
#[derive(Clone, Debug)]
pub struct InlinePolicy {
    /// Its name, unique in its owner without regard to case.
    pub name: String,
    /// The document, as it was given.
    pub document: String,
}

/// A managed policy that a user, a group or a role has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachedPolicy {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
}

/// What a managed policy is used for (IAM 2010-05-08 ListPolicies, PolicyUsageFilter).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyUsage {
    /// To give permissions.
    Permissions,
    /// To bound them.
    Boundary,
}
