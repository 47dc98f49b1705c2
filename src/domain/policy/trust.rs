//! Policies that say who may take a role on; must not know who exists.

use super::action;
use super::document::{Document, Effect, Selection, Version};
use super::fault::{PolicyFault, PolicyKind};
use super::identity::{check_dates, check_sids};
use super::json::Json;
use super::language::PolicyLanguage;
use super::principal::{NamedPrincipal, PrincipalKind, by_kind};
use super::raw::{Listed, Misfit, RawDocument, RawStatement};

/// Reads a role's trust policy (IAM 2010-05-08 CreateRole, UpdateAssumeRolePolicy). Whether those exist whom it names
/// is not known here: [`Document::principals`] lists them.
///
/// That a resource is told of before a missing principal and that before a wrong action is observed; the rest of the
/// order is inferred.
///
/// # Errors
/// The fault that AWS tells.
pub fn parse_trust(document: &str) -> Result<Document, PolicyFault> {
    let Some(Json::Object(object)) = Json::parse(document) else {
        return Err(PolicyFault::NotJson(PolicyKind::Trust));
    };
    let raw = RawDocument::read(object, PolicyLanguage::Iam).map_err(|misfit| match misfit {
        Misfit::Unknown(name) => PolicyFault::UnknownField(name),
        Misfit::Type | Misfit::Operator(_) => PolicyFault::Syntax(PolicyKind::Trust),
    })?;
    let version = match raw.version {
        Some(name) => Version::named(&name).ok_or(PolicyFault::UnknownVersion)?,
        None => Version::V2008,
    };
    let statements = raw.statements.ok_or(PolicyFault::MissingField("Statement"))?;
    if statements.is_empty() {
        return Err(PolicyFault::NoStatements);
    }
    check_sids(&statements, PolicyKind::Trust)?;
    let sound = statements.into_iter().map(Sound::read).collect::<Result<Vec<_>, _>>()?;
    let mut statements = Vec::with_capacity(sound.len());
    for Sound { statement, effect, named } in sound {
        let named = named.into_iter().map(|(kind, written)| NamedPrincipal::read(kind, written));
        let named = named.collect::<Result<Vec<_>, _>>()?;
        if named.is_empty() {
            return Err(PolicyFault::NobodyNamed);
        }
        statements.push(statement.into_statement(effect, version, Some(Selection::Only(named))));
    }
    Ok(Document { version, id: raw.id, statements })
}

/// A statement of which all is sound but, perhaps, whom it names: AWS looks them up last (inferred).
struct Sound {
    statement: RawStatement,
    effect: Effect,
    named: Vec<(PrincipalKind, String)>,
}

impl Sound {
    fn read(mut statement: RawStatement) -> Result<Self, PolicyFault> {
        if let Some(resources) = &statement.resources {
            return Err(PolicyFault::ProhibitedField(if resources.negated { "NotResource" } else { "Resource" }));
        }
        let effect = match (statement.exact_effect(), &statement.effect) {
            (Some(effect), _) => effect,
            (None, Some(written)) => return Err(PolicyFault::UnknownEffect(written.clone())),
            (None, None) => return Err(PolicyFault::MissingField("Effect")),
        };
        if statement.not_principal.is_some() {
            return Err(match effect {
                Effect::Allow => PolicyFault::AllowsAllBut,
                Effect::Deny => PolicyFault::DeniesAllBut,
            });
        }
        let named = by_kind(statement.principal.take().ok_or(PolicyFault::MissingField("Principal"))?)?;
        let actions = Listed::filled(statement.actions.as_ref()).ok_or(PolicyFault::MissingField("Action"))?;
        if !actions.texts.iter().all(|text| action::is_role_taking(text)) {
            return Err(PolicyFault::ForeignAction);
        }
        check_dates(&statement)?;
        Ok(Self { statement, effect, named })
    }
}

#[cfg(test)]
#[path = "trust_tests.rs"]
mod tests;
