//! What `aws login` is refused, and how.

use serde_json::{Value, json};
use sesame::clock::Clock;
use sesame::services::upkeep;

use super::aws_login::{
    ARN, CALLBACK, CROSS, SAME, VERIFIER, asking, code, for_code, for_refresh, given, refused, sign_in, signer, tokens,
    with_alice,
};
use super::browser::{challenge, form, pairs};
use super::proof::Key;
use crate::support::{Place, TestApp, TestClock, concurrently};

on_both_engines![
    a_request_for_a_code_has_to_be_whole_and_to_lead_here,
    a_code_is_good_once_for_ten_minutes_and_for_its_client,
    of_many_who_redeem_a_code_one_does,
    a_proof_is_needed_and_good_once_for_a_short_time,
    a_refresh_token_is_bound_to_its_key,
    policies_decide_at_the_code_and_at_the_token,
    members_are_held_to_the_model,
    replicas_agree_on_codes_and_proofs,
];

const INVALID: (u16, &str, &str) = (400, "ValidationException", "INVALID_REQUEST");

async fn a_request_for_a_code_has_to_be_whole_and_to_lead_here(place: &Place) {
    let (app, _, browser) = with_alice(TestApp::start(place).await).await;
    let challenge = challenge(VERIFIER);
    for (name, value) in [
        ("response_type", "token"),
        ("client_id", "arn:aws:signin:::devtools/other"),
        ("client_id", CROSS),
        ("client_id", ""),
        ("redirect_uri", "https://evil.example/oauth/callback"),
        ("redirect_uri", "http://127.0.0.1:1@evil.example/oauth/callback"),
        ("redirect_uri", "http://127.0.0.1:43210/other"),
        ("code_challenge_method", "S256"),
        ("code_challenge_method", "plain"),
        ("code_challenge", "short"),
        ("code_challenge", ""),
        ("state", ""),
    ] {
        let pairs: Vec<(&str, &str)> = asking(SAME, CALLBACK, &challenge)
            .into_iter()
            .map(|(key, old)| (key, if key == name { value } else { old }))
            .collect();
        let page = browser.get(&format!("/v1/authorize?{}", form(&pairs))).await;
        assert_eq!((page.status, page.header("location")), (400, ""), "{name}={value}");
        let page = browser.post("/v1/authorize", &pairs, &[]).await;
        assert_eq!((page.status, page.header("location")), (400, ""), "{name}={value}");
    }
    let elsewhere = "http://evil.example/v1/sessions/confirmation";
    assert_eq!(sign_in(&browser, CROSS, elsewhere, &[]).await.status, 400);
    assert_eq!(browser.get("/v1/token").await.status, 405);
    assert_eq!(browser.get("/v1/authorize?%zz").await.status, 400);
    assert_eq!(browser.get("/v1/authorize?a=%00").await.status, 400);
    app.stop().await;
}

async fn a_code_is_good_once_for_ten_minutes_and_for_its_client(place: &Place) {
    let (app, _, browser) = with_alice(TestApp::start(place).await).await;
    let key = Key::new();
    let first = code(&browser).await;
    let wrong_verifier = VERIFIER.replace('a', "b");
    for (member, value) in [
        ("codeVerifier", json!(wrong_verifier)),
        ("redirectUri", json!("http://127.0.0.1:43211/oauth/callback")),
        ("clientId", json!(CROSS)),
        ("code", json!("other")),
    ] {
        let mut body = for_code(&first);
        body[member] = value;
        let (status, exception, error) = INVALID;
        refused(&tokens(&app, &browser, &key, &body).await, status, exception, error);
    }
    // A code is no refresh token.
    refused(&tokens(&app, &browser, &key, &for_refresh(&first)).await, 400, INVALID.1, INVALID.2);
    // None of that used it up.
    given(&app, &browser, &key, &for_code(&first)).await;
    let again = tokens(&app, &browser, &key, &for_code(&first)).await;
    refused(&again, 401, "AccessDeniedException", "AUTHCODE_EXPIRED");

    let (second, third) = (code(&browser).await, code(&browser).await);
    app.control.advance(598).await;
    given(&app, &browser, &key, &for_code(&second)).await;
    app.control.advance(2).await;
    let late = tokens(&app, &browser, &key, &for_code(&third)).await;
    refused(&late, 401, "AccessDeniedException", "AUTHCODE_EXPIRED");
    app.stop().await;
}

