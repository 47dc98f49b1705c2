//! What keeps others out of the console: tokens of forms, origins, cookies, headers, escaping, where a sign-in leads.

use crate::support::{ACCOUNT, Place, TestApp};

on_both_engines![
    a_form_without_its_token_or_from_elsewhere_is_refused,
    a_session_cannot_be_fixed,
    cookies_are_out_of_reach_and_secure_over_tls,
    every_answer_has_the_headers,
    a_sign_in_leads_nowhere_else,
    what_others_typed_is_shown_and_not_run,
    odd_requests_are_answered,
];

const PASSWORD: &str = "Correct-Horse-1";

async fn with_alice(place: &Place) -> TestApp {
    let app = TestApp::start(place).await;
    app.console_user("alice", PASSWORD).await;
    app
}

async fn a_form_without_its_token_or_from_elsewhere_is_refused(place: &Place) {
    let app = with_alice(place).await;
    let form = [("cloud", "alibaba"), ("username", "alice"), ("password", PASSWORD)];
    let refused = "The form is out of date";
    // No cookie, no token, another browser's token.
    let mut browser = app.browser();
    browser.post("/console/login/password", &form).await.says(403, refused);
    let page = browser.open("/console/login").await;
    browser.post("/console/login/password", &form).await.says(403, refused);
    let foreign = app.browser().open("/console/login").await.hidden("form_token").unwrap();
    let stolen = [&form[..], &[("form_token", &foreign)]].concat();
    browser.post("/console/login/password", &stolen).await.says(403, refused);
    // The right token, from a page of another site.
    browser.headers = vec![("origin", "http://evil.example".to_owned())];
    browser.submit(&page, "/console/login/password", &form).await.says(403, refused);
    browser.headers = vec![("origin", format!("http://{}", app.address))];
    let offer = browser.submit(&page, "/console/login/password", &form).await;
    browser.past_offer(offer).await.leads_to("/console");

    browser.headers.clear();
    browser.post("/console/sign-out", &[]).await.says(403, refused);
    browser.submit(&page, "/console/sign-out", &[]).await.says(403, refused);
    assert_eq!(browser.open("/console").await.status, 200);
}

async fn a_session_cannot_be_fixed(place: &Place) {
    let app = with_alice(place).await;
    let mut browser = app.browser();
    let planted = "A".repeat(43);
    browser.cookies.insert("sesame_session".to_owned(), planted.clone());
    let before = browser.open("/console/login").await;
    let planted_browser = browser.cookies["sesame_browser"].clone();
    browser.sign_in("alice", PASSWORD).await;
    let first = browser.cookies["sesame_session"].clone();
    assert_ne!(first, planted);
    assert!(!browser.cookies.contains_key("sesame_browser"));
    drop(before);
    // Signing in again gives another session, and neither the planted secret nor the session's id is one.
    browser.sign_in("alice", PASSWORD).await;
    assert_ne!(browser.cookies["sesame_session"], first);
    for secret in [planted, planted_browser, app.running_sessions().await.remove(0)] {
        let mut other = app.browser();
        other.cookies.insert("sesame_session".to_owned(), secret);
        other.open("/console").await.leads_to("/console/login");
    }
}

async fn cookies_are_out_of_reach_and_secure_over_tls(place: &Place) {
    let app = with_alice(place).await;
    let mut browser = app.browser();
    let page = browser.open("/console/login").await;
    let tail = "; Path=/console; HttpOnly; SameSite=Lax";
    assert!(page.set_cookie("sesame_browser").unwrap().ends_with(tail));
    let signed_in = browser.give_password("alice", PASSWORD).await;
    let cookie = signed_in.set_cookie("sesame_session").unwrap();
    assert!(cookie.ends_with(tail), "{cookie}");
    let mut secure = app.browser();
    secure.headers.push(("x-forwarded-proto", "https".to_owned()));
    let page = secure.open("/console/login").await;
    assert!(page.set_cookie("sesame_browser").unwrap().ends_with("; Secure"));
    let signed_in = secure.give_password("alice", PASSWORD).await;
    assert!(signed_in.set_cookie("sesame_session").unwrap().ends_with("; Secure"));
}

