//! The pages that command lines send people to: how they look, and the root by one click where that is allowed.

use serde_json::json;
use sesame::config::{RootSignIn, Settings};

use super::aws_login::{CALLBACK, CROSS, SAME, STATE, VERIFIER, asking, for_code, given, signer};
use super::browser::{Browser, Page, challenge, form, pairs};
use super::proof::Key;
use crate::aws::signed_client::ACCOUNT;
use crate::support::{Place, TestApp};

on_both_engines![
    every_page_looks_as_the_console_does,
    the_root_signs_in_by_one_click,
    the_root_does_not_where_it_may_not,
    a_page_of_another_site_signs_nobody_in,
];

async fn page(browser: &Browser, headers: &[(&str, &str)]) -> Page {
    let query = form(&asking(SAME, CALLBACK, &challenge(VERIFIER)));
    browser.get_with(&format!("/v1/authorize?{query}"), headers).await
}

async fn post(browser: &Browser, more: &[(&str, &str)], headers: &[(&str, &str)]) -> Page {
    let challenge = challenge(VERIFIER);
    let all = [&asking(SAME, CALLBACK, &challenge), more].concat();
    browser.post("/v1/authorize", &all, headers).await
}

async fn every_page_looks_as_the_console_does(place: &Place) {
    let app = TestApp::start(place).await;
    let browser = Browser::new(&app);
    let query = form(&asking(CROSS, "http://evil.example/v1/sessions/confirmation", &challenge(VERIFIER)));
    let pages = [
        page(&browser, &[]).await,
        browser.get(&format!("/v1/authorize?{query}")).await,
        browser.get("/oauth2/v1/auth").await,
        browser.get("/v1/sessions/confirmation?code=x&state=y").await,
        browser.get("/v1/sessions/confirmation?error_description=%3Cscript%3E").await,
        browser.get("/federation").await,
        browser.post("/federation", &[("a", "\0")], &[]).await,
    ];
    for page in pages {
        assert!(page.text.contains("<body class=\"door\">"), "{}", page.text);
        assert!(!page.text.contains("<script>") && !page.text.contains("style="), "{}", page.text);
        let style = page.text.split("<link rel=\"stylesheet\" href=\"").nth(1).and_then(|rest| rest.split('"').next());
        assert_eq!(browser.get(style.expect("a style")).await.status, 200);
        let policy = page.header("content-security-policy");
        for part in ["default-src 'none'", "style-src 'self'", "frame-ancestors 'none'", "form-action 'self'"] {
            assert!(policy.contains(part), "{policy}");
        }
    }
}

async fn the_root_signs_in_by_one_click(place: &Place) {
    let app = TestApp::start(place).await;
    let browser = Browser::new(&app);
    let shown = page(&browser, &[]).await;
    assert!(shown.text.contains(&format!("name=\"root\" value=\"{ACCOUNT}\"")), "{}", shown.text);
    let told = pairs(post(&browser, &[("root", ACCOUNT)], &[]).await.location());
    assert_eq!(told["state"], STATE);
    let key = Key::new();
    let tokens = given(&app, &browser, &key, &for_code(&told["code"])).await;
    let arn = format!("arn:aws:iam::{ACCOUNT}:root");
    let root = signer(&app, &tokens);
    assert_eq!(root.sts("GetCallerIdentity", &[]).await.ok().value("Arn"), arn);
    root.iam("CreateUser", &[("UserName", "bob")]).await.ok();
    let refresh = super::aws_login::for_refresh(tokens["refreshToken"].as_str().unwrap());
    given(&app, &browser, &key, &refresh).await;
    for account in ["999999999999", "1000000000000001", "nobody"] {
        let refused = post(&browser, &[("root", account)], &[]).await;
        assert!(refused.status == 403 && refused.text.contains("no account with this id"), "{}", refused.text);
    }
    let (_, all) = app.control.get(&format!("/sessions?account={ACCOUNT}")).await;
    let kinds: Vec<&serde_json::Value> =
        all["sessions"].as_array().unwrap().iter().map(|session| &session["kind"]).collect();
    assert_eq!(kinds, [&json!("console"), &json!("sign-in"), &json!("sign-in")]);
}

async fn the_root_does_not_where_it_may_not(place: &Place) {
    type Case = (fn(&mut Settings), &'static [(&'static str, &'static str)]);
    let here: &[(&str, &str)] = &[];
    let none = |_: &mut Settings| {};
    let never = |settings: &mut Settings| settings.console.root_sign_in = RootSignIn::Never;
    let elsewhere = |settings: &mut Settings| {
        settings.server.listen = "0.0.0.0:4260".parse().unwrap();
        settings.control.token = Some("token".to_owned().into());
    };
    let always = |settings: &mut Settings| settings.console.root_sign_in = RootSignIn::Always;
    let cases: [Case; 5] = [
        (never, here),
        (elsewhere, here),
        (none, &[("host", "evil.example")]),
        (none, &[("forwarded", "for=x")]),
        // opened to everyone it is not opened to the pages that anyone visits
        (always, &[("host", "evil.example"), ("origin", "http://evil.example")]),
    ];
    for (change, headers) in cases {
        let app = TestApp::start_with(place, change).await;
        let browser = Browser::new(&app);
        let shown = page(&browser, headers).await;
        assert!(shown.status == 200 && !shown.text.contains("name=\"root\""), "{}", shown.text);
        let refused = post(&browser, &[("root", ACCOUNT)], headers).await;
        assert!(refused.status == 403 && refused.text.contains("may not sign in by one click"), "{}", refused.text);
        app.stop().await;
    }
}

async fn a_page_of_another_site_signs_nobody_in(place: &Place) {
    let app = TestApp::start(place).await;
    app.console_user("alice", "Correct-Horse-1").await;
    let browser = Browser::new(&app);
    let foreign = [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ];
    for header in foreign {
        assert_eq!(post(&browser, &[("root", ACCOUNT)], &[header]).await.status, 403, "{header:?}");
        let challenge = challenge(VERIFIER);
        let all = [
            ("response_type", "code"),
            ("client_id", "4103531455503354461"),
            ("redirect_uri", "http://127.0.0.1:12345/cli/callback"),
            ("state", "state"),
            ("code_challenge", &*challenge),
            ("code_challenge_method", "S256"),
            ("user", "alice"),
            ("password", "Correct-Horse-1"),
        ];
        assert_eq!(browser.post("/oauth2/v1/auth", &all, &[header]).await.status, 403, "{header:?}");
        let (_, all) = app.control.get("/sessions").await;
        assert_eq!(all["sessions"], json!([]), "{header:?}");
    }
    let own = [("origin", browser.base()), ("sec-fetch-site", "same-origin")];
    assert_eq!(post(&browser, &[("root", ACCOUNT)], &own).await.status, 303);
}
