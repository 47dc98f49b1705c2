//! Taking on a role on an identity provider's word (STS 2011-06-15 AssumeRoleWithWebIdentity and AssumeRoleWithSAML):
//! nobody signs these calls, and the account acted in is the role's.

use crate::domain::arn::{self, Kind};
use crate::domain::error::{Error, SessionFault};
use crate::domain::policy::Context;
use crate::domain::role::Role;
use crate::domain::session::SessionContext;
use crate::domain::time::Time;
use crate::domain::vouching::{VouchFault, Vouched};
use crate::store;

use super::authorize::{are_ignored, check_vouched, conclude};
use super::role_taking::{self, HOUR, SET_SOURCE_IDENTITY, Start, TAG_SESSION, Taken};
use super::saml_identity::{self, Person, SamlResponse};
use super::web_identity::{self, Bearer, WebIdentity};
use super::{Ctx, session_policies, time_in};

/// The role to take on, and how it is to be narrowed.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of the operations")]
pub struct TakeRole {
    pub role_arn: String,
    pub duration_seconds: Option<i64>,
    pub policy: Option<String>,
    pub policy_arns: Vec<String>,
}

/// Takes a role on for the bearer of an OpenID provider's token.
///
/// # Errors
/// `Vouch`, `Session`, `Policy`.
pub async fn take_with_web_identity(
    ctx: &Ctx,
    request: &TakeRole,
    given: &WebIdentity,
) -> Result<(Bearer, Taken), Error> {
    let account_id = account_of(request)?;
    let now = now(ctx, account_id).await?;
    let mut conn = ctx.app.db.read().await?;
    let bearer = web_identity::bearer(&mut conn, account_id, &request.role_arn, given, now).await?;
    drop(conn);
    let taken = take(ctx, request, &bearer.vouched, i64::MAX, now).await?;
    Ok((bearer, taken))
}

/// Takes a role on for whom a SAML provider's response is about.
///
/// # Errors
/// `Vouch`, `Session`, `Policy`, `NotBuilt`.
pub async fn take_with_saml(ctx: &Ctx, request: &TakeRole, given: &SamlResponse) -> Result<(Person, Taken), Error> {
    let account_id = account_of(request)?;
    let now = now(ctx, account_id).await?;
    let mut conn = ctx.app.db.read().await?;
    let person = saml_identity::person(&mut conn, account_id, &request.role_arn, given, now).await?;
    drop(conn);
    let taken = take(ctx, request, &person.vouched, person.most_seconds, now).await?;
    Ok((person, taken))
}

fn account_of(request: &TakeRole) -> Result<&str, Error> {
    let malformed = || SessionFault::RoleArn(request.role_arn.clone());
    let parsed = arn::parse(crate::domain::account::Cloud::Aws, Kind::Role, &request.role_arn);
    Ok(parsed.ok_or_else(malformed)?.account_id)
}

/// The time in the role's account.
async fn now(ctx: &Ctx, account_id: &str) -> Result<Time, Error> {
    let mut conn = ctx.app.db.read().await?;
    let account = store::accounts::find(&mut conn, account_id).await?;
    let world = store::world::clock(&mut conn).await?;
    Ok(time_in(&ctx.app, account.and_then(|account| account.clock), world))
}

async fn take(ctx: &Ctx, request: &TakeRole, vouched: &Vouched, most_seconds: i64, now: Time) -> Result<Taken, Error> {
    let packed_size = session_policies::packed_size(request.policy.as_deref(), &request.policy_arns, &vouched.tags)?;
    let Some((account, role)) = role_taking::find(ctx, &request.role_arn).await? else {
        ctx.decided("denied");
        return Err(VouchFault::NotAuthorized(vouched.action).into());
    };
    session_policies::check(ctx.cloud.rules().policy_language, request.policy.as_deref(), &request.policy_arns)?;
    session_policies::find(ctx, &role.account_id, &request.policy_arns).await?;
    authorize(ctx, &role, vouched, now)?;
    let seconds = request.duration_seconds.unwrap_or(HOUR);
    if seconds > role.max_session_seconds {
        return Err(SessionFault::LongerThanRole.into());
    }
    let start = Start {
        session_name: vouched.session_name.clone(),
        seconds: seconds.min(most_seconds),
        policy: request.policy.clone(),
        context: SessionContext {
            tags: vouched.tags.clone(),
            transitive_keys: vouched.transitive_keys.clone(),
            policy_arns: request.policy_arns.clone(),
            federated_provider: Some(vouched.provider.clone()),
            federated_facts: vouched.lasting_facts.clone(),
        },
        source_identity: vouched.source_identity.clone(),
        packed_size: Some(packed_size),
    };
    role_taking::begin(ctx, &account, role, request.role_arn.clone(), start).await
}

/// Asks the role's trust policy, which alone decides.
fn authorize(ctx: &Ctx, role: &Role, vouched: &Vouched, now: Time) -> Result<(), Error> {
    if are_ignored(ctx) {
        return Ok(());
    }
    let thing = role_taking::trust_of(ctx, role)?;
    let context = context(ctx, role, vouched, now);
    let mut needed = vec![vouched.action];
    needed.extend((!vouched.tags.is_empty()).then_some(TAG_SESSION));
    needed.extend(vouched.source_identity.is_some().then_some(SET_SOURCE_IDENTITY));
    let refused = needed.into_iter().find(|action| {
        let check = check_vouched(ctx, action, &thing, &vouched.provider, &context);
        let is_refused = !check.is_allowed();
        ctx.checked(check);
        is_refused
    });
    let may_go_on = conclude(ctx, refused.is_some());
    match refused {
        Some(action) if !may_go_on => Err(VouchFault::NotAuthorized(action).into()),
        _ => Ok(()),
    }
}

/// What the trust policy's conditions see: the provider as if it were a user of its account, observed of AWS STS in
/// September 2026 of both kinds of providers, and what it vouches for.
fn context(ctx: &Ctx, role: &Role, vouched: &Vouched, now: Time) -> Context {
    let mut context = Context::new();
    context.put("aws:PrincipalType", "User");
    context.put("aws:PrincipalAccount", &*role.account_id);
    context.put("aws:userid", &*vouched.provider);
    context.put("aws:SourceIp", ctx.source_address.to_canonical().to_string());
    context.put("aws:CurrentTime", now.to_wire());
    context.put("aws:EpochTime", now.seconds().to_string());
    context.put("aws:RequestedRegion", &*ctx.region);
    context.put("aws:SecureTransport", "true");
    context.put("aws:ViaAWSService", "false");
    context.put("sts:RoleSessionName", &*vouched.session_name);
    context.put_some("sts:SourceIdentity", vouched.source_identity.as_deref());
    context.put_all("sts:TransitiveTagKeys", vouched.transitive_keys.iter().cloned());
    context.put_all("aws:TagKeys", vouched.tags.iter().map(|tag| tag.key.clone()));
    for tag in &vouched.tags {
        context.put(&format!("aws:RequestTag/{}", tag.key), &*tag.value);
    }
    for (key, values) in &vouched.facts {
        context.put_all(key, values.iter().cloned());
    }
    context
}
