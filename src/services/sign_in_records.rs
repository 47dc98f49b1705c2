//! What the journal and the figures are told of people who come to the console and go: sign-ins with how they went,
//! sign-outs, switched roles. They are told no password, no code, and no name that is not a user's: people type passwords
//! there, too.

use std::net::IpAddr;
use std::time::Instant;

use crate::app::App;
use crate::app::journal::{Caller, Entrance, Entry, Parameters, Step};
use crate::domain::account::Cloud;
use crate::domain::principal::Principal;
use crate::domain::session::Session;
use crate::domain::time::Time;

use super::console_sessions::{self, Found, SignedIn};
use super::role_sessions::SwitchFault;
use super::sign_in::{Outcome, Refusal, SignIn};
use super::sign_in_standing::{Named, named};

/// Where a person came from, and with what.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The address.
    pub source_address: IpAddr,
    /// What the browser or client calls itself.
    pub user_agent: Option<String>,
    /// When the request came.
    pub started: Instant,
}

impl Visitor {
    /// Whoever is there now.
    pub fn new(source_address: IpAddr, user_agent: Option<String>) -> Self {
        Self { source_address, user_agent, started: Instant::now() }
    }
}

/// The dialect of what is done in the console.
pub fn dialect(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Alibaba => "console/alibaba",
        Cloud::Aws => "console/aws",
    }
}

/// The event of a sign-in (CloudTrail, "Management Console sign-in events"; ActionTrail, "Sample event logs for logons").
pub fn sign_in_action(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Alibaba => "ConsoleSignin",
        Cloud::Aws => "ConsoleLogin",
    }
}

/// The event of a password that was right where a second factor is to follow (CloudTrail, as above).
pub const CHECK_MFA: &str = "CheckMfa";

/// The event of a person who takes on a role (CloudTrail, as above; inferred for Alibaba Cloud).
pub const SWITCH_ROLE: &str = "SwitchRole";

/// The event of a sign-out (ActionTrail's event types; AWS records none, so that its name is ours).
pub fn sign_out_action(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Alibaba => "ConsoleSignout",
        Cloud::Aws => "ConsoleLogout",
    }
}

impl Refusal {
    /// The name in the control surface, the journal and the figures.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::InvalidCredentials => "invalid-credentials",
            Self::ConsoleAccessDisabled => "console-access-disabled",
            Self::Locked => "locked",
            Self::InitialPasswordExpired => "initial-password-expired",
            Self::PasswordExpired => "password-expired",
            Self::AddressNotAllowed => "address-not-allowed",
            Self::MfaCodeIncorrect => "mfa-code-incorrect",
            Self::PasswordChangeNotAllowed => "password-change-not-allowed",
            Self::PasswordRejected(_) => "password-rejected",
        }
    }
}

/// What came of a sign-in that was let in.
const SIGNED_IN: &str = "signed-in";

impl Outcome {
    /// The name in the control surface, the journal and the figures.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::SignedIn(_) => SIGNED_IN,
            Self::MfaRequired => "mfa-required",
            Self::MfaBindOffered => "mfa-bind-offered",
            Self::MfaBindRequired => "mfa-bind-required",
            Self::PasswordResetRequired => "password-reset-required",
            Self::Refused(_) => "refused",
        }
    }
}

/// Who it was.
struct Who {
    account_id: String,
    arn: Option<String>,
    caller: Option<Caller>,
    now: Time,
}

impl Who {
    fn of(signed_in: &SignedIn) -> Self {
        let ctx = &signed_in.ctx;
        Self {
            account_id: ctx.account_id.clone(),
            arn: Some(ctx.principal.arn(ctx.cloud, &ctx.account_id)),
            caller: Some(Caller { principal: ctx.principal.clone(), session: ctx.session.clone() }),
            now: ctx.now,
        }
    }

    fn named(cloud: Cloud, named: Named) -> Self {
        let Named { account, user, now } = named;
        let principal = user.map(|user| Principal::User { id: user.id, name: user.name, path: user.path });
        Self {
            arn: principal.as_ref().map(|principal| principal.arn(cloud, &account.id)),
            caller: principal.map(|principal| Caller { principal, session: None }),
            account_id: account.id,
            now,
        }
    }
}

