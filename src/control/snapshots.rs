//! Named snapshots of the state.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::problem::Problem;
use super::uncancelled;
use crate::app::App;
use crate::services::snapshots::{self, Snapshot, SnapshotFault};

fn shown(snapshot: &Snapshot) -> Value {
    json!({
        "name": snapshot.name,
        "account": snapshot.account_id,
        "bytes": snapshot.size,
        "created_at": snapshot.created_at.to_string(),
    })
}

pub(super) async fn list(State(app): State<App>) -> Result<Json<Value>, Problem> {
    let all = snapshots::list(&app).await?;
    Ok(Json(json!({"snapshots": all.iter().map(shown).collect::<Vec<_>>()})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Take {
    name: String,
    account: Option<String>,
}

pub(super) async fn take(
    State(app): State<App>,
    body: Result<Json<Take>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let Json(body) = body?;
    if !snapshots::is_name(&body.name) {
        let text = format!("name must have 1 to {} letters, digits, . - _", snapshots::LONGEST_NAME);
        return Err(Problem::bad_request(text));
    }
    if body.account.as_ref().is_some_and(|account| account.contains('\0')) {
        return Err(Problem::bad_request("account must be the id of an account"));
    }
    let taken = uncancelled(async move { snapshots::take(&app, &body.name, body.account.as_deref()).await });
    Ok((StatusCode::CREATED, Json(shown(&taken.await?))))
}

pub(super) async fn restore(State(app): State<App>, Path(name): Path<String>) -> Result<StatusCode, Problem> {
    uncancelled(async move { snapshots::restore(&app, &name).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn delete(State(app): State<App>, Path(name): Path<String>) -> Result<StatusCode, Problem> {
    uncancelled(async move { snapshots::delete(&app, &name).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<SnapshotFault> for Problem {
    fn from(fault: SnapshotFault) -> Self {
        match fault {
            SnapshotFault::Missing => Self::new(StatusCode::NOT_FOUND, "not-found", fault.to_string()),
            SnapshotFault::OfAnother => Self::new(StatusCode::CONFLICT, "already-exists", fault.to_string()),
            SnapshotFault::State(fault) => fault.into(),
        }
    }
}
