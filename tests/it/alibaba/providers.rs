//! The identity providers of IMS 2019-08-15.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::support::{ACCOUNT, Place, TestApp};

on_both_engines![
    an_oidc_provider_is_made_read_and_changed,
    oidc_providers_are_held_to_their_limits,
    clients_and_fingerprints_come_and_go,
    providers_are_listed_page_by_page,
    a_saml_provider_is_made_read_and_changed,
    saml_providers_are_held_to_their_limits,
];

pub(super) const METADATA: &str = include_str!("../../vectors/federation/alibaba-metadata.xml");

const NAMED: [(&str, &str); 1] = [("OIDCProviderName", "TestOIDCProvider")];
const CREATE: [(&str, &str); 6] = [
    ("OIDCProviderName", "TestOIDCProvider"),
    ("IssuerUrl", "https://idp.example.com:8443/org"),
    ("ClientIds", "498469743454717,498469743454717,b"),
    ("Fingerprints", "902ef2deeb3c5b13ea4c3d5193629309e231AE55"),
    ("Description", "This is an OIDC Provider."),
    ("IssuanceLimitTime", "6"),
];

async fn an_oidc_provider_is_made_read_and_changed(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    let made = root.ims("CreateOIDCProvider", &CREATE).await.ok();
    let expected = json!({
        "OIDCProviderName": "TestOIDCProvider",
        "Arn": format!("acs:ram::{ACCOUNT}:oidc-provider/TestOIDCProvider"),
        "Description": "This is an OIDC Provider.",
        "IssuerUrl": "https://idp.example.com:8443/org",
        "ClientIds": "498469743454717,b",
        "Fingerprints": "902ef2deeb3c5b13ea4c3d5193629309e231AE55",
        "IssuanceLimitTime": 6,
        "CreateDate": "2026-11-22T00:00:00Z",
        "UpdateDate": "2026-11-22T00:00:00Z",
        "GmtCreate": "1795305600000",
        "GmtModified": "1795305600000",
    });
    assert_eq!(made["OIDCProvider"], expected);
    assert_eq!(root.ims("GetOIDCProvider", &NAMED).await.ok()["OIDCProvider"], expected);

    let change = [NAMED[0], ("ClientIds", "c"), ("NewDescription", ""), ("IssuanceLimitTime", "168")];
    let changed = root.ims("UpdateOIDCProvider", &change).await.ok()["OIDCProvider"].clone();
    assert_eq!((&changed["ClientIds"], &changed["Description"]), (&json!("c"), &json!("")));
    assert_eq!(changed["IssuanceLimitTime"], 168);
    let same = root.ims("UpdateOIDCProvider", &NAMED).await.ok()["OIDCProvider"].clone();
    assert_eq!((&same["ClientIds"], &same["IssuanceLimitTime"]), (&json!("c"), &json!(168)));
    let none = root.ims("UpdateOIDCProvider", &[NAMED[0], ("ClientIds", "")]).await.ok();
    assert_eq!(none["OIDCProvider"]["ClientIds"], "");

    root.ims("DeleteOIDCProvider", &NAMED).await.ok();
    for action in ["GetOIDCProvider", "UpdateOIDCProvider", "DeleteOIDCProvider"] {
        root.ims(action, &NAMED).await.is(404, "EntityNotExist.OIDCProvider");
    }
    app.stop().await;
}

