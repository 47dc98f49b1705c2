//! Roles taken on with tokens of OpenID providers and responses of SAML providers.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sesame::config::{Policies, Signatures};

use super::anonymous::{call, call_v3};
use super::providers::METADATA;
use crate::support::{ACCOUNT, Place, Reply, Rpc, TestApp};

on_both_engines![
    a_bearer_of_a_token_takes_a_role_on,
    a_call_may_be_signed_and_must_be_in_time,
    tokens_are_refused_in_the_clouds_words,
    tokens_are_verified_with_the_keys_that_were_handed_over,
    the_trust_policy_decides_by_the_tokens_claims,
    tokens_and_sessions_end_by_the_clock,
    what_is_asked_of_a_session_is_checked,
    a_person_of_a_saml_provider_takes_a_role_on,
    responses_are_refused_in_the_clouds_words,
];

const URL: &str = "https://idp.example.com";
const OIDC: &str = "acs:ram::1000000000000001:oidc-provider/idp";
const SAML: &str = "acs:ram::1000000000000001:saml-provider/idp";
const ROLE: &str = "acs:ram::1000000000000001:role/dev";
const NO_PERMISSION: &str = "AuthenticationFail.NoPermission";
/// The time that the vectors were made for.
const NOW: &str = "2026-01-02T03:04:05Z";

async fn with_oidc(place: &Place) -> (TestApp, Rpc) {
    let app = TestApp::start(place).await;
    let root = app.root();
    let create = [("OIDCProviderName", "idp"), ("IssuerUrl", URL), ("ClientIds", "client,sts.aliyuncs.com")];
    root.ims("CreateOIDCProvider", &create).await.ok();
    (app, root)
}

async fn role(root: &Rpc, name: &str, provider: &str, condition: Value) -> String {
    let statement = json!({
        "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Federated": [provider]}, "Condition": condition,
    });
    let document = json!({"Version": "1", "Statement": [statement]}).to_string();
    let create = [("RoleName", name), ("AssumeRolePolicyDocument", &*document), ("MaxSessionDuration", "7200")];
    root.ram("CreateRole", &create).await.ok()["Role"]["RoleId"].as_str().expect("an id").to_owned()
}

async fn token(app: &TestApp, claims: Value) -> String {
    let body = json!({"url": URL, "claims": claims});
    let (status, answer) = app.control.post(&format!("/accounts/{ACCOUNT}/oidc-token"), &body).await;
    assert_eq!(status, 200, "{answer}");
    answer["token"].as_str().expect("a token").to_owned()
}

fn parameters<'a>(token: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut parameters =
        vec![("OIDCProviderArn", OIDC), ("RoleArn", ROLE), ("OIDCToken", token), ("RoleSessionName", "work")];
    parameters.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    parameters.extend(more);
    parameters
}

async fn take(app: &TestApp, token: &str, more: &[(&str, &str)]) -> Reply {
    call(app, "AssumeRoleWithOIDC", &parameters(token, more)).await
}

#[track_caller]
fn refused(reply: &Reply, status: u16, code: &str, message: &str) {
    reply.is(status, code);
    assert_eq!(reply.body["Message"], message);
}

fn in_session(app: &TestApp, taken: &Value) -> Rpc {
    let text = |member: &str| taken["Credentials"][member].as_str().expect("a credential").to_owned();
    app.rpc(&text("AccessKeyId"), &text("AccessKeySecret")).with_token(&text("SecurityToken"))
}

