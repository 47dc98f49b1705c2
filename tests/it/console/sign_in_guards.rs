//! What keeps others out while somebody signs in: each form, each cookie, each place to go to, and who may be root.

use std::collections::BTreeSet;

use serde_json::json;
use sesame::config::{Policies, RootSignIn, Settings, Signatures, UnknownKeys};

use crate::aws::signed_client::Aws;
use crate::support::{ACCOUNT, Browser, Place, Seen, TestApp, totp};

on_both_engines![
    every_form_is_refused_from_elsewhere_and_changes_nothing,
    no_cookie_from_before_a_sign_in_is_one_after,
    a_sign_in_leads_to_the_console_alone_whatever_it_is_asked,
    a_forced_reset_that_is_not_allowed_is_told_of_and_changes_nothing,
    the_root_signs_in_where_the_setting_says,
];

const PASSWORD: &str = "Correct-Horse-1";
const OTHER: &str = "Correct-Horse-2";
const AWS_ACCOUNT: &str = "000000000000";

async fn with_alice(place: &Place) -> TestApp {
    let app = TestApp::start(place).await;
    app.console_user("alice", PASSWORD).await;
    app
}

/// Gives account, name and password to the page for IAM users.
async fn give_aws_password(browser: &mut Browser, user: &str, password: &str) -> Seen {
    let page = browser.open("/console/aws/login").await;
    let form = [("account", AWS_ACCOUNT), ("username", user), ("password", password)];
    browser.submit(&page, "/console/login/password", &form).await
}

/// Everything that a form could have changed.
async fn world(app: &TestApp) -> (serde_json::Value, Vec<String>) {
    let users = app.root().ram("ListUsers", &[]).await.ok();
    (users["Users"].clone(), app.running_sessions().await)
}

/// The forms that a browser sends before it has signed in, and those after.
const BEFORE: [(&str, &[(&str, &str)]); 7] = [
    ("/console/login", &[("username", "alice")]),
    ("/console/login/password", &[("cloud", "alibaba"), ("username", "alice"), ("password", PASSWORD)]),
    ("/console/login/code", &[("state", "x"), ("code", "123456")]),
    ("/console/login/device", &[("state", "x"), ("first", "123456"), ("second", "123456")]),
    ("/console/login/device/later", &[("state", "x")]),
    ("/console/login/new-password", &[("state", "x"), ("new_password", OTHER), ("again", OTHER)]),
    ("/console/root/login", &[("account", ACCOUNT)]),
];
const AFTER: [(&str, &[(&str, &str)]); 6] = [
    ("/console/device", &[("user_code", "BCDF-GHJK"), ("answer", "yes")]),
    ("/console/new/user", &[("name", "eve"), ("user_name", "eve")]),
    ("/console/switch-role", &[("role", "auditor")]),
    ("/console/switch-back", &[]),
    (
        "/console/weak-password",
        &[("mark", ""), ("next", ""), ("old_password", PASSWORD), ("new_password", OTHER), ("again", OTHER)],
    ),
    ("/console/sign-out", &[]),
];

