//! Why a request was allowed or refused, in words: what each layer of policies said, and the statement that decided.

use crate::app::journal::{Entry, Step};
use crate::console::parts::{Badge, Tone};
use crate::domain::policy::{By, Check, Effect, Layer, Outcome, Source};

/// The whole answer.
pub(super) struct Why {
    pub(super) summary: String,
    pub(super) checks: Vec<Asked>,
}

/// One thing that was asked of policies.
pub(super) struct Asked {
    pub(super) action: String,
    pub(super) resource: String,
    pub(super) outcome: Badge,
    pub(super) reason: String,
    pub(super) layers: Vec<Said>,
    pub(super) conditions: Vec<(String, String)>,
}

/// What one layer said.
pub(super) struct Said {
    pub(super) layer: &'static str,
    pub(super) verdict: Badge,
    pub(super) by: String,
}

fn layer_words(layer: Layer) -> &'static str {
    match layer {
        Layer::Resource => "The thing's own policy",
        Layer::Identity => "Policies of the caller",
        Layer::Boundary => "Permissions boundary",
        Layer::Session => "Session policy",
    }
}

/// The statement that decided, and where it stands. People count from 1.
fn by_words(by: &By) -> String {
    let of = match &by.policy.source {
        Source::Managed { arn } => format!("managed policy {arn}"),
        Source::Inline { kind, owner } => format!("inline policy {} of {} {owner}", by.policy.name, kind.as_str()),
        Source::Given => "the policy given with the session".to_owned(),
        Source::OfResource { arn } => format!("the policy of {arn}"),
    };
    let sid = by.statement().and_then(|statement| statement.sid.as_deref());
    let sid = sid.map(|sid| format!(" ({sid})")).unwrap_or_default();
    format!("statement {}{sid} of {of}", by.statement.saturating_add(1))
}

fn reason(check: &Check) -> String {
    let by = check.ruling.by().map(by_words);
    match check.ruling.outcome {
        Outcome::Root => "The caller is the account's root, whom no policy binds.".to_owned(),
        Outcome::Allowed => format!("Permitted by {}.", by.unwrap_or_else(|| "a policy".to_owned())),
        Outcome::ExplicitDeny(_) => format!("Forbidden by {}.", by.unwrap_or_else(|| "a policy".to_owned())),
        Outcome::ImplicitDeny(_) if check.is_allowed() => {
            format!("No policy permits it, but the setting {} does.", check.granted_by.unwrap_or_default())
        }
        Outcome::ImplicitDeny(layer) => format!(
            "Nothing permits {} on {}; it is missing in: {}.",
            check.action,
            check.resource,
            layer_words(layer).to_lowercase()
        ),
    }
}

fn asked(check: &Check) -> Asked {
    let verdict = |effect: Option<Effect>| match effect {
        Some(Effect::Allow) => Badge::new(Tone::Good, "permits"),
        Some(Effect::Deny) => Badge::new(Tone::Bad, "forbids"),
        None => Badge::new(Tone::Plain, "says nothing"),
    };
    let layers = check.ruling.layers.iter().map(|ruling| Said {
        layer: layer_words(ruling.layer),
        verdict: verdict(ruling.effect),
        by: ruling.by.as_ref().map(by_words).unwrap_or_default(),
    });
    let shown = |values: &[String]| if values.is_empty() { "not in the request".to_owned() } else { values.join(", ") };
    Asked {
        action: check.action.clone(),
        resource: check.resource.clone(),
        outcome: if check.is_allowed() { Badge::new(Tone::Good, "allowed") } else { Badge::new(Tone::Bad, "denied") },
        reason: reason(check),
        layers: layers.collect(),
        conditions: check.seen.iter().map(|(key, values)| (key.clone(), shown(values))).collect(),
    }
}

/// Why a request was decided as it was.
pub(super) fn of(entry: &Entry) -> Why {
    let refused = entry.checks.iter().find(|check| !check.is_allowed());
    let code = entry.error.as_deref().unwrap_or_default();
    let summary = match (refused, entry.decision) {
        _ if entry.refused_at == Some(Step::Fault) => format!(
            "The injected fault {} answered in its place: nobody looked at policies, and nothing was done.",
            entry.fault.as_deref().unwrap_or_default()
        ),
        (Some(check), Some("audited")) => {
            format!("It went on, since policies are only audited. Enforced, it would be refused. {}", reason(check))
        }
        (Some(check), _) => reason(check),
        (None, Some("denied")) => {
            format!(
                "It was refused ({code}) before any policy was asked: by a setting of the account, or because \
                     what it is about is not there."
            )
        }
        (None, _) if entry.principal.is_none() && entry.status >= 400 => {
            format!(
                "It was refused ({code}) before the caller was known: the request, its key or its signature is \
                     not right."
            )
        }
        (None, _) => match entry.checks.first() {
            Some(check) => reason(check),
            None if entry.status >= 400 => {
                format!("No policy was asked: it failed with {code} in itself, or the caller is the account's root.")
            }
            None => "No policy was asked: the caller is the account's root, whom no policy binds, or everyone may do \
                     this, or policies are switched off."
                .to_owned(),
        },
    };
    Why { summary, checks: entry.checks.iter().map(asked).collect() }
}
