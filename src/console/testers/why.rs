//! Why a request was allowed or refused, for a page: the answer of `/_sesame/explain`, each part with its words. What is
//! told is for the use case to say.

use crate::app::journal::Step;
use crate::console::parts::{Badge, Tone};
use crate::services::explanations::Explanation;
use crate::services::rulings::{Checked, Decided, Place, Said};

/// The whole answer.
pub(super) struct Why {
    pub(super) summary: String,
    /// Signature, caller and session, one after the other.
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) signature: Badge,
    pub(super) checks: Vec<Asked>,
    /// The same answer as it goes over the wire.
    pub(super) wire: String,
}

/// One thing that was asked of policies.
pub(super) struct Asked {
    pub(super) action: String,
    pub(super) resource: String,
    pub(super) outcome: Badge,
    pub(super) reason: String,
    pub(super) layers: Vec<Layer>,
    pub(super) conditions: Vec<(String, String)>,
}

/// What one layer said.
pub(super) struct Layer {
    pub(super) title: &'static str,
    pub(super) verdict: Badge,
    pub(super) by: String,
    /// The statement that decided.
    pub(super) document: String,
}

fn layer_words(layer: &'static str) -> &'static str {
    match layer {
        "resource" => "The thing's own policy",
        "identity" => "Policies of the caller",
        "boundary" => "Permissions boundary",
        "session" => "Session policy",
        other => other,
    }
}

/// The statement that decided, and where it stands. People count from 1.
fn by_words(by: &Decided) -> String {
    let of = match (&by.place, by.kind) {
        (Place::Owner { kind, name }, _) => format!("inline policy {} of {kind} {name}", by.policy),
        (Place::Arn(Some(arn)), "resource") => format!("the policy of {arn}"),
        (Place::Arn(Some(arn)), _) => format!("managed policy {arn}"),
        (Place::Arn(None), _) => "the policy given with the session".to_owned(),
    };
    let sid = by.sid.as_ref().map(|sid| format!(" ({sid})")).unwrap_or_default();
    format!("statement {}{sid} of {of}", by.statement.saturating_add(1))
}

/// The statement of the layer that decided.
fn decisive(check: &Checked, verdict: &str) -> String {
    let said = |layer: &str| {
        let all = check.layers.iter().find(|said| said.layer == layer || layer.is_empty() && said.verdict == verdict);
        all.filter(|said| said.verdict == verdict).and_then(|said| said.statement.as_ref())
    };
    let by = if verdict == "allow" { said("identity").or_else(|| said("resource")) } else { said("") };
    by.map_or_else(|| "a policy".to_owned(), by_words)
}

fn is_allowed(check: &Checked) -> bool {
    !matches!(check.outcome, "implicit-deny" | "explicit-deny")
}

fn reason(check: &Checked) -> String {
    match (check.outcome, &check.missing_permission) {
        ("root", _) => "The caller is the account's root, whom no policy binds.".to_owned(),
        ("policies-ignored", _) => "Policies are switched off by the settings.".to_owned(),
        ("allowed", _) => format!("Permitted by {}.", decisive(check, "allow")),
        ("explicit-deny", _) => format!("Forbidden by {}.", decisive(check, "deny")),
        ("granted-by-setting", _) => {
            format!("No policy permits it, but the setting {} does.", check.granted_by.unwrap_or_default())
        }
        (_, Some(missing)) => format!(
            "Nothing permits {} on {}; it is missing in: {}.",
            missing.action,
            missing.resource,
            layer_words(missing.in_layer).to_lowercase()
        ),
        (other, None) => other.to_owned(),
    }
}

fn asked(check: &Checked) -> Asked {
    let verdict = |verdict: &str| match verdict {
        "allow" => Badge::new(Tone::Good, "permits"),
        "deny" => Badge::new(Tone::Bad, "forbids"),
        _ => Badge::new(Tone::Plain, "says nothing"),
    };
    let document = |by: &Decided| {
        let document = by.document.as_ref().and_then(|document| serde_json::to_string_pretty(document).ok());
        document.unwrap_or_default()
    };
    let layers = check.layers.iter().map(|said: &Said| Layer {
        title: layer_words(said.layer),
        verdict: verdict(said.verdict),
        by: said.statement.as_ref().map(by_words).unwrap_or_default(),
        document: said.statement.as_ref().map(document).unwrap_or_default(),
    });
    let shown = |values: &Option<Vec<String>>| {
        values.as_ref().map_or_else(|| "not in the request".to_owned(), |values| values.join(", "))
    };
    let allowed = is_allowed(check);
    Asked {
        action: check.action.clone(),
        resource: check.resource.clone(),
        outcome: if allowed { Badge::new(Tone::Good, "allowed") } else { Badge::new(Tone::Bad, "denied") },
        reason: reason(check),
        layers: layers.collect(),
        conditions: check.conditions.iter().map(|one| (one.key.clone(), shown(&one.values))).collect(),
    }
}

fn summary(told: &Explanation) -> String {
    let refused = told.checks.iter().find(|check| !is_allowed(check));
    let code = told.error.as_deref().unwrap_or_default();
    match (refused, told.decision, &told.refused) {
        (_, _, Some(refused)) if refused.step == Step::Fault.as_str() => {
            format!("Fault {}: {}.", told.fault.as_deref().unwrap_or_default(), refused.because)
        }
        (Some(check), Some("audited"), _) => {
            format!("It went on, since policies are only audited. Enforced, it would be refused. {}", reason(check))
        }
        (Some(check), ..) => reason(check),
        (None, _, Some(refused)) => format!("It was refused ({code}): {}.", refused.because),
        (None, _, None) => told.checks.first().map_or_else(
            || "No policy was asked: everyone may do this, or the caller is the account's root.".to_owned(),
            reason,
        ),
    }
}

fn facts(told: &Explanation) -> Vec<(&'static str, String)> {
    let signature = &told.signature;
    let mut facts = vec![("Signed by", signature.scheme.unwrap_or("nothing").to_owned())];
    if let Some(because) = &signature.because {
        facts.push(("Because", because.clone()));
    }
    if let (Some(id), Some(key)) = (&signature.access_key_id, signature.key) {
        facts.push(("Key", format!("{id}, {}", key.replace('-', " "))));
    }
    facts.push(("Principal", told.principal.clone().unwrap_or_else(|| "nobody known".to_owned())));
    if let Some(session) = &told.session {
        let mut words = vec![session.kind.replace('-', " ")];
        words.extend(session.id.clone());
        words.extend(session.role.as_ref().map(|role| format!("of {role}")));
        words.push(format!("from {} until {}", session.started_at, session.expires_at));
        words.push(if session.mfa_present { "with MFA" } else { "without MFA" }.to_owned());
        words.extend(session.narrowed.then(|| "narrowed by policies".to_owned()));
        words.extend(session.source_identity.as_ref().map(|who| format!("source identity {who}")));
        facts.push(("Session", words.join(", ")));
    }
    if let Some(refused) = &told.refused {
        let code = refused.code.as_deref().unwrap_or_default();
        facts.push(("Refused", format!("{} ({}): {}", refused.step, code, refused.because)));
    }
    if let Some(missing) = &told.missing_permission {
        facts.push(("Missing", format!("{} on {}", missing.action, missing.resource)));
    }
    facts
}

/// Why a request was decided as it was.
pub(super) fn of(told: &Explanation) -> Why {
    let tone = match told.signature.verification {
        "verified" => Tone::Good,
        "failed" => Tone::Bad,
        _ => Tone::Plain,
    };
    Why {
        summary: summary(told),
        facts: facts(told),
        signature: Badge::new(tone, told.signature.verification.replace('-', " ")),
        checks: told.checks.iter().map(asked).collect(),
        wire: format!("/_sesame/explain/{}", told.request_id),
    }
}
