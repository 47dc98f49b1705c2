//! Operations of IMS and RAM, each on both stores.

use serde_json::{Value, json};
use sesame::domain::policy_owner::{AttachedPolicy, OwnedBy, PolicyOwner};
use sesame::domain::time::Time;
use sesame::store;

use crate::support::{ACCOUNT, Rpc, TestApp};

mod anonymous;
mod federation;
mod groups;
mod managed;
mod policies;
mod policy_attachments;
mod policy_races;
mod providers;
mod roles;
mod tags;
mod targets;

/// The root of an account other than the default one.
async fn other_root(app: &TestApp) -> Rpc {
    let (status, made) = app.control.post("/accounts", &json!({"cloud": "alibaba"})).await;
    assert!(status < 300, "{made}");
    let text = |member: &str| made["root"][member].as_str().expect("a key").to_owned();
    app.rpc(&text("access_key_id"), &text("access_key_secret"))
}

/// Puts a system policy on a user, a group or a role, behind the scenes.
async fn attach(app: &TestApp, kind: PolicyOwner, id: &str) {
    let (mut tx, _) = app.app.db.write(ACCOUNT).await.expect("a transaction");
    let policy = AttachedPolicy {
        arn: "acs:ram::system:policy/ReadOnlyAccess".to_owned(),
        name: "ReadOnlyAccess".to_owned(),
        path: String::new(),
    };
    let owner = OwnedBy { account_id: ACCOUNT, kind, id };
    store::policy_attachments::insert(&mut tx, owner, &policy, Time(0)).await.expect("an attachment");
    tx.commit().await.expect("a commit");
}

/// Takes it off again.
async fn detach(app: &TestApp, kind: PolicyOwner, id: &str) {
    let (mut tx, _) = app.app.db.write(ACCOUNT).await.expect("a transaction");
    let owner = OwnedBy { account_id: ACCOUNT, kind, id };
    store::policy_attachments::delete_of_owner(&mut tx, owner).await.expect("no attachment");
    tx.commit().await.expect("a commit");
}

fn principal(user: &str) -> String {
    format!("{user}@{ACCOUNT}.onaliyun.com")
}

/// This member of each item of a list, as in `{"Groups": {"Group": [..]}}`.
fn each(answer: &Value, list: &str, item: &str, member: &str) -> Vec<String> {
    let items = answer[list][item].as_array().unwrap_or_else(|| panic!("no list: {answer}"));
    items.iter().map(|item| item[member].as_str().unwrap_or_default().to_owned()).collect()
}

/// The names of an object's members, in the order of the alphabet.
fn members(value: &Value) -> Vec<&str> {
    let mut names: Vec<_> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}
