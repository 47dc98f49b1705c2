//! Policies in the language of Alibaba Cloud's RAM, version 1; must not know in which words RAM refuses one.
//!
//! The rules are those of the RAM documentation ("Policy structure and syntax", "Permission policy elements",
//! "Conditional operators"), and of the errors listed under "Validate policies", which the API has enforced since
//! 2022-11-28 ("RAM policy grammar verification upgrade"). Which of several faults is told is inferred: the order here
//! is that of the document.

use super::document::{Document, Selection, Version};
use super::fault::{PolicyFault, PolicyKind};
use super::json::Json;
use super::language::PolicyLanguage;
use super::principal::{NamedPrincipal, ram_by_kind};
use super::raw::{Listed, Misfit, RawCondition, RawDocument, RawStatement};
use super::{condition::Operator, ram_resource};

/// Reads a policy of an identity (RAM 2015-05-01 CreatePolicy, CreatePolicyVersion).
pub(super) fn parse_identity(document: &str) -> Result<Document, PolicyFault> {
    parse(document, PolicyKind::Identity)
}

/// Reads a policy that limits a session (STS 2015-04-01 AssumeRole, Policy).
pub(super) fn parse_session(document: &str) -> Result<Document, PolicyFault> {
    parse(document, PolicyKind::Session)
}

/// Reads a role's trust policy (RAM 2015-05-01 CreateRole, UpdateRole).
pub(super) fn parse_trust(document: &str) -> Result<Document, PolicyFault> {
    parse(document, PolicyKind::Trust)
}

fn parse(document: &str, kind: PolicyKind) -> Result<Document, PolicyFault> {
    let Some(json) = Json::parse(document) else { return Err(PolicyFault::NotJson(kind)) };
    let Json::Object(object) = json else { return Err(PolicyFault::Syntax(kind)) };
    let raw = RawDocument::read(object, PolicyLanguage::Ram).map_err(|misfit| match misfit {
        Misfit::Unknown(name) => PolicyFault::UnknownField(name),
        Misfit::Operator(name) => PolicyFault::UnknownOperator(name),
        Misfit::Type => PolicyFault::Syntax(kind),
    })?;
    match raw.version.as_deref() {
        None => return Err(PolicyFault::MissingField("Version")),
        Some("1") => {}
        Some(_) => return Err(PolicyFault::UnknownVersion),
    }
    let statements = raw.statements.ok_or(PolicyFault::MissingField("Statement"))?;
    if statements.is_empty() {
        return Err(PolicyFault::NoStatements);
    }
    let mut read = Vec::with_capacity(statements.len());
    for mut statement in statements {
        let effect = match (statement.exact_effect(), &statement.effect) {
            (Some(effect), _) => effect,
            (None, Some(written)) => return Err(PolicyFault::UnknownEffect(written.clone())),
            (None, None) => return Err(PolicyFault::MissingField("Effect")),
        };
        check_actions(&statement)?;
        let principals = match kind {
            PolicyKind::Trust => Some(trusted(&mut statement)?),
            PolicyKind::Identity | PolicyKind::Session => {
                check_resources(&statement)?;
                None
            }
        };
        statement.conditions.iter().try_for_each(check_condition)?;
        read.push(statement.into_statement(effect, Version::Ram1, principals));
    }
    Ok(Document { version: Version::Ram1, id: None, statements: read })
}

/// An action is everything, or a service's code and a name, both perhaps with wildcards: published policies have
/// `*:Describe*`.
fn check_actions(statement: &RawStatement) -> Result<(), PolicyFault> {
    let actions = Listed::filled(statement.actions.as_ref()).ok_or(PolicyFault::NoActions)?;
    let is_sound = |action: &String| {
        let parts = action.split_once(':');
        action == "*" || parts.is_some_and(|(code, name)| !code.is_empty() && !name.is_empty())
    };
    if actions.texts.iter().all(is_sound) { Ok(()) } else { Err(PolicyFault::ActionWithoutVendor) }
}

fn check_resources(statement: &RawStatement) -> Result<(), PolicyFault> {
    if statement.principal.is_some() {
        return Err(PolicyFault::NamesPrincipal);
    }
    let resources = Listed::filled(statement.resources.as_ref()).ok_or(PolicyFault::NoResources)?;
    resources.texts.iter().try_for_each(|resource| ram_resource::check(resource))
}

/// Whom a trust policy's statement names; it has no resource, since it is about the role that has it.
fn trusted(statement: &mut RawStatement) -> Result<Selection<NamedPrincipal>, PolicyFault> {
    if let Some(resources) = &statement.resources {
        return Err(PolicyFault::ProhibitedField(if resources.negated { "NotResource" } else { "Resource" }));
    }
    let named = ram_by_kind(statement.principal.take().ok_or(PolicyFault::MissingField("Principal"))?)?;
    if named.is_empty() {
        return Err(PolicyFault::NobodyNamed);
    }
    let named = named.into_iter().map(|(kind, written)| NamedPrincipal::read_ram(kind, written));
    Ok(Selection::Only(named.collect::<Result<_, _>>()?))
}

/// A key has a service's code, and is compared with no more than one truth value ("Validate policies").
fn check_condition(condition: &RawCondition) -> Result<(), PolicyFault> {
    let parts = condition.key.split_once(':');
    if !parts.is_some_and(|(code, name)| !code.is_empty() && !name.is_empty()) {
        return Err(PolicyFault::ConditionKeyWithoutVendor(condition.key.clone()));
    }
    if condition.comparison.operator() == Operator::Bool && condition.values.len() > 1 {
        return Err(PolicyFault::SeveralTruths);
    }
    Ok(())
}

#[cfg(test)]
#[path = "ram_tests.rs"]
mod tests;
