//! The tags of a session: what is asked for, and what comes from the session it is asked for with; must not know roles
//! or policies.
//!
//! The rules are those of the AWS IAM User Guide, "Pass session tags in AWS STS".

use std::collections::HashSet;

use super::error::SessionFault;
use super::session::SessionContext;
use super::user::Tag;

/// How many tags a session may have.
const MOST_TAGS: usize = 50;
/// What the keys of AWS's own tags begin with.
const RESERVED: &str = "aws:";

fn folded(key: &str) -> String {
    key.to_lowercase()
}

/// The tags of a session, and the keys of the transitive ones among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionTags {
    /// The tags: those inherited, then those given.
    pub tags: Vec<Tag>,
    /// The keys of those that sessions made with this one will have too.
    pub transitive_keys: Vec<String>,
}

impl SessionTags {
    /// The tags of a session asked for with `given` tags of which some keys are to be `transitive`, by a caller that
    /// itself may have a session.
    ///
    /// # Errors
    /// `RepeatedTag`, `ReservedTag`, `TransitiveTagMissing`, `InheritedTagGiven`, `TooManyTags`.
    pub fn new(
        given: Vec<Tag>,
        transitive: Vec<String>,
        caller: Option<&SessionContext>,
    ) -> Result<Self, SessionFault> {
        let mut keys = HashSet::new();
        if !given.iter().all(|tag| keys.insert(folded(&tag.key))) {
            return Err(SessionFault::RepeatedTag);
        }
        if keys.iter().any(|key| key.starts_with(RESERVED)) {
            return Err(SessionFault::ReservedTag);
        }
        if !transitive.iter().all(|key| keys.contains(&folded(key))) {
            return Err(SessionFault::TransitiveTagMissing);
        }
        let mut inherited = Self::default();
        if let Some(caller) = caller {
            if caller.transitive_keys.iter().any(|key| keys.contains(&folded(key))) {
                return Err(SessionFault::InheritedTagGiven);
            }
            let passes = |tag: &&Tag| caller.transitive_keys.iter().any(|key| folded(key) == folded(&tag.key));
            inherited.tags = caller.tags.iter().filter(passes).cloned().collect();
            inherited.transitive_keys.clone_from(&caller.transitive_keys);
        }
        inherited.tags.extend(given);
        inherited.transitive_keys.extend(transitive);
        if inherited.tags.len() > MOST_TAGS {
            return Err(SessionFault::TooManyTags(MOST_TAGS));
        }
        Ok(inherited)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(key: &str, value: &str) -> Tag {
        Tag { key: key.into(), value: value.into() }
    }

    fn keys(of: &[&str]) -> Vec<String> {
        of.iter().map(|key| (*key).to_owned()).collect()
    }

    fn caller() -> SessionContext {
        let tags = vec![tag("Team", "blue"), tag("Own", "1")];
        SessionContext { tags, transitive_keys: keys(&["team"]), ..SessionContext::default() }
    }

    #[test]
    fn transitive_tags_are_inherited_and_others_are_not() {
        let made = SessionTags::new(vec![tag("Cost", "7")], keys(&["cost"]), Some(&caller())).unwrap();
        assert_eq!(made.tags, [tag("Team", "blue"), tag("Cost", "7")]);
        assert_eq!(made.transitive_keys, ["team", "cost"]);
        assert_eq!(SessionTags::new(Vec::new(), Vec::new(), None).unwrap(), SessionTags::default());
    }

    #[test]
    fn keys_are_unique_whatever_their_case_and_inherited_ones_stay() {
        let refused = |given: Vec<Tag>, transitive: &[&str], caller: Option<&SessionContext>| {
            SessionTags::new(given, keys(transitive), caller).unwrap_err()
        };
        assert_eq!(refused(vec![tag("a", "1"), tag("A", "2")], &[], None), SessionFault::RepeatedTag);
        assert_eq!(refused(vec![tag("AWS:x", "1")], &[], None), SessionFault::ReservedTag);
        assert_eq!(refused(vec![tag("a", "1")], &["b"], None), SessionFault::TransitiveTagMissing);
        assert_eq!(refused(vec![tag("TEAM", "red")], &[], Some(&caller())), SessionFault::InheritedTagGiven);
        let many = (0..50).map(|number| tag(&number.to_string(), "")).collect();
        assert_eq!(refused(many, &[], Some(&caller())), SessionFault::TooManyTags(50));
    }
}
