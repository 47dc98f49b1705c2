//! The errors that testers inject by code, looked up among those that AWS's dialect answers by itself; here stand only
//! those that nothing but a fault comes to, and which operations refuse what was changed a moment ago.

use std::borrow::Cow;

use axum::http::StatusCode;

use super::errors::{self, Fault, Trouble};
use super::query::Query;
use super::signature::SignatureFault;
use crate::domain::denial::Denial;
use crate::domain::error::{Error, MaterialFault, Noun, PasswordRefusal};
use crate::domain::fault::Refusal;
use crate::domain::own_policy::PolicyChange;
use crate::domain::policy::PolicyFault;
use crate::services::faults::{Changes, Instead};

/// The operations that the service model lets be refused with EntityTemporarilyUnmodifiable (IAM 2010-05-08). All change
/// a user or a user's login profile, named by `UserName` or else the caller's.
const TEMPORARILY_UNMODIFIABLE: [&str; 6] = [
    "ChangePassword",
    "DeactivateMFADevice",
    "DeleteLoginProfile",
    "EnableMFADevice",
    "UpdateLoginProfile",
    "UpdateUser",
];

/// The user whom an action changes that may be refused so.
pub(super) fn changes<'a>(action: &str, query: &'a Query) -> Changes<'a> {
    if !TEMPORARILY_UNMODIFIABLE.contains(&action) {
        return Changes::Nobody;
    }
    query.get("UserName").map_or(Changes::Caller, Changes::Named)
}

/// Codes, statuses and texts of "Common Errors" (IAM API Reference) and of the service model where no line says
/// otherwise.
fn of_faults_alone(code: &str) -> Option<Fault> {
    let fault = match code {
        // Observed; IAM answers 400 where other services have 503.
        "Throttling" => Fault::new(400, "Throttling", "Rate exceeded"),
        // What the SDKs take for flow control too; texts inferred.
        "ThrottlingException" => Fault::new(400, "ThrottlingException", "Rate exceeded"),
        "RequestLimitExceeded" => Fault::new(503, "RequestLimitExceeded", "Request limit exceeded."),
        "TooManyRequestsException" => Fault::new(429, "TooManyRequestsException", "Too Many Requests"),
        "SlowDown" => Fault::new(503, "SlowDown", "Please reduce your request rate."),
        // Text inferred.
        "ServiceFailure" => Fault::new(
            500,
            "ServiceFailure",
            "The request processing has failed because of an unknown error, exception or failure.",
        ),
        "EntityTemporarilyUnmodifiable" => unmodifiable(Noun::User, "user"),
        // Text inferred.
        "ConcurrentModification" => Fault::new(
            409,
            "ConcurrentModification",
            "The request was rejected because multiple requests to change this object were submitted simultaneously.",
        ),
        "ReportInProgress" => Fault::without_text(404, "ReportInProgress"),
        "ReportNotPresent" => Fault::without_text(410, "ReportNotPresent"),
        "ReportExpired" => Fault::without_text(410, "ReportExpired"),
        // Texts of the next two inferred.
        "RegionDisabledException" => {
            Fault::new(403, "RegionDisabledException", "STS is not activated in this region for this account.")
        }
        "IDPCommunicationError" => {
            Fault::new(400, "IDPCommunicationError", "The identity provider could not be reached.")
        }
        "OptInRequired" => {
            Fault::new(403, "OptInRequired", "The AWS access key ID needs a subscription for the service.")
        }
        _ => return None,
    };
    Some(fault)
}

/// Of a login profile as observed, of a user inferred.
fn unmodifiable(noun: Noun, name: &str) -> Fault {
    let text = match noun {
        Noun::LoginProfile => {
            format!("Login Profile for User {name} cannot be modified while login profile is being created.")
        }
        _ => format!("The user with name {name} cannot be modified while the user is being created or updated."),
    };
    Fault::new(409, "EntityTemporarilyUnmodifiable", text)
}

