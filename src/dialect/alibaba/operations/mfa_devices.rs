//! CreateVirtualMFADevice, BindMFADevice, UnbindMFADevice, DeleteVirtualMFADevice, ListVirtualMFADevices,
//! GetUserMFAInfo, DisableVirtualMFA.

use super::super::Api;
use super::super::call::{marker_of, named};
use super::{Build, Call};
use crate::domain::error::{Error, Noun};
use crate::domain::name::check_mfa_device_name;
use crate::domain::user::UserRef;
use crate::services::{Ctx, mfa_devices, totp};

pub(super) async fn create(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    const NAME: &str = "VirtualMFADeviceName";
    let name = call.required(NAME)?;
    named(NAME, check_mfa_device_name(name))?;
    let create = mfa_devices::Create { name: name.to_owned(), path: "/".to_owned(), tags: Vec::new() };
    let device = mfa_devices::create(ctx, &create).await?;
    let body = Build::new()
        .put("SerialNumber", device.serial_number(ctx.cloud))
        .put("Base32StringSeed", totp::base32(&device))
        .put("QRCodePNG", totp::qr_png(&ctx.cloud.rules().mfa, &device)?);
    Ok(Build::new().object("VirtualMFADevice", body))
}

pub(super) async fn bind(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let user = call.user(ctx).await?;
    let serial_number = call.required("SerialNumber")?;
    let codes = [call.required("AuthenticationCode1")?, call.required("AuthenticationCode2")?];
    mfa_devices::bind(ctx, &user, serial_number, codes).await?;
    Ok(Build::new())
}

pub(super) async fn unbind(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let user = call.user(ctx).await?;
    let device = mfa_devices::unbind(ctx, &user).await?;
    Ok(Build::new().object("MFADevice", Build::new().put("SerialNumber", device.serial_number(ctx.cloud))))
}

pub(super) async fn delete(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    mfa_devices::delete(ctx, call.required("SerialNumber")?).await?;
    Ok(Build::new())
}

pub(super) async fn disable(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let user = call.user(ctx).await?;
    mfa_devices::disable(ctx, &user).await?;
    Ok(Build::new())
}

/// IMS pages the list; RAM has no parameters and gives all of it.
pub(super) async fn list(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let (after, most) = match call.api {
        Api::Ram => (String::new(), usize::from(u16::MAX)),
        Api::Ims | Api::Sts => (call.marker()?, call.max_items(100, 100)?),
    };
    let page = mfa_devices::list(ctx, None, &after, most).await?;
    let account = ctx.account().await?;
    let shown = page.items.iter().map(|(device, user)| {
        let owner = user.as_ref().map_or_else(Build::new, |user| {
            let owner = Build::new().put("UserId", &*user.id).put("DisplayName", &*user.display_name);
            match call.api {
                Api::Ram => owner.put("UserName", &*user.name),
                Api::Ims | Api::Sts => owner.put("UserPrincipalName", format!("{}@{}", user.name, account.domain())),
            }
        });
        Build::new()
            .put("SerialNumber", device.serial_number(ctx.cloud))
            .maybe_time("ActivateDate", device.bound_at)
            .object("User", owner)
    });
    let end = match call.api {
        Api::Ram => Build::new(),
        Api::Ims | Api::Sts => {
            Build::new().put("IsTruncated", page.next.is_some()).maybe("Marker", page.next.as_deref().map(marker_of))
        }
    };
    Ok(end.list("VirtualMFADevices", "VirtualMFADevice", shown))
}

/// Without a name a user asks about itself; RAM must name one (the name is required in practice).
pub(super) async fn of_user(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let missing = Error::Missing(call.user_parameter());
    let user = match (call.optional_user(ctx).await?, call.api) {
        (Some(user), _) => user,
        (None, Api::Ram) => return Err(missing),
        (None, Api::Ims | Api::Sts) => ctx.calling_user().map(|(id, _)| UserRef::Id(id.to_owned())).ok_or(missing)?,
    };
    let device = mfa_devices::of_user(ctx, &user).await?;
    let shown = device
        .as_ref()
        .map(|device| Build::new().put("SerialNumber", device.serial_number(ctx.cloud)).put("Type", "VMFA"));
    // What either API answers when no device is bound is inferred.
    match (call.api, shown) {
        (Api::Ram, None) => Err(Error::missing(Noun::UserMfaDevice, user.as_str())),
        (Api::Ram, Some(shown)) => Ok(Build::new().object("MFADevice", shown)),
        (Api::Ims | Api::Sts, None) => Ok(Build::new().put("IsMFAEnable", false)),
        (Api::Ims | Api::Sts, Some(shown)) => Ok(Build::new().put("IsMFAEnable", true).object("MFADevice", shown)),
    }
}
