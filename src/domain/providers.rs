//! Identity providers that an account trusts: OpenID Connect and SAML; must not know how their tokens are read.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::account::Cloud;
use super::arn::{self, Kind};
use super::time::Time;

/// The most private keys of one SAML provider (IAM 2010-05-08 GetSAMLProvider, `PrivateKeyList`).
pub const MAX_PRIVATE_KEYS: usize = 2;

/// How old a token may be that an OpenID provider vouches with, in hours (IMS 2019-08-15 CreateOIDCProvider,
/// `IssuanceLimitTime`).
pub const ISSUANCE_LIMIT_HOURS: std::ops::RangeInclusive<i64> = 1..=168;

/// How long a SAML provider's metadata is said to be valid from when it was given, whatever it says itself: observed
/// of IAM in September 2026.
pub const METADATA_YEARS: u32 = 100;

/// What differs between the clouds in what may be said of a provider.
#[derive(Debug)]
pub struct ProviderRules {
    /// Whether an OpenID provider's address may name any port.
    pub any_port: bool,
    /// A thumbprint as it is kept, where the text is one.
    pub thumbprint: fn(&str) -> Option<String>,
    /// Whether an OpenID provider always has a thumbprint, which is its server's where none is given.
    pub has_thumbprint: bool,
    /// How old a token may be unless somebody says otherwise, in hours.
    pub issuance_limit_hours: Option<i64>,
    /// Whether a change of a SAML provider has to change something.
    pub change_required: bool,
}

impl ProviderRules {
    /// IAM 2010-05-08.
    pub const AWS: Self = Self {
        any_port: false,
        // That they need not be hexadecimal digits was observed of IAM in September 2026.
        thumbprint: |text| (text.chars().count() == 40).then(|| text.to_ascii_lowercase()),
        has_thumbprint: true,
        issuance_limit_hours: None,
        change_required: true,
    };

    /// IMS 2019-08-15 CreateOIDCProvider and UpdateSAMLProvider.
    pub const ALIBABA: Self = Self {
        // No page forbids a port.
        any_port: true,
        // That it keeps its case is inferred.
        thumbprint: |text| {
            let is_one = (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
            is_one.then(|| text.to_owned())
        },
        has_thumbprint: false,
        // No page names the default; answers that show one have this. Inferred.
        issuance_limit_hours: Some(12),
        change_required: false,
    };
}

/// How the requests that a SAML provider gets are signed (IMS 2019-08-15 CreateSAMLProvider, `AuthnSignAlgo`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RequestSigning {
    /// With SHA-1, which is the default.
    #[default]
    RsaSha1,
    /// With SHA-256.
    RsaSha256,
}

impl RequestSigning {
    /// The name on the wire and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RsaSha1 => "rsa-sha1",
            Self::RsaSha256 => "rsa-sha256",
        }
    }

    /// Reads what `as_str` gave.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::RsaSha1, Self::RsaSha256].into_iter().find(|algorithm| algorithm.as_str() == text)
    }
}

/// How a provider is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderRef<'a> {
    /// By its ARN.
    Arn(&'a str),
    /// By its name.
    Name(&'a str),
}

impl<'a> ProviderRef<'a> {
    /// The text that names it.
    pub fn as_str(self) -> &'a str {
        match self {
            Self::Arn(text) | Self::Name(text) => text,
        }
    }

    /// The name, when it is one of a provider of this kind in this account. An OpenID provider's holds slashes on AWS.
    pub fn name(self, cloud: Cloud, account_id: &str, kind: Kind) -> Option<&'a str> {
        match self {
            Self::Arn(arn) => arn.strip_prefix(&*arn::of(cloud, account_id, kind, "/", "")),
            Self::Name(name) => Some(name),
        }
        .filter(|name| !name.is_empty())
    }
}

/// An OpenID Connect provider.
#[derive(Clone)]
pub struct OidcProvider {
    /// The account that trusts it.
    pub account_id: String,
    /// Its id, which no API shows.
    pub id: String,
    /// Its name: on AWS the address without its scheme, on Alibaba Cloud what it was called.
    pub name: String,
    /// Its address, as tokens name it.
    pub issuer: String,
    /// The clients whose tokens are taken, in the order they came.
    pub client_ids: Vec<String>,
    /// The thumbprints of its server's certificates.
    pub thumbprints: Vec<String>,
    /// Free text; empty is none.
    pub description: String,
    /// How old a token may be, in hours (IMS 2019-08-15 CreateOIDCProvider, `IssuanceLimitTime`).
    pub issuance_limit_hours: Option<i64>,
    /// Its keys, a JSON Web Key set, as a tester handed them over.
    pub jwks: Option<String>,
    /// The key that signs tokens in its name for testers who have no such provider.
    pub signing_key: Option<SigningKey>,
    /// When it was made.
    pub created_at: Time,
    /// When it was last changed.
    pub updated_at: Time,
}

/// A key that signs tokens.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// Its id.
    pub id: String,
    /// The key pair as PKCS#8.
    pub pkcs8: Vec<u8>,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for OidcProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcProvider").field("name", &self.name).finish_non_exhaustive()
    }
}

impl OidcProvider {
    /// Its ARN.
    pub fn arn(&self, cloud: Cloud) -> String {
        arn::of(cloud, &self.account_id, Kind::OidcProvider, "/", &self.name)
    }
}

