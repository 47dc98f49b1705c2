//! Permissions boundaries of users and roles: set, take away.

use crate::domain::arn::{self, Kind};
use crate::domain::error::{Error, Noun};
use crate::domain::managed_policies;
use crate::domain::user::UserRef;
use crate::store::boundaries::Bounded;
use crate::store::{self, Conn};

use super::policy_owners::{self, OwnerRef};
use super::{Ctx, policies};

/// Whose boundary is meant.
#[derive(Clone, Debug)]
pub enum BoundedRef {
    /// A user's.
    User(UserRef),
    /// A role's, by name.
    Role(String),
}

/// Checks that a policy can be a boundary.
///
/// # Errors
/// `InvalidArn`, `NotFound`, `PolicyNotAttachable`.
pub(super) async fn check(ctx: &Ctx, conn: &mut Conn, arn: &str) -> Result<(), Error> {
    if arn::parse(ctx.cloud, Kind::Policy, arn).is_none() && !managed_policies::is_of_cloud(arn) {
        return Err(Error::InvalidArn(arn.to_owned()));
    }
    let policy = policies::find(ctx, conn, arn).await?;
    let policy = policy.ok_or_else(|| Error::missing(Noun::PermissionsBoundary, arn))?;
    if policy.is_reserved() { Err(Error::PolicyNotAttachable(arn.to_owned())) } else { Ok(()) }
}

/// Sets the boundary of a user or a role.
///
/// # Errors
/// `NotFound`, `ProtectedRole`, `PolicyNotAttachable`.
pub async fn put(ctx: &Ctx, of: &BoundedRef, arn: &str) -> Result<(), Error> {
    set(ctx, of, Some(arn)).await
}

/// Takes the boundary of a user or a role away; that one who has none is passed over is inferred.
///
/// # Errors
/// `NotFound`, `ProtectedRole`.
pub async fn delete(ctx: &Ctx, of: &BoundedRef) -> Result<(), Error> {
    set(ctx, of, None).await
}

async fn set(ctx: &Ctx, of: &BoundedRef, arn: Option<&str>) -> Result<(), Error> {
    let (owner, kind) = match of {
        BoundedRef::User(user) => (OwnerRef::User(user.clone()), Bounded::User),
        BoundedRef::Role(name) => (OwnerRef::Role(name.clone()), Bounded::Role),
    };
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let owner = policy_owners::find_to_change(&mut tx, &ctx.account_id, &owner).await?;
    if let Some(arn) = arn {
        check(ctx, &mut tx, arn).await?;
    }
    store::boundaries::set(&mut tx, &ctx.account_id, kind, &owner.id, arn).await?;
    tx.commit().await
}
