//! Managed policies, the account's own and the cloud's alike; must not know who has them.

use std::borrow::Cow;

use super::account::Cloud;
use super::arn;
use super::managed_policies::ManagedPolicy;
use super::time::Time;

/// The highest number that a version of an account's own policy has. Nobody makes so many; a state says of none more.
pub const MOST_VERSION: i64 = i32::MAX as i64;

/// The path of AWS's policies that only sessions of AssumeRoot may have.
const ROOT_TASK_PATH: &str = "/root-task/";

/// A managed policy that an account made (IAM 2010-05-08 Policy; RAM 2015-05-01 CreatePolicy).
#[derive(Clone, Debug)]
pub struct OwnPolicy {
    /// The account it belongs to.
    pub account_id: String,
    /// Its id.
    pub id: String,
    /// Its name, unique in the account without regard to case.
    pub name: String,
    /// Its path, `/` or `/…/`; `/` on Alibaba Cloud, which has none.
    pub path: String,
    /// Free text; empty is none.
    pub description: String,
    /// The number of the version in force.
    pub default_version: i64,
    /// The number that was given last: none is given twice.
    pub last_version: i64,
    /// When it was made.
    pub created_at: Time,
    /// When its newest version was made, or its description changed.
    pub updated_at: Time,
}

impl OwnPolicy {
    /// Its ARN.
    pub fn arn(&self, cloud: Cloud) -> String {
        arn::of(cloud, &self.account_id, arn::Kind::Policy, &self.path, &self.name)
    }
}

/// One version of a managed policy.
#[derive(Clone, Debug)]
pub struct PolicyVersion {
    /// Its id, such as `v2`.
    pub id: String,
    /// The document, as it was given.
    pub document: String,
    /// Whether it is the one in force.
    pub is_default: bool,
    /// When it was made.
    pub created_at: Time,
}

/// The id of the version with this number.
pub fn version_id(number: i64) -> String {
    format!("v{number}")
}

/// The number in a version's id.
pub fn version_number(id: &str) -> Option<i64> {
    let digits = id.strip_prefix('v')?;
    let plain = !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| plain)
}

/// A managed policy, whoever keeps it.
#[derive(Clone, Debug)]
pub enum AnyPolicy {
    /// The cloud keeps it for all accounts.
    Clouds(&'static ManagedPolicy),
    /// The account made it.
    Own(OwnPolicy),
}

impl AnyPolicy {
    /// Its ARN.
    pub fn arn(&self, cloud: Cloud) -> Cow<'_, str> {
        match self {
            Self::Clouds(policy) => policy.arn().into(),
            Self::Own(policy) => policy.arn(cloud).into(),
        }
    }

    /// Its id.
    pub fn id(&self) -> &str {
        match self {
            Self::Clouds(policy) => &policy.id,
            Self::Own(policy) => &policy.id,
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Clouds(policy) => &policy.name,
            Self::Own(policy) => &policy.name,
        }
    }

    /// Its path.
    pub fn path(&self) -> &str {
        match self {
            Self::Clouds(policy) => &policy.path,
            Self::Own(policy) => &policy.path,
        }
    }

    /// What it is for; empty is not said.
    pub fn description(&self) -> &str {
        match self {
            Self::Clouds(policy) => &policy.description,
            Self::Own(policy) => &policy.description,
        }
    }

    /// The id of the version in force.
    pub fn default_version_id(&self) -> String {
        match self {
            Self::Clouds(policy) => policy.default_version_id.clone(),
            Self::Own(policy) => version_id(policy.default_version),
        }
    }

    /// When it was made.
    pub fn created_at(&self) -> Time {
        match self {
            Self::Clouds(policy) => policy.created_at,
            Self::Own(policy) => policy.created_at,
        }
    }

    /// When its newest version was made.
    pub fn updated_at(&self) -> Time {
        match self {
            Self::Clouds(policy) => policy.updated_at,
            Self::Own(policy) => policy.updated_at,
        }
    }

    /// Whether the cloud keeps it for the roles of its own services or for sessions of other accounts' roots, so that
    /// nobody else may have it (IAM AttachRolePolicy, PolicyNotAttachable; STS AssumeRoot, TaskPolicyArn: inferred).
    pub fn is_reserved(&self) -> bool {
        matches!(self, Self::Clouds(policy) if policy.is_for_service_linked_roles() || policy.path == ROOT_TASK_PATH)
    }
}

/// How often a managed policy is used in an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PolicyUses {
    /// How many users, groups and roles have it.
    pub attachments: i64,
    /// How many users and roles it bounds.
    pub boundaries: i64,
}

/// A change that only the account that made a policy may make to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyChange {
    /// To delete it.
    Delete,
    /// To add a version.
    CreateVersion,
    /// To delete a version.
    DeleteVersion,
    /// To put another version in force.
    SetDefaultVersion,
    /// To describe it otherwise.
    Describe,
    /// To put labels on it or take them off.
    Tag,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::managed_policies::by_arn;

    #[test]
    fn policies_of_services_and_of_tasks_of_roots_are_reserved() {
        for (path, reserved) in [
            ("aws-service-role/AutoScalingServiceRolePolicy", true),
            ("root-task/IAMDeleteRootUserCredentials", true),
            ("job-function/Billing", false),
        ] {
            let policy = by_arn(&format!("arn:aws:iam::aws:policy/{path}")).unwrap();
            assert_eq!(AnyPolicy::Clouds(policy).is_reserved(), reserved, "{path}");
        }
    }

    #[test]
    fn a_version_id_names_its_number_and_nothing_else_does() {
        assert_eq!(version_number(&version_id(12)), Some(12));
        for bad in ["", "v", "12", "v0", "v01", "v+1", "v1.a", "v99999999999999999999", "V1"] {
            assert_eq!(version_number(bad), None, "{bad}");
        }
    }
}