async fn a_bearer_of_a_token_takes_a_role_on(place: &Place) {
    let (app, root) = with_oidc(place).await;
    let condition = json!({"StringEquals": {"oidc:iss": URL, "oidc:aud": ["client"]},
        "StringLike": {"oidc:sub": "repo:octo/*"}});
    let id = role(&root, "dev", OIDC, condition).await;
    let token = token(&app, json!({"sub": "repo:octo/x", "aud": ["client", "other"]})).await;
    let taken = take(&app, &token, &[("DurationSeconds", "900")]).await.ok();
    assert_eq!(taken["AssumedRoleUser"], json!({"Arn": format!("{ROLE}/work"), "AssumedRoleId": format!("{id}:work")}));
    assert_eq!(
        taken["OIDCTokenInfo"],
        json!({
            "Subject": "repo:octo/x", "Issuer": URL, "ClientIds": "client,other",
            "ExpirationTime": "2026-11-22T01:00:00Z", "IssuanceTime": "2026-11-22T00:00:00Z",
            "VerificationInfo": "Success",
        })
    );
    assert_eq!(taken["Credentials"]["Expiration"], "2026-11-22T00:15:00Z");
    assert!(taken["Credentials"]["AccessKeyId"].as_str().is_some_and(|key| key.starts_with("STS.")));
    let who = in_session(&app, &taken).sts("GetCallerIdentity", &[]).await.ok();
    assert_eq!(who["Arn"], format!("acs:ram::{ACCOUNT}:assumed-role/dev/work"));
    assert_eq!((&who["IdentityType"], &who["AccountId"]), (&json!("AssumedRoleUser"), &json!(ACCOUNT)));
    assert_eq!((&who["PrincipalId"], &who["RoleId"]), (&json!(format!("{id}:work")), &json!(id)));
    assert_eq!(who["UserId"], Value::Null);
    let newer = call_v3(&app, "AssumeRoleWithOIDC", &parameters(&token, &[])).await.ok();
    assert_eq!(newer["Credentials"]["Expiration"], "2026-11-22T01:00:00Z");
    app.stop().await;
}

async fn a_call_may_be_signed_and_must_be_in_time(place: &Place) {
    let (app, root) = with_oidc(place).await;
    role(&root, "dev", OIDC, json!({})).await;
    app.user("alice").await;
    let alice = app.key_of("alice").await;
    let token = token(&app, json!({})).await;
    for signed in [alice.clone(), alice.v3(), root.clone()] {
        signed.sts("AssumeRoleWithOIDC", &parameters(&token, &[])).await.ok();
    }
    let forged = app.rpc(&alice.key_id, "wrong");
    forged.sts("AssumeRoleWithOIDC", &parameters(&token, &[])).await.is(400, "SignatureDoesNotMatch");
    for (name, value, code) in [
        ("Timestamp", "", "MissingTimestamp"),
        ("Timestamp", "yesterday", "InvalidTimeStamp.Format"),
        ("Timestamp", "2026-11-21T23:44:59Z", "InvalidTimeStamp.Expired"),
    ] {
        take(&app, &token, &[(name, value)]).await.is(400, code);
    }
    take(&app, &token, &[("SignatureNonce", "")]).await.ok();
    // Every other operation needs a key.
    for action in ["AssumeRole", "GetCallerIdentity"] {
        call(&app, action, &[]).await.is(400, "MissingAccessKeyId");
    }
    app.stop().await;
}

