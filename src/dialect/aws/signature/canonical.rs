//! Hashes a request in its canonical form (IAM user guide, "Create a signed AWS API request", steps 1 and 2); judges
//! nothing but whether there is such a form.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode, utf8_percent_encode};
use sha2::{Digest, Sha256};

use super::{Header, Presented, Request, decode, hex, pairs};

/// All that RFC 3986 does not call unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

const CONTENT_HASH: &str = "x-amz-content-sha256";
/// Hashes the canonical request. There is none when a signed header is missing or listed twice, or when
/// `x-amz-content-sha256` is signed and not the hash of the body.
pub(super) fn hash(request: &Request, presented: &Presented) -> Option<[u8; 32]> {
    // Written straight into the hash: the whole text is never needed.
    let mut out = Sha256::new();
    out.update(request.method);
    out.update("\n");
    push_path(&mut out, request.path);
    out.update("\n");
    push_query(&mut out, request.query, presented.is_in_query());
    out.update("\n");
    push_headers(&mut out, request.headers, presented.signed_headers())?;
    out.update("\n");
    push_folded(&mut out, presented.signed_headers());
    out.update("\n");
    let body_hash = hex(&Sha256::digest(request.body).into());
    match signed_content_hash(request.headers, presented.signed_headers()) {
        Some(sent) if sent != body_hash => return None,
        _ => out.update(body_hash),
    }
    Some(out.finalize().into())
}

/// Without dot segments and doubled slashes, and encoded once more than on the wire, as for all services but S3.
fn push_path(out: &mut Sha256, path: &str) {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            _ => segments.push(segment),
        }
    }
    // A path that does not begin with a slash, as the `*` of OPTIONS, gets none.
    let mut separator = if path.is_empty() || path.starts_with('/') { "/" } else { "" };
    for segment in &segments {
        out.update(separator);
        utf8_percent_encode(segment, RESERVED).for_each(|chunk| out.update(chunk));
        separator = "/";
    }
    if segments.is_empty() || path.ends_with('/') {
        out.update(separator);
    }
}

/// Sorted by encoded name, then by encoded value; the signature itself cannot be signed.
fn push_query(out: &mut Sha256, query: &str, holds_signature: bool) {
    let mut sorted: Vec<_> = pairs(query).map(|(name, value)| (encoded(name), encoded(value))).collect();
    if holds_signature {
        sorted.retain(|(name, _)| name != "X-Amz-Signature");
    }
    sorted.sort_unstable();
    let mut separator = "";
    for (name, value) in &sorted {
        for part in [separator, name, "=", value] {
            out.update(part);
        }
        separator = "&";
    }
}

/// Brings a name or value of a query into the one encoding that is signed, whatever its sender escaped or not.
fn encoded(sent: &str) -> Cow<'_, str> {
    if is_canonical(sent.as_bytes()) {
        return Cow::Borrowed(sent);
    }
    Cow::Owned(percent_encode(&decode(sent), RESERVED).to_string())
}

fn is_canonical(mut bytes: &[u8]) -> bool {
    let digit = |byte: u8| char::from(byte).to_digit(16).filter(|_| !byte.is_ascii_lowercase());
    let is_reserved = |byte: u32| !u8::try_from(byte).is_ok_and(is_unreserved);
    loop {
        bytes = match bytes {
            [] => return true,
            [b'%', high, low, rest @ ..] => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) if is_reserved(high * 16 + low) => rest,
                _ => return false,
            },
            [byte, rest @ ..] if is_unreserved(*byte) => rest,
            _ => return false,
        }
    }
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~')
}

/// Writes each listed header once, in the order of the list; repeated ones in the order in which they came.
fn push_headers(out: &mut Sha256, headers: &[Header], list: &str) -> Option<()> {
    // Each name has a header of its own, so a longer list cannot pass; it could cost, though.
    if list.split(';').count() > headers.len() {
        return None;
    }
    for (at, name) in list.split(';').enumerate() {
        if list.split(';').take(at).any(|before| before.eq_ignore_ascii_case(name)) {
            return None;
        }
        push_folded(out, name);
        let mut separator = ":";
        for value in values(headers, name) {
            out.update(separator);
            push_trimmed(out, value);
            separator = ",";
        }
        if separator == ":" {
            return None;
        }
        out.update("\n");
    }
    Some(())
}

fn values<'a>(headers: &'a [Header], name: &str) -> impl Iterator<Item = &'a [u8]> {
    headers.iter().filter(move |(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
}

/// Without spaces at its ends, and one for each run of them inside.
fn push_trimmed(out: &mut Sha256, value: &[u8]) {
    let mut separator = "";
    for word in value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()) {
        out.update(separator);
        out.update(word);
        separator = " ";
    }
}

fn push_folded(out: &mut Sha256, text: &str) {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        out.update(text.to_ascii_lowercase());
    } else {
        out.update(text);
    }
}

/// The body's hash as the client signed it. One that is repeated counts as its first: the others are signed with it.
fn signed_content_hash<'a>(headers: &'a [Header], list: &str) -> Option<&'a [u8]> {
    let is_signed = list.split(';').any(|name| name.eq_ignore_ascii_case(CONTENT_HASH));
    values(headers, CONTENT_HASH).next().filter(|_| is_signed).map(<[u8]>::trim_ascii)
}
