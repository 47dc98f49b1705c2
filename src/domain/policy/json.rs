//! JSON as policies need it: what was written, in its order, and no object that names a key twice; must not know what
//! the keys mean.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads a text. It is none where it is no JSON, nests more than 127 deep (the parser's limit, which bounds the
    /// recursion here and wherever a value is walked or dropped), or has an object that names a key twice (AWS IAM User
    /// Guide, "Grammar of the IAM JSON policy language": elements must not contain multiple instances of a key).
    pub(super) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// One text, or a list of nothing but texts.
    pub(super) fn into_texts(self) -> Option<Vec<String>> {
        self.into_list(|item| match item {
            Self::Text(text) => Some(text),
            _ => None,
        })
    }

    /// One scalar, or a list of nothing but scalars, as texts: numbers and booleans need no quotes in conditions (AWS
    /// IAM User Guide, "Grammar of the IAM JSON policy language").
    pub(super) fn into_scalars(self) -> Option<Vec<String>> {
        self.into_list(|item| match item {
            Self::Text(text) => Some(text),
            Self::Number(number) => Some(number.to_string()),
            Self::Bool(truth) => Some(truth.to_string()),
            _ => None,
        })
    }

    fn into_list(self, one: impl Fn(Self) -> Option<String>) -> Option<Vec<String>> {
        match self {
            Self::List(items) => items.into_iter().map(one).collect(),
            item => one(item).map(|text| vec![text]),
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyJson)
    }
}

struct AnyJson;

impl<'de> Visitor<'de> for AnyJson {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Json, E> {
        Ok(Json::Bool(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json, E> {
        Ok(serde_json::Number::from_f64(number).map_or(Json::Null, Json::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Json, E> {
        Ok(Json::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut object: Vec<(String, Json)> = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            object.push(entry);
        }
        if names_a_key_twice(&object) {
            return Err(A::Error::custom("a key comes twice"));
        }
        Ok(Json::Object(object))
    }
}

fn names_a_key_twice(object: &[(String, Json)]) -> bool {
    // nearly every object is so small that comparing each key with each is quickest; a large one must not take long
    if object.len() <= 12 {
        let mut rest = object.iter().map(|(key, _)| key);
        return std::iter::from_fn(|| rest.next().map(|key| rest.clone().any(|other| other == key))).any(|twice| twice);
    }
    let keys: HashSet<&str> = object.iter().map(|(key, _)| key.as_str()).collect();
    keys.len() < object.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_once_and_nesting_is_bounded() {
        assert!(Json::parse(r#"{"a":1,"b":{"a":2}}"#).is_some());
        assert_eq!(Json::parse(r#"{"a":1,"a":1}"#), None);
        assert_eq!(Json::parse(r#"{"b":1,"a":1,"c":1,"a":1}"#), None);
        let many = |last: &str| {
            let keys = (0..50_000).map(|n| format!("\"{n}\":0")).collect::<Vec<_>>().join(",");
            Json::parse(&format!("{{{keys},\"{last}\":0}}"))
        };
        assert!(many("x").is_some());
        assert_eq!(many("49999"), None);
        assert_eq!(Json::parse(r#"[{"b":{"a":1,"\u0061":1}}]"#), None, "an escaped key is the same key");
        assert_eq!(Json::parse(&"[".repeat(1_000_000)), None);
        assert_eq!(Json::parse(&format!("{}{}", "[".repeat(200), "]".repeat(200))), None);
        assert_eq!(Json::parse(&r#"{"a":"#.repeat(100_000)), None);
    }

    #[test]
    fn scalars_are_texts_as_they_were_written() {
        let texts = |json: &str| Json::parse(json).unwrap().into_scalars();
        assert_eq!(texts("[1, -2, 1.5, true, \"x\"]").unwrap(), ["1", "-2", "1.5", "true", "x"]);
        assert_eq!(texts("false").unwrap(), ["false"]);
        assert_eq!(texts("[]").unwrap(), Vec::<String>::new());
        assert_eq!(texts("[[]]"), None);
        assert_eq!(texts("null"), None);
        assert_eq!(Json::parse("1").unwrap().into_texts(), None);
    }
}
