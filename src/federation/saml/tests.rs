//! Responses that other implementations signed, and attacks on them.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

type Responses = BTreeMap<String, String>;

#[derive(serde::Deserialize)]
struct Vectors {
    good: Responses,
    edges: Responses,
    bad: Responses,
    wrapped: Responses,
}

const METADATA_TEXT: &str = include_str!("../../../tests/vectors/federation/metadata.xml");

/// Alibaba's strictness with AWS's names: the one that also takes a signature of the response alone.
const LENIENT: Rules = Rules { attributes: Rules::AWS.attributes, ..Rules::ALIBABA };

/// The responses of `make.py`, as XML.
fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../../../tests/vectors/federation/responses.json")).unwrap()
}

fn metadata() -> Metadata {
    Metadata::parse(METADATA_TEXT).unwrap()
}

/// The time that the responses were made for: `NOW` in `make.py`.
fn now() -> Time {
    Time::parse("2026-01-02T03:04:05Z").unwrap()
}

fn verify_at(xml: &str, rules: &Rules) -> Result<Assertion, Fault> {
    verify(&encoded(xml), &metadata(), rules, now())
}

fn edge(name: &str) -> Result<Assertion, Fault> {
    verify_at(&vectors().edges[name], &Rules::AWS)
}

fn encoded(xml: &str) -> String {
    use ::base64::Engine as _;
    ::base64::engine::general_purpose::STANDARD.encode(xml)
}

#[test]
fn metadata_says_who_the_provider_is_and_which_keys_it_has() {
    let read = metadata();
    assert_eq!(read.entity_id, "https://idp.example.com/metadata");
    assert_eq!(read.valid_until.map(Time::to_wire).as_deref(), Some("2027-01-01T00:00:00Z"));
    assert_eq!(read.certificates.len(), 4);
    assert_eq!(read.sign_on[0].location, "https://idp.example.com/sso");
    assert!(read.wants_signed_requests);
}

#[test]
fn metadata_of_nothing_that_signs_is_refused() {
    let encryption = include_str!("../../../tests/vectors/federation/metadata-encryption-only.xml");
    let refused = |text: &str| Metadata::parse(text).expect_err(text);
    assert_eq!(refused(encryption), Fault::MissingElement("X509Certificate"));
    assert_eq!(refused("<x/>"), Fault::MissingElement("EntityDescriptor"));
    assert_eq!(refused("hello"), Fault::Malformed("not well-formed XML"));
    assert_eq!(refused(&METADATA_TEXT.replace("IDPSSO", "SPSSO")), Fault::MissingElement("IDPSSODescriptor"));
    assert_eq!(refused(&METADATA_TEXT.replace("SAML:2.0:protocol", "x")), Fault::MissingElement("IDPSSODescriptor"));
    assert_eq!(refused(&METADATA_TEXT.replace("entityID", "id")), Fault::MissingElement("entityID"));
    assert_eq!(refused(&METADATA_TEXT.replace("2027-01-01T", "")), Fault::Malformed("a time"));
    assert_eq!(
        refused(&METADATA_TEXT.replace("Certificate>\nMII", "Certificate>\nMIA")),
        CertificateFault::MalformedDer.into()
    );
    let typed = METADATA_TEXT.replacen("<md:E", "<!DOCTYPE x><md:E", 1);
    assert_eq!(refused(&typed), Fault::Malformed("a document type"));
}

#[test]
fn responses_signed_by_other_implementations_verify() {
    for (name, response) in vectors().good {
        let read = verify_at(&response, &LENIENT).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert_eq!(read.subject.name, "alice", "{name}");
        let strict = verify_at(&response, &Rules::AWS);
        if name.starts_with("response") {
            assert_eq!(strict, Err(Fault::NotSigned), "{name}");
        } else {
            assert_eq!(strict, Ok(read), "{name}");
        }
    }
}

