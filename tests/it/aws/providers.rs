//! OpenID Connect and SAML providers, and the keys of the former.

use serde_json::{Value, json};

use super::client::Aws;
use crate::support::{Place, TestApp};

on_both_engines![
    an_oidc_provider_is_kept_as_recorded,
    addresses_and_thumbprints_are_refused_in_the_clouds_words,
    clients_are_added_and_removed_and_counted,
    labels_of_oidc_providers_tell_case,
    a_saml_provider_is_kept_as_recorded,
    private_keys_and_encryption_hang_together,
    metadata_have_to_be_a_providers,
    providers_have_quotas_and_go_with_a_reset,
    keys_are_handed_over_and_listed,
    tokens_are_signed_with_a_key_that_stays,
];

pub(super) const METADATA: &str = include_str!("../../vectors/federation/metadata.xml");
const CERTIFICATES: &str = include_str!("../../vectors/federation/certificates.json");
pub(super) const ACCOUNT: &str = "000000000000";
const ARN: &str = "arn:aws:iam::000000000000:oidc-provider/idp.example.com/path/";
const SAML: &str = "arn:aws:iam::000000000000:saml-provider/idp";

async fn start(place: &Place) -> (TestApp, Aws) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    (app, root)
}

async fn an_oidc_provider_is_kept_as_recorded(place: &Place) {
    let (app, root) = start(place).await;
    let upper = "A".repeat(40);
    let lower = "a".repeat(40);
    let create = [
        ("Url", "https://idp.example.com/path/"),
        ("ClientIDList.member.1", "z-client"),
        ("ClientIDList.member.2", "a-client"),
        ("ClientIDList.member.3", "z-client"),
        ("ThumbprintList.member.1", &*upper),
        ("ThumbprintList.member.2", &*lower),
        ("Tags.member.1.Key", "key"),
        ("Tags.member.1.Value", "value"),
        ("Tags.member.2.Key", "Key"),
        ("Tags.member.2.Value", "Value"),
    ];
    let made = root.iam("CreateOpenIDConnectProvider", &create).await.ok();
    assert_eq!(made.text("OpenIDConnectProviderArn"), ARN);
    assert_eq!(made.texts("Key"), ["key", "Key"]);
    root.iam("CreateOpenIDConnectProvider", &create).await.is(
        409,
        "EntityAlreadyExists",
        "Provider with url https://idp.example.com/path/ already exists.",
    );
    let got = root.iam("GetOpenIDConnectProvider", &[("OpenIDConnectProviderArn", ARN)]).await.ok();
    assert_eq!(got.text("Url"), "idp.example.com/path/");
    assert_eq!(got.text("ClientIDList"), "<member>z-client</member><member>a-client</member>");
    assert_eq!(got.text("ThumbprintList"), format!("<member>{lower}</member><member>{lower}</member>"));
    assert_eq!(got.texts("Key"), ["Key", "key"]);
    assert!(got.text("CreateDate").starts_with("2026-11-22T"));

    // without the slash, and with the usual port, it is another one
    let bare = root.iam("CreateOpenIDConnectProvider", &[("Url", "https://idp.example.com:443/path")]).await.ok();
    let bare = bare.text("OpenIDConnectProviderArn");
    assert_eq!(bare, ARN.trim_end_matches('/'));
    let got = root.iam("GetOpenIDConnectProvider", &[("OpenIDConnectProviderArn", &bare)]).await.ok();
    assert!(got.body.contains("<ClientIDList/>") && got.body.contains("<Tags/>"), "{}", got.body);
    assert_eq!(got.text("member").len(), 40);
    let listed = root.iam("ListOpenIDConnectProviders", &[]).await.ok();
    assert_eq!(listed.texts("Arn"), [&*bare, ARN]);

    let named = [("OpenIDConnectProviderArn", ARN)];
    root.iam("DeleteOpenIDConnectProvider", &named).await.ok();
    let missing = format!("OpenId connect Provider {ARN} cannot be found.");
    root.iam("DeleteOpenIDConnectProvider", &named).await.is(404, "NoSuchEntity", &missing);
    let missing = format!("OpenIDConnect Provider not found for arn {ARN}");
    root.iam("GetOpenIDConnectProvider", &named).await.is(404, "NoSuchEntity", &missing);
    app.stop().await;
}

