//! The token endpoints of Alibaba Cloud's CLI: a form for a bearer token (RFC 6749), and that for credentials.

use axum::http::{StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::authorize::ALIBABA_CLIENTS;
use super::{Asked, Done};
use crate::domain::error::Error;
use crate::domain::grant::GrantFault;
use crate::services::oauth::{self, Access, Exchange, Gives, Presented};
use crate::services::retry;

/// Where bearer tokens are exchanged for credentials.
pub(super) const EXCHANGE_PATH: &str = "/v1/exchange";
const DIALECT: &str = "alibaba/oauth";

/// How long a bearer token and credentials are good, in seconds; inferred.
const SECONDS: i64 = 3_600;

fn read(asked: &Asked) -> Result<(Presented, String), GrantFault> {
    let client_id = asked.get("client_id").filter(|id| ALIBABA_CLIENTS.contains(id));
    let client_id = client_id.ok_or(GrantFault::Invalid("The client is not known."))?.to_owned();
    let missing = GrantFault::Invalid("A required parameter is missing.");
    let secret = |name| asked.get(name).map(SecretString::from).ok_or(missing);
    let presented = match asked.get("grant_type") {
        Some("authorization_code") => Presented::Code {
            code: secret("code")?,
            redirect_uri: asked.get("redirect_uri").ok_or(missing)?.to_owned(),
            verifier: secret("code_verifier")?,
        },
        Some("refresh_token") => Presented::Refresh(secret("refresh_token")?),
        _ => return Err(GrantFault::Invalid("The grant type is not supported.")),
    };
    Ok((presented, client_id))
}

/// A bearer token for a code or a refresh token.
pub(super) async fn token(asked: &Asked) -> Result<Done, Error> {
    let action = "Token";
    let (presented, client_id) = match read(asked) {
        Ok(read) => read,
        Err(fault) => return Ok(refused(asked, action, fault)),
    };
    let gives = Gives::Bearer(SECONDS);
    let request = Exchange { presented, client_id, key_thumbprint: None, permission: None, gives };
    let tokens = match retry(|| oauth::exchange(&asked.app, &request)).await? {
        Ok(tokens) => tokens,
        Err(fault) => return Ok(refused(asked, action, fault)),
    };
    let Access::Bearer(bearer) = &tokens.access else { return Err(Error::internal("no bearer token")) };
    let body = json!({
        "access_token": bearer.expose_secret(),
        "refresh_token": tokens.refresh.expose_secret(),
        "expires_in": tokens.seconds,
        "token_type": "Bearer",
    });
    Ok(Done::new(DIALECT, action, super::json(StatusCode::OK, &body)).by(&tokens.holder))
}

/// Credentials for a bearer token.
pub(super) async fn exchange(asked: &Asked) -> Result<Done, Error> {
    let action = "Exchange";
    let bearer = asked.header(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    let Some(bearer) = bearer.map(SecretString::from) else {
        return Ok(refused(asked, action, GrantFault::Invalid("A bearer token is needed.")));
    };
    let given = match retry(|| oauth::credentials_for(&asked.app, &bearer, SECONDS)).await? {
        Ok(given) => given,
        Err(fault) => return Ok(refused(asked, action, fault)),
    };
    let (credentials, holder) = given;
    let body = json!({
        "requestId": asked.app.ids.request_id(),
        "accessKeyId": credentials.access_key_id,
        "accessKeySecret": credentials.secret.expose_secret(),
        "securityToken": credentials.token.expose_secret(),
        "expiration": credentials.expires_at.to_wire(),
    });
    Ok(Done::new(DIALECT, action, super::json(StatusCode::OK, &body)).by(&holder))
}

/// The error that a fault is, in the standard's words (RFC 6749 section 5.2, RFC 6750 section 3.1); inferred of the cloud.
pub(super) fn refused(asked: &Asked, action: &'static str, fault: GrantFault) -> Done {
    let is_token = asked.path != EXCHANGE_PATH;
    let (error, text) = match fault {
        GrantFault::Invalid(text) => ("invalid_request", text),
        GrantFault::CodeExpired => ("invalid_grant", "The code has expired or was used."),
        GrantFault::TokenExpired => ("invalid_grant", "The token has expired."),
        GrantFault::CredentialsChanged => ("invalid_grant", "The credentials of the user have changed."),
        GrantFault::NotPermitted => ("access_denied", "The user may not do this."),
    };
    let (status, error) =
        if is_token { (StatusCode::BAD_REQUEST, error) } else { (StatusCode::UNAUTHORIZED, "invalid_token") };
    error_of(asked, action, status, error, text)
}

/// A failure of ours.
pub(super) fn failed(asked: &Asked) -> Done {
    error_of(asked, "Token", StatusCode::INTERNAL_SERVER_ERROR, "server_error", "Something went wrong.")
}

fn error_of(asked: &Asked, action: &'static str, status: StatusCode, error: &str, text: &str) -> Done {
    let body = json!({"error": error, "error_description": text, "requestId": asked.app.ids.request_id()});
    Done::new(DIALECT, action, super::json(status, &body)).refused(error)
}
