//! Seeds: a world to begin with, and to go back to.

use std::path::PathBuf;

use serde_json::json;
use sesame::config::Settings;
use sesame::domain::time::Time;
use sesame::services::seeds;

use crate::aws::signed_client::Aws;
use crate::support::{ACCOUNT, Place, TestApp};

on_both_engines![
    the_example_is_sown_and_calls_are_signed_against_it,
    a_reset_goes_back_to_the_seed,
    a_store_that_has_the_seed_stays_as_it_is,
    a_state_is_a_seed_too,
];

fn example() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("config/seed.example.yaml")
}

async fn seeded(place: &Place) -> TestApp {
    TestApp::start_with(place, |settings| settings.seed.file = example().display().to_string()).await
}

async fn the_example_is_sown_and_calls_are_signed_against_it(place: &Place) {
    let app = seeded(place).await;
    assert!(app.banner.contains("Seeded: 000000000000, 1000000000000001"), "{}", app.banner);
    let alice = app.rpc("LTAIexampleAlice0001", "alice-secret-for-tests");
    let identity = alice.sts("GetCallerIdentity", &[]).await.ok();
    assert_eq!(identity["Arn"], format!("acs:ram::{ACCOUNT}:user/alice"));
    alice.ram("ListUsers", &[]).await.ok();
    alice.ram("CreateUser", &[("UserName", "eve")]).await.is(403, "NoPermission");
    let role = [("RoleArn", "acs:ram::1000000000000001:role/deployer"), ("RoleSessionName", "night")];
    alice.sts("AssumeRole", &role).await.ok();
    let policy = app.root().ram("GetPasswordPolicy", &[]).await.ok();
    assert_eq!(policy["PasswordPolicy"]["MinimumPasswordLength"], 10);
    assert_eq!(app.sign_in("alice", "Correct-Horse-1").await, "mfa-required");
    let (_, shown) = app.control.get(&format!("/users/alibaba/{ACCOUNT}/alice/totp")).await;
    let body = json!({"user": "alice@acme.onaliyun.com", "password": "Correct-Horse-1", "mfa_code": shown["code"]});
    assert_eq!(app.control.post("/sign-in", &body).await.1["outcome"], "signed-in");

    let carol = Aws::new(&app, "AKIAEXAMPLECAROL0001", "carol-secret-for-tests", None);
    let identity = carol.sts("GetCallerIdentity", &[]).await.ok();
    assert_eq!(identity.value("Arn"), "arn:aws:iam::000000000000:user/staff/carol");
    let users = carol.iam("ListUsers", &[]).await;
    users.is(403, "AccessDenied");
    Aws::new(&app, "AKIAEXAMPLEROOT00001", "root-secret-for-tests", None).iam("ListUsers", &[]).await.ok();
}

async fn a_store_that_has_the_seed_stays_as_it_is(place: &Place) {
    let app = seeded(place).await;
    app.user("later").await;
    app.root().ram("RemoveUserFromGroup", &[("UserName", "alice"), ("GroupName", "developers")]).await.ok();
    let before = app.exported("").await;
    app.stop().await;
    let app = seeded(place).await;
    assert_eq!(app.exported("").await, before);
    assert!(app.banner.contains("left as they are: "), "{}", app.banner);
    // An account that was never seeded and is in use is left too.
    app.stop().await;
}

