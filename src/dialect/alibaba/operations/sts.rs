//! AssumeRole, GetCallerIdentity.

use secrecy::ExposeSecret;

use super::{Build, Call};
use crate::domain::error::{AssumeRoleFault, Error};
use crate::domain::principal::Principal;
use crate::services::session_credentials::Credentials;
use crate::services::{Ctx, role_sessions};

/// How long a role session lasts unless told otherwise, in seconds.
const DEFAULT_DURATION: i64 = 3_600;

pub(super) async fn assume_role(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let duration = call.integer("DurationSeconds").map_err(|_| Error::AssumeRole(AssumeRoleFault::Duration))?;
    let text = |name| call.text(name).map(str::to_owned);
    let request = role_sessions::AssumeRole {
        role_arn: call.required("RoleArn")?.to_owned(),
        session_name: call.required("RoleSessionName")?.to_owned(),
        duration_seconds: duration.unwrap_or(DEFAULT_DURATION),
        policy: text("Policy"),
        external_id: text("ExternalId"),
        source_identity: text("SourceIdentity"),
    };
    let assumed = role_sessions::assume(ctx, &request).await?;
    let role = &assumed.role;
    let user = Build::new()
        .put("Arn", format!("{}/{}", role.arn(ctx.cloud), request.session_name))
        .put("AssumedRoleId", format!("{}:{}", role.id, request.session_name));
    Ok(Build::new()
        .object("Credentials", credentials(&assumed.credentials))
        .object("AssumedRoleUser", user)
        .maybe("SourceIdentity", request.source_identity))
}

/// What signs for a session.
pub(super) fn credentials(given: &Credentials) -> Build {
    Build::new()
        .put("AccessKeyId", &*given.access_key_id)
        .put("AccessKeySecret", given.secret.expose_secret())
        .put("SecurityToken", given.token.expose_secret())
        .time("Expiration", given.expires_at)
}

pub(super) async fn get_caller_identity(ctx: &Ctx, _: &Call<'_>) -> Result<Build, Error> {
    let body =
        Build::new().put("AccountId", &*ctx.account_id).put("Arn", ctx.principal.arn(ctx.cloud, &ctx.account_id));
    Ok(match &ctx.principal {
        Principal::Root => {
            body.put("IdentityType", "Account").put("PrincipalId", &*ctx.account_id).put("UserId", &*ctx.account_id)
        }
        Principal::User { id, .. } => {
            body.put("IdentityType", "RAMUser").put("PrincipalId", &**id).put("UserId", &**id)
        }
        Principal::RoleSession { role_id, session_name, .. } => body
            .put("IdentityType", "AssumedRoleUser")
            .put("PrincipalId", format!("{role_id}:{session_name}"))
            .put("RoleId", &**role_id),
        // Alibaba Cloud has none of these.
        Principal::FederatedUser { .. } | Principal::Anonymous => body,
    })
}
