//! CreateOAuth2Token (AWS Sign-In 2023-01-01): codes and refresh tokens for credentials, in JSON, with a proof of
//! possession.

use axum::http::{HeaderValue, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;

use super::authorize::public_client;
use super::{Asked, Done, UNREADABLE};
use crate::domain::error::Error;
use crate::domain::grant::GrantFault;
use crate::services::oauth::{self, Access, Exchange, Gives, Permission, Presented};
use crate::services::oauth_proof::{self, About};
use crate::services::{id_tokens, retry};

/// Where it is.
pub(super) const PATH: &str = "/v1/token";
const ACTION: &str = "CreateOAuth2Token";
const DIALECT: &str = "aws/signin";

/// How long credentials are good, in seconds (CreateOAuth2Token, `expiresIn`).
const SECONDS: i64 = 900;

/// The members, of which the grant type says which are needed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    client_id: Option<String>,
    grant_type: Option<String>,
    code: Option<String>,
    redirect_uri: Option<String>,
    code_verifier: Option<String>,
    refresh_token: Option<String>,
}

/// A secret of at most so many characters.
fn within(secret: Option<String>, most: usize) -> Option<SecretString> {
    secret.filter(|secret| (1..=most).contains(&secret.chars().count())).map(SecretString::from)
}

/// What is presented, and by which client; the limits are those of the service's model.
fn read(asked: &Asked) -> Result<(Presented, String), GrantFault> {
    let body: Body = serde_json::from_slice(&asked.body).map_err(|_| GrantFault::Invalid(UNREADABLE))?;
    let client_id = body.client_id.filter(|id| public_client(id).is_some());
    let client_id = client_id.ok_or(GrantFault::Invalid("The clientId is missing or not valid."))?;
    let missing = GrantFault::Invalid("A member that the grant type needs is missing or not valid.");
    let presented = match body.grant_type.as_deref() {
        Some("authorization_code") => {
            let in_alphabet = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
            let verifier = within(body.code_verifier, 128).filter(|verifier| {
                let verifier = verifier.expose_secret();
                verifier.len() >= 43 && verifier.bytes().all(in_alphabet)
            });
            let redirect_uri = body.redirect_uri.filter(|uri| (1..=2_048).contains(&uri.chars().count()));
            Presented::Code {
                code: within(body.code, 512).ok_or(missing)?,
                redirect_uri: redirect_uri.ok_or(missing)?,
                verifier: verifier.ok_or(missing)?,
            }
        }
        Some("refresh_token") => Presented::Refresh(within(body.refresh_token, 2_048).ok_or(missing)?),
        _ => return Err(GrantFault::Invalid("The grantType is missing or not valid.")),
    };
    Ok((presented, client_id))
}

pub(super) async fn handle(asked: &Asked) -> Result<Done, Error> {
    let (presented, client_id) = match read(asked) {
        Ok(read) => read,
        Err(fault) => return Ok(refused(fault)),
    };
    let mut proofs = asked.headers.get_all("dpop").iter();
    let (Some(proof), None) = (proofs.next().and_then(|proof| proof.to_str().ok()), proofs.next()) else {
        return Ok(refused(GrantFault::Invalid("One DPoP proof is needed.")));
    };
    let about = About { method: asked.method.as_str(), authority: asked.host(), path: &asked.path };
    let key = match oauth_proof::prove(&asked.app, presented.secret().expose_secret(), proof, about).await? {
        Ok(key) => key,
        Err(fault) => return Ok(refused(fault)),
    };
    let with_id = matches!(presented, Presented::Code { .. });
    let permission = public_client(&client_id).map(|client| Permission {
        action: "signin:CreateOAuth2Token",
        region: asked.region(),
        client,
    });
    let gives = Gives::Credentials(SECONDS);
    let request = Exchange { presented, client_id, key_thumbprint: Some(key), permission, gives };
    let tokens = match retry(|| oauth::exchange(&asked.app, &request)).await? {
        Ok(tokens) => tokens,
        Err(fault) => return Ok(refused(fault)),
    };
    let Access::Credentials(credentials) = &tokens.access else { return Err(Error::internal("no credentials")) };
    let mut body = json!({
        "accessToken": {
            "accessKeyId": credentials.access_key_id,
            "secretAccessKey": credentials.secret.expose_secret(),
            "sessionToken": credentials.token.expose_secret(),
        },
        "tokenType": "aws_sigv4",
        "expiresIn": tokens.seconds,
        "refreshToken": tokens.refresh.expose_secret(),
    });
    if with_id {
        let token = id_tokens::of_aws(&asked.app, &tokens.holder, &request.client_id, &asked.region(), tokens.seconds)?;
        body["idToken"] = json!(token);
    }
    Ok(Done::new(DIALECT, ACTION, super::json(StatusCode::OK, &body)).by(&tokens.holder))
}

/// The error that a fault is. Which one a reused code is, is inferred.
pub(super) fn refused(fault: GrantFault) -> Done {
    let (status, name, error, message) = match fault {
        GrantFault::Invalid(text) => (StatusCode::BAD_REQUEST, "ValidationException", "INVALID_REQUEST", text),
        GrantFault::CodeExpired => (
            StatusCode::UNAUTHORIZED,
            "AccessDeniedException",
            "AUTHCODE_EXPIRED",
            "The authorization code has expired or was used.",
        ),
        GrantFault::TokenExpired => {
            (StatusCode::UNAUTHORIZED, "AccessDeniedException", "TOKEN_EXPIRED", "The refresh token has expired.")
        }
        GrantFault::CredentialsChanged => (
            StatusCode::FORBIDDEN,
            "AccessDeniedException",
            "USER_CREDENTIALS_CHANGED",
            "The credentials of the user have changed.",
        ),
        GrantFault::NotPermitted => (
            StatusCode::FORBIDDEN,
            "AccessDeniedException",
            "INSUFFICIENT_PERMISSIONS",
            "The user is not authorized to perform: signin:CreateOAuth2Token",
        ),
    };
    error_of(status, name, error, message)
}

/// A failure of ours.
pub(super) fn failed() -> Done {
    let text = "Something went wrong.";
    error_of(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerException", "server_error", text)
}

fn error_of(status: StatusCode, name: &'static str, error: &str, message: &str) -> Done {
    let mut response = super::json(status, &json!({"error": error, "message": message}));
    response.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static(name));
    Done::new(DIALECT, ACTION, response).refused(error)
}
