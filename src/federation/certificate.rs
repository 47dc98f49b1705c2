//! X.509 certificates: what they say, not whether to trust them. Must not know who sent one, or what for.

use std::fmt::Write as _;

use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::der::Decode as _;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use crate::domain::time::Time;

use super::der::{Der, INTEGER};
use super::key::{Curve, PublicKey};
use super::{pem, private_key};

/// rsaEncryption (RFC 8017 appendix C).
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// id-ecPublicKey, secp256r1 and secp384r1 (RFC 5480 section 2).
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
/// id-Ed25519 (RFC 8410 section 3).
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

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

    /// Whether a private key in PEM is the one of this certificate's key.
    pub fn belongs_to(&self, private_key: &str) -> Result<bool, private_key::PrivateKeyFault> {
        let public = private_key::public_part(private_key)?;
        Ok(self.key.as_ref() == Some(&public))
    }
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

#[cfg(test)]
#[path = "certificate_tests.rs"]
mod tests;
