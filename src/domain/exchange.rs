//! Why Alibaba Cloud's STS does not exchange an identity provider's word for a role (STS 2015-04-01 AssumeRoleWithOIDC
//! and AssumeRoleWithSAML); must not know how tokens and assertions are read.

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeFault {
    /// A parameter of the exchange is absent.
    #[error("parameter {0} is absent")]
    Missing(&'static str),
    /// This is no ARN of an OpenID provider.
    #[error("no ARN of an OpenID provider")]
    ProviderArn,
    /// There is no such OpenID provider.
    #[error("no such OpenID provider")]
    NoOidcProvider,
    /// There is no such SAML provider.
    #[error("no such SAML provider")]
    NoSamlProvider,
    /// No token.
    #[error("no token")]
    NoToken,
    /// A token that has not three parts.
    #[error("a token without its three parts")]
    TokenParts,
    /// A token that cannot be read, or lacks a claim.
    #[error("a malformed token")]
    TokenContent,
    /// A token signed in a way that is not known.
    #[error("a token signed by {0}")]
    TokenAlgorithm(String),
    /// A token whose signature does not verify with the provider's keys.
    #[error("a token with a bad signature")]
    TokenSignature,
    /// A token that has expired, or was issued longer ago than the provider's limit.
    #[error("a token that is too old")]
    TokenExpired,
    /// A token of another provider.
    #[error("a token of another issuer")]
    TokenIssuer,
    /// A token for none of the provider's clients.
    #[error("a token for another audience")]
    TokenAudience,
    /// The provider, whose address this is, has no keys.
    #[error("no keys of {0}")]
    NoKeys(String),
    /// The provider's metadata hold nothing to verify a signature with.
    #[error("metadata without a certificate")]
    Metadata,
    /// An assertion that has expired.
    #[error("an expired assertion")]
    AssertionExpired,
    /// An assertion that is not taken for another reason.
    #[error("an invalid assertion: {0}")]
    Assertion(&'static str),
    /// The name for the session is malformed.
    #[error("a malformed session name")]
    SessionName,
    /// The session would be shorter or longer than the role allows.
    #[error("a duration out of bounds")]
    Duration,
    /// The session policy is no policy.
    #[error("a malformed session policy")]
    PolicyGrammar,
    /// The session policy is too long.
    #[error("a session policy that is too long")]
    PolicySize,
    /// There is no role of this ARN.
    #[error("no role {0}")]
    NoRole(String),
    /// The role's trust policy does not let the provider's people in.
    #[error("the role does not trust the provider")]
    NotTrusted,
}
