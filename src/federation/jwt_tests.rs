//! Tokens that another implementation signed, and attacks on them.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

const TOKENS: &str = include_str!("../../tests/vectors/federation/tokens.json");
const JWKS: &str = include_str!("../../tests/vectors/federation/jwks.json");

/// The time that the tokens were made for: `NOW` in `make.py`.
fn now() -> Time {
    Time::parse("2026-01-02T03:04:05Z").unwrap()
}

fn tokens() -> BTreeMap<String, String> {
    serde_json::from_str(TOKENS).unwrap()
}

fn verify(name: &str) -> Result<Claims, Fault> {
    let keys = Jwks::parse(JWKS).unwrap();
    Jwt::parse(&tokens()[name])?.verify(&keys, now())
}

fn fault(name: &str) -> Fault {
    verify(name).expect_err(name)
}

#[test]
fn tokens_of_every_algorithm_verify() {
    for name in ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"] {
        let claims = verify(name).expect(name);
        assert_eq!(claims.algorithm, name);
        assert_eq!((claims.issuer.as_str(), claims.subject.as_str()), ("https://idp.example.com", "alice"));
        assert_eq!(claims.audiences, ["client"]);
        assert_eq!(claims.expires_at, now().plus_seconds(600));
        assert_eq!(claims.issued_at, now().plus_seconds(-10));
    }
}

#[test]
fn every_claim_is_read() {
    let claims = verify("rich").unwrap();
    assert_eq!(claims.authentication_methods, ["authenticated", "graph"]);
    assert_eq!(claims.texts, BTreeMap::from([("email".to_owned(), "alice@example.com".to_owned())]));
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(claims.tags.tags, [pair("Team", "red"), pair("Cost", "1"), pair("Spread", "yes")]);
    assert_eq!(claims.tags.transitive_keys, ["Team", "Spread"]);
    assert_eq!(claims.source_identity.as_deref(), Some("source"));
    assert_eq!(claims.roles, Some(vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!(claims.not_before, Some(now().plus_seconds(-20)));
    let claims = verify("aud list").unwrap();
    assert_eq!((claims.audiences.len(), claims.authorized_party.as_deref()), (2, Some("a")));
    assert_eq!(verify("sub number").unwrap().subject, "123");
}

#[test]
fn the_key_is_the_one_that_is_named() {
    assert_eq!(fault("other kid"), Fault::BadSignature);
    assert_eq!(fault("kid of another type"), Fault::UnknownKey(Some("e".into())));
    assert_eq!(fault("unknown kid"), Fault::UnknownKey(Some("zz".into())));
    assert_eq!(fault("own key in header"), Fault::BadSignature);
    assert!(verify("no kid").is_ok());
    assert_eq!(fault("no kid of several"), Fault::UnknownKey(None));
}

#[test]
fn what_is_unsigned_or_signed_with_what_is_public_is_refused() {
    assert_eq!(fault("none"), Fault::UnsupportedAlgorithm("none".into()));
    assert_eq!(fault("None"), Fault::UnsupportedAlgorithm("nOnE".into()));
    assert_eq!(fault("HS256 with the public key"), Fault::UnsupportedAlgorithm("HS256".into()));
    assert_eq!(fault("changed"), Fault::BadSignature);
    assert_eq!(fault("no signature"), Fault::BadSignature);
    assert_eq!(fault("ES256 zeros"), Fault::BadSignature);
    assert_eq!(fault("crit"), Fault::Malformed);
}

#[test]
fn times_are_kept_with_five_minutes_of_leeway() {
    assert!(verify("expired 1").is_ok());
    assert_eq!(fault("expired 300"), Fault::Expired { at: now().plus_seconds(-300) });
    assert!(verify("nbf 300").is_ok());
    assert_eq!(fault("nbf 301"), Fault::NotYetValid { from: now().plus_seconds(301) });
    assert_eq!(fault("iat 301"), Fault::IssuedInFuture { at: now().plus_seconds(301) });
    assert_eq!(verify("exp text").unwrap().expires_at, now().plus_seconds(5));
    assert_eq!(fault("exp fraction"), Fault::MalformedClaim("exp"));
    assert!(verify("exp huge").is_ok());
}

#[test]
fn required_claims_are_there_and_of_their_type() {
    for claim in ["iss", "sub", "aud", "iat", "exp"] {
        assert_eq!(fault(&format!("no {claim}")), Fault::MissingClaim(claim));
    }
    assert_eq!(fault("sub null"), Fault::MalformedClaim("sub"));
    assert_eq!(fault("aud empty"), Fault::EmptyClaim("aud"));
    assert_eq!(fault("aud numbers"), Fault::MalformedClaim("aud"));
    assert_eq!(fault("tag text"), Fault::MalformedClaim("https://aws.amazon.com/tags"));
    assert_eq!(fault("tag twice"), Fault::MalformedClaim("https://aws.amazon.com/tags"));
}

#[test]
fn what_is_no_token_is_refused() {
    let good = tokens()["RS256"].clone();
    for text in ["", ".", "..", "...", "a.b.c", "e30.e30.e30", "W10.e30.AA", &format!("{good}="), &format!("{good}.AA")]
    {
        assert_eq!(Jwt::parse(text).err(), Some(Fault::Malformed), "{text}");
    }
    assert_eq!(Jwt::parse(&"a".repeat(MAX_SIZE + 1)).err(), Some(Fault::Malformed));
    assert_eq!(Jwt::parse(&good).unwrap().claimed_issuer(), Some("https://idp.example.com"));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*", token in "[A-Za-z0-9_-]*\\.[A-Za-z0-9_-]*\\.[A-Za-z0-9_-]*") {
        let _ = Jwt::parse(&text);
        let _ = Jwt::parse(&token);
    }

    #[test]
    fn any_claims_are_read_or_refused(name in "iss|sub|aud|exp|iat|nbf|amr|https://aws.amazon.com/tags", value in "null|1|-1|1e300|\"\"|\\[\\]|\\[1\\]|\\{\\}|\\{\"principal_tags\":(1|\\{\"a\":(1|\\[\\])\\})\\}") {
        let value: Value = serde_json::from_str(&value).unwrap();
        let mut claims = serde_json::json!({"iss": "i", "sub": "s", "aud": "a", "iat": 1, "exp": 2});
        claims[name] = value;
        let _ = Claims::read(claims.as_object().unwrap());
    }

    /// No bit of a signed token can be turned.
    #[test]
    fn a_changed_token_does_not_verify(at in 0_usize..400, letter in "[A-Za-z0-9_-]") {
        let keys = Jwks::parse(JWKS).unwrap();
        let good = tokens()["ES256"].clone();
        let mut text: Vec<String> = good.chars().map(String::from).collect();
        if let Some(place) = text.get_mut(at).filter(|place| *place != "." && **place != letter) {
            *place = letter;
            let changed = text.concat();
            let result = Jwt::parse(&changed).and_then(|jwt| jwt.verify(&keys, now()));
            prop_assert!(result.is_err());
        }
    }
}
