//! CreateInstanceProfile, GetInstanceProfile, ListInstanceProfiles, ListInstanceProfilesForRole, DeleteInstanceProfile,
//! AddRoleToInstanceProfile, RemoveRoleFromInstanceProfile, TagInstanceProfile, UntagInstanceProfile,
//! ListInstanceProfileTags.

use serde::Deserialize;

use super::super::request::{Paging, TagInput, page_end, some_tags, tag_list, tag_page, tags};
use super::roles::role;
use super::{Access, Answer, Build, Resource, Row, row};
use crate::domain::arn::Kind;
use crate::domain::instance_profile::InstanceProfile;
use crate::domain::role::Role;
use crate::domain::user::TagCase;
use crate::services::users::Page;
use crate::services::{Ctx, instance_profiles};

pub(super) const ROWS: &[Row] = &[
    row!(
        Iam,
        "CreateInstanceProfile",
        Access::Policy(Resource::New(Kind::InstanceProfile, "InstanceProfileName")),
        [RequestTags],
        create
    ),
    row!(Iam, "GetInstanceProfile", Access::Policy(Resource::INSTANCE_PROFILE), get),
    row!(Iam, "ListInstanceProfiles", Access::Policy(Resource::All(Kind::InstanceProfile)), list),
    row!(Iam, "ListInstanceProfilesForRole", Access::Policy(Resource::ROLE), list_of_role),
    row!(Iam, "DeleteInstanceProfile", Access::Policy(Resource::INSTANCE_PROFILE), delete),
    row!(
        Iam,
        "AddRoleToInstanceProfile",
        Access::Policy(Resource::INSTANCE_PROFILE),
        [PassRole("ec2.amazonaws.com")],
        add_role
    ),
    row!(Iam, "RemoveRoleFromInstanceProfile", Access::Policy(Resource::INSTANCE_PROFILE), remove_role),
    row!(Iam, "TagInstanceProfile", Access::Policy(Resource::INSTANCE_PROFILE), [RequestTags], tag),
    row!(Iam, "UntagInstanceProfile", Access::Policy(Resource::INSTANCE_PROFILE), [TagKeys], untag),
    row!(Iam, "ListInstanceProfileTags", Access::Policy(Resource::INSTANCE_PROFILE), list_tags),
];

/// An instance profile, as answers show it.
pub(super) fn profile(ctx: &Ctx, profile: &InstanceProfile, inside: Option<&Role>) -> Build {
    Build::new()
        .put("Path", &*profile.path)
        .put("InstanceProfileName", &*profile.name)
        .put("InstanceProfileId", &*profile.id)
        .put("Arn", profile.arn(ctx.cloud))
        .time("CreateDate", profile.created_at)
        .members("Roles", inside.map(|found| role(ctx, found)))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateInstanceProfile {
    instance_profile_name: String,
    path: Option<String>,
    #[serde(default)]
    tags: Vec<TagInput>,
}

async fn create(ctx: &Ctx, request: CreateInstanceProfile) -> Answer {
    let path = request.path.unwrap_or_else(|| "/".to_owned());
    let tags = tags(request.tags, TagCase::Sensitive)?;
    let (made, tags) = instance_profiles::create(ctx, request.instance_profile_name, path, tags).await?;
    Ok(Build::new().object("InstanceProfile", some_tags(profile(ctx, &made, None), &tags)))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfProfile {
    instance_profile_name: String,
}

/// Labels are shown even where there are none, other than on creation (recorded).
async fn get(ctx: &Ctx, request: OfProfile) -> Answer {
    let ((found, inside), tags) = instance_profiles::get(ctx, &request.instance_profile_name).await?;
    let shown = profile(ctx, &found, inside.as_ref()).members("Tags", tag_list(&tags));
    Ok(Build::new().object("InstanceProfile", shown))
}

fn listing(ctx: &Ctx, page: &Page<instance_profiles::Filled>) -> Build {
    let shown = page.items.iter().map(|(found, inside)| profile(ctx, found, inside.as_ref()));
    page_end(Build::new().members("InstanceProfiles", shown), page.next.as_deref())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListInstanceProfiles {
    path_prefix: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

async fn list(ctx: &Ctx, request: ListInstanceProfiles) -> Answer {
    let (after, most) = (request.paging.after()?, request.paging.most());
    Ok(listing(ctx, &instance_profiles::list(ctx, request.path_prefix.as_deref(), &after, most).await?))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListInstanceProfilesForRole {
    role_name: String,
    #[serde(flatten)]
    paging: Paging,
}

async fn list_of_role(ctx: &Ctx, request: ListInstanceProfilesForRole) -> Answer {
    let (after, most) = (request.paging.after()?, request.paging.most());
    Ok(listing(ctx, &instance_profiles::list_of_role(ctx, &request.role_name, &after, most).await?))
}

async fn delete(ctx: &Ctx, request: OfProfile) -> Answer {
    instance_profiles::delete(ctx, &request.instance_profile_name).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RoleInProfile {
    instance_profile_name: String,
    role_name: String,
}

async fn add_role(ctx: &Ctx, request: RoleInProfile) -> Answer {
    instance_profiles::add_role(ctx, &request.instance_profile_name, &request.role_name).await?;
    Ok(Build::new())
}

async fn remove_role(ctx: &Ctx, request: RoleInProfile) -> Answer {
    instance_profiles::remove_role(ctx, &request.instance_profile_name, &request.role_name).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TagInstanceProfile {
    instance_profile_name: String,
    tags: Vec<TagInput>,
}

async fn tag(ctx: &Ctx, request: TagInstanceProfile) -> Answer {
    let given = tags(request.tags, TagCase::Sensitive)?;
    instance_profiles::tag(ctx, &request.instance_profile_name, &given).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UntagInstanceProfile {
    instance_profile_name: String,
    tag_keys: Vec<String>,
}

async fn untag(ctx: &Ctx, request: UntagInstanceProfile) -> Answer {
    instance_profiles::untag(ctx, &request.instance_profile_name, &request.tag_keys).await?;
    Ok(Build::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListInstanceProfileTags {
    instance_profile_name: String,
    #[serde(flatten)]
    paging: Paging,
}

async fn list_tags(ctx: &Ctx, request: ListInstanceProfileTags) -> Answer {
    let (_, tags) = instance_profiles::get(ctx, &request.instance_profile_name).await?;
    Ok(tag_page(tags, &request.paging)?)
}
