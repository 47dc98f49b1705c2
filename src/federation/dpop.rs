//! Proofs of possession of a key that come with a request for a token (RFC 9449): read and verified with the key that
//! they carry. Must not know which key is expected, nor which proofs were seen before.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use serde_json::{Map, Value};

use super::key::{Curve, Hash, PublicKey, Scheme};

/// The longest proof that is read, in bytes: several times what clients send.
const MAX_SIZE: usize = 8_192;

/// The request that a proof has to be about.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// The method.
    pub method: &'a str,
    /// Host and port, as the client names them.
    pub authority: &'a str,
    /// The path.
    pub path: &'a str,
}

/// A proof, verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The key that signed (RFC 7638, SHA-256, base 64 for URLs).
    pub thumbprint: String,
    /// What tells this proof from every other of the key.
    pub id: String,
    /// When it was made, in seconds since 1970.
    pub issued_at: i64,
}

/// The proof is none: malformed, about another request, or signed by another key than it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a proof of possession for this request: {0}")]
pub struct Unproven(pub &'static str);

/// Verifies a proof in all that does not depend on time (RFC 9449 section 4.3).
pub fn verify(jwt: &str, about: About<'_>) -> Result<Proof, Unproven> {
    if jwt.len() > MAX_SIZE {
        return Err(Unproven("too long"));
    }
    let (signed, signature) = jwt.rsplit_once('.').ok_or(Unproven("no JWT"))?;
    let (header, payload) = signed.split_once('.').filter(|(_, rest)| !rest.contains('.')).ok_or(Unproven("no JWT"))?;
    let (header, claims) = (object(header)?, object(payload)?);
    if text(&header, "typ") != Some("dpop+jwt") {
        return Err(Unproven("typ"));
    }
    if text(&header, "alg") != Some("ES256") || header.contains_key("crit") {
        return Err(Unproven("alg"));
    }
    let point = header.get("jwk").and_then(Value::as_object).and_then(point).ok_or(Unproven("jwk"))?;
    let key = PublicKey::ec(Curve::P256, &point).ok_or(Unproven("jwk"))?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Unproven("signature"))?;
    key.verify(Scheme::Ecdsa(Hash::Sha256), signed.as_bytes(), &signature).map_err(|_| Unproven("signature"))?;
    if text(&claims, "htm") != Some(about.method) {
        return Err(Unproven("htm"));
    }
    if !text(&claims, "htu").is_some_and(|url| is_about(url, about)) {
        return Err(Unproven("htu"));
    }
    let id = text(&claims, "jti").filter(|id| !id.is_empty()).ok_or(Unproven("jti"))?.to_owned();
    let issued_at = claims.get("iat").and_then(Value::as_i64).ok_or(Unproven("iat"))?;
    Ok(Proof { thumbprint: thumbprint(&point), id, issued_at })
}

fn object(part: &str) -> Result<Map<String, Value>, Unproven> {
    let text = URL_SAFE_NO_PAD.decode(part).map_err(|_| Unproven("no JWT"))?;
    serde_json::from_slice(&text).map_err(|_| Unproven("no JWT"))
}

fn text<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    object.get(name).and_then(Value::as_str)
}

/// The point of a public key. A private one is none of ours to see.
fn point(jwk: &Map<String, Value>) -> Option<Vec<u8>> {
    if text(jwk, "kty") != Some("EC") || text(jwk, "crv") != Some("P-256") || jwk.contains_key("d") {
        return None;
    }
    let mut point = vec![4];
    for name in ["x", "y"] {
        let number = URL_SAFE_NO_PAD.decode(text(jwk, name)?).ok()?;
        // A client that leaves leading zeros out means the same key.
        point.extend(std::iter::repeat_n(0, Curve::P256.width().checked_sub(number.len())?));
        point.extend(number);
    }
    Some(point)
}

fn thumbprint(point: &[u8]) -> String {
    let (x, y) = point.get(1..).unwrap_or_default().split_at_checked(Curve::P256.width()).unwrap_or_default();
    let [x, y] = [x, y].map(|number| URL_SAFE_NO_PAD.encode(number));
    let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    URL_SAFE_NO_PAD.encode(digest(&SHA256, canonical.as_bytes()))
}

