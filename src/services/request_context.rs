//! What policies see of a request: its caller under every name, and the keys that all requests have.

use crate::domain::error::Error;
use crate::domain::policy::Context;
use crate::domain::principal::Principal;
use crate::domain::request_keys::RequestKeys;
use crate::domain::user::{Tag, UserRef};
use crate::store;
use crate::store::tags::Owner;

use super::Ctx;

/// The names that a policy may have for the caller: ARNs and the id.
pub fn names(ctx: &Ctx) -> Vec<String> {
    let own = ctx.principal.arn(ctx.cloud, &ctx.account_id);
    match &ctx.principal {
        Principal::Root | Principal::Anonymous | Principal::FederatedUser { .. } => vec![own],
        Principal::User { id, .. } => vec![own, id.clone()],
        Principal::RoleSession { role_id, .. } => {
            let role_arn = ctx.session.as_ref().and_then(|session| session.role_arn.clone());
            [Some(own), role_arn, Some(role_id.clone())].into_iter().flatten().collect()
        }
    }
}

/// The names by which a policy means the caller alone: not those of a role that it has a session of.
pub fn names_alone(ctx: &Ctx) -> Vec<String> {
    match &ctx.principal {
        Principal::RoleSession { .. } => vec![ctx.principal.arn(ctx.cloud, &ctx.account_id)],
        _ => names(ctx),
    }
}

/// The keys that every request of the caller has. What the request itself adds is for others to put in.
pub async fn of_caller(ctx: &Ctx) -> Result<Context, Error> {
    let mut context = Context::new();
    let keys = ctx.cloud.rules().request_keys;
    let mut put = |key: Option<&str>, value: Option<String>| {
        if let (Some(key), Some(value)) = (key, value) {
            context.put(key, value);
        }
    };
    let principal = &ctx.principal;
    put(keys.principal_type, Some(kind(principal).to_owned()));
    if *principal != Principal::Anonymous {
        // Of a role's session it is the role's ARN.
        let role_arn = ctx.session.as_ref().and_then(|session| session.role_arn.clone());
        let arn = role_arn.unwrap_or_else(|| principal.arn(ctx.cloud, &ctx.account_id));
        put(Some(keys.principal_arn), Some(arn));
        put(keys.principal_account, Some(ctx.account_id.clone()));
        put(keys.user_id, Some(principal.unique_id(&ctx.account_id)));
    }
    put(keys.user_name, ctx.calling_user().map(|(_, name)| name.to_owned()));
    put(Some(keys.source_ip), Some(ctx.source_address.to_canonical().to_string()));
    put(Some(keys.current_time), Some(ctx.now.to_wire()));
    put(keys.epoch_time, Some(ctx.now.seconds().to_string()));
    put(keys.region, Some(ctx.region.clone()));
    // In the cloud nobody gets here by plain HTTP, so policies that forbid it must not forbid everything.
    put(Some(keys.secure_transport), Some("true".to_owned()));
    put(keys.via_service, Some("false".to_owned()));
    put(keys.user_agent, ctx.user_agent.clone());
    if let Some(session) = &ctx.session {
        put(keys.token_issue_time, Some(session.started_at.to_wire()));
        put(keys.source_identity, session.source_identity.clone());
        put(keys.federated_provider, session.context.federated_provider.clone());
        for (key, values) in &session.context.federated_facts {
            context.put_all(key, values.iter().cloned());
        }
    }
    if let Some(prefix) = keys.principal_tag {
        // Whoever calls is known by having signed, however new.
        for tag in store::sight::at_policies(Box::pin(tags(ctx))).await? {
            context.put(&format!("{prefix}{}", tag.key), tag.value);
        }
    }
    match &ctx.session {
        Some(session) if session.mfa_present => {
            put_mfa(&mut context, keys, ctx.now.seconds().saturating_sub(session.started_at.seconds()));
        }
        Some(_) => context.put(keys.mfa_present, "false"),
        None => {}
    }
    Ok(context)
}

fn kind(principal: &Principal) -> &'static str {
    match principal {
        Principal::Root => "Account",
        Principal::User { .. } => "User",
        Principal::RoleSession { .. } => "AssumedRole",
        Principal::FederatedUser { .. } => "FederatedUser",
        Principal::Anonymous => "Anonymous",
    }
}

/// A second factor shown so many seconds ago.
pub fn put_mfa(context: &mut Context, keys: &RequestKeys, seconds_ago: i64) {
    context.put(keys.mfa_present, "true");
    if let Some(age) = keys.mfa_age {
        context.put(age, seconds_ago.max(0).to_string());
    }
}

/// Tags that the request gives.
pub fn put_request_tags<'a>(
    context: &mut Context,
    keys: &RequestKeys,
    tags: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
) {
    let mut names = Vec::new();
    for (key, value) in tags {
        names.push(key.to_owned());
        if let Some(value) = value {
            context.put(&format!("{}{key}", keys.request_tag), value);
        }
    }
    if let Some(key) = keys.tag_keys {
        context.put_all(key, names);
    }
}

/// Tags of the thing that is asked for.
pub fn put_resource_tags(context: &mut Context, keys: &RequestKeys, tags: &[Tag]) {
    for prefix in keys.resource_tags {
        for tag in tags {
            context.put(&format!("{prefix}{}", tag.key), &*tag.value);
        }
    }
}

/// The caller's tags: the user's or the role's, and over them the session's.
async fn tags(ctx: &Ctx) -> Result<Vec<Tag>, Error> {
    let mut tags = match &ctx.principal {
        Principal::User { id, .. } => ctx.user(&UserRef::Id(id.clone())).await?.1.clone(),
        Principal::RoleSession { role_id, .. } => {
            store::tags::of(&mut ctx.app.db.read().await?, &ctx.account_id, Owner::Role, role_id).await?
        }
        Principal::Root | Principal::FederatedUser { .. } | Principal::Anonymous => Vec::new(),
    };
    tags.extend(ctx.session.iter().flat_map(|session| session.context.tags.iter().cloned()));
    Ok(tags)
}
