//! Whoever acts in another account by a sign-in acts there no longer once that is over: neither with credentials, also
//! those kept in memory, nor as a role in the console.

use serde_json::{Value, json};

use super::browser::Browser;
use super::cloud_sso::{configurations, credentials, ok, role, signer, token};
use crate::support::{self, ACCOUNT, Place, Reply, Rpc, TestApp};

on_both_engines![
    credentials_elsewhere_end_with_the_session_of_the_person,
    credentials_elsewhere_do_not_outlive_the_account_of_the_person,
    a_role_elsewhere_is_left_with_the_session_of_the_person,
];

/// The account with the role; the default account has the person.
const OTHER: &str = "1234567890123456";
const PASSWORD: &str = "Correct-Horse-1";

/// Every way for a person's session to end.
const ENDINGS: [&str; 8] = [
    "signed out",
    "revoked",
    "ended by an administrator",
    "password changed",
    "password reset",
    "login profile deleted",
    "login profile off",
    "user deleted",
];

/// One server, and over a store that is shared another beside it.
async fn servers(place: &Place) -> Vec<TestApp> {
    let mut all = vec![TestApp::start(place).await];
    if place.is_shared() {
        all.push(TestApp::start(place).await);
    }
    role(&all[0].rpc(OTHER, "any"), "guest", ACCOUNT).await;
    all
}

/// Somebody new with a browser, who signed in.
async fn person(app: &TestApp, name: &str) -> support::Browser {
    app.console_user(name, PASSWORD).await;
    app.may_take_roles(name).await;
    let mut person = app.browser();
    person.sign_in(name, PASSWORD).await;
    person
}

/// Credentials of the role in the other account, for the session of a person.
async fn given(app: &TestApp, person: &mut support::Browser) -> Value {
    let cli = Browser::new(app);
    let token = token(&cli, person).await;
    let guest = configurations(&cli, &token, OTHER).await.remove(0).1;
    ok(&credentials(&cli, &token, OTHER, &guest).await)
}

/// Ends the one session of a person.
async fn end(app: &TestApp, person: &mut support::Browser, name: &str, how: &str) {
    let (root, user) = (app.root(), ("UserName", name));
    let running = app.running_sessions().await;
    match how {
        "signed out" => {
            let page = person.open("/console").await;
            assert_eq!(person.submit(&page, "/console/sign-out", &[]).await.status, 303);
        }
        "revoked" => assert_eq!(app.control.delete(&format!("/sessions/{}", running[0])).await.0, 204),
        "ended by an administrator" => {
            let mut admin = app.browser();
            let page = admin.open("/console/root/login").await;
            admin.submit(&page, "/console/root/login", &[("account", ACCOUNT)]).await.leads_to("/console");
            let page = admin.open("/console/sessions").await;
            let done = admin.submit(&page, &format!("/console/sessions/{}/end", running[0]), &[]).await;
            assert_eq!(done.status, 303, "{}", done.text);
            let page = admin.open("/console").await;
            assert_eq!(admin.submit(&page, "/console/sign-out", &[]).await.status, 303);
        }
        "password changed" => {
            let key = app.key_of(name).await;
            let change = [("OldPassword", PASSWORD), ("NewPassword", "Correct-Horse-2")];
            key.ram("ChangePassword", &change).await.ok();
        }
        "password reset" => {
            root.ram("UpdateLoginProfile", &[user, ("Password", "Correct-Horse-2")]).await.ok();
        }
        "login profile deleted" => {
            root.ram("DeleteLoginProfile", &[user]).await.ok();
        }
        "login profile off" => {
            let off = [("UserPrincipalName", &*format!("{name}@{ACCOUNT}.onaliyun.com")), ("Status", "Inactive")];
            root.ims("UpdateLoginProfile", &off).await.ok();
        }
        "user deleted" => {
            let detach = [user, ("PolicyName", "AliyunSTSAssumeRoleAccess"), ("PolicyType", "System")];
            root.ram("DetachPolicyFromUser", &detach).await.ok();
            root.ram("DeleteLoginProfile", &[user]).await.ok();
            root.ram("DeleteUser", &[user]).await.ok();
        }
        _ => panic!("no way to end a session: {how}"),
    }
    assert!(app.running_sessions().await.is_empty(), "{how}");
}

