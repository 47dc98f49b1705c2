//! Users of AWS sign in to the console: passwords, their age, MFA devices, and what users show of it.

use serde_json::{Value, json};
use sesame::config::Policies;

use super::credentials_client::{ACCOUNT, Aws};
use super::mfa::make;
use crate::support::totp::{code, step};
use crate::support::{Place, TestApp, outcome};

on_both_engines![
    a_password_signs_in_and_a_forced_reset_comes_first,
    an_old_password_is_changed_at_the_sign_in_unless_that_is_ruled_out,
    a_code_of_any_device_is_asked_for_and_works_once,
    wrong_codes_lock_nobody_out,
    what_a_user_shows_of_sign_ins_is_five_minutes_apart,
    names_may_hold_an_at_sign_and_accounts_have_aliases,
    a_forced_reset_asks_for_no_permission_where_policies_are_ignored,
];

const PASSWORD: &str = "Correct-Horse-1";
const NEXT: &str = "Battery-Staple-2";

async fn started(place: &Place) -> (TestApp, Aws) {
    let app = TestApp::start(place).await;
    let aws = Aws::root(&app);
    (app, aws)
}

async fn user(aws: &Aws, name: &str, reset: &str) {
    aws.iam("CreateUser", &[("UserName", name)]).await.ok();
    let profile = [("UserName", name), ("Password", PASSWORD), ("PasswordResetRequired", reset)];
    aws.iam("CreateLoginProfile", &profile).await.ok();
}

/// Signs in with these members of the body beside cloud and user.
async fn sign_in(app: &TestApp, user: &str, mut more: Value) -> String {
    more["cloud"] = json!("aws");
    more["user"] = json!(user);
    outcome(&app.control.post("/sign-in", &more).await.1).to_owned()
}

async fn a_password_signs_in_and_a_forced_reset_comes_first(place: &Place) {
    let (app, aws) = started(place).await;
    user(&aws, "alice", "false").await;
    user(&aws, "bob", "true").await;
    assert_eq!(sign_in(&app, "alice", json!({"password": PASSWORD})).await, "signed-in");
    assert_eq!(sign_in(&app, "ALICE", json!({"password": PASSWORD, "account": ACCOUNT})).await, "signed-in");
    assert_eq!(sign_in(&app, "alice", json!({"password": "wrong"})).await, "invalid-credentials");
    assert_eq!(sign_in(&app, "nobody", json!({"password": "wrong"})).await, "invalid-credentials");
    assert_eq!(sign_in(&app, "alice", json!({"password": PASSWORD, "account": "1"})).await, "invalid-credentials");
    assert_eq!(sign_in(&app, "bob", json!({"password": PASSWORD})).await, "password-reset-required");
    // The page calls ChangePassword for the user, who needs the permission.
    let next = json!({"password": PASSWORD, "new_password": NEXT});
    assert_eq!(sign_in(&app, "bob", next).await, "password-change-not-allowed");
    let own = "arn:aws:iam::aws:policy/IAMUserChangePassword";
    aws.iam("AttachUserPolicy", &[("UserName", "bob"), ("PolicyArn", own)]).await.ok();
    let weak = json!({"password": PASSWORD, "new_password": "weak"});
    assert_eq!(sign_in(&app, "bob", weak).await, "password-rejected");
    assert_eq!(sign_in(&app, "bob", json!({"password": PASSWORD, "new_password": NEXT})).await, "signed-in");
    assert_eq!(sign_in(&app, "bob", json!({"password": NEXT})).await, "signed-in");
    let profile = aws.iam("GetLoginProfile", &[("UserName", "bob")]).await.ok();
    assert_eq!(profile.get("PasswordResetRequired"), "false");
    app.stop().await;
}

async fn a_forced_reset_asks_for_no_permission_where_policies_are_ignored(place: &Place) {
    let app = TestApp::start_with(place, |settings| settings.auth.policies = Policies::Ignore).await;
    user(&Aws::root(&app), "bob", "true").await;
    assert_eq!(sign_in(&app, "bob", json!({"password": PASSWORD, "new_password": NEXT})).await, "signed-in");
    app.stop().await;
}

async fn an_old_password_is_changed_at_the_sign_in_unless_that_is_ruled_out(place: &Place) {
    let (app, aws) = started(place).await;
    user(&aws, "alice", "false").await;
    app.control.advance(3 * 86_400).await;
    aws.iam("UpdateAccountPasswordPolicy", &[("MaxPasswordAge", "2"), ("HardExpiry", "true")]).await.ok();
    assert_eq!(sign_in(&app, "alice", json!({"password": PASSWORD})).await, "password-expired");
    let softer = [("MaxPasswordAge", "2"), ("AllowUsersToChangePassword", "true")];
    aws.iam("UpdateAccountPasswordPolicy", &softer).await.ok();
    assert_eq!(sign_in(&app, "alice", json!({"password": PASSWORD})).await, "password-reset-required");
    let same = json!({"password": PASSWORD, "new_password": PASSWORD});
    assert_eq!(sign_in(&app, "alice", same).await, "password-rejected");
    assert_eq!(sign_in(&app, "alice", json!({"password": PASSWORD, "new_password": NEXT})).await, "signed-in");
    assert_eq!(sign_in(&app, "alice", json!({"password": NEXT})).await, "signed-in");
    app.stop().await;
}