async fn addresses_and_thumbprints_are_refused_in_the_clouds_words(place: &Place) {
    let (app, root) = start(place).await;
    for (url, code, message) in [
        ("example.com", "ValidationError", "Invalid Open ID Connect Provider URL"),
        (
            "http://example.com",
            "InvalidInput",
            "Invalid Open ID Connect Provider URL. The URL must begin with https://.",
        ),
        ("https://example.com:8443", "InvalidInput", "Invalid Open ID Connect Provider URL."),
        ("https://example.com/?q=value", "InvalidInput", "Unknown"),
        ("https://example.com/#fragment", "InvalidInput", "Unknown"),
    ] {
        root.iam("CreateOpenIDConnectProvider", &[("Url", url)]).await.is(400, code, message);
    }
    let print = "g".repeat(40);
    let names: Vec<String> = (1..=6).map(|at| format!("ThumbprintList.member.{at}")).collect();
    let mut many: Vec<(&str, &str)> = vec![("Url", "https://example.com")];
    many.extend(names.iter().map(|name| (&**name, &*print)));
    root.iam("CreateOpenIDConnectProvider", &many).await.is(
        400,
        "InvalidInput",
        "Thumbprint list must contain fewer than 5 entries.",
    );
    many.pop();
    let made = root.iam("CreateOpenIDConnectProvider", &many).await.ok();
    let arn = made.text("OpenIDConnectProviderArn");
    let action = "UpdateOpenIDConnectProviderThumbprint";
    root.iam(action, &[("OpenIDConnectProviderArn", &arn), ("ThumbprintList", "")]).await.is(
        400,
        "InvalidInput",
        "Thumbprint list must contain at least one entry.",
    );
    root.iam(action, &[("OpenIDConnectProviderArn", &arn), ("ThumbprintList.member.1", &"C".repeat(40))]).await.ok();
    let got = root.iam("GetOpenIDConnectProvider", &[("OpenIDConnectProviderArn", &arn)]).await.ok();
    assert_eq!(got.text("ThumbprintList"), format!("<member>{}</member>", "c".repeat(40)));
    app.stop().await;
}

async fn clients_are_added_and_removed_and_counted(place: &Place) {
    let (app, root) = start(place).await;
    let made = root.iam("CreateOpenIDConnectProvider", &[("Url", "https://idp.example.com")]).await.ok();
    let arn = made.text("OpenIDConnectProviderArn");
    let client = |id| [("OpenIDConnectProviderArn", &*arn), ("ClientID", id)];
    let (add, remove) = ("AddClientIDToOpenIDConnectProvider", "RemoveClientIDFromOpenIDConnectProvider");
    root.iam(add, &client("a")).await.ok();
    root.iam(add, &client("a")).await.ok();
    root.iam(remove, &client("b")).await.ok();
    let got = root.iam("GetOpenIDConnectProvider", &[("OpenIDConnectProviderArn", &arn)]).await.ok();
    assert_eq!(got.text("ClientIDList"), "<member>a</member>");
    root.iam(remove, &client("a")).await.ok();
    let numbers: Vec<String> = (0..101).map(|number| number.to_string()).collect();
    for number in &numbers[..100] {
        root.iam(add, &client(number)).await.ok();
    }
    root.iam(add, &client("100")).await.is(
        409,
        "LimitExceeded",
        "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100",
    );
    root.iam(add, &client("99")).await.ok();
    let missing = "arn:aws:iam::000000000000:oidc-provider/other";
    for action in [add, remove] {
        let answer = root.iam(action, &[("OpenIDConnectProviderArn", missing), ("ClientID", "a")]).await;
        answer.is(404, "NoSuchEntity", &format!("OpenIDConnect Provider not found for arn {missing}"));
    }
    app.stop().await;
}

