//! The forms of the ids that the clouds give to what is made; must not know where randomness comes from.

use super::account::Cloud;

/// What gets an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the noun it names")]
pub enum IdKind {
    User,
    Group,
    Role,
    Policy,
    PolicyVersion,
    InstanceProfile,
    Certificate,
    PublicKey,
    ServiceCredential,
}

/// How an id is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdForm {
    /// A prefix and so many digits.
    Digits(&'static str, usize),
    /// A prefix and so many of the capitals and digits of base 32.
    Base32(&'static str, usize),
}

impl IdKind {
    /// The form on `cloud`: 18 digits on Alibaba Cloud, 19 for groups; on AWS 21 characters, but for public keys, with
    /// the prefixes of the IAM User Guide, "IAM identifiers", "Unique identifiers".
    pub fn form(self, cloud: Cloud) -> IdForm {
        let prefix = match (cloud, self) {
            (Cloud::Alibaba, Self::User) => return IdForm::Digits("2", 17),
            (Cloud::Alibaba, Self::Group) => return IdForm::Digits("7", 18),
            (Cloud::Alibaba, _) => return IdForm::Digits("3", 17),
            (Cloud::Aws, Self::User) => "AIDA",
            (Cloud::Aws, Self::Group) => "AGPA",
            (Cloud::Aws, Self::Role) => "AROA",
            (Cloud::Aws, Self::Policy) => "ANPA",
            (Cloud::Aws, Self::PolicyVersion) => "ANVA",
            (Cloud::Aws, Self::InstanceProfile) => "AIPA",
            (Cloud::Aws, Self::Certificate) => "ASCA",
            // A character shorter than the others in recorded answers.
            (Cloud::Aws, Self::PublicKey) => return IdForm::Base32("APKA", 16),
            (Cloud::Aws, Self::ServiceCredential) => "ACCA",
        };
        IdForm::Base32(prefix, 17)
    }
}
