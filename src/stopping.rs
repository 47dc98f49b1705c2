//! How an answer without an end learns that the server is to stop. It knows neither server nor answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

/// In a request's extensions: whether the server is to stop, and whether to wait for the answer then.
#[derive(Clone, Debug)]
pub(crate) struct Stopping {
    told: watch::Receiver<bool>,
    is_endless: Arc<AtomicBool>,
}

impl Stopping {
    /// Of one connection.
    pub(crate) fn new(told: watch::Receiver<bool>) -> Self {
        Self { told, is_endless: Arc::default() }
    }

    /// Says that the answer ends when the server stops and not before: a client that does not read it holds up nobody.
    pub(crate) fn answers_without_end(&self) {
        self.is_endless.store(true, Ordering::Relaxed);
    }

    /// Whether an answer on the connection has no end.
    pub(crate) fn is_endless(&self) -> bool {
        self.is_endless.load(Ordering::Relaxed)
    }

    /// Ends when the server is to stop.
    pub(crate) async fn begun(mut self) {
        // an error is a server that has gone already
        let _ = self.told.wait_for(|stop| *stop).await;
    }
}
