//! States whose rows contradict one another: told by their place, and never taken; and policies that no state may lose.

use serde_json::{Value, json};
use sesame::store;

use crate::aws::signed_client::{self, Aws};
use crate::support::{ACCOUNT, Place, Rpc, TestApp, totp};

on_both_engines![
    rows_that_contradict_one_another_change_nothing_and_are_told,
    no_version_has_a_number_that_no_state_may_have,
    a_policy_whose_document_is_lost_lets_nobody_in,
    a_snapshot_and_a_seed_are_held_to_the_same,
];

const ALLOW: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
const DENY: &str = r#"{"Version":"1","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#;

/// Bob, whom a group allows everything and a policy of his own nothing.
async fn forbidden_bob(app: &TestApp) -> Rpc {
    let root = app.root();
    app.console_user("bob", "Correct-Horse-1").await;
    root.ram("CreateGroup", &[("GroupName", "all")]).await.ok();
    root.ram("AddUserToGroup", &[("GroupName", "all"), ("UserName", "bob")]).await.ok();
    root.ram("CreatePolicy", &[("PolicyName", "allow"), ("PolicyDocument", ALLOW)]).await.ok();
    root.ram("CreatePolicy", &[("PolicyName", "deny"), ("PolicyDocument", DENY)]).await.ok();
    let custom = ("PolicyType", "Custom");
    root.ram("AttachPolicyToGroup", &[("GroupName", "all"), ("PolicyName", "allow"), custom]).await.ok();
    root.ram("AttachPolicyToUser", &[("UserName", "bob"), ("PolicyName", "deny"), custom]).await.ok();
    let bob = app.key_of("bob").await;
    bob.ram("ListUsers", &[]).await.is(403, "NoPermission");
    bob
}

/// The number of the first row of a table of which a member is so.
fn row(state: &Value, table: &str, member: &str, is: &str) -> usize {
    let rows = state[table].as_array().expect("a table");
    rows.iter().position(|row| row[member] == is).unwrap_or_else(|| panic!("no {member} is {is}"))
}

/// Some of everything, and Bob.
async fn furnish(app: &TestApp) -> Rpc {
    let bob = forbidden_bob(app).await;
    app.sign_in("bob", "Correct-Horse-1").await;
    totp::bind(app, "bob").await;
    app.rpc("1000000000000077", "any").ram("CreateUser", &[("UserName", "zoe")]).await.ok();
    let aws = Aws::root(app);
    let user = ("UserName", "carol");
    let tag = [("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "a")];
    aws.iam("CreateUser", &[user, tag[0], tag[1]]).await.ok();
    let allow = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    aws.iam("PutUserPolicy", &[user, ("PolicyName", "inline"), ("PolicyDocument", allow)]).await.ok();
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}}]}"#;
    aws.iam("CreateRole", &[("RoleName", "r"), ("AssumeRolePolicyDocument", trust)]).await.ok();
    aws.iam("CreateInstanceProfile", &[("InstanceProfileName", "p")]).await.ok();
    aws.iam("AddRoleToInstanceProfile", &[("InstanceProfileName", "p"), ("RoleName", "r")]).await.ok();
    bob
}

async fn rows_that_contradict_one_another_change_nothing_and_are_told(place: &Place) {
    let app = TestApp::start(place).await;
    let bob = furnish(&app).await;
    let good = app.exported("").await;
    let whole: Value = serde_json::from_str(&good).unwrap();
    let zoe = whole["users"][row(&whole, "users", "name", "zoe")]["id"].clone();
    let key = row(&whole, "access_keys", "id", &bob.key_id);
    let deny = row(&whole, "policies", "name", "deny");
    let denied = row(&whole, "policy_attachments", "policy_name", "deny");
    let carol = row(&whole, "users", "name", "carol");
    let gone = format!("acs:ram::{ACCOUNT}:policy/gone");
    let foreign = format!("arn:aws:iam::{}:policy/x", signed_client::ACCOUNT);
    for (pointer, value, told) in [
        (
            format!("/policies/{deny}/default_version"),
            json!(77),
            "default_version: the document has no such row of policy_versions",
        ),
        (
            format!("/policies/{deny}/default_version"),
            json!(0),
            "default_version: must be a whole number from 1 to 2147483647",
        ),
        (
            format!("/policies/{deny}/last_version"),
            json!(1_i64 << 53),
            "last_version: must be a whole number from 1 to",
        ),
        ("/policy_versions/0/number".to_owned(), json!(2), ""),
        (format!("/access_keys/{key}/user_id"), json!("1"), "user_id: the document has no such row of users"),
        (format!("/access_keys/{key}/user_id"), zoe.clone(), "user_id: the document has no such row of users"),
        ("/mfa_devices/0/user_id".to_owned(), zoe, "user_id: the document has no such row of users"),
        ("/mfa_devices/0/user_id".to_owned(), Value::Null, "user_id: goes with bound_at"),
        ("/sessions/0/user_id".to_owned(), json!("1"), "user_id: the document has no such row of users"),
        ("/sessions/0/ended_because".to_owned(), json!("revoked"), "ended_at: goes with ended_because"),
        ("/tags/0/owner_id".to_owned(), json!("1"), "owner_id: the document has no such row of users"),
        ("/tags/0/owner_kind".to_owned(), json!("role"), "owner_id: the document has no such row of roles"),
        ("/tags/0/owner_kind".to_owned(), json!("zed"), "owner_kind: is not one of the words"),
        ("/inline_policies/0/owner_id".to_owned(), json!("1"), "owner_id: the document has no such row of users"),
        ("/inline_policies/0/size".to_owned(), json!(-1), "size: must be a whole number from 0"),
        ("/instance_profiles/0/role_id".to_owned(), json!("1"), "role_id: the document has no such row of roles"),
        (format!("/policy_attachments/{denied}/owner_kind"), json!("zed"), "owner_kind: is not one of the words"),
        (
            format!("/policy_attachments/{denied}/owner_kind"),
            json!("group"),
            "owner_id: the document has no such row of user_groups",
        ),
        (format!("/policy_attachments/{denied}/policy_arn"), json!(gone), "policy_arn: there is no such policy"),
        (
            format!("/policy_attachments/{denied}/policy_arn"),
            json!("acs:ram::system:policy/Unheard"),
            "policy_arn: there is no such policy",
        ),
        (
            format!("/policy_attachments/{denied}/policy_arn"),
            json!("arn:aws:iam::aws:policy/ReadOnlyAccess"),
            "policy_arn: there is no such policy",
        ),
        (format!("/policy_attachments/{denied}/policy_name"), json!("allow"), "policy_name: is not that of the policy"),
        (format!("/policy_attachments/{denied}/policy_path"), json!("/a/"), "policy_path: is not that of the policy"),
        (
            format!("/users/{carol}/permissions_boundary"),
            json!(foreign),
            "permissions_boundary: there is no such policy",
        ),
        (
            "/roles/0/max_session_seconds".to_owned(),
            json!(-1),
            "max_session_seconds: must be a whole number from 3600 to 43200",
        ),
        ("/login_profiles/0/failed_attempts".to_owned(), json!(-1), "failed_attempts: must be a whole number from 0"),
        (
            "/accounts/0/global_token_version".to_owned(),
            json!(3),
            "global_token_version: must be a whole number from 1 to 2",
        ),
    ] {
        let mut document = whole.clone();
        let (parent, member) = pointer.rsplit_once('/').unwrap();
        document.pointer_mut(parent).unwrap()[member] = value;
        let (status, problem) = app.import("", &document.to_string()).await;
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert_eq!((status, &problem["code"]), (400, &json!("malformed-state")), "{pointer}");
        assert!(detail.contains(told), "{pointer}: {detail:?} does not say {told:?}");
    }
    let twice = good.replacen("\"sesame_state\": 1", "\"sesame_state\": 1,\n\"users\": []", 1);
    let (status, problem) = app.import("", &twice).await;
    assert_eq!(status, 400, "one of two lists would be lost");
    assert!(problem["detail"].as_str().unwrap().contains("stands here twice"), "{problem}");
    assert_eq!(app.exported("").await, good);
    bob.ram("ListUsers", &[]).await.is(403, "NoPermission");
}

