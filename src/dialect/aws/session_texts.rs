//! What STS says when it makes no session: the one place where the codes and texts stand; must not know how a fault is
//! found.

use super::errors::{Fault, validation};
use crate::domain::error::SessionFault;

/// A fault as the client sees it. `caller` is the ARN of whoever calls.
pub(super) fn fault(fault: &SessionFault, caller: &str) -> Fault {
    match fault {
        // Recorded.
        SessionFault::RoleArn(arn) => validation(format!("{arn} is invalid")),
        SessionFault::Denied { action, role_arn } => {
            denied(format!("User: {caller} is not authorized to perform: {action} on resource: {role_arn}"))
        }
        // This and the next five observed.
        SessionFault::LongerThanRole => {
            validation("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
        }
        SessionFault::LongerThanChain => validation(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
        ),
        SessionFault::MfaIncomplete => {
            denied("MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.")
        }
        SessionFault::MfaDeviceUnknown => denied(
            "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is \
             valid and associated with this user.",
        ),
        SessionFault::MfaCodeWrong => denied("MultiFactorAuthentication failed with invalid MFA one time pass code."),
        SessionFault::PackedTooLarge(percent) => Fault::new(
            400,
            "PackedPolicyTooLarge",
            format!("Packed policy consumes {percent}% of allotted space, please use smaller policy."),
        ),
        // This and the next two recorded.
        SessionFault::RepeatedTag => {
            parameter("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
        }
        SessionFault::TransitiveTagMissing => {
            parameter("The specified transitive tag key must be included in the requested tags.")
        }
        SessionFault::InheritedTagGiven => parameter(
            "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from \
             the calling session.",
        ),
        // All from here on inferred.
        SessionFault::ReservedTag => parameter("Tag keys beginning with aws: are reserved for system use."),
        SessionFault::TooManyTags(most) => {
            parameter(format!("The number of session tags exceeds the maximum limit of {most}."))
        }
        SessionFault::TooManyPolicies(most) => at_policy("policyArns", *most),
        SessionFault::PolicyTooLong(most) => at_policy("policy", *most),
        SessionFault::NoSuchPolicy(arn) => {
            Fault::new(400, "MalformedPolicyDocument", format!("Policy {arn} does not exist or is not attachable."))
        }
        SessionFault::MessageUnreadable => {
            Fault::new(400, "InvalidAuthorizationMessageException", "Message is not valid.")
        }
    }
}

/// An operation that takes no credentials of a session. Observed of GetSessionToken and GetFederationToken, inferred of
/// others.
pub(super) fn with_session_credentials(operation: &str) -> Fault {
    denied(format!("Cannot call {operation} with session credentials"))
}

fn denied(text: impl Into<std::borrow::Cow<'static, str>>) -> Fault {
    Fault::new(403, "AccessDenied", text)
}

fn parameter(text: impl Into<std::borrow::Cow<'static, str>>) -> Fault {
    Fault::new(400, "InvalidParameterValue", text)
}

fn at_policy(member: &str, most: usize) -> Fault {
    validation(format!(
        "1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must have length less \
         than or equal to {most}"
    ))
}