#[test]
fn every_part_of_an_assertion_is_read() {
    let read = verify_at(&vectors().good["full"], &Rules::AWS).unwrap();
    assert_eq!(read.issuer, "https://idp.example.com/metadata");
    assert_eq!(read.issued_at, now().plus_seconds(-5));
    assert_eq!(read.subject.format.as_deref(), Some("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"));
    assert_eq!(read.recipient, "https://signin.aws.amazon.com/saml");
    assert_eq!(read.not_on_or_after, now().plus_seconds(300));
    assert_eq!(read.audiences, ["urn:amazon:webservices", "other"]);
    assert_eq!(read.session_not_on_or_after, None);
    let provider = "arn:aws:iam::000000000000:saml-provider/idp";
    let pair =
        |role: &str| RolePair { role: format!("arn:aws:iam::000000000000:role/{role}"), provider: provider.into() };
    assert_eq!(read.roles, [pair("dev"), pair("ops")]);
    assert_eq!(read.role_session_name.as_deref(), Some("alice@example.com"));
    assert_eq!(read.session_duration.as_deref(), Some("1800"));
    assert_eq!(read.source_identity.as_deref(), Some("alice"));
    assert_eq!(read.tags, [("Team".to_owned(), "red & blue".to_owned())]);
    assert_eq!(read.transitive_tag_keys, ["Team"]);
    assert_eq!(read.attributes["urn:oid:1.3.6.1.4.1.5923.1.1.1.1"], ["staff", "member"]);
    assert_eq!(read.attributes.len(), 7);
}

#[test]
fn ends_are_kept_to_the_second() {
    assert_eq!(edge("expired conditions"), Err(Fault::Expired { at: now().plus_seconds(-60) }));
    assert_eq!(edge("expired confirmation"), Err(Fault::Expired { at: now() }));
    assert_eq!(edge("expired session"), Err(Fault::Expired { at: now().plus_seconds(-1) }));
    assert_eq!(edge("session ends").unwrap().session_not_on_or_after, Some(now().plus_seconds(900)));
}

#[test]
fn beginnings_are_kept_where_the_cloud_keeps_them() {
    assert!(edge("conditions begin later").is_ok());
    let later = verify_at(&vectors().edges["conditions begin later"], &LENIENT);
    assert_eq!(later, Err(Fault::NotYetValid { from: now().plus_seconds(60) }));
}

#[test]
fn an_assertion_has_all_its_parts() {
    assert_eq!(edge("no conditions"), Err(Fault::MissingElement("Conditions")));
    assert_eq!(edge("no recipient"), Err(Fault::MissingElement("Recipient")));
    assert_eq!(edge("no end"), Err(Fault::MissingElement("NotOnOrAfter")));
    assert_eq!(edge("bad time"), Err(Fault::Malformed("a time")));
    assert_eq!(edge("no format"), Err(Fault::MissingElement("Format")));
    assert!(verify_at(&vectors().edges["no format"], &LENIENT).is_ok());
    assert_eq!(edge("two confirmations"), Err(Fault::Malformed("SubjectConfirmation")));
    assert_eq!(edge("tag of two values"), Err(Fault::Malformed("PrincipalTag")));
    assert_eq!(edge("two restrictions").unwrap().audiences, ["b"]);
}

#[test]
fn another_issuer_and_another_status_are_refused() {
    assert_eq!(edge("other issuer"), Err(Fault::WrongIssuer { found: "https://other.example.com".into() }));
    assert_eq!(edge("failure"), Err(Fault::NotSuccessful("urn:oasis:names:tc:SAML:2.0:status:Responder".into())));
}

