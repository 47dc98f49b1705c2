//! Accounts, made and dropped and reset, and the codes of their users' MFA devices.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::body::Body;
use super::openapi::Call;
use super::openapi::schema::{any_of, body, clouds, integer, list_of, object, or_null, pattern, told, word};
use super::problem::Problem;
use super::uncancelled;
use crate::app::App;
use crate::domain::account::Cloud;
use crate::domain::error::{Error, Noun};
use crate::domain::mfa::STEP_SECONDS;
use crate::services::{accounts, mfa_devices, retry, totp as codes};

fn cloud(text: &str) -> Result<Cloud, Problem> {
    Cloud::parse(text).ok_or_else(|| Problem::bad_request("cloud must be alibaba or aws"))
}

pub(super) async fn list(State(app): State<App>) -> Result<Json<Value>, Problem> {
    let all = accounts::list(&app).await?.into_iter().map(|(account, key)| {
        json!({
            "id": account.id, "cloud": account.cloud, "domain": account.sign_in_domain(),
            "root": key.map(|key| json!({"access_key_id": key.id})),
        })
    });
    Ok(Json(json!({"accounts": all.collect::<Vec<_>>()})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Create {
    cloud: String,
    id: Option<String>,
}

pub(super) async fn create(State(app): State<App>, Body(body): Body<Create>) -> Result<Json<Value>, Problem> {
    let cloud = cloud(&body.cloud)?;
    if body.id.as_ref().is_some_and(|id| !cloud.is_account_id(id)) {
        return Err(Problem::bad_request(format!("id must have {} digits", cloud.account_digits())));
    }
    let (account, key) = uncancelled(async move { accounts::create(&app, cloud, body.id).await }).await?;
    Ok(Json(json!({
        "id": account.id, "cloud": account.cloud, "domain": account.sign_in_domain(),
        "root": {"access_key_id": key.id, "access_key_secret": key.secret},
    })))
}

pub(super) async fn drop_account(State(app): State<App>, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    uncancelled(async move { retry(|| accounts::drop_account(&app, &id)).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn reset(State(app): State<App>, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    uncancelled(async move { retry(|| accounts::reset(&app, &id)).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn totp(
    State(app): State<App>,
    Path((cloud_name, account, user)): Path<(String, String, String)>,
) -> Result<Json<Value>, Problem> {
    let rules = cloud(&cloud_name)?.rules();
    let user = if rules.names_carry_domain { user.split('@').next().unwrap_or_default() } else { &*user };
    let (device, now) = mfa_devices::shown_to(&app, &account, user).await?;
    let device = device.ok_or_else(|| Error::missing(Noun::UserMfaDevice, user))?;
    let left = STEP_SECONDS - now.seconds().rem_euclid(STEP_SECONDS);
    Ok(Json(json!({"code": codes::code(&rules.mfa, &device, now)?, "valid_for_seconds": left})))
}

/// What is told of these calls.
pub(super) fn calls() -> Vec<Call> {
    let root = |secret: bool| {
        let mut members = vec![("access_key_id", told())];
        if secret {
            members.push(("access_key_secret", told()));
        }
        object(members)
    };
    let account = |root| object(vec![("id", told()), ("cloud", clouds()), ("domain", or_null(told())), ("root", root)]);
    let new = |cloud: Cloud| {
        let digits = pattern(&format!("^[0-9]{{{}}}$", cloud.account_digits()));
        body::<Create>(vec![("cloud", word(&[cloud.as_str()])), ("id?", digits)])
    };
    vec![
        Call::new("get", "/accounts", "List the accounts").answer(
            200,
            "The accounts",
            &object(vec![("accounts", list_of(account(or_null(root(false)))))]),
        ),
        Call::new("post", "/accounts", "Make an account")
            .body(any_of(vec![new(Cloud::Alibaba), new(Cloud::Aws)]))
            .answer(200, "The account, with the key of its root", &account(root(true)))
            .refusal(409, "there is such an account already"),
        Call::new("delete", "/accounts/{id}", "Drop an account with all that is in it")
            .done("It is gone")
            .refusal(404, "there is no such account"),
        Call::new("post", "/accounts/{id}/reset", "Take one account back to the beginning")
            .done("It is as it was")
            .refusal(404, "there is no such account"),
        Call::new("get", "/users/{cloud}/{account}/{user}/totp", "The code that a user's MFA device shows now")
            .answer(200, "The code", &object(vec![("code", told()), ("valid_for_seconds", integer(0, STEP_SECONDS))]))
            .refusal(404, "there is no such account, user or device"),
    ]
}