async fn no_version_has_a_number_that_no_state_may_have(place: &Place) {
    let app = TestApp::start(place).await;
    forbidden_bob(&app).await;
    let mut later: Value = serde_json::from_str(&app.exported("").await).unwrap();
    let deny = row(&later, "policies", "name", "deny");
    later["policies"][deny]["last_version"] = json!(i32::MAX);
    assert_eq!(app.import("", &later.to_string()).await.0, 204);
    let another = [("PolicyName", "deny"), ("PolicyDocument", ALLOW), ("SetAsDefault", "true")];
    assert!(app.root().ram("CreatePolicyVersion", &another).await.code().starts_with("LimitExceeded"));
    let document = app.exported("").await;
    assert_eq!(app.import("", &document).await.0, 204);
}

async fn a_policy_whose_document_is_lost_lets_nobody_in(place: &Place) {
    let app = TestApp::start(place).await;
    let bob = forbidden_bob(&app).await;
    // No call does this: it is what a store is like that something else wrote to.
    let (mut tx, _) = app.app.db.write(ACCOUNT).await.unwrap();
    let deny = store::policies::by_name(&mut tx, ACCOUNT, "deny").await.unwrap().unwrap();
    store::policies::delete_version(&mut tx, ACCOUNT, &deny.id, 1).await.unwrap();
    tx.commit().await.unwrap();
    let answer = bob.ram("ListUsers", &[]).await;
    assert_eq!(answer.status, 500, "{}", answer.body);
    app.root().ram("ListUsers", &[]).await.ok();
    // Nor one that nobody can read.
    let (mut tx, _) = app.app.db.write(ACCOUNT).await.unwrap();
    let version = store::policies::StoredVersion { number: 1, document: "{}".to_owned(), created_at: deny.created_at };
    store::policies::insert_version(&mut tx, ACCOUNT, &deny.id, &version).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(bob.ram("ListUsers", &[]).await.status, 500);
}

async fn a_snapshot_and_a_seed_are_held_to_the_same(place: &Place) {
    let app = TestApp::start(place).await;
    let bob = forbidden_bob(&app).await;
    let mut state: Value = serde_json::from_str(&app.exported("").await).unwrap();
    let deny = row(&state, "policies", "name", "deny");
    state["policies"][deny]["default_version"] = json!(77);
    assert_eq!(app.control.post("/snapshots", &json!({"name": "s"})).await.0, 201);
    let mut tx = app.app.db.write_aside().await.unwrap();
    let kept = store::snapshots::find(&mut tx, "s").await.unwrap().unwrap();
    assert!(store::snapshots::save(&mut tx, &kept, &state.to_string()).await.unwrap());
    tx.commit().await.unwrap();
    let (status, _) = app.control.post("/snapshots/s/restore", &json!({})).await;
    assert!(status >= 400, "{status}");
    bob.ram("ListUsers", &[]).await.is(403, "NoPermission");
    let now = sesame::domain::time::Time(1_800_000_000_000_000);
    let found = sesame::services::seeds::check(&app.app.settings, &state.to_string(), now).await.unwrap_err();
    assert!(found.to_string().contains("default_version: the document has no such row"), "{found}");
}