async fn every_form_is_refused_from_elsewhere_and_changes_nothing(place: &Place) {
    let app = with_alice(place).await;
    let mut browser = app.browser();
    browser.sign_in("alice", PASSWORD).await;
    let inside = browser.open("/console").await.hidden("form_token").unwrap();
    let outside = browser.open("/console/login").await.hidden("form_token").unwrap();
    let mut other = app.browser();
    other.sign_in("alice", PASSWORD).await;
    let foreign = other.open("/console").await.hidden("form_token").unwrap();
    let before = world(&app).await;
    let of_session = AFTER.into_iter().map(|form| (form, &inside, &outside));
    let all = BEFORE.into_iter().map(|form| (form, &outside, &inside)).chain(of_session);
    for ((path, fields), own, anothers) in all.clone() {
        for token in [None, Some(""), Some("x"), Some(&**anothers), Some(&*foreign)] {
            let mut form = fields.to_vec();
            form.extend(token.map(|token| ("form_token", token)));
            browser.post(path, &form).await.says(403, "The form is out of date");
        }
        let form = [fields, &[("form_token", &**own)]].concat();
        for header in [
            ("origin", "https://evil.example"),
            ("origin", "http://127.0.0.1:1"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            browser.headers = vec![(header.0, header.1.to_owned())];
            browser.post(path, &form).await.says(403, "The form is out of date");
            browser.headers.clear();
        }
    }
    assert_eq!(world(&app).await, before);
    assert_eq!(app.sign_in("alice", PASSWORD).await, "signed-in");
    // With the right token, from a page of ours, none of them is: that much the table is worth.
    for ((path, fields), own, _) in all {
        let form = [fields, &[("form_token", &**own)]].concat();
        let mut copy = app.browser();
        copy.cookies.clone_from(&browser.cookies);
        copy.headers =
            vec![("origin", format!("http://{}", app.address)), ("sec-fetch-site", "same-origin".to_owned())];
        let page = copy.post(path, &form).await;
        assert!(!page.text.contains("out of date"), "{path}: {}", page.text);
    }
}

/// A browser into which somebody planted cookies, and what they are.
fn planted(app: &TestApp) -> (Browser, BTreeSet<String>) {
    let mut browser = app.browser();
    for (name, letter) in [("sesame_session", "A"), ("sesame_role", "B"), ("sesame_browser", "C")] {
        browser.cookies.insert(name.to_owned(), letter.repeat(43));
    }
    let secrets = browser.cookies.values().cloned().collect();
    (browser, secrets)
}

/// Checks that nothing that was known before opens the console now; what is known from now on.
async fn is_anew(app: &TestApp, browser: &Browser, known: &BTreeSet<String>, how: &str) {
    let now: BTreeSet<String> = browser.cookies.values().cloned().collect();
    assert!(browser.cookies.contains_key("sesame_session"), "{how}");
    assert!(now.is_disjoint(known), "{how}: {:?}", browser.cookies);
    for secret in known {
        for name in ["sesame_session", "sesame_role"] {
            let mut thief = app.browser();
            thief.cookies.insert(name.to_owned(), secret.clone());
            thief.open("/console").await.leads_to("/console/login");
        }
    }
}

async fn no_cookie_from_before_a_sign_in_is_one_after(place: &Place) {
    let app = with_alice(place).await;
    crate::aws::make_console_user(&app, "bob", PASSWORD).await;
    let (mut browser, known) = planted(&app);
    browser.sign_in("alice", PASSWORD).await;
    is_anew(&app, &browser, &known, "a RAM user").await;

    let (mut browser, known) = planted(&app);
    give_aws_password(&mut browser, "bob", PASSWORD).await.leads_to("/console");
    is_anew(&app, &browser, &known, "an IAM user").await;

    let (mut browser, known) = planted(&app);
    let page = browser.open("/console/root/login").await;
    browser.submit(&page, "/console/root/login", &[("account", ACCOUNT)]).await.leads_to("/console");
    is_anew(&app, &browser, &known, "the root").await;

    // A session of oneself that somebody else knows is not the one after a forced reset either.
    let update = [("UserName", "alice"), ("PasswordResetRequired", "true")];
    app.root().ram("UpdateLoginProfile", &update).await.ok();
    let (mut browser, known) = planted(&app);
    let page = browser.give_password("alice", PASSWORD).await;
    page.says(200, "Set a new password");
    assert_eq!(browser.cookies["sesame_session"], "A".repeat(43));
    let form = [("new_password", OTHER), ("again", OTHER)];
    browser.submit(&page, "/console/login/new-password", &form).await.leads_to("/console");
    is_anew(&app, &browser, &known, "a forced reset").await;

    // Nor is a role's, and what was planted for one counts as nothing beside the session.
    app.may_take_roles("alice").await;
    let trust = json!({"Version": "1", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"RAM": [format!("acs:ram::{ACCOUNT}:root")]}}]});
    let create = [("RoleName", "auditor"), ("AssumeRolePolicyDocument", &*trust.to_string())];
    app.root().ram("CreateRole", &create).await.ok();
    let own = browser.cookies["sesame_session"].clone();
    browser.cookies.insert("sesame_role".to_owned(), "B".repeat(43));
    let page = browser.open("/console").await;
    let token = page.hidden("form_token").unwrap();
    browser.cookies.insert("sesame_role".to_owned(), "B".repeat(43));
    let switched = browser.post("/console/switch-role", &[("form_token", &token), ("role", "auditor")]).await;
    assert_eq!(switched.status, 303, "{}", switched.text);
    let role = browser.cookies["sesame_role"].clone();
    assert_ne!(role, "B".repeat(43));
    assert_ne!(role, own);
    browser.open("/console").await.says(200, "assumed-role/auditor");
    for secret in ["B".repeat(43), role] {
        let mut thief = app.browser();
        thief.cookies.insert("sesame_session".to_owned(), secret);
        thief.open("/console").await.leads_to("/console/login");
    }
}

