//! Signing in without a browser.

use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::body::Body;
use super::openapi::Call;
use super::openapi::schema::{any_of, body, clouds, flag, list_of, object, text, told, told_time, word};
use super::problem::Problem;
use super::uncancelled;
use crate::app::App;
use crate::domain::account::Cloud;
use crate::services::retry;
use crate::services::sign_in::{self, Outcome, Refusal, SignIn};

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
    Body(body): Body<Given>,
) -> Result<Response, Problem> {
    let cloud = match body.cloud.as_deref() {
        None => Cloud::Alibaba,
        Some(text) => Cloud::parse(text).ok_or_else(|| Problem::bad_request("cloud must be alibaba or aws"))?,
    };
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
        source_address: peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0.0.ip()),
    };
    let outcome = uncancelled(async move { retry(|| sign_in::sign_in(&app, &attempt)).await }).await?;
    Ok(answer(outcome))
}

fn answer(outcome: Outcome) -> Response {
    let plain = |outcome: &str| Json(json!({"outcome": outcome})).into_response();
    match outcome {
        Outcome::SignedIn(admitted) => {
            let session = json!({"id": admitted.session.id, "expires_at": admitted.session.expires_at.to_string()});
            let mut answer = json!({"outcome": "signed-in", "session": session});
            if admitted.weak_password {
                answer["weak_password"] = json!(true);
            }
            Json(answer).into_response()
        }
        Outcome::MfaRequired => plain("mfa-required"),
        Outcome::MfaBindOffered => plain("mfa-bind-offered"),
        Outcome::MfaBindRequired => plain("mfa-bind-required"),
        Outcome::PasswordResetRequired => plain("password-reset-required"),
        Outcome::Refused(refusal) => (StatusCode::FORBIDDEN, Json(refused(refusal))).into_response(),
    }
}

fn refused(refusal: Refusal) -> Value {
    let reason = match &refusal {
        Refusal::InvalidCredentials => "invalid-credentials",
        Refusal::ConsoleAccessDisabled => "console-access-disabled",
        Refusal::Locked => "locked",
        Refusal::InitialPasswordExpired => "initial-password-expired",
        Refusal::PasswordExpired => "password-expired",
        Refusal::AddressNotAllowed => "address-not-allowed",
        Refusal::MfaCodeIncorrect => "mfa-code-incorrect",
        Refusal::PasswordChangeNotAllowed => "password-change-not-allowed",
        Refusal::PasswordRejected(_) => "password-rejected",
    };
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
