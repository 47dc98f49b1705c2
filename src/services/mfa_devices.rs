//! Virtual MFA devices: create, bind, synchronize, unbind, delete, list, label.

use crate::app::App;
use crate::domain::account::Cloud;
use crate::domain::error::{Error, Noun};
use crate::domain::mfa::{MfaDevice, name_in_serial_number};
use crate::domain::time::Time;
use crate::domain::user::{Tag, User, UserRef};
use crate::domain::{arn, name};
use crate::store::accounts::Counter;
use crate::store::tags::Owner;
use crate::store::{self, Conn};

use super::users::{LEAST_CHUNK, Page, page_of};
use super::{Ctx, tags, totp, users};

/// A device to make.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of MfaDevice, and its labels")]
pub struct Create {
    pub name: String,
    pub path: String,
    pub tags: Vec<Tag>,
}

/// Makes a device that is bound to nobody.
///
/// # Errors
/// `AlreadyExists`, `LimitExceeded`.
pub async fn create(ctx: &Ctx, create: &Create) -> Result<MfaDevice, Error> {
    let device = MfaDevice {
        account_id: ctx.account_id.clone(),
        name: create.name.clone(),
        path: create.path.clone(),
        seed: ctx.app.ids.bytes::<{ totp::SEED_LENGTH }>().to_vec(),
        user_id: None,
        bound_at: None,
        last_step: 0,
        used_before: 0,
        last_pair: 0,
        drift: 0,
        created_at: ctx.now,
    };
    let (mut tx, account) = ctx.app.db.write_counting(&ctx.account_id, Counter::MfaDevices).await?;
    if !store::mfa_devices::insert(&mut tx, &device).await? {
        return Err(Error::exists(Noun::MfaDevice, &*device.name));
    }
    let most = ctx.quotas().mfa_devices;
    if account.mfa_devices > most {
        return Err(Error::LimitExceeded(Noun::MfaDevice, most));
    }
    tags::put(ctx, &mut tx, Owner::MfaDevice, &label_owner(&device), &create.tags).await?;
    tx.commit().await?;
    Ok(device)
}

/// What a device's labels hang on.
fn label_owner(device: &MfaDevice) -> String {
    name::key(&device.name)
}

async fn by_serial_number(
    conn: &mut Conn,
    cloud: Cloud,
    account_id: &str,
    serial_number: &str,
) -> Result<MfaDevice, Error> {
    let missing = Error::missing(Noun::MfaDevice, serial_number);
    let Some(name) = name_in_serial_number(cloud, account_id, serial_number) else { return Err(missing) };
    let found = store::mfa_devices::by_name(conn, account_id, name).await?;
    // The same name under another path is no device's.
    let path = arn::parse(cloud, arn::Kind::MfaDevice, serial_number).map(|parsed| parsed.path);
    found.filter(|device| Some(&*device.path) == path).ok_or(missing)
}

/// Binds a device to a user who proves it by two codes that follow one another.
///
/// # Errors
/// `NotFound`, `AlreadyExists`, `LimitExceeded`, `MfaNotShown`, `MfaCodeMalformed`, `MfaCodeIncorrect`.
pub async fn bind(ctx: &Ctx, user: &UserRef, serial_number: &str, codes: [&str; 2]) -> Result<(), Error> {
    if !codes.iter().all(|code| totp::is_well_formed(code)) {
        return Err(Error::MfaCodeMalformed);
    }
    let account = &*ctx.account_id;
    let (mut tx, _) = ctx.app.db.write(account).await?;
    let user = users::get(&mut tx, account, user).await?;
    let bound = store::mfa_devices::of_user(&mut tx, account, &user.id).await?;
    proven_for_own(ctx, &user, &bound)?;
    let mut device = by_serial_number(&mut tx, ctx.cloud, account, serial_number).await?;
    let most = ctx.cloud.rules().mfa_devices_per_user;
    match device.user_id.as_deref() {
        // Where a user has one device at the most, it is told as any other that is taken.
        Some(owner) if owner == user.id && most > 1 => return Err(Error::exists(Noun::UserMfaDevice, user.name)),
        Some(_) => return Err(Error::exists(Noun::BoundUser, serial_number)),
        None if bound.len() < most => {}
        None if most == 1 => return Err(Error::exists(Noun::UserMfaDevice, user.name)),
        None => {
            let most = i64::try_from(most).map_err(Error::internal)?;
            return Err(Error::LimitExceeded(Noun::UserMfaDevice, most));
        }
    }
    if !totp::take_two_codes(&ctx.cloud.rules().mfa, &mut device, codes[0], codes[1], ctx.now)? {
        return Err(Error::MfaCodeIncorrect);
    }
    device.user_id = Some(user.id);
    device.bound_at = Some(ctx.now);
    store::mfa_devices::save(&mut tx, &device).await?;
    tx.commit().await
}