async fn oidc_providers_are_held_to_their_limits(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    let bare = [("OIDCProviderName", "idp"), ("IssuerUrl", "https://idp.example.com")];
    let made = root.ims("CreateOIDCProvider", &bare).await.ok()["OIDCProvider"].clone();
    assert_eq!((&made["ClientIds"], &made["Fingerprints"]), (&json!(""), &json!("")));
    assert_eq!(made["IssuanceLimitTime"], 12);
    root.ims("CreateOIDCProvider", &bare).await.is(409, "EntityAlreadyExists.OIDCProvider");
    let again = [("OIDCProviderName", "other"), bare[1]];
    root.ims("CreateOIDCProvider", &again).await.is(409, "EntityAlreadyExists.OIDCProvider.Url");
    root.ims("GetOIDCProvider", &again[..1]).await.is(404, "EntityNotExist.OIDCProvider");

    let long = "a".repeat(129);
    let address = format!("https://{}", "a".repeat(248));
    let many = (0..51).map(|number| number.to_string()).collect::<Vec<_>>().join(",");
    for (name, value, status, code) in [
        ("OIDCProviderName", "", 400, "MissingOIDCProviderName"),
        ("OIDCProviderName", "-x", 400, "InvalidParameter.OIDCProviderName.InvalidChars"),
        ("OIDCProviderName", &*long, 400, "InvalidParameter.OIDCProviderName.Length"),
        ("IssuerUrl", "", 400, "MissingIssuerUrl"),
        ("IssuerUrl", "http://a.example", 400, "InvalidParameter.IssuerUrl.Format"),
        ("IssuerUrl", "https://a.example?x", 400, "InvalidParameter.IssuerUrl.Format"),
        ("IssuerUrl", "https://me@a.example", 400, "InvalidParameter.IssuerUrl.Format"),
        ("IssuerUrl", &*address, 400, "InvalidParameter.IssuerUrl.Length"),
        ("ClientIds", "a,:b", 400, "InvalidParameter.ClientIds.InvalidChars"),
        ("ClientIds", &*long, 400, "InvalidParameter.ClientIds.Length"),
        ("ClientIds", &*many, 409, "LimitExceeded.OIDCProvider.ClientId"),
        ("Fingerprints", "a:b", 400, "InvalidParameter.Fingerprints.InvalidChars"),
        ("Fingerprints", "1,2,3,4,5,6", 409, "LimitExceeded.OIDCProvider.Fingerprint"),
        ("IssuanceLimitTime", "0", 400, "InvalidParameter.IssuanceLimitTime.Range"),
        ("IssuanceLimitTime", "169", 400, "InvalidParameter.IssuanceLimitTime.Range"),
    ] {
        let mut create = vec![("OIDCProviderName", "x"), ("IssuerUrl", "https://x.example.com")];
        create.retain(|(other, _)| *other != name);
        create.push((name, value));
        root.ims("CreateOIDCProvider", &create).await.is(status, code);
    }
    app.stop().await;
}

async fn clients_and_fingerprints_come_and_go(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    root.ims("CreateOIDCProvider", &CREATE).await.ok();
    let with = |name, value| [NAMED[0], (name, value)];
    for (action, name, value, member, expected) in [
        ("AddClientIdToOIDCProvider", "ClientId", "c", "ClientIds", "498469743454717,b,c"),
        ("AddClientIdToOIDCProvider", "ClientId", "c", "ClientIds", "498469743454717,b,c"),
        ("RemoveClientIdFromOIDCProvider", "ClientId", "498469743454717", "ClientIds", "b,c"),
        ("RemoveClientIdFromOIDCProvider", "ClientId", "none", "ClientIds", "b,c"),
        ("RemoveFingerprintFromOIDCProvider", "Fingerprint", "none", "Fingerprints", CREATE[3].1),
        ("RemoveFingerprintFromOIDCProvider", "Fingerprint", CREATE[3].1, "Fingerprints", ""),
        ("AddFingerprintToOIDCProvider", "Fingerprint", "1", "Fingerprints", "1"),
        ("AddFingerprintToOIDCProvider", "Fingerprint", "1", "Fingerprints", "1"),
        ("AddFingerprintToOIDCProvider", "Fingerprint", "2", "Fingerprints", "1,2"),
    ] {
        let answer = root.ims(action, &with(name, value)).await.ok();
        assert_eq!(answer["OIDCProvider"][member], expected, "{action} {value}");
    }
    for fingerprint in ["3", "4", "5"] {
        root.ims("AddFingerprintToOIDCProvider", &with("Fingerprint", fingerprint)).await.ok();
    }
    let full = root.ims("AddFingerprintToOIDCProvider", &with("Fingerprint", "6")).await;
    full.is(409, "LimitExceeded.OIDCProvider.Fingerprint");
    root.ims("AddFingerprintToOIDCProvider", &NAMED).await.is(400, "MissingFingerprint");
    root.ims("AddClientIdToOIDCProvider", &NAMED).await.is(400, "MissingClientId");
    let other = [("OIDCProviderName", "other"), ("ClientId", "c")];
    root.ims("AddClientIdToOIDCProvider", &other).await.is(404, "EntityNotExist.OIDCProvider");
    app.stop().await;
}

async fn providers_are_listed_page_by_page(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    let encoded = STANDARD.encode(METADATA);
    for name in ["b", "A", "c"] {
        let address = format!("https://{name}.example.com");
        root.ims("CreateOIDCProvider", &[("OIDCProviderName", name), ("IssuerUrl", &address)]).await.ok();
        let create = [("SAMLProviderName", name), ("EncodedSAMLMetadataDocument", &*encoded)];
        root.ims("CreateSAMLProvider", &create).await.ok();
    }
    for kind in ["OIDC", "SAML"] {
        let (list, lists, name) =
            (format!("{kind}Provider"), format!("{kind}Providers"), format!("{kind}ProviderName"));
        let action = format!("List{kind}Providers");
        let mut names = Vec::new();
        let mut marker = String::new();
        loop {
            let mut parameters = vec![("MaxItems", "2")];
            parameters.extend((!marker.is_empty()).then_some(("Marker", &*marker)));
            let page = root.ims(&action, &parameters).await.ok();
            let items = page[&lists][&list].as_array().expect("providers").clone();
            names.extend(items.iter().map(|item| item[&name].as_str().expect("a name").to_owned()));
            let next = page["Marker"].as_str().unwrap_or_default().to_owned();
            assert_eq!(page["IsTruncated"], !next.is_empty());
            marker = next;
            if marker.is_empty() {
                break;
            }
        }
        assert_eq!(names, ["A", "b", "c"], "{kind}");
        let bad = root.ims(&action, &[("MaxItems", "101")]).await;
        bad.is(400, "InvalidParameter.MaxItems.Range");
    }
    app.stop().await;
}

