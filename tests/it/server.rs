//! The HTTP server around it all: how it stops, how it is found well, and what it makes of nonsense.

use serde_json::{Value, json};
use sesame::config::PasswordCost;
use sesame::store;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::raw::{self, PATIENCE};
use crate::support::{ACCOUNT, Api, Place, TestApp};

on_both_engines![
    a_sign_in_in_flight_is_finished_before_the_server_stops,
    health_is_well_and_tells_the_engine,
    health_is_not_well_when_the_store_does_not_answer,
    clients_that_go_away_leave_the_store_consistent,
    clients_that_go_away_half_way_change_nothing,
    figures_tell_requests_denials_sessions_and_queues,
];

const PASSWORD: &str = "Correct-Horse-1";

/// Reads what comes until `wanted` is in it.
async fn read_until(stream: &mut TcpStream, wanted: &str) -> String {
    let reading = async {
        let mut seen = Vec::new();
        let mut buffer = [0; 4_096];
        loop {
            let read = stream.read(&mut buffer).await.expect("more bytes");
            assert!(read > 0, "the server closed after {:?}", String::from_utf8_lossy(&seen));
            seen.extend_from_slice(&buffer[..read]);
            let text = String::from_utf8_lossy(&seen);
            if text.contains(wanted) {
                return text.into_owned();
            }
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.unwrap_or_else(|_| panic!("{wanted:?} never came"))
}

async fn a_sign_in_in_flight_is_finished_before_the_server_stops(place: &Place) {
    let app = TestApp::start_with(place, |settings| settings.passwords.cost = PasswordCost::Owasp).await;
    app.console_user("alice", PASSWORD).await;
    let body = json!({"account": ACCOUNT, "user": "alice", "password": PASSWORD}).to_string();
    let head = format!(
        "POST /_sesame/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        body.len()
    );
    let mut client = raw::connect(app.address).await;
    client.write_all(head.as_bytes()).await.unwrap();
    // The server asks for the body once the request is being answered: it is in flight from here on.
    read_until(&mut client, "100 Continue\r\n\r\n").await;
    let address = app.address;
    let stopping = app.begin_stop();
    client.write_all(body.as_bytes()).await.unwrap();
    let answer = read_until(&mut client, "}}").await;
    assert!(answer.contains("200 OK") && answer.contains("signed-in"), "{answer}");
    tokio::time::timeout(PATIENCE, stopping).await.expect("it stops").expect("a clean stop");
    assert!(TcpStream::connect(address).await.is_err());
    let again = TestApp::start(place).await;
    assert_eq!(again.running_sessions().await.len(), 1, "what was answered is stored");
}

async fn health_is_well_and_tells_the_engine(place: &Place) {
    let app = TestApp::start(place).await;
    let (status, health) = app.control.get("/health").await;
    let engine = if place.is_shared() { "postgres" } else { "sqlite" };
    assert_eq!((status, &health["status"], &health["store"]), (200, &json!("ok"), &json!(engine)));
    assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
}

async fn health_is_not_well_when_the_store_does_not_answer(place: &Place) {
    let app = TestApp::start(place).await;
    app.app.db.close().await;
    assert_eq!(app.control.get("/health").await.0, 503);
    let reply = app.root().ram("ListUsers", &[]).await;
    assert!(reply.status >= 500 && reply.body["Code"].is_string(), "{reply:?}");
}

/// The bytes of a signed request.
fn request(app: &TestApp, action: &str, parameters: &[(&str, &str)]) -> Vec<u8> {
    let signed = app.root().sign(Api::Ram, action, parameters);
    let headers =
        signed.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect::<Vec<_>>().concat();
    let (query, length, body) = (signed.query, signed.body.len(), signed.body);
    format!("POST /{query} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: {length}\r\n\r\n{body}").into_bytes()
}

async fn clients_that_go_away_leave_the_store_consistent(place: &Place) {
    let app = TestApp::start(place).await;
    for number in 0..60 {
        let name = format!("user-{number}");
        let mut client = raw::connect(app.address).await;
        client.write_all(&request(&app, "CreateUser", &[("UserName", &name)])).await.unwrap();
        let profile = [("UserName", &*name), ("Password", PASSWORD)];
        client.write_all(&request(&app, "CreateLoginProfile", &profile)).await.unwrap();
        if number % 2 == 0 {
            // Closed with data unread or not, at once.
            drop(client);
        } else {
            client.shutdown().await.unwrap();
        }
    }
    is_consistent(&app).await;
    app.console_user("afterwards", PASSWORD).await;
    assert_eq!(app.sign_in("afterwards", PASSWORD).await, "signed-in");
}

/// Checks at one moment that the account counts its users rightly and each profile has its password remembered.
async fn is_consistent(app: &TestApp) {
    let (mut tx, account) = app.app.db.write(ACCOUNT).await.unwrap();
    let users = store::users::page(&mut tx, ACCOUNT, "", 10_000).await.unwrap();
    assert_eq!(i64::try_from(users.len()).unwrap(), account.users);
    for user in users {
        let profile = store::login_profiles::find(&mut tx, ACCOUNT, &user.id).await.unwrap();
        let remembered = store::login_profiles::history(&mut tx, ACCOUNT, &user.id, 24).await.unwrap();
        let hash = profile.map(|profile| profile.password.unwrap().hash);
        assert_eq!(remembered, Vec::from_iter(hash), "{}", user.name);
    }
}

async fn clients_that_go_away_half_way_change_nothing(place: &Place) {
    let app = TestApp::start(place).await;
    let whole = request(&app, "CreateUser", &[("UserName", "alice")]);
    for length in (1..whole.len()).step_by(whole.len() / 40) {
        let answer = raw::ask_and_leave(app.address, &whole[..length]).await;
        assert!(raw::status(&answer).is_none_or(|status| (400..500).contains(&status)), "{length}: {answer}");
    }
    is_consistent(&app).await;
    app.root().ram("GetUser", &[("UserName", "alice")]).await.is(404, "EntityNotExist.User");
    // None of the halves used the nonce up either.
    let mut client = raw::connect(app.address).await;
    client.write_all(&whole).await.unwrap();
    let answer = read_until(&mut client, "RequestId").await;
    assert_eq!(raw::status(&answer), Some(200), "{answer}");
}

/// What a raw request must be answered with.
enum Expect {
    /// An answer of the server that refuses it.
    Refused,
    /// The HTTP library may also close without a word.
    RefusedOrClosed,
    /// It breaks off, so that the server may wait for more until the client goes away.
    Cut,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nonsense_is_refused_and_neither_panics_nor_hangs() {
    use Expect::{Cut, Refused, RefusedOrClosed};
    let place = Place::memory().await;
    let app = TestApp::start(&place).await;
    let with = |line: &str, headers: &str, body: &[u8]| {
        let mut bytes =
            format!("{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n").into_bytes();
        bytes.extend_from_slice(body);
        bytes
    };
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let chunked = format!("{form}Transfer-Encoding: chunked\r\n");
    let huge = "x".repeat(1_000_000);
    let many = (0..5_000).map(|number| format!("X-{number}: y\r\n")).collect::<Vec<_>>().concat();
    let cases: Vec<(&str, Vec<u8>, Expect)> = vec![
        ("nothing", Vec::new(), Cut),
        ("blank lines", b"\r\n\r\n\r\n".to_vec(), Cut),
        ("all bytes", (0..=255).collect(), Cut),
        ("a TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\0\0\0\0".to_vec(), Cut),
        ("HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), RefusedOrClosed),
        ("no version", b"GET /\r\n\r\n".to_vec(), RefusedOrClosed),
        ("a future version", b"GET / HTTP/9.9\r\nHost: x\r\n\r\n".to_vec(), RefusedOrClosed),
        ("a bad header", with("GET /", "no colon here\r\n", b""), RefusedOrClosed),
        ("a header of zeros", with("GET /", "X: \0\0\r\n", b""), RefusedOrClosed),
        ("a header of high bytes", b"GET / HTTP/1.1\r\nHost: \xff\xfe\r\nConnection: close\r\n\r\n".to_vec(), Refused),
        ("no host", b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n".to_vec(), Refused),
        ("a huge header", with("GET /", &format!("X: {huge}\r\n"), b""), RefusedOrClosed),
        ("a huge URL", with(&format!("GET /?{huge}"), "", b""), RefusedOrClosed),
        ("many headers", with("GET /", &many, b""), RefusedOrClosed),
        ("a bad escape", with("GET /?Action=%zz", "", b""), Refused),
        ("an escape cut off", with("GET /?Action=%4", "", b""), Refused),
        ("no UTF-8", with("GET /?Action=%ff%fe", "", b""), Refused),
        (
            "raw high bytes in the URL",
            b"GET /?\xff=\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_vec(),
            RefusedOrClosed,
        ),
        ("a zero in a parameter", with("GET /?Action=%00&Version=%00", "", b""), Refused),
        ("many ampersands", with(&format!("GET /?{}", "&=".repeat(10_000)), "", b""), Refused),
        ("a path", with("GET /a/b/../../etc/passwd?Action=GetUser", "", b""), Refused),
        ("an absolute URL", with("GET http://other/?Action=GetUser", "", b""), Refused),
        ("an asterisk", with("OPTIONS *", "", b""), Refused),
        ("a bad length", with("POST /", &format!("{form}Content-Length: -1\r\n"), b"a=b"), RefusedOrClosed),
        (
            "two lengths",
            with("POST /", &format!("{form}Content-Length: 1\r\nContent-Length: 2\r\n"), b"ab"),
            RefusedOrClosed,
        ),
        ("a length never reached", with("POST /", &format!("{form}Content-Length: 100\r\n"), b"a=b"), Cut),
        ("a bad chunk size", with("POST /", &chunked, b"zz\r\na=b\r\n0\r\n\r\n"), RefusedOrClosed),
        ("a huge chunk size", with("POST /", &chunked, b"ffffffffffffffffff\r\na"), Cut),
        ("a chunk cut off", with("POST /", &chunked, b"5\r\na=b"), Cut),
        ("chunks", with("POST /", &chunked, b"3\r\na=b\r\n0\r\n\r\n"), Refused),
        (
            "a JSON bomb",
            with(
                "POST /",
                "Content-Type: application/json\r\nContent-Length: 20000\r\n",
                "[".repeat(20_000).as_bytes(),
            ),
            Refused,
        ),
        (
            "a control JSON bomb",
            with(
                "POST /_sesame/sign-in",
                "Content-Type: application/json\r\nContent-Length: 20000\r\n",
                "[".repeat(20_000).as_bytes(),
            ),
            Refused,
        ),
        ("an empty authorization", with("POST /", "Authorization: \r\n", b""), Refused),
        ("a strange authorization", with("POST /", "Authorization: ACS3-HMAC-SHA256 =,=,;=ä\r\n", b""), Refused),
        ("a control path", with("GET /_sesame/sessions/%ff%00%2e%2e", "", b""), Refused),
        ("a control query", with("GET /_sesame/requests?limit=-1&since=%00", "", b""), Refused),
        ("a control path of slashes", with("GET /_sesame//////", "", b""), Refused),
    ];
    for (name, bytes, expected) in cases {
        let answer = match expected {
            Cut => raw::ask_and_leave(app.address, &bytes).await,
            Refused | RefusedOrClosed => raw::ask(app.address, &bytes).await,
        };
        let refused = raw::status(&answer).is_some_and(|status| (400..500).contains(&status));
        let right = refused || (answer.is_empty() && !matches!(expected, Refused));
        assert!(right, "{name}: {answer:?}");
    }
    app.user("alice").await;
}

/// The first line and the body of an answer to a request of this method.
async fn by_method(app: &TestApp, method: &str, path: &str) -> (u16, Value) {
    let bytes = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let answer = raw::ask(app.address, bytes.as_bytes()).await;
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    (raw::status(&answer).unwrap(), serde_json::from_str(body).unwrap_or(Value::Null))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clouds_know_get_and_post_alone() {
    let place = Place::memory().await;
    let app = TestApp::start(&place).await;
    for method in ["GET", "POST"] {
        let (status, body) = by_method(&app, method, "/").await;
        assert_eq!((status, &body["Code"]), (400, &json!("MissingAction")), "{method}");
    }
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get", "BREW"] {
        let (status, body) = by_method(&app, method, "/?Action=GetUser&Version=2015-05-01").await;
        assert_eq!((status, &body["Code"]), (405, &json!("UnsupportedHTTPMethod")), "{method}");
    }
    assert_eq!(by_method(&app, "HEAD", "/").await, (405, Value::Null));
    for (method, path) in [("DELETE", "/_sesame/clock"), ("GET", "/_sesame/reset"), ("PUT", "/_sesame/sign-in")] {
        assert_eq!(by_method(&app, method, path).await.0, 405, "{method} {path}");
    }
    assert_eq!(by_method(&app, "GET", "/_sesame/nothing").await.0, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_of_ten_megabytes_is_read_and_a_byte_more_is_not() {
    const MOST: usize = 10 * 1024 * 1024;
    let place = Place::memory().await;
    let app = TestApp::start(&place).await;
    let head = |headers: String| {
        format!(
            "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n{headers}\r\n"
        )
        .into_bytes()
    };
    let body = format!("a={}", "x".repeat(MOST - 2));

    let mut whole = head(format!("Content-Length: {MOST}\r\n"));
    whole.extend_from_slice(body.as_bytes());
    let answer = raw::ask(app.address, &whole).await;
    assert!(answer.contains("MissingAction"), "{answer}");

    // Refused by its announcement alone, before anything is sent.
    let mut client = raw::connect(app.address).await;
    client.write_all(&head(format!("Content-Length: {}\r\n", MOST + 1))).await.unwrap();
    let answer = read_until(&mut client, "RequestEntityTooLarge").await;
    assert_eq!(raw::status(&answer), Some(413), "{answer}");

    // Refused when it turns out too long.
    let mut client = raw::connect(app.address).await;
    client.write_all(&head("Transfer-Encoding: chunked\r\n".to_owned())).await.unwrap();
    client.write_all(format!("{MOST:x}\r\n{body}\r\n1\r\nx\r\n").as_bytes()).await.unwrap();
    let answer = read_until(&mut client, "RequestEntityTooLarge").await;
    assert_eq!(raw::status(&answer), Some(413), "{answer}");
}

async fn figures(app: &TestApp) -> String {
    raw::ask(app.address, b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await
}

async fn figures_tell_requests_denials_sessions_and_queues(place: &Place) {
    let app = TestApp::start(place).await;
    app.console_user("alice", PASSWORD).await;
    let alice = app.key_of("alice").await;
    alice.ram("ListUsers", &[]).await;
    app.root().ram("GetUser", &[("UserName", "nobody")]).await;
    app.root().ram("NoSuchOperationEver", &[]).await;
    assert_eq!(app.sign_in("alice", PASSWORD).await, "signed-in");
    for nobody in ["alice", "somebody-else"] {
        assert_eq!(app.sign_in(nobody, "another-Passw0rd").await, "invalid-credentials");
    }
    let text = figures(&app).await;
    for line in [
        "application/openmetrics-text",
        r#"sesame_requests_total{dialect="alibaba/ram",action="CreateUser",code=""} 1"#,
        r#"sesame_requests_total{dialect="alibaba/ram",action="GetUser",code="EntityNotExist.User"} 1"#,
        r#"sesame_requests_total{dialect="alibaba/ram",action="other",code="InvalidAction.NotFound"} 1"#,
        r#"sesame_denials_total{dialect="alibaba/ram",action="ListUsers"} 1"#,
        r#"sesame_request_duration_seconds_count{dialect="alibaba/ram",action="GetUser"} 1"#,
        r#"sesame_sign_ins_total{cloud="alibaba",outcome="signed-in"} 1"#,
        r#"sesame_sign_ins_total{cloud="alibaba",outcome="invalid-credentials"} 2"#,
        r#"sesame_sessions{kind="console"} 1"#,
        r#"sesame_password_hashes{state="waiting"} 0"#,
        "sesame_store_up 1",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(!text.contains("NoSuchOperationEver") && !text.contains("somebody-else"), "{text}");
    // Those who keep no journal count too.
    let second = Place::memory().await;
    let without = TestApp::start_with(&second, |settings| settings.journal.capacity = 0).await;
    assert_eq!(without.sign_in("alice", PASSWORD).await, "invalid-credentials");
    let line = r#"sesame_sign_ins_total{cloud="alibaba",outcome="invalid-credentials"} 1"#;
    assert!(figures(&without).await.contains(line));
    // Time passes in the account, and with it the session.
    app.control.post(&format!("/clock/advance?account={ACCOUNT}"), &json!({"by": "P2D"})).await;
    let text = figures(&app).await;
    assert!(!text.contains("sesame_sessions{"), "{text}");
}