/// Whether the caller may bind and unbind this user's devices: users who have one, their own only with temporary
/// credentials. That those were given for a code is not asked: without one they may not call the service at all
/// (STS 2011-06-15 GetSessionToken).
fn proven_for_own(ctx: &Ctx, user: &User, bound: &[MfaDevice]) -> Result<(), Error> {
    let own = ctx.calling_user().is_some_and(|(id, _)| id == user.id);
    let unproven = own && ctx.session.is_none() && !bound.is_empty();
    if unproven && ctx.cloud.rules().mfa.own_devices_need_proof { Err(Error::MfaNotShown) } else { Ok(()) }
}

/// The device of this serial number, which is bound to this user.
async fn bound_device(ctx: &Ctx, conn: &mut Conn, user: &User, serial_number: &str) -> Result<MfaDevice, Error> {
    let device = by_serial_number(conn, ctx.cloud, &ctx.account_id, serial_number).await?;
    let bound = device.user_id.as_ref() == Some(&user.id);
    if bound { Ok(device) } else { Err(Error::missing(Noun::UserMfaDevice, &*user.name)) }
}

/// Takes one of a user's devices off the user; the device stays.
///
/// # Errors
/// `NotFound`, `MfaNotShown`.
pub async fn unbind_one(ctx: &Ctx, user: &UserRef, serial_number: &str) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let user = users::get(&mut tx, &ctx.account_id, user).await?;
    proven_for_own(ctx, &user, &store::mfa_devices::of_user(&mut tx, &ctx.account_id, &user.id).await?)?;
    let mut device = bound_device(ctx, &mut tx, &user, serial_number).await?;
    device.user_id = None;
    device.bound_at = None;
    store::mfa_devices::save(&mut tx, &device).await?;
    store::mfa_tickets::end_of_user(&mut tx, &ctx.account_id, &user.id).await?;
    tx.commit().await
}

/// Sets the clock of one of a user's devices right by two codes that follow one another.
///
/// # Errors
/// `NotFound`, `MfaCodeIncorrect`.
pub async fn synchronize(ctx: &Ctx, user: &UserRef, serial_number: &str, codes: [&str; 2]) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let user = users::get(&mut tx, &ctx.account_id, user).await?;
    let mut device = bound_device(ctx, &mut tx, &user, serial_number).await?;
    if !totp::take_two_codes(&ctx.cloud.rules().mfa, &mut device, codes[0], codes[1], ctx.now)? {
        return Err(Error::MfaCodeIncorrect);
    }
    store::mfa_devices::save(&mut tx, &device).await?;
    tx.commit().await
}

/// Puts labels on a device.
///
/// # Errors
/// `NotFound`, `LimitExceeded`.
pub async fn tag(ctx: &Ctx, serial_number: &str, given: &[Tag]) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let device = by_serial_number(&mut tx, ctx.cloud, &ctx.account_id, serial_number).await?;
    tags::put(ctx, &mut tx, Owner::MfaDevice, &label_owner(&device), given).await?;
    tx.commit().await
}

/// Takes labels off a device.
///
/// # Errors
/// `NotFound`.
pub async fn untag(ctx: &Ctx, serial_number: &str, keys: &[String]) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let device = by_serial_number(&mut tx, ctx.cloud, &ctx.account_id, serial_number).await?;
    tags::remove(ctx, &mut tx, Owner::MfaDevice, &label_owner(&device), keys).await?;
    tx.commit().await
}

/// The labels of a device.
///
/// # Errors
/// `NotFound`.
pub async fn tags_of(ctx: &Ctx, serial_number: &str) -> Result<Vec<Tag>, Error> {
    let mut conn = ctx.app.db.read().await?;
    let device = by_serial_number(&mut conn, ctx.cloud, &ctx.account_id, serial_number).await?;
    store::tags::of(&mut conn, &ctx.account_id, Owner::MfaDevice, &label_owner(&device)).await
}

/// A user and all its devices, the one bound first at the head.
///
/// # Errors
/// `NotFound(User)`.
pub async fn all_of_user(ctx: &Ctx, user: &UserRef) -> Result<(User, Vec<MfaDevice>), Error> {
    let mut conn = ctx.app.db.read().await?;
    let user = users::get(&mut conn, &ctx.account_id, user).await?;
    let bound = store::mfa_devices::of_user(&mut conn, &ctx.account_id, &user.id).await?;
    Ok((user, bound))
}

