//! GetSessionToken, GetFederationToken, DecodeAuthorizationMessage.

use secrecy::ExposeSecret;
use serde::Deserialize;

use super::super::authorization_text;
use super::super::request::TagInput;
use super::{Access, Answer, Build, Resource, Row, row};
use crate::domain::user::Tag;
use crate::services::session_credentials::Credentials;
use crate::services::user_tokens::{self, Federate};
use crate::services::{Ctx, authorization_messages};

pub(super) const ROWS: &[Row] = &[
    // Nobody needs a permission for it (IAM User Guide, "Permissions for GetSessionToken").
    row!(Sts, "GetSessionToken", Access::Anyone, get_session_token),
    row!(
        Sts,
        "GetFederationToken",
        Access::Policy(Resource::FederatedUser),
        [RequestTags, TagSession],
        get_federation_token
    ),
    row!(Sts, "DecodeAuthorizationMessage", Access::Policy(Resource::Any), decode_authorization_message),
];

/// A managed policy that narrows a session.
#[derive(Deserialize)]
pub(super) struct PolicyArn {
    pub(super) arn: Option<String>,
}

/// Credentials as every answer with some has them.
pub(super) fn credentials(credentials: &Credentials) -> Build {
    Build::new()
        .put("AccessKeyId", &*credentials.access_key_id)
        .put("SecretAccessKey", credentials.secret.expose_secret())
        .put("SessionToken", credentials.token.expose_secret())
        .time("Expiration", credentials.expires_at)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetSessionToken {
    duration_seconds: Option<i64>,
    serial_number: Option<String>,
    token_code: Option<String>,
}

async fn get_session_token(ctx: &Ctx, request: GetSessionToken) -> Answer {
    let (serial_number, code) = (request.serial_number.as_deref(), request.token_code.as_deref());
    let made = user_tokens::session_token(ctx, request.duration_seconds, serial_number, code).await?;
    Ok(Build::new().object("Credentials", credentials(&made)))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetFederationToken {
    name: String,
    duration_seconds: Option<i64>,
    policy: Option<String>,
    #[serde(default)]
    policy_arns: Vec<PolicyArn>,
    #[serde(default)]
    tags: Vec<TagInput>,
}

async fn get_federation_token(ctx: &Ctx, request: GetFederationToken) -> Answer {
    let federate = Federate {
        name: request.name,
        duration_seconds: request.duration_seconds,
        policy: request.policy,
        policy_arns: policy_arns(request.policy_arns),
        tags: request.tags.into_iter().map(Tag::from).collect(),
    };
    let made = user_tokens::federation_token(ctx, federate).await?;
    let user = Build::new()
        .put("FederatedUserId", made.principal.unique_id(&ctx.account_id))
        .put("Arn", made.principal.arn(ctx.cloud, &ctx.account_id));
    Ok(Build::new()
        .object("Credentials", credentials(&made.credentials))
        .object("FederatedUser", user)
        .put("PackedPolicySize", made.packed_size))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DecodeAuthorizationMessage {
    encoded_message: String,
}

async fn decode_authorization_message(ctx: &Ctx, request: DecodeAuthorizationMessage) -> Answer {
    let message = authorization_messages::decode(ctx, &request.encoded_message).await?;
    Ok(Build::new().put("DecodedMessage", authorization_text::text(&message)))
}

/// The ARNs of the managed policies that narrow a session.
pub(super) fn policy_arns(given: Vec<PolicyArn>) -> Vec<String> {
    given.into_iter().filter_map(|policy| policy.arn).collect()
}
