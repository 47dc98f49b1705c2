//! What policies said, as JSON: each layer with the statement that decided there.

use serde_json::{Value, json};

use crate::domain::account::Cloud;
use crate::domain::policy::{By, Check, Layer, LayerRuling, Outcome, Ruling, Source};
use crate::services::authorization_messages::layer_name;

/// The name of what came of a check.
fn outcome(check: &Check) -> &'static str {
    match check.ruling.outcome {
        Outcome::Root => "root",
        Outcome::Allowed => "allowed",
        Outcome::ExplicitDeny(_) => "explicit-deny",
        Outcome::ImplicitDeny(_) if check.is_allowed() => "granted-by-setting",
        Outcome::ImplicitDeny(_) => "implicit-deny",
    }
}

/// The statement that decided, and where it stands.
fn statement(by: &By) -> Value {
    let said = by.statement();
    let mut shown = json!({
        "policy": by.policy.name,
        "statement": by.statement,
        "sid": said.and_then(|said| said.sid.as_deref()),
        "effect": said.map(|said| said.effect.as_str()),
        "document": said.map(crate::domain::policy::Statement::to_json),
    });
    let (kind, member, value) = match &by.policy.source {
        Source::Managed { arn } => ("managed", "arn", json!(arn)),
        Source::Inline { kind, owner } => ("inline", "owner", json!({"kind": kind.as_str(), "name": owner})),
        Source::Given => ("given", "arn", Value::Null),
        Source::OfResource { arn } => ("resource", "arn", json!(arn)),
    };
    shown["type"] = json!(kind);
    shown[member] = value;
    shown
}

/// What each layer says that there is.
pub(super) fn layers(ruling: &Ruling) -> Vec<Value> {
    let layer = |ruling: &LayerRuling| {
        json!({
            "layer": layer_name(ruling.layer),
            "verdict": ruling.effect.map_or("none", |effect| match effect.as_str() { "Allow" => "allow", _ => "deny" }),
            "statement": ruling.by.as_ref().map(statement),
        })
    };
    ruling.layers.iter().map(layer).collect()
}

/// The condition keys that statements looked at, spelled as the cloud does; null for those that the request had not.
pub(super) fn conditions(cloud: Cloud, check: &Check) -> Vec<Value> {
    let keys = cloud.rules().request_keys;
    let values = |values: &Vec<String>| if values.is_empty() { Value::Null } else { json!(values) };
    check.seen.iter().map(|(key, seen)| json!({"key": keys.spelled(key), "values": values(seen)})).collect()
}

/// What is missing where nothing forbids it.
pub(super) fn missing(check: &Check) -> Option<Value> {
    match check.ruling.outcome {
        Outcome::ImplicitDeny(layer) if !check.is_allowed() => {
            Some(json!({"action": check.action, "resource": check.resource, "in_layer": layer_name(layer)}))
        }
        Outcome::ImplicitDeny(_) | Outcome::ExplicitDeny(_) | Outcome::Root | Outcome::Allowed => None,
    }
}

/// A check, whole.
pub(super) fn check(cloud: Cloud, check: &Check) -> Value {
    json!({
        "action": check.action,
        "resource": check.resource,
        "outcome": outcome(check),
        "granted_by": check.granted_by,
        "layers": layers(&check.ruling),
        "conditions": conditions(cloud, check),
        "missing_permission": missing(check),
    })
}

/// The decision on a question: `allowed` or the kind of denial.
pub(super) fn decision(check: &Check) -> &'static str {
    if check.is_allowed() { "allowed" } else { outcome(check) }
}

/// The layer, the policy and the statement that decided on a request: on the check that failed, else on the first.
pub(super) fn decided_by(checks: &[Check]) -> Option<Value> {
    let check = checks.iter().find(|check| !check.is_allowed()).or_else(|| checks.first())?;
    let layer = match check.ruling.outcome {
        Outcome::Root => return None,
        Outcome::ImplicitDeny(_) if check.is_allowed() => {
            return Some(json!({"layer": "setting", "policy": check.granted_by, "statement": null}));
        }
        Outcome::ExplicitDeny(layer) | Outcome::ImplicitDeny(layer) => layer,
        Outcome::Allowed => {
            let own = check.ruling.layer(Layer::Identity).and_then(|ruling| ruling.by.as_ref());
            if own.is_some() { Layer::Identity } else { Layer::Resource }
        }
    };
    let by = check.ruling.by();
    Some(json!({
        "layer": layer_name(layer),
        "policy": by.map(|by| &by.policy.name),
        "statement": by.map(|by| by.statement),
    }))
}
