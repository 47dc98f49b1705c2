//! Users: create, get, update, delete, list.

use crate::app::cache::{Shelf, TaggedUser};
use crate::domain::access_key::KeyStatus;
use crate::domain::error::{Error, Noun};
use crate::domain::policy_owner::{OwnedBy, PolicyOwner};
use crate::domain::service_access::AccessorKind;
use crate::domain::session::EndReason;
use crate::domain::unique_id::IdKind;
use crate::domain::user::{Tag, User, UserFilter, UserRef, UserStatus};
use crate::store::accounts::Counter;
use crate::store::tags::{Listed, Owner};
use crate::store::{self, Conn};

use super::{Ctx, boundaries, credentials, policies, sessions, tags};

/// A user to make.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of User")]
pub struct Create {
    pub name: String,
    pub path: String,
    pub permissions_boundary: Option<String>,
    pub display_name: String,
    pub comments: String,
    pub email: String,
    pub mobile_phone: String,
    pub tags: Vec<Tag>,
}

/// A change of a user: what is absent stays as it is.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the fields are those of User")]
pub struct Update {
    pub name: Option<String>,
    pub path: Option<String>,
    pub display_name: Option<String>,
    pub comments: Option<String>,
    pub email: Option<String>,
    pub mobile_phone: Option<String>,
}

pub(super) fn missing(user: &UserRef) -> Error {
    Error::missing(Noun::User, user.as_str())
}

/// The user whom `user` names, with its tags.
pub(super) async fn find(conn: &mut Conn, account_id: &str, user: &UserRef) -> Result<Option<TaggedUser>, Error> {
    match user {
        UserRef::Name(name) => store::users::tagged_by_name(conn, account_id, name).await,
        UserRef::Id(id) => store::users::tagged_by_id(conn, account_id, id).await,
        UserRef::AccessKey(key_id) => {
            let key = store::access_keys::find(conn, key_id).await?;
            let key = key.filter(|key| key.account_id == account_id && key.status != KeyStatus::Deleted);
            match key.and_then(|key| key.user_id) {
                Some(id) => store::users::tagged_by_id(conn, account_id, &id).await,
                None => Ok(None),
            }
        }
    }
}

/// The user whom `user` names, without its tags.
///
/// # Errors
/// `NotFound`.
pub(super) async fn get(conn: &mut Conn, account_id: &str, user: &UserRef) -> Result<User, Error> {
    find(conn, account_id, user).await?.map(|(user, _)| user).ok_or_else(|| missing(user))
}

/// Makes a user.
///
/// # Errors
/// `AlreadyExists`, `LimitExceeded`, `NotFound` and `PolicyNotAttachable` of its boundary.
pub async fn create(ctx: &Ctx, create: &Create) -> Result<TaggedUser, Error> {
    let user = User {
        account_id: ctx.account_id.clone(),
        id: ctx.app.ids.unique_id(ctx.cloud, IdKind::User),
        name: create.name.clone(),
        path: create.path.clone(),
        permissions_boundary: create.permissions_boundary.clone(),
        display_name: create.display_name.clone(),
        comments: create.comments.clone(),
        email: create.email.clone(),
        mobile_phone: create.mobile_phone.clone(),
        created_at: ctx.now,
        updated_at: ctx.now,
        last_login_at: None,
    };
    let (mut tx, account) = ctx.app.db.write_counting(&ctx.account_id, Counter::Users).await?;
    if let Some(arn) = &user.permissions_boundary {
        boundaries::check(ctx, &mut tx, arn).await?;
    }
    if !store::users::insert(&mut tx, &user).await? {
        return Err(Error::exists(Noun::User, &*user.name));
    }
    let most = ctx.quotas().users;
    if account.users > most {
        return Err(Error::LimitExceeded(Noun::User, most));
    }
    for tag in &create.tags {
        store::tags::insert(&mut tx, &ctx.account_id, Owner::User, &user.id, tag).await?;
    }
    let step = tx.commit_step().await?;
    ctx.app.cache.carry_over(&ctx.account_id, step, Shelf::forget_missing_users);
    let mut tags = create.tags.clone();
    tags.sort_by(|a, b| a.key.cmp(&b.key));
    Ok((user, tags))
}

/// Changes a user.
///
/// # Errors
/// `NotFound`, `AlreadyExists` when the new name is another's.
pub async fn update(ctx: &Ctx, user: &UserRef, change: &Update) -> Result<TaggedUser, Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let (mut found, tags) = find(&mut tx, &ctx.account_id, user).await?.ok_or_else(|| missing(user))?;
    let set = |field: &mut String, value: &Option<String>| {
        if let Some(value) = value {
            field.clone_from(value);
        }
    };
    set(&mut found.name, &change.name);
    set(&mut found.path, &change.path);
    set(&mut found.display_name, &change.display_name);
    set(&mut found.comments, &change.comments);
    set(&mut found.email, &change.email);
    set(&mut found.mobile_phone, &change.mobile_phone);
    found.updated_at = ctx.now;
    if !store::users::update(&mut tx, &found).await? {
        return Err(Error::exists(Noun::User, found.name));
    }
    tx.commit().await?;
    Ok((found, tags))
}

/// Puts labels on a user; one whose key is there already takes its place.
///
/// # Errors
/// `NotFound`, `LimitExceeded`.
pub async fn tag(ctx: &Ctx, user: &UserRef, given: &[Tag]) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let user = get(&mut tx, &ctx.account_id, user).await?;
    tags::put(ctx, &mut tx, Owner::User, &user.id, given).await?;
    tx.commit().await
}