async fn labels_of_oidc_providers_tell_case(place: &Place) {
    let (app, root) = start(place).await;
    root.iam("CreateOpenIDConnectProvider", &[("Url", "https://idp.example.com/path/")]).await.ok();
    let tag = [
        ("OpenIDConnectProviderArn", ARN),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "red"),
        ("Tags.member.2.Key", "Team"),
        ("Tags.member.2.Value", "blue"),
    ];
    root.iam("TagOpenIDConnectProvider", &tag).await.ok();
    let page = [("OpenIDConnectProviderArn", ARN), ("MaxItems", "1")];
    let first = root.iam("ListOpenIDConnectProviderTags", &page).await.ok();
    assert_eq!((first.text("Key"), first.text("IsTruncated")), ("Team".to_owned(), "true".to_owned()));
    let untag = [("OpenIDConnectProviderArn", ARN), ("TagKeys.member.1", "Team"), ("TagKeys.member.2", "x")];
    root.iam("UntagOpenIDConnectProvider", &untag).await.ok();
    let left = root.iam("ListOpenIDConnectProviderTags", &[("OpenIDConnectProviderArn", ARN)]).await.ok();
    assert_eq!(left.texts("Value"), ["red"]);
    app.stop().await;
}

async fn a_saml_provider_is_kept_as_recorded(place: &Place) {
    let (app, root) = start(place).await;
    let create = [
        ("Name", "idp"),
        ("SAMLMetadataDocument", METADATA),
        ("Tags.member.1.Key", "z"),
        ("Tags.member.1.Value", "z"),
        ("Tags.member.2.Key", "A"),
        ("Tags.member.2.Value", "a"),
    ];
    let made = root.iam("CreateSAMLProvider", &create).await.ok();
    assert_eq!(made.text("SAMLProviderArn"), SAML);
    assert_eq!(made.texts("Key"), ["z", "A"]);
    assert_eq!(root.iam("CreateSAMLProvider", &create).await.status, 409);
    let named = [("SAMLProviderArn", SAML)];
    let got = root.iam("GetSAMLProvider", &named).await.ok();
    let id = got.text("SAMLProviderUUID");
    assert!(id.starts_with("SAMLSP") && id.len() == 22, "{id}");
    assert_eq!(got.text("SAMLMetadataDocument").trim(), METADATA.trim());
    assert!(got.text("CreateDate").starts_with("2026-11-22T"));
    assert!(got.text("ValidUntil").starts_with("2126-11-22T"));
    assert_eq!(
        (got.texts("Key"), got.text("AssertionEncryptionMode")),
        (vec!["A".into(), "z".into()], "Allowed".into())
    );
    assert!(got.body.contains("<PrivateKeyList/>"), "{}", got.body);
    let listed = root.iam("ListSAMLProviders", &[]).await.ok();
    assert_eq!(listed.texts("Arn"), [SAML]);
    assert!(listed.text("ValidUntil").starts_with("2126-"));

    app.control.advance(86_400).await;
    let update = [("SAMLProviderArn", SAML), ("SAMLMetadataDocument", METADATA)];
    root.iam("UpdateSAMLProvider", &update).await.ok();
    let got = root.iam("GetSAMLProvider", &named).await.ok();
    assert_eq!(got.text("SAMLProviderUUID"), id);
    assert!(got.text("CreateDate").starts_with("2026-11-22T"));
    assert!(got.text("ValidUntil").starts_with("2126-11-23T"));

    root.iam("TagSAMLProvider", &[named[0], ("Tags.member.1.Key", "b"), ("Tags.member.1.Value", "c")]).await.ok();
    root.iam("UntagSAMLProvider", &[named[0], ("TagKeys.member.1", "z")]).await.ok();
    let tags = root.iam("ListSAMLProviderTags", &named).await.ok();
    assert_eq!(tags.texts("Key"), ["A", "b"]);

    root.iam("DeleteSAMLProvider", &named).await.ok();
    let missing = format!("Manifest not found for arn {SAML}");
    for action in ["DeleteSAMLProvider", "GetSAMLProvider", "ListSAMLProviderTags"] {
        root.iam(action, &named).await.is(404, "NoSuchEntity", &missing);
    }
    app.stop().await;
}

