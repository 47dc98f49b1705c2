//! TLS and tunnels on the one port: whom they lead where, and what hostile clients make of them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::time_provider::TimeProvider;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};

use crate::support::raw::{self, PATIENCE};
use crate::support::{Place, TestApp};

on_every_store![tls_is_spoken_and_cookies_are_secure, every_start_over_a_store_has_the_same_authority];

/// When the tests' clock is.
#[derive(Debug)]
struct Then;

impl TimeProvider for Then {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(1_795_309_201)))
    }
}

async fn authority(app: &TestApp) -> String {
    let answer = raw::ask(app.address, b"GET /_sesame/ca HTTP/1.0\r\nHost: localhost\r\n\r\n").await;
    answer.split_once("\r\n\r\n").expect("a body").1.to_owned()
}

/// Shakes hands over what leads to the server, trusting its authority alone.
async fn secure<S: AsyncRead + AsyncWrite + Unpin>(
    app: &TestApp,
    stream: S,
    name: &str,
) -> std::io::Result<TlsStream<S>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority(app).await.as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_details(Arc::new(ring::default_provider()), Arc::new(Then))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

/// Sends a request and reads one answer with a length.
async fn ask<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    timeout(PATIENCE, read_answer(stream)).await.unwrap_or_else(|_| panic!("no answer to {request:?}"))
}

async fn read_answer<S: AsyncRead + Unpin>(stream: &mut S) -> String {
    let mut seen = Vec::new();
    loop {
        let mut byte = [0];
        if stream.read(&mut byte).await.unwrap_or(0) == 0 {
            break;
        }
        seen.push(byte[0]);
        let text = String::from_utf8_lossy(&seen);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                break;
            }
        }
    }
    String::from_utf8(seen).unwrap()
}

fn get(host: &str, path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n")
}

fn status(answer: &str) -> u16 {
    raw::status(answer).unwrap_or_else(|| panic!("no answer: {answer:?}"))
}

