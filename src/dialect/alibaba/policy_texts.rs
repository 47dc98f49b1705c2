//! What RAM says of policies on users, groups and roles: the one place of these codes and texts.
//!
//! RAM documentation, "Error messages", says so unless a line says otherwise.

use super::errors::Fault;
use crate::domain::policy_owner::PolicyOwner;

/// What is said of a policy that is attached already.
pub(super) fn already_attached(owner: PolicyOwner) -> Fault {
    let (code, message) = match owner {
        PolicyOwner::User => ("EntityAlreadyExists.User.Policy", "The user has already been attached this policy."),
        PolicyOwner::Group => ("EntityAlreadyExists.Group.Policy", "The group has already been attached this policy."),
        // The code was observed; the text is inferred from the others.
        PolicyOwner::Role => ("EntityAlreadyExists.Role.Policy", "The role has already been attached this policy."),
    };
    Fault::new(409, code, message)
}

/// What is said of a policy that is not attached.
pub(super) fn not_attached(owner: PolicyOwner) -> Fault {
    let (code, message) = match owner {
        PolicyOwner::User => ("EntityNotExist.User.Policy", "The indicate policy of the user does not exist."),
        PolicyOwner::Group => {
            ("EntityNotExist.Group.Policy", "The indicate policy attached to the group does not exist.")
        }
        // The code was observed; the text is inferred from the others.
        PolicyOwner::Role => ("EntityNotExist.Role.Policy", "The indicate policy attached to the role does not exist."),
    };
    Fault::new(404, code, message)
}

/// What is said where no further policy may be attached.
pub(super) fn too_many_attached(owner: PolicyOwner) -> Fault {
    let (code, message) = match owner {
        PolicyOwner::User => {
            ("LimitExceeded.User.Policy", "The policy count of the user attached policies beyond the current limits.")
        }
        PolicyOwner::Group => {
            ("LimitExceeded.Group.Policy", "The policy count of the group beyond the current limits.")
        }
        PolicyOwner::Role => {
            ("LimitExceeded.Role.Policy", "The count of policies attached to the role beyond the current limits.")
        }
    };
    Fault::new(409, code, message)
}
