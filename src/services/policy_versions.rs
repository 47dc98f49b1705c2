//! Versions of managed policies: create, get, list, delete, put in force.

use crate::domain::error::{Error, Noun};
use crate::domain::managed_policies::ManagedPolicy;
use crate::domain::own_policy::{
    AnyPolicy, MOST_VERSION, OwnPolicy, PolicyChange, PolicyVersion, version_id, version_number,
};
use crate::store;
use crate::store::policies::StoredVersion;

use super::Ctx;
use super::policies::{self, PolicyRef, UsedPolicy};

/// A version to make.
#[derive(Clone, Debug)]
pub struct Create {
    /// The document.
    pub document: String,
    /// Whether it is in force from now on.
    pub set_as_default: bool,
    /// What happens when the policy has as many versions as it may.
    pub when_full: WhenFull,
}

/// What happens when a policy has as many versions as it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenFull {
    /// No more is made.
    Refuse,
    /// The oldest that is not in force makes room (RAM 2015-05-01 CreatePolicyVersion, RotateStrategy).
    DropOldest,
}

fn shown(policy: &OwnPolicy, version: StoredVersion) -> PolicyVersion {
    PolicyVersion {
        id: version_id(version.number),
        document: version.document,
        is_default: version.number == policy.default_version,
        created_at: version.created_at,
    }
}

/// The one version that is known of a policy that the cloud keeps.
fn only(policy: &ManagedPolicy) -> PolicyVersion {
    PolicyVersion {
        id: policy.default_version_id.clone(),
        document: policy.document.clone(),
        is_default: true,
        created_at: policy.updated_at,
    }
}

fn missing(policy: PolicyRef<'_>, version: &str) -> Error {
    Error::missing(Noun::PolicyVersion, format!("{} version {version}", policy.as_str()))
}

fn missing_policy(policy: PolicyRef<'_>, version: &str) -> Error {
    Error::missing(Noun::PolicyOfVersion, format!("{} version {version}", policy.as_str()))
}

/// Makes a version. The document is read before the policy is looked for (inferred).
///
/// # Errors
/// `Policy`, `PolicyTooLarge`, `ForeignPolicy`, `NotFound`, `LimitExceeded`.
pub async fn create(ctx: &Ctx, policy: impl Into<PolicyRef<'_>>, create: &Create) -> Result<PolicyVersion, Error> {
    let policy = policy.into();
    policies::check_document(ctx, &create.document, policy.as_str())?;
    let account_id = &*ctx.account_id;
    let (mut tx, _) = ctx.app.db.write(account_id).await?;
    let missing = || Error::missing(Noun::Policy, policy.as_str());
    let mut policy = policies::find_to_change(ctx, &mut tx, policy, PolicyChange::CreateVersion, missing).await?;
    let versions = store::policies::versions(&mut tx, account_id, &policy.id).await?;
    let most = ctx.quotas().versions_per_policy;
    if i64::try_from(versions.len()).is_ok_and(|count| count >= most) {
        let oldest = versions.iter().rev().find(|version| version.number != policy.default_version);
        let Some(oldest) = oldest.filter(|_| create.when_full == WhenFull::DropOldest) else {
            return Err(Error::LimitExceeded(Noun::PolicyVersion, most));
        };
        store::policies::delete_version(&mut tx, account_id, &policy.id, oldest.number).await?;
    }
    if policy.last_version >= MOST_VERSION {
        return Err(Error::LimitExceeded(Noun::PolicyVersion, most));
    }
    policy.last_version += 1;
    if create.set_as_default {
        policy.default_version = policy.last_version;
    }
    policy.updated_at = ctx.now;
    let version = StoredVersion { number: policy.last_version, document: create.document.clone(), created_at: ctx.now };
    store::policies::insert_version(&mut tx, account_id, &policy.id, &version).await?;
    store::policies::update(&mut tx, &policy).await?;
    tx.commit().await?;
    Ok(shown(&policy, version))
}

