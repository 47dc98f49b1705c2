//! Values that a simulated request is said to have, each of a type; must not know which policies look at them.
//!
//! The types are those of IAM 2010-05-08 ContextEntry. What fits which, and how a value is compared once it is read, is
//! recorded from IAM 2010-05-08 SimulateCustomPolicy.

use std::net::IpAddr;

use chrono::{DateTime, SecondsFormat};

use super::evaluate_values::instant;

/// What a value is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// Any text.
    Text,
    /// A number.
    Number,
    /// A truth; what is not true is false.
    Truth,
    /// An address of either version, no network.
    Address,
    /// Bytes in base 64.
    Bytes,
    /// A date.
    Date,
}

/// The type of an entry: of one value, or of any number of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryType {
    /// Of what each value is.
    pub of: ValueType,
    /// Whether there may be several.
    pub is_list: bool,
}

impl EntryType {
    /// The type of this name.
    pub fn named(name: &str) -> Option<Self> {
        let (word, is_list) = name.strip_suffix("List").map_or((name, false), |word| (word, true));
        let of = match word {
            "string" => ValueType::Text,
            "numeric" => ValueType::Number,
            "boolean" => ValueType::Truth,
            "ip" => ValueType::Address,
            "binary" => ValueType::Bytes,
            "date" => ValueType::Date,
            _ => return None,
        };
        Some(Self { of, is_list })
    }
}

impl ValueType {
    /// A value in the form in which it is compared; `None` where it does not fit.
    pub fn read(self, value: &str) -> Option<String> {
        let as_written = || value.to_owned();
        match self {
            Self::Text => Some(as_written()),
            Self::Truth => Some(value.eq_ignore_ascii_case("true").to_string()),
            Self::Number => is_number(value).then(|| plain_number(value)),
            Self::Address => is_address(value).then(as_written),
            Self::Bytes => is_base64(value).then(as_written),
            Self::Date => instant(value).map(|nanoseconds| {
                let milliseconds = i64::try_from(nanoseconds.div_euclid(1_000_000)).ok();
                let time = milliseconds.and_then(DateTime::from_timestamp_millis);
                time.map_or_else(as_written, |time| time.to_rfc3339_opts(SecondsFormat::Millis, true))
            }),
        }
    }
}

/// Rust reads words as well, such as "inf".
fn is_number(text: &str) -> bool {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    plain && text.parse::<f64>().is_ok()
}

/// A number without a plus and needless zeros before it; those behind its point stay. One with an exponent is left
/// as it is.
fn plain_number(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.trim_start_matches('+')), |digits| ("-", digits));
    let whole = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let (whole, rest) = digits.split_at_checked(whole).unwrap_or((digits, ""));
    let shown = match whole.trim_start_matches('0') {
        "" => "0",
        shown => shown,
    };
    format!("{sign}{shown}{rest}")
}

/// Whether it is the one way in which some bytes are written: padded, and without bits that mean nothing.
fn is_base64(text: &str) -> bool {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.trim_end_matches('=').as_bytes();
    let padding = text.len() - digits.len();
    let unused = match padding {
        0 => 1,
        1 => 4,
        2 => 16,
        _ => return false,
    };
    let value = |digit: &u8| ALPHABET.iter().position(|known| known == digit);
    let last = digits.last().map_or(Some(0), value);
    text.len().is_multiple_of(4)
        && digits.iter().all(|digit| value(digit).is_some())
        && last.is_some_and(|last| last % unused == 0)
}

/// Unlike Rust, AWS takes zeros before a number of an address.
fn is_address(text: &str) -> bool {
    let number =
        |text: &str| text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u8>().is_ok();
    text.parse::<IpAddr>().is_ok() || (text.split('.').count() == 4 && text.split('.').all(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, value: &str) -> Option<String> {
        EntryType::named(name).unwrap().of.read(value)
    }

    #[test]
    fn values_fit_their_types_as_recorded() {
        for (name, value, read_as) in [
            ("string", "", ""),
            ("numeric", "01.00", "1.00"),
            ("numeric", "+1", "1"),
            ("numeric", "1e2", "1e2"),
            ("numeric", "1e9999", "1e9999"),
            ("numericList", "-007", "-7"),
            ("numeric", "0", "0"),
            ("boolean", "TRUE", "true"),
            ("boolean", "yes", "false"),
            ("booleanList", "1", "false"),
            ("ip", "192.0.2.1", "192.0.2.1"),
            ("ip", "2001:0db8::1", "2001:0db8::1"),
            ("ip", "192.000.002.1", "192.000.002.1"),
            ("binary", "eWVz", "eWVz"),
            ("binaryList", "YQ==", "YQ=="),
            ("binary", "", ""),
            ("date", "2035-01-02", "2035-01-02T00:00:00.000Z"),
            ("date", "0", "1970-01-01T00:00:00.000Z"),
            ("date", "2035-01-02T03:04:05+02:00", "2035-01-02T01:04:05.000Z"),
            ("dateList", "2035-01-02T03:04:05.123456Z", "2035-01-02T03:04:05.123Z"),
            ("date", "-292275054", "-292275054"),
        ] {
            assert_eq!(read(name, value).as_deref(), Some(read_as), "{name} {value}");
        }
        for (name, value) in [
            ("numeric", "abc"),
            ("numeric", "NaN"),
            ("numeric", "Infinity"),
            ("numeric", "0x10"),
            ("numeric", " 1 "),
            ("numeric", ""),
            ("date", "tomorrow"),
            ("ip", "999.0.0.1"),
            ("ip", "192.0.2.0/24"),
            ("ip", "fe80::1%eth0"),
            ("ip", "1.2.3."),
            ("binary", "!base64"),
            ("binary", "eWVz\n"),
            ("binary", "YQ"),
            ("binary", "YR=="),
            ("binary", "YQ-_"),
            ("binary", "===="),
            ("binary", "Y==="),
        ] {
            assert_eq!(read(name, value), None, "{name} {value}");
        }
        assert!(EntryType::named("stringList").unwrap().is_list);
        assert_eq!(EntryType::named("unknown"), None);
    }
}