/// A SAML provider.
#[derive(Clone)]
pub struct SamlProvider {
    /// The account that trusts it.
    pub account_id: String,
    /// Its id (IAM 2010-05-08 GetSAMLProvider, `SAMLProviderUUID`).
    pub id: String,
    /// Its name.
    pub name: String,
    /// Free text; empty is none.
    pub description: String,
    /// Its metadata, as it was given.
    pub metadata: String,
    /// Whether assertions have to be encrypted.
    pub encryption_required: bool,
    /// The keys that decrypt assertions, the oldest first.
    pub private_keys: Vec<PrivateKey>,
    /// How the requests to it are signed.
    pub request_signing: RequestSigning,
    /// Until when the metadata is said to be valid.
    pub valid_until: Time,
    /// When it was made.
    pub created_at: Time,
    /// When it was last changed.
    pub updated_at: Time,
}

/// What a listing shows of a SAML provider.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of SamlProvider")]
pub struct ListedSamlProvider {
    pub name: String,
    pub description: String,
    pub valid_until: Time,
    pub created_at: Time,
    pub updated_at: Time,
}

/// A key that decrypts assertions.
#[derive(Clone, Serialize, Deserialize)]
pub struct PrivateKey {
    /// Its id.
    pub id: String,
    /// The key in PEM.
    pub pem: String,
    /// When it was added.
    pub added_at: Time,
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for SamlProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SamlProvider").field("name", &self.name).finish_non_exhaustive()
    }
}

impl SamlProvider {
    /// Its ARN.
    pub fn arn(&self, cloud: Cloud) -> String {
        saml_arn(cloud, &self.account_id, &self.name)
    }
}

/// The ARN of a SAML provider.
pub fn saml_arn(cloud: Cloud, account_id: &str, name: &str) -> String {
    arn::of(cloud, account_id, Kind::SamlProvider, "/", name)
}

/// What may not be said of a provider.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderFault {
    /// The address is no address.
    #[error("the address is malformed")]
    Address,
    /// The address begins with `http://`.
    #[error("the address is not an https one")]
    InsecureAddress,
    /// The address has a port or names a user.
    #[error("the address has a port")]
    AddressWithPort,
    /// The address has a query or a fragment.
    #[error("the address has a query or a fragment")]
    AddressWithQuery,
    /// More thumbprints than a provider may have.
    #[error("too many thumbprints")]
    TooManyThumbprints,
    /// No thumbprint at all.
    #[error("no thumbprint")]
    NoThumbprint,
    /// A thumbprint that is none.
    #[error("a malformed thumbprint")]
    Thumbprint,
    /// Metadata that cannot be read.
    #[error("malformed metadata")]
    Metadata,
    /// Metadata of something that is no SAML 2.0 identity provider.
    #[error("metadata of no identity provider")]
    NoIssuer,
    /// A private key that cannot be read.
    #[error("malformed private key")]
    PrivateKey,
    /// A new provider that requires encryption and has no key to decrypt with.
    #[error("encryption is required and no private key is given")]
    NoPrivateKeyGiven,
    /// A change that requires encryption where there is no key to decrypt with.
    #[error("encryption is required and there is no private key")]
    NoPrivateKey,
    /// A private key that is not there, or the last one while encryption is required.
    #[error("the private key cannot be removed")]
    PrivateKeyNotRemovable,
    /// More private keys than a provider may have.
    #[error("too many private keys")]
    TooManyPrivateKeys,
    /// A private key to add and one to remove.
    #[error("a private key to add and one to remove")]
    AddsAndRemoves,
    /// A change that changes nothing.
    #[error("nothing to change")]
    NothingToChange,
    /// A JSON Web Key set that cannot be used; why.
    #[error("the keys cannot be used: {0}")]
    Keys(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_names_a_provider_of_its_account_and_kind_alone() {
        let named = |arn| ProviderRef::Arn(arn).name(Cloud::Aws, "1", Kind::OidcProvider);
        assert_eq!(named("arn:aws:iam::1:oidc-provider/a.example/org/"), Some("a.example/org/"));
        for other in [
            "",
            "a.example",
            "arn:aws:iam::2:oidc-provider/a",
            "arn:aws:iam::1:saml-provider/a",
            "arn:aws:iam::1:oidc-provider/",
        ] {
            assert_eq!(named(other), None, "{other}");
        }
        assert_eq!(ProviderRef::Name("idp").name(Cloud::Alibaba, "1", Kind::SamlProvider), Some("idp"));
    }

    #[test]
    fn thumbprints_are_those_of_the_cloud() {
        let (aws, alibaba) = (ProviderRules::AWS.thumbprint, ProviderRules::ALIBABA.thumbprint);
        assert_eq!(aws(&"Ag".repeat(20)), Some("ag".repeat(20)));
        assert_eq!(aws("a0"), None);
        assert_eq!(alibaba("A0"), Some("A0".to_owned()));
        for bad in ["", "a:b", &"a".repeat(129)] {
            assert_eq!(alibaba(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_algorithm_is_read_back() {
        for algorithm in [RequestSigning::RsaSha1, RequestSigning::RsaSha256] {
            assert_eq!(RequestSigning::parse(algorithm.as_str()), Some(algorithm));
        }
        assert_eq!(RequestSigning::parse("rsa-md5"), None);
    }

    #[test]
    fn no_key_is_shown() {
        let key = SigningKey { id: "1".to_owned(), pkcs8: vec![7; 3] };
        assert_eq!(format!("{key:?}"), "SigningKey { id: \"1\", .. }");
        let key = PrivateKey { id: "1".to_owned(), pem: "pem".to_owned(), added_at: Time(0) };
        assert_eq!(format!("{key:?}"), "PrivateKey { id: \"1\", .. }");
    }
}