/// One version of a policy.
///
/// # Errors
/// `NotFound`.
pub async fn get(ctx: &Ctx, policy: impl Into<PolicyRef<'_>>, version: &str) -> Result<PolicyVersion, Error> {
    let named = policy.into();
    let mut conn = ctx.app.db.read().await?;
    match policies::resolve(ctx, &mut conn, named).await? {
        Some(AnyPolicy::Clouds(policy)) if policy.default_version_id == version => Ok(only(policy)),
        Some(AnyPolicy::Own(policy)) => {
            let number = version_number(version).ok_or_else(|| missing(named, version))?;
            let found = store::policies::version(&mut conn, &ctx.account_id, &policy.id, number).await?;
            found.map(|found| shown(&policy, found)).ok_or_else(|| missing(named, version))
        }
        Some(AnyPolicy::Clouds(_)) => Err(missing(named, version)),
        None => Err(missing_policy(named, version)),
    }
}

/// A policy with the version in force.
///
/// # Errors
/// `NotFound`.
pub async fn in_force(ctx: &Ctx, policy: PolicyRef<'_>) -> Result<(UsedPolicy, PolicyVersion), Error> {
    let mut conn = ctx.app.db.read().await?;
    let used = policies::get_from(ctx, &mut conn, policy).await?;
    let version = match &used.policy {
        AnyPolicy::Clouds(clouds) => only(clouds),
        AnyPolicy::Own(own) => {
            let found = store::policies::version(&mut conn, &ctx.account_id, &own.id, own.default_version).await?;
            // Another version was put in force since the policy was read.
            shown(own, found.ok_or(Error::Conflict)?)
        }
    };
    Ok((used, version))
}

/// A policy's versions, the newest first.
///
/// # Errors
/// `NotFound`.
pub async fn list(ctx: &Ctx, policy: impl Into<PolicyRef<'_>>) -> Result<Vec<PolicyVersion>, Error> {
    let named = policy.into();
    let mut conn = ctx.app.db.read().await?;
    match policies::resolve(ctx, &mut conn, named).await? {
        Some(AnyPolicy::Clouds(policy)) => Ok(vec![only(policy)]),
        Some(AnyPolicy::Own(policy)) => {
            let versions = store::policies::versions(&mut conn, &ctx.account_id, &policy.id).await?;
            Ok(versions.into_iter().map(|version| shown(&policy, version)).collect())
        }
        None => Err(Error::missing(Noun::Policy, named.as_str())),
    }
}

/// Deletes a version that is not in force.
///
/// # Errors
/// `ForeignPolicy`, `NotFound`, `DeleteConflict`.
pub async fn delete(ctx: &Ctx, policy: impl Into<PolicyRef<'_>>, version: &str) -> Result<(), Error> {
    let named = policy.into();
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let no_policy = || missing_policy(named, version);
    let policy = policies::find_to_change(ctx, &mut tx, named, PolicyChange::DeleteVersion, no_policy).await?;
    let number = version_number(version).ok_or_else(|| missing(named, version))?;
    if number == policy.default_version {
        return Err(Error::DeleteConflict(Noun::Policy, Noun::DefaultPolicyVersion));
    }
    if !store::policies::delete_version(&mut tx, &ctx.account_id, &policy.id, number).await? {
        return Err(missing(named, version));
    }
    tx.commit().await
}

/// Puts a version in force.
///
/// # Errors
/// `ForeignPolicy`, `NotFound`.
pub async fn set_default(ctx: &Ctx, policy: impl Into<PolicyRef<'_>>, version: &str) -> Result<(), Error> {
    let named = policy.into();
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let no_policy = || missing_policy(named, version);
    let mut policy = policies::find_to_change(ctx, &mut tx, named, PolicyChange::SetDefaultVersion, no_policy).await?;
    let number = version_number(version).ok_or_else(|| missing(named, version))?;
    let found = store::policies::version(&mut tx, &ctx.account_id, &policy.id, number).await?;
    policy.default_version = found.ok_or_else(|| missing(named, version))?.number;
    store::policies::update(&mut tx, &policy).await?;
    tx.commit().await
}
