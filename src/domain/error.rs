//! What can go wrong, in our own words and with the facts: each dialect says it in its cloud's.

use std::error::Error as StdError;
use std::fmt;

use super::denial::Denial;
use super::exchange::ExchangeFault;
use super::own_policy::PolicyChange;
use super::password_policy::Violation;
use super::policy::{PolicyFault, PolicyQuota};
use super::policy_owner::PolicyOwner;
use super::providers::ProviderFault;
use super::service_linked_roles::ServiceLinkedRoleFault;
use super::vouching::VouchFault;

/// Any error on its way to `Internal`.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// The things that errors are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the noun it names")]
pub enum Noun {
    Account,
    User,
    LoginProfile,
    AccessKey,
    /// The device bound to a user.
    UserMfaDevice,
    /// A virtual device by itself.
    MfaDevice,
    Role,
    Session,
    AccountAlias,
    /// The user a device is bound to.
    BoundUser,
    Group,
    Policy,
    /// A managed policy that is to be attached.
    AttachablePolicy,
    /// A managed policy that is to bound a user or a role.
    PermissionsBoundary,
    PolicyVersion,
    /// The policy of a version that is asked for.
    PolicyOfVersion,
    /// The version of a policy that is in force.
    DefaultPolicyVersion,
    UserPolicy,
    GroupPolicy,
    RolePolicy,
    /// A managed policy attached to a user, group or role.
    AttachedPolicy,
    GroupMember,
    /// The membership of a user in groups.
    GroupOfUser,
    InstanceProfile,
    /// A role in an instance profile.
    RoleInInstanceProfile,
    /// The one role that an instance profile has room for.
    InstanceProfileRole,
    SshPublicKey,
    SigningCertificate,
    ServerCertificate,
    ServiceCredential,
    OidcProvider,
    /// A client of an OpenID Connect provider.
    OidcClient,
    /// The address of an OpenID Connect provider.
    OidcIssuer,
    SamlProvider,
    PasswordPolicy,
    Tag,
    /// Whatever an ARN names.
    Arn,
    /// A report that was asked for.
    Job,
}

/// Why a parameter is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Too long or too short.
    Length,
    /// A character that may not stand in it.
    InvalidChars,
    /// Not of the form it must have.
    Format,
    /// A number outside its bounds.
    Range(i64, i64),
}

/// Why a sign-in or a password change refuses a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordRefusal {
    /// All the rules it breaks.
    pub violations: Vec<Violation>,
}

impl fmt::Display for PasswordRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sentences: Vec<&str> = self.violations.iter().map(|violation| violation.sentence()).collect();
        f.write_str(&sentences.join(" "))
    }
}

/// What is wrong with a request to take on a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssumeRoleFault {
    /// The role's ARN is malformed.
    RoleArn,
    /// The session's name is malformed.
    SessionName,
    /// The duration is out of bounds.
    Duration,
    /// The session policy is no policy.
    PolicyGrammar,
    /// The session policy is too long.
    PolicySize,
    /// The external id is malformed.
    ExternalId,
    /// The source identity is malformed.
    SourceIdentity,
}

/// Why STS makes no session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionFault {
    /// This is no ARN.
    RoleArn(String),
    /// The caller may not do this with this role, or the role does not exist.
    Denied {
        /// The action as policies name it.
        action: &'static str,
        /// The role's ARN as the caller gave it.
        role_arn: String,
    },
    /// The session would outlast what the role allows.
    LongerThanRole,
    /// The session of a role taken on with another role's session would outlast what AWS allows.
    LongerThanChain,
    /// A device without a code, or a code without a device.
    MfaIncomplete,
    /// The device is not one of the caller's.
    MfaDeviceUnknown,
    /// The device does not show this code, or did and it was used.
    MfaCodeWrong,
    /// Two tags whose keys differ in case at the most.
    RepeatedTag,
    /// A tag whose key is for AWS alone.
    ReservedTag,
    /// More tags than a session may have, with those it inherits.
    TooManyTags(usize),
    /// A key is to be transitive of which there is no tag.
    TransitiveTagMissing,
    /// A tag that the session inherits is given anew.
    InheritedTagGiven,
    /// More managed policies than may narrow a session.
    TooManyPolicies(usize),
    /// The policies have more characters than they may.
    PolicyTooLong(usize),
    /// There is no such managed policy.
    NoSuchPolicy(String),
    /// Policies and tags fill the session by so much percent.
    PackedTooLarge(i64),
    /// An encoded message that was not made here, or not for this account.
    MessageUnreadable,
}

/// Why a key or a certificate that somebody brings is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MaterialFault {
    /// It is no public key in a known form.
    SshEncoding,
    /// It is a public key of a kind or size that is not taken.
    SshKey,
    /// The user has this key already.
    SshDuplicate,
    /// It is no certificate, or none that is valid now; all of what was brought.
    SigningCertificate(String),
    /// Another user has this certificate.
    SigningDuplicate,
    /// It is no certificate in PEM.
    ServerCertificate,
    /// Its time has passed.
    Expired,
    /// Its time has not come.
    NotYetValid,
    /// It is no private key in PEM.
    PrivateKey,
    /// The private key is another's.
    KeyPairMismatch,
    /// The chain holds something else than certificates in PEM.
    Chain,
    /// A certificate of the chain does not belong there: which one, counted from the server's own, or -1 when the last
    /// has not issued the one before it.
    ChainOrder(i64),
}

