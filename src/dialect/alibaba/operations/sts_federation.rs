//! AssumeRoleWithOIDC, AssumeRoleWithSAML.

use super::sts::credentials;
use super::{Build, Call};
use crate::domain::arn::{self, Kind};
use crate::domain::error::Error;
use crate::domain::exchange::ExchangeFault;
use crate::domain::principal::Principal;
use crate::services::Ctx;
use crate::services::federated_sessions::{self, OidcToken, SamlAssertion, TakeRole};
use crate::services::role_taking::Taken;

fn required<'a>(call: &Call<'a>, parameter: &'static str) -> Result<&'a str, Error> {
    call.optional(parameter).ok_or(ExchangeFault::Missing(parameter).into())
}

fn role(call: &Call<'_>) -> Result<TakeRole, Error> {
    Ok(TakeRole {
        role_arn: required(call, "RoleArn")?.to_owned(),
        duration_seconds: call.integer("DurationSeconds").map_err(|_| ExchangeFault::Duration)?,
        policy: call.text("Policy").map(str::to_owned),
    })
}

fn answer(ctx: &Ctx, taken: &Taken) -> Build {
    let (role, session) = match &taken.principal {
        Principal::RoleSession { role_name, session_name, .. } => (&**role_name, &**session_name),
        _ => Default::default(),
    };
    let role_arn = arn::of(ctx.cloud, &taken.account_id, Kind::Role, "/", role);
    let user = Build::new()
        .put("Arn", format!("{role_arn}/{session}"))
        .put("AssumedRoleId", taken.principal.unique_id(&taken.account_id));
    Build::new().object("Credentials", credentials(&taken.credentials)).object("AssumedRoleUser", user)
}

/// A provider or a token that is absent is told as one that is malformed: the list of error codes says so of the token.
pub(super) async fn with_oidc(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let text = |name| call.text(name).unwrap_or_default().to_owned();
    let session_name = call.required("RoleSessionName")?.to_owned();
    let given = OidcToken { provider_arn: text("OIDCProviderArn"), token: text("OIDCToken"), session_name };
    let (bearer, taken) = federated_sessions::take_with_oidc(ctx, &role(call)?, &given).await?;
    let token = Build::new()
        .put("Subject", &*bearer.subject)
        .put("Issuer", &*bearer.issuer)
        .put("ClientIds", bearer.audiences.join(","))
        .time("ExpirationTime", bearer.expires_at)
        .time("IssuanceTime", bearer.issued_at)
        .put("VerificationInfo", "Success");
    Ok(answer(ctx, &taken).object("OIDCTokenInfo", token))
}

pub(super) async fn with_saml(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let given = SamlAssertion {
        provider_arn: required(call, "SAMLProviderArn")?.to_owned(),
        response: required(call, "SAMLAssertion")?.to_owned(),
    };
    let (person, taken) = federated_sessions::take_with_saml(ctx, &role(call)?, &given).await?;
    let assertion = Build::new()
        .put("SubjectType", &*person.subject_type)
        .put("Subject", &*person.subject)
        .put("Recipient", &*person.recipient)
        .put("Issuer", &*person.issuer);
    Ok(answer(ctx, &taken).object("SAMLAssertionInfo", assertion))
}
