//! What policies see of a request: its caller under every name, and the keys that all requests have.
//!
//! The keys are those of the AWS IAM User Guide, "AWS global condition context keys".

use crate::domain::error::Error;
use crate::domain::policy::Context;
use crate::domain::principal::Principal;
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

/// The keys that every request of the caller has. What the request itself adds is for others to put in.
pub async fn of_caller(ctx: &Ctx) -> Result<Context, Error> {
    let mut context = Context::new();
    let principal = &ctx.principal;
    let kind = match principal {
        Principal::Root => "Account",
        Principal::User { .. } => "User",
        Principal::RoleSession { .. } => "AssumedRole",
        Principal::FederatedUser { .. } => "FederatedUser",
        Principal::Anonymous => "Anonymous",
    };
    context.put("aws:PrincipalType", kind);
    if *principal != Principal::Anonymous {
        // Of a role's session it is the role's ARN.
        let role_arn = ctx.session.as_ref().and_then(|session| session.role_arn.clone());
        context.put("aws:PrincipalArn", role_arn.unwrap_or_else(|| principal.arn(ctx.cloud, &ctx.account_id)));
        context.put("aws:PrincipalAccount", &*ctx.account_id);
        context.put("aws:userid", principal.unique_id(&ctx.account_id));
    }
    context.put_some("aws:username", ctx.calling_user().map(|(_, name)| name));
    context.put("aws:SourceIp", ctx.source_address.to_canonical().to_string());
    context.put("aws:CurrentTime", ctx.now.to_wire());
    context.put("aws:EpochTime", ctx.now.seconds().to_string());
    context.put("aws:RequestedRegion", &*ctx.region);
    // In the cloud nobody gets here by plain HTTP, so policies that forbid it must not forbid everything.
    context.put("aws:SecureTransport", "true");
    context.put("aws:ViaAWSService", "false");
    for tag in tags(ctx).await? {
        context.put(&format!("aws:PrincipalTag/{}", tag.key), tag.value);
    }
    if let Some(session) = &ctx.session {
        context.put("aws:TokenIssueTime", session.started_at.to_wire());
        context.put_some("aws:SourceIdentity", session.source_identity.as_deref());
        context.put_some("aws:FederatedProvider", session.context.federated_provider.as_deref());
        for (key, values) in &session.context.federated_facts {
            context.put_all(key, values.iter().cloned());
        }
        // Absent for long-lived keys, and false for sessions without it.
        if session.mfa_present {
            put_mfa(&mut context, ctx.now.seconds().saturating_sub(session.started_at.seconds()));
        } else {
            context.put("aws:MultiFactorAuthPresent", "false");
        }
    }
    Ok(context)
}

/// A second factor shown so many seconds ago.
pub fn put_mfa(context: &mut Context, seconds_ago: i64) {
    context.put("aws:MultiFactorAuthPresent", "true");
    context.put("aws:MultiFactorAuthAge", seconds_ago.max(0).to_string());
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
