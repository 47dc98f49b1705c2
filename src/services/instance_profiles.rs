//! Instance profiles: create, get, list, delete, the role in one, labels.

use std::collections::HashMap;

use crate::domain::error::{Error, Noun};
use crate::domain::instance_profile::InstanceProfile;
use crate::domain::role::Role;
use crate::domain::unique_id::IdKind;
use crate::domain::user::Tag;
use crate::store::accounts::Counter;
use crate::store::tags::Owner;
use crate::store::{self, Conn};

use super::users::{LEAST_CHUNK, Page, page_of};
use super::{Ctx, roles, tags, trust};

/// How many roles an instance profile has room for (AWS IAM User Guide, "IAM and AWS STS quotas").
const MOST_ROLES: i64 = 1;

/// An instance profile and the role in it.
pub type Filled = (InstanceProfile, Option<Role>);

async fn find(conn: &mut Conn, account_id: &str, name: &str) -> Result<InstanceProfile, Error> {
    let found = store::instance_profiles::by_name(conn, account_id, name).await?;
    found.ok_or_else(|| Error::missing(Noun::InstanceProfile, name))
}

/// Makes an instance profile; gives it with its labels in the order of their keys.
///
/// # Errors
/// `AlreadyExists`, `LimitExceeded`.
pub async fn create(
    ctx: &Ctx,
    name: String,
    path: String,
    mut tags: Vec<Tag>,
) -> Result<(InstanceProfile, Vec<Tag>), Error> {
    let profile = InstanceProfile {
        account_id: ctx.account_id.clone(),
        id: ctx.app.ids.unique_id(ctx.cloud, IdKind::InstanceProfile),
        name,
        path,
        role_id: None,
        created_at: ctx.now,
    };
    let (mut tx, account) = ctx.app.db.write_counting(&ctx.account_id, Counter::InstanceProfiles).await?;
    if !store::instance_profiles::insert(&mut tx, &profile).await? {
        return Err(Error::exists(Noun::InstanceProfile, profile.name));
    }
    let most = ctx.quotas().instance_profiles;
    if account.instance_profiles > most {
        return Err(Error::LimitExceeded(Noun::InstanceProfile, most));
    }
    for tag in &tags {
        store::tags::insert(&mut tx, &ctx.account_id, Owner::InstanceProfile, &profile.id, tag).await?;
    }
    tx.commit().await?;
    tags.sort_by(|a, b| a.key.cmp(&b.key));
    Ok((profile, tags))
}

/// The instance profile of this name with its labels.
///
/// # Errors
/// `NotFound`.
pub async fn get(ctx: &Ctx, name: &str) -> Result<(Filled, Vec<Tag>), Error> {
    let mut conn = ctx.app.db.read().await?;
    let profile = find(&mut conn, &ctx.account_id, name).await?;
    let mut role = match &profile.role_id {
        Some(id) => store::roles::by_id(&mut conn, &ctx.account_id, id).await?,
        None => None,
    };
    trust::show(&mut conn, ctx.cloud, role.iter_mut()).await?;
    let tags = store::tags::of(&mut conn, &ctx.account_id, Owner::InstanceProfile, &profile.id).await?;
    Ok(((profile, role), tags))
}

/// One page of instance profiles in the order of their names, those under a path.
pub async fn list(ctx: &Ctx, path_prefix: Option<&str>, after: &str, most: usize) -> Result<Page<Filled>, Error> {
    let mut conn = ctx.app.db.read().await?;
    walk(ctx, &mut conn, None, path_prefix, after, most).await
}

/// One page of the instance profiles that a role is in, in the order of their names.
///
/// # Errors
/// `NotFound`.
pub async fn list_of_role(ctx: &Ctx, role: &str, after: &str, most: usize) -> Result<Page<Filled>, Error> {
    let mut conn = ctx.app.db.read().await?;
    let role = roles::find(&mut conn, &ctx.account_id, role).await?;
    walk(ctx, &mut conn, Some(&role.id), None, after, most).await
}

