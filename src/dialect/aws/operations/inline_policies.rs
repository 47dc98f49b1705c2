//! PutUserPolicy, GetUserPolicy, ListUserPolicies, DeleteUserPolicy, and the same of groups and roles.

use serde::Deserialize;

use super::super::request::{Paging, document, page_end};
use super::policy_owners::{Named, name_of};
use super::{Access, Answer, Build, Resource, Row, row};
use crate::domain::policy_owner::InlinePolicy;
use crate::services::{Ctx, inline_policies};

pub(super) const ROWS: &[Row] = &[
    row!(Iam, "PutUserPolicy", Access::Policy(Resource::USER), [Boundary], put),
    row!(Iam, "GetUserPolicy", Access::Policy(Resource::USER), get),
    row!(Iam, "ListUserPolicies", Access::Policy(Resource::USER), list),
    row!(Iam, "DeleteUserPolicy", Access::Policy(Resource::USER), [Boundary], delete),
    row!(Iam, "PutGroupPolicy", Access::Policy(Resource::GROUP), put),
    row!(Iam, "GetGroupPolicy", Access::Policy(Resource::GROUP), get),
    row!(Iam, "ListGroupPolicies", Access::Policy(Resource::GROUP), list),
    row!(Iam, "DeleteGroupPolicy", Access::Policy(Resource::GROUP), delete),
    row!(Iam, "PutRolePolicy", Access::Policy(Resource::ROLE), [Boundary], put),
    row!(Iam, "GetRolePolicy", Access::Policy(Resource::ROLE), get),
    row!(Iam, "ListRolePolicies", Access::Policy(Resource::ROLE), list),
    row!(Iam, "DeleteRolePolicy", Access::Policy(Resource::ROLE), [Boundary], delete),
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Put {
    #[serde(flatten)]
    named: Named,
    policy_name: String,
    policy_document: String,
}

async fn put(ctx: &Ctx, request: Put) -> Answer {
    let policy = InlinePolicy { name: request.policy_name, document: request.policy_document };
    inline_policies::put(ctx, &request.named.owner(), &policy).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct One {
    #[serde(flatten)]
    named: Named,
    policy_name: String,
}

/// The policy's name is repeated as it was asked for (observed).
async fn get(ctx: &Ctx, request: One) -> Answer {
    let (owner, found) = inline_policies::get(ctx, &request.named.owner(), &request.policy_name).await?;
    Ok(Build::new()
        .put(name_of(owner.kind), owner.name)
        .put("PolicyName", request.policy_name)
        .put("PolicyDocument", document(&found.document)))
}

#[derive(Deserialize)]
struct List {
    #[serde(flatten)]
    named: Named,
    #[serde(flatten)]
    paging: Paging,
}

async fn list(ctx: &Ctx, request: List) -> Answer {
    let owner = request.named.owner();
    let page = inline_policies::list(ctx, &owner, &request.paging.after()?, request.paging.most()).await?;
    Ok(page_end(Build::new().put("PolicyNames", page.items), page.next.as_deref()))
}

async fn delete(ctx: &Ctx, request: One) -> Answer {
    inline_policies::delete(ctx, &request.named.owner(), &request.policy_name).await?;
    Ok(Build::new())
}
