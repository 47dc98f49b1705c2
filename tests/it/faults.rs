//! Injected faults: what testers may say, what clients meet, and that all replicas share what is left of them.

use std::fmt::Write as _;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::aws::client::Aws;
use crate::support::{ACCOUNT, Api, Place, Rpc, TestApp, concurrently, count};

on_both_engines![
    a_fault_is_kept_listed_and_taken_away,
    rules_that_cannot_be_are_refused_by_name,
    no_member_of_a_rule_stands_twice,
    codes_that_testers_make_up_are_counted_as_one,
    an_error_is_the_clouds_own_and_is_explained,
    a_fault_strikes_only_what_it_matches,
    nothing_is_done_or_all_is_done_when_an_answer_is_lost,
    an_answer_is_cut_and_a_gateway_answers,
    a_delay_is_waited_for_and_what_follows_strikes_too,
    new_things_are_not_seen_until_the_clock_moved,
    a_new_policy_is_not_in_force_yet,
    a_new_role_is_no_mightier_than_its_session_was_made,
    what_was_just_changed_may_not_be_changed,
    exactly_so_many_are_struck_however_many_race,
    resets_take_faults_away,
];

async fn inject(app: &TestApp, rule: &Value) -> String {
    let (status, kept) = app.control.post("/faults", rule).await;
    assert_eq!(status, 201, "{kept}");
    kept["id"].as_str().expect("an id").to_owned()
}

async fn hits(app: &TestApp, id: &str) -> i64 {
    app.control.get(&format!("/faults/{id}")).await.1["hits"].as_i64().expect("a number")
}

async fn a_fault_is_kept_listed_and_taken_away(place: &Place) {
    let app = TestApp::start(place).await;
    assert_eq!(app.control.get("/faults").await.1, json!({"faults": []}));
    let rule = json!({"match": {"action": "GetUser"}, "fault": {"error": "Throttling.User"}, "times": 2});
    let (status, kept) = app.control.post("/faults", &rule).await;
    assert_eq!(status, 201, "{kept}");
    // A code that one cloud alone has binds the rule to that cloud.
    assert_eq!(kept["match"], json!({"cloud": "alibaba", "action": "GetUser"}));
    assert_eq!((&kept["fault"], &kept["times"]), (&rule["fault"], &rule["times"]));
    assert_eq!((&kept["remaining"], &kept["hits"]), (&json!(2), &json!(0)));
    let other = inject(&app, &json!({"fault": {"drop": true}, "probability": 0.5, "match": {"account": "none"}})).await;
    app.user("alice").await;
    app.root().ram("GetUser", &[("UserName", "alice")]).await.is(400, "Throttling.User");
    let (_, all) = app.control.get("/faults").await;
    let all = all["faults"].as_array().unwrap();
    assert_eq!((&all[0]["remaining"], &all[0]["hits"]), (&json!(1), &json!(1)));
    assert_eq!(
        (&all[1]["id"], &all[1]["remaining"], &all[1]["probability"]),
        (&json!(other), &Value::Null, &json!(0.5))
    );
    assert_eq!(app.control.delete(&format!("/faults/{other}")).await.0, 204);
    assert_eq!(app.control.delete(&format!("/faults/{other}")).await.0, 404);
    assert_eq!(app.control.get(&format!("/faults/{other}")).await.0, 404);
    assert_eq!(app.control.delete("/faults").await.0, 204);
    assert_eq!(app.control.get("/faults").await.1, json!({"faults": []}));
    app.root().ram("GetUser", &[("UserName", "alice")]).await.ok();
}