async fn tokens_are_refused_in_the_clouds_words(place: &Place) {
    let (app, root) = with_oidc(place).await;
    role(&root, "dev", OIDC, json!({})).await;
    let create = [("OIDCProviderName", "silent"), ("IssuerUrl", "https://silent.example.com"), ("ClientIds", "x")];
    root.ims("CreateOIDCProvider", &create).await.ok();
    let good = token(&app, json!({})).await;
    let provider = |arn| [("OIDCProviderArn", arn)];
    let malformed = take(&app, "token", &provider("test")).await;
    refused(&malformed, 401, NO_PERMISSION, "Parameter OIDCProviderArn is not valid");
    let absent = take(&app, &good, &provider("")).await;
    refused(&absent, 401, NO_PERMISSION, "Parameter OIDCProviderArn is not valid");
    for arn in ["acs:ram::1000000000000001:oidc-provider/none", "acs:ram::1000000000000009:oidc-provider/idp"] {
        refused(&take(&app, &good, &provider(arn)).await, 401, NO_PERMISSION, "No such OIDC Provider registered.");
    }
    let silent = "acs:ram::1000000000000001:oidc-provider/silent";
    refused(
        &take(&app, &good, &provider(silent)).await,
        401,
        "AuthenticationFail.OIDCToken.IssuerNotMatch",
        "The issuer in the OIDC Token doesn't match the OIDC Provider registered.",
    );
    let foreign = token(&app, json!({"iss": "https://silent.example.com"})).await;
    refused(
        &take(&app, &foreign, &provider(silent)).await,
        401,
        "AuthenticationFail.OIDCToken.IssuerConfigurationBroken",
        "Get public keys from OIDC Provider failed, the issuer is https://silent.example.com.",
    );
    let invalid = "AuthenticationFail.OIDCToken.Invalid";
    let symmetric = "eyJhbGciOiJIUzI1NiJ9.e30.AAAA";
    for (token, message) in [
        ("", "The OIDCToken can not empty."),
        ("a.b", "The number of Jwt field should be divided into 3 parts with '.' ."),
        ("a.b.c", "The Jwt content is invalid that cannot be recognized."),
        (symmetric, "The algorithm HS256 that be specified in Jwt header is unknown."),
    ] {
        refused(&take(&app, token, &[]).await, 401, invalid, message);
    }
    let changed = format!("{}AAAA", &good[..good.len() - 4]);
    refused(
        &take(&app, &changed, &[]).await,
        401,
        "AuthenticationFail.OIDCToken.InvalidSignature",
        "OIDC token validate failed: invalid signature.",
    );
    let other = token(&app, json!({"aud": "other"})).await;
    let audience = take(&app, &other, &[]).await;
    refused(&audience, 401, "AuthenticationFail.OIDCToken.AudienceNotMatch", "Invalid audience.");
    let future = token(&app, json!({"iat": 1_795_305_601})).await;
    take(&app, &future, &[]).await.is(401, invalid);
    let client = [("OIDCProviderName", "idp"), ("ClientId", "client")];
    root.ims("RemoveClientIdFromOIDCProvider", &client).await.ok();
    take(&app, &good, &[]).await.is(401, "AuthenticationFail.OIDCToken.AudienceNotMatch");
    app.stop().await;
}

async fn tokens_are_verified_with_the_keys_that_were_handed_over(place: &Place) {
    let (app, root) = with_oidc(place).await;
    role(&root, "dev", OIDC, json!({"StringEquals": {"oidc:sub": "alice"}})).await;
    root.ims("UpdateOIDCProvider", &[("OIDCProviderName", "idp"), ("ClientIds", "client")]).await.ok();
    assert_eq!(app.control.put("/clock", &json!({"now": NOW})).await.0, 200);
    let tokens: BTreeMap<String, String> =
        serde_json::from_str(include_str!("../../vectors/federation/tokens.json")).expect("tokens");
    let unknown = take(&app, &tokens["RS256"], &[]).await;
    unknown.is(401, "AuthenticationFail.OIDCToken.IssuerConfigurationBroken");
    let jwks: Value = serde_json::from_str(include_str!("../../vectors/federation/jwks.json")).expect("JSON");
    let keys = json!({"url": URL, "jwks": jwks});
    assert_eq!(app.control.put(&format!("/accounts/{ACCOUNT}/oidc-keys"), &keys).await.0, 204);
    let (_, listed) = app.control.get(&format!("/accounts/{ACCOUNT}/oidc-keys")).await;
    assert_eq!(listed["providers"][0]["url"], URL);
    take(&app, &tokens["RS256"], &[]).await.ok();
    for (name, code) in [
        ("changed", "InvalidSignature"),
        ("unknown kid", "InvalidSignature"),
        ("none", "Invalid"),
        ("no sub", "Invalid"),
        ("expired 1", "Expired"),
        ("nbf 301", "Invalid"),
    ] {
        let reply = take(&app, &tokens[name], &[]).await;
        assert_eq!(reply.code(), format!("AuthenticationFail.OIDCToken.{code}"), "{name}: {}", reply.body);
    }
    app.stop().await;
}

