//! Alibaba Cloud's error codes, HTTP statuses and texts: the one place where they stand.
//!
//! Texts are those of the RAM documentation ("Error messages"); where only another source has one, or none, the line
//! says so.

use std::borrow::Cow;

use axum::http::StatusCode;

use super::{Api, exchange_texts, policy_texts, provider_texts};
use crate::domain::error::{AssumeRoleFault, Error, Noun, SessionFault, Why};
use crate::domain::password_policy::Violation;
use crate::domain::policy::PolicyQuota;
use crate::domain::service_linked_roles::ServiceLinkedRoleFault;

type Text = Cow<'static, str>;

/// An error as a client sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The HTTP status.
    pub(crate) status: StatusCode,
    /// The code that clients match on.
    pub(crate) code: Text,
    /// The text for people.
    pub(crate) message: Text,
}

impl Fault {
    pub(super) fn new(status: u16, code: impl Into<Text>, message: impl Into<Text>) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, code: code.into(), message: message.into() }
    }
}

/// What the gateway refuses before any operation is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum GatewayError {
    UnsupportedMethod,
    BodyTooLarge,
    MalformedQuery,
    MalformedBody,
    InvalidParameter(String),
    InvalidFormat,
    Missing(&'static str),
    InvalidVersion,
    NoSuchAction,
    NoSuchPath,
    InvalidSignatureMethod,
    InvalidSignatureVersion,
    InvalidSignatureType,
    MalformedAuthorization,
    MalformedTimestamp,
    ExpiredTimestamp,
    NonceUsed,
    WrongContentMd5,
    ForeignPage,
    KeyNotFound,
    KeyInactive,
    MissingSecurityToken,
    MalformedSecurityToken,
    MismatchedSecurityToken,
    ExpiredSecurityToken,
    WrongSignatureV1(String),
    WrongSignatureV3(String),
}

