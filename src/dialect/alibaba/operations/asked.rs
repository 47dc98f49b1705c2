//! What a call asks of policies: its action, its resources, the condition keys it adds.

use super::{Key, Resource, Row};
use crate::dialect::alibaba::Api;
use crate::dialect::alibaba::call::Call;
use crate::domain::account::Cloud;
use crate::domain::arn::Kind;
use crate::domain::user::UserRef;
use crate::services::Ctx;
use crate::services::authorize::Asked;
use crate::services::targets::{self, Target};

/// What a call of an operation asks.
pub(in crate::dialect::alibaba) fn of(row: &Row, resources: &[Resource], ctx: &Ctx, call: &Call<'_>) -> Vec<Asked> {
    // A malformed one is refused by the operation itself.
    let tags = call.tags().unwrap_or_default().into_iter().map(|tag| (tag.key, Some(tag.value)));
    let tags: Vec<(String, Option<String>)> = tags.collect();
    let facts: Vec<_> = row.keys.iter().flat_map(|key| facts(*key, row, call)).collect();
    let one = |resource: &Resource| {
        let shown = resource.arn(&ctx.account_id, call);
        // That IMS has the same action names as RAM is what its pages of 2026 say.
        let asked = Asked::new(format!("ram:{}", row.name), target(*resource, &shown, call), shown);
        Asked { tags: tags.clone(), facts: facts.clone(), ..asked }
    };
    resources.iter().map(one).collect()
}

/// What the request itself says under a key; of what is there already it is found with that.
fn facts(key: Key, row: &Row, call: &Call<'_>) -> Vec<(&'static str, Vec<String>)> {
    let of = |name: &'static str, parameter: &str| {
        call.optional(parameter).map(|text| (name, vec![text.to_owned()])).into_iter().collect()
    };
    match key {
        Key::Trusted if row.name == "CreateRole" => {
            let text = call.optional("AssumeRolePolicyDocument").unwrap_or_default();
            targets::trusted(Cloud::Alibaba, text)
        }
        Key::LinkedService => of("ram:ServiceName", "ServiceName"),
        Key::Issuer => of("ram:OidcIssuerUrl", "IssuerUrl"),
        Key::MfaOperation => of("ram:MFAOperationForLogin", "MFAOperationForLogin"),
        Key::Trusted => Vec::new(),
    }
}

/// The region of a resource is told as `*` and has none in policies' eyes, which are the same.
fn target(resource: Resource, shown: &str, call: &Call<'_>) -> Target {
    let named =
        |parameter: &str| call.optional(parameter).map(|name| name.split('@').next().unwrap_or(name).to_owned());
    let exactly = || Target::Exactly(shown.replacen("acs:ram:*:", "acs:ram::", 1));
    let of = |kind, parameter| named(parameter).map_or_else(exactly, |name| Target::Named(kind, name));
    match resource {
        // Of what it does not take an operation must not be asked: it acts on the caller whatever else is sent.
        Resource::User => named(call.user_parameter()).map_or(Target::Caller, |name| Target::User(UserRef::Name(name))),
        Resource::AnyUser => {
            let by = |parameter: &str, kind: fn(String) -> UserRef| {
                call.optional(parameter).filter(|_| call.api != Api::Ram).map(|text| kind(text.to_owned()))
            };
            let user = named(call.user_parameter()).map(UserRef::Name);
            let user = user.or_else(|| by("UserId", UserRef::Id)).or_else(|| by("UserAccessKeyId", UserRef::AccessKey));
            user.map_or(Target::Caller, Target::User)
        }
        Resource::Role => of(Kind::Role, "RoleName"),
        Resource::OidcProvider => of(Kind::OidcProvider, "OIDCProviderName"),
        Resource::NamedPolicy if call.optional("PolicyType") != Some("System") => of(Kind::Policy, "PolicyName"),
        Resource::OwnPolicy => of(Kind::Policy, "PolicyName"),
        _ => exactly(),
    }
}
