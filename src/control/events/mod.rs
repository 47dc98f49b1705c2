//! The journal as the clouds' audit trails would have it, for those who test detections.

mod actiontrail;
mod cloudtrail;
mod parameters;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::{Extension, Json};
use serde_json::{Value, json};

use super::filter::{self, Asked};
use super::openapi::Call;
use super::openapi::schema::{any_object, any_of, list_of, object, told as described};
use super::problem::Problem;
use crate::app::App;
use crate::app::journal::Entry;
use crate::domain::time::Time;
use crate::services::sign_in_records::CHECK_MFA;
use crate::stopping::Stopping;
use crate::stream as told;

/// Whose trail.
#[derive(Clone, Copy)]
enum Format {
    CloudTrail,
    ActionTrail,
}

impl Format {
    fn of(asked: &Asked) -> Result<Self, Problem> {
        match asked.format.as_deref() {
            Some("cloudtrail") => Ok(Self::CloudTrail),
            Some("actiontrail") => Ok(Self::ActionTrail),
            _ => Err(Problem::bad_request("format must be cloudtrail or actiontrail")),
        }
    }

    /// The name in the control surface.
    fn as_str(self) -> &'static str {
        match self {
            Self::CloudTrail => "cloudtrail",
            Self::ActionTrail => "actiontrail",
        }
    }

    /// An entry as this trail has it, if it has it at all.
    fn event(self, entry: &Entry) -> Option<Value> {
        match self {
            Self::CloudTrail => cloudtrail::record(entry),
            Self::ActionTrail => actiontrail::event(entry),
        }
    }
}

/// What became of somebody at the console's door.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Door {
    In,
    Refused,
    /// A step that is no sign-in yet: no trail has it.
    OnTheWay,
}

/// What a sign-in came to. Those that carry a token in place of a password go by their answer alone.
fn door(entry: &Entry) -> Door {
    match (entry.entrance.map(|entrance| entrance.outcome), &entry.error) {
        (_, Some(_)) => Door::Refused,
        (None | Some("signed-in"), None) => Door::In,
        (Some(_), None) if entry.action == CHECK_MFA => Door::In,
        (Some(_), None) => Door::OnTheWay,
    }
}

/// When it was, in whole seconds as both trails have it.
fn event_time(entry: &Entry) -> String {
    Time::parse(&entry.time).map_or_else(|| entry.time.clone(), Time::to_wire)
}

/// Whether an operation changes nothing, as its name says; that trails go by that is inferred.
fn is_read(action: &str) -> bool {
    ["Get", "List", "Simulate", "Decode", "Describe"].iter().any(|verb| action.starts_with(verb))
}

/// An id for the event of a request: another one, and always the same. Version and variant of a UUID stay as they are.
fn event_id(request_id: &str) -> String {
    let is_upper = !request_id.bytes().any(|byte| byte.is_ascii_lowercase());
    let turned = |(at, letter): (usize, char)| match letter.to_digit(16).filter(|_| at != 14 && at != 19) {
        None => letter,
        Some(digit) => {
            let other = char::from_digit(15_u32.saturating_sub(digit), 16).unwrap_or(letter);
            if is_upper { other.to_ascii_uppercase() } else { other }
        }
    };
    request_id.chars().enumerate().map(turned).collect()
}

/// The events of the newest `limit` entries that match and have one, the oldest first.
pub(super) async fn list(
    State(app): State<App>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(asked) = asked?;
    let (filter, format) = (asked.filter(&["format", "limit"])?, Format::of(&asked)?);
    let all = app.journal.all();
    let matching = all.iter().filter(|entry| filter.takes(entry));
    let mut events: Vec<Value> = matching.filter_map(|entry| format.event(entry)).collect();
    let skip = events.len().saturating_sub(asked.limit());
    events.drain(..skip);
    Ok(Json(match format {
        // CloudTrail's log files.
        Format::CloudTrail => json!({"Records": events}),
        // ActionTrail 2020-07-06 LookupEvents.
        Format::ActionTrail => json!({"Events": events}),
    }))
}

/// The events from now on, or from the request that was read last.
pub(super) async fn stream(
    State(app): State<App>,
    stopping: Option<Extension<Stopping>>,
    headers: HeaderMap,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(asked) = asked?;
    let (filter, format) = (asked.filter(&["format"])?, Format::of(&asked)?);
    let start = told::Start::of(&app, &headers, filter.has_beginning());
    let tell = move |entry: &Entry| {
        let event = filter.takes(entry).then(|| format.event(entry)).flatten()?;
        Some(told::event(&entry.request_id, format.as_str(), &event.to_string()))
    };
    Ok(told::open(app, start, stopping, tell))
}

/// What is told of these calls.
pub(super) fn calls() -> Vec<Call> {
    let trail = |name| object(vec![(name, list_of(any_object()))]);
    vec![
        Call::new("get", "/events", "The journal as an audit trail of the cloud would have it")
            .some_of_query::<Asked>(filter::members(&["format", "limit"]))
            .answer(200, "The newest that match, the oldest first", &any_of(vec![trail("Records"), trail("Events")])),
        Call::new("get", "/events/stream", "The audit trail as it is written, as server-sent events")
            .some_of_query::<Asked>(filter::members(&["format"]))
            .answer_as(200, "An event of each request that matches", told::MEDIA_TYPE, &described()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_an_event_is_another_and_the_same() {
        let id = "0f8fad5b-d9cb-469f-a165-70867728950e";
        assert_eq!(event_id(id), "f07052a4-2634-4960-ae9a-8f7988d76af1");
        assert_eq!(event_id(&event_id(id)), id);
        assert_eq!(event_id("ABC0é"), "543Fé");
    }
}
