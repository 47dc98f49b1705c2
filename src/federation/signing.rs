//! Tokens signed in the name of an OpenID provider, for testers who have none: ES256 (RFC 7518 section 3.4). The key
//! pairs come from the operating system's generator, the only one that `ring` takes. Must not know what a token is for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Map, Value, json};

use super::key::Curve;
use crate::domain::providers::SigningKey;

/// The key cannot be made, read or used: not one of ours, or the system gives no randomness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signing key cannot be used")]
pub struct Unusable;

/// A new key of this id.
pub fn generate(id: String) -> Result<SigningKey, Unusable> {
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    Ok(SigningKey { id, pkcs8: pkcs8.map_err(|_| Unusable)?.as_ref().to_vec() })
}

/// The public part as a JSON Web Key (RFC 7517).
pub fn public_jwk(key: &SigningKey) -> Result<Value, Unusable> {
    let pair = pair(key)?;
    let point = pair.public_key().as_ref();
    let coordinates = point.strip_prefix(&[4]).and_then(|both| both.split_at_checked(Curve::P256.width()));
    let (x, y) = coordinates.ok_or(Unusable)?;
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    Ok(json!({
        "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": key.id, "x": text(x), "y": text(y),
    }))
}

/// A signed token with these claims.
pub fn sign(key: &SigningKey, claims: &Map<String, Value>) -> Result<String, Unusable> {
    let header = json!({"alg": "ES256", "kid": key.id, "typ": "JWT"}).to_string();
    let claims = serde_json::to_string(claims).map_err(|_| Unusable)?;
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = pair(key)?.sign(&SystemRandom::new(), signed.as_bytes()).map_err(|_| Unusable)?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

fn pair(key: &SigningKey) -> Result<EcdsaKeyPair, Unusable> {
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &key.pkcs8, &SystemRandom::new()).map_err(|_| Unusable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Time;
    use crate::federation::jwk::Jwks;
    use crate::federation::jwt::{Fault, Jwt};

    #[test]
    fn what_is_signed_verifies_with_the_public_part_alone() {
        let (key, other) = (generate("k".to_owned()).unwrap(), generate("k".to_owned()).unwrap());
        let set = |key| Jwks::parse(&json!({"keys": [public_jwk(key).unwrap()]}).to_string()).unwrap();
        let claims = json!({"iss": "https://a.example", "aud": "c", "sub": "s", "iat": 100, "exp": 200});
        let token = sign(&key, claims.as_object().unwrap()).unwrap();
        let verify = |key| Jwt::parse(&token).unwrap().verify(&set(key), Time(0).plus_seconds(150));
        assert_eq!(verify(&key).unwrap().subject, "s");
        assert_eq!(verify(&other), Err(Fault::BadSignature));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let key = SigningKey { id: "k".to_owned(), pkcs8: vec![1, 2, 3] };
        assert_eq!(sign(&key, &Map::new()), Err(Unusable));
        assert_eq!(public_jwk(&key), Err(Unusable));
    }
}
