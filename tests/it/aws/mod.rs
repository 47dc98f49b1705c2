//! AWS's dialect over HTTP, on both engines.

mod certificates;
mod client;
mod mfa;
mod service_credentials;
mod sign_in;
mod ssh_keys;

pub(crate) use client::{ACCOUNT, Aws, Xml};
