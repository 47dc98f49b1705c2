//! Named snapshots of the state.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::body::Body;
use super::openapi::Call;
use super::openapi::schema::{body, list_of, object, refer, text};
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

pub(super) async fn take(State(app): State<App>, Body(body): Body<Take>) -> Result<(StatusCode, Json<Value>), Problem> {
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

/// What is told of these calls.
pub(super) fn calls() -> Vec<Call> {
    let name = json!({"type": "string", "pattern": "^[.]*[A-Za-z0-9_-][A-Za-z0-9._-]*$", "maxLength": snapshots::LONGEST_NAME});
    let take = body::<Take>(vec![("name", name), ("account?", text())]);
    vec![
        Call::new("get", "/snapshots", "List the snapshots").answer(
            200,
            "By their names",
            &object(vec![("snapshots", list_of(refer("Snapshot")))]),
        ),
        Call::new("post", "/snapshots", "Keep the state of the world, or of an account, under a name")
            .body(take)
            .answer(201, "The snapshot", &refer("Snapshot"))
            .refusal(404, "there is no such account")
            .refusal(409, "this is the name of a snapshot of something else"),
        Call::new("delete", "/snapshots/{name}", "Delete a snapshot")
            .done("It is gone")
            .refusal(404, "there is no such snapshot"),
        Call::new("post", "/snapshots/{name}/restore", "Go back to a snapshot")
            .done("The state is that of the snapshot")
            .refusal(400, "it is a state that is not taken any more")
            .refusal(404, "there is no such snapshot"),
    ]
}
