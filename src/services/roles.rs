//! Roles: create, get, list, delete.

use crate::domain::error::{Error, Noun};
use crate::domain::role::{Role, TrustPolicy};
use crate::domain::unique_id::IdKind;
use crate::domain::user::Tag;
use crate::store;
use crate::store::accounts::Counter;
use crate::store::tags::{Listed, Owner};

use super::Ctx;
use super::users::{Page, page_of};

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

/// Makes a role.
///
/// # Errors
/// `MalformedPolicy`, `AlreadyExists`, `LimitExceeded`.
pub async fn create(ctx: &Ctx, create: &Create) -> Result<Role, Error> {
    TrustPolicy::parse(&create.trust_policy).map_err(Error::MalformedPolicy)?;
    let role = Role {
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
    Ok(role)
}

/// The role of this name.
///
/// # Errors
/// `NotFound`.
pub async fn get(ctx: &Ctx, name: &str) -> Result<Role, Error> {
    let found = store::roles::by_name(&mut ctx.app.db.read().await?, &ctx.account_id, name).await?;
    found.ok_or_else(|| Error::missing(Noun::Role, name))
}

/// Deletes a role. Sessions already given go on; that is inferred.
///
/// # Errors
/// `NotFound`.
pub async fn delete(ctx: &Ctx, name: &str) -> Result<(), Error> {
    let account = &*ctx.account_id;
    let (mut tx, _) = ctx.app.db.write(account).await?;
    let role = store::roles::by_name(&mut tx, account, name).await?.ok_or_else(|| Error::missing(Noun::Role, name))?;
    store::tags::delete(&mut tx, account, Owner::Role, &role.id).await?;
    store::roles::delete(&mut tx, account, &role.id).await?;
    store::accounts::count(&mut tx, account, Counter::Roles, -1).await?;
    tx.commit().await
}

/// One page of roles with their tags, in the order of their names; `wanted` narrows it to roles with all these tags.
pub async fn list(
    ctx: &Ctx,
    wanted: &[(String, Option<String>)],
    after: &str,
    most: usize,
) -> Result<Page<(Role, Vec<Tag>)>, Error> {
    let mut conn = ctx.app.db.read().await?;
    let mut items: Vec<(Role, Vec<Tag>)> = Vec::new();
    let mut after = crate::domain::name::key(after);
    loop {
        let chunk = i64::try_from(most - items.len() + 1).map_err(Error::internal)?;
        let roles = store::roles::page(&mut conn, &ctx.account_id, &after, chunk).await?;
        let ended = roles.len() < usize::try_from(chunk).map_err(Error::internal)?;
        let (Some(first), Some(last)) = (roles.first(), roles.last()) else { break };
        let mut tags = store::tags::of_page(&mut conn, &ctx.account_id, Listed::Roles, &first.name, &last.name).await?;
        after = crate::domain::name::key(&last.name);
        for role in roles {
            let tags = tags.remove(&role.id).unwrap_or_default();
            if wanted.iter().all(|wanted| super::users::carries(&tags, wanted)) {
                items.push((role, tags));
            }
        }
        if ended || items.len() > most {
            break;
        }
    }
    Ok(page_of(items, most, |(role, _)| &role.name))
}
