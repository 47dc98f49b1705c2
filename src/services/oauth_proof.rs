//! Whether a client has the key that it says: its proof, good once and for a short time.

use crate::app::App;
use crate::domain::error::Error;
use crate::domain::grant::GrantFault;
use crate::domain::time::Time;
use crate::federation::dpop;
use crate::store;

use super::callers::token_hash;
use super::{nonces, time_in};

pub use crate::federation::dpop::About;

/// How far the time in a proof may be from the clock, either way, in seconds; inferred. It is less than nonces are
/// remembered.
const WINDOW_SECONDS: i64 = 300;

/// Verifies the proof that comes with a code or token, and uses it up; gives the key's thumbprint (RFC 9449 section
/// 4.3).
///
/// As of all requests, the time is judged by the machine's clock or the account's, whichever is nearer.
pub async fn prove(app: &App, grant: &str, jwt: &str, about: About<'_>) -> Result<Result<String, GrantFault>, Error> {
    let Ok(proof) = dpop::verify(jwt, about) else {
        return Ok(Err(GrantFault::Invalid("The DPoP proof is not valid for this request.")));
    };
    let own = now_of(app, grant).await?;
    let machine = app.system_now();
    let near = |now: Time| now.seconds().abs_diff(proof.issued_at) <= WINDOW_SECONDS.unsigned_abs();
    if !near(machine) && !near(own) {
        return Ok(Err(GrantFault::Invalid("The DPoP proof is not of this time.")));
    }
    let key = format!("dpop:{}", proof.thumbprint);
    if nonces::remember(app, &key, &token_hash(&proof.id), !near(machine)).await? {
        Ok(Ok(proof.thumbprint))
    } else {
        Ok(Err(GrantFault::Invalid("The DPoP proof was used before.")))
    }
}

/// The time in the account of a grant, or in the world.
async fn now_of(app: &App, grant: &str) -> Result<Time, Error> {
    let mut conn = app.db.read().await?;
    let world = store::world::clock(&mut conn).await?;
    let own = match store::sign_in_grants::find(&mut conn, &token_hash(grant)).await? {
        Some(grant) => store::accounts::find(&mut conn, &grant.account_id).await?.and_then(|account| account.clock),
        None => None,
    };
    Ok(time_in(app, own, world))
}
