//! Who an access key is: never more than it was issued for, and never root for having been copied badly.

use std::ops::Range;

use serde_json::{Value, json};
use sesame::config::UnknownKeys;

use crate::support::{ACCOUNT, Place, Reply, Rpc, TestApp, trust_policy};

on_both_engines![
    a_key_in_another_case_or_with_blanks_behind_it_is_nobody,
    a_key_with_a_character_cut_or_added_is_nobody,
    a_key_with_a_character_cut_or_added_at_the_beginning_is_nobody,
    a_sessions_key_with_a_character_cut_or_added_at_the_beginning_is_nobody,
    a_key_that_a_person_made_up_is_root,
    a_root_key_of_the_other_cloud_is_nobody_here,
    nobody_learns_when_keys_of_others_were_used,
    a_user_is_not_found_by_a_deleted_key,
    resetting_an_account_brings_its_root_key_back,
    resetting_the_world_brings_the_root_key_back,
    a_dropped_default_account_is_made_anew_with_a_root_key,
];

async fn identity(client: &Rpc) -> Reply {
    client.sts("GetCallerIdentity", &[]).await
}

/// A key id with letters of another case, and with what copying leaves behind it.
fn in_other_words(id: &str) -> Vec<String> {
    let (head, tail) = id.split_at(id.len() / 2);
    let other_case = |text: &str| {
        let turn = |c: char| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
        text.chars().map(turn).collect::<String>()
    };
    let mut words = vec![
        id.to_lowercase(),
        id.to_uppercase(),
        other_case(id),
        format!("{head}{}", other_case(tail)),
        format!("{}{tail}", other_case(head)),
        format!("{} ", id.to_lowercase()),
    ];
    words.extend([" ", "  ", "\n", "\r\n", "\t"].map(|end| format!("{id}{end}")));
    words
}

/// How many characters at the beginning of a key id are the same in all ids of its kind.
fn same_in_all(id: &str) -> usize {
    if id.starts_with("STS.") { "STS.".len() } else { "LTAI5tSes".len() }
}

/// A key id with one character cut or added at one of these places.
fn misspelt(id: &str, places: Range<usize>) -> Vec<String> {
    let cut = places.clone().map(|at| format!("{}{}", &id[..at], &id[at + 1..]));
    let added = places.map(|at| format!("{}x{}", &id[..at], &id[at..]));
    cut.chain(added).collect()
}

fn misspelt_behind(id: &str) -> Vec<String> {
    let mut ids = misspelt(id, same_in_all(id)..id.len());
    ids.push(format!("{id}x"));
    ids
}

fn misspelt_at_the_beginning(id: &str) -> Vec<String> {
    if id.starts_with("STS.") { Vec::new() } else { misspelt(id, 0..same_in_all(id)) }
}

fn misspelt_at_the_beginning_of_a_session(id: &str) -> Vec<String> {
    if id.starts_with("STS.") { misspelt(id, 0..same_in_all(id)) } else { Vec::new() }
}

/// Keys of a user, of a role session and of an account's root.
async fn issued(app: &TestApp) -> [Rpc; 3] {
    app.user("alice").await;
    app.may_take_roles("alice").await;
    let alice = app.key_of("alice").await;
    let trust = trust_policy(&format!("acs:ram::{ACCOUNT}:root"));
    app.root().ram("CreateRole", &[("RoleName", "ops"), ("AssumeRolePolicyDocument", &trust)]).await.ok();
    let role = [("RoleArn", &*format!("acs:ram::{ACCOUNT}:role/ops")), ("RoleSessionName", "night")];
    let assumed = alice.sts("AssumeRole", &role).await.ok();
    let text = |member: &str| assumed["Credentials"][member].as_str().unwrap().to_owned();
    let session = app.rpc(&text("AccessKeyId"), &text("AccessKeySecret")).with_token(&text("SecurityToken"));
    let (_, root) = made(app, "alibaba").await;
    [alice, session, root]
}

/// Checks that a key that was issued is nobody once `spoil` has been at its id.
async fn are_nobody(app: &TestApp, spoil: fn(&str) -> Vec<String>) {
    let keys = issued(app).await;
    let mut let_in = Vec::new();
    for client in &keys {
        for id in spoil(&client.key_id) {
            let reply = identity(&client.with_key_id(&id)).await;
            if (reply.status, reply.code()) != (404, "InvalidAccessKeyId.NotFound") {
                let_in.push(format!("{id:?} for {}: {} {}", client.key_id, reply.status, reply.body["Arn"]));
            }
        }
    }
    assert!(let_in.is_empty(), "{let_in:#?}");
    for client in keys {
        identity(&client).await.ok();
    }
}

