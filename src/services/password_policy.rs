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
