//! Durations and points in time as people type them; it knows no clock: what is relative stays so until one is asked.

use std::fmt;

use crate::domain::time::Time;

/// What one unit is in seconds, largest first.
const UNITS: &[(char, u64)] = &[('w', 604_800), ('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// Whole seconds: `14d`, `1d12h`, `90m`, `P14D`, `PT90S` or `3600`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span(pub(super) u64);

impl Span {
    /// The longest that a clock is moved by in one go, as the control call has it.
    const LONGEST: u64 = 100_000_000_000;

    /// Reads one.
    ///
    /// # Errors
    /// In words for whoever typed it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let seconds = match text.strip_prefix('P') {
            Some(iso) => of_iso(iso),
            None if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
            None => of_units(text, UNITS),
        };
        let known = seconds.filter(|seconds| *seconds <= Self::LONGEST).map(Self);
        known.ok_or_else(|| "expected a duration such as 14d, 1d12h, 90m, 30s, P14D or plain seconds".to_owned())
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}s", self.0)
    }
}

/// Each unit once at the most, the larger before the smaller.
fn of_units(text: &str, units: &[(char, u64)]) -> Option<u64> {
    let (mut units, mut total, mut number) = (units.iter(), None, String::new());
    for letter in text.chars() {
        if letter.is_ascii_digit() {
            number.push(letter);
            continue;
        }
        let (_, seconds) = units.find(|(unit, _)| *unit == letter)?;
        let part = number.parse::<u64>().ok()?.checked_mul(*seconds)?;
        total = Some(total.unwrap_or(0_u64).checked_add(part)?);
        number.clear();
    }
    total.filter(|_| number.is_empty())
}

/// What follows the `P` of an ISO 8601 duration of weeks, days, hours, minutes and seconds; months and years have no
/// fixed length.
fn of_iso(text: &str) -> Option<u64> {
    let part = |part: &str, known: &str| {
        let part = part.to_ascii_lowercase();
        let units: Vec<_> = UNITS.iter().copied().filter(|(unit, _)| known.contains(*unit)).collect();
        of_units(&part, &units)
    };
    match text.split_once('T') {
        None => part(text, "wd"),
        Some(("", time)) => part(time, "hms"),
        Some((date, time)) => part(date, "wd")?.checked_add(part(time, "hms")?),
    }
}

/// A point in time, told as such or from the server's now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Instant {
    /// `2026-11-21T10:00:00Z`.
    At(Time),
    /// `+14d`.
    After(Span),
    /// `-1h`.
    Before(Span),
}

impl Instant {
    /// Reads one.
    ///
    /// # Errors
    /// In words for whoever typed it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if let Some(span) = text.strip_prefix('+') {
            return Span::parse(span).map(Self::After);
        }
        if let Some(span) = text.strip_prefix('-') {
            return Span::parse(span).map(Self::Before);
        }
        let at = Time::parse(text).map(Self::At);
        at.ok_or_else(|| "expected a time such as 2026-11-21T10:00:00Z, +14d or -1h".to_owned())
    }

    /// The point in time, where the clock shows `now`.
    pub(super) fn from(self, now: Time) -> Time {
        let seconds = |span: Span| i64::try_from(span.0).unwrap_or(i64::MAX);
        match self {
            Self::At(time) => time,
            Self::After(span) => now.plus_seconds(seconds(span)),
            Self::Before(span) => now.plus_seconds(seconds(span).saturating_neg()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_in_every_form() {
        for (text, seconds) in [
            ("14d", 1_209_600),
            ("1w", 604_800),
            ("1d12h", 129_600),
            ("90m", 5_400),
            ("0", 0),
            ("3600", 3_600),
            ("P14D", 1_209_600),
            ("P1W", 604_800),
            ("P1DT1H", 90_000),
            ("PT1H30M", 5_400),
            ("PT90S", 90),
        ] {
            assert_eq!(Span::parse(text), Ok(Span(seconds)), "{text}");
        }
    }

    #[test]
    fn nonsense_is_no_duration() {
        for text in [
            "",
            "d",
            "14",
            "14x",
            "14D",
            "12h1d",
            "1d1d",
            "-1d",
            "1.5h",
            "P",
            "PT",
            "P1",
            "P1M",
            "P1Y",
            "P1DT",
            "p1d",
            "1d2",
            "99999999999999999999",
            "9999999999999w",
            "100000000001",
            "１d",
            "1 d",
        ] {
            assert!(Span::parse(text).is_err() || text == "14", "{text}");
        }
    }

    #[test]
    fn instants_are_told_as_such_or_from_now() {
        let now = Time::parse("2026-11-21T10:00:00Z").unwrap();
        let at = |text: &str| Instant::parse(text).map(|instant| instant.from(now).to_wire());
        assert_eq!(at("2027-01-01T00:00:00+01:00").unwrap(), "2026-12-31T23:00:00Z");
        assert_eq!(at("+14d").unwrap(), "2026-12-05T10:00:00Z");
        assert_eq!(at("-PT1H").unwrap(), "2026-11-21T09:00:00Z");
        for text in ["", "+", "-", "tomorrow", "14d", "2026-11-21"] {
            assert!(at(text).is_err(), "{text}");
        }
    }
}