/// A tunnel that stands.
async fn tunnel(address: SocketAddr, to: &str) -> TcpStream {
    let mut stream = raw::connect(address).await;
    let answer = ask(&mut stream, &format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n\r\n")).await;
    assert_eq!(status(&answer), 200, "{to}: {answer}");
    stream
}

const IDENTITY: &str = "/?Action=GetCallerIdentity&Version=2015-04-01&AccessKeyId=test";

async fn is_well(app: &TestApp) {
    assert_eq!(app.control.get("/health").await.0, 200);
}

async fn tls_is_spoken_and_cookies_are_secure(place: &Place) {
    let app = TestApp::start(place).await;
    let mut stream = secure(&app, raw::connect(app.address).await, "localhost").await.unwrap();
    for _ in 0..2 {
        assert_eq!(status(&ask(&mut stream, &get("localhost", "/_sesame/health")).await), 200);
    }
    let page = ask(&mut stream, &get("localhost", "/console/login")).await;
    assert!(page.contains("sesame_browser=") && page.contains("; Secure"), "{page}");
    let plain = raw::ask(app.address, b"GET /console/login HTTP/1.0\r\nHost: localhost\r\n\r\n").await;
    assert!(plain.contains("sesame_browser=") && !plain.contains("; Secure"), "{plain}");
    for own in ["127.0.0.1", "::1", "ram.aliyuncs.com", "acme.signin.aws.amazon.com"] {
        secure(&app, raw::connect(app.address).await, own).await.unwrap();
    }
    let foreign = secure(&app, raw::connect(app.address).await, "example.com").await.unwrap_err().to_string();
    assert!(foreign.contains("not valid for name"), "{foreign}");
}

async fn every_start_over_a_store_has_the_same_authority(place: &Place) {
    let app = TestApp::start(place).await;
    let first = authority(&app).await;
    assert!(first.starts_with("-----BEGIN CERTIFICATE-----\n") && !first.contains("PRIVATE"), "{first}");
    let (_, state) = app.control.get("/state").await;
    assert!(!state.to_string().contains("BEGIN"), "the state has no key of the authority");
    assert_eq!(app.control.put("/state", &state).await.0, 204);
    assert_eq!(app.control.reset().await, 204);
    assert_eq!(authority(&app).await, first);
    app.stop().await;
    let again = TestApp::start(place).await;
    let survives = place.url() != "sqlite::memory:";
    assert_eq!(authority(&again).await == first, survives);
}

#[tokio::test]
async fn a_tunnel_leads_to_the_cloud_that_it_names() {
    let app = TestApp::start(&Place::memory().await).await;
    let host = "sts.cn-hangzhou.aliyuncs.com";
    let mut stream = secure(&app, tunnel(app.address, &format!("{host}:443")).await, host).await.unwrap();
    for _ in 0..2 {
        let answer = ask(&mut stream, &get(host, IDENTITY)).await;
        assert!(answer.contains(&format!("\"HostId\":\"{host}\"")), "{answer}");
    }
    // plain HTTP in a tunnel, as some clients do for port 80
    let mut plain = tunnel(app.address, "IAM.amazonaws.com:80").await;
    assert!(ask(&mut plain, &get("iam.amazonaws.com", "/")).await.starts_with("HTTP/1.1 "));
    // a proxy that is itself called by TLS
    let mut outer = secure(&app, raw::connect(app.address).await, "localhost").await.unwrap();
    let connect = "CONNECT ims.aliyuncs.com:443 HTTP/1.1\r\nHost: ims.aliyuncs.com:443\r\n\r\n";
    assert_eq!(status(&ask(&mut outer, connect).await), 200);
    let mut inner = secure(&app, outer, "ims.aliyuncs.com").await.unwrap();
    assert!(ask(&mut inner, &get("ims.aliyuncs.com", "/?Action=GetUser")).await.contains("RequestId"));
    assert_eq!(status(&ask(&mut inner, connect).await), 403, "no tunnel in a tunnel");
}

#[tokio::test]
async fn nobody_else_is_reached() {
    let app = TestApp::start(&Place::memory().await).await;
    let port = app.address.port();
    let other = port.wrapping_add(1).max(1);
    let ask = async |request: String| status(&ask(&mut raw::connect(app.address).await, &request).await);
    for (target, expected) in [
        ("example.com:443".to_owned(), 403),
        ("ecs.aliyuncs.com:443".to_owned(), 403),
        ("ims.aliyuncs.com.evil.example:443".to_owned(), 403),
        ("ims.aliyuncs.com:22".to_owned(), 403),
        (format!("127.0.0.1:{other}"), 403),
        (format!("169.254.169.254:{port}"), 403),
        (format!("127.0.0.1:{port}"), 200),
        (format!("localhost:{port}"), 200),
        (format!("[::1]:{port}"), 200),
        ("ims.aliyuncs.com".to_owned(), 400),
        ("user@ims.aliyuncs.com:443".to_owned(), 400),
        ("http://ims.aliyuncs.com:443/".to_owned(), 400),
        ("/".to_owned(), 400),
        (":443".to_owned(), 403),
        ("ims.aliyuncs.com:99999".to_owned(), 400),
        ("[::1:443".to_owned(), 400),
    ] {
        let found = ask(format!("CONNECT {target} HTTP/1.1\r\nHost: x\r\n\r\n")).await;
        assert_eq!(found, expected, "{target}");
    }
    for (target, expected) in [
        ("http://example.com/", 403),
        ("http://ims.aliyuncs.com:pw@example.com/", 403),
        ("http://127.0.0.1:1/_sesame/health", 403),
        ("https://sts.amazonaws.com/_sesame/health", 404),
        ("http://signin.aws.amazon.com/_sesame/health", 404),
        ("http://signin.aws.amazon.com/console", 200),
        ("http://signin.aliyun.com/acme.onaliyun.com/login.htm", 200),
        (&format!("http://127.0.0.1:{port}/_sesame/health"), 200),
    ] {
        let found = ask(format!("GET {target} HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n")).await;
        let refused = expected == 404 && (400..500).contains(&found);
        assert!(found == expected || refused, "{target}: {found}");
    }
}

#[tokio::test]
async fn a_tunnel_to_a_cloud_does_not_lead_to_the_control_surface() {
    let app = TestApp::start(&Place::memory().await).await;
    let host = "signin.aws.amazon.com";
    let mut stream = secure(&app, tunnel(app.address, &format!("{host}:443")).await, host).await.unwrap();
    for path in ["/_sesame/state", "/_sesame/health", "/console/testers/clock", "/console/users", "/console/root/login"]
    {
        assert_eq!(status(&ask(&mut stream, &get(host, path)).await), 404, "{path}");
    }
    for other in ["localhost", "127.0.0.1", "iam.amazonaws.com", ""] {
        assert_eq!(status(&ask(&mut stream, &get(other, "/_sesame/state")).await), 421, "{other}");
    }
    let absolute = format!("GET http://{}/_sesame/state HTTP/1.1\r\nHost: {host}\r\n\r\n", app.address);
    assert_eq!(status(&ask(&mut stream, &absolute).await), 421);
}

#[tokio::test]
async fn first_bytes_may_come_slowly_and_nonsense_harms_nobody() {
    let app = TestApp::start(&Place::memory().await).await;
    let mut slow = raw::connect(app.address).await;
    for byte in get("localhost", "/_sesame/health").into_bytes() {
        slow.write_all(&[byte]).await.unwrap();
        tokio::task::yield_now().await;
    }
    assert_eq!(status(&timeout(PATIENCE, read_answer(&mut slow)).await.unwrap()), 200);
    let mut half = raw::connect(app.address).await;
    half.write_all(&[0x16]).await.unwrap();
    for nonsense in
        [&[0x16; 16_000][..], b"\x16\x03\x01\x00\x05hello", b"\x16GET / HTTP/1.1\r\n\r\n", &[0; 100], b"\x15"]
    {
        let _ = raw::ask_and_leave(app.address, nonsense).await;
        let mut inside = tunnel(app.address, "ims.aliyuncs.com:443").await;
        // It may be refused before it is all there.
        let _ = inside.write_all(nonsense).await;
        let _ = inside.shutdown().await;
        let _ = timeout(PATIENCE, inside.read_to_end(&mut Vec::new())).await.expect("the tunnel ends");
    }
    let long = format!("CONNECT {}:443 HTTP/1.1\r\n\r\n", "a".repeat(100_000));
    assert!(matches!(raw::status(&raw::ask(app.address, long.as_bytes()).await), None | Some(400..500)));
    let many = format!("CONNECT ims.aliyuncs.com:443 HTTP/1.1\r\n{}\r\n", "X: y\r\n".repeat(50_000));
    assert!(matches!(raw::status(&raw::ask(app.address, many.as_bytes()).await), None | Some(400..500)));
    is_well(&app).await;
    drop(half);
}

#[tokio::test]
async fn idle_connections_do_not_stop_others() {
    let app = TestApp::start(&Place::memory().await).await;
    let mut idle = Vec::new();
    for number in 0..1_000 {
        let mut stream = raw::connect(app.address).await;
        match number % 4 {
            0 => stream.write_all(&[0x16]).await.unwrap(),
            1 => stream.write_all(b"P").await.unwrap(),
            2 => drop(ask(&mut stream, "CONNECT ims.aliyuncs.com:443 HTTP/1.1\r\n\r\n").await),
            _ => {}
        }
        idle.push(stream);
    }
    is_well(&app).await;
    secure(&app, raw::connect(app.address).await, "localhost").await.unwrap();
    timeout(PATIENCE, app.stop()).await.expect("they do not hold up the stop");
}

#[tokio::test]
async fn the_stop_ends_tunnels() {
    let app = TestApp::start(&Place::memory().await).await;
    let host = "ims.aliyuncs.com";
    let mut used = secure(&app, tunnel(app.address, &format!("{host}:443")).await, host).await.unwrap();
    assert!(ask(&mut used, &get(host, "/")).await.contains("RequestId"));
    let mut unused = tunnel(app.address, &format!("{host}:443")).await;
    timeout(PATIENCE, app.stop()).await.expect("tunnels do not hold up the stop");
    assert_eq!(used.read(&mut [0]).await.unwrap_or(0), 0);
    assert_eq!(unused.read(&mut [0]).await.unwrap_or(0), 0);
}

#[tokio::test]
async fn without_tls_a_handshake_is_not_answered_and_there_is_no_authority() {
    let app = TestApp::start_with(&Place::memory().await, |settings| settings.tls.enabled = false).await;
    assert_eq!(raw::ask(app.address, b"\x16\x03\x01\x00\x05hello").await, "");
    assert_eq!(app.control.get("/ca").await.0, 404);
    is_well(&app).await;
}

#[tokio::test]
async fn an_authority_in_a_file_is_made_once_and_only_its_owner_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    let start = async || {
        let name = file.display().to_string();
        TestApp::start_with(&Place::memory().await, |settings| {
            settings.tls.ca_file = name;
            settings.tls.names = "sesame, 10.0.0.7".into();
        })
        .await
    };
    let first = start().await;
    let pem = authority(&first).await;
    assert!(std::fs::read_to_string(&file).unwrap().starts_with(&pem));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let second = start().await;
    assert_eq!(authority(&second).await, pem);
    for name in ["sesame", "10.0.0.7"] {
        secure(&second, raw::connect(second.address).await, name).await.unwrap();
    }
    let other = raw::ask(second.address, b"CONNECT other:1 HTTP/1.1\r\nConnection: close\r\n\r\n").await;
    assert_eq!(status(&other), 403);
}
