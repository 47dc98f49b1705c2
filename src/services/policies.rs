//! Managed policies, the account's own and the cloud's: create, get, list, delete, labels.

use std::collections::{HashMap, VecDeque};

use crate::domain::account::Cloud;
use crate::domain::error::{Error, Noun};
use crate::domain::own_policy::{AnyPolicy, OwnPolicy, PolicyChange, PolicyUses};
use crate::domain::policy::PolicyQuota;
use crate::domain::policy_owner::{OwnedBy, PolicyOwner, PolicyUsage};
use crate::domain::unique_id::IdKind;
use crate::domain::user::Tag;
use crate::domain::{arn, managed_policies, name};
use crate::store::accounts::Counter;
use crate::store::policies::StoredVersion;
use crate::store::tags::Owner;
use crate::store::{self, Conn};

use super::groups::one_more;
use super::users::Page;
use super::{Ctx, tags};

/// A policy to make.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of OwnPolicy and PolicyVersion")]
pub struct Create {
    pub name: String,
    pub path: String,
    pub description: String,
    pub document: String,
    pub tags: Vec<Tag>,
}

/// A managed policy and how often it is used in the account.
#[derive(Clone, Debug)]
pub struct UsedPolicy {
    /// The policy.
    pub policy: AnyPolicy,
    /// How often it is used.
    pub uses: PolicyUses,
}

/// Reads a document that a managed policy is to have.
///
/// # Errors
/// `Policy`, `PolicyTooLarge`.
pub(super) fn check_document(ctx: &Ctx, document: &str, policy_name: &str) -> Result<(), Error> {
    ctx.cloud.rules().policy_language.read_identity(document, PolicyQuota::Managed, policy_name).map(drop)
}

/// The managed policy with this ARN, compared exactly.
pub(super) async fn find(ctx: &Ctx, conn: &mut Conn, arn: &str) -> Result<Option<AnyPolicy>, Error> {
    find_in(conn, ctx.cloud, &ctx.account_id, arn).await
}

/// As [`find`], in an account that need not be the caller's.
pub(super) async fn find_in(
    conn: &mut Conn,
    cloud: Cloud,
    account_id: &str,
    arn: &str,
) -> Result<Option<AnyPolicy>, Error> {
    match managed_policies::by_arn(arn) {
        Some(policy) => Ok(Some(AnyPolicy::Clouds(policy))),
        None => Ok(find_own(conn, cloud, account_id, arn).await?.map(AnyPolicy::Own)),
    }
}

async fn find_own(conn: &mut Conn, cloud: Cloud, account_id: &str, arn: &str) -> Result<Option<OwnPolicy>, Error> {
    let Some(parsed) = arn::parse(cloud, arn::Kind::Policy, arn) else { return Ok(None) };
    if parsed.account_id != account_id {
        return Ok(None);
    }
    let found = store::policies::by_name(conn, account_id, parsed.name).await?;
    Ok(found.filter(|policy| policy.arn(cloud) == arn))
}

/// The account's own policy with this ARN, for a change.
///
/// # Errors
/// `ForeignPolicy` when it would be another's; `NotFound`, which is what `missing` makes of it.
pub(super) async fn find_to_change(
    ctx: &Ctx,
    conn: &mut Conn,
    arn: &str,
    change: PolicyChange,
    missing: impl FnOnce() -> Error,
) -> Result<OwnPolicy, Error> {
    let own = arn::parse(ctx.cloud, arn::Kind::Policy, arn).is_some_and(|parsed| parsed.account_id == ctx.account_id);
    if !own {
        return Err(Error::ForeignPolicy(change));
    }
    find_own(conn, ctx.cloud, &ctx.account_id, arn).await?.ok_or_else(missing)
}

