//! `sesame requests`: the journal of what was asked.

use clap::Subcommand;
use serde_json::Value;

use super::follow::follow;
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
        #[arg(long, value_name = "NUMBER", conflicts_with = "follow")]
        limit: Option<u32>,
        /// Those from now on, until told to stop
        #[arg(long)]
        follow: bool,
    },
    /// Show what is asked from now on, until told to stop: list --follow
    Follow {
        /// The filters.
        #[command(flatten)]
        wanted: Wanted,
    },
    /// Tell whether something was asked as often as expected; exits with 4 when not
    Expect {
        /// The filters.
        #[command(flatten)]
        wanted: Wanted,
        /// So many times, no more and no less; at least once when nothing is given
        #[arg(long, value_name = "NUMBER", conflicts_with_all = ["at_least", "at_most"])]
        times: Option<u32>,
        /// So many times or more
        #[arg(long, value_name = "NUMBER")]
        at_least: Option<u32>,
        /// So many times or fewer
        #[arg(long, value_name = "NUMBER")]
        at_most: Option<u32>,
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
    /// Those that this error was answered to: NoSuchEntity; "" for those without any
    #[arg(long, value_name = "CODE")]
    error: Option<String>,
    /// Those with this HTTP status
    #[arg(long, value_name = "STATUS")]
    status: Option<u16>,
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

/// What a line says of a request as it comes.
const LINE: &[&str] = &["/time", "/action", "/account", "/principal", "/status", "/error", "/decision", "/request_id"];

impl Wanted {
    /// Adds the filters to a call about the journal.
    pub(super) async fn filter(&self, surface: &Surface, path: Path) -> Result<Path, Failure> {
        let since = since(surface, self.since, self.account.as_deref()).await?;
        let status = self.status.map(|status| status.to_string());
        Ok(path
            .with("error", self.error.as_deref())
            .with("status", status.as_deref())
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
            Self::List { wanted, limit, follow: false } => list(surface, wanted, *limit).await,
            Self::List { wanted, follow: true, .. } | Self::Follow { wanted } => {
                let path = wanted.filter(surface, Path::of(&["requests", "stream"])).await?;
                follow(surface, &path, LINE).await
            }
            Self::Expect { wanted, times, at_least, at_most } => {
                let path = wanted.filter(surface, Path::of(&["requests", "expect"])).await?;
                let count = |number: &Option<u32>| number.map(|number| number.to_string());
                let path = path
                    .with("times", count(times).as_deref())
                    .with("at_least", count(at_least).as_deref())
                    .with("at_most", count(at_most).as_deref());
                expect(surface, &path).await
            }
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

/// The status of an answer that is not what was expected.
const NOT_AS_EXPECTED: u16 = 417;

async fn expect(surface: &Surface, path: &Path) -> Result<Done, Failure> {
    let answer = surface.call("GET", path, None).await?;
    if answer.status != NOT_AS_EXPECTED {
        return surface.show(&answer.unless_refused()?.value()?, &COLUMNS);
    }
    surface.show(&answer.value()?, &View::Text(instead))?;
    Ok(Done::NotMet)
}

/// What was seen instead.
fn instead(problem: &Value) -> String {
    let detail = problem.get("detail").and_then(Value::as_str).unwrap_or_default();
    let seen = problem.get("seen").unwrap_or(&Value::Null);
    format!("{detail}\n{}", COLUMNS.table(seen))
}