async fn a_code_of_any_device_is_asked_for_and_works_once(place: &Place) {
    let (app, aws) = started(place).await;
    user(&aws, "alice", "false").await;
    let (phone, tablet) = (make(&aws, "phone").await, make(&aws, "tablet").await);
    phone.enable(&app, "alice").await.ok();
    tablet.enable(&app, "alice").await.ok();
    assert_eq!(sign_in(&app, "alice", json!({"password": PASSWORD})).await, "mfa-required");
    let with = async |code: String| sign_in(&app, "alice", json!({"password": PASSWORD, "mfa_code": code})).await;
    let now = step(&app).await;
    // The codes that bound a device sign in too, each once, also out of order.
    for device in [&phone, &tablet] {
        for ahead in [0, -1, 2, 1, -2] {
            assert_eq!(with(code(&device.seed, now + ahead)).await, "signed-in", "{ahead}");
            assert_eq!(with(code(&device.seed, now + ahead)).await, "mfa-code-incorrect", "{ahead}");
        }
        assert_eq!(with(code(&device.seed, now + 3)).await, "mfa-code-incorrect");
    }
    let (status, shown) = app.control.get(&format!("/users/aws/{ACCOUNT}/alice/totp")).await;
    assert_eq!((status, shown["code"].as_str()), (200, Some(&*code(&phone.seed, now))));
    for device in [&phone, &tablet] {
        let parameters = [("UserName", "alice"), ("SerialNumber", &*device.serial)];
        aws.iam("DeactivateMFADevice", &parameters).await.ok();
    }
    assert_eq!(sign_in(&app, "alice", json!({"password": PASSWORD})).await, "signed-in");
    app.stop().await;
}

async fn wrong_codes_lock_nobody_out(place: &Place) {
    let (app, aws) = started(place).await;
    user(&aws, "alice", "false").await;
    let phone = make(&aws, "phone").await;
    phone.enable(&app, "alice").await.ok();
    let with = async |code: String| sign_in(&app, "alice", json!({"password": PASSWORD, "mfa_code": code})).await;
    let now = step(&app).await;
    for ahead in 100..140 {
        assert_eq!(with(code(&phone.seed, now + ahead)).await, "mfa-code-incorrect", "{ahead}");
    }
    assert_eq!(with(code(&phone.seed, now)).await, "signed-in");
    app.stop().await;
}

async fn what_a_user_shows_of_sign_ins_is_five_minutes_apart(place: &Place) {
    let (app, aws) = started(place).await;
    user(&aws, "alice", "false").await;
    let frozen = json!({"mode": "frozen", "now": "2026-12-04T05:06:07Z"});
    assert_eq!(app.control.put("/clock", &frozen).await.0, 200);
    let shown = async || aws.iam("GetUser", &[("UserName", "alice")]).await.ok().get("PasswordLastUsed").to_owned();
    assert_eq!(shown().await, "");
    for (advance, expected) in [(0, "05:06:07"), (299, "05:06:07"), (1, "05:11:07")] {
        app.control.advance(advance).await;
        assert_eq!(sign_in(&app, "alice", json!({"password": PASSWORD})).await, "signed-in");
        assert_eq!(shown().await, format!("2026-12-04T{expected}Z"));
    }
    let listed = aws.iam("ListUsers", &[]).await.ok();
    assert_eq!(listed.get("PasswordLastUsed"), "2026-12-04T05:11:07Z");
    app.stop().await;
}

async fn names_may_hold_an_at_sign_and_accounts_have_aliases(place: &Place) {
    let (app, aws) = started(place).await;
    user(&aws, "alice@example.com", "false").await;
    let name = "alice@example.com";
    assert_eq!(sign_in(&app, name, json!({"password": PASSWORD})).await, "signed-in");
    assert_eq!(sign_in(&app, "alice", json!({"password": PASSWORD})).await, "invalid-credentials");
    make(&aws, "phone").await.enable(&app, name).await.ok();
    assert_eq!(app.control.get(&format!("/users/aws/{ACCOUNT}/alice@example.com/totp")).await.0, 200);
    // A name of one cloud is none of the other's.
    let elsewhere = json!({"user": name, "password": PASSWORD});
    assert_eq!(outcome(&app.control.post("/sign-in", &elsewhere).await.1), "invalid-credentials");
    app.stop().await;
}
