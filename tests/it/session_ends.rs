//! Sessions end with what they hang on and stay ended, whatever the clocks of the accounts show.

use serde_json::{Value, json};
use sesame::domain::time::Time;

use crate::support::{ACCOUNT, Place, Rpc, TestApp, trust_policy};

on_both_engines![
    a_role_session_elsewhere_ends_with_its_console_session,
    a_role_session_elsewhere_expires_with_its_console_session,
    a_role_session_elsewhere_does_not_outlive_a_reset_of_its_console_sessions_account,
    a_role_session_elsewhere_does_not_outlive_its_console_sessions_account,
    what_was_ended_after_it_expired_stays_ended_when_the_clock_goes_back,
    a_token_ended_after_it_expired_is_refused_when_the_clock_goes_back,
    switching_is_judged_by_the_name_that_the_user_has_now,
];

/// The account with the role; the default account has the user.
const OTHER: &str = "2000000000000002";
const TEN_DAYS: i64 = 864_000;

fn password(number: usize) -> String {
    format!("Correct-Horse-{number}")
}

async fn make_role(root: &Rpc, name: &str, trusted: &str) {
    let trust = trust_policy(trusted);
    let role = [("RoleName", name), ("AssumeRolePolicyDocument", &*trust), ("MaxSessionDuration", "43200")];
    root.ram("CreateRole", &role).await.ok();
}

/// A server with the user alice and, in either account, the role `ops` that trusts her.
async fn with_roles(place: &Place) -> TestApp {
    let app = TestApp::start(place).await;
    app.console_user("alice", &password(1)).await;
    app.may_take_roles("alice").await;
    for root in [app.root(), app.rpc(OTHER, "any")] {
        make_role(&root, "ops", &format!("acs:ram::{ACCOUNT}:user/alice")).await;
    }
    app
}

async fn switch(app: &TestApp, session: &str, role: &str) -> (u16, Value) {
    app.control.post(&format!("/sessions/{session}/switch-role"), &json!({"role": role})).await
}

/// Signs alice in and switches to the role of an account; the ids of the console session and the role session.
async fn family(app: &TestApp, password: &str, account: &str) -> (String, String) {
    let signed_in = app.sign_in_with(json!({"user": "alice", "password": password})).await;
    let parent = signed_in["session"]["id"].as_str().unwrap_or_else(|| panic!("{signed_in}")).to_owned();
    let (status, switched) = switch(app, &parent, &format!("acs:ram::{account}:role/ops")).await;
    let session = &switched["session"];
    assert_eq!((status, &session["state"]), (200, &json!("active")), "{switched}");
    assert_eq!((&session["account"], &session["parent"]), (&json!(account), &json!(parent)));
    (parent, session["id"].as_str().unwrap().to_owned())
}

async fn shown(app: &TestApp, session: &str) -> Value {
    let (status, shown) = app.control.get(&format!("/sessions/{session}")).await;
    assert_eq!(status, 200, "{shown}");
    shown
}

/// State and reason.
fn end(shown: &Value) -> (&str, &str) {
    (shown["state"].as_str().unwrap(), shown["ended_because"].as_str().unwrap_or_default())
}

fn time(value: &Value) -> Time {
    value.as_str().and_then(Time::parse).unwrap_or_else(|| panic!("no time: {value}"))
}

async fn clock(app: &TestApp, account: &str) -> Time {
    time(&app.control.get(&format!("/clock?account={account}")).await.1["now"])
}

/// Moves one account's own clock.
async fn advance(app: &TestApp, account: &str, seconds: i64) {
    let (status, answer) =
        app.control.post(&format!("/clock/advance?account={account}"), &json!({"seconds": seconds})).await;
    assert_eq!(status, 200, "{answer}");
}

async fn back_to_system(app: &TestApp, query: &str) {
    let (status, answer) = app.control.put(&format!("/clock{query}"), &json!({"mode": "system"})).await;
    assert_eq!(status, 200, "{answer}");
}

