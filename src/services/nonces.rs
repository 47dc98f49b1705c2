//! Nonces of signatures: each is good once within the time window of a key, on every replica.

use crate::app::App;
use crate::domain::error::Error;
use crate::store;

/// How far a request's time may be from the clock, in seconds (Alibaba Cloud and AWS alike).
pub const WINDOW_SECONDS: i64 = 15 * 60;
/// How long a nonce must be remembered: as long as a request with a time at the far end of the window is good.
const NONCE_SECONDS: i64 = 2 * WINDOW_SECONDS + 60;

/// Whether a nonce was seen.
pub async fn seen(app: &App, key_id: &str, nonce: &str) -> Result<bool, Error> {
    if app.nonces.seen(key_id, nonce) {
        return Ok(true);
    }
    if !app.db.is_shared() {
        return Ok(false);
    }
    store::nonces::seen(&mut app.db.read().await?, key_id, nonce).await
}

/// Remembers a nonce, in the store too where other replicas must know it; says whether it is new.
pub async fn remember(app: &App, key_id: &str, nonce: &str) -> Result<bool, Error> {
    let now = app.system_now();
    if !app.nonces.remember(key_id, nonce, now) {
        return Ok(false);
    }
    if !app.db.is_shared() {
        return Ok(true);
    }
    let forget_at = now.plus_seconds(NONCE_SECONDS);
    store::nonces::remember(&mut app.db.read_aside().await?, key_id, nonce, forget_at).await
}
