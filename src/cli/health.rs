//! `sesame health`: whether a server is well, for whoever starts a container.

use std::time::Duration;

use serde_json::Value;

use super::outcome::{Done, Failure};
use super::surface::{Path, Surface};
use super::view::{View, cell};

/// A health check that takes longer than this has failed.
const TIMEOUT: Duration = Duration::from_secs(5);

pub(super) async fn run(surface: &Surface) -> Result<Done, Failure> {
    let health = Path::of(&["health"]);
    let asking = tokio::time::timeout(TIMEOUT, surface.call("GET", &health, None));
    let late = |_| {
        let text = format!("no answer from http://{} within {} s", surface.authority(), TIMEOUT.as_secs());
        Failure::Unreachable(text)
    };
    let answer = asking.await.map_err(late)??;
    if answer.status != 200 {
        let status = answer.value().ok().as_ref().and_then(|value| value.get("status")).map(cell);
        let status = status.unwrap_or_else(|| format!("it answered {}", answer.status));
        return Err(Failure::Refused(format!("http://{} is not well: {status}", surface.authority())));
    }
    let lines = |value: &Value| {
        let at = |member: &str| cell(value.get(member).unwrap_or(&Value::Null));
        format!("{}: sesame {} over {}\n", at("status"), at("version"), at("store"))
    };
    surface.show(&answer.value()?, &View::Text(lines))
}
