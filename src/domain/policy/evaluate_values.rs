//! Values of conditions read as what they stand for: ARNs, numbers, dates, addresses; must not know operators.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::net::IpAddr;

use ipnet::IpNet;

use super::date::is_date;
use super::pattern::Pattern;

/// The fields of an ARN: `arn`, partition, service, region, account, resource.
const ARN_FIELDS: usize = 6;

/// Whether an ARN matches: wildcards, and what variables stand for, stay within the field they stand in (AWS IAM User Guide, "IAM JSON policy
/// elements: Resource", and of ArnLike "IAM JSON policy elements: Condition operators"). A pattern with fewer fields is
/// compared as a whole (inferred).
pub(super) fn arn_matches<'a, F>(pattern: &'a Pattern, text: &str, value: F) -> bool
where
    F: Fn(&str) -> Option<Cow<'a, str>> + Copy,
{
    if !pattern.may_match(text) {
        return false;
    }
    if !pattern.varies_before_field(ARN_FIELDS) {
        return pattern.matches_with(text, value);
    }
    let fields = pattern.fields(ARN_FIELDS);
    if fields.len() < ARN_FIELDS {
        return pattern.matches_with(text, value);
    }
    let texts: Vec<&str> = text.splitn(ARN_FIELDS, ':').collect();
    let same =
        |(field, text): (&Pattern, &&str)| field.matches_with(text, |key| -> Option<Cow<'_, str>> { value(key) });
    texts.len() == ARN_FIELDS && fields.iter().zip(&texts).all(same)
}

/// How two numbers stand to one another, if both are.
pub(super) fn number_order(a: &str, b: &str) -> Option<Ordering> {
    if let (Ok(a), Ok(b)) = (a.parse::<i128>(), b.parse::<i128>()) {
        return Some(a.cmp(&b));
    }
    real(a)?.partial_cmp(&real(b)?)
}

fn real(text: &str) -> Option<f64> {
    // Rust also reads words such as "inf"
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    if plain { text.parse().ok() } else { None }
}

/// Whether an address lies in a network, or is the address named.
pub(super) fn in_network(address: &str, network: &str) -> bool {
    let Ok(address) = address.parse::<IpAddr>() else { return false };
    let network = network.parse::<IpNet>().or_else(|_| network.parse::<IpAddr>().map(IpNet::from));
    network.is_ok_and(|network| network.contains(&address) || network.contains(&address.to_canonical()))
}

/// What a number of more than so much counts: milliseconds, not seconds, since 1970 (inferred; in seconds it would be
/// the year 5138).
const MOST_SECONDS: i128 = 100_000_000_000;
const SECOND: i128 = 1_000_000_000;

/// Nanoseconds since 1970 of a date in any of the forms that policies take.
pub(super) fn instant(text: &str) -> Option<i128> {
    if !is_date(text) {
        return None;
    }
    // Four digits are a year (inferred), as they are where more follows.
    if text.len() != 4 && !text.contains(['t', 'T', '-']) {
        let number: i128 = text.parse().ok()?;
        return Some(number * if number > MOST_SECONDS { SECOND / 1_000 } else { SECOND });
    }
    let (date, time) = text.split_once(['t', 'T']).unwrap_or((text, ""));
    let (clock, zone) = match time.find(['z', 'Z', '+', '-']).and_then(|at| time.split_at_checked(at)) {
        Some((clock, zone)) => (clock, zone),
        None => (time, ""),
    };
    Some(days(date)? * 86_400 * SECOND + of_day(clock)? - offset(zone)?)
}

/// A field that may be left out.
fn field(text: Option<&str>, otherwise: i128) -> Option<i128> {
    text.map_or(Some(otherwise), |text| text.parse().ok())
}

/// Days since 1970 by the Gregorian calendar, before and after it was made.
fn days(date: &str) -> Option<i128> {
    let (sign, date) = date.strip_prefix('-').map_or((1, date), |date| (-1, date));
    let mut fields = date.split('-');
    let year = sign * field(fields.next(), 1970)?;
    let month = field(fields.next(), 1)?;
    let day = field(fields.next(), 1)?;
    // Years that begin in March, in cycles of 400: the leap day is their last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (cycle, of_cycle) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * month + 2) / 5 + day - 1;
    Some(cycle * 146_097 + of_cycle * 365 + of_cycle / 4 - of_cycle / 100 + of_year - 719_468)
}

fn of_day(clock: &str) -> Option<i128> {
    if clock.is_empty() {
        return Some(0);
    }
    let mut fields = clock.split(':');
    let (hours, minutes) = (field(fields.next(), 0)?, field(fields.next(), 0)?);
    let (seconds, fraction) = match fields.next().and_then(|seconds| seconds.split_once('.')) {
        Some((seconds, fraction)) => (field(Some(seconds), 0)?, field(Some(&format!("{fraction:0<9}")), 0)?),
        None => (field(clock.split(':').nth(2), 0)?, 0),
    };
    Some((hours * 3_600 + minutes * 60 + seconds) * SECOND + fraction)
}

fn offset(zone: &str) -> Option<i128> {
    let (sign, zone) = match (zone.strip_prefix('+'), zone.strip_prefix('-')) {
        (Some(east), _) => (1, east),
        (_, Some(west)) => (-1, west),
        _ => return Some(0),
    };
    let (hours, minutes) = zone.split_once(':').unwrap_or((zone, "0"));
    Some(sign * (field(Some(hours), 0)? * 3_600 + field(Some(minutes), 0)? * 60) * SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::Grammar;

    #[test]
    fn dates_of_every_form_are_points_in_time() {
        for (text, seconds) in [
            ("1970", 0),
            ("2027", 1_798_761_600),
            ("970", 970),
            ("1970-01-02", 86_400),
            ("2019-07-01T13:20:15Z", 1_561_987_215),
            ("2019-07-01T13:20:15", 1_561_987_215),
            ("2019-07-01t15:20:15+02", 1_561_987_215),
            ("2019-07-01T07:50:15-05:30", 1_561_987_215),
            ("1561987215", 1_561_987_215),
            ("1561987215000", 1_561_987_215),
            ("2000-02-29", 951_782_400),
            ("2000-03-01T00:00Z", 951_868_800),
            ("1969-12-31", -86_400),
            ("0000-01-01", -62_167_219_200),
        ] {
            assert_eq!(instant(text), Some(seconds * SECOND), "{text}");
        }
        assert_eq!(instant("1970-01-01T00:00:00.25Z"), Some(SECOND / 4));
        assert!(instant("-292275054").is_some() && instant("292278993").is_some());
        for text in ["", "now", "2024-13", "1.5"] {
            assert_eq!(instant(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_compare_as_numbers() {
        assert_eq!(number_order("9", "10"), Some(Ordering::Less));
        assert_eq!(number_order("1.50", "1.5"), Some(Ordering::Equal));
        assert_eq!(number_order("-1", "1e2"), Some(Ordering::Less));
        assert_eq!(number_order("9007199254740993", "9007199254740992"), Some(Ordering::Greater));
        for (a, b) in [("inf", "1"), ("1", "NaN"), ("", "1"), ("ten", "10"), ("1e", "1")] {
            assert_eq!(number_order(a, b), None, "{a} {b}");
        }
    }

    #[test]
    fn networks_hold_addresses_of_both_versions() {
        for (address, network, inside) in [
            ("203.0.113.7", "203.0.113.0/24", true),
            ("203.0.114.7", "203.0.113.0/24", false),
            ("203.0.113.7", "203.0.113.7", true),
            ("::ffff:203.0.113.7", "203.0.113.0/24", true),
            ("2001:db8::1", "2001:db8::/32", true),
            ("2001:db9::1", "2001:db8::/32", false),
            ("2001:db8::1", "0.0.0.0/0", false),
            ("here", "0.0.0.0/0", false),
            ("203.0.113.7", "203.0.113.0/33", false),
        ] {
            assert_eq!(in_network(address, network), inside, "{address} {network}");
        }
    }

    #[test]
    fn wildcards_stay_within_a_field_of_an_arn() {
        let grammar = Grammar { wildcards: true, variables: true, ..Grammar::default() };
        for (pattern, text, same) in [
            ("*", "anything", true),
            ("arn:aws:iam::1:user/*", "arn:aws:iam::1:user/a/b:c", true),
            ("arn:aws:iam::*:role/x", "arn:aws:iam::123:role/x", true),
            ("arn:aws:iam::*:role/x", "arn:aws:iam::1:user/a:role/x", false),
            ("arn:*:iam::1:role/x", "arn:aws:iam::1:role/x", true),
            ("arn:*:role/x", "arn:aws:iam::1:role/x", true),
            ("arn:aws:s3:?*::x", "arn:aws:s3:::x", false),
            ("arn:*:s3:::${bucket}", "arn:aws:s3:::mine", true),
            ("arn:*:s3:::${nothing}", "arn:aws:s3:::mine", false),
            ("arn:aws:iam::${account}:role/x", "arn:aws:iam::1:role/x", true),
            ("arn:aws:iam::${colons}:role/x", "arn:aws:iam::1:role/y:role/x", false),
            ("arn:aws:s3:::${colons}", "arn:aws:s3:::1:role/y", true),
        ] {
            let pattern = Pattern::parse(pattern, grammar);
            let value = |key: &str| match key {
                "bucket" => Some(Cow::Borrowed("mine")),
                "account" => Some(Cow::Borrowed("1")),
                "colons" => Some(Cow::Borrowed("1:role/y")),
                _ => None,
            };
            assert_eq!(arn_matches(&pattern, text, value), same, "{pattern:?} {text}");
        }
    }
}
