//! AWS's error codes, HTTP statuses and texts: the one place where they stand, but for those of signatures and of
//! policy documents, which have files of their own.
//!
//! Recorded answers of AWS say so unless a line says otherwise; the statuses are those of the service models.

use std::borrow::Cow;

use axum::http::StatusCode;

use super::signature::SignatureFault;
use super::{injected, noun_texts, policy_texts, provider_texts, session_texts, vouch_texts};
use crate::domain::error::{Error, MaterialFault, Noun};
use crate::domain::service_linked_roles::ServiceLinkedRoleFault;
use crate::services::faults::Instead;

type Text = Cow<'static, str>;

/// An error as a client sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The HTTP status.
    pub(crate) status: StatusCode,
    /// The code that clients match on.
    pub(crate) code: Text,
    /// The text for people; some errors have none.
    pub(crate) message: Option<Text>,
}

impl Fault {
    /// An error with a text.
    pub(crate) fn new(status: u16, code: impl Into<Text>, message: impl Into<Text>) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, code: code.into(), message: Some(message.into()) }
    }
}

impl Fault {
    /// An error that AWS sends without a text: recorded of ReportNotPresent, inferred of its likes.
    pub(crate) fn without_text(status: u16, code: &'static str) -> Self {
        Self { message: None, ..Self::new(status, code, "") }
    }
}

/// Why a call is not answered.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// What this wire alone knows of.
    Refused(Fault),
    /// The signature or the key behind it.
    Signature(Box<SignatureFault>),
    /// What a use case says.
    UseCase(Error),
    /// What an injected fault says, and the user whom the request names.
    Struck(Instead, String),
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Refused(fault)
    }
}

impl From<SignatureFault> for Trouble {
    fn from(fault: SignatureFault) -> Self {
        Self::Signature(Box::new(fault))
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::UseCase(error)
    }
}

impl Trouble {
    /// As the client sees it. `caller` is the ARN of whoever calls.
    pub(crate) fn fault(&self, caller: &str) -> Fault {
        match self {
            Self::Refused(fault) => fault.clone(),
            Self::Signature(fault) => {
                let (code, status, message) = fault.answer();
                Fault::new(status, code, message)
            }
            Self::UseCase(error) => fault(error, caller),
            Self::Struck(instead, named) => injected::fault(instead, named, caller),
        }
    }
}

/// A parameter, or several, broke a rule.
pub(crate) fn validation(message: impl Into<Text>) -> Fault {
    Fault::new(400, "ValidationError", message)
}

/// An input that the model takes and the operation does not.
pub(crate) fn invalid_input(message: impl Into<Text>) -> Fault {
    Fault::new(400, "InvalidInput", message)
}

/// A virtual MFA device where only hardware keys are told about.
pub(crate) fn no_hardware_key() -> Fault {
    validation(
        "The MFA device serial number sent in the request is invalid or not supported by this API. Currently, only \
         hardware FIDO security keys are supported. Please use the compatible device or API.",
    )
}

/// A call without a user's name by someone who is no user.
pub(crate) fn no_user_named() -> Fault {
    validation("Must specify userName when calling with non-User credentials")
}

/// A marker that no answer gave.
pub(crate) fn invalid_marker() -> Fault {
    validation("Invalid Marker.")
}

/// A marker that another listing gave.
pub(crate) fn foreign_marker() -> Fault {
    invalid_input("The marker passed in the request was invalid.")
}

/// A marker that a listing with another filter gave, or none did.
pub(crate) fn marker_of_other_filter() -> Fault {
    validation("Marker and Filter do not match")
}

/// A value that is not of its type. The code is known of AWS's query services, the text is ours.
pub(crate) fn malformed_input() -> Fault {
    Fault::new(400, "MalformedInput", "A parameter has a value that is not of its type.")
}

/// An ARN that is none of a managed policy.
pub(crate) fn invalid_policy_arn(arn: &str) -> Fault {
    validation(format!("ARN {arn} is not valid."))
}

/// A permissions boundary that is no ARN of a managed policy.
pub(crate) fn invalid_boundary_arn(arn: &str) -> Fault {
    invalid_input(format!("ARN {arn} is not valid."))
}

/// The request's form cannot be read. The text is ours.
pub(crate) fn malformed_query() -> Fault {
    Fault::new(400, "MalformedQueryString", "The query string contains a syntax error.")
}

/// No action was named. The text is that of "Common Errors" (IAM API Reference).
pub(crate) fn missing_action() -> Fault {
    Fault::new(400, "MissingAction", "The request is missing an action or a required parameter.")
}

/// The API has no such action.
pub(crate) fn invalid_action(action: &str, version: Option<&str>) -> Fault {
    let version = version.unwrap_or("NO_VERSION_SPECIFIED");
    Fault::new(400, "InvalidAction", format!("Could not find operation {action} for version {version}"))
}

