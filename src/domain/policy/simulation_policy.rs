//! Policies read for a simulation, with the places of their statements; must not know what is asked of them.
//!
//! They are read far more laxly than those that are to be stored, as for GetContextKeysForCustomPolicy (IAM 2010-05-08),
//! with which the simulator shares the text for what cannot be read (recorded). That a statement without actions or
//! resources is about nothing, and that the policy of an identity may not name a principal, is inferred.

use std::sync::Arc;

use super::document::{Document, Selection, Version};
use super::json::Json;
use super::language::PolicyLanguage;
use super::positions::{Span, statement_spans};
use super::principal::{NamedPrincipal, PrincipalKind, by_kind};
use super::raw::{Listed, RawDocument, RawStatement};

/// A policy to simulate.
#[derive(Clone, Debug)]
pub struct SimulatedPolicy {
    /// What answers call it.
    pub id: String,
    /// What it says.
    pub document: Arc<Document>,
    /// Where its statements stand.
    pub spans: Vec<Span>,
}

impl SimulatedPolicy {
    /// Reads the policy of an identity, or what bounds one.
    pub fn read(id: impl Into<String>, document: &str) -> Option<Self> {
        Self::of(id.into(), document, |statement| {
            (statement.principal.is_none() && statement.not_principal.is_none()).then_some(None)
        })
    }

    /// Reads the policy of a thing: each of its statements names whom it is about.
    pub fn read_of_resource(id: impl Into<String>, document: &str) -> Option<Self> {
        Self::of(id.into(), document, |statement| {
            let (negated, named) = match (statement.principal.take(), statement.not_principal.take()) {
                (Some(named), _) => (false, named),
                (None, named) => (true, named?),
            };
            let named = match named {
                Json::Text(everyone) if everyone == "*" => vec![(PrincipalKind::Aws, everyone)],
                named => by_kind(named).ok()?,
            };
            let named = named.into_iter().map(|(kind, written)| NamedPrincipal::read(kind, written).ok());
            Some(Some(Selection::new(negated, named.collect::<Option<_>>()?)))
        })
    }

    fn of(
        id: String,
        document: &str,
        mut principals: impl FnMut(&mut RawStatement) -> Option<Option<Selection<NamedPrincipal>>>,
    ) -> Option<Self> {
        let Some(Json::Object(object)) = Json::parse(document) else { return None };
        let raw = RawDocument::read(object, PolicyLanguage::Iam).ok()?;
        let version = raw.version.as_deref().map_or(Some(Version::V2008), Version::named)?;
        let mut statements = Vec::new();
        for mut statement in raw.statements.unwrap_or_default() {
            let effect = statement.exact_effect()?;
            let principals = principals(&mut statement)?;
            for list in [&mut statement.actions, &mut statement.resources] {
                if Listed::filled(list.as_ref()).is_none() {
                    *list = Some(Listed { negated: false, texts: Vec::new() });
                }
            }
            statements.push(statement.into_statement(effect, version, principals));
        }
        let spans = statement_spans(document);
        Some(Self { id, document: Arc::new(Document { version, id: raw.id, statements }), spans })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_read_laxly() {
        for good in [
            r#"{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}"#,
            r#"{"Id":"x","Version":"2012-10-17","Statement":[]}"#,
            r#"{"Version":"2012-10-17"}"#,
            r#"{"Statement":[{"Effect":"Deny","NotAction":"a","NotResource":"bad"},{"Effect":"Allow"}]}"#,
        ] {
            let policy = SimulatedPolicy::read("p", good).unwrap();
            assert_eq!(policy.spans.len(), policy.document.statements.len(), "{good}");
        }
        for bad in [
            "{",
            "[]",
            r#"{"Version":"2099-01-01","Statement":[]}"#,
            r#"{"Statement":{"Action":"*","Resource":"*"}}"#,
            r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}}"#,
            r#"{"Statement":{"Effect":"Allow","Condition":{"MadeUp":{"a":"b"}}}}"#,
        ] {
            assert!(SimulatedPolicy::read("p", bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn policies_of_things_name_whom_they_are_about() {
        let read = |principal: &str| {
            let text = format!(r#"{{"Statement":{{"Effect":"Allow","Action":"*","Resource":"*"{principal}}}}}"#);
            SimulatedPolicy::read_of_resource("r", &text)
        };
        for good in [
            r#","Principal":"*""#,
            r#","Principal":{"AWS":"*"}"#,
            r#","Principal":{"AWS":["123456789012","arn:aws:iam::123456789012:user/a/b"],"Service":"s3.amazonaws.com"}"#,
            r#","NotPrincipal":{"AWS":"arn:aws:iam::123456789012:root"}"#,
        ] {
            assert!(read(good).is_some(), "{good}");
        }
        for bad in ["", r#","Principal":"x""#, r#","Principal":{"AWS":"x"}"#, r#","Principal":{"A":"*"}"#] {
            assert!(read(bad).is_none(), "{bad}");
        }
    }
}
