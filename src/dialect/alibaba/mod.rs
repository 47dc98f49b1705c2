//! Alibaba Cloud's RPC dialect: IMS 2019-08-15, RAM 2015-05-01 and STS 2015-04-01, told apart by `Version`.

mod body;
mod call;
mod catalogue;
mod diagnosis;
mod errors;
mod exchange_texts;
mod gateway;
mod injected;
pub(super) mod offered;
mod operations;
mod outcome;
mod params;
mod permission;
mod policy_texts;
mod provider_texts;
mod signature;

use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::http::{Response, header, request::Parts};

use self::body::{Format, respond};
use self::call::Call;
use self::errors::GatewayError;
use self::gateway::{Caller, Failure, Incoming};
use self::params::{Malformed, Params};
#[cfg(test)]
pub(super) use self::permission::has;
pub(super) use self::permission::permit;
use super::{BodyFault, Tries, injected as faulty};
use crate::app::App;
use crate::app::key_usage::Use;
use crate::dialect::ToldError;
use crate::dialect::mask::{self, Known, Seen};
use crate::dialect::members::{Build, Members};
use crate::dialect::record::user_agent;
use crate::domain::account::Cloud;
use crate::domain::denial::Denial;
use crate::domain::error::Error;
use crate::services::faults::{self, Instead, Struck, Veil};
use crate::services::{Ctx, Decided};

/// One of the APIs that speak this dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    /// Identity Management Service, 2019-08-15.
    Ims,
    /// Resource Access Management, 2015-05-01.
    Ram,
    /// Security Token Service, 2015-04-01.
    Sts,
}

impl Api {
    fn of_version(version: &str) -> Option<Self> {
        match version {
            "2019-08-15" => Some(Self::Ims),
            "2015-05-01" => Some(Self::Ram),
            "2015-04-01" => Some(Self::Sts),
            _ => None,
        }
    }

    /// The product's name, as Recommend and GetAccessKeyLastUsed have it.
    fn product(self) -> &'static str {
        match self {
            Self::Ims => "Ims",
            Self::Ram => "Ram",
            Self::Sts => "Sts",
        }
    }

    /// The name that faults match.
    fn service(self) -> &'static str {
        match self {
            Self::Ims => "ims",
            Self::Ram => "ram",
            Self::Sts => "sts",
        }
    }
}

