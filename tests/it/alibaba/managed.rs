//! What tests on RAM's policies share.

use serde_json::{Value, json};
use sesame::domain::group::Group;
use sesame::domain::time::Time;
use sesame::store;

use crate::support::{ACCOUNT, Reply, Rpc, TestApp, trust_policy};

/// A policy's document.
pub(super) const DOCUMENT: &str =
    r#"{ "Version": "1", "Statement": [{"Effect": "Allow", "Action": "oss:GetObject", "Resource": "*"}] }"#;

/// A policy's name and type as parameters.
pub(super) fn custom(name: &str) -> [(&str, &str); 2] {
    [("PolicyName", name), ("PolicyType", "Custom")]
}

/// As [`custom`], of one that the cloud keeps.
pub(super) fn system(name: &str) -> [(&str, &str); 2] {
    [("PolicyName", name), ("PolicyType", "System")]
}

/// Makes a policy.
pub(super) async fn policy(client: &Rpc, name: &str) -> Value {
    client.ram("CreatePolicy", &[("PolicyName", name), ("PolicyDocument", DOCUMENT)]).await.ok()["Policy"].clone()
}

/// Makes a role.
pub(super) async fn role(app: &TestApp, name: &str) {
    let trust = trust_policy(&format!("acs:ram::{ACCOUNT}:root"));
    app.root().ram("CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", &trust)]).await.ok();
}

/// Makes a group, behind the scenes.
pub(super) async fn group(app: &TestApp, name: &str) {
    let made = Group {
        account_id: ACCOUNT.to_owned(),
        id: format!("group-{name}"),
        name: name.to_owned(),
        path: "/".to_owned(),
        display_name: String::new(),
        comments: "who tests".to_owned(),
        created_at: Time(0),
        updated_at: Time(0),
    };
    let (mut tx, _) = app.app.db.write(ACCOUNT).await.expect("the account");
    assert!(store::groups::insert(&mut tx, &made).await.expect("a store that writes"));
    tx.commit().await.expect("a store that writes");
}

/// A user, a group and a role: the parameters that name them and the ends of the operations' names.
pub(super) async fn owners(app: &TestApp) -> [([(&'static str, &'static str); 1], &'static str); 3] {
    app.user("alice").await;
    group(app, "ops").await;
    role(app, "deploy").await;
    [([("UserName", "alice")], "User"), ([("GroupName", "ops")], "Group"), ([("RoleName", "deploy")], "Role")]
}

pub(super) async fn attach(client: &Rpc, kind: &str, owner: &[(&str, &str)], policy: &[(&str, &str)]) -> Reply {
    client.ram(&format!("AttachPolicyTo{kind}"), &[owner, policy].concat()).await
}

pub(super) async fn detach(client: &Rpc, kind: &str, owner: &[(&str, &str)], policy: &[(&str, &str)]) -> Reply {
    client.ram(&format!("DetachPolicyFrom{kind}"), &[owner, policy].concat()).await
}

/// The names of the policies that something has, in their order.
pub(super) async fn names(client: &Rpc, kind: &str, owner: &[(&str, &str)]) -> Vec<String> {
    let answer = client.ram(&format!("ListPoliciesFor{kind}"), owner).await.ok();
    texts(&answer["Policies"]["Policy"], "PolicyName")
}

/// One member of all items of a list.
pub(super) fn texts(list: &Value, member: &str) -> Vec<String> {
    let items = list.as_array().unwrap_or_else(|| panic!("no list: {list}"));
    items.iter().map(|item| item[member].as_str().expect("a text").to_owned()).collect()
}

/// The message that goes with an error.
#[track_caller]
pub(super) fn says(reply: &Reply, status: u16, code: &str, message: &str) {
    reply.is(status, code);
    assert_eq!(reply.body["Message"], json!(message));
}