async fn rules_that_cannot_be_are_refused_by_name(place: &Place) {
    let app = TestApp::start(place).await;
    for (rule, named) in [
        (json!({"fault": {"error": "NoSuchCode"}}), "fault.error"),
        (json!({"match": {"cloud": "aws"}, "fault": {"error": "Throttling.User"}}), "fault.error"),
        (json!({"match": {"cloud": "aws"}, "fault": {"error": "Throttling", "retry_after_ms": 5}}), "retry_after_ms"),
        (json!({"match": {"cloud": "alibaba"}, "fault": {"unmodifiable_seconds": 5}}), "match.cloud"),
        (json!({"match": {"cloud": "moon"}, "fault": {"drop": true}}), "moon"),
        (json!({"match": {"user": "a\u{1}b"}, "fault": {"drop": true}}), "match.user"),
        (json!({"fault": {"error": "Own", "status": 400}}), "fault.error"),
        (json!({"fault": {"dorp": true}}), "dorp"),
        (json!([]), "Rule"),
    ] {
        let (status, problem) = app.control.post("/faults", &rule).await;
        assert_eq!((status, &problem["code"]), (400, &json!("bad-request")), "{rule}");
        assert!(problem["detail"].as_str().unwrap().contains(named), "{rule}: {problem}");
    }
}

