//! The clocks: the world's and each account's own, moved and stopped; and what is about to lapse in an account.

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::account_field::AccountField;
use super::gate::{Tester, TesterForm};
use super::shell::{Shell, mode_words};
use super::{PATH, encode};
use crate::app::App;
use crate::console::page::{Failure, render, stamp};
use crate::console::parts::{Badge, Empty, Field, Tone};
use crate::console::run;
use crate::domain::time::{DAY, Time};
use crate::services::lapses::{self, Lapse};
use crate::services::world::{self, ClockChange};
use crate::services::{accounts, retry};

/// How far ahead the page looks, in days.
const AHEAD: i64 = 14;
/// The furthest one step goes, in days: a thousand years.
const FURTHEST: i64 = 365_250;
/// The most lapses that are shown.
const MOST: usize = 200;

struct Row {
    at: String,
    left: String,
    what: Badge,
    whose: String,
}

#[derive(Template)]
#[template(path = "console/testers/clock.html")]
struct ClockPage {
    shell: Shell,
    account: String,
    whose: AccountField,
    now: String,
    mode: &'static str,
    follows_world: bool,
    days: Field,
    hours: Field,
    freeze: Field,
    lapses: Option<Vec<Row>>,
    has_more: bool,
    ahead: i64,
    nothing: Empty,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    account: String,
}

