//! How requests name users, groups and roles with policies, and the policies themselves.

use serde::Deserialize;

use super::super::errors::{self, Fault};
use crate::domain::policy_owner::PolicyOwner;
use crate::domain::user::UserRef;
use crate::services::boundaries::BoundedRef;
use crate::services::policy_owners::OwnerRef;

/// Whose policy an operation is about: each takes one of these parameters.
#[derive(Deserialize)]
pub(super) enum Named {
    #[serde(rename = "UserName")]
    User(String),
    #[serde(rename = "GroupName")]
    Group(String),
    #[serde(rename = "RoleName")]
    Role(String),
}

impl Named {
    /// As use cases take it.
    pub(super) fn owner(self) -> OwnerRef {
        match self {
            Self::User(name) => OwnerRef::User(UserRef::Name(name)),
            Self::Group(name) => OwnerRef::Group(name),
            Self::Role(name) => OwnerRef::Role(name),
        }
    }
}

/// Whose boundary an operation is about.
#[derive(Deserialize)]
pub(super) enum NamedBounded {
    #[serde(rename = "UserName")]
    User(String),
    #[serde(rename = "RoleName")]
    Role(String),
}

impl NamedBounded {
    /// As use cases take it.
    pub(super) fn bounded(self) -> BoundedRef {
        match self {
            Self::User(name) => BoundedRef::User(UserRef::Name(name)),
            Self::Role(name) => BoundedRef::Role(name),
        }
    }
}

/// The parameter that names an owner of this kind.
pub(super) fn name_of(kind: PolicyOwner) -> &'static str {
    match kind {
        PolicyOwner::User => "UserName",
        PolicyOwner::Group => "GroupName",
        PolicyOwner::Role => "RoleName",
    }
}

/// Whether a text is an ARN of a managed policy, in whichever partition and of whichever account.
fn is_policy_arn(arn: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [arn, partition, service, region, account, resource] = parts[..] else { return false };
    let known_account = account == "aws" || (!account.is_empty() && account.bytes().all(|byte| byte.is_ascii_digit()));
    arn == "arn"
        && partition.starts_with("aws")
        && service == "iam"
        && region.is_empty()
        && known_account
        && resource.strip_prefix("policy/").is_some_and(|name| !name.is_empty())
}

/// Refuses what is no ARN of a managed policy. That ARNs of other things are refused too is inferred.
pub(super) fn check_policy_arn(arn: &str) -> Result<(), Fault> {
    if is_policy_arn(arn) { Ok(()) } else { Err(errors::invalid_policy_arn(arn)) }
}

/// As [`check_policy_arn`], for a permissions boundary, where the code is another.
pub(super) fn check_boundary_arn(arn: &str) -> Result<(), Fault> {
    if is_policy_arn(arn) { Ok(()) } else { Err(errors::invalid_boundary_arn(arn)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_of_managed_policies_are_told_from_others() {
        for good in [
            "arn:aws:iam::aws:policy/AdministratorAccess",
            "arn:aws-cn:iam::123456789012:policy/div/a",
            "arn:aws:iam::123456789012:policy/a:b",
        ] {
            assert!(check_policy_arn(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "this-is-no-arn-of-anything",
            "arn:aws:iam::123456789012:policy/",
            "arn:aws:iam::123456789012:role/a",
            "arn:aws:iam:us-east-1:123456789012:policy/a",
            "arn:aws:s3:::policy/a",
            "acs:ram::system:policy/ReadOnlyAccess",
        ] {
            assert!(check_policy_arn(bad).is_err(), "{bad}");
        }
    }
}
