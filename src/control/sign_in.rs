//! Signing in without a browser.

use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};
use std::net::SocketAddr;

use super::body::Body;
use super::openapi::Call;
use super::openapi::schema::{any_of, body, clouds, flag, list_of, object, text, told, told_time, word};
use super::problem::Problem;
use super::{uncancelled, visitor};
use crate::app::App;
use crate::domain::account::Cloud;
use crate::domain::error::Error;
use crate::services::retry;
use crate::services::sign_in::{self, Outcome, Refusal, SignIn};
use crate::services::sign_in_records;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Given {
    cloud: Option<String>,
    account: Option<String>,
    user: String,
    password: String,
    mfa_code: Option<String>,
    new_password: Option<String>,
}

pub(super) async fn sign_in(
    State(app): State<App>,
    peer: Option<axum::Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    Body(body): Body<Given>,
) -> Result<Response, Problem> {
    let cloud = match body.cloud.as_deref() {
        None => Cloud::Alibaba,
        Some(text) => Cloud::parse(text).ok_or_else(|| Problem::bad_request("cloud must be alibaba or aws"))?,
    };
    let visitor = visitor(peer, &headers);
    let names = [Some(&body.user), body.account.as_ref()];
    if names.into_iter().flatten().any(|name| name.contains('\0')) {
        return Err(Problem::bad_request("user and account must be names"));
    }
    let attempt = SignIn {
        cloud,
        account: body.account,
        user: body.user,
        password: SecretString::from(body.password),
        mfa_code: body.mfa_code,
        new_password: body.new_password.map(SecretString::from),
        tickets: Vec::new(),
        remember: false,
        source_address: visitor.source_address,
    };
    let signing_in = async move {
        let outcome = retry(|| sign_in::sign_in(&app, &attempt)).await?;
        sign_in_records::attempted(&app, &visitor, &attempt, &outcome).await;
        Ok::<_, Error>(outcome)
    };
    Ok(answer(uncancelled(signing_in).await?))
}

fn answer(outcome: Outcome) -> Response {
    match outcome {
        Outcome::SignedIn(admitted) => {
            let session = json!({"id": admitted.session.id, "expires_at": admitted.session.expires_at.to_string()});
            let mut answer = json!({"outcome": "signed-in", "session": session});
            if admitted.weak_password {
                answer["weak_password"] = json!(true);
            }
            Json(answer).into_response()
        }
        Outcome::Refused(refusal) => (StatusCode::FORBIDDEN, Json(refused(refusal))).into_response(),
        step => Json(json!({"outcome": step.as_str()})).into_response(),
    }
}

fn refused(refusal: Refusal) -> Value {
    let reason = refusal.as_str();
    match refusal {
        Refusal::PasswordRejected(violations) => {
            json!({"outcome": "refused", "reason": reason, "violations": violations})
        }
        _ => json!({"outcome": "refused", "reason": reason}),
    }
}

/// What is told of these calls.
pub(super) fn calls() -> Vec<Call> {
    let session = object(vec![("id", told()), ("expires_at", told_time())]);
    let asked = word(&["mfa-required", "mfa-bind-offered", "mfa-bind-required", "password-reset-required"]);
    let outcomes = any_of(vec![
        object(vec![("outcome", word(&["signed-in"])), ("session", session), ("weak_password?", flag())]),
        object(vec![("outcome", asked)]),
    ]);
    let reasons = word(&[
        "invalid-credentials",
        "console-access-disabled",
        "locked",
        "initial-password-expired",
        "password-expired",
        "address-not-allowed",
        "mfa-code-incorrect",
        "password-change-not-allowed",
        "password-rejected",
        "sso-required",
    ]);
    let refused = object(vec![("outcome", word(&["refused"])), ("reason", reasons), ("violations?", list_of(told()))]);
    let given = body::<Given>(vec![
        ("cloud?", clouds()),
        ("account?", text()),
        ("user", text()),
        ("password", text()),
        ("mfa_code?", text()),
        ("new_password?", text()),
    ]);
    vec![
        Call::new("post", "/sign-in", "Sign in without a browser")
            .body(given)
            .answer(200, "Signed in, or what is asked for next", &outcomes)
            .answer(403, "Refused", &refused),
    ]
}
