//! Which context keys a policy document speaks of; must not know what values requests have for them.
//!
//! The document is read far more laxly than one that is to be stored: GetContextKeysForCustomPolicy (IAM 2010-05-08)
//! takes policies without actions, resources or statements, with principals, and of any version (recorded).

use super::document::Version;
use super::json::Json;
use super::language::PolicyLanguage;
use super::raw::{Listed, RawDocument, RawStatement};

/// The context keys of a document, each once, as they are written: the keys of its conditions and the variables in
/// its resources and in its conditions' values. Keys that differ in case alone are two, and `${*}`, `${?}` and `${$}`
/// are taken for keys too (recorded). The order is that of the document; AWS gives none.
///
/// `None` is a document that cannot be read: an element or operator that there is not, or no effect (recorded).
pub fn context_keys(document: &str) -> Option<Vec<String>> {
    let Some(Json::Object(object)) = Json::parse(document) else { return None };
    let raw = RawDocument::read(object, PolicyLanguage::Iam).ok()?;
    // that a version which there is not makes a document unreadable is inferred
    let version = raw.version.as_deref().map_or(Some(Version::V2008), Version::named)?;
    let mut keys = Vec::new();
    for statement in raw.statements.unwrap_or_default() {
        statement.exact_effect()?;
        add_keys(&statement, version, &mut keys);
    }
    let mut seen = std::collections::HashSet::new();
    keys.retain(|key| seen.insert(key.clone()));
    Some(keys)
}

fn add_keys(statement: &RawStatement, version: Version, keys: &mut Vec<String>) {
    let variables = version.has_variables();
    if variables {
        Listed::iter(statement.resources.as_ref()).for_each(|resource| add_variables(resource, keys));
    }
    for condition in &statement.conditions {
        keys.push(condition.key.clone());
        if variables {
            condition.values.iter().for_each(|value| add_variables(value, keys));
        }
    }
}

/// The names in `${name}` and `${name, 'default'}`.
fn add_variables(text: &str, keys: &mut Vec<String>) {
    for begun in text.split("${").skip(1) {
        let Some((inner, _)) = begun.split_once('}') else { continue };
        let name = inner.split_once(',').map_or(inner, |(name, _)| name).trim();
        if !name.is_empty() {
            keys.push(name.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(statement: &str) -> Option<Vec<String>> {
        context_keys(&format!(r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow",{statement}}}}}"#))
    }

    fn keys(statement: &str) -> Vec<String> {
        let mut keys = of(statement).unwrap();
        keys.sort();
        keys
    }

    #[test]
    fn keys_are_those_of_conditions_and_of_variables() {
        let full = r#""Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:PrincipalTag/Team}/${aws:username}",
            "Condition":{"StringEquals":{"s3:ExistingObjectTag/Owner":"${aws:PrincipalTag/Team}"},
            "Null":{"AWS:SourceIp":"false"}}"#;
        let wanted = ["AWS:SourceIp", "aws:PrincipalTag/Team", "aws:username", "s3:ExistingObjectTag/Owner"];
        assert_eq!(keys(full), wanted);
        assert_eq!(keys(r#""Resource":"${aws:username, 'x'}/${*}/${?}/${$}""#), ["$", "*", "?", "aws:username"]);
        assert_eq!(keys(r#""NotResource":"b/${aws:PrincipalTag/p}""#), ["aws:PrincipalTag/p"]);
        let case = r#""Condition":{"StringEquals":{"aws:username":"${aws:username}","AWS:username":"a"}}"#;
        assert_eq!(keys(case), ["AWS:username", "aws:username"]);
        let number = r#""Condition":{"NumericEquals":{"aws:MultiFactorAuthAge":"${aws:PrincipalTag/Age}"}}"#;
        assert_eq!(keys(number), ["aws:MultiFactorAuthAge", "aws:PrincipalTag/Age"]);
        assert_eq!(keys(r#""Condition":{"StringEquals":{"${aws:username}":"a"}}"#), ["${aws:username}"]);
    }

    #[test]
    fn what_is_no_key_is_none() {
        for none in [
            r#""Action":"${aws:username}","Resource":"*""#,
            r#""Principal":{"AWS":"${aws:username}"},"Action":"*","Resource":"*""#,
            r#""Action":[],"Resource":[]"#,
            r#""Condition":{}"#,
            r#""Resource":["${","${}","${a"]"#,
        ] {
            assert_eq!(of(none), Some(Vec::new()), "{none}");
        }
        let old = r#"{"Version":"2008-10-17","Statement":{"Effect":"Allow","Resource":"b/${aws:username}"}}"#;
        assert_eq!(context_keys(old), Some(Vec::new()));
        assert_eq!(context_keys(r#"{"Version":"2012-10-17"}"#), Some(Vec::new()));
        assert_eq!(context_keys(r#"{"Statement":[]}"#), Some(Vec::new()));
    }

    #[test]
    fn documents_are_read_laxly_and_yet_not_all() {
        assert!(of(r#""Action":"abc","Resource":"bad""#).is_some());
        assert!(of(r#""Condition":{"NumericEquals":{"aws:MultiFactorAuthAge":"nope"}}"#).is_some());
        assert_eq!(of(r#""Condition":{"MadeUp":{"aws:username":"a"}}"#), None);
        assert_eq!(of(r#""Foo":"x""#), None);
        assert_eq!(context_keys(r#"{"Statement":{"Action":"*","Resource":"*"}}"#), None);
        for bad in ["", "[]", "{", r#"{"Foo":1}"#, r#"{"Version":"2013-01-01"}"#] {
            assert_eq!(context_keys(bad), None, "{bad}");
        }
    }
}
