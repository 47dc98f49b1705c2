//! The journal for those who test with it: what is expected of it, its stream, who came and went, deeds on the console's
//! pages, and the events of the clouds' audit trails.

use std::time::Duration;

use reqwest::Response;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::aws::make_console_user;
use crate::aws::signed_client::{ACCOUNT as AWS_ACCOUNT, Aws};
use crate::support::{ACCOUNT, Place, TestApp};

on_both_engines![
    expectations_are_met_or_told_what_was_seen,
    the_stream_tells_what_comes_and_goes_on_where_it_was,
    the_page_is_told_of_what_it_shows,
    a_slow_reader_is_told_what_it_missed,
    a_stop_waits_for_no_stream,
    sign_ins_of_both_clouds_stand_in_the_journal,
    deeds_on_the_pages_stand_in_the_journal,
    cloudtrail_has_sign_ins_and_calls,
    actiontrail_has_sign_ins_and_calls,
];

const PASSWORD: &str = "First-Door-12";
/// The journal of the pages for testers.
const PAGE: &str = "/console/testers/journal";

async fn requests(app: &TestApp, query: &str) -> Vec<Value> {
    let (status, answer) = app.control.get(&format!("/requests?{query}")).await;
    assert_eq!(status, 200, "{answer}");
    answer["requests"].as_array().expect("requests").clone()
}

async fn expectations_are_met_or_told_what_was_seen(place: &Place) {
    let app = TestApp::start(place).await;
    app.user("alice").await;
    app.user("bob").await;
    app.root().ram("CreateUser", &[("UserName", "bob")]).await.is(409, "EntityAlreadyExists.User");
    for met in [
        "action=CreateUser",
        "action=CreateUser&times=3",
        "action=CreateUser&error=&times=2",
        "action=CreateUser&error=EntityAlreadyExists.User&status=409&times=1",
        "action=DeleteUser&times=0",
        "action=CreateUser&at_least=2&at_most=3&account=1000000000000001&principal=root",
    ] {
        let (status, answer) = app.control.get(&format!("/requests/expect?{met}")).await;
        assert_eq!(status, 200, "{met}: {answer}");
        assert_eq!(answer["count"], json!(answer["requests"].as_array().expect("it is there").len()), "{met}");
    }
    let (status, told) = app.control.get("/requests/expect?action=CreateUser&error=NoPermission").await;
    assert_eq!((status, &told["code"]), (417, &json!("expectation-failed")), "{told}");
    assert_eq!(told["detail"], "expected at least 1 times, and seen 0 times");
    assert_eq!((&told["seen"]["count"], &told["seen"]["actions"]["CreateUser"]), (&json!(0), &json!(3)));
    assert_eq!(told["seen"]["requests"][0]["error"], "EntityAlreadyExists.User", "{told}");
    let (status, told) = app.control.get("/requests/expect?action=CreateUser&times=2").await;
    assert_eq!((status, &told["seen"]["count"]), (417, &json!(3)), "{told}");
    for bad in ["times=1&at_least=1", "at_least=3&at_most=2", "times=x", "since=soon", "status=none"] {
        assert_eq!(app.control.get(&format!("/requests/expect?{bad}")).await.0, 400, "{bad}");
    }
}

/// A stream as it is read: what is left of the last piece.
struct Stream(Response, String);

impl Stream {
    /// One of the control surface.
    async fn open(app: &TestApp, path: &str, last: Option<&str>) -> Self {
        Self::open_at(app, &format!("/_sesame{path}"), last).await
    }

