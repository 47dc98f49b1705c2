//! Managed policies on users, groups and roles: attach, detach, list, and who has one.

use crate::domain::error::{Error, Noun};
use crate::domain::group::Group;
use crate::domain::own_policy::AnyPolicy;
use crate::domain::policy_owner::{AttachedPolicy, PolicyOwner, PolicyUsage};
use crate::domain::role::Role;
use crate::domain::time::Time;
use crate::domain::user::User;
use crate::domain::{managed_policies, name};
use crate::store;
use crate::store::policy_attachments::With;

use super::groups::one_more;
use super::policies::PolicyRef;
use super::policy_owners::{self, Owner, OwnerRef};
use super::users::Page;
use super::{Ctx, policies};

pub use crate::store::policy_holders::Holder;

/// Gives an owner a managed policy; whether one that it has already is refused or stays is a rule of the cloud. The
/// owner is looked for first (inferred).
///
/// # Errors
/// `NotFound`, `ProtectedRole`, `PolicyNotAttachable`, `AlreadyAttached`, `TooManyAttached`.
pub async fn attach(ctx: &Ctx, owner: &OwnerRef, policy: impl Into<PolicyRef<'_>>) -> Result<(), Error> {
    let named = policy.into();
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let owner = policy_owners::find_to_change(&mut tx, &ctx.account_id, owner).await?;
    let policy = policies::resolve(ctx, &mut tx, named).await?;
    let policy = policy.ok_or_else(|| Error::missing(Noun::AttachablePolicy, named.as_str()))?;
    let arn = policy.arn(ctx.cloud).into_owned();
    if policy.is_reserved() {
        return Err(Error::PolicyNotAttachable(arn));
    }
    let attached = AttachedPolicy { arn, name: policy.name().to_owned(), path: policy.path().to_owned() };
    if store::policy_attachments::insert(&mut tx, owner.key(), &attached, ctx.now).await? {
        let all = store::policy_attachments::of_owner(&mut tx, owner.key()).await?;
        check_count(ctx, &owner, &all, &attached)?;
    } else if ctx.cloud.rules().attaches_once {
        return Err(Error::AlreadyAttached(owner.kind, attached.arn));
    }
    tx.commit().await
}

/// Checks that an owner has no more policies than it may, of all or of those of the same keeper as the new one.
fn check_count(ctx: &Ctx, owner: &Owner, all: &[AttachedPolicy], new: &AttachedPolicy) -> Result<(), Error> {
    let quotas = ctx.quotas();
    let clouds = managed_policies::is_of_cloud(&new.arn);
    let alike = all.iter().filter(|policy| managed_policies::is_of_cloud(&policy.arn) == clouds).count();
    let of_keeper = if clouds { quotas.attached_clouds_policies } else { quotas.attached_own_policies };
    for (count, most) in [(all.len(), quotas.attached_policies), (alike, of_keeper)] {
        if i64::try_from(count).is_ok_and(|count| count > most) {
            return Err(Error::TooManyAttached(owner.kind, most));
        }
    }
    Ok(())
}

/// Takes a managed policy from an owner.
///
/// # Errors
/// `NotFound`, `NotAttached`, `ProtectedRole`.
pub async fn detach(ctx: &Ctx, owner: &OwnerRef, policy: impl Into<PolicyRef<'_>>) -> Result<(), Error> {
    let named = policy.into();
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let owner = policy_owners::find_to_change(&mut tx, &ctx.account_id, owner).await?;
    let arn = match named {
        // Whether there is such a policy makes no difference.
        PolicyRef::Arn(arn) => arn.to_owned(),
        named => {
            let policy = policies::resolve(ctx, &mut tx, named).await?;
            let policy = policy.ok_or_else(|| Error::missing(Noun::AttachablePolicy, named.as_str()))?;
            policy.arn(ctx.cloud).into_owned()
        }
    };
    if !store::policy_attachments::delete(&mut tx, owner.key(), &arn).await? {
        return Err(Error::NotAttached(owner.kind, arn));
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

/// A managed policy that an owner has.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// The policy.
    pub policy: AnyPolicy,
    /// Since when.
    pub attached_at: Time,
}

/// As [`list`], with the policies themselves (RAM 2015-05-01 ListPoliciesForUser).
///
/// # Errors
/// `NotFound`.
pub async fn list_whole(ctx: &Ctx, owner: &OwnerRef) -> Result<Vec<Attachment>, Error> {
    let mut conn = ctx.app.db.read().await?;
    let owner = policy_owners::find(&mut conn, &ctx.account_id, owner).await?;
    let had = store::policy_holders::of_owner(&mut conn, owner.key()).await?;
    let whole = had.into_iter().filter_map(|had| {
        let clouds = managed_policies::by_arn(&had.arn).map(AnyPolicy::Clouds);
        let own = || had.own.filter(|own| own.arn(ctx.cloud) == had.arn).map(AnyPolicy::Own);
        Some(Attachment { policy: clouds.or_else(own)?, attached_at: had.attached_at })
    });
    Ok(whole.collect())
}

/// Who has a policy (RAM 2015-05-01 ListEntitiesForPolicy), each in the order of their names.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each is the noun it names")]
pub struct Holders {
    pub users: Vec<Holder<User>>,
    pub groups: Vec<Holder<Group>>,
    pub roles: Vec<Holder<Role>>,
}

/// All who have a policy.
///
/// # Errors
/// `NotFound`.
pub async fn holders(ctx: &Ctx, policy: PolicyRef<'_>) -> Result<Holders, Error> {
    let account_id = &*ctx.account_id;
    let mut conn = ctx.app.db.read().await?;
    let found = policies::resolve(ctx, &mut conn, policy).await?;
    let found = found.ok_or_else(|| Error::missing(Noun::AttachablePolicy, policy.as_str()))?;
    let arn = found.arn(ctx.cloud);
    Ok(Holders {
        users: store::policy_holders::users(&mut conn, account_id, &arn).await?,
        groups: store::policy_holders::groups(&mut conn, account_id, &arn).await?,
        roles: store::policy_holders::roles(&mut conn, account_id, &arn).await?,
    })
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