pub(super) async fn show(
    State(app): State<App>,
    tester: Tester,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Failure> {
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    page(&app, &tester, asked.account.trim(), "", "").await
}

/// A length of time as people say it.
fn length(seconds: i64) -> String {
    let (days, hours, minutes) = (seconds / DAY, seconds % DAY / 3_600, seconds % 3_600 / 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

fn words(what: Lapse) -> Badge {
    match what {
        Lapse::InitialPassword => Badge::new(Tone::Warning, "Initial password lapses"),
        Lapse::Password => Badge::new(Tone::Warning, "Password expires"),
        Lapse::Lockout => Badge::new(Tone::Good, "Lockout ends"),
        Lapse::IdleLogon => Badge::new(Tone::Bad, "Console logon goes off: idle"),
        Lapse::ConsoleSession => Badge::new(Tone::Plain, "Console session runs out"),
        Lapse::OtherSession => Badge::new(Tone::Plain, "Temporary credentials run out"),
    }
}

async fn page(
    app: &App,
    tester: &Tester,
    account: &str,
    step_error: &str,
    freeze_error: &str,
) -> Result<Response, Failure> {
    let of = Some(account).filter(|account| !account.is_empty());
    let reading = world::clock(app, of).await?;
    let (mut lapses, mut has_more) = (None, false);
    let mut follows_world = false;
    if let Some(id) = of {
        let found = lapses::within(app, id, AHEAD, MOST + 1).await?;
        has_more = found.coming.len() > MOST;
        let row = |coming: lapses::Coming| Row {
            at: stamp(coming.at),
            left: length(coming.at.seconds().saturating_sub(found.now.seconds())),
            what: words(coming.what),
            whose: coming.whose.unwrap_or_else(|| "root".to_owned()),
        };
        lapses = Some(found.coming.into_iter().take(MOST).map(row).collect());
        follows_world = accounts::with_users(app, id, "", 0).await?.account.clock.is_none();
    }
    let page = ClockPage {
        shell: Shell::new(app, tester, "clock").await?,
        account: account.to_owned(),
        whose: AccountField::of(app, "Whose clock", "The world's", None, account).await?,
        now: stamp(reading.now),
        mode: mode_words(reading.setting.mode()),
        follows_world,
        days: Field::text("days", "Days").value("0").error(step_error),
        hours: Field::text("hours", "Hours").value("0"),
        freeze: Field::text("at", "Stand still at")
            .value(reading.now.to_wire())
            .hint("A time in UTC such as 2026-11-21T10:00:00Z")
            .error(freeze_error),
        lapses,
        has_more,
        ahead: AHEAD,
        nothing: Empty::new(
            "Nothing lapses soon",
            "No password, session or lockout of this account ends in that time.",
        ),
    };
    let fine = step_error.is_empty() && freeze_error.is_empty();
    let status = if fine { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(tester.send(render(status, &page)))
}

#[derive(Deserialize)]
pub(super) struct Change {
    #[serde(default)]
    account: String,
    how: String,
    #[serde(default)]
    days: String,
    #[serde(default)]
    hours: String,
    #[serde(default)]
    at: String,
}

/// Days and hours as a step in microseconds, forward.
fn step(days: &str, hours: &str) -> Option<i64> {
    let number = |text: &str| if text.trim().is_empty() { Some(0) } else { text.trim().parse::<i64>().ok() };
    let (days, hours) = (number(days)?, number(hours)?);
    let seconds = days.checked_mul(DAY)?.checked_add(hours.checked_mul(3_600)?)?;
    let is_step = days >= 0 && hours >= 0 && seconds > 0 && seconds <= FURTHEST.checked_mul(DAY)?;
    is_step.then_some(seconds.checked_mul(1_000_000)?)
}

/// A time as people type it: a space for the `T`, without a zone.
pub(super) fn time(text: &str) -> Option<Time> {
    let text = text.trim().replace(" UTC", "Z").replace(' ', "T");
    Time::parse(&text).or_else(|| Time::parse(&format!("{text}Z"))).or_else(|| Time::parse(&format!("{text}:00Z")))
}

pub(super) async fn change(State(app): State<App>, form: TesterForm<Change>) -> Result<Response, Failure> {
    let TesterForm { tester, form } = form;
    let account = form.account.trim().to_owned();
    let change = match &*form.how {
        "advance" => match step(&form.days, &form.hours) {
            Some(micros) => ClockChange::Advance(micros),
            None => return page(&app, &tester, &account, "Give whole days and hours, together more than 0.", "").await,
        },
        "freeze" => match time(&form.at) {
            Some(time) => ClockChange::Freeze(time),
            None => return page(&app, &tester, &account, "", "This is not a time, or not one a clock can show.").await,
        },
        "run" => ClockChange::RunFrom(world::clock(&app, of(&account)).await?.now),
        _ => ClockChange::System,
    };
    let reading = {
        let (app, account) = (app.clone(), account.clone());
        run(async move { retry(|| world::set_clock(&app, of(&account), change)).await }).await?
    };
    let whose = if account.is_empty() { "The world's clock".to_owned() } else { format!("The clock of {account}") };
    let text = format!("{whose} now shows {} ({}).", stamp(reading.now), mode_words(reading.setting.mode()));
    let query = if account.is_empty() { String::new() } else { format!("?account={}", encode(&account)) };
    Ok(tester.done(&format!("{PATH}/clock{query}"), Tone::Good, &text))
}

fn of(account: &str) -> Option<&str> {
    Some(account).filter(|account| !account.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_go_forward_and_not_beyond_all_bounds() {
        assert_eq!(step("1", "2"), Some(93_600_000_000));
        assert_eq!(step("", "1"), Some(3_600_000_000));
        for (days, hours) in [("0", "0"), ("-1", "48"), ("x", "1"), ("9223372036854775807", "1"), ("365251", "0")] {
            assert_eq!(step(days, hours), None, "{days} {hours}");
        }
    }

    #[test]
    fn times_are_read_as_people_type_them() {
        let ten = Time::parse("2026-11-21T10:00:00Z");
        for text in ["2026-11-21T10:00:00Z", "2026-11-21 10:00:00 UTC", "2026-11-21T10:00", " 2026-11-21 10:00:00 "] {
            assert_eq!(time(text), ten, "{text}");
        }
        assert_eq!(time("tomorrow"), None);
    }

    #[test]
    fn lengths_are_told_in_two_units() {
        assert_eq!([length(5), length(65), length(3_660), length(90_000)], ["5 s", "1 min", "1 h 1 min", "1 d 1 h"]);
    }
}
