//! The one place of what AWS answers to a request whose signature it does not take; knows neither requests nor keys.
//!
//! Texts are as clients of AWS have seen them; those marked inferred are not confirmed by any recorded answer.

use std::fmt;

use chrono::DateTime;

use super::TERMINATOR;
use crate::domain::time::Time;

/// How far the time of a request may be off for IAM and STS, in minutes.
pub(super) const WINDOW_MINUTES: i64 = 15;

/// Text that came with the request. The answer tells it back; a log must not have it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Echo(pub(super) String);

impl fmt::Debug for Echo {
    /// Leaves the text out, which may hold a signature.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Echo(..)")
    }
}

/// Why a signature is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SignatureFault {
    /// Neither header nor query holds a signature of Version 4.
    MissingAuthenticationToken,
    /// Both the header and the query hold one.
    InHeaderAndQuery,
    /// A part of the header has no `=`.
    NotAPair {
        /// The part.
        part: Echo,
        /// The header `Authorization`.
        authorization: Echo,
    },
    /// The header lacks parts.
    MissingParts {
        /// Those of `Credential`, `Signature` and `SignedHeaders` that are missing, in that order.
        parts: Vec<&'static str>,
        /// Whether the date is missing as well.
        date: bool,
        /// The header `Authorization`.
        authorization: Echo,
    },
    /// The query lacks these parameters.
    MissingParameters(Vec<&'static str>),
    /// The date is not of the basic form of ISO 8601.
    DateFormat(String),
    /// These headers have to be signed and are not.
    UnsignedHeaders(Vec<String>),
    /// Another algorithm than that of Version 4.
    Algorithm(String),
    /// The credential does not have five parts.
    CredentialParts(String),
    /// `X-Amz-Expires` is not a number of 1 to 604800 seconds.
    Expires,
    /// The request is too old.
    Expired {
        /// When it was signed.
        sent: Time,
        /// What the machine's clock shows.
        now: Time,
    },
    /// The request comes from the future.
    NotYetCurrent {
        /// When it was signed.
        sent: Time,
        /// What the machine's clock shows.
        now: Time,
    },
    /// A presigned URL outlived its own `X-Amz-Expires`.
    UrlExpired,
    /// The credential's scope is wrong in these ways.
    Scope(Vec<ScopeFault>),
    /// The key is unknown, inactive or deleted, or the session token is missing or another key's.
    InvalidClientTokenId,
    /// The temporary credentials lapsed.
    ExpiredToken,
    /// The signature is not that of the request.
    SignatureDoesNotMatch,
}

/// What is wrong with the scope of a credential, in the order in which AWS tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ScopeFault {
    /// No such region.
    Region(String),
    /// Not the service that was called, which is this one.
    Service(String),
    /// Not `aws4_request`.
    Terminator(String),
    /// Not the day of the request.
    Date {
        /// The date of the scope.
        scope: String,
        /// The date of the request, in full.
        date: String,
    },
}

const INCOMPLETE: &str = "IncompleteSignature";
const MISMATCH: &str = "SignatureDoesNotMatch";

impl SignatureFault {
    /// The code, the HTTP status and the text of the answer.
    pub(crate) fn answer(&self) -> (&'static str, u16, String) {
        let (code, status) = self.code();
        (code, status, self.message())
    }

    fn code(&self) -> (&'static str, u16) {
        match self {
            Self::MissingAuthenticationToken => ("MissingAuthenticationToken", 403),
            Self::NotAPair { .. }
            | Self::MissingParts { .. }
            | Self::MissingParameters(_)
            | Self::DateFormat(_)
            | Self::Algorithm(_)
            | Self::CredentialParts(_) => (INCOMPLETE, 400),
            // Inferred for IAM and STS: S3's code, the only one that is documented for it.
            Self::Expires => ("AuthorizationQueryParametersError", 400),
            // Common errors of the IAM API reference.
            Self::UrlExpired => ("RequestExpired", 400),
            // The first is inferred: services with JSON answer it by their name of this code.
            Self::InHeaderAndQuery
            | Self::UnsignedHeaders(_)
            | Self::Expired { .. }
            | Self::NotYetCurrent { .. }
            | Self::Scope(_)
            | Self::SignatureDoesNotMatch => (MISMATCH, 403),
            Self::InvalidClientTokenId => ("InvalidClientTokenId", 403),
            Self::ExpiredToken => ("ExpiredToken", 403),
        }
    }

