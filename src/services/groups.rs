//! Groups: create, get, update, delete, list; who is in them.

use crate::domain::error::{Error, Noun};
use crate::domain::group::{Group, Joined};
use crate::domain::name;
use crate::domain::policy_owner::{OwnedBy, PolicyOwner};
use crate::domain::unique_id::IdKind;
use crate::domain::user::{User, UserRef};
use crate::store::accounts::Counter;
use crate::store::{self, Conn};

use super::users::{self, Page, page_of};
use super::{Ctx, policies};

/// A group to make.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of Group")]
pub struct Create {
    pub name: String,
    pub path: String,
    pub display_name: String,
    pub comments: String,
}

/// A change of a group: what is absent stays as it is.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the fields are those of Group")]
pub struct Update {
    pub name: Option<String>,
    pub path: Option<String>,
    pub display_name: Option<String>,
    pub comments: Option<String>,
}

/// The group of this name.
///
/// # Errors
/// `NotFound`.
pub(super) async fn find(conn: &mut Conn, account_id: &str, group_name: &str) -> Result<Group, Error> {
    let found = store::groups::by_name(conn, account_id, group_name).await?;
    found.ok_or_else(|| Error::missing(Noun::Group, group_name))
}

/// Makes a group.
///
/// # Errors
/// `AlreadyExists`, `LimitExceeded`.
pub async fn create(ctx: &Ctx, create: &Create) -> Result<Group, Error> {
    let group = Group {
        account_id: ctx.account_id.clone(),
        id: ctx.app.ids.unique_id(ctx.cloud, IdKind::Group),
        name: create.name.clone(),
        path: create.path.clone(),
        display_name: create.display_name.clone(),
        comments: create.comments.clone(),
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let (mut tx, account) = ctx.app.db.write_counting(&ctx.account_id, Counter::Groups).await?;
    if !store::groups::insert(&mut tx, &group).await? {
        return Err(Error::exists(Noun::Group, group.name));
    }
    let most = ctx.quotas().groups;
    if account.groups > most {
        return Err(Error::LimitExceeded(Noun::Group, most));
    }
    tx.commit().await?;
    Ok(group)
}

/// The group of this name.
///
/// # Errors
/// `NotFound`.
pub async fn get(ctx: &Ctx, group_name: &str) -> Result<Group, Error> {
    find(&mut ctx.app.db.read().await?, &ctx.account_id, group_name).await
}

/// Changes a group. Who is in it and which policies it has stays.
///
/// # Errors
/// `NotFound`, `AlreadyExists` when the new name is another's.
pub async fn update(ctx: &Ctx, group_name: &str, change: &Update) -> Result<Group, Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let mut group = find(&mut tx, &ctx.account_id, group_name).await?;
    let set = |field: &mut String, value: &Option<String>| {
        if let Some(value) = value {
            field.clone_from(value);
        }
    };
    set(&mut group.name, &change.name);
    set(&mut group.path, &change.path);
    set(&mut group.display_name, &change.display_name);
    set(&mut group.comments, &change.comments);
    group.updated_at = ctx.now;
    if !store::groups::update(&mut tx, &group).await? {
        return Err(Error::exists(Noun::Group, group.name));
    }
    tx.commit().await?;
    Ok(group)
}

/// Deletes a group that has nothing left.
///
/// # Errors
/// `NotFound`, `DeleteConflict` with what it still has; the order in which that is told is inferred.
pub async fn delete(ctx: &Ctx, group_name: &str) -> Result<(), Error> {
    let account_id = &*ctx.account_id;
    let (mut tx, _) = ctx.app.db.write(account_id).await?;
    let group = find(&mut tx, account_id, group_name).await?;
    if let Some(still) = conflicts_of(&mut tx, account_id, &group.id).await?.first() {
        return Err(Error::DeleteConflict(Noun::Group, *still));
    }
    store::groups::delete(&mut tx, account_id, &group.id).await?;
    store::accounts::count(&mut tx, account_id, Counter::Groups, -1).await?;
    tx.commit().await
}

async fn conflicts_of(conn: &mut Conn, account_id: &str, id: &str) -> Result<Vec<Noun>, Error> {
    let mut found = policies::conflicts_of(conn, OwnedBy { account_id, kind: PolicyOwner::Group, id }).await?;
    if !store::groups::members(conn, account_id, id, "", 1).await?.is_empty() {
        found.push(Noun::GroupMember);
    }
    Ok(found)
}

