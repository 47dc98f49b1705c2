//! The clock for testers, who may open it, and what is about to lapse.

use secrecy::SecretString;

use crate::support::{ACCOUNT, Place, TestApp};

on_both_engines![
    the_clocks_move_stand_still_and_go_back,
    what_is_about_to_lapse_is_told,
    pages_of_other_sites_and_names_are_refused,
    the_token_is_asked_for_once,
];

const PAGE: &str = "/console/testers/clock";
const PASSWORD: &str = "Correct-Horse-1";

async fn the_clocks_move_stand_still_and_go_back(place: &Place) {
    let app = TestApp::start(place).await;
    let mut browser = app.browser();
    browser.open("/console/testers").await.leads_to(PAGE);
    let page = browser.open(PAGE).await;
    page.says(200, "system time");

    let frozen = [("account", ""), ("how", "freeze"), ("at", "2030-01-02 03:04:05")];
    browser.submit(&page, PAGE, &frozen).await.leads_to(PAGE);
    browser.open(PAGE).await.says(200, "2030-01-02 03:04:05 UTC").says(200, "stands still");
    let step = [("account", ""), ("how", "advance"), ("days", "1"), ("hours", "2")];
    browser.submit(&page, PAGE, &step).await.leads_to(PAGE);
    browser.open(PAGE).await.says(200, "2030-01-03 05:04:05 UTC");

    let own = [("account", ACCOUNT), ("how", "advance"), ("days", "10"), ("hours", "0")];
    let of_account = format!("{PAGE}?account={ACCOUNT}");
    browser.open(&of_account).await.says(200, "Follows the world");
    browser.submit(&page, PAGE, &own).await.leads_to(&of_account);
    browser.open(&of_account).await.says(200, "2030-01-13 05:04:05 UTC");
    browser.open(PAGE).await.says(200, "2030-01-03 05:04:05 UTC");
    browser.submit(&page, PAGE, &[("account", ACCOUNT), ("how", "system")]).await.leads_to(&of_account);
    browser.open(&of_account).await.says(200, "Follows the world");
    browser.submit(&page, PAGE, &[("account", ""), ("how", "system")]).await.leads_to(PAGE);
    assert_eq!(app.control.get("/clock").await.1["mode"], "system");

    // What is no step and no time changes nothing.
    for (days, hours) in [("-1", "0"), ("0", "0"), ("9223372036854775807", "9"), ("x", "1")] {
        let step = [("account", ""), ("how", "advance"), ("days", days), ("hours", hours)];
        browser.submit(&page, PAGE, &step).await.says(422, "Give whole days and hours");
    }
    let never = [("account", ""), ("how", "freeze"), ("at", "tomorrow")];
    browser.submit(&page, PAGE, &never).await.says(422, "This is not a time");
    assert_eq!(app.control.get("/clock").await.1["mode"], "system");
    browser.open(&format!("{PAGE}?account=1")).await.says(404, "Not found");
}

async fn what_is_about_to_lapse_is_told(place: &Place) {
    let app = TestApp::start(place).await;
    app.console_user("alice", PASSWORD).await;
    app.console_user("bob", PASSWORD).await;
    assert_eq!(app.sign_in("alice", PASSWORD).await, "signed-in");
    let path = format!("{PAGE}?account={ACCOUNT}");
    let mut browser = app.browser();
    let page = browser.open(&path).await;
    page.says(200, "Initial password lapses").says(200, "Console session runs out").says(200, "bob");
    // An initial password that was signed in with is one no longer.
    assert_eq!(page.text.matches("Initial password lapses").count(), 1, "{}", page.text);
    app.control.advance(15 * 86_400).await;
    browser.open(&path).await.says(200, "Nothing lapses soon");
}

async fn pages_of_other_sites_and_names_are_refused(place: &Place) {
    let app = TestApp::start(place).await;
    let mut browser = app.browser();
    let page = browser.open(PAGE).await;
    let step = [("account", ""), ("how", "advance"), ("days", "1"), ("hours", "0")];
    browser.post(PAGE, &step).await.says(403, "The form is out of date");
    for header in [("origin", "http://evil.example"), ("host", "evil.example")] {
        browser.headers = vec![(header.0, header.1.to_owned())];
        for path in [PAGE, "/console/testers/journal", "/console/testers/accounts", "/console/testers/explorer"] {
            browser.open(path).await.says(403, "Not from here");
        }
        browser.submit(&page, PAGE, &step).await.says(403, "Not from here");
    }
    assert_eq!(app.control.get("/clock").await.1["mode"], "system");
}

async fn the_token_is_asked_for_once(place: &Place) {
    let token = "a-control-token";
    let app = TestApp::start_with(place, |settings| settings.control.token = Some(SecretString::from(token))).await;
    let mut browser = app.browser();
    let asked = browser.open("/console/testers/journal?action=x").await;
    assert_eq!(asked.status, 303);
    let at = asked.location().to_owned();
    assert_eq!(at, "/console/testers/token?next=%2Fconsole%2Ftesters%2Fjournal%3Faction%3Dx");
    let page = browser.open(&at).await;
    page.says(200, "control token");
    let to = "/console/testers/token";
    browser.submit(&page, to, &[("token", "another")]).await.says(403, "not the control token");
    assert_eq!(browser.open(PAGE).await.status, 303);
    let step = [("account", ""), ("how", "advance"), ("days", "1"), ("hours", "0")];
    assert_eq!(browser.submit(&page, PAGE, &step).await.status, 303);
    assert_eq!(app.control.get("/clock").await.1["mode"], "system");

    let given = browser.submit(&page, to, &[("token", token)]).await;
    given.leads_to("/console/testers/journal?action=x");
    let cookie = given.set_cookie("sesame_control").unwrap();
    assert!(cookie.contains("HttpOnly") && !cookie.contains(token), "{cookie}");
    assert_eq!(browser.open(PAGE).await.status, 200);
    browser.cookies.insert("sesame_control".to_owned(), "A".repeat(43));
    assert_eq!(browser.open(PAGE).await.status, 303);
}
