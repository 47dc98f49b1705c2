//! Sealed messages on denials, opened, with what is to be told of the policies that bore on them (RAM 2015-05-01
//! DecodeDiagnosticMessage).

use crate::domain::error::Error;
use crate::domain::own_policy::AnyPolicy;
use crate::domain::policy_owner::{OwnedBy, PolicyOwner};
use crate::store::{self, Conn};

use super::Ctx;
use super::authorization_messages::{self, AuthorizationMessage, MatchedStatement};
use super::policies;

/// A message, opened.
#[derive(Debug)]
pub struct Diagnosis {
    /// What it says.
    pub message: AuthorizationMessage,
    /// The policies that bore on the denial.
    pub matched: Vec<MatchedPolicy>,
}

/// A policy that bore on a denial.
#[derive(Debug)]
pub struct MatchedPolicy {
    /// The statement of it that did.
    pub statement: MatchedStatement,
    /// The version that is in force now, of an account's own policy.
    pub version: Option<i64>,
    /// What has the policy now.
    pub attached_to: Option<PolicyOwner>,
}

/// Opens a message of the caller's account.
///
/// # Errors
/// `MessageUnreadable`.
pub async fn open(ctx: &Ctx, encoded: &str) -> Result<Diagnosis, Error> {
    let mut message = authorization_messages::decode(ctx, encoded).await?;
    let mut conn = ctx.app.db.read().await?;
    let mut matched = Vec::new();
    for statement in std::mem::take(&mut message.matched) {
        let version = match &statement.policy_arn {
            Some(arn) => match policies::find(ctx, &mut conn, arn).await? {
                Some(AnyPolicy::Own(policy)) => Some(policy.default_version),
                Some(AnyPolicy::Clouds(_)) | None => None,
            },
            None => None,
        };
        let attached_to = attached_to(ctx, &mut conn, &message, &statement).await?;
        matched.push(MatchedPolicy { statement, version, attached_to });
    }
    Ok(Diagnosis { message, matched })
}

/// A user's policy that it has not itself comes by one of its groups.
async fn attached_to(
    ctx: &Ctx,
    conn: &mut Conn,
    message: &AuthorizationMessage,
    statement: &MatchedStatement,
) -> Result<Option<PolicyOwner>, Error> {
    let kinds = [PolicyOwner::User, PolicyOwner::Group, PolicyOwner::Role];
    let kind = |name: &str| kinds.into_iter().find(|kind| kind.as_str() == name);
    if let Some(owner) = statement.owner_kind.as_deref() {
        return Ok(kind(owner));
    }
    let (Some(PolicyOwner::User), Some(arn)) = (kind(&message.principal_kind), &statement.policy_arn) else {
        return Ok(kind(&message.principal_kind));
    };
    let of = OwnedBy { account_id: &ctx.account_id, kind: PolicyOwner::User, id: &message.principal_id };
    let own = store::policy_attachments::of_owner(conn, of).await?;
    Ok(Some(if own.iter().any(|policy| policy.arn == *arn) { PolicyOwner::User } else { PolicyOwner::Group }))
}
