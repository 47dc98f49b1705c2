//! One connection: its first byte tells TLS from plain HTTP; requests inside go to the router, and what a proxy is asked
//! for to [`super::proxy`].

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tracing::debug;

use super::patience::TimedBody;
use super::{Shared, proxy};
use crate::origin::OverTls;
use crate::stopping::Stopping;

/// The first byte of every TLS connection: the content type of a handshake (RFC 8446 section 5.1). No method of HTTP
/// begins with it.
const HANDSHAKE: u8 = 0x16;

/// What is known of a connection before its first request.
pub(super) struct Connection {
    pub(super) peer: SocketAddr,
    /// The port that the client called.
    pub(super) port: u16,
    is_tls: bool,
    /// The host that a tunnel leads to.
    pub(super) tunnel: Option<String>,
    /// Whether there was a request on it, which may wait for its answer.
    has_asked: AtomicBool,
    stopping: Stopping,
    pub(super) shared: Shared,
}

impl Connection {
    /// A tunnel inside it.
    pub(super) fn tunnel_to(&self, host: String) -> Self {
        let Self { peer, port, .. } = *self;
        Self {
            peer,
            port,
            is_tls: false,
            tunnel: Some(host),
            has_asked: AtomicBool::new(false),
            stopping: Stopping::new(self.shared.stop.clone()),
            shared: self.shared.clone(),
        }
    }
}

/// Serves what was accepted.
pub(super) async fn accepted(stream: TcpStream, peer: SocketAddr, shared: Shared) {
    // small replies must not wait for the acknowledgement of the last one
    if let Err(error) = stream.set_nodelay(true) {
        debug!(%error, "could not set TCP_NODELAY");
    }
    let Ok(port) = stream.local_addr().map(|address| address.port()) else { return };
    let mut first = [0];
    let seen = tokio::select! {
        seen = timeout(shared.patience().first_byte, stream.peek(&mut first)) => seen,
        () = shared.stopped() => return,
    };
    let (has_asked, stopping) = (AtomicBool::new(false), Stopping::new(shared.stop.clone()));
    let connection = Connection { peer, port, is_tls: false, tunnel: None, has_asked, stopping, shared };
    match seen {
        // boxed, since a connection that is not TLS must not cost the memory of one
        Ok(Ok(1)) if first == [HANDSHAKE] => Box::pin(tls(stream, connection)).await,
        Ok(Ok(1)) => http(stream, connection).await,
        _ => {}
    }
}

/// Serves a tunnel once the client has been told that it stands. No `async fn`: a tunnel is made inside a connection, and
/// its future must not be part of the connection's own.
pub(super) fn spawn_tunnel(upgrade: OnUpgrade, connection: Connection) {
    tokio::spawn(async move {
        let shared = connection.shared.clone();
        let beginning = async {
            let mut stream = BufReader::with_capacity(1_024, TokioIo::new(upgrade.await.ok()?));
            let first = stream.fill_buf().await.ok()?.first().copied()?;
            Some((stream, first))
        };
        let begun = tokio::select! {
            begun = timeout(shared.patience().tunnel, beginning) => begun.ok().flatten(),
            () = shared.stopped() => None,
        };
        match begun {
            Some((stream, HANDSHAKE)) => tls(stream, connection).await,
            Some((stream, _)) => http(stream, connection).await,
            None => {}
        }
    });
}

async fn tls<S>(stream: S, connection: Connection)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Some(tls) = &connection.shared.door.tls else { return };
    let patience = connection.shared.patience();
    let accepting = timeout(patience.handshake, tls.accept(stream, connection.tunnel.as_deref()));
    let accepted = tokio::select! {
        accepted = accepting => accepted,
        () = connection.shared.stopped() => return,
    };
    match accepted {
        Ok(Ok(stream)) => http(stream, Connection { is_tls: true, ..connection }).await,
        Ok(Err(error)) => debug!(%error, "no TLS with a client"),
        Err(_) => debug!("a client took too long to shake hands"),
    }
}

async fn http<S>(stream: S, connection: Connection)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let connection = Arc::new(connection);
    let answering = connection.clone();
    let service = service_fn(move |request| answer(answering.clone(), request));
    let patience = *connection.shared.patience();
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(patience.head);
    let serving = builder.serve_connection(TokioIo::new(stream), service).with_upgrades();
    let mut serving = pin!(serving);
    let to_its_end = async {
        tokio::select! {
            served = serving.as_mut() => served,
            () = connection.shared.stopped() => {
                serving.as_mut().graceful_shutdown();
                match timeout(patience.last_head, serving.as_mut()).await {
                    Ok(served) => served,
                    // It began a request and never came to its end, or does not read what has none: nobody waits.
                    Err(_) if !connection.has_asked.load(Ordering::Relaxed) => Ok(()),
                    Err(_) if connection.stopping.is_endless() => Ok(()),
                    Err(_) => serving.await,
                }
            }
        }
    };
    let served = tokio::select! {
        served = to_its_end => served,
        () = connection.shared.left_alone() => return,
    };
    if let Err(error) = served {
        debug!(%error, "a connection ended");
    }
}

async fn answer(connection: Arc<Connection>, mut request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
    connection.has_asked.store(true, Ordering::Relaxed);
    if request.method() == Method::CONNECT {
        return Ok(proxy::connect(&connection, &mut request));
    }
    if let Some(refusal) = proxy::take_in(&connection, &mut request) {
        return Ok(refusal);
    }
    request.extensions_mut().insert(ConnectInfo(connection.peer));
    request.extensions_mut().insert(connection.stopping.clone());
    if connection.is_tls {
        request.extensions_mut().insert(OverTls);
    }
    let within = connection.shared.patience().body;
    let request = request.map(|body| Body::new(TimedBody::new(body, within)));
    TowerToHyperService::new(connection.shared.door.router.clone()).call(request).await
}
