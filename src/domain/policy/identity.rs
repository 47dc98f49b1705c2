//! Policies that say what identities and sessions may do; must not know of trust policies.

use std::collections::HashSet;

use super::document::{Document, Version};
use super::fault::{Illegible, PolicyFault, PolicyKind};
use super::json::Json;
use super::language::PolicyLanguage;
use super::raw::{Listed, RawDocument, RawStatement};
use super::{action, condition, resource};

/// Reads a policy of an identity (IAM 2010-05-08 CreatePolicy, CreatePolicyVersion, PutUserPolicy, PutGroupPolicy,
/// PutRolePolicy).
///
/// # Errors
/// The fault that AWS tells.
pub fn parse_identity(document: &str) -> Result<Document, PolicyFault> {
    parse(document, PolicyKind::Identity)
}

/// Reads a policy that limits a session (STS 2011-06-15 AssumeRole, GetFederationToken). It is held to an identity's
/// rules, but that the language's version may be old or not named, and what its faults are called, is inferred.
///
/// # Errors
/// The fault that AWS tells.
pub fn parse_session(document: &str) -> Result<Document, PolicyFault> {
    parse(document, PolicyKind::Session)
}

fn parse(document: &str, kind: PolicyKind) -> Result<Document, PolicyFault> {
    let Some(Json::Object(object)) = Json::parse(document) else { return Err(PolicyFault::NotJson(kind)) };
    let syntax = || PolicyFault::Syntax(kind);
    let raw = RawDocument::read(object, PolicyLanguage::Iam).map_err(|_| syntax())?;
    let version = match raw.version {
        Some(name) => Some(Version::named(&name).ok_or_else(syntax)?),
        None => None,
    };
    let statements = raw.statements.filter(|statements| !statements.is_empty()).ok_or_else(syntax)?;
    if statements.iter().any(|statement| statement.effect_ignoring_case().is_none()) {
        return Err(syntax());
    }
    if kind == PolicyKind::Identity && version != Some(Version::V2012) {
        return Err(PolicyFault::VersionTooOld);
    }
    check(&statements, kind)?;
    let version = version.unwrap_or(Version::V2008);
    let mut read = Vec::with_capacity(statements.len());
    for statement in statements {
        let effect = statement.exact_effect().ok_or_else(syntax)?;
        read.push(statement.into_statement(effect, version, None));
    }
    Ok(Document { version, id: raw.id, statements: read })
}

/// Checks what the statements say, each rule on all of them before the next: the order is as recorded. Where the rules
/// on principals and on the characters of names stand in it is inferred.
fn check(statements: &[RawStatement], kind: PolicyKind) -> Result<(), PolicyFault> {
    if statements.iter().any(|statement| statement.principal.is_some() || statement.not_principal.is_some()) {
        return Err(PolicyFault::NamesPrincipal);
    }
    statements.iter().try_for_each(check_legible)?;
    check_sids(statements, kind)?;
    if statements.iter().any(|statement| Listed::filled(statement.actions.as_ref()).is_none()) {
        return Err(PolicyFault::NoActions);
    }
    if statements.iter().any(|statement| Listed::filled(statement.resources.as_ref()).is_none()) {
        return Err(PolicyFault::NoResources);
    }
    let resources = statements.iter().flat_map(|statement| Listed::iter(statement.resources.as_ref()));
    resources.map(String::as_str).try_for_each(resource::check)?;
    let actions = statements.iter().flat_map(|statement| Listed::iter(statement.actions.as_ref()));
    actions.map(String::as_str).try_for_each(action::check)
}

/// Checks what AWS's oldest reader minds. It does not get to resources whose form is wrong (recorded).
fn check_legible(statement: &RawStatement) -> Result<(), PolicyFault> {
    if statement.exact_effect().is_none() {
        let effect = statement.effect.clone().unwrap_or_default();
        return Err(PolicyFault::Illegible(Illegible::Effect(effect)));
    }
    check_dates(statement)?;
    let mut resources = Listed::iter(statement.resources.as_ref());
    match resources.find(|text| resource::check(text).is_ok() && !resource::is_legible(text)) {
        Some(illegible) => Err(PolicyFault::Illegible(Illegible::Resource(illegible.clone()))),
        None => Ok(()),
    }
}

/// Checks that what is compared with dates is one.
pub(super) fn check_dates(statement: &RawStatement) -> Result<(), PolicyFault> {
    let mut conditions = statement.conditions.iter();
    match conditions.find_map(|raw| condition::illegible_date(raw.comparison, &raw.values)) {
        Some(illegible) => Err(PolicyFault::Illegible(Illegible::Date(illegible.clone()))),
        None => Ok(()),
    }
}

/// Checks the statements' names, of which an empty one counts as none (recorded).
pub(super) fn check_sids(statements: &[RawStatement], kind: PolicyKind) -> Result<(), PolicyFault> {
    let mut seen = HashSet::new();
    for sid in statements.iter().filter_map(|statement| statement.sid.as_deref()).filter(|sid| !sid.is_empty()) {
        // AWS IAM User Guide, "Grammar of the IAM JSON policy language": a rule of IAM, not of every service
        if kind != PolicyKind::Trust && !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(PolicyFault::SidNotAlphanumeric);
        }
        if !seen.insert(sid) {
            return Err(PolicyFault::RepeatedSid(kind));
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "identity_tests.rs"]
mod tests;
