//! AWS's APIs over HTTP, on every store.

mod attachments;
mod certificates;
pub(crate) mod client;
mod credentials_client;
mod explain;
mod federation;
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
pub(crate) mod signed_client;
mod simulation;
mod ssh_keys;
mod sts;
mod sts_lives;
mod targets;
mod two_wires;
mod unseen;

use client::{Answer, Aws, DOCUMENT};

use crate::support::TestApp;

/// Makes a user of the default account who can sign in.
pub(crate) async fn make_console_user(app: &TestApp, name: &str, password: &str) {
    let root = credentials_client::Aws::root(app);
    root.iam("CreateUser", &[("UserName", name)]).await.ok();
    root.iam("CreateLoginProfile", &[("UserName", name), ("Password", password)]).await.ok();
}
