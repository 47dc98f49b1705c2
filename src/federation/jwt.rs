//! JSON Web Tokens of OpenID providers (RFC 7519, RFC 7515, OpenID Connect Core 1.0): signed ones, verified with the
//! provider's keys. Must not know which issuers or audiences anybody accepts: that is for the caller to compare.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::domain::time::Time;

use super::jwk::Jwks;
use super::key::{Curve, Hash, PublicKey, Scheme};

mod claims;

pub use claims::{Claims, SessionTags};

/// The longest token that is read: `WebIdentityToken` of AWS STS 2011-06-15 has at most 20,000 characters.
pub const MAX_SIZE: usize = 20_000;

/// How far a provider's clock and ours may be apart, either way, for `exp`, `nbf` and `iat`. Observed of AWS STS in
/// September 2026: a token that expired a second ago is taken, one that expired 301 seconds ago is not.
pub const LEEWAY_SECONDS: i64 = 300;

/// Why a token is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is no compact JWT of JSON objects, or is too long.
    #[error("not a signed JWT")]
    Malformed,
    /// Its algorithm is none of the asymmetric ones that are known: `none`, HMAC, or another. Its name, cut short.
    #[error("unsupported algorithm {0}")]
    UnsupportedAlgorithm(String),
    /// The provider has no key of that id, or none that can make such a signature. The id, cut short.
    #[error("unknown key")]
    UnknownKey(Option<String>),
    /// No key that could be meant has made this signature.
    #[error("bad signature")]
    BadSignature,
    /// It has expired.
    #[error("expired at {at}")]
    Expired {
        /// Its `exp`.
        at: Time,
    },
    /// It begins later than now.
    #[error("not valid before {from}")]
    NotYetValid {
        /// Its `nbf`.
        from: Time,
    },
    /// It was issued later than now.
    #[error("issued in the future, at {at}")]
    IssuedInFuture {
        /// Its `iat`.
        at: Time,
    },
    /// It lacks a claim that OpenID Connect Core 1.0 section 2 requires.
    #[error("no claim {0}")]
    MissingClaim(&'static str),
    /// A list that may not be empty is.
    #[error("empty claim {0}")]
    EmptyClaim(&'static str),
    /// A claim is of another type than it has to be.
    #[error("malformed claim {0}")]
    MalformedClaim(&'static str),
}

/// A token that was taken apart and not verified: nothing that it says may be trusted.
#[derive(Clone, Debug)]
pub struct Jwt<'a> {
    signed: &'a str,
    signature: Vec<u8>,
    algorithm: String,
    scheme: Scheme,
    key_id: Option<String>,
    claims: Map<String, Value>,
}

impl<'a> Jwt<'a> {
    /// Takes a token apart.
    pub fn parse(token: &'a str) -> Result<Self, Fault> {
        if token.len() > MAX_SIZE {
            return Err(Fault::Malformed);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(Fault::Malformed)?;
        let (header, payload) =
            signed.split_once('.').filter(|(_, rest)| !rest.contains('.')).ok_or(Fault::Malformed)?;
        let header = object(header)?;
        let claims = object(payload)?;
        let algorithm = header.get("alg").and_then(Value::as_str).ok_or(Fault::Malformed)?.to_owned();
        let scheme = scheme(&algorithm).ok_or_else(|| Fault::UnsupportedAlgorithm(short(&algorithm)))?;
        // an extension that has to be understood and is not makes a token invalid (RFC 7515 section 4.1.11)
        if header.contains_key("crit") {
            return Err(Fault::Malformed);
        }
        let key_id = match header.get("kid") {
            None | Some(Value::Null) => None,
            Some(Value::String(id)) => Some(id.clone()),
            Some(_) => return Err(Fault::Malformed),
        };
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Fault::Malformed)?;
        Ok(Self { signed, signature, algorithm, scheme, key_id, claims })
    }

    /// The issuer that it names, to find the provider whose keys are to verify it.
    pub fn claimed_issuer(&self) -> Option<&str> {
        self.claims.get("iss").and_then(Value::as_str)
    }

    /// Verifies the signature, then the times, and hands out the claims.
    pub fn verify(&self, keys: &Jwks, now: Time) -> Result<Claims, Fault> {
        self.verify_within(keys, now, LEEWAY_SECONDS)
    }

    /// As [`Self::verify`], for clocks that may be so many seconds apart.
    pub fn verify_within(&self, keys: &Jwks, now: Time, leeway: i64) -> Result<Claims, Fault> {
        self.verify_signature(keys)?;
        let claims = Claims::read(&self.claims)?;
        let latest = now.plus_seconds(leeway);
        if claims.issued_at > latest {
            return Err(Fault::IssuedInFuture { at: claims.issued_at });
        }
        if claims.expires_at.plus_seconds(leeway) <= now {
            return Err(Fault::Expired { at: claims.expires_at });
        }
        if let Some(from) = claims.not_before.filter(|from| *from > latest) {
            return Err(Fault::NotYetValid { from });
        }
        Ok(Claims { algorithm: self.algorithm.clone(), ..claims })
    }

    /// Without a key's id there is no choosing: the set has to have one key that fits. Observed of AWS STS in September
    /// 2026, as is that a key's own `alg` does not matter.
    fn verify_signature(&self, keys: &Jwks) -> Result<(), Fault> {
        let unknown = || Fault::UnknownKey(self.key_id.as_deref().map(short));
        let key = match &self.key_id {
            Some(id) => keys.by_id(id).filter(|key| fits(key, self.scheme)),
            None => keys.only(|key| fits(key, self.scheme)),
        };
        key.ok_or_else(unknown)?
            .verify(self.scheme, self.signed.as_bytes(), &self.signature)
            .map_err(|_| Fault::BadSignature)
    }
}

fn object(part: &str) -> Result<Map<String, Value>, Fault> {
    let text = URL_SAFE_NO_PAD.decode(part).map_err(|_| Fault::Malformed)?;
    serde_json::from_slice(&text).map_err(|_| Fault::Malformed)
}

/// As [`PublicKey::fits`], with the one hash that each curve has here (RFC 7518 section 3.4).
fn fits(key: &PublicKey, scheme: Scheme) -> bool {
    let is_own_hash = match (key, scheme) {
        (PublicKey::Ec { curve, .. }, Scheme::Ecdsa(hash)) => {
            matches!((curve, hash), (Curve::P256, Hash::Sha256) | (Curve::P384, Hash::Sha384))
        }
        _ => true,
    };
    is_own_hash && key.fits(scheme)
}

/// RFC 7518 section 3.1, RFC 8037 section 3.1, RFC 9864 section 2.2.
fn scheme(algorithm: &str) -> Option<Scheme> {
    Some(match algorithm {
        "RS256" => Scheme::RsaPkcs1(Hash::Sha256),
        "RS384" => Scheme::RsaPkcs1(Hash::Sha384),
        "RS512" => Scheme::RsaPkcs1(Hash::Sha512),
        "PS256" => Scheme::RsaPss(Hash::Sha256),
        "PS384" => Scheme::RsaPss(Hash::Sha384),
        "PS512" => Scheme::RsaPss(Hash::Sha512),
        "ES256" => Scheme::Ecdsa(Hash::Sha256),
        "ES384" => Scheme::Ecdsa(Hash::Sha384),
        "EdDSA" | "Ed25519" => Scheme::Ed25519,
        _ => return None,
    })
}

/// So much of a text out of a token that a message or a log may show it.
fn short(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(100).collect()
}

#[cfg(test)]
#[path = "jwt_tests.rs"]
mod tests;
