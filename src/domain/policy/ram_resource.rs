//! Resources as RAM's policies name them; must not know which resources there are.
//!
//! A resource is `acs:<service>:<region>:<account>:<relative id>` (RAM documentation, "Permission policy elements").

use super::fault::PolicyFault;
use super::pattern::{Grammar, Pattern};

/// `acs`, service, region, account, relative id.
const FIELDS: usize = 5;

/// Checks the form of a resource: everything, or all five fields of which the first is the prefix (RAM documentation,
/// "Validate policies").
pub(super) fn check(resource: &str) -> Result<(), PolicyFault> {
    if resource == "*" {
        return Ok(());
    }
    let mut fields = resource.splitn(FIELDS, ':');
    if fields.next() != Some("acs") {
        return Err(PolicyFault::ResourceNotArn(resource.to_owned()));
    }
    if fields.count() + 1 < FIELDS { Err(PolicyFault::ResourceWithFewFields(resource.to_owned())) } else { Ok(()) }
}

/// Whether a policy's resource means the one asked for. Wildcards stay within the field they stand in, but for the last
/// field, which has all that is left (inferred from the form, and from published policies as `acs:*:*cn-beijing*:*:*`).
///
/// RAM is in no region: none and `*` are the same there, whichever side says which (RAM 2015-05-01's pages print the
/// one, those of 2026 the other). That a policy without a region means any elsewhere too, and one without an account
/// any account, is inferred.
pub(super) fn matches(pattern: &str, resource: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    let (pattern, resource) = (fields(pattern), fields(resource));
    let (Some([_, service, region, account, id]), Some([_, of, in_region, in_account, id_of])) = (pattern, resource)
    else {
        return false;
    };
    let is_rams = is_rams(of);
    (field(service, of, true) || (is_rams && services_of_ram().any(|other| field(service, other, true))))
        && (region.is_empty() || field(region, in_region, true))
        && (account.is_empty() || field(account, in_account, false))
        && field(id, id_of, is_rams)
}

/// RAM and IMS are one service under two codes: the authorization page of IMS of 2026 gives both, that of 2020 `ims`
/// alone. That a policy may still say either is inferred.
fn services_of_ram() -> impl Iterator<Item = &'static str> {
    ["ram", "ims"].into_iter()
}

fn is_rams(service: &str) -> bool {
    services_of_ram().any(|code| code.eq_ignore_ascii_case(service))
}

/// The action under the other of the codes that RAM has, where it is one of RAM's.
pub(super) fn other_action(action: &str) -> Option<String> {
    let (code, name) = action.split_once(':')?;
    let other = services_of_ram().find(|other| !other.eq_ignore_ascii_case(code))?;
    is_rams(code).then(|| format!("{other}:{name}"))
}

/// Whether a field matches. RAM's own names are unique without regard to case, so that its relative ids compare so
/// (inferred); those of other services need not be.
fn field(pattern: &str, text: &str, ignores_case: bool) -> bool {
    if pattern == "*" {
        return true;
    }
    if pattern.contains(['*', '?']) {
        let grammar = Grammar { wildcards: true, ignores_case, ..Grammar::default() };
        return Pattern::parse(pattern, grammar).matches(text);
    }
    if ignores_case { pattern.eq_ignore_ascii_case(text) } else { pattern == text }
}

fn fields(text: &str) -> Option<[&str; FIELDS]> {
    let mut fields = text.splitn(FIELDS, ':');
    let mut next = || fields.next();
    Some([next()?, next()?, next()?, next()?, next()?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_is_everything_or_has_five_fields() {
        for resource in
            ["*", "acs:ram::1:user/a", "acs:oss:*:*:*", "acs:*:*cn-beijing*:*:*", "acs::::", "acs:a:b:c:d:e"]
        {
            assert_eq!(check(resource), Ok(()), "{resource}");
        }
        for resource in ["", "**", "arn:aws:s3:::b", "ACS:ram::1:user/a", "*:ram::1:*", "user/a"] {
            assert_eq!(check(resource), Err(PolicyFault::ResourceNotArn(resource.into())), "{resource}");
        }
        for resource in ["acs", "acs:", "acs:ram:*:1", "acs:*"] {
            assert_eq!(check(resource), Err(PolicyFault::ResourceWithFewFields(resource.into())), "{resource}");
        }
    }

    #[test]
    fn fields_are_compared_one_by_one() {
        let alice = "acs:ram::1:user/alice";
        for (pattern, resource, same) in [
            ("*", alice, true),
            ("*", "*", true),
            ("acs:ram::1:*", "*", false),
            ("acs:ram::1:user/alice", alice, true),
            ("acs:ram:*:1:user/alice", alice, true),
            ("acs:ram::1:user/alice", "acs:ram:*:1:user/alice", true),
            ("acs:ram:cn-hangzhou:1:user/alice", alice, false),
            ("acs:ram:*:*:user/*", alice, true),
            ("acs:ram:::user/*", alice, true),
            ("acs:ims::1:user/*", alice, true),
            ("acs:RAM::1:user/Alice", alice, true),
            ("acs:ram::1:user/?lice", alice, true),
            ("acs:ram::1:role/*", alice, false),
            ("acs:ram::2:*", alice, false),
            ("acs:*:*:*:*", alice, true),
            ("acs:r*::1:*", alice, true),
            ("acs:ram::1:*", "acs:ram::1:*", true),
            // a wildcard does not eat a colon
            ("acs:*:user/alice:x:y", alice, false),
            ("acs:ram:*:user/b", "acs:ram::1:user/b", false),
            ("acs:ram::*:b", "acs:ram::1:a:b", false),
            ("acs:ram::1:a*", "acs:ram::1:a:b", true),
            // elsewhere
            ("acs:oss:*:1:Bucket", "acs:oss:cn-beijing:1:bucket", false),
            ("acs:oss:*beijing:1:b", "acs:oss:cn-beijing:1:b", true),
            ("acs:ims::1:b", "acs:oss::1:b", false),
            ("acs:sts::1:user/alice", alice, false),
        ] {
            assert_eq!(matches(pattern, resource), same, "{pattern} {resource}");
        }
    }

    #[test]
    fn an_action_of_ram_has_two_codes() {
        assert_eq!(other_action("ram:GetUser").as_deref(), Some("ims:GetUser"));
        assert_eq!(other_action("IMS:GetUser").as_deref(), Some("ram:GetUser"));
        assert_eq!(other_action("sts:AssumeRole"), None);
        assert_eq!(other_action("*"), None);
    }
}
