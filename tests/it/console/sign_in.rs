//! Every way a sign-in at the console can go.

use serde_json::json;

use crate::support::{ACCOUNT, Browser, Place, Seen, TestApp, totp};

on_both_engines![
    a_ram_user_signs_in_by_name_and_password,
    the_accounts_own_page_fills_the_domain_in,
    who_is_not_there_and_who_gives_a_wrong_password_are_told_the_same,
    a_locked_user_is_told_so,
    a_user_without_console_logon_is_told_so_and_on_aws_not,
    a_lapsed_initial_password_is_told_of,
    a_lapsed_password_is_changed_or_not_as_the_policy_says,
    an_address_that_is_not_allowed_is_told_of,
    a_code_is_asked_for_and_counts_once,
    a_device_is_bound_on_the_way_and_none_is_left_by_who_turns_back,
    a_forced_reset_names_every_rule_that_the_new_password_breaks,
    a_code_shown_before_a_forced_reset_is_not_asked_for_again,
    steps_end_when_the_password_is_changed_meanwhile,
    an_iam_user_signs_in_by_account_name_and_password,
    the_root_signs_in_by_one_click_where_it_may,
];

const PASSWORD: &str = "Correct-Horse-1";
const OTHER: &str = "Correct-Horse-2";
const DAY: i64 = 86_400;

/// A server with the user alice.
async fn with_alice(place: &Place) -> (TestApp, Browser) {
    let app = TestApp::start(place).await;
    app.console_user("alice", PASSWORD).await;
    let browser = app.browser();
    (app, browser)
}

async fn update(app: &TestApp, parameters: &[(&str, &str)]) {
    let all = [&[("UserName", "alice")], parameters].concat();
    app.root().ram("UpdateLoginProfile", &all).await.ok();
}

async fn a_ram_user_signs_in_by_name_and_password(place: &Place) {
    let (app, mut browser) = with_alice(place).await;
    let page = browser.open("/console/login?username=alice").await;
    page.says(200, "value=\"alice\"").says(200, "<label for=\"username\">");
    let page = browser.submit(&page, "/console/login", &[("username", "alice")]).await;
    page.says(200, "alice").says(200, "type=\"password\"");
    let form = [("username", "alice"), ("password", PASSWORD)];
    let offer = browser.submit(&page, "/console/login/password", &form).await;
    browser.past_offer(offer).await.leads_to("/console");
    let home = browser.open("/console").await;
    home.says(200, &format!("acs:ram::{ACCOUNT}:user/alice")).says(200, "Not shown");
    assert_eq!(app.running_sessions().await.len(), 1);
}

async fn the_accounts_own_page_fills_the_domain_in(place: &Place) {
    let (_app, mut browser) = with_alice(place).await;
    let path = format!("/console/{ACCOUNT}.onaliyun.com/login.htm?username=alice@{ACCOUNT}.onaliyun.com");
    let page = browser.open(&path).await;
    page.says(200, &format!("@{ACCOUNT}.onaliyun.com")).says(200, "value=\"alice\"");
    let page = browser.submit(&page, "/console/login", &[("username", "alice")]).await;
    let upn = format!("alice@{ACCOUNT}.onaliyun.com");
    page.says(200, &upn);
    let form = [("username", &*upn), ("password", PASSWORD)];
    let offer = browser.submit(&page, "/console/login/password", &form).await;
    browser.past_offer(offer).await.leads_to("/console");
}

/// A page without what differs from one to the next of the same kind.
fn bare(page: &Seen, name: &str) -> String {
    let token = page.hidden("form_token").unwrap_or_default();
    page.text.replace(&token, "").replace(name, "")
}

