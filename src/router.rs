//! The one door: the clouds' APIs at `/`, where people sign in, the console under `/console`, the control surface under
//! `/_sesame`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::Response;
use axum::routing::any;

use crate::app::App;
use crate::{console, control, dialect};

/// The router, the same for the binary, the library and the tests.
pub(crate) fn router(app: &App) -> Router {
    let control = control::router(app, dialect::denial_text);
    let mut router = Router::new().nest("/_sesame", control).merge(console::router()).fallback(door);
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
