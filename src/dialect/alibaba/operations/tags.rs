//! TagResources, UntagResources, ListTagResources, and labels as other operations show them: IMS labels users, RAM
//! roles and policies.

use super::super::Api;
use super::super::call::{marker_of, named};
use super::super::params::Malformed;
use super::{Build, Call};
use crate::dialect::members::Member;
use crate::domain::error::{Error, Why};
use crate::domain::name::{check_policy_name, check_role_name};
use crate::domain::user::{MOST_TAGS, UserRef};
use crate::services::Ctx;
use crate::services::tagged::{self, Filter, Kind, Place, ResourceRef, Tagged};

/// The most things named in one call (both APIs, TagResources).
const MOST_RESOURCES: usize = 50;

/// What ResourceType may say: `user` in IMS (IMS 2019-08-15 TagResources), `role` and `policy` in RAM
/// (RAM 2015-05-01 TagResources).
fn kind(call: &Call<'_>) -> Result<Kind, Error> {
    const TYPE: &str = "ResourceType";
    match (call.api, call.required(TYPE)?) {
        (Api::Ims, "user") => Ok(Kind::User),
        (Api::Ram, "role") => Ok(Kind::Role),
        (Api::Ram, "policy") => Ok(Kind::Policy),
        // The kind of the error is inferred.
        _ => Err(Error::BadParameter(TYPE, Why::Format)),
    }
}

fn type_of(kind: Kind) -> &'static str {
    match kind {
        Kind::User => "user",
        Kind::Role => "role",
        Kind::Policy => "policy",
    }
}

/// A list of texts, none of them empty.
fn texts(call: &Call<'_>, parameter: &'static str, most: usize) -> Result<Vec<String>, Error> {
    let rows = call.params.list(parameter, &[""]).map_err(|fault| match fault {
        Malformed::Escape | Malformed::Utf8 | Malformed::Repeated(_) | Malformed::Json | Malformed::List(_) => {
            Error::BadParameter(parameter, Why::Format)
        }
    })?;
    if rows.len() > most {
        return Err(Error::BadParameter(parameter, Why::Length));
    }
    let text = |row: Vec<Option<String>>| row.into_iter().next().flatten().filter(|text| !text.is_empty());
    rows.into_iter().map(|row| text(row).ok_or(Error::BadParameter(parameter, Why::Format))).collect()
}

/// The things that the call names; whether that may be nobody is for the operation to say.
async fn resources(ctx: &Ctx, call: &Call<'_>, kind: Kind) -> Result<Vec<ResourceRef>, Error> {
    const ID: &str = "ResourceId";
    const PRINCIPAL: &str = "ResourcePrincipalName";
    const NAMES: &str = "ResourceNames";
    if kind == Kind::User {
        let ids = texts(call, ID, MOST_RESOURCES)?;
        let names = texts(call, PRINCIPAL, MOST_RESOURCES)?;
        // Only one of the two may be given; the error for both is inferred.
        if !ids.is_empty() && !names.is_empty() {
            return Err(Error::BadParameter(PRINCIPAL, Why::Format));
        }
        let mut users: Vec<_> = ids.into_iter().map(|id| ResourceRef::User(UserRef::Id(id))).collect();
        for name in &names {
            users.push(ResourceRef::User(call.user_called(ctx, PRINCIPAL, name).await?));
        }
        return Ok(users);
    }
    let names = texts(call, NAMES, MOST_RESOURCES)?;
    names
        .into_iter()
        .map(|name| {
            if kind == Kind::Role {
                named(NAMES, check_role_name(&name))?;
                Ok(ResourceRef::Role(name))
            } else {
                named(NAMES, check_policy_name(&name))?;
                Ok(ResourceRef::Policy(name))
            }
        })
        .collect()
}

/// The things to change, at least one.
async fn resources_to_change(ctx: &Ctx, call: &Call<'_>) -> Result<Vec<ResourceRef>, Error> {
    let named = resources(ctx, call, kind(call)?).await?;
    if named.is_empty() {
        return Err(Error::Missing(if call.api == Api::Ram { "ResourceNames" } else { "ResourceId" }));
    }
    Ok(named)
}

pub(super) async fn tag(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let named = resources_to_change(ctx, call).await?;
    let given = call.tags()?;
    if given.is_empty() {
        return Err(Error::Missing("Tag"));
    }
    tagged::tag(ctx, &named, &given).await?;
    Ok(Build::new())
}

pub(super) async fn untag(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let parameter = if call.api == Api::Ram { "TagKeys" } else { "TagKey" };
    let named = resources_to_change(ctx, call).await?;
    let keys = texts(call, parameter, MOST_TAGS)?;
    let all = call.boolean("All")?.unwrap_or(false);
    // All counts only where no keys are named. That one of the two must be there is inferred.
    let keys = match (keys.is_empty(), all) {
        (false, _) => Some(&*keys),
        (true, true) => None,
        (true, false) => return Err(Error::Missing(parameter)),
    };
    tagged::untag(ctx, &named, keys).await?;
    Ok(Build::new())
}

/// Names have no blanks, keys may.
fn token_of((name, key): &Place) -> String {
    marker_of(&format!("{name} {key}"))
}

fn place(call: &Call<'_>) -> Result<Option<Place>, Error> {
    let text = call.page_after("NextToken")?;
    if text.is_empty() {
        return Ok(None);
    }
    let (name, key) = text.split_once(' ').ok_or(Error::BadParameter("NextToken", Why::Format))?;
    Ok(Some((name.to_owned(), key.to_owned())))
}

pub(super) async fn list(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let kind = kind(call)?;
    let filter = Filter { kind, on: resources(ctx, call, kind).await?, tags: call.tag_pairs()? };
    if filter.tags.len() > MOST_TAGS {
        return Err(Error::BadParameter("Tag", Why::Length));
    }
    // IMS wants one or the other (IMS 2019-08-15 ListTagResources); which is missed is inferred.
    if call.api != Api::Ram && filter.on.is_empty() && filter.tags.is_empty() {
        return Err(Error::Missing("ResourceId"));
    }
    let most = call.within("PageSize", &(1..=100))?.unwrap_or(100);
    let most = usize::try_from(most).map_err(Error::internal)?;
    let (shown, next) = tagged::list(ctx, &filter, place(call)?.as_ref(), most).await?;
    let next = next.as_ref();
    let row = |label: &Tagged| {
        let body = match call.api {
            Api::Ram => Build::new().put("ResourceName", &*label.name),
            Api::Ims | Api::Sts => Build::new().put("ResourceId", &*label.id),
        };
        body.put("ResourceType", type_of(kind)).put("TagKey", &*label.tag.key).put("TagValue", &*label.tag.value)
    };
    let rows = shown.iter().map(row);
    Ok(match call.api {
        Api::Ram => {
            let rows = rows.map(|row| Member::Object(row.done())).collect();
            Build::new().maybe("NextToken", next.map(token_of)).put("TagResources", Member::List(rows))
        }
        Api::Ims | Api::Sts => Build::new()
            .put("IsTruncated", next.is_some())
            .maybe("NextToken", next.map(token_of))
            .list("TagResources", "TagResource", rows),
    })
}
