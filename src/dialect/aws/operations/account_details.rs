//! GetAccountAuthorizationDetails. Which members stand where is recorded.

use serde::Deserialize;

use super::super::errors::{Fault, marker_of_other_filter};
use super::super::request::{Paging, document, page_end, tag_list};
use super::groups::group;
use super::instance_profiles::profile;
use super::policies::policy;
use super::roles::{last_used, role};
use super::users::boundary;
use super::{Access, Answer, Build, Resource, Row, row};
use crate::dialect::members::Member;
use crate::domain::group::Group;
use crate::domain::own_policy::PolicyVersion;
use crate::domain::policy_owner::{AttachedPolicy, InlinePolicy};
use crate::services::Ctx;
use crate::services::account_details::{self, FAMILIES, Family, Place, Policies, PolicyDetail, RoleDetail, UserDetail};

pub(super) const ROWS: &[Row] = &[row!(Iam, "GetAccountAuthorizationDetails", Access::Policy(Resource::Any), get)];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetDetails {
    #[serde(default)]
    filter: Vec<String>,
    #[serde(flatten)]
    paging: Paging,
}

/// What a filter calls a family.
fn word(family: Family) -> &'static str {
    match family {
        Family::User => "User",
        Family::Role => "Role",
        Family::Group => "Group",
        Family::OwnPolicy => "LocalManagedPolicy",
        Family::CloudsPolicy => "AWSManagedPolicy",
    }
}

/// The filter as markers carry it: one letter for each family.
fn filter_mark(families: &[Family]) -> String {
    FAMILIES.iter().map(|family| if families.contains(family) { '1' } else { '0' }).collect()
}

/// Where a marker goes on; it is good for its own filter alone.
fn place(after: &str, families: &[Family]) -> Option<Place> {
    let (filter, rest) = after.split_once(':')?;
    let (family, key) = rest.split_once(':')?;
    let family = *FAMILIES.iter().find(|known| word(**known) == family)?;
    (filter == filter_mark(families) && families.contains(&family)).then(|| (family, key.to_owned()))
}

async fn get(ctx: &Ctx, request: GetDetails) -> Answer {
    let wanted =
        |family: &Family| request.filter.is_empty() || request.filter.iter().any(|word_| word_ == word(*family));
    let families: Vec<Family> = FAMILIES.into_iter().filter(wanted).collect();
    let after = request.paging.after().map_err(|_: Fault| marker_of_other_filter())?;
    let after = match &*after {
        "" => None,
        after => Some(place(after, &families).ok_or_else(marker_of_other_filter)?),
    };
    let page = account_details::list(ctx, &families, after, request.paging.most()).await?;
    let answer = Build::new()
        .members("Policies", page.policies.iter().map(|detail| policy_detail(ctx, detail)))
        .members("UserDetailList", page.users.iter().map(|detail| user(ctx, detail)))
        .members("RoleDetailList", page.roles.iter().map(|detail| role_detail(ctx, detail)))
        .members("GroupDetailList", page.groups.iter().map(|(found, policies)| group_detail(ctx, found, policies)));
    let next = page.next.map(|(family, key)| format!("{}:{}:{key}", filter_mark(&families), word(family)));
    Ok(page_end(answer, next.as_deref()))
}

fn inline(policies: &[InlinePolicy]) -> impl Iterator<Item = Build> {
    policies
        .iter()
        .map(|policy| Build::new().put("PolicyName", &*policy.name).put("PolicyDocument", document(&policy.document)))
}

fn attached(policies: &[AttachedPolicy]) -> impl Iterator<Item = Build> {
    policies.iter().map(|policy| Build::new().put("PolicyName", &*policy.name).put("PolicyArn", &*policy.arn))
}

fn with_boundary(build: Build, arn: Option<&String>) -> Build {
    match boundary(arn) {
        Some(boundary) => build.object("PermissionsBoundary", boundary),
        None => build,
    }
}

/// A user without policies of its own shows no list of them, unlike roles and groups. That one without labels shows an
/// empty list is inferred.
fn user(ctx: &Ctx, detail: &UserDetail) -> Build {
    let UserDetail { user, policies, groups, tags } = detail;
    let build = Build::new()
        .put("Path", &*user.path)
        .put("UserName", &*user.name)
        .put("UserId", &*user.id)
        .put("Arn", user.arn(ctx.cloud))
        .time("CreateDate", user.created_at);
    let build =
        if policies.inline.is_empty() { build } else { build.members("UserPolicyList", inline(&policies.inline)) };
    let build = build
        .put("GroupList", Member::List(groups.iter().map(|name| Member::from(&**name)).collect()))
        .members("AttachedManagedPolicies", attached(&policies.attached));
    with_boundary(build, user.permissions_boundary.as_ref()).members("Tags", tag_list(tags))
}

fn group_detail(ctx: &Ctx, of: &Group, policies: &Policies) -> Build {
    group(ctx, of)
        .members("GroupPolicyList", inline(&policies.inline))
        .members("AttachedManagedPolicies", attached(&policies.attached))
}

fn role_detail(ctx: &Ctx, detail: &RoleDetail) -> Build {
    let RoleDetail { role: found, policies, profiles, tags } = detail;
    let build = role(ctx, found)
        .members("InstanceProfileList", profiles.iter().map(|of| profile(ctx, of, Some(found))))
        .members("RolePolicyList", inline(&policies.inline))
        .members("AttachedManagedPolicies", attached(&policies.attached));
    with_boundary(build, found.permissions_boundary.as_ref())
        .members("Tags", tag_list(tags))
        .object("RoleLastUsed", last_used(found))
}

/// Without description and labels. The cloud's policies show their version in force alone: no other is kept.
fn policy_detail(ctx: &Ctx, detail: &PolicyDetail) -> Build {
    let PolicyDetail { policy: of, uses, versions } = detail;
    policy(ctx, of, uses).members("PolicyVersionList", versions.iter().map(version))
}

fn version(version: &PolicyVersion) -> Build {
    Build::new()
        .put("Document", document(&version.document))
        .put("VersionId", &*version.id)
        .put("IsDefaultVersion", version.is_default)
        .time("CreateDate", version.created_at)
}
