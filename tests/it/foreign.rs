//! Who may call what is for testers, by where a request says it comes from: every control call, page and figure against
//! every way to say that one comes from elsewhere.

use sesame::config::Settings;

use crate::support::{Place, TestApp, raw};

const TOKEN: &str = "s3cret-token";

/// Calls that are given to whoever asks.
const OPEN: &[&str] = &["GET /_sesame/ca", "GET /_sesame/health"];

/// The console's pages for testers, and how they are sent.
const PAGES: &[&str] = &[
    "GET /console/testers/accounts",
    "POST /console/testers/accounts",
    "GET /console/testers/accounts/1",
    "POST /console/testers/accounts/1/drop",
    "POST /console/testers/accounts/1/reset",
    "POST /console/testers/accounts/1/sign-in",
    "GET /console/testers/clock",
    "POST /console/testers/clock",
    "GET /console/testers/explorer",
    "GET /console/testers/faults",
    "POST /console/testers/faults",
    "POST /console/testers/faults/1/remove",
    "POST /console/testers/faults/clear",
    "GET /console/testers/journal",
    "POST /console/testers/journal/clear",
    "GET /console/testers/journal/stream",
    "GET /console/testers/token",
    "POST /console/testers/token",
];

async fn every_call(app: &TestApp) -> Vec<String> {
    let (_, document) = app.control.get("/openapi.json").await;
    let paths = document["paths"].as_object().expect("paths");
    let calls = paths.iter().flat_map(|(path, calls)| {
        let path = path.replace(['{', '}'], "");
        calls.as_object().expect("calls").keys().map(move |method| format!("{} {path}", method.to_uppercase()))
    });
    let all: Vec<String> =
        calls.chain(["GET /metrics".to_owned()]).chain(PAGES.iter().map(|line| (*line).to_owned())).collect();
    assert!(all.len() > 50, "{all:?}");
    all
}

async fn status(app: &TestApp, line: &str, version: &str, headers: &str) -> u16 {
    let json = if line.contains("/console/") { "application/x-www-form-urlencoded" } else { "application/json" };
    let request = format!(
        "{line} HTTP/{version}\r\nConnection: close\r\n{headers}Content-Type: {json}\r\nContent-Length: 0\r\n\r\n"
    );
    let answer = raw::ask(app.address, request.as_bytes()).await.replacen("HTTP/1.0", "HTTP/1.1", 1);
    raw::status(&answer).unwrap_or_else(|| panic!("{line} {headers}: {answer}"))
}

/// What a page of another site, or one of a name that was made to point here, may send.
fn foreign(port: u16) -> Vec<String> {
    let own = format!("Host: 127.0.0.1:{port}\r\n");
    let mut all = Vec::new();
    for origin in ["http://evil.example", "https://127.0.0.1", "http://127.0.0.1:1", "null", "", "file://", "x"] {
        all.push(format!("{own}Origin: {origin}\r\n"));
    }
    all.push(format!("{own}Origin: http://127.0.0.1:{port}\r\nOrigin: http://evil.example\r\n"));
    all.push(format!("{own}Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: script\r\n"));
    all.push(format!("{own}Sec-Fetch-Site: same-site\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n"));
    all
}

/// Names that lead here and are not this machine's own.
fn rebound(port: u16) -> Vec<String> {
    let names = [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.1.nip.io",
        "2130706433.example",
        "localhosts",
        "[evil]",
        "",
    ];
    let with_port = names.iter().map(|name| format!("Host: {name}:{port}\r\n"));
    let bare = names.iter().map(|name| format!("Host: {name}\r\n"));
    let twice = format!("Host: 127.0.0.1:{port}\r\nHost: evil.example\r\n");
    with_port.chain(bare).chain([twice]).collect()
}

async fn refused(app: &TestApp, headers: &str, expected: &[u16]) {
    for line in every_call(app).await {
        let got = status(app, &line, "1.1", headers).await;
        if OPEN.contains(&&*line) {
            assert!(matches!(got, 200 | 404), "{line}: {got}");
        } else {
            assert!(expected.contains(&got), "{line} was answered {got} with {headers}");
        }
    }
}

