//! The languages that policies are written in, and how long policies may be in each; must not know which cloud has
//! which.

use super::document::Document;
use super::fault::PolicyFault;
use super::size::{PolicyQuota, size_without_white_space};
use super::{identity, ram, trust};
use crate::domain::error::Error;

/// A way of reading a policy: what one takes another may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reading(PolicyLanguage, bool);

/// A language of policies. What both say comes to the same [`Document`], and is judged by the same rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PolicyLanguage {
    /// That of Alibaba Cloud's RAM (RAM documentation, "Policy structure and syntax").
    Ram,
    /// That of AWS's IAM (AWS IAM User Guide, "Grammar of the IAM JSON policy language").
    Iam,
}

impl PolicyLanguage {
    /// The way in which policies of identities are read.
    pub fn of_identities(self) -> Reading {
        Reading(self, false)
    }

    /// The way in which trust policies are read.
    pub fn of_trust(self) -> Reading {
        Reading(self, true)
    }

    /// Reads a policy of an identity.
    ///
    /// # Errors
    /// The fault that the cloud tells.
    pub fn parse_identity(self, document: &str) -> Result<Document, PolicyFault> {
        match self {
            Self::Ram => ram::parse_identity(document),
            Self::Iam => identity::parse_identity(document),
        }
    }

    /// Reads a policy that limits a session.
    ///
    /// # Errors
    /// The fault that the cloud tells.
    pub fn parse_session(self, document: &str) -> Result<Document, PolicyFault> {
        match self {
            Self::Ram => ram::parse_session(document),
            Self::Iam => identity::parse_session(document),
        }
    }

    /// Reads a role's trust policy. Whether those exist whom it names is not known here.
    ///
    /// # Errors
    /// The fault that the cloud tells.
    pub fn parse_trust(self, document: &str) -> Result<Document, PolicyFault> {
        match self {
            Self::Ram => ram::parse_trust(document),
            Self::Iam => trust::parse_trust(document),
        }
    }

    /// Reads a policy of an identity that is held to `quota` by itself; `owner` is the name of what is to have it.
    /// Which of the two faults comes first is inferred: RAM refuses a parameter's length before it reads it, as it does
    /// of every parameter.
    ///
    /// # Errors
    /// `Policy`, `PolicyTooLarge`.
    pub fn read_identity(self, document: &str, quota: PolicyQuota, owner: &str) -> Result<Document, Error> {
        self.read(document, quota, owner, Self::parse_identity)
    }

    /// Reads a role's trust policy, held to its quota.
    ///
    /// # Errors
    /// `Policy`, `PolicyTooLarge`, in the order of [`Self::read_identity`].
    pub fn read_trust(self, document: &str, role_name: &str) -> Result<Document, Error> {
        self.read(document, PolicyQuota::Trust, role_name, Self::parse_trust)
    }

    fn read(
        self,
        document: &str,
        quota: PolicyQuota,
        owner: &str,
        parse: impl Fn(Self, &str) -> Result<Document, PolicyFault>,
    ) -> Result<Document, Error> {
        let too_large = || Error::PolicyTooLarge(quota, owner.to_owned());
        let is_too_large = self.size(document) > self.most(quota);
        if self == Self::Ram && is_too_large {
            return Err(too_large());
        }
        let read = parse(self, document)?;
        if is_too_large { Err(too_large()) } else { Ok(read) }
    }

    /// What of a document counts towards its quota: all its characters in RAM (inferred: RAM 2015-05-01 CreatePolicy
    /// gives the parameter's length), those that are no white space in IAM.
    pub fn size(self, document: &str) -> usize {
        match self {
            Self::Ram => document.chars().count(),
            Self::Iam => size_without_white_space(document),
        }
    }

    /// How large what `quota` is about may be. RAM has one number for policies (RAM documentation, "Limits"); that it
    /// holds for trust policies too is inferred. RAM has no policies that are part of an identity.
    pub fn most(self, quota: PolicyQuota) -> usize {
        match self {
            Self::Ram => 6_144,
            Self::Iam => quota.most(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RAM: &str = r#"{"Version":"1","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    const IAM: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

    #[test]
    fn each_language_reads_its_own_alone() {
        for (language, own, other) in [(PolicyLanguage::Ram, RAM, IAM), (PolicyLanguage::Iam, IAM, RAM)] {
            assert!(language.parse_identity(own).is_ok() && language.parse_session(own).is_ok(), "{language:?}");
            assert!(language.parse_identity(other).is_err() && language.parse_session(other).is_err(), "{language:?}");
        }
    }

    #[test]
    fn white_space_counts_in_ram_and_does_not_in_iam() {
        let padded = |text: &str, length: usize| format!("{text}{}", " ".repeat(length - text.len()));
        let read = |language: PolicyLanguage, text: &str| language.read_identity(text, PolicyQuota::Managed, "p");
        assert!(read(PolicyLanguage::Ram, &padded(RAM, 6_144)).is_ok());
        assert!(matches!(read(PolicyLanguage::Ram, &padded(RAM, 6_145)), Err(Error::PolicyTooLarge(..))));
        assert!(read(PolicyLanguage::Iam, &padded(IAM, 9_999)).is_ok());
        // RAM looks at the length first, IAM at the words
        let long = "x".repeat(6_145);
        assert!(matches!(read(PolicyLanguage::Ram, &long), Err(Error::PolicyTooLarge(..))));
        assert!(matches!(read(PolicyLanguage::Iam, &long), Err(Error::Policy(_))));
    }
}
