//! PutUserPermissionsBoundary, DeleteUserPermissionsBoundary, and the same of roles.

use serde::Deserialize;

use super::policy_owners::{NamedBounded, check_boundary_arn};
use super::{Access, Answer, Build, Resource, Row, row};
use crate::services::{Ctx, boundaries};

pub(super) const ROWS: &[Row] = &[
    row!(Iam, "PutUserPermissionsBoundary", Access::Policy(Resource::USER), [Boundary], put),
    row!(Iam, "DeleteUserPermissionsBoundary", Access::Policy(Resource::USER), [Boundary], delete),
    row!(Iam, "PutRolePermissionsBoundary", Access::Policy(Resource::ROLE), [Boundary], put),
    row!(Iam, "DeleteRolePermissionsBoundary", Access::Policy(Resource::ROLE), [Boundary], delete),
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutBoundary {
    #[serde(flatten)]
    named: NamedBounded,
    permissions_boundary: String,
}

async fn put(ctx: &Ctx, request: PutBoundary) -> Answer {
    check_boundary_arn(&request.permissions_boundary)?;
    boundaries::put(ctx, &request.named.bounded(), &request.permissions_boundary).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
struct DeleteBoundary {
    #[serde(flatten)]
    named: NamedBounded,
}

async fn delete(ctx: &Ctx, request: DeleteBoundary) -> Answer {
    boundaries::delete(ctx, &request.named.bounded()).await?;
    Ok(Build::new())
}
