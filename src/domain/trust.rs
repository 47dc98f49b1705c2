//! How trust policies are kept and shown, by their language; must not know which cloud has which, nor who exists.

use std::collections::HashMap;

use super::account::Cloud;
use super::arn;
use super::error::Error;
use super::policy::{Document, NamedPrincipal, PolicyLanguage, Principal, parse_trust, rewritten};

impl PolicyLanguage {
    /// Checks the trust policy of a role; gives those whom it names, where they must exist: in IAM, which keeps them by
    /// ids, so that someone else of the same name is not meant (AWS IAM User Guide, "AWS JSON policy elements:
    /// Principal"). RAM's documentation hints that they must exist there too, and gives no error for it: whom its
    /// policies name need not exist, and they are kept as they were given (inferred).
    ///
    /// # Errors
    /// `Policy`, `PolicyTooLarge`.
    pub fn check_trust(self, document: &str, role_name: &str) -> Result<Vec<NamedPrincipal>, Error> {
        let policy = self.read_trust(document, role_name)?;
        Ok(match self {
            Self::Ram => Vec::new(),
            Self::Iam => policy.principals().cloned().collect(),
        })
    }

    /// The form in which a sound trust policy is kept: `ids` are those of the principals that have one, by the names
    /// in the document. An account that is named by its number is named by its root from then on (seen).
    pub fn kept(self, document: &str, ids: &HashMap<String, String>) -> String {
        let rename = |name: &str| {
            let root = || Cloud::Aws.is_account_id(name).then(|| arn::root(Cloud::Aws, name));
            ids.get(name).cloned().or_else(root)
        };
        match self {
            Self::Ram => document.to_owned(),
            Self::Iam => rewritten(document, rename).unwrap_or_else(|| document.to_owned()),
        }
    }

    /// The ids in a trust policy that is kept: answers show those who still exist by their names.
    pub fn ids(self, kept: &str) -> Vec<String> {
        // most have none, and need no reading
        let may_have = self == Self::Iam && ["AIDA", "AROA"].iter().any(|prefix| kept.contains(prefix));
        let policy = if may_have { parse_trust(kept).ok() } else { None };
        let principals = policy.iter().flat_map(Document::principals);
        principals
            .filter_map(|named| match &named.who {
                Principal::UniqueId(id) => Some(id.clone()),
                _ => None,
            })
            .collect()
    }

    /// A kept trust policy as answers show it, `names` being those of the ids that still stand for someone.
    pub fn shown(self, kept: &str, names: &HashMap<String, String>) -> String {
        rewritten(kept, |id| names.get(id).cloned()).unwrap_or_else(|| kept.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::PolicyQuota;

    const ID: &str = "AIDAAAAAAAAAAAAAAAAAA";
    const ARN: &str = "arn:aws:iam::123456789012:user/a";

    fn policy(principals: &str) -> String {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":{principals}}},"Action":"sts:AssumeRole"}}]}}"#
        )
    }

    #[test]
    fn names_are_kept_as_ids_and_shown_as_names_while_they_stand_for_someone() {
        let given = policy(&format!(r#"["{ARN}","123456789012"]"#));
        let named = PolicyLanguage::Iam.check_trust(&given, "r").unwrap();
        assert_eq!(named.len(), 2);
        let kept = PolicyLanguage::Iam.kept(&given, &HashMap::from([(ARN.to_owned(), ID.to_owned())]));
        assert_eq!(kept, policy(&format!(r#"["{ID}","arn:aws:iam::123456789012:root"]"#)));
        assert_eq!(PolicyLanguage::Iam.ids(&kept), [ID]);
        let names = HashMap::from([(ID.to_owned(), ARN.to_owned())]);
        assert!(PolicyLanguage::Iam.shown(&kept, &names).contains(ARN));
        assert_eq!(PolicyLanguage::Iam.shown(&kept, &HashMap::new()), kept);
    }

    #[test]
    fn the_language_of_ram_is_kept_as_it_was_given() {
        let given = r#"{"Version":"1","Statement":[{"Action":"sts:AssumeRole","Effect":"Allow",
            "Principal":{"RAM":["acs:ram::1:root"]}}]}"#;
        assert_eq!(PolicyLanguage::Ram.check_trust(given, "r").unwrap(), []);
        assert_eq!(PolicyLanguage::Ram.kept(given, &HashMap::new()), given);
        assert!(matches!(PolicyLanguage::Ram.check_trust("{}", "r"), Err(Error::Policy(_))));
        assert!(matches!(PolicyLanguage::Iam.check_trust(given, "r"), Err(Error::Policy(_))));
    }

    #[test]
    fn white_space_does_not_count_towards_the_quota() {
        let sid = |letters: usize| {
            policy("\"*\"").replacen("{\"Effect\"", &format!("{{\"Sid\":\"{}\",\"Effect\"", "a".repeat(letters)), 1)
        };
        let room = 2_048 - sid(0).len();
        let spaced = sid(room).replace(':', " : ");
        // an action's colon is not one between elements
        let spaced = spaced.replace("sts : AssumeRole", "sts:AssumeRole");
        assert!(PolicyLanguage::Iam.check_trust(&spaced, "r").is_ok());
        let fault = PolicyLanguage::Iam.check_trust(&sid(room + 1), "r").unwrap_err();
        assert!(matches!(fault, Error::PolicyTooLarge(PolicyQuota::Trust, _)), "{fault}");
    }
}
