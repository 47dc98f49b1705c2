//! Whether a principal may do something: what policies and the account's settings say of it, and why.

use std::borrow::Cow;

use crate::config::Policies;
use crate::domain::denial::Denial;
use crate::domain::error::Error;
use crate::domain::policy::{
    Check, Context, InForce, LayerRules, Question, Request, ResourcePolicy, Ruling, Standing, Taker, keys_of,
};
use crate::domain::principal::Principal;

use super::authorization_messages::{self, AuthorizationMessage};
use super::targets::{self, Target};
use super::{Ctx, request_context, standings, unchecked};

/// What is asked of policies.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The action, `iam:GetUser`.
    pub action: Cow<'static, str>,
    /// What it is done to.
    pub target: Target,
    /// What a denial calls that.
    pub shown: String,
    /// The condition keys that the request itself adds.
    pub facts: Vec<(&'static str, Vec<String>)>,
    /// The tags that the request gives, or names to take away.
    pub tags: Vec<(String, Option<String>)>,
}

impl Asked {
    /// An action on a target that adds no condition keys.
    pub fn new(action: impl Into<Cow<'static, str>>, target: Target, shown: String) -> Self {
        Self { action: action.into(), target, shown, facts: Vec::new(), tags: Vec::new() }
    }
}

/// Lets the call go on if policies allow the caller all that is asked.
///
/// # Errors
/// `AccessDenied`, which is only noted when policies are audited.
pub async fn authorize(ctx: &Ctx, asked: Vec<Asked>) -> Result<(), Error> {
    decide(ctx, asked, None).await
}

/// As [`authorize`], where a setting of the account permits the call unless a policy forbids it.
///
/// # Errors
/// As [`authorize`].
pub async fn authorize_granted(ctx: &Ctx, asked: Vec<Asked>, granted_by: Option<&'static str>) -> Result<(), Error> {
    decide(ctx, asked, granted_by).await
}

/// The setting that lets all users change their own passwords.
const OWN_PASSWORD: &str = "AllowUserToChangePassword";

/// Lets a user change the own password when the account or, on AWS, a policy allows that, and none forbids it (RAM
/// documentation, "Change the logon password of a RAM user"; AWS IAM User Guide, "Permit IAM users to change their own
/// passwords"); everyone who is no user goes on, to be told so by the use case.
///
/// # Errors
/// As [`authorize`]. That the refusal is `AccessDenied` is inferred.
pub async fn authorize_own_password(ctx: &Ctx, action: &'static str) -> Result<(), Error> {
    if ctx.calling_user().is_none() {
        ctx.decided("allowed");
        return Ok(());
    }
    let account = ctx.account().await?;
    let lets_all = account.security_preference.change_password || account.password_policy.users_may_change;
    let asked = Asked::new(action, Target::Caller, ctx.principal.arn(ctx.cloud, &ctx.account_id));
    if !lets_all && ctx.cloud.rules().own_password_needs_setting {
        return refuse(ctx, &Denial::unexplained(action, &asked.shown));
    }
    decide(ctx, vec![asked], lets_all.then_some(OWN_PASSWORD)).await
}

fn refuse(ctx: &Ctx, denial: &Denial) -> Result<(), Error> {
    if are_ignored(ctx) || conclude(ctx, true) { Ok(()) } else { Err(Error::AccessDenied(Box::new(denial.clone()))) }
}

async fn decide(ctx: &Ctx, asked: Vec<Asked>, granted_by: Option<&'static str>) -> Result<(), Error> {
    if ctx.principal == Principal::Root || are_ignored(ctx) {
        ctx.decided("allowed");
        unchecked::note(ctx, asked, granted_by).await;
        return Ok(());
    }
    let standing = standings::of_caller(ctx).await?;
    let mut audited = false;
    for one in &asked {
        let found = targets::find(ctx, &one.target).await?;
        let (check, context) = check(ctx, &standing, one, &found, granted_by).await?;
        let (allowed, ruling) = (check.is_allowed(), check.ruling.clone());
        ctx.checked(check);
        if !allowed {
            // Whoever reads the message wants to know all that policies could have seen.
            let context = match context {
                Some(context) => context,
                None => whole_context(ctx, one, &found).await?,
            };
            let mut denial = Denial::ruled(&one.action, &one.shown, &found.arn, &ruling);
            seal(ctx, &mut denial, &ruling, &context).await?;
            refuse(ctx, &denial)?;
            audited = true;
        }
    }
    if !audited {
        ctx.decided("allowed");
    }
    Ok(())
}

/// Gives a denial its sealed message, where the cloud gives one.
pub(super) async fn seal(ctx: &Ctx, denial: &mut Denial, ruling: &Ruling, context: &Context) -> Result<(), Error> {
    if ctx.cloud.rules().seals_denials {
        let message = AuthorizationMessage::of_denial(ctx, denial, ruling, context.all());
        denial.sealed = Some(authorization_messages::encode_for(ctx, &message).await?);
    }
    Ok(())
}

