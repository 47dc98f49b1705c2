//! SSH public keys of the one kind that is taken, RSA, in each of the forms people bring them in. Must not know whose
//! a key is.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};

use super::der::{Der, INTEGER, OBJECT_IDENTIFIER};
use super::key::PublicKey;
use super::pem;

/// The name of RSA keys on the wire (RFC 4253 section 6.6).
const KIND: &str = "ssh-rsa";
/// How many bits a key must have (IAM 2010-05-08 UploadSSHPublicKey, SSHPublicKeyBody); more than the upper bound is
/// more than any tool makes.
const BITS: std::ops::RangeInclusive<usize> = 2_048..=16_384;
/// rsaEncryption and its parameters, which are none (RFC 8017 appendix A.1).
const ALGORITHM: &[u8] = &[0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0];
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];

/// Why a text is no key that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SshKeyFault {
    /// It is in no known form.
    #[error("not a public key in a known form")]
    Encoding,
    /// It is in a known form and no RSA key of a size that is taken.
    #[error("not an RSA key of 2048 bits or more")]
    Key,
}

/// An RSA key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SshKey {
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl SshKey {
    /// Reads a key as OpenSSH writes it, with a comment or without, or in PEM (RFC 5280's SubjectPublicKeyInfo, or
    /// RFC 8017's RSAPublicKey).
    pub fn parse(text: &str) -> Result<Self, SshKeyFault> {
        let text = text.trim();
        let key = if text.starts_with("-----BEGIN ") { in_pem(text)? } else { in_openssh(text)? };
        let sound = BITS.contains(&key.bits());
        let PublicKey::Rsa { modulus, exponent } = key else { return Err(SshKeyFault::Key) };
        let odd = exponent.last().is_some_and(|last| last & 1 == 1) && exponent != [1];
        if sound && odd { Ok(Self { modulus, exponent }) } else { Err(SshKeyFault::Key) }
    }

    /// Reads back what [`Self::wire`] gave.
    pub fn from_wire(wire: &[u8]) -> Option<Self> {
        match on_the_wire(wire)? {
            PublicKey::Rsa { modulus, exponent } => Some(Self { modulus, exponent }),
            _ => None,
        }
    }

    /// The key on the wire (RFC 4253 section 6.6).
    pub fn wire(&self) -> Vec<u8> {
        let mut wire = Vec::with_capacity(self.modulus.len() + 32);
        for part in [KIND.as_bytes(), &number(&self.exponent), &number(&self.modulus)] {
            wire.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
            wire.extend(part);
        }
        wire
    }

    /// As OpenSSH writes it, without a comment.
    pub fn openssh(&self) -> String {
        format!("{KIND} {}", STANDARD.encode(self.wire()))
    }

    /// In PEM, as a SubjectPublicKeyInfo with lines of 64 characters (RFC 7468 sections 2 and 13).
    pub fn pem(&self) -> String {
        let numbers = [element(INTEGER, &number(&self.modulus)), element(INTEGER, &number(&self.exponent))].concat();
        let mut bits = vec![0];
        bits.extend(element(0x30, &numbers));
        let info = element(0x30, &[ALGORITHM.to_vec(), element(0x03, &bits)].concat());
        let mut pem = "-----BEGIN PUBLIC KEY-----\n".to_owned();
        let mut left = &*STANDARD.encode(info);
        while !left.is_empty() {
            let (line, rest) = left.split_at_checked(64).unwrap_or((left, ""));
            let _ = writeln!(pem, "{line}");
            left = rest;
        }
        pem + "-----END PUBLIC KEY-----\n"
    }

    /// Its fingerprint (IAM 2010-05-08 SSHPublicKey, Fingerprint): MD5 of the key on the wire, as OpenSSH wrote it.
    pub fn fingerprint(&self) -> String {
        let pairs: Vec<String> = Md5::digest(self.wire()).iter().map(|byte| format!("{byte:02x}")).collect();
        pairs.join(":")
    }
}

/// A number as SSH and DER have it: with a zero before it when it would look negative.
fn number(bytes: &[u8]) -> Vec<u8> {
    let sign = bytes.first().is_some_and(|first| *first >= 0x80);
    sign.then_some(0).into_iter().chain(bytes.iter().copied()).collect()
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let digits: Vec<u8> = length.into_iter().skip_while(|digit| *digit == 0).collect();
    let mut whole = vec![tag];
    match digits.as_slice() {
        [] => whole.push(0),
        [short] if *short < 0x80 => whole.push(*short),
        long => {
            whole.push(0x80 | u8::try_from(long.len()).unwrap_or(8));
            whole.extend(long);
        }
    }
    whole.extend(content);
    whole
}

fn in_openssh(text: &str) -> Result<PublicKey, SshKeyFault> {
    let mut words = text.split_ascii_whitespace();
    let (kind, key) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let known = kind.starts_with("ssh-") || kind.starts_with("ecdsa-") || kind.starts_with("sk-");
    // Two keys are none, options before a key neither.
    if !known || text.lines().count() > 1 {
        return Err(SshKeyFault::Encoding);
    }
    if kind != KIND {
        return Err(SshKeyFault::Key);
    }
    let wire = STANDARD.decode(key).map_err(|_| SshKeyFault::Key)?;
    on_the_wire(&wire).ok_or(SshKeyFault::Key)
}

fn on_the_wire(wire: &[u8]) -> Option<PublicKey> {
    let mut left = wire;
    let mut part = || {
        let (length, rest) = left.split_first_chunk::<4>()?;
        let (part, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        left = rest;
        Some(part)
    };
    let (kind, exponent, modulus) = (part()?, part()?, part()?);
    (kind == KIND.as_bytes() && left.is_empty()).then(|| PublicKey::rsa(modulus, exponent))?
}

fn in_pem(text: &str) -> Result<PublicKey, SshKeyFault> {
    let blocks = pem::blocks(text).map_err(|_| SshKeyFault::Encoding)?;
    let [block] = blocks.as_slice() else { return Err(SshKeyFault::Encoding) };
    let key = match block.label {
        "PUBLIC KEY" => info(&block.content),
        "RSA PUBLIC KEY" => numbers(&block.content),
        _ => return Err(SshKeyFault::Encoding),
    };
    key.ok_or(SshKeyFault::Key)
}

fn info(der: &[u8]) -> Option<PublicKey> {
    let mut info = Der::new(der).sequence()?;
    let kind = info.sequence()?.next(OBJECT_IDENTIFIER)?;
    let bits = info.bits()?;
    (kind == RSA).then(|| numbers(bits))?
}

fn numbers(der: &[u8]) -> Option<PublicKey> {
    let mut numbers = Der::new(der).sequence()?;
    PublicKey::rsa(numbers.next(INTEGER)?, numbers.next(INTEGER)?)
}

#[cfg(test)]
#[path = "ssh_key_tests.rs"]
mod tests;
