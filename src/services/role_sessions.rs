//! Taking on roles: by STS with a key, and from a console session.

use std::net::{IpAddr, Ipv4Addr};

use crate::app::App;
use crate::domain::arn;
use crate::domain::denial::Denial;
use crate::domain::error::{AssumeRoleFault, Error, Noun};
use crate::domain::policy::PolicyLanguage;
use crate::domain::principal::Principal;
use crate::domain::role::{MIN_SESSION_SECONDS, Role, parse_role_arn};
use crate::domain::session::{Session, SessionKind, SessionState};
use crate::domain::time::Time;
use crate::store;

use super::authorize::seal;
use super::session_credentials::{self, Credentials};
use super::{Ctx, acting_as, request_context, role_taking, standings, time_in};

/// The most characters of a session policy (STS 2015-04-01 AssumeRole; 1024 until about 2022).
const LONGEST_POLICY: usize = 2_048;

/// A role to take on.
#[derive(Clone, Debug)]
pub struct AssumeRole {
    /// The role's ARN.
    pub role_arn: String,
    /// A name for the session.
    pub session_name: String,
    /// How long it is to last.
    pub duration_seconds: i64,
    /// A policy that narrows it.
    pub policy: Option<String>,
    /// What the other side agreed on.
    pub external_id: Option<String>,
    /// Who is behind the call.
    pub source_identity: Option<String>,
}

/// A role taken on, with the secrets that are told once.
#[derive(Debug)]
pub struct Assumed {
    /// The role.
    pub role: Role,
    /// The session.
    pub session: Session,
    /// What signs for it.
    pub credentials: Credentials,
}

fn check(request: &AssumeRole) -> Result<(&str, &str), AssumeRoleFault> {
    let role = parse_role_arn(&request.role_arn).ok_or(AssumeRoleFault::RoleArn)?;
    let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '@' | '-' | '_');
    let is_name = |text: &str| (2..=64).contains(&text.len()) && text.chars().all(named);
    if !is_name(&request.session_name) {
        return Err(AssumeRoleFault::SessionName);
    }
    check_policy(request.policy.as_deref())?;
    if let Some(id) = &request.external_id {
        let clean = |c: char| c.is_alphanumeric() || "_+=,.@:/-".contains(c);
        if !(2..=1_224).contains(&id.chars().count()) || !id.chars().all(clean) {
            return Err(AssumeRoleFault::ExternalId);
        }
    }
    if request.source_identity.as_ref().is_some_and(|identity| !is_name(identity)) {
        return Err(AssumeRoleFault::SourceIdentity);
    }
    Ok(role)
}

/// Checks a session policy.
pub(super) fn check_policy(policy: Option<&str>) -> Result<(), AssumeRoleFault> {
    let Some(policy) = policy else { return Ok(()) };
    if policy.is_empty() || policy.chars().count() > LONGEST_POLICY {
        return Err(AssumeRoleFault::PolicySize);
    }
    PolicyLanguage::Ram.parse_session(policy).map(drop).map_err(|_| AssumeRoleFault::PolicyGrammar)
}

/// Takes a role on for the caller, whom the role's trust policy must name.
///
/// # Errors
/// `AssumeRole`, `RootMayNotAssumeRoles`, `NoRoleToAssume`, `AssumeRoleDenied`.
pub async fn assume(ctx: &Ctx, request: &AssumeRole) -> Result<Assumed, Error> {
    let (account_id, name) = check(request).map_err(Error::AssumeRole)?;
    if ctx.principal == Principal::Root {
        return Err(Error::RootMayNotAssumeRoles);
    }
    let mut conn = ctx.app.db.read().await?;
    let found = role_taking::named(&mut conn, ctx.cloud, account_id, name).await?;
    let world = store::world::clock(&mut conn).await?;
    drop(conn);
    let (account, role) = found.ok_or(Error::NoRoleToAssume)?;
    if !(MIN_SESSION_SECONDS..=role.max_session_seconds).contains(&request.duration_seconds) {
        return Err(Error::AssumeRole(AssumeRoleFault::Duration));
    }
    let mut context = request_context::of_caller(ctx).await?;
    context.put_some("sts:ExternalId", request.external_id.as_deref());
    context.put_some("sts:SourceIdentity", request.source_identity.as_deref());
    let standing = standings::of_caller(ctx).await?;
    // That sts:SetSourceIdentity is needed too is printed on one page, and a public client goes on without it.
    let refused = role_taking::refused(ctx, &standing, &role, &[role_taking::ASSUME_ROLE], &context)?;
    if let Some((action, check)) = refused {
        let mut denial = Denial::ruled(action, &check.resource, &check.resource, &check.ruling);
        seal(ctx, &mut denial, &check.ruling, &context).await?;
        return Err(Error::AssumeRoleDenied(Box::new(denial)));
    }

    let now = time_in(&ctx.app, account.clock, world);
    let expires_at = now.plus_seconds(request.duration_seconds);
    let (credentials, key) = session_credentials::issue(&ctx.app, account.cloud, &role.account_id, expires_at);
    let (user_id, user_name) = ctx.calling_user().unzip();
    let session = Session {
        user_id: user_id.map(ToOwned::to_owned),
        user_name: user_name.map(ToOwned::to_owned),
        session_name: Some(request.session_name.clone()),
        source_identity: request.source_identity.clone(),
        session_policy: request.policy.clone(),
        source_address: Some(ctx.source_address.to_string()),
        key: Some(key),
        ..role_session(&ctx.app, &role, now, expires_at)
    };
    let (mut tx, _) = ctx.app.db.write(&role.account_id).await?;
    // The role may be gone since it was looked at.
    if store::roles::by_name(&mut tx, &role.account_id, &role.name).await?.is_none_or(|now| now.id != role.id) {
        return Err(Error::NoRoleToAssume);
    }
    store::sessions::insert(&mut tx, &session).await?;
    tx.commit().await?;
    Ok(Assumed { role, session, credentials })
}