/// Whether a URL means the request, its query and fragment apart (RFC 9449 section 4.3). The scheme is not compared: what
/// stands before us may end TLS.
fn is_about(url: &str, about: About<'_>) -> bool {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let port = match scheme {
        "https" => ":443",
        "http" => ":80",
        _ => return false,
    };
    let (authority, path) = rest.find('/').and_then(|at| rest.split_at_checked(at)).unwrap_or((rest, "/"));
    let bare = |authority: &str| authority.strip_suffix(port).unwrap_or(authority).to_ascii_lowercase();
    bare(authority) == bare(about.authority) && path == about.path
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
    use serde_json::json;

    use super::*;

    const ABOUT: About<'_> = About { method: "POST", authority: "127.0.0.1:4260", path: "/v1/token" };

    fn pair() -> EcdsaKeyPair {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &SystemRandom::new()).unwrap()
    }

    fn jwk(pair: &EcdsaKeyPair) -> Value {
        let point = pair.public_key().as_ref();
        let [x, y] = [&point[1..33], &point[33..]].map(|number| URL_SAFE_NO_PAD.encode(number));
        json!({"kty": "EC", "crv": "P-256", "x": x, "y": y})
    }

    fn sign(pair: &EcdsaKeyPair, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn claims() -> Value {
        json!({"htm": "POST", "htu": "http://127.0.0.1:4260/v1/token", "iat": 100, "jti": "one"})
    }

    #[test]
    fn a_proof_about_the_request_names_its_key() {
        let pair = pair();
        let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk(&pair)});
        let proof = verify(&sign(&pair, &header, &claims()), ABOUT).unwrap();
        assert_eq!((&*proof.id, proof.issued_at, proof.thumbprint.len()), ("one", 100, 43));
        let mut other = claims();
        other["jti"] = json!("two");
        assert_eq!(verify(&sign(&pair, &header, &other), ABOUT).unwrap().thumbprint, proof.thumbprint);
    }

    #[test]
    fn the_thumbprint_is_that_of_the_standard() {
        // Made with another implementation from a key of all ones and all twos.
        let point = [vec![4], vec![1; 32], vec![2; 32]].concat();
        let text = r#"{"crv":"P-256","kty":"EC","x":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE","y":"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"}"#;
        assert_eq!(thumbprint(&point), URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes())));
    }

    #[test]
    fn what_is_not_as_it_has_to_be_is_no_proof() {
        let (pair, other) = (pair(), pair());
        let good = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk(&pair)});
        for (member, value, why) in [
            ("typ", json!("JWT"), "typ"),
            ("alg", json!("none"), "alg"),
            ("alg", json!("HS256"), "alg"),
            ("crit", json!(["x"]), "alg"),
            ("jwk", json!({"kty": "EC", "crv": "P-256"}), "jwk"),
            ("jwk", jwk(&other), "signature"),
        ] {
            let mut header = good.clone();
            header[member] = value;
            assert_eq!(verify(&sign(&pair, &header, &claims()), ABOUT), Err(Unproven(why)), "{member}");
        }
        let mut private = good.clone();
        private["jwk"]["d"] = json!("AQ");
        assert_eq!(verify(&sign(&pair, &private, &claims()), ABOUT), Err(Unproven("jwk")));
        for (member, value, why) in [
            ("htm", json!("GET"), "htm"),
            ("htu", json!("http://127.0.0.1:4261/v1/token"), "htu"),
            ("htu", json!("http://127.0.0.1:4260/v1/other"), "htu"),
            ("htu", json!("/v1/token"), "htu"),
            ("jti", json!(""), "jti"),
            ("iat", json!("now"), "iat"),
        ] {
            let mut claims = claims();
            claims[member] = value;
            assert_eq!(verify(&sign(&pair, &good, &claims), ABOUT), Err(Unproven(why)), "{member}");
        }
        for text in ["", "..", "a.b", "a.b.c", "a.b.c.d"] {
            assert!(verify(text, ABOUT).is_err(), "{text}");
        }
    }

    #[test]
    fn a_url_means_the_request_whatever_its_query_scheme_and_default_port() {
        let about = About { authority: "Sesame.example", ..ABOUT };
        for url in [
            "https://sesame.example/v1/token",
            "http://sesame.example/v1/token?x=1#y",
            "https://SESAME.example:443/v1/token",
        ] {
            assert!(is_about(url, about), "{url}");
        }
        for url in ["ftp://sesame.example/v1/token", "https://sesame.example:444/v1/token", "https://sesame.example"] {
            assert!(!is_about(url, about), "{url}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[A-Za-z0-9_.-]{0,200}") {
            prop_assert!(verify(&text, ABOUT).is_err());
        }
    }
}
