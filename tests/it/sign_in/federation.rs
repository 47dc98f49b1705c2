//! AWS's federation endpoint: sign-in tokens for temporary credentials, and console sessions for those.

use serde_json::{Value, json};
use sesame::domain::principal::Principal;
use sesame::domain::session::SessionKind;
use sesame::services::console_sessions;

use super::aws_login::{code, for_code, given, with_alice};
use super::browser::{Browser, Page, form};
use super::proof::Key;
use crate::aws::signed_client::{ACCOUNT, Answer, Aws};
use crate::support::{Place, TestApp};

on_both_engines![
    a_roles_credentials_open_the_console,
    a_federated_users_credentials_open_the_console,
    a_token_is_good_for_fifteen_minutes_of_its_session,
    durations_are_for_roles_taken_on_by_users_alone,
    what_is_no_temporary_credentials_opens_nothing,
    browsers_are_sent_nowhere_else,
];

const HOME: &str = "https://console.aws.amazon.com/iam/home";

/// A server with the user bob, who may take on the role `ops`, which may take on itself; bob's client.
async fn with_bob(place: &Place) -> (TestApp, Aws, Browser) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    root.iam("CreateUser", &[("UserName", "bob")]).await.ok();
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")}}]})
    .to_string();
    let role = [("RoleName", "ops"), ("AssumeRolePolicyDocument", &*trust), ("MaxSessionDuration", "43200")];
    root.iam("CreateRole", &role).await.ok();
    let document = json!({"Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["sts:*", "iam:Get*"], "Resource": "*"}]})
    .to_string();
    let inline = [("PolicyName", "sts"), ("PolicyDocument", &*document)];
    root.iam("PutUserPolicy", &[&[("UserName", "bob")], &inline[..]].concat()).await.ok();
    root.iam("PutRolePolicy", &[&[("RoleName", "ops")], &inline[..]].concat()).await.ok();
    let key = root.iam("CreateAccessKey", &[("UserName", "bob")]).await.ok();
    let bob = Aws::new(&app, &key.value("AccessKeyId"), &key.value("SecretAccessKey"), None);
    let browser = Browser::new(&app);
    (app, bob, browser)
}

async fn take(aws: &Aws, name: &str, seconds: &str) -> Answer {
    let arn = format!("arn:aws:iam::{ACCOUNT}:role/ops");
    let role = [("RoleArn", &*arn), ("RoleSessionName", name), ("DurationSeconds", seconds)];
    aws.sts("AssumeRole", &role).await.ok()
}

fn session(answer: &Answer) -> Value {
    json!({
        "sessionId": answer.value("AccessKeyId"),
        "sessionKey": answer.value("SecretAccessKey"),
        "sessionToken": answer.value("SessionToken"),
    })
}

async fn ask(browser: &Browser, session: &Value, more: &[(&str, &str)]) -> Page {
    let text = session.to_string();
    let mut all = vec![("Action", "getSigninToken"), ("Session", &*text)];
    all.extend(more);
    browser.get(&format!("/federation?{}", form(&all))).await
}

async fn token(browser: &Browser, session: &Value, more: &[(&str, &str)]) -> String {
    let page = ask(browser, session, more).await;
    assert_eq!(page.status, 200, "{}", page.text);
    page.json()["SigninToken"].as_str().expect("a token").to_owned()
}

async fn log_in(browser: &Browser, token: &str, to: &str) -> Page {
    let all = [("Action", "login"), ("Issuer", "https://broker.example"), ("Destination", to), ("SigninToken", token)];
    browser.get(&format!("/federation?{}", form(&all))).await
}

/// The session that an answer's cookie stands for.
async fn opened(app: &TestApp, page: &Page) -> Option<Box<console_sessions::SignedIn>> {
    let cookie = page.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let value = cookie.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie").1;
    let here = "127.0.0.1".parse().expect("an address");
    match console_sessions::find(&app.app, &value.to_owned().into(), here, None).await.expect("the store") {
        console_sessions::Found::SignedIn(found) => Some(found),
        console_sessions::Found::Ended(_) | console_sessions::Found::Nobody => None,
    }
}

async fn a_roles_credentials_open_the_console(place: &Place) {
    let (app, bob, browser) = with_bob(place).await;
    let taken = take(&bob, "work", "3600").await;
    let token = token(&browser, &session(&taken), &[("SessionType", "json")]).await;
    let page = log_in(&browser, &token, HOME).await;
    assert_eq!(page.location(), "/console");
    let shown = opened(&app, &page).await.expect("a session");
    let session = &shown.session;
    assert_eq!((session.kind, session.role_name.as_deref()), (SessionKind::Role, Some("ops")));
    assert_eq!((session.session_name.as_deref(), session.key.is_none()), (Some("work"), true));
    // Nobody's user is no root.
    let principal = &shown.ctx.principal;
    assert!(
        matches!(principal, Principal::RoleSession { session_name, .. } if session_name == "work"),
        "{principal:?}"
    );
    // A token is not used up, and each use is a session of its own.
    let again = opened(&app, &log_in(&browser, &token, HOME).await).await.expect("a session");
    assert_ne!(again.session.id, session.id);
    // Posted, it is the same.
    let text = super::federation::session(&taken).to_string();
    let posted = browser.post("/federation", &[("Action", "getSigninToken"), ("Session", &text)], &[]).await;
    assert_eq!(posted.status, 200, "{}", posted.text);
    // It lasts as long as the credentials would.
    app.control.advance(3_600).await;
    assert!(opened(&app, &page).await.is_none());
    app.stop().await;
}

async fn a_federated_users_credentials_open_the_console(place: &Place) {
    let (app, bob, browser) = with_bob(place).await;
    let federated = bob.sts("GetFederationToken", &[("Name", "guest"), ("DurationSeconds", "900")]).await.ok();
    let refused = ask(&browser, &session(&federated), &[("SessionDuration", "3600")]).await;
    assert_eq!(refused.status, 400, "{}", refused.text);
    let token = token(&browser, &session(&federated), &[]).await;
    let shown = opened(&app, &log_in(&browser, &token, HOME).await).await.expect("a session");
    assert_eq!((shown.session.kind, shown.session.session_name.as_deref()), (SessionKind::Federation, Some("guest")));
    app.stop().await;
}

async fn a_token_is_good_for_fifteen_minutes_of_its_session(place: &Place) {
    let (app, bob, browser) = with_bob(place).await;
    let credentials = session(&take(&bob, "work", "3600").await);
    let early = token(&browser, &credentials, &[("SessionDuration", "43200")]).await;
    app.control.advance(890).await;
    let page = log_in(&browser, &early, HOME).await;
    assert_eq!(page.status, 303);
    app.control.advance(10).await;
    assert_eq!(log_in(&browser, &early, HOME).await.status, 400);
    // The console session has a length of its own.
    app.control.advance(3_600).await;
    assert!(opened(&app, &page).await.is_some());
    assert_eq!(ask(&browser, &credentials, &[]).await.status, 400);
    app.control.advance(43_200 - 3_610).await;
    assert!(opened(&app, &page).await.is_none());

    // A token of a session that ended meanwhile opens nothing, nor one of a role that is gone.
    let taken = take(&bob, "ended", "3600").await;
    let ended = token(&browser, &session(&taken), &[]).await;
    let (_, all) = app.control.get(&format!("/sessions?account={ACCOUNT}&user=bob")).await;
    let running = |one: &&Value| one["state"] == "active" && one["role"] == "ops";
    let id = all["sessions"].as_array().unwrap().iter().find(running).expect("it")["id"].as_str().unwrap().to_owned();
    assert_eq!(app.control.delete(&format!("/sessions/{id}")).await.0, 204);
    assert_eq!(log_in(&browser, &ended, HOME).await.status, 400);
    assert_eq!(ask(&browser, &session(&taken), &[]).await.status, 400);
    let orphaned = token(&browser, &session(&take(&bob, "orphan", "3600").await), &[]).await;
    let root = Aws::root(&app);
    root.iam("DeleteRolePolicy", &[("RoleName", "ops"), ("PolicyName", "sts")]).await.ok();
    root.iam("DeleteRole", &[("RoleName", "ops")]).await.ok();
    assert_eq!(log_in(&browser, &orphaned, HOME).await.status, 400);
    app.stop().await;
}

async fn durations_are_for_roles_taken_on_by_users_alone(place: &Place) {
    let (app, bob, browser) = with_bob(place).await;
    let first = take(&bob, "first", "3600").await;
    for seconds in ["899", "43201", "-1", "soon", "99999999999999999999"] {
        let page = ask(&browser, &session(&first), &[("SessionDuration", seconds)]).await;
        assert_eq!(page.status, 400, "{seconds}");
    }
    for seconds in ["900", "43200"] {
        token(&browser, &session(&first), &[("SessionDuration", seconds)]).await;
    }
    let chained = take(&Aws::of(&app, &first), "second", "3600").await;
    assert_eq!(ask(&browser, &session(&chained), &[("SessionDuration", "900")]).await.status, 400);
    token(&browser, &session(&chained), &[]).await;
    app.stop().await;
}

async fn what_is_no_temporary_credentials_opens_nothing(place: &Place) {
    let (app, bob, browser) = with_bob(place).await;
    let good = session(&take(&bob, "work", "3600").await);
    for (member, value) in [
        ("sessionKey", json!("other")),
        ("sessionToken", json!("other")),
        ("sessionId", json!("ASIAOTHEROTHEROTHER1")),
        ("sessionId", json!("x".repeat(1_000))),
        ("sessionId", json!(1)),
        ("sessionToken", Value::Null),
    ] {
        let mut bad = good.clone();
        bad[member] = value;
        let page = ask(&browser, &bad, &[]).await;
        assert_eq!((page.status, page.text.contains("Invalid credentials parameter")), (400, true), "{member}");
    }
    let long_term = json!({"sessionId": bob.key_id, "sessionKey": bob.secret, "sessionToken": ""});
    assert_eq!(ask(&browser, &long_term, &[]).await.status, 400);
    let own = bob.sts("GetSessionToken", &[]).await.ok();
    assert_eq!(ask(&browser, &session(&own), &[]).await.status, 400);
    assert_eq!(ask(&browser, &good, &[("SessionType", "xml")]).await.status, 400);
    assert_eq!(browser.get("/federation").await.status, 400);
    assert_eq!(browser.get("/federation?Action=getSigninToken").await.status, 400);
    assert_eq!(browser.get("/federation?Action=other").await.status, 400);
    assert_eq!(log_in(&browser, "other", HOME).await.status, 400);

    let (app, _, browser) = with_alice(app).await;
    let signed_in = given(&app, &browser, &Key::new(), &for_code(&code(&browser).await)).await;
    let access = &signed_in["accessToken"];
    let shown = json!({"sessionId": access["accessKeyId"], "sessionKey": access["secretAccessKey"],
        "sessionToken": access["sessionToken"]});
    assert_eq!(ask(&browser, &shown, &[]).await.status, 400);
    app.stop().await;
}

async fn browsers_are_sent_nowhere_else(place: &Place) {
    let (app, bob, browser) = with_bob(place).await;
    let token = token(&browser, &session(&take(&bob, "work", "3600").await), &[]).await;
    for (to, location) in [
        ("https://us-east-1.console.aws.amazon.com/ec2", "/console"),
        ("/console/users", "/console/users"),
        (&*format!("{}/console?x=1", browser.base()), "/console?x=1"),
    ] {
        assert_eq!(log_in(&browser, &token, to).await.location(), location);
    }
    for to in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""] {
        let page = log_in(&browser, &token, to).await;
        assert_eq!((page.status, page.header("location"), page.header("set-cookie")), (400, "", ""), "{to}");
    }
    app.stop().await;
}
