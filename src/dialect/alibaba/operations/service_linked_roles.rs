//! CreateServiceLinkedRole, DeleteServiceLinkedRole.

use super::super::call::named;
use super::roles::{LONGEST_DESCRIPTION, role_name};
use super::{Build, Call};
use crate::domain::error::Error;
use crate::domain::name::check_role_name;
use crate::services::{Ctx, service_linked_roles};

pub(super) async fn create(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let service = call.required("ServiceName")?;
    let suffix = call.optional("CustomSuffix");
    if let Some(suffix) = suffix {
        named("CustomSuffix", check_role_name(suffix))?;
    }
    let description = call.free_text("Description", LONGEST_DESCRIPTION)?;
    let made = service_linked_roles::create(ctx, service, suffix, description).await?;
    let body = Build::new()
        .put("RoleId", &*made.id)
        .put("RoleName", &*made.name)
        .put("Arn", made.arn(ctx.cloud))
        .put("Description", &*made.description)
        .put("AssumeRolePolicyDocument", &*made.trust_policy)
        .put("IsServiceLinkedRole", true)
        .time("CreateDate", made.created_at);
    Ok(Build::new().object("Role", body))
}

pub(super) async fn delete(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    Ok(Build::new().put("DeletionTaskId", service_linked_roles::delete(ctx, role_name(call)?).await?))
}