    async fn open_at(app: &TestApp, path: &str, last: Option<&str>) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().expect("it is there");
        let mut request = http.get(format!("http://{}{path}", app.address));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = request.send().await.expect("it is there");
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut stream = Self(response, String::new());
        // The comment at the beginning: from here on nothing is missed.
        assert_eq!(stream.block().await.as_deref(), Some(":"));
        stream
    }

    /// The next lines as far as an empty one; none at the end.
    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.1.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.1 = rest;
                return Some(block);
            }
            let piece = timeout(Duration::from_secs(20), self.0.chunk()).await.expect("an event in time");
            self.1.push_str(std::str::from_utf8(&piece.expect("a whole stream")?).expect("it is there"));
        }
    }

    /// The next event: its name, its id and what it says.
    async fn event(&mut self) -> (String, String, Value) {
        let block = self.block().await.expect("an event");
        let line = |name: &str| {
            let found = block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            found.unwrap_or_default().to_owned()
        };
        (line("event"), line("id"), serde_json::from_str(&line("data")).expect("JSON"))
    }
}

async fn the_stream_tells_what_comes_and_goes_on_where_it_was(place: &Place) {
    let app = TestApp::start(place).await;
    app.user("before").await;
    let mut all = Stream::open(&app, "/requests/stream", None).await;
    let mut some = Stream::open(&app, "/requests/stream?action=ListUsers", None).await;
    app.user("alice").await;
    app.root().ram("ListUsers", &[]).await.ok();
    let (name, first, told) = all.event().await;
    assert_eq!(
        (&*name, &told["action"], &told["parameters"]["UserName"]),
        ("request", &json!("CreateUser"), &json!("alice"))
    );
    assert_eq!(json!(first), told["request_id"]);
    let (_, second, told) = all.event().await;
    assert_eq!(told["action"], "ListUsers");
    assert_eq!(some.event().await, ("request".to_owned(), second.clone(), told.clone()));
    assert_eq!(requests(&app, "action=ListUsers").await, [told]);
    // On from a request that was read; from one that nobody knows any more; from a time.
    let mut again = Stream::open(&app, "/requests/stream", Some(&first)).await;
    assert_eq!(again.event().await.1, second);
    let mut broken = Stream::open(&app, "/requests/stream", Some("none")).await;
    assert_eq!(broken.event().await, ("missed".to_owned(), String::new(), json!({"missed": null})));
    assert_eq!(broken.event().await.2["parameters"]["UserName"], "before");
    let mut since = Stream::open(&app, "/requests/stream?since=2000-01-01T00:00:00Z", None).await;
    assert_eq!(since.event().await.2["parameters"]["UserName"], "before");
    for bad in ["/requests/stream?since=soon", "/events/stream", "/events?format=csv", "/events"] {
        assert_eq!(app.control.get(bad).await.0, 400, "{bad}");
    }
}

async fn the_page_is_told_of_what_it_shows(place: &Place) {
    let app = TestApp::start(place).await;
    let path = format!("{PAGE}/stream?action=getdefault&account={ACCOUNT}&since=2000-01-01T00:00:00Z");
    let mut page = app.browser();
    page.open(&format!("{PAGE}?account={ACCOUNT}&action=getdefault")).await.says(200, "/journal/stream?");
    app.root().ims("GetDefaultDomain", &[]).await.ok();
    let mut stream = Stream::open_at(&app, &path, None).await;
    let policy = stream.0.headers()["content-security-policy"].to_str().expect("text").to_owned();
    assert!(policy.contains("connect-src 'self'"), "{policy}");
    app.user("alice").await;
    app.root().ims("GetDefaultDomain", &[]).await.ok();
    // What was before stands on the page already.
    let id =
        requests(&app, "action=GetDefaultDomain&limit=1").await[0]["request_id"].as_str().expect("an id").to_owned();
    assert_eq!(stream.block().await, Some(format!("id: {id}\nevent: request\ndata: {id}")));
    page.open(&format!("{PAGE}/stream?since=soon")).await.says(422, "This is not a time");
}

