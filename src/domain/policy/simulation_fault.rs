//! What is wrong with what a simulation is asked, without a cloud's words for it.

use super::simulated_context::ValueType;

/// What is wrong with what a simulation is asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SimulationFault {
    /// More than one permissions boundary.
    #[error("there is more than one permissions boundary")]
    SeveralBoundaries,
    /// A policy that cannot be read: its place in the list, from one.
    #[error("policy {0} cannot be read")]
    UnreadablePolicy(usize),
    /// A permissions boundary that cannot be read.
    #[error("the permissions boundary cannot be read")]
    UnreadableBoundary,
    /// The policy of a thing that cannot be read.
    #[error("the policy of the resource cannot be read")]
    UnreadableResourcePolicy,
    /// An action that does not say of which service it is.
    #[error("an action does not say of which service it is")]
    ActionWithoutService,
    /// A resource that is no ARN.
    #[error("resource {0} is no ARN")]
    ResourceNotArn(String),
    /// The policy of a thing, and no thing.
    #[error("there is a policy of a resource and no resource")]
    NoResource,
    /// The owner of the resources is no ARN of an account's.
    #[error("{0} can own no resource")]
    NoOwner(String),
    /// The policy of a thing, and nobody who asks.
    #[error("there is a policy of a resource and no caller")]
    NoCaller,
    /// Someone who asks and is neither user nor group nor role.
    #[error("the caller is neither user nor group nor role")]
    CallerOfOtherKind,
    /// A value for a key without a name.
    #[error("a context key has no name")]
    KeyWithoutName,
    /// A key that comes twice.
    #[error("context key {0} comes twice")]
    RepeatedKey(String),
    /// A key whose values are of no type.
    #[error("context key {0} has no type")]
    KeyWithoutType(String),
    /// A key without values.
    #[error("context key {0} has no values")]
    KeyWithoutValues(String),
    /// Several values for a type of one.
    #[error("{count} values of type {of}, which has one")]
    SeveralValues {
        /// The type's name.
        of: String,
        /// How many there are.
        count: usize,
    },
    /// A value that does not fit its type.
    #[error("a value of context key {key} is not of type {of:?}")]
    Misfit {
        /// The key.
        key: String,
        /// The type.
        of: ValueType,
    },
    /// It is more than can be told in good time.
    #[error("the simulation takes too long")]
    TooMuch,
}
