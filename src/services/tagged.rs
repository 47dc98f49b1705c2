//! Labels on several things at once, and which things carry which.

use std::collections::BTreeMap;

use crate::domain::error::{Error, Noun};
use crate::domain::name;
use crate::domain::user::{Tag, UserRef};
use crate::store::tags::Owner;
use crate::store::{self, Conn};

use super::{Ctx, roles, tags, users};

pub use crate::store::tagged::{Kind, Tagged};

/// How many labels are read at a time: more than one thing can carry.
const CHUNK: i64 = 1_000;

/// How a caller names what carries labels.
#[derive(Clone, Debug)]
pub enum ResourceRef {
    /// A user.
    User(UserRef),
    /// A role, by name.
    Role(String),
    /// A managed policy of the account's own, by name.
    Policy(String),
}

/// Which labels a listing shows.
#[derive(Clone, Debug)]
pub struct Filter {
    /// On what.
    pub kind: Kind,
    /// On these alone; all when there are none.
    pub on: Vec<ResourceRef>,
    /// Labels of these keys, on what carries all of them; with a value, of that value. All when there are none.
    pub tags: Vec<(String, Option<String>)>,
}

/// Where a page of labels ends: the name of what carries the last one, and its key.
pub type Place = (String, String);

impl Kind {
    fn owner(self) -> Owner {
        match self {
            Self::User => Owner::User,
            Self::Role => Owner::Role,
            Self::Policy => Owner::Policy,
        }
    }
}

struct Found {
    kind: Kind,
    id: String,
    name: String,
}

async fn find(conn: &mut Conn, account_id: &str, resource: &ResourceRef) -> Result<Found, Error> {
    let (kind, id, name) = match resource {
        ResourceRef::User(user) => {
            let user = users::get(conn, account_id, user).await?;
            (Kind::User, user.id, user.name)
        }
        ResourceRef::Role(name) => {
            let role = roles::find(conn, account_id, name).await?;
            (Kind::Role, role.id, role.name)
        }
        ResourceRef::Policy(name) => {
            let policy = store::policies::by_name(conn, account_id, name).await?;
            let policy = policy.ok_or_else(|| Error::missing(Noun::Policy, name))?;
            (Kind::Policy, policy.id, policy.name)
        }
    };
    Ok(Found { kind, id, name })
}

/// Puts labels on all of these; on each, one whose key is there already takes its place. All get them or none.
///
/// # Errors
/// `NotFound`, `LimitExceeded`.
pub async fn tag(ctx: &Ctx, resources: &[ResourceRef], given: &[Tag]) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    for resource in resources {
        let found = find(&mut tx, &ctx.account_id, resource).await?;
        tags::put(ctx, &mut tx, found.kind.owner(), &found.id, given).await?;
    }
    tx.commit().await
}

/// Takes the labels of these keys, or without keys all labels, off all of these. A key that is not there is passed over.
///
/// # Errors
/// `NotFound`.
pub async fn untag(ctx: &Ctx, resources: &[ResourceRef], keys: Option<&[String]>) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    for resource in resources {
        let found = find(&mut tx, &ctx.account_id, resource).await?;
        let owner = found.kind.owner();
        match keys {
            Some(keys) => tags::remove(ctx, &mut tx, owner, &found.id, keys).await?,
            None => store::tags::delete(&mut tx, &ctx.account_id, owner, &found.id).await?,
        }
    }
    tx.commit().await
}

/// Whether the labels of one thing are wanted: it carries all that are looked for.
fn carries_all(labels: &[Tagged], wanted: &[(String, Option<String>)]) -> bool {
    wanted.iter().all(|wanted| labels.iter().any(|label| is(&label.tag, wanted)))
}

fn is(tag: &Tag, (key, value): &(String, Option<String>)) -> bool {
    tag.key == *key && value.as_ref().is_none_or(|value| tag.value == *value)
}

/// One page of labels, in the order of the names of what carries them and then of their keys.
///
/// # Errors
/// `NotFound` of what is named. That of a thing found by labels only those are shown is inferred.
pub async fn list(
    ctx: &Ctx,
    filter: &Filter,
    after: Option<&Place>,
    most: usize,
) -> Result<(Vec<Tagged>, Option<Place>), Error> {
    let mut conn = ctx.app.db.read().await?;
    let after = after.map(|(name, key)| (name::key(name), key.clone()));
    let mut shown = Vec::new();
    let mut show = |labels: Vec<Tagged>| {
        if carries_all(&labels, &filter.tags) {
            let place = |label: &Tagged| (name::key(&label.name), label.tag.key.clone());
            shown.extend(labels.into_iter().filter(|label| {
                let wanted = filter.tags.is_empty() || filter.tags.iter().any(|wanted| is(&label.tag, wanted));
                wanted && after.as_ref().is_none_or(|after| place(label) > *after)
            }));
        }
        shown.len() > most
    };
    if filter.on.is_empty() {
        let mut from = after.as_ref().map(|(name, _)| name.clone()).unwrap_or_default();
        loop {
            let chunk = store::tagged::page(&mut conn, &ctx.account_id, filter.kind, &from, CHUNK).await?;
            let ended = i64::try_from(chunk.len()).map_err(Error::internal)? < CHUNK;
            let mut groups: Vec<Vec<Tagged>> = Vec::new();
            for label in chunk {
                match groups.last_mut() {
                    Some(group) if group.last().is_some_and(|other| other.id == label.id) => group.push(label),
                    _ => groups.push(vec![label]),
                }
            }
            // The last one's labels may go on in the next chunk, which starts with them again.
            let cut = if ended || groups.len() < 2 { None } else { groups.pop() };
            let full = groups.into_iter().any(&mut show);
            match cut.as_deref().and_then(<[Tagged]>::first) {
                Some(first) if !full => from = name::key(&first.name),
                _ => break,
            }
        }
    } else {
        // Each once, in the order of their names.
        let mut on = BTreeMap::new();
        for resource in &filter.on {
            let found = find(&mut conn, &ctx.account_id, resource).await?;
            on.insert(name::key(&found.name), found);
        }
        for found in on.into_values() {
            let tags = store::tags::of(&mut conn, &ctx.account_id, found.kind.owner(), &found.id).await?;
            let label = |tag| Tagged { id: found.id.clone(), name: found.name.clone(), tag };
            if show(tags.into_iter().map(label).collect()) {
                break;
            }
        }
    }
    let more = shown.len() > most;
    shown.truncate(most);
    let next = if more { shown.last().map(|last| (last.name.clone(), last.tag.key.clone())) } else { None };
    Ok((shown, next))
}
