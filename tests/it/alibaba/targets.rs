//! What policies are asked about is what an operation acts on, whatever else a call says.

use serde_json::json;

use super::managed::{custom, policy};
use super::principal;
use crate::support::{Place, Rpc, TestApp};

on_both_engines![a_type_that_is_not_asked_for_hides_no_policy, an_id_that_is_not_asked_for_hides_no_caller];

/// Gives a user these statements.
async fn grant(root: &Rpc, user: &str, statements: &serde_json::Value) {
    let document = json!({"Version": "1", "Statement": statements}).to_string();
    root.ram("CreatePolicy", &[("PolicyName", "granted"), ("PolicyDocument", &document)]).await.ok();
    let attach = [("PolicyName", "granted"), ("PolicyType", "Custom"), ("UserName", user)];
    root.ram("AttachPolicyToUser", &attach).await.ok();
}

async fn a_type_that_is_not_asked_for_hides_no_policy(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    policy(&root, "secret").await;
    app.user("carol").await;
    let all = json!({"Effect": "Allow", "Action": "ram:*", "Resource": "*"});
    let but = json!({"Effect": "Deny", "Action": "ram:*", "Resource": "acs:ram:*:*:policy/secret"});
    let only_the_clouds = json!({"Effect": "Deny", "Action": "ram:*", "Resource": "acs:ram:*:system:policy/*"});
    grant(&root, "carol", &json!([all, but, only_the_clouds])).await;
    let carol = app.key_of("carol").await;
    let document = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    for kind in ["System", "Custom", ""] {
        let named = [("PolicyName", "secret"), ("PolicyType", kind)];
        let with = |more: &[(&'static str, &'static str)]| named.iter().chain(more).copied().collect::<Vec<_>>();
        for (action, parameters) in [
            ("CreatePolicyVersion", with(&[("PolicyDocument", document), ("SetAsDefault", "true")])),
            ("SetDefaultPolicyVersion", with(&[("VersionId", "v1")])),
            ("DeletePolicyVersion", with(&[("VersionId", "v2")])),
            ("UpdatePolicyDescription", with(&[("NewDescription", "mine")])),
            ("DeletePolicy", with(&[])),
            ("CreatePolicy", with(&[("PolicyDocument", document)])),
        ] {
            carol.ram(action, &parameters).await.is(403, "NoPermission");
        }
    }
    assert_eq!(root.ram("GetPolicy", &custom("secret")).await.ok()["Policy"]["DefaultVersion"], "v1");
}

async fn an_id_that_is_not_asked_for_hides_no_caller(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    app.user("alice").await;
    app.user("bob").await;
    let bobs = app.key_of("bob").await;
    let bob = root.ims("GetUser", &[("UserPrincipalName", &*principal("bob"))]).await.ok()["User"]["UserId"].clone();
    let bob = bob.as_str().expect("an id");
    let keys = json!({"Effect": "Allow", "Action": ["ram:*AccessKey*", "ram:GetUser*"],
        "Resource": "acs:ram:*:*:user/bob"});
    grant(&root, "alice", &json!([keys])).await;
    let alice = app.key_of("alice").await;
    for stray in [("UserId", bob), ("UserAccessKeyId", &*bobs.key_id)] {
        for action in ["CreateAccessKey", "ListAccessKeys", "GetUserMFAInfo"] {
            alice.ims(action, &[stray]).await.is(403, "NoPermission");
        }
        alice.ram("CreateAccessKey", &[stray]).await.is(403, "NoPermission");
        // Where it is asked for it counts.
        assert_eq!(alice.ims("GetUser", &[stray]).await.ok()["User"]["UserId"], bob);
    }
    let own = [("UserAccessKeyId", &*alice.key_id), ("Status", "Inactive"), ("UserId", bob)];
    alice.ims("UpdateAccessKey", &own).await.is(403, "NoPermission");
}
