//! Many at once: what must happen once happens once, what must be counted is counted to the last one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use sesame::store;

use crate::support::{ACCOUNT, Api, Place, Reply, TestApp, concurrently, count, outcome, totp, trust_policy};

on_every_store![
    of_many_who_create_one_login_profile_one_succeeds,
    of_many_who_create_users_of_one_name_one_succeeds,
    of_many_who_change_one_password_one_succeeds,
    a_reset_of_a_password_wins_over_a_change_of_it,
    wrong_passwords_at_once_are_counted_exactly,
    a_code_of_a_device_lets_one_in,
    of_many_who_create_access_keys_two_succeed,
    a_reset_during_traffic_leaves_an_empty_world_that_works,
    an_account_reset_and_dropped_during_traffic_comes_back_empty,
    no_session_outlives_its_login_profile,
    no_role_session_outlives_its_console_session,
    a_signed_request_is_accepted_once,
    a_policy_that_changes_all_the_time_keeps_nobody_from_a_login_profile,
];

const PASSWORD: &str = "Correct-Horse-1";

async fn of_many_who_create_one_login_profile_one_succeeds(place: &Place) {
    let app = TestApp::start(place).await;
    app.user("alice").await;
    let replies = concurrently(32, |number| {
        let root = app.root();
        async move {
            let password = format!("Password-{number}");
            root.ram("CreateLoginProfile", &[("UserName", "alice"), ("Password", &password)]).await
        }
    })
    .await;
    assert_eq!(count(&replies, ""), 1, "{replies:?}");
    let refused: Vec<&Reply> = replies.iter().filter(|reply| reply.status != 200).collect();
    assert_eq!(refused.len(), 31);
    for reply in refused {
        reply.is(409, "EntityAlreadyExists.User.LoginProfile");
    }
    // The one who was told so is the one whose password is the user's.
    let winner = replies.iter().position(|reply| reply.status == 200).unwrap();
    assert_eq!(app.sign_in("alice", &format!("Password-{winner}")).await, "signed-in");
}

async fn of_many_who_create_users_of_one_name_one_succeeds(place: &Place) {
    let app = TestApp::start(place).await;
    let replies = concurrently(32, |number| {
        let root = app.root();
        async move {
            let name = if number % 2 == 0 { "alice" } else { "ALICE" };
            root.ram("CreateUser", &[("UserName", name)]).await
        }
    })
    .await;
    assert_eq!(count(&replies, ""), 1, "{replies:?}");
    assert_eq!(count(&replies, "EntityAlreadyExists.User"), 31, "{replies:?}");
    assert_eq!(listed_and_counted(&app).await, (1, 1));
}

/// How many users there are, and how many the account counts, both at one moment.
async fn listed_and_counted(app: &TestApp) -> (usize, i64) {
    let (mut tx, account) = app.app.db.write(ACCOUNT).await.unwrap();
    let users = store::users::page(&mut tx, ACCOUNT, "", 100_000).await.unwrap();
    (users.len(), account.users)
}

async fn of_many_who_change_one_password_one_succeeds(place: &Place) {
    let app = TestApp::start(place).await;
    app.console_user("alice", PASSWORD).await;
    let alice = app.key_of("alice").await;
    let new = |number: usize| format!("New-Password-{number}");
    let replies = concurrently(16, |number| {
        let alice = alice.clone();
        async move { alice.ram("ChangePassword", &[("OldPassword", PASSWORD), ("NewPassword", &new(number))]).await }
    })
    .await;
    assert_eq!(count(&replies, ""), 1, "{replies:?}");
    assert_eq!(count(&replies, "InvalidParameter.OldPassword.Incorrect"), 15, "{replies:?}");
    for (number, reply) in replies.iter().enumerate() {
        let expected = if reply.status == 200 { "signed-in" } else { "invalid-credentials" };
        assert_eq!(app.sign_in("alice", &new(number)).await, expected, "{number}");
    }
    assert_eq!(app.sign_in("alice", PASSWORD).await, "invalid-credentials");
}

