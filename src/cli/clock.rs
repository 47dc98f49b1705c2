//! `sesame clock`: shows and moves the clock.

use clap::Subcommand;
use serde_json::{Value, json};

use super::outcome::{Done, Failure};
use super::surface::{Path, Surface};
use super::times::{Instant, Span};
use super::view::View;

/// The clock, of the world or of one account.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Clock {
    /// The clock of this account alone
    #[arg(long, global = true, value_name = "ID")]
    account: Option<String>,
    #[command(subcommand)]
    change: Option<Change>,
}

#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
enum Change {
    /// Show what the clock shows; what happens when nothing else is asked
    Show,
    /// Set the clock to a time, from which it runs on
    Set {
        /// 2026-11-21T10:00:00Z, or +14d or -1h from what it shows now
        #[arg(value_parser = Instant::parse, allow_hyphen_values = true)]
        time: Instant,
    },
    /// Move the clock forward
    Advance {
        /// 14d, 1d12h, 90m, P14D, or plain seconds
        #[arg(value_parser = Span::parse)]
        by: Span,
    },
    /// Let the clock stand still, now or at a time
    Freeze {
        /// 2026-11-21T10:00:00Z, or +14d or -1h from what it shows now; now when not given
        #[arg(value_parser = Instant::parse, allow_hyphen_values = true)]
        time: Option<Instant>,
    },
    /// Take the clock back to system time
    System,
}

impl Clock {
    pub(super) async fn run(&self, surface: &Surface) -> Result<Done, Failure> {
        let account = self.account.as_deref();
        let clock = Path::of(&["clock"]).with("account", account);
        let shown = match &self.change {
            None | Some(Change::Show) => surface.get(&clock).await?,
            Some(Change::Set { time }) => {
                let now = self.resolve(surface, Some(*time)).await?;
                surface.ask("PUT", &clock, Some(&json!({"now": now, "mode": "offset"}))).await?
            }
            Some(Change::Freeze { time }) => {
                let now = self.resolve(surface, *time).await?;
                surface.ask("PUT", &clock, Some(&json!({"now": now}))).await?
            }
            Some(Change::System) => surface.ask("PUT", &clock, Some(&json!({"mode": "system"}))).await?,
            Some(Change::Advance { by }) => {
                let path = Path::of(&["clock", "advance"]).with("account", account);
                surface.ask("POST", &path, Some(&json!({"seconds": by.0}))).await?
            }
        };
        surface.show(&shown, &View::Record)
    }

    /// The point in time that was asked for: the clock itself has to be asked unless it was told in full.
    async fn resolve(&self, surface: &Surface, time: Option<Instant>) -> Result<Value, Failure> {
        let time = match time {
            Some(Instant::At(time)) => time,
            Some(time) => time.from(surface.now(self.account.as_deref()).await?),
            None => surface.now(self.account.as_deref()).await?,
        };
        Ok(json!(time.to_string()))
    }
}
