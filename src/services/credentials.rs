//! What stands in the way of deleting a user among its credentials beside passwords, access keys and MFA devices.

use crate::domain::error::{Error, Noun};
use crate::store::{self, Conn};

/// What the user still has. The order in which it is told is inferred.
pub(super) async fn conflicts_of_user(conn: &mut Conn, account_id: &str, user_id: &str) -> Result<Vec<Noun>, Error> {
    let mut found = Vec::new();
    if !store::signing_certificates::of_user(conn, account_id, user_id).await?.is_empty() {
        found.push(Noun::SigningCertificate);
    }
    if !store::ssh_public_keys::of_user(conn, account_id, user_id).await?.is_empty() {
        found.push(Noun::SshPublicKey);
    }
    if !store::service_credentials::of_user(conn, account_id, user_id).await?.is_empty() {
        found.push(Noun::ServiceCredential);
    }
    Ok(found)
}
