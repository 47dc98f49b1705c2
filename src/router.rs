//! The one door: the clouds' APIs at `/`, where people sign in, the console under `/console`, the control surface under
//! `/_sesame`, figures at `/metrics`. Under the clouds' own host names there is no more than at the clouds: an API, or the
//! pages to sign in.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Response, header};
use axum::routing::any;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;

use crate::app::App;
use crate::hosts::{self, CloudHost, Host};
use crate::{console, control, dialect};

mod sign_in_pages;

/// The router, the same for the binary, the library and the tests.
pub(crate) fn router(app: &App) -> Router {
    let (own, app) = (own(app), app.clone());
    Router::new().fallback(async move |request: Request| by_host(app, own, request).await)
}

/// Leads a request to what answers under the host that it names.
async fn by_host(app: App, own: Router, mut request: Request) -> Response<Body> {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = Host::of(host).name().to_ascii_lowercase();
    match hosts::cloud_host(&name) {
        None => {}
        Some(CloudHost::Api) => return door(State(app), request).await,
        Some(host) => match sign_in_pages::target(host, &request) {
            None => return sign_in_pages::nothing_here(),
            Some(target) => *request.uri_mut() = target,
        },
    }
    match TowerToHyperService::new(own).call(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// What answers under our own names.
fn own(app: &App) -> Router {
    let control = control::router(app, dialect::denial_text, dialect::known_error);
    let mut router = Router::new()
        .nest("/_sesame", control)
        .merge(control::metrics_router(app))
        .merge(console::router(app))
        .fallback(door);
    for path in dialect::sign_in::PATHS {
        router = router.route(path, any(sign_in));
    }
    router.with_state(app.clone())
}

/// Where a request comes from; a request that came over no socket comes from here.
pub(crate) fn source_address(request: &Request) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |ConnectInfo(address)| address.ip())
}

async fn door(State(app): State<App>, request: Request) -> Response<Body> {
    let address = source_address(&request);
    let (parts, body) = request.into_parts();
    dialect::handle(app, address, parts, body).await
}

async fn sign_in(State(app): State<App>, request: Request) -> Response<Body> {
    let address = source_address(&request);
    let (parts, body) = request.into_parts();
    dialect::sign_in::handle(app, address, parts, body, console::door).await
}
