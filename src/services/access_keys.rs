//! Access keys of users and of the account's root.

use crate::domain::access_key::{AccessKey, KeyStatus};
use crate::domain::error::{Error, Noun};
use crate::domain::user::UserRef;
use crate::store::{self, Conn};

use super::{Ctx, upkeep};

/// Whose keys: the named user's, or the caller's own, which for a root are the account's.
async fn owner(ctx: &Ctx, conn: &mut Conn, user: Option<&UserRef>) -> Result<Option<String>, Error> {
    match user {
        Some(user) => Ok(Some(super::users::get(conn, &ctx.account_id, user).await?.id)),
        None => Ok(ctx.calling_user().map(|(id, _)| id.to_owned())),
    }
}

/// The key with this id, if it is one of the owner's.
async fn owned(conn: &mut Conn, account_id: &str, owner: Option<&str>, key_id: &str) -> Result<AccessKey, Error> {
    let key = store::access_keys::find(conn, key_id).await?;
    key.filter(|key| {
        key.account_id == account_id && key.user_id.as_deref() == owner && key.status != KeyStatus::Deleted
    })
    .ok_or_else(|| Error::missing(Noun::AccessKey, key_id))
}

/// Makes a key.
///
/// # Errors
/// `NotFound(User)`, `LimitExceeded`.
pub async fn create(ctx: &Ctx, user: Option<&UserRef>) -> Result<AccessKey, Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let user_id = owner(ctx, &mut tx, user).await?;
    let existing = store::access_keys::of(&mut tx, &ctx.account_id, user_id.as_deref()).await?;
    let counted = existing.iter().filter(|key| !key.seeded).count();
    let most = ctx.quotas().access_keys_per_user;
    if i64::try_from(counted).unwrap_or(i64::MAX) >= most {
        return Err(Error::LimitExceeded(Noun::AccessKey, most));
    }
    let key = AccessKey {
        account_id: ctx.account_id.clone(),
        id: ctx.app.ids.access_key_id(ctx.cloud, &ctx.account_id),
        user_id,
        secret: ctx.app.ids.access_key_secret(ctx.cloud),
        status: KeyStatus::Active,
        seeded: false,
        created_at: ctx.now,
        updated_at: ctx.now,
        last_used_at: None,
        last_used_service: None,
        last_used_region: None,
    };
    store::access_keys::insert(&mut tx, &key).await?;
    tx.commit().await?;
    Ok(key)
}

/// The keys of a user or of the caller, the oldest first.
///
/// # Errors
/// `NotFound(User)`.
pub async fn list(ctx: &Ctx, user: Option<&UserRef>) -> Result<Vec<AccessKey>, Error> {
    let mut conn = ctx.app.db.read().await?;
    let user_id = owner(ctx, &mut conn, user).await?;
    store::access_keys::of(&mut conn, &ctx.account_id, user_id.as_deref()).await
}

/// Makes a key active or inactive.
///
/// # Errors
/// `NotFound`.
pub async fn update(ctx: &Ctx, user: Option<&UserRef>, key_id: &str, status: KeyStatus) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let user_id = owner(ctx, &mut tx, user).await?;
    owned(&mut tx, &ctx.account_id, user_id.as_deref(), key_id).await?;
    store::access_keys::set_status(&mut tx, key_id, status, ctx.now).await?;
    tx.commit().await
}

/// Deletes a key for good.
///
/// # Errors
/// `NotFound`.
pub async fn delete(ctx: &Ctx, user: Option<&UserRef>, key_id: &str) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let user_id = owner(ctx, &mut tx, user).await?;
    owned(&mut tx, &ctx.account_id, user_id.as_deref(), key_id).await?;
    store::access_keys::erase(&mut tx, key_id, ctx.now).await?;
    tx.commit().await
}

/// The name of a key's owner: its user's, or none for the account's root.
///
/// # Errors
/// `Conflict` when the user went since the key was read.
pub async fn owner_name(ctx: &Ctx, key: &AccessKey) -> Result<String, Error> {
    match &key.user_id {
        None => Ok(String::new()),
        Some(id) => Ok(ctx.user(&UserRef::Id(id.clone())).await.map_err(|_| Error::Conflict)?.0.name.clone()),
    }
}

/// Any key of the account with when it was last used.
///
/// # Errors
/// `NotFound`.
pub async fn last_used_of_any(ctx: &Ctx, key_id: &str) -> Result<AccessKey, Error> {
    upkeep::write_key_usage(&ctx.app).await?;
    let key = store::access_keys::find(&mut ctx.app.db.read().await?, key_id).await?;
    key.filter(|key| key.account_id == ctx.account_id && key.status != KeyStatus::Deleted)
        .ok_or_else(|| Error::missing(Noun::AccessKey, key_id))
}

/// A key with when it was last used. A user asks about its own; without a name a root may
/// ask for any key of the account, which is inferred.
///
/// # Errors
/// `NotFound`.
pub async fn last_used(ctx: &Ctx, user: Option<&UserRef>, key_id: &str) -> Result<AccessKey, Error> {
    upkeep::write_key_usage(&ctx.app).await?;
    if user.is_none() && ctx.calling_user().is_none() {
        return last_used_of_any(ctx, key_id).await;
    }
    let mut conn = ctx.app.db.read().await?;
    let user_id = owner(ctx, &mut conn, user).await?;
    owned(&mut conn, &ctx.account_id, user_id.as_deref(), key_id).await
}
