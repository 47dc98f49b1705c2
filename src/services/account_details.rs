//! All users, roles, groups and policies of an account with what hangs on them, page by page.

use std::collections::HashMap;

use crate::domain::error::Error;
use crate::domain::group::Group;
use crate::domain::instance_profile::InstanceProfile;
use crate::domain::managed_policies;
use crate::domain::name::key;
use crate::domain::own_policy::{AnyPolicy, OwnPolicy, PolicyUses, PolicyVersion, version_id};
use crate::domain::policy_owner::{AttachedPolicy, InlinePolicy, PolicyOwner};
use crate::domain::role::Role;
use crate::domain::user::{Tag, User};
use crate::store::account_details::{Of, Range};
use crate::store::tags::Listed;
use crate::store::{self, Conn};

use super::Ctx;

/// A kind of what is listed, in the order in which it is (the users first: recorded; of the others inferred).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// Users.
    User,
    /// Roles.
    Role,
    /// Groups.
    Group,
    /// The account's own managed policies.
    OwnPolicy,
    /// The cloud's managed policies that somebody has or is bounded by.
    CloudsPolicy,
}

/// All of them, in their order.
pub const FAMILIES: [Family; 5] = [Family::User, Family::Role, Family::Group, Family::OwnPolicy, Family::CloudsPolicy];

/// Where a listing goes on: behind what has this key in a family.
pub type Place = (Family, String);

/// The policies of a user, a role or a group.
#[derive(Clone, Debug, Default)]
pub struct Policies {
    /// Those that are part of it.
    pub inline: Vec<InlinePolicy>,
    /// The managed ones.
    pub attached: Vec<AttachedPolicy>,
}

/// A user.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields say it")]
pub struct UserDetail {
    pub user: User,
    pub policies: Policies,
    pub groups: Vec<String>,
    pub tags: Vec<Tag>,
}

/// A role.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields say it")]
pub struct RoleDetail {
    pub role: Role,
    pub policies: Policies,
    pub profiles: Vec<InstanceProfile>,
    pub tags: Vec<Tag>,
}

/// A managed policy.
#[derive(Clone, Debug)]
pub struct PolicyDetail {
    /// The policy.
    pub policy: AnyPolicy,
    /// How often it is used.
    pub uses: PolicyUses,
    /// Its versions, the newest first.
    pub versions: Vec<PolicyVersion>,
}

/// One page.
#[derive(Debug, Default)]
#[expect(missing_docs, reason = "the fields say it")]
pub struct Details {
    pub users: Vec<UserDetail>,
    pub roles: Vec<RoleDetail>,
    pub groups: Vec<(Group, Policies)>,
    pub policies: Vec<PolicyDetail>,
    pub next: Option<Place>,
}

/// The page of `families` behind `after` with `most` things of all kinds together.
pub async fn list(ctx: &Ctx, families: &[Family], after: Option<Place>, most: usize) -> Result<Details, Error> {
    let mut conn = ctx.app.db.read().await?;
    let mut page = Details::default();
    let mut last = after.clone();
    let mut left = most;
    let families = FAMILIES.iter().filter(|family| families.contains(family));
    for family in families.skip_while(|family| after.as_ref().is_some_and(|(begun, _)| *family < begun)) {
        let from = after.as_ref().filter(|(begun, _)| begun == family).map_or("", |(_, key)| key);
        // One more than fits tells whether there is a next page.
        let chunk = i64::try_from(left + 1).map_err(Error::internal)?;
        let (shown, more) = read(ctx, &mut conn, *family, from, chunk, left, &mut page).await?;
        left -= shown.len();
        if let Some(key) = shown.into_iter().next_back() {
            last = Some((*family, key));
        }
        if more {
            page.next = last;
            break;
        }
    }
    Ok(page)
}

/// Puts up to `left` things of a family on the page; gives their keys and whether there are more.
async fn read(
    ctx: &Ctx,
    conn: &mut Conn,
    family: Family,
    from: &str,
    chunk: i64,
    left: usize,
    page: &mut Details,
) -> Result<(Vec<String>, bool), Error> {
    let account = &*ctx.account_id;
    match family {
        Family::User => {
            let (found, keys, more) =
                cut(store::users::page(conn, account, from, chunk).await?, left, |user: &User| &user.name);
            if let Some(range) = range(account, &keys) {
                page.users = users(conn, range, found).await?;
            }
            Ok((keys, more))
        }
        Family::Role => {
            let (found, keys, more) =
                cut(store::roles::page(conn, account, from, chunk).await?, left, |role: &Role| &role.name);
            if let Some(range) = range(account, &keys) {
                page.roles = roles(conn, range, found).await?;
            }
            Ok((keys, more))
        }
        Family::Group => {
            let (found, keys, more) =
                cut(store::groups::page(conn, account, from, chunk).await?, left, |group: &Group| &group.name);
            if let Some(range) = range(account, &keys) {
                let mut of = policies_of(conn, PolicyOwner::Group, range).await?;
                let with = |group: Group| (of.remove(&group.id).unwrap_or_default(), group);
                page.groups = found.into_iter().map(with).map(|(policies, group)| (group, policies)).collect();
            }
            Ok((keys, more))
        }
        Family::OwnPolicy => {
            let (found, keys, more) =
                cut(store::policies::page(conn, account, from, chunk).await?, left, |policy: &OwnPolicy| &policy.name);
            if let Some(range) = range(account, &keys) {
                page.policies.extend(own_policies(ctx, conn, range, found).await?);
            }
            Ok((keys, more))
        }
        Family::CloudsPolicy => {
            let uses = uses(conn, account).await?;
            let used = managed_policies::aws().iter().filter(|policy| uses.contains_key(policy.arn()));
            let behind: Vec<_> = used.filter(|policy| from.is_empty() || key(&policy.name).as_str() > from).collect();
            let (found, keys, more) = cut(behind, left, |policy| &policy.name);
            page.policies.extend(found.into_iter().map(|policy| PolicyDetail {
                policy: AnyPolicy::Clouds(policy),
                uses: uses.get(policy.arn()).copied().unwrap_or_default(),
                versions: vec![PolicyVersion {
                    id: policy.default_version_id.clone(),
                    document: policy.document.clone(),
                    is_default: true,
                    created_at: policy.updated_at,
                }],
            }));
            Ok((keys, more))
        }
    }
}

