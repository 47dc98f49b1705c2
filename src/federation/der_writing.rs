//! The little of DER that our own certificates are made of, written; must not know what it is for.

use crate::domain::time::Time;

/// A value of this tag.
pub(super) fn value(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut written = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => written.push(short),
        _ => {
            let digits = content.len().to_be_bytes();
            let significant = digits.iter().skip_while(|digit| **digit == 0).copied();
            let significant: Vec<u8> = significant.collect();
            // a length has eight digits at most
            written.push(0x80 | u8::try_from(significant.len()).unwrap_or_default());
            written.extend(significant);
        }
    }
    written.extend_from_slice(content);
    written
}

pub(super) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    value(0x30, &parts.concat())
}

/// A value that is tagged anew: `[0]`, `[3]`.
pub(super) fn context(number: u8, content: &[u8]) -> Vec<u8> {
    value(0xa0 | number, content)
}

/// A number that is not negative, from its big-endian digits.
pub(super) fn integer(digits: &[u8]) -> Vec<u8> {
    let mut content: Vec<u8> = digits.iter().skip_while(|digit| **digit == 0).copied().collect();
    if content.first().is_none_or(|first| *first >= 0x80) {
        content.insert(0, 0);
    }
    value(2, &content)
}

pub(super) fn boolean(is: bool) -> Vec<u8> {
    value(1, &[if is { 0xff } else { 0 }])
}

pub(super) fn bit_string(bytes: &[u8]) -> Vec<u8> {
    value(3, &[&[0], bytes].concat())
}

pub(super) fn octet_string(bytes: &[u8]) -> Vec<u8> {
    value(4, bytes)
}

/// An object identifier whose content is encoded already.
pub(super) fn object_identifier(content: &[u8]) -> Vec<u8> {
    value(6, content)
}

/// A distinguished name: an organization and a common name (X.520).
pub(super) fn name_of_organization(organization: &str, common_name: &str) -> Vec<u8> {
    let part = |kind: u8, text: &str| {
        let pair = sequence(&[&object_identifier(&[0x55, 4, kind]), &value(0x0c, text.as_bytes())]);
        value(0x31, &pair)
    };
    sequence(&[&part(10, organization), &part(3, common_name)])
}

/// From when until when: two-digit years until 2049, four digits after (RFC 5280 section 4.1.2.5).
pub(super) fn dates(from: Time, until: Time) -> Vec<u8> {
    sequence(&[&date(from), &date(until)])
}

fn date(time: Time) -> Vec<u8> {
    let digits: String = time.to_wire().chars().filter(char::is_ascii_digit).collect();
    match digits.strip_prefix("20").filter(|rest| rest.as_bytes().first().is_some_and(|decade| *decade < b'5')) {
        Some(short) => value(0x17, format!("{short}Z").as_bytes()),
        None => value(0x18, format!("{digits}Z").as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_as_short_as_can_be() {
        assert_eq!(value(4, &[1]), [4, 1, 1]);
        assert_eq!(value(4, &[0; 128])[..3], [4, 0x81, 128]);
        assert_eq!(value(4, &[0; 256])[..4], [4, 0x82, 1, 0]);
    }

    #[test]
    fn numbers_are_not_negative_and_have_no_zeros_in_front() {
        assert_eq!(integer(&[0, 0, 5]), [2, 1, 5]);
        assert_eq!(integer(&[0x80]), [2, 2, 0, 0x80]);
        assert_eq!(integer(&[0]), [2, 1, 0]);
    }

    #[test]
    fn dates_of_both_halves_of_the_century() {
        let at = |text: &str| date(Time::parse(text).unwrap());
        assert_eq!(at("2026-11-22T00:00:01Z"), [&[0x17, 13][..], b"261122000001Z"].concat());
        assert_eq!(at("2050-01-01T00:00:00Z"), [&[0x18, 15][..], b"20500101000000Z"].concat());
    }
}