async fn a_slow_reader_is_told_what_it_missed(place: &Place) {
    let app = TestApp::start_with(place, |settings| settings.journal.capacity = 4).await;
    app.user("alice").await;
    let first = requests(&app, "").await[0]["request_id"].as_str().expect("it is there").to_owned();
    let mut reader = Stream::open(&app, "/requests/stream", Some(&first)).await;
    // More than any buffer on the way takes, while nobody reads.
    let long = "x".repeat(900);
    for _ in 0..6_000 {
        let entries = app.app.journal.all();
        let last = entries.last().expect("it is there");
        app.app.journal.add(copy(last, &long));
    }
    let mut missed = 0;
    let mut told = 0;
    while missed + told < 6_000 {
        match reader.event().await {
            (name, _, count) if name == "missed" => missed += count["missed"].as_u64().expect("it is there"),
            _ => told += 1,
        }
    }
    assert!(missed > 0 && missed + told == 6_000, "{missed} {told}");
}

/// An entry like another.
fn copy(entry: &sesame::app::journal::Entry, text: &str) -> sesame::app::journal::Entry {
    sesame::app::journal::Entry {
        request_id: entry.request_id.clone(),
        time: entry.time.clone(),
        dialect: entry.dialect,
        action: entry.action.clone(),
        account: entry.account.clone(),
        principal: entry.principal.clone(),
        access_key_id: None,
        parameters: sesame::app::journal::Parameters(vec![("Comments".to_owned(), text.to_owned())]),
        status: entry.status,
        error: None,
        message: None,
        source_address: None,
        user_agent: None,
        duration_us: 1,
        decision: None,
        fault: None,
        checks: Vec::new(),
        unchecked: Vec::new(),
        cloud: entry.cloud,
        refused_at: None,
        scheme: None,
        caller: None,
        entrance: None,
    }
}

async fn a_stop_waits_for_no_stream(place: &Place) {
    let app = TestApp::start(place).await;
    let mut read = Stream::open(&app, "/requests/stream", None).await;
    let _unread = Stream::open(&app, "/events/stream?format=cloudtrail", None).await;
    let mut page = Stream::open_at(&app, &format!("{PAGE}/stream"), None).await;
    let stopping = app.begin_stop();
    // Far less than requests in flight are given.
    timeout(Duration::from_secs(8), stopping).await.expect("a stop at once").expect("it is there");
    assert_eq!((read.block().await, page.block().await), (None, None));
}

fn seen(entries: &[Value]) -> Vec<(String, u64, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    entries
        .iter()
        .map(|one| (text(&one["action"]), one["status"].as_u64().expect("it is there"), text(&one["error"])))
        .collect()
}

fn row(action: &str, status: u64, error: &str) -> (String, u64, String) {
    (action.to_owned(), status, error.to_owned())
}

async fn sign_ins_of_both_clouds_stand_in_the_journal(place: &Place) {
    let app = TestApp::start(place).await;
    app.console_user("alice", PASSWORD).await;
    make_console_user(&app, "Bob", PASSWORD).await;
    app.control.delete("/requests").await;
    app.sign_in("alice", "wrong-secret-1").await;
    app.sign_in("alice", PASSWORD).await;
    app.sign_in("typed-secret-2", "wrong-secret-3").await;
    let mut browser = app.browser();
    browser.sign_in("alice", PASSWORD).await;
    let home = browser.open("/console").await;
    browser.submit(&home, "/console/sign-out", &[]).await;
    let rows = requests(&app, &format!("account={ACCOUNT}")).await;
    let expected = [
        row("ConsoleSignin", 403, "invalid-credentials"),
        row("ConsoleSignin", 200, ""),
        row("ConsoleSignin", 403, "invalid-credentials"),
        // The browser was offered a device on the way.
        row("ConsoleSignin", 200, ""),
        row("ConsoleSignin", 200, ""),
        row("ConsoleSignout", 200, ""),
    ];
    assert_eq!(seen(&rows), expected);
    assert!(rows.iter().all(|one| one["dialect"] == "console/alibaba" && one["source_address"] == "127.0.0.1"));
    assert_eq!(rows[0]["principal"], format!("acs:ram::{ACCOUNT}:user/alice"));
    assert_eq!((&rows[2]["principal"], &rows[2]["parameters"]["UserName"]), (&Value::Null, &json!("***")));
    assert_eq!(rows[3]["parameters"]["Outcome"], "mfa-bind-offered");

    let body = json!({"cloud": "aws", "account": AWS_ACCOUNT, "user": "Bob", "password": PASSWORD});
    let session =
        app.control.post("/sign-in", &body).await.1["session"]["id"].as_str().expect("it is there").to_owned();
    let switch = json!({"role": "nothing"});
    assert_eq!(app.control.post(&format!("/sessions/{session}/switch-role"), &switch).await.0, 404);
    let rows = requests(&app, &format!("account={AWS_ACCOUNT}&principal=Bob")).await;
    assert_eq!(seen(&rows), [row("ConsoleLogin", 200, ""), row("SwitchRole", 403, "no-such-role")]);
    for one in &rows {
        let path =
            one["explain"].as_str().expect("it is there").strip_prefix("/_sesame").expect("it is there").to_owned();
        let (status, told) = app.control.get(&path).await;
        assert_eq!((status, &told["signature"]["verification"]), (200, &json!("unsigned")), "{told}");
        let step = if one["status"] == 200 { Value::Null } else { json!("sign-in") };
        assert_eq!(told["refused"]["step"], step);
    }
    let all = format!("{:?} {:?}", requests(&app, "").await, app.app.journal);
    for secret in [PASSWORD, "wrong-secret", "typed-secret"] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
}

