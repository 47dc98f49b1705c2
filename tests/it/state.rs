//! The state as a document: out of one store and into another, whole, without loss, and never half.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ACCOUNT, Place, TestApp, concurrently};

on_every_store![
    an_account_comes_back_as_it_was_and_others_stay,
    readers_see_the_old_or_the_new_and_never_half,
    a_document_that_is_wrong_changes_nothing_and_is_told_where,
    what_was_in_memory_is_believed_no_more,
    ids_and_aliases_of_other_accounts_are_not_taken,
];

const PASSWORD: &str = "Correct-Horse-1";

impl TestApp {
    async fn text(&self, path: &str) -> (u16, String) {
        let answer = reqwest::get(format!("http://{}/_sesame{path}", self.address)).await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("the whole answer"))
    }

    pub(crate) async fn exported(&self, query: &str) -> String {
        let (status, text) = self.text(&format!("/state{query}")).await;
        assert_eq!(status, 200, "{text}");
        text
    }

    pub(crate) async fn import(&self, query: &str, document: &str) -> (u16, Value) {
        let url = format!("http://{}/_sesame/state{query}", self.address);
        let request = reqwest::Client::new().request(Method::PUT, url).body(document.to_owned());
        let answer = request.send().await.expect("an answer");
        let (status, text) = (answer.status().as_u16(), answer.text().await.expect("the whole answer"));
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }
}

async fn an_account_comes_back_as_it_was_and_others_stay(place: &Place) {
    let app = TestApp::start(place).await;
    let other = app.rpc("1000000000000077", "any");
    app.console_user("alice", PASSWORD).await;
    let key = app.key_of("alice").await;
    let whole = format!("?account={ACCOUNT}");
    let before = app.exported(&whole).await;
    assert!(before.contains(&key.secret) && before.contains("$argon2id$"), "a tester's document has the secrets");
    app.root().ram("DeleteAccessKey", &[("UserName", "alice"), ("UserAccessKeyId", &key.key_id)]).await.ok();
    app.user("bob").await;
    other.ram("CreateUser", &[("UserName", "zoe")]).await.ok();
    assert_eq!(app.import(&whole, &before).await.0, 204);
    assert_eq!(app.exported(&whole).await, before);
    key.sts("GetCallerIdentity", &[]).await.ok();
    assert_eq!(app.sign_in("alice", PASSWORD).await, "signed-in");
    app.root().ram("GetUser", &[("UserName", "bob")]).await.is(404, "EntityNotExist.User");
    other.ram("GetUser", &[("UserName", "zoe")]).await.ok();
    // Of a world only this account is taken, and a lone account is no world.
    let world = app.exported("").await;
    other.ram("CreateUser", &[("UserName", "yan")]).await.ok();
    assert_eq!(app.import(&whole, &world).await.0, 204);
    other.ram("GetUser", &[("UserName", "yan")]).await.ok();
    let (status, problem) = app.import("", &before).await;
    assert_eq!(status, 400);
    assert!(problem["detail"].as_str().unwrap().contains("?account="), "{problem}");
    assert_eq!(app.import("?account=1000000000000077", &before).await.0, 400);
    assert_eq!(app.text("/state?account=1999999999999999").await.0, 404);
    assert_eq!(app.text("/state?acount=1").await.0, 400);
}

async fn readers_see_the_old_or_the_new_and_never_half(place: &Place) {
    let app = TestApp::start(place).await;
    let whole = format!("?account={ACCOUNT}");
    app.user("old").await;
    let old = app.exported(&whole).await;
    app.root().ram("DeleteUser", &[("UserName", "old")]).await.ok();
    for name in ["new-1", "new-2", "new-3"] {
        app.user(name).await;
    }
    let new = app.exported(&whole).await;
    let app = std::sync::Arc::new(app);
    let (old, new) = (std::sync::Arc::new(old), std::sync::Arc::new(new));
    let seen = concurrently(3, |number| {
        let (app, old, new, whole) = (app.clone(), old.clone(), new.clone(), whole.clone());
        async move {
            let mut seen = Vec::new();
            for turn in 0..12 {
                if number == 0 {
                    let document = if turn % 2 == 0 { &old } else { &new };
                    assert_eq!(app.import(&whole, document).await.0, 204);
                } else if number == 1 {
                    let found = app.exported(&whole).await;
                    assert!(found == *old || found == *new, "half a state:\n{found}");
                } else {
                    let users = app.root().ram("ListUsers", &[]).await.ok();
                    seen.push(users["Users"]["User"].as_array().map_or(0, Vec::len));
                }
            }
            seen
        }
    })
    .await;
    assert!(seen[2].iter().all(|count| [1, 3].contains(count)), "{seen:?}");
}

async fn what_was_in_memory_is_believed_no_more(place: &Place) {
    let app = TestApp::start(place).await;
    let replica = if place.is_shared() { Some(TestApp::start(place).await) } else { None };
    let at = replica.as_ref().unwrap_or(&app);
    let before = app.exported("").await;
    app.user("alice").await;
    let key = app.key_of("alice").await;
    let there = at.rpc(&key.key_id, &key.secret);
    let with_key = app.exported("").await;
    for _ in 0..2 {
        there.sts("GetCallerIdentity", &[]).await.ok();
        assert_eq!(app.import("", &before).await.0, 204);
        there.sts("GetCallerIdentity", &[]).await.is(404, "InvalidAccessKeyId.NotFound");
        assert_eq!(app.import(&format!("?account={ACCOUNT}"), &with_key).await.0, 204);
        there.sts("GetCallerIdentity", &[]).await.ok();
    }
    let frozen = with_key.replace(
        "\"clock_mode\":\"system\",\"clock_micros\":0",
        "\"clock_mode\":\"frozen\",\"clock_micros\":1800000000000000",
    );
    assert_eq!(app.import("", &frozen).await.0, 204);
    assert_eq!(at.control.get("/clock").await.1["now"], "2027-01-15T08:00:00Z");
}

