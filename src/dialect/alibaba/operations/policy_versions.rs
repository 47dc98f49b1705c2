//! CreatePolicyVersion, GetPolicyVersion, ListPolicyVersions, SetDefaultPolicyVersion, DeletePolicyVersion.

use super::policies::{any_policy, document, own_policy};
use super::{Build, Call};
use crate::domain::error::{Error, Why};
use crate::domain::own_policy::{PolicyVersion, version_number};
use crate::services::policy_versions::{Create, WhenFull};
use crate::services::{Ctx, policy_versions};

/// A version with its document, as it was given.
pub(super) fn version(version: &PolicyVersion) -> Build {
    Build::new()
        .put("VersionId", &*version.id)
        .put("IsDefaultVersion", version.is_default)
        .put("PolicyDocument", &*version.document)
        .time("CreateDate", version.created_at)
}

fn version_id<'a>(call: &Call<'a>) -> Result<&'a str, Error> {
    let id = call.required("VersionId")?;
    if version_number(id).is_none() {
        return Err(Error::BadParameter("VersionId", Why::Format));
    }
    Ok(id)
}

pub(super) async fn create(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let named = own_policy(call)?;
    // What is answered to another strategy is inferred.
    let when_full = call.word("RotateStrategy", |word| match word {
        "None" => Some(WhenFull::Refuse),
        "DeleteOldestNonDefaultVersionWhenLimitExceeded" => Some(WhenFull::DropOldest),
        _ => None,
    })?;
    let create = Create {
        document: document(call)?,
        set_as_default: call.boolean("SetAsDefault")?.unwrap_or(false),
        when_full: when_full.unwrap_or(WhenFull::Refuse),
    };
    let made = policy_versions::create(ctx, named, &create).await?;
    Ok(Build::new().object("PolicyVersion", version(&made)))
}

pub(super) async fn get(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let found = policy_versions::get(ctx, any_policy(call)?, version_id(call)?).await?;
    Ok(Build::new().object("PolicyVersion", version(&found)))
}

/// That the newest comes first is inferred.
pub(super) async fn list(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let found = policy_versions::list(ctx, any_policy(call)?).await?;
    Ok(Build::new().list("PolicyVersions", "PolicyVersion", found.iter().map(version)))
}

pub(super) async fn set_default(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    policy_versions::set_default(ctx, own_policy(call)?, version_id(call)?).await?;
    Ok(Build::new())
}

pub(super) async fn delete(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    policy_versions::delete(ctx, own_policy(call)?, version_id(call)?).await?;
    Ok(Build::new())
}
