//! Why: explanations of requests, questions of others, and the least privilege, on AWS's accounts.

use serde_json::{Value, json};
use sesame::config::{Policies, Signatures};

use super::signed_client::{ACCOUNT, Answer, Aws};
use super::sts::{assume, role_arn, user, user_arn, with_alice};
use crate::support::{Place, TestApp};

on_both_engines![
    a_denial_is_explained_down_to_its_statement,
    what_a_root_does_is_explained_too,
    a_request_refused_before_policies_is_explained,
    a_narrowed_session_is_explained_layer_by_layer,
    gateways_ask_for_any_action,
    questions_are_held_to_lengths,
    keys_and_sessions_that_are_no_more_may_nothing,
    policies_of_things_and_accounts_count,
    the_least_privilege_is_enough_and_none_of_it_too_much,
    what_nobody_enforced_is_learned_too,
    the_least_privilege_of_denied_and_unasked_calls,
];

async fn put(app: &TestApp, user: &str, statements: &Value) {
    let document = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    let put = [("UserName", user), ("PolicyName", "own"), ("PolicyDocument", &*document)];
    Aws::root(app).iam("PutUserPolicy", &put).await.ok();
}

async fn explain(app: &TestApp, answer: &Answer) -> Value {
    let (status, explained) = app.control.get(&format!("/explain/{}", answer.value("RequestId"))).await;
    assert_eq!(status, 200, "{explained}");
    explained
}

