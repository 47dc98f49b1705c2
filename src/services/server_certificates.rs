//! Certificates of servers: upload, get, list, rename, delete, label. Private keys are compared and forgotten.

use secrecy::{ExposeSecret, SecretString};

use crate::domain::credentials::ServerCertificate;
use crate::domain::error::{Error, MaterialFault, Noun};
use crate::domain::name;
use crate::domain::time::Time;
use crate::domain::unique_id::IdKind;
use crate::domain::user::Tag;
use crate::federation::certificate::Certificate;
use crate::federation::private_key::PrivateKeyFault;
use crate::store::accounts::Counter;
use crate::store::tags::Owner;
use crate::store::{self, Conn};

use super::users::{LEAST_CHUNK, Page, page_of};
use super::{Ctx, tags};

/// A certificate to store.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of ServerCertificate, its private key and its labels")]
pub struct Upload {
    pub name: String,
    pub path: String,
    pub body: String,
    pub private_key: SecretString,
    pub chain: Option<String>,
    pub tags: Vec<Tag>,
}

/// Reads what is uploaded and checks that its parts go together; gives when the certificate lapses.
fn check(upload: &Upload, now: Time) -> Result<Time, MaterialFault> {
    let certificate = Certificate::from_pem(&upload.body).map_err(|_| MaterialFault::ServerCertificate)?;
    match certificate.belongs_to(upload.private_key.expose_secret()) {
        // A key that does not name its public key cannot be compared; it is given the benefit of the doubt.
        Ok(true) | Err(PrivateKeyFault::NoPublicPart) => {}
        Ok(false) => return Err(MaterialFault::KeyPairMismatch),
        Err(PrivateKeyFault::Malformed | PrivateKeyFault::Encrypted | PrivateKeyFault::Unsupported) => {
            return Err(MaterialFault::PrivateKey);
        }
    }
    if certificate.not_after.seconds() < now.seconds() {
        return Err(MaterialFault::Expired);
    }
    if !certificate.is_valid_at(now) {
        return Err(MaterialFault::NotYetValid);
    }
    if let Some(chain) = &upload.chain {
        let chain = Certificate::all_from_pem(chain).map_err(|_| MaterialFault::Chain)?;
        if let Some(misplaced) = certificate.misplaced_in(&chain) {
            let number = misplaced.and_then(|number| i64::try_from(number).ok());
            return Err(MaterialFault::ChainOrder(number.unwrap_or(-1)));
        }
    }
    Ok(certificate.not_after)
}

/// Stores a certificate.
///
/// # Errors
/// `Material`, `AlreadyExists`, `LimitExceeded`.
pub async fn upload(ctx: &Ctx, upload: &Upload) -> Result<ServerCertificate, Error> {
    let expires_at = check(upload, ctx.now).map_err(Error::Material)?;
    let made = ServerCertificate {
        account_id: ctx.account_id.clone(),
        id: ctx.app.ids.unique_id(ctx.cloud, IdKind::Certificate),
        name: upload.name.clone(),
        path: upload.path.clone(),
        // Recorded: it comes back without the line's end.
        body: upload.body.trim().to_owned(),
        chain: upload.chain.as_deref().map(|chain| chain.trim().to_owned()),
        uploaded_at: ctx.now,
        expires_at,
    };
    let (mut tx, account) = ctx.app.db.write_counting(&ctx.account_id, Counter::ServerCertificates).await?;
    if !store::server_certificates::insert(&mut tx, &made).await? {
        return Err(Error::exists(Noun::ServerCertificate, &*made.name));
    }
    let most = ctx.quotas().server_certificates;
    if account.server_certificates > most {
        return Err(Error::LimitExceeded(Noun::ServerCertificate, most));
    }
    tags::put(ctx, &mut tx, Owner::ServerCertificate, &made.id, &upload.tags).await?;
    tx.commit().await?;
    Ok(made)
}

async fn find(ctx: &Ctx, conn: &mut Conn, name: &str) -> Result<ServerCertificate, Error> {
    let found = store::server_certificates::by_name(conn, &ctx.account_id, name).await?;
    found.ok_or_else(|| Error::missing(Noun::ServerCertificate, name))
}

/// A certificate with its labels.
///
/// # Errors
/// `NotFound`.
pub async fn get(ctx: &Ctx, name: &str) -> Result<(ServerCertificate, Vec<Tag>), Error> {
    let mut conn = ctx.app.db.read().await?;
    let found = find(ctx, &mut conn, name).await?;
    let tags = store::tags::of(&mut conn, &ctx.account_id, Owner::ServerCertificate, &found.id).await?;
    Ok((found, tags))
}

/// One page of certificates under a path, in the order of their names.
pub async fn list(ctx: &Ctx, prefix: &str, after: &str, most: usize) -> Result<Page<ServerCertificate>, Error> {
    let mut conn = ctx.app.db.read().await?;
    let mut items: Vec<ServerCertificate> = Vec::new();
    let mut after = name::key(after);
    while items.len() <= most {
        // One more than fits tells whether there is a next page.
        let limit = (most - items.len() + 1).max(LEAST_CHUNK);
        let chunk = i64::try_from(limit).map_err(Error::internal)?;
        let found = store::server_certificates::page(&mut conn, &ctx.account_id, &after, chunk).await?;
        let ended = found.len() < limit;
        if let Some(last) = found.last() {
            after = name::key(&last.name);
        }
        items.extend(found.into_iter().filter(|certificate| certificate.path.starts_with(prefix)));
        if ended {
            break;
        }
    }
    Ok(page_of(items, most, |certificate| &certificate.name))
}

/// Gives a certificate another name, another path, or both.
///
/// # Errors
/// `NotFound`, `AlreadyExists`.
pub async fn update(ctx: &Ctx, name: &str, new_name: Option<String>, new_path: Option<String>) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let mut found = find(ctx, &mut tx, name).await?;
    found.name = new_name.unwrap_or(found.name);
    found.path = new_path.unwrap_or(found.path);
    if !store::server_certificates::rename(&mut tx, &found).await? {
        return Err(Error::exists(Noun::ServerCertificate, found.name));
    }
    tx.commit().await
}

/// Deletes a certificate.
///
/// # Errors
/// `NotFound`.
pub async fn delete(ctx: &Ctx, name: &str) -> Result<(), Error> {
    let account = &*ctx.account_id;
    let (mut tx, _) = ctx.app.db.write(account).await?;
    let found = find(ctx, &mut tx, name).await?;
    store::server_certificates::delete(&mut tx, account, &found.id).await?;
    store::tags::delete(&mut tx, account, Owner::ServerCertificate, &found.id).await?;
    store::accounts::count(&mut tx, account, Counter::ServerCertificates, -1).await?;
    tx.commit().await
}

/// Puts labels on a certificate.
///
/// # Errors
/// `NotFound`, `LimitExceeded`.
pub async fn tag(ctx: &Ctx, name: &str, given: &[Tag]) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let found = find(ctx, &mut tx, name).await?;
    tags::put(ctx, &mut tx, Owner::ServerCertificate, &found.id, given).await?;
    tx.commit().await
}

/// Takes labels off a certificate.
///
/// # Errors
/// `NotFound`.
pub async fn untag(ctx: &Ctx, name: &str, keys: &[String]) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let found = find(ctx, &mut tx, name).await?;
    tags::remove(ctx, &mut tx, Owner::ServerCertificate, &found.id, keys).await?;
    tx.commit().await
}