/// What the dialect answers by itself, one of each code; `name` is of whatever the error is about.
fn of_dialect(name: &str) -> Vec<Trouble> {
    let errors = [
        Error::missing(Noun::User, name),
        Error::exists(Noun::User, name),
        Error::LimitExceeded(Noun::User, 5_000),
        Error::DeleteConflict(Noun::User, Noun::Policy),
        Error::PasswordRejected("Password", PasswordRefusal { violations: Vec::new() }),
        Error::MfaCodeIncorrect,
        Error::UsersOnly,
        Error::AccessDenied(Box::new(Denial::unexplained("*", "*"))),
        Error::Policy(PolicyFault::NoActions),
        Error::PolicyNotAttachable(String::new()),
        Error::ForeignPolicy(PolicyChange::DeleteVersion),
        Error::ProtectedRole(name.to_owned()),
        Error::Material(MaterialFault::SshEncoding),
        Error::Material(MaterialFault::SshKey),
        Error::Material(MaterialFault::SshDuplicate),
        Error::Material(MaterialFault::SigningDuplicate),
        Error::Material(MaterialFault::KeyPairMismatch),
        Error::Conflict,
        Error::internal("injected"),
    ];
    let mut all: Vec<Trouble> = errors.into_iter().map(Trouble::UseCase).collect();
    let signature = [
        SignatureFault::MissingAuthenticationToken,
        SignatureFault::SignatureDoesNotMatch,
        SignatureFault::InvalidClientTokenId,
        SignatureFault::ExpiredToken,
        SignatureFault::UrlExpired,
    ];
    all.extend(signature.into_iter().map(Trouble::from));
    let refused =
        [errors::invalid_input("The input is not valid."), errors::missing_action(), errors::malformed_input()];
    all.extend(refused.into_iter().map(Trouble::from));
    all
}

/// The error with this code.
pub(super) fn known(code: &str, name: &str, caller: &str) -> Option<Fault> {
    let of_dialect = || of_dialect(name).iter().map(|trouble| trouble.fault(caller)).find(|fault| fault.code == code);
    of_faults_alone(code).or_else(of_dialect)
}

/// What a client sees in the place of an answer.
pub(super) fn fault(instead: &Instead, name: &str, caller: &str) -> Fault {
    match instead {
        Instead::Error(refusal) => injected(refusal, known(&refusal.code, name, caller)),
        Instead::Unmodifiable(noun, name) => unmodifiable(*noun, name),
        Instead::KeyUnseen => Trouble::from(SignatureFault::InvalidClientTokenId).fault(caller),
        // These two have no envelope and do not come to this.
        Instead::Gateway(_) | Instead::Nothing => errors::malformed_input(),
    }
}

fn injected(refusal: &Refusal, known: Option<Fault>) -> Fault {
    let status = refusal.status.and_then(|status| StatusCode::from_u16(status).ok());
    let usual = known.as_ref().map_or(StatusCode::BAD_REQUEST, |fault| fault.status);
    Fault {
        status: status.unwrap_or(usual),
        code: Cow::Owned(refusal.code.clone()),
        message: refusal.message.clone().map(Cow::Owned).or_else(|| known.and_then(|fault| fault.message)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn what_may_be_unmodifiable_is_what_the_model_says() {
        let model: Value = serde_json::from_str(include_str!("model/operations.json")).unwrap();
        let operations = model["services"]["iam"]["operations"].as_object().unwrap();
        let mut named: Vec<&str> = operations
            .iter()
            .filter(|(_, operation)| operation["err"].get("EntityTemporarilyUnmodifiable").is_some())
            .map(|(name, _)| name.as_str())
            .collect();
        named.sort_unstable();
        assert_eq!(named, TEMPORARILY_UNMODIFIABLE);
    }

    #[test]
    fn codes_have_the_statuses_of_the_model() {
        let model: Value = serde_json::from_str(include_str!("model/operations.json")).unwrap();
        let exceptions = model["services"]["iam"]["exceptions"].as_object().unwrap();
        let mut known_ones = 0;
        for (code, exception) in exceptions {
            let Some(fault) = known(code, "alice", "") else { continue };
            assert_eq!(Some(u64::from(fault.status.as_u16())), exception["status"].as_u64(), "{code}");
            known_ones += 1;
        }
        assert!(known_ones >= 15, "{known_ones}");
        assert_eq!(
            known("NoSuchEntity", "bob", "").unwrap().message.unwrap(),
            "The user with name bob cannot be found."
        );
        assert_eq!(known("Nothing", "bob", ""), None);
    }
}
