//! The world's clock and the accounts' own.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::body::Body;
use super::openapi::Call;
use super::openapi::schema::{any_of, body, given_time, nothing, pattern, refer, text, word};
use super::problem::Problem;
use super::uncancelled;
use crate::app::App;
use crate::domain::time::Time;
use crate::services::retry;
use crate::services::world::{self, ClockChange, ClockReading};

/// Which clock: an account's own, or the world's.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    account: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Shown {
    now: String,
    mode: &'static str,
}

impl From<ClockReading> for Shown {
    fn from(reading: ClockReading) -> Self {
        Self { now: reading.now.to_string(), mode: reading.setting.mode() }
    }
}

pub(super) async fn get(
    State(app): State<App>,
    which: Result<Query<Which>, QueryRejection>,
) -> Result<Json<Shown>, Problem> {
    let Query(which) = which?;
    Ok(Json(world::clock(&app, which.account.as_deref()).await?.into()))
}

/// A time to stand still at, or, with mode `offset`, to go on from; or back to system time.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Put {
    now: Option<String>,
    mode: Option<String>,
}

pub(super) async fn put(
    State(app): State<App>,
    which: Result<Query<Which>, QueryRejection>,
    Body(body): Body<Put>,
) -> Result<Json<Shown>, Problem> {
    let Query(which) = which?;
    let time = |text: String| {
        Time::parse(&text).ok_or_else(|| Problem::bad_request("now must be a time such as 2026-11-21T10:00:00Z"))
    };
    let change = match (body.now, body.mode.as_deref()) {
        (Some(now), None | Some("frozen")) => ClockChange::Freeze(time(now)?),
        (Some(now), Some("offset")) => ClockChange::RunFrom(time(now)?),
        (None, Some("system")) => ClockChange::System,
        _ => return Err(Problem::bad_request(r#"give {"now":"..."} or {"mode":"system"}"#)),
    };
    change_clock(app, which.account, change).await
}

/// The farthest that a clock is moved at once, in seconds.
const LONGEST: f64 = 1e11;

/// How far to move: seconds, or an ISO 8601 duration.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Advance {
    seconds: Option<f64>,
    by: Option<String>,
}

pub(super) async fn advance(
    State(app): State<App>,
    which: Result<Query<Which>, QueryRejection>,
    Body(body): Body<Advance>,
) -> Result<Json<Shown>, Problem> {
    let Query(which) = which?;
    let seconds = match (body.seconds, body.by.as_deref()) {
        (Some(seconds), None) => Some(seconds),
        (None, Some(duration)) => parse_duration(duration),
        _ => None,
    };
    let bounds = 0.0..=LONGEST;
    let Some(seconds) = seconds.filter(|seconds| bounds.contains(seconds)) else {
        return Err(Problem::bad_request(r#"give {"seconds":1209600} or {"by":"P14D"}, not negative"#));
    };
    #[expect(clippy::cast_possible_truncation, reason = "held within bounds above")]
    let micros = (seconds * 1e6).round() as i64;
    change_clock(app, which.account, ClockChange::Advance(micros)).await
}

async fn change_clock(app: App, account: Option<String>, change: ClockChange) -> Result<Json<Shown>, Problem> {
    let reading = uncancelled(async move { retry(|| world::set_clock(&app, account.as_deref(), change)).await });
    Ok(Json(reading.await?.into()))
}

/// Reads an ISO 8601 duration of weeks, days, hours, minutes and seconds; months and years have no fixed length.
fn parse_duration(text: &str) -> Option<f64> {
    let (date, time) = match text.strip_prefix('P')?.split_once('T') {
        Some((date, time)) => (date, Some(time).filter(|time| !time.is_empty())?),
        None => (text.strip_prefix('P')?, ""),
    };
    if date.is_empty() && time.is_empty() {
        return None;
    }
    let sum = |part: &str, units: &[(char, f64)]| {
        let mut units = units.iter();
        let mut rest = part;
        let mut total = 0.0;
        while !rest.is_empty() {
            let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
            let (number, unit) = (&rest[..end], rest[end..].chars().next()?);
            // Units come in order, each once at the most.
            let seconds = units.find(|(known, _)| *known == unit)?.1;
            let plain = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
            total += number.parse::<f64>().ok().filter(|_| plain)? * seconds;
            rest = &rest[end + 1..];
        }
        Some(total)
    };
    let days = sum(date, &[('W', 604_800.0), ('D', 86_400.0)])?;
    let hours = sum(time, &[('H', 3_600.0), ('M', 60.0), ('S', 1.0)])?;
    Some(days + hours)
}

/// What is told of these calls.
pub(super) fn calls() -> Vec<Call> {
    let number = |unit: char| format!("[0-9]{{1,4}}{unit}");
    let [weeks, days, hours, minutes, seconds] = ['W', 'D', 'H', 'M', 'S'].map(number);
    let of_day = format!("T({hours}({minutes})?({seconds})?|{minutes}({seconds})?|{seconds})");
    let duration = pattern(&format!("^P(({weeks}({days})?|{days})({of_day})?|{of_day})$"));
    let seconds = json!({"type": "number", "minimum": 0, "maximum": LONGEST});
    let to = any_of(vec![
        body::<Put>(vec![("now", given_time()), ("mode?", word(&["frozen", "offset"]))]),
        body::<Put>(vec![("now?", nothing()), ("mode", word(&["system"]))]),
    ]);
    let by = any_of(vec![
        body::<Advance>(vec![("seconds", seconds), ("by?", nothing())]),
        body::<Advance>(vec![("seconds?", nothing()), ("by", duration)]),
    ]);
    let call = |method, path, summary| {
        let call = Call::new(method, path, summary).query::<Which>(vec![("account?", text())]);
        call.answer(200, "What it shows", &refer("Clock")).refusal(404, "there is no such account")
    };
    vec![
        call("get", "/clock", "Show the world's clock, or an account's"),
        call("put", "/clock", "Stop the clock at a time, let it go on from one, or go back to system time").body(to),
        call("post", "/clock/advance", "Move the clock on").body(by),
    ]
}

#[cfg(test)]
mod tests {
    use super::parse_duration;

    #[test]
    fn durations_are_read_and_nonsense_is_not() {
        assert_eq!(parse_duration("P14D"), Some(1_209_600.0));
        assert_eq!(parse_duration("P1WT1H30M0.5S"), Some(604_800.0 + 5_400.5));
        assert_eq!(parse_duration("PT90S"), Some(90.0));
        for bad in ["", "P", "PT", "P1", "P1M", "P1Y", "PD", "P1D1W", "PT1S1M", "14d", "P-1D", "P1DT", "PÄ"] {
            assert_eq!(parse_duration(bad), None, "{bad}");
        }
    }
}
