//! The journal of requests: as a list, and as a stream.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::{Extension, Json};
use serde_json::{Value, json};

use super::filter::{self, Asked};
use super::openapi::Call;
use super::openapi::schema::{list_of, object, refer, told};
use super::problem::Problem;
use crate::app::App;
use crate::app::journal::Entry;
use crate::services::rulings;
use crate::stopping::Stopping;
use crate::stream;

/// The newest `limit` entries that match, the oldest first.
pub(super) async fn list(
    State(app): State<App>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(asked) = asked?;
    let filter = asked.filter(&["limit"])?;
    let mut matching: Vec<Arc<Entry>> = app.journal.all();
    matching.retain(|entry| filter.takes(entry));
    let skip = matching.len().saturating_sub(asked.limit());
    Ok(Json(json!({"requests": matching.iter().skip(skip).map(|entry| shown(entry)).collect::<Vec<_>>()})))
}

/// What comes from now on, or from the request that was read last.
pub(super) async fn stream(
    State(app): State<App>,
    stopping: Option<Extension<Stopping>>,
    headers: HeaderMap,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(asked) = asked?;
    let filter = asked.filter(&[])?;
    let start = stream::Start::of(&app, &headers, filter.has_beginning());
    let tell = move |entry: &Entry| {
        filter.takes(entry).then(|| stream::event(&entry.request_id, "request", &shown(entry).to_string()))
    };
    Ok(stream::open(app, start, stopping, tell))
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
    vec![
        Call::new("get", "/requests", "The journal: what was asked and what came of it, secrets masked")
            .some_of_query::<Asked>(filter::members(&["limit"]))
            .answer(
                200,
                "The newest that match, the oldest first",
                &object(vec![("requests", list_of(refer("Request")))]),
            ),
        Call::new("get", "/requests/stream", "The journal as it is written, as server-sent events")
            .some_of_query::<Asked>(filter::members(&[]))
            .answer_as(200, "An event of each request that matches", stream::MEDIA_TYPE, &told()),
        Call::new("delete", "/requests", "Forget the journal").done("It is empty"),
    ]
}
