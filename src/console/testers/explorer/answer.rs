//! An answer of an API as people read it: JSON and XML with their members on lines of their own.

use axum::http::header;
use axum::http::response::Parts;

use crate::console::parts::{Badge, Tone};

/// An answer.
pub(super) struct Answer {
    pub(super) status: Badge,
    pub(super) kind: String,
    pub(super) text: String,
    /// The id in the journal.
    pub(super) request_id: String,
}

/// The answer with its body laid out.
pub(super) fn of(parts: &Parts, body: &[u8]) -> Answer {
    let of = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let text = String::from_utf8_lossy(body);
    let as_json = serde_json::from_str::<serde_json::Value>(&text).ok();
    let laid_out = as_json.and_then(|value| serde_json::to_string_pretty(&value).ok());
    let tone = if parts.status.is_success() { Tone::Good } else { Tone::Bad };
    let ids = [of("x-amzn-requestid"), of("x-acs-request-id")];
    Answer {
        status: Badge::new(tone, parts.status.to_string()),
        kind: of(header::CONTENT_TYPE.as_str()),
        text: laid_out.unwrap_or_else(|| if text.starts_with('<') { indented(&text) } else { text.into_owned() }),
        request_id: ids.into_iter().find(|id| !id.is_empty()).unwrap_or_default(),
    }
}

/// XML with each element on a line, as deep as it is nested; elements that hold text alone stay on one line.
fn indented(xml: &str) -> String {
    let mut out = String::with_capacity(xml.len().saturating_mul(2));
    let mut depth = 0_usize;
    let mut holds_text = false;
    for piece in xml.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        let closes = tag.starts_with('/');
        if closes {
            depth = depth.saturating_sub(1);
        }
        if !(closes && holds_text) {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&"  ".repeat(depth.min(40)));
        }
        out.push('<');
        out.push_str(tag);
        out.push('>');
        let stands_alone = closes || tag.ends_with('/') || tag.starts_with(['?', '!']);
        if !stands_alone {
            depth = depth.saturating_add(1);
        }
        // An element without anything in it closes on its own line too.
        holds_text = !stands_alone && !text.trim().is_empty();
        out.push_str(text.trim_end_matches(['\n', ' ']));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::indented;

    #[test]
    fn xml_is_laid_out() {
        let laid_out = indented("<?xml version=\"1.0\"?><a>\n<b>text</b><c/><d><e>1</e></d></a>");
        let lines: Vec<&str> = laid_out.lines().collect();
        assert_eq!(
            lines,
            ["<?xml version=\"1.0\"?>", "<a>", "  <b>text</b>", "  <c/>", "  <d>", "    <e>1</e>", "  </d>", "</a>"]
        );
        for odd in ["<", "<a", ">", "</a></a>", "<a><a><a>"] {
            indented(odd);
        }
    }
}
