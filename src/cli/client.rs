//! Asks the control surface in plain HTTP/1.1, one request to a connection. The program needs no more of an HTTP client
//! than this; it knows nothing of what is asked.

use std::fmt::Write as _;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::outcome::Failure;
use super::progress::Progress;

/// A server that is there takes a connection sooner.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A world of 100 MiB is taken in sooner.
const ANSWER_TIMEOUT: Duration = Duration::from_mins(10);
/// The longest line of an answer's head, and the most lines.
const LONGEST_LINE: u64 = 16 * 1024;
const MOST_LINES: usize = 200;
/// How much is written or read at once.
const PIECE: usize = 64 * 1024;

/// Where a server is, and what opens it.
#[derive(Debug, Clone)]
pub(super) struct Client {
    authority: String,
    token: Option<SecretString>,
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request<'a> {
    pub(super) method: &'a str,
    /// Below `/_sesame`, with its query.
    pub(super) path: &'a str,
    /// JSON.
    pub(super) body: Option<&'a [u8]>,
}

/// How the end of a body is found (RFC 9112 section 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    Length(u64),
    Chunked,
    UntilClosed,
}

/// An answer, its body yet to be read.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    length: Option<u64>,
    /// Bytes of the body, or of its current chunk, that are still to come.
    left: u64,
    framing: Framing,
    is_over: bool,
    // Both ways stay open until the answer is read: whoever stops writing is taken for gone by servers.
    stream: BufReader<TcpStream>,
    authority: String,
}

impl Client {
    /// A client of the server at `url`, or of the one that listens on `listen`.
    pub(super) fn new(url: Option<&str>, listen: SocketAddr, token: Option<SecretString>) -> Result<Self, Failure> {
        // It becomes part of a header, which must not become two.
        let is_token = |token: &SecretString| token.expose_secret().bytes().all(|byte| byte.is_ascii_graphic());
        if !token.as_ref().is_none_or(is_token) {
            return Err(Failure::usage("the control token: expected visible ASCII characters on one line"));
        }
        let authority = match url {
            Some(url) => authority(url)?.to_owned(),
            None => reachable(listen).to_string(),
        };
        Ok(Self { authority, token })
    }

    /// Host and port.
    pub(super) fn authority(&self) -> &str {
        &self.authority
    }

    /// Sends a request and reads the head of its answer.
    pub(super) async fn open(&self, request: Request<'_>, progress: &mut Progress) -> Result<Reply, Failure> {
        let failed = |error: &io::Error| {
            let text = format!("cannot reach a server at http://{}: {error}", self.authority);
            Failure::Unreachable(format!("{text}\nIs it running? Start one with: sesame"))
        };
        let late = || io::Error::new(io::ErrorKind::TimedOut, "it does not answer");
        let connecting = tokio::time::timeout(CONNECT_TIMEOUT, TcpStream::connect(&self.authority));
        let mut stream = connecting.await.unwrap_or_else(|_| Err(late())).map_err(|error| failed(&error))?;
        let sending = async {
            stream.write_all(self.head(request).as_bytes()).await?;
            let body = request.body.unwrap_or_default();
            let mut gone = 0;
            for piece in body.chunks(PIECE) {
                stream.write_all(piece).await?;
                gone += piece.len() as u64;
                progress.bytes(gone, Some(body.len() as u64));
            }
            io::Result::Ok(())
        };
        let sent = sending.await;
        // A server that refuses a body early answers before it has read all of it.
        let answer = tokio::time::timeout(ANSWER_TIMEOUT, progress.wait(read_head(BufReader::new(stream))));
        let answer = answer.await.unwrap_or_else(|_| Err(late()));
        let (status, framing, stream) = answer.map_err(|error| failed(&sent.err().unwrap_or(error)))?;
        let left = if let Framing::Length(length) = framing { length } else { 0 };
        Ok(Reply {
            status,
            length: (framing == Framing::Length(left)).then_some(left),
            left,
            framing,
            is_over: false,
            stream,
            authority: self.authority.clone(),
        })
    }

