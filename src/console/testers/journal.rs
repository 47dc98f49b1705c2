//! The journal: the requests of late with filters, and one request with why it was decided so. What clients sent is
//! hostile; templates escape all of it.

use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

use super::account_field::AccountField;
use super::gate::{Tester, TesterForm};
use super::shell::Shell;
use super::why::{self, Why};
use super::{PATH, encode};
use crate::app::App;
use crate::app::journal::Entry;
use crate::console::page::{Failure, render};
use crate::console::parts::{Badge, Copy, Empty, Field, Tone};
use crate::domain::time::Time;
use crate::services::explanations;
use crate::stopping::Stopping;
use crate::stream;

/// Requests on one page.
const PAGE: usize = 50;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Filter {
    account: String,
    action: String,
    principal: String,
    since: String,
    page: usize,
}

impl Filter {
    fn takes(&self, entry: &Entry, since: Option<Time>) -> bool {
        let is = |wanted: &str, found: Option<&str>| wanted.is_empty() || found == Some(wanted);
        let holds =
            |wanted: &str, found: &str| wanted.is_empty() || found.to_lowercase().contains(&wanted.to_lowercase());
        is(self.account.trim(), entry.account.as_deref())
            && holds(self.action.trim(), &entry.action)
            && (self.principal.trim().is_empty()
                || holds(self.principal.trim(), entry.principal.as_deref().unwrap_or("")))
            && since.is_none_or(|since| Time::parse(&entry.time).is_some_and(|time| time >= since))
    }

    /// The time that it begins with, where there is one; an error for what is no time.
    fn since(&self) -> Result<Option<Time>, &'static str> {
        match Some(self.since.trim()).filter(|text| !text.is_empty()).map(super::clock::time) {
            None => Ok(None),
            Some(Some(time)) => Ok(Some(time)),
            Some(None) => Err("This is not a time such as 2026-11-21T10:00:00Z."),
        }
    }

    fn path(&self, page: usize) -> String {
        self.query(&format!("{PATH}/journal?page={page}"))
    }

    /// Where a browser hears of what is new.
    fn stream(&self) -> String {
        self.query(&format!("{PATH}/journal/stream?"))
    }

    fn query(&self, start: &str) -> String {
        let fields = [
            ("account", &self.account),
            ("action", &self.action),
            ("principal", &self.principal),
            ("since", &self.since),
        ];
        let set = fields.into_iter().filter(|(_, value)| !value.is_empty());
        set.fold(start.to_owned(), |path, (name, value)| format!("{path}&{name}={}", encode(value)))
    }
}

struct Row {
    id: String,
    time: String,
    action: String,
    dialect: &'static str,
    principal: String,
    status: Badge,
    error: String,
    decision: Option<Badge>,
    took: String,
}

fn status(entry: &Entry) -> Badge {
    let tone = match entry.status {
        0..400 => Tone::Good,
        400..500 => Tone::Warning,
        _ => Tone::Bad,
    };
    Badge::new(tone, entry.status.to_string())
}

fn decision(entry: &Entry) -> Option<Badge> {
    entry.decision.map(|decision| match decision {
        "denied" => Badge::new(Tone::Bad, decision),
        "audited" => Badge::new(Tone::Warning, decision),
        _ => Badge::new(Tone::Good, decision),
    })
}

fn took(entry: &Entry) -> String {
    let micros = entry.duration_us;
    if micros < 1_000 { format!("{micros} µs") } else { format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100) }
}

fn row(entry: &Entry) -> Row {
    Row {
        id: entry.request_id.clone(),
        time: entry.time.replace('T', " ").replace('Z', ""),
        action: if entry.action.is_empty() { "(none)".to_owned() } else { entry.action.clone() },
        dialect: entry.dialect,
        principal: entry.principal.clone().unwrap_or_else(|| "nobody known".to_owned()),
        status: status(entry),
        error: entry.error.clone().unwrap_or_default(),
        decision: decision(entry),
        took: took(entry),
    }
}

