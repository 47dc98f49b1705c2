//! Why a request was allowed or refused: the whole chain, from its signature to the statement that decided.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::problem::Problem;
use super::rulings;
use crate::app::App;
use crate::app::cache::SignerSession;
use crate::app::journal::{Caller, Entry, Step};
use crate::domain::principal::Principal;
use crate::services::explanations::{self, Verification};
use crate::services::unchecked::Names;

pub(super) async fn explain(State(app): State<App>, Path(id): Path<String>) -> Result<Json<Value>, Problem> {
    let entry = app.journal.find(&id).ok_or_else(|| {
        let most = app.journal.capacity();
        let text = format!("the journal has no such request: it keeps the last {most} that this process answered");
        Problem::new(StatusCode::NOT_FOUND, "not-found", text)
    })?;
    let mut checks: Vec<Value> = entry.checks.iter().map(|check| rulings::check(entry.cloud, check)).collect();
    checks.extend(unchecked(&app, &entry).await?);
    let missing = entry.checks.iter().find_map(rulings::missing);
    Ok(Json(json!({
        "request_id": entry.request_id,
        "time": entry.time,
        "dialect": entry.dialect,
        "cloud": entry.cloud,
        "action": entry.action,
        "status": entry.status,
        "error": entry.error,
        "signature": signature(&app, &entry),
        "account": entry.account,
        "principal": entry.principal,
        "session": entry.caller.as_ref().and_then(session),
        "decision": entry.decision,
        "fault": entry.fault,
        "decided_by": rulings::decided_by(&entry.checks),
        "checks": checks,
        "missing_permission": missing,
        "refused": refused(&entry),
    })))
}

/// What policies were not asked, as they would have been.
async fn unchecked(app: &App, entry: &Entry) -> Result<Vec<Value>, Problem> {
    let is_root = entry.caller.as_ref().is_some_and(|caller| caller.principal == Principal::Root);
    let outcome = if is_root { "root" } else { "policies-ignored" };
    // Only its own journal entry may know what is there no more.
    let mut names = Names::default();
    names.learn(app, entry).await?;
    let resolved = names.resolve(app, entry).await?;
    let shown = resolved.into_iter().map(|(action, resource)| {
        json!({
            "action": action, "resource": resource, "outcome": outcome, "granted_by": null, "layers": [],
            "conditions": [], "missing_permission": null,
        })
    });
    Ok(shown.collect())
}

fn signature(app: &App, entry: &Entry) -> Value {
    let (verification, because) = match explanations::verification(app, entry) {
        Verification::Unsigned => ("unsigned", None),
        Verification::NotReached => ("not-reached", Some("the request was refused before its signature was looked at")),
        Verification::Failed => ("failed", entry.error.as_deref()),
        Verification::SettingsIgnore => ("ignored", Some("auth.signatures = ignore")),
        Verification::KeyNeverIssued => ("ignored", Some("the key was never issued here: nobody knows its secret")),
        Verification::Verified => ("verified", None),
    };
    let key =
        entry.access_key_id.as_ref().map(|_| if explanations::is_issued(entry) { "issued" } else { "never-issued" });
    json!({
        "scheme": entry.scheme,
        "verification": verification,
        "because": because,
        "access_key_id": entry.access_key_id,
        "key": key,
    })
}

fn session(caller: &Caller) -> Option<Value> {
    let session: &SignerSession = caller.session.as_deref()?;
    let id = match &caller.principal {
        Principal::RoleSession { session_id, .. } | Principal::FederatedUser { session_id, .. } => Some(session_id),
        Principal::Root | Principal::User { .. } | Principal::Anonymous => None,
    };
    Some(json!({
        "id": id,
        "kind": session.kind.as_str(),
        "role": session.role_arn,
        "started_at": session.started_at.to_string(),
        "expires_at": session.expires_at.to_string(),
        "mfa_present": session.mfa_present,
        "narrowed": session.policy.is_some() || !session.context.policy_arns.is_empty(),
        "source_identity": session.source_identity,
    }))
}

/// Where it was refused, and by which code.
fn refused(entry: &Entry) -> Option<Value> {
    let step = entry.refused_at?;
    let because = match step {
        Step::Request => "the request is malformed, or asks for what there is not",
        Step::Credentials => "the signature, the key or the token was refused",
        Step::Authorization if entry.checks.is_empty() => {
            "no policy was asked: what the call is about is not there, or a setting of the account stands against it"
        }
        Step::Authorization => "policies do not permit it",
        Step::Operation => "it was permitted, and the operation refused it",
        Step::Fault => "an injected fault answered in its place: nobody looked at policies, and nothing was done",
    };
    Some(json!({"step": step.as_str(), "code": entry.error, "because": because}))
}
