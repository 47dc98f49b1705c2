//! AWS's APIs over HTTP, on every store.

mod certificates;
mod client;
mod credentials_client;
mod groups;
mod instance_profiles;
mod mfa;
mod policies;
mod policy_races;
mod providers;
mod reports;
mod roles;
mod service_credentials;
mod service_linked_roles;
mod sign_in;
mod ssh_keys;

use client::{Answer, Aws, DOCUMENT};