#[derive(Template)]
#[template(path = "console/testers/journal.html")]
struct JournalPage {
    shell: Shell,
    account: AccountField,
    action: Field,
    principal: Field,
    since: Field,
    rows: Vec<Row>,
    count: usize,
    here: String,
    newer: Option<String>,
    older: Option<String>,
    nothing: Empty,
    is_on: bool,
    /// Whether there is anything to renew: nothing new matches a filter that is wrong.
    is_live: bool,
    stream: String,
}

pub(super) async fn list(
    State(app): State<App>,
    tester: Tester,
    filter: Result<Query<Filter>, QueryRejection>,
) -> Result<Response, Failure> {
    let filter = filter.map(|Query(filter)| filter).unwrap_or_default();
    let since = filter.since();
    let error = since.err().unwrap_or_default();
    let mut found: Vec<Arc<Entry>> = app.journal.all();
    found.retain(|entry| filter.takes(entry, since.unwrap_or_default()));
    let count = found.len();
    let skip = filter.page.saturating_mul(PAGE);
    let rows: Vec<Row> = found.iter().rev().skip(skip).take(PAGE).map(|entry| row(entry)).collect();
    let page = JournalPage {
        shell: Shell::new(&app, &tester, "journal").await?,
        account: AccountField::of(&app, "Account", "All", None, filter.account.trim()).await?,
        action: Field::text("action", "Action holds").optional().value(&*filter.action),
        principal: Field::text("principal", "Principal holds").optional().value(&*filter.principal),
        since: Field::text("since", "Since").optional().value(&*filter.since).error(error),
        newer: (filter.page > 0).then(|| filter.path(filter.page.saturating_sub(1))),
        older: (skip.saturating_add(PAGE) < count).then(|| filter.path(filter.page.saturating_add(1))),
        here: filter.path(filter.page),
        rows,
        count,
        nothing: Empty::new("No requests", "What clients ask of this server is listed here, the newest first."),
        is_on: app.journal.is_on(),
        is_live: since.is_ok(),
        stream: filter.stream(),
    };
    let status = if since.is_err() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(tester.send(render(status, &page)))
}

/// Tells of each request that comes from now on and that the filter takes: its id, upon which the page fetches itself.
pub(super) async fn stream(
    State(app): State<App>,
    _: Tester,
    stopping: Option<Extension<Stopping>>,
    headers: HeaderMap,
    filter: Result<Query<Filter>, QueryRejection>,
) -> Result<Response, Failure> {
    let filter = filter.map(|Query(filter)| filter).unwrap_or_default();
    let bad = |text| Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "Not a time", text);
    let since = filter.since().map_err(bad)?;
    let start = stream::Start::of(&app, &headers, false);
    let tell = move |entry: &Entry| {
        filter.takes(entry, since).then(|| stream::event(&entry.request_id, "request", &entry.request_id))
    };
    Ok(stream::open(app, start, stopping, tell))
}

#[derive(Template)]
#[template(path = "console/testers/request.html")]
struct RequestPage {
    shell: Shell,
    id: Copy,
    row: Row,
    account: String,
    parameters: Vec<(String, String)>,
    why: Why,
}

pub(super) async fn one(State(app): State<App>, tester: Tester, Path(id): Path<String>) -> Result<Response, Failure> {
    let entry = app.journal.find(&id).ok_or_else(|| {
        let text = "The journal has no such request: it keeps the latest that this process answered, and is emptied \
                    with its account.";
        Failure::new(StatusCode::NOT_FOUND, "No such request", text)
    })?;
    let page = RequestPage {
        shell: Shell::new(&app, &tester, "journal").await?,
        id: Copy::new("the request's id", &*entry.request_id),
        row: row(&entry),
        account: entry.account.clone().unwrap_or_default(),
        parameters: entry.parameters.0.clone(),
        why: why::of(&explanations::explain(&app, &entry).await?),
    };
    Ok(tester.send(render(StatusCode::OK, &page)))
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn clear(State(app): State<App>, form: TesterForm<Nothing>) -> Response {
    let TesterForm { tester, form: Nothing {} } = form;
    app.journal.clear(None);
    tester.done(&format!("{PATH}/journal"), Tone::Good, "The journal is empty.")
}
