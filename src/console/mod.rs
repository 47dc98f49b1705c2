//! The console: pages for people under `/console`, rendered here and whole without a script. Calls use cases alone.
//!
//! # Adding a page
//! 1. A template under `templates/console` that opens with `{% extends "console/shell.html" %}` and fills the blocks
//!    `title` and `main`. Everything that `{{ }}` prints is escaped; nothing is to be marked `safe`. Fields, notices,
//!    badges, copy buttons and empty states are the types of [`parts`]: a page has them as members and prints them. A
//!    table with class `cards` and a `data-label` on every cell becomes cards on a phone. What asks before it acts is a
//!    `<details class="confirm">` with the form in it, or a page of its own.
//! 2. A handler that takes [`signed_in::SignedIn`]: it has the account, the session and the `Ctx` that use cases take.
//!    Ask [`crate::services::authorize`] first, as the dialects do: use cases themselves ask no policy. It answers
//!    `Result<Response, Failure>`; [`page::Failure`] makes a page of every domain error. A page's struct has the member
//!    `shell` ([`page::Shell`], from `signed_in.shell("section")`) and goes out through [`page::render`].
//! 3. A form is `method="post"`, prints `{{ shell.token }}`, and is taken by [`signed_in::SignedForm`], which has looked
//!    at the origin and the token before the handler runs. Changes go through [`run`], so that they are finished when
//!    the browser goes away. Afterwards [`notice::redirect`] leads to a page that can be reloaded, with a notice.
//! 4. The route in [`router`], and a row in [`nav::ITEMS`] when it is a section.
//! 5. Tests under `tests/it/console`, over HTTP with `support::browser`.

mod admin;
mod assets;
mod cookies;
mod device_access;
mod door;
mod forms;
mod home;
mod local_path;
mod nav;
mod notice;
mod page;
mod parts;
mod sign_in;
mod signed_in;
mod testers;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use crate::app::App;
use crate::domain::error::Error;
use crate::origin::may_reach_console;
use page::Failure;

pub(crate) use door::door;

/// The routes of the console, from `/console` on.
pub(crate) fn router(app: &App) -> Router<App> {
    let inside = Router::new()
        .route("/", get(home::home))
        .route("/assets/{name}", get(assets::get))
        .route("/device", get(device_access::show).post(device_access::answer))
        .merge(admin::router())
        .merge(sign_in::router())
        .merge(testers::router())
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn_with_state(app.clone(), own_names))
        .layer(middleware::from_fn(headers));
    Router::new().route("/console/", get(async || Redirect::permanent("/console"))).nest("/console", inside)
}

/// What every answer says to the browser: load nothing from elsewhere, run nothing that stands in a page, let no other
/// site frame it, keep no page.
const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
         connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // Other sites are told nothing; our own forms still say where they come from.
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Turns away a page of a site whose name was made to lead here.
async fn own_names(State(app): State<App>, request: Request, next: Next) -> Response {
    // What dresses a page says nothing, and the page of this refusal wants it too.
    let is_page = !request.uri().path().starts_with("/assets/");
    if is_page && !may_reach_console(&app.settings, request.headers()) {
        let text = "This server is reached by localhost, an address, or a name of its setting tls.names.";
        return Failure::new(StatusCode::FORBIDDEN, "Not from here", text).into_response();
    }
    let path = request.uri().path();
    if percent_encoding::percent_decode_str(path).decode_utf8().map_or(true, |path| path.contains('\0')) {
        let text = "The address of this page is not text.";
        return Failure::new(StatusCode::BAD_REQUEST, "Not an address", text).into_response();
    }
    next.run(request).await
}

async fn nothing_here() -> Failure {
    Failure::new(StatusCode::NOT_FOUND, "Nothing here", "There is no such page in the console.")
}

async fn wrong_method() -> Response {
    // A step that was reloaded or bookmarked: it starts again.
    Redirect::to("/console").into_response()
}

/// Runs a use case to its end, also when the browser goes away.
async fn run<T: Send + 'static>(
    use_case: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Failure> {
    match tokio::spawn(use_case).await {
        Ok(done) => done.map_err(Into::into),
        Err(error) => {
            tracing::error!(%error, "a call of the console panicked");
            Err(Failure::internal())
        }
    }
}
