//! What identity providers vouch for: their tokens, assertions, keys and certificates, read and verified. No I/O, no
//! clock, no cloud's error texts: the time, the providers' keys and the claimed names are arguments, and a refusal is a
//! fault with its facts. Beside them what Sesame vouches for itself: tokens and certificates.

pub mod authority;
pub mod certificate;
mod der;
mod der_writing;
pub mod dpop;
pub mod jwk;
pub mod jwt;
pub mod key;
mod pem;
pub mod private_key;
pub mod provider;
pub mod saml;
pub mod signing;
pub mod ssh_key;
mod xml;
