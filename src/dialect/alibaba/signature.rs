//! Computes and checks the request signatures V1 (HMAC-SHA1) and V3 (ACS3-HMAC-SHA256); knows no HTTP framework, no
//! clock and no store: whose key it is, whether the time is right and the nonce new are for the caller to say.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{EagerHash, Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::params::Params;

const V3_ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// All that RFC 3986 does not call unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A signature that does not fit the request.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Mismatch {
    /// What the signature should have been made over. The cloud tells it to the caller; in V1 it holds every
    /// parameter in clear, passwords too, so it must not reach a log.
    pub(crate) string_to_sign: String,
}

impl fmt::Debug for Mismatch {
    /// Leaves the string to sign out, which may hold passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mismatch").finish_non_exhaustive()
    }
}

/// Percent-encodes by RFC 3986: only `A-Za-z0-9-_.~` stay.
#[cfg(test)]
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Builds what V1 signs: the method and all query and form parameters but the `Signature`.
pub(crate) fn v1_string_to_sign(method: &str, params: &Params) -> String {
    // The canonical query is itself encoded, so each name and value is encoded twice, and `=` and `&` once.
    fn push_twice(out: &mut String, text: &str) {
        for chunk in utf8_percent_encode(text, RESERVED) {
            out.extend(utf8_percent_encode(chunk, RESERVED));
        }
    }

    let mut out = String::with_capacity(768);
    out.push_str(method);
    out.push_str("&%2F&");
    let mut separator = "";
    for (name, value) in params.in_v1().filter(|(name, _)| *name != "Signature") {
        out.push_str(separator);
        push_twice(&mut out, name);
        out.push_str("%3D");
        push_twice(&mut out, value);
        separator = "%26";
    }
    out
}

/// Signs by V1: Base64 of the HMAC-SHA1 under the secret with a `&` after it.
pub(crate) fn v1(secret: &str, string_to_sign: &str) -> String {
    STANDARD.encode(keyed::<Sha1>(&[secret, "&"].concat(), string_to_sign).finalize().into_bytes())
}

/// Checks the parameter `Signature` by V1, in constant time.
///
/// A request that also brings parameters in a JSON body is refused: V1 does not cover them, so anyone on the way could
/// have added them. No client sends that.
pub(crate) fn verify_v1(secret: &str, method: &str, params: &Params) -> Result<(), Mismatch> {
    let string_to_sign = v1_string_to_sign(method, params);
    let sent = params.get("Signature").unwrap_or_default();
    let equal = v1(secret, &string_to_sign).as_bytes().ct_eq(sent.as_bytes());
    if bool::from(equal) && !params.any_outside_v1() { Ok(()) } else { Err(Mismatch { string_to_sign }) }
}

/// An `Authorization` header that names V3 but does not have its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MalformedAuthorization;

impl fmt::Display for MalformedAuthorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the Authorization header is not of the form of ACS3-HMAC-SHA256")
    }
}

impl std::error::Error for MalformedAuthorization {}

/// The parts of a V3 `Authorization` header, none of them empty and none of them checked yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Authorization<'a> {
    /// The id of the access key.
    pub(crate) credential: &'a str,
    /// The names of the signed headers, joined with `;`, as sent.
    pub(crate) signed_headers: &'a str,
    /// The signature as lower-case hexadecimal digits.
    pub(crate) signature: &'a str,
}

impl<'a> Authorization<'a> {
    /// Takes the header apart: the algorithm, then each of the three parts once, in any order.
    pub(crate) fn parse(header: &'a str) -> Result<Self, MalformedAuthorization> {
        let parts = header.trim().strip_prefix(V3_ALGORITHM).ok_or(MalformedAuthorization)?;
        if !parts.starts_with([' ', '\t']) {
            return Err(MalformedAuthorization);
        }
        let (mut credential, mut signed_headers, mut signature) = (None, None, None);
        for part in parts.split(',') {
            let (name, value) = part.trim().split_once('=').ok_or(MalformedAuthorization)?;
            let place = match name {
                "Credential" => &mut credential,
                "SignedHeaders" => &mut signed_headers,
                "Signature" => &mut signature,
                _ => return Err(MalformedAuthorization),
            };
            if value.is_empty() || place.replace(value).is_some() {
                return Err(MalformedAuthorization);
            }
        }
        match (credential, signed_headers, signature) {
            (Some(credential), Some(signed_headers), Some(signature)) => {
                Ok(Self { credential, signed_headers, signature })
            }
            _ => Err(MalformedAuthorization),
        }
    }
}

/// A header as it came: its name in any case and its raw value.
pub(crate) type Header<'a> = (&'a str, &'a [u8]);

/// What V3 signs of a request.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    /// The method, in upper case.
    pub(crate) method: &'a str,
    /// The path of the URL as sent, without the query.
    pub(crate) path: &'a str,
    /// The decoded parameters; those of the body count by its hash only.
    pub(crate) params: &'a Params,
    /// All headers, in any order.
    pub(crate) headers: &'a [Header<'a>],
    /// The raw body.
    pub(crate) body: &'a [u8],
}