async fn a_reset_of_a_password_wins_over_a_change_of_it(place: &Place) {
    let app = TestApp::start(place).await;
    for round in 0..8 {
        let name = format!("user-{round}");
        app.console_user(&name, PASSWORD).await;
        let (root, own) = (app.root(), app.key_of(&name).await);
        let replies = concurrently(2, |number| {
            let (root, own, name) = (root.clone(), own.clone(), name.clone());
            async move {
                if number == 0 {
                    own.ram("ChangePassword", &[("OldPassword", PASSWORD), ("NewPassword", "Changed-Password-1")]).await
                } else {
                    root.ram("UpdateLoginProfile", &[("UserName", &name), ("Password", "Reset-Password-1")]).await
                }
            }
        })
        .await;
        // Either the change came first and was overwritten, or the old password was no longer right.
        assert_eq!(replies[1].code(), "", "{replies:?}");
        assert!(["", "InvalidParameter.OldPassword.Incorrect"].contains(&replies[0].code()), "{replies:?}");
        assert_eq!(app.sign_in(&name, "Changed-Password-1").await, "invalid-credentials");
        assert_eq!(app.sign_in(&name, PASSWORD).await, "invalid-credentials");
        assert_eq!(app.sign_in(&name, "Reset-Password-1").await, "signed-in");
    }
}

async fn wrong_passwords_at_once_are_counted_exactly(place: &Place) {
    let app = TestApp::start(place).await;
    app.root().ram("SetPasswordPolicy", &[("MaxLoginAttemps", "5")]).await.ok();
    app.console_user("alice", PASSWORD).await;
    let app = Arc::new(app);
    let answers = concurrently(20, |number| {
        let app = app.clone();
        async move { app.sign_in("alice", &format!("wrong-{number}")).await }
    })
    .await;
    let told = |reason: &str| answers.iter().filter(|answer| *answer == reason).count();
    assert_eq!((told("invalid-credentials"), told("locked")), (5, 15), "{answers:?}");
    assert_eq!(app.sign_in("alice", PASSWORD).await, "locked");
    app.control.advance(3_599).await;
    assert_eq!(app.sign_in("alice", PASSWORD).await, "locked");
    app.control.advance(1).await;
    assert_eq!(app.sign_in("alice", PASSWORD).await, "signed-in");
}

async fn a_code_of_a_device_lets_one_in(place: &Place) {
    let app = TestApp::start(place).await;
    app.console_user("alice", PASSWORD).await;
    let seed = totp::from_base32(&totp::bind(&app, "alice").await);
    app.control.advance(60).await;
    let code = totp::code(&seed, totp::step(&app).await);
    let app = Arc::new(app);
    let answers = concurrently(8, |_| {
        let (app, code) = (app.clone(), code.clone());
        async move {
            let body = json!({"user": "alice", "password": PASSWORD, "mfa_code": code});
            outcome(&app.sign_in_with(body).await).to_owned()
        }
    })
    .await;
    let told = |what: &str| answers.iter().filter(|answer| *answer == what).count();
    assert_eq!((told("signed-in"), told("mfa-code-incorrect")), (1, 7), "{answers:?}");
    assert_eq!(app.running_sessions().await.len(), 1);
}

async fn of_many_who_create_access_keys_two_succeed(place: &Place) {
    let app = TestApp::start(place).await;
    app.user("alice").await;
    let replies = concurrently(8, |_| {
        let root = app.root();
        async move { root.ram("CreateAccessKey", &[("UserName", "alice")]).await }
    })
    .await;
    assert_eq!(count(&replies, ""), 2, "{replies:?}");
    assert_eq!(count(&replies, "LimitExceeded.User.AccessKey"), 6, "{replies:?}");
    let keys = app.root().ram("ListAccessKeys", &[("UserName", "alice")]).await.ok();
    assert_eq!(keys["AccessKeys"]["AccessKey"].as_array().unwrap().len(), 2, "{keys}");
}

async fn a_reset_during_traffic_leaves_an_empty_world_that_works(place: &Place) {
    let app = Arc::new(TestApp::start(place).await);
    let statuses = during_traffic(&app, ACCOUNT, async |_| app.control.reset().await).await;
    assert!(statuses.iter().all(|status| *status == 204), "{statuses:?}");

    assert_eq!(app.control.reset().await, 204);
    assert_eq!(listed_and_counted(&app).await, (0, 0));
    assert!(app.running_sessions().await.is_empty());
    app.console_user("alice", PASSWORD).await;
    assert_eq!(app.sign_in("alice", PASSWORD).await, "signed-in");
    app.key_of("alice").await.sts("GetCallerIdentity", &[]).await.ok();
    assert_eq!(listed_and_counted(&app).await, (1, 1));
}

