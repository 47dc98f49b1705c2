//! What is written of each request, whatever its dialect: a line in the log and an entry in the journal.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::http::{HeaderMap, header};

use super::known_error;
use super::mask::shortened;
use super::offered::APIS;
use crate::app::App;
use crate::app::cache::SignerSession;
use crate::app::journal::{Caller, Entry, Parameters, Step};
use crate::app::metrics::Call;
use crate::domain::account::Cloud;
use crate::domain::error::Error;
use crate::domain::principal::Principal;
use crate::domain::time::Time;
use crate::services::Decided;

/// Who called.
pub(crate) struct Who {
    pub(crate) account_id: String,
    /// The caller's ARN.
    pub(crate) arn: String,
    pub(crate) principal: Principal,
    /// The session behind the credentials, when they are temporary.
    pub(crate) session: Option<Arc<SignerSession>>,
    pub(crate) key_id: Option<String>,
    /// The time in the account.
    pub(crate) now: Time,
}

/// A request that was answered. It holds no secret: parameters come masked.
pub(crate) struct Answered {
    pub(crate) request_id: String,
    pub(crate) dialect: &'static str,
    pub(crate) cloud: Cloud,
    pub(crate) action: String,
    /// How it was signed, where it was.
    pub(crate) scheme: Option<&'static str>,
    pub(crate) caller: Option<Who>,
    pub(crate) parameters: Parameters,
    pub(crate) decision: Decided,
    pub(crate) status: u16,
    pub(crate) code: Option<String>,
    /// The error's text; what was sent as a secret must not be in it.
    pub(crate) message: Option<String>,
    pub(crate) source_address: IpAddr,
    pub(crate) user_agent: Option<String>,
    /// Whether its signature, key or token is what was wrong.
    pub(crate) mistrusted: bool,
    pub(crate) started: Instant,
}

/// Writes the log line and the journal's entry.
pub(crate) fn note(app: &App, answered: Answered) {
    let duration_us = u64::try_from(answered.started.elapsed().as_micros()).unwrap_or(u64::MAX);
    // Only an operation that the API has is named in the log: anything else is whatever somebody sent.
    let action = answered.action.chars().filter(char::is_ascii_alphanumeric).take(64).collect::<String>();
    tracing::info!(
        request_id = answered.request_id,
        dialect = answered.dialect,
        action,
        principal = answered.caller.as_ref().map_or("-", |caller| &*caller.arn),
        status = answered.status,
        code = answered.code.as_deref().unwrap_or("-"),
        duration_us,
        "request"
    );
    count(app, &answered, &action);
    if !app.journal.is_on() {
        return;
    }
    let now = answered.caller.as_ref().map_or_else(|| app.system_now(), |caller| caller.now);
    let key_id = answered.caller.as_ref().and_then(|caller| caller.key_id.as_deref().map(shortened));
    let is_refused = answered.code.is_some() || answered.decision.is_struck_down;
    let refused_at = is_refused.then_some(match (&answered.caller, answered.decision.outcome) {
        _ if answered.decision.is_struck_down => Step::Fault,
        _ if answered.mistrusted => Step::Credentials,
        (None, _) => Step::Request,
        (Some(_), Some("denied")) => Step::Authorization,
        (Some(_), _) => Step::Operation,
    });
    let (mut account, mut principal, mut who) = (None, None, None);
    if let Some(caller) = answered.caller {
        account = Some(caller.account_id);
        principal = Some(caller.arn);
        who = Some(Caller { principal: caller.principal, session: caller.session });
    }
    app.journal.add(Entry {
        request_id: answered.request_id,
        time: now.to_string(),
        dialect: answered.dialect,
        action,
        account,
        principal,
        access_key_id: key_id,
        parameters: answered.parameters,
        status: answered.status,
        error: answered.code,
        // Gateways repeat what was to be signed, tokens and passwords among it.
        message: answered.message.filter(|_| !answered.mistrusted).as_deref().map(shortened),
        source_address: Some(answered.source_address.to_canonical().to_string()),
        user_agent: answered.user_agent.as_deref().map(shortened),
        duration_us,
        decision: answered.decision.outcome,
        fault: answered.decision.fault,
        checks: answered.decision.checks,
        unchecked: answered.decision.unchecked,
        cloud: answered.cloud,
        refused_at,
        scheme: answered.scheme,
        caller: who,
        entrance: None,
    });
}

/// Whether it is no made-up name. What people sign in with is named by us.
fn is_operation(dialect: &str, action: &str) -> bool {
    if !dialect.contains('/') {
        return false;
    }
    let api = APIS.iter().find(|api| api.id == dialect.replace('/', "-"));
    api.is_none_or(|api| api.operations().iter().any(|operation| operation.name == action))
}

fn count(app: &App, answered: &Answered, action: &str) {
    let mut call =
        Call { dialect: answered.dialect, action: action.to_owned(), code: answered.code.clone().unwrap_or_default() };
    // Looked up once: what was counted before is known.
    if !app.metrics.knows(&call) && !is_operation(answered.dialect, action) {
        "other".clone_into(&mut call.action);
    }
    // A fault's code is whatever a tester wrote.
    let is_known = |code: &str| [Cloud::Alibaba, Cloud::Aws].iter().any(|cloud| known_error(*cloud, code).is_some());
    if answered.decision.is_struck_down && !call.code.is_empty() && !is_known(&call.code) {
        "other".clone_into(&mut call.code);
    }
    app.metrics.count(&call, answered.started.elapsed(), answered.decision.outcome == Some("denied"));
}

/// Logs a failure of ours with all its causes.
pub(crate) fn log_failure(request_id: &str, error: &Error) {
    let mut chain = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        chain = format!("{chain}: {cause}");
        source = cause.source();
    }
    tracing::error!(request_id, error = chain, "request failed");
}

/// The most characters of that which policies see: patterns are compared with it.
const LONGEST_USER_AGENT: usize = 2_048;

/// What the client calls itself.
pub(crate) fn user_agent(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok())?;
    Some(text.chars().take(LONGEST_USER_AGENT).collect())
}
