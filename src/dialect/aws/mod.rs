//! AWS's query dialect: IAM 2010-05-08 and STS 2011-06-15, told apart by `Version`.

mod authorization_text;
mod errors;
#[cfg(feature = "fuzzing")]
pub(super) mod fuzzing;
mod gateway;
mod injected;
mod input;
mod model;
mod noun_texts;
pub(super) mod offered;
mod operations;
mod policy_texts;
mod provider_texts;
mod query;
mod request;
mod seen;
mod session_texts;
mod signature;
mod vouch_texts;
mod xml;

use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Response, StatusCode, header, request::Parts};

use self::errors::{Fault, Trouble};
use self::gateway::Caller;
use self::input::InputFault;
use self::model::Api;
use self::operations::{Access, Resource, Row, asked};
use self::query::Query;
use self::signature::{Header, Request};
use super::mask::Seen;
use super::members::Members;
use super::record::{self, Answered, Who, user_agent};
use super::{BodyFault, ToldError, Tries, injected as faulty};
use crate::app::App;
use crate::app::cache::Credential;
use crate::app::key_usage::Use;
use crate::domain::account::Cloud;
use crate::domain::denial::Denial;
use crate::domain::error::Error;
use crate::services::authorize::{authorize, authorize_granted, authorize_own_password};
use crate::services::faults::{self, Struck, Veil};
use crate::services::{Ctx, Decided};

/// What is learned about a request on its way, for its answer, the log and the journal.
struct Trace {
    request_id: String,
    api: Option<Api>,
    action: String,
    scheme: Option<&'static str>,
    caller: Option<Caller>,
    struck: Struck,
    decision: Decided,
    /// What the journal keeps of its parameters.
    seen: Seen,
    source_address: IpAddr,
    user_agent: Option<String>,
}

/// What a call answers, and whether its operation has an output at all.
struct Answer {
    members: Members,
    has_output: bool,
}

/// Whether a request speaks this dialect: its signature says so, or its version, or the host it asks for.
pub(super) fn is_spoken(parts: &Parts, body: Option<&Bytes>) -> bool {
    let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
    match text(header::AUTHORIZATION) {
        Some(authorization) if authorization.starts_with("AWS4-") => return true,
        Some(authorization) if authorization.starts_with("ACS") => return false,
        Some(_) | None => {}
    }
    let query = parts.uri.query().unwrap_or_default();
    let has_version = |form: &[u8]| {
        [&b"Version=2010-05-08"[..], b"Version=2011-06-15"]
            .iter()
            .any(|version| form.split(|byte| *byte == b'&').any(|pair| pair == *version))
    };
    let host = text(header::HOST).map(|host| host.split(':').next().unwrap_or(host));
    parts.headers.contains_key("x-amz-date")
        || query.contains("X-Amz-Algorithm=")
        || has_version(query.as_bytes())
        || body.is_some_and(|body| has_version(body))
        || host.is_some_and(|host| host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn"))
}

/// Answers one request.
pub(super) async fn handle(
    app: App,
    source_address: IpAddr,
    parts: Parts,
    body: Result<Bytes, BodyFault>,
) -> Response<Body> {
    let started = Instant::now();
    let mut trace = Trace {
        request_id: app.ids.uuid(),
        api: None,
        action: String::new(),
        scheme: None,
        caller: None,
        struck: Struck::default(),
        decision: Decided::default(),
        seen: Seen::default(),
        source_address,
        user_agent: user_agent(&parts.headers),
    };
    let outcome = answer(&app, source_address, &parts, body, &mut trace).await;
    let struck = std::mem::take(&mut trace.struck);
    let damage = faulty::settle(&app, struck, &mut trace.decision).await;
    faulty::damaged(finish(&app, trace, outcome, started), damage).await
}

/// The answer to a request that ended in a panic.
pub(super) fn internal_error(app: &App) -> Response<Body> {
    let fault = Trouble::UseCase(Error::internal("panic")).fault("");
    xml::error(Api::Iam, fault.status, &fault.code, fault.message.as_deref(), &app.ids.uuid())
}

/// See [`super::known_error`].
pub(super) fn known_error(code: &str) -> Option<(u16, String)> {
    injected::known(code, "", "").map(|fault| (fault.status.as_u16(), fault.message.unwrap_or_default().into_owned()))
}

/// A denial in AWS's words.
pub(super) fn denial_text(denial: &Denial, caller: &str) -> String {
    noun_texts::denial(denial, caller)
}

/// An error in AWS's words.
pub(super) fn told(error: &Error, caller: &str) -> ToldError {
    let fault = errors::fault(error, caller);
    ToldError {
        status: fault.status.as_u16(),
        code: fault.code.into_owned(),
        message: fault.message.unwrap_or_default().into_owned(),
    }
}

/// The operation that a request names, with its model.
fn operation<'a>(query: &'a Query, trace: &mut Trace) -> Result<(Api, &'a str, &'static model::Operation), Fault> {
    let action = query.get("Action").filter(|action| !action.is_empty()).ok_or_else(errors::missing_action)?;
    let version = query.get("Version").filter(|version| !version.is_empty());
    let api = version.and_then(Api::of_version).ok_or_else(|| errors::invalid_action(action, version))?;
    trace.api = Some(api);
    let operation = api.model().operation(action).ok_or_else(|| errors::invalid_action(action, version))?;
    action.clone_into(&mut trace.action);
    Ok((api, action, operation))
}

