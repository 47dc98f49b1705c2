//! Taking on a role by AWS's rules: trust policies with conditions, second factors, tags, chains of roles.

use std::sync::Arc;

use crate::domain::account::{Account, Cloud};
use crate::domain::arn::{self, Kind};
use crate::domain::error::{Error, SessionFault};
use crate::domain::policy::{Check, Context, InForce, Source, Standing};
use crate::domain::principal::Principal;
use crate::domain::role::Role;
use crate::domain::session::{Session, SessionContext};
use crate::domain::session_tags::SessionTags;
use crate::domain::user::Tag;
use crate::store::{self, Conn};

use super::authorize::{OfThing, are_ignored, check_with_policy, conclude};
use super::session_credentials::{self, Credentials};
use super::{Ctx, request_context, role_sessions, session_mfa, session_policies, standings, time_in};

/// How long a role's session lasts unless told otherwise, and at the most when it is asked for with another role's
/// session, in seconds (STS 2011-06-15 AssumeRole, DurationSeconds).
pub(super) const HOUR: i64 = 3_600;

pub(super) const ASSUME_ROLE: &str = "sts:AssumeRole";
pub(super) const TAG_SESSION: &str = "sts:TagSession";
pub(super) const SET_SOURCE_IDENTITY: &str = "sts:SetSourceIdentity";

/// A role to take on (STS 2011-06-15 AssumeRole).
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of the operation")]
pub struct TakeRole {
    pub role_arn: String,
    pub session_name: String,
    pub duration_seconds: Option<i64>,
    pub policy: Option<String>,
    pub policy_arns: Vec<String>,
    pub tags: Vec<Tag>,
    pub transitive_tag_keys: Vec<String>,
    pub external_id: Option<String>,
    pub serial_number: Option<String>,
    pub token_code: Option<String>,
    pub source_identity: Option<String>,
}

/// A role taken on.
#[derive(Debug)]
pub struct Taken {
    /// Who the caller is with it.
    pub principal: Principal,
    /// The role's account.
    pub account_id: String,
    /// What signs for the session.
    pub credentials: Credentials,
    /// Who is behind it, as said now or before.
    pub source_identity: Option<String>,
    /// How full the session is, in percent, where it carries anything.
    pub packed_size: Option<i64>,
}

/// Takes a role on for the caller, whom the role's trust policy must let in.
///
/// # Errors
/// `RootMayNotAssumeRoles`, `Policy`; `SessionFault`, `Denied` also for a role that does not exist.
pub async fn take(ctx: &Ctx, request: TakeRole) -> Result<Taken, Error> {
    if !is_arn(&request.role_arn) {
        return Err(SessionFault::RoleArn(request.role_arn).into());
    }
    if ctx.principal == Principal::Root {
        return Err(Error::RootMayNotAssumeRoles);
    }
    let caller = ctx.session.as_deref();
    let given = (request.tags.clone(), request.transitive_tag_keys.clone());
    let tags = SessionTags::new(given.0, given.1, caller.map(|session| &session.context))?;
    let denied = |action| Error::from(SessionFault::Denied { action, role_arn: request.role_arn.clone() });
    let inherited = caller.and_then(|session| session.source_identity.clone());
    // Who once said who is behind a chain of sessions has said it for all of them (IAM User Guide, "Monitor and control
    // actions taken with assumed roles"). What is answered to another name is inferred.
    if inherited.is_some() && request.source_identity.is_some() && request.source_identity != inherited {
        return Err(denied(SET_SOURCE_IDENTITY));
    }
    let source_identity = inherited.or_else(|| request.source_identity.clone());
    session_policies::check(ctx.cloud.rules().policy_language, request.policy.as_deref(), &request.policy_arns)?;
    let packed_size = packed_size(&request, &tags)?;
    let found = find(ctx, &request.role_arn).await?;
    let (account, role) = found.ok_or_else(|| {
        ctx.decided("denied");
        denied(ASSUME_ROLE)
    })?;
    // Behind that, so that a misspelt role uses no code up.
    let proven = session_mfa::prove(ctx, request.serial_number.as_deref(), request.token_code.as_deref()).await?;
    let context = context(ctx, &request, &tags, source_identity.as_deref(), proven).await?;
    let standing = standings::of_caller(ctx).await?;
    let mut needed = vec![ASSUME_ROLE];
    needed.extend((!tags.tags.is_empty()).then_some(TAG_SESSION));
    needed.extend(source_identity.is_some().then_some(SET_SOURCE_IDENTITY));
    if let Some((action, _)) = refused(ctx, &standing, &role, &needed, &context)? {
        return Err(denied(action));
    }
    session_policies::find(ctx, &role.account_id, &request.policy_arns).await?;
    let seconds = request.duration_seconds.unwrap_or(HOUR);
    if matches!(ctx.principal, Principal::RoleSession { .. }) && seconds > HOUR {
        return Err(SessionFault::LongerThanChain.into());
    }
    if seconds > role.max_session_seconds {
        return Err(SessionFault::LongerThanRole.into());
    }
    let start = Start {
        session_name: request.session_name,
        seconds,
        policy: request.policy,
        context: SessionContext {
            tags: tags.tags,
            transitive_keys: tags.transitive_keys,
            policy_arns: request.policy_arns,
            federated_provider: None,
            federated_facts: Vec::new(),
        },
        source_identity,
        packed_size,
    };
    begin(ctx, &account, role, request.role_arn, start).await
}

