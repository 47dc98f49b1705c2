//! The keys of OpenID Connect providers, which nobody asks them for, and tokens in their names.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::body::Body;
use super::openapi::Call;
use super::openapi::schema::{any_object, body, list_of, map_of, object, text, told};
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
    Body(body): Body<PutKeys>,
) -> Result<StatusCode, Problem> {
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
    Body(body): Body<IssueToken>,
) -> Result<Json<Value>, Problem> {
    let seconds = body.expires_in_seconds.unwrap_or(oidc_keys::TOKEN_SECONDS);
    let token = uncancelled(async move {
        retry(|| oidc_keys::issue(&app, &account, &body.url, body.claims.clone(), seconds)).await
    });
    Ok(Json(json!({"token": token.await?})))
}

/// What is told of these calls.
pub(super) fn calls() -> Vec<Call> {
    let provider = object(vec![("url", told()), ("key_ids", list_of(told()))]);
    let keys = any_object();
    let put = body::<PutKeys>(vec![("url", text()), ("jwks", keys)]);
    let issue = body::<IssueToken>(vec![
        ("url", text()),
        ("claims?", map_of(json!({}))),
        ("expires_in_seconds?", json!({"type": "integer"})),
    ]);
    let missing = "there is no such account or provider";
    vec![
        Call::new("get", "/accounts/{id}/oidc-keys", "List the keys of an account's OpenID Connect providers")
            .answer(200, "The ids of the keys", &object(vec![("providers", list_of(provider))]))
            .refusal(404, missing),
        Call::new("put", "/accounts/{id}/oidc-keys", "Hand over the keys of a provider, which nobody asks it for")
            .body(put)
            .done("Tokens are verified with them")
            .refusal(404, missing),
        Call::new("post", "/accounts/{id}/oidc-token", "Sign a token in a provider's name")
            .body(issue)
            .answer(200, "The token", &object(vec![("token", told())]))
            .refusal(404, missing),
    ]
}
