//! Two processes' worth of Sesame over one Postgres: what one does holds on the other at its next request.

use serde_json::json;

use crate::support::{ACCOUNT, Api, Place, Reply, Rpc, TestApp, concurrently, count, trust_policy};

const PASSWORD: &str = "Correct-Horse-1";

/// Two replicas. Each knows the user `alice`, who can sign in.
async fn two(place: &Place) -> (TestApp, TestApp) {
    let (one, other) = (TestApp::start(place).await, TestApp::start(place).await);
    one.console_user("alice", PASSWORD).await;
    for app in [&one, &other] {
        // Read twice: the second answer comes from memory.
        for _ in 0..2 {
            app.root().ram("GetUser", &[("UserName", "alice")]).await.ok();
            app.root().ram("GetLoginProfile", &[("UserName", "alice")]).await.ok();
        }
    }
    (one, other)
}

/// The same client, calling another replica.
fn at(app: &TestApp, client: &Rpc) -> Rpc {
    app.rpc(&client.key_id, &client.secret)
}

async fn identity(client: &Rpc) -> Reply {
    client.sts("GetCallerIdentity", &[]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_nonce_used_on_one_is_refused_on_the_other() {
    let place = Place::postgres().await;
    let (one, other) = two(&place).await;
    let alice = one.key_of("alice").await;
    for client in [one.root(), alice] {
        let signed = client.sign(Api::Sts, "GetCallerIdentity", &[]);
        client.send(&signed).await.ok();
        at(&other, &client).send(&signed).await.is(400, "SignatureNonceUsed");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_nonce_sent_to_both_at_once_is_accepted_once() {
    let place = Place::postgres().await;
    let (one, other) = two(&place).await;
    let alice = one.key_of("alice").await;
    for _ in 0..5 {
        let signed = alice.sign(Api::Sts, "GetCallerIdentity", &[]);
        let replies = concurrently(16, |number| {
            let client = at(if number % 2 == 0 { &one } else { &other }, &alice);
            let signed = signed.clone();
            async move { client.send(&signed).await }
        })
        .await;
        assert_eq!((count(&replies, ""), count(&replies, "SignatureNonceUsed")), (1, 15), "{replies:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_disabled_and_deleted_on_one_is_refused_on_the_other_at_once() {
    let place = Place::postgres().await;
    let (one, other) = two(&place).await;
    let alice = one.key_of("alice").await;
    let there = at(&other, &alice);
    for _ in 0..2 {
        identity(&there).await.ok();
    }
    let key = ("UserAccessKeyId", &*alice.key_id);
    let set = async |status: &str| {
        one.root().ram("UpdateAccessKey", &[("UserName", "alice"), key, ("Status", status)]).await.ok();
    };
    set("Inactive").await;
    identity(&there).await.is(400, "InvalidAccessKeyId.Inactive");
    set("Active").await;
    identity(&there).await.ok();
    one.root().ram("DeleteAccessKey", &[("UserName", "alice"), key]).await.ok();
    identity(&there).await.is(404, "InvalidAccessKeyId.NotFound");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_ended_on_one_is_ended_on_the_other() {
    let place = Place::postgres().await;
    let (one, other) = two(&place).await;
    let answer = one.sign_in_with(json!({"user": "alice", "password": PASSWORD})).await;
    let path = format!("/sessions/{}", answer["session"]["id"].as_str().unwrap());
    assert_eq!(other.control.get(&path).await.1["state"], "active");
    assert_eq!(one.control.delete(&path).await.0, 204);
    let (_, ended) = other.control.get(&path).await;
    assert_eq!((&ended["state"], &ended["ended_because"]), (&json!("revoked"), &json!("revoked")));
    let (status, refused) = other.control.post(&format!("{path}/switch-role"), &json!({"role": "ops"})).await;
    assert!([403, 404].contains(&status), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_security_token_is_good_on_both_until_its_session_is_ended_on_one() {
    let place = Place::postgres().await;
    let (one, other) = two(&place).await;
    let trust = trust_policy(&format!("acs:ram::{ACCOUNT}:user/alice"));
    one.root().ram("CreateRole", &[("RoleName", "ops"), ("AssumeRolePolicyDocument", &trust)]).await.ok();
    let arn = format!("acs:ram::{ACCOUNT}:role/ops");
    one.may_take_roles("alice").await;
    let alice = one.key_of("alice").await;
    let assumed = alice.sts("AssumeRole", &[("RoleArn", &arn), ("RoleSessionName", "night")]).await.ok();
    let text = |member: &str| assumed["Credentials"][member].as_str().unwrap().to_owned();
    let client = other.rpc(&text("AccessKeyId"), &text("AccessKeySecret")).with_token(&text("SecurityToken"));
    identity(&client).await.ok();
    identity(&client.v3()).await.ok();
    let running = one.running_sessions().await;
    assert_eq!(running.len(), 1);
    assert_eq!(one.control.delete(&format!("/sessions/{}", running[0])).await.0, 204);
    identity(&client).await.is(400, "InvalidSecurityToken.Expired");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_policy_set_on_one_binds_the_other() {
    let place = Place::postgres().await;
    let (one, other) = two(&place).await;
    other.root().ram("GetPasswordPolicy", &[]).await.ok();
    one.root().ram("SetPasswordPolicy", &[("MinimumPasswordLength", "20")]).await.ok();
    let shown = other.root().ram("GetPasswordPolicy", &[]).await.ok();
    assert_eq!(shown["PasswordPolicy"]["MinimumPasswordLength"], 20);
    let reset = [("UserName", "alice"), ("Password", "Another-Horse-1")];
    other.root().ram("UpdateLoginProfile", &reset).await.is(400, "InvalidParameter.Password.TooWeak");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_set_on_one_holds_on_the_other() {
    let place = Place::postgres().await;
    let (one, other) = two(&place).await;
    let (_, shown) = one.control.put("/clock", &json!({"now": "2026-12-24T03:04:05Z"})).await;
    assert_eq!(other.control.get("/clock").await.1, shown);
    other.user("late").await;
    let late = one.root().ram("GetUser", &[("UserName", "late")]).await.ok();
    assert_eq!(late["User"]["CreateDate"], "2026-12-24T03:04:05Z");
    // The initial password has lapsed by then, and both say so.
    for app in [&one, &other] {
        assert_eq!(app.sign_in("alice", PASSWORD).await, "initial-password-expired");
    }
    let path = format!("/clock?account={ACCOUNT}");
    one.control.put(&path, &json!({"now": "2027-01-01T00:00:00Z"})).await;
    other.user("later").await;
    let later = other.root().ram("GetUser", &[("UserName", "later")]).await.ok();
    assert_eq!(later["User"]["CreateDate"], "2027-01-01T00:00:00Z");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_changed_on_one_is_the_only_one_on_the_other() {
    let place = Place::postgres().await;
    let (one, other) = two(&place).await;
    assert_eq!(other.sign_in("alice", PASSWORD).await, "signed-in");
    let alice = one.key_of("alice").await;
    let change = [("OldPassword", PASSWORD), ("NewPassword", "Another-Horse-1")];
    alice.ram("ChangePassword", &change).await.ok();
    assert!(other.running_sessions().await.is_empty());
    assert_eq!(other.sign_in("alice", PASSWORD).await, "invalid-credentials");
    at(&other, &alice).ram("ChangePassword", &change).await.is(400, "InvalidParameter.OldPassword.Incorrect");
    assert_eq!(other.sign_in("alice", "Another-Horse-1").await, "signed-in");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_passwords_are_counted_over_both() {
    let place = Place::postgres().await;
    let (one, other) = two(&place).await;
    one.root().ram("SetPasswordPolicy", &[("MaxLoginAttemps", "3")]).await.ok();
    for app in [&one, &other, &one] {
        assert_eq!(app.sign_in("alice", "wrong").await, "invalid-credentials");
    }
    assert_eq!(other.sign_in("alice", PASSWORD).await, "locked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_deleted_and_made_again_on_one_is_the_new_one_on_the_other() {
    let place = Place::postgres().await;
    let (one, other) = two(&place).await;
    let root = one.root();
    root.ram("DeleteLoginProfile", &[("UserName", "alice")]).await.ok();
    let profile = other.root().ram("GetLoginProfile", &[("UserName", "alice")]).await;
    profile.is(404, "EntityNotExist.User.LoginProfile");
    root.ram("DeleteUser", &[("UserName", "alice")]).await.ok();
    other.root().ram("GetUser", &[("UserName", "alice")]).await.is(404, "EntityNotExist.User");
    let new = root.ram("CreateUser", &[("UserName", "alice")]).await.ok();
    let found = other.root().ram("GetUser", &[("UserName", "alice")]).await.ok();
    assert_eq!(found["User"]["UserId"], new["User"]["UserId"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_on_one_empties_the_other() {
    let place = Place::postgres().await;
    let (one, other) = two(&place).await;
    let alice = at(&other, &one.key_of("alice").await);
    identity(&alice).await.ok();
    assert_eq!(one.control.reset().await, 204);
    identity(&alice).await.is(404, "InvalidAccessKeyId.NotFound");
    other.root().ram("GetUser", &[("UserName", "alice")]).await.is(404, "EntityNotExist.User");
    other.user("alice").await;
    one.root().ram("GetUser", &[("UserName", "alice")]).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn users_of_one_name_made_on_both_at_once_are_one() {
    let place = Place::postgres().await;
    let (one, other) = two(&place).await;
    let replies = concurrently(16, |number| {
        let root = if number % 2 == 0 { one.root() } else { other.root() };
        async move { root.ram("CreateUser", &[("UserName", "bob")]).await }
    })
    .await;
    assert_eq!((count(&replies, ""), count(&replies, "EntityAlreadyExists.User")), (1, 15), "{replies:?}");
}
