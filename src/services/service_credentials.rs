//! Users' credentials for single services: make, list, switch on and off, give a new secret, delete.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::domain::access_key::KeyStatus;
use crate::domain::credentials::{Service, ServiceCredential, service_alias};
use crate::domain::error::{Error, Noun};
use crate::domain::time::DAY;
use crate::domain::unique_id::IdKind;
use crate::domain::user::{User, UserRef};
use crate::store::{self, Conn};

use super::users::{Page, page_of};
use super::{Ctx, users};

/// Bytes of chance in a secret: 45 give the 60 characters that recorded passwords have.
const SECRET_BYTES: usize = 45;

/// A credential with its user's name and the secret that is told once.
#[derive(Debug)]
#[expect(missing_docs, reason = "the fields say it")]
pub struct Told {
    pub credential: ServiceCredential,
    pub user: String,
    pub secret: SecretString,
}

/// The service of this name.
///
/// # Errors
/// `NoSuchService`.
pub fn service(name: &str) -> Result<Service, Error> {
    Service::parse(name).ok_or_else(|| Error::NoSuchService(name.to_owned()))
}

/// A new secret: a password, or a key of the service's form, which holds the name too.
fn secret(ctx: &Ctx, service: Service, alias: &str) -> SecretString {
    let random = STANDARD.encode(ctx.app.ids.bytes::<SECRET_BYTES>());
    SecretString::from(match service.key_prefix {
        None => random,
        Some(prefix) => format!("{prefix}{}", STANDARD.encode(format!("{alias}:{random}"))),
    })
}

fn hash(secret: &SecretString) -> String {
    Sha256::digest(secret.expose_secret()).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Makes a credential that lasts so many days, or for ever. The service is looked at before the user; inferred.
///
/// # Errors
/// `NoSuchService`, `NotFound(User)`, `LimitExceeded`.
pub async fn create(ctx: &Ctx, user: &UserRef, service_name: &str, age_days: Option<i64>) -> Result<Told, Error> {
    let service = service(service_name)?;
    let account = &*ctx.account_id;
    let (mut tx, _) = ctx.app.db.write(account).await?;
    let user = users::get(&mut tx, account, user).await?;
    let existing = store::service_credentials::of_user(&mut tx, account, &user.id).await?;
    let most = ctx.quotas().service_credentials_per_user;
    let here = existing.iter().filter(|existing| existing.service == service).count();
    if i64::try_from(here).unwrap_or(i64::MAX) >= most {
        return Err(Error::LimitExceeded(Noun::ServiceCredential, most));
    }
    let taken = store::service_credentials::aliases(&mut tx, account, service).await?;
    let alias = service_alias(&user.name, account, &taken.iter().map(String::as_str).collect::<Vec<_>>());
    let secret = secret(ctx, service, &alias);
    let credential = ServiceCredential {
        account_id: account.to_owned(),
        user_id: user.id,
        id: ctx.app.ids.unique_id(ctx.cloud, IdKind::ServiceCredential),
        service,
        secret_hash: hash(&secret),
        alias,
        status: KeyStatus::Active,
        created_at: ctx.now,
        expires_at: age_days.map(|days| ctx.now.plus_seconds(days.saturating_mul(DAY))),
    };
    store::service_credentials::insert(&mut tx, &credential).await?;
    tx.commit().await?;
    Ok(Told { credential, user: user.name, secret })
}

async fn owned(ctx: &Ctx, conn: &mut Conn, user: &UserRef, id: &str) -> Result<(User, ServiceCredential), Error> {
    let user = users::get(conn, &ctx.account_id, user).await?;
    match store::service_credentials::find(conn, &ctx.account_id, id).await? {
        None => Err(Error::missing(Noun::ServiceCredential, id)),
        Some(credential) if credential.user_id == user.id => Ok((user, credential)),
        Some(_) => Err(Error::NotOwned { noun: Noun::ServiceCredential, name: id.to_owned(), user: user.name }),
    }
}

/// One page of the credentials of a user, or of all, for a service, or for all; with the users' names.
///
/// # Errors
/// `NoSuchService`, `NotFound(User)`.
pub async fn list(
    ctx: &Ctx,
    user: Option<&UserRef>,
    service_name: Option<&str>,
    after: &str,
    most: usize,
) -> Result<Page<(ServiceCredential, String)>, Error> {
    let wanted = service_name.map(service).transpose()?;
    let mut conn = ctx.app.db.read().await?;
    let suits = |credential: &ServiceCredential| wanted.is_none_or(|wanted| credential.service == wanted);
    let mut items: Vec<(ServiceCredential, String)> = Vec::new();
    if let Some(user) = user {
        let user = users::get(&mut conn, &ctx.account_id, user).await?;
        let all = store::service_credentials::of_user(&mut conn, &ctx.account_id, &user.id).await?;
        let left = all.into_iter().filter(|credential| suits(credential) && *credential.id > *after);
        items.extend(left.map(|credential| (credential, user.name.clone())));
        return Ok(page_of(items, most, |(credential, _)| &credential.id));
    }
    let mut after = after.to_owned();
    while items.len() <= most {
        // One more than fits tells whether there is a next page.
        let limit = most - items.len() + 1;
        let chunk = i64::try_from(limit).map_err(Error::internal)?;
        let found = store::service_credentials::page(&mut conn, &ctx.account_id, &after, chunk).await?;
        let ended = found.len() < limit;
        if let Some((last, _)) = found.last() {
            after.clone_from(&last.id);
        }
        items.extend(found.into_iter().filter(|(credential, _)| suits(credential)));
        if ended {
            break;
        }
    }
    Ok(page_of(items, most, |(credential, _)| &credential.id))
}

/// Makes a credential active or inactive.
///
/// # Errors
/// `NotFound`, `NotOwned`.
pub async fn update(ctx: &Ctx, user: &UserRef, id: &str, status: KeyStatus) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    owned(ctx, &mut tx, user, id).await?;
    store::service_credentials::set_status(&mut tx, &ctx.account_id, id, status).await?;
    tx.commit().await
}

/// Gives a credential a new secret; all else stays.
///
/// # Errors
/// `NotFound`, `NotOwned`.
pub async fn reset(ctx: &Ctx, user: &UserRef, id: &str) -> Result<Told, Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let (user, mut credential) = owned(ctx, &mut tx, user, id).await?;
    let secret = secret(ctx, credential.service, &credential.alias);
    credential.secret_hash = hash(&secret);
    store::service_credentials::set_secret(&mut tx, &ctx.account_id, id, &credential.secret_hash).await?;
    tx.commit().await?;
    Ok(Told { credential, user: user.name, secret })
}

/// Deletes a credential.
///
/// # Errors
/// `NotFound`, `NotOwned`.
pub async fn delete(ctx: &Ctx, user: &UserRef, id: &str) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    owned(ctx, &mut tx, user, id).await?;
    store::service_credentials::delete(&mut tx, &ctx.account_id, id).await?;
    tx.commit().await
}
