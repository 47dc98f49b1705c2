//! AWS's APIs over HTTP, on every store.

mod attachments;
mod client;
mod federation;
mod groups;
mod instance_profiles;
mod policies;
mod policy_races;
mod providers;
mod roles;
mod service_linked_roles;
mod signed_client;
mod sts;
mod sts_lives;

use client::{Answer, Aws, DOCUMENT};