async fn the_trust_policy_decides_by_the_tokens_claims(place: &Place) {
    let (app, root) = with_oidc(place).await;
    role(&root, "bobs", OIDC, json!({"StringEquals": {"oidc:sub": "bob"}})).await;
    role(&root, "others", "acs:ram::1000000000000001:oidc-provider/other", json!({})).await;
    let users = json!({"Version": "1", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": [format!("acs:ram::{ACCOUNT}:root")]},
    }]});
    let create = [("RoleName", "users"), ("AssumeRolePolicyDocument", &*users.to_string())];
    root.ram("CreateRole", &create).await.ok();
    let alice = token(&app, json!({"sub": "alice"})).await;
    for name in ["bobs", "others", "users"] {
        let arn = format!("acs:ram::{ACCOUNT}:role/{name}");
        let reply = take(&app, &alice, &[("RoleArn", &arn)]).await;
        refused(&reply, 401, NO_PERMISSION, "There is no permission");
    }
    let arn = format!("acs:ram::{ACCOUNT}:role/bobs");
    take(&app, &token(&app, json!({"sub": "bob"})).await, &[("RoleArn", &arn)]).await.ok();
    app.stop().await;

    let place = Place::memory().await;
    let app = TestApp::start_with(&place, |settings| {
        settings.auth.policies = Policies::Audit;
        settings.auth.signatures = Signatures::Ignore;
    })
    .await;
    let root = app.root();
    let create = [("OIDCProviderName", "idp"), ("IssuerUrl", URL), ("ClientIds", "client")];
    root.ims("CreateOIDCProvider", &create).await.ok();
    role(&root, "dev", OIDC, json!({"StringEquals": {"oidc:sub": "bob"}})).await;
    let alice = token(&app, json!({"sub": "alice"})).await;
    take(&app, &alice, &[("Timestamp", "")]).await.ok();
    app.stop().await;
}

async fn tokens_and_sessions_end_by_the_clock(place: &Place) {
    let (app, root) = with_oidc(place).await;
    role(&root, "dev", OIDC, json!({})).await;
    let limit = [("OIDCProviderName", "idp"), ("IssuanceLimitTime", "1")];
    root.ims("UpdateOIDCProvider", &limit).await.ok();
    let advance = async |seconds: i64| {
        let body = json!({"seconds": seconds});
        assert_eq!(app.control.post(&format!("/clock/advance?account={ACCOUNT}"), &body).await.0, 200);
    };
    let short = token(&app, json!({"exp": 1_795_305_600 + 1_000})).await;
    let long = token(&app, json!({"exp": 1_795_305_600 + 90_000})).await;
    let taken = take(&app, &short, &[("DurationSeconds", "1000")]).await.ok();
    let session = in_session(&app, &taken);
    advance(999).await;
    take(&app, &short, &[]).await.ok();
    session.sts("GetCallerIdentity", &[]).await.ok();
    advance(1).await;
    let expired = take(&app, &short, &[]).await;
    refused(&expired, 401, "AuthenticationFail.OIDCToken.Expired", "This JsonWebToken is expired.");
    session.sts("GetCallerIdentity", &[]).await.is(400, "InvalidSecurityToken.Expired");
    advance(2_599).await;
    take(&app, &long, &[]).await.ok();
    advance(2).await;
    take(&app, &long, &[]).await.is(401, "AuthenticationFail.OIDCToken.Expired");
    app.stop().await;
}

