//! Sessions: list, look at, end, switch to a role.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use std::net::SocketAddr;

use super::body::Body;
use super::openapi::Call;
use super::openapi::schema::{body, list_of, object, refer, text};
use super::problem::Problem;
use super::{uncancelled, visitor};
use crate::app::App;
use crate::domain::error::Error;
use crate::domain::session::{EndReason, Session};
use crate::services::retry;
use crate::services::role_sessions::{self, SwitchFault};
use crate::services::sessions::{self, Shown};
use crate::services::sign_in_records;

fn json_of(shown: &Shown) -> Value {
    let session: &Session = &shown.session;
    json!({
        "id": session.id,
        "kind": session.kind.as_str(),
        "cloud": shown.cloud,
        "account": session.account_id,
        "user": session.user_name,
        "role": session.role_name,
        "parent": session.parent_id,
        "started_at": session.started_at.to_string(),
        "expires_at": session.expires_at.to_string(),
        "mfa_present": session.mfa_present,
        "state": shown.state.as_str(),
        "ended_because": session.ended_because.map(EndReason::as_str),
        "ended_at": session.ended_at.map(|at| at.to_string()),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    account: Option<String>,
    user: Option<String>,
}

pub(super) async fn list(
    State(app): State<App>,
    filter: Result<Query<Filter>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(filter) = filter?;
    let user = filter.user.as_deref().map(|user| user.split('@').next().unwrap_or(user));
    let all = sessions::list(&app, filter.account.as_deref(), user).await?;
    Ok(Json(json!({"sessions": all.iter().map(json_of).collect::<Vec<_>>()})))
}

pub(super) async fn get(State(app): State<App>, Path(id): Path<String>) -> Result<Json<Value>, Problem> {
    Ok(Json(json_of(&sessions::get(&app, &id).await?)))
}

pub(super) async fn delete(State(app): State<App>, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    uncancelled(async move { retry(|| sessions::revoke(&app, &id)).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SwitchRole {
    role: String,
}

pub(super) async fn switch_role(
    State(app): State<App>,
    Path(id): Path<String>,
    peer: Option<axum::Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    Body(body): Body<SwitchRole>,
) -> Result<Json<Value>, Problem> {
    if body.role.contains('\0') {
        return Err(Problem::bad_request("role must be a name or an ARN"));
    }
    let switching = {
        let (app, visitor) = (app.clone(), visitor(peer, &headers));
        uncancelled(async move {
            let person = sign_in_records::holder(&app, &id).await;
            let switched = retry(|| role_sessions::switch(&app, &id, &body.role)).await?;
            let outcome = switched.as_ref().map(|session| session.id.as_str()).map_err(|fault| *fault);
            sign_in_records::switched(&app, &visitor, person.as_deref(), &body.role, outcome).await;
            Ok::<_, Error>(switched)
        })
    };
    let session = switching.await?.map_err(|fault| match fault {
        SwitchFault::SessionNotActive => {
            Problem::new(StatusCode::FORBIDDEN, "session-not-active", "this is no running console session")
        }
        SwitchFault::NoSuchRole => Problem::new(StatusCode::NOT_FOUND, "not-found", "there is no such role"),
        SwitchFault::NotAllowed => Problem::new(
            StatusCode::FORBIDDEN,
            "not-allowed",
            "the role may not be used in the console, or its trust policy does not name the user",
        ),
    })?;
    Ok(Json(json!({"session": json_of(&sessions::get(&app, &session.id).await?)})))
}

/// What is told of these calls.
pub(super) fn calls() -> Vec<Call> {
    let one = || object(vec![("session", refer("Session"))]);
    let missing = "there is no such session";
    vec![
        Call::new("get", "/sessions", "List console and role sessions")
            .query::<Filter>(vec![("account?", text()), ("user?", text())])
            .answer(200, "The sessions", &object(vec![("sessions", list_of(refer("Session")))])),
        Call::new("get", "/sessions/{id}", "Show a session")
            .answer(200, "The session", &refer("Session"))
            .refusal(404, missing),
        Call::new("delete", "/sessions/{id}", "End a session").done("It has ended").refusal(404, missing),
        Call::new("post", "/sessions/{id}/switch-role", "Switch a console session to a role")
            .body(body::<SwitchRole>(vec![("role", text())]))
            .answer(200, "The session of the role", &one())
            .refusal(403, "the session may not use the role")
            .refusal(404, "there is no such session or role"),
    ]
}
