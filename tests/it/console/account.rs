//! The account as administrators see it: settings, groups, policies, roles, sessions, switching roles.

use serde_json::json;

use super::users::{admin, done};
use crate::support::{ACCOUNT, Place, TestApp, trust_policy};

on_both_engines![
    settings_are_kept_and_faults_stand_beside_their_fields,
    a_group_has_members_and_policies_and_is_deleted_when_empty,
    a_policy_has_versions_of_which_one_is_in_force,
    a_role_is_made_trusted_and_switched_to_and_back,
    sessions_are_shown_and_ended_but_none_of_other_accounts,
];

const PASSWORD: &str = "Correct-Horse-1";

async fn settings_are_kept_and_faults_stand_beside_their_fields(place: &Place) {
    let app = TestApp::start(place).await;
    let mut browser = admin(&app, "admin", "AdministratorAccess").await;
    let here = "/console/settings";
    let policy = "/console/settings/password-policy";
    let mut form = vec![
        ("minimum_length", "12"),
        ("max_age_days", "90"),
        ("reuse_prevention", "3"),
        ("max_login_attempts", "5"),
        ("minimum_distinct", "4"),
        ("initial_age_days", "7"),
        ("require_numbers", "on"),
    ];
    let page = done(&mut browser, here, policy, &form).await;
    page.says(200, "The password policy is saved.").says(200, "value=\"12\"");
    let kept = app.root().ims("GetPasswordPolicy", &[]).await.ok();
    let kept = &kept["PasswordPolicy"];
    assert_eq!((&kept["MinimumPasswordLength"], &kept["RequireNumbers"]), (&json!(12), &json!(true)));
    assert_eq!((&kept["InitialPasswordAge"], &kept["RequireSymbols"]), (&json!(7), &json!(false)));
    form[0].1 = "33";
    form[1].1 = "soon";
    let sent = browser.submit(&page, policy, &form).await;
    sent.says(400, "Use a whole number from 8 to 32.").says(400, "Use a whole number from 0 to 1095.");
    sent.says(400, "value=\"33\"").says(400, "aria-invalid=\"true\"");

    let preference = "/console/settings/preference";
    let mut form = vec![
        ("mfa_at_login", "mandatory"),
        ("session_hours", "8"),
        ("network_masks", "127.0.0.0/8"),
        ("idle_days_users", "90"),
        ("idle_days_access_keys", "365"),
        ("change_password", "on"),
    ];
    done(&mut browser, here, preference, &form).await.says(200, "The security preference is saved.");
    let kept = app.root().ims("GetSecurityPreference", &[]).await.ok();
    let login = &kept["SecurityPreference"]["LoginProfilePreference"];
    assert_eq!((&login["MFAOperationForLogin"], &login["LoginSessionDuration"]), (&json!("mandatory"), &json!(8)));
    form[2].1 = "everywhere";
    let page = browser.open(here).await;
    browser.submit(&page, preference, &form).await.says(400, "Use up to 40 addresses");
}

async fn a_group_has_members_and_policies_and_is_deleted_when_empty(place: &Place) {
    let app = TestApp::start(place).await;
    app.user("bob").await;
    let mut browser = admin(&app, "admin", "AdministratorAccess").await;
    done(&mut browser, "/console/new/group", "/console/new/group", &[("name", "devs")]).await.says(200, "is made");
    let here = "/console/groups/devs";
    browser.open("/console/groups/devs/members?search=bo").await.says(200, "bob");
    let add = format!("{here}/add");
    done(&mut browser, here, &add, &[("user", "bob"), ("back", "user")]).await.says(200, "bob is in devs now.");
    done(&mut browser, here, &add, &[("user", "bob"), ("back", "")]).await.says(200, "already");
    let attach = [("keeper", "cloud"), ("name", "AliyunOSSReadOnlyAccess")];
    done(&mut browser, here, &format!("{here}/policies/attach"), &attach).await.says(200, "is attached.");
    let delete = format!("{here}/delete");
    done(&mut browser, here, &delete, &[]).await.says(200, "still has policies attached");
    done(&mut browser, here, &format!("{here}/policies/detach"), &attach).await.says(200, "is detached.");
    done(&mut browser, here, &delete, &[]).await.says(200, "still has members");
    let remove = format!("{here}/remove");
    done(&mut browser, here, &remove, &[("user", "bob"), ("back", "")]).await.says(200, "not in devs any more");
    done(&mut browser, here, &delete, &[]).await.says(200, "The group devs is deleted.");
}