async fn every_answer_has_the_headers(place: &Place) {
    let app = with_alice(place).await;
    let mut browser = app.browser();
    let sign_in = browser.open("/console/login").await;
    browser.sign_in("alice", PASSWORD).await;
    for path in ["/console", "/console/nothing", "/console/login", "/console/assets/nothing", "/console/login/code"] {
        let page = browser.open(path).await;
        let header = |name: &str| page.headers.get(name).map_or("", |value| value.to_str().unwrap());
        let policy = header("content-security-policy");
        for part in ["default-src 'none'", "script-src 'self';", "frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        let others = [header("x-content-type-options"), header("referrer-policy"), header("cache-control")];
        assert_eq!(others, ["nosniff", "same-origin", "no-store"], "{path}");
    }
    // Styles and scripts stand in files of their own, which may be kept.
    for (start, end) in [("/console/assets/style-", ".css"), ("/console/assets/script-", ".js")] {
        let at = sign_in.text.find(start).unwrap();
        let path = sign_in.text[at..].split('"').next().unwrap();
        assert!(path.ends_with(end), "{path}");
        let asset = browser.open(path).await;
        assert_eq!(asset.status, 200);
        assert_eq!(asset.headers["cache-control"], "public, max-age=31536000, immutable");
    }
    assert!(!sign_in.text.contains("style=") && !sign_in.text.contains("<style"), "{}", sign_in.text);
}

async fn a_sign_in_leads_nowhere_else(place: &Place) {
    let app = with_alice(place).await;
    for elsewhere in ["https://evil.example", "//evil.example", "/console/..//evil.example", "/_sesame/reset"] {
        let mut browser = app.browser();
        let page = browser.open("/console/login").await;
        let form = [("cloud", "alibaba"), ("username", "alice"), ("password", PASSWORD), ("next", elsewhere)];
        let offer = browser.submit(&page, "/console/login/password", &form).await;
        browser.past_offer(offer).await.leads_to("/console");
        let root = app.browser().open("/console/root/login").await;
        drop(root);
        let mut root = app.browser();
        let page = root.open("/console/root/login").await;
        let form = [("account", ACCOUNT), ("next", elsewhere)];
        root.submit(&page, "/console/root/login", &form).await.leads_to("/console");
    }
}

async fn what_others_typed_is_shown_and_not_run(place: &Place) {
    let app = with_alice(place).await;
    let script = "<script>alert(1)</script>\"'";
    let mut browser = app.browser();
    let page = browser.give_password(script, "wrong").await;
    page.says(403, "&#60;script&#62;alert(1)");
    assert!(!page.text.contains("<script>alert"), "{}", page.text);
    let query = "/console/login?username=%3Cscript%3Ealert(1)%3C/script%3E%22%27";
    let page = browser.open(query).await;
    assert!(!page.text.contains("<script>alert") && page.text.contains("&#34;&#39;"), "{}", page.text);
    let page = browser.open("/console/%3Cscript%3Ealert(1)%3C%2Fscript%3E/login.htm").await;
    assert!(!page.text.contains("<script>alert"), "{}", page.text);
    let page = browser.open("/console/aws/login?account=%22%3E%3Cscript%3Ealert(1)").await;
    assert!(!page.text.contains("<script>alert"), "{}", page.text);
}

async fn odd_requests_are_answered(place: &Place) {
    let app = with_alice(place).await;
    let mut browser = app.browser();
    assert_eq!(browser.open("/console/").await.location(), "/console");
    browser.open("/console/nothing/here").await.says(404, "Nothing here");
    browser.open("/console/login/password").await.leads_to("/console");
    assert_eq!(browser.open("/console/login?next=%FF&username=%00").await.status, 200);
    let page = browser.open("/console/login").await;
    let form = [("cloud", "alibaba"), ("username", "a\0b"), ("password", PASSWORD)];
    browser.submit(&page, "/console/login/password", &form).await.says(400, "The form is not complete");
    browser.submit(&page, "/console/login/password", &[]).await.says(400, "The form is not complete");
    let form = [("state", "nonsense"), ("code", "123456")];
    browser.submit(&page, "/console/login/code", &form).await.says(403, "This took too long");
    // Last, as the server closes the connection over it.
    let long = "a".repeat(3_000_000);
    let form = [("cloud", "alibaba"), ("username", "alice"), ("password", &*long)];
    assert_eq!(browser.submit(&page, "/console/login/password", &form).await.status, 413);
    let mut odd = app.browser();
    odd.cookies.insert("sesame_session".to_owned(), "nonsense".to_owned());
    odd.open("/console").await.leads_to("/console/login");
}