/// What can go wrong in a use case. Its text is for logs; it holds no secret.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A required parameter is absent.
    #[error("parameter {0} is missing")]
    Missing(&'static str),
    /// A parameter has a value it may not have.
    #[error("parameter {0} is refused: {1:?}")]
    BadParameter(&'static str, Why),
    /// The thing of this name does not exist.
    #[error("there is no {} {}", .0.words(), .1)]
    NotFound(Noun, String),
    /// The thing of this name exists already.
    #[error("there is {} {} already", .0.with_article(), .1)]
    AlreadyExists(Noun, String),
    /// A quota is used up, and how large it is.
    #[error("an account has at most {} {}", .1, .0.plural())]
    LimitExceeded(Noun, i64),
    /// The first cannot be deleted while it has the second.
    #[error("the {} still has {}", .0.words(), .1.with_article())]
    DeleteConflict(Noun, Noun),
    /// A password breaks the policy; the parameter that carried it.
    #[error("the password breaks the policy: {1}")]
    PasswordRejected(&'static str, PasswordRefusal),
    /// A password change with a wrong old password.
    #[error("the old password is incorrect")]
    OldPasswordIncorrect,
    /// A code of an MFA device that is not the one it shows.
    #[error("the authentication code is incorrect")]
    MfaCodeIncorrect,
    /// Codes of an MFA device that are not six digits.
    #[error("the authentication code is malformed")]
    MfaCodeMalformed,
    /// A user's own devices may only be changed with credentials proven by one of them.
    #[error("the caller has not shown an MFA device")]
    MfaNotShown,
    /// A key or a certificate is refused.
    #[error("the key material is refused: {0:?}")]
    Material(MaterialFault),
    /// The thing exists and is not this user's.
    #[error("{} {name} is not one of {user}", noun.words())]
    NotOwned {
        /// The thing.
        noun: Noun,
        /// Its name.
        name: String,
        /// The user.
        user: String,
    },
    /// A service that has no credentials of its own.
    #[error("{0:?} has no credentials of its own")]
    NoSuchService(String),
    /// Only a user may do this.
    #[error("only a user may do this")]
    UsersOnly,
    /// The caller may not do this.
    #[error("{} on {} is denied", .0.action, .0.shown)]
    AccessDenied(Box<Denial>),
    /// A root may not take on roles.
    #[error("roles may not be assumed by root accounts")]
    RootMayNotAssumeRoles,
    /// The trust policy does not name the caller, or the caller may not assume roles.
    #[error("the caller may not assume this role")]
    AssumeRoleDenied(Box<Denial>),
    /// A request to take on a role is malformed.
    #[error("the request to assume a role is malformed: {0:?}")]
    AssumeRole(AssumeRoleFault),
    /// STS makes no session.
    #[error("no session is made: {0:?}")]
    Session(SessionFault),
    /// The role to take on does not exist.
    #[error("the role to assume does not exist")]
    NoRoleToAssume,
    /// A policy document breaks a rule of its language.
    #[error(transparent)]
    Policy(#[from] PolicyFault),
    /// A policy document has more characters than the quota, and whose it is.
    #[error("a policy document of {1} is too large")]
    PolicyTooLarge(PolicyQuota, String),
    /// An ARN of something else than it must be of.
    #[error("{0} is no such ARN")]
    InvalidArn(String),
    /// What a service-linked role does not allow.
    #[error(transparent)]
    ServiceLinkedRole(#[from] ServiceLinkedRoleFault),
    /// What may not be said of an identity provider.
    #[error(transparent)]
    Provider(#[from] ProviderFault),
    /// The quota of managed policies on such an owner is used up, and how large it is.
    #[error("a {} has at most {} managed policies", .0.as_str(), .1)]
    TooManyAttached(PolicyOwner, i64),
    /// Such an owner has the managed policy already.
    #[error("the {} has policy {} already", .0.as_str(), .1)]
    AlreadyAttached(PolicyOwner, String),
    /// Such an owner does not have the managed policy.
    #[error("the {} does not have policy {}", .0.as_str(), .1)]
    NotAttached(PolicyOwner, String),
    /// A managed policy that the cloud keeps for its own services.
    #[error("policy {0} is reserved for the cloud's services")]
    PolicyNotAttachable(String),
    /// A managed policy is not the account's own, which it must be for this change.
    #[error("the policy is not the account's own: {0:?}")]
    ForeignPolicy(PolicyChange),
    /// The role of this name is linked to a service, which alone may change it.
    #[error("role {0:?} is linked to a service")]
    ProtectedRole(String),
    /// An identity provider's word is not taken.
    #[error(transparent)]
    Vouch(#[from] VouchFault),
    /// An identity provider's word is not exchanged for a role.
    #[error(transparent)]
    Exchange(#[from] ExchangeFault),
    /// The cloud has this operation and Sesame does not, yet.
    #[error("{0} is not built")]
    NotBuilt(String),
    /// Lost a race; the use case may be tried again.
    #[error("lost a race, try again")]
    Conflict,
    /// The store cannot be reached.
    #[error("the store does not answer")]
    Unavailable(#[source] BoxError),
    /// Our own failure.
    #[error("internal error")]
    Internal(#[source] BoxError),
}

impl From<SessionFault> for Error {
    fn from(fault: SessionFault) -> Self {
        Self::Session(fault)
    }
}

impl Error {
    /// There is no `noun` called `name`.
    pub fn missing(noun: Noun, name: impl Into<String>) -> Self {
        Self::NotFound(noun, name.into())
    }

    /// There is a `noun` called `name` already.
    pub fn exists(noun: Noun, name: impl Into<String>) -> Self {
        Self::AlreadyExists(noun, name.into())
    }

    /// Wraps a failure that is ours.
    pub fn internal(error: impl Into<BoxError>) -> Self {
        Self::Internal(error.into())
    }
}