async fn no_member_of_a_rule_stands_twice(place: &Place) {
    let app = TestApp::start(place).await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for (path, body, named) in [
        ("faults", r#"{"fault":{"status":503},"fault":{"drop":true}}"#, "duplicate field `fault`"),
        ("faults", r#"{"fault":{"status":503,"status":502}}"#, "duplicate field `status`"),
        ("authorize", r#"{"requests":[{"action":"a","action":"b"}]}"#, "duplicate field `action`"),
    ] {
        let request = client.post(format!("http://{}/_sesame/{path}", app.address)).body(body);
        let answer = request.header("content-type", "application/json").send().await.unwrap();
        let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap());
        assert_eq!(status, 400, "{body}: {text}");
        assert!(text.contains(named), "{body}: {text}");
    }
    assert_eq!(app.control.get("/faults").await.1, json!({"faults": []}));
}

async fn codes_that_testers_make_up_are_counted_as_one(place: &Place) {
    let app = TestApp::start(place).await;
    for code in ["Made.Up.1", "Made.Up.2", "Throttling.User"] {
        let own = json!({"fault": {"error": code, "status": 418, "message": "a teapot"}, "times": 2});
        inject(&app, &own).await;
        app.root().ram("GetUser", &[]).await.is(418, code);
        Aws::root(&app).iam("GetUser", &[]).await.is(418, code, "a teapot");
    }
    let metrics = reqwest::get(format!("http://{}/metrics", app.address)).await.unwrap().text().await.unwrap();
    assert!(!metrics.contains("Made.Up"), "{metrics}");
    for (dialect, code, count) in
        [("alibaba/ram", "other", 2), ("aws/iam", "other", 2), ("alibaba/ram", "Throttling.User", 1)]
    {
        let line =
            format!("sesame_requests_total{{dialect=\"{dialect}\",action=\"GetUser\",code=\"{code}\"}} {count}\n");
        assert!(metrics.contains(&line), "no {line} in {metrics}");
    }
}

async fn an_error_is_the_clouds_own_and_is_explained(place: &Place) {
    let app = TestApp::start(place).await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let id =
        inject(&app, &json!({"match": {"action": "Get*"}, "fault": {"error": "Throttling.User"}, "times": 1})).await;
    let signed = app.root().sign(Api::Sts, "GetCallerIdentity", &[]);
    let mut request = client.post(format!("http://{}/", app.address)).body(signed.body);
    for (name, value) in signed.headers {
        request = request.header(name, value);
    }
    let answer = request.send().await.unwrap();
    assert_eq!((answer.status().as_u16(), &answer.headers()["x-acs-retry-after"]), (400, &"1000".parse().unwrap()));
    let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!(body["Message"], "Request was denied due to user flow control.");
    let request_id = body["RequestId"].as_str().unwrap();
    let (_, explained) = app.control.get(&format!("/explain/{request_id}")).await;
    assert_eq!((&explained["fault"], &explained["refused"]["step"]), (&json!(id), &json!("fault")));
    assert_eq!(explained["refused"]["code"], "Throttling.User");
    let (_, journal) = app.control.get("/requests").await;
    assert_eq!(journal["requests"][0]["fault"], json!(id));
    app.root().sts("GetCallerIdentity", &[]).await.ok();
    let (_, journal) = app.control.get("/requests").await;
    assert_eq!(journal["requests"][1]["fault"], Value::Null);

    for (code, status, message) in [
        ("Throttling", 400, "Rate exceeded"),
        ("ServiceFailure", 500, "The request processing has failed because of an unknown error, exception or failure."),
        ("NoSuchEntity", 404, "The user with name bob cannot be found."),
        ("InvalidClientTokenId", 403, "The security token included in the request is invalid."),
    ] {
        let rule = json!({"match": {"cloud": "aws"}, "fault": {"error": code}, "times": 1});
        inject(&app, &rule).await;
        Aws::root(&app).iam("GetUser", &[("UserName", "bob")]).await.is(status, code, message);
    }
    let own = json!({"fault": {"error": "Own", "status": 418, "message": "a teapot"}, "times": 2});
    inject(&app, &own).await;
    Aws::root(&app).iam("GetUser", &[]).await.is(418, "Own", "a teapot");
    app.root().ram("GetUser", &[]).await.is(418, "Own");
}

async fn a_fault_strikes_only_what_it_matches(place: &Place) {
    let app = TestApp::start(place).await;
    app.user("alice").await;
    app.user("bob").await;
    let (alice, bob) = (app.key_of("alice").await, app.key_of("bob").await);
    inject(&app, &json!({"match": {"user": "alice", "account": ACCOUNT}, "fault": {"error": "ServiceUnavailable"}}))
        .await;
    alice.sts("GetCallerIdentity", &[]).await.is(503, "ServiceUnavailable");
    bob.sts("GetCallerIdentity", &[]).await.ok();
    app.root().sts("GetCallerIdentity", &[]).await.ok();
    app.control.delete("/faults").await;
    inject(&app, &json!({"match": {"service": "ram"}, "fault": {"error": "InternalError"}})).await;
    app.root().ims("GetUser", &[("UserPrincipalName", "alice@1000000000000001.onaliyun.com")]).await.ok();
    app.root().ram("GetUser", &[("UserName", "alice")]).await.is(500, "InternalError");
    app.control.delete("/faults").await;
    inject(&app, &json!({"match": {"account": "1000000000000002"}, "fault": {"error": "InternalError"}})).await;
    alice.sts("GetCallerIdentity", &[]).await.ok();
    app.rpc("1000000000000002", "any").sts("GetCallerIdentity", &[]).await.is(500, "InternalError");
    // Who did not show who he is meets no fault.
    app.rpc(&alice.key_id, "wrong").sts("GetCallerIdentity", &[]).await.is(400, "SignatureDoesNotMatch");
}

/// Sends a request by hand, and gives all that comes back until the connection ends.
async fn raw(app: &TestApp, client: &Rpc, api: Api, action: &str, parameters: &[(&str, &str)]) -> String {
    let signed = client.sign(api, action, parameters);
    let mut text = format!("POST / HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\n", app.address, signed.body.len());
    for (name, value) in &signed.headers {
        let _ = write!(text, "{name}: {value}\r\n");
    }
    let mut stream = tokio::net::TcpStream::connect(app.address).await.unwrap();
    stream.write_all(format!("{text}\r\n{}", signed.body).as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // The connection ends by itself, or the test does not.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

async fn nothing_is_done_or_all_is_done_when_an_answer_is_lost(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    let create = async |name: &str| raw(&app, &root, Api::Ram, "CreateUser", &[("UserName", name)]).await;
    inject(&app, &json!({"match": {"action": "CreateUser"}, "fault": {"drop": true}, "times": 1})).await;
    assert_eq!(create("alice").await, "");
    root.ram("GetUser", &[("UserName", "alice")]).await.is(404, "EntityNotExist.User");
    let lost = json!({"match": {"action": "CreateUser"}, "fault": {"drop": true, "after": true}, "times": 1});
    let id = inject(&app, &lost).await;
    assert_eq!(create("alice").await, "");
    root.ram("GetUser", &[("UserName", "alice")]).await.ok();
    root.ram("CreateUser", &[("UserName", "alice")]).await.is(409, "EntityAlreadyExists.User");
    let (_, journal) = app.control.get("/requests?action=CreateUser").await;
    let shown = |at: usize, name: &str| journal["requests"][at][name].clone();
    assert_eq!((shown(0, "status"), shown(1, "status"), shown(1, "fault")), (json!(0), json!(200), json!(id)));
}

async fn an_answer_is_cut_and_a_gateway_answers(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    let identity = async || raw(&app, &root, Api::Sts, "GetCallerIdentity", &[]).await;
    inject(&app, &json!({"fault": {"truncate": 10}, "times": 1})).await;
    let cut = identity().await;
    let (head, body) = cut.split_once("\r\n\r\n").expect("a head");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
    assert!(head.starts_with("HTTP/1.1 200") && length.parse::<usize>().unwrap() > 50, "{head}");
    assert_eq!(body.len(), 10, "{body}");
    inject(&app, &json!({"fault": {"truncate": 0}, "times": 1})).await;
    assert!(identity().await.ends_with("\r\n\r\n"));
    inject(&app, &json!({"fault": {"status": 503}, "times": 1})).await;
    let signed = root.sign(Api::Sts, "GetCallerIdentity", &[]);
    let answer = root.send_plain(&signed).await;
    assert_eq!((answer.status, &*answer.content_type), (503, "text/html"));
    assert!(answer.text.contains("503 Service Unavailable"), "{}", answer.text);
    // A body that is shorter than that is whole.
    inject(&app, &json!({"fault": {"truncate": 1_000_000}, "times": 1})).await;
    root.sts("GetCallerIdentity", &[]).await.ok();
}

async fn a_delay_is_waited_for_and_what_follows_strikes_too(place: &Place) {
    let app = TestApp::start(place).await;
    let slow = inject(&app, &json!({"fault": {"latency_ms": 60, "jitter_ms": 10}})).await;
    inject(&app, &json!({"fault": {"error": "Throttling.User"}, "times": 1})).await;
    let begun = std::time::Instant::now();
    app.root().sts("GetCallerIdentity", &[]).await.is(400, "Throttling.User");
    assert!(begun.elapsed().as_millis() >= 60);
    app.root().sts("GetCallerIdentity", &[]).await.ok();
    assert_eq!(hits(&app, &slow).await, 2);
    let (_, journal) = app.control.get("/requests").await;
    assert_eq!(journal["requests"][1]["fault"], json!(slow));
}

async fn new_things_are_not_seen_until_the_clock_moved(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    app.user("old").await;
    app.control.advance(3_600).await;
    let id = inject(&app, &json!({"match": {"account": ACCOUNT}, "fault": {"unseen_seconds": 30}})).await;
    app.user("alice").await;
    let alice = [("UserName", "alice")];
    root.ram("GetUser", &alice).await.is(404, "EntityNotExist.User");
    root.ram("UpdateUser", &[("UserName", "alice"), ("NewComments", "x")]).await.is(404, "EntityNotExist.User");
    root.ram("CreateUser", &alice).await.is(409, "EntityAlreadyExists.User");
    root.ram("GetUser", &[("UserName", "old")]).await.ok();
    let names = |list: &Value| -> Vec<String> {
        let users = list["Users"]["User"].as_array().unwrap().iter();
        users.map(|user| user["UserName"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&root.ram("ListUsers", &[]).await.ok()), ["old"]);
    let policy = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"ram:*","Resource":"*"}]}"#;
    root.ram("CreatePolicy", &[("PolicyName", "own"), ("PolicyDocument", policy)]).await.ok();
    let own = [("PolicyName", "own"), ("PolicyType", "Custom")];
    root.ram("GetPolicy", &own).await.is(404, "EntityNotExist.Policy");
    let trust = crate::support::trust_policy(&format!("acs:ram::{ACCOUNT}:root"));
    root.ram("CreateRole", &[("RoleName", "ops"), ("AssumeRolePolicyDocument", &trust)]).await.ok();
    root.ram("GetRole", &[("RoleName", "ops")]).await.is(404, "EntityNotExist.Role");
    let key = app.key_of("old").await;
    key.sts("GetCallerIdentity", &[]).await.is(404, "InvalidAccessKeyId.NotFound");
    assert!(hits(&app, &id).await >= 6);
    let (_, journal) = app.control.get("/requests?action=GetRole").await;
    assert_eq!(journal["requests"][0]["fault"], json!(id));

    app.control.advance(31).await;
    root.ram("GetUser", &alice).await.ok();
    root.ram("GetPolicy", &own).await.ok();
    root.ram("GetRole", &[("RoleName", "ops")]).await.ok();
    key.sts("GetCallerIdentity", &[]).await.ok();
    assert_eq!(names(&root.ram("ListUsers", &[]).await.ok()), ["alice", "old"]);

    // Another cloud's words for the same.
    inject(&app, &json!({"match": {"cloud": "aws"}, "fault": {"unseen_seconds": 30, "kinds": ["user"]}})).await;
    let aws = Aws::root(&app);
    aws.iam("CreateUser", &[("UserName", "zoe")]).await.ok();
    let missing = "The user with name zoe cannot be found.";
    aws.iam("GetUser", &[("UserName", "zoe")]).await.is(404, "NoSuchEntity", missing);
    aws.iam("DeleteUser", &[("UserName", "zoe")]).await.is(404, "NoSuchEntity", missing);
    app.control.advance(31).await;
    aws.iam("DeleteUser", &[("UserName", "zoe")]).await.ok();
}

async fn a_new_policy_is_not_in_force_yet(place: &Place) {
    let app = TestApp::start(place).await;
    app.user("alice").await;
    let alice = app.key_of("alice").await;
    let get = [("UserName", "alice")];
    alice.ram("GetUser", &get).await.is(403, "NoPermission");
    inject(&app, &json!({"fault": {"unseen_seconds": 30, "kinds": ["attachment"]}})).await;
    let grant = [("UserName", "alice"), ("PolicyName", "AliyunRAMReadOnlyAccess"), ("PolicyType", "System")];
    app.root().ram("AttachPolicyToUser", &grant).await.ok();
    let listed = app.root().ram("ListPoliciesForUser", &get).await.ok();
    assert_eq!(listed["Policies"]["Policy"][0]["PolicyName"], "AliyunRAMReadOnlyAccess");
    alice.ram("GetUser", &get).await.is(403, "NoPermission");
    app.control.advance(31).await;
    alice.ram("GetUser", &get).await.ok();
}

async fn a_new_role_is_no_mightier_than_its_session_was_made(place: &Place) {
    let app = TestApp::start(place).await;
    app.user("old").await;
    app.control.advance(3_600).await;
    app.user("alice").await;
    app.may_take_roles("alice").await;
    let trust = crate::support::trust_policy(&format!("acs:ram::{ACCOUNT}:root"));
    app.root().ram("CreateRole", &[("RoleName", "ops"), ("AssumeRolePolicyDocument", &trust)]).await.ok();
    let all = [("RoleName", "ops"), ("PolicyName", "AdministratorAccess"), ("PolicyType", "System")];
    app.root().ram("AttachPolicyToRole", &all).await.ok();
    let arn = format!("acs:ram::{ACCOUNT}:role/ops");
    let policy = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"ram:GetUser","Resource":"*"}]}"#;
    let assume = [("RoleArn", &*arn), ("RoleSessionName", "night"), ("Policy", policy)];
    let alice = app.key_of("alice").await;
    let given = alice.sts("AssumeRole", &assume).await.ok();
    let text = |member: &str| given["Credentials"][member].as_str().unwrap().to_owned();
    let session = app.rpc(&text("AccessKeyId"), &text("AccessKeySecret")).with_token(&text("SecurityToken"));
    let old = [("UserName", "old")];
    for kind in ["role", "user", "policy", "attachment"] {
        app.control.delete("/faults").await;
        inject(&app, &json!({"fault": {"unseen_seconds": 30, "kinds": [kind]}})).await;
        // A policy that was attached a moment ago permits nothing yet.
        let expected = if kind == "attachment" { "NoPermission" } else { "" };
        assert_eq!(session.ram("GetUser", &old).await.code(), expected, "{kind}");
        session.ram("DeleteUser", &old).await.is(403, "NoPermission");
        // Nor does one that lets its user take on roles, wherever that is decided.
        let expected = match kind {
            "role" => "EntityNotExist.Role",
            "attachment" => "NoPermission",
            _ => "",
        };
        assert_eq!(alice.sts("AssumeRole", &assume).await.code(), expected, "{kind}");
    }
}

