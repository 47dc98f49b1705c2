//! Checks Signature Version 4 (IAM user guide, "AWS Signature Version 4 for API requests"); knows no HTTP framework, no
//! clock and no store: whose key it is and what time it is are for the caller to say.
//!
//! The order in which a caller asks, which is also the order of AWS's checks: [`Presented::read`],
//! [`Presented::check_time`], [`Presented::check_scope`], then the key and its token, then [`verify`].

mod canonical;
mod fault;
mod presented;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

pub(crate) use self::fault::{ScopeFault, SignatureFault};
pub(crate) use self::presented::{Lifetime, Presented, Scope};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const TERMINATOR: &str = "aws4_request";

/// A header as it came: its name in any case and its raw value.
pub(crate) type Header<'a> = (&'a str, &'a [u8]);

/// What Version 4 signs of a request.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    /// The method, in upper case.
    pub(crate) method: &'a str,
    /// The path of the URL as sent, without the query.
    pub(crate) path: &'a str,
    /// The query of the URL as sent, without the `?`.
    pub(crate) query: &'a str,
    /// All headers, in the order in which they came.
    pub(crate) headers: &'a [Header<'a>],
    /// The raw body.
    pub(crate) body: &'a [u8],
}

/// Derives the key that signs all requests of one secret, day, region and service. It is as secret as the secret
/// itself.
pub(crate) fn signing_key(secret: &str, date: &str, region: &str, service: &str) -> [u8; 32] {
    let first = keyed(["AWS4", secret].concat().as_bytes(), date);
    [region, service, TERMINATOR].iter().fold(first, |key, part| keyed(&key, part))
}

/// Checks the signature in constant time, with the key that [`signing_key`] derives for the scope presented.
pub(crate) fn verify(key: &[u8; 32], presented: &Presented, request: &Request) -> bool {
    expected(key, presented, request).is_some_and(|digits| digits.ct_eq(presented.signature().as_bytes()).into())
}

/// The signature that a request should have; `None` where what it says it signs is not there.
pub(crate) fn hexadecimal_of(key: &[u8; 32], presented: &Presented, request: &Request) -> Option<String> {
    expected(key, presented, request).map(|digits| digits.map(char::from).iter().collect())
}

fn expected(key: &[u8; 32], presented: &Presented, request: &Request) -> Option<[u8; 64]> {
    let hash = canonical::hash(request, presented)?;
    let Scope { date, region, service, terminator } = presented.scope();
    let mut mac = hmac(key);
    for part in [ALGORITHM, "\n", presented.date(), "\n", date, "/", region, "/", service, "/", terminator, "\n"] {
        mac.update(part.as_bytes());
    }
    mac.update(&hex(&hash));
    Some(hex(&mac.finalize().into_bytes().into()))
}

fn keyed(key: &[u8], text: &str) -> [u8; 32] {
    hmac(key).chain_update(text).finalize().into_bytes().into()
}

fn hmac(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes a key of any length")
}

fn hex(bytes: &[u8; 32]) -> [u8; 64] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut digits = [0; 64];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(bytes) {
        pair.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
    digits
}

/// Takes a query apart: names and values as sent, still encoded. Empty pieces, as after a last `&`, carry nothing.
fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter(|piece| !piece.is_empty()).map(|piece| piece.split_once('=').unwrap_or((piece, "")))
}

/// Undoes the encoding of a name or value of a query, where `+` is a space as in a form. What is no escape stays.
fn decode(encoded: &str) -> Vec<u8> {
    // A `+` that was itself escaped must not become a space, so spaces are made before escapes are undone.
    let spaced: Vec<u8> = encoded.bytes().map(|byte| if byte == b'+' { b' ' } else { byte }).collect();
    percent_encoding::percent_decode(&spaced).collect()
}

#[cfg(test)]
#[path = "signature_tests.rs"]
mod tests;
