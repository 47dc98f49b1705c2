//! What AWS says of a faulty identity provider: the one place where codes and texts stand; must not know how a fault is
//! found. As observed of IAM in September 2026 unless a line says otherwise.

use super::errors::{Fault, invalid_input, validation};
use crate::domain::providers::{MAX_PRIVATE_KEYS, ProviderFault};

/// The answer to a fault.
pub(super) fn fault(fault: &ProviderFault) -> Fault {
    match fault {
        // This and the next two from other services' tests against IAM.
        ProviderFault::Address => validation("Invalid Open ID Connect Provider URL"),
        ProviderFault::InsecureAddress => {
            invalid_input("Invalid Open ID Connect Provider URL. The URL must begin with https://.")
        }
        ProviderFault::AddressWithPort => invalid_input("Invalid Open ID Connect Provider URL."),
        ProviderFault::AddressWithQuery => invalid_input("Unknown"),
        // Five are taken, whatever the text says.
        ProviderFault::TooManyThumbprints => invalid_input("Thumbprint list must contain fewer than 5 entries."),
        ProviderFault::NoThumbprint => invalid_input("Thumbprint list must contain at least one entry."),
        // From another service's tests; the model refuses it before.
        ProviderFault::Thumbprint => invalid_input("Thumbprint must be exactly 40 characters."),
        ProviderFault::Metadata => invalid_input("Could not parse metadata"),
        ProviderFault::NoIssuer => invalid_input("SAML Providers must reference at least one SAML assertion issuer."),
        // Inferred.
        ProviderFault::PrivateKey => invalid_input("Could not parse private key"),
        ProviderFault::NoPrivateKeyGiven => {
            validation("Unable to set assertion encryption mode to Required because no private key is provided.")
        }
        ProviderFault::NoPrivateKey => {
            invalid_input("Failed to set assertion encryption mode to Required because no private key is present.")
        }
        ProviderFault::PrivateKeyNotRemovable => invalid_input("Failed to remove private key."),
        ProviderFault::TooManyPrivateKeys => {
            Fault::new(409, "LimitExceeded", format!("Private key limit of {MAX_PRIVATE_KEYS} is reached."))
        }
        ProviderFault::AddsAndRemoves => validation(
            "Unable to add and remove private keys in the same request. Set a value for only one of the two parameters.",
        ),
        ProviderFault::NothingToChange => validation(
            "Unable to update identity provider. No updates are defined for metadata or encryption assertion.",
        ),
        // No call of this API hands over keys.
        ProviderFault::Keys(why) => invalid_input(why.clone()),
    }
}
