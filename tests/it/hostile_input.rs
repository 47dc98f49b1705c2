//! Input that a careless server fails on: zeros, endless values, what XML cannot hold, bodies that break off.

use serde_json::json;
use sesame::ids::Ids;

use crate::support::{ACCOUNT, Api, Place, Rpc, TestApp, encode, raw};

on_both_engines![
    a_zero_in_a_parameter_is_refused_and_changes_nothing,
    a_zero_in_a_control_call_is_refused,
    endless_key_ids_and_nonces_are_refused,
    no_answer_in_xml_holds_what_xml_cannot,
];

async fn a_zero_in_a_parameter_is_refused_and_changes_nothing(place: &Place) {
    let app = TestApp::start(place).await;
    app.user("alice").await;
    let alice = app.key_of("alice").await;
    let before = app.root().ram("ListUsers", &[]).await.ok()["Users"].clone();
    let cases = [
        ("UserName", "gho\0st"),
        ("UserName", "\0"),
        ("DisplayName", "Gho\0st"),
        ("Comments", "\0"),
        ("Email", "ghost@example.com\0"),
        ("Nobody\0Knows", "this"),
        ("\0", "\0"),
        ("NobodyKnows", "th\0is"),
        ("AccessKeyId", "te\0st"),
        ("SignatureNonce", "no\0nce"),
        ("SecurityToken", "CAIS\0"),
        ("Timestamp", "2026-11-22T00:00:00Z\0"),
        ("Action", "Create\0User"),
        ("Version", "2015-05-01\0"),
        ("SignatureMethod", "HMAC-SHA1\0"),
    ];
    for (name, value) in cases {
        let parameters = [("UserName", "ghost"), (name, value)];
        for client in [app.root(), alice.clone()] {
            let form = client.sign(Api::Ram, "CreateUser", &parameters);
            client.send(&form).await.is(400, "InvalidParameter");
            let mut query = form.clone();
            query.query = format!("?{}", std::mem::take(&mut query.body));
            client.send(&query).await.is(400, "InvalidParameter");
            let client = client.v3();
            client.send(&client.sign(Api::Ram, "CreateUser", &parameters)).await.is(400, "InvalidParameter");
        }
        let mut json_body = app.root().sign(Api::Ram, "CreateUser", &[]);
        json_body.query = format!("?{}", std::mem::take(&mut json_body.body));
        json_body.headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        if name != "UserName" {
            json_body.query.push_str("&UserName=ghost");
        }
        if !json_body.query.contains(&format!("{name}=")) {
            json_body.body = json!({name: value}).to_string();
            app.root().send(&json_body).await.is(400, "InvalidParameter");
        }
    }
    assert_eq!(app.root().ram("ListUsers", &[]).await.ok()["Users"], before);
    // What reads is refused as well as what writes.
    for action in ["GetUser", "GetLoginProfile", "ListAccessKeys", "GetRole"] {
        let named = [("UserName", "ali\0ce"), ("RoleName", "o\0ps"), ("Marker", "\0")];
        app.root().ram(action, &named).await.is(400, "InvalidParameter");
    }
    app.root().ims("GetUser", &[("UserAccessKeyId", "LTAI\0")]).await.is(400, "InvalidParameter");
    app.root().ims("ListUsers", &[("Tag", "[{\"Key\":\"a\0\"}]")]).await.is(400, "InvalidParameter");
}

