//! Serves a router on a listener until it is told to stop; it knows nothing of what is served.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tracing::{debug, info, warn};

/// Starts to listen on `address`.
///
/// # Errors
/// The address is taken or not ours; the error says which address.
pub async fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .map_err(|error| io::Error::new(error.kind(), format!("cannot listen on {address}: {error}")))
}

/// Serves `router` until `stop` ends. Then no connection is accepted any more, idle ones are
/// closed, and requests in flight may finish within `grace`.
///
/// # Errors
/// The listener failed for good.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    grace: Duration,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    // small replies must not wait for the acknowledgement of the last one
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            debug!(%error, "could not set TCP_NODELAY");
        }
    });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let (stopping, told_to_stop) = oneshot::channel::<()>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(async {
        // dropping the sender is the signal
        let _ = told_to_stop.await;
    });
    let mut serving = pin!(serving.into_future());
    tokio::select! {
        result = &mut serving => return result,
        () = stop => {}
    }
    info!(grace.seconds = grace.as_secs(), "stopping");
    drop(stopping);
    tokio::time::timeout(grace, serving).await.unwrap_or_else(|_| {
        warn!("stopped with requests still in flight");
        Ok(())
    })
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

#[cfg(test)]
mod tests {
    use axum::extract::ConnectInfo;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio::sync::Notify;
    use tokio::task::JoinHandle;

    use super::*;

    const GRACE: Duration = Duration::from_secs(20);
    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: sesame\r\n\r\n";

    struct Started {
        address: SocketAddr,
        stop: oneshot::Sender<()>,
        server: JoinHandle<io::Result<()>>,
    }

    async fn start(router: Router, grace: Duration) -> Started {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(serve(listener, router, grace, async {
            let _ = stopped.await;
        }));
        Started { address, stop, server }
    }

    async fn ends(server: JoinHandle<io::Result<()>>) {
        tokio::time::timeout(GRACE / 2, server).await.expect("the server ends").unwrap().unwrap();
    }

    async fn read_some(client: &mut TcpStream) -> String {
        let mut buffer = [0; 1024];
        let read = client.read(&mut buffer).await.unwrap();
        String::from_utf8_lossy(&buffer[..read]).into_owned()
    }

    #[tokio::test]
    async fn an_address_in_use_is_named() {
        let first = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = first.local_addr().unwrap();
        let error = bind(address).await.unwrap_err().to_string();
        let expected = format!("cannot listen on {address}: Address already in use");
        assert!(error.starts_with(&expected), "{error}");
    }

    #[tokio::test]
    async fn requests_learn_the_address_of_their_client() {
        let router =
            Router::new().route("/", get(|ConnectInfo(from): ConnectInfo<SocketAddr>| async move { from.to_string() }));
        let started = start(router, GRACE).await;
        let mut client = TcpStream::connect(started.address).await.unwrap();
        client.write_all(REQUEST).await.unwrap();
        let reply = read_some(&mut client).await;
        assert!(reply.ends_with(&client.local_addr().unwrap().to_string()), "{reply}");
    }

    #[tokio::test]
    async fn an_idle_connection_is_closed_and_does_not_hold_up_the_stop() {
        let started = start(Router::new().route("/", get(|| async { "hello" })), GRACE).await;
        let mut used = TcpStream::connect(started.address).await.unwrap();
        used.write_all(REQUEST).await.unwrap();
        assert!(read_some(&mut used).await.ends_with("hello"));
        let _unused = TcpStream::connect(started.address).await.unwrap();
        drop(started.stop);
        ends(started.server).await;
        assert_eq!(read_some(&mut used).await, "");
        assert!(TcpStream::connect(started.address).await.is_err());
    }

    #[tokio::test]
    async fn a_request_in_flight_is_finished() {
        let (entered, leave) = (std::sync::Arc::new(Notify::new()), std::sync::Arc::new(Notify::new()));
        let (inside, go) = (entered.clone(), leave.clone());
        let slow = get(move || async move {
            inside.notify_one();
            go.notified().await;
            "done"
        });
        let started = start(Router::new().route("/", slow), GRACE).await;
        let mut client = TcpStream::connect(started.address).await.unwrap();
        client.write_all(REQUEST).await.unwrap();
        entered.notified().await;
        drop(started.stop);
        leave.notify_one();
        assert!(read_some(&mut client).await.ends_with("done"));
        ends(started.server).await;
    }

    #[tokio::test]
    async fn a_request_that_never_ends_is_given_up_after_the_grace() {
        let entered = std::sync::Arc::new(Notify::new());
        let inside = entered.clone();
        let stuck = get(move || async move {
            inside.notify_one();
            std::future::pending::<&'static str>().await
        });
        let started = start(Router::new().route("/", stuck), Duration::from_millis(50)).await;
        let mut client = TcpStream::connect(started.address).await.unwrap();
        client.write_all(REQUEST).await.unwrap();
        entered.notified().await;
        drop(started.stop);
        ends(started.server).await;
    }
}
