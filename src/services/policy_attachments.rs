//! Managed policies on users, groups and roles: attach, detach, list, and who has one.

use crate::domain::error::{Error, Noun};
use crate::domain::name;
use crate::domain::policy_owner::{AttachedPolicy, PolicyOwner, PolicyUsage};
use crate::store;
use crate::store::policy_attachments::With;

use super::groups::one_more;
use super::policy_owners::{self, OwnerRef};
use super::users::Page;
use super::{Ctx, policies};

/// Gives an owner a managed policy; one that it has already stays. The owner is looked for first (inferred).
///
/// # Errors
/// `NotFound`, `ProtectedRole`, `PolicyNotAttachable`, `TooManyAttached`.
pub async fn attach(ctx: &Ctx, owner: &OwnerRef, arn: &str) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let owner = policy_owners::find_to_change(&mut tx, &ctx.account_id, owner).await?;
    let policy = policies::find(ctx, &mut tx, arn).await?;
    let policy = policy.ok_or_else(|| Error::missing(Noun::AttachablePolicy, arn))?;
    if policy.is_reserved() {
        return Err(Error::PolicyNotAttachable(arn.to_owned()));
    }
    let attached =
        AttachedPolicy { arn: arn.to_owned(), name: policy.name().to_owned(), path: policy.path().to_owned() };
    if store::policy_attachments::insert(&mut tx, owner.key(), &attached, ctx.now).await? {
        let count = store::policy_attachments::of_owner(&mut tx, owner.key()).await?.len();
        let most = ctx.quotas().attached_policies;
        if i64::try_from(count).is_ok_and(|count| count > most) {
            return Err(Error::TooManyAttached(owner.kind, most));
        }
    }
    tx.commit().await
}

/// Takes a managed policy from an owner.
///
/// # Errors
/// `NotFound` when it has it not, `ProtectedRole`.
pub async fn detach(ctx: &Ctx, owner: &OwnerRef, arn: &str) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let owner = policy_owners::find_to_change(&mut tx, &ctx.account_id, owner).await?;
    if !store::policy_attachments::delete(&mut tx, owner.key(), arn).await? {
        return Err(Error::missing(Noun::AttachedPolicy, arn));
    }
    tx.commit().await
}

/// All managed policies that an owner has, in the order of their names.
///
/// # Errors
/// `NotFound`.
pub async fn list(ctx: &Ctx, owner: &OwnerRef) -> Result<Vec<AttachedPolicy>, Error> {
    let mut conn = ctx.app.db.read().await?;
    let owner = policy_owners::find(&mut conn, &ctx.account_id, owner).await?;
    store::policy_attachments::of_owner(&mut conn, owner.key()).await
}

/// Who is asked for among those who have a policy.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Only these kinds, in this order.
    pub kinds: Vec<PolicyOwner>,
    /// Only those whose path begins so; empty is all.
    pub path_prefix: String,
    /// Only those who use it so. All are shown where that is not said, those whom it bounds too (observed).
    pub usage: Option<PolicyUsage>,
}

/// Someone who has a policy or is bounded by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// What it is.
    pub kind: PolicyOwner,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// One page of those who have a policy, kind by kind, in the order of their names. A page starts after the kind's name
/// in the store, a colon and the entity's name.
///
/// # Errors
/// `NotFound`.
pub async fn entities(ctx: &Ctx, arn: &str, filter: &Filter, after: &str, most: usize) -> Result<Page<Entity>, Error> {
    let mut conn = ctx.app.db.read().await?;
    if policies::find(ctx, &mut conn, arn).await?.is_none() {
        return Err(Error::missing(Noun::AttachablePolicy, arn));
    }
    let with = With {
        account_id: &ctx.account_id,
        arn,
        path_prefix: &filter.path_prefix,
        attached: filter.usage != Some(PolicyUsage::Boundary),
        bounded: filter.usage != Some(PolicyUsage::Permissions),
    };
    let started = after.split_once(':');
    let from = started.and_then(|(kind, _)| filter.kinds.iter().position(|known| known.as_str() == kind));
    let mut items: Vec<Entity> = Vec::new();
    for (at, &kind) in filter.kinds.iter().enumerate().skip(from.unwrap_or_default()) {
        let after = if from == Some(at) { started.map(|(_, name)| name::key(name)) } else { None };
        let left = one_more(most.saturating_sub(items.len()))?;
        let found = store::policy_attachments::owners(&mut conn, kind, with, &after.unwrap_or_default(), left).await?;
        items.extend(found.into_iter().map(|(id, name)| Entity { kind, id, name }));
        if items.len() > most {
            break;
        }
    }
    let more = items.len() > most;
    items.truncate(most);
    let next = items.last().filter(|_| more).map(|last| format!("{}:{}", last.kind.as_str(), last.name));
    Ok(Page { items, next })
}
