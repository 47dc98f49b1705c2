//! Decodes the parameters of an RPC request from its query string and body; knows no operation, no error text and no
//! HTTP framework.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use crate::dialect::form::{self, FormFault};
use crate::dialect::mask;

/// Why the parameters of a request cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Malformed {
    /// A `%` without two hexadecimal digits after it.
    Escape,
    /// A name or a value that is not UTF-8 once decoded.
    Utf8,
    /// One name came twice, so nobody can say which value the caller signed or meant.
    Repeated(String),
    /// A JSON body that is broken or not an object.
    Json,
    /// The parameter of this name is no JSON list of the elements the operation takes.
    List(String),
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Escape => f.write_str("a percent escape is broken"),
            Self::Utf8 => f.write_str("a parameter is not UTF-8"),
            Self::Repeated(name) => write!(f, "parameter {name} is given more than once"),
            Self::Json => f.write_str("the body is not a JSON object"),
            Self::List(name) => {
                write!(f, "parameter {name} is not a list of the expected elements")
            }
        }
    }
}

impl std::error::Error for Malformed {}

/// Where a parameter came from, which decides the signatures that cover it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// The URL: part of V1, and the only part of the canonical query of V3.
    Query,
    /// A form body: part of V1; V3 covers it by the hash of the body.
    Form,
    /// A member of a JSON body: no part of V1; V3 covers it by the hash of the body.
    Json,
}

#[derive(Clone)]
struct Param {
    name: String,
    value: String,
    origin: Origin,
}

/// The decoded parameters of one request, query string and body together, each name once.
#[derive(Clone, Default)]
pub(crate) struct Params {
    /// In byte order of the names, as both signatures want them; look-up is a binary search.
    sorted: Vec<Param>,
}

impl Params {
    /// Reads the query string and, by its content type, the body.
    ///
    /// A body that is neither a form nor JSON carries no parameters.
    pub(crate) fn decode(query: &str, content_type: Option<&str>, body: &[u8]) -> Result<Self, Malformed> {
        let mut sorted = Vec::new();
        decode_form(query.as_bytes(), Origin::Query, &mut sorted)?;
        if !body.is_empty() {
            let media_type = content_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
            if media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
                decode_form(body, Origin::Form, &mut sorted)?;
            } else if media_type.eq_ignore_ascii_case("application/json") {
                decode_json(body, &mut sorted)?;
            }
        }
        // Nothing that the cloud takes holds a NUL, and Postgres takes none.
        if sorted.iter().any(|param| param.name.contains('\0') || param.value.contains('\0')) {
            return Err(Malformed::Escape);
        }
        sorted.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        match sorted.windows(2).find(|pair| pair[0].name == pair[1].name) {
            Some(pair) => Err(Malformed::Repeated(pair[0].name.clone())),
            None => Ok(Self { sorted }),
        }
    }

    /// Finds a parameter by its exact name; one that was sent empty is there, as the empty string.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let at = self.sorted.binary_search_by(|param| param.name.as_str().cmp(name)).ok()?;
        Some(&self.sorted[at].value)
    }

    /// Walks all parameters as (name, value) in byte order of the names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.sorted.iter().map(|param| (param.name.as_str(), param.value.as_str()))
    }

    /// Reads the list `name`: one row an element, with the values of `fields` in their order.
    ///
    /// Elements come as `Name.N.Field` (N from 1, in order of N, gaps allowed) or as JSON text in one parameter,
    /// `Name=[{"Field":".."}]`. The empty field stands for the element itself: `Name.N` or `Name=["..",".."]`.
    /// Fields that are not asked for are passed over. An absent or empty parameter is an empty list.
    pub(crate) fn list(&self, name: &str, fields: &[&str]) -> Result<Vec<Vec<Option<String>>>, Malformed> {
        let numbered = self.numbered(name, fields);
        match self.get(name) {
            None | Some("") => Ok(numbered),
            Some(_) if !numbered.is_empty() => Err(Malformed::Repeated(name.to_owned())),
            Some(text) => serde_json::from_str::<Vec<Value>>(text)
                .ok()
                .and_then(|elements| elements.into_iter().map(|element| row(element, fields)).collect())
                .ok_or_else(|| Malformed::List(name.to_owned())),
        }
    }

    fn numbered(&self, name: &str, fields: &[&str]) -> Vec<Vec<Option<String>>> {
        let mut rows = BTreeMap::new();
        let start = self.sorted.partition_point(|param| param.name.as_str() < name);
        for param in &self.sorted[start..] {
            let Some(rest) = param.name.strip_prefix(name) else {
                break;
            };
            let Some(rest) = rest.strip_prefix('.') else {
                continue;
            };
            let (number, field) = rest.split_once('.').unwrap_or((rest, ""));
            let (Some(number), Some(at)) = (position(number), fields.iter().position(|wanted| *wanted == field)) else {
                continue;
            };
            rows.entry(number).or_insert_with(|| vec![None; fields.len()])[at] = Some(param.value.clone());
        }
        rows.into_values().collect()
    }

    /// Walks what V1 signs, the `Signature` itself still among it: query and form, in byte order of the names.
    pub(super) fn in_v1(&self) -> impl Iterator<Item = (&str, &str)> {
        self.from(|origin| origin != Origin::Json)
    }

    /// Walks the parameters of the URL alone, in byte order of the names.
    pub(super) fn in_query(&self) -> impl Iterator<Item = (&str, &str)> {
        self.from(|origin| origin == Origin::Query)
    }

    /// Tells whether a JSON body brought parameters, which V1 does not cover.
    pub(super) fn any_outside_v1(&self) -> bool {
        self.sorted.iter().any(|param| param.origin == Origin::Json)
    }

    fn from(&self, wanted: fn(Origin) -> bool) -> impl Iterator<Item = (&str, &str)> {
        let wanted = self.sorted.iter().filter(move |param| wanted(param.origin));
        wanted.map(|param| (param.name.as_str(), param.value.as_str()))
    }
}