/// How a session of a role starts, once whoever asks for it is let in.
#[derive(Debug)]
pub(super) struct Start {
    /// A name for it.
    pub(super) session_name: String,
    /// How long it lasts.
    pub(super) seconds: i64,
    /// The policy that narrows it.
    pub(super) policy: Option<String>,
    /// What else it carries.
    pub(super) context: SessionContext,
    /// Who is behind it.
    pub(super) source_identity: Option<String>,
    /// How full it is, in percent, where it carries anything.
    pub(super) packed_size: Option<i64>,
}

/// Whether it has the fields of an ARN (recorded of five that have not).
fn is_arn(text: &str) -> bool {
    let fields: Vec<&str> = text.splitn(6, ':').collect();
    matches!(fields[..], ["arn", partition, service, _, _, resource]
        if !partition.is_empty() && !service.is_empty() && !resource.is_empty())
}

fn packed_size(request: &TakeRole, tags: &SessionTags) -> Result<Option<i64>, Error> {
    let bare = request.policy.is_none() && request.policy_arns.is_empty() && tags.tags.is_empty();
    let size = session_policies::packed_size(request.policy.as_deref(), &request.policy_arns, &tags.tags)?;
    Ok((!bare).then_some(size))
}

/// The role of this name in an account of this cloud, with the account.
pub(super) async fn named(
    conn: &mut Conn,
    cloud: Cloud,
    account_id: &str,
    name: &str,
) -> Result<Option<(Account, Role)>, Error> {
    let found = store::accounts::find(conn, account_id).await?;
    let Some(account) = found.filter(|account| account.cloud == cloud) else { return Ok(None) };
    let role = store::roles::by_name(conn, account_id, name).await?;
    Ok(role.map(|role| (account, role)))
}

/// The role of exactly this ARN, with its account.
pub(super) async fn find(ctx: &Ctx, role_arn: &str) -> Result<Option<(Account, Role)>, Error> {
    let Some(parsed) = arn::parse(ctx.cloud, Kind::Role, role_arn) else { return Ok(None) };
    let found = named(&mut ctx.app.db.read().await?, ctx.cloud, parsed.account_id, parsed.name).await?;
    Ok(found.filter(|(_, role)| role.arn(ctx.cloud) == role_arn))
}

/// What the trust policy's conditions see.
async fn context(
    ctx: &Ctx,
    request: &TakeRole,
    tags: &SessionTags,
    source_identity: Option<&str>,
    proven: bool,
) -> Result<Context, Error> {
    let mut context = request_context::of_caller(ctx).await?;
    if proven {
        request_context::put_mfa(&mut context, ctx.cloud.rules().request_keys, 0);
    }
    context.put("sts:RoleSessionName", &*request.session_name);
    context.put_some("sts:ExternalId", request.external_id.as_deref());
    context.put_some("sts:SourceIdentity", source_identity);
    // Inherited ones count as asked for: EKS's pods, whose tags are transitive, cannot chain without TagSession.
    context.put_all("sts:TransitiveTagKeys", tags.transitive_keys.iter().cloned());
    context.put_all("aws:TagKeys", tags.tags.iter().map(|tag| tag.key.clone()));
    for tag in &tags.tags {
        context.put(&format!("aws:RequestTag/{}", tag.key), &*tag.value);
    }
    Ok(context)
}

