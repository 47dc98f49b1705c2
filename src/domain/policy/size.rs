//! How long a policy document may be, and which characters it may have; must not know what it says.

/// What a document's length is held against (AWS IAM User Guide, "IAM and AWS STS quotas").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyQuota {
    /// All the policies of a user's own together.
    User,
    /// All the policies of a group's own together.
    Group,
    /// All the policies of a role's own together.
    Role,
    /// A managed policy.
    Managed,
    /// A role's trust policy.
    Trust,
}

impl PolicyQuota {
    /// How many characters other than white space there may be.
    pub fn most(self) -> usize {
        match self {
            Self::User | Self::Trust => 2_048,
            Self::Group => 5_120,
            Self::Role => 10_240,
            Self::Managed => 6_144,
        }
    }
}

/// A document's length in characters, white space not counted (AWS IAM User Guide, "IAM and AWS STS quotas"). The
/// guide makes no difference between white space inside texts and between them, so that neither is counted; that the
/// white space inside texts is not either is inferred.
pub fn size_without_white_space(document: &str) -> usize {
    document.chars().filter(|c| !matches!(c, ' ' | '\t' | '\n' | '\r')).count()
}

/// Whether a document has nothing but tabs, line ends and the characters U+0020 to U+00FF (AWS IAM User Guide, "IAM and
/// AWS STS quotas", "IAM name requirements").
pub fn has_allowed_characters(document: &str) -> bool {
    document.chars().all(|c| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{ff}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_not_counted_and_characters_are() {
        assert_eq!(size_without_white_space(""), 0);
        assert_eq!(size_without_white_space("{ \"a\" :\r\n\t\"b c\" }"), 10);
        assert_eq!(size_without_white_space("ä\u{a0}"), 2);
    }

    #[test]
    fn only_latin_1_is_allowed() {
        assert!(has_allowed_characters("{\t\r\n~ÿ}"));
        for bad in ["\0", "\u{b}", "\u{1f}", "Ā", "😀"] {
            assert!(!has_allowed_characters(bad), "{bad:?}");
        }
    }
}
