//! Public keys of identity providers and the signatures they verify; must not know where a key or a message came from.

use ring::signature::{self, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm};

use super::der::{Der, INTEGER};

/// The hash that a signature is made over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// SHA-1, of old SAML providers only.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

/// How a signature is made. An ECDSA one is the two numbers side by side (RFC 7518 section 3.4; XML Signature 1.1
/// section 6.4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// RSASSA-PKCS1-v1_5.
    RsaPkcs1(Hash),
    /// RSASSA-PSS with a salt as long as the hash.
    RsaPss(Hash),
    /// ECDSA.
    Ecdsa(Hash),
    /// EdDSA over edwards25519.
    Ed25519,
}

/// The curves of ECDSA keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curve {
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
}

impl Curve {
    /// The bytes of one coordinate.
    pub fn width(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
        }
    }
}

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// An RSA key, both numbers big-endian without leading zeros.
    Rsa {
        /// The modulus.
        modulus: Vec<u8>,
        /// The public exponent.
        exponent: Vec<u8>,
    },
    /// An elliptic curve key.
    Ec {
        /// On this curve.
        curve: Curve,
        /// The point, uncompressed: 4, x, y.
        point: Vec<u8>,
    },
    /// An Ed25519 key.
    Ed25519(Vec<u8>),
}

/// The signature is not one of this key over this message, or the key is too weak or too large to be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unverified;

impl PublicKey {
    /// An RSA key from its two numbers.
    pub fn rsa(modulus: &[u8], exponent: &[u8]) -> Option<Self> {
        let (modulus, exponent) = (without_leading_zeros(modulus), without_leading_zeros(exponent));
        (!modulus.is_empty() && !exponent.is_empty())
            .then(|| Self::Rsa { modulus: modulus.to_vec(), exponent: exponent.to_vec() })
    }

    /// A key on a curve from its uncompressed point. That the point is on the curve is found out by [`Self::verify`].
    pub fn ec(curve: Curve, point: &[u8]) -> Option<Self> {
        (point.len() == 2 * curve.width() + 1 && point.first() == Some(&4))
            .then(|| Self::Ec { curve, point: point.to_vec() })
    }

    /// An Ed25519 key from its 32 bytes.
    pub fn ed25519(bytes: &[u8]) -> Option<Self> {
        (bytes.len() == 32).then(|| Self::Ed25519(bytes.to_vec()))
    }

    /// The size that people name the key by: of the modulus, or of the curve.
    pub fn bits(&self) -> usize {
        match self {
            Self::Rsa { modulus, .. } => {
                let zeros = modulus.first().map_or(0, |first| first.leading_zeros() as usize);
                (modulus.len() * 8).saturating_sub(zeros)
            }
            Self::Ec { curve, .. } => curve.width() * 8,
            Self::Ed25519(_) => 256,
        }
    }

    /// Whether a signature of this scheme can be one of this key at all.
    pub fn fits(&self, scheme: Scheme) -> bool {
        matches!(
            (self, scheme),
            (Self::Rsa { .. }, Scheme::RsaPkcs1(_) | Scheme::RsaPss(_))
                | (Self::Ec { .. }, Scheme::Ecdsa(_))
                | (Self::Ed25519(_), Scheme::Ed25519)
        )
    }

    /// Verifies a signature.
    pub fn verify(&self, scheme: Scheme, message: &[u8], signature: &[u8]) -> Result<(), Unverified> {
        match (self, scheme) {
            (Self::Rsa { modulus, exponent }, Scheme::RsaPkcs1(_) | Scheme::RsaPss(_)) => {
                let parameters = rsa_parameters(scheme).ok_or(Unverified)?;
                RsaPublicKeyComponents { n: modulus, e: exponent }
                    .verify(parameters, message, signature)
                    .map_err(|_| Unverified)
            }
            (Self::Ec { curve, point }, Scheme::Ecdsa(hash)) => {
                let algorithm = ecdsa_algorithm(*curve, hash).ok_or(Unverified)?;
                let signature = ecdsa_in_der(*curve, signature).ok_or(Unverified)?;
                UnparsedPublicKey::new(algorithm, point).verify(message, &signature).map_err(|_| Unverified)
            }
            (Self::Ed25519(bytes), Scheme::Ed25519) => {
                UnparsedPublicKey::new(&signature::ED25519, bytes).verify(message, signature).map_err(|_| Unverified)
            }
            _ => Err(Unverified),
        }
    }
}

