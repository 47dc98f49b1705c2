//! CreatePolicyVersion, GetPolicyVersion, ListPolicyVersions, SetDefaultPolicyVersion, DeletePolicyVersion.

use serde::Deserialize;

use super::super::request::{Paging, document, page_end};
use super::policy_owners::check_policy_arn;
use super::{Access, Answer, Build, Resource, Row, row};
use crate::domain::own_policy::PolicyVersion;
use crate::services::policy_versions::{Create, WhenFull};
use crate::services::{Ctx, policy_versions};

pub(super) const ROWS: &[Row] = &[
    row!(Iam, "CreatePolicyVersion", Access::Policy(Resource::POLICY), create),
    row!(Iam, "GetPolicyVersion", Access::Policy(Resource::POLICY), get),
    row!(Iam, "ListPolicyVersions", Access::Policy(Resource::POLICY), list),
    row!(Iam, "SetDefaultPolicyVersion", Access::Policy(Resource::POLICY), set_default),
    row!(Iam, "DeletePolicyVersion", Access::Policy(Resource::POLICY), delete),
];

/// A version without its document, as all but GetPolicyVersion show it (recorded).
fn version(version: &PolicyVersion) -> Build {
    Build::new()
        .put("VersionId", &*version.id)
        .put("IsDefaultVersion", version.is_default)
        .time("CreateDate", version.created_at)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreatePolicyVersion {
    policy_arn: String,
    policy_document: String,
    #[serde(default)]
    set_as_default: bool,
}

async fn create(ctx: &Ctx, request: CreatePolicyVersion) -> Answer {
    check_policy_arn(&request.policy_arn)?;
    let create = Create {
        document: request.policy_document,
        set_as_default: request.set_as_default,
        when_full: WhenFull::Refuse,
    };
    let made = policy_versions::create(ctx, &request.policy_arn, &create).await?;
    Ok(Build::new().object("PolicyVersion", version(&made)))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfVersion {
    policy_arn: String,
    version_id: String,
}

async fn get(ctx: &Ctx, request: OfVersion) -> Answer {
    check_policy_arn(&request.policy_arn)?;
    let found = policy_versions::get(ctx, &request.policy_arn, &request.version_id).await?;
    let shown = version(&found).put("Document", document(&found.document));
    Ok(Build::new().object("PolicyVersion", shown))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListPolicyVersions {
    policy_arn: String,
    #[serde(flatten)]
    paging: Paging,
}

async fn list(ctx: &Ctx, request: ListPolicyVersions) -> Answer {
    check_policy_arn(&request.policy_arn)?;
    let versions = policy_versions::list(ctx, &request.policy_arn).await?;
    // The newest comes first, so the place in the list is its order.
    let placed = versions.into_iter().enumerate().collect();
    let page = request.paging.cut(placed, |(place, _)| format!("{place:03}"))?;
    let shown = page.items.iter().map(|(_, found)| version(found));
    Ok(page_end(Build::new().members("Versions", shown), page.next.as_deref()))
}

async fn set_default(ctx: &Ctx, request: OfVersion) -> Answer {
    check_policy_arn(&request.policy_arn)?;
    policy_versions::set_default(ctx, &request.policy_arn, &request.version_id).await?;
    Ok(Build::new())
}

async fn delete(ctx: &Ctx, request: OfVersion) -> Answer {
    check_policy_arn(&request.policy_arn)?;
    policy_versions::delete(ctx, &request.policy_arn, &request.version_id).await?;
    Ok(Build::new())
}
