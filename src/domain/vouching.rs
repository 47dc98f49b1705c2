//! What identity providers vouch for when somebody takes a role on, and why their word is not taken; must not know how
//! tokens and assertions are read.

use super::time::Time;
use super::user::Tag;

/// How long after it was issued an assertion may be handed in, in seconds (IAM User Guide, "Troubleshoot SAML
/// federation with IAM").
pub const ASSERTION_SECONDS: i64 = 300;

/// The most session tags (IAM User Guide, "Pass session tags in AWS STS").
const MOST_TAGS: usize = 50;
const LONGEST_KEY: usize = 128;
const LONGEST_VALUE: usize = 256;

/// Somebody for whom a provider vouches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vouched {
    /// The provider's ARN.
    pub provider: String,
    /// What is asked of the role's trust policy.
    pub action: &'static str,
    /// The name for the session.
    pub session_name: String,
    /// Who is behind it.
    pub source_identity: Option<String>,
    /// Session tags.
    pub tags: Vec<Tag>,
    /// The keys of those that outlast a change of role.
    pub transitive_keys: Vec<String>,
    /// What conditions see of the token or assertion.
    pub facts: Vec<Fact>,
    /// What conditions go on to see in the session's calls.
    pub lasting_facts: Vec<Fact>,
}

/// A condition key and its values.
pub type Fact = (String, Vec<String>);

/// Whether a text can be a session's name or a source identity (STS 2011-06-15, RoleSessionName and SourceIdentity).
pub fn is_session_name(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    (2..=64).contains(&text.len()) && text.chars().all(allowed)
}

/// Whether tags are few and short enough and each stands once, and no transitive key lacks its tag. Which characters
/// they hold is not looked at.
pub fn are_session_tags(tags: &[Tag], transitive_keys: &[String]) -> bool {
    let within = |text: &str, most| text.chars().count() <= most;
    let is_tag = |tag: &Tag| !tag.key.is_empty() && within(&tag.key, LONGEST_KEY) && within(&tag.value, LONGEST_VALUE);
    let mut keys: Vec<String> = tags.iter().map(|tag| tag.key.to_lowercase()).collect();
    keys.sort_unstable();
    tags.len() <= MOST_TAGS
        && tags.iter().all(is_tag)
        && keys.windows(2).all(|pair| pair[0] != pair[1])
        && transitive_keys.iter().all(|key| keys.contains(&key.to_lowercase()))
}

/// Why a provider's word is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VouchFault {
    /// It is no token.
    #[error("not a token")]
    NotToken,
    /// A provider of access tokens that is not known.
    #[error("an unknown provider of access tokens")]
    UnknownProviderId,
    /// A token that a provider of access tokens would not know.
    #[error("not a token of the named provider")]
    ForeignToken,
    /// No provider of this address.
    #[error("no provider {0}")]
    NoProvider(String),
    /// The provider has no such key.
    #[error("an unknown key")]
    UnknownKey,
    /// The token's signature does not verify, or is of an unknown kind.
    #[error("a bad signature")]
    BadSignature,
    /// The token has expired: the latest time that would do, and its end.
    #[error("expired")]
    Expired(Time, Time),
    /// The token begins later: the earliest time that would do, and its beginning.
    #[error("not yet valid")]
    NotYetValid(Time, Time),
    /// The token was issued later than now.
    #[error("issued in the future")]
    IssuedInFuture(Time),
    /// A claim is missing.
    #[error("no claim {0}")]
    MissingClaim(&'static str),
    /// A claim is empty.
    #[error("empty claim {0}")]
    EmptyClaim(&'static str),
    /// A claim of time is none.
    #[error("a malformed time")]
    MalformedTime,
    /// The subject is no text.
    #[error("a malformed subject")]
    MalformedSubject,
    /// Session tags are malformed.
    #[error("malformed session tags")]
    MalformedTags,
    /// Another claim is malformed.
    #[error("malformed claim {0}")]
    MalformedClaim(&'static str),
    /// More than one audience, and nobody said whom it was issued to.
    #[error("more than one audience")]
    SeveralAudiences,
    /// It is for none of the provider's clients.
    #[error("another audience")]
    WrongAudience,
    /// The token names roles, none of which is one.
    #[error("no role among the token's roles")]
    NoRoles,
    /// The token names other roles.
    #[error("not one of the token's roles")]
    OtherRoles,
    /// There is no such SAML provider.
    #[error("no such SAML provider")]
    NoSamlProvider,
    /// A response that cannot be read.
    #[error("a malformed response")]
    MalformedResponse,
    /// A response whose assertion is not signed.
    #[error("an unsigned assertion")]
    UnsignedAssertion,
    /// A response whose signature does not verify.
    #[error("a bad signature of a response")]
    BadResponseSignature,
    /// A response that has expired.
    #[error("an expired response")]
    ExpiredResponse,
    /// An assertion that is too old.
    #[error("an assertion handed in too late")]
    Late,
    /// A response of another provider.
    #[error("another issuer")]
    WrongIssuer,
    /// The assertion does not name the role with the provider.
    #[error("not one of the assertion's roles")]
    NotInRoles,
    /// The assertion has no name for the session.
    #[error("no session name")]
    NoSessionName,
    /// The assertion's name for the session is none.
    #[error("a malformed session name")]
    SessionName,
    /// The assertion's length of the session is none.
    #[error("a malformed session duration")]
    SessionDuration,
    /// The role's trust policy does not let them in; the action that it does not allow.
    #[error("{0} is not allowed")]
    NotAuthorized(&'static str),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_few_and_short_and_stand_once() {
        let tag = |key: &str, value: &str| Tag { key: key.to_owned(), value: value.to_owned() };
        let texts = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
        assert!(are_session_tags(&[tag("Team", "red"), tag("x", "")], &texts(&["team"])));
        assert!(!are_session_tags(&[tag("Team", "red"), tag("team", "")], &[]));
        assert!(!are_session_tags(&[tag("Team", "red")], &texts(&["other"])));
        assert!(!are_session_tags(&[tag("", "red")], &[]));
        assert!(!are_session_tags(&[tag("a", &"x".repeat(257))], &[]));
        let many: Vec<Tag> = (0..51).map(|number| tag(&number.to_string(), "")).collect();
        assert!(are_session_tags(&many[..50], &[]) && !are_session_tags(&many, &[]));
    }

    #[test]
    fn session_names_have_their_letters() {
        assert!(is_session_name("a.b_c+d=e,f@g-h") && is_session_name("ab"));
        assert!(!is_session_name("a") && !is_session_name("a b") && !is_session_name(&"a".repeat(65)));
    }
}
