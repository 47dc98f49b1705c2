//! `sesame faults`: rules by which requests fail as they may in the cloud.

use clap::Subcommand;
use serde_json::{Map, Value, json};

use super::outcome::{Done, Failure};
use super::surface::{Path, Surface, read_json};
use super::times::Span;
use super::view::View;

/// What is done with faults.
#[derive(Debug, Clone, PartialEq, Subcommand)]
pub enum Faults {
    /// List the rules
    List,
    /// Show one rule
    Show {
        /// Its id
        id: String,
    },
    /// Add a rule
    Add(Box<Rule>),
    /// Take all rules away
    Clear,
    /// Take one rule away
    Delete {
        /// Its id
        id: String,
    },
}

/// Which requests fail, how, and how often.
#[derive(Debug, Clone, PartialEq, clap::Args)]
pub struct Rule {
    /// Requests for this action: CreateUser
    #[arg(long)]
    action: Option<String>,
    /// Requests in this account
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// Requests of this user
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// The error they get: Throttling.User
    #[arg(long, value_name = "CODE", group = "fault")]
    error: Option<String>,
    /// How much later they are answered: 500, in milliseconds, or 2s
    #[arg(long, value_name = "DURATION", group = "fault", value_parser = milliseconds)]
    latency: Option<u64>,
    /// Their connection is closed without an answer
    #[arg(long, group = "fault")]
    drop: bool,
    /// The HTTP status they get: 503
    #[arg(long, value_name = "STATUS", group = "fault", value_parser = clap::value_parser!(u16).range(100..=599))]
    status: Option<u16>,
    /// So many times, then no more
    #[arg(long, value_name = "NUMBER")]
    times: Option<u64>,
    /// How likely, from 0 to 1
    #[arg(long, value_name = "NUMBER", value_parser = probability)]
    probability: Option<f64>,
    /// File with the whole rule in JSON, - for standard input
    #[arg(long, value_name = "FILE", group = "fault",
          conflicts_with_all = ["action", "account", "user", "times", "probability"])]
    file: Option<String>,
}

/// Plain milliseconds, or a duration with its unit.
fn milliseconds(text: &str) -> Result<u64, String> {
    let plain = |text: &str| text.parse::<u64>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    let seconds = || Span::parse(text).ok().and_then(|span| span.0.checked_mul(1_000));
    let known = plain(text.strip_suffix("ms").unwrap_or(text)).or_else(seconds);
    known.ok_or_else(|| "expected milliseconds such as 500, or 2s".to_owned())
}

fn probability(text: &str) -> Result<f64, String> {
    let known = text.parse::<f64>().ok().filter(|number| (0.0..=1.0).contains(number));
    known.ok_or_else(|| "expected a number from 0 to 1".to_owned())
}

impl Rule {
    fn body(&self) -> Result<Value, Failure> {
        if let Some(file) = &self.file {
            return read_json(file);
        }
        let mut matching = Map::new();
        for (name, text) in [("action", &self.action), ("account", &self.account), ("user", &self.user)] {
            if let Some(text) = text {
                matching.insert(name.to_owned(), json!(text));
            }
        }
        let fault = match self {
            Self { error: Some(error), .. } => json!({"error": error}),
            Self { latency: Some(latency), .. } => json!({"latency_ms": latency}),
            Self { status: Some(status), .. } => json!({"status": status}),
            Self { drop: true, .. } => json!({"drop": true}),
            _ => return Err(Failure::usage("give one of --error, --latency, --status, --drop and --file")),
        };
        let mut body = json!({"match": matching, "fault": fault});
        if let Some(times) = self.times {
            body["times"] = json!(times);
        }
        if let Some(probability) = self.probability {
            body["probability"] = json!(probability);
        }
        Ok(body)
    }
}

impl Faults {
    pub(super) async fn run(&self, surface: &Surface) -> Result<Done, Failure> {
        let faults = Path::of(&["faults"]);
        match self {
            Self::List => {
                let columns = &[
                    ("ID", "/id"),
                    ("ACTION", "/match/action"),
                    ("ACCOUNT", "/match/account"),
                    ("USER", "/match/user"),
                    ("FAULT", "/fault"),
                    ("LEFT", "/remaining"),
                    ("HITS", "/hits"),
                    ("PROBABILITY", "/probability"),
                ];
                surface.show(&surface.get(&faults).await?, &View::Rows("/faults", columns))
            }
            Self::Show { id } => surface.show(&surface.get(&Path::of(&["faults", id])).await?, &View::Record),
            Self::Add(rule) => surface.show(&surface.ask("POST", &faults, Some(&rule.body()?)).await?, &View::Record),
            Self::Clear => {
                surface.ask("DELETE", &faults, None).await?;
                surface.say("no request is made to fail")
            }
            Self::Delete { id } => {
                surface.ask("DELETE", &Path::of(&["faults", id]), None).await?;
                surface.say(&format!("fault {id} is gone"))
            }
        }
    }
}