async fn private_keys_and_encryption_hang_together(place: &Place) {
    let (app, root) = start(place).await;
    let keys: Value = serde_json::from_str(CERTIFICATES).expect("JSON");
    let keys = keys["keys"].as_object().expect("keys");
    let key = keys.values().next().and_then(Value::as_str).expect("a key in PEM");
    let required = ("AssertionEncryptionMode", "Required");
    let create = [("Name", "idp"), ("SAMLMetadataDocument", METADATA)];
    root.iam("CreateSAMLProvider", &[create[0], create[1], required]).await.is(
        400,
        "ValidationError",
        "Unable to set assertion encryption mode to Required because no private key is provided.",
    );
    root.iam("CreateSAMLProvider", &create).await.ok();
    let named = ("SAMLProviderArn", SAML);
    let update = "UpdateSAMLProvider";
    root.iam(update, &[named]).await.is(
        400,
        "ValidationError",
        "Unable to update identity provider. No updates are defined for metadata or encryption assertion.",
    );
    root.iam(update, &[named, required]).await.is(
        400,
        "InvalidInput",
        "Failed to set assertion encryption mode to Required because no private key is present.",
    );
    root.iam(update, &[named, ("AddPrivateKey", key)]).await.ok();
    root.iam(update, &[named, ("AddPrivateKey", key)]).await.ok();
    root.iam(update, &[named, ("AddPrivateKey", key)]).await.is(
        409,
        "LimitExceeded",
        "Private key limit of 2 is reached.",
    );
    root.iam(update, &[named, required]).await.ok();
    let got = root.iam("GetSAMLProvider", &[named]).await.ok();
    assert_eq!(got.text("AssertionEncryptionMode"), "Required");
    assert!(!got.body.contains("PRIVATE"), "no key is told");
    let ids = got.texts("KeyId");
    assert!(ids.len() == 2 && ids.iter().all(|id| id.starts_with("SAMLPK") && id.len() == 22), "{ids:?}");
    root.iam(update, &[named, ("RemovePrivateKey", &ids[0]), ("AddPrivateKey", key)]).await.is(
        400,
        "ValidationError",
        "Unable to add and remove private keys in the same request. Set a value for only one of the two parameters.",
    );
    root.iam(update, &[named, ("RemovePrivateKey", &ids[0])]).await.ok();
    let last = [named, ("RemovePrivateKey", &*ids[1])];
    root.iam(update, &last).await.is(400, "InvalidInput", "Failed to remove private key.");
    root.iam(update, &[last[0], last[1], ("AssertionEncryptionMode", "Allowed")]).await.ok();
    let nonsense = root.iam(update, &[named, ("AddPrivateKey", "nonsense")]).await;
    assert_eq!((nonsense.status, nonsense.text("Code")), (400, "InvalidInput".to_owned()));
    app.stop().await;
}

async fn metadata_have_to_be_a_providers(place: &Place) {
    let (app, root) = start(place).await;
    let padding = "x".repeat(1_000);
    let create = async |metadata: &str| {
        root.iam("CreateSAMLProvider", &[("Name", "other"), ("SAMLMetadataDocument", metadata)]).await
    };
    let could_not = "Could not parse metadata";
    create(&padding).await.is(400, "InvalidInput", could_not);
    create(&METADATA.replace("EntityDescriptor", "SomethingElse")).await.is(400, "InvalidInput", could_not);
    let empty = format!(
        "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"https://idp\"/><!--{padding}-->"
    );
    create(&empty).await.is(400, "InvalidInput", "SAML Providers must reference at least one SAML assertion issuer.");
    let encryption_only = include_str!("../../vectors/federation/metadata-encryption-only.xml");
    create(encryption_only).await.ok();
    app.stop().await;
}