/// A session of a role that nobody has yet.
pub(super) fn role_session(app: &App, role: &Role, now: Time, expires_at: Time) -> Session {
    Session {
        role_id: Some(role.id.clone()),
        role_name: Some(role.name.clone()),
        ..session_credentials::session(app, &role.account_id, SessionKind::Role, now, expires_at)
    }
}

/// Why a console session may not switch to a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SwitchFault {
    /// The session is not a running console session.
    SessionNotActive,
    /// There is no such role.
    NoSuchRole,
    /// The role may not be used in the console, or its trust policy does not name the user.
    NotAllowed,
}

/// Switches a console session to a role, named by ARN or, in the session's account, by name. The role's session ends
/// with the console session at the latest, and after the role's longest session.
///
/// # Errors
/// `NotFound(Session)`.
pub async fn switch(app: &App, session_id: &str, role: &str) -> Result<Result<Session, SwitchFault>, Error> {
    let mut conn = app.db.read().await?;
    let parent =
        store::sessions::find(&mut conn, session_id).await?.ok_or_else(|| Error::missing(Noun::Session, session_id))?;
    let parent_account = store::accounts::find(&mut conn, &parent.account_id).await?.ok_or(Error::Conflict)?;
    let world = store::world::clock(&mut conn).await?;
    let cloud = parent_account.cloud;
    let named = arn::parse(cloud, arn::Kind::Role, role);
    let (role_account, role_name) = named.map_or((&*parent.account_id, role), |named| (named.account_id, named.name));
    let found = role_taking::named(&mut conn, cloud, role_account, role_name).await?;
    // By its ARN a role goes with its path alone.
    let found = found.filter(|(_, role)| named.is_none_or(|named| named.path == role.path));
    drop(conn);

    let parent_now = time_in(app, parent_account.clock, world);
    let Some(user_id) = parent.user_id.clone() else { return Ok(Err(SwitchFault::SessionNotActive)) };
    let Some((account, role)) = found else { return Ok(Err(SwitchFault::NoSuchRole)) };
    // The user as it is called now: it may have been renamed since it signed in.
    let Some(user) = store::users::by_id(&mut app.db.read().await?, &parent.account_id, &user_id).await? else {
        return Ok(Err(SwitchFault::SessionNotActive));
    };
    let source_address = parent.source_address.as_deref().and_then(|address| address.parse().ok());
    let source_address = source_address.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let ctx = acting_as(app, &parent_account, &user, parent_now, source_address).await?;
    let mut context = request_context::of_caller(&ctx).await?;
    let keys = ctx.cloud.rules().request_keys;
    if parent.mfa_present {
        request_context::put_mfa(&mut context, keys, parent_now.seconds().saturating_sub(parent.started_at.seconds()));
    } else {
        context.put(keys.mfa_present, "false");
    }
    let standing = standings::of_caller(&ctx).await?;
    let refused = role_taking::refused(&ctx, &standing, &role, &[role_taking::ASSUME_ROLE], &context)?;
    if refused.is_some() || !role.console_login_allowed {
        return Ok(Err(SwitchFault::NotAllowed));
    }

    let now = time_in(app, account.clock, world);
    let left = parent.expires_at.seconds() - parent_now.seconds();
    let expires_at = now.plus_seconds(left.min(role.max_session_seconds));
    let session = Session {
        session_name: Some(user.name.clone()),
        user_id: Some(user_id.clone()),
        user_name: Some(user.name.clone()),
        parent_id: Some(parent.id.clone()),
        mfa_present: parent.mfa_present,
        source_address: parent.source_address.clone(),
        ..role_session(app, &role, now, expires_at)
    };
    // Under the lock of the parent's account, where a session ends: none can hang on one that ended.
    let (mut tx, _) = app.db.write(&parent.account_id).await?;
    let parent =
        store::sessions::find(&mut tx, session_id).await?.ok_or_else(|| Error::missing(Noun::Session, session_id))?;
    if parent.kind != SessionKind::Console || parent.state(parent_now) != SessionState::Active {
        return Ok(Err(SwitchFault::SessionNotActive));
    }
    // What the answer rests on must still be so.
    let same_user = store::users::by_id(&mut tx, &parent.account_id, &user_id).await?;
    let same_role = store::roles::by_name(&mut tx, &role.account_id, &role.name).await?;
    if same_user.is_none_or(|now| now.name != user.name) || same_role.is_none_or(|now| now.id != role.id) {
        return Err(Error::Conflict);
    }
    store::sessions::insert(&mut tx, &session).await?;
    tx.commit().await?;
    Ok(Ok(session))
}
