//! The journal of requests.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::openapi::Call;
use super::openapi::schema::{given_time, integer, list_of, object, refer, text};
use super::problem::Problem;
use crate::app::App;
use crate::app::journal::Entry;
use crate::domain::time::Time;
use crate::services::rulings;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    action: Option<String>,
    account: Option<String>,
    principal: Option<String>,
    since: Option<String>,
    limit: Option<u32>,
}

/// The newest `limit` entries that match, the oldest first.
pub(super) async fn list(
    State(app): State<App>,
    filter: Result<Query<Filter>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(filter) = filter?;
    let since = time(filter.since.as_deref())?;
    let is = |wanted: &Option<String>, found: Option<&str>| {
        wanted.as_ref().is_none_or(|wanted| found.is_some_and(|found| found == wanted))
    };
    // A principal is named by its ARN or by its last part.
    let principal = |found: Option<&str>| {
        is(&filter.principal, found) || is(&filter.principal, found.and_then(|arn| arn.rsplit(['/', ':']).next()))
    };
    let matching: Vec<Arc<Entry>> = app
        .journal
        .all()
        .into_iter()
        .filter(|entry| is(&filter.action, Some(&entry.action)))
        .filter(|entry| is(&filter.account, entry.account.as_deref()))
        .filter(|entry| principal(entry.principal.as_deref()))
        .filter(|entry| since.is_none_or(|since| Time::parse(&entry.time).is_some_and(|time| time >= since)))
        .collect();
    let skip = matching
        .len()
        .saturating_sub(filter.limit.map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(usize::MAX)));
    Ok(Json(json!({"requests": matching.iter().skip(skip).map(|entry| shown(entry)).collect::<Vec<_>>()})))
}

/// A time that may be told.
pub(super) fn time(text: Option<&str>) -> Result<Option<Time>, Problem> {
    let bad = || Problem::bad_request("since must be a time such as 2026-11-21T10:00:00Z");
    text.map(|text| Time::parse(text).ok_or_else(bad)).transpose()
}

/// An entry, with what decided, and where the whole of it is told.
fn shown(entry: &Entry) -> Value {
    let mut shown = json!(entry);
    shown["decided_by"] = json!(rulings::decided_by(&entry.checks));
    shown["explain"] = json!(format!("/_sesame/explain/{}", entry.request_id));
    shown
}

pub(super) async fn clear(State(app): State<App>) -> StatusCode {
    app.journal.clear(None);
    StatusCode::NO_CONTENT
}

/// What is told of these calls.
pub(super) fn calls() -> Vec<Call> {
    let filter = vec![
        ("action?", text()),
        ("account?", text()),
        ("principal?", text()),
        ("since?", given_time()),
        ("limit?", integer(0, u32::MAX.into())),
    ];
    vec![
        Call::new("get", "/requests", "The journal: what was asked and what came of it, secrets masked")
            .query::<Filter>(filter)
            .answer(
                200,
                "The newest that match, the oldest first",
                &object(vec![("requests", list_of(refer("Request")))]),
            ),
        Call::new("delete", "/requests", "Forget the journal").done("It is empty"),
    ]
}
