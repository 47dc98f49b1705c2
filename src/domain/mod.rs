//! The rules of identities, passwords and sessions: no I/O, no HTTP, no SQL, no cloud's error texts; the time is an
//! argument.

pub mod access_key;
pub mod account;
pub mod arn;
pub mod aws_services;
pub mod credential_report;
pub mod credentials;
pub mod denial;
pub mod error;
pub mod exchange;
pub mod grant;
pub mod group;
pub mod instance_profile;
pub mod login_profile;
pub mod managed_policies;
pub mod mfa;
pub mod name;
pub mod own_policy;
pub mod password_policy;
pub mod policy;
pub mod policy_owner;
pub mod principal;
pub mod providers;
pub mod request_keys;
pub mod role;
pub mod rules;
pub mod security_preference;
pub mod service_access;
pub mod service_linked_roles;
pub mod session;
pub mod session_tags;
pub mod time;
pub mod trust;
pub mod unique_id;
pub mod user;
pub mod vouching;
