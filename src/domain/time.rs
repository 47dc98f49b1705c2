//! Points in time as the emulator's clock gives them; must not know where the time comes from.

use std::fmt;

use chrono::{DateTime, Months, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

/// Seconds of one day.
pub const DAY: i64 = 86_400;

/// A point in time in microseconds since 1970, the finest step both engines keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Time(pub i64);

impl Time {
    /// The earliest and the latest time a clock may be set to: years 1970 to 9999, what the wire formats can show.
    const LATEST: i64 = 253_402_300_799_999_999;

    /// This time moved by a number of seconds, held within what can be shown.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)).clamp(0, Self::LATEST))
    }

    /// The same day and hour so many years later, held within what can be shown; 29 February becomes 28.
    #[must_use]
    pub fn plus_years(self, years: u32) -> Self {
        let later = self.date_time().checked_add_months(Months::new(years.saturating_mul(12)));
        Self(later.map_or(Self::LATEST, |time| time.timestamp_micros()).clamp(0, Self::LATEST))
    }

    /// Whole seconds since 1970.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// Reads an RFC 3339 time such as `2026-11-21T10:00:00Z`.
    pub fn parse(text: &str) -> Option<Self> {
        let micros = DateTime::parse_from_rfc3339(text).ok()?.timestamp_micros();
        (0..=Self::LATEST).contains(&micros).then_some(Self(micros))
    }

    /// Whole seconds in UTC, the form of every time in an answer: `2026-11-21T10:00:00Z`.
    pub fn to_wire(self) -> String {
        self.date_time().to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    fn date_time(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or(DateTime::UNIX_EPOCH)
    }
}

impl From<DateTime<Utc>> for Time {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time.timestamp_micros())
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.date_time().to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

/// How an emulated clock runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockSetting {
    /// System time.
    System,
    /// System time and so many microseconds.
    Offset(i64),
    /// Always the same time.
    Frozen(Time),
}

impl ClockSetting {
    /// What this clock shows when the system clock shows `system`.
    pub fn now(self, system: Time) -> Time {
        match self {
            Self::System => system,
            Self::Offset(micros) => Time(system.0.saturating_add(micros).clamp(0, Time::LATEST)),
            Self::Frozen(time) => time,
        }
    }

    /// This clock moved by so many microseconds: a frozen one stays frozen, a running one goes on running.
    #[must_use]
    pub fn advanced(self, micros: i64) -> Self {
        match self {
            Self::System => Self::Offset(micros),
            Self::Offset(before) => Self::Offset(before.saturating_add(micros)),
            Self::Frozen(time) => Self::Frozen(Time(time.0.saturating_add(micros).clamp(0, Time::LATEST))),
        }
    }

    /// The name of the mode in the control surface and in the store.
    pub fn mode(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Offset(_) => "offset",
            Self::Frozen(_) => "frozen",
        }
    }

    /// The number that goes with the mode in the store.
    pub fn micros(self) -> i64 {
        match self {
            Self::System => 0,
            Self::Offset(micros) | Self::Frozen(Time(micros)) => micros,
        }
    }

    /// Reads back what `mode` and `micros` gave.
    pub fn from_parts(mode: &str, micros: i64) -> Option<Self> {
        match mode {
            "system" => Some(Self::System),
            "offset" => Some(Self::Offset(micros)),
            "frozen" => Some(Self::Frozen(Time(micros))),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_shown_in_whole_seconds_of_utc() {
        let time = Time::parse("2026-11-21T12:00:00.75+02:00").unwrap();
        assert_eq!(time.to_wire(), "2026-11-21T10:00:00Z");
        assert_eq!(time.to_string(), "2026-11-21T10:00:00.750Z");
    }

    #[test]
    fn times_that_cannot_be_shown_are_refused_or_held() {
        assert_eq!(Time::parse("1969-12-31T23:59:59Z"), None);
        assert_eq!(Time::parse("yesterday"), None);
        assert_eq!(Time(0).plus_seconds(i64::MAX).to_wire(), "9999-12-31T23:59:59Z");
    }

    #[test]
    fn a_century_later_it_is_the_same_day() {
        let after = |text| Time::parse(text).unwrap().plus_years(100).to_string();
        assert_eq!(after("2026-09-11T10:09:02.273Z"), "2126-09-11T10:09:02.273Z");
        assert_eq!(after("2000-02-29T00:00:00Z"), "2100-02-28T00:00:00Z");
        assert_eq!(after("9999-01-01T00:00:00Z"), "9999-12-31T23:59:59.999999Z");
    }

    #[test]
    fn advancing_keeps_a_frozen_clock_frozen_and_a_running_one_running() {
        let system = Time(5_000_000);
        assert_eq!(ClockSetting::System.advanced(7).now(system), Time(5_000_007));
        assert_eq!(ClockSetting::Offset(1).advanced(7).now(system), Time(5_000_008));
        assert_eq!(ClockSetting::Frozen(Time(1)).advanced(7), ClockSetting::Frozen(Time(8)));
        for setting in [ClockSetting::System, ClockSetting::Offset(-3), ClockSetting::Frozen(Time(9))] {
            assert_eq!(ClockSetting::from_parts(setting.mode(), setting.micros()), Some(setting));
        }
    }
}
