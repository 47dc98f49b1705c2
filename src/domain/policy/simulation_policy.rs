//! Policies read for a simulation, with the places of their statements; must not know what is asked of them.
//!
//! They are read far more laxly than those that are to be stored, as for GetContextKeysForCustomPolicy (IAM 2010-05-08),
//! with which the simulator shares the text for what cannot be read (recorded). That a statement without actions or
//! resources is about nothing, and that the policy of an identity may not name a principal, is inferred.

use std::sync::Arc;

use super::document::{Document, Selection};
use super::fault::PolicyFault;
use super::positions::{Span, statement_spans};
use super::principal::NamedPrincipal;
use super::raw::RawStatement;
use super::unstored::{self, Missing};

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
        Self::of(id.into(), document, unstored::nobody)
    }

    /// Reads the policy of a thing: each of its statements names whom it is about.
    pub fn read_of_resource(id: impl Into<String>, document: &str) -> Option<Self> {
        Self::of(id.into(), document, unstored::somebody)
    }

    fn of(
        id: String,
        document: &str,
        principals: fn(&mut RawStatement) -> Result<Option<Selection<NamedPrincipal>>, PolicyFault>,
    ) -> Option<Self> {
        let read = unstored::read(document, Missing::Nothing, principals).ok()?;
        Some(Self { id, document: Arc::new(read), spans: statement_spans(document) })
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
