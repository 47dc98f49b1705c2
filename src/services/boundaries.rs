//! Which managed policies may bound what a user or a role may do.

use crate::domain::arn::{self, Kind};
use crate::domain::error::{Error, Noun};
use crate::domain::managed_policies;
use crate::store::Conn;

use super::Ctx;

/// Checks that an ARN is that of a managed policy that may be a permissions boundary.
///
/// # Errors
/// `InvalidArn`, `NotFound(PermissionsBoundary)`.
pub(super) async fn check(ctx: &Ctx, conn: &mut Conn, arn: &str) -> Result<(), Error> {
    if let Some(policy) = managed_policies::by_arn(arn) {
        // That those for service-linked roles are refused is inferred: they cannot be attached either.
        let usable = !policy.is_for_service_linked_roles();
        return if usable { Ok(()) } else { Err(Error::missing(Noun::PermissionsBoundary, arn)) };
    }
    if arn::parse(ctx.cloud, Kind::Policy, arn).is_none() && !managed_policies::is_of_cloud(arn) {
        return Err(Error::InvalidArn(arn.to_owned()));
    }
    if is_local(ctx, conn, arn).await? { Ok(()) } else { Err(Error::missing(Noun::PermissionsBoundary, arn)) }
}

/// Whether the account has a managed policy with this ARN: there are none of its own yet.
#[expect(clippy::unused_async, reason = "the store will be asked")]
async fn is_local(_ctx: &Ctx, _conn: &mut Conn, _arn: &str) -> Result<bool, Error> {
    Ok(false)
}
