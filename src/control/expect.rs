//! Whether the journal has what a test expects of it, and what it has instead.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::filter::{self, Asked, Filter};
use super::openapi::Call;
use super::openapi::schema::{count, list_of, object, or_null, told, told_time};
use super::problem::Problem;
use crate::app::App;
use crate::app::journal::Entry;

/// How many entries an answer names.
const MOST_NAMED: usize = 20;

/// How many actions an answer counts.
const MOST_ACTIONS: usize = 50;

/// What a call may say besides the filter.
const OWN: &[&str] = &["times", "at_least", "at_most"];

/// How often something is to have happened.
struct Count {
    least: usize,
    most: usize,
}

impl Count {
    fn of(asked: &Asked) -> Result<Self, Problem> {
        let [times, least, most] = asked.counts();
        match (times, least, most) {
            (Some(times), None, None) => Ok(Self { least: times, most: times }),
            (Some(_), _, _) => Err(Problem::bad_request("times stands alone, without at_least and at_most")),
            (None, None, None) => Ok(Self { least: 1, most: usize::MAX }),
            (None, least, most) => {
                let (least, most) = (least.unwrap_or(0), most.unwrap_or(usize::MAX));
                let fits = least <= most;
                fits.then_some(Self { least, most })
                    .ok_or_else(|| Problem::bad_request("at_least must not be more than at_most"))
            }
        }
    }

    fn in_words(&self) -> String {
        match (self.least, self.most) {
            (least, most) if least == most => format!("{least} times"),
            (least, usize::MAX) => format!("at least {least} times"),
            (0, most) => format!("at most {most} times"),
            (least, most) => format!("{least} to {most} times"),
        }
    }
}

/// 200 when as many requests match as are expected, else 417.
pub(super) async fn expect(
    State(app): State<App>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(asked) = asked?;
    let (filter, count) = (asked.filter(OWN)?, Count::of(&asked)?);
    let all = app.journal.all();
    let matching: Vec<&Arc<Entry>> = all.iter().filter(|entry| filter.takes(entry)).collect();
    if (count.least..=count.most).contains(&matching.len()) {
        return Ok(Json(json!({"count": matching.len(), "requests": named(matching.into_iter().rev())})));
    }
    let found = matching.len();
    let detail = format!("expected {}, and seen {found} times", count.in_words());
    let nearest = if matching.is_empty() { nearest(&filter, &all) } else { matching.into_iter().rev().collect() };
    let seen = json!({"count": found, "requests": named(nearest.into_iter()), "actions": actions(&all)});
    let most = (count.most < usize::MAX).then_some(count.most);
    let expected = json!({"at_least": count.least, "at_most": most});
    let problem = Problem::new(StatusCode::EXPECTATION_FAILED, "expectation-failed", detail);
    Err(problem.with("expected", expected).with("seen", seen))
}

/// What the filter asks for least in vain, the newest first.
fn nearest<'a>(filter: &Filter, all: &'a [Arc<Entry>]) -> Vec<&'a Arc<Entry>> {
    let mut near: Vec<(usize, &Arc<Entry>)> = all.iter().rev().map(|entry| (filter.nearness(entry), entry)).collect();
    near.retain(|(nearness, _)| *nearness > 0);
    near.sort_by_key(|(nearness, _)| std::cmp::Reverse(*nearness));
    near.into_iter().map(|(_, entry)| entry).collect()
}

fn named<'a>(entries: impl Iterator<Item = &'a Arc<Entry>>) -> Vec<Value> {
    entries.take(MOST_NAMED).map(|entry| summary(entry)).collect()
}

fn summary(entry: &Entry) -> Value {
    json!({
        "request_id": entry.request_id,
        "time": entry.time,
        "dialect": entry.dialect,
        "action": entry.action,
        "account": entry.account,
        "principal": entry.principal,
        "status": entry.status,
        "error": entry.error,
        "explain": format!("/_sesame/explain/{}", entry.request_id),
    })
}

fn actions(all: &[Arc<Entry>]) -> BTreeMap<&str, usize> {
    let mut actions: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in all.iter().rev() {
        if actions.contains_key(&*entry.action) || actions.len() < MOST_ACTIONS {
            let count = actions.entry(&entry.action).or_default();
            *count = count.saturating_add(1);
        }
    }
    actions
}

/// What is told of this call.
pub(super) fn calls() -> Vec<Call> {
    let summary = object(vec![
        ("request_id", told()),
        ("time", told_time()),
        ("dialect", told()),
        ("action", told()),
        ("account", or_null(told())),
        ("principal", or_null(told())),
        ("status", count()),
        ("error", or_null(told())),
        ("explain", told()),
    ]);
    let met = object(vec![("count", count()), ("requests", list_of(summary))]);
    vec![
        Call::new("get", "/requests/expect", "Whether the journal has what a test expects, so many times")
            .some_of_query::<Asked>(filter::members(OWN))
            .answer(200, "It has", &met)
            .refusal(417, "it has not: seen is what it has instead"),
    ]
}
