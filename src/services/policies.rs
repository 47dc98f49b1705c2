//! Managed policies, the account's own and the cloud's: create, get, describe, delete, labels.

use crate::domain::account::Cloud;
use crate::domain::error::{Error, Noun};
use crate::domain::own_policy::{AnyPolicy, OwnPolicy, PolicyChange, PolicyUses};
use crate::domain::policy::PolicyQuota;
use crate::domain::policy_owner::{OwnedBy, PolicyOwner};
use crate::domain::unique_id::IdKind;
use crate::domain::user::Tag;
use crate::domain::{arn, managed_policies};
use crate::store::accounts::Counter;
use crate::store::policies::StoredVersion;
use crate::store::policy_attachments::With;
use crate::store::tags::Owner;
use crate::store::{self, Conn};

use super::{Ctx, tags};

/// How a caller names a managed policy.
#[derive(Clone, Copy, Debug)]
pub enum PolicyRef<'a> {
    /// By ARN, compared exactly (IAM 2010-05-08).
    Arn(&'a str),
    /// One that the cloud keeps, by name (RAM 2015-05-01, PolicyType System).
    Clouds(&'a str),
    /// One of the account's own, by name (RAM 2015-05-01, PolicyType Custom).
    Own(&'a str),
}

impl<'a> PolicyRef<'a> {
    /// The ARN or the name.
    pub fn as_str(self) -> &'a str {
        match self {
            Self::Arn(text) | Self::Clouds(text) | Self::Own(text) => text,
        }
    }
}

impl<'a> From<&'a str> for PolicyRef<'a> {
    fn from(arn: &'a str) -> Self {
        Self::Arn(arn)
    }
}

impl<'a> From<&'a String> for PolicyRef<'a> {
    fn from(arn: &'a String) -> Self {
        Self::Arn(arn)
    }
}

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
    /// Its labels; the cloud's have none.
    pub tags: Vec<Tag>,
}

/// Reads a document that a managed policy is to have.
///
/// # Errors
/// `Policy`, `PolicyTooLarge`.
pub(super) fn check_document(ctx: &Ctx, document: &str, policy_name: &str) -> Result<(), Error> {
    let language = ctx.cloud.rules().policy_language;
    let read = language.read_identity(document, PolicyQuota::Managed, policy_name)?;
    ctx.app.documents.put(language.of_identities(), document, read);
    Ok(())
}

/// The managed policy that `policy` names.
pub(super) async fn resolve(ctx: &Ctx, conn: &mut Conn, policy: PolicyRef<'_>) -> Result<Option<AnyPolicy>, Error> {
    match policy {
        PolicyRef::Arn(arn) => find(ctx, conn, arn).await,
        PolicyRef::Clouds(name) => Ok(managed_policies::by_name(ctx.cloud, name).map(AnyPolicy::Clouds)),
        PolicyRef::Own(name) => Ok(store::policies::by_name(conn, &ctx.account_id, name).await?.map(AnyPolicy::Own)),
    }
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

/// The account's own policy that `policy` names, for a change.
///
/// # Errors
/// `ForeignPolicy` when it would be another's; `NotFound`, which is what `missing` makes of it.
pub(super) async fn find_to_change(
    ctx: &Ctx,
    conn: &mut Conn,
    policy: PolicyRef<'_>,
    change: PolicyChange,
    missing: impl FnOnce() -> Error,
) -> Result<OwnPolicy, Error> {
    let own = match policy {
        PolicyRef::Arn(arn) => {
            let parsed = arn::parse(ctx.cloud, arn::Kind::Policy, arn);
            parsed.is_some_and(|parsed| parsed.account_id == ctx.account_id)
        }
        PolicyRef::Clouds(_) => false,
        PolicyRef::Own(_) => true,
    };
    if !own {
        return Err(Error::ForeignPolicy(change));
    }
    match resolve(ctx, conn, policy).await? {
        Some(AnyPolicy::Own(policy)) => Ok(policy),
        _ => Err(missing()),
    }
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
    let tags = create.tags.clone();
    Ok(UsedPolicy { policy: AnyPolicy::Own(policy), uses: PolicyUses::default(), tags })
}

/// The policy that `policy` names.
///
/// # Errors
/// `NotFound`.
pub async fn get(ctx: &Ctx, policy: impl Into<PolicyRef<'_>>) -> Result<UsedPolicy, Error> {
    get_from(ctx, &mut ctx.app.db.read().await?, policy.into()).await
}

/// As [`get`], from a connection that is open.
///
/// # Errors
/// `NotFound`.
pub(super) async fn get_from(ctx: &Ctx, conn: &mut Conn, policy: PolicyRef<'_>) -> Result<UsedPolicy, Error> {
    let missing = || Error::missing(Noun::Policy, policy.as_str());
    let policy = resolve(ctx, conn, policy).await?.ok_or_else(missing)?;
    let uses = uses_of(conn, &ctx.account_id, &policy.arn(ctx.cloud)).await?;
    let tags = match &policy {
        AnyPolicy::Clouds(_) => Vec::new(),
        AnyPolicy::Own(own) => store::tags::of(conn, &ctx.account_id, Owner::Policy, &own.id).await?,
    };
    Ok(UsedPolicy { policy, uses, tags })
}

async fn uses_of(conn: &mut Conn, account_id: &str, arn: &str) -> Result<PolicyUses, Error> {
    Ok(PolicyUses {
        attachments: store::policy_attachments::uses_of(conn, account_id, arn).await?,
        boundaries: store::boundaries::uses_of(conn, account_id, arn).await?,
    })
}

/// Which other versions go with a policy that is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherVersions {
    /// None: there must be none.
    Stay,
    /// All (RAM 2015-05-01 DeletePolicy, CascadingDelete).
    Go,
}

