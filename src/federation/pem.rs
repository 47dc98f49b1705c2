//! PEM (RFC 7468): labelled base64 between two lines of dashes; must not know what is inside.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// One labelled block.
pub(super) struct Block<'a> {
    pub(super) label: &'a str,
    pub(super) content: Vec<u8>,
}

/// A block begins and is not a whole one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken;

const DASHES: &str = "-----";

/// The blocks of a text in their order. What stands between them is passed over, as OpenSSL does.
pub(super) fn blocks(text: &str) -> Result<Vec<Block<'_>>, Broken> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let (label, body) = after.split_once(DASHES).ok_or(Broken)?;
        let (body, end) = body.split_once("-----END ").ok_or(Broken)?;
        rest = end.strip_prefix(label).and_then(|end| end.strip_prefix(DASHES)).ok_or(Broken)?;
        blocks.push(Block { label, content: decode(body)? });
    }
    Ok(blocks)
}

/// One block, in lines of 64 characters.
pub(super) fn write(label: &str, content: &[u8]) -> String {
    let encoded = STANDARD.encode(content);
    let mut text = format!("-----BEGIN {label}-----\n");
    let mut rest = encoded.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at_checked(64).unwrap_or((rest, ""));
        text = text + line + "\n";
        rest = after;
    }
    text + &format!("-----END {label}-----\n")
}

/// Headers (RFC 1421), which encrypted keys of the old form have, are no base64: such a block is broken here, and who
/// wants to tell it apart looks for the header.
fn decode(body: &str) -> Result<Vec<u8>, Broken> {
    let text: String = body.split_ascii_whitespace().collect();
    STANDARD.decode(text).ok().filter(|content| !content.is_empty()).ok_or(Broken)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn blocks_are_found_among_other_text() {
        let text = "subject=x\n-----BEGIN A-----\r\nAQ\r\nI=\r\n-----END A-----\n\n-----BEGIN B C-----\nAw==\n-----END B C-----";
        let found = blocks(text).unwrap();
        let found: Vec<_> = found.iter().map(|block| (block.label, block.content.as_slice())).collect();
        assert_eq!(found, [("A", &[1, 2][..]), ("B C", &[3])]);
        assert!(blocks("nothing").unwrap().is_empty());
    }

    #[test]
    fn blocks_that_do_not_end_as_they_began_are_broken() {
        for text in [
            "-----BEGIN A",
            "-----BEGIN A-----AQ==",
            "-----BEGIN A-----AQ==-----END B-----",
            "-----BEGIN A-----AQ==-----END A---",
            "-----BEGIN A-----A*==-----END A-----",
            "-----BEGIN A----------END A-----",
        ] {
            assert_eq!(blocks(text).err(), Some(Broken), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(-----BEGIN |-----END |-----|A|=|\\PC)*") {
            let _ = blocks(&text);
        }
    }
}
