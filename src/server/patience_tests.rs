//! Whoever says nothing, or says it too slowly, is left; whoever waits for an answer is not.

use std::future::pending;
use std::net::SocketAddr;
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::{get, post};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::{interval, timeout};

use super::super::{Door, bind, serve};
use super::*;

/// Long beside what a busy machine takes to read a few bytes.
const SHORT: Duration = Duration::from_millis(200);
/// Whoever waits longer than that hangs.
const LONG: Duration = Duration::from_secs(20);

const NEVER: Patience =
    Patience { first_byte: LONG, handshake: LONG, tunnel: LONG, head: LONG, body: LONG, last_head: LONG };

struct Served {
    address: SocketAddr,
    server: JoinHandle<()>,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Answers with the length of what it is sent, or slowly.
fn router() -> Router {
    let slow = || async {
        let (pieces, body) = tokio::sync::mpsc::channel::<Bytes>(1);
        tokio::spawn(async move {
            let mut ticks = interval(SHORT);
            ticks.tick().await;
            for _ in 0..3 {
                ticks.tick().await;
                let _ = pieces.send(Bytes::from_static(b"piece")).await;
            }
        });
        Body::new(Pieces(body))
    };
    let length = |body: Result<Bytes, axum::extract::rejection::BytesRejection>| async move {
        body.map_or_else(|_| "broken".to_owned(), |body| body.len().to_string())
    };
    Router::new().route("/slow", get(slow)).route("/length", post(length))
}

struct Pieces(tokio::sync::mpsc::Receiver<Bytes>);

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.poll_recv(context).map(|piece| piece.map(|piece| Ok(Frame::data(piece))))
    }
}

async fn start(patience: Patience) -> Served {
    let tls = crate::tls_in_memory().await;
    let door = Door { patience, ..Door::new(router(), Some(tls), Vec::new()) };
    let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = listener.local_addr().unwrap();
    Served { address, server: tokio::spawn(serve(listener, door, LONG, pending())) }
}

async fn connect(served: &Served) -> TcpStream {
    TcpStream::connect(served.address).await.unwrap()
}

/// All that still comes until the server closes, which must not take long.
async fn rest(client: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // A connection that is closed with bytes unread may be torn down.
    let _ = timeout(LONG / 2, client.read_to_end(&mut answer)).await.expect("the server closes the connection");
    String::from_utf8_lossy(&answer).into_owned()
}

