//! Connections to SQLite that are handed from one user to the next without a word to the engine.
//!
//! Every word to SQLite is a trip to the connection's own thread and back, which costs more than most statements do. So
//! a lane keeps its writing connection in an open transaction: `BEGIN` has been said when a writer comes, and `COMMIT`
//! says it for the next one in the same trip. A deferred transaction locks nothing until its first statement.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::{Connection as _, SqliteConnection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::failure::domain_error;
use crate::domain::error::Error;

/// Whoever waits longer for a connection waits for itself.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Some connections, each used by one task at a time, in the order in which they came.
#[derive(Debug)]
pub(super) struct Lane {
    free: Mutex<Vec<Seat>>,
    permits: Arc<Semaphore>,
    seats: u32,
}

#[derive(Debug)]
struct Seat {
    conn: SqliteConnection,
    /// Whoever had it last left a transaction half done.
    dirty: bool,
}

/// A connection taken from a lane; it goes back when dropped.
pub(super) struct Held {
    seat: Option<Seat>,
    lane: Arc<Lane>,
    _permit: OwnedSemaphorePermit,
}

impl Lane {
    /// A lane whose connections write, one transaction after the other.
    pub(super) async fn writing(mut conn: SqliteConnection) -> Result<Arc<Self>, sqlx::Error> {
        sqlx::query("BEGIN").execute(&mut conn).await?;
        Ok(Self::of(vec![conn]))
    }

    /// A lane whose connections only read.
    pub(super) fn of(conns: Vec<SqliteConnection>) -> Arc<Self> {
        let seats = u32::try_from(conns.len()).unwrap_or(u32::MAX);
        let free = conns.into_iter().map(|conn| Seat { conn, dirty: false }).collect();
        Arc::new(Self { free: Mutex::new(free), permits: Arc::new(Semaphore::new(seats as usize)), seats })
    }

    /// Waits for a connection.
    pub(super) async fn acquire(self: &Arc<Self>) -> Result<Held, Error> {
        let waiting = tokio::time::timeout(LONGEST_WAIT, self.permits.clone().acquire_owned());
        let permit = waiting.await.map_err(Error::internal)?.map_err(Error::internal)?;
        let seat = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut held = Held { seat, lane: self.clone(), _permit: permit };
        if held.seat.as_ref().is_some_and(|seat| seat.dirty) {
            // SQLite may have rolled back by itself, so there may be nothing to roll back.
            let _ = sqlx::query("ROLLBACK").execute(held.conn()).await;
            sqlx::query("BEGIN").execute(held.conn()).await.map_err(domain_error)?;
            held.mark(false);
        }
        Ok(held)
    }

    /// How many connections are in use, and how many there are.
    pub(super) fn load(&self) -> (u32, u32) {
        let free = u32::try_from(self.permits.available_permits()).unwrap_or(self.seats);
        (self.seats.saturating_sub(free), self.seats)
    }

    /// Waits for all connections and closes them.
    pub(super) async fn close(&self) {
        let all = self.permits.acquire_many(self.seats).await;
        let seats = std::mem::take(&mut *self.free.lock().unwrap_or_else(PoisonError::into_inner));
        self.permits.close();
        drop(all);
        for seat in seats {
            if let Err(error) = seat.conn.close().await {
                tracing::warn!(%error, "could not close a connection to SQLite");
            }
        }
    }
}

impl Held {
    /// The connection.
    pub(super) fn conn(&mut self) -> &mut SqliteConnection {
        let seat = self.seat.as_mut().expect("a connection is there until it is given back");
        &mut seat.conn
    }

    fn mark(&mut self, dirty: bool) {
        if let Some(seat) = &mut self.seat {
            seat.dirty = dirty;
        }
    }

    /// Says that a transaction begins here: dropped before it is committed, it is rolled back.
    pub(super) fn begin(&mut self) {
        self.mark(true);
    }

    /// Commits the transaction and begins the next one's.
    pub(super) async fn commit(&mut self) -> Result<(), sqlx::Error> {
        sqlx::query("COMMIT; BEGIN").execute(self.conn()).await?;
        self.mark(false);
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(seat) = self.seat.take() {
            self.lane.free.lock().unwrap_or_else(PoisonError::into_inner).push(seat);
        }
    }
}
