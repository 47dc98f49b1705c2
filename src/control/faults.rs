//! Faults for the clouds' APIs: kept, listed with how often they struck, taken away.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde_json::{Value, json};

use super::body::Body;
use super::openapi::Call;
use super::openapi::schema::{
    any_of, body, closed, clouds, count, flag, integer, list_of, nothing, object, refer, text_of, word,
};
use super::problem::Problem;
use super::{KnownError, uncancelled};
use crate::app::App;
use crate::domain::fault::{Match, Rule};
use crate::domain::unrepeated::Unrepeated;
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
    Body(Unrepeated(body)): Body<Unrepeated>,
) -> Result<(StatusCode, Json<Value>), Problem> {
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

/// The members of a fault.
const FAULT: &[&str] = &[
    "error?",
    "status?",
    "message?",
    "retry_after_ms?",
    "drop?",
    "after?",
    "truncate?",
    "unseen_seconds?",
    "kinds?",
    "unmodifiable_seconds?",
    "latency_ms?",
    "jitter_ms?",
];

/// What is told of these calls.
pub(super) fn calls() -> Vec<Call> {
    let name = || text_of(1, 1_000);
    let matching = body::<Match>(vec![
        ("cloud?", clouds()),
        ("service?", name()),
        ("action?", name()),
        ("account?", name()),
        ("user?", name()),
        ("principal?", name()),
    ]);
    let (year, delay) = (366 * 86_400, || integer(0, 600_000));
    let latency = || vec![("latency_ms?", delay()), ("jitter_ms?", delay())];
    let kinds = json!({
        "type": "array", "minItems": 1, "items": word(&["access-key", "user", "role", "policy", "attachment"]),
    });
    // One thing each; what else there is may be named, and be null.
    let one = |mut members: Vec<(&'static str, Value)>| {
        let there =
            |name: &str| members.iter().any(|(known, _)| known.trim_end_matches('?') == name.trim_end_matches('?'));
        let others: Vec<_> = FAULT.iter().filter(|name| !there(name)).map(|name| (*name, nothing())).collect();
        members.extend(others);
        closed(members)
    };
    let error = vec![
        ("error", name()),
        ("status?", integer(400, 599)),
        ("message?", text_of(0, 1_000)),
        ("retry_after_ms?", count()),
    ];
    let fault = any_of(vec![
        one([error, latency()].concat()),
        one([vec![("status", integer(500, 599))], latency()].concat()),
        one([vec![("drop", json!({"const": true})), ("after?", flag())], latency()].concat()),
        one([vec![("truncate", count())], latency()].concat()),
        one(vec![("latency_ms", delay()), ("jitter_ms?", delay())]),
        one(vec![("unseen_seconds", integer(1, year)), ("kinds?", kinds)]),
        one(vec![("unmodifiable_seconds", integer(1, year))]),
    ]);
    let rule = body::<Rule>(vec![
        ("match?", matching),
        ("fault", fault),
        ("times?", integer(1, 1_000_000_000)),
        ("probability?", json!({"type": "number", "exclusiveMinimum": 0, "maximum": 1})),
    ]);
    let all = object(vec![("faults", list_of(refer("Fault")))]);
    vec![
        Call::new("get", "/faults", "List the faults").answer(200, "All, in the order in which they are asked", &all),
        Call::new("post", "/faults", "Make requests fail as they may in the cloud")
            .body(rule)
            .answer(201, "The fault that is kept", &refer("Fault"))
            .refusal(409, "there are as many as there may be"),
        Call::new("delete", "/faults", "Take all faults away").done("There are none"),
        Call::new("get", "/faults/{id}", "Show a fault, and how often it struck")
            .answer(200, "The fault", &refer("Fault"))
            .refusal(404, "there is no such fault"),
        Call::new("delete", "/faults/{id}", "Take a fault away")
            .done("It is gone")
            .refusal(404, "there is no such fault"),
    ]
}
