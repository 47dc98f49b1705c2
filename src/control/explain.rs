//! Why a request was allowed or refused, over HTTP.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::openapi::Call;
use super::openapi::schema::refer;
use super::problem::Problem;
use crate::app::App;
use crate::services::explanations::{self, Explanation};

pub(super) async fn explain(State(app): State<App>, Path(id): Path<String>) -> Result<Json<Explanation>, Problem> {
    let entry = app.journal.find(&id).ok_or_else(|| {
        let most = app.journal.capacity();
        let text = format!("the journal has no such request: it keeps the last {most} that this process answered");
        Problem::new(StatusCode::NOT_FOUND, "not-found", text)
    })?;
    Ok(Json(explanations::explain(&app, &entry).await?))
}

/// What is told of these calls.
pub(super) fn calls() -> Vec<Call> {
    vec![
        Call::new("get", "/explain/{request_id}", "Why a request was allowed or refused")
            .answer(200, "The whole chain, from its signature to the statement that decided", &refer("Explanation"))
            .refusal(404, "the journal has no such request"),
    ]
}