async fn an_account_reset_and_dropped_during_traffic_comes_back_empty(place: &Place) {
    const OTHER: &str = "1000000000000055";
    let app = Arc::new(TestApp::start(place).await);
    app.console_user("bystander", PASSWORD).await;
    let (reset, drop) = (format!("/accounts/{OTHER}/reset"), format!("/accounts/{OTHER}"));
    let statuses = during_traffic(&app, OTHER, async |turn| match turn % 2 {
        0 => app.control.post(&reset, &json!({})).await.0,
        _ => app.control.delete(&drop).await.0,
    })
    .await;
    // An account that was just dropped is not there until somebody uses it again.
    assert!(statuses.iter().all(|status| [204, 404].contains(status)), "{statuses:?}");

    app.control.delete(&drop).await;
    let root = app.rpc(OTHER, "any");
    let users = root.ram("ListUsers", &[]).await.ok();
    assert_eq!(users["Users"]["User"], json!([]));
    root.ram("CreateUser", &[("UserName", "alice")]).await.ok();
    assert_eq!(app.sign_in("bystander", PASSWORD).await, "signed-in");
}

/// Does something again and again while clients are busy in an account, which must get clean answers all the time;
/// gives the statuses of what was done.
async fn during_traffic(app: &Arc<TestApp>, account: &'static str, act: impl AsyncFn(usize) -> u16) -> Vec<u16> {
    let over = Arc::new(AtomicBool::new(false));
    let busy: Vec<_> = (0..6).map(|number| tokio::spawn(traffic(app.clone(), over.clone(), account, number))).collect();
    let mut statuses = Vec::new();
    for turn in 0..16 {
        // So that each time meets traffic, it waits for a few requests.
        for _ in 0..3 {
            app.rpc(account, "any").ram("ListUsers", &[]).await;
        }
        statuses.push(act(turn).await);
    }
    over.store(true, Ordering::SeqCst);
    let mut strange = Vec::new();
    for one in busy {
        strange.extend(one.await.unwrap());
    }
    assert!(strange.is_empty(), "{strange:#?}");
    statuses
}

/// Does this and that until told to stop; gives every answer that no client could make sense of.
async fn traffic(app: Arc<TestApp>, over: Arc<AtomicBool>, account: &str, number: usize) -> Vec<String> {
    let (root, mut strange, mut turn) = (app.rpc(account, "any"), Vec::new(), 0);
    while !over.load(Ordering::SeqCst) {
        let name = format!("user-{number}-{turn}");
        turn += 1;
        let mut replies = Vec::new();
        for (action, more) in [
            ("CreateUser", None),
            ("CreateLoginProfile", Some(("Password", PASSWORD))),
            ("GetUser", None),
            ("CreateAccessKey", None),
        ] {
            let mut parameters = vec![("UserName", &*name)];
            parameters.extend(more);
            replies.push(root.ram(action, &parameters).await);
        }
        let key = replies[3].body["AccessKey"].clone();
        if let (Some(id), Some(secret)) = (key["AccessKeyId"].as_str(), key["AccessKeySecret"].as_str()) {
            replies.push(app.rpc(id, secret).sts("GetCallerIdentity", &[]).await);
            let asked = [("UserName", &*name), ("UserAccessKeyId", id)];
            replies.push(root.ram("GetAccessKeyLastUsed", &asked).await);
        }
        replies.push(root.ram("ListUsers", &[("MaxItems", "5")]).await);
        for reply in replies {
            let clean = reply.body["Code"].is_string() && reply.body["RequestId"].is_string();
            if reply.status != 200 && !(clean && (reply.status < 500 || reply.code() == "ServiceUnavailable")) {
                strange.push(format!("{reply:?}"));
            }
        }
        let body = json!({"account": account, "user": name, "password": PASSWORD});
        let (status, answer) = app.control.post("/sign-in", &body).await;
        if ![200, 403, 503].contains(&status) {
            strange.push(format!("sign-in: {status} {answer}"));
        }
    }
    strange
}

async fn no_session_outlives_its_login_profile(place: &Place) {
    let app = Arc::new(TestApp::start(place).await);
    for round in 0..10 {
        let name = format!("user-{round}");
        app.console_user(&name, PASSWORD).await;
        let answers = concurrently(5, |number| {
            let (app, name) = (app.clone(), name.clone());
            async move {
                if number == 2 {
                    app.root().ram("DeleteLoginProfile", &[("UserName", &name)]).await.ok();
                    return "deleted".to_owned();
                }
                app.sign_in(&name, PASSWORD).await
            }
        })
        .await;
        for answer in &answers {
            assert!(["deleted", "signed-in", "console-access-disabled"].contains(&&**answer), "{answers:?}");
        }
        assert!(app.running_sessions().await.is_empty(), "round {round}: {answers:?}");
    }
}

