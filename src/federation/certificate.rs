//! X.509 certificates: what they say, not whether to trust them. Must not know who sent one, or what for.

use std::fmt::Write as _;

use sha1::{Digest as _, Sha1};
use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::der::Decode as _;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use crate::domain::time::Time;

use super::der::{Der, INTEGER, OBJECT_IDENTIFIER};
use super::key::{Curve, Hash, PublicKey, Scheme, ecdsa_from_der};
use super::{pem, private_key};

/// rsaEncryption (RFC 8017 appendix C).
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// id-ecPublicKey, secp256r1 and secp384r1 (RFC 5480 section 2).
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
/// id-Ed25519 (RFC 8410 section 3).
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// id-ce-basicConstraints (RFC 5280 section 4.2.1.9).
const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");

/// The most certificates that are read from one text of PEM: more than any chain has.
const MOST: usize = 100;

/// A certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The certificate itself in DER.
    pub der: Vec<u8>,
    /// Whom it is about, as RFC 4514 writes names: `CN=example,O=Example`.
    pub subject: String,
    /// Who issued it, written likewise.
    pub issuer: String,
    /// The serial number, big-endian.
    pub serial: Vec<u8>,
    /// Valid from here.
    pub not_before: Time,
    /// Valid to here, this second included.
    pub not_after: Time,
    /// Whether it may vouch for others: its basic constraints say that it is an authority (RFC 5280 section 4.2.1.9).
    pub is_authority: bool,
    /// Its key; none when it is of a kind that no signature here is made with (DSA, other curves).
    pub key: Option<PublicKey>,
}

/// Why a text is no certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    /// There is no PEM block of a certificate.
    #[error("no certificate in PEM")]
    NoPem,
    /// The PEM is broken, holds something else besides, or holds more than was asked for.
    #[error("the PEM is not one of certificates alone")]
    MalformedPem,
    /// The DER inside is no X.509 certificate.
    #[error("not an X.509 certificate")]
    MalformedDer,
}

impl Certificate {
    /// Reads a certificate in DER.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateFault> {
        let certificate = CertificateInner::<Raw>::from_der(der).map_err(|_| CertificateFault::MalformedDer)?;
        let body = certificate.tbs_certificate();
        let time = |time: x509_cert::time::Time| {
            let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
            Time(0).plus_seconds(seconds)
        };
        Ok(Self {
            der: der.to_vec(),
            subject: body.subject().to_string(),
            issuer: body.issuer().to_string(),
            serial: body.serial_number().as_bytes().to_vec(),
            not_before: time(body.validity().not_before),
            not_after: time(body.validity().not_after),
            is_authority: is_authority(&certificate),
            key: key(body.subject_public_key_info()),
        })
    }

    /// Reads the one certificate of a text in PEM.
    pub fn from_pem(text: &str) -> Result<Self, CertificateFault> {
        let mut all = Self::all_from_pem(text)?;
        match (all.pop(), all.is_empty()) {
            (Some(only), true) => Ok(only),
            _ => Err(CertificateFault::MalformedPem),
        }
    }

    /// Reads the certificates of a text in PEM, a chain say, in their order. There is at least one.
    pub fn all_from_pem(text: &str) -> Result<Vec<Self>, CertificateFault> {
        let blocks = pem::blocks(text).map_err(|_| CertificateFault::MalformedPem)?;
        if blocks.is_empty() {
            return Err(CertificateFault::NoPem);
        }
        if blocks.len() > MOST || blocks.iter().any(|block| block.label != "CERTIFICATE") {
            return Err(CertificateFault::MalformedPem);
        }
        blocks.iter().map(|block| Self::from_der(&block.content)).collect()
    }

    /// Whether it is valid at a time. SAML providers' signatures do not ask (IAM User Guide, "Create a SAML identity
    /// provider in IAM": IAM takes no action on the expiry of the certificates in a metadata document).
    pub fn is_valid_at(&self, time: Time) -> bool {
        self.not_before <= time && time.seconds() <= self.not_after.seconds()
    }

    /// The serial number as people write it: pairs of hexadecimal digits with colons between them.
    pub fn serial_text(&self) -> String {
        self.serial.iter().enumerate().fold(String::new(), |mut text, (at, byte)| {
            let _ = write!(text, "{}{byte:02x}", if at == 0 { "" } else { ":" });
            text
        })
    }

    /// SHA-1 of all of it, which names it and proves nothing.
    pub fn sha1(&self) -> [u8; 20] {
        Sha1::digest(&self.der).into()
    }

    /// Which certificate of a chain, nearest issuer first, does not belong there. As validators of the PKIX kind do it
    /// (RFC 5280 section 6.1), the last of the chain is trusted and the others are walked from it down to this one,
    /// which is number 0; `Some(None)` when that last one has not issued its neighbour.
    pub fn misplaced_in(&self, chain: &[Self]) -> Option<Option<usize>> {
        let (anchor, between) = chain.split_last()?;
        let path: Vec<&Self> = std::iter::once(self).chain(between).collect();
        let issuers = path.iter().copied().skip(1).chain([anchor]);
        let steps: Vec<(usize, (&Self, &Self))> = path.iter().copied().zip(issuers).enumerate().collect();
        for (number, (certificate, issuer)) in steps.into_iter().rev() {
            if !certificate.is_signed_by(issuer) {
                return Some((number + 1 < path.len()).then_some(number));
            }
            if number > 0 && !certificate.is_authority {
                return Some(Some(number));
            }
        }
        None
    }

    /// Whether another one's key has signed it, and is named as its issuer: one step of a chain. Neither validity nor
    /// whether the other may issue any is looked at.
    pub fn is_signed_by(&self, issuer: &Self) -> bool {
        self.issuer == issuer.subject && issuer.key.as_ref().is_some_and(|key| has_signed(key, &self.der).is_some())
    }

    /// Whether a private key in PEM is the one of this certificate's key.
    pub fn belongs_to(&self, private_key: &str) -> Result<bool, private_key::PrivateKeyFault> {
        let public = private_key::public_part(private_key)?;
        Ok(self.key.as_ref() == Some(&public))
    }
}

