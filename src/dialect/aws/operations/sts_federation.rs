//! AssumeRoleWithWebIdentity, AssumeRoleWithSAML.

use secrecy::ExposeSecret;
use serde::Deserialize;

use super::super::request::Secret;
use super::sts_roles::assumed_role_user;
use super::sts_tokens::{PolicyArn, credentials, policy_arns};
use super::{Access, Answer, Build, Row, row};
use crate::services::Ctx;
use crate::services::federated_roles::{self, TakeRole};
use crate::services::saml_identity::SamlResponse;
use crate::services::web_identity::WebIdentity;

pub(super) const ROWS: &[Row] = &[
    row!(Sts, "AssumeRoleWithWebIdentity", Access::TrustPolicy, with_web_identity),
    row!(Sts, "AssumeRoleWithSAML", Access::TrustPolicy, with_saml),
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AssumeRoleWithWebIdentity {
    role_arn: String,
    role_session_name: String,
    web_identity_token: Secret,
    provider_id: Option<String>,
    #[serde(default)]
    policy_arns: Vec<PolicyArn>,
    policy: Option<String>,
    duration_seconds: Option<i64>,
}

async fn with_web_identity(ctx: &Ctx, request: AssumeRoleWithWebIdentity) -> Answer {
    let take = TakeRole {
        role_arn: request.role_arn,
        duration_seconds: request.duration_seconds,
        policy: request.policy,
        policy_arns: policy_arns(request.policy_arns),
    };
    let given = WebIdentity {
        token: request.web_identity_token.0.expose_secret().to_owned(),
        provider_id: request.provider_id,
        session_name: request.role_session_name,
    };
    let (bearer, taken) = federated_roles::take_with_web_identity(ctx, &take, &given).await?;
    Ok(Build::new()
        .object("Credentials", credentials(&taken.credentials))
        .put("SubjectFromWebIdentityToken", bearer.subject)
        .object("AssumedRoleUser", assumed_role_user(ctx, &taken))
        .maybe("PackedPolicySize", taken.packed_size)
        .put("Provider", bearer.vouched.provider)
        .put("Audience", bearer.audience)
        .maybe("SourceIdentity", taken.source_identity))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AssumeRoleWithSAML {
    role_arn: String,
    principal_arn: String,
    #[serde(rename = "SAMLAssertion")]
    response: Secret,
    #[serde(default)]
    policy_arns: Vec<PolicyArn>,
    policy: Option<String>,
    duration_seconds: Option<i64>,
}

async fn with_saml(ctx: &Ctx, request: AssumeRoleWithSAML) -> Answer {
    let take = TakeRole {
        role_arn: request.role_arn,
        duration_seconds: request.duration_seconds,
        policy: request.policy,
        policy_arns: policy_arns(request.policy_arns),
    };
    let given =
        SamlResponse { provider_arn: request.principal_arn, response: request.response.0.expose_secret().to_owned() };
    let (person, taken) = federated_roles::take_with_saml(ctx, &take, &given).await?;
    Ok(Build::new()
        .object("Credentials", credentials(&taken.credentials))
        .object("AssumedRoleUser", assumed_role_user(ctx, &taken))
        .maybe("PackedPolicySize", taken.packed_size)
        .put("Subject", person.subject)
        .put("SubjectType", person.subject_type)
        .put("Issuer", person.issuer)
        .put("Audience", person.audience)
        .put("NameQualifier", person.name_qualifier)
        .maybe("SourceIdentity", taken.source_identity))
}
