//! Where people and their command lines sign in: AWS's `/federation` and `aws login` (Sign-In 2023-01-01), Alibaba
//! Cloud's OAuth of its CLI, and its CloudSSO. Decode, call a use case, encode.

mod authorize;
mod aws_tokens;
mod cloud_sso;
mod federation;
mod oauth_tokens;
mod page;

use std::net::IpAddr;
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header, request::Parts};

pub(crate) use page::{Content, Page, Step};

use super::record::{self, Answered, Who, user_agent};
use super::{BodyFault, form, read};
use crate::app::App;
use crate::app::journal::Parameters;
use crate::domain::account::Cloud;
use crate::domain::error::Error;
use crate::domain::grant::GrantFault;
use crate::services::oauth::Holder;
use crate::services::{Ctx, Decided};

/// The paths that are answered here.
pub(crate) const PATHS: [&str; 11] = [
    "/federation",
    authorize::AWS_PATH,
    authorize::CONFIRMATION_PATH,
    authorize::ALIBABA_PATH,
    aws_tokens::PATH,
    oauth_tokens::EXCHANGE_PATH,
    cloud_sso::BEGIN_PATH,
    cloud_sso::TOKEN_PATH,
    cloud_sso::ACCOUNTS_PATH,
    cloud_sso::CONFIGURATIONS_PATH,
    cloud_sso::CREDENTIALS_PATH,
];

/// One request, read.
struct Asked {
    app: App,
    address: IpAddr,
    method: Method,
    path: String,
    headers: HeaderMap,
    /// What the URL and a form have, in this order.
    pairs: Vec<(String, String)>,
    body: Bytes,
}

/// Why a request is not read.
const UNREADABLE: &str = "The request is not readable.";

impl Asked {
    /// The first value of this name that is not empty.
    fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    fn header(&self, name: impl header::AsHeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The host and port that the client called.
    fn host(&self) -> &str {
        self.header(header::HOST).unwrap_or_default()
    }

    /// The region whose endpoint is called, which stands in the cloud's host name and nowhere else; inferred for others.
    fn region(&self) -> String {
        let region = self.host().split_once(".signin.aws").map(|(region, _)| region);
        region.filter(|region| !region.is_empty()).unwrap_or("us-east-1").to_owned()
    }

    fn is_form(&self) -> bool {
        let media_type = self.header(header::CONTENT_TYPE).unwrap_or_default().split(';').next().unwrap_or_default();
        media_type.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
    }
}

/// An answer, and what the journal is told of it.
struct Done {
    action: &'static str,
    dialect: &'static str,
    response: Response<Body>,
    code: Option<String>,
    caller: Option<Who>,
}

impl Done {
    fn new(dialect: &'static str, action: &'static str, response: Response<Body>) -> Self {
        Self { action, dialect, response, code: None, caller: None }
    }

    fn refused(self, code: impl Into<String>) -> Self {
        Self { code: Some(code.into()), ..self }
    }

    fn by_person(self, ctx: &Ctx) -> Self {
        let caller = Who {
            account_id: ctx.account_id.clone(),
            arn: ctx.principal.arn(ctx.cloud, &ctx.account_id),
            principal: ctx.principal.clone(),
            session: ctx.session.clone(),
            key_id: None,
            now: ctx.now,
        };
        Self { caller: Some(caller), ..self }
    }

