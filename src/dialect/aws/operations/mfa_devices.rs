//! CreateVirtualMFADevice, EnableMFADevice, DeactivateMFADevice, DeleteVirtualMFADevice, ResyncMFADevice,
//! ListMFADevices, ListVirtualMFADevices, GetMFADevice, TagMFADevice, UntagMFADevice, ListMFADeviceTags.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::super::errors;
use super::super::request::{Paging, Secret, TagInput, page_end, some_tags, tag_page, tags, user_or_caller};
use super::{Access, Answer, Build, Resource, Row, row, users};
use crate::domain::arn::{Kind, parse};
use crate::domain::error::{Error, Noun};
use crate::domain::mfa::MfaDevice;
use crate::domain::principal::Principal;
use crate::domain::user::{TagCase, UserRef};
use crate::services::{Ctx, mfa_devices, totp};
use secrecy::ExposeSecret;

const NEW_DEVICE: Resource = Resource::New(Kind::MfaDevice, "VirtualMFADeviceName");
const DEVICE: Resource = Resource::Arn("SerialNumber");

pub(super) const ROWS: &[Row] = &[
    row!(Iam, "CreateVirtualMFADevice", Access::Policy(NEW_DEVICE), [RequestTags], create),
    row!(Iam, "EnableMFADevice", Access::Policy(Resource::USER), enable),
    row!(Iam, "DeactivateMFADevice", Access::Policy(Resource::USER), deactivate),
    row!(Iam, "DeleteVirtualMFADevice", Access::Policy(DEVICE), delete),
    row!(Iam, "ResyncMFADevice", Access::Policy(Resource::USER), resync),
    row!(Iam, "ListMFADevices", Access::Policy(Resource::USER), list_of_user),
    row!(Iam, "ListVirtualMFADevices", Access::Policy(Resource::All(Kind::MfaDevice)), list),
    row!(Iam, "GetMFADevice", Access::Policy(Resource::USER), get),
    row!(Iam, "TagMFADevice", Access::Policy(DEVICE), [RequestTags], tag),
    row!(Iam, "UntagMFADevice", Access::Policy(DEVICE), [TagKeys], untag),
    row!(Iam, "ListMFADeviceTags", Access::Policy(DEVICE), list_tags),
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateVirtualMfaDevice {
    path: Option<String>,
    #[serde(rename = "VirtualMFADeviceName")]
    name: String,
    #[serde(default)]
    tags: Vec<TagInput>,
}

/// The seed and its picture are shown here and never again.
async fn create(ctx: &Ctx, request: CreateVirtualMfaDevice) -> Answer {
    let tags = tags(request.tags, TagCase::Sensitive)?;
    let path = request.path.unwrap_or_else(|| "/".to_owned());
    let create = mfa_devices::Create { name: request.name, path, tags };
    let device = mfa_devices::create(ctx, &create).await?;
    let shown = Build::new()
        .put("SerialNumber", device.serial_number(ctx.cloud))
        .put("Base32StringSeed", STANDARD.encode(totp::base32(&device)))
        .put("QRCodePNG", totp::qr_png(&ctx.cloud.rules().mfa, &device)?);
    Ok(Build::new().object("VirtualMFADevice", some_tags(shown, &create.tags)))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TwoCodes {
    user_name: String,
    serial_number: String,
    authentication_code1: Secret,
    authentication_code2: Secret,
}

impl TwoCodes {
    fn codes(&self) -> [&str; 2] {
        [self.authentication_code1.0.expose_secret(), self.authentication_code2.0.expose_secret()]
    }
}

async fn enable(ctx: &Ctx, request: TwoCodes) -> Answer {
    let user = UserRef::Name(request.user_name.clone());
    mfa_devices::bind(ctx, &user, &request.serial_number, request.codes()).await?;
    Ok(Build::new())
}

async fn resync(ctx: &Ctx, request: TwoCodes) -> Answer {
    let user = UserRef::Name(request.user_name.clone());
    mfa_devices::synchronize(ctx, &user, &request.serial_number, request.codes()).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DeactivateMfaDevice {
    user_name: Option<String>,
    serial_number: String,
}

async fn deactivate(ctx: &Ctx, request: DeactivateMfaDevice) -> Answer {
    let user = user_or_caller(ctx, request.user_name.as_ref())?;
    mfa_devices::unbind_one(ctx, &user, &request.serial_number).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfDevice {
    serial_number: String,
}

async fn delete(ctx: &Ctx, request: OfDevice) -> Answer {
    mfa_devices::delete(ctx, &request.serial_number).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListMfaDevices {
    user_name: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

/// A root asks about its own devices, of which there are none: nothing here binds one to it.
async fn list_of_user(ctx: &Ctx, request: ListMfaDevices) -> Answer {
    if request.user_name.is_none() && ctx.principal == Principal::Root {
        return Ok(page_end(Build::new().members("MFADevices", []), None));
    }
    let user = user_or_caller(ctx, request.user_name.as_ref())?;
    let (user, bound) = mfa_devices::all_of_user(ctx, &user).await?;
    let order = |device: &MfaDevice| device.serial_number(ctx.cloud);
    let mut bound = bound;
    bound.sort_by_key(order);
    let page = request.paging.cut(bound, order)?;
    let shown = page.items.iter().map(|device| {
        Build::new()
            .put("UserName", &*user.name)
            .put("SerialNumber", device.serial_number(ctx.cloud))
            .time("EnableDate", device.bound_at.unwrap_or(device.created_at))
    });
    Ok(page_end(Build::new().members("MFADevices", shown), page.next.as_deref()))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListVirtualMfaDevices {
    assignment_status: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

async fn list(ctx: &Ctx, request: ListVirtualMfaDevices) -> Answer {
    let bound = match request.assignment_status.as_deref() {
        Some("Assigned") => Some(true),
        Some("Unassigned") => Some(false),
        _ => None,
    };
    let page = mfa_devices::list(ctx, bound, &request.paging.after()?, request.paging.most()).await?;
    let shown = page.items.iter().map(|(device, user)| {
        let shown =
            Build::new().put("SerialNumber", device.serial_number(ctx.cloud)).maybe_time("EnableDate", device.bound_at);
        match user {
            Some(user) => shown.object("User", users::user(ctx, user)),
            None => shown,
        }
    });
    Ok(page_end(Build::new().members("VirtualMFADevices", shown), page.next.as_deref()))
}

/// It tells about hardware keys alone, which Sesame has none of; that a virtual device which is not there is told as
/// one that is, is inferred.
async fn get(ctx: &Ctx, request: OfDevice) -> Answer {
    match parse(ctx.cloud, Kind::MfaDevice, &request.serial_number) {
        Some(_) => Err(errors::no_hardware_key().into()),
        None => Err(Error::missing(Noun::MfaDevice, request.serial_number).into()),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TagMfaDevice {
    serial_number: String,
    tags: Vec<TagInput>,
}

async fn tag(ctx: &Ctx, request: TagMfaDevice) -> Answer {
    let given = tags(request.tags, TagCase::Sensitive)?;
    mfa_devices::tag(ctx, &request.serial_number, &given).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UntagMfaDevice {
    serial_number: String,
    tag_keys: Vec<String>,
}

async fn untag(ctx: &Ctx, request: UntagMfaDevice) -> Answer {
    mfa_devices::untag(ctx, &request.serial_number, &request.tag_keys).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListMfaDeviceTags {
    serial_number: String,
    #[serde(flatten)]
    paging: Paging,
}

async fn list_tags(ctx: &Ctx, request: ListMfaDeviceTags) -> Answer {
    let tags = mfa_devices::tags_of(ctx, &request.serial_number).await?;
    Ok(tag_page(tags, &request.paging)?)
}
