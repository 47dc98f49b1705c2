//! Why a request was allowed or refused, told from the journal: the whole chain, from its signature to the statement
//! that decided. It knows neither page nor HTTP.

use serde::Serialize;

use crate::app::App;
use crate::app::cache::SignerSession;
use crate::app::journal::{Caller, Entry, Step};
use crate::config::Signatures;
use crate::domain::access_key;
use crate::domain::account::Cloud;
use crate::domain::error::Error;
use crate::domain::principal::Principal;

use super::rulings::{self, Checked, Decider, Missing};
use super::unchecked::Names;

/// The whole answer.
#[derive(Debug, Serialize)]
pub struct Explanation {
    /// The request.
    pub request_id: String,
    /// When, by the clock of the account.
    pub time: String,
    /// The wire format and API.
    pub dialect: &'static str,
    /// Whose API it called.
    pub cloud: Cloud,
    /// The action asked for.
    pub action: String,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The error's code.
    pub error: Option<String>,
    /// What became of its signature.
    pub signature: Signature,
    /// The account it acted in.
    pub account: Option<String>,
    /// The ARN of the caller.
    pub principal: Option<String>,
    /// The session behind temporary credentials.
    pub session: Option<Session>,
    /// `allowed`, `denied` or `audited`.
    pub decision: Option<&'static str>,
    /// The injected fault that did something to it.
    pub fault: Option<String>,
    /// What decided.
    pub decided_by: Option<Decider>,
    /// All that was, or would have been, asked of policies.
    pub checks: Vec<Checked>,
    /// The permission that is missing.
    pub missing_permission: Option<Missing>,
    /// Where it was refused.
    pub refused: Option<Refused>,
}

/// What became of a signature.
#[derive(Debug, Serialize)]
pub struct Signature {
    /// How it was signed.
    pub scheme: Option<&'static str>,
    /// `verified`, `failed`, `ignored`, `not-reached` or `unsigned`.
    pub verification: &'static str,
    /// Why that.
    pub because: Option<String>,
    /// The key.
    pub access_key_id: Option<String>,
    /// Whether the key was issued here.
    pub key: Option<&'static str>,
}

/// The session behind temporary credentials.
#[derive(Debug, Serialize)]
pub struct Session {
    /// Its id.
    pub id: Option<String>,
    /// Its kind.
    pub kind: &'static str,
    /// The role's ARN.
    pub role: Option<String>,
    /// When it began.
    pub started_at: String,
    /// When it runs out.
    pub expires_at: String,
    /// Whether a second factor was shown.
    pub mfa_present: bool,
    /// Whether policies narrow it.
    pub narrowed: bool,
    /// Who is behind it.
    pub source_identity: Option<String>,
}

/// Where a request was refused, and why.
#[derive(Debug, Serialize)]
pub struct Refused {
    /// The step.
    pub step: &'static str,
    /// The error's code.
    pub code: Option<String>,
    /// Why.
    pub because: &'static str,
}

/// Explains a request.
///
/// # Errors
/// Only those of the store.
pub async fn explain(app: &App, entry: &Entry) -> Result<Explanation, Error> {
    let mut checks: Vec<Checked> = entry.checks.iter().map(|check| rulings::check(entry.cloud, check)).collect();
    checks.extend(unchecked(app, entry).await?);
    Ok(Explanation {
        request_id: entry.request_id.clone(),
        time: entry.time.clone(),
        dialect: entry.dialect,
        cloud: entry.cloud,
        action: entry.action.clone(),
        status: entry.status,
        error: entry.error.clone(),
        signature: signature(app, entry),
        account: entry.account.clone(),
        principal: entry.principal.clone(),
        session: entry.caller.as_ref().and_then(session),
        decision: entry.decision,
        fault: entry.fault.clone(),
        decided_by: rulings::decided_by(&entry.checks),
        checks,
        missing_permission: entry.checks.iter().find_map(rulings::missing),
        refused: refused(entry),
    })
}

