//! `aws login` step by step: the page, the code, credentials, the refresh; and what it is worth after all that can happen.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sesame::config::Policies;

use super::browser::{Browser, Page, challenge, pairs};
use super::proof::Key;
use crate::aws::signed_client::{ACCOUNT, Answer, Aws};
use crate::support::totp::{code as totp_code, from_base32, step};
use crate::support::{Place, TestApp};

on_both_engines![
    a_user_who_signs_in_gets_credentials_and_refreshes_them,
    a_code_for_another_machine_is_shown_on_a_page,
    the_page_asks_for_what_the_sign_in_needs,
    credentials_reach_as_far_as_the_console_does,
    a_second_factor_of_the_sign_in_is_one_of_the_credentials,
    credentials_go_on_after_a_new_password_and_their_refresh_does_not,
    a_setting_ends_credentials_with_the_password,
];

pub(super) const PASSWORD: &str = "Correct-Horse-1";
pub(super) const VERIFIER: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
pub(super) const SAME: &str = "arn:aws:signin:::devtools/same-device";
pub(super) const CROSS: &str = "arn:aws:signin:::devtools/cross-device";
pub(super) const CALLBACK: &str = "http://127.0.0.1:43210/oauth/callback";
pub(super) const STATE: &str = "0d5e0b4c-0000-4000-8000-2a2a2a2a2a2a";
pub(super) const ARN: &str = "arn:aws:iam::000000000000:user/alice";

/// A server with alice, who may sign in for command lines.
pub(super) async fn with_alice(app: TestApp) -> (TestApp, Aws, Browser) {
    let root = Aws::root(&app);
    root.iam("CreateUser", &[("UserName", "alice")]).await.ok();
    root.iam("CreateLoginProfile", &[("UserName", "alice"), ("Password", PASSWORD)]).await.ok();
    for name in ["SignInLocalDevelopmentAccess", "IAMReadOnlyAccess"] {
        let arn = format!("arn:aws:iam::aws:policy/{name}");
        root.iam("AttachUserPolicy", &[("UserName", "alice"), ("PolicyArn", &arn)]).await.ok();
    }
    let browser = Browser::new(&app);
    (app, root, browser)
}

pub(super) fn asking<'a>(client: &'a str, redirect: &'a str, challenge: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("response_type", "code"),
        ("client_id", client),
        ("state", STATE),
        ("code_challenge_method", "SHA-256"),
        ("scope", "openid"),
        ("redirect_uri", redirect),
        ("code_challenge", challenge),
    ]
}

/// Fills in the form; what comes of it.
pub(super) async fn sign_in(browser: &Browser, client: &str, redirect: &str, more: &[(&str, &str)]) -> Page {
    let challenge = challenge(VERIFIER);
    let mut all = asking(client, redirect, &challenge);
    all.extend([("account", ACCOUNT), ("user", "alice"), ("password", PASSWORD)]);
    all.extend(more);
    browser.post("/v1/authorize", &all, &[]).await
}

/// Signs alice in on the same machine; the code.
pub(super) async fn code(browser: &Browser) -> String {
    let page = sign_in(browser, SAME, CALLBACK, &[]).await;
    let location = page.location();
    assert!(location.starts_with(CALLBACK), "{location}");
    let told = pairs(location);
    assert_eq!(told["state"], STATE);
    told["code"].clone()
}

pub(super) fn for_code(code: &str) -> Value {
    json!({
        "clientId": SAME, "grantType": "authorization_code", "code": code, "codeVerifier": VERIFIER,
        "redirectUri": CALLBACK,
    })
}

pub(super) fn for_refresh(token: &str) -> Value {
    json!({"clientId": SAME, "grantType": "refresh_token", "refreshToken": token})
}

/// Asks for tokens with a fresh proof.
pub(super) async fn tokens(app: &TestApp, browser: &Browser, key: &Key, body: &Value) -> Page {
    let proof = key.proof(&format!("{}/v1/token", browser.base()), 0, &app.app.ids.uuid());
    browser.post_json("/v1/token", body, &[("dpop", &proof)]).await
}

/// Tokens that must be given.
pub(super) async fn given(app: &TestApp, browser: &Browser, key: &Key, body: &Value) -> Value {
    let page = tokens(app, browser, key, body).await;
    assert_eq!(page.status, 200, "{}", page.text);
    page.json()
}

/// Checks that an answer is this error.
#[track_caller]
pub(super) fn refused(page: &Page, status: u16, exception: &str, error: &str) {
    assert_eq!((page.status, page.header("x-amzn-errortype")), (status, exception), "{}", page.text);
    assert_eq!(page.json()["error"], json!(error), "{}", page.text);
}

