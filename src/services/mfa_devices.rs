//! Virtual MFA devices: create, bind, unbind, delete, list.

use crate::app::App;
use crate::domain::account::Cloud;
use crate::domain::error::{Error, Noun};
use crate::domain::mfa::{MfaDevice, name_in_serial_number};
use crate::domain::time::Time;
use crate::domain::user::{User, UserRef};
use crate::store::accounts::Counter;
use crate::store::{self, Conn};

use super::users::{Page, page_of};
use super::{Ctx, totp, users};

/// Makes a device that is bound to nobody.
///
/// # Errors
/// `AlreadyExists`, `LimitExceeded`.
pub async fn create(ctx: &Ctx, name: &str) -> Result<MfaDevice, Error> {
    let device = MfaDevice {
        account_id: ctx.account_id.clone(),
        name: name.to_owned(),
        path: "/".to_owned(),
        seed: ctx.app.ids.bytes::<{ totp::SEED_LENGTH }>().to_vec(),
        user_id: None,
        bound_at: None,
        last_step: 0,
        created_at: ctx.now,
    };
    let (mut tx, account) = ctx.app.db.write_counting(&ctx.account_id, Counter::MfaDevices).await?;
    if !store::mfa_devices::insert(&mut tx, &device).await? {
        return Err(Error::exists(Noun::MfaDevice, name));
    }
    let most = ctx.quotas().mfa_devices;
    if account.mfa_devices > most {
        return Err(Error::LimitExceeded(Noun::MfaDevice, most));
    }
    tx.commit().await?;
    Ok(device)
}

async fn by_serial_number(
    conn: &mut Conn,
    cloud: Cloud,
    account_id: &str,
    serial_number: &str,
) -> Result<MfaDevice, Error> {
    let missing = Error::missing(Noun::MfaDevice, serial_number);
    let Some(name) = name_in_serial_number(cloud, account_id, serial_number) else { return Err(missing) };
    store::mfa_devices::by_name(conn, account_id, name).await?.ok_or(missing)
}

/// Binds a device to a user who proves it by two codes that follow one another.
///
/// # Errors
/// `NotFound`, `AlreadyExists`, `MfaCodeMalformed`, `MfaCodeIncorrect`.
pub async fn bind(ctx: &Ctx, user: &UserRef, serial_number: &str, codes: [&str; 2]) -> Result<(), Error> {
    if !codes.iter().all(|code| totp::is_well_formed(code)) {
        return Err(Error::MfaCodeMalformed);
    }
    let account = &*ctx.account_id;
    let (mut tx, _) = ctx.app.db.write(account).await?;
    let user = users::get(&mut tx, account, user).await?;
    let mut device = by_serial_number(&mut tx, ctx.cloud, account, serial_number).await?;
    if device.user_id.is_some() {
        return Err(Error::exists(Noun::BoundUser, serial_number));
    }
    if store::mfa_devices::of_user(&mut tx, account, &user.id).await?.len() >= ctx.cloud.rules().mfa_devices_per_user {
        return Err(Error::exists(Noun::UserMfaDevice, user.name));
    }
    let step = totp::step_of_two_codes(&device, codes[0], codes[1], ctx.now)?;
    // The last code must not serve for signing in too, so its step counts as used.
    device.last_step = step.ok_or(Error::MfaCodeIncorrect)?;
    device.user_id = Some(user.id);
    device.bound_at = Some(ctx.now);
    store::mfa_devices::save(&mut tx, &device).await?;
    tx.commit().await
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
    store::mfa_devices::delete(&mut tx, account, &device.name).await?;
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

/// One page of devices with their users, in the order of their names.
pub async fn list(ctx: &Ctx, after: &str, most: usize) -> Result<Page<(MfaDevice, Option<User>)>, Error> {
    let mut conn = ctx.app.db.read().await?;
    let limit = i64::try_from(most + 1).map_err(Error::internal)?;
    let devices = store::mfa_devices::page(&mut conn, &ctx.account_id, &crate::domain::name::key(after), limit).await?;
    let mut items = Vec::with_capacity(devices.len());
    for device in devices {
        let user = match &device.user_id {
            Some(id) => store::users::by_id(&mut conn, &ctx.account_id, id).await?,
            None => None,
        };
        items.push((device, user));
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
