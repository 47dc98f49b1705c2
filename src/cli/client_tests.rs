//! The HTTP client against answers made by hand.

use tokio::net::TcpListener;

use super::*;

#[test]
fn urls_are_cut_to_host_and_port() {
    assert_eq!(authority("http://localhost:4260").unwrap(), "localhost:4260");
    assert_eq!(authority("http://[::1]:4260/_sesame").unwrap(), "[::1]:4260");
    for url in [
        "https://localhost:4260",
        "localhost:4260",
        "http://localhost",
        "http://[::1]",
        "http://:4260",
        "http://a b:4260",
        "http://a\r\nX: y:4260",
        "http://user@host:4260",
        "http://localhost:4260/elsewhere",
        "http://localhost:4260//",
    ] {
        assert!(matches!(authority(url), Err(Failure::Usage(_))), "{url}");
    }
}

#[test]
fn a_server_on_every_address_is_asked_on_loopback() {
    let of = |listen: &str| reachable(listen.parse().unwrap()).to_string();
    assert_eq!(of("0.0.0.0:4260"), "127.0.0.1:4260");
    assert_eq!(of("[::]:4260"), "[::1]:4260");
    assert_eq!(of("10.0.0.7:80"), "10.0.0.7:80");
}

/// Asks a server that answers so whatever it is asked, and gives the status, the body, and what it was asked.
async fn ask(reply: &'static str, token: Option<&str>, body: Option<&str>) -> Result<(u16, String, String), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::new(None, listener.local_addr().unwrap(), token.map(SecretString::from))?;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut asked = vec![0; 4_096];
        let read = stream.read(&mut asked).await.unwrap();
        stream.write_all(reply.as_bytes()).await.unwrap();
        asked.truncate(read);
        String::from_utf8(asked).unwrap()
    });
    let mut progress = Progress::begin("asking");
    let method = if body.is_some() { "PUT" } else { "GET" };
    let request = Request { method, path: "/clock?account=1", body: body.map(str::as_bytes) };
    let reply = client.open(request, &mut progress).await?;
    let (status, body) = (reply.status, reply.whole(&mut progress).await?);
    Ok((status, String::from_utf8(body).unwrap(), server.await.unwrap()))
}

#[test]
fn a_token_is_one_line() {
    for token in ["a\r\nX-Other: b", "a\nb", "a b", "a\u{7f}", "\u{e9}"] {
        let client = Client::new(None, "127.0.0.1:1".parse().unwrap(), Some(token.into()));
        assert!(matches!(client, Err(Failure::Usage(_))), "{token:?}");
    }
}

#[tokio::test]
async fn whoever_waits_for_an_answer_is_not_taken_for_gone() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::new(None, listener.local_addr().unwrap(), None).unwrap();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut asked = vec![0; 4_096];
        let read = stream.read(&mut asked).await.unwrap();
        assert!(asked[..read].ends_with(b"\r\n\r\n"));
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nfirst").await.unwrap();
        // the end of what the client sends would be read as no bytes
        let more = tokio::time::timeout(Duration::from_millis(50), stream.read(&mut asked)).await;
        assert!(more.is_err(), "{more:?}");
        stream.write_all(b" second").await.unwrap();
    });
    let mut progress = Progress::begin("asking");
    let reply = client.open(Request { method: "GET", path: "/", body: None }, &mut progress).await.unwrap();
    assert_eq!(reply.whole(&mut progress).await.unwrap(), b"first second");
    server.await.unwrap();
}

#[tokio::test]
async fn bodies_of_every_framing_come_whole() {
    for (reply, status, body) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", 200, "{}"),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\nok", 201, "ok"),
        ("HTTP/1.1 204 No Content\r\n\r\n", 204, ""),
        ("HTTP/1.0 404 Not Found\r\n\r\nuntil closed", 404, "until closed"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n",
            200,
            "abc0123456789",
        ),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nTrailer: x\r\n\r\n", 200, ""),
    ] {
        let (found, text, _) = ask(reply, None, None).await.expect(reply);
        assert_eq!((found, &*text), (status, body), "{reply}");
    }
}

#[tokio::test]
async fn nonsense_is_no_answer() {
    for reply in [
        "",
        "SSH-2.0-OpenSSH_9.2p1\r\n",
        "HTTP/1.1\r\n\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n",
    ] {
        assert!(matches!(ask(reply, None, None).await, Err(Failure::Unreachable(_))), "{reply}");
    }
}

#[tokio::test]
async fn token_and_body_are_sent() {
    let (_, _, asked) = ask("HTTP/1.1 204 No Content\r\n\r\n", Some("s3cret"), Some("{}")).await.unwrap();
    assert!(asked.starts_with("PUT /_sesame/clock?account=1 HTTP/1.1\r\nHost: 127.0.0.1:"), "{asked}");
    assert!(asked.contains("\r\nAuthorization: Bearer s3cret\r\n"), "{asked}");
    assert!(asked.contains("\r\nContent-Length: 2\r\n"), "{asked}");
    let (_, _, asked) = ask("HTTP/1.1 204 No Content\r\n\r\n", None, None).await.unwrap();
    assert!(!asked.contains("Authorization") && !asked.contains("Content-"), "{asked}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_with_its_address() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = Client::new(None, address, None).unwrap();
    let request = Request { method: "GET", path: "/health", body: None };
    let failure = client.open(request, &mut Progress::begin("asking")).await.unwrap_err();
    assert!(matches!(&failure, Failure::Unreachable(text) if text.contains(&address.to_string())), "{failure:?}");
}
