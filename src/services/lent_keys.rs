//! Keys lent to testers who call an API as somebody: the principal's own where it has one that works, else a new one
//! that is taken away again after the call.

use crate::app::App;
use crate::config::UnknownKeys;
use crate::domain::access_key::{AccessKey, KeyStatus};
use crate::domain::error::{Error, Noun};
use crate::domain::time::Time;
use crate::store;

use super::{default_account, time_in};

/// A key that was lent.
pub struct Lent {
    /// The key.
    pub key: AccessKey,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a lent key comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It is the principal's own.
    Own,
    /// It was never issued: settings make whoever uses such a key the root of the default account.
    NeverIssued,
    /// It was made for this alone.
    Temporary,
}

/// A key that was never issued, and its secret.
const NEVER_ISSUED: &str = "test";

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
        return Ok(Lent { key, origin: Origin::Own });
    }
    let now = time_in(app, account.clock, store::world::clock(&mut conn).await?);
    drop(conn);
    let is_default = default_account(app, account.cloud) == account_id;
    if user_id.is_none() && is_default && app.settings.auth.unknown_keys == UnknownKeys::Root {
        return Ok(Lent { key: never_issued(account_id, None, now), origin: Origin::NeverIssued });
    }
    let (mut tx, _) = app.db.write(account_id).await?;
    let key = AccessKey {
        id: app.ids.access_key_id(account.cloud, account_id),
        secret: app.ids.access_key_secret(account.cloud),
        ..never_issued(account_id, user_id, now)
    };
    store::access_keys::insert(&mut tx, &key).await?;
    tx.commit().await?;
    Ok(Lent { key, origin: Origin::Temporary })
}

fn never_issued(account_id: &str, user_id: Option<String>, now: Time) -> AccessKey {
    AccessKey {
        account_id: account_id.to_owned(),
        id: NEVER_ISSUED.to_owned(),
        user_id,
        secret: NEVER_ISSUED.to_owned(),
        status: KeyStatus::Active,
        seeded: false,
        created_at: now,
        updated_at: now,
        last_used_at: None,
        last_used_service: None,
        last_used_region: None,
    }
}

/// Takes a lent key back; one of the principal's own stays. A user deleted by the call took it along.
pub async fn take_back(app: &App, lent: &Lent) -> Result<(), Error> {
    if lent.origin != Origin::Temporary {
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
