//! The policies that narrow a session.

use crate::domain::error::{Error, SessionFault};
use crate::domain::policy::PolicyLanguage;
use crate::domain::user::Tag;

use super::{Ctx, policies};

/// How many managed policies may narrow a session (STS 2011-06-15 AssumeRole, PolicyArns).
const MOST_POLICIES: usize = 10;
/// The most characters of the policy and the ARNs together (as above, Policy).
const LONGEST_TEXT: usize = 2_048;
/// How many characters of policies and tags fill a session. AWS packs them by a form it does not tell: inferred.
const FULL: usize = 4_096;

/// Checks the form of the policies for a session.
///
/// # Errors
/// `Policy`; `SessionFault` of policies.
pub(super) fn check(language: PolicyLanguage, policy: Option<&str>, arns: &[String]) -> Result<(), Error> {
    if arns.len() > MOST_POLICIES {
        return Err(SessionFault::TooManyPolicies(MOST_POLICIES).into());
    }
    if length(policy, arns) > LONGEST_TEXT {
        return Err(SessionFault::PolicyTooLong(LONGEST_TEXT).into());
    }
    if let Some(policy) = policy {
        language.parse_session(policy)?;
    }
    Ok(())
}

/// Makes sure that there are the managed policies for a session in the account.
///
/// # Errors
/// `NoSuchPolicy`.
pub(super) async fn find(ctx: &Ctx, account_id: &str, arns: &[String]) -> Result<(), Error> {
    let mut conn = ctx.app.db.read().await?;
    for arn in arns {
        if policies::find_in(&mut conn, ctx.cloud, account_id, arn).await?.is_none() {
            return Err(SessionFault::NoSuchPolicy(arn.clone()).into());
        }
    }
    Ok(())
}

fn length(policy: Option<&str>, arns: &[String]) -> usize {
    policy.map_or(0, |policy| policy.chars().count()) + arns.iter().map(|arn| arn.chars().count()).sum::<usize>()
}

/// How full a session is of its policies and tags, in percent.
///
/// # Errors
/// `PackedTooLarge`.
pub(super) fn packed_size(policy: Option<&str>, arns: &[String], tags: &[Tag]) -> Result<i64, Error> {
    let tags: usize = tags.iter().map(|tag| tag.key.chars().count() + tag.value.chars().count()).sum();
    let percent = ((length(policy, arns) + tags) * 100).div_ceil(FULL);
    let percent = i64::try_from(percent).map_err(Error::internal)?;
    if percent > 100 { Err(SessionFault::PackedTooLarge(percent).into()) } else { Ok(percent) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_are_counted_and_read() {
        let known = "arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned();
        let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
        assert!(check(PolicyLanguage::Iam, Some(policy), std::slice::from_ref(&known)).is_ok());
        let fault = |policy: Option<&str>, arns: &[String]| match check(PolicyLanguage::Iam, policy, arns) {
            Err(Error::Session(fault)) => fault,
            other => panic!("{other:?}"),
        };
        assert_eq!(fault(None, &vec![known.clone(); 11]), SessionFault::TooManyPolicies(10));
        let long = " ".repeat(2_049 - known.len());
        assert_eq!(fault(Some(&long), &[known]), SessionFault::PolicyTooLong(2_048));
        assert!(matches!(check(PolicyLanguage::Iam, Some("{"), &[]), Err(Error::Policy(_))));
    }

    #[test]
    fn a_session_can_be_too_full() {
        let tag = |length: usize| Tag { key: "k".into(), value: "v".repeat(length) };
        assert_eq!(packed_size(None, &[], &[]).unwrap(), 0);
        assert_eq!(packed_size(Some("x"), &[], &[]).unwrap(), 1);
        assert_eq!(packed_size(None, &[], &[tag(FULL - 1)]).unwrap(), 100);
        let full = packed_size(None, &[], &[tag(FULL)]);
        assert!(matches!(full, Err(Error::Session(SessionFault::PackedTooLarge(101)))));
    }
}