async fn a_policy_has_versions_of_which_one_is_in_force(place: &Place) {
    let app = TestApp::start(place).await;
    let mut browser = admin(&app, "admin", "AdministratorAccess").await;
    let document = |action: &str| {
        let statement = json!([{"Effect": "Allow", "Action": action, "Resource": "*"}]);
        json!({"Version": "1", "Statement": statement}).to_string()
    };
    let new = "/console/new/policy";
    let page = browser.open(new).await;
    browser.submit(&page, new, &[("name", "p"), ("document", "{}")]).await.says(400, "no valid policy");
    let first = document("oss:Get*");
    let page = done(&mut browser, new, new, &[("name", "readers"), ("document", &first)]).await;
    page.says(200, "The policy readers is made.").says(200, "oss:Get*");
    let here = "/console/policies/own/readers";
    let second = document("oss:List*");
    let form = format!("{here}/new-version");
    done(&mut browser, &form, &form, &[("document", &second)]).await.says(200, "The version v2 is made.");
    let page = done(&mut browser, here, &format!("{here}/versions/default"), &[("version", "v2")]).await;
    page.says(200, "oss:List*");
    let delete = format!("{here}/versions/delete");
    done(&mut browser, here, &delete, &[("version", "v2")]).await.says(200, "in force cannot be deleted");
    done(&mut browser, here, &format!("{here}/delete"), &[]).await.says(200, "still has other versions");
    done(&mut browser, here, &delete, &[("version", "v1")]).await.says(200, "is deleted");
    browser.open("/console/policies?search=EADERS").await.says(200, "readers");
    done(&mut browser, here, &format!("{here}/delete"), &[]).await.says(200, "The policy readers is deleted.");
    let page = browser.open("/console/policies/cloud/AdministratorAccess").await;
    page.says(200, "Document in force");
    assert!(!page.text.contains("/delete"));
}

async fn a_role_is_made_trusted_and_switched_to_and_back(place: &Place) {
    let app = TestApp::start(place).await;
    let mut browser = admin(&app, "admin", "AdministratorAccess").await;
    let trust = trust_policy(&format!("acs:ram::{ACCOUNT}:root"));
    let make = [("name", "ops"), ("seconds", "3600"), ("document", &*trust)];
    let new = "/console/new/role";
    let page = browser.open(new).await;
    let bad = [("name", "ops"), ("seconds", "1"), ("document", "{}")];
    browser.submit(&page, new, &bad).await.says(400, "Use 3600 to 43200 seconds.");
    done(&mut browser, new, new, &make).await.says(200, "The role ops is made.");
    let edit = "/console/roles/ops/trust";
    let page = browser.open(edit).await;
    browser.submit(&page, edit, &[("document", "{\"Version\":\"1\"}")]).await.says(400, "no valid policy");
    let page = browser.open("/console/switch-role").await;
    browser.submit(&page, "/console/switch-role", &[("role", "nosuch")]).await.says(403, "There is no such role.");

    // As the role there is nothing but what the role may do.
    let page = done(&mut browser, "/console/switch-role", "/console/switch-role", &[("role", "ops")]).await;
    page.says(200, "admin as ops").says(200, "Switch back");
    page.says(200, &format!("acs:ram::{ACCOUNT}:assumed-role/ops/admin"));
    browser.open("/console/users").await.says(403, "ram:ListUsers");
    // The role's secret alone is no session of a person's.
    let mut thief = app.browser();
    thief.cookies.insert("sesame_session".to_owned(), browser.cookies["sesame_role"].clone());
    thief.open("/console").await.leads_to("/console/login");
    done(&mut browser, "/console", "/console/switch-back", &[]).await.says(200, "You are yourself again.");
    assert!(!browser.cookies.contains_key("sesame_role"));
    assert_eq!(browser.open("/console/users").await.status, 200);
    // Signing out while in a role ends both sessions.
    let page = done(&mut browser, "/console/switch-role", "/console/switch-role", &[("role", "ops")]).await;
    assert_eq!(browser.submit(&page, "/console/sign-out", &[]).await.status, 303);
    assert!(app.running_sessions().await.is_empty());
}

async fn sessions_are_shown_and_ended_but_none_of_other_accounts(place: &Place) {
    let app = TestApp::start(place).await;
    let mut browser = admin(&app, "admin", "AdministratorAccess").await;
    app.console_user("bob", PASSWORD).await;
    let mut bob = app.browser();
    bob.sign_in("bob", PASSWORD).await;
    let page = browser.open("/console/sessions").await;
    page.says(200, "this one");
    let ends: Vec<_> = page.text.split("action=\"/console/sessions/").skip(1).collect();
    assert_eq!(ends.len(), 2, "{}", page.text);
    let user = browser.open("/console/users/bob").await;
    let id = user.text.split("action=\"/console/sessions/").nth(1).unwrap().split('/').next().unwrap();
    let end = format!("/console/sessions/{id}/end");
    done(&mut browser, "/console/users/bob", &end, &[("back", "bob")]).await.says(200, "Ended: revoked");
    bob.open("/console").await.says(403, "It was ended from elsewhere.");

    let mut other = app.browser();
    let page = other.open("/console/root/login").await;
    other.submit(&page, "/console/root/login", &[("account", "000000000000")]).await.leads_to("/console");
    let page = other.open("/console").await;
    let mine = app.running_sessions().await.remove(0);
    let end = format!("/console/sessions/{mine}/end");
    other.submit(&page, &end, &[]).await.says(404, "There is no session");
    assert_eq!(browser.open("/console").await.status, 200);
}