async fn answer(
    app: &App,
    source_address: IpAddr,
    parts: &Parts,
    body: Result<Bytes, BodyFault>,
    trace: &mut Trace,
) -> Result<Answer, Trouble> {
    let method = parts.method.as_str();
    if !matches!(method, "GET" | "POST") {
        return Err(errors::wrong_method().into());
    }
    if parts.uri.path() != "/" {
        return Err(errors::wrong_path().into());
    }
    let body = body.map_err(|fault| match fault {
        BodyFault::TooLarge => errors::too_large(),
        BodyFault::Broken => errors::broken_body(),
    })?;
    let url_query = parts.uri.query().unwrap_or_default();
    let query = Query::decode(url_query, form_body(&parts.headers, &body)).map_err(|_| errors::malformed_query())?;
    // Whatever stands where a name should is repeated by the error about it.
    for name in ["Action", "Version"] {
        trace.seen.hidden.unless_name(query.get(name).unwrap_or_default());
    }
    let (api, action, model) = operation(&query, trace)?;
    if app.journal.is_on() {
        trace.seen = seen::seen(&query, api, model);
    }
    let headers: Vec<Header<'_>> =
        parts.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let request = Request { method, path: parts.uri.path(), query: url_query, headers: &headers, body: &body };
    trace.scheme = scheme(&parts.headers, &query);
    let caller = if model.unsigned && !is_signed(&parts.headers, &query) {
        gateway::nobody(app).await?
    } else {
        gateway::caller(app, api, &request, &parts.headers).await?
    };
    if let Some(key_id) = &caller.key_id {
        let last = Use { at: caller.now, service: api.name(), region: caller.region.clone() };
        app.key_usage.note(key_id, last, || caller.principal.accessor(&caller.account_id));
    }
    let session = match caller.credential.as_deref() {
        Some(Credential::Good(signer)) => signer.session.clone(),
        _ => None,
    };
    let mut ctx = Ctx {
        app: app.clone(),
        account_id: caller.account_id.to_string(),
        cloud: Cloud::Aws,
        principal: caller.principal.clone(),
        session,
        region: caller.region.clone(),
        pulse: caller.pulse,
        now: caller.now,
        source_address,
        user_agent: user_agent(&parts.headers),
        decision: Mutex::default(),
    };
    let changes = injected::changes(action, &query);
    let asked = faults::Asked { service: api.name(), action, key_id: caller.key_id.as_deref(), changes };
    let struck = faults::strike(&mut ctx, asked).await;
    trace.caller = Some(caller);
    trace.struck = struck?;
    if let Some(instead) = &trace.struck.instead {
        let named = query.get("UserName").unwrap_or_default();
        return Err(Trouble::Struck(instead.clone(), named.to_owned()));
    }
    gateway::check_reach(api, action, ctx.session.as_deref())?;
    let row = operations::find(api, action).ok_or_else(|| Error::NotBuilt(action.to_owned()))?;
    let input = input::read(api, action, model, &query).map_err(|fault| match fault {
        InputFault::Constraints(text) => errors::validation(text),
        InputFault::Malformed => errors::malformed_input(),
    })?;
    let mut tries = Tries::new();
    let outcome = loop {
        let done = once(row, &ctx, &input, trace.struck.veils.as_ref()).await;
        if !matches!(done, Err(Trouble::UseCase(Error::Conflict))) || !tries.again(&mut ctx).await? {
            break done;
        }
    };
    trace.decision = ctx.decision.into_inner().unwrap_or_default();
    let members = outcome?;
    debug_assert_eq!(operations::strangers(model, api, &members), Vec::<String>::new(), "{action}");
    Ok(Answer { members, has_output: model.output.is_some() })
}

async fn once(
    row: &Row,
    ctx: &Ctx,
    input: &serde_json::Value,
    veils: Option<&Arc<[Veil]>>,
) -> Result<Members, Trouble> {
    ctx.undecided();
    faults::deciding(veils, demand(row, ctx, input)).await?;
    faults::doing(veils, (row.call)(ctx, input)).await
}