#[test]
fn attacks_on_a_signed_assertion_are_refused() {
    let expected = BTreeMap::from([
        ("unsigned", Fault::NotSigned),
        ("changed name", Fault::BadSignature),
        ("changed attribute", Fault::BadSignature),
        ("changed digest", Fault::BadSignature),
        ("signature of zeros", Fault::BadSignature),
        ("another key, named", Fault::UnknownKey),
        ("another key, not named", Fault::BadSignature),
        ("comment in a changed name", Fault::BadSignature),
        ("document type", Fault::Malformed("a document type")),
        ("entity", Fault::Malformed("not well-formed XML")),
        ("billion laughs", Fault::Malformed("a document type")),
        ("processing instruction inside", Fault::Malformed("not well-formed XML")),
        ("no reference uri", Fault::BadSignature),
        ("reference to the response", Fault::BadSignature),
        ("hmac", Fault::Unsupported("http://www.w3.org/2000/09/xmldsig#hmac-sha1".into())),
        ("xslt", Fault::Unsupported("http://www.w3.org/TR/1999/REC-xslt-19991116".into())),
        ("comments counted", Fault::Unsupported("http://www.w3.org/2001/10/xml-exc-c14n#WithComments".into())),
        ("encrypted", Fault::Encrypted),
        ("both signed, response changed", Fault::BadSignature),
    ]);
    let bad = vectors().bad;
    assert_eq!(bad.len(), expected.len());
    for (name, response) in bad {
        for rules in [Rules::AWS, LENIENT] {
            assert_eq!(verify_at(&response, &rules).expect_err(&name), expected[name.as_str()], "{name}");
        }
    }
}

#[test]
fn wrapped_signatures_are_refused() {
    let wrapped = vectors().wrapped;
    assert!(wrapped.len() >= 11);
    for (name, response) in wrapped {
        for rules in [Rules::AWS, LENIENT] {
            let fault = verify_at(&response, &rules).expect_err(&name);
            let is_structural = matches!(fault, Fault::Malformed(_) | Fault::BadSignature | Fault::NotSigned);
            assert!(is_structural && fault != Fault::Malformed("not well-formed XML"), "{name}: {fault}");
        }
    }
}

/// Signatures are no longer among the content once they are moved away from the element they cover.
#[test]
fn a_signature_that_is_left_out_or_doubled_is_no_signature() {
    let good = vectors().good["assertion by xmlsec"].clone();
    let (before, rest) = good.split_once("<ds:Signature ").unwrap();
    let (signature, after) = rest.split_once("</ds:Signature>").unwrap();
    let signature = format!("<ds:Signature {signature}</ds:Signature>");
    assert_eq!(verify_at(&format!("{before}{after}"), &Rules::AWS), Err(Fault::NotSigned));
    let doubled = format!("{before}{signature}{signature}{after}");
    assert_eq!(verify_at(&doubled, &Rules::AWS), Err(Fault::Malformed("two signatures of one element")));
    let moved = format!("{before}{after}").replace("<saml:Subject>", &format!("<saml:Subject>{signature}"));
    assert_eq!(verify_at(&moved, &Rules::AWS), Err(Fault::Malformed("a signature elsewhere")));
}

#[test]
fn what_is_no_response_is_refused() {
    for (response, fault) in [
        ("", Fault::Malformed("not well-formed XML")),
        ("%%%%", Fault::Malformed("base64")),
        ("/w==", Fault::Malformed("not UTF-8")),
        ("PGEvPg==", Fault::MissingElement("Response")),
    ] {
        assert_eq!(verify(response, &metadata(), &Rules::AWS, now()), Err(fault), "{response}");
    }
    assert_eq!(verify(&"a".repeat(MAX_RESPONSE + 1), &metadata(), &Rules::AWS, now()), Err(Fault::TooLarge));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*") {
        let _ = verify_at(&text, &LENIENT);
        let _ = Metadata::parse(&text);
    }

    /// Leaving out, doubling or changing any stretch never panics, and what then still verifies says the same.
    #[test]
    fn a_changed_response_is_refused_or_says_the_same(
        from in 0_usize..5000, length in 1_usize..200, what in "|<|>|\"|x|<!---->|&#97;| |</saml:Assertion>", doubled: bool
    ) {
        let good = vectors().good["assertion by xmlsec"].clone();
        let before = verify_at(&good, &Rules::AWS).unwrap();
        let to = from.saturating_add(length).min(good.len());
        if let (Some(start), Some(end), Some(cut)) = (good.get(..from), good.get(to..), good.get(from..to)) {
            let middle = if doubled { format!("{cut}{what}{cut}") } else { what };
            if let Ok(after) = verify_at(&format!("{start}{middle}{end}"), &Rules::AWS) {
                prop_assert_eq!(after, before);
            }
        }
    }
}