    fn message(&self) -> String {
        match self {
            Self::MissingAuthenticationToken => "Request is missing Authentication Token".to_owned(),
            Self::InHeaderAndQuery => "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as \
                                       HTTP header."
                .to_owned(),
            Self::NotAPair { part: Echo(part), authorization: Echo(header) } => {
                format!("'{part}' not a valid key=value pair (missing equal-sign) in Authorization header: '{header}'.")
            }
            Self::MissingParts { parts, date, authorization: Echo(header) } => missing_parts(parts, *date, header),
            Self::MissingParameters(names) => {
                let sentence = |name: &&str| format!("AWS query-string parameters must include '{name}'.");
                let last = "Re-examine the query-string parameters.".to_owned();
                joined(names.iter().map(sentence).chain([last]))
            }
            Self::DateFormat(sent) => format!(
                "Date must be in ISO-8601 'basic format'. Got '{sent}'. See http://en.wikipedia.org/wiki/ISO_8601"
            ),
            // That several sentences are joined by a space is inferred from the faults of scopes.
            Self::UnsignedHeaders(names) => joined(names.iter().map(|name| unsigned_header(name))),
            Self::Algorithm(sent) => format!("Unsupported AWS 'algorithm': '{sent}'"),
            Self::CredentialParts(sent) => format!(
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got \
                 '{sent}'"
            ),
            // Inferred, both code and text.
            Self::Expires => "X-Amz-Expires must be between 1 and 604800 seconds".to_owned(),
            Self::Expired { sent, now } => format!(
                "Signature expired: {} is now earlier than {} ({} - {WINDOW_MINUTES} min.)",
                basic(*sent),
                basic(now.plus_seconds(-60 * WINDOW_MINUTES)),
                basic(*now)
            ),
            Self::NotYetCurrent { sent, now } => format!(
                "Signature not yet current: {} is still later than {} ({} + {WINDOW_MINUTES} min.)",
                basic(*sent),
                basic(now.plus_seconds(60 * WINDOW_MINUTES)),
                basic(*now)
            ),
            Self::UrlExpired => "Request has expired.".to_owned(),
            Self::Scope(faults) => joined(faults.iter().map(ScopeFault::message)),
            Self::InvalidClientTokenId => "The security token included in the request is invalid.".to_owned(),
            Self::ExpiredToken => "The security token included in the request is expired".to_owned(),
            Self::SignatureDoesNotMatch => {
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
                 Access Key and signing method. Consult the service documentation for details."
                    .to_owned()
            }
        }
    }
}

impl ScopeFault {
    fn message(&self) -> String {
        match self {
            Self::Region(sent) => format!("Credential should be scoped to a valid region, not '{sent}'."),
            Self::Service(called) => format!("Credential should be scoped to correct service: '{called}'."),
            Self::Terminator(sent) => {
                format!("Credential should be scoped with a valid terminator: '{TERMINATOR}', not '{sent}'.")
            }
            Self::Date { scope, date } => format!(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{scope}' \
                 != '{}', from '{date}'.",
                date.get(..8).unwrap_or(date)
            ),
        }
    }
}

fn missing_parts(parts: &[&str], date: bool, header: &str) -> String {
    let sentence = |part: &&str| format!("Authorization header requires '{part}' parameter.");
    let date =
        date.then(|| "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.".to_owned());
    joined(parts.iter().map(sentence).chain(date).chain([format!("Authorization={header}")]))
}

/// Some services name `':authority'` beside the host since 2022.
fn unsigned_header(name: &str) -> String {
    format!("'{name}' must be a 'SignedHeader' in the AWS Authorization.")
}

fn joined(sentences: impl Iterator<Item = String>) -> String {
    sentences.collect::<Vec<_>>().join(" ")
}

/// Writes a time in the basic form of ISO 8601, `20260304T050607Z`.
pub(super) fn basic(time: Time) -> String {
    let time = DateTime::from_timestamp_micros(time.0).unwrap_or_default();
    time.format("%Y%m%dT%H%M%SZ").to_string()
}