/// Makes a policy; its first version is in force. The document is read before the name is looked up (inferred).
///
/// # Errors
/// `Policy`, `PolicyTooLarge`, `AlreadyExists`, `LimitExceeded`.
pub async fn create(ctx: &Ctx, create: &Create) -> Result<UsedPolicy, Error> {
    check_document(ctx, &create.document, &create.name)?;
    let policy = OwnPolicy {
        account_id: ctx.account_id.clone(),
        id: ctx.app.ids.unique_id(ctx.cloud, IdKind::Policy),
        name: create.name.clone(),
        path: create.path.clone(),
        description: create.description.clone(),
        default_version: 1,
        last_version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let (mut tx, account) = ctx.app.db.write_counting(&ctx.account_id, Counter::Policies).await?;
    if !store::policies::insert(&mut tx, &policy).await? {
        return Err(Error::exists(Noun::Policy, policy.name));
    }
    let most = ctx.quotas().policies;
    if account.policies > most {
        return Err(Error::LimitExceeded(Noun::Policy, most));
    }
    let first = StoredVersion { number: 1, document: create.document.clone(), created_at: ctx.now };
    store::policies::insert_version(&mut tx, &ctx.account_id, &policy.id, &first).await?;
    for tag in &create.tags {
        store::tags::insert(&mut tx, &ctx.account_id, Owner::Policy, &policy.id, tag).await?;
    }
    tx.commit().await?;
    Ok(UsedPolicy { policy: AnyPolicy::Own(policy), uses: PolicyUses::default() })
}

/// The policy with this ARN, with its labels; the cloud's have none.
///
/// # Errors
/// `NotFound`.
pub async fn get(ctx: &Ctx, arn: &str) -> Result<(UsedPolicy, Vec<Tag>), Error> {
    let mut conn = ctx.app.db.read().await?;
    let policy = find(ctx, &mut conn, arn).await?.ok_or_else(|| Error::missing(Noun::Policy, arn))?;
    let uses = uses_of(&mut conn, &ctx.account_id, arn).await?;
    let tags = match &policy {
        AnyPolicy::Clouds(_) => Vec::new(),
        AnyPolicy::Own(own) => store::tags::of(&mut conn, &ctx.account_id, Owner::Policy, &own.id).await?,
    };
    Ok((UsedPolicy { policy, uses }, tags))
}

async fn uses_of(conn: &mut Conn, account_id: &str, arn: &str) -> Result<PolicyUses, Error> {
    Ok(PolicyUses {
        attachments: store::policy_attachments::uses_of(conn, account_id, arn).await?,
        boundaries: store::boundaries::uses_of(conn, account_id, arn).await?,
    })
}

/// Deletes a policy that nobody has, with its only version.
///
/// # Errors
/// `ForeignPolicy`, `NotFound`, `DeleteConflict`; the order of its reasons is inferred.
pub async fn delete(ctx: &Ctx, arn: &str) -> Result<(), Error> {
    let account_id = &*ctx.account_id;
    let (mut tx, _) = ctx.app.db.write(account_id).await?;
    let missing = || Error::missing(Noun::Policy, arn);
    let policy = find_to_change(ctx, &mut tx, arn, PolicyChange::Delete, missing).await?;
    if uses_of(&mut tx, account_id, arn).await? != PolicyUses::default() {
        return Err(Error::DeleteConflict(Noun::Policy, Noun::AttachedPolicy));
    }
    if store::policies::versions(&mut tx, account_id, &policy.id).await?.len() > 1 {
        return Err(Error::DeleteConflict(Noun::Policy, Noun::PolicyVersion));
    }
    store::tags::delete(&mut tx, account_id, Owner::Policy, &policy.id).await?;
    store::policies::delete(&mut tx, account_id, &policy.id).await?;
    store::accounts::count(&mut tx, account_id, Counter::Policies, -1).await?;
    tx.commit().await
}

/// Puts labels on a policy; one whose key is there already takes its place.
///
/// # Errors
/// `ForeignPolicy`, `NotFound`, `LimitExceeded`.
pub async fn tag(ctx: &Ctx, arn: &str, given: &[Tag]) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let missing = || Error::missing(Noun::Policy, arn);
    let policy = find_to_change(ctx, &mut tx, arn, PolicyChange::Tag, missing).await?;
    tags::put(ctx, &mut tx, Owner::Policy, &policy.id, given).await?;
    tx.commit().await
}

/// Takes labels off a policy. A key that is not there is passed over.
///
/// # Errors
/// `ForeignPolicy`, `NotFound`.
pub async fn untag(ctx: &Ctx, arn: &str, keys: &[String]) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let missing = || Error::missing(Noun::Policy, arn);
    let policy = find_to_change(ctx, &mut tx, arn, PolicyChange::Tag, missing).await?;
    tags::remove(ctx, &mut tx, Owner::Policy, &policy.id, keys).await?;
    tx.commit().await
}

/// The first reason why what has policies cannot be deleted: managed ones before its own (recorded texts, inferred
/// order).
pub(super) async fn conflict_of(conn: &mut Conn, owner: OwnedBy<'_>) -> Result<Option<Noun>, Error> {
    if !store::policy_attachments::of_owner(conn, owner).await?.is_empty() {
        return Ok(Some(Noun::AttachedPolicy));
    }
    let own = store::inline_policies::page(conn, owner, "", 1).await?;
    Ok(if own.is_empty() { None } else { Some(owner.kind.inline_noun()) })
}

