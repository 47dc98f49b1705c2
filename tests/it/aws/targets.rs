//! What policies are asked about is what an operation acts on, however a call names it.

use serde_json::{Value, json};

use super::signed_client::{ACCOUNT, Aws};
use super::sts::user;
use crate::support::{Place, TestApp};

on_both_engines![
    a_thing_is_protected_however_its_arn_is_written,
    whoever_moves_a_thing_needs_both_sides,
    credentials_of_all_users_are_not_those_of_the_caller,
    a_boundary_is_a_condition_key_of_some_actions_alone,
];

fn arn(of: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{of}")
}

async fn grant(app: &TestApp, user: &str, statements: &Value) {
    let document = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    let put = [("UserName", user), ("PolicyName", "own"), ("PolicyDocument", &*document)];
    Aws::root(app).iam("PutUserPolicy", &put).await.ok();
}

async fn a_thing_is_protected_however_its_arn_is_written(place: &Place) {
    let app = TestApp::start(place).await;
    let (root, alice) = (Aws::root(&app), user(&app, "alice").await);
    root.iam("CreateUser", &[("UserName", "bob"), ("Path", "/secret/")]).await.ok();
    root.iam("CreateGroup", &[("GroupName", "ops"), ("Path", "/secret/")]).await.ok();
    root.iam("CreateVirtualMFADevice", &[("VirtualMFADeviceName", "Phone")]).await.ok();
    let protected = [arn("user/secret/*"), arn("group/secret/*"), arn("mfa/Phone")];
    let all = json!({"Effect": "Allow", "Action": "iam:*", "Resource": "*"});
    grant(&app, "alice", &json!([all, {"Effect": "Deny", "Action": "iam:*", "Resource": protected}])).await;
    let other = format!("arn:aws:iam::aws:user/{}", "bob");
    for named in [arn("user/secret/bob"), arn("user/bob"), arn("user/public/BOB"), arn("group/ops"), other] {
        if named.starts_with(&arn("")) {
            let simulate = [("PolicySourceArn", &*named), ("ActionNames.member.1", "s3:GetObject")];
            alice.iam("SimulatePrincipalPolicy", &simulate).await.is(403, "AccessDenied");
            let keys = [("PolicySourceArn", &*named)];
            alice.iam("GetContextKeysForPrincipalPolicy", &keys).await.is(403, "AccessDenied");
        }
        alice.iam("GenerateServiceLastAccessedDetails", &[("Arn", &*named)]).await.is(403, "AccessDenied");
        let granting = [("Arn", &*named), ("ServiceNamespaces.member.1", "s3")];
        alice.iam("ListPoliciesGrantingServiceAccess", &granting).await.is(403, "AccessDenied");
    }
    for named in [arn("mfa/Phone"), arn("mfa/PHONE"), arn("mfa/x/Phone")] {
        alice.iam("DeleteVirtualMFADevice", &[("SerialNumber", &*named)]).await.is(403, "AccessDenied");
    }
}

async fn whoever_moves_a_thing_needs_both_sides(place: &Place) {
    let app = TestApp::start(place).await;
    let (root, alice) = (Aws::root(&app), user(&app, "alice").await);
    root.iam("CreateUser", &[("UserName", "bob"), ("Path", "/dev/")]).await.ok();
    root.iam("CreateGroup", &[("GroupName", "ops"), ("Path", "/dev/")]).await.ok();
    let both = [arn("user/dev/*"), arn("group/dev/*")];
    grant(&app, "alice", &json!([{"Effect": "Allow", "Action": "iam:Update*", "Resource": both}])).await;
    let text = alice.iam("UpdateUser", &[("UserName", "bob"), ("NewPath", "/admin/")]).await.is(403, "AccessDenied");
    assert!(text.contains("iam:UpdateUser on resource: user bob "), "{text}");
    let group = [("GroupName", "ops"), ("NewPath", "/admin/"), ("NewGroupName", "chiefs")];
    let text = alice.iam("UpdateGroup", &group).await.is(403, "AccessDenied");
    assert!(text.contains("iam:UpdateGroup on resource: group chiefs "), "{text}");
    alice.iam("UpdateUser", &[("UserName", "bob"), ("NewUserName", "robert")]).await.ok();
    alice.iam("UpdateUser", &[("UserName", "robert"), ("NewPath", "/dev/web/")]).await.ok();
    alice.iam("UpdateGroup", &[("GroupName", "ops"), ("NewGroupName", "web")]).await.ok();
    root.iam("UpdateUser", &[("UserName", "robert"), ("NewPath", "/admin/")]).await.ok();
}

async fn credentials_of_all_users_are_not_those_of_the_caller(place: &Place) {
    let app = TestApp::start(place).await;
    let alice = user(&app, "alice").await;
    let list = |resource: &str| json!([{"Effect": "Allow", "Action": "iam:List*", "Resource": arn(resource)}]);
    grant(&app, "alice", &list("user/alice")).await;
    alice.iam("ListServiceSpecificCredentials", &[]).await.ok();
    alice.iam("ListServiceSpecificCredentials", &[("AllUsers", "false")]).await.ok();
    alice.iam("ListServiceSpecificCredentials", &[("AllUsers", "true")]).await.is(403, "AccessDenied");
    grant(&app, "alice", &list("user/*")).await;
    alice.iam("ListServiceSpecificCredentials", &[("AllUsers", "true")]).await.ok();
}

async fn a_boundary_is_a_condition_key_of_some_actions_alone(place: &Place) {
    let app = TestApp::start(place).await;
    let alice = user(&app, "alice").await;
    let boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let create = [("UserName", "bob"), ("PermissionsBoundary", boundary)];
    Aws::root(&app).iam("CreateUser", &create).await.ok();
    let bounded = json!({"StringEquals": {"iam:PermissionsBoundary": boundary}});
    let allow = json!({"Effect": "Allow", "Action": "iam:*", "Resource": "*", "Condition": bounded});
    grant(&app, "alice", &json!([allow])).await;
    let attach = [("UserName", "bob"), ("PolicyArn", boundary)];
    alice.iam("AttachUserPolicy", &attach).await.ok();
    alice.iam("CreateAccessKey", &[("UserName", "bob")]).await.is(403, "AccessDenied");
    alice.iam("GetUser", &[("UserName", "bob")]).await.is(403, "AccessDenied");
}