async fn a_sign_in_leads_to_the_console_alone_whatever_it_is_asked(place: &Place) {
    let app = with_alice(place).await;
    crate::aws::make_console_user(&app, "bob", PASSWORD).await;
    app.control.put("/clock", &json!({"now": "2026-11-21T10:00:00Z"})).await;
    for elsewhere in [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/console/..//evil.example",
        "/console/../_sesame/reset",
        "/console@evil.example",
        "/console\t//evil.example",
        "javascript:alert(1)",
        "http:evil.example",
    ] {
        let query = crate::support::encode(elsewhere);
        let mut browser = app.browser();
        // As a link to each page, which goes on to the end.
        let page = browser.open(&format!("/console/login?next={query}")).await;
        let page = browser.submit(&page, "/console/login", &[("username", "alice")]).await;
        let form = [("username", "alice"), ("password", PASSWORD)];
        let offer = browser.submit(&page, "/console/login/password", &form).await;
        browser.past_offer(offer).await.leads_to("/console");
        let page = browser.open(&format!("/console/aws/login?next={query}")).await;
        let form = [("account", AWS_ACCOUNT), ("username", "bob"), ("password", PASSWORD)];
        browser.submit(&page, "/console/login/password", &form).await.leads_to("/console");
        let page = browser.open(&format!("/console/root/login?next={query}")).await;
        browser.submit(&page, "/console/root/login", &[("account", ACCOUNT)]).await.leads_to("/console");
        browser.open(&format!("/console/weak-password?next={query}")).await.leads_to("/console");
        // As a field of each form.
        let page = browser.open("/console/aws/login").await;
        let form = [&form[..], &[("next", elsewhere)]].concat();
        browser.submit(&page, "/console/login/password", &form).await.leads_to("/console");
        let page = browser.open("/console/root/login").await;
        let form = [("account", ACCOUNT), ("next", elsewhere)];
        browser.submit(&page, "/console/root/login", &form).await.leads_to("/console");
    }
    // Through all steps, with a code and a new password.
    let seed = totp::from_base32(&totp::bind(&app, "alice").await);
    let update = [("UserName", "alice"), ("PasswordResetRequired", "true")];
    app.root().ram("UpdateLoginProfile", &update).await.ok();
    app.control.advance(60).await;
    let mut browser = app.browser();
    let page = browser.open("/console/login").await;
    let form = [("cloud", "alibaba"), ("username", "alice"), ("password", PASSWORD), ("next", "//evil.example")];
    let page = browser.submit(&page, "/console/login/password", &form).await;
    let code = totp::code(&seed, totp::step(&app).await);
    let form = [("code", &*code), ("next", "//evil.example")];
    let page = browser.submit(&page, "/console/login/code", &form).await;
    let form = [("new_password", OTHER), ("again", OTHER), ("next", "//evil.example")];
    browser.submit(&page, "/console/login/new-password", &form).await.leads_to("/console");
}