async fn who_is_not_there_and_who_gives_a_wrong_password_are_told_the_same(place: &Place) {
    let (_app, mut browser) = with_alice(place).await;
    let wrong = browser.give_password("alice", "wrong").await;
    wrong.says(403, "The logon name or the password is wrong.");
    let nobody = browser.give_password("mallory", PASSWORD).await;
    assert_eq!(bare(&wrong, "alice"), bare(&nobody, "mallory"));
    assert!(!wrong.text.contains("value=\"wrong\""), "the password came back");
    let (alice, nobody) = (browser.open("/console/login").await, browser.open("/console/login").await);
    let alice = browser.submit(&alice, "/console/login", &[("username", "alice")]).await;
    let nobody = browser.submit(&nobody, "/console/login", &[("username", "mallory")]).await;
    assert_eq!(bare(&alice, "alice"), bare(&nobody, "mallory"));
}

async fn a_locked_user_is_told_so(place: &Place) {
    let (app, mut browser) = with_alice(place).await;
    app.root().ram("SetPasswordPolicy", &[("MaxLoginAttemps", "2")]).await.ok();
    for _ in 0..2 {
        browser.give_password("alice", "wrong").await.says(403, "is wrong");
    }
    browser.give_password("alice", PASSWORD).await.says(403, "The user is locked");
}

async fn a_user_without_console_logon_is_told_so_and_on_aws_not(place: &Place) {
    let (app, mut browser) = with_alice(place).await;
    app.user("bob").await;
    browser.give_password("bob", PASSWORD).await.says(403, "Console logon is not enabled");
    let page = browser.open("/console/aws/login").await;
    let form = [("account", "000000000000"), ("username", "bob"), ("password", PASSWORD)];
    let page = browser.submit(&page, "/console/login/password", &form).await;
    page.says(403, "The account, the user name or the password is wrong.");
}

async fn a_lapsed_initial_password_is_told_of(place: &Place) {
    let (app, mut browser) = with_alice(place).await;
    app.control.advance(14 * DAY).await;
    browser.give_password("alice", PASSWORD).await.says(403, "The initial password has expired");
    browser.give_password("alice", "wrong").await.says(403, "is wrong");
}

async fn a_lapsed_password_is_changed_or_not_as_the_policy_says(place: &Place) {
    let app = TestApp::start(place).await;
    app.root().ram("SetPasswordPolicy", &[("MaxPasswordAge", "30")]).await.ok();
    app.console_user("alice", PASSWORD).await;
    let mut browser = app.browser();
    browser.sign_in("alice", PASSWORD).await;
    app.control.advance(31 * DAY).await;
    app.root().ram("SetPasswordPolicy", &[("HardExpiry", "true")]).await.ok();
    browser.give_password("alice", PASSWORD).await.says(403, "The password has expired");
    app.root().ram("SetPasswordPolicy", &[("HardExpiry", "false")]).await.ok();
    let page = browser.give_password("alice", PASSWORD).await;
    page.says(200, "Set a new password");
    let form = [("new_password", OTHER), ("again", OTHER)];
    browser.submit(&page, "/console/login/new-password", &form).await.leads_to("/console");
}

async fn an_address_that_is_not_allowed_is_told_of(place: &Place) {
    let (app, mut browser) = with_alice(place).await;
    app.root().ram("SetSecurityPreference", &[("LoginNetworkMasks", "10.0.0.0/8")]).await.ok();
    browser.give_password("alice", PASSWORD).await.says(403, "Not from this address");
}

/// Binds a device to alice by the API; its seed.
async fn bind_device(app: &TestApp) -> Vec<u8> {
    totp::from_base32(&totp::bind(app, "alice").await)
}