async fn walk(
    ctx: &Ctx,
    conn: &mut Conn,
    role_id: Option<&str>,
    path_prefix: Option<&str>,
    after: &str,
    most: usize,
) -> Result<Page<Filled>, Error> {
    let mut items: Vec<InstanceProfile> = Vec::new();
    let mut after = crate::domain::name::key(after);
    loop {
        // One more than fits tells whether there is a next page.
        let chunk = i64::try_from((most - items.len() + 1).max(LEAST_CHUNK)).map_err(Error::internal)?;
        let profiles = store::instance_profiles::page(conn, &ctx.account_id, role_id, &after, chunk).await?;
        let ended = profiles.len() < usize::try_from(chunk).map_err(Error::internal)?;
        let Some(last) = profiles.last() else { break };
        after = crate::domain::name::key(&last.name);
        let under = |profile: &InstanceProfile| path_prefix.is_none_or(|prefix| profile.path.starts_with(prefix));
        items.extend(profiles.into_iter().filter(under));
        if ended || items.len() > most {
            break;
        }
    }
    let page = page_of(items, most, |profile| &profile.name);
    let mut roles: HashMap<String, Role> = HashMap::new();
    if let (Some(first), Some(last)) = (page.items.first(), page.items.last()) {
        let found = store::instance_profiles::roles_of_page(conn, &ctx.account_id, &first.name, &last.name).await?;
        roles.extend(found.into_iter().map(|role| (role.id.clone(), role)));
    }
    trust::show(conn, ctx.cloud, roles.values_mut()).await?;
    let filled = |profile: InstanceProfile| {
        let role = profile.role_id.as_ref().and_then(|id| roles.get(id)).cloned();
        (profile, role)
    };
    Ok(Page { items: page.items.into_iter().map(filled).collect(), next: page.next })
}

/// Deletes an instance profile without a role.
///
/// # Errors
/// `NotFound`, `DeleteConflict`.
pub async fn delete(ctx: &Ctx, name: &str) -> Result<(), Error> {
    let account = &*ctx.account_id;
    let (mut tx, _) = ctx.app.db.write(account).await?;
    let profile = find(&mut tx, account, name).await?;
    if profile.role_id.is_some() {
        return Err(Error::DeleteConflict(Noun::InstanceProfile, Noun::Role));
    }
    store::tags::delete(&mut tx, account, Owner::InstanceProfile, &profile.id).await?;
    store::instance_profiles::delete(&mut tx, account, &profile.id).await?;
    store::accounts::count(&mut tx, account, Counter::InstanceProfiles, -1).await?;
    tx.commit().await
}

/// Puts a role into an instance profile that has none.
///
/// # Errors
/// `NotFound`, `ServiceLinkedRole(Protected)`, `LimitExceeded`, also for the role that is in it already (recorded). The
/// order is inferred.
pub async fn add_role(ctx: &Ctx, name: &str, role: &str) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let profile = find(&mut tx, &ctx.account_id, name).await?;
    let role = roles::find_unprotected(&mut tx, &ctx.account_id, role).await?;
    if profile.role_id.is_some() {
        return Err(Error::LimitExceeded(Noun::InstanceProfileRole, MOST_ROLES));
    }
    store::instance_profiles::set_role(&mut tx, &ctx.account_id, &profile.id, Some(&role.id)).await?;
    tx.commit().await
}

/// Takes a role out of an instance profile.
///
/// # Errors
/// `NotFound`, `ServiceLinkedRole(Protected)`.
pub async fn remove_role(ctx: &Ctx, name: &str, role: &str) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let profile = find(&mut tx, &ctx.account_id, name).await?;
    let role = roles::find_unprotected(&mut tx, &ctx.account_id, role).await?;
    if profile.role_id.as_ref() != Some(&role.id) {
        let named = format!("{} in Instance Profile {}", role.name, profile.name);
        return Err(Error::missing(Noun::RoleInInstanceProfile, named));
    }
    store::instance_profiles::set_role(&mut tx, &ctx.account_id, &profile.id, None).await?;
    tx.commit().await
}

/// Puts labels on an instance profile; one whose key is there already takes its place.
///
/// # Errors
/// `NotFound`, `LimitExceeded`.
pub async fn tag(ctx: &Ctx, name: &str, given: &[Tag]) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let profile = find(&mut tx, &ctx.account_id, name).await?;
    tags::put(ctx, &mut tx, Owner::InstanceProfile, &profile.id, given).await?;
    tx.commit().await
}

/// Takes labels off an instance profile. A key that is not there is passed over.
///
/// # Errors
/// `NotFound`.
pub async fn untag(ctx: &Ctx, name: &str, keys: &[String]) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let profile = find(&mut tx, &ctx.account_id, name).await?;
    tags::remove(ctx, &mut tx, Owner::InstanceProfile, &profile.id, keys).await?;
    tx.commit().await
}
