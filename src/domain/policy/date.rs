//! Which texts are dates in a condition; must not know which key they are compared with.

/// Whether `text` is a date: seconds or milliseconds since 1970, or a date of ISO 8601 with as much of it as is given,
/// with or without a zone (AWS IAM User Guide, "IAM JSON policy elements: Condition operators", and recorded verdicts
/// on years alone, hours of one digit, signs, fractions and zones).
pub(super) fn is_date(text: &str) -> bool {
    if text.contains(['t', 'T', '-']) { is_iso_8601(text) } else { number::<i64>(text).is_some() }
}

fn is_iso_8601(text: &str) -> bool {
    let (date, time) = match text.split_once(['t', 'T']) {
        Some((date, time)) => (date, time),
        None => (text, ""),
    };
    is_day(date) && is_time(time)
}

/// A year with or without a sign, and perhaps a month and a day. The years are those that Java's clock can tell.
fn is_day(text: &str) -> bool {
    let (years, unsigned) = match text.strip_prefix('-') {
        Some(unsigned) => (0..=292_275_054, unsigned),
        None => (0..=292_278_993, text),
    };
    let mut fields = unsigned.split('-');
    let year = fields.next().and_then(number::<i64>).is_some_and(|year| years.contains(&year));
    let month = fields.next().is_none_or(|month| is_within(month, 1, 12));
    let day = fields.next().is_none_or(|day| is_within(day, 1, 31));
    year && month && day && fields.next().is_none()
}

/// Hours, perhaps minutes, seconds and a fraction of them, and perhaps a zone; or nothing.
fn is_time(text: &str) -> bool {
    // negative zones, and zones after less than seconds, are inferred from ISO 8601
    let (clock, zone) = match text.find(['z', 'Z', '+', '-']).and_then(|at| text.split_at_checked(at)) {
        Some((clock, zone)) => (clock, Some(zone)),
        None => (text, None),
    };
    if clock.is_empty() {
        return zone.is_none();
    }
    let mut fields = clock.split(':');
    let hours = fields.next().is_some_and(|hours| is_within(hours, 0, 23));
    let minutes = fields.next().is_none_or(|minutes| is_within(minutes, 0, 59));
    let seconds = fields.next().is_none_or(is_seconds);
    hours && minutes && seconds && fields.next().is_none() && zone.is_none_or(is_zone)
}

/// Seconds, perhaps with one to nine digits of a fraction.
fn is_seconds(text: &str) -> bool {
    match text.split_once('.') {
        Some((whole, fraction)) => is_within(whole, 0, 59) && fraction.len() <= 9 && number::<u32>(fraction).is_some(),
        None => is_within(text, 0, 59),
    }
}

/// `Z`, `+hh` or `+hh:mm`.
fn is_zone(text: &str) -> bool {
    if text.eq_ignore_ascii_case("z") {
        return true;
    }
    let Some(offset) = text.strip_prefix(['+', '-']) else { return false };
    let two = |text: &str, most| text.len() == 2 && is_within(text, 0, most);
    match offset.split_once(':') {
        Some((hours, minutes)) => two(hours, 23) && two(minutes, 59),
        None => two(offset, 23),
    }
}

fn is_within(text: &str, least: u8, most: u8) -> bool {
    text.len() <= 2 && number::<u8>(text).is_some_and(|value| (least..=most).contains(&value))
}

/// Digits and nothing else, as a number.
fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_told_from_other_texts() {
        for date in [
            "0",
            "1500000000",
            "9223372036854775807",
            "01T",
            "2024",
            "2024-02",
            "2024-02-29",
            "-292275054",
            "2019-07-01T13:20:15Z",
            "2016-12-13T21:20:37.593194+00:00",
            "2016-12-13t2:00:00.593194+23",
            "2016-12-13T21:20:37-05:00",
            "2016-12-13T21:20Z",
        ] {
            assert!(is_date(date), "{date}");
        }
        for text in [
            "",
            "-",
            "T",
            "now",
            "1.5",
            "+1",
            "9223372036854775808",
            "-292275055",
            "292278994-01",
            "234-13",
            "2024-01-32",
            "2024-01-01-01",
            "2024-01-01T24:00",
            "2024-01-01T00:60",
            "2024-01-01T00:00:60",
            "2024-01-01TZ",
            "2024-01-01T00:00:00ZZ",
            "2024-01-01T00:00:00:00",
            "2016-12-13t2:00:00.593194+1",
            "2016-12-13t2:00:00.1999999999+10:59",
            "2024-01-01T00:00:00.",
            "２０２４-01",
            "2024-01-01T00:ä0",
        ] {
            assert!(!is_date(text), "{text}");
        }
    }
}
