//! Service-linked roles: create, delete, and how a deletion went.

use crate::domain::error::{Error, Why};
use crate::domain::policy_owner::{AttachedPolicy, OwnedBy, PolicyOwner};
use crate::domain::role::{MAX_SESSION_SECONDS, Role};
use crate::domain::service_linked_roles::{self as services, ServiceLinkedRoleFault};
use crate::domain::unique_id::IdKind;
use crate::store;
use crate::store::accounts::Counter;

use super::{Ctx, roles, trust};

/// The most characters of a role's name (IAM 2010-05-08 CreateRole, RoleName).
const LONGEST_NAME: usize = 64;

/// Makes the role of a service; gives it with the trust policy as the service has it. The quota of roles does not
/// count for it (AWS IAM User Guide, "IAM and AWS STS quotas").
///
/// # Errors
/// `ServiceLinkedRole`; `BadParameter` for a suffix that makes the name too long, which is inferred.
pub async fn create(
    ctx: &Ctx,
    service: &str,
    custom_suffix: Option<&str>,
    description: Option<String>,
) -> Result<Role, Error> {
    let Some(linked) = services::of_service(ctx.cloud, service) else {
        return Err(ServiceLinkedRoleFault::UnknownService(service.to_owned()).into());
    };
    if custom_suffix.is_some() && !linked.custom_suffix_allowed {
        return Err(ServiceLinkedRoleFault::SuffixNotAllowed(service.to_owned()).into());
    }
    let name = linked.role_name_with(custom_suffix);
    if name.len() > LONGEST_NAME {
        return Err(Error::BadParameter("CustomSuffix", Why::Length));
    }
    let describes_itself = ctx.cloud.rules().services_describe_roles && !linked.custom_suffix_allowed;
    let description = match description {
        Some(_) if describes_itself => {
            return Err(ServiceLinkedRoleFault::DescriptionNotAllowed(service.to_owned()).into());
        }
        None if describes_itself => linked.description.clone(),
        given => given,
    };
    let given = linked.trust_policy();
    let (mut tx, _) = ctx.app.db.write_counting(&ctx.account_id, Counter::Roles).await?;
    let mut role = Role {
        account_id: ctx.account_id.clone(),
        id: ctx.app.ids.unique_id(ctx.cloud, IdKind::Role),
        trust_policy: trust::kept(ctx, &mut tx, &given, &name).await?,
        name,
        path: linked.path(),
        permissions_boundary: None,
        service_name: Some(linked.service.clone()),
        last_used: None,
        description: description.unwrap_or_default(),
        max_session_seconds: *MAX_SESSION_SECONDS.start(),
        console_login_allowed: false,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    if !store::roles::insert(&mut tx, &role).await? {
        return Err(ServiceLinkedRoleFault::NameTaken(role.name).into());
    }
    let owned = OwnedBy { account_id: &ctx.account_id, kind: PolicyOwner::Role, id: &role.id };
    let policy = AttachedPolicy {
        arn: linked.policy_arn(),
        name: linked.policy_name.clone(),
        path: linked.policy_path().to_owned(),
    };
    store::policy_attachments::insert(&mut tx, owned, &policy, ctx.now).await?;
    tx.commit().await?;
    role.trust_policy = given;
    Ok(role)
}

/// Deletes the role of a service, at once: no service here uses it. Gives the id of the task that did it.
///
/// # Errors
/// `NotFound`, `ServiceLinkedRole(NotLinked)`.
pub async fn delete(ctx: &Ctx, name: &str) -> Result<String, Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let role = roles::find(&mut tx, &ctx.account_id, name).await?;
    let Some(service) = &role.service_name else {
        return Err(ServiceLinkedRoleFault::NotLinked(role.name).into());
    };
    let task = services::deletion_task(ctx.cloud, service, &role.name, &ctx.app.ids.uuid());
    roles::erase(&mut tx, &role).await?;
    store::role_deletions::insert(&mut tx, &ctx.account_id, &task).await?;
    tx.commit().await?;
    Ok(task)
}

/// Checks that a role was deleted by the task with this id: a task is over as soon as it is there.
///
/// # Errors
/// `ServiceLinkedRole(UnknownDeletion)`, `ServiceLinkedRole(MalformedDeletion)`.
pub async fn check_deleted(ctx: &Ctx, task: &str) -> Result<(), Error> {
    if !services::is_deletion_task(ctx.cloud, task) {
        return Err(ServiceLinkedRoleFault::MalformedDeletion.into());
    }
    let known = store::role_deletions::exists(&mut ctx.app.db.read().await?, &ctx.account_id, task).await?;
    if known { Ok(()) } else { Err(ServiceLinkedRoleFault::UnknownDeletion.into()) }
}
