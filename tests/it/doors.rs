//! Who may knock at the control surface, what the journal shows, and which settings are refused.

use serde_json::json;
use sesame::config::{Flags, Settings};

use crate::support::{Api, Place, TestApp, encode, raw};

on_both_engines![names_and_values_of_parameters_show_no_secret_in_the_journal];

/// The answer to a request with these headers.
async fn ask(app: &TestApp, line: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    let request = format!("{line} HTTP/1.1\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n{body}");
    raw::ask(app.address, request.as_bytes()).await
}

#[track_caller]
fn is(answer: &str, status: u16, case: &str) {
    assert_eq!(raw::status(answer), Some(status), "{case}: {answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_control_surface_answers_to_the_names_of_this_machine_alone() {
    let place = Place::memory().await;
    let app = TestApp::start(&place).await;
    let port = app.address.port();
    let json = "Content-Type: application/json\r\n";
    let calls = [
        ("GET /_sesame/clock", ""),
        ("GET /_sesame/accounts", ""),
        ("POST /_sesame/clock/advance", r#"{"seconds":1}"#),
        ("POST /_sesame/sign-in", r#"{"user":"nobody","password":"any"}"#),
    ];
    for (line, body) in calls {
        for host in ["localhost", "LocalHost", "127.0.0.1", "[::1]"] {
            for host in [host.to_owned(), format!("{host}:{port}")] {
                let answer = ask(&app, line, &format!("Host: {host}\r\n{json}"), body).await;
                let fine = if line.ends_with("sign-in") { 403 } else { 200 };
                is(&answer, fine, &format!("{line} at {host}"));
                assert_eq!(answer.contains("invalid-credentials"), fine == 403, "{answer}");
            }
        }
        for host in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil.localhost.example"] {
            for host in [host.to_owned(), format!("{host}:{port}")] {
                let answer = ask(&app, line, &format!("Host: {host}\r\n{json}"), body).await;
                is(&answer, 403, &format!("{line} at {host}"));
                assert!(answer.contains("application/problem+json"), "{answer}");
            }
        }
    }
    let answer = ask(&app, "POST /_sesame/reset", &format!("Host: evil.example:{port}\r\n"), "").await;
    is(&answer, 403, "a reset");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_other_sites_are_turned_away() {
    let place = Place::memory().await;
    let app = TestApp::start(&place).await;
    let port = app.address.port();
    let host = format!("Host: 127.0.0.1:{port}\r\n");
    let foreign = ["http://evil.example", "https://evil.example:4260", "null"];
    for origin in foreign {
        let headers = format!("{host}Origin: {origin}\r\nContent-Type: application/json\r\n");
        for (line, body) in [("GET /_sesame/clock", ""), ("POST /_sesame/clock/advance", r#"{"seconds":1}"#)] {
            is(&ask(&app, line, &headers, body).await, 403, &format!("{line} from {origin}"));
        }
        // A key that was never issued is no proof that it was no page.
        let signed = app.root().sign(Api::Ram, "CreateUser", &[("UserName", "alice")]);
        let headers = format!("{host}Origin: {origin}\r\nContent-Type: application/x-www-form-urlencoded\r\n");
        is(&ask(&app, "POST /", &headers, &signed.body).await, 403, &format!("POST / from {origin}"));
    }
    app.root().ram("GetUser", &[("UserName", "alice")]).await.is(404, "EntityNotExist.User");
    let own = format!("{host}Origin: http://127.0.0.1:{port}\r\n");
    is(&ask(&app, "GET /_sesame/clock", &own, "").await, 200, "its own page");
    let signed = app.root().sign(Api::Ram, "CreateUser", &[("UserName", "alice")]);
    let headers = format!("{host}Content-Type: application/x-www-form-urlencoded\r\n");
    is(&ask(&app, "POST /", &headers, &signed.body).await, 200, "no page at all");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_that_the_control_surface_refuses_is_a_problem_document() {
    let place = Place::memory().await;
    let app = TestApp::start(&place).await;
    let mut cases = vec![
        ("GET /_sesame/sessions/%ff", None),
        ("DELETE /_sesame/sessions/%ff", None),
        ("DELETE /_sesame/accounts/%ff", None),
        ("POST /_sesame/accounts/%ff/reset", None),
        ("GET /_sesame/users/alibaba/%ff/%ff/totp", None),
        ("GET /_sesame/nothing", Some(404)),
        ("GET /_sesame/requests?limit=-1", Some(400)),
        ("POST /_sesame/sign-in", Some(400)),
    ];
    let wrong_methods = [
        "DELETE /_sesame/clock",
        "GET /_sesame/reset",
        "PUT /_sesame/sign-in",
        "POST /_sesame/sessions",
        "PATCH /_sesame/accounts",
        "POST /_sesame/health",
        "GET /_sesame/clock/advance",
    ];
    cases.extend(wrong_methods.map(|line| (line, Some(405))));
    for (line, status) in cases {
        let answer = ask(&app, line, "Host: localhost\r\nContent-Type: application/json\r\n", "").await;
        let got = raw::status(&answer).unwrap_or_else(|| panic!("{line}: {answer}"));
        assert!(status.map_or((400..500).contains(&got), |status| status == got), "{line}: {answer}");
        assert!(answer.to_lowercase().contains("content-type: application/problem+json\r\n"), "{line}: {answer}");
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        let problem: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(problem["status"], json!(got), "{line}: {problem}");
        assert!(problem["code"].is_string() && problem["detail"].is_string(), "{line}: {problem}");
    }
}

async fn names_and_values_of_parameters_show_no_secret_in_the_journal(place: &Place) {
    let app = TestApp::start(place).await;
    let secret = "S3cret-Horse-1";
    let cases = [
        ("Password=S3cret-Horse-1", ""),
        ("Password=S3cret-Horse-1", "x"),
        ("x&Password=S3cret-Horse-1", ""),
        (r#"{"Password":"S3cret-Horse-1"}"#, ""),
        ("Request", r#"{"Password":"S3cret-Horse-1"}"#),
        ("Request", r#"{"User":{"LoginProfile":[{"Password":"S3cret-Horse-1"}]}}"#),
        ("Request", r#"[{"NewPassword":"S3cret-Horse-1"}]"#),
        ("Request", r#"{"AccessKeySecret":"S3cret-Horse-1","#),
        ("Request", "Password=S3cret-Horse-1"),
        ("LoginProfile.Password", "S3cret-Horse-1"),
    ];
    for (number, (name, value)) in cases.into_iter().enumerate() {
        let user = format!("user-{number}");
        let parameters = [("UserName", &*user), (name, value)];
        for client in [app.root(), app.root().v3()] {
            // Whatever becomes of it, it is noted.
            client.ram("CreateUser", &parameters).await;
        }
    }
    let (status, journal) = app.control.get("/requests").await;
    assert_eq!(status, 200);
    let entries = journal["requests"].as_array().unwrap();
    let shown: Vec<String> = entries
        .iter()
        .map(ToString::to_string)
        .filter(|entry| entry.contains(secret) || entry.contains(&encode(secret)))
        .collect();
    assert!(shown.is_empty(), "{shown:#?}");
    assert_eq!(entries.iter().filter(|entry| entry["action"] == "CreateUser").count(), 2 * cases.len());
    assert!(journal.to_string().contains("user-3"), "{journal}");
}

fn load(name: &str, value: &str) -> Result<Settings, String> {
    Settings::load(&Flags::default(), [(name.to_owned(), value.to_owned())]).map_err(|error| error.to_string())
}

#[test]
fn more_hashing_threads_than_any_machine_has_are_a_settings_error() {
    assert_eq!(load("SESAME_PASSWORDS__HASHING_THREADS", "4").unwrap().passwords.hashing_threads, 4);
    for absurd in ["1000000000", "9223372036854775807", "18446744073709551615", "18446744073709551616"] {
        let error = load("SESAME_PASSWORDS__HASHING_THREADS", absurd).expect_err(absurd);
        assert!(error.to_lowercase().contains("hashing_threads"), "{error}");
    }
}

#[test]
fn a_variable_in_lower_case_is_a_settings_error() {
    load("SESAME_AUTH__SIGNATURES", "ignore").unwrap();
    for name in ["sesame_auth__signatures", "Sesame_Auth__Signatures", "SESAME_auth__signatures"] {
        let error = load(name, "ignore").expect_err(name);
        assert!(error.contains(name), "{error}");
    }
}
