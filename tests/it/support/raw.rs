//! HTTP by hand over a socket, for what no decent client sends.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Whatever takes longer hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A connection.
pub(crate) async fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).await.expect("a connection")
}

/// Sends bytes and gives all that comes back until the server closes.
pub(crate) async fn ask(address: SocketAddr, bytes: &[u8]) -> String {
    exchange(address, bytes, false).await
}

/// As [`ask`], and says that no more bytes come. The server takes that for a client that goes away.
pub(crate) async fn ask_and_leave(address: SocketAddr, bytes: &[u8]) -> String {
    exchange(address, bytes, true).await
}

/// A server may close before it has read everything, so failing to send or receive is no failure.
async fn exchange(address: SocketAddr, bytes: &[u8], leave: bool) -> String {
    let exchanging = async {
        let mut stream = connect(address).await;
        let (mut reader, mut writer) = stream.split();
        let mut answer = Vec::new();
        let writing = async {
            let _ = writer.write_all(bytes).await;
            if leave {
                let _ = writer.shutdown().await;
            }
        };
        let reading = async {
            let _ = reader.read_to_end(&mut answer).await;
        };
        tokio::join!(writing, reading);
        String::from_utf8_lossy(&answer).into_owned()
    };
    tokio::time::timeout(PATIENCE, exchanging).await.unwrap_or_else(|_| {
        let start = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
        panic!("the server hangs or keeps the connection after {start:?}")
    })
}

/// The status of a raw answer; `None` when there is no answer.
pub(crate) fn status(answer: &str) -> Option<u16> {
    answer.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()
}
