//! `aliyun configure --mode OAuth` step by step, and what it is refused.

use serde_json::{Value, json};

use super::browser::{Browser, Page, challenge, form, pairs};
use crate::support::{ACCOUNT, Place, Rpc, TestApp};

on_both_engines![
    a_user_who_signs_in_gets_credentials_and_refreshes_them,
    all_of_it_ends_with_the_password,
    what_is_not_as_it_was_given_is_refused,
];

const PASSWORD: &str = "Correct-Horse-1";
const CLIENT: &str = "4103531455503354461";
const CALLBACK: &str = "http://127.0.0.1:12345/cli/callback";

fn verifier() -> String {
    "v".repeat(128)
}

fn asking(challenge: &str) -> Vec<(&str, &str)> {
    vec![
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("redirect_uri", CALLBACK),
        ("state", "state"),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
    ]
}

async fn with_alice(place: &Place) -> (TestApp, Browser) {
    let app = TestApp::start(place).await;
    app.console_user("alice", PASSWORD).await;
    let browser = Browser::new(&app);
    (app, browser)
}

async fn code(browser: &Browser) -> String {
    let challenge = challenge(&verifier());
    let mut all = asking(&challenge);
    let user = format!("alice@{ACCOUNT}.onaliyun.com");
    all.extend([("user", &*user), ("password", PASSWORD)]);
    let page = browser.post("/oauth2/v1/auth", &all, &[]).await;
    let location = page.location();
    assert!(location.starts_with(CALLBACK), "{location}");
    let told = pairs(location);
    assert_eq!(told["state"], "state");
    told["code"].clone()
}

async fn redeem(browser: &Browser, code: &str) -> Page {
    let verifier = verifier();
    let all = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("client_id", CLIENT),
        ("redirect_uri", CALLBACK),
        ("code_verifier", &*verifier),
    ];
    browser.post("/v1/token", &all, &[]).await
}

async fn refresh(browser: &Browser, token: &str) -> Page {
    let all = [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", CLIENT)];
    browser.post("/v1/token", &all, &[]).await
}

async fn exchange(browser: &Browser, bearer: &str) -> Page {
    browser.post("/v1/exchange", &[], &[("authorization", &format!("Bearer {bearer}"))]).await
}

#[track_caller]
fn ok(page: &Page) -> Value {
    assert_eq!(page.status, 200, "{}", page.text);
    page.json()
}

fn text<'a>(answer: &'a Value, name: &str) -> &'a str {
    answer[name].as_str().unwrap_or_else(|| panic!("no {name}: {answer}"))
}

fn signer(app: &TestApp, credentials: &Value) -> Rpc {
    let rpc = app.rpc(text(credentials, "accessKeyId"), text(credentials, "accessKeySecret"));
    rpc.with_token(text(credentials, "securityToken"))
}

#[track_caller]
fn refused(page: &Page, status: u16, error: &str) {
    let answer = page.json();
    assert_eq!((page.status, text(&answer, "error")), (status, error), "{answer}");
    assert!(!text(&answer, "error_description").is_empty() && !text(&answer, "requestId").is_empty());
}

async fn a_user_who_signs_in_gets_credentials_and_refreshes_them(place: &Place) {
    let (app, browser) = with_alice(place).await;
    let page = browser.get(&format!("/oauth2/v1/auth?{}", form(&asking(&challenge(&verifier()))))).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let code = code(&browser).await;
    let first = ok(&redeem(&browser, &code).await);
    assert_eq!((text(&first, "token_type"), &first["expires_in"]), ("Bearer", &json!(3_600)));
    let credentials = ok(&exchange(&browser, text(&first, "access_token")).await);
    assert!(text(&credentials, "accessKeyId").starts_with("STS."));
    assert!(sesame::domain::time::Time::parse(text(&credentials, "expiration")).is_some());
    assert!(!text(&credentials, "requestId").is_empty());
    let identity = signer(&app, &credentials).sts("GetCallerIdentity", &[]).await.ok();
    assert_eq!(text(&identity, "Arn"), format!("acs:ram::{ACCOUNT}:user/alice"));
    // A bearer token is good more than once.
    ok(&exchange(&browser, text(&first, "access_token")).await);

    refused(&redeem(&browser, &code).await, 400, "invalid_grant");
    app.control.advance(3_600).await;
    refused(&exchange(&browser, text(&first, "access_token")).await, 401, "invalid_token");
    signer(&app, &credentials).sts("GetCallerIdentity", &[]).await.is(400, "InvalidSecurityToken.Expired");
    let second = ok(&refresh(&browser, text(&first, "refresh_token")).await);
    let credentials = ok(&exchange(&browser, text(&second, "access_token")).await);
    signer(&app, &credentials).sts("GetCallerIdentity", &[]).await.ok();
    refused(&refresh(&browser, text(&first, "refresh_token")).await, 400, "invalid_grant");
    app.stop().await;
}

async fn all_of_it_ends_with_the_password(place: &Place) {
    let (app, browser) = with_alice(place).await;
    let tokens = ok(&redeem(&browser, &code(&browser).await).await);
    let credentials = ok(&exchange(&browser, text(&tokens, "access_token")).await);
    let waiting = code(&browser).await;
    let change = [("UserName", "alice"), ("NewPassword", "Battery-Staple-2"), ("Password", "Battery-Staple-2")];
    app.root().ram("UpdateLoginProfile", &[change[0], change[2]]).await.ok();
    let gone = signer(&app, &credentials).sts("GetCallerIdentity", &[]).await;
    assert_ne!(gone.status, 200, "{}", gone.body);
    refused(&exchange(&browser, text(&tokens, "access_token")).await, 401, "invalid_token");
    refused(&refresh(&browser, text(&tokens, "refresh_token")).await, 400, "invalid_grant");
    refused(&redeem(&browser, &waiting).await, 400, "invalid_grant");
    app.stop().await;
}

async fn what_is_not_as_it_was_given_is_refused(place: &Place) {
    let (app, browser) = with_alice(place).await;
    let challenge = challenge(&verifier());
    for (name, value) in [
        ("client_id", "1"),
        ("redirect_uri", "http://127.0.0.1:12345/oauth/callback"),
        ("code_challenge_method", "SHA-256"),
    ] {
        let all: Vec<(&str, &str)> =
            asking(&challenge).into_iter().map(|(key, old)| (key, if key == name { value } else { old })).collect();
        assert_eq!(browser.get(&format!("/oauth2/v1/auth?{}", form(&all))).await.status, 400, "{name}");
    }
    let code = code(&browser).await;
    let verifier = verifier();
    let good = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("client_id", CLIENT),
        ("redirect_uri", CALLBACK),
        ("code_verifier", &*verifier),
    ];
    for (name, value) in [
        ("grant_type", "password"),
        ("code", "other"),
        ("client_id", "4038181954557748008"),
        ("redirect_uri", "http://127.0.0.1:12346/cli/callback"),
        ("code_verifier", "other"),
    ] {
        let all = good.map(|(key, old)| (key, if key == name { value } else { old }));
        refused(&browser.post("/v1/token", &all, &[]).await, 400, "invalid_request");
    }
    let tokens = ok(&redeem(&browser, &code).await);
    for bearer in ["", "other", text(&tokens, "refresh_token")] {
        refused(&exchange(&browser, bearer).await, 401, "invalid_token");
    }
    refused(&refresh(&browser, text(&tokens, "access_token")).await, 400, "invalid_request");
    app.stop().await;
}
