//! One key on both clouds' wires, long lists, and what callers without permission may still read.

use serde_json::{Value, json};

use super::client::Aws;
use super::{signed_client, sts};
use crate::support::{Place, Rpc, TestApp};

on_both_engines![
    one_key_is_a_root_on_both_wires,
    a_list_that_is_too_long_gets_a_short_answer,
    rules_for_passwords_are_read_by_those_who_may_change_theirs,
    a_console_session_of_aws_switches_to_roles_that_let_it_in,
];

async fn one_key_is_a_root_on_both_wires(place: &Place) {
    let app = TestApp::start(place).await;
    for (first_aws, key) in [(true, "one"), (false, "two"), (false, "666666666666")] {
        let aws = Aws::account(&app, key);
        let alibaba = Rpc::new(reqwest::Client::new(), app.address, key, "secret");
        if first_aws {
            aws.iam("ListUsers", &[]).await.ok();
        }
        assert_eq!(alibaba.ims("ListUsers", &[]).await.status, 200, "{key}");
        aws.iam("ListUsers", &[]).await.ok();
        assert_eq!(alibaba.ims("ListUsers", &[]).await.status, 200, "{key}");
    }
}

async fn a_list_that_is_too_long_gets_a_short_answer(place: &Place) {
    let app = TestApp::start(place).await;
    let names: Vec<String> = (1..=20_000).map(|number| format!("Tags.member.{number}.Key")).collect();
    let mut parameters: Vec<(&str, &str)> = names.iter().map(|name| (&**name, "")).collect();
    parameters.push(("UserName", "x"));
    let refused = Aws::root(&app).iam("TagUser", &parameters).await;
    refused.is(
        400,
        "ValidationError",
        "1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less than or \
         equal to 50",
    );
}

async fn rules_for_passwords_are_read_by_those_who_may_change_theirs(place: &Place) {
    let (app, alice) = sts::with_alice(place).await;
    let root = Aws::root(&app);
    root.iam("UpdateAccountPasswordPolicy", &[]).await.ok();
    alice.iam("GetAccountPasswordPolicy", &[]).await.is(403, "AccessDenied");
    sts::role(&app, signed_client::ACCOUNT, "/", "looker", sts::trusts(&sts::user_arn("alice"))).await;
    let session = signed_client::Aws::of(&app, &sts::assume(&alice, "looker", &[]).await.ok());
    session.iam("GetAccountPasswordPolicy", &[]).await.is(403, "AccessDenied");
    root.iam("UpdateAccountPasswordPolicy", &[("AllowUsersToChangePassword", "true")]).await.ok();
    alice.iam("GetAccountPasswordPolicy", &[]).await.ok();
    session.iam("GetAccountPasswordPolicy", &[]).await.is(403, "AccessDenied");
}

async fn a_console_session_of_aws_switches_to_roles_that_let_it_in(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    root.iam("CreateUser", &[("UserName", "bob")]).await.ok();
    root.iam("CreateLoginProfile", &[("UserName", "bob"), ("Password", "Correct-Horse-1")]).await.ok();
    let trust = |conditions: Value| {
        json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"AWS": "arn:aws:iam::000000000000:user/bob"}, "Condition": conditions}})
        .to_string()
    };
    let needs_code = trust(json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}}));
    for (name, path, document) in [
        ("ops", "/div/", trust(json!({}))),
        ("safe", "/", needs_code),
        ("far", "/", trust(json!({})).replace("bob", "ann")),
    ] {
        if name == "far" {
            root.iam("CreateUser", &[("UserName", "ann")]).await.ok();
        }
        let role = [("RoleName", name), ("Path", path), ("AssumeRolePolicyDocument", &*document)];
        root.iam("CreateRole", &role).await.ok();
    }
    let body = json!({"cloud": "aws", "user": "bob", "password": "Correct-Horse-1"});
    let session = app.control.post("/sign-in", &body).await.1["session"]["id"].as_str().unwrap().to_owned();
    let path = format!("/sessions/{session}/switch-role");
    for (role, status) in [
        ("ops", 200),
        ("arn:aws:iam::000000000000:role/div/ops", 200),
        ("arn:aws:iam::000000000000:role/ops", 404),
        ("none", 404),
        ("safe", 403),
        ("far", 403),
    ] {
        let (found, answer) = app.control.post(&path, &json!({"role": role})).await;
        assert_eq!(found, status, "{role}: {answer}");
    }
    let (_, listed) = app.control.get("/sessions?account=000000000000").await;
    let roles: Vec<&Value> =
        listed["sessions"].as_array().unwrap().iter().filter(|session| session["kind"] == "role").collect();
    assert_eq!(roles.len(), 2);
    assert!(roles.iter().all(|role| role["parent"] == session.as_str()), "{listed}");
}