/// Keys of 1024 bits are taken where the verifier can: old providers have them. Two combinations start at 2048.
fn rsa_parameters(scheme: Scheme) -> Option<&'static RsaParameters> {
    match scheme {
        Scheme::RsaPkcs1(Hash::Sha1) => Some(&signature::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY),
        Scheme::RsaPkcs1(Hash::Sha256) => Some(&signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY),
        Scheme::RsaPkcs1(Hash::Sha384) => Some(&signature::RSA_PKCS1_2048_8192_SHA384),
        Scheme::RsaPkcs1(Hash::Sha512) => Some(&signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY),
        Scheme::RsaPss(Hash::Sha256) => Some(&signature::RSA_PSS_2048_8192_SHA256),
        Scheme::RsaPss(Hash::Sha384) => Some(&signature::RSA_PSS_2048_8192_SHA384),
        Scheme::RsaPss(Hash::Sha512) => Some(&signature::RSA_PSS_2048_8192_SHA512),
        Scheme::RsaPss(Hash::Sha1) | Scheme::Ecdsa(_) | Scheme::Ed25519 => None,
    }
}

fn ecdsa_algorithm(curve: Curve, hash: Hash) -> Option<&'static dyn VerificationAlgorithm> {
    match (curve, hash) {
        (Curve::P256, Hash::Sha256) => Some(&signature::ECDSA_P256_SHA256_ASN1),
        (Curve::P256, Hash::Sha384) => Some(&signature::ECDSA_P256_SHA384_ASN1),
        (Curve::P384, Hash::Sha256) => Some(&signature::ECDSA_P384_SHA256_ASN1),
        (Curve::P384, Hash::Sha384) => Some(&signature::ECDSA_P384_SHA384_ASN1),
        (_, Hash::Sha1 | Hash::Sha512) => None,
    }
}

/// The two numbers side by side, of a signature that has them in DER as certificates do (RFC 5480 appendix A).
pub(super) fn ecdsa_from_der(curve: Curve, signature: &[u8]) -> Option<Vec<u8>> {
    let mut numbers = Der::new(signature).sequence()?;
    let mut fixed = Vec::with_capacity(2 * curve.width());
    for _ in 0..2 {
        let number = without_leading_zeros(numbers.next(INTEGER)?);
        fixed.resize(fixed.len() + curve.width().checked_sub(number.len())?, 0);
        fixed.extend(number);
    }
    Some(fixed)
}

/// The two numbers in DER, the only form in which the verifier has every pair of curve and hash.
fn ecdsa_in_der(curve: Curve, signature: &[u8]) -> Option<Vec<u8>> {
    if signature.len() != 2 * curve.width() {
        return None;
    }
    let (r, s) = signature.split_at(curve.width());
    let mut numbers = Vec::with_capacity(signature.len() + 8);
    for number in [r, s] {
        let number = without_leading_zeros(number);
        let sign = number.first().is_none_or(|first| *first >= 0x80);
        numbers.extend([2, u8::try_from(number.len() + usize::from(sign)).ok()?]);
        numbers.extend(sign.then_some(0));
        numbers.extend(number);
    }
    let mut sequence = vec![0x30, u8::try_from(numbers.len()).ok().filter(|length| *length < 0x80)?];
    sequence.extend(numbers);
    Some(sequence)
}

fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_a_signature_become_der_with_and_without_a_sign_byte() {
        let mut signature = [0; 64];
        (signature[31], signature[32]) = (1, 0x80);
        let der = ecdsa_in_der(Curve::P256, &signature).unwrap();
        assert_eq!(der[..8], [0x30, 3 + 2 + 33, 2, 1, 1, 2, 33, 0]);
        assert_eq!(ecdsa_in_der(Curve::P256, &[0; 64]), Some(vec![0x30, 6, 2, 1, 0, 2, 1, 0]));
        assert_eq!(ecdsa_from_der(Curve::P256, &der), Some(signature.to_vec()));
        assert_eq!(ecdsa_from_der(Curve::P256, &[0x30, 0]), None);
        assert_eq!(ecdsa_from_der(Curve::P256, &ecdsa_in_der(Curve::P384, &[1; 96]).unwrap()), None);
        assert_eq!(ecdsa_in_der(Curve::P384, &[0; 64]), None);
        assert!(ecdsa_in_der(Curve::P384, &[0xff; 96]).is_some());
    }

    #[test]
    fn a_key_is_as_long_as_its_modulus_without_the_zeros_before_it() {
        let key = PublicKey::rsa(&[0, 0, 0x40, 0], &[0, 1, 0, 1]).unwrap();
        assert_eq!(key.bits(), 15);
        assert_eq!(key, PublicKey::Rsa { modulus: vec![0x40, 0], exponent: vec![1, 0, 1] });
        assert_eq!(PublicKey::rsa(&[0], &[3]), None);
        assert_eq!(PublicKey::ec(Curve::P256, &[4; 64]), None);
        assert_eq!(PublicKey::ed25519(&[1; 31]), None);
    }

    #[test]
    fn a_key_verifies_no_scheme_of_another_kind() {
        let key = PublicKey::ed25519(&[1; 32]).unwrap();
        assert!(!key.fits(Scheme::Ecdsa(Hash::Sha256)));
        assert_eq!(key.verify(Scheme::Ecdsa(Hash::Sha256), b"", &[0; 64]), Err(Unverified));
        assert_eq!(key.verify(Scheme::Ed25519, b"", &[0; 64]), Err(Unverified));
    }
}
