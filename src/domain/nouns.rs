//! What people call the things that errors are about, and what is wrong with a password: in one place, for whoever tells
//! people in our own words. The clouds' own words are the dialects'.

use super::error::Noun;
use super::password_policy::Violation;

impl Noun {
    /// The noun with its article, which is the first word.
    pub fn with_article(self) -> &'static str {
        match self {
            Self::Account => "an account",
            Self::User | Self::BoundUser => "a user",
            Self::LoginProfile => "a login profile",
            Self::AccessKey => "an access key",
            Self::UserMfaDevice => "an MFA device of the user",
            Self::MfaDevice => "an MFA device",
            Self::Role => "a role",
            Self::Session => "a session",
            Self::AccountAlias => "an account alias",
            Self::Group => "a group",
            Self::Policy | Self::AttachablePolicy | Self::PolicyOfVersion => "a policy",
            Self::PermissionsBoundary => "a policy for a permissions boundary",
            Self::PolicyVersion => "a policy version",
            Self::DefaultPolicyVersion => "a policy version in force",
            Self::UserPolicy => "an inline policy of the user",
            Self::GroupPolicy => "an inline policy of the group",
            Self::RolePolicy => "an inline policy of the role",
            Self::AttachedPolicy => "an attached policy",
            Self::GroupMember => "a group member",
            Self::GroupOfUser => "a group of the user",
            Self::InstanceProfile => "an instance profile",
            Self::RoleInInstanceProfile | Self::InstanceProfileRole => "a role in an instance profile",
            Self::SshPublicKey => "an SSH public key",
            Self::SigningCertificate => "a signing certificate",
            Self::ServerCertificate => "a server certificate",
            Self::ServiceCredential => "a service credential",
            Self::OidcProvider => "an OpenID Connect provider",
            Self::OidcClient => "a client of an OpenID Connect provider",
            Self::OidcIssuer => "an address of an OpenID Connect provider",
            Self::SamlProvider => "a SAML provider",
            Self::PasswordPolicy => "a password policy",
            Self::Tag => "a tag",
            Self::Arn => "an ARN",
            Self::Job => "a report",
        }
    }

    /// The noun.
    pub fn words(self) -> &'static str {
        let text = self.with_article();
        text.split_once(' ').map_or(text, |(_, noun)| noun)
    }

    /// Several of them.
    pub fn plural(self) -> String {
        let (noun, rest) = self.words().split_once(" of ").map_or((self.words(), None), |(noun, of)| (noun, Some(of)));
        let mut plural = match noun.strip_suffix("icy") {
            Some(start) => format!("{start}icies"),
            None if noun.ends_with('s') => format!("{noun}es"),
            None => format!("{noun}s"),
        };
        if let Some(of) = rest {
            plural.push_str(" of ");
            plural.push_str(of);
        }
        plural
    }
}

impl Violation {
    /// What is wrong, as a sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::TooShort => "It is too short.",
            Self::TooLong => "It is too long.",
            Self::ForbiddenCharacter => "It holds a character that no password may hold.",
            Self::NoLowercase => "It needs a lower-case letter.",
            Self::NoUppercase => "It needs an upper-case letter.",
            Self::NoNumber => "It needs a digit.",
            Self::NoSymbol => "It needs a special character.",
            Self::TooFewKinds => {
                "It needs three of these: upper-case letters, lower-case letters, digits, special characters."
            }
            Self::TooFewDistinct => "It needs more different characters.",
            Self::ContainsUserName => "It must not hold the user name.",
            Self::IsAccountName => "It must not be the account's name.",
            Self::RiskPassword => "It is on lists of well-known passwords.",
            Self::Reused => "It was used before.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_have_articles_and_plurals() {
        for (noun, one, many) in [
            (Noun::AccessKey, "an access key", "access keys"),
            (Noun::AttachablePolicy, "a policy", "policies"),
            (Noun::User, "a user", "users"),
            (Noun::AccountAlias, "an account alias", "account aliases"),
            (Noun::GroupOfUser, "a group of the user", "groups of the user"),
            (Noun::UserPolicy, "an inline policy of the user", "inline policies of the user"),
        ] {
            assert_eq!((noun.with_article(), &*noun.plural()), (one, many));
            assert_eq!(noun.words(), one.split_once(' ').unwrap().1);
        }
    }
}
