//! CreatePolicy, GetPolicy, ListPolicies, UpdatePolicyDescription, DeletePolicy.

use super::super::call::{marker_of, named};
use super::policy_versions::version;
use super::users::tag_list;
use super::{Build, Call};
use crate::domain::error::{Error, Why};
use crate::domain::name::check_policy_name;
use crate::domain::own_policy::AnyPolicy;
use crate::services::policies::{self, OtherVersions, PolicyRef};
use crate::services::policy_listing::{self, Filter, Keeper};
use crate::services::{Ctx, policy_versions};

/// The most characters of a document (RAM 2015-05-01 CreatePolicy).
const LONGEST_DOCUMENT: usize = 6_144;
/// The most characters of a description (RAM 2015-05-01 CreatePolicy).
const LONGEST_DESCRIPTION: usize = 1_024;

/// The word that says who keeps a policy.
pub(super) fn policy_type(policy: &AnyPolicy) -> &'static str {
    match policy {
        AnyPolicy::Clouds(_) => "System",
        AnyPolicy::Own(_) => "Custom",
    }
}

/// What all answers show of a policy.
pub(super) fn policy(found: &AnyPolicy) -> Build {
    Build::new()
        .put("PolicyName", found.name())
        .put("PolicyType", policy_type(found))
        .put("Description", found.description())
        .put("DefaultVersion", found.default_version_id())
}

fn policy_name<'a>(call: &Call<'a>) -> Result<&'a str, Error> {
    let name = call.required("PolicyName")?;
    named("PolicyName", check_policy_name(name))?;
    Ok(name)
}

/// The account's own policy that is named, by the operations that take no type: they change it.
pub(super) fn own_policy<'a>(call: &Call<'a>) -> Result<PolicyRef<'a>, Error> {
    policy_name(call).map(PolicyRef::Own)
}

fn keeper(call: &Call<'_>) -> Result<Option<Keeper>, Error> {
    call.word("PolicyType", |word| match word {
        "System" => Some(Keeper::Cloud),
        "Custom" => Some(Keeper::Account),
        _ => None,
    })
}

/// The policy that is named with its type.
pub(super) fn any_policy<'a>(call: &Call<'a>) -> Result<PolicyRef<'a>, Error> {
    let name = policy_name(call)?;
    match keeper(call)?.ok_or(Error::Missing("PolicyType"))? {
        Keeper::Cloud => Ok(PolicyRef::Clouds(name)),
        Keeper::Account | Keeper::Anyone => Ok(PolicyRef::Own(name)),
    }
}

/// The document that must be there.
pub(super) fn document(call: &Call<'_>) -> Result<String, Error> {
    const DOCUMENT: &str = "PolicyDocument";
    let document = call.required(DOCUMENT)?;
    if document.chars().count() > LONGEST_DOCUMENT {
        return Err(Error::BadParameter(DOCUMENT, Why::Length));
    }
    Ok(document.to_owned())
}

/// A description; only its length has a code.
fn description<'a>(call: &Call<'a>, parameter: &'static str) -> Result<Option<&'a str>, Error> {
    let text = call.text(parameter);
    if text.is_some_and(|text| text.chars().count() > LONGEST_DESCRIPTION) {
        return Err(Error::BadParameter(parameter, Why::Length));
    }
    Ok(text)
}

pub(super) async fn create(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let create = policies::Create {
        name: policy_name(call)?.to_owned(),
        path: "/".to_owned(),
        description: description(call, "Description")?.unwrap_or_default().to_owned(),
        document: document(call)?,
        tags: call.tags()?,
    };
    let made = policies::create(ctx, &create).await?;
    let shown = policy(&made.policy).time("CreateDate", made.policy.created_at());
    Ok(Build::new().object("Policy", shown))
}

/// The policy's own PolicyDocument, which the documentation calls deprecated, is left out.
pub(super) async fn get(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let (found, in_force) = policy_versions::in_force(ctx, any_policy(call)?).await?;
    let shown = policy(&found.policy)
        .time("CreateDate", found.policy.created_at())
        .time("UpdateDate", found.policy.updated_at())
        .put("AttachmentCount", found.uses.attachments);
    Ok(Build::new().object("Policy", shown).object("DefaultPolicyVersion", version(&in_force)))
}

pub(super) async fn list(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let most = call.max_items(1_000, 100)?;
    let keeper = keeper(call)?.unwrap_or_default();
    let filter = Filter { keeper, tags: call.tag_pairs()?, ..Filter::default() };
    let page = policy_listing::list(ctx, &filter, &call.marker()?, most).await?;
    let shown = page.items.iter().map(|found| {
        policy(&found.policy)
            .time("CreateDate", found.policy.created_at())
            .time("UpdateDate", found.policy.updated_at())
            .put("AttachmentCount", found.uses.attachments)
            .object("Tags", tag_list(&found.tags))
    });
    Ok(Build::new()
        .put("IsTruncated", page.next.is_some())
        .maybe("Marker", page.next.as_deref().map(marker_of))
        .list("Policies", "Policy", shown))
}

/// That a description that is not sent stays, and an empty one takes its place, is inferred.
pub(super) async fn describe(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let named = own_policy(call)?;
    let described = policies::describe(ctx, named, description(call, "NewDescription")?).await?;
    let described = AnyPolicy::Own(described);
    let shown =
        policy(&described).time("CreateDate", described.created_at()).time("UpdateDate", described.updated_at());
    Ok(Build::new().object("Policy", shown))
}

pub(super) async fn delete(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let named = own_policy(call)?;
    let others = match call.boolean("CascadingDelete")? {
        Some(true) => OtherVersions::Go,
        Some(false) | None => OtherVersions::Stay,
    };
    policies::delete(ctx, named, others).await?;
    Ok(Build::new())
}