/// What policies were not asked, as they would have been.
async fn unchecked(app: &App, entry: &Entry) -> Result<Vec<Checked>, Error> {
    let is_root = entry.caller.as_ref().is_some_and(|caller| caller.principal == Principal::Root);
    let outcome = if is_root { "root" } else { "policies-ignored" };
    // Only its own journal entry may know what is there no more.
    let mut names = Names::default();
    names.learn(app, entry).await?;
    let resolved = names.resolve(app, entry).await?.into_iter().map(|(action, resource)| Checked {
        action,
        resource,
        outcome,
        granted_by: None,
        layers: Vec::new(),
        conditions: Vec::new(),
        missing_permission: None,
    });
    Ok(resolved.collect())
}

fn signature(app: &App, entry: &Entry) -> Signature {
    let (verification, because) = match verification(app, entry) {
        Verification::Unsigned => ("unsigned", None),
        Verification::NotReached => ("not-reached", Some("the request was refused before its signature was looked at")),
        Verification::Failed => ("failed", entry.error.as_deref()),
        Verification::SettingsIgnore => ("ignored", Some("auth.signatures = ignore")),
        Verification::KeyNeverIssued => ("ignored", Some("the key was never issued here: nobody knows its secret")),
        Verification::Verified => ("verified", None),
    };
    Signature {
        scheme: entry.scheme,
        verification,
        because: because.map(str::to_owned),
        access_key_id: entry.access_key_id.clone(),
        key: entry.access_key_id.as_ref().map(|_| if is_issued(entry) { "issued" } else { "never-issued" }),
    }
}

fn session(caller: &Caller) -> Option<Session> {
    let session: &SignerSession = caller.session.as_deref()?;
    let id = match &caller.principal {
        Principal::RoleSession { session_id, .. } | Principal::FederatedUser { session_id, .. } => {
            Some(session_id.clone())
        }
        Principal::Root | Principal::User { .. } | Principal::Anonymous => None,
    };
    Some(Session {
        id,
        kind: session.kind.as_str(),
        role: session.role_arn.clone(),
        started_at: session.started_at.to_string(),
        expires_at: session.expires_at.to_string(),
        mfa_present: session.mfa_present,
        narrowed: session.policy.is_some() || !session.context.policy_arns.is_empty(),
        source_identity: session.source_identity.clone(),
    })
}

/// Where it was refused, and by which code.
fn refused(entry: &Entry) -> Option<Refused> {
    let step = entry.refused_at?;
    let because = match step {
        Step::Request => "the request is malformed, or asks for what there is not",
        Step::Credentials => "the signature, the key or the token was refused",
        Step::Authorization if entry.checks.is_empty() => {
            "no policy was asked: what the call is about is not there, or a setting of the account stands against it"
        }
        Step::Authorization => "policies do not permit it",
        Step::Operation => "it was permitted, and the operation refused it",
        Step::SignIn => "the console did not let the person in, or not into the role: the code says why",
        Step::Fault => "an injected fault answered in its place: nobody looked at policies, and nothing was done",
    };
    Some(Refused { step: step.as_str(), code: entry.error.clone(), because })
}

/// What became of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verification {
    /// There was none.
    Unsigned,
    /// Nobody came so far as to look at it.
    NotReached,
    /// It, its key or its token was refused.
    Failed,
    /// Settings say that it counts for nothing.
    SettingsIgnore,
    /// Nobody here knows the secret of its key.
    KeyNeverIssued,
    /// It is right.
    Verified,
}

/// What became of a request's signature.
fn verification(app: &App, entry: &Entry) -> Verification {
    match (entry.scheme, &entry.caller, entry.refused_at) {
        (_, None, Some(Step::Credentials)) => Verification::Failed,
        (None, _, _) => Verification::Unsigned,
        (Some(_), None, _) => Verification::NotReached,
        (Some(_), Some(_), _) if app.settings.auth.signatures == Signatures::Ignore => Verification::SettingsIgnore,
        (Some(_), Some(_), _) if is_issued(entry) => Verification::Verified,
        (Some(_), Some(_), _) => Verification::KeyNeverIssued,
    }
}

/// Whether the key that signed was issued here.
fn is_issued(entry: &Entry) -> bool {
    entry.access_key_id.as_deref().is_some_and(access_key::was_issued)
}