async fn of_many_who_redeem_a_code_one_does(place: &Place) {
    let (app, _, browser) = with_alice(TestApp::start(place).await).await;
    let code = code(&browser).await;
    let address = app.address;
    let statuses = concurrently(6, |number| {
        let (key, body) = (Key::new(), for_code(&code).to_string());
        let url = format!("http://{address}/v1/token");
        let proof = key.proof(&url, 0, &format!("racer-{number}"));
        async move {
            let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
            let request = http.post(url).header("content-type", "application/json").header("dpop", proof);
            request.body(body).send().await.expect("an answer").status().as_u16()
        }
    })
    .await;
    let given = statuses.iter().filter(|status| **status == 200).count();
    assert!(given == 1 && statuses.iter().all(|status| matches!(status, 200 | 401)), "{statuses:?}");
    app.stop().await;
}

async fn a_proof_is_needed_and_good_once_for_a_short_time(place: &Place) {
    let (app, _, browser) = with_alice(TestApp::start(place).await).await;
    let key = Key::new();
    let code = code(&browser).await;
    let body = for_code(&code);
    let url = format!("{}/v1/token", browser.base());
    let now = TestClock.now().seconds();
    let other_url = format!("{}/v1/other", browser.base());
    let (good, late) = (key.proof(&url, 0, "a"), key.proof(&url, 0, "late"));
    for headers in [
        vec![],
        vec![("dpop", "not a proof".to_owned())],
        vec![("dpop", good.clone()), ("dpop", key.proof(&url, 0, "b"))],
        vec![("dpop", key.proof(&other_url, 0, "c"))],
        vec![("dpop", key.proof("http://evil.example/v1/token", 0, "d"))],
        vec![("dpop", key.proof(&url, -400, "e"))],
        vec![("dpop", key.proof(&url, 400, "f"))],
        vec![("dpop", key.sign(&json!({"htm": "GET", "htu": url, "iat": now, "jti": "g"})))],
        vec![("dpop", format!("{}x", good.rsplit_once('.').expect("a JWT").0))],
    ] {
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, &**value)).collect();
        let page = browser.post_json("/v1/token", &body, &headers).await;
        refused(&page, INVALID.0, INVALID.1, INVALID.2);
    }
    let first = browser.post_json("/v1/token", &body, &[("dpop", &good)]).await;
    assert_eq!(first.status, 200, "{}", first.text);
    let refresh = for_refresh(first.json()["refreshToken"].as_str().unwrap());
    let replayed = browser.post_json("/v1/token", &refresh, &[("dpop", &good)]).await;
    refused(&replayed, INVALID.0, INVALID.1, INVALID.2);
    // By the account's clock it is out of time, by the machine's, which the client's follows, it is not; and the other
    // way round.
    app.control.advance(1_000).await;
    let second = browser.post_json("/v1/token", &refresh, &[("dpop", &late)]).await;
    assert_eq!(second.status, 200, "{}", second.text);
    let refresh = for_refresh(second.json()["refreshToken"].as_str().unwrap());
    let travelled = key.proof(&url, 1_000, "travelled");
    let third = browser.post_json("/v1/token", &refresh, &[("dpop", &travelled)]).await;
    assert_eq!(third.status, 200, "{}", third.text);
    app.stop().await;
}

async fn a_refresh_token_is_bound_to_its_key(place: &Place) {
    let (app, _, browser) = with_alice(TestApp::start(place).await).await;
    let key = Key::new();
    let first = given(&app, &browser, &key, &for_code(&code(&browser).await)).await;
    let refresh = for_refresh(first["refreshToken"].as_str().unwrap());
    let stolen = tokens(&app, &browser, &Key::new(), &refresh).await;
    refused(&stolen, INVALID.0, INVALID.1, INVALID.2);
    let mut other = refresh.clone();
    other["clientId"] = json!(CROSS);
    refused(&tokens(&app, &browser, &key, &other).await, INVALID.0, INVALID.1, INVALID.2);
    // Its owner goes on, and upkeep takes nothing away that is still good.
    upkeep::forget_grants(&app.app).await.expect("upkeep");
    given(&app, &browser, &key, &refresh).await;
    app.stop().await;
}

