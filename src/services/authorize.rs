//! Whether a principal may do something.
//!
//! Identity policies decide on a user's own password and on taking on roles alone yet: a root may do everything, anyone
//! else nothing but what the account's settings grant.

use crate::config::Policies;
use crate::domain::error::Error;
use crate::domain::principal::Principal;

use super::{Ctx, permissions};

/// Lets the call go on or refuses it.
///
/// # Errors
/// `AccessDenied`, which is only noted when policies are audited.
pub fn authorize(ctx: &Ctx, action: &str, resource: impl FnOnce() -> String) -> Result<(), Error> {
    let allowed = ctx.principal == Principal::Root;
    decide(ctx, allowed, action, resource)
}

/// Lets a user change the own password when the account or, on AWS, a policy allows that; everyone who is no user goes on, to
/// be told so by the use case (RAM documentation, "Change the logon password of a RAM user").
///
/// # Errors
/// As [`authorize`]. That the refusal is `AccessDenied` is inferred.
pub async fn authorize_own_password(ctx: &Ctx, action: &str, resource: impl FnOnce() -> String) -> Result<(), Error> {
    let allowed = match ctx.principal {
        Principal::User { .. } => permissions::may_change_own_password(ctx).await?,
        _ => true,
    };
    decide(ctx, allowed, action, resource)
}

/// Lets a user manage the own access keys when the security preference allows that; `own` says whether the call is about
/// the caller's own. Everyone else needs what [`authorize`] asks for.
///
/// # Errors
/// As [`authorize`].
pub async fn authorize_own_access_keys(
    ctx: &Ctx,
    own: bool,
    action: &str,
    resource: impl FnOnce() -> String,
) -> Result<(), Error> {
    let allowed = match ctx.principal {
        Principal::Root => true,
        Principal::User { .. } => own && ctx.account().await?.security_preference.manage_access_keys,
        _ => false,
    };
    decide(ctx, allowed, action, resource)
}

fn decide(ctx: &Ctx, allowed: bool, action: &str, resource: impl FnOnce() -> String) -> Result<(), Error> {
    let policies = ctx.app.settings.auth.policies;
    if allowed || policies == Policies::Ignore {
        ctx.decided("allowed");
        return Ok(());
    }
    if policies == Policies::Audit {
        ctx.decided("audited");
        return Ok(());
    }
    ctx.decided("denied");
    Err(Error::AccessDenied { action: action.to_owned(), resource: resource() })
}
