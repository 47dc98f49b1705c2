//! Which texts can be actions; must not know which actions there are: AWS does not look when a policy is stored.

use super::fault::PolicyFault;

/// Checks the form of an action: everything, or a service and a name (recorded; that a service has a name at all is
/// inferred).
pub(super) fn check(action: &str) -> Result<(), PolicyFault> {
    if action == "*" {
        return Ok(());
    }
    let (vendor, name) = action.split_once(':').ok_or(PolicyFault::ActionWithoutVendor)?;
    if name.contains(':') {
        return Err(PolicyFault::ActionWithColons);
    }
    let named = !vendor.is_empty() && vendor.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
    if vendor == "*" || named { Ok(()) } else { Err(PolicyFault::InvalidVendor(vendor.to_owned())) }
}

/// What taking a role on consists of, after `sts:` (AWS STS API 2011-06-15, and AWS IAM User Guide, "Actions defined by
/// AWS Security Token Service").
const ROLE_TAKING: [&str; 7] = [
    "AssumeRole",
    "AssumeRoleWithSAML",
    "AssumeRoleWithWebIdentity",
    "AssumeRole*",
    "TagSession",
    "SetSourceIdentity",
    "SetContext",
];

/// Whether a trust policy may have the action. That letters compare without regard to case as they do elsewhere, and
/// that `AssumeRole*` is let pass and `sts:*` is not, is inferred.
pub(super) fn is_role_taking(action: &str) -> bool {
    action.split_once(':').is_some_and(|(vendor, name)| {
        vendor.eq_ignore_ascii_case("sts") && ROLE_TAKING.iter().any(|known| known.eq_ignore_ascii_case(name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_a_service_and_a_name() {
        for action in ["*", "*:*", "s3:*", "s3:", "s3-a.b:Get ä*", "S3:x"] {
            assert_eq!(check(action), Ok(()), "{action}");
        }
        for action in ["", "**", "Get", "?"] {
            assert_eq!(check(action), Err(PolicyFault::ActionWithoutVendor), "{action}");
        }
        for vendor in ["", "s3*", "a a", "ä", "s_3"] {
            assert_eq!(check(&format!("{vendor}:x")), Err(PolicyFault::InvalidVendor(vendor.into())), "{vendor}");
        }
        assert_eq!(check(":::"), Err(PolicyFault::ActionWithColons));
    }

    #[test]
    fn a_role_is_taken_on_by_these_actions_alone() {
        for action in ["sts:AssumeRole", "STS:assumerolewithsaml", "sts:TagSession", "sts:AssumeRole*"] {
            assert!(is_role_taking(action), "{action}");
        }
        for action in ["*", "sts:*", "sts:GetCallerIdentity", "AssumeRole", "s3:AssumeRole", ""] {
            assert!(!is_role_taking(action), "{action}");
        }
    }
}