async fn a_key_in_another_case_or_with_blanks_behind_it_is_nobody(place: &Place) {
    let app = TestApp::start(place).await;
    are_nobody(&app, in_other_words).await;
    for id in ["sts.xyz", "STS.xyz", "Sts.N", "sts."] {
        for client in [app.rpc(id, "any"), app.rpc(id, "any").with_token("CAISany")] {
            identity(&client).await.is(404, "InvalidAccessKeyId.NotFound");
        }
    }
}

async fn a_key_with_a_character_cut_or_added_is_nobody(place: &Place) {
    let app = TestApp::start(place).await;
    are_nobody(&app, misspelt_behind).await;
}

async fn a_key_with_a_character_cut_or_added_at_the_beginning_is_nobody(place: &Place) {
    let app = TestApp::start(place).await;
    are_nobody(&app, misspelt_at_the_beginning).await;
}

async fn a_sessions_key_with_a_character_cut_or_added_at_the_beginning_is_nobody(place: &Place) {
    let app = TestApp::start(place).await;
    are_nobody(&app, misspelt_at_the_beginning_of_a_session).await;
}

async fn a_key_that_a_person_made_up_is_root(place: &Place) {
    let app = TestApp::start(place).await;
    for id in ["test", "LTAIlocal", "test ", "a", "AKIDEXAMPLE", "2000000000000002"] {
        let who = identity(&app.rpc(id, "any")).await.ok();
        let account = if id.len() == 16 { id } else { ACCOUNT };
        assert_eq!((&who["AccountId"], &who["IdentityType"]), (&json!(account), &json!("Account")), "{id}");
    }
}

/// A root key as `POST /accounts` told it, with the id of its account.
async fn made(app: &TestApp, cloud: &str) -> (String, Rpc) {
    let (status, answer) = app.control.post("/accounts", &json!({"cloud": cloud})).await;
    assert_eq!(status, 200, "{answer}");
    let text = |member: &Value| member.as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
    let root = &answer["root"];
    (text(&answer["id"]), app.rpc(&text(&root["access_key_id"]), &text(&root["access_key_secret"])))
}

async fn a_root_key_of_the_other_cloud_is_nobody_here(place: &Place) {
    let app = TestApp::start(place).await;
    let (id, alibaba) = made(&app, "alibaba").await;
    assert_eq!(identity(&alibaba).await.ok()["AccountId"], json!(id));
    let (_, aws) = made(&app, "aws").await;
    for client in [aws.clone(), aws.v3()] {
        identity(&client).await.is(404, "InvalidAccessKeyId.NotFound");
        client.ram("CreateUser", &[("UserName", "alice")]).await.is(404, "InvalidAccessKeyId.NotFound");
        client.ims("GetDefaultDomain", &[]).await.is(404, "InvalidAccessKeyId.NotFound");
    }
}

async fn nobody_learns_when_keys_of_others_were_used(place: &Place) {
    let app = TestApp::start(place).await;
    for name in ["alice", "bob"] {
        app.user(name).await;
    }
    let (alice, bob) = (app.key_of("alice").await, app.key_of("bob").await);
    let key = app.root().ram("CreateAccessKey", &[]).await.ok();
    let root = key["AccessKey"]["AccessKeyId"].as_str().unwrap();
    app.root().ims("SetSecurityPreference", &[("AllowUserToManageAccessKeys", "true")]).await.ok();
    for id in [&bob.key_id, root] {
        let asked = [("UserAccessKeyId", id)];
        alice.ram("GetAccessKeyLastUsed", &asked).await.is(404, "EntityNotExist.User.AccessKey");
        alice.ims("GetAccessKeyLastUsed", &asked).await.is(404, "EntityNotExist.User.AccessKey");
        app.root().ram("GetAccessKeyLastUsed", &asked).await.ok();
    }
    let own = [("UserAccessKeyId", &*alice.key_id)];
    alice.ram("GetAccessKeyLastUsed", &own).await.ok();
    alice.ims("GetAccessKeyLastUsed", &own).await.ok();
    let named = [("UserAccessKeyId", &*alice.key_id), ("UserName", "alice")];
    alice.ram("GetAccessKeyLastUsed", &named).await.ok();
}

