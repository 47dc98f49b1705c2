//! Faults: what is injected into the clouds' APIs, how often it struck, and a form for more.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::PATH;
use super::gate::{Tester, TesterForm};
use super::shell::Shell;
use crate::app::App;
use crate::console::page::{Failure, render, stamp};
use crate::console::parts::{Banner, Empty, Field, Tone};
use crate::console::run;
use crate::console::sign_in::cloud_name;
use crate::dialect;
use crate::domain::fault::{Effect, Fault, Kind, Match, Rule};
use crate::services::faults::{self, KeptFault};

/// What a fault can do: the value of the choice, what people read, what is to be entered with it.
const WAYS: &[(&str, &str, &str)] = &[
    ("error", "answer with an error of the cloud", "its code, Throttling.User say"),
    ("latency_ms", "wait first", "milliseconds"),
    ("status", "answer as a gateway", "the status, 503 say"),
    ("drop", "close the connection, nothing done", "nothing"),
    ("lose", "close the connection, all done", "nothing"),
    ("truncate", "cut the answer short", "how many bytes arrive"),
    ("unseen_seconds", "not see what is new", "for how many seconds"),
    ("unmodifiable_seconds", "refuse to change what just changed (AWS)", "for how many seconds"),
];

struct Row {
    id: String,
    strikes: String,
    does: String,
    often: String,
    hits: i64,
    since: String,
}

struct Way {
    value: &'static str,
    label: &'static str,
    with: &'static str,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "console/testers/faults.html")]
struct FaultsPage {
    shell: Shell,
    rows: Vec<Row>,
    nothing: Empty,
    problem: Option<Banner>,
    ways: Vec<Way>,
    value: Field,
    fields: Vec<Field>,
}

fn strikes(matching: &Match) -> String {
    let named = [
        ("action", &matching.action),
        ("account", &matching.account),
        ("user", &matching.user),
        ("API", &matching.service),
        ("principal", &matching.principal),
    ];
    let mut words: Vec<String> = matching.cloud.map(|cloud| cloud_name(cloud).to_owned()).into_iter().collect();
    words.extend(named.into_iter().filter_map(|(what, text)| text.as_ref().map(|text| format!("{what} {text}"))));
    if words.is_empty() { "every request".to_owned() } else { words.join(", ") }
}

fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::AccessKey => "access keys",
        Kind::User => "users",
        Kind::Role => "roles",
        Kind::Policy => "policies",
        Kind::Attachment => "what policies were given",
    }
}

fn does(fault: &Fault) -> String {
    let effect = fault.effect.as_ref().map(|effect| match effect {
        Effect::Refuse(refusal) => format!("answers {}", refusal.code),
        Effect::Gateway(status) => format!("a gateway answers {status}"),
        Effect::Drop { after: false } => "closes the connection, nothing done".to_owned(),
        Effect::Drop { after: true } => "closes the connection, all done".to_owned(),
        Effect::Truncate { bytes } => format!("cuts the answer after {bytes} bytes"),
        Effect::Unseen { seconds, kinds } => {
            let kinds: Vec<&str> = kinds.iter().copied().map(kind_words).collect();
            format!("does not see for {seconds} s: {}", kinds.join(", "))
        }
        Effect::Unmodifiable { seconds } => format!("refuses changes for {seconds} s after a change"),
    });
    let wait = fault.latency.map(|latency| match latency.jitter_ms {
        0 => format!("waits {} ms", latency.ms),
        jitter => format!("waits {} to {} ms", latency.ms, latency.ms.saturating_add(jitter)),
    });
    let words: Vec<String> = wait.into_iter().chain(effect).collect();
    words.join(", then ")
}

fn row(fault: KeptFault) -> Row {
    let mut often = match (fault.rule.times, fault.remaining) {
        (Some(times), Some(left)) => format!("{left} of {times} times left"),
        _ => "always".to_owned(),
    };
    if let Some(probability) = fault.rule.probability {
        often = format!("{often}, with probability {probability}");
    }
    Row {
        strikes: strikes(&fault.rule.matching),
        does: does(&fault.rule.fault),
        often,
        hits: fault.hits,
        since: stamp(fault.created_at),
        id: fault.id,
    }
}

