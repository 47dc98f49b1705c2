//! AWS's APIs over HTTP.

mod client;
mod instance_profiles;
mod providers;
mod roles;
mod service_linked_roles;