async fn a_code_is_asked_for_and_counts_once(place: &Place) {
    let (app, mut browser) = with_alice(place).await;
    app.control.put("/clock", &json!({"now": "2026-11-21T10:00:00Z"})).await;
    let seed = bind_device(&app).await;
    app.control.advance(60).await;
    let page = browser.give_password("alice", PASSWORD).await;
    page.says(200, "Code of your MFA device").says(200, "one-time-code");
    assert!(!page.text.contains(PASSWORD));
    let refused = browser.submit(&page, "/console/login/code", &[("code", "000000")]).await;
    refused.says(403, "This is not the code");
    let code = totp::code(&seed, totp::step(&app).await);
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    browser.submit(&refused, "/console/login/code", &[("code", &spaced)]).await.leads_to("/console");
    browser.open("/console").await.says(200, "Shown</span>");
    let mut other = app.browser();
    let page = other.give_password("alice", PASSWORD).await;
    other.submit(&page, "/console/login/code", &[("code", &code)]).await.says(403, "This is not the code");
    // What one browser has come to is of no use to another.
    let mut thief = app.browser();
    let own = thief.open("/console/login").await;
    let stolen = page.hidden("state").unwrap();
    let page = thief.submit(&own, "/console/login/code", &[("state", &stolen), ("code", &code)]).await;
    page.says(403, "This took too long");
}

async fn a_device_is_bound_on_the_way_and_none_is_left_by_who_turns_back(place: &Place) {
    let (app, mut browser) = with_alice(place).await;
    app.control.put("/clock", &json!({"now": "2026-11-21T10:00:00Z"})).await;
    update(&app, &[("MFABindRequired", "true")]).await;
    browser.give_password("alice", PASSWORD).await.says(200, "Bind an MFA device");
    let devices = app.root().ram("ListVirtualMFADevices", &[]).await.ok();
    assert!(devices["VirtualMFADevices"]["VirtualMFADevice"].as_array().unwrap().is_empty(), "{devices}");

    let page = browser.give_password("alice", PASSWORD).await;
    page.says(200, "<img src=\"data:image/png;base64,");
    let shown = page.text.split("<code>").nth(1).and_then(|rest| rest.split("</code>").next()).unwrap();
    let seed = totp::from_base32(shown);
    let page = browser.submit(&page, "/console/login/device", &[("first", "000000"), ("second", "111111")]).await;
    page.says(403, "not two codes");
    let step = totp::step(&app).await;
    let codes = [totp::code(&seed, step - 1), totp::code(&seed, step)];
    let form = [("first", &*codes[0]), ("second", &*codes[1])];
    browser.submit(&page, "/console/login/device", &form).await.leads_to("/console");
    browser.open("/console").await.says(200, "Shown</span>");
    let info = app.root().ram("GetUserMFAInfo", &[("UserName", "alice")]).await.ok();
    assert_eq!(info["MFADevice"]["SerialNumber"], json!(format!("acs:ram::{ACCOUNT}:mfa/alice")));
}

async fn a_forced_reset_names_every_rule_that_the_new_password_breaks(place: &Place) {
    let (app, mut browser) = with_alice(place).await;
    app.root().ram("SetPasswordPolicy", &[("RequireNumbers", "true"), ("RequireSymbols", "true")]).await.ok();
    update(&app, &[("PasswordResetRequired", "true")]).await;
    let page = browser.give_password("alice", PASSWORD).await;
    page.says(200, "Set a new password");
    let form = [("new_password", "short"), ("again", "short")];
    let page = browser.submit(&page, "/console/login/new-password", &form).await;
    for rule in ["It is too short.", "It needs a digit.", "It needs a special character."] {
        page.says(422, rule);
    }
    let form = [("new_password", OTHER), ("again", PASSWORD)];
    let page = browser.submit(&page, "/console/login/new-password", &form).await;
    page.says(422, "The two are not the same.");
    let form = [("new_password", PASSWORD), ("again", PASSWORD)];
    let page = browser.submit(&page, "/console/login/new-password", &form).await;
    page.says(422, "It was used before.");
    let form = [("new_password", OTHER), ("again", OTHER)];
    browser.submit(&page, "/console/login/new-password", &form).await.leads_to("/console");
    app.browser().sign_in("alice", OTHER).await;
}

