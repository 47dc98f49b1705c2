//! Why: explanations of requests, questions of others, decoded diagnostic messages and the least privilege, on Alibaba
//! Cloud's accounts.

use serde_json::{Value, json};
use sesame::domain::policy_owner::{InlinePolicy, OwnedBy, PolicyOwner};
use sesame::store;

use crate::support::{ACCOUNT, Place, TestApp};

on_both_engines![
    a_denial_is_explained_and_its_message_decoded,
    a_policy_that_forbids_is_told_by_the_decoded_message,
    gateways_ask_for_actions_of_other_services,
    the_least_privilege_is_written_in_rams_language,
];

async fn explain(app: &TestApp, answer: &Value) -> Value {
    let id = answer["RequestId"].as_str().expect("a request's id");
    let (status, explained) = app.control.get(&format!("/explain/{id}")).await;
    assert_eq!(status, 200, "{explained}");
    explained
}

/// Gives a user a policy behind the API's back: RAM has none that are part of a user.
async fn put(app: &TestApp, user: &str, statement: &Value) {
    let (mut tx, account) = app.app.db.write(ACCOUNT).await.unwrap();
    let user = store::users::by_name(&mut tx, ACCOUNT, user).await.unwrap().unwrap();
    let of = OwnedBy { account_id: ACCOUNT, kind: PolicyOwner::User, id: &user.id };
    let document = json!({"Version": "1", "Statement": [statement]}).to_string();
    let policy = InlinePolicy { name: "own-1".to_owned(), document };
    store::inline_policies::put(&mut tx, of, &policy, 100, account.created_at).await.unwrap();
    tx.commit().await.unwrap();
}

async fn a_denial_is_explained_and_its_message_decoded(place: &Place) {
    let app = TestApp::start(place).await;
    app.user("alice").await;
    let alice = app.key_of("alice").await;
    for client in [alice.clone(), alice.v3()] {
        let refused = client.ram("GetUser", &[("UserName", "alice")]).await;
        assert_eq!(refused.status, 403, "{}", refused.body);
        let told = explain(&app, &refused.body).await;
        let scheme = &told["signature"]["scheme"];
        assert!(["HMAC-SHA1", "ACS3-HMAC-SHA256"].contains(&scheme.as_str().unwrap()), "{scheme}");
        assert_eq!((&told["signature"]["verification"], &told["cloud"]), (&json!("verified"), &json!("alibaba")));
        assert_eq!(told["principal"], format!("acs:ram::{ACCOUNT}:user/alice"));
        let resource = format!("acs:ram::{ACCOUNT}:user/alice");
        let missing = json!({"action": "ram:GetUser", "resource": resource, "in_layer": "identity"});
        assert_eq!((&told["missing_permission"], &told["checks"][0]["outcome"]), (&missing, &json!("implicit-deny")));

        let encoded = refused.body["AccessDeniedDetail"]["EncodedDiagnosticMessage"].as_str().unwrap().to_owned();
        assert!(encoded.starts_with("AQEAAAAA"), "{encoded}");
        let parameters = [("EncodedDiagnosticMessage", &*encoded)];
        let decoded = app.root().ram("DecodeDiagnosticMessage", &parameters).await.ok();
        let decoded = &decoded["DecodedDiagnosticMessage"];
        assert_eq!((&decoded["AuthAction"], &decoded["AuthResource"]), (&json!("ram:GetUser"), &json!(resource)));
        assert_eq!(
            (&decoded["ExplicitDeny"], &decoded["NoPermissionPolicyType"]),
            (&json!(false), &json!("AccountLevelIdentityBasedPolicy"))
        );
        let detail = &refused.body["AccessDeniedDetail"];
        for name in ["AuthPrincipalType", "AuthPrincipalOwnerId", "AuthPrincipalDisplayName"] {
            assert_eq!(decoded["AuthPrincipal"][name], detail[name], "{name}");
        }
        let source = json!({"ConditionKey": "acs:SourceIp", "ConditionValues": ["127.0.0.1"]});
        assert!(decoded["AuthConditions"].as_array().unwrap().contains(&source), "{decoded}");
        assert_eq!(decoded["MatchedPolicies"], json!([]));

        // Broken, without its beginning, in another account; and who has no permission decodes nothing.
        let broken = format!("{encoded}A");
        let bare = encoded.replacen("AQEAAAAA", "", 1);
        for (reader, text) in
            [(app.root(), &broken), (app.root(), &bare), (app.rpc("2000000000000002", "any"), &encoded)]
        {
            let answer = reader.ram("DecodeDiagnosticMessage", &[("EncodedDiagnosticMessage", text)]).await;
            answer.is(400, "InvalidParameter.EncodedDiagnosticMessage");
        }
        client.ram("DecodeDiagnosticMessage", &parameters).await.is(403, "NoPermission");
        app.root().ram("DecodeDiagnosticMessage", &[]).await.is(400, "MissingEncodedDiagnosticMessage");
    }
    let wrong = app.rpc(&alice.key_id, "not the secret").ram("GetUser", &[("UserName", "alice")]).await;
    let told = explain(&app, &wrong.body).await;
    assert_eq!(
        (&told["signature"]["verification"], &told["refused"]["step"]),
        (&json!("failed"), &json!("credentials"))
    );
    let by_setting = alice.ram("ListAccessKeys", &[]).await;
    if by_setting.status == 200 {
        let told = explain(&app, &by_setting.body).await;
        assert_eq!(told["checks"][0]["outcome"], "granted-by-setting");
        assert_eq!(told["decided_by"]["layer"], "setting");
    }
}

