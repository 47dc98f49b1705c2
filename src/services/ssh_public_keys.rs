//! SSH public keys of users: upload, get, list, switch on and off, delete.

use crate::domain::access_key::KeyStatus;
use crate::domain::credentials::SshPublicKey;
use crate::domain::error::{Error, MaterialFault, Noun};
use crate::domain::unique_id::IdKind;
use crate::domain::user::{User, UserRef};
use crate::federation::ssh_key::{SshKey, SshKeyFault};
use crate::store::{self, Conn};

use super::{Ctx, users};

/// The form in which a key is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As OpenSSH writes it.
    OpenSsh,
    /// In PEM.
    Pem,
}

/// Stores a key of a user.
///
/// # Errors
/// `NotFound(User)`, `Material`, `LimitExceeded`.
pub async fn upload(ctx: &Ctx, user: &UserRef, body: &str) -> Result<(User, SshPublicKey), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let user = users::get(&mut tx, &ctx.account_id, user).await?;
    let key = SshKey::parse(body).map_err(|fault| {
        Error::Material(match fault {
            SshKeyFault::Encoding => MaterialFault::SshEncoding,
            SshKeyFault::Key => MaterialFault::SshKey,
        })
    })?;
    let wire = key.wire();
    let existing = store::ssh_public_keys::of_user(&mut tx, &ctx.account_id, &user.id).await?;
    if existing.iter().any(|existing| existing.wire == wire) {
        return Err(Error::Material(MaterialFault::SshDuplicate));
    }
    let most = ctx.quotas().ssh_keys_per_user;
    if i64::try_from(existing.len()).unwrap_or(i64::MAX) >= most {
        return Err(Error::LimitExceeded(Noun::SshPublicKey, most));
    }
    let made = SshPublicKey {
        account_id: ctx.account_id.clone(),
        user_id: user.id.clone(),
        id: ctx.app.ids.unique_id(ctx.cloud, IdKind::PublicKey),
        body: body.to_owned(),
        wire,
        fingerprint: key.fingerprint(),
        status: KeyStatus::Active,
        uploaded_at: ctx.now,
    };
    store::ssh_public_keys::insert(&mut tx, &made).await?;
    tx.commit().await?;
    Ok((user, made))
}

async fn owned(ctx: &Ctx, conn: &mut Conn, user: &UserRef, id: &str) -> Result<(User, SshPublicKey), Error> {
    let user = users::get(conn, &ctx.account_id, user).await?;
    let key = store::ssh_public_keys::find(conn, &ctx.account_id, id).await?;
    match key {
        None => Err(Error::missing(Noun::SshPublicKey, id)),
        Some(key) if key.user_id == user.id => Ok((user, key)),
        Some(_) => Err(Error::NotOwned { noun: Noun::SshPublicKey, name: id.to_owned(), user: user.name }),
    }
}

/// A key of a user, and its text in the form asked for: without a comment, which only the answer to the upload shows.
///
/// # Errors
/// `NotFound`, `NotOwned`.
pub async fn get(ctx: &Ctx, user: &UserRef, id: &str, form: Form) -> Result<(User, SshPublicKey, String), Error> {
    let (user, key) = owned(ctx, &mut ctx.app.db.read().await?, user, id).await?;
    let read = SshKey::from_wire(&key.wire).ok_or_else(|| Error::internal("a stored SSH key cannot be read"))?;
    let text = match form {
        Form::OpenSsh => read.openssh(),
        Form::Pem => read.pem(),
    };
    Ok((user, key, text))
}

/// The keys of a user, the oldest first.
///
/// # Errors
/// `NotFound(User)`.
pub async fn list(ctx: &Ctx, user: &UserRef) -> Result<(User, Vec<SshPublicKey>), Error> {
    let mut conn = ctx.app.db.read().await?;
    let user = users::get(&mut conn, &ctx.account_id, user).await?;
    let keys = store::ssh_public_keys::of_user(&mut conn, &ctx.account_id, &user.id).await?;
    Ok((user, keys))
}

/// Makes a key active or inactive.
///
/// # Errors
/// `NotFound`, `NotOwned`.
pub async fn update(ctx: &Ctx, user: &UserRef, id: &str, status: KeyStatus) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    owned(ctx, &mut tx, user, id).await?;
    store::ssh_public_keys::set_status(&mut tx, &ctx.account_id, id, status).await?;
    tx.commit().await
}

/// Deletes a key.
///
/// # Errors
/// `NotFound`, `NotOwned`.
pub async fn delete(ctx: &Ctx, user: &UserRef, id: &str) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    owned(ctx, &mut tx, user, id).await?;
    store::ssh_public_keys::delete(&mut tx, &ctx.account_id, id).await?;
    tx.commit().await
}
