//! Keys lent to testers who call an API as somebody: the principal's own where it has one that works, else a new one
//! that is taken away again after the call.

use crate::app::App;
use crate::domain::access_key::{AccessKey, KeyStatus};
use crate::domain::error::{Error, Noun};
use crate::store;

use super::time_in;

/// A key that was lent.
pub struct Lent {
    /// The key.
    pub key: AccessKey,
    /// Whether it was made for this alone.
    pub is_temporary: bool,
}

/// Lends a key of a user, or of the account's root. A temporary one counts against no limit.
///
/// # Errors
/// `NotFound(Account)`, `NotFound(User)`.
pub async fn lend(app: &App, account_id: &str, user: Option<&str>) -> Result<Lent, Error> {
    let mut conn = app.db.read().await?;
    let found = store::accounts::find(&mut conn, account_id).await?;
    let account = found.ok_or_else(|| Error::missing(Noun::Account, account_id))?;
    let user_id = match user {
        None => None,
        Some(name) => {
            let found = store::users::by_name(&mut conn, account_id, name).await?;
            Some(found.ok_or_else(|| Error::missing(Noun::User, name))?.id)
        }
    };
    let own = store::access_keys::of(&mut conn, account_id, user_id.as_deref()).await?;
    if let Some(key) = own.into_iter().find(|key| key.status == KeyStatus::Active) {
        return Ok(Lent { key, is_temporary: false });
    }
    drop(conn);
    let (mut tx, _) = app.db.write(account_id).await?;
    let now = time_in(app, account.clock, store::world::clock(&mut tx).await?);
    let key = AccessKey {
        account_id: account_id.to_owned(),
        id: app.ids.access_key_id(account.cloud, account_id),
        user_id,
        secret: app.ids.access_key_secret(account.cloud),
        status: KeyStatus::Active,
        seeded: false,
        created_at: now,
        updated_at: now,
        last_used_at: None,
        last_used_service: None,
        last_used_region: None,
    };
    store::access_keys::insert(&mut tx, &key).await?;
    tx.commit().await?;
    Ok(Lent { key, is_temporary: true })
}

/// Takes a lent key back; one of the principal's own stays. A user deleted by the call took it along.
pub async fn take_back(app: &App, lent: &Lent) -> Result<(), Error> {
    if !lent.is_temporary {
        return Ok(());
    }
    if store::accounts::find(&mut app.db.read().await?, &lent.key.account_id).await?.is_none() {
        return Ok(());
    }
    let (mut tx, account) = app.db.write(&lent.key.account_id).await?;
    let now = time_in(app, account.clock, store::world::clock(&mut tx).await?);
    store::access_keys::erase(&mut tx, &lent.key.id, now).await?;
    tx.commit().await
}
