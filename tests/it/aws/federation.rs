//! Roles taken on with tokens of OpenID providers and responses of SAML providers.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sesame::config::{Policies, Signatures};
use sesame::domain::role::Role;
use sesame::domain::time::Time;
use sesame::store;

use super::client::{Answer, Aws};
use super::providers::{ACCOUNT, METADATA};
use crate::support::{Place, TestApp};

on_both_engines![
    a_bearer_of_a_token_takes_a_role_on,
    tokens_are_refused_in_the_clouds_words,
    the_trust_policy_decides_by_the_tokens_claims,
    tags_and_source_identity_have_to_be_allowed,
    a_trust_policy_is_audited_or_not_looked_at_as_the_settings_say,
    a_token_may_name_its_roles,
    tokens_are_judged_by_the_clock_of_the_roles_account,
    a_person_of_a_saml_provider_takes_a_role_on,
    responses_are_refused_in_the_clouds_words,
];

const URL: &str = "https://idp.example.com";
const OIDC: &str = "arn:aws:iam::000000000000:oidc-provider/idp.example.com";
const SAML: &str = "arn:aws:iam::000000000000:saml-provider/idp";
const ROLE: &str = "arn:aws:iam::000000000000:role/dev";
const INVALID: &str = "InvalidIdentityToken";
/// The time that the vectors were made for.
const NOW: &str = "2026-01-02T03:04:05Z";
const NOT_AUTHORIZED: &str = "Not authorized to perform sts:AssumeRoleWithWebIdentity";

async fn start(place: &Place) -> (TestApp, Aws) {
    start_with(place, Policies::Enforce).await
}

async fn start_with(place: &Place, policies: Policies) -> (TestApp, Aws) {
    let app = TestApp::start_with(place, |settings| {
        settings.auth.signatures = Signatures::Ignore;
        settings.auth.policies = policies;
    })
    .await;
    let root = Aws::root(&app);
    let create = [("Url", URL), ("ClientIDList.member.1", "client"), ("ClientIDList.member.2", "a")];
    root.iam("CreateOpenIDConnectProvider", &create).await.ok();
    root.iam("CreateSAMLProvider", &[("Name", "idp"), ("SAMLMetadataDocument", METADATA)]).await.ok();
    (app, root)
}

async fn stand_still(app: &TestApp) {
    let (status, answer) = app.control.put("/clock", &json!({"now": NOW})).await;
    assert_eq!(status, 200, "{answer}");
}

async fn hand_over_keys(app: &TestApp) {
    let jwks: Value = serde_json::from_str(include_str!("../../vectors/federation/jwks.json")).expect("JSON");
    let path = format!("/accounts/{ACCOUNT}/oidc-keys");
    assert_eq!(app.control.put(&path, &json!({"url": URL, "jwks": jwks})).await.0, 204);
}

fn allow(provider: &str, actions: &Value, condition: &Value) -> Value {
    json!({
        "Effect": "Allow", "Principal": {"Federated": provider}, "Action": actions, "Condition": condition,
    })
}

async fn role(app: &TestApp, name: &str, statements: Value) {
    let role = Role {
        account_id: ACCOUNT.to_owned(),
        id: format!("AROA{}", name.to_uppercase()),
        name: name.to_owned(),
        path: "/".to_owned(),
        permissions_boundary: None,
        service_name: None,
        last_used: None,
        description: String::new(),
        trust_policy: json!({"Version": "2012-10-17", "Statement": statements}).to_string(),
        max_session_seconds: 7_200,
        console_login_allowed: false,
        created_at: Time(0),
        updated_at: Time(0),
    };
    let (mut tx, _) = app.app.db.write(ACCOUNT).await.expect("the account");
    assert!(store::roles::insert(&mut tx, &role).await.expect("a role"));
    tx.commit().await.expect("a commit");
}

async fn token(app: &TestApp, claims: Value) -> String {
    let body = json!({"url": URL, "claims": claims});
    let (status, answer) = app.control.post(&format!("/accounts/{ACCOUNT}/oidc-token"), &body).await;
    assert_eq!(status, 200, "{answer}");
    answer["token"].as_str().expect("a token").to_owned()
}