/// A method that the query protocol does not have. Code and text inferred.
pub(crate) fn wrong_method() -> Fault {
    Fault::new(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
}

/// A path that the endpoint does not have. Code inferred.
pub(crate) fn wrong_path() -> Fault {
    Fault::without_text(404, "UnknownOperationException")
}

/// A body that is too large. Code and text inferred.
pub(crate) fn too_large() -> Fault {
    Fault::new(413, "RequestEntityTooLarge", "Request body is too large.")
}

/// A body that ended too soon. Code and text inferred.
pub(crate) fn broken_body() -> Fault {
    Fault::new(400, "MalformedInput", "The request body could not be read.")
}

/// A page of another site with a key that was never issued. Ours: in the cloud no key is good without its secret.
pub(crate) fn foreign_page() -> Fault {
    Fault::new(403, "AccessDenied", "A page of another site may not call with an access key that was never issued.")
}

/// A use case's error as the client sees it.
pub(super) fn fault(error: &Error, caller: &str) -> Fault {
    match error {
        Error::Missing(name) => validation(format!(
            "1 validation error detected: Value at '{name}' failed to satisfy constraint: Member must not be null"
        )),
        Error::BadParameter("Marker", _) => invalid_marker(),
        Error::BadParameter(name, _) => validation(format!("The specified value for {name} is invalid.")),
        Error::NotFound(noun, name) => Fault::new(404, "NoSuchEntity", noun_texts::not_found(*noun, name)),
        Error::AlreadyExists(noun, name) => {
            Fault::new(409, "EntityAlreadyExists", noun_texts::already_exists(*noun, name))
        }
        Error::NotAttached(_, policy) => {
            Fault::new(404, "NoSuchEntity", noun_texts::not_found(Noun::AttachedPolicy, policy))
        }
        // No use case of this cloud says this: what is attached already stays.
        Error::AlreadyAttached(_, policy) => {
            Fault::new(409, "EntityAlreadyExists", noun_texts::already_exists(Noun::AttachedPolicy, policy))
        }
        Error::LimitExceeded(noun, most) => Fault::new(409, "LimitExceeded", noun_texts::limit_exceeded(*noun, *most)),
        Error::DeleteConflict(what, still) => {
            Fault::new(409, "DeleteConflict", noun_texts::delete_conflict(*what, *still))
        }
        Error::PasswordRejected(..) => Fault::new(
            400,
            "PasswordPolicyViolation",
            // One text for every rule; that reuse has it too is inferred.
            "Password does not conform to the account password policy.",
        ),
        // Code and text inferred from an AWS-compatible service.
        Error::OldPasswordIncorrect => Fault::new(403, "AccessDenied", "The old password was incorrect."),
        Error::MfaCodeIncorrect | Error::MfaCodeMalformed => {
            Fault::new(403, "InvalidAuthenticationCode", "Authentication code for device is not valid.")
        }
        Error::MfaNotShown => Fault::new(
            403,
            "AccessDenied",
            "To complete this action, please ensure that you are authenticated with an MFA device that is enabled for \
             this user.",
        ),
        Error::Material(fault) => material(fault),
        Error::NotOwned { noun: Noun::SshPublicKey, name, .. } => {
            Fault::new(404, "NoSuchEntity", format!("User has no Public Key with id {name}."))
        }
        Error::NotOwned { name, user, .. } => {
            validation(format!("User {user} does not have a service specific credential with id {name}"))
        }
        Error::NoSuchService(name) => Fault::new(
            404,
            "NoSuchEntity",
            format!("No such service {name} is supported for Service Specific Credentials"),
        ),
        // Text inferred.
        Error::UsersOnly => Fault::new(400, "InvalidUserType", "Only IAM Users can change their own password."),
        Error::AccessDenied(denial) => Fault::new(403, "AccessDenied", noun_texts::denial(denial, caller)),
        Error::RootMayNotAssumeRoles => Fault::new(403, "AccessDenied", "Roles may not be assumed by root accounts."),
        // The role's ARN is not known here: AssumeRole of this wire says it in full.
        Error::AssumeRoleDenied(_) | Error::NoRoleToAssume => {
            Fault::new(403, "AccessDenied", format!("User: {caller} is not authorized to perform: sts:AssumeRole"))
        }
        Error::Session(fault) => session_texts::fault(fault, caller),
        Error::AssumeRole(_) | Error::Exchange(_) => validation("The request to assume a role is malformed."),
        Error::Policy(fault) => Fault::new(400, "MalformedPolicyDocument", policy_texts::text(fault)),
        Error::PolicyTooLarge(quota, owner) => Fault::new(409, "LimitExceeded", policy_texts::size_text(*quota, owner)),
        Error::InvalidArn(arn) => invalid_input(format!("ARN {arn} is not valid.")),
        Error::ServiceLinkedRole(fault) => service_linked_role(fault),
        Error::Provider(fault) => provider_texts::fault(fault),
        Error::TooManyAttached(owner, most) => Fault::new(
            409,
            "LimitExceeded",
            format!("Cannot exceed quota for {}: {most}", noun_texts::attached_quota(*owner)),
        ),
        // Observed of roles, inferred of users and groups.
        Error::PolicyNotAttachable(_) => {
            Fault::new(400, "PolicyNotAttachable", "Cannot attach a Service Role Policy to a Customer Role.")
        }
        Error::ForeignPolicy(change) => Fault::new(403, "AccessDenied", noun_texts::foreign_policy(*change)),
        Error::ProtectedRole(name) => Fault::new(
            400,
            "UnmodifiableEntity",
            format!(
                "Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS"
            ),
        ),
        Error::Vouch(fault) => vouch_texts::fault(fault),
        // Ours: the cloud has the operation.
        Error::NotBuilt(operation) => {
            Fault::new(501, "NotImplemented", format!("The operation {operation} is not supported by Sesame yet."))
        }
        Error::Conflict | Error::Unavailable(_) => {
            Fault::new(503, "ServiceUnavailable", "The request has failed due to a temporary failure of the server.")
        }
        Error::Internal(_) => Fault::new(
            500,
            "InternalFailure",
            "The request processing has failed because of an unknown error, exception or failure.",
        ),
    }
}

/// Codes and texts are recorded but for the service that there is not, which was seen in reports of users.
fn service_linked_role(fault: &ServiceLinkedRoleFault) -> Fault {
    let unmodifiable = |text: String| Fault::new(400, "UnmodifiableEntity", text);
    match fault {
        ServiceLinkedRoleFault::FixedDuration(role) => {
            unmodifiable(format!("{role} is an AWS service linked role, max session duration cannot be changed."))
        }
        ServiceLinkedRoleFault::UnknownService(service) => {
            Fault::new(403, "AccessDenied", format!("Cannot find Service Linked Role template for {service}"))
        }
        ServiceLinkedRoleFault::SuffixNotAllowed(service) => {
            invalid_input(format!("Custom suffix is not allowed for {service}"))
        }
        // Nothing on this wire comes to it.
        ServiceLinkedRoleFault::DescriptionNotAllowed(service) => {
            invalid_input(format!("Custom description is not allowed for {service}"))
        }
        ServiceLinkedRoleFault::NameTaken(role) => invalid_input(format!(
            "Service role name {role} has been taken in this account, please try a different suffix."
        )),
        ServiceLinkedRoleFault::NotLinked(role) => {
            Fault::new(404, "NoSuchEntity", format!("{role} exists but is not a service role."))
        }
        ServiceLinkedRoleFault::UnknownDeletion => {
            Fault::new(404, "NoSuchEntity", "Cannot find deletion status for given id.")
        }
        ServiceLinkedRoleFault::MalformedDeletion => invalid_input("Invalid task id"),
    }
}

fn material(fault: &MaterialFault) -> Fault {
    let malformed = |text: Text| Fault::new(400, "MalformedCertificate", text);
    match fault {
        MaterialFault::SshEncoding => Fault::new(400, "UnrecognizedPublicKeyEncoding", "Invalid public key uploaded."),
        MaterialFault::SshKey => Fault::new(400, "InvalidPublicKey", "Invalid body for public key"),
        MaterialFault::SshDuplicate => Fault::new(400, "DuplicateSSHPublicKey", "Duplicate SSH public key uploaded."),
        MaterialFault::SigningCertificate(body) => malformed(format!("Certificate {body} is malformed.").into()),
        MaterialFault::SigningDuplicate => Fault::new(409, "DuplicateCertificate", "Duplicate certificate uploaded."),
        MaterialFault::ServerCertificate => {
            malformed("Unable to parse certificate. Please ensure the certificate is in PEM format.".into())
        }
        MaterialFault::Expired => malformed(
            "Certificate is no longer valid. The 'Not After' date restriction on the certificate has passed.".into(),
        ),
        // This and the next inferred.
        MaterialFault::NotYetValid => malformed(
            "Certificate is not yet valid. The 'Not Before' date restriction on the certificate has not passed.".into(),
        ),
        MaterialFault::PrivateKey => {
            malformed("Unable to parse private key. Please ensure the private key is in PEM format.".into())
        }
        MaterialFault::KeyPairMismatch => Fault::new(
            400,
            "KeyPairMismatch",
            "The private key did not match the public key provided. Please verify the key material and try again.",
        ),
        MaterialFault::Chain => malformed("Unknown".into()),
        MaterialFault::ChainOrder(index) => malformed(
            format!(
                "Unable to validate certificate chain. The certificate chain must start with the immediate signing \
                 certificate, followed by any intermediaries in order. The index within the chain of the invalid \
                 certificate is: {index}"
            )
            .into(),
        ),
    }
}