async fn what_is_asked_of_a_session_is_checked(place: &Place) {
    let (app, root) = with_oidc(place).await;
    role(&root, "dev", OIDC, json!({})).await;
    let token = token(&app, json!({})).await;
    let long = format!(r#"{{"Version":"1","Statement":[],"x":"{}"}}"#, "a".repeat(2_048));
    for (name, value, status, code, message) in [
        ("RoleArn", "", 400, "MissingParameter.RoleArn", "Parameter RoleArn is required."),
        ("RoleArn", "dev", 400, "InvalidParameter.RoleArn", "The parameter RoleArn is wrongly formed."),
        (
            "RoleArn",
            "acs:ram::1000000000000001:role/none",
            404,
            "EntityNotExist.Role",
            "The role not exists: acs:ram::1000000000000001:role/none. ",
        ),
        ("RoleSessionName", "", 400, "MissingRoleSessionName", "RoleSessionName is mandatory for this action."),
        ("RoleSessionName", "a=b", 400, "InvalidParameter.RoleSessionName", "The RoleSessionName is invalid."),
        ("DurationSeconds", "899", 400, "InvalidParameter.DurationSeconds", "The DurationSeconds is invalid."),
        ("DurationSeconds", "7201", 400, "InvalidParameter.DurationSeconds", "The DurationSeconds is invalid."),
        ("DurationSeconds", "x", 400, "InvalidParameter.DurationSeconds", "The DurationSeconds is invalid."),
        ("Policy", "{}", 400, "InvalidParameter.PolicyGrammar", "Invalid Policy."),
        ("Policy", &*long, 400, "InvalidParameter.PolicySize", "The max size of policy string is 1024."),
    ] {
        refused(&take(&app, &token, &[(name, value)]).await, status, code, message);
    }
    let policy = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:*","Resource":"*"}]}"#;
    take(&app, &token, &[("Policy", policy), ("DurationSeconds", "7200")]).await.ok();
    app.stop().await;
}

async fn with_saml(place: &Place) -> (TestApp, Rpc, BTreeMap<String, String>) {
    let app = TestApp::start_with(place, |settings| settings.auth.signatures = Signatures::Ignore).await;
    let root = app.root();
    let encoded = STANDARD.encode(METADATA);
    root.ims("CreateSAMLProvider", &[("SAMLProviderName", "idp"), ("EncodedSAMLMetadataDocument", &encoded)])
        .await
        .ok();
    assert_eq!(app.control.put("/clock", &json!({"now": NOW})).await.0, 200);
    let responses = include_str!("../../vectors/federation/alibaba-responses.json");
    (app, root, serde_json::from_str(responses).expect("responses"))
}

async fn sign_on(app: &TestApp, response: &str, more: &[(&str, &str)]) -> Reply {
    let response = STANDARD.encode(response);
    let mut parameters = vec![("SAMLProviderArn", SAML), ("RoleArn", ROLE), ("SAMLAssertion", &*response)];
    parameters.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    parameters.extend(more);
    call(app, "AssumeRoleWithSAML", &parameters).await
}

async fn a_person_of_a_saml_provider_takes_a_role_on(place: &Place) {
    let (app, root, responses) = with_saml(place).await;
    let recipient = json!({"StringEquals": {"saml:recipient": "https://signin.aliyun.com/saml-role/sso"}});
    let id = role(&root, "dev", SAML, recipient).await;
    role(&root, "ops", SAML, json!({})).await;
    let taken = sign_on(&app, &responses["good"], &[]).await.ok();
    assert_eq!(
        taken["SAMLAssertionInfo"],
        json!({
            "SubjectType": "persistent", "Subject": "alice@example.com",
            "Recipient": "https://signin.aliyun.com/saml-role/sso",
            "Issuer": "https://idp.example.com/adfs/services/trust",
        })
    );
    assert_eq!(
        taken["AssumedRoleUser"],
        json!({"Arn": format!("{ROLE}/alice@example.com"), "AssumedRoleId": format!("{id}:alice@example.com")})
    );
    // what the assertion says of the duration counts in the console alone
    assert_eq!(taken["Credentials"]["Expiration"], "2026-01-02T04:04:05Z");
    let shorter = sign_on(&app, &responses["international"], &[("DurationSeconds", "900")]).await.ok();
    assert_eq!(shorter["Credentials"]["Expiration"], "2026-01-02T03:19:05Z");
    let who = in_session(&app, &taken).sts("GetCallerIdentity", &[]).await.ok();
    assert_eq!(who["Arn"], format!("acs:ram::{ACCOUNT}:assumed-role/dev/alice@example.com"));

    let elsewhere = sign_on(&app, &responses["sent elsewhere"], &[]).await;
    refused(&elsewhere, 401, NO_PERMISSION, "There is no permission");
    let ops = format!("acs:ram::{ACCOUNT}:role/ops");
    sign_on(&app, &responses["sent elsewhere"], &[("RoleArn", &ops)]).await.ok();
    app.stop().await;
}

async fn responses_are_refused_in_the_clouds_words(place: &Place) {
    let (app, root, responses) = with_saml(place).await;
    role(&root, "dev", SAML, json!({})).await;
    role(&root, "unnamed", SAML, json!({})).await;
    let invalid = ("AuthenticationFail.SAMLAssertion.Invalid", "The SAML Assertion is invalid.");
    for name in ["another audience", "no roles", "another issuer", "unsigned", "changed", "another key"] {
        let reply = sign_on(&app, &responses[name], &[]).await;
        assert_eq!(reply.code(), invalid.0, "{name}");
        refused(&reply, 401, invalid.0, invalid.1);
    }
    for name in ["no session name", "session name"] {
        let reply = sign_on(&app, &responses[name], &[]).await;
        refused(&reply, 400, "InvalidParameter.RoleSessionName", "The RoleSessionName is invalid.");
    }
    let good = &responses["good"];
    let unnamed = format!("acs:ram::{ACCOUNT}:role/unnamed");
    sign_on(&app, good, &[("RoleArn", &unnamed)]).await.is(401, invalid.0);
    let ops = format!("acs:ram::{ACCOUNT}:role/ops");
    sign_on(&app, good, &[("RoleArn", &ops)]).await.is(404, "EntityNotExist.Role");
    sign_on(&app, good, &[("SAMLAssertion", "%%%%")]).await.is(401, invalid.0);
    for name in ["SAMLProviderArn", "RoleArn", "SAMLAssertion"] {
        let reply = sign_on(&app, good, &[(name, "")]).await;
        refused(&reply, 400, &format!("MissingParameter.{name}"), &format!("Parameter {name} is required."));
    }
    for arn in ["idp", "acs:ram::1000000000000001:saml-provider/none", OIDC] {
        let reply = sign_on(&app, good, &[("SAMLProviderArn", arn)]).await;
        refused(&reply, 404, "EntityNotExist.SAMLProvider", "Can not find SAML provider.");
    }

    assert_eq!(app.control.put("/clock", &json!({"now": "2026-01-02T03:09:05Z"})).await.0, 200);
    let expired = sign_on(&app, good, &[]).await;
    refused(&expired, 401, "AuthenticationFail.SAMLAssertion.Expired", "The SAML Assertion is expired.");
    assert_eq!(app.control.put("/clock", &json!({"now": "2026-01-02T03:03:00Z"})).await.0, 200);
    sign_on(&app, good, &[]).await.is(401, invalid.0);

    let no_certificate = STANDARD.encode(include_str!("../../vectors/federation/metadata-encryption-only.xml"));
    let change = [("SAMLProviderName", "idp"), ("NewEncodedSAMLMetadataDocument", &*no_certificate)];
    root.ims("UpdateSAMLProvider", &change).await.ok();
    let reply = sign_on(&app, good, &[]).await;
    let text = "The IdP Metadata of your SAML Provider is invalid.";
    refused(&reply, 401, "AuthenticationFail.IDPMetadata.Invalid", text);
    app.stop().await;
}