async fn a_forced_reset_that_is_not_allowed_is_told_of_and_changes_nothing(place: &Place) {
    let app = TestApp::start(place).await;
    crate::aws::make_console_user(&app, "bob", PASSWORD).await;
    let root = Aws::root(&app);
    root.iam("UpdateLoginProfile", &[("UserName", "bob"), ("PasswordResetRequired", "true")]).await.ok();
    let mut browser = app.browser();
    let form = [("new_password", OTHER), ("again", OTHER)];
    for _ in 0..2 {
        let page = give_aws_password(&mut browser, "bob", PASSWORD).await;
        page.says(200, "Set a new password");
        let page = browser.submit(&page, "/console/login/new-password", &form).await;
        page.says(403, "You may not change your password").says(403, "An administrator can set one for you.");
        page.says(403, "href=\"/console/aws/login?account=000000000000&#38;username=bob\"");
    }
    give_aws_password(&mut browser, "bob", OTHER).await.says(403, "the password is wrong");
    let (_, all) = app.control.get(&format!("/sessions?account={AWS_ACCOUNT}")).await;
    assert_eq!(all["sessions"], json!([]));
    root.iam("UpdateAccountPasswordPolicy", &[("AllowUsersToChangePassword", "true")]).await.ok();
    let page = give_aws_password(&mut browser, "bob", PASSWORD).await;
    browser.submit(&page, "/console/login/new-password", &form).await.leads_to("/console");
}

/// Whether the page offers the root and lets it in.
async fn root_may(app: &TestApp, headers: &[(&'static str, &str)]) -> bool {
    let mut browser = app.browser();
    browser.headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let start = browser.open("/console/login").await;
    let offered = start.text.contains("/console/root/login");
    let shown = browser.open("/console/root/login").await.status == 200;
    let let_in = browser.submit(&start, "/console/root/login", &[("account", ACCOUNT)]).await.status == 303;
    assert!(offered == shown && shown == let_in, "{offered} {shown} {let_in}");
    let_in
}

async fn the_root_signs_in_where_the_setting_says(place: &Place) {
    let strict = |settings: &mut Settings| {
        settings.auth.unknown_keys = UnknownKeys::Reject;
        settings.auth.signatures = Signatures::Verify;
        settings.auth.policies = Policies::Enforce;
    };
    let open = |settings: &mut Settings| {
        settings.server.listen = "0.0.0.0:4260".parse().unwrap();
        settings.control.token = Some("token".to_owned().into());
    };
    // By the setting and how strict it is, from here, by a foreign name, and over a proxy.
    let cases = [
        (RootSignIn::Loopback, false, false, [true, false, false]),
        (RootSignIn::Loopback, true, false, [true, false, false]),
        (RootSignIn::Loopback, false, true, [false, false, false]),
        (RootSignIn::Always, false, false, [true, false, true]),
        (RootSignIn::Always, true, true, [true, false, true]),
        (RootSignIn::Never, false, false, [false, false, false]),
        (RootSignIn::Never, true, false, [false, false, false]),
    ];
    for (setting, is_strict, is_open, wanted) in cases {
        let change = |settings: &mut Settings| {
            settings.console.root_sign_in = setting;
            if is_strict {
                strict(settings);
            }
            if is_open {
                open(settings);
            }
        };
        let app = TestApp::start_with(place, change).await;
        let from = [&[][..], &[("host", "evil.example")], &[("x-forwarded-for", "203.0.113.9")]];
        for (headers, wanted) in from.into_iter().zip(wanted) {
            assert_eq!(root_may(&app, headers).await, wanted, "{setting:?} {is_strict} {is_open} {headers:?}");
        }
        app.stop().await;
    }
}
