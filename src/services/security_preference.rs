//! The account's security preference.

use crate::domain::error::Error;
use crate::domain::security_preference::{PreferenceChange, SecurityPreference};
use crate::domain::time::DAY;
use crate::store;

use super::Ctx;

/// Changes the preference. Whoever is idle by the old limit is switched off first, and stays so under a longer one.
pub async fn set(ctx: &Ctx, change: PreferenceChange) -> Result<SecurityPreference, Error> {
    let (mut tx, account) = ctx.app.db.write(&ctx.account_id).await?;
    let old = &account.security_preference;
    let preference = change.apply(old);
    let limit = (old.idle_days_users + 1) * DAY;
    if preference.idle_days_users != old.idle_days_users && ctx.now.seconds() >= limit {
        let since = ctx.now.plus_seconds(-limit);
        store::login_profiles::switch_off_idle(&mut tx, &ctx.account_id, since, ctx.now).await?;
    }
    // Switched on again, no browser is remembered from before; inferred.
    if !preference.save_mfa_ticket {
        store::mfa_tickets::end_all(&mut tx, &ctx.account_id).await?;
    }
    store::accounts::set_security_preference(&mut tx, &ctx.account_id, &preference).await?;
    tx.commit().await?;
    Ok(preference)
}