async fn identity(client: &Rpc) -> Reply {
    client.sts("GetCallerIdentity", &[]).await
}

/// The same credentials at each server, by either signature, used there so often that they are kept in memory.
async fn in_use(servers: &[TestApp], given: &Value) -> Vec<Rpc> {
    let mut all = Vec::new();
    for app in servers {
        let client = signer(app, given);
        all.extend([client.v3(), client]);
    }
    for _ in 0..2 {
        for client in &all {
            let arn = identity(client).await.ok()["Arn"].as_str().expect("an ARN").to_owned();
            assert!(arn.starts_with(&format!("acs:ram::{OTHER}:assumed-role/guest/")), "{arn}");
        }
    }
    all
}

async fn credentials_elsewhere_end_with_the_session_of_the_person(place: &Place) {
    let servers = servers(place).await;
    let app = &servers[0];
    for (number, how) in ENDINGS.into_iter().enumerate() {
        let name = format!("alice{number}");
        let mut person = person(app, &name).await;
        let clients = in_use(&servers, &given(app, &mut person).await).await;
        end(app, &mut person, &name, how).await;
        for client in &clients {
            let reply = identity(client).await;
            assert_eq!((reply.status, reply.code()), (400, "InvalidSecurityToken.Expired"), "{how}: {reply:?}");
        }
        // Others there lose nothing.
        app.rpc(OTHER, "any").sts("GetCallerIdentity", &[]).await.ok();
    }
}

async fn credentials_elsewhere_do_not_outlive_the_account_of_the_person(place: &Place) {
    let servers = servers(place).await;
    let app = &servers[0];
    for (number, how) in ["reset", "deleted"].into_iter().enumerate() {
        let mut person = person(app, &format!("alice{number}")).await;
        let clients = in_use(&servers, &given(app, &mut person).await).await;
        let status = match how {
            "reset" => app.control.post(&format!("/accounts/{ACCOUNT}/reset"), &json!({})).await.0,
            _ => app.control.delete(&format!("/accounts/{ACCOUNT}")).await.0,
        };
        assert_eq!(status, 204, "{how}");
        for client in &clients {
            let reply = identity(client).await;
            assert_eq!((reply.status, reply.code()), (404, "InvalidAccessKeyId.NotFound"), "{how}: {reply:?}");
        }
    }
}

async fn a_role_elsewhere_is_left_with_the_session_of_the_person(place: &Place) {
    let servers = servers(place).await;
    let app = &servers[0];
    for (number, how) in ENDINGS.into_iter().enumerate() {
        let name = format!("alice{number}");
        let mut person = person(app, &name).await;
        // The browser that signs out is another one, which knows of no role.
        let mut elsewhere = app.browser();
        elsewhere.cookies.clone_from(&person.cookies);
        let page = elsewhere.open("/console/switch-role").await;
        let guest = format!("acs:ram::{OTHER}:role/guest");
        elsewhere.submit(&page, "/console/switch-role", &[("role", &guest)]).await.leads_to("/console");
        for _ in 0..2 {
            elsewhere.open("/console").await.says(200, &format!("acs:ram::{OTHER}:assumed-role/guest/{name}"));
        }
        let (_, there) = app.control.get(&format!("/sessions?account={OTHER}")).await;
        let there = there["sessions"].as_array().expect("sessions").clone();
        let session = there.iter().find(|session| session["state"] == "active").expect("the session of the role");
        let path = format!("/sessions/{}", session["id"].as_str().expect("an id"));
        end(app, &mut person, &name, how).await;
        let page = elsewhere.open("/console").await;
        assert!(!page.text.contains("assumed-role"), "{how}: {}", page.text);
        for app in &servers {
            let shown = app.control.get(&path).await.1;
            let seen = (&shown["state"], &shown["ended_because"]);
            assert_eq!(seen, (&json!("revoked"), &json!("parent-ended")), "{how}: {shown}");
        }
    }
}
