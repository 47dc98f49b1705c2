//! The one door: the clouds' APIs at `/`, the control surface under `/_sesame`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::Response;

use crate::app::App;
use crate::{control, dialect};

/// The router, the same for the binary, the library and the tests.
pub(crate) fn router(app: &App) -> Router {
    Router::new().nest("/_sesame", control::router(app)).fallback(door).with_state(app.clone())
}

/// Where a request comes from; a request that came over no socket comes from here.
pub(crate) fn source_address(request: &Request) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |ConnectInfo(address)| address.ip())
}

/// Answers in a task of its own: a client that goes away must not stop a write half-way, and a panic ends nothing but
/// the one request.
async fn door(State(app): State<App>, request: Request) -> Response<Body> {
    let address = source_address(&request);
    let (parts, body) = request.into_parts();
    let answered = tokio::spawn(dialect::alibaba::handle(app.clone(), address, parts, body)).await;
    answered.unwrap_or_else(|error| {
        tracing::error!(%error, "request panicked");
        dialect::alibaba::internal_error(&app)
    })
}