async fn a_user_is_not_found_by_a_deleted_key(place: &Place) {
    let app = TestApp::start(place).await;
    app.user("alice").await;
    let alice = app.key_of("alice").await;
    let by_key = [("UserAccessKeyId", &*alice.key_id)];
    app.root().ims("GetUser", &by_key).await.ok();
    app.root().ram("DeleteAccessKey", &[("UserName", "alice"), ("UserAccessKeyId", &alice.key_id)]).await.ok();
    app.root().ims("GetUser", &by_key).await.is(404, "EntityNotExist.User");
}

/// Makes a root key unusable by itself, in one way or the other.
async fn disable(root: &Rpc, how: &str) {
    let named = ("UserAccessKeyId", &*root.key_id);
    if how == "Inactive" {
        root.ram("UpdateAccessKey", &[named, ("Status", how)]).await.ok();
        identity(root).await.is(400, "InvalidAccessKeyId.Inactive");
    } else {
        root.ram("DeleteAccessKey", &[named]).await.ok();
        identity(root).await.is(404, "InvalidAccessKeyId.NotFound");
    }
}

/// What the list of accounts says of the root key of an account.
async fn listed_key(app: &TestApp, account: &str) -> Value {
    let (status, all) = app.control.get("/accounts").await;
    assert_eq!(status, 200, "{all}");
    let found = all["accounts"].as_array().unwrap().iter().find(|found| found["id"] == account);
    found.unwrap_or_else(|| panic!("{account} is not in {all}"))["root"]["access_key_id"].clone()
}

async fn resetting_an_account_brings_its_root_key_back(place: &Place) {
    let app = TestApp::start(place).await;
    let (id, root) = made(&app, "alibaba").await;
    for how in ["Inactive", "Deleted"] {
        disable(&root, how).await;
        assert_eq!(app.control.post(&format!("/accounts/{id}/reset"), &Value::Null).await.0, 204);
        assert_eq!(listed_key(&app, &id).await, json!(root.key_id), "after {how}");
        assert_eq!(identity(&root).await.ok()["AccountId"], json!(id), "after {how}");
        let listed = root.ram("ListAccessKeys", &[]).await.ok();
        assert_eq!(listed["AccessKeys"]["AccessKey"][0]["Status"], "Active");
    }
}

async fn strict(place: &Place) -> TestApp {
    TestApp::start_with(place, |settings| settings.auth.unknown_keys = UnknownKeys::Reject).await
}

/// The default account's root key as it was told at the start.
fn told(app: &TestApp) -> Rpc {
    let line = app.banner.lines().find(|line| line.contains(ACCOUNT)).expect("a line about the default account");
    let word = |after: &str| line.split_once(after).unwrap().1.split_whitespace().next().unwrap();
    app.rpc(word("root key "), word("secret "))
}

async fn resetting_the_world_brings_the_root_key_back(place: &Place) {
    let app = strict(place).await;
    identity(&app.root()).await.is(404, "InvalidAccessKeyId.NotFound");
    let root = told(&app);
    for how in ["Inactive", "Deleted"] {
        disable(&root, how).await;
        assert_eq!(app.control.reset().await, 204);
        assert_eq!(listed_key(&app, ACCOUNT).await, json!(root.key_id), "after {how}");
        assert_eq!(identity(&root).await.ok()["AccountId"], ACCOUNT, "after {how}");
        // And by itself.
        disable(&root, how).await;
        assert_eq!(app.control.post(&format!("/accounts/{ACCOUNT}/reset"), &Value::Null).await.0, 204);
        identity(&root).await.ok();
    }
}

async fn a_dropped_default_account_is_made_anew_with_a_root_key(place: &Place) {
    let app = strict(place).await;
    let root = told(&app);
    assert_eq!(app.control.delete(&format!("/accounts/{ACCOUNT}")).await.0, 204);
    identity(&root).await.is(404, "InvalidAccessKeyId.NotFound");
    // A reset makes the account, and tells no secret: whoever dropped it makes it by name to be told one.
    assert_eq!(app.control.reset().await, 204);
    assert!(listed_key(&app, ACCOUNT).await.is_null());
    assert_eq!(app.control.delete(&format!("/accounts/{ACCOUNT}")).await.0, 204);
    let (status, made) = app.control.post("/accounts", &json!({"cloud": "alibaba", "id": ACCOUNT})).await;
    assert_eq!(status, 200);
    let text = |member: &str| made["root"][member].as_str().unwrap().to_owned();
    let root = app.rpc(&text("access_key_id"), &text("access_key_secret"));
    assert_eq!(identity(&root).await.ok()["AccountId"], ACCOUNT);
}