/// cA of BasicConstraints, which is false when it is left out.
fn is_authority(certificate: &CertificateInner<Raw>) -> bool {
    /// True in DER (X.690 section 11.1).
    const TRUE: (u8, &[u8]) = (1, &[0xff]);
    let extensions = certificate.tbs_certificate().extensions();
    let found = extensions.and_then(|all| all.iter().find(|extension| extension.extn_id == BASIC_CONSTRAINTS));
    let value = found.and_then(|extension| Der::new(extension.extn_value.as_bytes()).sequence());
    value.and_then(|mut value| value.any()) == Some(TRUE)
}

fn key(info: &SubjectPublicKeyInfoOwned) -> Option<PublicKey> {
    let bytes = info.subject_public_key.as_bytes()?;
    match info.algorithm.oid {
        RSA => rsa_key(bytes),
        EC => {
            let curve = match info.algorithm.parameters.as_ref()?.decode_as().ok()? {
                P256 => Curve::P256,
                P384 => Curve::P384,
                _ => return None,
            };
            PublicKey::ec(curve, bytes)
        }
        ED25519 => PublicKey::ed25519(bytes),
        _ => None,
    }
}

/// RSAPublicKey (RFC 8017 appendix A.1.1).
fn rsa_key(der: &[u8]) -> Option<PublicKey> {
    let mut outer = Der::new(der);
    let mut numbers = outer.sequence().filter(|_| outer.is_empty())?;
    PublicKey::rsa(numbers.next(INTEGER)?, numbers.next(INTEGER)?)
}

/// A certificate's three parts: what is signed, how, and the signature (RFC 5280 section 4.1).
fn has_signed(key: &PublicKey, der: &[u8]) -> Option<()> {
    let mut parts = Der::new(der).sequence()?;
    let message = parts.whole()?;
    let scheme = signature_scheme(parts.sequence()?.next(OBJECT_IDENTIFIER)?)?;
    let signature = parts.bits()?;
    let signature = match key {
        PublicKey::Ec { curve, .. } => ecdsa_from_der(*curve, signature)?,
        _ => signature.to_vec(),
    };
    key.verify(scheme, message, &signature).ok()
}

/// By the object identifiers of RFC 8017 appendix A.2.4, RFC 5758 section 3.2 and RFC 8410 section 3.
fn signature_scheme(oid: &[u8]) -> Option<Scheme> {
    const PKCS1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1];
    const ECDSA_WITH_SHA2: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3];
    let (last, before) = oid.split_last()?;
    match (before, last) {
        (PKCS1, 5) => Some(Scheme::RsaPkcs1(Hash::Sha1)),
        (PKCS1, 11) => Some(Scheme::RsaPkcs1(Hash::Sha256)),
        (PKCS1, 12) => Some(Scheme::RsaPkcs1(Hash::Sha384)),
        (PKCS1, 13) => Some(Scheme::RsaPkcs1(Hash::Sha512)),
        (ECDSA_WITH_SHA2, 2) => Some(Scheme::Ecdsa(Hash::Sha256)),
        (ECDSA_WITH_SHA2, 3) => Some(Scheme::Ecdsa(Hash::Sha384)),
        (&[0x2b, 0x65], 112) => Some(Scheme::Ed25519),
        _ => None,
    }
}

#[cfg(test)]
#[path = "certificate_tests.rs"]
mod tests;
