//! Versions of managed policies: create, get, list, delete, put in force.

use crate::domain::error::{Error, Noun};
use crate::domain::managed_policies::ManagedPolicy;
use crate::domain::own_policy::{AnyPolicy, OwnPolicy, PolicyChange, PolicyVersion, version_id, version_number};
use crate::store;
use crate::store::policies::StoredVersion;

use super::Ctx;
use super::policies;

/// A version to make.
#[derive(Clone, Debug)]
pub struct Create {
    /// The document.
    pub document: String,
    /// Whether it is in force from now on.
    pub set_as_default: bool,
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

/// There is no such version, or no such policy: both are told alike (recorded).
fn missing(arn: &str, version: &str) -> Error {
    Error::missing(Noun::PolicyVersion, format!("{arn} version {version}"))
}

/// Makes a version. The document is read before the policy is looked for (inferred).
///
/// # Errors
/// `Policy`, `PolicyTooLarge`, `ForeignPolicy`, `NotFound`, `LimitExceeded`.
pub async fn create(ctx: &Ctx, arn: &str, create: &Create) -> Result<PolicyVersion, Error> {
    policies::check_document(ctx, &create.document, arn)?;
    let account_id = &*ctx.account_id;
    let (mut tx, _) = ctx.app.db.write(account_id).await?;
    let missing = || Error::missing(Noun::Policy, arn);
    let mut policy = policies::find_to_change(ctx, &mut tx, arn, PolicyChange::CreateVersion, missing).await?;
    let count = store::policies::versions(&mut tx, account_id, &policy.id).await?.len();
    let most = ctx.quotas().versions_per_policy;
    if i64::try_from(count).is_ok_and(|count| count >= most) {
        return Err(Error::LimitExceeded(Noun::PolicyVersion, most));
    }
    policy.last_version = policy.last_version.saturating_add(1);
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
pub async fn get(ctx: &Ctx, arn: &str, version: &str) -> Result<PolicyVersion, Error> {
    let mut conn = ctx.app.db.read().await?;
    match policies::find(ctx, &mut conn, arn).await? {
        Some(AnyPolicy::Clouds(policy)) if policy.default_version_id == version => Ok(only(policy)),
        Some(AnyPolicy::Own(policy)) => {
            let number = version_number(version).ok_or_else(|| missing(arn, version))?;
            let found = store::policies::version(&mut conn, &ctx.account_id, &policy.id, number).await?;
            found.map(|found| shown(&policy, found)).ok_or_else(|| missing(arn, version))
        }
        _ => Err(missing(arn, version)),
    }
}

/// A policy's versions, the newest first.
///
/// # Errors
/// `NotFound`.
pub async fn list(ctx: &Ctx, arn: &str) -> Result<Vec<PolicyVersion>, Error> {
    let mut conn = ctx.app.db.read().await?;
    match policies::find(ctx, &mut conn, arn).await? {
        Some(AnyPolicy::Clouds(policy)) => Ok(vec![only(policy)]),
        Some(AnyPolicy::Own(policy)) => {
            let versions = store::policies::versions(&mut conn, &ctx.account_id, &policy.id).await?;
            Ok(versions.into_iter().map(|version| shown(&policy, version)).collect())
        }
        None => Err(Error::missing(Noun::Policy, arn)),
    }
}

/// Deletes a version that is not in force.
///
/// # Errors
/// `ForeignPolicy`, `NotFound`, `DeleteConflict`.
pub async fn delete(ctx: &Ctx, arn: &str, version: &str) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let no_policy = || missing(arn, version);
    let policy = policies::find_to_change(ctx, &mut tx, arn, PolicyChange::DeleteVersion, no_policy).await?;
    let number = version_number(version).ok_or_else(|| missing(arn, version))?;
    if number == policy.default_version {
        return Err(Error::DeleteConflict(Noun::Policy, Noun::DefaultPolicyVersion));
    }
    if !store::policies::delete_version(&mut tx, &ctx.account_id, &policy.id, number).await? {
        return Err(missing(arn, version));
    }
    tx.commit().await
}

/// Puts a version in force.
///
/// # Errors
/// `ForeignPolicy`, `NotFound`.
pub async fn set_default(ctx: &Ctx, arn: &str, version: &str) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let no_policy = || missing(arn, version);
    let mut policy = policies::find_to_change(ctx, &mut tx, arn, PolicyChange::SetDefaultVersion, no_policy).await?;
    let number = version_number(version).ok_or_else(|| missing(arn, version))?;
    let found = store::policies::version(&mut tx, &ctx.account_id, &policy.id, number).await?;
    policy.default_version = found.ok_or_else(|| missing(arn, version))?.number;
    store::policies::update(&mut tx, &policy).await?;
    tx.commit().await
}
