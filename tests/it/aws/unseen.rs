//! Who is too new to be seen is no mightier for that: what bounds a principal counts from the first moment, and of what
//! permits it something only what is in force.

use serde_json::{Value, json};

use super::signed_client::{ACCOUNT, Answer, Aws};
use super::sts::{assume, permit, role, role_arn, trusts, user, user_arn};
use crate::support::{Place, TestApp};

on_both_engines![
    a_new_user_stays_within_its_boundary,
    a_new_role_stays_within_its_boundary,
    a_simulation_keeps_to_a_boundary_that_is_not_seen,
    a_new_user_may_take_on_what_its_tags_let_it,
];

/// What may be hidden. Hours later all of it would be seen.
const KINDS: [&str; 5] = ["user", "role", "policy", "access-key", "attachment"];

/// Begins to hide what is younger than an hour, of these kinds alone.
async fn hide(app: &TestApp, kinds: &Value) {
    assert_eq!(app.control.delete("/faults").await.0, 204);
    let (status, kept) =
        app.control.post("/faults", &json!({"fault": {"unseen_seconds": 3_600, "kinds": kinds}})).await;
    assert_eq!(status, 201, "{kept}");
}

async fn see_all(app: &TestApp) {
    assert_eq!(app.control.delete("/faults").await.0, 204);
}

/// A server with a role that is old enough to be seen, and leaves it to the account who takes it on.
async fn with_old_role(place: &Place) -> TestApp {
    let app = TestApp::start(place).await;
    Aws::root(&app).iam("CreateUser", &[("UserName", "old")]).await.ok();
    role(&app, ACCOUNT, "/", "ops", trusts(&format!("arn:aws:iam::{ACCOUNT}:root"))).await;
    app.control.advance(7_200).await;
    app
}

/// Makes a managed policy that allows actions on everything; its ARN.
async fn policy(app: &TestApp, name: &str, actions: &[&str]) -> String {
    let statement = json!({"Effect": "Allow", "Action": actions, "Resource": "*"});
    let document = json!({"Version": "2012-10-17", "Statement": statement}).to_string();
    let make = [("PolicyName", name), ("PolicyDocument", &*document)];
    Aws::root(app).iam("CreatePolicy", &make).await.ok().value("Arn")
}

/// A boundary without taking on roles, and one with it; neither has the deletion of users.
async fn boundaries(app: &TestApp) -> [(String, bool); 2] {
    let narrow = policy(app, "narrow", &["iam:GetUser"]).await;
    let wide = policy(app, "wide", &["iam:GetUser", "sts:AssumeRole"]).await;
    [(narrow, false), (wide, true)]
}

#[track_caller]
fn is_allowed(answer: &Answer, allowed: bool, case: &str) {
    let seen = (answer.status, &*answer.value("Code"));
    assert_eq!(seen, if allowed { (200, "") } else { (403, "AccessDenied") }, "{case}: {}", answer.text);
}

/// Looks at what a bounded principal may do, whatever is hidden: what the boundary leaves of its own policies.
async fn stays_within(app: &TestApp, client: &Aws, may_take_roles: bool, case: &str) {
    for kind in KINDS {
        hide(app, &json!([kind])).await;
        let case = format!("{kind} hidden, {case}");
        if kind == "access-key" && client.token.is_none() {
            client.iam("GetUser", &[("UserName", "old")]).await.is(403, "InvalidClientTokenId");
            continue;
        }
        // A policy that was attached a moment ago permits nothing yet.
        let in_force = kind != "attachment";
        is_allowed(&assume(client, "ops", &[]).await, may_take_roles && in_force, &case);
        is_allowed(&client.iam("GetUser", &[("UserName", "old")]).await, in_force, &case);
        is_allowed(&client.iam("DeleteUser", &[("UserName", "old")]).await, false, &case);
    }
    see_all(app).await;
    is_allowed(&assume(client, "ops", &[]).await, may_take_roles, case);
}