async fn policies_decide_at_the_code_and_at_the_token(place: &Place) {
    let (app, root, browser) = with_alice(TestApp::start(place).await).await;
    let key = Key::new();
    let first = given(&app, &browser, &key, &for_code(&code(&browser).await)).await;
    let deny = async |action: &str, client: &str| {
        let statement = json!({"Effect": "Deny", "Action": action,
            "Resource": format!("arn:aws:signin:us-east-1:000000000000:oauth2/public-client/{client}")});
        let document = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        let policy = [("UserName", "alice"), ("PolicyName", "deny"), ("PolicyDocument", &*document)];
        root.iam("PutUserPolicy", &policy).await.ok();
    };
    deny("signin:CreateOAuth2Token", "remote").await;
    let second = given(&app, &browser, &key, &for_refresh(first["refreshToken"].as_str().unwrap())).await;
    deny("signin:CreateOAuth2Token", "localhost").await;
    for body in [for_code(&code(&browser).await), for_refresh(second["refreshToken"].as_str().unwrap())] {
        let page = tokens(&app, &browser, &key, &body).await;
        refused(&page, 403, "AccessDeniedException", "INSUFFICIENT_PERMISSIONS");
    }
    deny("signin:AuthorizeOAuth2Access", "localhost").await;
    let told = pairs(sign_in(&browser, SAME, CALLBACK, &[]).await.location());
    assert_eq!(told.get("error").map(String::as_str), Some("access_denied"));
    // What was refused used nothing up.
    root.iam("DeleteUserPolicy", &[("UserName", "alice"), ("PolicyName", "deny")]).await.ok();
    given(&app, &browser, &key, &for_refresh(second["refreshToken"].as_str().unwrap())).await;
    app.stop().await;
}

async fn members_are_held_to_the_model(place: &Place) {
    let (app, _, browser) = with_alice(TestApp::start(place).await).await;
    let (key, body) = (Key::new(), for_code(&code(&browser).await));
    for (member, value) in [
        ("clientId", json!("other")),
        ("grantType", json!("password")),
        ("grantType", Value::Null),
        ("code", json!("")),
        ("code", json!("x".repeat(513))),
        ("codeVerifier", json!("short")),
        ("codeVerifier", json!("x".repeat(129))),
        ("codeVerifier", json!(["x"])),
        ("redirectUri", Value::Null),
    ] {
        let mut body = body.clone();
        body[member] = value;
        refused(&tokens(&app, &browser, &key, &body).await, INVALID.0, INVALID.1, INVALID.2);
    }
    for text in ["", "[]", "{"] {
        let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        let url = format!("{}/v1/token", browser.base());
        let response = http.post(url).header("content-type", "application/json").body(text).send().await.unwrap();
        assert_eq!(response.status().as_u16(), 400, "{text}");
        assert_eq!(response.headers()["x-amzn-errortype"], "ValidationException", "{text}");
    }
    given(&app, &browser, &key, &body).await;
    let (_, journal) = app.control.get("/requests?action=CreateOAuth2Token").await;
    let text = journal.to_string();
    assert!(text.contains("INVALID_REQUEST") && text.contains(ARN), "{text}");
    assert!(!text.contains(VERIFIER) && !text.contains(body["code"].as_str().unwrap()), "{text}");
    app.stop().await;
}

async fn replicas_agree_on_codes_and_proofs(place: &Place) {
    if !place.is_shared() {
        return;
    }
    let (one, _, browser) = with_alice(TestApp::start(place).await).await;
    let two = TestApp::start(place).await;
    let other = super::browser::Browser::new(&two);
    let key = Key::new();
    let code = code(&browser).await;
    let first = given(&two, &other, &key, &for_code(&code)).await;
    let again = tokens(&one, &browser, &key, &for_code(&code)).await;
    refused(&again, 401, "AccessDeniedException", "AUTHCODE_EXPIRED");
    signer(&one, &first).sts("GetCallerIdentity", &[]).await.ok();
    // A proof names its server, so that the other only takes it under the name of the first.
    let refresh = for_refresh(first["refreshToken"].as_str().unwrap());
    let proof = key.proof(&format!("{}/v1/token", browser.base()), 0, "shared");
    let used = browser.post_json("/v1/token", &refresh, &[("dpop", &proof)]).await;
    assert_eq!(used.status, 200, "{}", used.text);
    let next = for_refresh(used.json()["refreshToken"].as_str().unwrap());
    let host = one.address.to_string();
    let replayed = other.post_json("/v1/token", &next, &[("dpop", &proof), ("host", &host)]).await;
    refused(&replayed, INVALID.0, INVALID.1, INVALID.2);
    assert!(replayed.text.contains("used before"), "{}", replayed.text);
    two.stop().await;
    one.stop().await;
}
