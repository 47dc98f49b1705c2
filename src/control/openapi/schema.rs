//! The words that the description is written in: schemas of JSON (JSON Schema 2020-12, which OpenAPI 3.1 takes over);
//! must not know the calls.

use serde_json::{Map, Value, json};

/// A text without U+0000, which no store keeps.
const TEXT: &str = "^[^\\u0000]*$";

/// A time that is always taken: what else RFC 3339 has is read too.
const TIME: &str = "^(19[7-9][0-9]|[2-8][0-9]{3})-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|\
                    (0[13578]|1[02])-31)T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?Z$";

fn with(mut schema: Value, name: &str, value: Value) -> Value {
    schema[name] = value;
    schema
}

/// Any text that is given.
pub(in crate::control) fn text() -> Value {
    json!({"type": "string", "pattern": TEXT})
}

/// A text that is given, of so many characters.
pub(in crate::control) fn text_of(least: usize, most: usize) -> Value {
    json!({"type": "string", "pattern": TEXT, "minLength": least, "maxLength": most})
}

/// A text that is given, of this pattern.
pub(in crate::control) fn pattern(pattern: &str) -> Value {
    json!({"type": "string", "pattern": pattern})
}

/// A time that is given.
pub(in crate::control) fn given_time() -> Value {
    json!({"type": "string", "pattern": TIME, "examples": ["2026-11-21T10:00:00Z"]})
}

/// A time that is told.
pub(in crate::control) fn told_time() -> Value {
    json!({"type": "string", "format": "date-time"})
}

/// Any text that is told.
pub(in crate::control) fn told() -> Value {
    json!({"type": "string"})
}

/// One of these words.
pub(in crate::control) fn word(words: &[&str]) -> Value {
    json!({"type": "string", "enum": words})
}

/// The clouds.
pub(in crate::control) fn clouds() -> Value {
    word(&["alibaba", "aws"])
}

/// True or false.
pub(in crate::control) fn flag() -> Value {
    json!({"type": "boolean"})
}

/// A whole number of these bounds.
pub(in crate::control) fn integer(least: i64, most: i64) -> Value {
    json!({"type": "integer", "minimum": least, "maximum": most})
}

/// A whole number, not negative.
pub(in crate::control) fn count() -> Value {
    json!({"type": "integer", "minimum": 0})
}

/// Any JSON.
pub(in crate::control) fn anything() -> Value {
    json!({})
}

/// An object with any members.
pub(in crate::control) fn any_object() -> Value {
    json!({"type": "object"})
}

/// An object whose members are all of this kind.
pub(in crate::control) fn map_of(schema: Value) -> Value {
    with(any_object(), "additionalProperties", schema)
}

/// A list.
pub(in crate::control) fn list_of(of: Value) -> Value {
    with(json!({"type": "array"}), "items", of)
}

/// One of these.
pub(in crate::control) fn any_of(schemas: Vec<Value>) -> Value {
    with(json!({}), "anyOf", Value::Array(schemas))
}

/// Null.
pub(in crate::control) fn nothing() -> Value {
    json!({"type": "null"})
}

/// This, or null.
pub(in crate::control) fn or_null(schema: Value) -> Value {
    if schema == nothing() { schema } else { any_of(vec![schema, nothing()]) }
}

/// A schema that is described once.
pub(in crate::control) fn refer(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// An object with these members; one whose name ends in `?` may be left out.
pub(in crate::control) fn object(members: Vec<(&str, Value)>) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (name, schema) in members {
        let bare = name.trim_end_matches('?');
        if bare == name {
            required.push(bare);
        }
        properties.insert(bare.to_owned(), schema);
    }
    let mut object = json!({"type": "object", "properties": properties});
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

/// As [`object`], and nothing else may be given; what may be left out may be null too.
pub(in crate::control) fn closed(members: Vec<(&str, Value)>) -> Value {
    let given = |(name, schema)| (name, if str::ends_with(name, '?') { or_null(schema) } else { schema });
    let mut object = object(members.into_iter().map(given).collect());
    object["additionalProperties"] = json!(false);
    object
}

/// The body that is read as `T`: its members are those of the type, and in debug builds that is looked at.
pub(in crate::control) fn body<T: serde::de::DeserializeOwned>(members: Vec<(&str, Value)>) -> Value {
    let schema = closed(members);
    super::hold::<T>(&schema);
    schema
}