/// What is learned about a request on its way, for its answer, the log and the journal.
struct Trace {
    request_id: String,
    format: Format,
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

/// Answers one request.
pub(super) async fn handle(
    app: App,
    source_address: IpAddr,
    parts: Parts,
    body: Result<Bytes, BodyFault>,
) -> Response<Body> {
    let started = Instant::now();
    let mut trace = Trace {
        request_id: app.ids.request_id(),
        format: Format::Json,
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
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let struck = std::mem::take(&mut trace.struck);
    let damage = faulty::settle(&app, struck, &mut trace.decision).await;
    faulty::damaged(outcome::finish(&app, trace, host, outcome, started), damage).await
}

/// The answer to a request that ended in a panic.
pub(super) fn internal_error(app: &App) -> Response<Body> {
    let request_id = app.ids.request_id();
    let fault = errors::fault(&Error::internal("panic"), Api::Ims);
    let members = Build::new()
        .put("RequestId", &*request_id)
        .put("HostId", "")
        .put("Code", &*fault.code)
        .put("Message", &*fault.message)
        .done();
    respond(fault.status, Format::Json, "Error", &members, &request_id)
}

/// See [`super::known_error`].
pub(super) fn known_error(code: &str) -> Option<(u16, String)> {
    injected::known(code, Api::Ims).map(|fault| (fault.status.as_u16(), fault.message.into_owned()))
}

/// A denial in Alibaba Cloud's words.
pub(super) fn denial_text(denial: &Denial) -> String {
    errors::fault(&Error::AccessDenied(Box::new(denial.clone())), Api::Ram).message.into_owned()
}

/// An error in Alibaba Cloud's words.
pub(super) fn told(error: &Error) -> ToldError {
    let fault = errors::fault(error, Api::Ram);
    ToldError { status: fault.status.as_u16(), code: fault.code.into_owned(), message: fault.message.into_owned() }
}

/// Why a request is not answered.
enum Trouble {
    Gateway(GatewayError),
    UseCase(Error),
    Struck(Instead),
}

impl From<GatewayError> for Trouble {
    fn from(error: GatewayError) -> Self {
        Self::Gateway(error)
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(error) => Self::Gateway(error),
            Failure::Ours(error) => Self::UseCase(error),
        }
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::UseCase(error)
    }
}

async fn answer(
    app: &App,
    source_address: IpAddr,
    parts: &Parts,
    body: Result<Bytes, BodyFault>,
    trace: &mut Trace,
) -> Result<Members, Trouble> {
    let method = parts.method.as_str();
    if !matches!(method, "GET" | "POST") {
        return Err(GatewayError::UnsupportedMethod.into());
    }
    if parts.uri.path() != "/" {
        return Err(GatewayError::NoSuchPath.into());
    }
    let body = body.map_err(|fault| match fault {
        BodyFault::TooLarge => GatewayError::BodyTooLarge,
        BodyFault::Broken => GatewayError::MalformedBody,
    })?;
    let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let query = parts.uri.query().unwrap_or_default();
    trace.format = Format::asked_for(query, &body);
    let params = Params::decode(query, content_type, &body).map_err(|fault| {
        // The error about a parameter repeats its name, which may be no name.
        if let Malformed::Repeated(name) | Malformed::List(name) = &fault {
            trace.seen.hidden.unless_name(name);
        }
        malformed(fault)
    })?;
    let incoming = Incoming { method, path: parts.uri.path(), headers: &parts.headers, body: &body, params: &params };
    trace.format = incoming.format()?;
    if app.journal.is_on() {
        trace.seen = seen(&incoming);
    }
    let action = incoming.action()?;
    action.clone_into(&mut trace.action);
    let api = Api::of_version(incoming.version()?).ok_or(GatewayError::InvalidVersion)?;
    trace.api = Some(api);
    let row = gateway::operation(api, action)?;
    let call = Call { api, params: &params };

    trace.scheme = incoming.scheme();
    // The caller is recognised once: its nonce is used up then. What lost a race is tried again as the same caller,
    // at the account's newest state.
    let caller = gateway::caller(app, row, &incoming).await?;
    if let Some(key_id) = &caller.key_id {
        let last = Use { at: caller.now, service: api.product(), region: String::new() };
        app.key_usage.note(key_id, last, || None);
    }
    let mut ctx = Ctx {
        app: app.clone(),
        account_id: caller.account_id.to_string(),
        cloud: Cloud::Alibaba,
        principal: caller.principal.clone(),
        session: caller.session.clone(),
        region: String::new(),
        pulse: caller.pulse,
        now: caller.now,
        source_address,
        user_agent: user_agent(&parts.headers),
        decision: Mutex::default(),
    };
    let changes = faults::Changes::Nobody;
    let asked = faults::Asked { service: api.service(), action, key_id: caller.key_id.as_deref(), changes };
    let struck = faults::strike(&mut ctx, asked).await;
    trace.caller = Some(caller);
    trace.struck = struck?;
    if let Some(instead) = &trace.struck.instead {
        return Err(Trouble::Struck(instead.clone()));
    }
    let mut tries = Tries::new();
    let outcome = loop {
        let done = once(row, &ctx, &call, trace.struck.veils.as_ref()).await;
        if !matches!(done, Err(Error::Conflict)) || !tries.again(&mut ctx).await? {
            break done;
        }
    };
    trace.decision = ctx.decision.into_inner().unwrap_or_default();
    Ok(outcome?)
}

async fn once(
    row: &operations::Row,
    ctx: &Ctx,
    call: &Call<'_>,
    veils: Option<&Arc<[Veil]>>,
) -> Result<Members, Error> {
    ctx.undecided();
    faults::deciding(veils, permission::demand(row, ctx, call)).await?;
    faults::doing(veils, (row.call)(ctx, call)).await
}

fn malformed(fault: Malformed) -> GatewayError {
    match fault {
        Malformed::Escape | Malformed::Utf8 | Malformed::Json => GatewayError::MalformedQuery,
        Malformed::Repeated(name) | Malformed::List(name) => GatewayError::InvalidParameter(name),
    }
}

/// Parameters that every request carries, which say nothing about the operation.
const COMMON: &[&str] = &[
    "Action",
    "Version",
    "Format",
    "AccessKeyId",
    "SignatureMethod",
    "SignatureVersion",
    "SignatureNonce",
    "SignatureType",
    "Timestamp",
    "Signature",
    "SecurityToken",
    "RegionId",
];

/// What a journal keeps of the parameters of a request.
fn seen(incoming: &Incoming<'_>) -> Seen {
    let api = incoming.version().ok().and_then(Api::of_version);
    let table = api.zip(incoming.action().ok()).and_then(|(api, action)| offered::table(api, action));
    let own = incoming.params.iter().filter(|(name, _)| !COMMON.contains(name));
    let mut seen = mask::seen(own, |name| table.map_or(Known::Not, |table| offered::known(table, name)));
    for name in ["SecurityToken", "Signature"] {
        seen.hidden.value(incoming.params.get(name).unwrap_or_default());
    }
    seen
}

/// Every operation of every API, by the API's name, and whether it is built.
#[cfg(test)]
pub(super) fn all_operations() -> Vec<(&'static str, &'static str, bool)> {
    let apis = [
        (Api::Ims, "IMS 2019-08-15", catalogue::IMS),
        (Api::Ram, "RAM 2015-05-01", catalogue::RAM),
        (Api::Sts, "STS 2015-04-01", catalogue::STS),
    ];
    let built = |api, name: &str| operations::OPERATIONS.iter().any(|row| row.name == name && row.apis.contains(&api));
    apis.into_iter()
        .flat_map(|(api, title, names)| names.iter().map(move |name| (title, *name, built(api, name))))
        .collect()
}
