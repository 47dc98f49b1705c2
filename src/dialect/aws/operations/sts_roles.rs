//! AssumeRole.

use serde::Deserialize;

use super::super::request::TagInput;
use super::sts_tokens::{PolicyArn, credentials, policy_arns};
use super::{Access, Answer, Build, Row, row};
use crate::domain::user::Tag;
use crate::services::Ctx;
use crate::services::role_taking::{self, TakeRole, Taken};

pub(super) const ROWS: &[Row] = &[row!(Sts, "AssumeRole", Access::TrustPolicy, assume_role)];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AssumeRole {
    role_arn: String,
    role_session_name: String,
    duration_seconds: Option<i64>,
    policy: Option<String>,
    #[serde(default)]
    policy_arns: Vec<PolicyArn>,
    #[serde(default)]
    tags: Vec<TagInput>,
    #[serde(default)]
    transitive_tag_keys: Vec<String>,
    external_id: Option<String>,
    serial_number: Option<String>,
    token_code: Option<String>,
    source_identity: Option<String>,
}

async fn assume_role(ctx: &Ctx, request: AssumeRole) -> Answer {
    let take = TakeRole {
        role_arn: request.role_arn,
        session_name: request.role_session_name,
        duration_seconds: request.duration_seconds,
        policy: request.policy,
        policy_arns: policy_arns(request.policy_arns),
        tags: request.tags.into_iter().map(Tag::from).collect(),
        transitive_tag_keys: request.transitive_tag_keys,
        external_id: request.external_id,
        serial_number: request.serial_number,
        token_code: request.token_code,
        source_identity: request.source_identity,
    };
    let taken = role_taking::take(ctx, take).await?;
    Ok(Build::new()
        .object("Credentials", credentials(&taken.credentials))
        .object("AssumedRoleUser", assumed_role_user(ctx, &taken))
        .maybe("PackedPolicySize", taken.packed_size)
        .maybe("SourceIdentity", taken.source_identity))
}

/// Whom a session of a role is.
pub(super) fn assumed_role_user(ctx: &Ctx, taken: &Taken) -> Build {
    Build::new()
        .put("AssumedRoleId", taken.principal.unique_id(&taken.account_id))
        .put("Arn", taken.principal.arn(ctx.cloud, &taken.account_id))
}