/// Deletes a policy that nobody has, with its default version.
///
/// # Errors
/// `ForeignPolicy`, `NotFound`, `DeleteConflict`; the order of its reasons is inferred.
pub async fn delete(ctx: &Ctx, policy: impl Into<PolicyRef<'_>>, others: OtherVersions) -> Result<(), Error> {
    let account_id = &*ctx.account_id;
    let policy = policy.into();
    let (mut tx, _) = ctx.app.db.write(account_id).await?;
    let missing = || Error::missing(Noun::Policy, policy.as_str());
    let policy = find_to_change(ctx, &mut tx, policy, PolicyChange::Delete, missing).await?;
    if let Some(still) = holder_of(&mut tx, account_id, &policy.arn(ctx.cloud)).await? {
        return Err(Error::DeleteConflict(Noun::Policy, still));
    }
    if others == OtherVersions::Stay && store::policies::versions(&mut tx, account_id, &policy.id).await?.len() > 1 {
        return Err(Error::DeleteConflict(Noun::Policy, Noun::PolicyVersion));
    }
    store::tags::delete(&mut tx, account_id, Owner::Policy, &policy.id).await?;
    store::policies::delete(&mut tx, account_id, &policy.id).await?;
    store::accounts::count(&mut tx, account_id, Counter::Policies, -1).await?;
    tx.commit().await
}

/// The reasons why a policy of the account's own cannot be deleted.
///
/// # Errors
/// `NotFound`.
pub async fn conflicts(ctx: &Ctx, policy: PolicyRef<'_>) -> Result<Vec<Noun>, Error> {
    let used = get(ctx, policy).await?;
    let mut conn = ctx.app.db.read().await?;
    let mut found: Vec<Noun> =
        holder_of(&mut conn, &ctx.account_id, &used.policy.arn(ctx.cloud)).await?.into_iter().collect();
    if let AnyPolicy::Own(own) = &used.policy
        && store::policies::versions(&mut conn, &ctx.account_id, &own.id).await?.len() > 1
    {
        found.push(Noun::PolicyVersion);
    }
    Ok(found)
}

/// What still has a policy: users before groups and roles, then whom it bounds; the order is inferred.
async fn holder_of(conn: &mut Conn, account_id: &str, arn: &str) -> Result<Option<Noun>, Error> {
    if uses_of(conn, account_id, arn).await? == PolicyUses::default() {
        return Ok(None);
    }
    let with = With { account_id, arn, path_prefix: "", attached: true, bounded: false };
    for kind in [PolicyOwner::User, PolicyOwner::Group, PolicyOwner::Role] {
        if !store::policy_attachments::owners(conn, kind, with, "", 1).await?.is_empty() {
            return Ok(Some(kind.noun()));
        }
    }
    Ok(Some(Noun::AttachedPolicy))
}

/// Describes a policy otherwise, and gives it as it is then. That this is a modification of which its time tells is
/// inferred.
///
/// # Errors
/// `ForeignPolicy`, `NotFound`.
pub async fn describe(ctx: &Ctx, policy: PolicyRef<'_>, description: Option<&str>) -> Result<OwnPolicy, Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let missing = || Error::missing(Noun::Policy, policy.as_str());
    let mut found = find_to_change(ctx, &mut tx, policy, PolicyChange::Describe, missing).await?;
    if let Some(description) = description {
        description.clone_into(&mut found.description);
        found.updated_at = ctx.now;
        store::policies::update(&mut tx, &found).await?;
    }
    tx.commit().await?;
    Ok(found)
}

/// Puts labels on a policy; one whose key is there already takes its place.
///
/// # Errors
/// `ForeignPolicy`, `NotFound`, `LimitExceeded`.
pub async fn tag(ctx: &Ctx, policy: impl Into<PolicyRef<'_>>, given: &[Tag]) -> Result<(), Error> {
    let policy = policy.into();
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let missing = || Error::missing(Noun::Policy, policy.as_str());
    let policy = find_to_change(ctx, &mut tx, policy, PolicyChange::Tag, missing).await?;
    tags::put(ctx, &mut tx, Owner::Policy, &policy.id, given).await?;
    tx.commit().await
}

/// Takes labels off a policy. A key that is not there is passed over.
///
/// # Errors
/// `ForeignPolicy`, `NotFound`.
pub async fn untag(ctx: &Ctx, policy: impl Into<PolicyRef<'_>>, keys: &[String]) -> Result<(), Error> {
    let policy = policy.into();
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let missing = || Error::missing(Noun::Policy, policy.as_str());
    let policy = find_to_change(ctx, &mut tx, policy, PolicyChange::Tag, missing).await?;
    tags::remove(ctx, &mut tx, Owner::Policy, &policy.id, keys).await?;
    tx.commit().await
}

/// The reasons why what has policies cannot be deleted: managed ones before its own (recorded texts, inferred order).
pub(super) async fn conflicts_of(conn: &mut Conn, owner: OwnedBy<'_>) -> Result<Vec<Noun>, Error> {
    let mut found = Vec::new();
    if !store::policy_attachments::of_owner(conn, owner).await?.is_empty() {
        found.push(Noun::AttachedPolicy);
    }
    if !store::inline_policies::page(conn, owner, "", 1).await?.is_empty() {
        found.push(owner.kind.inline_noun());
    }
    Ok(found)
}