/// The first of the actions that the role's trust policy, or the caller's account, does not permit; none where policies
/// are not enforced.
pub(super) fn refused(
    ctx: &Ctx,
    standing: &Standing,
    role: &Role,
    needed: &[&'static str],
    context: &Context,
) -> Result<Option<(&'static str, Check)>, Error> {
    if are_ignored(ctx) {
        return Ok(None);
    }
    let thing = trust_of(ctx, role)?;
    let mut refused = None;
    for action in needed {
        let check = check_with_policy(ctx, standing, action, &thing, context);
        ctx.checked(check.clone());
        if !check.is_allowed() {
            refused = Some((*action, check));
            break;
        }
    }
    Ok(if conclude(ctx, refused.is_some()) { None } else { refused })
}

/// A role as a thing that has a policy: its trust policy.
pub(super) fn trust_of(ctx: &Ctx, role: &Role) -> Result<OfThing, Error> {
    let arn = role.arn(ctx.cloud);
    let language = ctx.cloud.rules().policy_language;
    let read = |text: &str| language.parse_trust(text);
    let document = ctx.app.documents.read(language.of_trust(), &role.trust_policy, read).map_err(Error::internal)?;
    let source = Source::OfResource { arn: arn.clone() };
    let policy = Arc::new(InForce { name: "trust policy".to_owned(), source, document });
    Ok(OfThing { policy, account_id: role.account_id.clone(), arn })
}

/// Starts a session of a role in the role's account, by the time there.
///
/// # Errors
/// `SessionFault::Denied` when the role is gone: no second try then, as the code of a second factor is used up.
pub(super) async fn begin(
    ctx: &Ctx,
    account: &Account,
    role: Role,
    role_arn: String,
    start: Start,
) -> Result<Taken, Error> {
    let world = store::world::clock(&mut ctx.app.db.read().await?).await?;
    let now = time_in(&ctx.app, account.clock, world);
    let expires_at = now.plus_seconds(start.seconds);
    let (credentials, key) = session_credentials::issue(&ctx.app, account.cloud, &role.account_id, expires_at);
    let (user_id, user_name) = ctx.calling_user().unzip();
    let narrowed = start.policy.is_some() || !start.context.policy_arns.is_empty();
    let session = Session {
        user_id: user_id.map(ToOwned::to_owned),
        user_name: user_name.map(ToOwned::to_owned),
        session_name: Some(start.session_name.clone()),
        source_identity: start.source_identity.clone(),
        session_policy: start.policy,
        context: start.context,
        source_address: Some(ctx.source_address.to_string()),
        key: Some(key),
        ..role_sessions::role_session(&ctx.app, &role, now, expires_at)
    };
    let (mut tx, _) = ctx.app.db.write(&role.account_id).await?;
    let still = store::roles::by_name(&mut tx, &role.account_id, &role.name).await?;
    // The role may be gone, or trust another, since it was looked at.
    if still.is_none_or(|still| still.id != role.id || still.trust_policy != role.trust_policy) {
        return Err(SessionFault::Denied { action: ASSUME_ROLE, role_arn }.into());
    }
    store::sessions::insert(&mut tx, &session).await?;
    let step = tx.commit_step().await?;
    ctx.app.cache.carry_over(&role.account_id, step, |_| {});
    let principal = Principal::RoleSession {
        session_id: session.id,
        role_id: role.id,
        role_name: role.name,
        session_name: start.session_name,
        narrowed,
    };
    let (source_identity, packed_size) = (start.source_identity, start.packed_size);
    Ok(Taken { principal, account_id: role.account_id, credentials, source_identity, packed_size })
}