    fn head(&self, request: Request<'_>) -> String {
        let Request { method, path, body } = request;
        let mut head = format!("{method} /_sesame{path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.authority);
        if let Some(token) = &self.token {
            head.push_str("Authorization: Bearer ");
            head.push_str(token.expose_secret());
            head.push_str("\r\n");
        }
        if let Some(body) = body {
            let _ = write!(head, "Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
        } else if method != "GET" {
            head.push_str("Content-Length: 0\r\n");
        }
        head.push_str("\r\n");
        head
    }
}

impl Reply {
    /// The next bytes of the body; none at its end. Nothing of it is kept, so that an answer may have no end.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let piece = self.piece().await;
        piece.map_err(|error| {
            Failure::Unreachable(format!("the answer of http://{} broke off: {error}", self.authority))
        })
    }

    async fn piece(&mut self) -> io::Result<Option<Vec<u8>>> {
        if self.is_over {
            return Ok(None);
        }
        if self.framing == Framing::Chunked && self.left == 0 {
            let size = line(&mut self.stream).await?;
            let size = size.split(';').next().unwrap_or_default().trim();
            self.left = u64::from_str_radix(size, 16).map_err(|_| not_http())?;
            if self.left == 0 {
                while !line(&mut self.stream).await?.is_empty() {}
                self.is_over = true;
                return Ok(None);
            }
        }
        if matches!(self.framing, Framing::Length(_)) && self.left == 0 {
            self.is_over = true;
            return Ok(None);
        }
        let most = if self.framing == Framing::UntilClosed { PIECE as u64 } else { self.left.min(PIECE as u64) };
        let mut piece = vec![0; usize::try_from(most).unwrap_or(PIECE)];
        let read = self.stream.read(&mut piece).await?;
        piece.truncate(read);
        if read == 0 {
            self.is_over = true;
            return if self.framing == Framing::UntilClosed { Ok(None) } else { Err(too_short()) };
        }
        self.left = self.left.saturating_sub(read as u64);
        if self.framing == Framing::Chunked && self.left == 0 && !line(&mut self.stream).await?.is_empty() {
            return Err(not_http());
        }
        Ok(Some(piece))
    }

    /// All of the body.
    pub(super) async fn whole(mut self, progress: &mut Progress) -> Result<Vec<u8>, Failure> {
        let mut body = Vec::new();
        while let Some(piece) = self.next().await? {
            body.extend_from_slice(&piece);
            progress.bytes(body.len() as u64, self.length);
        }
        Ok(body)
    }
}

type Head = (u16, Framing, BufReader<TcpStream>);

async fn read_head(mut stream: BufReader<TcpStream>) -> io::Result<Head> {
    let status = loop {
        let first = line(&mut stream).await?;
        let mut words = first.splitn(3, ' ');
        let version = words.next().unwrap_or_default();
        let status = words.next().and_then(|status| status.parse::<u16>().ok());
        let status = status.filter(|_| version.starts_with("HTTP/1.")).ok_or_else(not_http)?;
        if status >= 200 {
            break status;
        }
        while !line(&mut stream).await?.is_empty() {}
    };
    let mut framing = Framing::UntilClosed;
    for _ in 0..MOST_LINES {
        let header = line(&mut stream).await?;
        if header.is_empty() {
            let framing = if matches!(status, 204 | 304) { Framing::Length(0) } else { framing };
            return Ok((status, framing, stream));
        }
        let (name, value) = header.split_once(':').ok_or_else(not_http)?;
        let value = value.trim();
        if name.eq_ignore_ascii_case("transfer-encoding") && value.eq_ignore_ascii_case("chunked") {
            framing = Framing::Chunked;
        } else if name.eq_ignore_ascii_case("content-length") && framing != Framing::Chunked {
            framing = Framing::Length(value.parse().map_err(|_| not_http())?);
        }
    }
    Err(not_http())
}

/// A line without its end.
async fn line(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut bytes = Vec::new();
    stream.take(LONGEST_LINE).read_until(b'\n', &mut bytes).await?;
    let text = bytes.strip_suffix(b"\n").ok_or_else(|| if bytes.is_empty() { too_short() } else { not_http() })?;
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    String::from_utf8(text.to_vec()).map_err(|_| not_http())
}

fn not_http() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "what answers does not speak HTTP/1.1")
}

fn too_short() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the connection was closed")
}

/// Host and port of a URL such as `http://127.0.0.1:4260/`.
fn authority(url: &str) -> Result<&str, Failure> {
    let is_host = |host: &str| {
        !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._[]:%".contains(&byte))
    };
    url.strip_prefix("http://")
        .map(|rest| rest.strip_suffix('/').unwrap_or(rest))
        .map(|rest| rest.strip_suffix("/_sesame").unwrap_or(rest))
        .filter(|authority| {
            authority.rsplit_once(':').is_some_and(|(host, port)| is_host(host) && port.parse::<u16>().is_ok())
        })
        .ok_or_else(|| Failure::usage(format!("--url: expected http://HOST:PORT, found {url:?}")))
}

/// Where a server that listens on every address can be reached from this machine.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
    };
    SocketAddr::new(ip, listen.port())
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