/// The reasons why a group cannot be deleted.
///
/// # Errors
/// `NotFound`.
pub async fn conflicts(ctx: &Ctx, group_name: &str) -> Result<Vec<Noun>, Error> {
    let mut conn = ctx.app.db.read().await?;
    let group = find(&mut conn, &ctx.account_id, group_name).await?;
    conflicts_of(&mut conn, &ctx.account_id, &group.id).await
}

/// How many rows to read for a page: one more than fits tells whether there is a next one.
pub(super) fn one_more(most: usize) -> Result<i64, Error> {
    i64::try_from(most.saturating_add(1)).map_err(Error::internal)
}

/// One page of groups, in the order of their names, whose paths begin with `path_prefix`.
pub async fn list(ctx: &Ctx, path_prefix: &str, after: &str, most: usize) -> Result<Page<Group>, Error> {
    let mut conn = ctx.app.db.read().await?;
    let (mut items, mut after) = (Vec::new(), name::key(after));
    let chunk = one_more(most)?;
    loop {
        let groups = store::groups::page(&mut conn, &ctx.account_id, &after, chunk).await?;
        let Some(last) = groups.last() else { break };
        after = name::key(&last.name);
        let ended = groups.len() <= most;
        items.extend(groups.into_iter().filter(|group| group.path.starts_with(path_prefix)));
        if ended || items.len() > most {
            break;
        }
    }
    Ok(page_of(items, most, |group| &group.name))
}

/// Puts a user into a group. Whether the user or the group is looked for first is inferred from the removal's recorded
/// order.
///
/// # Errors
/// `NotFound`, `LimitExceeded` when the user is in too many groups, `AlreadyExists(GroupOfUser)` where the cloud tells
/// of a user who is in the group already.
pub async fn add_user(ctx: &Ctx, group_name: &str, user: &UserRef) -> Result<(), Error> {
    let account_id = &*ctx.account_id;
    let (mut tx, _) = ctx.app.db.write(account_id).await?;
    let user = users::get(&mut tx, account_id, user).await?;
    let group = find(&mut tx, account_id, group_name).await?;
    if store::groups::add(&mut tx, account_id, &group.id, &user.id, ctx.now).await? {
        let most = ctx.quotas().groups_per_user;
        if store::groups::count_of_user(&mut tx, account_id, &user.id).await? > most {
            return Err(Error::LimitExceeded(Noun::GroupOfUser, most));
        }
    } else if ctx.cloud.rules().memberships_are_told_of {
        return Err(Error::exists(Noun::GroupOfUser, user.name));
    }
    tx.commit().await
}

/// Takes a user out of a group. The user is looked for first (recorded of AWS).
///
/// # Errors
/// `NotFound`; `NotFound(GroupOfUser)` where the cloud tells of a user who is not in the group.
pub async fn remove_user(ctx: &Ctx, group_name: &str, user: &UserRef) -> Result<(), Error> {
    let account_id = &*ctx.account_id;
    let (mut tx, _) = ctx.app.db.write(account_id).await?;
    let user = users::get(&mut tx, account_id, user).await?;
    let group = find(&mut tx, account_id, group_name).await?;
    let removed = store::groups::remove(&mut tx, account_id, &group.id, &user.id).await?;
    if !removed && ctx.cloud.rules().memberships_are_told_of {
        return Err(Error::missing(Noun::GroupOfUser, user.name));
    }
    tx.commit().await
}

/// A group and one page of who is in it, in the order of their names.
///
/// # Errors
/// `NotFound`.
pub async fn members(
    ctx: &Ctx,
    group_name: &str,
    after: &str,
    most: usize,
) -> Result<(Group, Page<Joined<User>>), Error> {
    let mut conn = ctx.app.db.read().await?;
    let group = find(&mut conn, &ctx.account_id, group_name).await?;
    let after = name::key(after);
    let found = store::groups::members(&mut conn, &ctx.account_id, &group.id, &after, one_more(most)?).await?;
    Ok((group, page_of(found, most, |joined| &joined.what.name)))
}

/// One page of the groups that a user is in, in the order of their names.
///
/// # Errors
/// `NotFound`.
pub async fn of_user(ctx: &Ctx, user: &UserRef, after: &str, most: usize) -> Result<Page<Joined<Group>>, Error> {
    let mut conn = ctx.app.db.read().await?;
    let user = users::get(&mut conn, &ctx.account_id, user).await?;
    let after = name::key(after);
    let found = store::groups::joined_by_user(&mut conn, &ctx.account_id, &user.id, &after, one_more(most)?).await?;
    Ok(page_of(found, most, |joined| &joined.what.name))
}
