//! Whoever knows a password and guesses the code is locked out as who guesses the password is.

use std::sync::Arc;

use serde_json::json;

use crate::support::{Place, TestApp, concurrently, outcome, totp};

on_both_engines![
    wrong_codes_count_as_wrong_passwords_do,
    signing_in_clears_the_count_and_the_password_alone_does_not,
    wrong_codes_at_once_are_counted_exactly,
    wrong_codes_on_the_page_lock_the_user_out,
    without_a_limit_nobody_is_locked_out,
    a_code_that_was_good_once_is_no_guess,
];

const PASSWORD: &str = "Correct-Horse-1";

/// A server where so many failures lock a user out, and alice's device.
async fn with_device(place: &Place, most: &str) -> (TestApp, Vec<u8>) {
    let app = TestApp::start(place).await;
    app.root().ram("SetPasswordPolicy", &[("MaxLoginAttemps", most)]).await.ok();
    app.console_user("alice", PASSWORD).await;
    let seed = totp::from_base32(&totp::bind(&app, "alice").await);
    // The codes that bound the device are used up.
    app.control.advance(60).await;
    (app, seed)
}

/// The code of now, or one of another hour.
async fn code(app: &TestApp, seed: &[u8], right: bool) -> String {
    totp::code(seed, totp::step(app).await + if right { 0 } else { 120 })
}

async fn with_code(app: &TestApp, code: &str) -> String {
    outcome(&app.sign_in_with(json!({"user": "alice", "password": PASSWORD, "mfa_code": code})).await).to_owned()
}

async fn attempt(app: &TestApp, seed: &[u8], right: bool) -> String {
    with_code(app, &code(app, seed, right).await).await
}

async fn wrong_codes_count_as_wrong_passwords_do(place: &Place) {
    let (app, seed) = with_device(place, "4").await;
    assert_eq!(attempt(&app, &seed, false).await, "mfa-code-incorrect");
    assert_eq!(app.sign_in("alice", "wrong").await, "invalid-credentials");
    assert_eq!(with_code(&app, "").await, "mfa-required", "a field left empty is no guess");
    for no_code in ["12345", "abcdef"] {
        assert_eq!(with_code(&app, no_code).await, "mfa-code-incorrect", "{no_code}");
    }
    // From here on nobody learns whether a code is right, nor whether the password is.
    for right in [true, false] {
        assert_eq!(attempt(&app, &seed, right).await, "locked");
    }
    assert_eq!(app.sign_in("alice", "wrong").await, "locked");
    app.control.advance(3_599).await;
    assert_eq!(attempt(&app, &seed, true).await, "locked");
    app.control.advance(1).await;
    assert_eq!(attempt(&app, &seed, true).await, "signed-in");
    // A new password takes the lock away.
    for _ in 0..4 {
        assert_eq!(attempt(&app, &seed, false).await, "mfa-code-incorrect");
    }
    app.root().ram("UpdateLoginProfile", &[("UserName", "alice"), ("Password", "Correct-Horse-2")]).await.ok();
    assert_eq!(app.sign_in("alice", "Correct-Horse-2").await, "mfa-required");
}

async fn signing_in_clears_the_count_and_the_password_alone_does_not(place: &Place) {
    let (app, seed) = with_device(place, "3").await;
    for _ in 0..3 {
        for _ in 0..2 {
            assert_eq!(attempt(&app, &seed, false).await, "mfa-code-incorrect");
            assert_eq!(app.sign_in("alice", PASSWORD).await, "mfa-required");
        }
        assert_eq!(attempt(&app, &seed, true).await, "signed-in");
        app.control.advance(30).await;
    }
    for _ in 0..3 {
        assert_eq!(attempt(&app, &seed, false).await, "mfa-code-incorrect");
    }
    assert_eq!(app.sign_in("alice", PASSWORD).await, "locked");
}

async fn wrong_codes_at_once_are_counted_exactly(place: &Place) {
    let (app, seed) = with_device(place, "5").await;
    let wrong = code(&app, &seed, false).await;
    let app = Arc::new(app);
    let answers = concurrently(20, |_| {
        let (app, wrong) = (app.clone(), wrong.clone());
        async move { with_code(&app, &wrong).await }
    })
    .await;
    let told = |reason: &str| answers.iter().filter(|answer| *answer == reason).count();
    assert_eq!((told("mfa-code-incorrect"), told("locked")), (5, 15), "{answers:?}");
}

async fn wrong_codes_on_the_page_lock_the_user_out(place: &Place) {
    let (app, seed) = with_device(place, "3").await;
    let mut browser = app.browser();
    let mut page = browser.give_password("alice", PASSWORD).await;
    for _ in 0..3 {
        let wrong = code(&app, &seed, false).await;
        page = browser.submit(&page, "/console/login/code", &[("code", &wrong)]).await;
        page.says(403, "This is not the code");
    }
    let right = code(&app, &seed, true).await;
    browser.submit(&page, "/console/login/code", &[("code", &right)]).await.says(403, "The user is locked");
    app.browser().give_password("alice", PASSWORD).await.says(403, "The user is locked");
    assert!(app.running_sessions().await.is_empty());
}

async fn without_a_limit_nobody_is_locked_out(place: &Place) {
    let (app, seed) = with_device(place, "0").await;
    for _ in 0..40 {
        assert_eq!(attempt(&app, &seed, false).await, "mfa-code-incorrect");
    }
    assert_eq!(attempt(&app, &seed, true).await, "signed-in");
}

async fn a_code_that_was_good_once_is_no_guess(place: &Place) {
    let (app, seed) = with_device(place, "2").await;
    let shown = code(&app, &seed, true).await;
    assert_eq!(with_code(&app, &shown).await, "signed-in");
    for _ in 0..3 {
        assert_eq!(with_code(&app, &shown).await, "mfa-code-incorrect");
    }
    app.control.advance(30).await;
    assert_eq!(attempt(&app, &seed, true).await, "signed-in");
}
