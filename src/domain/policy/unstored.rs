//! Policies in AWS's language that are read to be asked about, and not to be stored: little of them is checked. It knows
//! not what is asked.

use super::document::{Document, Selection, Version};
use super::fault::{PolicyFault, PolicyKind};
use super::json::Json;
use super::language::PolicyLanguage;
use super::principal::{NamedPrincipal, PrincipalKind, by_kind};
use super::raw::{Listed, RawDocument, RawStatement};

/// What it means that a document has no statements, or a statement no actions or resources.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// It is a fault; a statement without resources is about all.
    Fault,
    /// It is about nothing.
    Nothing,
}

/// Reads one. `principals` says whom a statement is about, if it may say that.
///
/// # Errors
/// The fault that AWS would tell of a role's trust policy.
pub(super) fn read(
    document: &str,
    missing: Missing,
    principals: fn(&mut RawStatement) -> Result<Option<Selection<NamedPrincipal>>, PolicyFault>,
) -> Result<Document, PolicyFault> {
    let Some(Json::Object(object)) = Json::parse(document) else {
        return Err(PolicyFault::NotJson(PolicyKind::Trust));
    };
    let raw = RawDocument::read(object, PolicyLanguage::Iam).map_err(|_| PolicyFault::Syntax(PolicyKind::Trust))?;
    let version = match raw.version {
        Some(name) => Version::named(&name).ok_or(PolicyFault::UnknownVersion)?,
        None => Version::V2008,
    };
    let is_lax = missing == Missing::Nothing;
    let given = raw.statements.or_else(|| is_lax.then(Vec::new)).ok_or(PolicyFault::MissingField("Statement"))?;
    let mut statements = Vec::with_capacity(given.len());
    for mut statement in given {
        let effect = statement.exact_effect().ok_or(PolicyFault::MissingField("Effect"))?;
        if is_lax {
            for list in [&mut statement.actions, &mut statement.resources] {
                if Listed::filled(list.as_ref()).is_none() {
                    *list = Some(Listed { negated: false, texts: Vec::new() });
                }
            }
        } else {
            Listed::filled(statement.actions.as_ref()).ok_or(PolicyFault::MissingField("Action"))?;
        }
        let principals = principals(&mut statement)?;
        statements.push(statement.into_statement(effect, version, principals));
    }
    Ok(Document { version, id: raw.id, statements })
}

/// Whom a statement in the policy of a thing is about, which it has to say.
pub(super) fn somebody(statement: &mut RawStatement) -> Result<Option<Selection<NamedPrincipal>>, PolicyFault> {
    let (negated, named) = match (statement.principal.take(), statement.not_principal.take()) {
        (Some(named), _) => (false, named),
        (None, Some(named)) => (true, named),
        (None, None) => return Err(PolicyFault::MissingField("Principal")),
    };
    let named = match named {
        Json::Text(everyone) if everyone == "*" => vec![(PrincipalKind::Aws, everyone)],
        named => by_kind(named)?,
    };
    let named = named.into_iter().map(|(kind, written)| NamedPrincipal::read(kind, written));
    Ok(Some(Selection::new(negated, named.collect::<Result<_, _>>()?)))
}

/// Nobody: the policy of an identity names no principal.
pub(super) fn nobody(statement: &mut RawStatement) -> Result<Option<Selection<NamedPrincipal>>, PolicyFault> {
    let names_nobody = statement.principal.is_none() && statement.not_principal.is_none();
    names_nobody.then_some(None).ok_or(PolicyFault::ProhibitedField("Principal"))
}