async fn a_role_session_elsewhere_ends_with_its_console_session(place: &Place) {
    let app = with_roles(place).await;
    let alice = app.key_of("alice").await;
    let mut number = 1;
    for ahead in [None, Some(ACCOUNT), Some(OTHER)] {
        for because in ["password-reset", "revoked", "password-changed"] {
            let case = format!("{because} with {ahead:?} ahead");
            for account in [ACCOUNT, OTHER] {
                back_to_system(&app, &format!("?account={account}")).await;
            }
            if let Some(account) = ahead {
                advance(&app, account, TEN_DAYS).await;
            }
            let (old, new) = (password(number), password(number + 1));
            let (parent, child) = family(&app, &old, OTHER).await;
            let before = clock(&app, OTHER).await;
            match because {
                "password-reset" => {
                    app.root().ram("UpdateLoginProfile", &[("UserName", "alice"), ("Password", &new)]).await.ok();
                }
                "password-changed" => {
                    alice.ram("ChangePassword", &[("OldPassword", &old), ("NewPassword", &new)]).await.ok();
                }
                _ => assert_eq!(app.control.delete(&format!("/sessions/{parent}")).await.0, 204),
            }
            number += usize::from(because != "revoked");
            let after = clock(&app, OTHER).await;
            assert_eq!(end(&shown(&app, &parent).await), ("revoked", because), "{case}");
            let child = shown(&app, &child).await;
            assert_eq!(end(&child), ("revoked", "parent-ended"), "{case}");
            let ended = time(&child["ended_at"]);
            assert!(before <= ended && ended <= after, "{case}: {child}");
        }
    }
}

async fn a_role_session_elsewhere_expires_with_its_console_session(place: &Place) {
    let app = with_roles(place).await;
    let (parent, child) = family(&app, &password(1), OTHER).await;
    advance(&app, ACCOUNT, 7 * 3_600).await;
    for session in [&parent, &child] {
        assert_eq!(end(&shown(&app, session).await), ("expired", ""));
    }
    let (_, listed) = app.control.get(&format!("/sessions?account={OTHER}")).await;
    assert_eq!((&listed["sessions"][0]["id"], &listed["sessions"][0]["state"]), (&json!(child), &json!("expired")));
    // One that begins now lasts.
    let (_, child) = family(&app, &password(1), OTHER).await;
    assert_eq!(end(&shown(&app, &child).await), ("active", ""));
}

/// Checks that no session of the account runs, the one with this id least of all.
async fn is_over(app: &TestApp, account: &str, session: &str) {
    let (status, shown) = app.control.get(&format!("/sessions/{session}")).await;
    assert!(status == 404 || (status == 200 && shown["state"] != "active"), "{status} {shown}");
    let (status, all) = app.control.get(&format!("/sessions?account={account}")).await;
    assert_eq!(status, 200, "{all}");
    assert!(all["sessions"].as_array().unwrap().iter().all(|session| session["state"] != "active"), "{all}");
    let (status, all) = app.control.get("/sessions").await;
    assert_eq!(status, 200, "{all}");
}

async fn a_role_session_elsewhere_does_not_outlive_a_reset_of_its_console_sessions_account(place: &Place) {
    let app = with_roles(place).await;
    let (_, child) = family(&app, &password(1), OTHER).await;
    assert_eq!(app.control.post(&format!("/accounts/{ACCOUNT}/reset"), &Value::Null).await.0, 204);
    is_over(&app, OTHER, &child).await;
}

async fn a_role_session_elsewhere_does_not_outlive_its_console_sessions_account(place: &Place) {
    let app = with_roles(place).await;
    let (_, child) = family(&app, &password(1), OTHER).await;
    assert_eq!(app.control.delete(&format!("/accounts/{ACCOUNT}")).await.0, 204);
    is_over(&app, OTHER, &child).await;
    // Nor does it when an account of the same id comes into being again.
    app.user("alice").await;
    is_over(&app, OTHER, &child).await;
}

