//! CreatePolicy, GetPolicy, ListPolicies, DeletePolicy, TagPolicy, UntagPolicy, ListPolicyTags.

use serde::Deserialize;

use super::super::request::{Paging, TagInput, page_end, some_tags, tag_list, tag_page, tags};
use super::policy_owners::check_policy_arn;
use super::{Access, Answer, Build, Resource, Row, row};
use crate::domain::arn::Kind;
use crate::domain::own_policy::{AnyPolicy, PolicyUses};
use crate::domain::policy_owner::PolicyUsage;
use crate::domain::user::TagCase;
use crate::services::Ctx;
use crate::services::policies::{self, OtherVersions};
use crate::services::policy_listing::{self, Filter, Keeper};

pub(super) const ROWS: &[Row] = &[
    row!(Iam, "CreatePolicy", Access::Policy(Resource::New(Kind::Policy, "PolicyName")), [RequestTags], create),
    row!(Iam, "GetPolicy", Access::Policy(Resource::POLICY), get),
    row!(Iam, "ListPolicies", Access::Policy(Resource::All(Kind::Policy)), list),
    row!(Iam, "DeletePolicy", Access::Policy(Resource::POLICY), delete),
    row!(Iam, "TagPolicy", Access::Policy(Resource::POLICY), [RequestTags], tag),
    row!(Iam, "UntagPolicy", Access::Policy(Resource::POLICY), [TagKeys], untag),
    row!(Iam, "ListPolicyTags", Access::Policy(Resource::POLICY), list_tags),
];

/// What a policy must be used for, as a parameter says it.
pub(super) fn usage(filter: Option<&str>) -> Option<PolicyUsage> {
    match filter {
        Some("PermissionsPolicy") => Some(PolicyUsage::Permissions),
        Some("PermissionsBoundary") => Some(PolicyUsage::Boundary),
        _ => None,
    }
}

/// A policy as CreatePolicy and ListPolicies show it. Those that only service-linked roles may have are shown as
/// attachable too (observed).
pub(super) fn policy(ctx: &Ctx, policy: &AnyPolicy, uses: &PolicyUses) -> Build {
    Build::new()
        .put("PolicyName", policy.name())
        .put("PolicyId", policy.id())
        .put("Arn", &*policy.arn(ctx.cloud))
        .put("Path", policy.path())
        .put("DefaultVersionId", policy.default_version_id())
        .put("AttachmentCount", uses.attachments)
        .put("PermissionsBoundaryUsageCount", uses.boundaries)
        .put("IsAttachable", true)
        .time("CreateDate", policy.created_at())
        .time("UpdateDate", policy.updated_at())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreatePolicy {
    policy_name: String,
    path: Option<String>,
    policy_document: String,
    description: Option<String>,
    #[serde(default)]
    tags: Vec<TagInput>,
}

/// The answer has no description (recorded).
async fn create(ctx: &Ctx, request: CreatePolicy) -> Answer {
    let create = policies::Create {
        name: request.policy_name,
        path: request.path.unwrap_or_else(|| "/".to_owned()),
        description: request.description.unwrap_or_default(),
        document: request.policy_document,
        tags: tags(request.tags, TagCase::Sensitive)?,
    };
    let made = policies::create(ctx, &create).await?;
    Ok(Build::new().object("Policy", some_tags(policy(ctx, &made.policy, &made.uses), &create.tags)))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfPolicy {
    policy_arn: String,
}

/// The answer has a list of tags even when it is empty (recorded).
async fn get(ctx: &Ctx, request: OfPolicy) -> Answer {
    check_policy_arn(&request.policy_arn)?;
    let found = policies::get(ctx, &request.policy_arn).await?;
    let description = Some(found.policy.description()).filter(|text| !text.is_empty());
    let shown = policy(ctx, &found.policy, &found.uses)
        .maybe("Description", description)
        .members("Tags", tag_list(&found.tags));
    Ok(Build::new().object("Policy", shown))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListPolicies {
    scope: Option<String>,
    #[serde(default)]
    only_attached: bool,
    path_prefix: Option<String>,
    policy_usage_filter: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

async fn list(ctx: &Ctx, request: ListPolicies) -> Answer {
    let filter = Filter {
        keeper: match request.scope.as_deref() {
            Some("AWS") => Keeper::Cloud,
            Some("Local") => Keeper::Account,
            _ => Keeper::Anyone,
        },
        path_prefix: request.path_prefix.unwrap_or_default(),
        only_used: request.only_attached,
        usage: usage(request.policy_usage_filter.as_deref()),
        tags: Vec::new(),
    };
    let page = policy_listing::list(ctx, &filter, &request.paging.after()?, request.paging.most()).await?;
    let shown = page.items.iter().map(|found| policy(ctx, &found.policy, &found.uses));
    Ok(page_end(Build::new().members("Policies", shown), page.next.as_deref()))
}

async fn delete(ctx: &Ctx, request: OfPolicy) -> Answer {
    check_policy_arn(&request.policy_arn)?;
    policies::delete(ctx, &request.policy_arn, OtherVersions::Stay).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TagPolicy {
    policy_arn: String,
    tags: Vec<TagInput>,
}

async fn tag(ctx: &Ctx, request: TagPolicy) -> Answer {
    check_policy_arn(&request.policy_arn)?;
    let given = tags(request.tags, TagCase::Sensitive)?;
    policies::tag(ctx, &request.policy_arn, &given).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UntagPolicy {
    policy_arn: String,
    tag_keys: Vec<String>,
}

async fn untag(ctx: &Ctx, request: UntagPolicy) -> Answer {
    check_policy_arn(&request.policy_arn)?;
    policies::untag(ctx, &request.policy_arn, &request.tag_keys).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListPolicyTags {
    policy_arn: String,
    #[serde(flatten)]
    paging: Paging,
}

async fn list_tags(ctx: &Ctx, request: ListPolicyTags) -> Answer {
    check_policy_arn(&request.policy_arn)?;
    let found = policies::get(ctx, &request.policy_arn).await?;
    Ok(tag_page(found.tags, &request.paging)?)
}
