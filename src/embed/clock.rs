//! The clock of an embedded world, or of one account of it.

use std::time::Duration;

use super::to_its_end;
use crate::app::App;
use crate::domain::error::Error;
use crate::domain::time::Time;
use crate::services::retry;
use crate::services::world::{self, ClockChange};

/// A clock that a test holds: the world's, or an account's own, which is the world's until it is set.
#[derive(Clone)]
pub struct Clock {
    app: App,
    account: Option<String>,
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Clock").field("account", &self.account).finish_non_exhaustive()
    }
}

impl Clock {
    pub(super) fn new(app: App, account: Option<String>) -> Self {
        Self { app, account }
    }

    /// What it shows.
    ///
    /// # Errors
    /// When the account has gone, or the store fails.
    pub async fn now(&self) -> Result<Time, Error> {
        world::clock(&self.app, self.account.as_deref()).await.map(|reading| reading.now)
    }

    /// Moves it on, and everything lapses that would have lapsed; gives what it shows then. It goes on running if it ran.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use sesame::{Cloud, Sesame};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let world = Sesame::builder().build().await?;
    /// let account = world.new_account(Cloud::Alibaba).await?;
    /// account.clock().advance(Duration::from_secs(14 * 86_400)).await?;
    /// assert!(account.clock().now().await? > world.clock().now().await?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Clock::now`].
    pub async fn advance(&self, by: Duration) -> Result<Time, Error> {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.change(ClockChange::Advance(micros)).await
    }

    /// Stops it at a time, as [`Time::parse`] reads it from `2026-11-21T10:00:00Z`.
    ///
    /// # Errors
    /// As [`Clock::now`].
    pub async fn freeze(&self, at: Time) -> Result<Time, Error> {
        self.change(ClockChange::Freeze(at)).await
    }

    /// Back to the system's time; an account's clock is the world's again.
    ///
    /// # Errors
    /// As [`Clock::now`].
    pub async fn system(&self) -> Result<Time, Error> {
        self.change(ClockChange::System).await
    }

    async fn change(&self, change: ClockChange) -> Result<Time, Error> {
        let Self { app, account } = self.clone();
        let changed = async move { retry(|| world::set_clock(&app, account.as_deref(), change)).await };
        to_its_end(changed).await.map(|reading| reading.now)
    }
}