/// A client with the credentials in an answer.
pub(super) fn signer(app: &TestApp, tokens: &Value) -> Aws {
    let text = |name: &str| tokens["accessToken"][name].as_str().expect("credentials");
    Aws::new(app, text("accessKeyId"), text("secretAccessKey"), Some(text("sessionToken")))
}

async fn whoami(aws: &Aws) -> Answer {
    aws.sts("GetCallerIdentity", &[]).await
}

async fn a_user_who_signs_in_gets_credentials_and_refreshes_them(place: &Place) {
    let (app, _, browser) = with_alice(TestApp::start(place).await).await;
    let query = super::browser::form(&asking(SAME, CALLBACK, &challenge(VERIFIER)));
    let page = browser.get(&format!("/v1/authorize?{query}")).await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(policy.ends_with("form-action 'self' http://127.0.0.1:43210"), "{policy}");

    let key = Key::new();
    let first = given(&app, &browser, &key, &for_code(&code(&browser).await)).await;
    assert_eq!((&first["tokenType"], &first["expiresIn"]), (&json!("aws_sigv4"), &json!(900)));
    let id_token = first["idToken"].as_str().expect("an id token");
    let parts: Vec<&str> = id_token.split('.').collect();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    assert_eq!((parts.len(), &claims["sub"], &claims["aud"]), (3, &json!(ARN), &json!(SAME)));
    assert!(claims["session_arn"].as_str().unwrap().starts_with("arn:aws:signin:us-east-1:000000000000:session/"));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 900);
    assert_eq!(whoami(&signer(&app, &first)).await.ok().value("Arn"), ARN);

    // Near their end another pair is given, without another id token, and the old one goes on meanwhile.
    app.control.advance(700).await;
    let old = first["refreshToken"].as_str().unwrap();
    let second = given(&app, &browser, &key, &for_refresh(old)).await;
    assert_eq!((second.get("idToken"), &second["expiresIn"]), (None, &json!(900)));
    assert_eq!(whoami(&signer(&app, &second)).await.ok().value("Arn"), ARN);
    assert_eq!(whoami(&signer(&app, &first)).await.ok().value("Arn"), ARN);
    refused(&tokens(&app, &browser, &key, &for_refresh(old)).await, 401, "AccessDeniedException", "TOKEN_EXPIRED");
    app.control.advance(200).await;
    whoami(&signer(&app, &first)).await.is(403, "ExpiredToken");
    assert_eq!(whoami(&signer(&app, &second)).await.ok().value("Arn"), ARN);

    // They hang on the console session of twelve hours and end with it.
    app.control.advance(12 * 3_600 - 900 - 300).await;
    let third = given(&app, &browser, &key, &for_refresh(second["refreshToken"].as_str().unwrap())).await;
    let left = third["expiresIn"].as_i64().unwrap();
    assert!((290..=300).contains(&left), "{left}");
    app.control.advance(300).await;
    let late = tokens(&app, &browser, &key, &for_refresh(third["refreshToken"].as_str().unwrap())).await;
    refused(&late, 401, "AccessDeniedException", "TOKEN_EXPIRED");
    app.stop().await;
}

async fn a_code_for_another_machine_is_shown_on_a_page(place: &Place) {
    let (app, _, browser) = with_alice(TestApp::start(place).await).await;
    let redirect = format!("{}/v1/sessions/confirmation", browser.base());
    let page = sign_in(&browser, CROSS, &redirect, &[]).await;
    let location = page.location();
    let shown = browser.get(location.strip_prefix(browser.base()).expect("a page of ours")).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    let text = shown.text.split("<output>").nth(1).and_then(|rest| rest.split("</output>").next()).expect("a code");
    let told = pairs(&String::from_utf8(STANDARD.decode(text).expect("base 64")).expect("UTF-8"));
    assert_eq!(told["state"], STATE);
    let mut body = for_code(&told["code"]);
    body["clientId"] = json!(CROSS);
    let key = Key::new();
    // The redirect is the page's, and the client the one on the other machine.
    refused(&tokens(&app, &browser, &key, &body).await, 400, "ValidationException", "INVALID_REQUEST");
    body["redirectUri"] = json!(redirect);
    let tokens = given(&app, &browser, &key, &body).await;
    assert_eq!(whoami(&signer(&app, &tokens)).await.ok().value("Arn"), ARN);
    assert_eq!(browser.get("/v1/sessions/confirmation").await.status, 400);
    app.stop().await;
}

