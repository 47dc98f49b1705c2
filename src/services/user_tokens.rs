//! Sessions that a user, or the root, makes of its long-lived key: its own, and those of federated users.

use crate::domain::error::Error;
use crate::domain::principal::Principal;
use crate::domain::session::{Session, SessionContext, SessionKind};
use crate::domain::session_tags::SessionTags;
use crate::domain::user::Tag;
use crate::store;

use super::session_credentials::{self, Credentials};
use super::{Ctx, session_mfa, session_policies};

/// How long such a session lasts unless told otherwise, in seconds (STS 2011-06-15 GetSessionToken and
/// GetFederationToken, DurationSeconds).
const TWELVE_HOURS: i64 = 43_200;
/// How long one of the root lasts at the most (as above).
const ROOTS_HOUR: i64 = 3_600;

/// A federated user to make a session for (STS 2011-06-15 GetFederationToken).
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of the operation")]
pub struct Federate {
    pub name: String,
    pub duration_seconds: Option<i64>,
    pub policy: Option<String>,
    pub policy_arns: Vec<String>,
    pub tags: Vec<Tag>,
}

/// A federated user's session.
#[derive(Debug)]
pub struct Federated {
    /// Who the caller is with it.
    pub principal: Principal,
    /// What signs for it.
    pub credentials: Credentials,
    /// How full the session is, in percent.
    pub packed_size: i64,
}

/// Seconds that a session lasts: what is asked for, but of the root's never more than it may.
fn seconds(ctx: &Ctx, asked: Option<i64>) -> i64 {
    let seconds = asked.unwrap_or(TWELVE_HOURS);
    if ctx.principal == Principal::Root { seconds.min(ROOTS_HOUR) } else { seconds }
}

/// A session of the caller's account that the caller made.
fn own_session(ctx: &Ctx, kind: SessionKind, seconds: i64) -> (Session, Credentials) {
    let expires_at = ctx.now.plus_seconds(seconds);
    let (credentials, key) = session_credentials::issue(&ctx.app, ctx.cloud, &ctx.account_id, expires_at);
    let (user_id, user_name) = ctx.calling_user().unzip();
    let session = Session {
        user_id: user_id.map(ToOwned::to_owned),
        user_name: user_name.map(ToOwned::to_owned),
        source_address: Some(ctx.source_address.to_string()),
        key: Some(key),
        ..session_credentials::session(&ctx.app, &ctx.account_id, kind, ctx.now, expires_at)
    };
    (session, credentials)
}

async fn keep(ctx: &Ctx, session: &Session) -> Result<(), Error> {
    let (mut tx, _) = ctx.app.db.write(&ctx.account_id).await?;
    store::sessions::insert(&mut tx, session).await?;
    let step = tx.commit_step().await?;
    ctx.app.cache.carry_over(&ctx.account_id, step, |_| {});
    Ok(())
}

/// Makes a session of the caller itself, with a second factor if one is given.
///
/// # Errors
/// `SessionFault` of a second factor.
pub async fn session_token(
    ctx: &Ctx,
    duration_seconds: Option<i64>,
    serial_number: Option<&str>,
    code: Option<&str>,
) -> Result<Credentials, Error> {
    let mfa_present = session_mfa::prove(ctx, serial_number, code).await?;
    let (session, credentials) = own_session(ctx, SessionKind::UserToken, seconds(ctx, duration_seconds));
    keep(ctx, &Session { mfa_present, ..session }).await?;
    Ok(credentials)
}

/// Makes a session of a federated user.
///
/// # Errors
/// `Policy`; `SessionFault` of policies and tags.
pub async fn federation_token(ctx: &Ctx, request: Federate) -> Result<Federated, Error> {
    session_policies::check(ctx.cloud.rules().policy_language, request.policy.as_deref(), &request.policy_arns)?;
    session_policies::find(ctx, &ctx.account_id, &request.policy_arns).await?;
    let SessionTags { tags, .. } = SessionTags::new(request.tags, Vec::new(), None)?;
    let packed_size = session_policies::packed_size(request.policy.as_deref(), &request.policy_arns, &tags)?;
    let (session, credentials) = own_session(ctx, SessionKind::Federation, seconds(ctx, request.duration_seconds));
    let session = Session {
        session_name: Some(request.name.clone()),
        session_policy: request.policy,
        context: SessionContext { tags, policy_arns: request.policy_arns, ..SessionContext::default() },
        ..session
    };
    keep(ctx, &session).await?;
    let principal = Principal::FederatedUser { session_id: session.id, name: request.name };
    Ok(Federated { principal, credentials, packed_size })
}