/// Takes a user's device off the user; the device stays.
///
/// # Errors
/// `NotFound`.
pub async fn unbind(ctx: &Ctx, user: &UserRef) -> Result<MfaDevice, Error> {
    let account = &*ctx.account_id;
    let (mut tx, _) = ctx.app.db.write(account).await?;
    let user = users::get(&mut tx, account, user).await?;
    let bound = store::mfa_devices::of_user(&mut tx, account, &user.id).await?;
    let mut device = bound.into_iter().next().ok_or_else(|| Error::missing(Noun::UserMfaDevice, &*user.name))?;
    device.user_id = None;
    device.bound_at = None;
    store::mfa_devices::save(&mut tx, &device).await?;
    store::mfa_tickets::end_of_user(&mut tx, &ctx.account_id, &user.id).await?;
    tx.commit().await?;
    Ok(device)
}

/// Takes a user's device off the user and deletes it.
///
/// # Errors
/// `NotFound`.
pub async fn disable(ctx: &Ctx, user: &UserRef) -> Result<(), Error> {
    let account = &*ctx.account_id;
    let (mut tx, _) = ctx.app.db.write(account).await?;
    let user = users::get(&mut tx, account, user).await?;
    let bound = store::mfa_devices::of_user(&mut tx, account, &user.id).await?;
    let device = bound.into_iter().next().ok_or_else(|| Error::missing(Noun::UserMfaDevice, &*user.name))?;
    store::mfa_tickets::end_of_user(&mut tx, account, &user.id).await?;
    store::mfa_devices::delete(&mut tx, account, &device.name).await?;
    store::tags::delete(&mut tx, account, Owner::MfaDevice, &label_owner(&device)).await?;
    store::accounts::count(&mut tx, account, Counter::MfaDevices, -1).await?;
    tx.commit().await
}

/// Deletes a device that is bound to nobody.
///
/// # Errors
/// `NotFound`, `DeleteConflict`.
pub async fn delete(ctx: &Ctx, serial_number: &str) -> Result<(), Error> {
    let account = &*ctx.account_id;
    let (mut tx, _) = ctx.app.db.write(account).await?;
    let device = by_serial_number(&mut tx, ctx.cloud, account, serial_number).await?;
    if device.user_id.is_some() {
        return Err(Error::DeleteConflict(Noun::MfaDevice, Noun::BoundUser));
    }
    store::mfa_devices::delete(&mut tx, account, &device.name).await?;
    store::tags::delete(&mut tx, account, Owner::MfaDevice, &label_owner(&device)).await?;
    store::accounts::count(&mut tx, account, Counter::MfaDevices, -1).await?;
    tx.commit().await
}

/// The device of a user, if one is bound.
///
/// # Errors
/// `NotFound(User)`.
pub async fn of_user(ctx: &Ctx, user: &UserRef) -> Result<Option<MfaDevice>, Error> {
    let (user, _) = &*ctx.user(user).await?;
    let bound = store::mfa_devices::of_user(&mut ctx.app.db.read().await?, &ctx.account_id, &user.id).await?;
    Ok(bound.into_iter().next())
}

/// One page of devices with their users, in the order of their names: those that are bound, those that are not, or all.
pub async fn list(
    ctx: &Ctx,
    bound: Option<bool>,
    after: &str,
    most: usize,
) -> Result<Page<(MfaDevice, Option<User>)>, Error> {
    let mut conn = ctx.app.db.read().await?;
    let mut items = Vec::new();
    let mut after = name::key(after);
    while items.len() <= most {
        // One more than fits tells whether there is a next page.
        let limit = (most - items.len() + 1).max(LEAST_CHUNK);
        let chunk = i64::try_from(limit).map_err(Error::internal)?;
        let devices = store::mfa_devices::page(&mut conn, &ctx.account_id, &after, chunk).await?;
        let ended = devices.len() < limit;
        for device in devices {
            after = name::key(&device.name);
            if bound.is_some_and(|bound| bound != device.user_id.is_some()) {
                continue;
            }
            let user = match &device.user_id {
                Some(id) => store::users::by_id(&mut conn, &ctx.account_id, id).await?,
                None => None,
            };
            items.push((device, user));
        }
        if ended {
            break;
        }
    }
    Ok(page_of(items, most, |(device, _)| &device.name))
}

/// The device of a user in any account, for the tester who holds it, and the time there.
///
/// # Errors
/// `NotFound` of the account or the user.
pub async fn shown_to(app: &App, account_id: &str, user: &str) -> Result<(Option<MfaDevice>, Time), Error> {
    let mut conn = app.db.read().await?;
    let account =
        store::accounts::find(&mut conn, account_id).await?.ok_or_else(|| Error::missing(Noun::Account, account_id))?;
    let user =
        store::users::by_name(&mut conn, account_id, user).await?.ok_or_else(|| Error::missing(Noun::User, user))?;
    let device = store::mfa_devices::of_user(&mut conn, account_id, &user.id).await?.into_iter().next();
    let world = store::world::clock(&mut conn).await?;
    Ok((device, super::time_in(app, account.clock, world)))
}
