//! What is wrong with a policy document, with the facts and without a cloud's words for it.

use super::principal::PrincipalKind;

/// Which rules a document is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyKind {
    /// What an identity may do.
    Identity,
    /// Who may take a role on.
    Trust,
    /// What a session may do at the most.
    Session,
}

/// What the oldest of AWS's readers cannot read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Illegible {
    /// The right word for an effect, in the wrong case.
    #[error("effect {0} is in the wrong case")]
    Effect(String),
    /// A date condition's value that is no date.
    #[error("{0} is no date")]
    Date(String),
    /// A resource with too few fields, or none where the service should be.
    #[error("resource {0} lacks fields")]
    Resource(String),
}

/// What is wrong with a policy document: the first fault found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    /// It is no JSON, or no JSON object.
    #[error("the document is no JSON object")]
    NotJson(PolicyKind),
    /// An element is not of the form it must have, or stands beside its opposite.
    #[error("the document does not follow the grammar")]
    Syntax(PolicyKind),
    /// A trust policy, or a policy of RAM, has an element that there is not.
    #[error("there is no element {0}")]
    UnknownField(String),
    /// A trust policy, or a policy of RAM, lacks an element.
    #[error("element {0} is missing")]
    MissingField(&'static str),
    /// A trust policy has an element that only other policies have.
    #[error("element {0} may not be in this policy")]
    ProhibitedField(&'static str),
    /// A trust policy, or a policy of RAM, has no statement.
    #[error("the list of statements is empty")]
    NoStatements,
    /// The language's version is too old for an identity's policy, or is not named.
    #[error("the version of the language is too old")]
    VersionTooOld,
    /// A trust policy, or a policy of RAM, names a version of the language that there is not.
    #[error("the version of the language is unknown")]
    UnknownVersion,
    /// The effect of a trust policy, or of a policy of RAM, is neither to allow nor to deny.
    #[error("there is no effect {0}")]
    UnknownEffect(String),
    /// An identity's policy names a principal.
    #[error("the policy names a principal")]
    NamesPrincipal,
    /// Something that only AWS's oldest reader minds.
    #[error("illegible: {0}")]
    Illegible(Illegible),
    /// A statement's name with something other than letters and digits.
    #[error("a statement's name is not alphanumeric")]
    SidNotAlphanumeric,
    /// Two statements of the same name.
    #[error("two statements have the same name")]
    RepeatedSid(PolicyKind),
    /// A statement without actions.
    #[error("a statement has no actions")]
    NoActions,
    /// A statement without resources.
    #[error("a statement has no resources")]
    NoResources,
    /// A resource that is no ARN.
    #[error("resource {0} is no ARN")]
    ResourceNotArn(String),
    /// A resource of RAM's language that lacks fields.
    #[error("resource {0} lacks fields")]
    ResourceWithFewFields(String),
    /// A resource of a partition that there is not.
    #[error("partition {partition} of {arn} is unknown")]
    UnknownPartition {
        /// The partition.
        partition: String,
        /// The whole ARN, `*` where it has no field.
        arn: String,
    },
    /// A resource that does not say of which service it is.
    #[error("a resource does not say of which service it is")]
    ResourceWithoutVendor,
    /// A resource of IAM with a region.
    #[error("resource {0} of IAM has a region")]
    IamResourceWithRegion(String),
    /// A resource of another service without regions, with one.
    #[error("resource {0} has a region")]
    ResourceWithRegion(String),
    /// A resource of IAM of a type that there is not.
    #[error("a resource of IAM is of an unknown type")]
    UnknownIamPath,
    /// An action that does not say of which service it is.
    #[error("an action does not say of which service it is")]
    ActionWithoutVendor,
    /// An action with more than one colon.
    #[error("an action has more than one colon")]
    ActionWithColons,
    /// An action of something that cannot be a service.
    #[error("{0} is no service")]
    InvalidVendor(String),
    /// An operator that RAM's language has not.
    #[error("there is no operator {0}")]
    UnknownOperator(String),
    /// A condition key of RAM's language that does not say of which service it is.
    #[error("condition key {0} does not say of which service it is")]
    ConditionKeyWithoutVendor(String),
    /// A condition of RAM's language that compares a key with several truth values.
    #[error("a key is compared with several truth values")]
    SeveralTruths,
    /// An action in a trust policy that has nothing to do with taking a role on.
    #[error("a trust policy has an action other than to assume a role")]
    ForeignAction,
    /// `NotPrincipal` in a trust policy's statement that allows.
    #[error("a trust policy allows all but those it names")]
    AllowsAllBut,
    /// `NotPrincipal` in a trust policy's statement that denies.
    #[error("a trust policy denies all but those it names")]
    DeniesAllBut,
    /// A trust policy's principal without any kind.
    #[error("the principal is empty")]
    EmptyPrincipal,
    /// A kind of principal with an empty list.
    #[error("the principal names nobody")]
    NobodyNamed,
    /// A principal without a kind: a text in place of an object.
    #[error("principal {0} has no kind")]
    KindlessPrincipal(String),
    /// A principal of a kind that there is not.
    #[error("there is no kind {0} of principal")]
    UnknownPrincipalKind(String),
    /// A principal that cannot be, or that does not exist.
    #[error("principal {value} of kind {} is invalid", kind.as_str())]
    InvalidPrincipal {
        /// Its kind.
        kind: PrincipalKind,
        /// As it is written.
        value: String,
    },
    /// A federated principal that is neither a domain nor an identity provider's ARN.
    #[error("a federated principal is neither a domain nor a provider")]
    InvalidFederated,
}
