//! The keys of OpenID Connect providers, which nobody asks them for, and tokens in their names.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::problem::Problem;
use super::uncancelled;
use crate::app::App;
use crate::services::{oidc_keys, retry};

pub(super) async fn list_keys(State(app): State<App>, Path(account): Path<String>) -> Result<Json<Value>, Problem> {
    let all = oidc_keys::list(&app, &account).await?;
    let shown = all.into_iter().map(|listed| json!({"url": listed.issuer, "key_ids": listed.key_ids}));
    Ok(Json(json!({"providers": shown.collect::<Vec<_>>()})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PutKeys {
    url: String,
    jwks: Value,
}

pub(super) async fn put_keys(
    State(app): State<App>,
    Path(account): Path<String>,
    body: Result<Json<PutKeys>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    let Json(body) = body?;
    uncancelled(async move { retry(|| oidc_keys::put(&app, &account, &body.url, &body.jwks)).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IssueToken {
    url: String,
    #[serde(default)]
    claims: Map<String, Value>,
    expires_in_seconds: Option<i64>,
}

pub(super) async fn issue_token(
    State(app): State<App>,
    Path(account): Path<String>,
    body: Result<Json<IssueToken>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Json(body) = body?;
    let seconds = body.expires_in_seconds.unwrap_or(oidc_keys::TOKEN_SECONDS);
    let token = uncancelled(async move {
        retry(|| oidc_keys::issue(&app, &account, &body.url, body.claims.clone(), seconds)).await
    });
    Ok(Json(json!({"token": token.await?})))
}
