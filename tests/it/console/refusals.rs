//! What a person is told at the sign-in in each state of a user, by whether the password is right: states are told apart
//! where the cloud tells them apart, and cannot be where telling would say whether a user exists.

use serde_json::json;

use crate::aws::signed_client::Aws;
use crate::support::{Browser, Place, Seen, TestApp};

on_both_engines![each_state_is_told_or_not_as_the_cloud_does, a_user_who_is_not_there_is_like_one_who_is];

const PASSWORD: &str = "Correct-Horse-1";
const DAY: i64 = 86_400;
const RAM_WRONG: &str = "The logon name or the password is wrong.";
const IAM_WRONG: &str = "The account, the user name or the password is wrong.";
const NOT_HERE: &str = "Not from this address";
/// Nobody has it.
const NOBODY: &str = "mallory";

async fn give(browser: &mut Browser, cloud: &str, user: &str, password: &str) -> Seen {
    if cloud == "alibaba" {
        return browser.give_password(user, password).await;
    }
    let page = browser.open("/console/aws/login").await;
    let form = [("account", "000000000000"), ("username", user), ("password", password)];
    browser.submit(&page, "/console/login/password", &form).await
}

/// A page without what differs from one to the next of the same kind.
fn bare(page: &Seen, name: &str) -> String {
    let token = page.hidden("form_token").unwrap_or_default();
    page.text.replace(&token, "").replace(name, "")
}

/// Makes alice, and brings her into a state.
async fn bring_into(app: &TestApp, cloud: &str, state: &str) {
    let (root, aws) = (app.root(), Aws::root(app));
    let alice = ("UserName", "alice");
    if cloud == "alibaba" {
        match state {
            "expired" => {
                let policy = [("MaxPasswordAge", "30"), ("HardExpiry", "true")];
                root.ram("SetPasswordPolicy", &policy).await.ok();
                app.console_user("alice", PASSWORD).await;
                app.browser().sign_in("alice", PASSWORD).await;
            }
            "no profile" => app.user("alice").await,
            _ => app.console_user("alice", PASSWORD).await,
        }
        match state {
            "disabled" => {
                let upn = format!("alice@{}.onaliyun.com", crate::support::ACCOUNT);
                let update = [("UserPrincipalName", &*upn), ("Status", "Inactive")];
                root.ims("UpdateLoginProfile", &update).await.ok();
            }
            "locked" => {
                root.ram("SetPasswordPolicy", &[("MaxLoginAttemps", "1")]).await.ok();
                app.browser().give_password("alice", "wrong").await.says(403, "is wrong");
            }
            "lapsed" => app.control.advance(14 * DAY).await,
            "expired" => app.control.advance(31 * DAY).await,
            "elsewhere" => {
                root.ram("SetSecurityPreference", &[("LoginNetworkMasks", "10.0.0.0/8")]).await.ok();
            }
            _ => {}
        }
        return;
    }
    aws.iam("CreateUser", &[alice]).await.ok();
    if state != "no profile" {
        aws.iam("CreateLoginProfile", &[alice, ("Password", PASSWORD)]).await.ok();
    }
    if state == "expired" {
        let policy = [("MaxPasswordAge", "30"), ("HardExpiry", "true")];
        aws.iam("UpdateAccountPasswordPolicy", &policy).await.ok();
        app.control.advance(31 * DAY).await;
    }
}

async fn each_state_is_told_or_not_as_the_cloud_does(place: &Place) {
    // Cloud, state, what is said to the right password, and to a wrong one; to nobody it is `nobody`.
    let cases = [
        ("alibaba", "good", "", RAM_WRONG, RAM_WRONG),
        ("alibaba", "no profile", "Console logon is not enabled", "Console logon is not enabled", RAM_WRONG),
        ("alibaba", "disabled", "Console logon is not enabled", "Console logon is not enabled", RAM_WRONG),
        ("alibaba", "locked", "The user is locked", "The user is locked", RAM_WRONG),
        ("alibaba", "lapsed", "The initial password has expired", RAM_WRONG, RAM_WRONG),
        ("alibaba", "expired", "The password has expired", RAM_WRONG, RAM_WRONG),
        ("alibaba", "elsewhere", NOT_HERE, NOT_HERE, NOT_HERE),
        ("aws", "good", "", IAM_WRONG, IAM_WRONG),
        ("aws", "no profile", IAM_WRONG, IAM_WRONG, IAM_WRONG),
        ("aws", "expired", "The password has expired", IAM_WRONG, IAM_WRONG),
    ];
    for (cloud, state, right, wrong, nobody) in cases {
        let app = TestApp::start(place).await;
        app.control.put("/clock", &json!({"now": "2026-11-21T10:00:00Z"})).await;
        assert_eq!(app.control.reset().await, 204);
        bring_into(&app, cloud, state).await;
        let mut browser = app.browser();
        // Whoever is nobody is asked for first, as a wrong password of alice's may lock her.
        for password in [PASSWORD, "wrong"] {
            give(&mut browser, cloud, NOBODY, password).await.says(403, nobody);
        }
        let page = give(&mut browser, cloud, "alice", PASSWORD).await;
        if right.is_empty() {
            page.leads_to("/console");
        } else {
            page.says(403, right);
        }
        let page = give(&mut browser, cloud, "alice", "wrong").await;
        page.says(403, wrong);
        if wrong == nobody {
            let other = give(&mut browser, cloud, NOBODY, "wrong").await;
            assert_eq!(bare(&page, "alice"), bare(&other, NOBODY), "{cloud} {state}");
        }
        app.stop().await;
    }
}

async fn a_user_who_is_not_there_is_like_one_who_is(place: &Place) {
    let app = TestApp::start(place).await;
    for cloud in ["alibaba", "aws"] {
        bring_into(&app, cloud, "good").await;
        let (mut one, mut other) = (app.browser(), app.browser());
        let (one, other) = (give(&mut one, cloud, "alice", "x").await, give(&mut other, cloud, NOBODY, "x").await);
        assert_eq!(bare(&one, "alice"), bare(&other, NOBODY), "{cloud}");
        // In the headers, too, nothing tells them apart but what is new each time.
        let names = |page: &Seen| page.headers.keys().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(names(&one), names(&other), "{cloud}");
    }
}