async fn a_zero_in_a_control_call_is_refused(place: &Place) {
    let app = TestApp::start(place).await;
    app.console_user("alice", "Correct-Horse-1").await;
    let signed_in = app.sign_in_with(json!({"user": "alice", "password": "Correct-Horse-1"})).await;
    let session = signed_in["session"]["id"].as_str().unwrap();
    let mut wrong = Vec::new();
    let mut check = |call: String, status: u16| {
        if !(400..500).contains(&status) {
            wrong.push(format!("{call}: {status}"));
        }
    };
    for path in [
        "/sessions/%00",
        "/sessions?account=%00",
        "/sessions?user=%00",
        "/clock?account=%00",
        "/requests?since=%00",
        "/requests?action=%00",
        "/requests?account=%00",
        "/requests?principal=%00",
        "/requests?limit=%00",
        "/requests/expect?action=%00",
        "/requests/stream?action=%00",
        "/events?format=cloudtrail&action=%00",
        "/events/stream?format=%00",
        "/users/%00/1000000000000001/alice/totp",
        "/users/alibaba/%00/alice/totp",
        "/users/alibaba/1000000000000001/%00/totp",
    ] {
        check(format!("GET {path}"), app.control.get(path).await.0);
    }
    for path in ["/sessions/%00", "/accounts/%00", "/accounts/1000000000000001%00"] {
        check(format!("DELETE {path}"), app.control.delete(path).await.0);
    }
    let forward = json!({"seconds": 1});
    let bodies = [
        ("/clock/advance?account=%00", forward),
        ("/clock/advance", json!({"by": "P1D\0"})),
        ("/accounts/%00/reset", json!(null)),
        ("/accounts", json!({"cloud": "alibaba\0"})),
        ("/accounts", json!({"cloud": "alibaba", "id": "100000000000007\0"})),
        ("/sessions/%00/switch-role", json!({"role": "ops"})),
        (&*format!("/sessions/{session}/switch-role"), json!({"role": "o\0ps"})),
        (&*format!("/sessions/{session}/switch-role"), json!({"role": format!("acs:ram::{ACCOUNT}:role/\0")})),
        ("/sign-in", json!({"cloud": "alibaba\0", "user": "alice", "password": "Correct-Horse-1"})),
        ("/sign-in", json!({"user": "ali\0ce", "password": "Correct-Horse-1"})),
        ("/sign-in", json!({"user": "alice@\0", "password": "Correct-Horse-1"})),
        ("/sign-in", json!({"user": "alice", "password": "Correct-Horse-1\0"})),
        ("/sign-in", json!({"account": "\0", "user": "alice", "password": "Correct-Horse-1"})),
    ];
    for (path, body) in bodies {
        check(format!("POST {path} {body}"), app.control.post(path, &body).await.0);
    }
    let times = [
        ("/clock?account=%00", json!({"mode": "system"})),
        ("/clock", json!({"mode": "system\0"})),
        ("/clock", json!({"now": "2026-11-21T10:00:00Z\0"})),
    ];
    for (path, body) in times {
        check(format!("PUT {path} {body}"), app.control.put(path, &body).await.0);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(app.running_sessions().await.len(), 1);
    assert_eq!(app.control.get("/clock").await.1["mode"], "system");
}

async fn endless_key_ids_and_nonces_are_refused(place: &Place) {
    let app = TestApp::start(place).await;
    app.user("alice").await;
    let alice = app.key_of("alice").await;
    let ids = Ids::seeded(7);
    let refused = |reply: &crate::support::Reply, case: &str| {
        assert!((400..500).contains(&reply.status), "{case}: {reply:?}");
    };
    for length in [257, 1_000, 3_000, 10_000, 300_000] {
        // Random, so that no engine presses it into an index.
        let endless = ids.letters_and_digits(length);
        let user = format!("user-{length}");
        let create = [("UserName", &*user)];
        let case = format!("{length} characters");
        refused(&app.rpc(&endless, "any").ram("CreateUser", &create).await, &case);
        for client in [app.root(), alice.clone()] {
            let nonce = [("UserName", &*user), ("SignatureNonce", &*endless)];
            refused(&client.ram("CreateUser", &nonce).await, &case);
        }
        if length <= 10_000 {
            refused(&app.rpc(&endless, "any").v3().ram("CreateUser", &create).await, &case);
            let root = app.root().v3();
            let mut signed = root.sign(Api::Ram, "CreateUser", &create);
            for (name, value) in &mut signed.headers {
                if name == "x-acs-signature-nonce" {
                    value.clone_from(&endless);
                }
            }
            refused(&root.send(&signed).await, &case);
        }
        app.root().ram("GetUser", &create).await.is(404, "EntityNotExist.User");
    }
    let longest = ids.letters_and_digits(256);
    app.root().ram("GetUser", &[("UserName", "alice"), ("SignatureNonce", &longest)]).await.ok();
    app.rpc(&longest, "any").ram("GetUser", &[("UserName", "alice")]).await.ok();
}

async fn no_answer_in_xml_holds_what_xml_cannot(place: &Place) {
    let app = TestApp::start(place).await;
    let ask = async |api: Api, action: &str, parameters: &[(&str, &str)]| {
        let parameters = [parameters, &[("Format", "XML")]].concat();
        let plain = app.root().send_plain(&app.root().sign(api, action, &parameters)).await;
        assert!(plain.text.starts_with("<?xml"), "{plain:?}");
        let bad = |c: char| matches!(c, '\u{fffe}' | '\u{ffff}') || (c < ' ' && !matches!(c, '\t' | '\n' | '\r'));
        assert!(!plain.text.contains(bad), "{plain:?}");
        plain.status
    };
    app.user("alice").await;
    for (number, text) in ["a\u{fffe}b", "\u{ffff}", "a\u{1}b", "a\u{1f}"].into_iter().enumerate() {
        for free in ["DisplayName", "Comments"] {
            let name = format!("user-{number}-{free}");
            let status = ask(Api::Ram, "CreateUser", &[("UserName", &name), (free, text)]).await;
            let found = ask(Api::Ram, "GetUser", &[("UserName", &name)]).await;
            assert_eq!(found == 200, status == 200, "{free}: {text:?}");
        }
        let principal = format!("other-{number}@{ACCOUNT}.onaliyun.com");
        let status = ask(Api::Ims, "CreateUser", &[("UserPrincipalName", &principal), ("DisplayName", text)]).await;
        assert_eq!(ask(Api::Ims, "GetUser", &[("UserPrincipalName", &principal)]).await == 200, status == 200);
        for free in ["NewDisplayName", "NewComments"] {
            ask(Api::Ram, "UpdateUser", &[("UserName", "alice"), (free, text)]).await;
        }
        assert_eq!(ask(Api::Ram, "GetUser", &[("UserName", "alice")]).await, 200);
        ask(Api::Ram, "GetUser", &[("UserName", text)]).await;
    }
    assert_eq!(ask(Api::Ram, "ListUsers", &[]).await, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_for_xml_is_refused_in_xml() {
    let place = Place::memory().await;
    let app = TestApp::start(&place).await;
    let whole = app.root().sign(Api::Ram, "ListUsers", &[("Format", "XML")]);
    assert_eq!(app.root().send_plain(&whole).await.status, 200);
    for extra in ["&MaxItems=1&MaxItems=2", "&Comments=%zz", "&Comments=%4", "&%zz=1", "&Comments=%ff"] {
        for in_query in [false, true] {
            let mut signed = app.root().sign(Api::Ram, "ListUsers", &[("Format", "XML")]);
            signed.body.push_str(extra);
            if in_query {
                signed.query = format!("?{}", std::mem::take(&mut signed.body));
            }
            let plain = app.root().send_plain(&signed).await;
            assert_eq!(plain.status, 400, "{extra}: {plain:?}");
            assert!(plain.content_type.starts_with("text/xml"), "{extra}: {plain:?}");
            assert!(plain.text.starts_with("<?xml") && plain.text.contains("<Error>"), "{extra}: {plain:?}");
        }
    }
    // Whoever does not, is not.
    let mut signed = app.root().sign(Api::Ram, "ListUsers", &[]);
    signed.body.push_str("&Comments=%zz");
    app.root().send(&signed).await.is(400, "InvalidParameter");
}

/// Sends a request signed by V1 without one of its parameters, and with that in a header.
async fn in_a_header(client: &Rpc, parameter: &str, header: &str, value: &str) {
    let mut signed = client.sign(Api::Ram, "ListUsers", &[]);
    let cut = format!("{parameter}={}&", encode(value));
    assert!(signed.body.contains(&cut));
    signed.body = signed.body.replace(&cut, "");
    signed.headers.push((header.to_owned(), value.to_owned()));
    client.send(&signed).await.is(400, &format!("Missing{parameter}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn headers_do_not_stand_in_for_parameters_of_the_older_signature() {
    let place = Place::memory().await;
    let app = TestApp::start(&place).await;
    app.user("alice").await;
    for client in [app.root(), app.key_of("alice").await] {
        in_a_header(&client, "Action", "x-acs-action", "ListUsers").await;
        in_a_header(&client, "Version", "x-acs-version", "2015-05-01").await;
    }
    // The header beside the parameter does no harm.
    let mut signed = app.root().sign(Api::Ram, "ListUsers", &[]);
    signed.headers.push(("x-acs-action".to_owned(), "DeleteUser".to_owned()));
    app.root().send(&signed).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chunked_body_that_breaks_is_no_body_that_is_too_long() {
    let place = Place::memory().await;
    let app = TestApp::start(&place).await;
    let head = "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\
                Content-Type: application/x-www-form-urlencoded\r\n\r\n";
    for chunks in ["zz\r\na=b\r\n0\r\n\r\n", "3\r\na=b\r\nzz\r\n", "3\r\na=bcd\r\n0\r\n\r\n", "-1\r\n\r\n"] {
        let answer = raw::ask(app.address, format!("{head}{chunks}").as_bytes()).await;
        assert_eq!(raw::status(&answer), Some(400), "{chunks:?}: {answer}");
    }
}