/// Takes labels off a user. A key that is not there is passed over.
///
/// # Errors
/// `NotFound`.
pub async fn untag(ctx: &Ctx, user: &UserRef, keys: &[String]) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    let user = get(&mut tx, &ctx.account_id, user).await?;
    tags::remove(ctx, &mut tx, Owner::User, &user.id, keys).await?;
    tx.commit().await
}

/// The reasons why a user cannot be deleted. The order in which they are told is inferred: what gives the user
/// permissions, then the credentials in the order in which Terraform's provider takes them away.
async fn conflicts_of(conn: &mut Conn, account_id: &str, id: &str) -> Result<Vec<Noun>, Error> {
    let mut found = policies::conflicts_of(conn, OwnedBy { account_id, kind: PolicyOwner::User, id }).await?;
    if store::groups::count_of_user(conn, account_id, id).await? > 0 {
        found.push(Noun::Group);
    }
    if !store::access_keys::of(conn, account_id, Some(id)).await?.is_empty() {
        found.push(Noun::AccessKey);
    }
    if store::login_profiles::find(conn, account_id, id).await?.is_some() {
        found.push(Noun::LoginProfile);
    }
    if !store::mfa_devices::of_user(conn, account_id, id).await?.is_empty() {
        found.push(Noun::UserMfaDevice);
    }
    found.extend(credentials::conflicts_of_user(conn, account_id, id).await?);
    Ok(found)
}

/// The reasons why a user cannot be deleted.
///
/// # Errors
/// `NotFound`.
pub async fn conflicts(ctx: &Ctx, user: &UserRef) -> Result<Vec<Noun>, Error> {
    let mut conn = ctx.app.db.read().await?;
    let user = get(&mut conn, &ctx.account_id, user).await?;
    conflicts_of(&mut conn, &ctx.account_id, &user.id).await
}

/// Deletes a user that has nothing left.
///
/// # Errors
/// `NotFound`, `DeleteConflict` with what it still has.
pub async fn delete(ctx: &Ctx, user: &UserRef) -> Result<(), Error> {
    let account = &*ctx.account_id;
    let (mut tx, _) = ctx.app.db.write(account).await?;
    let (found, _) = find(&mut tx, account, user).await?.ok_or_else(|| missing(user))?;
    if let Some(still) = conflicts_of(&mut tx, account, &found.id).await?.first() {
        return Err(Error::DeleteConflict(Noun::User, *still));
    }
    sessions::end_of_user(&ctx.app, &mut tx, account, &found.id, EndReason::UserDeleted, ctx.now).await?;
    store::tags::delete(&mut tx, account, Owner::User, &found.id).await?;
    store::service_access::forget(&mut tx, account, AccessorKind::User, &found.id).await?;
    store::users::delete(&mut tx, account, &found.id).await?;
    store::accounts::count(&mut tx, account, Counter::Users, -1).await?;
    tx.commit().await
}

/// A page of a listing and where the next one starts.
#[derive(Debug)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// The name after which the next page starts; `None` on the last one.
    pub next: Option<String>,
}

/// The fewest rows that a listing reads at a time: one that passes most of them over must not ask for two at a time.
pub(super) const LEAST_CHUNK: usize = 50;

/// One page of users in the order of their names.
pub async fn list(ctx: &Ctx, filter: &UserFilter, after: &str, most: usize) -> Result<Page<TaggedUser>, Error> {
    if !filter.statuses.contains(&UserStatus::Active) {
        return Ok(Page { items: Vec::new(), next: None });
    }
    let mut conn = ctx.app.db.read().await?;
    let mut items: Vec<TaggedUser> = Vec::new();
    let mut after = crate::domain::name::key(after);
    loop {
        // One more than fits tells whether there is a next page.
        let chunk = i64::try_from((most - items.len() + 1).max(LEAST_CHUNK)).map_err(Error::internal)?;
        let users = store::users::page(&mut conn, &ctx.account_id, &after, chunk).await?;
        let ended = users.len() < usize::try_from(chunk).map_err(Error::internal)?;
        let (Some(first), Some(last)) = (users.first(), users.last()) else { break };
        let mut tags = store::tags::of_page(&mut conn, &ctx.account_id, Listed::Users, &first.name, &last.name).await?;
        after = crate::domain::name::key(&last.name);
        for user in users {
            let tags = tags.remove(&user.id).unwrap_or_default();
            let under = filter.path_prefix.as_ref().is_none_or(|prefix| user.path.starts_with(prefix.as_str()));
            if under && filter.tags.iter().all(|wanted| carries(&tags, wanted)) {
                items.push((user, tags));
            }
        }
        if ended || items.len() > most {
            break;
        }
    }
    Ok(page_of(items, most, |(user, _)| &user.name))
}

pub(super) fn carries(tags: &[Tag], (key, value): &(String, Option<String>)) -> bool {
    tags.iter().any(|tag| tag.key == *key && value.as_ref().is_none_or(|value| tag.value == *value))
}

/// Cuts what was read, one more than fits, to a page.
pub(super) fn page_of<T>(mut items: Vec<T>, most: usize, name: impl Fn(&T) -> &str) -> Page<T> {
    let more = items.len() > most;
    items.truncate(most);
    let next = if more { items.last().map(|item| name(item).to_owned()) } else { None };
    Page { items, next }
}
