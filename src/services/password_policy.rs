//! The account's password policy.

use crate::domain::error::Error;
use crate::domain::password_policy::{PasswordPolicy, PolicyChange};
use crate::store;

use super::Ctx;

/// Changes the policy. Passwords that are set already stay as they are.
pub async fn set(ctx: &Ctx, change: PolicyChange) -> Result<PasswordPolicy, Error> {
    let (mut tx, account) = ctx.app.db.write(&ctx.account_id).await?;
    let policy = change.apply(&account.password_policy);
    store::accounts::set_password_policy(&mut tx, &ctx.account_id, &policy).await?;
    tx.commit().await?;
    Ok(policy)
}

/// Puts another policy in the place of the one that is there.
pub async fn replace(ctx: &Ctx, policy: PasswordPolicy) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    store::accounts::set_password_policy(&mut tx, &ctx.account_id, &policy).await?;
    tx.commit().await
}

/// Goes back to the policy of an account that has set none; says whether one was set.
pub async fn clear(ctx: &Ctx) -> Result<bool, Error> {
    let (mut tx, account) = ctx.app.db.write(&ctx.account_id).await?;
    if !account.password_policy.is_set {
        return Ok(false);
    }
    let policy = PasswordPolicy::initial(account.cloud);
    store::accounts::set_password_policy(&mut tx, &ctx.account_id, &policy).await?;
    tx.commit().await?;
    Ok(true)
}
