//! What stands in the way of deleting a user among its credentials beside passwords, access keys and MFA devices.

use crate::domain::error::{Error, Noun};
use crate::store::{self, Conn};

/// What the user still has. The order in which it is told is inferred.
pub(super) async fn conflict_of_user(conn: &mut Conn, account_id: &str, user_id: &str) -> Result<Option<Noun>, Error> {
    if !store::signing_certificates::of_user(conn, account_id, user_id).await?.is_empty() {
        return Ok(Some(Noun::SigningCertificate));
    }
    if !store::ssh_public_keys::of_user(conn, account_id, user_id).await?.is_empty() {
        return Ok(Some(Noun::SshPublicKey));
    }
    let credentials = store::service_credentials::of_user(conn, account_id, user_id).await?;
    Ok((!credentials.is_empty()).then_some(Noun::ServiceCredential))
}