impl fmt::Debug for Params {
    /// Masks what may be a secret, so that a request can be logged.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter().map(|(name, value)| mask::shown(name, value))).finish()
    }
}

/// Reads the N of `Name.N`. Only the plain decimal form counts: were `01` also 1, two parameters would be one element.
fn position(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if plain { text.parse().ok() } else { None }
}

/// Picks the fields out of one element of a JSON list.
fn row(element: Value, fields: &[&str]) -> Option<Vec<Option<String>>> {
    match element {
        Value::Object(mut members) => {
            Some(fields.iter().map(|field| members.remove(*field).and_then(into_text)).collect())
        }
        Value::Array(_) | Value::Null => None,
        scalar => {
            let at = fields.iter().position(|field| field.is_empty())?;
            let mut row = vec![None; fields.len()];
            row[at] = into_text(scalar);
            Some(row)
        }
    }
}

/// Turns a JSON value into the text of a parameter; null is no parameter, as clients leave null members out.
fn into_text(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

fn decode_form(text: &[u8], origin: Origin, params: &mut Vec<Param>) -> Result<(), Malformed> {
    for pair in form::pairs(text) {
        let (name, value) = pair.map_err(|fault| match fault {
            FormFault::Escape => Malformed::Escape,
            FormFault::Utf8 => Malformed::Utf8,
        })?;
        params.push(Param { name, value, origin });
    }
    Ok(())
}

fn decode_json(body: &[u8], params: &mut Vec<Param>) -> Result<(), Malformed> {
    let Members(members) = serde_json::from_slice(body).map_err(|_| Malformed::Json)?;
    params.extend(members.into_iter().filter_map(|(name, value)| {
        let value = into_text(value)?;
        Some(Param { name, value, origin: Origin::Json })
    }));
    Ok(())
}

/// The members of a JSON object as they came. `serde_json::Map` would keep the last of two equal names without a word.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'de> Visitor<'de> for Collect {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Collect)
    }
}

#[cfg(test)]
#[path = "params_tests.rs"]
mod tests;
