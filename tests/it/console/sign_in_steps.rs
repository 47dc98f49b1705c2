//! What comes after the password and may be left out: the offer to bind a device, a browser that is remembered, the
//! advice about a well-known password.

use serde_json::json;

use crate::support::{ACCOUNT, Browser, Place, Seen, TestApp, totp};

on_both_engines![
    a_device_is_offered_at_each_sign_in_and_may_be_turned_down,
    a_device_that_is_needed_cannot_be_turned_down,
    no_device_is_offered_where_users_may_not_manage_theirs_nor_by_aws,
    a_remembered_browser_is_asked_for_no_code_for_seven_days,
    a_browser_is_remembered_for_one_user_alone,
    whatever_ends_a_ticket_ends_it,
    a_browser_is_remembered_only_where_the_account_says_so,
    a_well_known_password_is_advised_against_and_the_session_left_alone,
    who_may_not_change_the_password_is_told_whom_to_ask,
];

const PASSWORD: &str = "Correct-Horse-1";
const OTHER: &str = "Correct-Horse-2";
const WEAK: &str = "password123";
const DAY: i64 = 86_400;
const OFFER: &str = "/console/login/device/later";

async fn with_alice(place: &Place, password: &str) -> (TestApp, Browser) {
    let app = TestApp::start(place).await;
    app.console_user("alice", password).await;
    app.control.put("/clock", &json!({"now": "2026-11-21T10:00:00Z"})).await;
    let browser = app.browser();
    (app, browser)
}

async fn prefer(app: &TestApp, name: &str, value: &str) {
    app.root().ims("SetSecurityPreference", &[(name, value)]).await.ok();
}

fn seed(page: &Seen) -> Vec<u8> {
    let shown = page.text.split("<code>").nth(1).and_then(|rest| rest.split("</code>").next());
    totp::from_base32(shown.expect("a secret key"))
}

/// Binds the device that a page shows.
async fn bind(app: &TestApp, browser: &mut Browser, page: &Seen) -> Seen {
    let (seed, step) = (seed(page), totp::step(app).await);
    let (first, second) = (totp::code(&seed, step - 1), totp::code(&seed, step));
    browser.submit(page, "/console/login/device", &[("first", &first), ("second", &second)]).await
}

async fn a_device_is_offered_at_each_sign_in_and_may_be_turned_down(place: &Place) {
    let (app, mut browser) = with_alice(place, PASSWORD).await;
    for _ in 0..2 {
        let page = browser.give_password_alone("alice", PASSWORD).await;
        page.says(200, "Bind an MFA device").says(200, "Not now");
        assert!(!browser.cookies.contains_key("sesame_session") || !app.running_sessions().await.is_empty());
        browser.submit(&page, OFFER, &[]).await.leads_to("/console");
        browser.open("/console").await.says(200, "Not shown");
    }
    let page = browser.give_password_alone("alice", PASSWORD).await;
    bind(&app, &mut browser, &page).await.leads_to("/console");
    browser.open("/console").await.says(200, "Shown</span>");
    browser.give_password_alone("alice", PASSWORD).await.says(200, "Code of your MFA device");
    // Without a browser nothing is offered.
    app.console_user("bob", PASSWORD).await;
    assert_eq!(app.sign_in("bob", PASSWORD).await, "signed-in");
}

async fn a_device_that_is_needed_cannot_be_turned_down(place: &Place) {
    let (app, mut browser) = with_alice(place, PASSWORD).await;
    let offer = browser.give_password_alone("alice", PASSWORD).await;
    let update = [("UserName", "alice"), ("MFABindRequired", "true")];
    app.root().ram("UpdateLoginProfile", &update).await.ok();
    let page = browser.submit(&offer, OFFER, &[]).await;
    page.says(200, "To sign in you need a second factor");
    assert!(!page.text.contains(OFFER), "{}", page.text);
    browser.submit(&page, OFFER, &[]).await.says(200, "To sign in you need a second factor");
    assert!(app.running_sessions().await.is_empty());
}

async fn no_device_is_offered_where_users_may_not_manage_theirs_nor_by_aws(place: &Place) {
    let (app, mut browser) = with_alice(place, PASSWORD).await;
    prefer(&app, "AllowUserToManageMFADevices", "false").await;
    browser.give_password_alone("alice", PASSWORD).await.leads_to("/console");
    crate::aws::make_console_user(&app, "bob", PASSWORD).await;
    let page = browser.open("/console/aws/login").await;
    let form = [("account", "000000000000"), ("username", "bob"), ("password", PASSWORD)];
    browser.submit(&page, "/console/login/password", &form).await.leads_to("/console");
}

/// Signs in with a code and has the browser remembered, or not.
async fn with_code(app: &TestApp, browser: &mut Browser, user: &str, seed: &[u8], remember: bool) -> Seen {
    app.control.advance(60).await;
    let page = browser.give_password(user, PASSWORD).await;
    let code = totp::code(seed, totp::step(app).await);
    let mut form = vec![("code", &*code)];
    form.extend(remember.then_some(("remember", "yes")));
    let done = browser.submit(&page, "/console/login/code", &form).await;
    done.leads_to("/console");
    done
}