async fn deeds_on_the_pages_stand_in_the_journal(place: &Place) {
    let app = TestApp::start(place).await;
    app.console_user("alice", PASSWORD).await;
    let mut browser = app.browser();
    browser.sign_in("alice", PASSWORD).await;
    browser.open("/console/users").await.says(403, "No permission");
    let grant = [("UserName", "alice"), ("PolicyName", "AdministratorAccess"), ("PolicyType", "System")];
    app.root().ram("AttachPolicyToUser", &grant).await.ok();
    app.control.delete("/requests").await;
    let page = browser.open("/console/new/user").await;
    browser.submit(&page, "/console/new/user", &[("name", "carol")]).await.leads_to("/console/users/carol");
    let again = browser.submit(&page, "/console/new/user", &[("name", "carol")]).await;
    assert_eq!(again.status, 409, "{}", again.text);
    let rows = requests(&app, "principal=alice").await;
    let expected = [row("CreateUser", 200, ""), row("CreateUser", 409, "EntityAlreadyExists.User")];
    assert_eq!(seen(&rows), expected);
    assert_eq!((&rows[0]["dialect"], &rows[0]["decision"]), (&json!("console/alibaba"), &json!("allowed")));
    assert_eq!(rows[0]["parameters"]["UserName"], "carol");
    assert_eq!(rows[0]["decided_by"]["policy"], "AdministratorAccess", "{}", rows[0]);
}

async fn events(app: &TestApp, format: &str, query: &str) -> Vec<Value> {
    let (status, answer) = app.control.get(&format!("/events?format={format}{query}")).await;
    assert_eq!(status, 200, "{answer}");
    let list = if format == "cloudtrail" { &answer["Records"] } else { &answer["Events"] };
    list.as_array().expect("events").clone()
}