async fn a_code_shown_before_a_forced_reset_is_not_asked_for_again(place: &Place) {
    let (app, mut browser) = with_alice(place).await;
    app.control.put("/clock", &json!({"now": "2026-11-21T10:00:00Z"})).await;
    let seed = bind_device(&app).await;
    update(&app, &[("PasswordResetRequired", "true")]).await;
    app.control.advance(60).await;
    let code = totp::code(&seed, totp::step(&app).await);
    let page = browser.give_password("alice", PASSWORD).await;
    let page = browser.submit(&page, "/console/login/code", &[("code", &code)]).await;
    page.says(200, "Set a new password");
    // The code is used up by now, for anybody.
    let mut other = app.browser();
    let again = other.give_password("alice", PASSWORD).await;
    other.submit(&again, "/console/login/code", &[("code", &code)]).await.says(403, "This is not the code");
    app.control.advance(300).await;
    let form = [("new_password", OTHER), ("again", OTHER)];
    browser.submit(&page, "/console/login/new-password", &form).await.leads_to("/console");
    browser.open("/console").await.says(200, "Shown</span>");
}

async fn steps_end_when_the_password_is_changed_meanwhile(place: &Place) {
    let (app, mut browser) = with_alice(place).await;
    update(&app, &[("PasswordResetRequired", "true")]).await;
    let page = browser.give_password("alice", PASSWORD).await;
    update(&app, &[("Password", "Correct-Horse-3")]).await;
    let form = [("new_password", OTHER), ("again", OTHER)];
    browser.submit(&page, "/console/login/new-password", &form).await.says(403, "The logon name or the password is");
    assert!(app.running_sessions().await.is_empty());
}

async fn an_iam_user_signs_in_by_account_name_and_password(place: &Place) {
    let app = TestApp::start(place).await;
    let mut root = app.browser();
    let page = root.open("/console/root/login").await;
    root.submit(&page, "/console/root/login", &[("account", "000000000000")]).await.leads_to("/console");
    root.open("/console").await.says(200, "arn:aws:iam::000000000000:root");
    let mut browser = app.browser();
    let page = browser.open("/console/aws/login?account=000000000000&username=bob").await;
    page.says(200, "value=\"000000000000\"").says(200, "value=\"bob\"");
    let form = [("account", "000000000000"), ("username", "bob"), ("password", PASSWORD)];
    let page = browser.submit(&page, "/console/login/password", &form).await;
    page.says(403, "The account, the user name or the password is wrong.").says(403, "value=\"bob\"");
    crate::aws::make_console_user(&app, "bob", PASSWORD).await;
    browser.submit(&page, "/console/login/password", &form).await.leads_to("/console");
    browser.open("/console").await.says(200, "arn:aws:iam::000000000000:user/bob");
}

async fn the_root_signs_in_by_one_click_where_it_may(place: &Place) {
    let app = TestApp::start(place).await;
    let mut browser = app.browser();
    browser.open("/console/login").await.says(200, "/console/root/login");
    let page = browser.open("/console/root/login").await;
    page.says(200, ACCOUNT);
    let missing = browser.submit(&page, "/console/root/login", &[("account", "1999999999999999")]).await;
    missing.says(404, "There is no account with this id.");
    browser.submit(&page, "/console/root/login", &[("account", ACCOUNT)]).await.leads_to("/console");
    browser.open("/console").await.says(200, &format!("acs:ram::{ACCOUNT}:root")).says(200, "no policy is asked");
    // A name that somebody else can make point here, and a proxy that brings others.
    for header in [("host", "evil.example"), ("x-forwarded-for", "203.0.113.9")] {
        let mut other = app.browser();
        other.headers.push((header.0, header.1.to_owned()));
        other.open("/console/root/login").await.says(403, "Not from here");
        assert!(!other.open("/console/login").await.text.contains("/console/root/login"));
    }
    app.stop().await;
    let never = |settings: &mut sesame::config::Settings| {
        settings.console.root_sign_in = sesame::config::RootSignIn::Never;
    };
    let app = TestApp::start_with(place, never).await;
    let mut browser = app.browser();
    let own = browser.open("/console/login").await;
    let page = browser.submit(&own, "/console/root/login", &[("account", ACCOUNT)]).await;
    page.says(403, "Not from here");
}