impl GatewayError {
    /// As the client sees it. `api` is not known for errors that come before it is.
    pub(crate) fn fault(&self) -> Fault {
        match self {
            // Code and text inferred.
            Self::UnsupportedMethod => Fault::new(405, "UnsupportedHTTPMethod", "This http method is not supported."),
            // Code and text inferred; the limit of 10 MB is documented (RAM documentation, "Request structure").
            Self::BodyTooLarge => {
                Fault::new(413, "RequestEntityTooLarge", "The request body exceeds the limit of 10 MB.")
            }
            // Code and text inferred.
            Self::MalformedBody => Fault::new(400, "InvalidParameter", "The request body is not well formatted."),
            // Code inferred.
            Self::MalformedQuery => {
                Fault::new(400, "InvalidParameter", "The specified parameter is not well formatted.")
            }
            Self::InvalidParameter(name) => {
                Fault::new(400, "InvalidParameter", format!("The specified parameter \"{name}\" is not valid."))
            }
            Self::InvalidFormat => {
                Fault::new(400, "InvalidParameter.Format", "Specified parameter format is not valid.")
            }
            Self::Missing(name) => missing(name),
            // Status inferred.
            Self::InvalidVersion => Fault::new(400, "InvalidVersion", "Specified parameter Version is not valid."),
            Self::NoSuchAction | Self::NoSuchPath => Fault::new(
                404,
                "InvalidAction.NotFound",
                "Specified api is not found, please check your url and method.",
            ),
            // Text inferred.
            Self::InvalidSignatureMethod => {
                Fault::new(400, "InvalidSignatureMethod", "Specified signature method is not valid.")
            }
            // Code and text inferred.
            Self::InvalidSignatureVersion => {
                Fault::new(400, "InvalidSignatureVersion", "Specified signature version is not valid.")
            }
            // Code and text inferred: bearer tokens are not emulated.
            Self::InvalidSignatureType => {
                Fault::new(400, "InvalidSignatureType", "Specified signature type is not valid.")
            }
            // Code known from older gateways, text shortened.
            Self::MalformedAuthorization => {
                Fault::new(400, "IncompleteSignature", "The request signature does not conform to Aliyun standards.")
            }
            Self::MalformedTimestamp => {
                Fault::new(400, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted.")
            }
            Self::ExpiredTimestamp => {
                Fault::new(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")
            }
            Self::WrongContentMd5 => {
                Fault::new(400, "ContentMD5NotMatched", "Specified content md5 is not matched with your request body.")
            }
            Self::NonceUsed => Fault::new(400, "SignatureNonceUsed", "Specified signature nonce was used already."),
            // Ours: in the cloud no key is good without its secret.
            Self::ForeignPage => Fault::new(
                403,
                "NoPermission",
                "A page of another site may not call with an access key that was never issued.",
            ),
            Self::KeyNotFound => Fault::new(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."),
            Self::KeyInactive => Fault::new(400, "InvalidAccessKeyId.Inactive", "Specified access key is disabled."),
            Self::MissingSecurityToken => missing("SecurityToken"),
            // Status and text inferred.
            Self::MalformedSecurityToken => {
                Fault::new(400, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed.")
            }
            // Status and text inferred.
            Self::MismatchedSecurityToken => Fault::new(
                400,
                "InvalidSecurityToken.MismatchWithAccessKey",
                "Specified SecurityToken mismatch with the AccessKey.",
            ),
            // Status inferred for RAM; one other product documents 403.
            Self::ExpiredSecurityToken => {
                Fault::new(400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")
            }
            Self::WrongSignatureV1(string_to_sign) => Fault::new(
                400,
                "SignatureDoesNotMatch",
                format!(
                    "Specified signature is not matched with our calculation. server string to sign is:{string_to_sign}"
                ),
            ),
            // Status and the end of the text inferred.
            Self::WrongSignatureV3(string_to_sign) => Fault::new(
                400,
                "SignatureDoesNotMatch",
                format!(
                    "Specified signature does not match our calculation. server StringToSign is [{string_to_sign}]"
                ),
            ),
        }
    }
}

fn missing(name: &str) -> Fault {
    Fault::new(400, format!("Missing{name}"), format!("{name} is mandatory for this action."))
}

/// A use case's error as the client of `api` sees it.
pub(crate) fn fault(error: &Error, api: Api) -> Fault {
    match error {
        Error::Missing(name) => missing(name),
        Error::BadParameter(name, why) => bad_parameter(name, why),
        Error::NotFound(noun, _) => not_found(*noun),
        Error::AlreadyExists(noun, _) => already_exists(*noun),
        Error::LimitExceeded(noun, _) => limit_exceeded(*noun),
        Error::DeleteConflict(what, still) => delete_conflict(*what, *still),
        Error::PasswordRejected(name, refusal) => {
            if refusal.violations.contains(&Violation::Reused) {
                // For Password, which only administrators send, inferred.
                return Fault::new(
                    400,
                    format!("InvalidParameter.{name}.ReusePrevention"),
                    format!("The parameter - \"{name}\" is not compliant with the reuse prevention password policy."),
                );
            }
            // One code covers all rules; that it covers known-weak passwords too is inferred.
            Fault::new(
                400,
                format!("InvalidParameter.{name}.TooWeak"),
                format!("The parameter - \"{name}\" is not compliant with the password policy."),
            )
        }
        Error::OldPasswordIncorrect => {
            Fault::new(400, "InvalidParameter.OldPassword.Incorrect", "The parameter - \"OldPassword\" is incorrect.")
        }
        Error::MfaCodeIncorrect => Fault::new(
            403,
            "CheckAuthenticationCodeFail",
            // The spelling is the cloud's.
            "The parameter - \"AuthenticationCode\" is inccorrect.",
        ),
        Error::MfaCodeMalformed => Fault::new(
            400,
            "InvalidParameter.AuthenticationCode.Format",
            "The parameter - \"AuthenticationCode\" MUST be 6 numbers.",
        ),
        Error::UsersOnly => Fault::new(400, "NotSupport.Account", "This method can be only invoked by sub user."),
        Error::AccessDenied(denial) => Fault::new(
            403,
            "NoPermission",
            // The second half was seen in real answers of 2019.
            format!("You are not authorized to do this action. Resource: {} Action: {}", denial.shown, denial.action),
        ),
        Error::RootMayNotAssumeRoles => Fault::new(403, "NoPermission", "Roles may not be assumed by root accounts."),
        Error::AssumeRoleDenied(_) => Fault::new(
            403,
            "NoPermission",
            "You are not authorized to do this action. You should be authorized by RAM.",
        ),
        Error::AssumeRole(fault) => assume_role(*fault),
        // Code and text inferred.
        Error::Session(SessionFault::MessageUnreadable) => Fault::new(
            400,
            "InvalidParameter.EncodedDiagnosticMessage",
            "The parameter - \"EncodedDiagnosticMessage\" is invalid.",
        ),
        Error::NoRoleToAssume => Fault::new(404, "EntityNotExist.Role", "The specified Role not exists."),
        Error::Policy(fault) => Fault::new(400, "MalformedPolicyDocument", policy_texts::text(fault)),
        Error::PolicyTooLarge(PolicyQuota::Trust, _) => bad_parameter("AssumeRolePolicyDocument", &Why::Length),
        Error::PolicyTooLarge(..) => bad_parameter("PolicyDocument", &Why::Length),
        // Nothing on this wire comes to it.
        Error::InvalidArn(arn) => Fault::new(400, "InvalidParameter.Arn", format!("The ARN {arn} is invalid.")),
        Error::ServiceLinkedRole(fault) => service_linked_role(fault),
        Error::Provider(fault) => provider_texts::fault(fault),
        Error::AlreadyAttached(owner, _) => policy_texts::already_attached(*owner),
        Error::NotAttached(owner, _) => policy_texts::not_attached(*owner),
        Error::TooManyAttached(owner, _) => policy_texts::too_many_attached(*owner),
        // No operation on this wire comes to these two yet; codes and texts are inferred.
        Error::PolicyNotAttachable(_) => Fault::new(400, "NotSupport.Policy", "The policy can not be attached."),
        Error::ForeignPolicy(_) => Fault::new(403, "NotSupport.SystemPolicy", "The system policy can not be changed."),
        Error::ProtectedRole(_) => protected_role(),
        Error::Exchange(fault) => exchange_texts::fault(fault),
        // No use case of this cloud says any of these.
        Error::Session(_)
        | Error::Vouch(_)
        | Error::MfaNotShown
        | Error::Material(_)
        | Error::NotOwned { .. }
        | Error::NoSuchService(_) => Fault::new(400, "InvalidParameter", "The specified parameter is not valid."),
        // Ours: the cloud has the operation.
        Error::NotBuilt(operation) => Fault::new(
            501,
            "UnsupportedOperation",
            format!("The operation {operation} is not supported by Sesame yet."),
        ),
        Error::Conflict | Error::Unavailable(_) => {
            Fault::new(503, "ServiceUnavailable", "The request has failed due to a temporary failure of the server.")
        }
        Error::Internal(_) => match api {
            Api::Sts => {
                Fault::new(500, "InternalError", "STS Server Internal Error happened, please send the RequestId to us.")
            }
            Api::Ims | Api::Ram => Fault::new(500, "InternalError", "An internal error occurred."),
        },
    }
}

pub(super) fn bad_parameter(name: &str, why: &Why) -> Fault {
    // This one's code says no more.
    if name == "PolicyType" {
        return Fault::new(400, "InvalidParameter.PolicyType", "The parameter - \"PolicyType\" is incorrect.");
    }
    // The account alias has texts of its own.
    let (kind, message) = match (name, why) {
        ("AccountAlias", Why::Length) => {
            ("Length", "The parameter - \"AccountAlias\" MUST be in the range of 3 and 63.".to_owned())
        }
        ("AccountAlias", Why::InvalidChars | Why::Format) => {
            ("Format", "The format of parameter - \"AccountAlias\" is incorrect.".to_owned())
        }
        (_, Why::Length) => ("Length", format!("The parameter - \"{name}\" beyond the length limit.")),
        (_, Why::InvalidChars) => ("InvalidChars", format!("The parameter - \"{name}\" contains invalid chars.")),
        (_, Why::Format) => ("Format", format!("The format of the parameter - \"{name}\" is incorrect.")),
        // Documented for MinimumPasswordLength, inferred for all others.
        (_, Why::Range(least, most)) => {
            ("Range", format!("The parameter - \"{name}\" MUST be in the range of {least} and {most}."))
        }
    };
    Fault::new(400, format!("InvalidParameter.{name}.{kind}"), message)
}

fn not_found(noun: Noun) -> Fault {
    let (code, message) = match noun {
        Noun::User | Noun::BoundUser => ("EntityNotExist.User", "The user does not exist."),
        Noun::LoginProfile => ("EntityNotExist.User.LoginProfile", "The user login profile does not exist."),
        Noun::AccessKey => ("EntityNotExist.User.AccessKey", "The user access key does not exist."),
        Noun::UserMfaDevice => ("EntityNotExist.User.MFADevice", "The user has not bound any MFA device."),
        Noun::MfaDevice => ("EntityNotExist.VirtualMFADevice", "The virtual mfa device does not exist."),
        Noun::Role => ("EntityNotExist.Role", "The role does not exist."),
        Noun::Group => ("EntityNotExist.Group", "The group does not exist."),
        Noun::GroupOfUser => ("EntityNotExist.User.Group", "The user has not joined the group."),
        Noun::Policy | Noun::AttachablePolicy | Noun::PolicyOfVersion => {
            ("EntityNotExist.Policy", "The policy does not exist.")
        }
        Noun::PolicyVersion => ("EntityNotExist.Policy.Version", "The policy version does not exist."),
        // The codes of these two are those that Terraform's provider goes by; the texts are inferred.
        Noun::OidcProvider => ("EntityNotExist.OIDCProvider", "The OIDC provider does not exist."),
        Noun::SamlProvider => ("EntityNotExist.SAMLProviderError", "The SAML provider does not exist."),
        // Nothing on this wire asks for these; the codes follow the pattern.
        Noun::AccountAlias => ("EntityNotExist.AccountAlias", "The account alias does not exist."),
        Noun::Account => ("EntityNotExist.Account", "The account does not exist."),
        Noun::Session => ("EntityNotExist.Session", "The session does not exist."),
        _ => ("EntityNotExist", "The entity does not exist."),
    };
    Fault::new(404, code, message)
}

fn already_exists(noun: Noun) -> Fault {
    let (code, message) = match noun {
        Noun::User => ("EntityAlreadyExists.User", "The user does already EXIST."),
        Noun::LoginProfile => ("EntityAlreadyExists.User.LoginProfile", "The user login profile does already EXIST."),
        Noun::UserMfaDevice => ("EntityAlreadyExists.User.MFADevice", "The user has already bound a MFA device."),
        Noun::MfaDevice => ("EntityAlreadyExists.VirtualMFADevice", "The virtual mfa device does already EXIST."),
        Noun::BoundUser => {
            ("EntityAlreadyExists.VirtualMFADevice.User", "The virtual mfa device does already been bound to a user.")
        }
        Noun::Role => ("EntityAlreadyExists.Role", "The role does already EXIST."),
        Noun::Group => ("EntityAlreadyExists.Group", "The group does already EXIST."),
        Noun::GroupOfUser => ("EntityAlreadyExists.User.Group", "The user has already joined the group."),
        // The noun is the cloud's mistake.
        Noun::Policy => ("EntityAlreadyExists.Policy", "The group does already EXIST."),
        // Of these the code of the address was seen in use; the rest is inferred.
        Noun::OidcProvider => ("EntityAlreadyExists.OIDCProvider", "The OIDC provider does already EXIST."),
        Noun::OidcIssuer => {
            ("EntityAlreadyExists.OIDCProvider.Url", "The issuer url of the OIDC provider does already EXIST.")
        }
        Noun::SamlProvider => ("EntityAlreadyExists.SAMLProvider", "The SAML provider does already EXIST."),
        Noun::AccountAlias => ("EntityAlreadyExists.AccountAlias", "The account alias does already exist."),
        // Nothing on this wire makes these by name; the codes follow the pattern.
        Noun::AccessKey => ("EntityAlreadyExists.User.AccessKey", "The user access key does already EXIST."),
        Noun::Account => ("EntityAlreadyExists.Account", "The account does already EXIST."),
        Noun::Session => ("EntityAlreadyExists.Session", "The session does already EXIST."),
        _ => ("EntityAlreadyExists", "The entity does already EXIST."),
    };
    Fault::new(409, code, message)
}

fn limit_exceeded(noun: Noun) -> Fault {
    let (code, message) = match noun {
        Noun::User => ("LimitExceeded.User", "The count of users beyond the current limits."),
        Noun::AccessKey => {
            ("LimitExceeded.User.AccessKey", "The access key count of the user access keys beyond the current limits.")
        }
        Noun::MfaDevice | Noun::UserMfaDevice | Noun::BoundUser => {
            ("LimitExceeded.VirtualMFADevice", "The count of virtual mfa devices beyond the current limits.")
        }
        Noun::Role => ("LimitExceeded.Role", "The count of roles beyond the current limits."),
        Noun::Group => ("LimitExceeded.Group", "The count of groups beyond the current limits."),
        Noun::GroupOfUser => {
            ("LimitExceeded.User.Group", "The count of groups the target user joined beyond the current limits.")
        }
        // Inferred.
        Noun::Tag => ("LimitExceeded.Tag", "The count of tags beyond the current limits."),
        Noun::Policy => ("LimitExceeded.Policy", "The count of policy beyond the current limits."),
        Noun::PolicyVersion => {
            ("LimitExceeded.Policy.Version", "The count of policy version beyond the current limits.")
        }
        // The codes and texts of these three are inferred.
        Noun::OidcProvider => ("LimitExceeded.OIDCProvider", "The count of OIDC providers beyond the current limits."),
        Noun::OidcClient => {
            ("LimitExceeded.OIDCProvider.ClientId", "The count of client ids beyond the current limits.")
        }
        Noun::SamlProvider => ("LimitExceeded.SAMLProvider", "The count of SAML providers beyond the current limits."),
        // Nothing limits these; the code follows the pattern.
        _ => ("LimitExceeded", "The count beyond the current limits."),
    };
    Fault::new(409, code, message)
}

fn delete_conflict(what: Noun, still: Noun) -> Fault {
    let (code, message) = match (what, still) {
        (Noun::User, Noun::Group) => {
            ("DeleteConflict.User.Group", "The user CAN NOT be in any group while deleting the user.")
        }
        (Noun::User, Noun::AccessKey) => {
            ("DeleteConflict.User.AccessKey", "The user CAN NOT has any access key while deleting the user.")
        }
        (Noun::User, Noun::LoginProfile) => {
            ("DeleteConflict.User.LoginProfile", "The user CAN NOT has any login profile while deleting the user.")
        }
        (Noun::User, Noun::UserMfaDevice | Noun::MfaDevice) => {
            ("DeleteConflict.User.MFADevice", "The user CAN NOT has any mfa device while deleting the user.")
        }
        (Noun::User, Noun::Policy | Noun::AttachedPolicy) => {
            ("DeleteConflict.User.Policy", "The user CAN NOT has any attached policy while deleting the user.")
        }
        (Noun::Group, Noun::GroupMember) => {
            ("DeleteConflict.Group.User", "The group CAN NOT has any user member while deleting the group.")
        }
        (Noun::Group, Noun::Policy | Noun::AttachedPolicy) => {
            ("DeleteConflict.Group.Policy", "The entity CAN NOT has any attached policy while deleting the group.")
        }
        (Noun::Policy, Noun::User) => {
            ("DeleteConflict.Policy.User", "The policy CAN NOT been attached to any user while deleting the policy.")
        }
        (Noun::Policy, Noun::Group) => {
            ("DeleteConflict.Policy.Group", "The policy CAN NOT been attached to any group while deleting the policy.")
        }
        // The code is the one that Terraform's provider waits for when it deletes a policy; the text is inferred.
        (Noun::Policy, Noun::Role) => {
            ("DeleteConflict.Role.Policy", "The policy CAN NOT been attached to any role while deleting the policy.")
        }
        (Noun::Policy, Noun::DefaultPolicyVersion) => {
            ("DeleteConflict.Policy.Version.Default", "The default policy version CAN NOT been deleted directly.")
        }
        (Noun::Policy, Noun::PolicyVersion) => {
            ("DeleteConflict.Policy.Version", "The policy CAN NOT has any version except the default version.")
        }
        (Noun::MfaDevice, _) => (
            "DeleteConflict.VirtualMFADevice.User",
            "The virtual mfa device CAN NOT been bound to any user while deleting it.",
        ),
        (Noun::Role, _) => {
            ("DeleteConflict.Role.Policy", "The role CAN NOT has any attached policy while deleting the role.")
        }
        // No use case reports another pair.
        (_, _) => ("DeleteConflict", "The entity CAN NOT be deleted while it is in use."),
    };
    Fault::new(409, code, message)
}

/// Code and text are inferred.
fn protected_role() -> Fault {
    Fault::new(400, "NotSupport.ServiceLinkedRole", "The service linked role can not be changed.")
}

/// The first three as Resource Manager 2020-03-31 CreateServiceLinkedRole has them.
fn service_linked_role(fault: &ServiceLinkedRoleFault) -> Fault {
    match fault {
        ServiceLinkedRoleFault::UnknownService(_) => {
            Fault::new(404, "EntityNotExist.Service", "The service does not exist.")
        }
        ServiceLinkedRoleFault::SuffixNotAllowed(_) => Fault::new(
            400,
            "InvalidParameter.CustomSuffix.NotAllowed",
            "Custom suffix is not allowed for this Service Linked Role.",
        ),
        ServiceLinkedRoleFault::DescriptionNotAllowed(_) => Fault::new(
            400,
            "InvalidParameter.Description.NotAllowed",
            "Custom description is not allowed for default service linked role.",
        ),
        ServiceLinkedRoleFault::NameTaken(_) => already_exists(Noun::Role),
        ServiceLinkedRoleFault::FixedDuration(_) => protected_role(),
        // Inferred; nothing on this wire comes to the last two.
        ServiceLinkedRoleFault::NotLinked(_)
        | ServiceLinkedRoleFault::UnknownDeletion
        | ServiceLinkedRoleFault::MalformedDeletion => {
            Fault::new(400, "InvalidParameter.RoleName", "The role is not a service linked role.")
        }
    }
}

fn assume_role(fault: AssumeRoleFault) -> Fault {
    let (code, message) = match fault {
        AssumeRoleFault::RoleArn => ("InvalidParameter.RoleArn", "The parameter RoleArn is wrongly formed."),
        AssumeRoleFault::SessionName => {
            ("InvalidParameter.RoleSessionName", "The parameter RoleSessionName is wrongly formed.")
        }
        AssumeRoleFault::Duration => {
            ("InvalidParameter.DurationSeconds", "The Min/Max value of DurationSeconds is 15min/1hr.")
        }
        AssumeRoleFault::PolicyGrammar => {
            ("InvalidParameter.PolicyGrammar", "The parameter Policy has not passed grammar check.")
        }
        // The text still names the limit that held until about 2022.
        AssumeRoleFault::PolicySize => {
            ("InvalidParameter.PolicySize", "The size of Policy must be smaller than 1024 bytes.")
        }
        // Codes of these two inferred from their siblings.
        AssumeRoleFault::ExternalId => ("InvalidParameter.ExternalId", "The parameter ExternalId is wrongly formed."),
        AssumeRoleFault::SourceIdentity => {
            ("InvalidParameter.SourceIdentity", "The parameter SourceIdentity is wrongly formed.")
        }
    };
    Fault::new(400, code, message)
}

#[cfg(test)]
#[path = "errors_tests.rs"]
mod tests;