async fn a_reset_goes_back_to_the_seed(place: &Place) {
    let app = seeded(place).await;
    let ids = |text: &str| -> Vec<String> {
        let state: serde_json::Value = serde_json::from_str(text).unwrap();
        let rows = |table: &str| state[table].as_array().cloned().unwrap_or_default();
        let of =
            |table: &str| rows(table).iter().map(|row| format!("{} {}", row["id"], row["secret"])).collect::<Vec<_>>();
        ["users", "roles", "policies", "user_groups", "access_keys"].iter().flat_map(|table| of(table)).collect()
    };
    let before = ids(&app.exported("").await);
    assert!(before.len() >= 9, "{before:?}");
    let (_, made) = app.control.post("/accounts", &json!({"cloud": "alibaba", "id": "1000000000000077"})).await;
    assert!(made["root"]["access_key_id"].is_string());
    app.user("later").await;
    let alice = app.rpc("LTAIexampleAlice0001", "alice-secret-for-tests");
    app.root().ram("DeleteAccessKey", &[("UserName", "alice"), ("UserAccessKeyId", &alice.key_id)]).await.ok();
    alice.sts("GetCallerIdentity", &[]).await.is(404, "InvalidAccessKeyId.NotFound");
    assert_eq!(app.control.reset().await, 204);
    assert_eq!(ids(&app.exported("").await), before, "the same ids, keys and secrets");
    alice.sts("GetCallerIdentity", &[]).await.ok();
    app.user("later").await;
    assert_eq!(app.control.post(&format!("/accounts/{ACCOUNT}/reset"), &json!({})).await.0, 204);
    assert_eq!(ids(&app.exported("").await), before);
    app.root().ram("GetUser", &[("UserName", "later")]).await.is(404, "EntityNotExist.User");
}

async fn a_state_is_a_seed_too(place: &Place) {
    let source = seeded(&Place::memory().await).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("world.json");
    std::fs::write(&file, source.exported("").await).unwrap();
    let app = TestApp::start_with(place, |settings| settings.seed.file = file.display().to_string()).await;
    let alice = app.rpc("LTAIexampleAlice0001", "alice-secret-for-tests");
    alice.sts("GetCallerIdentity", &[]).await.ok();
    app.user("later").await;
    assert_eq!(app.control.reset().await, 204);
    app.root().ram("GetUser", &[("UserName", "later")]).await.is(404, "EntityNotExist.User");
    alice.sts("GetCallerIdentity", &[]).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_rule_of_the_cloud_refuses_is_told_with_its_line() {
    let account = "accounts:\n  - cloud: alibaba\n";
    let user = format!("{account}    users:\n      - name: a\n");
    for (text, expected) in [
        (
            format!("{user}        console: {{password: short}}"),
            "line 5: accounts[0].users[0].console: the password breaks the policy: It is too short.",
        ),
        (format!("{user}      - name: A"), "line 5: accounts[0].users[1]: there is a user A already"),
        (
            format!("{user}        policies: [Nonesuch]"),
            "line 5: accounts[0].users[0].policies[0]: there is no policy Nonesuch",
        ),
        (format!("{user}        groups: [none]"), "line 5: accounts[0].users[0].groups[0]: there is no group none"),
        (
            format!("{user}        access_keys: 3"),
            "line 5: accounts[0].users[0].access_keys: an account has at most 2 access keys",
        ),
        (
            format!("{user}        policies: [ReadOnlyAccess, ReadOnlyAccess]"),
            "line 5: accounts[0].users[0].policies[1]: the user has policy acs:ram::system:policy/ReadOnlyAccess already",
        ),
        (
            format!("{user}        access_keys: [{{id: LTAIexample0001}}, {{id: LTAIexample0001}}]"),
            "line 5: accounts[0].users[0].access_keys[1]: there is an access key LTAIexample0001 already",
        ),
        (format!("{user}        console: {{password_hash: x}}"), "line 5: accounts[0].users[0].console: password_hash"),
        (format!("{account}    policies: [{{name: p, document: '{{}}'}}]"), "line 3: accounts[0].policies[0]: "),
        (format!("{account}  - cloud: alibaba"), "line 3: accounts[1]: account 1000000000000001 stands here twice"),
    ] {
        let found =
            seeds::check(&Settings::default(), &text, Time(1_800_000_000_000_000)).await.unwrap_err().to_string();
        assert!(found.starts_with(expected), "{found:?} is not {expected:?}");
    }
    let text = std::fs::read_to_string(example()).unwrap();
    assert_eq!(seeds::check(&Settings::default(), &text, Time(1_800_000_000_000_000)).await.unwrap(), 2);
}

#[cfg(unix)]
#[tokio::test]
async fn a_seed_file_without_an_end_is_read_to_a_bound() {
    let error = sesame::check_seed(&Settings::default(), "/dev/zero").await.unwrap_err();
    assert_eq!(error.to_string(), "cannot read /dev/zero: it has more than 100 MiB, which is the most");
}
