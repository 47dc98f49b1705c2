//! Policies of things of any service, a bucket's say, as another service that asks here has them; must not know what
//! the thing is.

use super::document::{Document, Selection, Version};
use super::fault::{PolicyFault, PolicyKind};
use super::json::Json;
use super::language::PolicyLanguage;
use super::principal::{NamedPrincipal, PrincipalKind, by_kind};
use super::raw::{Listed, RawDocument, RawStatement};

/// Reads the policy of a thing (AWS IAM User Guide, "Identity-based policies and resource-based policies"). Which rules
/// its own service has for it is not looked at, but that each statement has an effect, actions and principals.
///
/// # Errors
/// The fault that AWS would tell of a role's trust policy.
pub fn parse_resource_policy(document: &str) -> Result<Document, PolicyFault> {
    let Some(Json::Object(object)) = Json::parse(document) else {
        return Err(PolicyFault::NotJson(PolicyKind::Trust));
    };
    let raw = RawDocument::read(object, PolicyLanguage::Iam).map_err(|_| PolicyFault::Syntax(PolicyKind::Trust))?;
    let version = match raw.version {
        Some(name) => Version::named(&name).ok_or(PolicyFault::UnknownVersion)?,
        None => Version::V2008,
    };
    let mut statements = Vec::new();
    for mut statement in raw.statements.ok_or(PolicyFault::MissingField("Statement"))? {
        let effect = statement.exact_effect().ok_or(PolicyFault::MissingField("Effect"))?;
        Listed::filled(statement.actions.as_ref()).ok_or(PolicyFault::MissingField("Action"))?;
        let principals = principals(&mut statement)?;
        statements.push(statement.into_statement(effect, version, Some(principals)));
    }
    Ok(Document { version, id: raw.id, statements })
}

fn principals(statement: &mut RawStatement) -> Result<Selection<NamedPrincipal>, PolicyFault> {
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
    Ok(Selection::new(negated, named.collect::<Result<_, _>>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buckets_policy_is_read_and_one_that_names_nobody_is_not() {
        let with = |rest: &str| {
            parse_resource_policy(&format!(
                r#"{{"Statement":[{{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"{rest}}}]}}"#
            ))
        };
        let read = with(r#","Principal":"*""#).unwrap();
        assert_eq!(read.principals().count(), 1);
        assert!(matches!(read.statements[0].principals, Some(Selection::Only(_))));
        let read = with(r#","NotPrincipal":{"AWS":"123456789012"}"#).unwrap();
        assert!(matches!(read.statements[0].principals, Some(Selection::AllBut(_))));
        assert!(matches!(with(""), Err(PolicyFault::MissingField("Principal"))));
        assert!(matches!(with(r#","Principal":"bob""#), Err(PolicyFault::KindlessPrincipal(_))));
        for bad in ["", "[]", "{}", r#"{"Statement":[{"Principal":"*"}]}"#] {
            assert!(parse_resource_policy(bad).is_err(), "{bad}");
        }
    }
}
