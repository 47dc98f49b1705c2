//! Users of an account.

use serde::{Deserialize, Serialize};

use super::account::Cloud;
use super::arn;
use super::time::Time;

/// One user.
#[derive(Clone, Debug)]
pub struct User {
    /// The account it belongs to.
    pub account_id: String,
    /// Its id, 18 digits on Alibaba Cloud.
    pub id: String,
    /// Its name, unique in the account without regard to case.
    pub name: String,
    /// Its path, `/` or `/…/`; `/` on Alibaba Cloud, which has none.
    pub path: String,
    /// The ARN of the managed policy that bounds what it may do.
    pub permissions_boundary: Option<String>,
    /// The name shown to people.
    pub display_name: String,
    /// Free text; empty is none.
    pub comments: String,
    /// E-mail address; empty is none.
    pub email: String,
    /// Phone number; empty is none.
    pub mobile_phone: String,
    /// When it was made.
    pub created_at: Time,
    /// When it was last changed.
    pub updated_at: Time,
    /// The last successful sign-in.
    pub last_login_at: Option<Time>,
}

/// A label on a user or a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// The label's name.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// Whether tag keys that differ in case alone are the same, as recorded of each kind of resource on AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TagCase {
    /// They are: users and roles.
    Insensitive,
    /// They are not: managed policies.
    Sensitive,
}

impl TagCase {
    /// Whether two keys are the same.
    pub fn is_same(self, a: &str, b: &str) -> bool {
        match self {
            Self::Insensitive => a.to_lowercase() == b.to_lowercase(),
            Self::Sensitive => a == b,
        }
    }
}

/// The most tags on one user (RAM documentation, "Limits").
pub const MOST_TAGS: usize = 20;

impl User {
    /// Its ARN.
    pub fn arn(&self, cloud: Cloud) -> String {
        arn::of(cloud, &self.account_id, arn::Kind::User, &self.path, &self.name)
    }
}

/// How a caller names a user.
#[derive(Clone, Debug)]
pub enum UserRef {
    /// By name.
    Name(String),
    /// By id.
    Id(String),
    /// By one of its access keys.
    AccessKey(String),
}

impl UserRef {
    /// What it is named by.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Name(text) | Self::Id(text) | Self::AccessKey(text) => text,
        }
    }
}

/// Which users a listing shows.
#[derive(Clone, Debug, Default)]
pub struct UserFilter {
    /// Only users whose path starts so.
    pub path_prefix: Option<String>,
    /// Only users with all of these labels; a label without a value matches every value.
    pub tags: Vec<(String, Option<String>)>,
    /// Only users whose console logon was switched off for idleness (`freeze`); see `UserStatus`.
    pub statuses: Vec<UserStatus>,
}

/// Whether a user is in use. Sesame has no operation that freezes a user, so that every one is active
/// (IMS 2019-08-15 ListUsers, Status).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserStatus {
    /// In use.
    Active,
    /// Frozen.
    Freeze,
}