async fn started(change: impl FnOnce(&mut Settings)) -> TestApp {
    TestApp::start_with(&Place::memory().await, change).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_loopback_nobody_gets_in_by_another_name_or_from_another_page() {
    let app = started(|_| {}).await;
    let port = app.address.port();
    for headers in foreign(port).into_iter().chain(rebound(port)) {
        refused(&app, &headers, &[403]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_token_it_is_asked_for_and_no_page_of_another_site_gets_in_though_it_has_it() {
    let app = started(|settings| settings.control.token = Some(TOKEN.into())).await;
    let port = app.address.port();
    let bearer = format!("Authorization: Bearer {TOKEN}\r\n");
    for headers in foreign(port) {
        refused(&app, &headers, &[401, 403]).await;
        refused(&app, &format!("{headers}{bearer}"), &[401, 403]).await;
    }
    let own = format!("Host: 127.0.0.1:{port}\r\n");
    for given in ["", "Authorization: Bearer wrong\r\n", "Authorization: Basic x\r\n", "Authorization: Bearer\r\n"] {
        for line in every_call(&app).await.iter().filter(|line| !OPEN.contains(&&***line)) {
            let got = status(&app, line, "1.1", &format!("{own}{given}")).await;
            // A browser is led to the page that asks for it, or told that its form is none of ours.
            let asked = if line.contains("/token") { &[200, 400, 403][..] } else { &[401, 303, 403] };
            assert!(asked.contains(&got), "{line} was answered {got} with {given:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beyond_loopback_other_names_are_good_and_other_sites_are_not() {
    let beyond = |settings: &mut Settings| settings.server.listen = "0.0.0.0:4260".parse().unwrap();
    let with_token = started(|settings| {
        beyond(settings);
        settings.control.token = Some(TOKEN.into());
    });
    let open = started(|settings| {
        beyond(settings);
        settings.control.open = true;
    });
    let bearer = format!("Authorization: Bearer {TOKEN}\r\n");
    for (app, bearer) in [(with_token.await, &*bearer), (open.await, "")] {
        for headers in foreign(app.address.port()) {
            refused(&app, &format!("{headers}{bearer}"), &[401, 403]).await;
        }
        // Without a token, a name must be one that no stranger can have pointed here.
        let name = if bearer.is_empty() { "sesame" } else { "sesame.example" };
        let stranger = format!("Host: sesame.example:4260\r\n{bearer}");
        let wanted = if bearer.is_empty() { 403 } else { 200 };
        assert_eq!(status(&app, "GET /_sesame/clock", "1.1", &stranger).await, wanted);
        let named = format!("Host: {name}:4260\r\n{bearer}");
        assert_eq!(status(&app, "GET /_sesame/clock", "1.1", &named).await, 200);
        assert_eq!(status(&app, "GET /metrics", "1.1", &named).await, 200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_url_decides_over_the_host_and_who_names_none_is_no_browser() {
    let app = started(|_| {}).await;
    let port = app.address.port();
    for (target, host, expected) in [
        (format!("http://127.0.0.1:{port}/_sesame/clock"), "evil.example", 200),
        (format!("http://evil.example:{port}/_sesame/clock"), "127.0.0.1", 403),
        ("http://evil.example/_sesame/clock".to_owned(), "localhost", 403),
        (format!("http://localhost.evil.example:{port}/metrics"), "localhost", 403),
    ] {
        let got = status(&app, &format!("GET {target}"), "1.1", &format!("Host: {host}\r\n")).await;
        assert_eq!(got, expected, "{target} {host}");
    }
    // Browsers name the host in every request; older programs do not.
    assert_eq!(status(&app, "GET /_sesame/clock", "1.0", "").await, 200);
    assert_eq!(status(&app, "GET /_sesame/clock", "1.0", "Origin: http://evil.example\r\n").await, 403);
    assert_eq!(status(&app, "GET /_sesame/clock", "1.0", "Host: evil.example\r\n").await, 403);
}