/// Reads until this has come.
async fn until(client: &mut TcpStream, end: &str) -> String {
    let mut answer = Vec::new();
    while !String::from_utf8_lossy(&answer).ends_with(end) {
        let read = timeout(LONG / 2, client.read_buf(&mut answer)).await.expect("an answer in time").unwrap();
        assert!(read > 0, "closed after {:?}", String::from_utf8_lossy(&answer));
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// Says something and then nothing more; what was answered until the server closed.
async fn say(patience: Patience, text: &[u8]) -> String {
    let served = start(patience).await;
    let mut client = connect(&served).await;
    client.write_all(text).await.unwrap();
    let begun = Instant::now();
    let answer = rest(&mut client).await;
    // Nobody is turned away at once.
    assert!(begun.elapsed() >= SHORT / 2, "after {:?}", begun.elapsed());
    answer
}

#[tokio::test]
async fn who_says_nothing_is_left() {
    assert_eq!(say(Patience { first_byte: SHORT, ..NEVER }, b"").await, "");
}

#[tokio::test]
async fn a_head_has_to_come_to_its_end() {
    let patience = Patience { head: SHORT, ..NEVER };
    for begun in ["G", "GET /slow HTTP/1.1\r\nHost: a\r\n", "GET /slow HTTP/1.1\r\nHost: a\r\nX: y"] {
        let answer = say(patience, begun.as_bytes()).await;
        assert!(!answer.contains("200"), "{begun:?}: {answer:?}");
    }
}

#[tokio::test]
async fn who_drips_a_head_wins_no_time() {
    let served = start(Patience { head: SHORT, ..NEVER }).await;
    let mut client = connect(&served).await;
    client.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    let (mut reader, mut writer) = client.split();
    let mut ticks = interval(SHORT / 10);
    let dripping = async {
        loop {
            ticks.tick().await;
            if writer.write_all(b"X: y\r\n").await.is_err() {
                break;
            }
        }
    };
    let mut answer = Vec::new();
    tokio::select! {
        () = dripping => {}
        read = timeout(LONG / 2, reader.read_to_end(&mut answer)) => drop(read.expect("the server closes the connection")),
    }
}

#[tokio::test]
async fn a_connection_that_is_kept_is_left_when_it_is_idle() {
    let served = start(Patience { head: SHORT * 2, ..NEVER }).await;
    let mut client = connect(&served).await;
    for _ in 0..2 {
        client.write_all(b"POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab").await.unwrap();
        assert!(until(&mut client, "\r\n\r\n2").await.starts_with("HTTP/1.1 200"));
    }
    assert_eq!(rest(&mut client).await, "");
}

#[tokio::test]
async fn a_handshake_has_to_come_to_its_end() {
    // The beginning of a ClientHello, which says that 512 bytes follow.
    let patience = Patience { handshake: SHORT, ..NEVER };
    assert_eq!(say(patience, &[0x16, 3, 1, 2, 0, 1, 0]).await, "");
}

#[tokio::test]
async fn a_tunnel_has_to_be_used() {
    let served = start(Patience { tunnel: SHORT, ..NEVER }).await;
    let mut client = connect(&served).await;
    client.write_all(b"CONNECT sts.aliyuncs.com:443 HTTP/1.1\r\nHost: sts.aliyuncs.com:443\r\n\r\n").await.unwrap();
    assert!(until(&mut client, "\r\n\r\n").await.starts_with("HTTP/1.1 200"));
    assert_eq!(rest(&mut client).await, "");
    // What is said in one is held to the same times.
    for (patience, said) in [
        (Patience { handshake: SHORT, ..NEVER }, &[0x16, 3, 1, 2, 0][..]),
        (Patience { head: SHORT, ..NEVER }, b"GET / HTTP/1.1\r\n"),
    ] {
        let served = start(patience).await;
        let mut client = connect(&served).await;
        let connect = b"CONNECT sts.aliyuncs.com:80 HTTP/1.1\r\nHost: sts.aliyuncs.com:80\r\n\r\n";
        client.write_all(connect).await.unwrap();
        until(&mut client, "\r\n\r\n").await;
        client.write_all(said).await.unwrap();
        assert_eq!(rest(&mut client).await, "");
    }
}

#[tokio::test]
async fn a_body_has_to_come_whole() {
    let patience = Patience { body: SHORT, ..NEVER };
    for begun in [
        "POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc",
        "POST /length HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ] {
        // The handler is told, and the connection is of no use any more.
        let answer = say(patience, begun.as_bytes()).await;
        assert!(answer.ends_with("broken"), "{answer:?}");
    }
}

#[tokio::test]
async fn who_drips_a_body_wins_no_time() {
    let served = start(Patience { body: SHORT, ..NEVER }).await;
    let mut client = connect(&served).await;
    client.write_all(b"POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n").await.unwrap();
    let (mut reader, mut writer) = client.split();
    let mut ticks = interval(SHORT / 10);
    let dripping = async {
        while writer.write_all(b"x").await.is_ok() {
            ticks.tick().await;
        }
        pending::<()>().await;
    };
    let mut answer = Vec::new();
    tokio::select! {
        () = dripping => {}
        read = timeout(LONG / 2, reader.read_to_end(&mut answer)) => drop(read.expect("the server closes the connection")),
    }
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.ends_with("broken"), "{answer:?}");
}

#[tokio::test]
async fn a_large_body_takes_the_time_it_needs() {
    let served = start(Patience { body: SHORT, ..NEVER }).await;
    let mut client = connect(&served).await;
    client.write_all(b"POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: 20480\r\n\r\n").await.unwrap();
    let mut ticks = interval(SHORT * 3 / 4);
    ticks.tick().await;
    // each piece is worth a second, and all of them take four times as long as there is for a body that does not come
    for _ in 0..5 {
        ticks.tick().await;
        client.write_all(&[b'x'; 4_096]).await.unwrap();
    }
    let mut answer = Vec::new();
    let last = b"20480";
    while !answer.ends_with(last) {
        let read = timeout(LONG / 2, client.read_buf(&mut answer)).await.expect("an answer").unwrap();
        assert!(read > 0, "{}", String::from_utf8_lossy(&answer));
    }
}

#[tokio::test]
async fn an_answer_may_take_as_long_as_it_likes() {
    // The answer takes longer than a client may for any part of a request.
    let served = start(Patience { head: SHORT * 2, body: SHORT * 2, ..NEVER }).await;
    let mut client = connect(&served).await;
    client.write_all(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    let answer = until(&mut client, "0\r\n\r\n").await;
    assert_eq!(answer.matches("piece").count(), 3, "{answer}");
    // And the connection is as good as new behind it.
    client.write_all(b"POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na").await.unwrap();
    assert!(until(&mut client, "\r\n\r\n1").await.starts_with("HTTP/1.1 200"));
}