struct Deed {
    cloud: Cloud,
    action: &'static str,
    parameters: Vec<(&'static str, String)>,
    error: Option<&'static str>,
    entrance: Option<Entrance>,
}

fn note(app: &App, visitor: &Visitor, who: Option<Who>, deed: Deed) {
    let request_id = match deed.cloud {
        Cloud::Alibaba => app.ids.request_id(),
        Cloud::Aws => app.ids.uuid(),
    };
    let dialect = dialect(deed.cloud);
    let status = if deed.error.is_some() { 403 } else { 200 };
    let duration_us = u64::try_from(visitor.started.elapsed().as_micros()).unwrap_or(u64::MAX);
    let principal = who.as_ref().and_then(|who| who.arn.clone());
    tracing::info!(
        request_id,
        dialect,
        action = deed.action,
        principal = principal.as_deref().unwrap_or("-"),
        status,
        code = deed.error.unwrap_or("-"),
        duration_us,
        "request"
    );
    let time = who.as_ref().map_or_else(|| app.system_now(), |who| who.now).to_string();
    let (account, caller) = who.map_or((None, None), |who| (Some(who.account_id), who.caller));
    app.journal.add(Entry {
        request_id,
        time,
        dialect,
        action: deed.action.to_owned(),
        account,
        principal,
        access_key_id: None,
        parameters: Parameters(deed.parameters.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        status,
        error: deed.error.map(str::to_owned),
        message: None,
        source_address: Some(visitor.source_address.to_canonical().to_string()),
        user_agent: visitor.user_agent.clone(),
        duration_us,
        decision: None,
        fault: None,
        checks: Vec::new(),
        unchecked: Vec::new(),
        cloud: deed.cloud,
        refused_at: deed.error.map(|_| Step::SignIn),
        scheme: None,
        caller,
        entrance: deed.entrance,
    });
}

/// Whoever has a session that runs.
pub async fn holder(app: &App, session_id: &str) -> Option<Box<SignedIn>> {
    match console_sessions::of_id(app, session_id).await {
        Ok(Found::SignedIn(signed_in)) => Some(signed_in),
        Ok(Found::Nobody | Found::Ended(_)) => None,
        Err(error) => {
            tracing::warn!(%error, "the journal is not told who it was");
            None
        }
    }
}

/// Somebody tried to sign in, or went a step further.
pub async fn attempted(app: &App, visitor: &Visitor, attempt: &SignIn, outcome: &Outcome) {
    if let Outcome::Refused(refusal) = outcome {
        return refused(app, visitor, attempt, refusal).await;
    }
    let cloud = attempt.cloud;
    app.metrics.count_sign_in(cloud, outcome.as_str());
    if !app.journal.is_on() {
        return;
    }
    let (who, mfa_used) = match outcome {
        Outcome::SignedIn(admitted) => {
            let holder = holder(app, &admitted.session.id).await;
            (holder.as_deref().map(Who::of), admitted.session.mfa_present)
        }
        _ => (known(app, attempt).await, attempt.mfa_code.is_some()),
    };
    let action = match outcome {
        Outcome::MfaRequired if cloud == Cloud::Aws => CHECK_MFA,
        _ => sign_in_action(cloud),
    };
    enter(app, visitor, who, (cloud, action, outcome.as_str(), mfa_used, None));
}

/// Somebody was refused.
pub async fn refused(app: &App, visitor: &Visitor, attempt: &SignIn, refusal: &Refusal) {
    app.metrics.count_sign_in(attempt.cloud, refusal.as_str());
    if !app.journal.is_on() {
        return;
    }
    let who = known(app, attempt).await;
    let mfa_used = attempt.mfa_code.is_some();
    let entering = (attempt.cloud, sign_in_action(attempt.cloud), "refused", mfa_used, Some(refusal.as_str()));
    enter(app, visitor, who, entering);
}

/// The account and the user that somebody named, as far as they are there.
async fn known(app: &App, attempt: &SignIn) -> Option<Who> {
    match named(app, attempt).await {
        Ok(found) => found.map(|found| Who::named(attempt.cloud, found)),
        Err(error) => {
            tracing::warn!(%error, "the journal is not told who it was");
            None
        }
    }
}

type Entering = (Cloud, &'static str, &'static str, bool, Option<&'static str>);

fn enter(app: &App, visitor: &Visitor, who: Option<Who>, (cloud, action, outcome, mfa_used, error): Entering) {
    let caller = who.as_ref().and_then(|who| who.caller.as_ref());
    let name = match caller.map(|caller| &caller.principal) {
        Some(Principal::User { name, .. }) => name.clone(),
        Some(Principal::Root) => "root".to_owned(),
        _ => "***".to_owned(),
    };
    let is_known = caller.is_some();
    let parameters = vec![("UserName", name), ("Outcome", outcome.to_owned())];
    let entrance = Some(Entrance { outcome, mfa_used, is_known });
    note(app, visitor, who, Deed { cloud, action, parameters, error, entrance });
}

/// Somebody came in who was asked for no password: the root by one click, or a tester in a user's place.
pub async fn entered(app: &App, visitor: &Visitor, session: &Session) {
    let Some(holder) = holder(app, &session.id).await else { return };
    let cloud = holder.ctx.cloud;
    app.metrics.count_sign_in(cloud, SIGNED_IN);
    if !app.journal.is_on() {
        return;
    }
    let entering = (cloud, sign_in_action(cloud), SIGNED_IN, session.mfa_present, None);
    enter(app, visitor, Some(Who::of(&holder)), entering);
}

/// Somebody signed out, who was this.
pub fn left(app: &App, visitor: &Visitor, signed_in: &SignedIn) {
    if !app.journal.is_on() {
        return;
    }
    let cloud = signed_in.ctx.cloud;
    let action = sign_out_action(cloud);
    let deed = Deed { cloud, action, parameters: Vec::new(), error: None, entrance: None };
    note(app, visitor, Some(Who::of(signed_in)), deed);
}

/// Somebody wanted to take on a role; what came of it is the role's session. `person` is who that was before.
pub async fn switched(
    app: &App,
    visitor: &Visitor,
    person: Option<&SignedIn>,
    role: &str,
    outcome: Result<&str, SwitchFault>,
) {
    if !app.journal.is_on() {
        return;
    }
    let Some(person) = person else { return };
    let cloud = person.ctx.cloud;
    let from = person.ctx.principal.arn(cloud, &person.ctx.account_id);
    let (who, error) = match outcome {
        Ok(session_id) => (holder(app, session_id).await.as_deref().map(Who::of), None),
        Err(SwitchFault::SessionNotActive) => (None, Some("session-not-active")),
        Err(SwitchFault::NoSuchRole) => (None, Some("no-such-role")),
        Err(SwitchFault::NotAllowed) => (None, Some("not-allowed")),
    };
    let parameters = vec![("SwitchFrom", from), ("Role", role.chars().take(512).collect())];
    let deed = Deed { cloud, action: SWITCH_ROLE, parameters, error, entrance: None };
    note(app, visitor, Some(who.unwrap_or_else(|| Who::of(person))), deed);
}
