//! `sesame requests`: the journal of what was asked.

use clap::Subcommand;

use super::outcome::{Done, Failure};
use super::surface::{Path, Surface};
use super::times::Instant;
use super::view::View;

/// What is done with the journal.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Requests {
    /// List what was asked, the oldest first
    List {
        /// The filters.
        #[command(flatten)]
        wanted: Wanted,
        /// So many of the newest
        #[arg(long, value_name = "NUMBER")]
        limit: Option<u32>,
    },
    /// Forget what was asked
    Clear,
}

/// Which requests of the journal.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Wanted {
    /// Those for this action: CreateUser
    #[arg(long)]
    action: Option<String>,
    /// Those in this account
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// Those of this caller: its ARN, or the last part of it
    #[arg(long, value_name = "ARN")]
    principal: Option<String>,
    /// Those from this time on: 2026-11-21T10:00:00Z, or -10m from now
    #[arg(long, value_name = "TIME", value_parser = Instant::parse, allow_hyphen_values = true)]
    since: Option<Instant>,
}

/// The columns of a list of requests.
const COLUMNS: View = View::Rows(
    "/requests",
    &[
        ("TIME", "/time"),
        ("ACTION", "/action"),
        ("ACCOUNT", "/account"),
        ("PRINCIPAL", "/principal"),
        ("STATUS", "/status"),
        ("ERROR", "/error"),
        ("DECISION", "/decision"),
        ("REQUEST ID", "/request_id"),
    ],
);

impl Wanted {
    /// Adds the filters to a call about the journal.
    async fn filter(&self, surface: &Surface, path: Path) -> Result<Path, Failure> {
        let since = since(surface, self.since, self.account.as_deref()).await?;
        Ok(path
            .with("action", self.action.as_deref())
            .with("account", self.account.as_deref())
            .with("principal", self.principal.as_deref())
            .with("since", since.as_deref()))
    }
}

/// The time from which on, as the journal's calls take it.
pub(super) async fn since(
    surface: &Surface,
    since: Option<Instant>,
    account: Option<&str>,
) -> Result<Option<String>, Failure> {
    Ok(match since {
        None => None,
        Some(Instant::At(time)) => Some(time.to_string()),
        Some(since) => Some(since.from(surface.now(account).await?).to_string()),
    })
}

impl Requests {
    pub(super) async fn run(&self, surface: &Surface) -> Result<Done, Failure> {
        match self {
            Self::List { wanted, limit } => list(surface, wanted, *limit).await,
            Self::Clear => {
                surface.ask("DELETE", &Path::of(&["requests"]), None).await?;
                surface.say("the journal is empty")
            }
        }
    }
}

async fn list(surface: &Surface, wanted: &Wanted, limit: Option<u32>) -> Result<Done, Failure> {
    let limit = limit.map(|limit| limit.to_string());
    let path = wanted.filter(surface, Path::of(&["requests"])).await?.with("limit", limit.as_deref());
    surface.show(&surface.get(&path).await?, &COLUMNS)
}
