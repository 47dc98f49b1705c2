//! The state of the world or of one account, out and in.

use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequest, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::body::whole;
use super::openapi::Call;
use super::openapi::schema::{any_object, text};
use super::problem::Problem;
use super::uncancelled;
use crate::app::App;
use crate::services::retry;
use crate::services::state::{self, StateFault};

pub(super) use crate::services::state_document::LARGEST;

/// A document that was sent.
pub(super) struct Document(Bytes);

impl FromRequest<App> for Document {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        whole(request, app, LARGEST).await.map(Self)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    account: Option<String>,
}

pub(super) async fn get(
    State(app): State<App>,
    which: Result<Query<Which>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(which) = which?;
    let document = uncancelled(async move { retry(|| state::export(&app, which.account.as_deref())).await }).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], document).into_response())
}

pub(super) async fn put(
    State(app): State<App>,
    which: Result<Query<Which>, QueryRejection>,
    Document(body): Document,
) -> Result<StatusCode, Problem> {
    let Query(which) = which?;
    uncancelled(async move { state::import(&app, which.account.as_deref(), &body).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<StateFault> for Problem {
    fn from(fault: StateFault) -> Self {
        match fault {
            StateFault::Malformed(fault) => Self::new(StatusCode::BAD_REQUEST, "malformed-state", fault.to_string()),
            StateFault::Other(error) => error.into(),
        }
    }
}

/// What is told of these calls.
pub(super) fn calls() -> Vec<Call> {
    let state = json!({
        "type": "object", "required": ["sesame_state"], "properties": {"sesame_state": {"const": 1}},
    });
    let which = || vec![("account?", text())];
    vec![
        Call::new("get", "/state", "The state of the world, or of one account; it holds every secret")
            .query::<Which>(which())
            .answer(200, "A document that each store reads, and a seed file too", &any_object())
            .refusal(404, "there is no such account"),
        Call::new("put", "/state", "Put a document in the place of the state, or of one account's")
            .query::<Which>(which())
            .body_of_any_type(state)
            .done("The state is that of the document"),
    ]
}
