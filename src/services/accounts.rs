//! Accounts: coming into being on first use, made and dropped by testers, reset; the account alias.

use std::collections::HashMap;

use crate::app::App;
use crate::domain::access_key::{AccessKey, KeyStatus};
use crate::domain::account::{Account, Cloud};
use crate::domain::error::{Error, Noun};
use crate::domain::password_policy::PasswordPolicy;
use crate::domain::security_preference::SecurityPreference;
use crate::domain::time::Time;
use crate::store;

use super::groups::one_more;
use super::users::{Page, page_of};
use super::{Ctx, faults, seeds};

/// An account and who is in it.
pub struct WithUsers {
    /// The account.
    pub account: Account,
    /// The root key made with it.
    pub root_key: Option<AccessKey>,
    /// The names of users.
    pub users: Vec<String>,
}

/// Makes the account unless it is there.
pub async fn ensure(app: &App, id: &str, cloud: Cloud) -> Result<(), Error> {
    if store::accounts::find(&mut app.db.read().await?, id).await?.is_some() {
        return Ok(());
    }
    let mut tx = app.db.write_new(id).await?;
    store::accounts::insert(&mut tx, id, cloud, app.system_now()).await?;
    tx.commit().await
}

/// Makes the account, which must not be there, with a root key that resets leave alone.
pub async fn create(app: &App, cloud: Cloud, id: Option<String>) -> Result<(Account, AccessKey), Error> {
    let id = id.unwrap_or_else(|| app.ids.digits("1", cloud.account_digits() - 1));
    let now = app.system_now();
    let key = new_root_key(app, cloud, &id, now);
    let mut tx = app.db.write_new(&id).await?;
    if !store::accounts::insert(&mut tx, &id, cloud, now).await? {
        return Err(Error::exists(Noun::Account, id));
    }
    store::access_keys::insert(&mut tx, &key).await?;
    let account = store::accounts::find(&mut tx, &id).await?.ok_or(Error::Conflict)?;
    tx.commit().await?;
    Ok((account, key))
}

fn new_root_key(app: &App, cloud: Cloud, account_id: &str, now: Time) -> AccessKey {
    AccessKey {
        account_id: account_id.to_owned(),
        id: app.ids.access_key_id(cloud, account_id),
        user_id: None,
        secret: app.ids.access_key_secret(cloud),
        status: KeyStatus::Active,
        seeded: true,
        created_at: now,
        updated_at: now,
        last_used_at: None,
        last_used_service: None,
        last_used_region: None,
    }
}

/// The root key made with the account; `None` when there is one already, whose secret is not told twice.
pub async fn ensure_root_key(app: &App, id: &str) -> Result<Option<AccessKey>, Error> {
    let (mut tx, account) = app.db.write(id).await?;
    if store::access_keys::of(&mut tx, id, None).await?.iter().any(|key| key.seeded) {
        return Ok(None);
    }
    let key = new_root_key(app, account.cloud, id, app.system_now());
    store::access_keys::insert(&mut tx, &key).await?;
    tx.commit().await?;
    Ok(Some(key))
}

/// All accounts with the root keys made with them.
pub async fn list(app: &App) -> Result<Vec<(Account, Option<AccessKey>)>, Error> {
    let mut conn = app.db.read().await?;
    let accounts = store::accounts::all(&mut conn).await?;
    let keys = store::access_keys::seeded(&mut conn).await?;
    let mut keys: HashMap<String, AccessKey> = keys.into_iter().map(|key| (key.account_id.clone(), key)).collect();
    Ok(accounts.into_iter().map(|account| (keys.remove(&account.id), account)).map(|(key, it)| (it, key)).collect())
}

