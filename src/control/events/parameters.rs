//! What a request said, as trails have it. The journal masks secrets already.

use serde_json::{Map, Value, json};

use crate::app::journal::Parameters;

/// What CloudTrail has for what nobody may read (CloudTrail User Guide, "CloudTrail record contents").
pub(super) const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// What the journal has for it.
const MASK: &str = "***";

/// How deep parameters are taken apart; AWS's go no deeper.
const DEEPEST: usize = 8;

/// Numbers among the parameters of IAM 2010-05-08 and STS 2011-06-15. CloudTrail has them as such.
const NUMBERS: [&str; 7] = [
    "DurationSeconds",
    "MaxItems",
    "MaxSessionDuration",
    "MinimumPasswordLength",
    "MaxPasswordAge",
    "PasswordReusePrevention",
    "CredentialAgeDays",
];

/// Names as CloudTrail has them: `userName`, `sAMLMetadataDocument`.
fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// The parameters of a query as CloudTrail has them: nested, and lists as such. Null where there are none.
pub(super) fn nested(parameters: &Parameters) -> Value {
    let mut all = Map::new();
    for (name, text) in &parameters.0 {
        let parts: Vec<&str> = name.split('.').filter(|part| !matches!(*part, "member" | "entry")).collect();
        let value = value(parts.last().copied().unwrap_or_default(), text);
        if parts.len() > DEEPEST {
            all.insert(lower_first(name), value);
        } else {
            put(&mut all, &parts, value);
        }
    }
    if all.is_empty() { Value::Null } else { listed(Value::Object(all)) }
}

fn value(name: &str, text: &str) -> Value {
    match text {
        MASK => json!(HIDDEN),
        "true" => json!(true),
        "false" => json!(false),
        text if NUMBERS.contains(&name) => text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number)),
        text => json!(text),
    }
}

/// Puts a value where its name says. What stands in the way stays.
fn put(all: &mut Map<String, Value>, path: &[&str], value: Value) {
    let Some((first, rest)) = path.split_first() else { return };
    let name = lower_first(first);
    if rest.is_empty() {
        all.entry(name).or_insert(value);
    } else if let Value::Object(inner) = all.entry(name).or_insert_with(|| Value::Object(Map::new())) {
        put(inner, rest, value);
    }
}

/// What has numbers for names is a list.
fn listed(value: Value) -> Value {
    let Value::Object(members) = value else { return value };
    let is_list = !members.is_empty() && members.keys().all(|name| name.bytes().all(|byte| byte.is_ascii_digit()));
    if is_list {
        let mut items: Vec<(String, Value)> = members.into_iter().collect();
        // As numbers, which may be longer than any type's.
        items.sort_by(|(a, _), (b, _)| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
        items.into_iter().map(|(_, value)| listed(value)).collect()
    } else {
        Value::Object(members.into_iter().map(|(name, value)| (name, listed(value))).collect())
    }
}

/// The parameters by name, as ActionTrail has them.
pub(super) fn flat(parameters: &Parameters) -> Value {
    Value::Object(parameters.0.iter().map(|(name, text)| (name.clone(), json!(text))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Parameters {
        Parameters(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn parameters_are_nested_and_named_as_in_cloudtrail() {
        let asked = of(&[
            ("UserName", "Bob"),
            ("Password", "***"),
            ("PasswordResetRequired", "true"),
            ("DurationSeconds", "900"),
            ("Tags.member.1.Key", "team"),
            ("Tags.member.1.Value", "a"),
            ("Tags.member.2.Key", "env"),
            ("ActionNames.member.1", "iam:GetUser"),
            ("SAMLMetadataDocument", "<x/>"),
        ]);
        let expected = json!({
            "userName": "Bob",
            "password": HIDDEN,
            "passwordResetRequired": true,
            "durationSeconds": 900,
            "tags": [{"key": "team", "value": "a"}, {"key": "env"}],
            "actionNames": ["iam:GetUser"],
            "sAMLMetadataDocument": "<x/>",
        });
        assert_eq!(nested(&asked), expected);
        assert_eq!(nested(&of(&[])), Value::Null);
    }

    #[test]
    fn lists_are_in_the_order_of_their_numbers() {
        let named: Vec<(String, String)> =
            (1..=12).map(|n| (format!("Tags.member.{n}.Key"), format!("k{n}"))).collect();
        let tags = &nested(&Parameters(named))["tags"];
        let keys: Vec<&str> = tags.as_array().unwrap().iter().filter_map(|tag| tag["key"].as_str()).collect();
        assert_eq!(keys, ["k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8", "k9", "k10", "k11", "k12"]);
    }

    #[test]
    fn names_that_are_none_do_no_harm() {
        let odd = of(&[("", "a"), (".", "b"), ("A", "c"), ("A.1", "d"), (&"x.".repeat(5_000), "e"), ("É.1.é", "f")]);
        assert!(nested(&odd).is_object());
    }
}
