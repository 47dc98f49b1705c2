//! One port for plain HTTP, TLS and tunnels: serves a router on a listener until it is told to stop. It knows nothing of
//! what is served.

mod connection;
mod patience;
mod proxy;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;
use tracing::{info, warn};

use self::patience::Patience;
use crate::federation::authority::ServerName;
use crate::tls::Tls;

/// How long to wait when no connection can be accepted: with no file handles left, say.
const BREATH: Duration = Duration::from_secs(1);

/// What is behind the port.
pub struct Door {
    router: Router,
    tls: Option<Tls>,
    /// The names that clients may be led to through us, besides the clouds' own.
    names: Vec<ServerName>,
    patience: Patience,
}

impl Door {
    /// A router, and TLS if it is spoken here.
    pub fn new(router: Router, tls: Option<Tls>, names: Vec<ServerName>) -> Self {
        Self { router, tls, names, patience: Patience::USUAL }
    }
}

impl From<Router> for Door {
    /// Plain HTTP alone.
    fn from(router: Router) -> Self {
        Self::new(router, None, Vec::new())
    }
}

/// What every connection shares. The server waits until the last one has let go of it.
#[derive(Clone)]
struct Shared {
    door: Arc<Door>,
    stop: watch::Receiver<bool>,
    _alive: mpsc::Sender<Infallible>,
}

impl Shared {
    /// How long clients are waited for.
    fn patience(&self) -> &Patience {
        &self.door.patience
    }

    /// Ends when the server is to stop.
    async fn stopped(&self) {
        // an error is a server that has gone already
        let _ = self.stop.clone().wait_for(|stop| *stop).await;
    }

    /// Ends when the server has gone, whether it was told to stop or dropped.
    async fn left_alone(&self) {
        let _ = self.stop.clone().wait_for(|_| false).await;
    }
}

/// A port that is listened on, and that can be given up at once by somebody else than who accepts on it.
#[derive(Clone, Debug)]
pub struct Port(Arc<Mutex<Option<TcpListener>>>);

impl From<TcpListener> for Port {
    fn from(listener: TcpListener) -> Self {
        Self(Arc::new(Mutex::new(Some(listener))))
    }
}

impl Port {
    fn listener(&self) -> MutexGuard<'_, Option<TcpListener>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Frees the port: from here on somebody else may listen on it.
    pub fn close(&self) {
        *self.listener() = None;
    }

    /// The next connection. None comes once the port is closed.
    async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        poll_fn(|context| self.listener().as_ref().map_or(Poll::Pending, |listener| listener.poll_accept(context)))
            .await
    }
}

/// Starts to listen on `address`.
///
/// # Errors
/// The address is taken or not ours; the error says which address.
pub async fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .map_err(|error| io::Error::new(error.kind(), format!("cannot listen on {address}: {error}")))
}

/// Serves what is behind `door` until `stop` ends. Then no connection is accepted any more, idle ones are closed, tunnels
/// too, and requests in flight may finish within `grace`. What is still there behind it ends with it; so does everything
/// when this is dropped.
pub async fn serve(port: impl Into<Port>, door: impl Into<Door>, grace: Duration, stop: impl Future<Output = ()>) {
    let port = port.into();
    let (stopping, told_to_stop) = watch::channel(false);
    let (alive, mut all_gone) = mpsc::channel(1);
    let shared = Shared { door: Arc::new(door.into()), stop: told_to_stop, _alive: alive };
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = port.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                tokio::spawn(connection::accepted(stream, peer, shared.clone()));
            }
            // The client went away while it waited.
            Err(error) if is_of_the_client(&error) => {}
            Err(error) => {
                warn!(%error, "cannot accept a connection");
                if timeout(BREATH, &mut stop).await.is_ok() {
                    break;
                }
            }
        }
    }
    info!(grace.seconds = grace.as_secs(), "stopping");
    port.close();
    drop(shared);
    let _ = stopping.send(true);
    if timeout(grace, all_gone.recv()).await.is_err() {
        warn!("stopped with requests still in flight");
    }
}

fn is_of_the_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Ends when the process is asked to stop, by SIGTERM or Ctrl-C.
pub async fn stop_signal() {
    let interrupted = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            warn!(%error, "cannot listen for Ctrl-C");
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = interrupted => {}
        () = terminated() => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signals) => {
            signals.recv().await;
        }
        Err(error) => {
            warn!(%error, "cannot listen for SIGTERM");
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending::<()>().await;
}
