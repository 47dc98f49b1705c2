//! Decodes `name=value&..`, as query strings and form bodies have it; knows no parameter.

/// Why a form cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FormFault {
    /// A `%` without two hexadecimal digits after it.
    Escape,
    /// A name or a value that is not UTF-8 once decoded.
    Utf8,
}

/// Walks the pairs of a form, decoded, in the order they came. A name without `=` has an empty value.
pub(crate) fn pairs(text: &[u8]) -> impl Iterator<Item = Result<(String, String), FormFault>> {
    text.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
        let at = pair.iter().position(|byte| *byte == b'=');
        let (name, value) = at.map_or((pair, &pair[pair.len()..]), |at| (&pair[..at], &pair[at + 1..]));
        Ok((unescape(name)?, unescape(value)?))
    })
}

/// Undoes percent-encoding, with `+` for a space. The crate percent-encoding lets a broken escape pass, hence this one.
pub(crate) fn unescape(text: &[u8]) -> Result<String, FormFault> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let (Some(high), Some(low)) = (hex_digit(rest.next()), hex_digit(rest.next())) else {
                    return Err(FormFault::Escape);
                };
                high << 4 | low
            }
            other => *other,
        });
    }
    String::from_utf8(decoded).map_err(|_| FormFault::Utf8)
}

fn hex_digit(byte: Option<&u8>) -> Option<u8> {
    match *byte? {
        digit @ b'0'..=b'9' => Some(digit - b'0'),
        letter @ b'a'..=b'f' => Some(letter - b'a' + 10),
        letter @ b'A'..=b'F' => Some(letter - b'A' + 10),
        _ => None,
    }
}
