//! A certificate authority of our own: makes itself, and certificates of TLS servers (RFC 5280), all with P-256. The keys
//! come from the operating system's generator, the only one that `ring` takes. Must not know where it is kept, nor which
//! names deserve a certificate.

use std::net::IpAddr;

use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};

use super::certificate::Certificate;
use super::der::{Der, INTEGER, OCTET_STRING};
use super::der_writing::{
    bit_string, boolean, context, dates, integer, name_of_organization, object_identifier, octet_string, sequence,
    value,
};
use super::key::{Curve, PublicKey};
use super::pem;
use crate::domain::time::Time;

/// How long the authority lives.
const AUTHORITY_YEARS: u32 = 10;
/// How long a server's certificate lives: clients of Apple take no more than 398 days.
const SERVER_DAYS: i64 = 396;
const DAY: i64 = 86_400;

// The content of object identifiers: RFC 5758 section 3.2, RFC 5480 section 2.1.1, RFC 5280 section 4.2.
const ECDSA_WITH_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const SUBJECT_KEY: &[u8] = &[0x55, 0x1d, 14];
const KEY_USAGE: &[u8] = &[0x55, 0x1d, 15];
const SUBJECT_NAMES: &[u8] = &[0x55, 0x1d, 17];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 19];
const ISSUER_KEY: &[u8] = &[0x55, 0x1d, 35];
const EXTENDED_USAGE: &[u8] = &[0x55, 0x1d, 37];
const SERVER_AUTH: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 1];

/// Why there is no authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthorityFault {
    /// The text has not one certificate and one private key.
    #[error("expected one block CERTIFICATE and one block PRIVATE KEY in PEM")]
    Malformed,
    /// The certificate may not vouch for others, or has another key.
    #[error("the certificate is not that of an authority with this private key")]
    NotAnAuthority,
    /// The key is of another kind.
    #[error("the private key is not one of P-256 in PKCS #8")]
    Key,
    /// The system gives no randomness, or signing failed.
    #[error("the operating system gives no randomness")]
    Randomness,
}

use AuthorityFault::{Key, Malformed, NotAnAuthority, Randomness};

/// An authority: its certificate, and its key to sign with.
pub struct Authority {
    certificate: Certificate,
    pkcs8: Vec<u8>,
    /// What names its key in what it issues.
    key_id: Vec<u8>,
    /// Its name in DER.
    name: Vec<u8>,
    pair: EcdsaKeyPair,
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").field("subject", &self.certificate.subject).finish_non_exhaustive()
    }
}

/// The private key of a server, which all its certificates have.
pub struct ServerKey {
    pkcs8: Vec<u8>,
    point: Vec<u8>,
}

impl ServerKey {
    /// A new one.
    pub fn generate() -> Result<Self, AuthorityFault> {
        let (pair, pkcs8) = generate()?;
        Ok(Self { pkcs8, point: pair.public_key().as_ref().to_vec() })
    }

    /// In PKCS #8.
    pub fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }
}

/// A name that a server is called by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerName {
    /// A host name, in ASCII.
    Dns(String),
    /// An address.
    Address(IpAddr),
}

impl Authority {
    /// A new one, good from a day before `now` on for ten years.
    pub fn generate(now: Time) -> Result<Self, AuthorityFault> {
        let (pair, pkcs8) = generate()?;
        let key_id = key_id(pair.public_key().as_ref());
        // Two authorities of one name confuse clients that look them up by it.
        let mark = key_id.iter().take(4).fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        let name = name_of_organization("Sesame", &format!("Sesame CA {mark}"));
        let extensions = [
            extension(BASIC_CONSTRAINTS, true, &sequence(&[&boolean(true)])),
            // keyCertSign and cRLSign
            extension(KEY_USAGE, true, &value(3, &[1, 0x06])),
            extension(SUBJECT_KEY, false, &octet_string(&key_id)),
        ];
        let body = Body {
            issuer: &name,
            subject: &name,
            validity: dates(now.plus_seconds(-DAY), now.plus_years(AUTHORITY_YEARS)),
            point: pair.public_key().as_ref(),
            extensions: extensions.concat(),
        };
        let der = body.signed_by(&pair)?;
        let certificate = Certificate::from_der(&der).map_err(|_| Malformed)?;
        Ok(Self { certificate, pkcs8, key_id, name, pair })
    }

    /// Reads what [`Authority::to_pem`] wrote, or what somebody made elsewhere likewise.
    pub fn from_pem(text: &str) -> Result<Self, AuthorityFault> {
        let blocks = pem::blocks(text).map_err(|_| Malformed)?;
        let mut certificates = blocks.iter().filter(|block| block.label == "CERTIFICATE");
        let mut keys = blocks.iter().filter(|block| block.label == "PRIVATE KEY");
        let (Some(certificate), None, Some(key), None) =
            (certificates.next(), certificates.next(), keys.next(), keys.next())
        else {
            return Err(Malformed);
        };
        let certificate = Certificate::from_der(&certificate.content).map_err(|_| Malformed)?;
        let pair = read(&key.content)?;
        let point = PublicKey::ec(Curve::P256, pair.public_key().as_ref());
        if !certificate.is_authority || point.is_none() || certificate.key != point {
            return Err(NotAnAuthority);
        }
        let name = subject(&certificate.der).ok_or(Malformed)?.to_vec();
        let key_id = named_key_id(&certificate.der).unwrap_or_else(|| key_id(pair.public_key().as_ref()));
        Ok(Self { certificate, pkcs8: key.content.clone(), key_id, name, pair })
    }

    /// All of it, **the private key among it**.
    pub fn to_pem(&self) -> String {
        self.certificate_pem() + &pem::write("PRIVATE KEY", &self.pkcs8)
    }

