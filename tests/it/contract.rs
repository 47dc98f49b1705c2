//! The control surface keeps to its description: problem documents, methods, media types, and bodies that are too large.

use serde_json::{Value, json};

use crate::support::{Place, TestApp, raw};

on_both_engines![a_state_with_a_policy_that_is_none_is_refused_and_its_place_is_told];

/// Sends a request and gives status, headers in lower case, and body.
async fn ask(app: &TestApp, line: &str, headers: &str, body: &str) -> (u16, String, String) {
    let length = if headers.contains("Length") { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    let request = format!("{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}{length}\r\n{body}");
    let answer = raw::ask(app.address, request.as_bytes()).await;
    let status = raw::status(&answer).unwrap_or_else(|| panic!("{line}: {answer}"));
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    (status, head.to_lowercase(), body.to_owned())
}

const JSON: &str = "Content-Type: application/json\r\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_is_a_problem_that_says_what_and_where() {
    let place = Place::memory().await;
    let app = TestApp::start(&place).await;
    for (line, headers, body, status, code, detail) in [
        ("GET /_sesame/sessions/none?x", "", "", 404, "not-found", "there is no such session"),
        ("GET /_sesame/nothing", "", "", 404, "not-found", "there is no such control call"),
        ("POST /_sesame/accounts", "Content-Type: text/plain\r\n", "{}", 415, "unsupported-media-type", ""),
        ("POST /_sesame/accounts", "", "{}", 415, "unsupported-media-type", ""),
        ("POST /_sesame/accounts", JSON, "{", 400, "bad-request", "the body is not JSON from line 1 column 1 on"),
        ("POST /_sesame/accounts", JSON, r#"{"cluod":1}"#, 400, "bad-request", "unknown field `cluod`"),
        ("POST /_sesame/accounts", JSON, "{}", 400, "bad-request", "missing field `cloud`"),
        ("GET /_sesame/sessions?usr=x", "", "", 400, "bad-request", "Failed to deserialize query string: "),
    ] {
        let (got, head, text) = ask(&app, line, headers, body).await;
        let problem: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(got, status, "{line}: {problem}");
        assert!(head.contains("\r\ncontent-type: application/problem+json"), "{line}: {head}");
        let path = line.split(' ').nth(1).unwrap().split('?').next().unwrap();
        assert_eq!(problem["instance"], json!(path), "{line}");
        assert_eq!((&problem["status"], &problem["code"]), (&json!(status), &json!(code)), "{line}");
        assert_eq!(problem["type"], "about:blank");
        assert!(problem["title"].as_str().is_some_and(|title| !title.is_empty()), "{problem}");
        assert!(problem["detail"].as_str().unwrap().starts_with(detail), "{line}: {problem}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_method_is_told_which_there_are() {
    let place = Place::memory().await;
    let app = TestApp::start(&place).await;
    let (_, document) = app.control.get("/openapi.json").await;
    assert_eq!((&document["openapi"], document.get("security")), (&json!("3.1.0"), None));
    for (path, calls) in document["paths"].as_object().unwrap() {
        let calls = calls.as_object().unwrap();
        let (status, head, text) = ask(&app, &format!("PATCH {}", path.replace(['{', '}'], "")), "", "").await;
        assert_eq!(status, 405, "{path}: {text}");
        let allow = head.lines().find_map(|line| line.strip_prefix("allow: ")).expect("an Allow header");
        let mut allowed: Vec<&str> = allow.split(',').map(str::trim).filter(|method| *method != "head").collect();
        let mut described: Vec<&str> = calls.keys().map(String::as_str).collect();
        allowed.sort_unstable();
        described.sort_unstable();
        assert_eq!(allowed, described, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_asks_for_its_token_says_so() {
    let place = Place::memory().await;
    let app = TestApp::start_with(&place, |settings| settings.control.token = Some("s3cret".into())).await;
    let (_, document) = app.control.get("/openapi.json").await;
    assert_eq!(document["security"], json!([{"controlToken": []}]));
    let (status, head, text) = ask(&app, "GET /_sesame/openapi.json", "", "").await;
    assert_eq!(status, 401, "{text}");
    assert!(head.contains("\r\nwww-authenticate: bearer"), "{head}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_is_too_large_is_refused_when_it_is_announced_or_when_it_is_there() {
    let place = Place::memory().await;
    let app = TestApp::start(&place).await;
    let before = app.exported("").await;
    // Not one byte of it was sent: there is nothing to keep.
    for (line, most) in [("PUT /_sesame/state", 100_u64 << 20), ("POST /_sesame/accounts", 2 << 20)] {
        let headers = format!("{JSON}Content-Length: {}\r\n", most + 1);
        let (status, head, text) = ask(&app, line, &headers, "").await;
        let problem: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((status, &problem["code"]), (413, &json!("too-large")), "{line}");
        assert!(head.contains("\r\ncontent-type: application/problem+json"), "{head}");
    }
    // Not announced, it is read until it is too much, and no further.
    let chunk = format!("100000\r\n{}\r\n", " ".repeat(1 << 20));
    let body = format!("{chunk}{chunk}1\r\n \r\n0\r\n\r\n");
    let headers = format!("{JSON}Transfer-Encoding: chunked\r\nX-Length: none\r\n");
    let (status, _, text) = ask(&app, "POST /_sesame/accounts", &headers, &body).await;
    assert_eq!(status, 413, "{text}");
    assert_eq!(app.exported("").await, before);
}

async fn a_state_with_a_policy_that_is_none_is_refused_and_its_place_is_told(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    let policy = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"ram:Get*","Resource":"*"}]}"#;
    root.ram("CreatePolicy", &[("PolicyName", "own"), ("PolicyDocument", policy)]).await.ok();
    let trust = crate::support::trust_policy(&format!("acs:ram::{}:root", crate::support::ACCOUNT));
    root.ram("CreateRole", &[("RoleName", "reader"), ("AssumeRolePolicyDocument", &trust)]).await.ok();
    let good = app.exported("").await;
    let whole: Value = serde_json::from_str(&good).unwrap();
    for (table, column) in [("policy_versions", "document"), ("roles", "trust_policy")] {
        for bad in ["", "{}", "[]", r#"{"Version":"1","Statement":[{"Effect":"Perhaps"}]}"#, &"[".repeat(10_000)] {
            let mut document = whole.clone();
            document[table][0][column] = json!(bad);
            let (status, problem) = app.import("", &document.to_string()).await;
            assert_eq!((status, &problem["code"]), (400, &json!("malformed-state")), "{table} {bad:.20}");
            let detail = problem["detail"].as_str().unwrap_or_default();
            assert!(detail.starts_with(&format!("{table}[0].{column}: is no policy: ")), "{detail}");
        }
    }
    assert_eq!(app.exported("").await, good);
    assert_eq!(app.import("", &good).await.0, 204);
}