/// Cuts what was read to what fits: that, its keys, and whether there is more.
fn cut<T>(mut found: Vec<T>, left: usize, name: impl Fn(&T) -> &str) -> (Vec<T>, Vec<String>, bool) {
    let more = found.len() > left;
    found.truncate(left);
    let keys = found.iter().map(|one| key(name(one))).collect();
    (found, keys, more)
}

fn range<'a>(account_id: &'a str, keys: &'a [String]) -> Option<Range<'a>> {
    Some(Range { account_id, first: keys.first()?, last: keys.last()? })
}

/// Sorts what hangs on a page by what it hangs on.
fn by_owner<T>(rows: Vec<Of<T>>) -> HashMap<String, Vec<T>> {
    let mut sorted: HashMap<String, Vec<T>> = HashMap::new();
    for Of(owner, thing) in rows {
        sorted.entry(owner).or_default().push(thing);
    }
    sorted
}

async fn policies_of(conn: &mut Conn, kind: PolicyOwner, page: Range<'_>) -> Result<HashMap<String, Policies>, Error> {
    let mut of: HashMap<String, Policies> = HashMap::new();
    for (id, inline) in by_owner(store::account_details::inline_policies(conn, kind, page).await?) {
        of.entry(id).or_default().inline = inline;
    }
    for (id, attached) in by_owner(store::account_details::attachments(conn, kind, page).await?) {
        of.entry(id).or_default().attached = attached;
    }
    Ok(of)
}

async fn users(conn: &mut Conn, page: Range<'_>, found: Vec<User>) -> Result<Vec<UserDetail>, Error> {
    let mut policies = policies_of(conn, PolicyOwner::User, page).await?;
    let mut tags = store::tags::of_page(conn, page.account_id, Listed::Users, page.first, page.last).await?;
    let groups = store::account_details::groups_of_users(conn, page).await?;
    let mut groups = by_owner(groups.into_iter().map(|(user, group)| Of(user, group)).collect());
    let detail = |user: User| UserDetail {
        policies: policies.remove(&user.id).unwrap_or_default(),
        groups: groups.remove(&user.id).unwrap_or_default(),
        tags: tags.remove(&user.id).unwrap_or_default(),
        user,
    };
    Ok(found.into_iter().map(detail).collect())
}

async fn roles(conn: &mut Conn, page: Range<'_>, found: Vec<Role>) -> Result<Vec<RoleDetail>, Error> {
    let mut policies = policies_of(conn, PolicyOwner::Role, page).await?;
    let mut tags = store::tags::of_page(conn, page.account_id, Listed::Roles, page.first, page.last).await?;
    let profiles = store::account_details::profiles_of_roles(conn, page).await?;
    let of_role = |profile: InstanceProfile| Some(Of(profile.role_id.clone()?, profile));
    let mut profiles = by_owner(profiles.into_iter().filter_map(of_role).collect());
    let detail = |role: Role| RoleDetail {
        policies: policies.remove(&role.id).unwrap_or_default(),
        profiles: profiles.remove(&role.id).unwrap_or_default(),
        tags: tags.remove(&role.id).unwrap_or_default(),
        role,
    };
    Ok(found.into_iter().map(detail).collect())
}

async fn own_policies(
    ctx: &Ctx,
    conn: &mut Conn,
    page: Range<'_>,
    found: Vec<OwnPolicy>,
) -> Result<Vec<PolicyDetail>, Error> {
    let uses = uses(conn, page.account_id).await?;
    let mut versions = by_owner(store::account_details::versions_of_policies(conn, page).await?);
    let detail = |policy: OwnPolicy| {
        let of_policy = versions.remove(&policy.id).unwrap_or_default().into_iter();
        let versions = of_policy.map(|version| PolicyVersion {
            id: version_id(version.number),
            document: version.document,
            is_default: version.number == policy.default_version,
            created_at: version.created_at,
        });
        PolicyDetail {
            uses: uses.get(&policy.arn(ctx.cloud)).copied().unwrap_or_default(),
            versions: versions.collect(),
            policy: AnyPolicy::Own(policy),
        }
    };
    Ok(found.into_iter().map(detail).collect())
}

/// How often each policy that is used is used, by ARN.
async fn uses(conn: &mut Conn, account_id: &str) -> Result<HashMap<String, PolicyUses>, Error> {
    let mut uses: HashMap<String, PolicyUses> = HashMap::new();
    for (arn, attachments) in store::policy_attachments::uses(conn, account_id).await? {
        uses.entry(arn).or_default().attachments = attachments;
    }
    for (arn, boundaries) in store::boundaries::uses(conn, account_id).await? {
        uses.entry(arn).or_default().boundaries = boundaries;
    }
    Ok(uses)
}