/// What comes of one thing that is asked, and what policies saw of the request, where any of them looks.
async fn check(
    ctx: &Ctx,
    standing: &Standing,
    asked: &Asked,
    found: &targets::Found,
    granted_by: Option<&'static str>,
) -> Result<(Check, Option<Context>), Error> {
    let bearing = standing.bearing(&asked.action);
    let context = if bearing.keys.is_empty() { None } else { Some(whole_context(ctx, asked, found).await?) };
    let none = Context::new();
    let request = Request {
        action: &asked.action,
        resource: &found.arn,
        principal: None,
        context: context.as_ref().unwrap_or(&none),
    };
    let rules = ctx.cloud.rules().layers;
    let ruling = standing.rule(&Question { request, resource_policy: None, rules });
    let seen = seen(bearing.keys.iter().cloned(), request.context);
    let (action, resource) = (asked.action.to_string(), found.arn.clone());
    Ok((Check { action, resource, ruling, granted_by, seen }, context))
}

pub(super) fn seen(keys: impl IntoIterator<Item = String>, context: &Context) -> Vec<(String, Vec<String>)> {
    keys.into_iter()
        .map(|key| {
            let values = context.get(&key).map(<[String]>::to_vec).unwrap_or_default();
            (key, values)
        })
        .collect()
}

/// All condition keys that the request has.
async fn whole_context(ctx: &Ctx, asked: &Asked, found: &targets::Found) -> Result<Context, Error> {
    let keys = ctx.cloud.rules().request_keys;
    let mut context = request_context::of_caller(ctx).await?;
    // Only some actions have the key, and those name it (AWS Service Authorization Reference).
    if let Some(key) = keys.boundary.filter(|key| asked.facts.iter().any(|(fact, _)| fact == key)) {
        context.put_some(key, found.boundary.as_deref());
    }
    for (key, values) in found.facts(ctx.cloud).iter().chain(&asked.facts) {
        context.put_all(key, values.iter().cloned());
    }
    let tags = asked.tags.iter().map(|(key, value)| (key.as_str(), value.as_deref()));
    request_context::put_request_tags(&mut context, keys, tags);
    request_context::put_resource_tags(&mut context, keys, &found.tags(ctx).await?);
    Ok(context)
}

/// The policy of a thing that is asked for, a role's trust policy say.
#[derive(Clone, Debug)]
pub(super) struct OfThing {
    /// The policy.
    pub(super) policy: std::sync::Arc<InForce>,
    /// The account that the thing belongs to.
    pub(super) account_id: String,
    /// The thing's ARN.
    pub(super) arn: String,
}

/// What comes of an action on a thing that has a policy of its own, which must mention the caller.
pub(super) fn check_with_policy(
    ctx: &Ctx,
    standing: &Standing,
    action: &str,
    thing: &OfThing,
    context: &Context,
) -> Check {
    let (names, alone) = (request_context::names(ctx), request_context::names_alone(ctx));
    let taker = |names| Taker { account: Some(&ctx.account_id), names };
    let resource_policy = ResourcePolicy {
        policy: &thing.policy,
        same_account: thing.account_id == ctx.account_id,
        is_needed: true,
        // Who is meant with everyone is not meant alone: what narrows a session still does (inferred).
        alone: Taker { account: None, names: &alone },
        asker: taker(&names),
    };
    let request = Request { action, resource: &thing.arn, principal: None, context };
    let rules = ctx.cloud.rules().layers;
    let ruling = standing.rule(&Question { request, resource_policy: Some(resource_policy), rules });
    let own = standing.about(action).into_iter().map(|(_, statement)| statement);
    let keys = keys_of(own.chain(&thing.policy.document.statements));
    let (action, resource) = (action.to_owned(), thing.arn.clone());
    Check { action, resource, ruling, granted_by: None, seen: seen(keys, context) }
}

/// What comes of an action on a thing for whom a provider vouches: the thing's policy alone decides.
pub(super) fn check_vouched(ctx: &Ctx, action: &str, thing: &OfThing, provider: &str, context: &Context) -> Check {
    let names = [provider.to_owned()];
    let taker = Taker { account: None, names: &names };
    let resource_policy =
        ResourcePolicy { policy: &thing.policy, same_account: true, is_needed: true, alone: taker, asker: taker };
    let request = Request { action, resource: &thing.arn, principal: None, context };
    let rules = LayerRules { order: &[], ..ctx.cloud.rules().layers };
    let ruling = Standing::default().rule(&Question { request, resource_policy: Some(resource_policy), rules });
    let seen = seen(keys_of(&thing.policy.document.statements), context);
    Check { action: action.to_owned(), resource: thing.arn.clone(), ruling, granted_by: None, seen }
}

/// Whether policies are not looked at, as settings may have it; notes that the call is allowed then.
pub(super) fn are_ignored(ctx: &Ctx) -> bool {
    let are_ignored = ctx.app.settings.auth.policies == Policies::Ignore;
    if are_ignored {
        ctx.decided("allowed");
    }
    are_ignored
}

/// Notes what came of checks that a use case made itself; whether it may go on.
pub(super) fn conclude(ctx: &Ctx, refused: bool) -> bool {
    let enforced = ctx.app.settings.auth.policies == Policies::Enforce;
    ctx.decided(match refused {
        false => "allowed",
        true if enforced => "denied",
        true => "audited",
    });
    !(refused && enforced)
}
