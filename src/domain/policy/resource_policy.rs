//! Policies of things of any service, a bucket's say, as another service that asks here has them; must not know what
//! the thing is.

use super::document::Document;
use super::fault::PolicyFault;
use super::unstored::{self, Missing};

/// Reads the policy of a thing (AWS IAM User Guide, "Identity-based policies and resource-based policies"). Which rules
/// its own service has for it is not looked at, but that each statement has an effect, actions and principals.
///
/// # Errors
/// The fault that AWS would tell of a role's trust policy.
pub fn parse_resource_policy(document: &str) -> Result<Document, PolicyFault> {
    unstored::read(document, Missing::Fault, unstored::somebody)
}

#[cfg(test)]
mod tests {
    use super::super::document::Selection;
    use super::*;

    #[test]
    fn a_buckets_policy_is_read_and_one_that_names_nobody_is_not() {
        let with = |rest: &str| {
            parse_resource_policy(&format!(
                r#"{{"Statement":[{{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"{rest}}}]}}"#
            ))
        };
        let read = with(r#","Principal":"*""#).unwrap();
        assert_eq!(read.principals().count(), 1);
        assert!(matches!(read.statements[0].principals, Some(Selection::Only(_))));
        let read = with(r#","NotPrincipal":{"AWS":"123456789012"}"#).unwrap();
        assert!(matches!(read.statements[0].principals, Some(Selection::AllBut(_))));
        assert!(matches!(with(""), Err(PolicyFault::MissingField("Principal"))));
        assert!(matches!(with(r#","Principal":"bob""#), Err(PolicyFault::KindlessPrincipal(_))));
        for bad in ["", "[]", "{}", r#"{"Statement":[{"Principal":"*"}]}"#] {
            assert!(parse_resource_policy(bad).is_err(), "{bad}");
        }
    }
}