/// Builds what V3 signs when the headers of the list `signed_headers` are signed.
///
/// The error carries the same for a request that no signature can make good: a listed header is missing, listed twice
/// or not UTF-8, a header that must be signed is not, or `x-acs-content-sha256` is not the hash of the body.
pub(crate) fn v3_string_to_sign(request: &Request, signed_headers: &str) -> Result<String, Mismatch> {
    let (canonical, sound) = canonical_request(request, signed_headers);
    let string_to_sign = format!("{V3_ALGORITHM}\n{}", hex(&Sha256::digest(canonical)));
    if sound { Ok(string_to_sign) } else { Err(Mismatch { string_to_sign }) }
}

/// Signs by V3: lower-case hexadecimal HMAC-SHA256 under the bare secret.
pub(crate) fn v3_sign(secret: &str, string_to_sign: &str) -> String {
    hex(&keyed::<Sha256>(secret, string_to_sign).finalize().into_bytes())
}

/// Checks the signature of an `Authorization` header by V3, in constant time.
pub(crate) fn verify_v3(secret: &str, authorization: &Authorization, request: &Request) -> Result<(), Mismatch> {
    let string_to_sign = v3_string_to_sign(request, authorization.signed_headers)?;
    let equal = v3_sign(secret, &string_to_sign).as_bytes().ct_eq(authorization.signature.as_bytes());
    if bool::from(equal) { Ok(()) } else { Err(Mismatch { string_to_sign }) }
}

/// Builds the canonical request and tells whether the request obeys the rules about its headers.
fn canonical_request(request: &Request, signed_headers: &str) -> (String, bool) {
    let mut out = String::with_capacity(1024);
    for part in [request.method, "\n", request.path, "\n"] {
        out.push_str(part);
    }
    let mut separator = "";
    for (name, value) in request.params.in_query() {
        out.push_str(separator);
        out.extend(utf8_percent_encode(name, RESERVED));
        out.push('=');
        out.extend(utf8_percent_encode(value, RESERVED));
        separator = "&";
    }
    out.push('\n');
    let body_hash = hex(&Sha256::digest(request.body));
    let sound = push_headers(&mut out, request.headers, signed_headers, &body_hash);
    for part in ["\n", signed_headers, "\n", &body_hash] {
        out.push_str(part);
    }
    (out, sound)
}

/// Appends the signed headers in the order of their list and tells whether the rules about headers hold.
fn push_headers(out: &mut String, headers: &[Header], signed_headers: &str, body_hash: &str) -> bool {
    // Sorted once, so that a long list of headers costs no quadratic search; the flag marks what the list names.
    let mut known: Vec<(Header, bool)> = headers.iter().map(|header| (*header, false)).collect();
    known.sort_unstable_by(|((a, a_value), _), ((b, b_value), _)| {
        folded(a).cmp(folded(b)).then_with(|| a_value.trim_ascii().cmp(b_value.trim_ascii()))
    });

    let mut sound = true;
    for name in signed_headers.split(';') {
        out.extend(name.chars().map(|letter| letter.to_ascii_lowercase()));
        let first = known.partition_point(|((other, _), _)| folded(other).lt(folded(name)));
        let many = known[first..].partition_point(|((other, _), _)| other.eq_ignore_ascii_case(name));
        match &mut known[first..first + many] {
            // Repeated, a header could be made to fill the memory by a list much shorter than the outcome.
            [] | [(_, true), ..] => sound = false,
            group => {
                let mut separator = ':';
                for ((_, value), listed) in group {
                    out.push(separator);
                    match std::str::from_utf8(value.trim_ascii()) {
                        Ok(value) => out.push_str(value),
                        Err(_) => sound = false,
                    }
                    *listed = true;
                    separator = ',';
                }
            }
        }
        out.push('\n');
    }

    // "x-acs-*, host and content-type must be signed when present", and host is always there.
    let host = signed_headers.split(';').any(|name| name.eq_ignore_ascii_case("host"));
    sound
        && host
        && known.iter().all(|((name, value), listed)| {
            (*listed || !must_be_signed(name)) && {
                !name.eq_ignore_ascii_case("x-acs-content-sha256") || value.trim_ascii() == body_hash.as_bytes()
            }
        })
}

fn must_be_signed(header: &str) -> bool {
    header.eq_ignore_ascii_case("host")
        || header.eq_ignore_ascii_case("content-type")
        || header.as_bytes().get(..6).is_some_and(|start| start.eq_ignore_ascii_case(b"x-acs-"))
}

fn folded(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().map(|byte| byte.to_ascii_lowercase())
}

fn keyed<D: EagerHash>(key: &str, text: &str) -> Hmac<D> {
    Hmac::<D>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length").chain_update(text)
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

#[cfg(test)]
#[path = "signature_tests.rs"]
mod tests;
