//! Roles: create, get, list, update, delete, labels.

use crate::domain::error::{Error, Noun};
use crate::domain::policy_owner::{OwnedBy, PolicyOwner};
use crate::domain::role::Role;
use crate::domain::service_access::AccessorKind;
use crate::domain::service_linked_roles::ServiceLinkedRoleFault;
use crate::domain::unique_id::IdKind;
use crate::domain::user::Tag;
use crate::store::accounts::Counter;
use crate::store::tags::{Listed, Owner};
use crate::store::{self, Conn};

use super::users::{LEAST_CHUNK, Page, page_of};
use super::{Ctx, boundaries, policies, tags, trust};

/// A role with its labels in the order of their keys.
pub type TaggedRole = (Role, Vec<Tag>);

/// A role to make.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of Role")]
pub struct Create {
    pub name: String,
    pub path: String,
    pub permissions_boundary: Option<String>,
    pub description: String,
    pub trust_policy: String,
    pub max_session_seconds: i64,
    pub console_login_allowed: bool,
    pub tags: Vec<Tag>,
}

/// A change of a role: what is absent stays as it is.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the fields are those of Role")]
pub struct Update {
    pub description: Option<String>,
    pub trust_policy: Option<String>,
    pub max_session_seconds: Option<i64>,
    pub console_login_allowed: Option<bool>,
}

/// Which roles are listed.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// What their paths start with.
    pub path_prefix: Option<String>,
    /// Labels that they all carry.
    pub tags: Vec<(String, Option<String>)>,
}

/// The role of this name as it is kept.
///
/// # Errors
/// `NotFound`.
pub(super) async fn find(conn: &mut Conn, account_id: &str, name: &str) -> Result<Role, Error> {
    let found = store::roles::by_name(conn, account_id, name).await?;
    found.ok_or_else(|| Error::missing(Noun::Role, name))
}

/// As [`find`], of a role that none but its service may change.
///
/// # Errors
/// `NotFound`, `ProtectedRole`.
pub(super) async fn find_unprotected(conn: &mut Conn, account_id: &str, name: &str) -> Result<Role, Error> {
    let role = find(conn, account_id, name).await?;
    match role.service_name {
        Some(_) => Err(Error::ProtectedRole(role.name)),
        None => Ok(role),
    }
}

/// Makes a role; gives it with the trust policy as it came.
///
/// # Errors
/// `Policy`, `PolicyTooLarge`, `InvalidArn`, `NotFound(PermissionsBoundary)`, `AlreadyExists`,
/// `LimitExceeded`. The order is inferred.
pub async fn create(ctx: &Ctx, create: &Create) -> Result<TaggedRole, Error> {
    let mut role = Role {
        account_id: ctx.account_id.clone(),
        id: ctx.app.ids.unique_id(ctx.cloud, IdKind::Role),
        name: create.name.clone(),
        path: create.path.clone(),
        permissions_boundary: create.permissions_boundary.clone(),
        service_name: None,
        last_used: None,
        description: create.description.clone(),
        trust_policy: create.trust_policy.clone(),
        max_session_seconds: create.max_session_seconds,
        console_login_allowed: create.console_login_allowed,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let (mut tx, account) = ctx.app.db.write_counting(&ctx.account_id, Counter::Roles).await?;
    role.trust_policy = trust::kept(ctx, &mut tx, &create.trust_policy, &create.name).await?;
    if let Some(arn) = &create.permissions_boundary {
        boundaries::check(ctx, &mut tx, arn).await?;
    }
    if !store::roles::insert(&mut tx, &role).await? {
        return Err(Error::exists(Noun::Role, role.name));
    }
    let most = ctx.quotas().roles;
    if account.roles > most {
        return Err(Error::LimitExceeded(Noun::Role, most));
    }
    for tag in &create.tags {
        store::tags::insert(&mut tx, &ctx.account_id, Owner::Role, &role.id, tag).await?;
    }
    tx.commit().await?;
    role.trust_policy.clone_from(&create.trust_policy);
    let mut tags = create.tags.clone();
    tags.sort_by(|a, b| a.key.cmp(&b.key));
    Ok((role, tags))
}

/// The role of this name with its labels.
///
/// # Errors
/// `NotFound`.
pub async fn get(ctx: &Ctx, name: &str) -> Result<TaggedRole, Error> {
    let mut conn = ctx.app.db.read().await?;
    let mut role = find(&mut conn, &ctx.account_id, name).await?;
    trust::show(&mut conn, ctx.cloud, std::iter::once(&mut role)).await?;
    let tags = store::tags::of(&mut conn, &ctx.account_id, Owner::Role, &role.id).await?;
    Ok((role, tags))
}

/// Changes a role.
///
/// # Errors
/// `NotFound`, `ServiceLinkedRole`, those of the trust policy. That the service's roles are told of first is inferred.
pub async fn update(ctx: &Ctx, name: &str, change: &Update) -> Result<Role, Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let mut role = if change.trust_policy.is_some() || ctx.cloud.rules().services_describe_roles {
        find_unprotected(&mut tx, &ctx.account_id, name).await?
    } else {
        find(&mut tx, &ctx.account_id, name).await?
    };
    if let Some(seconds) = change.max_session_seconds {
        if role.service_name.is_some() {
            return Err(ServiceLinkedRoleFault::FixedDuration(role.name).into());
        }
        role.max_session_seconds = seconds;
    }
    if let Some(document) = &change.trust_policy {
        role.trust_policy = trust::kept(ctx, &mut tx, document, &role.name).await?;
    }
    if let Some(allowed) = change.console_login_allowed {
        role.console_login_allowed = allowed;
    }
    if let Some(description) = &change.description {
        role.description.clone_from(description);
    }
    role.updated_at = ctx.now;
    store::roles::update(&mut tx, &role).await?;
    trust::show(&mut tx, ctx.cloud, std::iter::once(&mut role)).await?;
    tx.commit().await?;
    Ok(role)
}

