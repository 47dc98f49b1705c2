//! The JSON that a call is sent: read in one way, refused in one way, and never repeated.

use axum::body::{Bytes, HttpBody as _};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::problem::Problem;
use crate::app::App;

/// A mebibyte.
pub(super) const MIB: usize = 1_024 * 1_024;

/// The largest body of most calls, which is axum's own limit.
const MOST: usize = 2 * MIB;

/// The most characters of a fault in a body that are told.
const MOST_TOLD: usize = 400;

/// What was sent, read as `T`.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            let text = "the body must be JSON: Content-Type: application/json";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", text));
        }
        read(&whole(request, app, MOST).await?).map(Self)
    }
}

/// All that was sent, of so many bytes at the most: more is refused when it is announced, or else when it is there, and
/// nothing of it stays. The route's limit is to be the same.
pub(super) async fn whole(request: Request, app: &App, most: usize) -> Result<Bytes, Problem> {
    let too_large = || {
        let text = format!("the body has at most {} MiB", most / MIB);
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", text)
    };
    if usize::try_from(request.body().size_hint().lower()).map_or(true, |announced| announced > most) {
        return Err(too_large());
    }
    Bytes::from_request(request, app).await.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => Problem::bad_request("the body did not come whole, or not in time"),
    })
}

/// `application/json`, or another that ends in `+json` (RFC 6838 section 4.2.8).
fn is_json(headers: &HeaderMap) -> bool {
    let media = headers.get(header::CONTENT_TYPE).and_then(|media| media.to_str().ok()).unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let kind = media.strip_prefix("application/");
    kind.is_some_and(|kind| kind == "json" || kind.ends_with("+json"))
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if holds_nul(bytes) {
        return Err(Problem::bad_request("the body holds a character that no text here has: U+0000"));
    }
    serde_json::from_slice(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        match error.classify() {
            Category::Data => Problem::bad_request(told(&error.to_string(), line, column)),
            _ => Problem::bad_request(format!("the body is not JSON from line {line} column {column} on")),
        }
    })
}

/// What may be told of a fault: names of members, and what is expected of a value, never the value itself.
fn told(text: &str, line: usize, column: usize) -> String {
    let text = text.rsplit_once(" at line ").map_or(text, |(text, _)| text);
    let of_name = ["unknown field `", "missing field `", "duplicate field `"];
    if of_name.iter().any(|start| text.starts_with(start)) {
        return text.chars().take(MOST_TOLD).collect();
    }
    let expected = text.rsplit_once(", expected ").map(|(_, expected)| format!(": expected {expected}"));
    format!("line {line} column {column} is not what it should be{}", expected.unwrap_or_default())
}

/// Whether an escape of U+0000 stands in JSON: unlike `\\u0000`, which is a backslash and five characters.
fn holds_nul(bytes: &[u8]) -> bool {
    let mut rest = bytes.iter();
    while let Some(byte) = rest.next() {
        if *byte == b'\\' {
            let escape = rest.as_slice();
            if escape.starts_with(b"u0000") {
                return true;
            }
            rest.next();
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only how it is read matters")]
    struct Sent {
        user: String,
        days: Option<u8>,
    }

    #[test]
    fn what_is_wrong_is_told_by_its_name_and_no_value_is_repeated() {
        for (body, told) in [
            ("", "the body is not JSON from line 1 column 0 on"),
            (r#"{"user":"a""#, "the body is not JSON from line 1 column 11 on"),
            (r#"{"uesr":"a"}"#, "unknown field `uesr`, expected `user` or `days`"),
            ("{}", "missing field `user`"),
            (r#"{"user":"a","user":"b"}"#, "duplicate field `user`"),
            (r#"{"user":"a","days":"s3cret, expected x"}"#, "line 1 column 39 is not what it should be: expected u8"),
            (r#"{"user":"a","days":700}"#, "line 1 column 22 is not what it should be: expected u8"),
            (r#"{"user":"a\u0000"}"#, "the body holds a character that no text here has: U+0000"),
        ] {
            let problem = read::<Sent>(body.as_bytes()).expect_err(body);
            assert_eq!(problem.detail(), told, "{body}");
        }
        assert_eq!(read::<Sent>(br#"{"user":"a\\u0000"}"#).unwrap().user, r"a\u0000");
    }

    #[test]
    fn json_is_known_by_its_media_type() {
        for (media, is) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/problem+json", true),
            ("text/json", false),
            ("application/jsonx", false),
            ("application/x-www-form-urlencoded", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, media.parse().unwrap());
            assert_eq!(is_json(&headers), is, "{media}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