    /// The certificate alone, for whoever is to trust it.
    pub fn certificate_pem(&self) -> String {
        pem::write("CERTIFICATE", &self.certificate.der)
    }

    /// A certificate for a server of these names, in DER, good from a day before `now` on for little more than a year.
    pub fn issue(&self, key: &ServerKey, names: &[ServerName], now: Time) -> Result<Vec<u8>, AuthorityFault> {
        let shown = match names.first() {
            Some(ServerName::Dns(name)) => name.clone(),
            Some(ServerName::Address(address)) => address.to_string(),
            None => String::new(),
        };
        // RFC 5280 appendix A: ub-common-name is 64
        let subject = name_of_organization("Sesame", shown.get(..64).unwrap_or(&shown));
        let names: Vec<u8> = names.iter().flat_map(general_name).collect();
        let extensions = [
            extension(BASIC_CONSTRAINTS, true, &sequence(&[])),
            // digitalSignature
            extension(KEY_USAGE, true, &value(3, &[7, 0x80])),
            extension(EXTENDED_USAGE, false, &sequence(&[&object_identifier(SERVER_AUTH)])),
            extension(SUBJECT_NAMES, false, &sequence(&[&names])),
            extension(SUBJECT_KEY, false, &octet_string(&key_id(&key.point))),
            extension(ISSUER_KEY, false, &sequence(&[&value(0x80, &self.key_id)])),
        ];
        // It must not outlive who vouches for it.
        let until = now.plus_seconds(SERVER_DAYS * DAY).min(self.certificate.not_after);
        let body = Body {
            issuer: &self.name,
            subject: &subject,
            validity: dates(now.plus_seconds(-DAY), until),
            point: &key.point,
            extensions: extensions.concat(),
        };
        body.signed_by(&self.pair)
    }
}

/// What is signed of a certificate (RFC 5280 section 4.1.2), as far as ours differ.
struct Body<'a> {
    issuer: &'a [u8],
    subject: &'a [u8],
    validity: Vec<u8>,
    point: &'a [u8],
    extensions: Vec<u8>,
}

impl Body<'_> {
    fn signed_by(&self, pair: &EcdsaKeyPair) -> Result<Vec<u8>, AuthorityFault> {
        let random = SystemRandom::new();
        let mut serial = [0; 16];
        random.fill(&mut serial).map_err(|_| Randomness)?;
        let algorithm = sequence(&[&object_identifier(ECDSA_WITH_SHA256)]);
        let key_kind = sequence(&[&object_identifier(EC_PUBLIC_KEY), &object_identifier(P256)]);
        let body = sequence(&[
            // version 3
            &context(0, &integer(&[2])),
            &integer(&serial),
            &algorithm,
            self.issuer,
            &self.validity,
            self.subject,
            &sequence(&[&key_kind, &bit_string(self.point)]),
            &context(3, &sequence(&[&self.extensions])),
        ]);
        let signature = pair.sign(&random, &body).map_err(|_| Randomness)?;
        Ok(sequence(&[&body, &algorithm, &bit_string(signature.as_ref())]))
    }
}

fn generate() -> Result<(EcdsaKeyPair, Vec<u8>), AuthorityFault> {
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new());
    let pkcs8 = pkcs8.map_err(|_| Randomness)?.as_ref().to_vec();
    Ok((read(&pkcs8)?, pkcs8))
}

fn read(pkcs8: &[u8]) -> Result<EcdsaKeyPair, AuthorityFault> {
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8, &SystemRandom::new()).map_err(|_| Key)
}

/// SHA-1 of the public key, which names it and proves nothing (RFC 5280 section 4.2.1.2).
fn key_id(point: &[u8]) -> Vec<u8> {
    digest(&SHA1_FOR_LEGACY_USE_ONLY, point).as_ref().to_vec()
}

fn extension(oid: &[u8], critical: bool, content: &[u8]) -> Vec<u8> {
    let critical = if critical { boolean(true) } else { Vec::new() };
    sequence(&[&object_identifier(oid), &critical, &octet_string(content)])
}

/// RFC 5280 section 4.2.1.6.
fn general_name(name: &ServerName) -> Vec<u8> {
    match name {
        ServerName::Dns(name) => value(0x82, name.as_bytes()),
        ServerName::Address(IpAddr::V4(address)) => value(0x87, &address.octets()),
        ServerName::Address(IpAddr::V6(address)) => value(0x87, &address.octets()),
    }
}

/// What comes after the subject's name, and that name itself.
fn from_subject(der: &[u8]) -> Option<(&[u8], Der<'_>)> {
    let mut body = Der::new(der).sequence()?.sequence()?;
    let mut first = body;
    // The version is left out in certificates of version 1.
    if first.next(INTEGER).is_none() {
        body.any()?;
    }
    // serial number, signature, issuer, validity
    for _ in 0..4 {
        body.any()?;
    }
    Some((body.whole()?, body))
}

fn subject(der: &[u8]) -> Option<&[u8]> {
    from_subject(der).map(|(subject, _)| subject)
}

/// What the certificate itself calls its key.
fn named_key_id(der: &[u8]) -> Option<Vec<u8>> {
    let (_, mut rest) = from_subject(der)?;
    rest.any()?;
    let mut extensions = Der::new(rest.next(0xa3)?).sequence()?;
    while let Some(mut extension) = extensions.sequence() {
        if extension.any()?.1 == SUBJECT_KEY {
            return Der::new(extension.next(OCTET_STRING)?).next(OCTET_STRING).map(<[u8]>::to_vec);
        }
    }
    None
}

#[cfg(test)]
#[path = "authority_tests.rs"]
mod tests;