async fn the_page_asks_for_what_the_sign_in_needs(place: &Place) {
    let (app, root, browser) = with_alice(TestApp::start(place).await).await;
    let challenge = challenge(VERIFIER);
    let with = async |user: &str, password: &str, more: &[(&str, &str)]| {
        let mut all = asking(SAME, CALLBACK, &challenge);
        all.extend([("user", user), ("password", password)]);
        all.extend(more);
        browser.post("/v1/authorize", &all, &[]).await
    };
    let wrong = with("alice", "wrong", &[]).await;
    assert!(wrong.status == 403 && wrong.text.contains("password is not correct"), "{}", wrong.text);
    assert!(wrong.text.contains("aria-invalid=\"true\" aria-describedby=\"password-error\""), "{}", wrong.text);
    // what nobody asked for is not there to fill in
    assert!(!wrong.text.contains("mfa_code") && !wrong.text.contains("new_password"), "{}", wrong.text);
    assert!(!wrong.text.contains("value=\"wrong\""), "{}", wrong.text);
    let hostile = with("\"><script>alert(1)</script>", "wrong", &[]).await;
    assert!(hostile.status == 403 && !hostile.text.contains("<script>"), "{}", hostile.text);

    let reset = [("UserName", "alice"), ("PasswordResetRequired", "true")];
    root.iam("UpdateLoginProfile", &reset).await.ok();
    root.iam("UpdateAccountPasswordPolicy", &[("AllowUsersToChangePassword", "true")]).await.ok();
    let asked = with("alice", PASSWORD, &[]).await;
    assert!(asked.status == 200 && asked.text.contains("Enter a new password"), "{}", asked.text);
    assert!(asked.text.contains("name=\"new_password\"") && !asked.text.contains("mfa_code"), "{}", asked.text);
    assert_eq!(with("alice", PASSWORD, &[("new_password", "Battery-Staple-2")]).await.status, 303);

    // Another site's page may not fill in the form.
    let mut all = asking(SAME, CALLBACK, &challenge);
    all.extend([("user", "alice"), ("password", "Battery-Staple-2")]);
    let foreign = browser.post("/v1/authorize", &all, &[("origin", "https://evil.example")]).await;
    assert_eq!(foreign.status, 403);
    let own = browser.post("/v1/authorize", &all, &[("origin", browser.base())]).await;
    assert_eq!(own.status, 303);
    app.stop().await;
}

async fn credentials_reach_as_far_as_the_console_does(place: &Place) {
    let (app, _, browser) = with_alice(TestApp::start(place).await).await;
    let tokens = given(&app, &browser, &Key::new(), &for_code(&code(&browser).await)).await;
    let alice = signer(&app, &tokens);
    alice.iam("GetUser", &[]).await.ok();
    alice.iam("CreateUser", &[("UserName", "bob")]).await.is(403, "AccessDenied");
    for action in ["GetSessionToken", "GetFederationToken"] {
        let parameters: &[(&str, &str)] = if action == "GetSessionToken" { &[] } else { &[("Name", "bob")] };
        let text = alice.sts(action, parameters).await.is(403, "AccessDenied");
        assert_eq!(text, format!("Cannot call {action} with session credentials"));
    }
    let (_, all) = app.control.get(&format!("/sessions?account={ACCOUNT}&user=alice")).await;
    let kinds: Vec<&Value> = all["sessions"].as_array().unwrap().iter().map(|session| &session["kind"]).collect();
    assert_eq!(kinds, [&json!("console"), &json!("sign-in")]);
    assert_eq!(all["sessions"][1]["parent"], all["sessions"][0]["id"]);
    // Whoever ends the console session ends them.
    let id = all["sessions"][0]["id"].as_str().unwrap();
    assert_eq!(app.control.delete(&format!("/sessions/{id}")).await.0, 204);
    whoami(&alice).await.is(403, "InvalidClientTokenId");
    app.stop().await;
}

