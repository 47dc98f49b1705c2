//! What is counted and timed for Prometheus: requests as they are answered, sign-ins as
//! they are made; the rest is read when somebody looks.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::domain::account::Cloud;

/// What one request was, by what it is counted under.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct Call {
    /// The wire format and API.
    pub dialect: &'static str,
    /// The operation; `other` for what no API has, so that nobody can make up new ones without end.
    pub action: String,
    /// The error's code; empty for none, `other` for what neither cloud has and a tester made up.
    pub code: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Operation {
    dialect: &'static str,
    action: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct SignIn {
    cloud: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Kind {
    kind: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct State {
    state: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Build {
    version: &'static str,
    store: &'static str,
}

/// Seconds: most answers take well under a millisecond, those with a password some, waits for the store more.
const BUCKETS: [f64; 12] = [0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

fn durations() -> Histogram {
    Histogram::new(BUCKETS)
}

/// The counters of this process.
#[derive(Debug)]
pub struct Metrics {
    requests: Family<Call, Counter>,
    durations: Family<Operation, Histogram, fn() -> Histogram>,
    denials: Family<Operation, Counter>,
    sign_ins: Family<SignIn, Counter>,
}

/// What is so at the moment.
#[derive(Debug)]
pub struct Now {
    /// The engine of the store.
    pub store: &'static str,
    /// Password hashes that wait for their turn.
    pub hashes_waiting: usize,
    /// Password hashes that are being made.
    pub hashes_running: usize,
    /// Connections to the store in use.
    pub connections_used: u32,
    /// Connections to the store that may be open.
    pub connections: u32,
    /// Sessions that run, by kind. `None` when the store does not answer.
    pub sessions: Option<Vec<(String, i64)>>,
}

impl Default for Metrics {
    fn default() -> Self {
        let durations = Family::new_with_constructor(durations as fn() -> Histogram);
        Self { requests: Family::default(), durations, denials: Family::default(), sign_ins: Family::default() }
    }
}

fn whole(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

impl Metrics {
    /// Whether such a request was counted before.
    pub fn knows(&self, call: &Call) -> bool {
        self.requests.get(call).is_some()
    }

    /// Counts a request that was answered, and whether policies refused it.
    pub fn count(&self, call: &Call, took: Duration, was_denied: bool) {
        let operation = Operation { dialect: call.dialect, action: call.action.clone() };
        self.requests.get_or_create(call).inc();
        if was_denied {
            self.denials.get_or_create(&operation).inc();
        }
        self.durations.get_or_create(&operation).observe(took.as_secs_f64());
    }

    /// Counts a sign-in at a cloud's console: what came of it, or why it was refused.
    pub fn count_sign_in(&self, cloud: Cloud, outcome: &'static str) {
        self.sign_ins.get_or_create(&SignIn { cloud: cloud.as_str(), outcome }).inc();
    }

    /// All of it in the OpenMetrics text format 1.0.
    pub fn text(&self, now: &Now) -> Result<String, std::fmt::Error> {
        let mut registry = Registry::with_prefix("sesame");
        registry.register("requests", "Requests answered, by error code", self.requests.clone());
        let help = "Time from a request to its answer";
        registry.register_with_unit("request_duration", help, Unit::Seconds, self.durations.clone());
        registry.register("denials", "Requests that policies refused", self.denials.clone());
        let help = "Sign-ins to the console, by what came of each step or why it was refused";
        registry.register("sign_ins", help, self.sign_ins.clone());

        let build = Family::<Build, Gauge>::default();
        build.get_or_create(&Build { version: env!("CARGO_PKG_VERSION"), store: now.store }).set(1);
        registry.register("build_info", "The version of the server and the engine of its store", build);
        let up = Gauge::<i64>::default();
        up.set(i64::from(now.sessions.is_some()));
        registry.register("store_up", "Whether the store answers", up);

        let hashes = Family::<State, Gauge>::default();
        hashes.get_or_create(&State { state: "waiting" }).set(whole(now.hashes_waiting));
        hashes.get_or_create(&State { state: "running" }).set(whole(now.hashes_running));
        registry.register("password_hashes", "Password hashes that wait or are being made", hashes);
        let connections = Family::<State, Gauge>::default();
        connections.get_or_create(&State { state: "used" }).set(whole(now.connections_used));
        connections.get_or_create(&State { state: "allowed" }).set(whole(now.connections));
        registry.register("store_connections", "Connections to the store", connections);
        let sessions = Family::<Kind, Gauge>::default();
        for (kind, count) in now.sessions.iter().flatten() {
            sessions.get_or_create(&Kind { kind: kind.clone() }).set(*count);
        }
        registry.register("sessions", "Sessions that run, by the clock of their account", sessions);

        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_told() {
        let metrics = Metrics::default();
        let call = |code: &str| Call { dialect: "aws/iam", action: "GetUser".to_owned(), code: code.to_owned() };
        metrics.count(&call(""), Duration::from_micros(300), false);
        metrics.count(&call(""), Duration::from_millis(3), false);
        metrics.count(&call("AccessDenied"), Duration::from_micros(10), true);
        metrics.count_sign_in(Cloud::Aws, "locked");
        let now = Now {
            store: "sqlite",
            hashes_waiting: 2,
            hashes_running: 1,
            connections_used: 3,
            connections: 4,
            sessions: Some(vec![("console".to_owned(), 5)]),
        };
        let text = metrics.text(&now).unwrap();
        for line in [
            r#"sesame_requests_total{dialect="aws/iam",action="GetUser",code=""} 2"#,
            r#"sesame_requests_total{dialect="aws/iam",action="GetUser",code="AccessDenied"} 1"#,
            r#"sesame_denials_total{dialect="aws/iam",action="GetUser"} 1"#,
            r#"sesame_sign_ins_total{cloud="aws",outcome="locked"} 1"#,
            r#"sesame_request_duration_seconds_bucket{le="0.0005",dialect="aws/iam",action="GetUser"} 2"#,
            r#"sesame_request_duration_seconds_count{dialect="aws/iam",action="GetUser"} 3"#,
            r#"sesame_password_hashes{state="waiting"} 2"#,
            r#"sesame_store_connections{state="used"} 3"#,
            r#"sesame_sessions{kind="console"} 5"#,
            "sesame_store_up 1",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }
}
