//! AWS's error codes, HTTP statuses and texts: the one place where they stand, but for those of signatures and of
//! policy documents, which have files of their own.
//!
//! Recorded answers of AWS say so unless a line says otherwise; the statuses are those of the service models.

use std::borrow::Cow;

use axum::http::StatusCode;

use super::policy_texts;
use super::provider_texts;
use super::signature::SignatureFault;
use crate::domain::error::{Error, MaterialFault, Noun};
use crate::domain::own_policy::PolicyChange;
use crate::domain::policy_owner::PolicyOwner;
use crate::domain::service_linked_roles::ServiceLinkedRoleFault;

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
fn fault(error: &Error, caller: &str) -> Fault {
    match error {
        Error::Missing(name) => validation(format!(
            "1 validation error detected: Value at '{name}' failed to satisfy constraint: Member must not be null"
        )),
        Error::BadParameter("Marker", _) => invalid_marker(),
        Error::BadParameter(name, _) => validation(format!("The specified value for {name} is invalid.")),
        Error::NotFound(noun, name) => Fault::new(404, "NoSuchEntity", not_found(*noun, name)),
        Error::AlreadyExists(noun, name) => Fault::new(409, "EntityAlreadyExists", already_exists(*noun, name)),
        Error::LimitExceeded(noun, most) => Fault::new(409, "LimitExceeded", limit_exceeded(*noun, *most)),
        Error::DeleteConflict(what, still) => Fault::new(409, "DeleteConflict", delete_conflict(*what, *still)),
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
        Error::AccessDenied { action, resource } => Fault::new(
            403,
            "AccessDenied",
            format!(
                "User: {caller} is not authorized to perform: {action} on resource: {resource} because no \
                 identity-based policy allows the {action} action"
            ),
        ),
        Error::RootMayNotAssumeRoles => Fault::new(403, "AccessDenied", "Roles may not be assumed by root accounts."),
        // The role's ARN is not known here: AssumeRole of this wire says it in full.
        Error::AssumeRoleDenied | Error::NoRoleToAssume => {
            Fault::new(403, "AccessDenied", format!("User: {caller} is not authorized to perform: sts:AssumeRole"))
        }
        Error::AssumeRole(_) => validation("The request to assume a role is malformed."),
        Error::MalformedPolicy(details) => Fault::new(400, "MalformedPolicyDocument", details.clone()),
        Error::Policy(fault) => Fault::new(400, "MalformedPolicyDocument", policy_texts::text(fault)),
        Error::PolicyTooLarge(quota, owner) => Fault::new(409, "LimitExceeded", policy_texts::size_text(*quota, owner)),
        Error::InvalidArn(arn) => invalid_input(format!("ARN {arn} is not valid.")),
        Error::ServiceLinkedRole(fault) => service_linked_role(fault),
        Error::Provider(fault) => provider_texts::fault(fault),
        Error::TooManyAttached(owner, most) => {
            Fault::new(409, "LimitExceeded", format!("Cannot exceed quota for {}: {most}", attached_quota(*owner)))
        }
        // Observed of roles, inferred of users and groups.
        Error::PolicyNotAttachable(_) => {
            Fault::new(400, "PolicyNotAttachable", "Cannot attach a Service Role Policy to a Customer Role.")
        }
        Error::ForeignPolicy(change) => Fault::new(403, "AccessDenied", foreign_policy(*change)),
        Error::ProtectedRole(name) => Fault::new(
            400,
            "UnmodifiableEntity",
            format!(
                "Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS"
            ),
        ),
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
        ServiceLinkedRoleFault::Protected(role) => unmodifiable(format!(
            "Cannot perform the operation on the protected role '{role}' - this role is only modifiable by AWS"
        )),
        ServiceLinkedRoleFault::FixedDuration(role) => {
            unmodifiable(format!("{role} is an AWS service linked role, max session duration cannot be changed."))
        }
        ServiceLinkedRoleFault::UnknownService(service) => {
            Fault::new(403, "AccessDenied", format!("Cannot find Service Linked Role template for {service}"))
        }
        ServiceLinkedRoleFault::SuffixNotAllowed(service) => {
            invalid_input(format!("Custom suffix is not allowed for {service}"))
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

fn not_found(noun: Noun, name: &str) -> String {
    match noun {
        Noun::User | Noun::BoundUser => format!("The user with name {name} cannot be found."),
        Noun::Group => format!("The group with name {name} cannot be found."),
        Noun::Role => format!("The role with name {name} cannot be found."),
        Noun::LoginProfile => format!("Login Profile for User {name} cannot be found."),
        Noun::AccessKey => format!("The Access Key with id {name} cannot be found."),
        Noun::MfaDevice => format!("MFA Device with serial number {name} does not exist."),
        Noun::UserMfaDevice => "MFA Device invalid for user.".to_owned(),
        Noun::Policy | Noun::DefaultPolicyVersion => format!("Policy {name} was not found."),
        Noun::AttachablePolicy | Noun::PolicyVersion => format!("Policy {name} does not exist or is not attachable."),
        Noun::PermissionsBoundary => format!("Scope ARN: {name} does not exist or is not attachable."),
        Noun::AttachedPolicy => format!("Policy {name} was not found."),
        Noun::UserPolicy => format!("The user policy with name {name} cannot be found."),
        Noun::GroupPolicy => format!("The group policy with name {name} cannot be found."),
        Noun::RolePolicy => format!("The role policy with name {name} cannot be found."),
        Noun::InstanceProfile => format!("Instance Profile {name} cannot be found."),
        Noun::RoleInInstanceProfile => format!("Role {name} cannot be found."),
        Noun::SshPublicKey => format!("The Public Key with id {name} cannot be found."),
        Noun::SigningCertificate => format!("The Certificate with id {name} cannot be found."),
        Noun::ServerCertificate => format!("The Server Certificate with name {name} cannot be found."),
        Noun::ServiceCredential => format!("No such credential {name} exists"),
        Noun::OidcProvider => format!("OpenIDConnect Provider not found for arn {name}"),
        Noun::SamlProvider => format!("Manifest not found for arn {name}"),
        Noun::PasswordPolicy => format!("The Password Policy with domain name {name} cannot be found."),
        // Text inferred.
        Noun::AccountAlias => format!("The account alias with name {name} cannot be found."),
        Noun::Account
        | Noun::Session
        | Noun::GroupMember
        | Noun::GroupOfUser
        | Noun::InstanceProfileRole
        | Noun::OidcClient
        | Noun::Tag => format!("{name} cannot be found."),
        Noun::Arn => format!("ARN {name} does not exist."),
        Noun::Job => format!("Job {name} does not exist."),
    }
}

fn already_exists(noun: Noun, name: &str) -> String {
    match noun {
        Noun::User => format!("User with name {name} already exists."),
        Noun::Group => format!("Group with name {name} already exists."),
        Noun::Role => format!("Role with name {name} already exists."),
        Noun::LoginProfile => format!("Login Profile for user {name} already exists."),
        Noun::Policy => format!("A policy called {name} already exists. Duplicate names are not allowed."),
        Noun::InstanceProfile => format!("Instance Profile {name} already exists."),
        Noun::MfaDevice => "MFA device already exists.".to_owned(),
        Noun::BoundUser => "MFA Device is already in use.".to_owned(),
        Noun::UserMfaDevice => format!("MFA Device for user {name} already exists."),
        Noun::OidcProvider => format!("Provider with url {name} already exists."),
        Noun::ServerCertificate => format!("The Server Certificate with name {name} already exists."),
        // Text inferred.
        Noun::SamlProvider => format!("Saml provider with name {name} already exists."),
        // Text observed.
        Noun::AccountAlias => format!("The account alias {name} already exists."),
        _ => format!("{name} already exists."),
    }
}

/// The quotas' names are recorded for access keys, instance profiles' roles, signing certificates, credentials of
/// services and client ids, the others follow them.
fn limit_exceeded(noun: Noun, most: i64) -> String {
    let quota = match noun {
        Noun::AccessKey => "AccessKeysPerUser",
        Noun::InstanceProfileRole => "InstanceSessionsPerInstanceProfile",
        Noun::SigningCertificate => "CertificatesPerUser",
        Noun::OidcClient => "ClientIdsPerOpenIdConnectProvider",
        Noun::GroupOfUser => "GroupsPerUser",
        Noun::User => "UsersPerAccount",
        Noun::Group => "GroupsPerAccount",
        Noun::Role => "RolesPerAccount",
        Noun::Policy => "PoliciesPerAccount",
        Noun::InstanceProfile => "InstanceProfilesPerAccount",
        Noun::ServerCertificate => "ServerCertificatesPerAccount",
        Noun::MfaDevice | Noun::UserMfaDevice | Noun::BoundUser => "MFADevicesPerUser",
        Noun::SshPublicKey => "SSHPublicKeysPerUser",
        Noun::ServiceCredential => "ContextSpecificCredentialsPerUserPerContext",
        Noun::OidcProvider => "OpenIdConnectProvidersPerAccount",
        Noun::SamlProvider => "SAMLProvidersPerAccount",
        Noun::PolicyVersion => {
            return "A managed policy can have up to 5 versions. Before you create a new version, you must delete an \
                    existing version."
                .to_owned();
        }
        Noun::Tag => return "The number of tags has reached the maximum limit.".to_owned(),
        _ => return format!("Cannot exceed quota: {most}"),
    };
    format!("Cannot exceed quota for {quota}: {most}")
}

/// Observed of groups and roles.
fn attached_quota(owner: PolicyOwner) -> &'static str {
    match owner {
        PolicyOwner::User => "PoliciesPerUser",
        PolicyOwner::Group => "PoliciesPerGroup",
        PolicyOwner::Role => "PoliciesPerRole",
    }
}

fn foreign_policy(change: PolicyChange) -> &'static str {
    match change {
        PolicyChange::Delete => "Cannot delete policies outside your own account.",
        // Observed.
        PolicyChange::CreateVersion => "Cannot create versions for policies outside your own account.",
        PolicyChange::DeleteVersion => "Cannot delete policy versions for policies outside your own account.",
        PolicyChange::SetDefaultVersion => "Cannot update policies outside your own account.",
        // Inferred.
        PolicyChange::Tag => "Cannot tag policies outside your own account.",
    }
}

fn delete_conflict(what: Noun, still: Noun) -> &'static str {
    match (what, still) {
        (Noun::Policy, Noun::AttachedPolicy) => "Cannot delete a policy attached to entities.",
        (_, Noun::AttachedPolicy) => "Cannot delete entity, must detach all policies first.",
        (_, Noun::UserPolicy | Noun::GroupPolicy | Noun::RolePolicy) => {
            "Cannot delete entity, must delete policies first."
        }
        // Recorded.
        (_, Noun::UserMfaDevice | Noun::MfaDevice) => "Cannot delete entity, must remove tokens from principal first.",
        (_, Noun::SigningCertificate) => "Cannot delete entity, must delete certificates first.",
        // This and the next three observed.
        (_, Noun::LoginProfile) => "Cannot delete entity, must delete login profile first.",
        (_, Noun::AccessKey) => "Cannot delete entity, must delete access keys first.",
        (Noun::User, Noun::Group | Noun::GroupOfUser) => "Cannot delete entity, must remove users from group first.",
        (Noun::Group, Noun::GroupMember) => "Cannot delete entity, must remove users from group first.",
        // Observed.
        (_, Noun::ServiceCredential | Noun::SshPublicKey) => {
            "Cannot delete entity, must remove referenced objects first."
        }
        (Noun::Role, Noun::InstanceProfile | Noun::RoleInInstanceProfile) => {
            "Cannot delete entity, must remove roles from instance profile first."
        }
        (Noun::InstanceProfile, _) => "Cannot delete entity, must remove roles from instance profile first.",
        (Noun::Policy, Noun::PolicyVersion) => {
            // Observed.
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. \
             The default version is deleted with the policy."
        }
        (Noun::Policy, Noun::DefaultPolicyVersion) => "Cannot delete the default version of a policy.",
        (Noun::Policy, _) => "Cannot delete a policy attached to entities.",
        // Text inferred.
        (Noun::MfaDevice, _) => "MFA VirtualDevice in use. Must deactivate first.",
        (_, _) => "Cannot delete entity, must remove referenced objects first.",
    }
}
