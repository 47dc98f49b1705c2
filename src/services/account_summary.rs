//! What an account has and may have, and which tokens STS gives.

use std::sync::Arc;

use crate::domain::account::Account;
use crate::domain::error::Error;
use crate::store;

use super::Ctx;

pub use crate::store::account_details::Counts;

/// The account with its counters, and what has to be counted.
pub async fn get(ctx: &Ctx) -> Result<(Arc<Account>, Counts), Error> {
    let account = ctx.account().await?;
    let counts = store::account_details::counts(&mut ctx.app.db.read().await?, &ctx.account_id).await?;
    Ok((account, counts))
}

/// Sets which tokens the global endpoint of STS gives: 1 or 2.
pub async fn set_token_version(ctx: &Ctx, version: i64) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    store::accounts::set_token_version(&mut tx, &ctx.account_id, version).await?;
    tx.commit().await
}
