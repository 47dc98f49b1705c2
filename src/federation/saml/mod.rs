//! SAML 2.0 web browser sign-on as clouds take it: an identity provider's metadata, and its responses with a signed
//! assertion. Must not know which roles, audiences or recipients anybody accepts: that is for the caller to compare.

use crate::domain::time::Time;

mod assertion;
mod metadata;
pub mod names;
mod response;
mod signature;

pub use assertion::{Assertion, RolePair, Subject};
pub use metadata::{Endpoint, Metadata};
pub use response::verify;

use super::certificate::CertificateFault;
use super::xml::XmlFault;

/// The longest response that is read, in base64: `SAMLAssertion` of AWS STS 2011-06-15, AssumeRoleWithSAML.
pub const MAX_RESPONSE: usize = 100_000;
/// The largest metadata that is read, in bytes: `SAMLMetadataDocument` of IAM 2010-05-08, CreateSAMLProvider.
pub const MAX_METADATA: usize = 10_000_000;
/// The most signing certificates of one provider: a signature is tried against each.
pub const MAX_CERTIFICATES: usize = 20;

const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const METADATA: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";

/// What a cloud reads out of an assertion, and how strictly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// What the names of the cloud's own attributes begin with.
    pub attributes: &'static str,
    /// What stands in the resource name of a role, to tell it from the provider beside it.
    pub role_mark: &'static str,
    /// What stands in the resource name of a SAML provider.
    pub provider_mark: &'static str,
    /// Whether the assertion itself has to be signed, so that a signature of the response around it is not enough.
    pub assertion_signature_required: bool,
    /// Whether an assertion is refused before its `NotBefore`.
    pub honours_not_before: bool,
    /// Whether the subject's name has to say its format.
    pub name_format_required: bool,
}

impl Rules {
    /// AWS: IAM User Guide, "Configure SAML assertions for the authentication response"; the strictness as observed of
    /// AWS STS in September 2026.
    pub const AWS: Self = Self {
        attributes: "https://aws.amazon.com/SAML/Attributes/",
        role_mark: ":role/",
        provider_mark: ":saml-provider/",
        assertion_signature_required: true,
        honours_not_before: false,
        name_format_required: true,
    };

    /// Alibaba Cloud: RAM documentation, "SAML assertions for role-based SSO"; the strictness is inferred.
    pub const ALIBABA: Self = Self {
        attributes: "https://www.aliyun.com/SAML-Role/Attributes/",
        role_mark: ":role/",
        provider_mark: ":saml-provider/",
        assertion_signature_required: false,
        honours_not_before: true,
        name_format_required: false,
    };
}

/// Why metadata or a response is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not base64, no XML, or XML that is not put together as SAML says; in what way.
    #[error("malformed: {0}")]
    Malformed(&'static str),
    /// Longer than is read.
    #[error("too large")]
    TooLarge,
    /// What has to be signed is not.
    #[error("not signed")]
    NotSigned,
    /// A signature does not verify, or what it covers is not what it has to cover.
    #[error("bad signature")]
    BadSignature,
    /// A signature does not verify, and the certificate that it names is none of the provider's.
    #[error("signed with an unknown key")]
    UnknownKey,
    /// It has expired.
    #[error("expired at {at}")]
    Expired {
        /// The earliest of its ends.
        at: Time,
    },
    /// It begins later than now.
    #[error("not valid before {from}")]
    NotYetValid {
        /// The latest of its beginnings.
        from: Time,
    },
    /// It is another provider's. The name found, cut short.
    #[error("issued by {found}")]
    WrongIssuer {
        /// What it names as its issuer.
        found: String,
    },
    /// The assertion, or the subject's name, is encrypted.
    #[error("encrypted")]
    Encrypted,
    /// An element or attribute is missing.
    #[error("no {0}")]
    MissingElement(&'static str),
    /// An algorithm that is not known. Its name, cut short.
    #[error("unsupported {0}")]
    Unsupported(String),
    /// The provider's answer is not one of success. Its status code, cut short.
    #[error("status {0}")]
    NotSuccessful(String),
    /// A certificate in the metadata cannot be read.
    #[error("certificate: {0}")]
    Certificate(#[from] CertificateFault),
}

impl From<XmlFault> for Fault {
    fn from(fault: XmlFault) -> Self {
        match fault {
            XmlFault::Malformed => Self::Malformed("not well-formed XML"),
            XmlFault::DocumentType => Self::Malformed("a document type"),
            XmlFault::TooLarge => Self::TooLarge,
        }
    }
}

/// An xs:dateTime. SAML's are in UTC (SAML Core section 1.3.3); one without a zone is taken for that.
fn time(text: &str) -> Result<Time, Fault> {
    let text = text.trim();
    Time::parse(text).or_else(|| Time::parse(&format!("{text}Z"))).ok_or(Fault::Malformed("a time"))
}

/// Base64 as XML has it, with white space anywhere.
fn base64(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    let text: String = text.split_ascii_whitespace().collect();
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

/// So much of a text out of a message that a refusal or a log may show it.
fn short(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(200).collect()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
