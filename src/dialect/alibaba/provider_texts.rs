//! What may not be said of an identity provider, in the cloud's words.

use super::errors::{Fault, bad_parameter};
use crate::domain::error::Why;
use crate::domain::providers::ProviderFault;

/// The codes are inferred from those of other parameters.
pub(super) fn fault(fault: &ProviderFault) -> Fault {
    match fault {
        ProviderFault::TooManyThumbprints => Fault::new(
            409,
            "LimitExceeded.OIDCProvider.Fingerprint",
            "The count of fingerprints beyond the current limits.",
        ),
        ProviderFault::Address
        | ProviderFault::InsecureAddress
        | ProviderFault::AddressWithPort
        | ProviderFault::AddressWithQuery => bad_parameter("IssuerUrl", &Why::Format),
        ProviderFault::Thumbprint => bad_parameter("Fingerprints", &Why::InvalidChars),
        ProviderFault::Metadata | ProviderFault::NoIssuer => bad_parameter("EncodedSAMLMetadataDocument", &Why::Format),
        // No use case of this cloud says any other.
        _ => Fault::new(400, "InvalidParameter", fault.to_string()),
    }
}
