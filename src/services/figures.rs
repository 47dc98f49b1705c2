//! What is so at the moment, for those who watch: queues, connections, sessions.

use crate::app::App;
use crate::app::metrics::Now;
use crate::domain::error::Error;
use crate::store;

/// Looks at everything. A store that does not answer is a figure too.
pub async fn now(app: &App) -> Now {
    let sessions = running_sessions(app).await;
    if let Err(error) = &sessions {
        tracing::warn!(%error, "the store does not answer");
    }
    let file = app.db.check_file();
    if let Err(astray) = file {
        tracing::error!("{astray}");
    }
    let (hashes_waiting, hashes_running) = app.hasher.load();
    let (connections_used, connections) = app.db.connections();
    Now {
        store: app.db.engine(),
        hashes_waiting,
        hashes_running,
        connections_used,
        connections,
        sessions: sessions.ok().filter(|_| file.is_ok()),
    }
}

async fn running_sessions(app: &App) -> Result<Vec<(String, i64)>, Error> {
    store::sessions::running(&mut app.db.read().await?, app.system_now()).await
}
