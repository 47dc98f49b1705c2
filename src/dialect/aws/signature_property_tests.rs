//! What holds of every signature, whatever is signed.

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use proptest::prelude::*;
use sha2::Digest;

use super::*;

/// A query as a server understands it.
fn meaning(query: &str) -> Vec<(Vec<u8>, Vec<u8>)> {
    let decoded = |text: &str| percent_decode_str(&text.replace('+', " ")).collect::<Vec<u8>>();
    let pieces = query.split('&').filter(|piece| !piece.is_empty());
    let pairs = pieces.map(|piece| piece.split_once('=').unwrap_or((piece, "")));
    let mut pairs: Vec<_> = pairs.map(|(name, value)| (decoded(name), decoded(value))).collect();
    pairs.sort();
    pairs
}

fn escaped(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC)
        .to_string()
        .replace("%2D", "-")
        .replace("%5F", "_")
        .replace("%2E", ".")
        .replace("%7E", "~")
}

/// A signed request with these segments, parameters, header and body, all of which it holds as they are.
fn signed(segments: &[String], pairs: &[(String, String)], header: &str, body: &[u8]) -> Sent {
    let mut sent = Sent::with_headers("", &[("X-Amz-Meta-Note", header)]);
    sent.path = format!("/{}", segments.join("/"));
    let mut wire: Vec<(String, String)> = pairs.iter().map(|(name, value)| (escaped(name), escaped(value))).collect();
    let join = |pairs: &[(String, String)]| {
        pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    };
    sent.query = join(&wire);
    wire.sort();
    sent.body = body.to_vec();
    let path = format!("/{}", segments.iter().map(|segment| escaped(segment)).collect::<Vec<_>>().join("/"));
    let payload = lower_hex(&Sha256::digest(body));
    sign(&mut sent, SECRET, &path, &join(&wire), "host;x-amz-date;x-amz-meta-note", &payload);
    sent
}

/// Puts another ASCII letter in the place of one of the text.
fn changed(text: &str, at: usize, to: u8) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let place = bytes.get_mut(at.checked_rem(text.len())?)?;
    if *place == to {
        return None;
    }
    *place = to;
    String::from_utf8(bytes).ok()
}

/// What a path comes down to: its segments without those that say nothing, and whether it ends in a slash.
fn place(path: &str) -> (Vec<&str>, bool, bool) {
    let mut segments = Vec::new();
    for segment in path.split('/') {
        if segment == ".." {
            segments.pop();
        } else if !segment.is_empty() && segment != "." {
            segments.push(segment);
        }
    }
    let ends = segments.is_empty() || path.ends_with('/');
    (segments, path.starts_with('/'), ends)
}

fn words(value: &[u8]) -> Vec<&[u8]> {
    value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).collect()
}

proptest! {
    #[test]
    fn what_is_signed_passes_and_no_byte_of_it_can_be_changed(
        segments in prop::collection::vec("[a-z%+:é]{1,5}", 0..4),
        pairs in prop::collection::vec(("[^\\x00]{1,4}", "[^\\x00]{0,4}"), 0..5),
        header in "[a-z  ,é]{0,8}",
        body in prop::collection::vec(any::<u8>(), 0..20),
        at in any::<usize>(),
        to in 0x21_u8..0x7f,
    ) {
        let good = signed(&segments, &pairs, &header, &body);
        prop_assert!(good.passes(SECRET), "{good:?}");
        prop_assert!(!good.passes("Secret"));

        if let Some(path) = changed(&good.path, at, to) {
            let same = place(&path) == place(&good.path);
            prop_assert_eq!(Sent { path, ..good.clone() }.passes(SECRET), same);
        }
        if let Some(query) = changed(&good.query, at, to) {
            let same = meaning(&query) == meaning(&good.query);
            prop_assert_eq!(Sent { query, ..good.clone() }.passes(SECRET), same);
        }
        let mut other = good.clone();
        let changes = at.checked_rem(body.len()).map(|at| std::mem::replace(&mut other.body[at], to) != to);
        prop_assert_eq!(other.passes(SECRET), changes != Some(true));
        let mut longer = good.clone();
        longer.body.push(to);
        prop_assert!(!longer.passes(SECRET));
        for header in 0..3 {
            let mut other = good.clone();
            let value = &mut other.headers[header].1;
            if let Some(at) = at.checked_rem(value.len()) {
                value[at] = to;
                let same = words(&other.headers[header].1) == words(&good.headers[header].1);
                prop_assert_eq!(other.passes(SECRET), same, "{:?}", other.headers[header]);
            }
        }
        let other = Sent { method: "PUT".to_owned(), ..good };
        prop_assert!(!other.passes(SECRET));
    }

    #[test]
    fn escaping_more_or_less_of_a_query_changes_nothing(
        pairs in prop::collection::vec(("[a-zA-Z ]{1,4}", "[a-zA-Z é]{0,4}"), 0..5),
    ) {
        let good = signed(&[], &pairs, "", b"");
        let every_byte = |text: &str| text.bytes().map(|byte| format!("%{byte:02x}")).collect::<Vec<_>>().concat();
        let more = pairs.iter().rev().map(|(name, value)| format!("{}={}&", every_byte(name), every_byte(value)));
        let sent = Sent { query: more.collect(), ..good.clone() };
        prop_assert!(sent.passes(SECRET));
        let less = pairs.iter().map(|(name, value)| format!("&{name}={value}").replace(' ', "+"));
        let sent = Sent { query: less.collect(), ..good };
        prop_assert!(sent.passes(SECRET));
    }

    #[test]
    fn reading_and_checking_never_panic(
        start in "(AWS4-HMAC-SHA256|AWS4-|.{0,3})",
        parts in prop::collection::vec("(Credential=(a/20260304/b/iam/aws4_request|[a/]{0,9})|SignedHeaders=[hostx;-]{0,9}\
                                        |SignedHeaders=host;x-amz-date|Signature=.{0,4}|.{0,4})[, ]{0,2}", 0..5),
        names in prop::collection::vec("(?i)host|x-amz-date|date|x-amz-content-sha256|x-amz-security-token|.{0,3}", 0..6),
        value in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..20),
            "[0-9]{8}T[0-9]{6}Z|(Mon, )?[0-9]{1,2} Mar [0-9]{1,5} [0-9:]{0,8} .{0,5}".prop_map(String::into_bytes),
        ],
        query in prop::collection::vec("(X-Amz-(Algorithm|Credential|Date|Expires|SignedHeaders|Signature|Security-Token|.)\
                                        =)?[a-z0-9TZ/;%+=-]{0,16}", 0..8),
        path in ".{0,9}|[/.a]{0,12}",
        times in (any::<i64>(), any::<i64>()),
    ) {
        let mut headers: Vec<_> = names.into_iter().map(|name| (name, value.clone())).collect();
        if !parts.is_empty() {
            headers.push(("Authorization".to_owned(), format!("{start} {}", parts.concat()).into_bytes()));
        }
        let sent = Sent { method: start, path, query: query.join("&"), headers, body: value };
        prop_assert!(!sent.passes(SECRET));
        sent.with(|request| {
            match Presented::read(request) {
                Ok(presented) => {
                    for urls in [Lifetime::AsItSays, Lifetime::AsAnySignature] {
                        let _ = presented.check_time(Time(times.0), &[Time(times.1)], urls).map_err(|it| it.answer());
                    }
                    let _ = presented.check_scope("iam", |_| false).map_err(|it| it.answer());
                }
                Err(fault) => drop(fault.answer()),
            }
        });
    }
}