/// The first reason why a role cannot be deleted, as far as policies go.
pub async fn conflict_of_role(conn: &mut Conn, account_id: &str, role_id: &str) -> Result<Option<Noun>, Error> {
    conflict_of(conn, OwnedBy { account_id, kind: PolicyOwner::Role, id: role_id }).await
}

/// Whose policies a listing shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keeper {
    /// Everyone's.
    #[default]
    Anyone,
    /// The cloud's.
    Cloud,
    /// The account's own.
    Account,
}

/// Which policies a listing shows (IAM 2010-05-08 ListPolicies; RAM 2015-05-01 ListPolicies, PolicyType).
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Whose.
    pub keeper: Keeper,
    /// Only those whose path begins so; empty is all.
    pub path_prefix: String,
    /// Only those that are used, for `usage` where that is said.
    pub only_used: bool,
    /// Only those used so.
    pub usage: Option<PolicyUsage>,
}

impl Filter {
    /// What IAM's documentation leaves open is inferred: a usage that is named must be one the policy is put to.
    fn shows(&self, policy: &AnyPolicy, uses: PolicyUses) -> bool {
        let used = match self.usage {
            Some(PolicyUsage::Permissions) => uses.attachments > 0,
            Some(PolicyUsage::Boundary) => uses.boundaries > 0,
            None => !self.only_used || uses != PolicyUses::default(),
        };
        used && policy.path().starts_with(&self.path_prefix)
    }
}

/// Where a policy stands in a listing: by name, the account's own before the cloud's of the same name.
fn place(policy: &AnyPolicy) -> (String, bool) {
    (name::key(policy.name()), matches!(policy, AnyPolicy::Clouds(_)))
}

/// Writes a place as what a page starts after. A blank stands in no name, and before all that does.
fn written((key, clouds): &(String, bool)) -> String {
    format!("{key} {}", u8::from(*clouds))
}

/// One page of policies, in the order of their names.
pub async fn list(ctx: &Ctx, filter: &Filter, after: &str, most: usize) -> Result<Page<UsedPolicy>, Error> {
    let account_id = &*ctx.account_id;
    let mut conn = ctx.app.db.read().await?;
    let mut uses: HashMap<String, PolicyUses> = HashMap::new();
    for (arn, count) in store::policy_attachments::uses(&mut conn, account_id).await? {
        uses.entry(arn).or_default().attachments = count;
    }
    for (arn, count) in store::boundaries::uses(&mut conn, account_id).await? {
        uses.entry(arn).or_default().boundaries = count;
    }
    let after = after.rsplit_once(' ').map(|(key, clouds)| (key.to_owned(), clouds != "0"));
    let kept = if filter.keeper == Keeper::Account { &[] } else { managed_policies::of(ctx.cloud) };
    let passed =
        kept.partition_point(|policy| after.as_ref().is_some_and(|after| (name::key(&policy.name), true) <= *after));
    let mut clouds = kept.get(passed..).unwrap_or_default();
    let mut own: VecDeque<AnyPolicy> = VecDeque::new();
    let mut own_after = after.as_ref().map(|(key, _)| key.clone()).unwrap_or_default();
    let mut own_ended = filter.keeper == Keeper::Cloud;
    let mut items = Vec::new();
    let mut next = None;
    loop {
        if own.is_empty() && !own_ended {
            let page = store::policies::page(&mut conn, account_id, &own_after, one_more(most)?).await?;
            own_ended = page.len() <= most;
            own_after = page.last().map(|last| name::key(&last.name)).unwrap_or_default();
            own.extend(page.into_iter().map(AnyPolicy::Own));
        }
        let head = clouds.first().map(AnyPolicy::Clouds);
        let clouds_first = match (own.front(), &head) {
            (Some(own), Some(head)) => place(head) < place(own),
            (own, _) => own.is_none(),
        };
        let Some(policy) = (if clouds_first { head } else { own.pop_front() }) else { break };
        if clouds_first {
            clouds = clouds.get(1..).unwrap_or_default();
        }
        let uses = uses.get(&*policy.arn(ctx.cloud)).copied().unwrap_or_default();
        if filter.shows(&policy, uses) {
            if items.len() == most {
                next = items.last().map(|last: &UsedPolicy| written(&place(&last.policy)));
                break;
            }
            items.push(UsedPolicy { policy, uses });
        }
    }
    Ok(Page { items, next })
}