async fn what_was_just_changed_may_not_be_changed(place: &Place) {
    let app = TestApp::start(place).await;
    let aws = Aws::root(&app);
    inject(&app, &json!({"fault": {"unmodifiable_seconds": 5}})).await;
    aws.iam("CreateUser", &[("UserName", "alice")]).await.ok();
    aws.iam("CreateLoginProfile", &[("UserName", "alice"), ("Password", "Correct-Horse-1")]).await.ok();
    let text = "Login Profile for User alice cannot be modified while login profile is being created.";
    let code = "EntityTemporarilyUnmodifiable";
    aws.iam("DeleteLoginProfile", &[("UserName", "alice")]).await.is(409, code, text);
    aws.iam("UpdateUser", &[("UserName", "alice"), ("NewPath", "/x/")]).await.is(409, code, text);
    aws.iam("GetUser", &[("UserName", "alice")]).await.ok();
    app.control.advance(6).await;
    aws.iam("DeleteLoginProfile", &[("UserName", "alice")]).await.ok();
    aws.iam("UpdateUser", &[("UserName", "alice"), ("NewPath", "/x/")]).await.ok();
}

async fn exactly_so_many_are_struck_however_many_race(place: &Place) {
    let app = TestApp::start(place).await;
    // Over Postgres the other half goes to another replica, which did not inject the fault.
    let other = if place.is_shared() { Some(TestApp::start(place).await) } else { None };
    for round in 0..3 {
        let id = inject(&app, &json!({"fault": {"error": "Throttling.User"}, "times": 7})).await;
        let replies = concurrently(32, |number| {
            let at = other.as_ref().filter(|_| number % 2 == 1).unwrap_or(&app);
            let client = at.root();
            async move { client.sts("GetCallerIdentity", &[]).await }
        })
        .await;
        assert_eq!((count(&replies, "Throttling.User"), count(&replies, "")), (7, 25), "round {round}: {replies:?}");
        let at = other.as_ref().unwrap_or(&app);
        let (_, kept) = at.control.get(&format!("/faults/{id}")).await;
        assert_eq!((&kept["remaining"], &kept["hits"]), (&json!(0), &json!(7)));
    }
    if let Some(other) = &other {
        inject(other, &json!({"fault": {"error": "Throttling.User"}})).await;
        app.root().sts("GetCallerIdentity", &[]).await.is(400, "Throttling.User");
        app.control.delete("/faults").await;
        other.root().sts("GetCallerIdentity", &[]).await.ok();
    }
}