    fn by(self, holder: &Holder) -> Self {
        let caller = Who {
            account_id: holder.account.id.clone(),
            arn: holder.arn(),
            principal: holder.principal(),
            session: None,
            key_id: None,
            now: holder.now,
        };
        Self { caller: Some(caller), ..self }
    }
}

/// Answers one request, in a task of its own as [`super::handle`] does. `draw` makes HTML of the pages.
pub(crate) async fn handle(
    app: App,
    address: IpAddr,
    parts: Parts,
    body: Body,
    draw: fn(&Page) -> Option<String>,
) -> Response<Body> {
    let body = read(&parts, body).await;
    let answering = tokio::spawn(answer(app, address, parts, body));
    let response = answering.await.unwrap_or_else(|error| {
        tracing::error!(%error, "request panicked");
        page::problem(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong.")
    });
    page::drawn(response, draw)
}

async fn answer(app: App, address: IpAddr, parts: Parts, body: Result<Bytes, BodyFault>) -> Response<Body> {
    let started = Instant::now();
    let request_id = app.ids.uuid();
    let agent = user_agent(&parts.headers);
    let (method, path) = (parts.method.clone(), parts.uri.path().to_owned());
    let mut asked = Asked {
        app: app.clone(),
        address,
        method,
        path,
        headers: parts.headers,
        pairs: Vec::new(),
        body: Bytes::new(),
    };
    let readable = body.is_ok_and(|body| {
        asked.body = body;
        let posted = if asked.is_form() { asked.body.clone() } else { Bytes::new() };
        let query = parts.uri.query().unwrap_or_default().as_bytes();
        let pairs: Result<Vec<_>, _> = form::pairs(query).chain(form::pairs(&posted)).collect();
        // No store of ours takes a NUL.
        pairs.is_ok_and(|pairs| {
            asked.pairs = pairs;
            !asked.pairs.iter().any(|(name, value)| name.contains('\0') || value.contains('\0'))
        })
    });
    let done = if readable { route(&asked).await } else { Ok(unreadable(&asked)) };
    let done = done.unwrap_or_else(|error| {
        record::log_failure(&request_id, &error);
        failed(&asked)
    });
    let mut response = done.response;
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert("x-amzn-requestid", id);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    record::note(
        &app,
        Answered {
            request_id,
            dialect: done.dialect,
            cloud: if done.dialect.starts_with("alibaba") { Cloud::Alibaba } else { Cloud::Aws },
            action: done.action.to_owned(),
            scheme: None,
            mistrusted: false,
            caller: done.caller,
            // Nothing but secrets and what the action says.
            parameters: Parameters::default(),
            decision: Decided::default(),
            status: response.status().as_u16(),
            code: done.code,
            message: None,
            source_address: address,
            user_agent: agent,
            started,
        },
    );
    response
}

async fn route(asked: &Asked) -> Result<Done, Error> {
    match (&*asked.path, asked.method.as_str()) {
        ("/federation", "GET" | "POST") => federation::handle(asked).await,
        (authorize::AWS_PATH | authorize::ALIBABA_PATH, "GET" | "POST") => authorize::handle(asked).await,
        (authorize::CONFIRMATION_PATH, "GET") => Ok(authorize::confirmation(asked)),
        (aws_tokens::PATH, "POST") if asked.is_form() => oauth_tokens::token(asked).await,
        (aws_tokens::PATH, "POST") => aws_tokens::handle(asked).await,
        (oauth_tokens::EXCHANGE_PATH, "POST") => oauth_tokens::exchange(asked).await,
        (cloud_sso::BEGIN_PATH | cloud_sso::TOKEN_PATH | cloud_sso::CREDENTIALS_PATH, "POST")
        | (cloud_sso::ACCOUNTS_PATH | cloud_sso::CONFIGURATIONS_PATH, "GET") => cloud_sso::handle(asked).await,
        _ => {
            let response = page::problem(StatusCode::METHOD_NOT_ALLOWED, "This address has another method.");
            Ok(Done::new("sign-in", "", response).refused("MethodNotAllowed"))
        }
    }
}

fn unreadable(asked: &Asked) -> Done {
    match &*asked.path {
        path if cloud_sso::is_own(path) => cloud_sso::refused(asked, cloud_sso::Fault::Parameter("Body")),
        aws_tokens::PATH if !asked.is_form() => aws_tokens::refused(GrantFault::Invalid(UNREADABLE)),
        aws_tokens::PATH | oauth_tokens::EXCHANGE_PATH => {
            oauth_tokens::refused(asked, "Token", GrantFault::Invalid(UNREADABLE))
        }
        _ => Done::new("sign-in", "", page::problem(StatusCode::BAD_REQUEST, UNREADABLE)).refused("BadRequest"),
    }
}

fn failed(asked: &Asked) -> Done {
    match &*asked.path {
        path if cloud_sso::is_own(path) => cloud_sso::refused(asked, cloud_sso::Fault::Internal),
        aws_tokens::PATH if !asked.is_form() => aws_tokens::failed(),
        aws_tokens::PATH | oauth_tokens::EXCHANGE_PATH => oauth_tokens::failed(asked),
        _ => {
            let response = page::problem(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong.");
            Done::new("sign-in", "", response).refused("InternalError")
        }
    }
}

/// An answer in JSON.
fn json(status: StatusCode, body: &serde_json::Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Sends a browser elsewhere, by GET.
fn redirect(to: &str) -> Response<Body> {
    let Ok(location) = HeaderValue::from_str(to) else {
        return page::problem(StatusCode::BAD_REQUEST, UNREADABLE);
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    response.headers_mut().insert(header::LOCATION, location);
    response
}