const ALL: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["iam:*","sts:*"],"Resource":"*"}}"#;

async fn a_new_user_stays_within_its_boundary(place: &Place) {
    let app = with_old_role(place).await;
    let alice = user(&app, "alice").await;
    let put = [("UserName", "alice"), ("PolicyName", "all"), ("PolicyDocument", ALL)];
    Aws::root(&app).iam("PutUserPolicy", &put).await.ok();
    for (boundary, may_take_roles) in boundaries(&app).await {
        let put = [("UserName", "alice"), ("PermissionsBoundary", &*boundary)];
        Aws::root(&app).iam("PutUserPermissionsBoundary", &put).await.ok();
        stays_within(&app, &alice, may_take_roles, &boundary).await;
    }
}

async fn a_new_role_stays_within_its_boundary(place: &Place) {
    let app = with_old_role(place).await;
    let root = Aws::root(&app);
    let alice = user(&app, "alice").await;
    let trust = json!({"Version": "2012-10-17", "Statement": trusts(&user_arn("alice"))}).to_string();
    root.iam("CreateRole", &[("RoleName", "new"), ("AssumeRolePolicyDocument", &trust)]).await.ok();
    let put = [("RoleName", "new"), ("PolicyName", "all"), ("PolicyDocument", ALL)];
    root.iam("PutRolePolicy", &put).await.ok();
    let session = Aws::of(&app, &assume(&alice, "new", &[]).await.ok());
    for (boundary, may_take_roles) in boundaries(&app).await {
        let put = [("RoleName", "new"), ("PermissionsBoundary", &*boundary)];
        root.iam("PutRolePermissionsBoundary", &put).await.ok();
        stays_within(&app, &session, may_take_roles, &boundary).await;
    }
}

async fn a_simulation_keeps_to_a_boundary_that_is_not_seen(place: &Place) {
    let app = with_old_role(place).await;
    let root = Aws::root(&app);
    let narrow = policy(&app, "narrow", &["iam:GetUser"]).await;
    root.iam("PutUserPermissionsBoundary", &[("UserName", "old"), ("PermissionsBoundary", &narrow)]).await.ok();
    let put = [("UserName", "old"), ("PolicyName", "all"), ("PolicyDocument", ALL)];
    root.iam("PutUserPolicy", &put).await.ok();
    for kinds in [json!([]), json!(["policy"]), json!(["user", "policy", "attachment"])] {
        if kinds != json!([]) {
            hide(&app, &kinds).await;
        }
        for (action, decision) in [("iam:GetUser", "allowed"), ("iam:DeleteUser", "implicitDeny")] {
            let asked = [("PolicySourceArn", &*user_arn("old")), ("ActionNames.member.1", action)];
            let simulated = root.iam("SimulatePrincipalPolicy", &asked).await.ok();
            assert_eq!(simulated.value("EvalDecision"), decision, "{kinds} hidden: {action}");
        }
    }
}

async fn a_new_user_may_take_on_what_its_tags_let_it(place: &Place) {
    let app = with_old_role(place).await;
    let alice = user(&app, "alice").await;
    permit(&app, "alice").await;
    let tag = [("UserName", "alice"), ("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "a")];
    Aws::root(&app).iam("TagUser", &tag).await.ok();
    let root = format!("arn:aws:iam::{ACCOUNT}:root");
    for (name, team) in [("theirs", "a"), ("others", "b")] {
        let condition = json!({"StringEquals": {"aws:PrincipalTag/team": team}});
        let statement =
            json!({"Effect": "Allow", "Principal": {"AWS": root}, "Action": "sts:AssumeRole", "Condition": condition});
        role(&app, ACCOUNT, "/", name, json!([statement])).await;
    }
    hide(&app, &json!(["user"])).await;
    is_allowed(&assume(&alice, "theirs", &[]).await, true, &role_arn("theirs"));
    is_allowed(&assume(&alice, "others", &[]).await, false, &role_arn("others"));
}