/// Alice with a device, in an account that remembers browsers; a browser that is remembered.
async fn remembered(place: &Place) -> (TestApp, Browser, Vec<u8>) {
    let (app, mut browser) = with_alice(place, PASSWORD).await;
    prefer(&app, "EnableSaveMFATicket", "true").await;
    let seed = totp::from_base32(&totp::bind(&app, "alice").await);
    with_code(&app, &mut browser, "alice", &seed, true).await;
    (app, browser, seed)
}

fn tickets(browser: &Browser) -> Vec<(&String, &String)> {
    browser.cookies.iter().filter(|(name, _)| name.starts_with("sesame_mfa_")).collect()
}

async fn a_remembered_browser_is_asked_for_no_code_for_seven_days(place: &Place) {
    let (app, mut browser, seed) = remembered(place).await;
    assert_eq!(tickets(&browser).len(), 1);
    app.control.advance(7 * DAY - 120).await;
    browser.give_password_alone("alice", PASSWORD).await.leads_to("/console");
    browser.open("/console").await.says(200, "Not shown");
    // Elsewhere it is, and a wrong password is one here too.
    app.browser().give_password("alice", PASSWORD).await.says(200, "Code of your MFA device");
    browser.give_password("alice", "wrong").await.says(403, "is wrong");
    // Using it does not lengthen it.
    app.control.advance(120).await;
    browser.give_password("alice", PASSWORD).await.says(200, "Code of your MFA device");
    let done = with_code(&app, &mut browser, "alice", &seed, true).await;
    let cookie = done.headers.get_all("set-cookie").iter().find_map(|value| {
        let value = value.to_str().unwrap();
        value.starts_with("sesame_mfa_").then_some(value)
    });
    let tail = "; Path=/console; HttpOnly; SameSite=Lax; Max-Age=2592000";
    assert!(cookie.is_some_and(|cookie| cookie.ends_with(tail)), "{cookie:?}");
    browser.give_password("alice", PASSWORD).await.leads_to("/console");
}

async fn a_browser_is_remembered_for_one_user_alone(place: &Place) {
    let (app, mut browser, _) = remembered(place).await;
    app.console_user("bob", PASSWORD).await;
    let bobs = totp::from_base32(&totp::bind(&app, "bob").await);
    browser.give_password("bob", PASSWORD).await.says(200, "Code of your MFA device");
    // Whoever carries alice's under another name has no use of it either.
    let mut thief = app.browser();
    for (_, secret) in tickets(&browser) {
        thief.cookies.insert("sesame_mfa_bobsname".to_owned(), secret.clone());
    }
    thief.give_password("bob", PASSWORD).await.says(200, "Code of your MFA device");
    // One browser may be remembered for both.
    with_code(&app, &mut browser, "bob", &bobs, true).await;
    assert_eq!(tickets(&browser).len(), 2);
    for user in ["alice", "bob"] {
        browser.give_password(user, PASSWORD).await.leads_to("/console");
    }
}

async fn whatever_ends_a_ticket_ends_it(place: &Place) {
    let (app, mut browser, mut seed) = remembered(place).await;
    let root = app.root();
    let rebind = async || totp::from_base32(&totp::bind(&app, "alice").await);
    for how in ["setting", "unbound", "bound anew", "reset", "another password"] {
        browser.give_password("alice", PASSWORD).await.leads_to("/console");
        match how {
            "setting" => {
                prefer(&app, "EnableSaveMFATicket", "false").await;
                browser.give_password("alice", PASSWORD).await.says(200, "Code of your MFA device");
                prefer(&app, "EnableSaveMFATicket", "true").await;
            }
            "unbound" => {
                root.ims("DisableVirtualMFA", &[("UserPrincipalName", &upn())]).await.ok();
                seed = rebind().await;
            }
            "bound anew" => {
                let unbound = root.ram("UnbindMFADevice", &[("UserName", "alice")]).await.ok();
                let serial = unbound["MFADevice"]["SerialNumber"].as_str().unwrap().to_owned();
                app.control.advance(60).await;
                let step = totp::step(&app).await;
                let (first, second) = (totp::code(&seed, step), totp::code(&seed, step + 1));
                let bind = [
                    ("UserName", "alice"),
                    ("SerialNumber", &*serial),
                    ("AuthenticationCode1", &*first),
                    ("AuthenticationCode2", &*second),
                ];
                root.ram("BindMFADevice", &bind).await.ok();
            }
            _ => {
                let reset = |password| [("UserName", "alice"), ("Password", password)];
                if how == "another password" {
                    root.ram("UpdateLoginProfile", &reset(OTHER)).await.ok();
                }
                root.ram("UpdateLoginProfile", &reset(PASSWORD)).await.ok();
            }
        }
        browser.give_password("alice", PASSWORD).await.says(200, "Code of your MFA device");
        with_code(&app, &mut browser, "alice", &seed, true).await;
    }
}

