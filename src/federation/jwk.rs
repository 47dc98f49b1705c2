//! JSON Web Key sets (RFC 7517): an OpenID provider's public keys; must not know tokens.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::key::{Curve, PublicKey};

/// The largest set that is read, in bytes. No provider's comes near.
pub const MAX_SIZE: usize = 512 * 1024;
/// The most keys in one set that can sign, of RSA and of all others (IAM User Guide, "Create an OpenID Connect (OIDC)
/// identity provider in IAM").
pub const MAX_KEYS: usize = 100;

/// The keys of a provider that can sign, by their ids. Each needs one, and of two with the same id the later counts:
/// observed of AWS STS in September 2026.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Jwks {
    keys: BTreeMap<String, PublicKey>,
}

/// Why a text is no set of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwksFault {
    /// Larger than [`MAX_SIZE`] or with more keys than [`MAX_KEYS`].
    #[error("too large a set of keys")]
    TooLarge,
    /// No JSON object with a list of objects under `keys`.
    #[error("not a JSON object with a list of keys")]
    Malformed,
    /// There is nothing in it that could verify a signature.
    #[error("no key that could verify a signature")]
    NoUsableKey,
}

impl Jwks {
    /// Reads a set. Keys of a kind that is not known or that are for encryption are passed over (RFC 7517 section 5).
    pub fn parse(text: &str) -> Result<Self, JwksFault> {
        if text.len() > MAX_SIZE {
            return Err(JwksFault::TooLarge);
        }
        let set: Value = serde_json::from_str(text).map_err(|_| JwksFault::Malformed)?;
        let keys = set.get("keys").and_then(Value::as_array).ok_or(JwksFault::Malformed)?;
        if !keys.iter().all(Value::is_object) {
            return Err(JwksFault::Malformed);
        }
        let keys: BTreeMap<String, PublicKey> = keys.iter().filter_map(jwk).collect();
        let rsa = keys.values().filter(|key| matches!(key, PublicKey::Rsa { .. })).count();
        if rsa > MAX_KEYS || keys.len() - rsa > MAX_KEYS {
            return Err(JwksFault::TooLarge);
        }
        if keys.is_empty() { Err(JwksFault::NoUsableKey) } else { Ok(Self { keys }) }
    }

    /// The key of this id.
    pub fn by_id(&self, id: &str) -> Option<&PublicKey> {
        self.keys.get(id)
    }

    /// The only key that is such a one; none when there are several.
    pub fn only(&self, is_such: impl Fn(&PublicKey) -> bool) -> Option<&PublicKey> {
        let mut such = self.keys.values().filter(|key| is_such(key));
        such.next().filter(|_| such.next().is_none())
    }
}

/// `key_ops` makes a key unusable whatever it says: observed of AWS STS in September 2026.
fn jwk(value: &Value) -> Option<(String, PublicKey)> {
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    if text("use").is_some_and(|purpose| purpose != "sig") || value.get("key_ops").is_some() {
        return None;
    }
    let bytes = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?.trim_end_matches('=')).ok();
    let key = match (text("kty")?, text("crv")) {
        ("RSA", _) => PublicKey::rsa(&bytes("n")?, &bytes("e")?)?,
        ("EC", Some("P-256")) => point(Curve::P256, &bytes("x")?, &bytes("y")?)?,
        ("EC", Some("P-384")) => point(Curve::P384, &bytes("x")?, &bytes("y")?)?,
        ("OKP", Some("Ed25519")) => PublicKey::ed25519(&bytes("x")?)?,
        _ => return None,
    };
    Some((text("kid")?.to_owned(), key))
}

/// Coordinates have the curve's full width (RFC 7518 section 6.2.1.2).
fn point(curve: Curve, x: &[u8], y: &[u8]) -> Option<PublicKey> {
    (x.len() == curve.width()).then(|| PublicKey::ec(curve, &[&[4], x, y].concat()))?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ED25519: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo""#;

    #[test]
    fn keys_that_cannot_verify_are_passed_over() {
        let set = |more: &str| Jwks::parse(&format!("{{\"keys\":[{ED25519}{more}}}]}}"));
        let key = set(r#","use":"sig","alg":"EdDSA","kid":"1""#).unwrap();
        assert!(key.by_id("1").is_some() && key.by_id("2").is_none());
        for more in ["", r#","kid":"1","use":"enc""#, r#","kid":"1","key_ops":["verify"]"#] {
            assert_eq!(set(more), Err(JwksFault::NoUsableKey), "{more}");
        }
        let secret = r#"{"keys":[{"kid":"1","kty":"oct","k":"c2VjcmV0"},{"kid":"2","kty":"EC","crv":"P-256","x":"AQ","y":"Ag"}]}"#;
        assert_eq!(Jwks::parse(secret), Err(JwksFault::NoUsableKey));
    }

    #[test]
    fn what_is_no_set_is_refused() {
        for text in ["", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":[1]}"#] {
            assert_eq!(Jwks::parse(text), Err(JwksFault::Malformed), "{text}");
        }
        assert_eq!(Jwks::parse(&" ".repeat(MAX_SIZE + 1)), Err(JwksFault::TooLarge));
    }

    #[test]
    fn a_hundred_keys_fit_and_one_is_the_only_one_of_its_kind() {
        let keys = |count: usize| {
            let all: Vec<String> = (0..count).map(|id| format!("{ED25519},\"kid\":\"{id}\"}}")).collect();
            Jwks::parse(&format!("{{\"keys\":[{}]}}", all.join(",")))
        };
        assert!(keys(1).unwrap().only(|_| true).is_some());
        assert!(keys(MAX_KEYS).unwrap().only(|_| true).is_none());
        assert_eq!(keys(MAX_KEYS + 1), Err(JwksFault::TooLarge));
    }

    proptest! {
        #[test]
        fn any_member_is_read_or_refused(kty in "RSA|EC|OKP", crv in "P-256|P-384|Ed25519|", x in "[A-Za-z0-9_=-]*") {
            let key = serde_json::json!({"kid": "1", "kty": kty, "crv": crv, "x": x, "y": x, "n": x, "e": x});
            if let Ok(set) = Jwks::parse(&serde_json::json!({"keys": [key]}).to_string()) {
                let scheme = super::super::key::Scheme::RsaPkcs1(super::super::key::Hash::Sha256);
                prop_assert!(set.by_id("1").unwrap().verify(scheme, b"", x.as_bytes()).is_err());
            }
        }
    }
}
