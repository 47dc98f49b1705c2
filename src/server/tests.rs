//! How it stops.

use axum::extract::ConnectInfo;
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use super::*;

const GRACE: Duration = Duration::from_secs(20);
const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: sesame\r\n\r\n";

struct Started {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
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

async fn ends(server: JoinHandle<()>) {
    tokio::time::timeout(GRACE / 2, server).await.expect("the server ends").unwrap();
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

#[tokio::test]
async fn a_server_that_is_dropped_leaves_nothing_behind() {
    let entered = std::sync::Arc::new(Notify::new());
    let inside = entered.clone();
    let stuck = get(move || async move {
        inside.notify_one();
        std::future::pending::<&'static str>().await
    });
    let started = start(Router::new().route("/", stuck), GRACE).await;
    let mut waiting = TcpStream::connect(started.address).await.unwrap();
    waiting.write_all(REQUEST).await.unwrap();
    entered.notified().await;
    started.server.abort();
    assert_eq!(read_some(&mut waiting).await, "");
    assert!(TcpStream::connect(started.address).await.is_err());
}

#[tokio::test]
async fn a_closed_port_is_free_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let port = Port::from(listener);
    let accepting = tokio::spawn({
        let port = port.clone();
        async move { port.accept().await.map(|_| ()) }
    });
    tokio::task::yield_now().await;
    port.close();
    std::net::TcpListener::bind(address).unwrap();
    accepting.abort();
}