/// Deletes a role that has nothing left. Sessions already given go on; that is inferred.
///
/// # Errors
/// `NotFound`, `ProtectedRole`, `DeleteConflict` with what it still has.
pub async fn delete(ctx: &Ctx, name: &str) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let role = find_unprotected(&mut tx, &ctx.account_id, name).await?;
    check_nothing_left(&mut tx, &role).await?;
    erase(&mut tx, &role).await?;
    tx.commit().await
}

/// Checks that nothing hangs on a role.
async fn check_nothing_left(conn: &mut Conn, role: &Role) -> Result<(), Error> {
    match conflicts_of(conn, role).await?.first() {
        Some(still) => Err(Error::DeleteConflict(Noun::Role, *still)),
        None => Ok(()),
    }
}

/// What hangs on a role. The order is inferred: the order in which Terraform's provider takes things away.
async fn conflicts_of(conn: &mut Conn, role: &Role) -> Result<Vec<Noun>, Error> {
    let owner = OwnedBy { account_id: &role.account_id, kind: PolicyOwner::Role, id: &role.id };
    let mut found = policies::conflicts_of(conn, owner).await?;
    if !store::instance_profiles::page(conn, &role.account_id, Some(&role.id), "", 1).await?.is_empty() {
        found.push(Noun::InstanceProfile);
    }
    Ok(found)
}

/// The reasons why a role cannot be deleted.
///
/// # Errors
/// `NotFound`.
pub async fn conflicts(ctx: &Ctx, name: &str) -> Result<Vec<Noun>, Error> {
    let mut conn = ctx.app.db.read().await?;
    let role = find(&mut conn, &ctx.account_id, name).await?;
    conflicts_of(&mut conn, &role).await
}

/// Deletes a role on which nothing hangs but labels and the policies of its service.
pub(super) async fn erase(conn: &mut Conn, role: &Role) -> Result<(), Error> {
    let owned = OwnedBy { account_id: &role.account_id, kind: PolicyOwner::Role, id: &role.id };
    store::policy_attachments::delete_of_owner(conn, owned).await?;
    store::tags::delete(conn, &role.account_id, Owner::Role, &role.id).await?;
    store::service_access::forget(conn, &role.account_id, AccessorKind::Role, &role.id).await?;
    store::roles::delete(conn, &role.account_id, &role.id).await?;
    store::accounts::count(conn, &role.account_id, Counter::Roles, -1).await
}

/// Puts labels on a role; one whose key is there already takes its place.
///
/// # Errors
/// `NotFound`, `LimitExceeded`.
pub async fn tag(ctx: &Ctx, name: &str, given: &[Tag]) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let role = find(&mut tx, &ctx.account_id, name).await?;
    tags::put(ctx, &mut tx, Owner::Role, &role.id, given).await?;
    tx.commit().await
}

/// Takes labels off a role. A key that is not there is passed over.
///
/// # Errors
/// `NotFound`.
pub async fn untag(ctx: &Ctx, name: &str, keys: &[String]) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let role = find(&mut tx, &ctx.account_id, name).await?;
    tags::remove(ctx, &mut tx, Owner::Role, &role.id, keys).await?;
    tx.commit().await
}

/// One page of roles with their labels, in the order of their names.
pub async fn list(ctx: &Ctx, filter: &Filter, after: &str, most: usize) -> Result<Page<TaggedRole>, Error> {
    let mut conn = ctx.app.db.read().await?;
    let mut items: Vec<TaggedRole> = Vec::new();
    let mut after = crate::domain::name::key(after);
    loop {
        let chunk = i64::try_from((most - items.len() + 1).max(LEAST_CHUNK)).map_err(Error::internal)?;
        let roles = store::roles::page(&mut conn, &ctx.account_id, &after, chunk).await?;
        let ended = roles.len() < usize::try_from(chunk).map_err(Error::internal)?;
        let (Some(first), Some(last)) = (roles.first(), roles.last()) else { break };
        let mut tags = store::tags::of_page(&mut conn, &ctx.account_id, Listed::Roles, &first.name, &last.name).await?;
        after = crate::domain::name::key(&last.name);
        for role in roles {
            let tags = tags.remove(&role.id).unwrap_or_default();
            let under = filter.path_prefix.as_ref().is_none_or(|prefix| role.path.starts_with(prefix.as_str()));
            if under && filter.tags.iter().all(|wanted| super::users::carries(&tags, wanted)) {
                items.push((role, tags));
            }
        }
        if ended || items.len() > most {
            break;
        }
    }
    let mut page = page_of(items, most, |(role, _)| &role.name);
    trust::show(&mut conn, ctx.cloud, page.items.iter_mut().map(|(role, _)| role)).await?;
    Ok(page)
}