async fn page(app: &App, tester: &Tester, typed: &New, problem: &str) -> Result<Response, Failure> {
    let field = |name, label, value: &str| Field::text(name, label).optional().value(value.to_owned());
    let page = FaultsPage {
        shell: Shell::new(app, tester, "faults").await?,
        rows: faults::list(app).await?.into_iter().map(row).collect(),
        nothing: Empty::new("No faults", "Every request is answered as the cloud would."),
        problem: (!problem.is_empty()).then(|| Banner::new(Tone::Bad, problem)),
        ways: WAYS
            .iter()
            .map(|&(value, label, with)| Way { value, label, with, is_chosen: typed.way == value })
            .collect(),
        value: field("value", "With", &typed.value).hint("The code, the status, the bytes, the time."),
        fields: vec![
            field("action", "Action", &typed.action).hint("GetUser, or Get* with a wildcard. Left empty, all."),
            field("account", "Account ID", &typed.account),
            field("user", "Calling user", &typed.user),
            field("times", "Times", &typed.times).hint("Left empty, without end."),
            field("probability", "Probability", &typed.probability).hint("0.5 say. Left empty, always."),
        ],
    };
    let status = if problem.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(tester.send(render(status, &page)))
}

pub(super) async fn list(State(app): State<App>, tester: Tester) -> Result<Response, Failure> {
    page(&app, &tester, &New::default(), "").await
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct New {
    way: String,
    value: String,
    action: String,
    account: String,
    user: String,
    times: String,
    probability: String,
}

/// A number as somebody typed it; as text where it is none, so that the rule's own check says what is wrong.
fn number(text: &str) -> Value {
    serde_json::from_str::<serde_json::Number>(text).map_or_else(|_| json!(text), Value::Number)
}

impl New {
    /// The rule, as the control surface takes it.
    fn rule(&self) -> Value {
        let value = self.value.trim();
        let fault = match &*self.way {
            "drop" => json!({"drop": true}),
            "lose" => json!({"drop": true, "after": true}),
            "error" => json!({"error": value}),
            way => Value::Object(Map::from_iter([(way.to_owned(), number(value))])),
        };
        let mut matching = Map::new();
        for (name, text) in [("action", &self.action), ("account", &self.account), ("user", &self.user)] {
            if !text.trim().is_empty() {
                matching.insert(name.to_owned(), json!(text.trim()));
            }
        }
        let mut rule = json!({"match": matching, "fault": fault});
        for (name, text) in [("times", &self.times), ("probability", &self.probability)] {
            if !text.trim().is_empty() {
                rule[name] = number(text.trim());
            }
        }
        rule
    }
}

pub(super) async fn add(State(app): State<App>, form: TesterForm<New>) -> Result<Response, Failure> {
    let TesterForm { tester, form } = form;
    if !WAYS.iter().any(|(value, ..)| *value == form.way) {
        return page(&app, &tester, &form, "Choose what the fault does.").await;
    }
    let read = serde_json::from_value::<Rule>(form.rule()).map_err(|error| error.to_string());
    let rule = read.and_then(|rule| faults::complete(rule, dialect::known_error).map_err(|error| error.to_string()));
    let rule = match rule {
        Ok(rule) => rule,
        Err(problem) => return page(&app, &tester, &form, &format!("This is no fault: {problem}.")).await,
    };
    let added = {
        let app = app.clone();
        run(async move { faults::add(&app, rule).await })
    };
    if added.await?.is_none() {
        return page(&app, &tester, &form, "There are as many faults as there may be.").await;
    }
    Ok(tester.done(&format!("{PATH}/faults"), Tone::Good, "The fault is there."))
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn remove(
    State(app): State<App>,
    Path(id): Path<String>,
    form: TesterForm<Nothing>,
) -> Result<Response, Failure> {
    let TesterForm { tester, form: Nothing {} } = form;
    let was_there = run(async move { faults::remove(&app, &id).await }).await?;
    let text = if was_there { "The fault is gone." } else { "The fault was gone already." };
    Ok(tester.done(&format!("{PATH}/faults"), Tone::Good, text))
}

pub(super) async fn clear(State(app): State<App>, form: TesterForm<Nothing>) -> Result<Response, Failure> {
    let TesterForm { tester, form: Nothing {} } = form;
    run(async move { faults::clear(&app).await }).await?;
    Ok(tester.done(&format!("{PATH}/faults"), Tone::Good, "All faults are gone."))
}