/// One page of accounts with the root keys made with them, of one cloud or of both. A page starts after the account
/// with the id `after`.
pub async fn page(
    app: &App,
    cloud: Option<Cloud>,
    after: &str,
    most: usize,
) -> Result<Page<(Account, Option<AccessKey>)>, Error> {
    let mut conn = app.db.read().await?;
    let last = if after.is_empty() { None } else { store::accounts::find(&mut conn, after).await? };
    let last = last.as_ref().map(|last| (last.cloud.as_str(), &*last.id));
    let found = store::accounts::page(&mut conn, cloud, last.unwrap_or_default(), one_more(most)?).await?;
    let mut items = Vec::with_capacity(found.len());
    for account in found {
        let keys = store::access_keys::of(&mut conn, &account.id, None).await?;
        items.push((account, keys.into_iter().find(|key| key.seeded)));
    }
    Ok(page_of(items, most, |(account, _)| &account.id))
}

/// One account with the root key made with it, and the names of its users after a name, up to `most`.
///
/// # Errors
/// `NotFound(Account)`.
pub async fn with_users(app: &App, id: &str, after: &str, most: i64) -> Result<WithUsers, Error> {
    let mut conn = app.db.read().await?;
    let account = store::accounts::find(&mut conn, id).await?.ok_or_else(|| Error::missing(Noun::Account, id))?;
    let root_key = store::access_keys::of(&mut conn, id, None).await?.into_iter().find(|key| key.seeded);
    let users = store::users::page(&mut conn, id, after, most).await?;
    Ok(WithUsers { account, root_key, users: users.into_iter().map(|user| user.name).collect() })
}

/// Drops an account with all that is in it.
pub async fn drop_account(app: &App, id: &str) -> Result<(), Error> {
    faults::clear_of_account(app, id).await?;
    let mut tx = app.db.write_new(id).await?;
    store::sessions::delete_children_of_account(&mut tx, id).await?;
    if !store::accounts::delete(&mut tx, id).await? {
        return Err(Error::missing(Noun::Account, id));
    }
    tx.commit().await?;
    app.journal.clear(Some(id));
    Ok(())
}

/// Takes an account back to its beginning: what the seed says of it, else nothing; the root key made with it stays.
/// Faults that name this very account go.
pub async fn reset(app: &App, id: &str) -> Result<(), Error> {
    if store::accounts::find(&mut app.db.read().await?, id).await?.is_none() {
        return Err(Error::missing(Noun::Account, id));
    }
    faults::clear_of_account(app, id).await?;
    if seeds::reset_account(app, id).await? {
        return Ok(());
    }
    let (mut tx, account) = app.db.write(id).await?;
    store::sessions::delete_children_of_account(&mut tx, id).await?;
    store::accounts::empty(&mut tx, id).await?;
    store::accounts::set_password_policy(&mut tx, id, &PasswordPolicy::initial(account.cloud)).await?;
    store::accounts::set_security_preference(&mut tx, id, &SecurityPreference::initial(account.cloud)).await?;
    store::accounts::set_clock(&mut tx, id, None).await?;
    store::accounts::set_alias(&mut tx, id, id).await?;
    tx.commit().await?;
    app.journal.clear(Some(id));
    Ok(())
}

/// Sets the account alias, which makes the default domain; `None` takes it back to the account id.
pub async fn set_alias(ctx: &Ctx, alias: Option<&str>) -> Result<(), Error> {
    let alias = alias.map_or_else(|| ctx.account_id.clone(), str::to_lowercase);
    // The id of an account is kept for that account, also before it comes into being.
    if ctx.cloud.is_account_id(&alias) && alias != ctx.account_id {
        return Err(Error::exists(Noun::AccountAlias, alias));
    }
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    if !store::accounts::set_alias(&mut tx, &ctx.account_id, &alias).await? {
        return Err(Error::exists(Noun::AccountAlias, alias));
    }
    tx.commit().await
}

/// Takes the account alias back to the account id, provided that it is `alias`.
///
/// # Errors
/// `NotFound`.
pub async fn clear_alias(ctx: &Ctx, alias: &str) -> Result<(), Error> {
    let (mut tx, account) = ctx.app.db.write(&ctx.account_id).await?;
    if account.own_alias() != Some(alias) {
        return Err(Error::missing(Noun::AccountAlias, alias));
    }
    store::accounts::set_alias(&mut tx, &account.id, &account.id).await?;
    tx.commit().await
}
