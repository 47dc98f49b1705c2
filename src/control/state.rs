//! The state of the world or of one account, out and in.

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::problem::Problem;
use super::uncancelled;
use crate::app::App;
use crate::services::retry;
use crate::services::state::{self, StateFault};

/// The largest document that is taken.
pub(super) const LARGEST: usize = 100 * 1024 * 1024;

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
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Problem> {
    let Query(which) = which?;
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            let text = format!("a state has at most {} MiB", LARGEST / 1024 / 1024);
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", text)
        }
        _ => Problem::bad_request("the body did not come whole"),
    })?;
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
