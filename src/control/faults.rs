//! Faults for the clouds' APIs: kept, listed with how often they struck, taken away.

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde_json::{Value, json};

use super::problem::Problem;
use super::{KnownError, uncancelled};
use crate::app::App;
use crate::domain::fault::Rule;
use crate::services::faults::{self, KeptFault};

fn shown(fault: &KeptFault) -> Value {
    json!({
        "id": fault.id,
        "match": fault.rule.matching,
        "fault": fault.rule.fault,
        "times": fault.rule.times,
        "probability": fault.rule.probability,
        "remaining": fault.remaining,
        "hits": fault.hits,
        "created_at": fault.created_at.to_string(),
    })
}

fn missing() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not-found", "there is no such fault")
}

pub(super) async fn list(State(app): State<App>) -> Result<Json<Value>, Problem> {
    let all = faults::list(&app).await?;
    Ok(Json(json!({"faults": all.iter().map(shown).collect::<Vec<_>>()})))
}

pub(super) async fn add(
    State(app): State<App>,
    Extension(known): Extension<KnownError>,
    body: Result<Json<Value>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let Json(body) = body?;
    // Nothing in a rule is secret: what is wrong with it may be told by name.
    let rule: Rule = serde_json::from_value(body).map_err(|error| Problem::bad_request(error.to_string()))?;
    let rule = faults::complete(rule, known).map_err(|malformed| Problem::bad_request(malformed.to_string()))?;
    let kept = uncancelled(async move { faults::add(&app, rule).await }).await?;
    let kept = kept.ok_or_else(|| {
        let text = format!("there are {} faults already, which is the most", faults::MOST);
        Problem::new(StatusCode::CONFLICT, "too-many", text)
    })?;
    Ok((StatusCode::CREATED, Json(shown(&kept))))
}

pub(super) async fn get(State(app): State<App>, Path(id): Path<String>) -> Result<Json<Value>, Problem> {
    let found = faults::list(&app).await?.into_iter().find(|fault| fault.id == id);
    found.map(|fault| Json(shown(&fault))).ok_or_else(missing)
}

pub(super) async fn remove(State(app): State<App>, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let was_there = uncancelled(async move { faults::remove(&app, &id).await }).await?;
    if was_there { Ok(StatusCode::NO_CONTENT) } else { Err(missing()) }
}

pub(super) async fn clear(State(app): State<App>) -> Result<StatusCode, Problem> {
    uncancelled(async move { faults::clear(&app).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}