async fn a_second_factor_of_the_sign_in_is_one_of_the_credentials(place: &Place) {
    let (app, root, browser) = with_alice(TestApp::start(place).await).await;
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "signin:*", "Resource": "*",
        "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}]});
    let inline = [("UserName", "alice"), ("PolicyName", "factor"), ("PolicyDocument", &*policy.to_string())];
    root.iam("PutUserPolicy", &inline).await.ok();
    let told = pairs(sign_in(&browser, SAME, CALLBACK, &[]).await.location());
    assert_eq!((&*told["error"], &*told["state"]), ("access_denied", STATE));

    let device = root.iam("CreateVirtualMFADevice", &[("VirtualMFADeviceName", "phone")]).await.ok();
    let (serial, seed) = (device.value("SerialNumber"), device.value("Base32StringSeed"));
    let seed = from_base32(&String::from_utf8(STANDARD.decode(seed).expect("base 64")).expect("base 32"));
    let now = step(&app).await;
    let (one, two) = (totp_code(&seed, now - 1), totp_code(&seed, now));
    let enable = [
        ("UserName", "alice"),
        ("SerialNumber", &*serial),
        ("AuthenticationCode1", &*one),
        ("AuthenticationCode2", &*two),
    ];
    root.iam("EnableMFADevice", &enable).await.ok();
    let asked = sign_in(&browser, SAME, CALLBACK, &[]).await;
    assert!(asked.status == 200 && asked.text.contains("code of your MFA device"), "{}", asked.text);
    assert!(asked.text.contains("name=\"mfa_code\""), "{}", asked.text);
    let shown = totp_code(&seed, now + 1);
    let page = sign_in(&browser, SAME, CALLBACK, &[("mfa_code", &shown)]).await;
    let told = pairs(page.location());
    let tokens = given(&app, &browser, &Key::new(), &for_code(&told["code"])).await;
    whoami(&signer(&app, &tokens)).await.ok();
    let (_, all) = app.control.get(&format!("/sessions?account={ACCOUNT}&user=alice")).await;
    let last = all["sessions"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["kind"], &last["mfa_present"]), (&json!("sign-in"), &json!(true)));
    app.stop().await;
}

async fn credentials_go_on_after_a_new_password_and_their_refresh_does_not(place: &Place) {
    let (app, root, browser) = with_alice(TestApp::start(place).await).await;
    let key = Key::new();
    let changed = ["UpdateLoginProfile", "same password", "DeleteLoginProfile", "DeleteUser"];
    for (round, how) in changed.into_iter().enumerate() {
        let tokens_before = given(&app, &browser, &key, &for_code(&code(&browser).await)).await;
        let waiting = code(&browser).await;
        let user = [("UserName", "alice")];
        match how {
            // Another password, and, in the next round, the same one anew.
            "UpdateLoginProfile" | "same password" => {
                let next = if round == 0 { "Battery-Staple-2" } else { PASSWORD };
                root.iam("UpdateLoginProfile", &[("UserName", "alice"), ("Password", next)]).await.ok();
            }
            "DeleteLoginProfile" => drop(root.iam(how, &user).await.ok()),
            _ => {
                for name in ["SignInLocalDevelopmentAccess", "IAMReadOnlyAccess"] {
                    let arn = format!("arn:aws:iam::aws:policy/{name}");
                    root.iam("DetachUserPolicy", &[("UserName", "alice"), ("PolicyArn", &arn)]).await.ok();
                }
                root.iam("DeleteLoginProfile", &user).await.ok();
                root.iam(how, &user).await.ok();
            }
        }
        let refresh = for_refresh(tokens_before["refreshToken"].as_str().unwrap());
        for body in [refresh, for_code(&waiting)] {
            let page = tokens(&app, &browser, &key, &body).await;
            refused(&page, 403, "AccessDeniedException", "USER_CREDENTIALS_CHANGED");
        }
        let alice = whoami(&signer(&app, &tokens_before)).await;
        if how == "DeleteUser" {
            alice.is(403, "InvalidClientTokenId");
            break;
        }
        assert_eq!(alice.ok().value("Arn"), ARN, "{how}");
        match how {
            "UpdateLoginProfile" => {
                root.iam("UpdateLoginProfile", &[("UserName", "alice"), ("Password", PASSWORD)]).await.ok();
            }
            "DeleteLoginProfile" => {
                root.iam("CreateLoginProfile", &[("UserName", "alice"), ("Password", PASSWORD)]).await.ok();
            }
            _ => {}
        }
    }
    app.stop().await;
}

async fn a_setting_ends_credentials_with_the_password(place: &Place) {
    let app = TestApp::start_with(place, |settings| {
        settings.aws.new_password_ends_sessions = true;
        settings.auth.policies = Policies::Enforce;
    });
    let (app, root, browser) = with_alice(app.await).await;
    let tokens = given(&app, &browser, &Key::new(), &for_code(&code(&browser).await)).await;
    let alice = signer(&app, &tokens);
    whoami(&alice).await.ok();
    root.iam("UpdateLoginProfile", &[("UserName", "alice"), ("Password", "Battery-Staple-2")]).await.ok();
    whoami(&alice).await.is(403, "InvalidClientTokenId");
    app.stop().await;
}