async fn take(app: &TestApp, token: &str, more: &[(&str, &str)]) -> Answer {
    let mut parameters = vec![("RoleArn", ROLE), ("RoleSessionName", "session"), ("WebIdentityToken", token)];
    parameters.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    parameters.extend(more);
    Aws::nobody(app).sts("AssumeRoleWithWebIdentity", &parameters).await
}

async fn a_bearer_of_a_token_takes_a_role_on(place: &Place) {
    let (app, _) = start(place).await;
    let condition = json!({
        "StringEquals": {"idp.example.com:aud": "client"}, "StringLike": {"idp.example.com:sub": "repo:octo/*"},
    });
    role(&app, "dev", json!([allow(OIDC, &json!("sts:AssumeRoleWithWebIdentity"), &condition)])).await;
    let token = token(&app, json!({"sub": "repo:octo/x"})).await;
    let taken = take(&app, &token, &[("DurationSeconds", "900")]).await.ok();
    assert_eq!(taken.text("SubjectFromWebIdentityToken"), "repo:octo/x");
    assert_eq!((taken.text("Audience"), taken.text("Provider")), ("client".into(), OIDC.into()));
    assert_eq!(taken.text("Arn"), "arn:aws:sts::000000000000:assumed-role/dev/session");
    assert_eq!(taken.text("AssumedRoleId"), "AROADEV:session");
    assert_eq!(taken.text("PackedPolicySize"), "0");
    assert_eq!(taken.text("Expiration"), "2026-11-22T00:15:00Z");
    let key = taken.text("AccessKeyId");
    assert!(key.starts_with("ASIA"), "{key}");
    let who = Aws::with_key(&app, &key).sts("GetCallerIdentity", &[]).await.ok();
    assert_eq!(who.text("Arn"), taken.text("Arn"));

    take(&app, &token, &[("DurationSeconds", "7201")]).await.is(
        400,
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    );
    app.stop().await;
}

async fn tokens_are_refused_in_the_clouds_words(place: &Place) {
    let (app, root) = start(place).await;
    role(&app, "dev", json!([allow(OIDC, &json!("sts:AssumeRoleWithWebIdentity"), &json!({}))])).await;
    stand_still(&app).await;
    let tokens: BTreeMap<String, String> =
        serde_json::from_str(include_str!("../../vectors/federation/tokens.json")).expect("tokens");
    let no_key = "Couldn't retrieve verification key from your identity provider,  please reference \
                  AssumeRoleWithWebIdentity documentation for requirements";
    take(&app, &tokens["RS256"], &[]).await.is(400, INVALID, no_key);
    hand_over_keys(&app).await;
    for name in ["RS256", "RS512", "ES256", "ES384", "sub number", "expired 1"] {
        take(&app, &tokens[name], &[]).await.ok();
    }
    for (name, message) in [
        ("unknown kid", no_key),
        ("no iss", "Missing a required claim: iss"),
        ("no sub", "Missing a required claim: sub"),
        ("no aud", "Missing a required claim: aud"),
        ("no iat", "Missing a required claim: iat"),
        ("no exp", "Missing a required claim: exp"),
        ("aud empty", "Claim is not allowed to be empty: aud"),
        ("exp fraction", "Invalid timestamp in token claims."),
        ("iat 301", "Token issued in the future: 1767323346"),
        (
            "nbf 301",
            "Token not yet valid: current date/time 1767323345 must be after or equal to the not-before date/time \
             1767323346",
        ),
        ("tag text", "principal_tags passed in claim is not in correct format."),
        ("crit", "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"),
    ] {
        let answer = take(&app, &tokens[name], &[]).await;
        assert_eq!((answer.text("Code"), answer.text("Message")), (INVALID.into(), message.into()), "{name}");
        assert_eq!(answer.status, 400, "{name}");
    }
    take(&app, &tokens["expired 300"], &[]).await.is(
        400,
        "ExpiredTokenException",
        "Token expired: current date/time 1767322745 must be before the expiration date/time 1767322745",
    );
    for name in ["changed", "none", "HS256 with the public key", "other kid"] {
        let answer = take(&app, &tokens[name], &[]).await;
        assert_eq!((answer.status, answer.text("Code")), (400, INVALID.to_owned()), "{name}");
    }
    take(&app, "nonsense", &[]).await.is(
        400,
        INVALID,
        "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
    );
    take(&app, &tokens["RS256"], &[("ProviderId", "www.amazon.com")]).await.is(
        400,
        INVALID,
        "Provided Token is not a Login With Amazon token",
    );
    take(&app, &tokens["RS256"], &[("RoleArn", "arn:aws:iam::000000000000:user/x")]).await.is(
        400,
        "ValidationError",
        "arn:aws:iam::000000000000:user/x is invalid",
    );

    let client = [("OpenIDConnectProviderArn", OIDC), ("ClientID", "client")];
    root.iam("RemoveClientIDFromOpenIDConnectProvider", &client).await.ok();
    take(&app, &tokens["RS256"], &[]).await.is(400, INVALID, "Incorrect token audience");
    root.iam("DeleteOpenIDConnectProvider", &client[..1]).await.ok();
    take(&app, &tokens["RS256"], &[]).await.is(
        400,
        INVALID,
        "No OpenIDConnect provider found in your account for https://idp.example.com",
    );
    app.stop().await;
}

