//! Certificates that users sign with: upload, list, switch on and off, delete.

use crate::domain::access_key::KeyStatus;
use crate::domain::credentials::SigningCertificate;
use crate::domain::error::{Error, MaterialFault, Noun};
use crate::domain::user::{User, UserRef};
use crate::federation::certificate::Certificate;
use crate::store::{self, Conn};

use super::{Ctx, totp, users};

/// Stores a certificate of a user. One that the user has already stays as it is and is answered as if it were active.
///
/// # Errors
/// `NotFound(User)`, `Material`, `LimitExceeded`.
pub async fn upload(ctx: &Ctx, user: &UserRef, body: &str) -> Result<(User, SigningCertificate), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let user = users::get(&mut tx, &ctx.account_id, user).await?;
    let read = Certificate::from_pem(body).ok().filter(|read| read.is_valid_at(ctx.now));
    let read = read.ok_or_else(|| Error::Material(MaterialFault::SigningCertificate(body.to_owned())))?;
    // Recorded: ids of these have no prefix, they are the certificate's SHA-1 in base 32.
    let id = totp::in_base32(&read.sha1());
    if let Some(there) = store::signing_certificates::find(&mut tx, &ctx.account_id, &id).await? {
        if there.user_id != user.id {
            return Err(Error::Material(MaterialFault::SigningDuplicate));
        }
        return Ok((user, SigningCertificate { status: KeyStatus::Active, ..there }));
    }
    let existing = store::signing_certificates::of_user(&mut tx, &ctx.account_id, &user.id).await?;
    let most = ctx.quotas().signing_certificates_per_user;
    if i64::try_from(existing.len()).unwrap_or(i64::MAX) >= most {
        return Err(Error::LimitExceeded(Noun::SigningCertificate, most));
    }
    let made = SigningCertificate {
        account_id: ctx.account_id.clone(),
        user_id: user.id.clone(),
        id,
        body: body.to_owned(),
        status: KeyStatus::Active,
        uploaded_at: ctx.now,
    };
    store::signing_certificates::insert(&mut tx, &made).await?;
    tx.commit().await?;
    Ok((user, made))
}

async fn owned(ctx: &Ctx, conn: &mut Conn, user: &UserRef, id: &str) -> Result<(), Error> {
    let user = users::get(conn, &ctx.account_id, user).await?;
    let certificate = store::signing_certificates::find(conn, &ctx.account_id, id).await?;
    let own = certificate.is_some_and(|certificate| certificate.user_id == user.id);
    if own { Ok(()) } else { Err(Error::missing(Noun::SigningCertificate, id)) }
}

/// The certificates of a user, the oldest first.
///
/// # Errors
/// `NotFound(User)`.
pub async fn list(ctx: &Ctx, user: &UserRef) -> Result<(User, Vec<SigningCertificate>), Error> {
    let mut conn = ctx.app.db.read().await?;
    let user = users::get(&mut conn, &ctx.account_id, user).await?;
    let certificates = store::signing_certificates::of_user(&mut conn, &ctx.account_id, &user.id).await?;
    Ok((user, certificates))
}

/// Makes a certificate active or inactive.
///
/// # Errors
/// `NotFound`.
pub async fn update(ctx: &Ctx, user: &UserRef, id: &str, status: KeyStatus) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    owned(ctx, &mut tx, user, id).await?;
    store::signing_certificates::set_status(&mut tx, &ctx.account_id, id, status).await?;
    tx.commit().await
}

/// Deletes a certificate.
///
/// # Errors
/// `NotFound`.
pub async fn delete(ctx: &Ctx, user: &UserRef, id: &str) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    owned(ctx, &mut tx, user, id).await?;
    store::signing_certificates::delete(&mut tx, &ctx.account_id, id).await?;
    tx.commit().await
}
