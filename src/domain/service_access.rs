//! Which services an identity's policies let it call and which it did call; must not know how either is stored.
//!
//! What counts as allowed is as recorded of GenerateServiceLastAccessedDetails and ListPoliciesGrantingServiceAccess
//! (IAM 2010-05-08): conditions and single resources are passed over, on either side.

use serde::{Deserialize, Serialize};

use super::aws_services;
use super::policy::{Document, Effect, Pattern, Selection, Statement};
use super::time::Time;

/// What uses services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum AccessorKind {
    /// A user, through its keys.
    User,
    /// A role, through the keys of its sessions.
    Role,
}

impl AccessorKind {
    /// The name in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Role => "role",
        }
    }

    /// Reads what `as_str` gave.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "user" => Some(Self::User),
            "role" => Some(Self::Role),
            _ => None,
        }
    }
}

/// Who uses services.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Accessor {
    /// The account it belongs to.
    pub account_id: String,
    /// What it is.
    pub kind: AccessorKind,
    /// Its id.
    pub id: String,
}

/// The last use of a service by someone.
#[derive(Clone, Debug)]
pub struct ServiceUse {
    /// What used it.
    pub kind: AccessorKind,
    /// The id of who used it.
    pub id: String,
    /// The prefix of its actions.
    pub service: String,
    /// When.
    pub at: Time,
    /// In which region.
    pub region: String,
}

/// How fine a report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Granularity {
    /// By service.
    Service,
    /// By action. Which actions were used is not kept, so that no action is told (inferred to be the better answer).
    Action,
}

/// A report on the services that a user, group, role or policy allows, as it was when it was asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    /// How fine it is.
    pub granularity: Granularity,
    /// When it was asked for; it is there at once.
    pub created_at: Time,
    /// Who could use the services: kind and id.
    pub entities: Vec<(AccessorKind, String)>,
    /// The services that are allowed, in the order of their prefixes.
    pub services: Vec<Reported>,
}

/// One service of a report.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reported {
    /// The prefix of its actions.
    pub service: String,
    /// The uses by the report's entities, the last one first.
    pub uses: Vec<ReportedUse>,
}

/// One entity's last use of a service.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReportedUse {
    /// Which of the report's entities.
    pub entity: usize,
    /// What its ARN was.
    pub arn: String,
    /// When.
    pub at: Time,
    /// In which region.
    pub region: String,
}

/// What a statement's actions are of one service, as patterns within that service.
fn of_service(statement: &Statement, service: &str) -> Vec<String> {
    match &statement.actions {
        Selection::Only(listed) => listed.iter().filter_map(|action| within(action, service)).collect(),
        Selection::AllBut(listed) => {
            let all = format!("{service}:*");
            if listed.iter().any(|action| action.matches(&all)) { Vec::new() } else { vec![all] }
        }
    }
}

fn within(action: &Pattern, service: &str) -> Option<String> {
    let (vendor, name) = action.text().split_once(':').unwrap_or(("*", action.text()));
    (vendor == "*" || vendor.eq_ignore_ascii_case(service)).then(|| format!("{service}:{name}"))
}

/// Whether a statement denies on everything and whatever the request says; one that denies less does not count
/// (recorded).
fn denies_always(statement: &Statement) -> bool {
    statement.effect == Effect::Deny
        && statement.conditions.is_empty()
        && match &statement.resources {
            Selection::Only(listed) => listed.iter().any(|resource| resource.text() == "*"),
            Selection::AllBut(listed) => listed.is_empty(),
        }
}

/// Whether a statement's actions are all of what `allowed` stands for.
fn covers(statement: &Statement, allowed: &str) -> bool {
    match &statement.actions {
        Selection::Only(listed) => listed.iter().any(|action| action.matches(allowed)),
        Selection::AllBut(listed) => {
            let (vendor, name) = allowed.split_once(':').unwrap_or((allowed, "*"));
            !listed.iter().any(|action| {
                within(action, vendor).is_some_and(|spared| {
                    action.matches(allowed) || spared.split_once(':').is_some_and(|(_, spared)| meets(name, spared))
                })
            })
        }
    }
}

/// Whether two names with wildcards may stand for the same action: as far as the first wildcard of either they must
/// agree.
fn meets(a: &str, b: &str) -> bool {
    let plain = |text: &str| text.split(['*', '?']).next().unwrap_or_default().to_ascii_lowercase();
    let (a, b) = (plain(a), plain(b));
    a.starts_with(&b) || b.starts_with(&a)
}

/// Whether policies, taken together, allow some action of a service.
pub fn grant(documents: &[&Document], service: &str) -> bool {
    let statements = || documents.iter().flat_map(|document| &document.statements);
    statements().filter(|statement| statement.effect == Effect::Allow).any(|statement| {
        of_service(statement, service)
            .iter()
            .any(|allowed| !statements().any(|other| denies_always(other) && covers(other, allowed)))
    })
}

/// The services of which policies, taken together, allow some action, in the order of their prefixes. A service that
/// AWS does not have is none (recorded).
pub fn granted(documents: &[Document]) -> Vec<&'static str> {
    let documents: Vec<&Document> = documents.iter().collect();
    let services = aws_services::all().iter().map(|(prefix, _)| *prefix);
    services.filter(|service| grant(&documents, service)).collect()
}

#[cfg(test)]
#[path = "service_access_tests.rs"]
mod tests;
