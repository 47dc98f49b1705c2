//! Instance profiles, in which EC2 instances find the role they are to have; must not know how they are stored.

use super::account::Cloud;
use super::arn::{self, Kind};
use super::time::Time;

/// One instance profile.
#[derive(Clone, Debug)]
pub struct InstanceProfile {
    /// The account it belongs to.
    pub account_id: String,
    /// Its id.
    pub id: String,
    /// Its name, unique in the account without regard to case.
    pub name: String,
    /// Its path, `/` or `/…/`.
    pub path: String,
    /// The id of the one role it has room for (AWS IAM User Guide, "IAM and AWS STS quotas").
    pub role_id: Option<String>,
    /// When it was made.
    pub created_at: Time,
}

impl InstanceProfile {
    /// Its ARN.
    pub fn arn(&self, cloud: Cloud) -> String {
        arn::of(cloud, &self.account_id, Kind::InstanceProfile, &self.path, &self.name)
    }
}