async fn the_trust_policy_decides_by_the_tokens_claims(place: &Place) {
    let (app, _) = start(place).await;
    let action = json!("sts:AssumeRoleWithWebIdentity");
    let unmet = json!({"StringEquals": {"idp.example.com:sub": "bob"}});
    let party = json!({"StringEquals": {"idp.example.com:azp": "a", "idp.example.com:aud": "a"}});
    role(&app, "bobs", json!([allow(OIDC, &action, &unmet)])).await;
    role(&app, "others", json!([allow("arn:aws:iam::000000000000:oidc-provider/other", &action, &json!({}))])).await;
    role(&app, "everyones", json!([{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": action}])).await;
    role(&app, "partys", json!([allow(OIDC, &action, &party)])).await;
    let alice = token(&app, json!({"sub": "alice"})).await;
    for name in ["bobs", "others", "everyones", "partys", "none"] {
        let arn = format!("arn:aws:iam::000000000000:role/{name}");
        let answer = take(&app, &alice, &[("RoleArn", &arn)]).await;
        answer.is(403, "AccessDenied", NOT_AUTHORIZED);
    }
    let two = token(&app, json!({"aud": ["a", "client"]})).await;
    let arn = "arn:aws:iam::000000000000:role/partys";
    take(&app, &two, &[("RoleArn", arn)]).await.is(
        400,
        INVALID,
        "Token audience contains more than one audience while authorized party is not present",
    );
    let two = token(&app, json!({"aud": ["x", "client"], "azp": "a"})).await;
    assert_eq!(take(&app, &two, &[("RoleArn", arn)]).await.ok().text("Audience"), "a");
    app.stop().await;
}

async fn tags_and_source_identity_have_to_be_allowed(place: &Place) {
    let (app, _) = start(place).await;
    let alone = json!("sts:AssumeRoleWithWebIdentity");
    let all = json!(["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"]);
    let red = json!({"StringEquals": {"aws:RequestTag/Team": "red"}});
    role(&app, "bare", json!([allow(OIDC, &alone, &json!({}))])).await;
    role(&app, "dev", json!([allow(OIDC, &all, &red)])).await;
    let bare = ("RoleArn", "arn:aws:iam::000000000000:role/bare");
    let tags = json!({"principal_tags": {"Team": ["red"]}, "transitive_tag_keys": ["Team"]});
    let tagged = token(&app, json!({"https://aws.amazon.com/tags": tags})).await;
    take(&app, &tagged, &[bare]).await.is(403, "AccessDenied", "Not authorized to perform sts:TagSession");
    take(&app, &tagged, &[]).await.ok();
    let named = token(&app, json!({"https://aws.amazon.com/source_identity": "alice"})).await;
    take(&app, &named, &[bare]).await.is(403, "AccessDenied", "Not authorized to perform sts:SetSourceIdentity");
    let both = json!({"https://aws.amazon.com/source_identity": "alice", "https://aws.amazon.com/tags": tags});
    assert_eq!(take(&app, &token(&app, both).await, &[]).await.ok().text("SourceIdentity"), "alice");
    app.stop().await;
}

async fn a_trust_policy_is_audited_or_not_looked_at_as_the_settings_say(place: &Place) {
    let second = Place::memory().await;
    for (place, policies, decision) in [(place, Policies::Audit, "audited"), (&second, Policies::Ignore, "allowed")] {
        let (app, _) = start_with(place, policies).await;
        role(&app, "dev", json!([allow(SAML, &json!("sts:AssumeRoleWithSAML"), &json!({}))])).await;
        take(&app, &token(&app, json!({"sub": "x"})).await, &[]).await.ok();
        let (_, journal) = app.control.get("/requests?action=AssumeRoleWithWebIdentity").await;
        assert_eq!(journal["requests"][0]["decision"], decision);
        app.stop().await;
    }
}

async fn a_token_may_name_its_roles(place: &Place) {
    let (app, _) = start(place).await;
    let action = json!("sts:AssumeRoleWithWebIdentity");
    let named = json!({"Bool": {"sts:RoleAuthorizedByIdp": "true"}});
    role(&app, "dev", json!([allow(OIDC, &action, &named)])).await;
    let roles = |roles: Value| json!({"https://aws.amazon.com/roles": roles});
    take(&app, &token(&app, roles(json!([ROLE]))).await, &[]).await.ok();
    take(&app, &token(&app, json!({})).await, &[]).await.is(403, "AccessDenied", NOT_AUTHORIZED);
    take(&app, &token(&app, roles(json!("arn:aws:iam::000000000000:role/ops"))).await, &[]).await.is(
        400,
        INVALID,
        "The target role ARN is not present in the roles claim of the identity token",
    );
    take(&app, &token(&app, roles(json!(["dev"]))).await, &[]).await.is(
        400,
        INVALID,
        "The roles claim contains no valid role ARNs",
    );
    app.stop().await;
}

async fn tokens_are_judged_by_the_clock_of_the_roles_account(place: &Place) {
    let (app, _) = start(place).await;
    role(&app, "dev", json!([allow(OIDC, &json!("sts:AssumeRoleWithWebIdentity"), &json!({}))])).await;
    let token = token(&app, json!({})).await;
    let later = json!({"seconds": 3_600 + 299});
    assert_eq!(app.control.post(&format!("/clock/advance?account={ACCOUNT}"), &later).await.0, 200);
    take(&app, &token, &[]).await.ok();
    let later = json!({"seconds": 2});
    assert_eq!(app.control.post(&format!("/clock/advance?account={ACCOUNT}"), &later).await.0, 200);
    let answer = take(&app, &token, &[]).await;
    assert_eq!(answer.text("Code"), "ExpiredTokenException");
    app.stop().await;
}

fn responses(kind: &str) -> BTreeMap<String, String> {
    let all: Value = serde_json::from_str(include_str!("../../vectors/federation/responses.json")).expect("JSON");
    serde_json::from_value(all[kind].clone()).expect("responses")
}

async fn sign_on(app: &TestApp, response: &str, more: &[(&str, &str)]) -> Answer {
    let response = STANDARD.encode(response);
    let mut parameters = vec![("RoleArn", ROLE), ("PrincipalArn", SAML), ("SAMLAssertion", &*response)];
    parameters.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    parameters.extend(more);
    Aws::nobody(app).sts("AssumeRoleWithSAML", &parameters).await
}

const SAML_ACTIONS: [&str; 3] = ["sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity"];

async fn a_person_of_a_saml_provider_takes_a_role_on(place: &Place) {
    let (app, _) = start(place).await;
    let condition = json!({"StringEquals": {
        "SAML:aud": "https://signin.aws.amazon.com/saml", "SAML:sub": "alice", "SAML:sub_type": "persistent",
        "SAML:iss": "https://idp.example.com/metadata", "SAML:doc": "000000000000/idp",
        "saml:eduPersonAffiliation": "staff",
    }});
    role(&app, "dev", json!([allow(SAML, &json!(SAML_ACTIONS), &condition)])).await;
    stand_still(&app).await;
    let full = &responses("good")["full"];
    let taken = sign_on(&app, full, &[]).await.ok();
    assert_eq!((taken.text("Subject"), taken.text("SubjectType")), ("alice".into(), "persistent".into()));
    assert_eq!(taken.text("Issuer"), "https://idp.example.com/metadata");
    assert_eq!(taken.text("Audience"), "https://signin.aws.amazon.com/saml");
    assert_eq!(taken.text("NameQualifier"), "Fj9eTmb3WRbhub9Frk1vhAT2eSs=");
    assert_eq!(taken.text("SourceIdentity"), "alice");
    assert_eq!(taken.text("Arn"), "arn:aws:sts::000000000000:assumed-role/dev/alice@example.com");
    // the assertion asks for half an hour, which is less than what is usual
    assert_eq!(taken.text("Expiration"), "2026-01-02T03:34:05Z");
    let taken = sign_on(&app, full, &[("DurationSeconds", "900")]).await.ok();
    assert_eq!(taken.text("Expiration"), "2026-01-02T03:19:05Z");
    let who = Aws::with_key(&app, &taken.text("AccessKeyId")).sts("GetCallerIdentity", &[]).await.ok();
    assert_eq!(who.text("Arn"), taken.text("Arn"));
    app.stop().await;
}

async fn responses_are_refused_in_the_clouds_words(place: &Place) {
    let (app, root) = start(place).await;
    let unmet = json!({"StringEquals": {"SAML:sub": "bob"}});
    role(&app, "dev", json!([allow(SAML, &json!(SAML_ACTIONS), &json!({}))])).await;
    role(&app, "ops", json!([allow(SAML, &json!(SAML_ACTIONS), &unmet)])).await;
    stand_still(&app).await;
    let (good, edges, bad) = (responses("good"), responses("edges"), responses("bad"));
    let behind = |text: &str, code: &str| {
        format!("{text} (Service: AWSOpenIdDiscoveryService; Status Code: 400; Error Code: {code}; ")
    };
    let malformed = behind("Invalid base64 SAMLResponse", "AuthSamlInvalidSamlResponseException");
    let unsigned = behind(
        "Response (with optional signature) must contain an assertion with a mandatory signature",
        "AuthSamlInvalidSamlResponseException",
    );
    let issuer = behind("Issuer not present in specified provider", "AuthSamlInvalidSamlResponseException");
    for (response, code, start) in [
        (&bad["unsigned"], INVALID, &*unsigned),
        (&good["response by xmlsec"], INVALID, &*unsigned),
        (&bad["changed name"], INVALID, "Response signature invalid"),
        (&bad["another key, named"], INVALID, "Response signature invalid"),
        (&edges["no conditions"], INVALID, &*malformed),
        (&edges["no recipient"], INVALID, &*malformed),
        (&edges["no format"], INVALID, &*malformed),
        (&edges["other issuer"], INVALID, &*issuer),
        (&edges["expired conditions"], "ExpiredTokenException", "Response has expired"),
        (&edges["expired confirmation"], "ExpiredTokenException", "Response has expired"),
    ] {
        let answer = sign_on(&app, response, &[]).await;
        assert_eq!((answer.status, answer.text("Code")), (400, code.to_owned()), "{}", answer.body);
        assert!(answer.text("Message").starts_with(start), "{}", answer.body);
    }
    let full = &good["full"];
    let ops = ("RoleArn", "arn:aws:iam::000000000000:role/ops");
    let denied = "Not authorized to perform sts:AssumeRoleWithSAML";
    sign_on(&app, full, &[ops]).await.is(403, "AccessDenied", denied);
    sign_on(&app, full, &[("RoleArn", "arn:aws:iam::000000000000:role/other")]).await.is(
        400,
        INVALID,
        "SAML Assertion doesn't contain the requested Role and Metadata in the attributes",
    );
    let missing = sign_on(&app, full, &[("PrincipalArn", "arn:aws:iam::000000000000:saml-provider/other")]).await;
    assert!(missing.text("Message").starts_with("Specified provider doesn't exist (Service: "), "{}", missing.body);

    // the assertion is of 03:04:00 and good until 03:09:05
    let late = json!({"now": "2026-01-02T03:09:02Z"});
    assert_eq!(app.control.put("/clock", &late).await.0, 200);
    sign_on(&app, full, &[]).await.is(
        400,
        "ExpiredTokenException",
        "Token must be redeemed within 5 minutes of issuance",
    );

    stand_still(&app).await;
    root.iam("DeleteSAMLProvider", &[("SAMLProviderArn", SAML)]).await.ok();
    let encryption_only = include_str!("../../vectors/federation/metadata-encryption-only.xml");
    root.iam("CreateSAMLProvider", &[("Name", "idp"), ("SAMLMetadataDocument", encryption_only)]).await.ok();
    sign_on(&app, full, &[]).await.is(400, INVALID, "Response signature invalid");
    app.stop().await;
}
