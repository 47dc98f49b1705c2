//! CreateServiceLinkedRole, DeleteServiceLinkedRole, GetServiceLinkedRoleDeletionStatus.

use serde::Deserialize;

use super::roles::role;
use super::{Access, Answer, Build, Resource, Row, row};
use crate::services::{Ctx, service_linked_roles};

pub(super) const ROWS: &[Row] = &[
    row!(
        Iam,
        "CreateServiceLinkedRole",
        Access::Policy(Resource::ServiceRole("AWSServiceName")),
        [ServiceName],
        create
    ),
    row!(Iam, "DeleteServiceLinkedRole", Access::Policy(Resource::ROLE), delete),
    row!(
        Iam,
        "GetServiceLinkedRoleDeletionStatus",
        Access::Policy(Resource::DeletionTask("DeletionTaskId")),
        deletion_status
    ),
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateServiceLinkedRole {
    #[serde(rename = "AWSServiceName")]
    service: String,
    description: Option<String>,
    custom_suffix: Option<String>,
}

async fn create(ctx: &Ctx, request: CreateServiceLinkedRole) -> Answer {
    let suffix = request.custom_suffix.as_deref();
    let made = service_linked_roles::create(ctx, &request.service, suffix, request.description).await?;
    Ok(Build::new().object("Role", role(ctx, &made)))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DeleteServiceLinkedRole {
    role_name: String,
}

async fn delete(ctx: &Ctx, request: DeleteServiceLinkedRole) -> Answer {
    Ok(Build::new().put("DeletionTaskId", service_linked_roles::delete(ctx, &request.role_name).await?))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetServiceLinkedRoleDeletionStatus {
    deletion_task_id: String,
}

async fn deletion_status(ctx: &Ctx, request: GetServiceLinkedRoleDeletionStatus) -> Answer {
    service_linked_roles::check_deleted(ctx, &request.deletion_task_id).await?;
    Ok(Build::new().put("Status", "SUCCEEDED"))
}