async fn providers_have_quotas_and_go_with_a_reset(place: &Place) {
    let (app, root) = start(place).await;
    for number in 0..100 {
        let url = format!("https://idp.example.com/{number}");
        root.iam("CreateOpenIDConnectProvider", &[("Url", &url)]).await.ok();
    }
    root.iam("CreateOpenIDConnectProvider", &[("Url", "https://idp.example.com/100")]).await.is(
        409,
        "LimitExceeded",
        "Cannot exceed quota for OpenIdConnectProvidersPerAccount: 100",
    );
    root.iam("CreateSAMLProvider", &[("Name", "idp"), ("SAMLMetadataDocument", METADATA)]).await.ok();
    assert_eq!(app.control.reset().await, 204);
    assert!(root.iam("ListOpenIDConnectProviders", &[]).await.ok().texts("Arn").is_empty());
    assert!(root.iam("ListSAMLProviders", &[]).await.ok().texts("Arn").is_empty());
    app.stop().await;
}

async fn keys_are_handed_over_and_listed(place: &Place) {
    let (app, root) = start(place).await;
    root.iam("CreateOpenIDConnectProvider", &[("Url", "https://idp.example.com")]).await.ok();
    let path = format!("/accounts/{ACCOUNT}/oidc-keys");
    let jwks: Value = serde_json::from_str(include_str!("../../vectors/federation/jwks.json")).expect("JSON");
    let url = "https://idp.example.com";
    assert_eq!(app.control.put(&path, &json!({"url": url, "jwks": jwks})).await.0, 204);
    let (status, listed) = app.control.get(&path).await;
    assert_eq!((status, &listed["providers"][0]["url"]), (200, &json!(url)));
    assert!(listed["providers"][0]["key_ids"].as_array().expect("ids").contains(&json!("r")), "{listed}");

    for (url, jwks, status) in [
        ("https://other.example.com", &jwks, 404),
        ("nonsense", &jwks, 404),
        (url, &json!({"keys": []}), 400),
        (url, &json!({"keys": [{"kty": "oct", "k": "AA", "kid": "1"}]}), 400),
        (url, &json!("text"), 400),
    ] {
        let (got, problem) = app.control.put(&path, &json!({"url": url, "jwks": jwks})).await;
        assert_eq!(got, status, "{problem}");
        assert!(problem["detail"].is_string(), "{problem}");
    }
    assert_eq!(app.control.put("/accounts/999999999999/oidc-keys", &json!({"url": url, "jwks": jwks})).await.0, 404);
    assert_eq!(app.control.get("/accounts/999999999999/oidc-keys").await.0, 404);
    app.stop().await;
}

async fn tokens_are_signed_with_a_key_that_stays(place: &Place) {
    let (app, root) = start(place).await;
    let create = [("Url", "https://idp.example.com"), ("ClientIDList.member.1", "client")];
    root.iam("CreateOpenIDConnectProvider", &create).await.ok();
    let path = format!("/accounts/{ACCOUNT}/oidc-token");
    let url = "https://idp.example.com";
    let body = json!({"url": url, "claims": {"sub": "alice"}, "expires_in_seconds": 60});
    let (status, answer) = app.control.post(&path, &body).await;
    assert_eq!(status, 200, "{answer}");
    let (header, claims) = parts(&answer);
    assert_eq!(header["alg"], "ES256");
    assert_eq!((&claims["iss"], &claims["aud"], &claims["sub"]), (&json!(url), &json!("client"), &json!("alice")));
    assert_eq!(claims["exp"].as_i64(), claims["iat"].as_i64().map(|iat| iat + 60));
    assert_eq!(claims["iat"], 1_795_305_600);

    let (again, _) = parts(&app.control.post(&path, &json!({"url": url})).await.1);
    assert_eq!(again["kid"], header["kid"]);
    let (_, listed) = app.control.get(&format!("/accounts/{ACCOUNT}/oidc-keys")).await;
    assert_eq!(listed["providers"][0]["key_ids"], json!([header["kid"]]));
    assert_eq!(app.control.post(&path, &json!({"url": "https://other"})).await.0, 404);
    assert_eq!(app.control.post(&path, &json!({"claims": {}})).await.0, 400);
    app.stop().await;
}

/// The header and the claims of a token.
fn parts(answer: &Value) -> (Value, Value) {
    use base64::Engine as _;
    let token = answer["token"].as_str().expect("a token");
    let part = |at| {
        let part = token.split('.').nth(at).expect("a part");
        let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).expect("base 64");
        serde_json::from_slice(&text).expect("JSON")
    };
    (part(0), part(1))
}
