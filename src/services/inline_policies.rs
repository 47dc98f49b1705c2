//! Policies that are part of a user, a group or a role: put, get, list, delete.

use crate::domain::error::Error;
use crate::domain::name;
use crate::domain::policy_owner::InlinePolicy;
use crate::store;

use super::Ctx;
use super::groups::one_more;
use super::policy_owners::{self, Owner, OwnerRef};
use super::users::{Page, page_of};

/// Stores a policy; one of this name is replaced. The document is read before the owner is looked for (inferred).
///
/// # Errors
/// `Policy`, `NotFound`, `ProtectedRole`, `PolicyTooLarge` when the owner's policies together would be.
pub async fn put(ctx: &Ctx, owner: &OwnerRef, policy: &InlinePolicy) -> Result<(), Error> {
    let language = ctx.cloud.rules().policy_language;
    let read = language.parse_identity(&policy.document)?;
    ctx.app.documents.put(language.of_identities(), &policy.document, read);
    let size = i64::try_from(language.size(&policy.document)).map_err(Error::internal)?;
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let owner = policy_owners::find_to_change(&mut tx, &ctx.account_id, owner).await?;
    let others = store::inline_policies::size_of_others(&mut tx, owner.key(), &policy.name).await?;
    let quota = owner.kind.inline_quota();
    let together = usize::try_from(others.saturating_add(size)).map_err(Error::internal)?;
    if together > language.most(quota) {
        return Err(Error::PolicyTooLarge(quota, owner.name));
    }
    store::inline_policies::put(&mut tx, owner.key(), policy, size, ctx.now).await?;
    tx.commit().await
}

/// The owner and its policy of this name.
///
/// # Errors
/// `NotFound`.
pub async fn get(ctx: &Ctx, owner: &OwnerRef, policy_name: &str) -> Result<(Owner, InlinePolicy), Error> {
    let mut conn = ctx.app.db.read().await?;
    let owner = policy_owners::find(&mut conn, &ctx.account_id, owner).await?;
    let found = store::inline_policies::find(&mut conn, owner.key(), policy_name).await?;
    let found = found.ok_or_else(|| Error::missing(owner.kind.inline_noun(), policy_name))?;
    Ok((owner, found))
}

/// One page of the names of an owner's policies, in their order.
///
/// # Errors
/// `NotFound`.
pub async fn list(ctx: &Ctx, owner: &OwnerRef, after: &str, most: usize) -> Result<Page<String>, Error> {
    let mut conn = ctx.app.db.read().await?;
    let owner = policy_owners::find(&mut conn, &ctx.account_id, owner).await?;
    let after = name::key(after);
    let names = store::inline_policies::page(&mut conn, owner.key(), &after, one_more(most)?).await?;
    Ok(page_of(names, most, |name| name))
}

/// Deletes a policy.
///
/// # Errors
/// `NotFound`, `ProtectedRole`.
pub async fn delete(ctx: &Ctx, owner: &OwnerRef, policy_name: &str) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let owner = policy_owners::find_to_change(&mut tx, &ctx.account_id, owner).await?;
    if !store::inline_policies::delete(&mut tx, owner.key(), policy_name).await? {
        return Err(Error::missing(owner.kind.inline_noun(), policy_name));
    }
    tx.commit().await
}