async fn a_policy_that_forbids_is_told_by_the_decoded_message(place: &Place) {
    let app = TestApp::start(place).await;
    app.user("alice").await;
    let alice = app.key_of("alice").await;
    put(&app, "alice", &json!({"Effect": "Deny", "Action": "ram:GetUser", "Resource": "*"})).await;
    let refused = alice.ram("GetUser", &[("UserName", "alice")]).await;
    let told = explain(&app, &refused.body).await;
    assert_eq!(told["checks"][0]["outcome"], "explicit-deny");
    let policy = told["decided_by"]["policy"].clone();
    let encoded = refused.body["AccessDeniedDetail"]["EncodedDiagnosticMessage"].as_str().unwrap().to_owned();
    let parameters = [("EncodedDiagnosticMessage", &*encoded)];
    let decoded = app.root().ram("DecodeDiagnosticMessage", &parameters).await.ok();
    let decoded = &decoded["DecodedDiagnosticMessage"];
    assert_eq!(decoded["ExplicitDeny"], true);
    let matched = json!([{"Effect": "Deny", "PolicyIdentifier": policy, "PolicyType": "Custom",
        "AttachedEntityType": "RamUser", "AttachedScope": "Account"}]);
    assert_eq!(decoded["MatchedPolicies"], matched);
}

async fn gateways_ask_for_actions_of_other_services(place: &Place) {
    let app = TestApp::start(place).await;
    app.user("alice").await;
    let alice = app.key_of("alice").await;
    let resource = "acs:oss:*:*:bucket/key";
    let question = json!({"access_key_id": alice.key_id, "action": "oss:GetObject", "resource": resource});
    let (status, answer) = app.control.post("/authorize", &question).await;
    assert_eq!((status, &answer["decision"], &answer["cloud"]), (200, &json!("implicit-deny"), &json!("alibaba")));
    let message = format!("You are not authorized to do this action. Resource: {resource} Action: oss:GetObject");
    assert_eq!(answer["message"], message);
    let encoded = answer["encoded_message"].as_str().unwrap();
    let decoded = app.root().ram("DecodeDiagnosticMessage", &[("EncodedDiagnosticMessage", encoded)]).await.ok();
    assert_eq!(decoded["DecodedDiagnosticMessage"]["AuthAction"], "oss:GetObject");
    put(&app, "alice", &json!({"Effect": "Allow", "Action": "oss:Get*", "Resource": "*"})).await;
    let by_arn = json!({"principal": format!("acs:ram::{ACCOUNT}:user/alice"), "action": "oss:GetObject"});
    for question in [question, by_arn, json!({"access_key_id": "test", "cloud": "alibaba", "action": "oss:PutObject"})]
    {
        let (_, answer) = app.control.post("/authorize", &question).await;
        assert_eq!(answer["decision"], "allowed", "{answer}");
    }
}

async fn the_least_privilege_is_written_in_rams_language(place: &Place) {
    let app = TestApp::start(place).await;
    app.user("alice").await;
    app.root().ram("GetUser", &[("UserName", "alice")]).await.ok();
    app.root().ims("ListUsers", &[]).await.ok();
    app.root().ram("GetPasswordPolicy", &[]).await.ok();
    app.root().ram("DeleteUser", &[("UserName", "alice")]).await.ok();
    let (status, learned) = app.control.get(&format!("/least-privilege?account={ACCOUNT}")).await;
    assert_eq!((status, &learned["cloud"], &learned["requests"]), (200, &json!("alibaba"), &json!(5)), "{learned}");
    let arn = |rest: &str| format!("acs:ram::{ACCOUNT}:{rest}");
    let policy = json!({"Version": "1", "Statement": [
        {"Effect": "Allow", "Action": ["ram:CreateUser", "ram:ListUsers"], "Resource": [arn("user/*")]},
        {"Effect": "Allow", "Action": ["ram:DeleteUser", "ram:GetUser"], "Resource": [arn("user/alice")]},
        {"Effect": "Allow", "Action": ["ram:GetPasswordPolicy"], "Resource": [arn("*")]},
    ]});
    assert_eq!(learned["policy"], policy);
}
