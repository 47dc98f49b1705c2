//! What a policy says, whichever kind of policy it is; must not know how it was written.

use super::condition::Condition;
use super::pattern::Pattern;
use super::principal::NamedPrincipal;

/// The language, and its version (AWS IAM User Guide, "IAM JSON policy elements: Version"; RAM documentation, "Policy
/// structure and syntax").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// 2008-10-17, which is also meant where none is named: it has no variables.
    V2008,
    /// 2012-10-17.
    V2012,
    /// RAM's 1, the only one of that language: it has no variables, since no page of it knows any.
    Ram1,
}

impl Version {
    /// IAM's version of this name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "2008-10-17" => Some(Self::V2008),
            "2012-10-17" => Some(Self::V2012),
            _ => None,
        }
    }

    /// Whether `${..}` is a variable in it.
    pub fn has_variables(self) -> bool {
        self == Self::V2012
    }
}

/// What a statement does where it applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It permits.
    Allow,
    /// It forbids, whatever else permits.
    Deny,
}

/// A list that says what is meant, or what is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection<T> {
    /// These alone.
    Only(Vec<T>),
    /// Everything but these (`NotAction`, `NotResource`, `NotPrincipal`).
    AllBut(Vec<T>),
}

impl<T> Selection<T> {
    /// What is listed, whether it is meant or not.
    pub fn listed(&self) -> &[T] {
        match self {
            Self::Only(listed) | Self::AllBut(listed) => listed,
        }
    }

    /// Whether the list means something of which `is_it` tells whether an entry stands for it.
    pub fn means(&self, is_it: impl FnMut(&T) -> bool) -> bool {
        let listed = self.listed().iter().any(is_it);
        match self {
            Self::Only(_) => listed,
            Self::AllBut(_) => !listed,
        }
    }

    pub(super) fn new(negated: bool, listed: Vec<T>) -> Self {
        if negated { Self::AllBut(listed) } else { Self::Only(listed) }
    }
}

/// One statement of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its name, unique in the policy where it is not empty.
    pub sid: Option<String>,
    /// What it does.
    pub effect: Effect,
    /// The actions it is about; letters compare without regard to case.
    pub actions: Selection<Pattern>,
    /// The resources it is about. A trust policy names none, since it is about the role that has it: all but nothing.
    pub resources: Selection<Pattern>,
    /// Whom it is about; only trust policies say.
    pub principals: Option<Selection<NamedPrincipal>>,
    /// What must hold for it to apply: all of it.
    pub conditions: Vec<Condition>,
}

/// A policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The version of the language it is written in.
    pub version: Version,
    /// Its name.
    pub id: Option<String>,
    /// Its statements, at least one.
    pub statements: Vec<Statement>,
}

impl Document {
    /// Everyone whom a trust policy names, in its order; whether they exist is for others to find out.
    pub fn principals(&self) -> impl Iterator<Item = &NamedPrincipal> {
        self.statements.iter().filter_map(|statement| statement.principals.as_ref()).flat_map(Selection::listed)
    }
}
