//! `sesame explain` and `sesame least-privilege`: what policies said, and what they would have had to say.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use serde_json::{Value, json};

use super::outcome::{Done, Failure};
use super::requests::since;
use super::surface::{Path, Surface, pretty};
use super::times::Instant;
use super::view::{View, cell, record};

/// The request that is explained.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Explain {
    /// The request's id: the answer has it, and so has `sesame requests list`; the last one refused when not given
    request_id: Option<String>,
}

impl Explain {
    pub(super) async fn run(&self, surface: &Surface) -> Result<Done, Failure> {
        let request_id = match &self.request_id {
            Some(id) => id.clone(),
            None => last_refused(surface).await?,
        };
        let answer = surface.get(&Path::of(&["explain", &request_id])).await?;
        surface.show(&answer, &View::Text(shown))
    }
}

/// Whoever asks why without naming a request has just seen one refused.
async fn last_refused(surface: &Surface) -> Result<String, Failure> {
    let answer = surface.get(&Path::of(&["requests"])).await?;
    let refused = |entry: &&Value| entry.get("error").is_some_and(|code| !code.is_null());
    let mut newest_first = answer.get("requests").and_then(Value::as_array).into_iter().flatten().rev();
    let id = newest_first.find(refused).and_then(|entry| entry.get("request_id")).and_then(Value::as_str);
    id.map(ToOwned::to_owned).ok_or_else(|| Failure::Refused("no request was refused yet".to_owned()))
}

/// The chain in the order in which it was gone through.
fn shown(answer: &Value) -> String {
    let mut head = serde_json::Map::new();
    for member in ["request_id", "time", "action", "status", "error", "account", "principal"] {
        head.insert(member.to_owned(), answer.get(member).cloned().unwrap_or_default());
    }
    for (name, pointer) in [
        ("signature", "/signature/verification"),
        ("access_key", "/signature/access_key_id"),
        ("session", "/session/id"),
        ("decision", "/decision"),
        ("refused_at", "/refused/step"),
        ("because", "/refused/because"),
    ] {
        if let Some(value) = answer.pointer(pointer).filter(|value| !value.is_null()) {
            head.insert(name.to_owned(), value.clone());
        }
    }
    let mut text = record(&Value::Object(head));
    for check in answer.get("checks").and_then(Value::as_array).into_iter().flatten() {
        let at = |member: &str| cell(check.get(member).unwrap_or(&Value::Null));
        let _ = write!(text, "\n{}  {}  on {}\n", at("outcome"), at("action"), at("resource"));
        text.push_str(&layers(check));
    }
    if let Some(missing) = answer.get("missing_permission").filter(|missing| !missing.is_null()) {
        let at = |member: &str| cell(missing.get(member).unwrap_or(&Value::Null));
        let _ = write!(text, "\nmissing: {} on {} in layer {}\n", at("action"), at("resource"), at("in_layer"));
    }
    text
}

/// A line for each layer of policies, with the statement that decided there.
pub(super) fn layers(check: &Value) -> String {
    if check.get("layers").and_then(Value::as_array).is_none_or(Vec::is_empty) {
        return String::new();
    }
    let columns = &[
        ("LAYER", "/layer"),
        ("VERDICT", "/verdict"),
        ("POLICY", "/statement/policy"),
        ("STATEMENT", "/statement/statement"),
        ("SID", "/statement/sid"),
    ];
    View::Rows("/layers", columns).table(check)
}

/// What the smallest policy is asked for.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct LeastPrivilege {
    /// The account whose requests are looked at
    #[arg(long, value_name = "ID")]
    account: String,
    /// Those of this caller: its ARN, or the last part of it
    #[arg(long, value_name = "ARN")]
    principal: Option<String>,
    /// Those from this time on: 2026-11-21T10:00:00Z, or -10m from now
    #[arg(long, value_name = "TIME", value_parser = Instant::parse, allow_hyphen_values = true)]
    since: Option<Instant>,
    /// Count what was denied too
    #[arg(long)]
    include_denied: bool,
}

impl LeastPrivilege {
    pub(super) async fn run(&self, surface: &Surface) -> Result<Done, Failure> {
        let since = since(surface, self.since, Some(&self.account)).await?;
        let path = Path::of(&["least-privilege"])
            .with("account", Some(&self.account))
            .with("principal", self.principal.as_deref())
            .with("since", since.as_deref())
            .with("include", self.include_denied.then_some("denied"));
        let answer = surface.get(&path).await?;
        if !surface.is_json() {
            // The policy itself goes to the output, so that it can be kept; what it cannot do is told beside it.
            for barred in answer.get("not_enough_for").and_then(Value::as_array).into_iter().flatten() {
                let at = |member: &str| cell(barred.get(member).unwrap_or(&Value::Null));
                let text = format!("no permission is enough for {} on {}", at("action"), at("resource"));
                let _ = writeln!(io::stderr(), "sesame: {text}: layer {} stands in the way", at("layer"));
            }
        }
        surface.show(&answer, &View::Text(|answer| pretty(answer.get("policy").unwrap_or(&json!(null)))))
    }
}
