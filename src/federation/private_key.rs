//! The public part of a private key, to tell whose it is. The secret part is passed over, kept nowhere and never shown.

use super::der::{Der, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING};
use super::key::{Curve, PublicKey};
use super::pem;

/// The content of the object identifiers of keys, as in `certificate`.
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const P384: &[u8] = &[0x2b, 0x81, 4, 0, 0x22];

/// The tag of a value in brackets: `[0]`, `[1]`.
const PARAMETERS: u8 = 0xa0;
const PUBLIC_KEY: u8 = 0xa1;

/// Why a text is no private key that could be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrivateKeyFault {
    /// It is not one private key in PEM.
    #[error("not one private key in PEM")]
    Malformed,
    /// It is encrypted.
    #[error("the private key is encrypted")]
    Encrypted,
    /// It is of a kind other than RSA, P-256 and P-384.
    #[error("a private key of an unsupported kind")]
    Unsupported,
    /// A key on a curve that does not carry its point, which every common tool writes though it is optional.
    #[error("the private key does not name its public key")]
    NoPublicPart,
}

use PrivateKeyFault::{Encrypted, Malformed, NoPublicPart, Unsupported};

/// The public key of a private key in PEM: PKCS#1 (RFC 8017), SEC1 (RFC 5915) or PKCS#8 (RFC 5958). The public part is
/// taken at its word: that the secret part goes with it is not computed.
pub fn public_part(text: &str) -> Result<PublicKey, PrivateKeyFault> {
    if text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED") {
        return Err(Encrypted);
    }
    let blocks = pem::blocks(text).map_err(|_| Malformed)?;
    // OpenSSL writes a curve's parameters in a block of their own before the key
    let keys: Vec<_> = blocks.iter().filter(|block| block.label != "EC PARAMETERS").collect();
    let [block] = keys.as_slice() else { return Err(Malformed) };
    match block.label {
        "RSA PRIVATE KEY" => rsa(&block.content),
        "EC PRIVATE KEY" => ec(&block.content, None),
        "PRIVATE KEY" => pkcs8(&block.content),
        "DSA PRIVATE KEY" | "OPENSSH PRIVATE KEY" => Err(Unsupported),
        _ => Err(Malformed),
    }
}

fn pkcs8(der: &[u8]) -> Result<PublicKey, PrivateKeyFault> {
    let mut info = Der::new(der).sequence().ok_or(Malformed)?;
    info.next(INTEGER).ok_or(Malformed)?;
    let mut algorithm = info.sequence().ok_or(Malformed)?;
    let kind = algorithm.next(OBJECT_IDENTIFIER).ok_or(Malformed)?;
    let key = info.next(OCTET_STRING).ok_or(Malformed)?;
    match kind {
        RSA => rsa(key),
        EC => ec(key, Some(curve(algorithm.next(OBJECT_IDENTIFIER).ok_or(Unsupported)?)?)),
        _ => Err(Unsupported),
    }
}

fn rsa(der: &[u8]) -> Result<PublicKey, PrivateKeyFault> {
    let mut numbers = Der::new(der).sequence().ok_or(Malformed)?;
    let mut number = || numbers.next(INTEGER).ok_or(Malformed);
    let (_version, modulus, exponent, _secret) = (number()?, number()?, number()?, number()?);
    PublicKey::rsa(modulus, exponent).ok_or(Malformed)
}

fn ec(der: &[u8], mut named: Option<Curve>) -> Result<PublicKey, PrivateKeyFault> {
    let mut values = Der::new(der).sequence().ok_or(Malformed)?;
    values.next(INTEGER).ok_or(Malformed)?;
    values.next(OCTET_STRING).ok_or(Malformed)?;
    let mut point = None;
    while !values.is_empty() {
        match values.any().ok_or(Malformed)? {
            (PARAMETERS, content) => {
                let oid = Der::new(content).next(OBJECT_IDENTIFIER).ok_or(Unsupported)?;
                named = Some(curve(oid)?);
            }
            (PUBLIC_KEY, content) => {
                point = Some(Der::new(content).bits().ok_or(Malformed)?);
            }
            _ => return Err(Malformed),
        }
    }
    PublicKey::ec(named.ok_or(Unsupported)?, point.ok_or(NoPublicPart)?).ok_or(Malformed)
}

fn curve(oid: &[u8]) -> Result<Curve, PrivateKeyFault> {
    match oid {
        P256 => Ok(Curve::P256),
        P384 => Ok(Curve::P384),
        _ => Err(Unsupported),
    }
}
