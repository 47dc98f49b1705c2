//! Sessions of the console end at the next click, and the page says why.

use crate::support::{ACCOUNT, Place, TestApp};

on_both_engines![
    a_session_ends_with_the_password_and_the_page_says_why,
    a_session_ends_with_console_logon_and_with_the_login_profile,
    a_session_runs_out_by_the_accounts_clock,
    signing_out_ends_the_session,
    a_session_that_is_gone_leads_to_the_sign_in_and_back,
];

const PASSWORD: &str = "Correct-Horse-1";

async fn with_alice(place: &Place) -> TestApp {
    let app = TestApp::start(place).await;
    app.console_user("alice", PASSWORD).await;
    app
}

async fn a_session_ends_with_the_password_and_the_page_says_why(place: &Place) {
    let app = with_alice(place).await;
    let mut browser = app.browser();
    browser.sign_in("alice", PASSWORD).await;
    let page = browser.open("/console").await;
    let reset = [("UserName", "alice"), ("Password", "Correct-Horse-2")];
    app.root().ram("UpdateLoginProfile", &reset).await.ok();
    // A form is refused just as a page is.
    let refused = browser.submit(&page, "/console/sign-out", &[]).await;
    refused.says(403, "An administrator set a new password for you.");
    refused.says(403, &format!("/console/{ACCOUNT}.onaliyun.com/login.htm"));
    assert!(!browser.cookies.contains_key("sesame_session"));
    browser.sign_in("alice", "Correct-Horse-2").await;
    let key = app.key_of("alice").await;
    let change = [("OldPassword", "Correct-Horse-2"), ("NewPassword", "Correct-Horse-3")];
    key.ram("ChangePassword", &change).await.ok();
    browser.open("/console").await.says(403, "The password was changed.");
}

async fn a_session_ends_with_console_logon_and_with_the_login_profile(place: &Place) {
    let app = with_alice(place).await;
    let mut browser = app.browser();
    browser.sign_in("alice", PASSWORD).await;
    let upn = format!("alice@{ACCOUNT}.onaliyun.com");
    let off = [("UserPrincipalName", &*upn), ("Status", "Inactive")];
    app.root().ims("UpdateLoginProfile", &off).await.ok();
    browser.open("/console").await.says(403, "switched console logon off");
    let on = [("UserPrincipalName", &*upn), ("Status", "Active")];
    app.root().ims("UpdateLoginProfile", &on).await.ok();
    browser.sign_in("alice", PASSWORD).await;
    app.root().ram("DeleteLoginProfile", &[("UserName", "alice")]).await.ok();
    browser.open("/console").await.says(403, "took your console logon away");
}

async fn a_session_runs_out_by_the_accounts_clock(place: &Place) {
    let app = with_alice(place).await;
    let mut browser = app.browser();
    browser.sign_in("alice", PASSWORD).await;
    app.control.advance(6 * 3_600 - 60).await;
    assert_eq!(browser.open("/console").await.status, 200);
    app.control.advance(60).await;
    browser.open("/console").await.says(403, "Your session has run out");
}

async fn signing_out_ends_the_session(place: &Place) {
    let app = with_alice(place).await;
    let mut browser = app.browser();
    browser.sign_in("alice", PASSWORD).await;
    let kept = browser.cookies.clone();
    let page = browser.open("/console").await;
    let out = browser.submit(&page, "/console/sign-out", &[]).await;
    assert_eq!(out.status, 303, "{}", out.text);
    browser.open(out.location()).await.says(200, "You have signed out.").says(200, "value=\"alice\"");
    assert!(app.running_sessions().await.is_empty());
    let mut other = app.browser();
    other.cookies = kept;
    other.open("/console").await.says(403, "You have signed out");
}

async fn a_session_that_is_gone_leads_to_the_sign_in_and_back(place: &Place) {
    let app = with_alice(place).await;
    let mut browser = app.browser();
    browser.sign_in("alice", PASSWORD).await;
    assert_eq!(app.control.reset().await, 204);
    browser.open("/console?here=1").await.leads_to("/console/login?next=%2Fconsole%3Fhere%3D1");
    assert!(!browser.cookies.contains_key("sesame_session"));
    app.console_user("alice", PASSWORD).await;
    let page = browser.open("/console/login?next=%2Fconsole%3Fhere%3D1").await;
    let page = browser.submit(&page, "/console/login", &[("username", "alice")]).await;
    let form = [("username", "alice"), ("password", PASSWORD)];
    let offer = browser.submit(&page, "/console/login/password", &form).await;
    browser.past_offer(offer).await.leads_to("/console?here=1");
}
