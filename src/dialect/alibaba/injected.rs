//! The errors that testers inject by code, looked up among those that Alibaba Cloud's dialect answers by itself; here
//! stand only those of flow control, which nothing but a fault comes to.

use std::borrow::Cow;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::Api;
use super::errors::{self, Fault, GatewayError};
use crate::domain::denial::Denial;
use crate::domain::error::{AssumeRoleFault, Error, Noun, PasswordRefusal};
use crate::domain::fault::Refusal;
use crate::domain::password_policy::Violation;
use crate::domain::policy::PolicyFault;
use crate::domain::policy_owner::PolicyOwner;
use crate::services::faults::Instead;

/// What the SDKs know flow control by: without it they raise no throttling exception (alibabacloud-tea-openapi for
/// Python and its siblings). In milliseconds.
const RETRY_AFTER: HeaderName = HeaderName::from_static("x-acs-retry-after");
/// What it says unless the rule says otherwise. Inferred: the cloud documents no value.
const USUAL_RETRY_AFTER_MS: u64 = 1_000;

/// RAM documentation, "Error messages"; the text of the other two is inferred.
fn flow_control(code: &str) -> Option<Fault> {
    match code {
        "Throttling.User" => Some(Fault::new(400, "Throttling.User", "Request was denied due to user flow control.")),
        "Throttling.Api" => Some(Fault::new(400, "Throttling.Api", "Request was denied due to api flow control.")),
        "Throttling" => Some(Fault::new(400, "Throttling", "Request was denied due to api flow control.")),
        _ => None,
    }
}

const OF_GATEWAY: &[GatewayError] = &[
    GatewayError::UnsupportedMethod,
    GatewayError::BodyTooLarge,
    GatewayError::MalformedQuery,
    GatewayError::InvalidFormat,
    GatewayError::InvalidVersion,
    GatewayError::NoSuchAction,
    GatewayError::InvalidSignatureMethod,
    GatewayError::InvalidSignatureVersion,
    GatewayError::InvalidSignatureType,
    GatewayError::MalformedAuthorization,
    GatewayError::MalformedTimestamp,
    GatewayError::ExpiredTimestamp,
    GatewayError::NonceUsed,
    GatewayError::WrongContentMd5,
    GatewayError::KeyNotFound,
    GatewayError::KeyInactive,
    GatewayError::MissingSecurityToken,
    GatewayError::MalformedSecurityToken,
    GatewayError::MismatchedSecurityToken,
    GatewayError::ExpiredSecurityToken,
];

/// What things are called in errors, each with texts of its own.
pub(super) const NOUNS: &[Noun] = &[
    Noun::User,
    Noun::LoginProfile,
    Noun::AccessKey,
    Noun::UserMfaDevice,
    Noun::MfaDevice,
    Noun::BoundUser,
    Noun::Role,
    Noun::Group,
    Noun::GroupOfUser,
    Noun::Tag,
    Noun::AccountAlias,
    Noun::Policy,
    Noun::PolicyVersion,
    Noun::OidcProvider,
    Noun::OidcIssuer,
    Noun::OidcClient,
    Noun::SamlProvider,
];

