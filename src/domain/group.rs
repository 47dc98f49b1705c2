//! Groups of users.

use super::account::Cloud;
use super::arn;
use super::time::Time;

/// One group (IAM 2010-05-08 Group; IMS 2019-08-15 CreateGroup).
#[derive(Clone, Debug)]
pub struct Group {
    /// The account it belongs to.
    pub account_id: String,
    /// Its id.
    pub id: String,
    /// Its name, unique in the account without regard to case.
    pub name: String,
    /// Its path, `/` or `/…/`; `/` on Alibaba Cloud, which has none.
    pub path: String,
    /// The name shown to people; empty on AWS, which has none.
    pub display_name: String,
    /// Free text; empty is none.
    pub comments: String,
    /// When it was made.
    pub created_at: Time,
    /// When it was last changed.
    pub updated_at: Time,
}

/// Someone in a group or a group of someone, and since when.
#[derive(Clone, Debug)]
pub struct Joined<T> {
    /// The one or the other.
    pub what: T,
    /// When the user was put into the group.
    pub since: Time,
}

impl Group {
    /// Its ARN.
    pub fn arn(&self, cloud: Cloud) -> String {
        arn::of(cloud, &self.account_id, arn::Kind::Group, &self.path, &self.name)
    }
}
