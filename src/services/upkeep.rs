//! What is done now and then beside the requests: writing when keys were last used and for which services, forgetting
//! old nonces and what old sign-ins handed out.

use std::time::Duration;

use crate::app::App;
use crate::app::key_usage::{KeyUse, Use};
use crate::domain::error::Error;
use crate::domain::service_access::Accessor;
use crate::store;

/// How often uses of keys are written. Until then only this process knows them.
const EVERY: Duration = Duration::from_secs(1);
/// How often old nonces are forgotten, in turns of `EVERY`.
const FORGET_EVERY: u64 = 60;

/// Writes when keys were last used.
pub async fn write_key_usage(app: &App) -> Result<(), Error> {
    let pending = app.key_usage.take();
    if pending.is_empty() {
        return Ok(());
    }
    let written = write_uses(app, &pending).await;
    if written.is_err() {
        app.key_usage.put_back(pending);
    }
    written
}

async fn write_uses(app: &App, pending: &[(String, KeyUse)]) -> Result<(), Error> {
    let mut tx = app.db.write_aside().await?;
    let mut of_sessions = Vec::new();
    for (key_id, key) in pending {
        let Some(last) = key.uses.last() else { continue };
        if !store::access_keys::used(&mut tx, key_id, last.at, last.service, &last.region).await? {
            of_sessions.push((key_id, last));
        }
    }
    tx.commit().await?;
    // The last use of a role is the last one written.
    of_sessions.sort_by_key(|(_, last)| last.at);
    for (key_id, last) in of_sessions {
        // One transaction each: keys of one order are roles of another, and two replicas could wait in a ring.
        let mut tx = app.db.write_aside().await?;
        store::roles::used_by_session(&mut tx, key_id, last.at, &last.region).await?;
        tx.commit().await?;
    }
    write_service_access(app, pending).await
}

/// Writes which services were used by whom. A transaction of its own, since it waits for who drops an account, who in
/// turn waits for the keys; in one order for all replicas.
async fn write_service_access(app: &App, pending: &[(String, KeyUse)]) -> Result<(), Error> {
    let of_key = |key: &KeyUse| key.by.clone().map(|by| (by, key.uses.clone()));
    let mut used: Vec<(Accessor, Use)> = Vec::new();
    for (by, uses) in pending.iter().filter_map(|(_, key)| of_key(key)) {
        used.extend(uses.into_iter().map(|last| (by.clone(), last)));
    }
    if used.is_empty() {
        return Ok(());
    }
    used.sort_by(|(a, first), (b, second)| (a, first.service, first.at).cmp(&(b, second.service, second.at)));
    let mut tx = app.db.write_aside().await?;
    for (by, last) in &used {
        store::service_access::record(&mut tx, by, last.service, last.at, &last.region).await?;
    }
    tx.commit().await
}

/// Forgets codes and tokens of sign-ins long ago.
pub async fn forget_grants(app: &App) -> Result<(), Error> {
    let mut tx = app.db.write_aside().await?;
    store::device_authorizations::forget(&mut tx, app.system_now()).await?;
    store::mfa_tickets::forget(&mut tx, app.system_now()).await?;
    store::sign_in_grants::forget(&mut tx, app.system_now()).await?;
    tx.commit().await
}

/// Does the upkeep until the task is dropped.
pub async fn run(app: App) {
    let mut turns = tokio::time::interval(EVERY);
    let mut count = 0_u64;
    loop {
        turns.tick().await;
        count += 1;
        if let Err(error) = write_key_usage(&app).await {
            tracing::warn!(%error, "could not write when keys were last used");
        }
        if app.db.is_shared() && count.is_multiple_of(FORGET_EVERY) {
            let forgotten = async { store::nonces::forget(&mut app.db.read().await?, app.system_now()).await };
            if let Err(error) = forgotten.await {
                tracing::warn!(%error, "could not forget old nonces");
            }
        }
        if count.is_multiple_of(FORGET_EVERY)
            && let Err(error) = forget_grants(&app).await
        {
            tracing::warn!(%error, "could not forget what old sign-ins handed out");
        }
    }
}