async fn cloudtrail_has_sign_ins_and_calls(place: &Place) {
    let app = TestApp::start(place).await;
    make_console_user(&app, "Bob", PASSWORD).await;
    let mut stream = Stream::open(&app, "/events/stream?format=cloudtrail&action=ConsoleLogin", None).await;
    for (user, password) in [("Bob", "wrong-secret-1"), ("typed-secret-2", "x"), ("Bob", PASSWORD)] {
        let body = json!({"cloud": "aws", "account": AWS_ACCOUNT, "user": user, "password": password});
        app.control.post("/sign-in", &body).await;
    }
    let root = Aws::root(&app);
    root.iam("CreateUser", &[("UserName", "Bob")]).await.is(409, "EntityAlreadyExists");
    let logins = events(&app, "cloudtrail", "&action=ConsoleLogin").await;
    let results: Vec<&Value> = logins.iter().map(|one| &one["responseElements"]["ConsoleLogin"]).collect();
    assert_eq!(results, ["Failure", "Failure", "Success"]);
    let messages: Vec<&Value> = logins.iter().map(|one| &one["errorMessage"]).collect();
    assert_eq!(
        messages,
        [&json!("Failed authentication"), &json!("No username found in supplied account"), &Value::Null]
    );
    assert_eq!(logins[0]["userIdentity"]["arn"], format!("arn:aws:iam::{AWS_ACCOUNT}:user/Bob"));
    assert_eq!(logins[1]["userIdentity"]["userName"], "HIDDEN_DUE_TO_SECURITY_REASONS");
    assert_eq!(
        (&logins[2]["eventType"], &logins[2]["eventSource"]),
        (&json!("AwsConsoleSignIn"), &json!("signin.amazonaws.com"))
    );
    assert_eq!(logins[2]["additionalEventData"]["MFAUsed"], "No");
    assert_eq!(stream.event().await.2, logins[0]);
    let calls = events(&app, "cloudtrail", "&action=CreateLoginProfile").await;
    let asked = &calls[0]["requestParameters"];
    assert_eq!((&asked["userName"], &asked["password"]), (&json!("Bob"), &json!("HIDDEN_DUE_TO_SECURITY_REASONS")));
    let calls = events(&app, "cloudtrail", "&action=CreateUser&status=409").await;
    assert_eq!(
        (&calls[0]["errorCode"], &calls[0]["userIdentity"]["type"]),
        (&json!("EntityAlreadyExistsException"), &json!("Root"))
    );
    assert_eq!(calls[0]["errorMessage"], "User with name Bob already exists.");
    assert_eq!((&calls[0]["readOnly"], &calls[0]["recipientAccountId"]), (&json!(false), &json!(AWS_ACCOUNT)));
    assert!(calls[0]["eventID"] != calls[0]["requestID"] && calls[0]["sourceIPAddress"] == "127.0.0.1");
    assert!(events(&app, "actiontrail", "").await.is_empty());
}

async fn actiontrail_has_sign_ins_and_calls(place: &Place) {
    let app = TestApp::start(place).await;
    app.console_user("alice", PASSWORD).await;
    app.sign_in("alice", "wrong-secret-1").await;
    app.sign_in("alice", PASSWORD).await;
    let all = events(&app, "actiontrail", "&limit=2").await;
    assert_eq!(all.len(), 2);
    let (refused, entered) = (&all[0], &all[1]);
    assert_eq!((&refused["eventName"], &refused["eventType"]), (&json!("ConsoleSignin"), &json!("ConsoleSignin")));
    assert_eq!((&refused["errorCode"], &entered["errorCode"]), (&json!("LoginFailed"), &Value::Null));
    // As Alibaba Cloud's alerts find sign-ins that failed and those that did not.
    let message = refused["errorMessage"].as_str().expect("a text");
    assert!(!message.is_empty() && message != "success" && entered["errorMessage"].is_null(), "{message}");
    assert_eq!(
        (&entered["userIdentity"]["type"], &entered["userIdentity"]["userName"]),
        (&json!("ram-user"), &json!("alice"))
    );
    assert_eq!(entered["additionalEventData"]["isMFAChecked"], "false");
    let calls = events(&app, "actiontrail", "&action=CreateLoginProfile").await;
    let call = &calls[0];
    assert_eq!(
        (&call["eventType"], &call["eventRW"], &call["serviceName"]),
        (&json!("ApiCall"), &json!("Write"), &json!("Ram"))
    );
    assert_eq!(
        (&call["requestParameters"]["UserName"], &call["requestParameters"]["Password"]),
        (&json!("alice"), &json!("***"))
    );
    assert_eq!(call["userIdentity"]["type"], "root-account");
    assert!(events(&app, "cloudtrail", "").await.is_empty());
}
