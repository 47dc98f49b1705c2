//! CreateAccessKey, ListAccessKeys, UpdateAccessKey, DeleteAccessKey, GetAccessKeyLastUsed.

use super::super::Api;
use super::{Build, Call};
use crate::domain::access_key::{AccessKey, KeyStatus};
use crate::domain::error::{Error, Why};
use crate::services::{Ctx, access_keys};

fn key(key: &AccessKey) -> Build {
    Build::new().put("AccessKeyId", &*key.id).put("Status", key.status.as_str()).time("CreateDate", key.created_at)
}

pub(super) async fn create(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let user = call.optional_user(ctx).await?;
    let made = access_keys::create(ctx, user.as_ref()).await?;
    Ok(Build::new().object("AccessKey", key(&made).put("AccessKeySecret", &*made.secret)))
}

pub(super) async fn list(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let user = call.optional_user(ctx).await?;
    let keys = access_keys::list(ctx, user.as_ref()).await?;
    let shown = keys.iter().map(|found| match call.api {
        Api::Ram => key(found),
        Api::Ims | Api::Sts => key(found).time("UpdateDate", found.updated_at),
    });
    Ok(Build::new().list("AccessKeys", "AccessKey", shown))
}

fn status(text: &str) -> Option<KeyStatus> {
    KeyStatus::parse(text).filter(|status| *status != KeyStatus::Deleted)
}

pub(super) async fn update(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let user = call.optional_user(ctx).await?;
    let key_id = call.required("UserAccessKeyId")?;
    let status = status(call.required("Status")?).ok_or(Error::BadParameter("Status", Why::Format))?;
    access_keys::update(ctx, user.as_ref(), key_id, status).await?;
    Ok(Build::new())
}

pub(super) async fn delete(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let user = call.optional_user(ctx).await?;
    access_keys::delete(ctx, user.as_ref(), call.required("UserAccessKeyId")?).await?;
    Ok(Build::new())
}

pub(super) async fn last_used(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let user = call.optional_user(ctx).await?;
    let key = access_keys::last_used(ctx, user.as_ref(), call.required("UserAccessKeyId")?).await?;
    // Of a key that was never used the members are absent; inferred.
    let used = Build::new().maybe_time("LastUsedDate", key.last_used_at);
    let used = match call.api {
        Api::Ram => used,
        Api::Ims | Api::Sts => used.maybe("ServiceName", key.last_used_service),
    };
    Ok(Build::new().object("AccessKeyLastUsed", used))
}
