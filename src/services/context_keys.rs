//! Which context keys policies speak of.

use crate::domain::error::Error;
use crate::domain::policy::context_keys;
use crate::domain::policy_owner::PolicyOwner;
use crate::store;

use super::policy_owners::{self, OwnerRef};
use super::{Ctx, identity_policies};

/// A document that cannot be read: its place in the list, from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable(pub usize);

/// The keys of all documents; one that several documents speak of comes as often (recorded).
///
/// # Errors
/// The first document that cannot be read.
pub fn of_documents(documents: &[String]) -> Result<Vec<String>, Unreadable> {
    let mut keys = Vec::new();
    for (at, document) in documents.iter().enumerate() {
        keys.extend(context_keys(document).ok_or(Unreadable(at + 1))?);
    }
    Ok(keys)
}

/// The documents of a user, group or role: those of its groups and its boundary too (recorded).
///
/// # Errors
/// `NotFound`.
pub async fn documents_of(ctx: &Ctx, owner: &OwnerRef) -> Result<Vec<String>, Error> {
    let mut conn = ctx.app.db.read().await?;
    let account = &*ctx.account_id;
    let owner = policy_owners::find(&mut conn, account, owner).await?;
    let policies = identity_policies::of(ctx, &mut conn, &owner).await?;
    let boundary = match owner.kind {
        PolicyOwner::User => {
            let user = store::users::by_id(&mut conn, account, &owner.id).await?;
            user.and_then(|user| user.permissions_boundary)
        }
        PolicyOwner::Role => {
            let role = store::roles::by_id(&mut conn, account, &owner.id).await?;
            role.and_then(|role| role.permissions_boundary)
        }
        PolicyOwner::Group => None,
    };
    let has_boundary = |arn: &str| {
        policies
            .iter()
            .any(|policy| matches!(&policy.source, identity_policies::Source::Managed { arn: other } if other == arn))
    };
    let bounding = match boundary.filter(|arn| !has_boundary(arn)) {
        Some(arn) => identity_policies::managed(ctx, &mut conn, &arn).await?,
        None => None,
    };
    Ok(policies.into_iter().map(|policy| policy.document).chain(bounding).collect())
}
