//! What a proxy is asked for: tunnels (RFC 9110 section 9.3.6) and requests whose target is a whole URL (RFC 9112 section
//! 3.2.2). All of it ends here. No name is looked up and no connection is opened: what is not ours is refused.

use axum::body::Body;
use axum::http::uri::{Authority, PathAndQuery, Scheme};
use axum::http::{HeaderValue, Request, Response, StatusCode, Uri, header};
use hyper::body::Incoming;

use super::connection::{Connection, spawn_tunnel};
use crate::federation::authority::ServerName;
use crate::hosts::{self, Host};

/// What a client is told that wants to go elsewhere.
const ELSEWHERE: &str = "Sesame stands in for the identity services of Alibaba Cloud and AWS and opens no connection to \
                         anyone. This is none of their hosts; name it in NO_PROXY to reach it without Sesame.\n";

/// Lets a client speak through us with a host that we stand in for.
pub(super) fn connect(connection: &Connection, request: &mut Request<Incoming>) -> Response<Body> {
    if connection.tunnel.is_some() {
        return plain(StatusCode::FORBIDDEN, "A tunnel leads to its host and no further.\n");
    }
    // A target of this method has a host, a port and nothing else; a client may leave out none of them.
    let target = request.uri().authority().filter(|_| request.uri().path_and_query().is_none());
    let Some((authority, port)) = target.and_then(|authority| Some((authority, authority.port_u16()?))) else {
        return plain(StatusCode::BAD_REQUEST, "CONNECT asks for HOST:PORT.\n");
    };
    if authority.as_str().contains('@') {
        return plain(StatusCode::BAD_REQUEST, "CONNECT asks for HOST:PORT.\n");
    }
    let Some(name) = ours(connection, authority, port) else {
        return plain(StatusCode::FORBIDDEN, ELSEWHERE);
    };
    let upgrade = hyper::upgrade::on(request);
    spawn_tunnel(upgrade, connection.tunnel_to(name));
    Response::new(Body::empty())
}

/// Makes of a request through us what it would be at the host itself; gives the answer to one that is for somebody else.
pub(super) fn take_in(connection: &Connection, request: &mut Request<Incoming>) -> Option<Response<Body>> {
    if let Some(authority) = request.uri().authority().cloned() {
        let default = if request.uri().scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 };
        let port = authority.port_u16().unwrap_or(default);
        // With a user in front, what stands before the `@` may look like a host of ours.
        let has_user = authority.as_str().contains('@');
        if has_user || connection.tunnel.is_none() && ours(connection, &authority, port).is_none() {
            return Some(plain(StatusCode::FORBIDDEN, ELSEWHERE));
        }
        let Ok(host) = HeaderValue::from_str(authority.as_str()) else {
            return Some(plain(StatusCode::BAD_REQUEST, "The URL's host is not one.\n"));
        };
        let told = request.headers().get(header::HOST).and_then(|told| told.to_str().ok()).unwrap_or_default();
        // The URL decides; a client that spelt the same in Host has perhaps signed that.
        if !same_host(told, authority.as_str()) {
            request.headers_mut().insert(header::HOST, host);
        }
        let path = request.uri().path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
        *request.uri_mut() = Uri::from(path);
    }
    let tunnel = connection.tunnel.as_deref()?;
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let leads_there = Host::of(host).name().eq_ignore_ascii_case(tunnel);
    (!leads_there).then(|| plain(StatusCode::MISDIRECTED_REQUEST, "This tunnel leads to another host.\n"))
}

/// The name of a host that we stand in for, or of ourselves.
fn ours(connection: &Connection, authority: &Authority, port: u16) -> Option<String> {
    let name = Host::of(authority.as_str()).name().to_ascii_lowercase();
    let is_clouds = matches!(port, 80 | 443) && hosts::cloud_host(&name).is_some();
    let address = name.parse().ok();
    let is_own = |own: &ServerName| match own {
        ServerName::Dns(own) => *own == name,
        ServerName::Address(own) => Some(*own) == address,
    };
    let is_own = port == connection.port && connection.shared.door.names.iter().any(is_own);
    (is_clouds || is_own).then_some(name)
}

fn same_host(one: &str, other: &str) -> bool {
    let bare = |text: &str| {
        let port = text.strip_suffix(":80").or_else(|| text.strip_suffix(":443"));
        port.unwrap_or(text).to_ascii_lowercase()
    };
    bare(one) == bare(other)
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
