//! CreateAccessKey, ListAccessKeys, UpdateAccessKey, DeleteAccessKey, GetAccessKeyLastUsed.

use serde::Deserialize;

use super::super::errors::Fault;
use super::super::request::{Paging, page_end};
use super::{Access, Answer, Build, Resource, Row, row};
use crate::domain::access_key::{AccessKey, KeyStatus};
use crate::domain::error::{Error, Noun};
use crate::domain::user::UserRef;
use crate::services::{Ctx, access_keys};

pub(super) const ROWS: &[Row] = &[
    row!(Iam, "CreateAccessKey", Access::Policy(Resource::USER), create),
    row!(Iam, "ListAccessKeys", Access::Policy(Resource::USER), list),
    row!(Iam, "UpdateAccessKey", Access::Policy(Resource::USER), update),
    row!(Iam, "DeleteAccessKey", Access::Policy(Resource::USER), delete),
    row!(Iam, "GetAccessKeyLastUsed", Access::Policy(Resource::OwnerOfKey("AccessKeyId")), last_used),
];

/// A key of `owner`; the account's root has no name, and its keys show none.
fn key(key: &AccessKey, owner: &str) -> Build {
    Build::new().put("UserName", owner).put("AccessKeyId", &*key.id).put("Status", key.status.as_str())
}

fn named(name: Option<String>) -> Option<UserRef> {
    name.map(UserRef::Name)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateAccessKey {
    user_name: Option<String>,
}

async fn create(ctx: &Ctx, request: CreateAccessKey) -> Answer {
    let user = named(request.user_name);
    let made = access_keys::create(ctx, user.as_ref()).await?;
    let owner = access_keys::owner_name(ctx, &made).await?;
    let shown = key(&made, &owner).put("SecretAccessKey", &*made.secret).time("CreateDate", made.created_at);
    Ok(Build::new().object("AccessKey", shown))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListAccessKeys {
    user_name: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

async fn list(ctx: &Ctx, request: ListAccessKeys) -> Answer {
    let user = named(request.user_name);
    let keys = access_keys::list(ctx, user.as_ref()).await?;
    let owner = match keys.first() {
        Some(first) => access_keys::owner_name(ctx, first).await?,
        None => String::new(),
    };
    let order = |key: &AccessKey| format!("{:020} {}", key.created_at.0, key.id);
    let page = request.paging.cut(keys, order)?;
    let shown = page.items.iter().map(|found| key(found, &owner).time("CreateDate", found.created_at));
    Ok(page_end(Build::new().members("AccessKeyMetadata", shown), page.next.as_deref()))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateAccessKey {
    user_name: Option<String>,
    access_key_id: String,
    status: String,
}

async fn update(ctx: &Ctx, request: UpdateAccessKey) -> Answer {
    let status = if request.status == "Active" { KeyStatus::Active } else { KeyStatus::Inactive };
    access_keys::update(ctx, named(request.user_name).as_ref(), &request.access_key_id, status).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DeleteAccessKey {
    user_name: Option<String>,
    access_key_id: String,
}

async fn delete(ctx: &Ctx, request: DeleteAccessKey) -> Answer {
    access_keys::delete(ctx, named(request.user_name).as_ref(), &request.access_key_id).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetAccessKeyLastUsed {
    access_key_id: String,
}

/// A key that is not there is told as one that may not be asked for, as recorded: with no colon behind `perform`.
async fn last_used(ctx: &Ctx, request: GetAccessKeyLastUsed) -> Answer {
    let found = match access_keys::last_used_of_any(ctx, &request.access_key_id).await {
        Err(Error::NotFound(Noun::AccessKey, id)) => {
            let caller = ctx.principal.arn(ctx.cloud, &ctx.account_id);
            let text = format!(
                "User: {caller} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key {id}"
            );
            return Err(Fault::new(403, "AccessDenied", text).into());
        }
        found => found?,
    };
    let owner = access_keys::owner_name(ctx, &found).await?;
    let unknown = || "N/A".to_owned();
    let used = Build::new()
        .maybe_time("LastUsedDate", found.last_used_at)
        .put("ServiceName", found.last_used_service.clone().unwrap_or_else(unknown))
        .put("Region", found.last_used_region.clone().unwrap_or_else(unknown));
    Ok(Build::new().put("UserName", owner).object("AccessKeyLastUsed", used))
}