fn upn() -> String {
    format!("alice@{ACCOUNT}.onaliyun.com")
}

async fn a_browser_is_remembered_only_where_the_account_says_so(place: &Place) {
    let (app, mut browser) = with_alice(place, PASSWORD).await;
    let seed = totp::from_base32(&totp::bind(&app, "alice").await);
    let page = browser.give_password("alice", PASSWORD).await;
    assert!(!page.text.contains("name=\"remember\""), "{}", page.text);
    with_code(&app, &mut browser, "alice", &seed, true).await;
    assert!(tickets(&browser).is_empty());
    prefer(&app, "EnableSaveMFATicket", "true").await;
    let page = browser.give_password("alice", PASSWORD).await;
    page.says(200, "name=\"remember\"");
    browser.submit(&page, "/console/login/code", &[("code", "000000")]).await.says(403, "name=\"remember\"");
    with_code(&app, &mut browser, "alice", &seed, false).await;
    assert!(tickets(&browser).is_empty());
    // The choice is kept over a forced reset that follows.
    app.root().ram("UpdateLoginProfile", &[("UserName", "alice"), ("PasswordResetRequired", "true")]).await.ok();
    app.control.advance(60).await;
    let page = browser.give_password("alice", PASSWORD).await;
    let code = totp::code(&seed, totp::step(&app).await);
    let page = browser.submit(&page, "/console/login/code", &[("code", &code), ("remember", "yes")]).await;
    let form = [("new_password", OTHER), ("again", OTHER)];
    browser.submit(&page, "/console/login/new-password", &form).await.leads_to("/console");
    assert_eq!(tickets(&browser).len(), 1);
    browser.give_password("alice", OTHER).await.leads_to("/console");
}

async fn a_well_known_password_is_advised_against_and_the_session_left_alone(place: &Place) {
    let (app, mut browser) = with_alice(place, WEAK).await;
    let signed_in = browser.give_password("alice", WEAK).await;
    let advice = signed_in.location().to_owned();
    assert!(signed_in.status == 303 && advice.starts_with("/console/weak-password?mark="), "{advice}");
    // The session is there, whatever becomes of the advice.
    browser.open("/console").await.says(200, "user/alice");
    let page = browser.open(&advice).await;
    page.says(200, "Your password is well known").says(200, "href=\"/console\"");
    // Without the mark nobody is told anything, and it leads nowhere else.
    browser.open("/console/weak-password").await.leads_to("/console");
    browser.open("/console/weak-password?mark=x&next=https://evil.example").await.leads_to("/console");
    let path = "/console/weak-password";
    let form = |old, new| [("old_password", old), ("new_password", new), ("again", new)];
    browser.submit(&page, path, &form("wrong", OTHER)).await.says(422, "This is not your password.");
    browser.submit(&page, path, &form(WEAK, "letmein123")).await.says(422, "lists of well-known passwords");
    let unlike = [("old_password", WEAK), ("new_password", OTHER), ("again", PASSWORD)];
    browser.submit(&page, path, &unlike).await.says(422, "The two are not the same.");
    assert_eq!(app.running_sessions().await.len(), 1);
    let done = browser.submit(&page, path, &form(WEAK, OTHER)).await;
    assert!(done.location().ends_with("&changed=1"), "{}", done.location());
    assert!(app.running_sessions().await.is_empty());
    let sign_in = done.location().to_owned();
    browser.open(&sign_in).await.says(200, "Your password is changed");
    browser.give_password("alice", OTHER).await.leads_to("/console");

    let body = json!({"user": "alice", "password": OTHER});
    assert_eq!(app.sign_in_with(body).await.get("weak_password"), None);
    app.root().ram("UpdateLoginProfile", &[("UserName", "alice"), ("Password", WEAK)]).await.ok();
    let answer = app.sign_in_with(json!({"user": "alice", "password": WEAK})).await;
    assert_eq!((&answer["outcome"], &answer["weak_password"]), (&json!("signed-in"), &json!(true)));
}

async fn who_may_not_change_the_password_is_told_whom_to_ask(place: &Place) {
    let (app, mut browser) = with_alice(place, WEAK).await;
    prefer(&app, "AllowUserToChangePassword", "false").await;
    let advice = browser.give_password("alice", WEAK).await.location().to_owned();
    let page = browser.open(&advice).await;
    page.says(200, "An administrator can set another one");
    assert!(!page.text.contains("new_password"), "{}", page.text);
    let token = browser.open("/console").await.hidden("form_token").unwrap();
    let form = [
        ("form_token", &*token),
        ("mark", ""),
        ("next", "/console"),
        ("old_password", WEAK),
        ("new_password", OTHER),
        ("again", OTHER),
    ];
    let page = browser.post("/console/weak-password", &form).await;
    page.says(403, "An administrator can set another one");
    browser.open("/console").await.says(200, "user/alice");
    assert_ne!(app.sign_in("alice", OTHER).await, "signed-in");
}
