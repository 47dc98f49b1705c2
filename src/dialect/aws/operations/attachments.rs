//! AttachUserPolicy, DetachUserPolicy, ListAttachedUserPolicies, the same of groups and roles, and
//! ListEntitiesForPolicy.

use serde::Deserialize;

use super::super::request::{Paging, page_end};
use super::policies::usage;
use super::policy_owners::{Named, check_policy_arn};
use super::{Access, Answer, Build, Resource, Row, row};
use crate::domain::name;
use crate::domain::policy_owner::PolicyOwner;
use crate::services::Ctx;
use crate::services::policy_attachments::{self, Entity, Filter};

pub(super) const ROWS: &[Row] = &[
    row!(Iam, "AttachUserPolicy", Access::Policy(Resource::USER), [Boundary, PolicyArn], attach),
    row!(Iam, "DetachUserPolicy", Access::Policy(Resource::USER), [Boundary, PolicyArn], detach),
    row!(Iam, "ListAttachedUserPolicies", Access::Policy(Resource::USER), list),
    row!(Iam, "AttachGroupPolicy", Access::Policy(Resource::GROUP), [PolicyArn], attach),
    row!(Iam, "DetachGroupPolicy", Access::Policy(Resource::GROUP), [PolicyArn], detach),
    row!(Iam, "ListAttachedGroupPolicies", Access::Policy(Resource::GROUP), list),
    row!(Iam, "AttachRolePolicy", Access::Policy(Resource::ROLE), [Boundary, PolicyArn], attach),
    row!(Iam, "DetachRolePolicy", Access::Policy(Resource::ROLE), [Boundary, PolicyArn], detach),
    row!(Iam, "ListAttachedRolePolicies", Access::Policy(Resource::ROLE), list),
    row!(Iam, "ListEntitiesForPolicy", Access::Policy(Resource::POLICY), entities),
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attachment {
    #[serde(flatten)]
    named: Named,
    policy_arn: String,
}

async fn attach(ctx: &Ctx, request: Attachment) -> Answer {
    check_policy_arn(&request.policy_arn)?;
    policy_attachments::attach(ctx, &request.named.owner(), &request.policy_arn).await?;
    Ok(Build::new())
}

async fn detach(ctx: &Ctx, request: Attachment) -> Answer {
    check_policy_arn(&request.policy_arn)?;
    policy_attachments::detach(ctx, &request.named.owner(), &request.policy_arn).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    #[serde(flatten)]
    named: Named,
    path_prefix: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

async fn list(ctx: &Ctx, request: List) -> Answer {
    let prefix = request.path_prefix.unwrap_or_default();
    let mut found = policy_attachments::list(ctx, &request.named.owner()).await?;
    found.retain(|policy| policy.path.starts_with(&prefix));
    // A blank stands in no name, and before all that does.
    let page = request.paging.cut(found, |policy| format!("{} {}", name::key(&policy.name), policy.arn))?;
    let shown =
        page.items.iter().map(|policy| Build::new().put("PolicyName", &*policy.name).put("PolicyArn", &*policy.arn));
    Ok(page_end(Build::new().members("AttachedPolicies", shown), page.next.as_deref()))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListEntities {
    policy_arn: String,
    entity_filter: Option<String>,
    path_prefix: Option<String>,
    policy_usage_filter: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

async fn entities(ctx: &Ctx, request: ListEntities) -> Answer {
    check_policy_arn(&request.policy_arn)?;
    let kinds = match request.entity_filter.as_deref() {
        None => vec![PolicyOwner::Group, PolicyOwner::User, PolicyOwner::Role],
        Some("User") => vec![PolicyOwner::User],
        Some("Group") => vec![PolicyOwner::Group],
        Some("Role") => vec![PolicyOwner::Role],
        // The two kinds of policies, which have no policies (recorded).
        Some(_) => Vec::new(),
    };
    let usage = usage(request.policy_usage_filter.as_deref());
    let filter = Filter { kinds, path_prefix: request.path_prefix.unwrap_or_default(), usage };
    let (after, most) = (request.paging.after()?, request.paging.most());
    let page = policy_attachments::entities(ctx, &request.policy_arn, &filter, &after, most).await?;
    let shown = Build::new()
        .members("PolicyGroups", of_kind(&page.items, PolicyOwner::Group, "GroupName", "GroupId"))
        .members("PolicyUsers", of_kind(&page.items, PolicyOwner::User, "UserName", "UserId"))
        .members("PolicyRoles", of_kind(&page.items, PolicyOwner::Role, "RoleName", "RoleId"));
    Ok(page_end(shown, page.next.as_deref()))
}

fn of_kind(all: &[Entity], kind: PolicyOwner, name: &'static str, id: &'static str) -> impl Iterator<Item = Build> {
    let of_kind = all.iter().filter(move |entity| entity.kind == kind);
    of_kind.map(move |entity| Build::new().put(name, &*entity.name).put(id, &*entity.id))
}
