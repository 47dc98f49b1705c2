//! Deeds in the console ask what the operations of the APIs ask, with the condition keys of their rows.

use serde_json::json;

use super::users::{admin, done};
use crate::support::{Browser, Place, TestApp};

on_both_engines![a_condition_on_whom_a_role_trusts_decides, a_condition_on_the_policy_decides_what_may_be_attached];

const PASSWORD: &str = "Correct-Horse-1";
const TRUST: &str =
    r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"KIND":["WHO"]}}]}"#;

async fn a_condition_on_whom_a_role_trusts_decides(place: &Place) {
    let app = TestApp::start(place).await;
    let policy = json!({"Version": "1", "Statement": [
        {"Effect": "Allow", "Action": ["ram:Get*", "ram:List*"], "Resource": "*"},
        {"Effect": "Allow", "Action": "ram:AttachPolicyToRole", "Resource": "acs:ram:*:*:policy/*"},
        {"Effect": "Allow", "Action": ["ram:CreateRole", "ram:AttachPolicyToRole"], "Resource": "acs:ram:*:*:role/*",
         "Condition": {"StringEquals": {"ram:TrustedPrincipalTypes": "RAM"}}},
    ]});
    let own = [("PolicyName", "own-roles"), ("PolicyDocument", &*policy.to_string())];
    app.root().ram("CreatePolicy", &own).await.ok();
    app.console_user("maker", PASSWORD).await;
    let attach = [("UserName", "maker"), ("PolicyName", "own-roles"), ("PolicyType", "Custom")];
    app.root().ram("AttachPolicyToUser", &attach).await.ok();
    let mut maker = app.browser();
    maker.sign_in("maker", PASSWORD).await;
    let page = maker.open("/console").await;
    let make = |name, document| [("name", name), ("seconds", "3600"), ("document", document)];
    let ours = TRUST.replace("KIND", "RAM").replace("WHO", "acs:ram::1000000000000001:root");
    let service = TRUST.replace("KIND", "Service").replace("WHO", "ecs.aliyuncs.com");
    maker.submit(&page, "/console/new/role", &make("ours", &ours)).await.leads_to("/console/roles/ours");
    let refused = maker.submit(&page, "/console/new/role", &make("theirs", &service)).await;
    refused.says(403, "ram:CreateRole on acs:ram:*:1000000000000001:role/theirs").says(403, "Alibaba Cloud says: ");
    let theirs = [("RoleName", "theirs"), ("AssumeRolePolicyDocument", &*service)];
    app.root().ram("CreateRole", &theirs).await.ok();
    // Of a role that is there its own trust policy counts.
    let attach = [("keeper", "cloud"), ("name", "AliyunRAMReadOnlyAccess")];
    maker.submit(&page, "/console/roles/ours/policies/attach", &attach).await.leads_to("/console/roles/ours");
    maker.submit(&page, "/console/roles/theirs/policies/attach", &attach).await.says(403, "ram:AttachPolicyToRole");
}

/// The root of an AWS account, signed in.
pub(super) async fn aws_root(app: &TestApp) -> Browser {
    let mut browser = app.browser();
    let page = browser.open("/console/root/login").await;
    browser.submit(&page, "/console/root/login", &[("account", "000000000000")]).await.leads_to("/console");
    browser
}

async fn a_condition_on_the_policy_decides_what_may_be_attached(place: &Place) {
    let app = TestApp::start(place).await;
    let mut root = aws_root(&app).await;
    for user in ["maker", "bob"] {
        done(&mut root, "/console/new/user", "/console/new/user", &[("name", user)]).await;
    }
    let reading = "arn:aws:iam::aws:policy/IAMReadOnlyAccess";
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["iam:Get*", "iam:List*"], "Resource": "*"},
        {"Effect": "Allow", "Action": "iam:AttachUserPolicy", "Resource": "*",
         "Condition": {"ArnEquals": {"iam:PolicyARN": reading}}},
        {"Effect": "Allow", "Action": "iam:PutUserPermissionsBoundary", "Resource": "*",
         "Condition": {"ArnEquals": {"iam:PermissionsBoundary": reading}}},
    ]});
    let inline = [("name", "making"), ("document", &*policy.to_string()), ("is_new", "on")];
    let here = "/console/users/maker/inline";
    done(&mut root, here, here, &inline).await.says(200, "The inline policy making is saved.");
    let logon = "/console/users/maker/logon";
    done(&mut root, logon, logon, &[("how", "own"), ("password", PASSWORD)]).await;

    let mut maker = app.browser();
    let page = maker.open("/console/aws/login").await;
    let form = [("account", "000000000000"), ("username", "maker"), ("password", PASSWORD)];
    maker.submit(&page, "/console/login/password", &form).await.leads_to("/console");
    let pick = maker.open("/console/users/bob/policies?search=AdministratorAccess").await;
    pick.says(200, "You need iam:AttachUserPolicy");
    let pick = maker.open("/console/users/bob/policies?search=IAMReadOnlyAccess").await;
    pick.says(200, "value=\"IAMReadOnlyAccess\"");
    let attach = |name| [("keeper", "cloud"), ("name", name)];
    let path = "/console/users/bob/policies/attach";
    let refused = maker.submit(&pick, path, &attach("AdministratorAccess")).await;
    refused.says(403, "iam:AttachUserPolicy on user bob").says(403, "AWS says: AccessDenied");
    maker.submit(&pick, path, &attach("IAMReadOnlyAccess")).await.leads_to("/console/users/bob");
    let path = "/console/users/bob/boundary";
    let other = "arn:aws:iam::aws:policy/AdministratorAccess";
    maker.submit(&pick, path, &[("arn", other)]).await.says(403, "iam:PutUserPermissionsBoundary");
    maker.submit(&pick, path, &[("arn", reading)]).await.leads_to("/console/users/bob");
    // Whoever may do everything sees the same pages with every button.
    let mut all = admin(&app, "admin", "AdministratorAccess").await;
    all.open("/console/users/admin/policies").await.says(200, "Attach");
}
