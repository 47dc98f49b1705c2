//! Accounts for testers: made, reset, dropped, and signing in as their users.

use sesame::config::RootSignIn;

use crate::support::{ACCOUNT, Place, TestApp};

on_both_engines![
    an_account_is_made_reset_and_dropped,
    one_click_signs_in_as_a_user_and_says_so,
    one_click_is_refused_where_it_is_not_allowed,
];

const PAGE: &str = "/console/testers/accounts";

async fn an_account_is_made_reset_and_dropped(place: &Place) {
    let app = TestApp::start(place).await;
    let mut browser = app.browser();
    let page = browser.open(PAGE).await;
    page.says(200, ACCOUNT).says(200, "000000000000");
    let id = "1234567890123456";
    let made = browser.submit(&page, PAGE, &[("cloud", "alibaba"), ("id", id)]).await;
    made.says(200, "is there").says(200, "shown this once");
    let codes: Vec<&str> =
        made.text.split("<code>").skip(1).map(|rest| rest.split("</code>").next().unwrap()).collect();
    app.rpc(codes[0], codes[1]).ram("CreateUser", &[("UserName", "zoe")]).await.ok();
    // The secret is nowhere afterwards.
    for path in [PAGE.to_owned(), format!("{PAGE}/{id}")] {
        let page = browser.open(&path).await;
        page.says(200, codes[0]);
        assert!(!page.text.contains(codes[1]), "{path}");
    }
    browser.submit(&page, PAGE, &[("cloud", "alibaba"), ("id", id)]).await.says(422, "already");
    browser.submit(&page, PAGE, &[("cloud", "aws"), ("id", id)]).await.says(422, "has 12 digits");
    browser.submit(&page, PAGE, &[("cloud", "moon"), ("id", "")]).await.says(422, "Choose a cloud");
    browser.submit(&page, PAGE, &[("cloud", "aws"), ("id", "")]).await.says(200, "is there");

    let account = format!("{PAGE}/{id}");
    browser.open(&account).await.says(200, "zoe").says(200, "Drop the account");
    browser.post(&format!("{account}/reset"), &[]).await.says(403, "out of date");
    browser.submit(&page, &format!("{account}/reset"), &[]).await.leads_to(&account);
    browser.open(&account).await.says(200, "No users");
    browser.submit(&page, &format!("{account}/drop"), &[]).await.leads_to(PAGE);
    browser.open(PAGE).await.says(200, "is gone");
    browser.open(&account).await.says(404, "Not found");
    browser.submit(&page, &format!("{account}/drop"), &[]).await.says(404, "Not found");
}

async fn one_click_signs_in_as_a_user_and_says_so(place: &Place) {
    let app = TestApp::start(place).await;
    app.user("alice").await;
    app.console_user("bob", "Correct-Horse-1").await;
    let mut browser = app.browser();
    let page = browser.open(&format!("{PAGE}/{ACCOUNT}")).await;
    page.says(200, "alice");
    let to = format!("{PAGE}/{ACCOUNT}/sign-in");
    browser.submit(&page, &to, &[("user", "alice")]).await.leads_to("/console");
    browser.open("/console").await.says(200, "user/alice").says(200, "A tester began this session");
    assert_eq!(app.running_sessions().await.len(), 1);
    // A real sign-in is not marked.
    browser.sign_in("bob", "Correct-Horse-1").await;
    let page = browser.open("/console").await;
    assert!(!page.text.contains("A tester began this session"));
    let page = browser.open(&format!("{PAGE}/{ACCOUNT}")).await;
    browser.submit(&page, &to, &[("user", "nobody")]).await.says(404, "Not found");
    browser.post(&to, &[("user", "alice")]).await.says(403, "out of date");
}

async fn one_click_is_refused_where_it_is_not_allowed(place: &Place) {
    let app = TestApp::start_with(place, |settings| settings.console.sign_in_as_any_user = RootSignIn::Never).await;
    app.user("alice").await;
    let mut browser = app.browser();
    let page = browser.open(&format!("{PAGE}/{ACCOUNT}")).await;
    page.says(200, "is not allowed here");
    let form = browser.open("/console/testers/clock").await;
    browser.submit(&form, &format!("{PAGE}/{ACCOUNT}/sign-in"), &[("user", "alice")]).await.says(403, "Not from here");
    assert!(app.running_sessions().await.is_empty());
}
