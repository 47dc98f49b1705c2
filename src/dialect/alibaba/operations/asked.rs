//! What a call asks of policies: its action, its resources, the condition keys it adds.

use super::{Resource, Row};
use crate::dialect::alibaba::call::Call;
use crate::domain::arn::Kind;
use crate::domain::user::UserRef;
use crate::services::Ctx;
use crate::services::authorize::Asked;
use crate::services::targets::Target;

/// What a call of an operation asks.
pub(in crate::dialect::alibaba) fn of(row: &Row, resources: &[Resource], ctx: &Ctx, call: &Call<'_>) -> Vec<Asked> {
    // A malformed one is refused by the operation itself.
    let tags = call.tags().unwrap_or_default().into_iter().map(|tag| (tag.key, Some(tag.value)));
    let tags: Vec<(String, Option<String>)> = tags.collect();
    let one = |resource: &Resource| {
        let shown = resource.arn(&ctx.account_id, call);
        let asked = Asked::new(format!("ram:{}", row.name), target(*resource, &shown, call), shown);
        Asked { tags: tags.clone(), ..asked }
    };
    resources.iter().map(one).collect()
}

/// The region of a resource is told as `*` and has none in policies' eyes, which are the same.
fn target(resource: Resource, shown: &str, call: &Call<'_>) -> Target {
    let named =
        |parameter: &str| call.optional(parameter).map(|name| name.split('@').next().unwrap_or(name).to_owned());
    let exactly = || Target::Exactly(shown.replacen("acs:ram:*:", "acs:ram::", 1));
    match resource {
        Resource::User => named(call.user_parameter()).map_or_else(exactly, |name| Target::User(UserRef::Name(name))),
        Resource::Role => named("RoleName").map_or_else(exactly, |name| Target::Named(Kind::Role, name)),
        _ => exactly(),
    }
}
