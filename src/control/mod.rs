//! The control surface for testers, JSON under `/_sesame`.

mod accounts;
mod authorize;
mod body;
mod clock;
mod events;
mod expect;
mod explain;
mod faults;
mod filter;
mod least_privilege;
mod metrics;
mod oidc;
mod openapi;
mod problem;
mod requests;
mod sessions;
mod sign_in;
mod snapshots;
mod state;

use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Extension, Json, Router};
use percent_encoding::percent_decode_str;
use secrecy::ExposeSecret;
use serde_json::json;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::domain::account::Cloud;
use crate::domain::denial::Denial;
use crate::origin::may_reach_control;
use crate::services::sign_in_records::Visitor;
use crate::services::{authority, retry, world};
pub(crate) use metrics::router as metrics_router;
use openapi::Call;
use openapi::schema::{object, told, word};
use problem::Problem;

/// The most characters of what a client calls itself that the journal keeps.
const LONGEST_USER_AGENT: usize = 1_024;

/// Words a denial as a cloud does, for the caller of this ARN.
pub(crate) type DenialText = fn(Cloud, &Denial, &str) -> String;

pub(crate) use crate::services::faults::KnownError;

/// The routes below `/_sesame`.
pub(crate) fn router(app: &App, denial_text: DenialText, known_error: KnownError) -> Router<App> {
    let guarded = Router::new()
        .route("/authorize", post(authorize::authorize).layer(Extension(denial_text)))
        .route("/events", get(events::list))
        .route("/events/stream", get(events::stream))
        .route("/explain/{request_id}", get(explain::explain))
        .route("/faults", get(faults::list).post(faults::add).delete(faults::clear).layer(Extension(known_error)))
        .route("/faults/{id}", get(faults::get).delete(faults::remove))
        .route("/least-privilege", get(least_privilege::least_privilege))
        .route("/openapi.json", get(openapi::get))
        .route("/reset", post(reset))
        .route("/clock", get(clock::get).put(clock::put))
        .route("/clock/advance", post(clock::advance))
        .route("/sign-in", post(sign_in::sign_in))
        .route("/sessions", get(sessions::list))
        .route("/sessions/{id}", get(sessions::get).delete(sessions::delete))
        .route("/sessions/{id}/switch-role", post(sessions::switch_role))
        .route("/requests", get(requests::list).delete(requests::clear))
        .route("/requests/expect", get(expect::expect))
        .route("/requests/stream", get(requests::stream))
        .route("/accounts", get(accounts::list).post(accounts::create))
        .route("/accounts/{id}", delete(accounts::drop_account))
        .route("/accounts/{id}/reset", post(accounts::reset))
        .route("/accounts/{id}/oidc-keys", get(oidc::list_keys).put(oidc::put_keys))
        .route("/accounts/{id}/oidc-token", post(oidc::issue_token))
        .route("/state", get(state::get).put(state::put).layer(DefaultBodyLimit::max(state::LARGEST)))
        .route("/snapshots", get(snapshots::list).post(snapshots::take))
        .route("/snapshots/{name}", delete(snapshots::delete))
        .route("/snapshots/{name}/restore", post(snapshots::restore))
        .route("/users/{cloud}/{account}/{user}/totp", get(accounts::totp))
        .layer(middleware::from_fn_with_state(app.clone(), guard));
    // Health stays open: whoever starts the container asks for it; and so does the certificate, which is no secret.
    Router::new()
        .route("/ca", get(certificate_authority))
        .route("/health", get(health))
        .merge(guarded)
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn(openapi::held))
        .layer(middleware::from_fn(problem::locate))
}

/// What is told of the calls of this file.
fn calls() -> Vec<Call> {
    let health = object(vec![("status", told()), ("version", told()), ("store", word(&["sqlite", "postgres"]))]);
    vec![
        Call::new("get", "/ca", "The certificate that clients are to trust")
            .open()
            .answer_as(200, "In PEM", "application/x-pem-file", &told())
            .refusal(404, "this server speaks no TLS"),
        Call::new("get", "/health", "Whether the server is well").open().answer(200, "It is", &health).answer(
            503,
            "Its store does not answer, or its file is not what it was",
            &health,
        ),
        Call::new("post", "/reset", "Take everything back to the beginning").done("It is as it was"),
    ]
}

async fn health(State(app): State<App>) -> Response {
    let body = |status: &str| json!({"status": status, "version": env!("CARGO_PKG_VERSION"), "store": app.db.engine()});
    if let Err(astray) = app.db.check_file() {
        tracing::error!("{astray}: what is written now is lost when the server stops");
        return (StatusCode::SERVICE_UNAVAILABLE, Json(body(&astray.to_string()))).into_response();
    }
    match app.db.ping().await {
        Ok(()) => Json(body("ok")).into_response(),
        Err(error) => {
            tracing::warn!(%error, "the store does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, Json(body("store does not answer"))).into_response()
        }
    }
}

async fn certificate_authority(State(app): State<App>) -> Result<Response, Problem> {
    if !app.settings.tls.enabled {
        return Err(Problem::new(StatusCode::NOT_FOUND, "no-tls", "this server speaks no TLS: tls.enabled is false"));
    }
    let pem = uncancelled(async move { retry(|| authority::certificate(&app)).await }).await?;
    Ok(([(header::CONTENT_TYPE, "application/x-pem-file")], pem).into_response())
}

async fn reset(State(app): State<App>) -> Result<StatusCode, Problem> {
    uncancelled(async move { retry(|| world::reset(&app)).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn nothing_here() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not-found", "there is no such control call")
}

async fn wrong_method() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "this control call has another method")
}

/// Runs a use case to its end, also when the client goes away.
async fn uncancelled<T: Send + 'static, E: Into<Problem> + Send + 'static>(
    use_case: impl Future<Output = Result<T, E>> + Send + 'static,
) -> Result<T, Problem> {
    match tokio::spawn(use_case).await {
        Ok(done) => done.map_err(Into::into),
        Err(error) => {
            tracing::error!(%error, "control call panicked");
            Err(Problem::internal())
        }
    }
}

/// Whoever calls, as the journal is told of sign-ins; one who came over no socket comes from here.
fn visitor(peer: Option<Extension<ConnectInfo<SocketAddr>>>, headers: &HeaderMap) -> Visitor {
    let address = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |Extension(ConnectInfo(address))| address.ip());
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    Visitor::new(address, agent.map(|agent| agent.chars().take(LONGEST_USER_AGENT).collect()))
}

/// Lets in whom the settings let in, and no page of another site: a browser says where a page came from.
async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    if let Some(token) = &app.settings.control.token {
        let given = bearer(request.headers()).unwrap_or_default();
        if !bool::from(given.as_bytes().ct_eq(token.expose_secret().as_bytes())) {
            let text = "this server asks for its control token: Authorization: Bearer ...";
            return Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", text).into_response();
        }
    }
    if !may_reach_control(&app.settings, request.headers()) {
        let text = "pages of other sites may not call the control surface";
        return Problem::new(StatusCode::FORBIDDEN, "foreign-origin", text).into_response();
    }
    let uri = request.uri();
    let path = percent_decode_str(uri.path()).decode_utf8();
    let holds_nul = |text: &str| text.contains('\0') || text.contains("%00");
    if path.is_err() || path.is_ok_and(|path| holds_nul(&path)) || uri.query().is_some_and(holds_nul) {
        return Problem::bad_request("the path or the query is not text").into_response();
    }
    next.run(request).await
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    // RFC 9110 section 11.1: the scheme's case does not matter
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}