async fn ids_and_aliases_of_other_accounts_are_not_taken(place: &Place) {
    let app = TestApp::start(place).await;
    app.user("alice").await;
    let key = app.key_of("alice").await;
    app.root().ram("SetAccountAlias", &[("AccountAlias", "my-team")]).await.ok();
    let document = app.exported(&format!("?account={ACCOUNT}")).await;
    let moved = document.replace(ACCOUNT, "1000000000000088");
    let (status, problem) = app.import("?account=1000000000000088", &moved).await;
    assert_eq!(
        (status, &problem["detail"]),
        (400, &json!("accounts[0].alias: belongs to another account of this store"))
    );
    let (status, problem) = app.import("?account=1000000000000088", &moved.replace("my-team", "other-team")).await;
    assert_eq!(status, 400);
    assert_eq!(problem["detail"], "access_keys[0].id: belongs to another account of this store");
    key.sts("GetCallerIdentity", &[]).await.ok();
    assert_eq!(app.text("/state?account=1000000000000088").await.0, 404, "nothing was changed");
}

async fn a_document_that_is_wrong_changes_nothing_and_is_told_where(place: &Place) {
    let app = TestApp::start(place).await;
    app.console_user("alice", PASSWORD).await;
    app.key_of("alice").await;
    app.root().ram("CreateGroup", &[("GroupName", "dev")]).await.ok();
    app.root().ram("AddUserToGroup", &[("GroupName", "dev"), ("UserName", "alice")]).await.ok();
    let good = app.exported("").await;
    let whole: Value = serde_json::from_str(&good).unwrap();
    let changed = |pointer: &str, value: Value| {
        let mut document = whole.clone();
        let (parent, member) = pointer.rsplit_once('/').unwrap();
        match document.pointer_mut(parent).unwrap() {
            Value::Object(members) => drop(members.insert(member.to_owned(), value)),
            Value::Array(list) => list.push(value),
            _ => panic!("{pointer}"),
        }
        document.to_string()
    };
    let twice = whole["users"][0].clone();
    let deep = "[".repeat(100_000);
    let cases = [
        (String::new(), "line 1 column 0"),
        ("{".to_owned(), "line 1"),
        (deep, "line 1"),
        ("[]".to_owned(), "document: must be an object"),
        ("{}".to_owned(), "sesame_state: is missing"),
        (changed("/sesame_state", json!(2)), "sesame_state: must be 1"),
        (changed("/user", json!([])), "user: there is no such table; did you mean users?"),
        (changed("/users", json!({})), "users: must be a list"),
        (changed("/users/-", json!(7)), "users[1]: must be an object"),
        (changed("/users/-", twice), "users[1]: a row before it has the same account_id, id"),
        (changed("/users/0/nmae", json!("x")), "users[0].nmae: users have no such member; did you mean name?"),
        (changed("/users/0/name", json!(7)), "users[0].name: must be text"),
        (changed("/users/0/name", json!(null)), "users[0].name: must not be null"),
        (changed("/users/0/name", json!("a\0b")), "users[0].name: holds a character"),
        (changed("/users/0/created_at", json!("yesterday")), "users[0].created_at: must be a time"),
        (changed("/users/0/created_at", json!("9999-12-31T23:59:60.9999999Z")), "users[0].created_at: must be a time"),
        (changed("/users/0/account_id", json!("1")), "users[0].account_id: the document has no such row of accounts"),
        (changed("/group_members/0/user_id", json!("1")), "group_members[0].user_id: the document has no such row"),
        (changed("/accounts/0/id", json!("12")), "accounts"),
        (changed("/accounts/0/cloud", json!("azure")), "accounts[0].cloud: is not one of the words"),
        (changed("/accounts/0/password_policy/max_age_days", json!(i64::MAX)), "accounts[0].password_policy"),
        (changed("/accounts/0/password_policy/max_age_day", json!(1)), "accounts[0].password_policy"),
        (
            changed("/login_profiles/0/password_hash", json!("secret")),
            "login_profiles[0].password_hash: must be a hash",
        ),
        (changed("/login_profiles/0/failed_attempts", json!(u64::MAX)), "login_profiles[0].failed_attempts: must be a"),
        (
            changed("/login_profiles/0/failed_attempts", json!(1.5)),
            "login_profiles[0].failed_attempts: must be a whole",
        ),
        (changed("/login_profiles/0/status", json!("Sleepy")), "login_profiles[0].status: is not one of the words"),
        (changed("/access_keys/0/seeded", json!("no")), "access_keys[0].seeded: must be true or false"),
        (changed("/world/clock_mode", json!("mad")), "world.clock_mode: is not one of the words"),
        (changed("/world/message_key", json!("%")), "world.message_key: must be bytes in base 64"),
    ];
    for (document, expected) in cases {
        let (status, problem) = app.import("", &document).await;
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert_eq!((status, &problem["code"]), (400, &json!("malformed-state")), "{expected}");
        assert!(detail.starts_with(expected), "{detail:?} is not {expected:?}");
    }
    let huge = "$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$AAAA";
    let (status, _) = app.import("", &changed("/login_profiles/0/password_hash", json!(huge))).await;
    assert_eq!(status, 400);
    let too_large = format!("{{\"x\":\"{}\"}}", "a".repeat(3_000_000));
    assert_eq!(app.import("", &too_large).await.0, 400, "more than other calls take, and yet read");
    assert_eq!(app.exported("").await, good);
}
