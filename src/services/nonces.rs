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

/// How long a nonce is remembered in the store whose request an emulated clock may let in again, in seconds.
const LONG_SECONDS: i64 = 30 * 86_400;

/// Remembers a nonce, in the store too where other replicas must know it; says whether it is new.
///
/// Where the account's clock is not the machine's, a request stays in time as long as that clock likes: `by_own_clock`
/// keeps its nonce for good in this process, and for a month in the store.
pub async fn remember(app: &App, key_id: &str, nonce: &str, by_own_clock: bool) -> Result<bool, Error> {
    let now = app.system_now();
    if !app.nonces.remember(key_id, nonce, now, by_own_clock) {
        return Ok(false);
    }
    if !app.db.is_shared() {
        return Ok(true);
    }
    let forget_at = now.plus_seconds(if by_own_clock { LONG_SECONDS } else { NONCE_SECONDS });
    store::nonces::remember(&mut app.db.read_aside().await?, key_id, nonce, forget_at).await
}