async fn a_saml_provider_is_made_read_and_changed(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    let encoded = STANDARD.encode(METADATA);
    let create = [("SAMLProviderName", "idp"), ("EncodedSAMLMetadataDocument", &*encoded), ("Description", "ours")];
    let made = root.ims("CreateSAMLProvider", &create).await.ok();
    let mut expected = json!({
        "SAMLProviderName": "idp",
        "Arn": format!("acs:ram::{ACCOUNT}:saml-provider/idp"),
        "Description": "ours",
        "AuthnSignAlgo": "rsa-sha1",
        "CreateDate": "2026-11-22T00:00:00Z",
        "UpdateDate": "2026-11-22T00:00:00Z",
    });
    assert_eq!(made["SAMLProvider"], expected);
    expected["EncodedSAMLMetadataDocument"] = json!(encoded);
    assert_eq!(root.ims("GetSAMLProvider", &create[..1]).await.ok()["SAMLProvider"], expected);

    let other = METADATA.replace("idp.example.com", "other.example.com");
    let encoded = STANDARD.encode(&other);
    let lines: Vec<_> = encoded.as_bytes().chunks(76).map(String::from_utf8_lossy).collect();
    let lines = lines.join(
        "
",
    ) + "
";
    let change = [create[0], ("NewEncodedSAMLMetadataDocument", &*lines), ("AuthnSignAlgo", "rsa-sha256")];
    let changed = root.ims("UpdateSAMLProvider", &change).await.ok()["SAMLProvider"].clone();
    assert_eq!((&changed["Description"], &changed["AuthnSignAlgo"]), (&json!("ours"), &json!("rsa-sha256")));
    root.ims("UpdateSAMLProvider", &[create[0], ("NewDescription", "")]).await.ok();
    root.ims("UpdateSAMLProvider", &create[..1]).await.ok();
    let read = root.ims("GetSAMLProvider", &create[..1]).await.ok()["SAMLProvider"].clone();
    assert_eq!((&read["Description"], &read["AuthnSignAlgo"]), (&json!(""), &json!("rsa-sha256")));
    assert_eq!(read["EncodedSAMLMetadataDocument"], STANDARD.encode(&other));

    root.ims("DeleteSAMLProvider", &create[..1]).await.ok();
    root.ims("GetSAMLProvider", &create[..1]).await.is(404, "EntityNotExist.SAMLProviderError");
    app.stop().await;
}

async fn saml_providers_are_held_to_their_limits(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    let encoded = STANDARD.encode(METADATA);
    let create = [("SAMLProviderName", "idp"), ("EncodedSAMLMetadataDocument", &*encoded)];
    root.ims("CreateSAMLProvider", &create).await.ok();
    root.ims("CreateSAMLProvider", &create).await.is(409, "EntityAlreadyExists.SAMLProvider");
    let no_metadata = STANDARD.encode("<x/>");
    for (name, value, code) in [
        ("SAMLProviderName", "", "MissingSAMLProviderName"),
        ("SAMLProviderName", "a b", "InvalidParameter.SAMLProviderName.InvalidChars"),
        ("SAMLProviderName", "a.", "InvalidParameter.SAMLProviderName.InvalidChars"),
        ("EncodedSAMLMetadataDocument", "", "MissingEncodedSAMLMetadataDocument"),
        ("EncodedSAMLMetadataDocument", "%%", "InvalidParameter.EncodedSAMLMetadataDocument.Format"),
        ("EncodedSAMLMetadataDocument", &*no_metadata, "InvalidParameter.EncodedSAMLMetadataDocument.Format"),
        ("AuthnSignAlgo", "rsa-md5", "InvalidParameter.AuthnSignAlgo.Format"),
    ] {
        let mut other = vec![("SAMLProviderName", "other"), create[1]];
        other.retain(|(known, _)| *known != name);
        other.push((name, value));
        root.ims("CreateSAMLProvider", &other).await.is(400, code);
    }
    let change = [create[0], ("NewEncodedSAMLMetadataDocument", &*no_metadata)];
    let changed = root.ims("UpdateSAMLProvider", &change).await;
    changed.is(400, "InvalidParameter.NewEncodedSAMLMetadataDocument.Format");
    app.stop().await;
}