async fn no_role_session_outlives_its_console_session(place: &Place) {
    let app = Arc::new(TestApp::start(place).await);
    let trust = trust_policy(&format!("acs:ram::{ACCOUNT}:root"));
    app.root().ram("CreateRole", &[("RoleName", "ops"), ("AssumeRolePolicyDocument", &trust)]).await.ok();
    for round in 0..10 {
        let name = format!("user-{round}");
        app.console_user(&name, PASSWORD).await;
        let signed_in = app.sign_in_with(json!({"user": name, "password": PASSWORD})).await;
        let session = signed_in["session"]["id"].as_str().unwrap().to_owned();
        concurrently(4, |number| {
            let (app, name, session) = (app.clone(), name.clone(), session.clone());
            async move {
                if number == 1 {
                    let reset = [("UserName", &*name), ("Password", "Another-Horse-1")];
                    app.root().ram("UpdateLoginProfile", &reset).await.ok();
                } else {
                    let path = format!("/sessions/{session}/switch-role");
                    let (status, answer) = app.control.post(&path, &json!({"role": "ops"})).await;
                    assert!([200, 403].contains(&status), "{answer}");
                }
            }
        })
        .await;
        assert!(app.running_sessions().await.is_empty(), "round {round}");
    }
}

async fn a_signed_request_is_accepted_once(place: &Place) {
    let app = TestApp::start(place).await;
    app.user("alice").await;
    let key = app.key_of("alice").await;
    for client in [app.root(), app.root().v3(), key.clone(), key.v3()] {
        let signed = client.sign(Api::Sts, "GetCallerIdentity", &[]);
        let replies = concurrently(16, |_| {
            let (client, signed) = (client.clone(), signed.clone());
            async move { client.send(&signed).await }
        })
        .await;
        assert_eq!(count(&replies, ""), 1, "{replies:?}");
        assert_eq!(count(&replies, "SignatureNonceUsed"), 15, "{replies:?}");
    }
}

async fn a_policy_that_changes_all_the_time_keeps_nobody_from_a_login_profile(place: &Place) {
    let app = TestApp::start(place).await;
    let over = Arc::new(AtomicBool::new(false));
    let changing = tokio::spawn({
        let (root, over) = (app.root(), over.clone());
        async move {
            let mut age = 0;
            while !over.load(Ordering::SeqCst) {
                age = age % 1_000 + 1;
                root.ram("SetPasswordPolicy", &[("MaxPasswordAge", &age.to_string())]).await.ok();
            }
        }
    });
    let replies = concurrently(4, |number| {
        let root = app.root();
        async move {
            let mut replies = Vec::new();
            for turn in 0..10 {
                let name = format!("user-{number}-{turn}");
                replies.push(root.ram("CreateUser", &[("UserName", &name)]).await);
                let profile = [("UserName", &*name), ("Password", PASSWORD)];
                replies.push(root.ram("CreateLoginProfile", &profile).await);
            }
            replies
        }
    })
    .await;
    over.store(true, Ordering::SeqCst);
    changing.await.unwrap();
    let refused: Vec<Reply> = replies.into_iter().flatten().filter(|reply| reply.status != 200).collect();
    assert!(refused.is_empty(), "{} of 80 were refused, such as {:?}", refused.len(), refused[0]);
}

/// What is written aside, when keys were last used, does not queue with the writers of an account: it can hold one row
/// that a reset waits for and want another that the reset has.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_that_meets_the_writing_of_key_usage_on_postgres_is_done_all_the_same() {
    let place = Place::postgres().await;
    let app = Arc::new(TestApp::start(&place).await);
    let mut keys = Vec::new();
    for number in 0..10 {
        let name = format!("user-{number}");
        app.user(&name).await;
        keys.push(app.key_of(&name).await.key_id);
    }
    let now = app.app.system_now();
    let mut aside = app.app.db.write_aside().await.unwrap();
    store::access_keys::used(&mut aside, keys.last().unwrap(), now, "Sts", "").await.unwrap();
    let resetting = tokio::spawn({
        let app = app.clone();
        async move { app.control.reset().await }
    });
    someone_waits(&place).await;
    // Whoever of the two is told to give way may try again; neither may leave it at that.
    let gave_way = store::access_keys::used(&mut aside, &keys[0], now, "Sts", "").await.is_err();
    drop(aside);
    let status = resetting.await.unwrap();
    assert_eq!(status, 204, "the reset gave way; the writing of key usage did: {gave_way}");
}

/// Waits until somebody in the database waits for a lock.
async fn someone_waits(place: &Place) {
    use sqlx::{Connection, PgConnection};
    const WAITING: &str =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let mut connection = PgConnection::connect(&place.url()).await.unwrap();
    while sqlx::query_scalar::<_, i64>(WAITING).fetch_one(&mut connection).await.unwrap() == 0 {
        tokio::task::yield_now().await;
    }
}