/// Asks policies what a row asks.
async fn demand(row: &Row, ctx: &Ctx, input: &serde_json::Value) -> Result<(), Error> {
    match row.access {
        Access::Policy(resource) => authorize(ctx, asked::of(row, resource, ctx, input)).await,
        Access::OwnPassword => authorize_own_password(ctx, "iam:ChangePassword").await,
        Access::PasswordRules => {
            let lets_users = ctx.account().await?.password_policy.users_may_change && ctx.calling_user().is_some();
            let granted_by = lets_users.then_some("AllowUsersToChangePassword");
            authorize_granted(ctx, asked::of(row, Resource::Any, ctx, input), granted_by).await
        }
        Access::TrustPolicy | Access::Anyone => Ok(()),
    }
}

/// Asks what the operation of IAM asks when it is called with these parameters.
pub(super) async fn permit(
    ctx: &Ctx,
    operation: &str,
    parameters: serde_json::Map<String, serde_json::Value>,
) -> Result<(), Error> {
    let row = operations::find(Api::Iam, operation).ok_or_else(|| Error::NotBuilt(operation.to_owned()))?;
    demand(row, ctx, &serde_json::Value::Object(parameters)).await
}

/// Whether IAM has an operation here.
#[cfg(test)]
pub(super) fn has(operation: &str) -> bool {
    operations::find(Api::Iam, operation).is_some()
}

/// The body when it is a form: clients that name no type mean one.
fn form_body<'a>(headers: &HeaderMap, body: &'a Bytes) -> &'a [u8] {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = content_type.and_then(|value| value.split(';').next()).map(str::trim);
    match media_type {
        None => body,
        Some(kind) if kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") => body,
        Some(_) => &[],
    }
}

fn is_signed(headers: &HeaderMap, query: &Query) -> bool {
    scheme(headers, query).is_some()
}

/// How a request says that it is signed.
fn scheme(headers: &HeaderMap, query: &Query) -> Option<&'static str> {
    if headers.contains_key(header::AUTHORIZATION) {
        return Some("AWS4-HMAC-SHA256");
    }
    query.get("X-Amz-Signature").map(|_| "AWS4-HMAC-SHA256 in the URL")
}

fn finish(app: &App, trace: Trace, outcome: Result<Answer, Trouble>, started: Instant) -> Response<Body> {
    let api = trace.api.unwrap_or(Api::Iam);
    let principal = trace.caller.as_ref().map(|caller| caller.principal.arn(Cloud::Aws, &caller.account_id));
    let mistrusted = matches!(outcome, Err(Trouble::Signature(_)));
    let (response, status, code, message) = match outcome {
        Err(Trouble::Struck(instead, _)) if let Some(response) = faulty::bare(&instead) => {
            (response, faulty::bare_status(&instead), None, None)
        }
        Ok(answer) => {
            let status = StatusCode::OK.as_u16();
            let body = xml::answer(api, &trace.action, &answer.members, answer.has_output, &trace.request_id);
            (body, status, None, None)
        }
        Err(trouble) => {
            let fault = trouble.fault(principal.as_deref().unwrap_or_default());
            if let Trouble::UseCase(error) = &trouble
                && fault.status.is_server_error()
                && !matches!(error, Error::NotBuilt(_))
            {
                record::log_failure(&trace.request_id, error);
            }
            let message = fault.message.as_deref();
            let response = xml::error(api, fault.status, &fault.code, message, &trace.request_id);
            let told = message.and_then(|message| trace.seen.hidden.unless_telling(message));
            (response, fault.status.as_u16(), Some(fault.code.into_owned()), told)
        }
    };
    let caller = trace.caller.zip(principal).map(|(caller, arn)| Who {
        arn,
        session: match caller.credential.as_deref() {
            Some(Credential::Good(signer)) => signer.session.clone(),
            _ => None,
        },
        principal: caller.principal,
        account_id: caller.account_id.to_string(),
        key_id: caller.key_id,
        now: caller.now,
    });
    record::note(
        app,
        Answered {
            request_id: trace.request_id,
            dialect: match trace.api {
                Some(Api::Iam) => "aws/iam",
                Some(Api::Sts) => "aws/sts",
                None => "aws",
            },
            cloud: Cloud::Aws,
            action: trace.action,
            scheme: trace.scheme,
            caller,
            parameters: trace.seen.parameters,
            decision: trace.decision,
            status,
            code,
            message,
            source_address: trace.source_address,
            user_agent: trace.user_agent,
            mistrusted,
            started,
        },
    );
    response
}

/// Every operation of every API, by the API's name, and whether it is built.
#[cfg(test)]
pub(super) fn all_operations() -> Vec<(&'static str, &'static str, bool)> {
    [(Api::Iam, "IAM 2010-05-08"), (Api::Sts, "STS 2011-06-15")]
        .into_iter()
        .flat_map(|(api, title)| {
            api.model().names().into_iter().map(move |name| (title, name, operations::find(api, name).is_some()))
        })
        .collect()
}