async fn resets_take_faults_away(place: &Place) {
    let app = TestApp::start(place).await;
    app.root().sts("GetCallerIdentity", &[]).await.ok();
    let identity = async || app.root().sts("GetCallerIdentity", &[]).await;
    let mine = json!({"match": {"account": ACCOUNT}, "fault": {"error": "Throttling.User"}});
    inject(&app, &mine).await;
    let others = inject(&app, &json!({"match": {"account": "1000000000000002"}, "fault": {"drop": true}})).await;
    identity().await.is(400, "Throttling.User");
    assert_eq!(app.control.post(&format!("/accounts/{ACCOUNT}/reset"), &json!({})).await.0, 204);
    identity().await.ok();
    let (_, left) = app.control.get("/faults").await;
    assert_eq!((left["faults"].as_array().unwrap().len(), &left["faults"][0]["id"]), (1, &json!(others)));
    // A snapshot has none of them and leaves them alone.
    assert_eq!(app.control.post("/snapshots", &json!({"name": "one"})).await.0, 201);
    inject(&app, &mine).await;
    assert_eq!(app.control.post("/snapshots/one/restore", &json!({})).await.0, 204);
    identity().await.is(400, "Throttling.User");
    assert_eq!(app.control.reset().await, 204);
    identity().await.ok();
    assert_eq!(app.control.get("/faults").await.1, json!({"faults": []}));
}