/// What use cases say, one of each code.
fn of_use_cases() -> Vec<Error> {
    let of_noun = |noun| [Error::missing(noun, ""), Error::exists(noun, ""), Error::LimitExceeded(noun, 0)];
    let mut errors: Vec<Error> = NOUNS.iter().copied().flat_map(of_noun).collect();
    for still in [Noun::AccessKey, Noun::LoginProfile, Noun::UserMfaDevice, Noun::Group, Noun::Policy] {
        errors.push(Error::DeleteConflict(Noun::User, still));
    }
    errors.push(Error::DeleteConflict(Noun::Group, Noun::GroupMember));
    errors.push(Error::DeleteConflict(Noun::Group, Noun::AttachedPolicy));
    errors.push(Error::DeleteConflict(Noun::MfaDevice, Noun::BoundUser));
    errors.push(Error::DeleteConflict(Noun::Role, Noun::Policy));
    for still in [Noun::User, Noun::Group, Noun::Role, Noun::PolicyVersion] {
        errors.push(Error::DeleteConflict(Noun::Policy, still));
    }
    for owner in [PolicyOwner::User, PolicyOwner::Group, PolicyOwner::Role] {
        errors.push(Error::AlreadyAttached(owner, String::new()));
        errors.push(Error::NotAttached(owner, String::new()));
        errors.push(Error::TooManyAttached(owner, 0));
    }
    for name in ["Password", "NewPassword"] {
        for violation in [Violation::TooShort, Violation::Reused] {
            errors.push(Error::PasswordRejected(name, PasswordRefusal { violations: vec![violation] }));
        }
    }
    errors.extend([
        Error::OldPasswordIncorrect,
        Error::MfaCodeIncorrect,
        Error::MfaCodeMalformed,
        Error::UsersOnly,
        Error::AccessDenied(Box::new(Denial::unexplained("*", "*"))),
        Error::AssumeRole(AssumeRoleFault::RoleArn),
        Error::AssumeRole(AssumeRoleFault::Duration),
        Error::Policy(PolicyFault::NoActions),
        Error::ProtectedRole(String::new()),
        Error::Conflict,
        Error::internal("injected"),
    ]);
    errors
}

/// The error with this code, as a client of `api` sees it.
pub(super) fn known(code: &str, api: Api) -> Option<Fault> {
    let of_gateway = || OF_GATEWAY.iter().map(GatewayError::fault).find(|fault| fault.code == code);
    let of_use_case = || of_use_cases().iter().map(|error| errors::fault(error, api)).find(|fault| fault.code == code);
    flow_control(code).or_else(of_gateway).or_else(of_use_case)
}

fn refusal(refusal: &Refusal, api: Api) -> Fault {
    let known = known(&refusal.code, api);
    let status = refusal.status.and_then(|status| StatusCode::from_u16(status).ok());
    let usual = known.as_ref().map_or(StatusCode::BAD_REQUEST, |fault| fault.status);
    let message = refusal.message.clone().map(Cow::Owned).or_else(|| known.map(|fault| fault.message));
    Fault {
        status: status.unwrap_or(usual),
        code: refusal.code.clone().into(),
        message: message.unwrap_or(Cow::Borrowed("")),
    }
}

/// What a client sees in the place of an answer.
pub(super) fn fault(instead: &Instead, api: Api) -> Fault {
    match instead {
        Instead::Error(injected) => refusal(injected, api),
        Instead::KeyUnseen => GatewayError::KeyNotFound.fault(),
        // The last three do not come to this: no operation of this cloud is refused so, and others have no envelope.
        Instead::Unmodifiable(..) | Instead::Gateway(_) | Instead::Nothing => GatewayError::MalformedQuery.fault(),
    }
}

/// Tells the client when to come again, where the error does that.
pub(super) fn tell_when_to_retry(instead: &Instead, headers: &mut HeaderMap) {
    let Instead::Error(refusal) = instead else { return };
    let usual = refusal.code.starts_with("Throttling").then_some(USUAL_RETRY_AFTER_MS);
    if let Some(ms) = refusal.retry_after_ms.or(usual).filter(|ms| *ms > 0) {
        headers.insert(RETRY_AFTER, HeaderValue::from(ms));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_with_their_own_status_and_text() {
        for (code, status, message) in [
            ("Throttling.User", 400, "Request was denied due to user flow control."),
            ("InvalidAccessKeyId.NotFound", 404, "Specified access key is not found."),
            ("EntityNotExist.User", 404, "The user does not exist."),
            ("EntityAlreadyExists.User", 409, "The user does already EXIST."),
            ("NoPermission", 403, "You are not authorized to do this action. Resource: * Action: *"),
            ("ServiceUnavailable", 503, "The request has failed due to a temporary failure of the server."),
            ("InternalError", 500, "An internal error occurred."),
        ] {
            let fault = known(code, Api::Ram).unwrap_or_else(|| panic!("{code}"));
            assert_eq!((fault.status.as_u16(), &*fault.message), (status, message), "{code}");
        }
        assert_eq!(known("EntityNotExist.Moon", Api::Ram), None);
    }
}
