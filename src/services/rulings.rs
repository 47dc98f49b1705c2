//! What policies said, as it is told: each layer with the statement that decided there. It knows neither page nor HTTP.

use serde::Serialize;
use serde_json::Value;

use super::authorization_messages::layer_name;
use crate::domain::account::Cloud;
use crate::domain::policy::{By, Check, Layer, Outcome, Ruling, Source, Statement};

/// One thing that was asked of policies.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// The action.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// The name of what came of it.
    pub outcome: &'static str,
    /// The setting of the account that permits it.
    pub granted_by: Option<&'static str>,
    /// What each layer says that there is.
    pub layers: Vec<Said>,
    /// The condition keys that statements looked at.
    pub conditions: Vec<Condition>,
    /// What is missing where nothing forbids it.
    pub missing_permission: Option<Missing>,
}

/// What one layer says.
#[derive(Clone, Debug, Serialize)]
pub struct Said {
    /// The layer.
    pub layer: &'static str,
    /// `allow`, `deny` or `none`.
    pub verdict: &'static str,
    /// The statement that decided.
    pub statement: Option<Decided>,
}

/// A statement that decided, and where it stands.
#[derive(Clone, Debug, Serialize)]
pub struct Decided {
    /// The policy's name.
    pub policy: String,
    /// Its place there, from 0.
    pub statement: usize,
    /// Its name.
    pub sid: Option<String>,
    /// `Allow` or `Deny`.
    pub effect: Option<&'static str>,
    /// What it says.
    pub document: Option<Value>,
    /// `managed`, `inline`, `given` or `resource`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Where the policy is.
    #[serde(flatten)]
    pub place: Place,
}

/// Where a policy is.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// Its ARN, or that of the thing that has it; none of one that was given with a session.
    Arn(Option<String>),
    /// What it is part of.
    Owner {
        /// `user`, `group` or `role`.
        kind: &'static str,
        /// Its name.
        name: String,
    },
}

/// A condition key, spelled as the cloud does.
#[derive(Clone, Debug, Serialize)]
pub struct Condition {
    /// The key.
    pub key: String,
    /// Its values; none where the request had not the key.
    pub values: Option<Vec<String>>,
}

/// A permission that is missing.
#[derive(Clone, Debug, Serialize)]
pub struct Missing {
    /// The action.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// The layer in which it is missing.
    pub in_layer: &'static str,
}

/// What decided on a request.
#[derive(Clone, Debug, Serialize)]
pub struct Decider {
    /// The layer, or `setting`.
    pub layer: &'static str,
    /// The policy's name, or the setting's.
    pub policy: Option<String>,
    /// The statement's place, from 0.
    pub statement: Option<usize>,
}

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

fn statement(by: &By) -> Decided {
    let said = by.statement();
    let (kind, place) = match &by.policy.source {
        Source::Managed { arn } => ("managed", Place::Arn(Some(arn.clone()))),
        Source::Inline { kind, owner } => ("inline", Place::Owner { kind: kind.as_str(), name: owner.clone() }),
        Source::Given => ("given", Place::Arn(None)),
        Source::OfResource { arn } => ("resource", Place::Arn(Some(arn.clone()))),
    };
    Decided {
        policy: by.policy.name.clone(),
        statement: by.statement,
        sid: said.and_then(|said| said.sid.clone()),
        effect: said.map(|said| said.effect.as_str()),
        document: said.map(Statement::to_json),
        kind,
        place,
    }
}

/// What each layer says that there is.
pub fn layers(ruling: &Ruling) -> Vec<Said> {
    let verdict = |effect: &str| if effect == "Allow" { "allow" } else { "deny" };
    let layer = ruling.layers.iter().map(|ruling| Said {
        layer: layer_name(ruling.layer),
        verdict: ruling.effect.map_or("none", |effect| verdict(effect.as_str())),
        statement: ruling.by.as_ref().map(statement),
    });
    layer.collect()
}

/// The condition keys that statements looked at.
pub fn conditions(cloud: Cloud, check: &Check) -> Vec<Condition> {
    let keys = cloud.rules().request_keys;
    let values = |values: &Vec<String>| (!values.is_empty()).then(|| values.clone());
    let seen = check.seen.iter().map(|(key, seen)| Condition { key: keys.spelled(key), values: values(seen) });
    seen.collect()
}

/// What is missing where nothing forbids it.
pub fn missing(check: &Check) -> Option<Missing> {
    match check.ruling.outcome {
        Outcome::ImplicitDeny(layer) if !check.is_allowed() => Some(Missing {
            action: check.action.clone(),
            resource: check.resource.clone(),
            in_layer: layer_name(layer),
        }),
        Outcome::ImplicitDeny(_) | Outcome::ExplicitDeny(_) | Outcome::Root | Outcome::Allowed => None,
    }
}

/// A check, whole.
pub fn check(cloud: Cloud, check: &Check) -> Checked {
    Checked {
        action: check.action.clone(),
        resource: check.resource.clone(),
        outcome: outcome(check),
        granted_by: check.granted_by,
        layers: layers(&check.ruling),
        conditions: conditions(cloud, check),
        missing_permission: missing(check),
    }
}

/// The decision on a question: `allowed` or the kind of denial.
pub fn decision(check: &Check) -> &'static str {
    if check.is_allowed() { "allowed" } else { outcome(check) }
}

/// The layer, the policy and the statement that decided on a request: on the check that failed, else on the first.
pub fn decided_by(checks: &[Check]) -> Option<Decider> {
    let check = checks.iter().find(|check| !check.is_allowed()).or_else(|| checks.first())?;
    let layer = match check.ruling.outcome {
        Outcome::Root => return None,
        Outcome::ImplicitDeny(_) if check.is_allowed() => {
            let policy = check.granted_by.map(str::to_owned);
            return Some(Decider { layer: "setting", policy, statement: None });
        }
        Outcome::ExplicitDeny(layer) | Outcome::ImplicitDeny(layer) => layer,
        Outcome::Allowed => {
            let own = check.ruling.layer(Layer::Identity).and_then(|ruling| ruling.by.as_ref());
            if own.is_some() { Layer::Identity } else { Layer::Resource }
        }
    };
    let by = check.ruling.by();
    Some(Decider {
        layer: layer_name(layer),
        policy: by.map(|by| by.policy.name.clone()),
        statement: by.map(|by| by.statement),
    })
}