async fn what_was_ended_after_it_expired_stays_ended_when_the_clock_goes_back(place: &Place) {
    let app = with_roles(place).await;
    for (number, ending) in ["reset", "delete"].into_iter().enumerate() {
        let (parent, here) = family(&app, &password(number + 1), ACCOUNT).await;
        let (second, there) = family(&app, &password(number + 1), OTHER).await;
        app.control.advance(7 * 3_600).await;
        for session in [&parent, &here, &second, &there] {
            assert_eq!(end(&shown(&app, session).await).0, "expired");
        }
        if ending == "reset" {
            let reset = [("UserName", "alice"), ("Password", &*password(number + 2))];
            app.root().ram("UpdateLoginProfile", &reset).await.ok();
        } else {
            for session in [&parent, &second] {
                assert_eq!(app.control.delete(&format!("/sessions/{session}")).await.0, 204);
            }
        }
        back_to_system(&app, "").await;
        for session in [&parent, &here, &second, &there] {
            let shown = shown(&app, session).await;
            assert_ne!(shown["state"], "active", "after {ending}: {shown}");
        }
        assert!(app.running_sessions().await.is_empty(), "after {ending}");
    }
}

async fn a_token_ended_after_it_expired_is_refused_when_the_clock_goes_back(place: &Place) {
    let app = with_roles(place).await;
    let alice = app.key_of("alice").await;
    let mut tokens = Vec::new();
    for name in ["kept", "ended"] {
        let arn = format!("acs:ram::{ACCOUNT}:role/ops");
        let assumed = alice.sts("AssumeRole", &[("RoleArn", &arn), ("RoleSessionName", name)]).await.ok();
        let text = |member: &str| assumed["Credentials"][member].as_str().unwrap().to_owned();
        let (_, all) = app.control.get("/sessions").await;
        let known: Vec<String> = tokens.iter().map(|(id, _)| String::clone(id)).collect();
        let ids = all["sessions"].as_array().unwrap().iter().filter(|session| session["kind"] == "role");
        let id = ids.map(|session| session["id"].as_str().unwrap()).find(|id| !known.iter().any(|known| known == id));
        let client = app.rpc(&text("AccessKeyId"), &text("AccessKeySecret")).with_token(&text("SecurityToken"));
        for client in [client.clone(), client.v3()] {
            client.sts("GetCallerIdentity", &[]).await.ok();
        }
        tokens.push((id.unwrap().to_owned(), client));
    }
    app.control.advance(2 * 3_600).await;
    for (_, client) in &tokens {
        client.sts("GetCallerIdentity", &[]).await.is(400, "InvalidSecurityToken.Expired");
    }
    assert_eq!(app.control.delete(&format!("/sessions/{}", tokens[1].0)).await.0, 204);
    back_to_system(&app, "").await;
    for (number, (id, client)) in tokens.iter().enumerate() {
        for client in [client.clone(), client.v3()] {
            let reply = client.sts("GetCallerIdentity", &[]).await;
            if number == 0 {
                // The other was never ended, so that it runs again: the clock did go back.
                reply.ok();
            } else {
                assert!(reply.status == 400 && reply.code().starts_with("InvalidSecurityToken."), "{reply:?}");
            }
        }
        assert_eq!(shown(&app, id).await["state"] == "active", number == 0);
    }
}

async fn switching_is_judged_by_the_name_that_the_user_has_now(place: &Place) {
    let app = TestApp::start(place).await;
    app.console_user("alice", &password(1)).await;
    app.may_take_roles("alice").await;
    for root in [app.root(), app.rpc(OTHER, "any")] {
        make_role(&root, "old", &format!("acs:ram::{ACCOUNT}:user/alice")).await;
        make_role(&root, "new", &format!("acs:ram::{ACCOUNT}:user/alicia")).await;
    }
    let signed_in = app.sign_in_with(json!({"user": "alice", "password": password(1)})).await;
    let session = signed_in["session"]["id"].as_str().unwrap().to_owned();
    let roles = |name: &str| [ACCOUNT, OTHER].map(|account| format!("acs:ram::{account}:role/{name}"));
    for (allowed, refused) in [("old", "new"), ("new", "old")] {
        for role in roles(allowed) {
            let (status, answer) = switch(&app, &session, &role).await;
            assert_eq!(status, 200, "{role}: {answer}");
        }
        for role in roles(refused) {
            let (status, answer) = switch(&app, &session, &role).await;
            assert_eq!((status, &answer["code"]), (403, &json!("not-allowed")), "{role}: {answer}");
        }
        if allowed == "old" {
            app.root().ram("UpdateUser", &[("UserName", "alice"), ("NewUserName", "alicia")]).await.ok();
        }
    }
}