async fn ask(app: &TestApp, question: Value) -> Value {
    let (status, answer) = app.control.post("/authorize", &question).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

async fn a_denial_is_explained_down_to_its_statement(place: &Place) {
    let app = TestApp::start(place).await;
    let alice = user(&app, "alice").await;
    let forbids = json!({"Sid": "NotHere", "Effect": "Deny", "Action": ["iam:GetUser"], "Resource": ["*"],
        "Condition": {"IpAddress": {"aws:SourceIp": ["127.0.0.1"]}, "Null": {"aws:MultiFactorAuthAge": ["true"]}}});
    put(&app, "alice", &json!([{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}, forbids])).await;
    let refused = alice.iam("GetUser", &[]).await;
    assert_eq!((refused.status, &*refused.value("Code")), (403, "AccessDenied"));
    let told = explain(&app, &refused).await;
    assert_eq!(told["signature"]["scheme"], "AWS4-HMAC-SHA256");
    assert_eq!((&told["signature"]["verification"], &told["signature"]["key"]), (&json!("verified"), &json!("issued")));
    assert_eq!(told["signature"]["access_key_id"], json!(alice.key_id));
    assert_eq!((&told["principal"], &told["account"]), (&json!(user_arn("alice")), &json!(ACCOUNT)));
    assert_eq!(
        (&told["status"], &told["error"], &told["decision"]),
        (&json!(403), &json!("AccessDenied"), &json!("denied"))
    );
    assert_eq!((&told["session"], &told["missing_permission"]), (&Value::Null, &Value::Null));
    assert_eq!(told["decided_by"], json!({"layer": "identity", "policy": "own", "statement": 1}));
    assert_eq!(told["refused"]["step"], "authorization");
    let check = &told["checks"][0];
    assert_eq!((&check["action"], &check["resource"]), (&json!("iam:GetUser"), &json!(user_arn("alice"))));
    assert_eq!(check["outcome"], "explicit-deny");
    let by = &check["layers"][0]["statement"];
    assert_eq!((&check["layers"][0]["layer"], &check["layers"][0]["verdict"]), (&json!("identity"), &json!("deny")));
    assert_eq!((&by["type"], &by["owner"]), (&json!("inline"), &json!({"kind": "user", "name": "alice"})));
    assert_eq!((&by["sid"], &by["statement"], &by["document"]), (&json!("NotHere"), &json!(1), &forbids));
    let seen =
        json!([{"key": "aws:MultiFactorAuthAge", "values": null}, {"key": "aws:SourceIp", "values": ["127.0.0.1"]}]);
    assert_eq!(check["conditions"], seen);

    // Nothing permits it: the permission that is missing is named, also in the listing's few words.
    put(&app, "alice", &json!([{"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*"}])).await;
    let refused = alice.iam("GetUser", &[]).await;
    let told = explain(&app, &refused).await;
    let missing = json!({"action": "iam:GetUser", "resource": user_arn("alice"), "in_layer": "identity"});
    assert_eq!((&told["checks"][0]["outcome"], &told["missing_permission"]), (&json!("implicit-deny"), &missing));
    let allowed = alice.iam("ListUsers", &[]).await.ok();
    let told = explain(&app, &allowed).await;
    assert_eq!((&told["decision"], &told["checks"][0]["outcome"]), (&json!("allowed"), &json!("allowed")));
    assert_eq!(told["refused"], Value::Null);
    let (_, listed) = app.control.get("/requests?action=ListUsers").await;
    assert_eq!(listed["requests"][0]["decided_by"], json!({"layer": "identity", "policy": "own", "statement": 0}));
    let link = listed["requests"][0]["explain"].as_str().unwrap().strip_prefix("/_sesame").unwrap().to_owned();
    assert_eq!(app.control.get(&link).await.1, told);
}

async fn what_a_root_does_is_explained_too(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    root.iam("CreateUser", &[("UserName", "bob"), ("Path", "/staff/")]).await.ok();
    let got = root.iam("GetUser", &[("UserName", "bob")]).await.ok();
    let told = explain(&app, &got).await;
    assert_eq!(
        (&told["signature"]["verification"], &told["signature"]["key"]),
        (&json!("ignored"), &json!("never-issued"))
    );
    let check = &told["checks"][0];
    assert_eq!((&check["action"], &check["outcome"]), (&json!("iam:GetUser"), &json!("root")));
    assert_eq!(check["resource"], format!("arn:aws:iam::{ACCOUNT}:user/staff/bob"));
    let deleted = root.iam("DeleteUser", &[("UserName", "bob")]).await.ok();
    let told = explain(&app, &deleted).await;
    assert_eq!(told["checks"][0]["resource"], format!("arn:aws:iam::{ACCOUNT}:user/staff/bob"));
}

async fn a_request_refused_before_policies_is_explained(place: &Place) {
    let app = TestApp::start(place).await;
    let alice = user(&app, "alice").await;
    let wrong = Aws { secret: "not the secret".to_owned(), ..alice.clone() };
    let refused = wrong.iam("GetUser", &[]).await;
    let told = explain(&app, &refused).await;
    assert_eq!(told["signature"]["verification"], "failed");
    assert_eq!(told["signature"]["because"], "SignatureDoesNotMatch");
    assert_eq!(
        (&told["refused"]["step"], &told["refused"]["code"]),
        (&json!("credentials"), &json!("SignatureDoesNotMatch"))
    );
    assert_eq!((&told["checks"], &told["principal"]), (&json!([]), &Value::Null));
    let refused = alice.iam("NoSuchThing", &[]).await;
    let told = explain(&app, &refused).await;
    assert_eq!((&told["refused"]["step"], &told["signature"]["verification"]), (&json!("request"), &json!("unsigned")));
    let missing = Aws::root(&app).iam("GetUser", &[("UserName", "nobody")]).await;
    assert_eq!(explain(&app, &missing).await["refused"]["step"], "operation");
    let (status, problem) = app.control.get("/explain/none").await;
    assert_eq!((status, &problem["code"]), (404, &json!("not-found")));
    assert!(problem["detail"].as_str().unwrap().contains("the last 10000"), "{problem}");

    let lax =
        TestApp::start_with(&Place::memory().await, |settings| settings.auth.signatures = Signatures::Ignore).await;
    let alice = user(&lax, "alice").await;
    let answer = Aws { secret: "any".to_owned(), ..alice }.sts("GetCallerIdentity", &[]).await.ok();
    assert_eq!(explain(&lax, &answer).await["signature"]["because"], "auth.signatures = ignore");
}

async fn a_narrowed_session_is_explained_layer_by_layer(place: &Place) {
    let (app, alice) = with_alice(place).await;
    let all = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*","Resource":"*"}}"#;
    let put = [("RoleName", "ops"), ("PolicyName", "all"), ("PolicyDocument", all)];
    Aws::root(&app).iam("PutRolePolicy", &put).await.ok();
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*"}}"#;
    let taken = assume(&alice, "ops", &[("Policy", policy)]).await.ok();
    // The role's own policy names alice: it is a layer of its own.
    let told = explain(&app, &taken).await;
    assert_eq!(
        (&told["checks"][0]["layers"][0]["layer"], &told["checks"][0]["layers"][0]["verdict"]),
        (&json!("resource"), &json!("allow"))
    );
    assert_eq!(told["checks"][0]["layers"][0]["statement"]["arn"], role_arn("ops"));
    assert_eq!(told["decided_by"]["layer"], "resource");
    let session = Aws::of(&app, &taken);
    let refused = session.iam("ListRoles", &[]).await;
    let told = explain(&app, &refused).await;
    assert_eq!((&told["session"]["kind"], &told["session"]["role"]), (&json!("role"), &json!(role_arn("ops"))));
    assert_eq!((&told["session"]["narrowed"], &told["session"]["mfa_present"]), (&json!(true), &json!(false)));
    let (status, shown) = app.control.get(&format!("/sessions/{}", told["session"]["id"].as_str().unwrap())).await;
    assert_eq!((status, &shown["expires_at"]), (200, &told["session"]["expires_at"]));
    let layers = told["checks"][0]["layers"].as_array().unwrap();
    let said: Vec<_> =
        layers.iter().map(|layer| (layer["layer"].as_str().unwrap(), layer["verdict"].as_str().unwrap())).collect();
    assert_eq!(said, [("identity", "allow"), ("session", "none")]);
    assert_eq!(told["missing_permission"]["in_layer"], "session");
}

async fn gateways_ask_for_any_action(place: &Place) {
    let app = TestApp::start(place).await;
    let alice = user(&app, "alice").await;
    let allows = json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:username}/*",
        "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}]);
    put(&app, "alice", &allows).await;
    let asked = |more: Value| {
        let mut question = json!({"access_key_id": alice.key_id, "action": "s3:GetObject",
            "resource": "arn:aws:s3:::b/alice/k", "context": {"aws:SourceIp": ["10.1.2.3"]}});
        question.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        question
    };
    let answer = ask(&app, asked(json!({}))).await;
    assert_eq!(
        (&answer["decision"], &answer["principal"], &answer["cloud"]),
        (&json!("allowed"), &json!(user_arn("alice")), &json!("aws"))
    );
    assert_eq!(answer["layers"][0]["statement"]["policy"], "own");
    assert_eq!(answer["conditions"][0], json!({"key": "aws:SourceIp", "values": ["10.1.2.3"]}));
    let answer = ask(&app, asked(json!({"context": {"aws:SourceIp": null}}))).await;
    assert_eq!(answer["decision"], "implicit-deny");
    let answer = ask(&app, asked(json!({"resource": "arn:aws:s3:::b/bob/k"}))).await;
    let missing = json!({"action": "s3:GetObject", "resource": "arn:aws:s3:::b/bob/k", "in_layer": "identity"});
    assert_eq!(answer["missing_permission"], missing);
    let message = format!(
        "User: {} is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/bob/k because no \
         identity-based policy allows the s3:GetObject action",
        user_arn("alice")
    );
    assert_eq!(answer["message"], message);
    let sealed = [("EncodedMessage", answer["encoded_message"].as_str().unwrap())];
    let decoded = Aws::root(&app).sts("DecodeAuthorizationMessage", &sealed).await.ok().value("DecodedMessage");
    let decoded: Value = serde_json::from_str(&decoded).unwrap();
    assert_eq!((&decoded["allowed"], &decoded["context"]["resource"]), (&json!(false), &json!("arn:aws:s3:::b/bob/k")));

    // Many at once, by ARN too; nothing of it is a request of the account.
    let by_arn = json!({"principal": user_arn("alice"), "action": "s3:GetObject", "resource": "arn:aws:s3:::b/alice/k",
        "context": {"aws:SourceIp": "10.1.2.3"}});
    let root = json!({"access_key_id": ACCOUNT, "action": "ec2:RunInstances"});
    let stranger = json!({"principal": user_arn("nobody"), "action": "s3:GetObject"});
    let answers = ask(&app, json!({"requests": [by_arn, root, stranger]})).await;
    let decisions: Vec<_> =
        answers["answers"].as_array().unwrap().iter().map(|answer| answer["decision"].clone()).collect();
    assert_eq!(decisions, ["allowed", "allowed", "unauthenticated"]);
    let (_, listed) = app.control.get("/requests?action=GetObject").await;
    assert_eq!(listed["requests"], json!([]));
    for bad in [
        json!({}),
        json!({"access_key_id": "test", "action": "s3:GetObject"}),
        json!({"access_key_id": "a", "principal": "b", "action": "s3:GetObject"}),
        json!({"principal": "b"}),
        json!({"requests": 1}),
        json!([]),
        json!({"principal": "a\u{0}", "action": "s3:GetObject"}),
        asked(json!({"context": {"aws:SourceIp": {}}})),
        asked(json!({"resource_policy": "{"})),
        asked(json!({"cloud": "moon"})),
    ] {
        let (status, problem) = app.control.post("/authorize", &bad).await;
        assert_eq!((status, &problem["code"]), (400, &json!("bad-request")), "{bad}");
    }
}

async fn questions_are_held_to_lengths(place: &Place) {
    let app = TestApp::start(place).await;
    let long = "a".repeat(2_049);
    let policy = json!({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
        "Resource": format!("arn:aws:s3:::*{}", "a".repeat(21_000))}]});
    for more in [
        json!({"resource": long}),
        json!({"action": long}),
        json!({"context": {"aws:UserAgent": long}}),
        json!({"context": {"aws:TagKeys": vec!["a"; 1_001]}}),
        json!({"resource_policy": policy}),
    ] {
        let mut question = json!({"principal": format!("arn:aws:iam::{ACCOUNT}:root"), "action": "s3:GetObject"});
        question.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let (status, answer) = app.control.post("/authorize", &question).await;
        assert_eq!(status, 400, "{answer}");
    }
}

async fn keys_and_sessions_that_are_no_more_may_nothing(place: &Place) {
    let (app, alice) = with_alice(place).await;
    let reason = async |question: Value| {
        let answer = ask(&app, question).await;
        assert_eq!(answer["decision"], "unauthenticated", "{answer}");
        answer["reason"].as_str().unwrap().to_owned()
    };
    let session = Aws::of(&app, &assume(&alice, "ops", &[]).await.ok());
    let of = |key: &Aws| json!({"access_key_id": key.key_id, "action": "s3:GetObject"});
    let arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/ops/night");
    let by_arn = json!({"principal": arn, "action": "s3:GetObject"});
    for question in [of(&session), by_arn.clone(), json!({"principal": role_arn("ops"), "action": "s3:GetObject"})] {
        assert_eq!(ask(&app, question).await["decision"], "implicit-deny");
    }
    let mut token = of(&session);
    token["security_token"] = json!("no");
    assert_eq!(reason(token.clone()).await, "token-mismatch");
    token["security_token"] = json!(session.token);
    assert_eq!(ask(&app, token).await["decision"], "implicit-deny");
    app.control.advance(7_200).await;
    assert_eq!(reason(of(&session)).await, "session-expired");
    assert_eq!(reason(by_arn).await, "session-expired");
    let root = Aws::root(&app);
    let key = [("UserName", "alice"), ("AccessKeyId", &*alice.key_id)];
    root.iam("UpdateAccessKey", &[key[0], key[1], ("Status", "Inactive")]).await.ok();
    assert_eq!(reason(of(&alice)).await, "key-inactive");
    root.iam("DeleteAccessKey", &key).await.ok();
    assert_eq!(reason(of(&alice)).await, "key-deleted");
    let mistyped = Aws { key_id: format!("{}A", &alice.key_id[..19]), ..alice };
    assert!(["key-unknown", "key-deleted"].contains(&&*reason(of(&mistyped)).await));
}

async fn policies_of_things_and_accounts_count(place: &Place) {
    let app = TestApp::start(place).await;
    user(&app, "alice").await;
    let policy = |principal: &str| json!({"Statement": [{"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "s3:*", "Resource": "*"}]});
    let question = |policy: Option<Value>, owner: Option<&str>| {
        json!({"principal": user_arn("alice"), "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k",
            "resource_policy": policy, "resource_account": owner})
    };
    let decision = async |question| {
        let answer = ask(&app, question).await;
        (answer["decision"].as_str().unwrap().to_owned(), answer["missing_permission"]["in_layer"].clone())
    };
    let none = Value::Null;
    let alice = user_arn("alice");
    assert_eq!(decision(question(Some(policy(&alice)), None)).await, ("allowed".to_owned(), none.clone()));
    // Another account's thing needs both.
    let other = Some("111111111111");
    let denied = |layer: &str| ("implicit-deny".to_owned(), json!(layer));
    assert_eq!(decision(question(Some(policy(&alice)), other)).await, denied("identity"));
    put(&app, "alice", &json!([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}])).await;
    assert_eq!(decision(question(Some(policy(&alice)), other)).await, ("allowed".to_owned(), none));
    assert_eq!(decision(question(None, other)).await, denied("resource"));
    assert_eq!(decision(question(Some(policy("222222222222")), other)).await, denied("resource"));
    let root = json!({"principal": format!("arn:aws:iam::{ACCOUNT}:root"), "action": "s3:GetObject",
        "resource": "arn:aws:s3:::b/k", "resource_account": other});
    assert_eq!(decision(root).await, denied("resource"));
}

/// Some calls of a user's that none of them is undone by another.
async fn work(app: &TestApp, key: &Aws) -> Vec<u16> {
    let mut statuses = Vec::new();
    for (action, parameters) in [
        ("ListUsers", vec![]),
        ("CreateGroup", vec![("GroupName", "crew"), ("Path", "/night/")]),
        ("GetGroup", vec![("GroupName", "crew")]),
        ("AddUserToGroup", vec![("GroupName", "crew"), ("UserName", "carol")]),
        ("GetUser", vec![("UserName", "carol")]),
        ("TagUser", vec![("UserName", "carol"), ("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "b")]),
        ("RemoveUserFromGroup", vec![("GroupName", "crew"), ("UserName", "carol")]),
        ("DeleteGroup", vec![("GroupName", "crew")]),
        ("GetAccountSummary", vec![]),
    ] {
        statuses.push(key.iam(action, &parameters).await.status);
    }
    if statuses.iter().all(|status| *status == 200) {
        return statuses;
    }
    // Back to how it was.
    let root = Aws::root(app);
    root.iam("RemoveUserFromGroup", &[("GroupName", "crew"), ("UserName", "carol")]).await;
    root.iam("DeleteGroup", &[("GroupName", "crew")]).await;
    statuses
}

/// What is learned of a user's work, which must go well.
async fn learned(app: &TestApp, worker: &Aws, name: &str) -> Value {
    Aws::root(app).iam("CreateUser", &[("UserName", "carol"), ("Path", "/staff/")]).await.ok();
    app.control.delete("/requests").await;
    assert!(work(app, worker).await.iter().all(|status| *status == 200));
    let (status, learned) = app.control.get(&format!("/least-privilege?account={ACCOUNT}&principal={name}")).await;
    assert_eq!((status, &learned["policy"]["Version"]), (200, &json!("2012-10-17")), "{learned}");
    learned["policy"]["Statement"].clone()
}

async fn the_least_privilege_is_enough_and_none_of_it_too_much(place: &Place) {
    let app = TestApp::start(place).await;
    let policy = learned(&app, &Aws::root(&app), "root").await;
    let group = format!("arn:aws:iam::{ACCOUNT}:group/night/crew");
    let crew = ["AddUserToGroup", "CreateGroup", "DeleteGroup", "GetGroup", "RemoveUserFromGroup"];
    let of_group = json!({"Effect": "Allow", "Resource": [group], "Action": crew.map(|name| format!("iam:{name}"))});
    assert!(policy.as_array().unwrap().contains(&of_group), "{policy}");
    let fresh = user(&app, "fresh").await;
    put(&app, "fresh", &policy).await;
    assert!(work(&app, &fresh).await.iter().all(|status| *status == 200), "{policy}");
    for (at, statement) in policy.as_array().unwrap().iter().enumerate() {
        for action in statement["Action"].as_array().unwrap() {
            let mut less = policy.clone();
            less[at]["Action"].as_array_mut().unwrap().retain(|kept| kept != action);
            less.as_array_mut().unwrap().retain(|statement| statement["Action"] != json!([]));
            put(&app, "fresh", &less).await;
            let statuses = work(&app, &fresh).await;
            assert!(statuses.contains(&403), "without {action}: {statuses:?}");
        }
    }
}

async fn what_nobody_enforced_is_learned_too(place: &Place) {
    let enforced = TestApp::start(&Place::memory().await).await;
    let policy = learned(&enforced, &Aws::root(&enforced), "root").await;
    let second = Place::memory().await;
    for (place, policies) in [(place, Policies::Audit), (&second, Policies::Ignore)] {
        let app = TestApp::start_with(place, |settings| settings.auth.policies = policies).await;
        let dave = user(&app, "dave").await;
        assert_eq!(learned(&app, &dave, "dave").await, policy);
    }
}

async fn the_least_privilege_of_denied_and_unasked_calls(place: &Place) {
    let (app, alice) = with_alice(place).await;
    assume(&alice, "ops", &[]).await.ok();
    alice.iam("ListUsers", &[]).await;
    alice.sts("GetCallerIdentity", &[]).await.ok();
    let path = format!("/least-privilege?account={ACCOUNT}&principal={}", user_arn("alice"));
    let (_, learned) = app.control.get(&path).await;
    // The role's own policy names alice, and its word is enough.
    assert_eq!(learned["policy"]["Statement"], json!([]), "{learned}");
    let (_, learned) = app.control.get(&format!("{path}&include=denied")).await;
    let resource = format!("arn:aws:iam::{ACCOUNT}:user/");
    let wanted = json!([{"Effect": "Allow", "Action": ["iam:ListUsers"], "Resource": [resource]}]);
    assert_eq!((&learned["policy"]["Statement"], &learned["not_enough_for"]), (&wanted, &json!([])));
    assert_eq!(learned["principals"], json!([user_arn("alice")]));
    put(&app, "alice", &json!([{"Effect": "Deny", "Action": "iam:ListUsers", "Resource": "*"}])).await;
    alice.iam("ListUsers", &[]).await;
    let (_, learned) = app.control.get(&format!("{path}&include=denied")).await;
    let barred = json!([{"action": "iam:ListUsers", "resource": resource, "layer": "identity"}]);
    assert_eq!(learned["not_enough_for"], barred);
    let (_, later) = app.control.get(&format!("{path}&include=denied&since=2100-01-01T00:00:00Z")).await;
    assert_eq!((&later["requests"], &later["policy"]["Statement"]), (&json!(0), &json!([])));
    for (query, status) in
        [("", 400), ("?account=999999999999", 404), ("?account=1&include=x", 400), ("?account=1&since=x", 400)]
    {
        assert_eq!(app.control.get(&format!("/least-privilege{query}")).await.0, status, "{query}");
    }
}
