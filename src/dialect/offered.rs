//! What the APIs take, for people who fill it in: operations and parameters from each dialect's own table, and requests
//! made of what was filled in, signed as a client signs. It knows no page.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::{alibaba, aws};
use crate::domain::account::Cloud;
use crate::domain::time::Time;

/// What RFC 3986 leaves as it is.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// One API.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Api {
    /// Its name in paths.
    pub(crate) id: &'static str,
    /// What people call it.
    pub(crate) title: &'static str,
    /// Whose it is.
    pub(crate) cloud: Cloud,
    /// The name by which command lines and signatures know it.
    pub(crate) service: &'static str,
    /// Its version.
    pub(crate) version: &'static str,
}

/// All APIs.
pub(crate) const APIS: &[Api] = &[
    api("aws-iam", "AWS IAM", Cloud::Aws, "iam", "2010-05-08"),
    api("aws-sts", "AWS STS", Cloud::Aws, "sts", "2011-06-15"),
    api("alibaba-ims", "Alibaba Cloud IMS", Cloud::Alibaba, "ims", "2019-08-15"),
    api("alibaba-ram", "Alibaba Cloud RAM", Cloud::Alibaba, "ram", "2015-05-01"),
    api("alibaba-sts", "Alibaba Cloud STS", Cloud::Alibaba, "sts", "2015-04-01"),
];

const fn api(id: &'static str, title: &'static str, cloud: Cloud, service: &'static str, version: &'static str) -> Api {
    Api { id, title, cloud, service, version }
}

/// One operation.
pub(crate) struct Operation {
    pub(crate) name: String,
    /// Whether this server has it.
    pub(crate) is_built: bool,
}

/// What a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    Text,
    /// Text of many lines: a document.
    Document,
    Number,
    Boolean,
    /// A list of texts.
    Texts,
    /// Anything nested.
    Nested,
}

/// How a value goes over the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wire {
    /// As AWS's query protocol spreads it: `Name.member.N.Field`.
    Members,
    /// As Alibaba's RPC style spreads it: `Name.N.Field`.
    Numbered,
    /// As one parameter that holds JSON.
    Json,
}

/// One parameter.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) takes: Takes,
    pub(crate) wire: Wire,
    pub(crate) is_required: bool,
    /// The words it may be; none is any.
    pub(crate) words: Vec<String>,
    /// Bounds and the like.
    pub(crate) hint: String,
}

impl Api {
    /// The API of a path.
    pub(crate) fn of(id: &str) -> Option<&'static Self> {
        APIS.iter().find(|api| api.id == id)
    }

    /// Its operations, by name.
    pub(crate) fn operations(&self) -> Vec<Operation> {
        match self.cloud {
            Cloud::Aws => aws::offered::operations(self.version),
            Cloud::Alibaba => alibaba::offered::operations(self.version),
        }
    }

    /// What an operation takes, what is required first; `None` when there is no such operation.
    pub(crate) fn parameters(&self, operation: &str) -> Option<Vec<Parameter>> {
        let mut all = match self.cloud {
            Cloud::Aws => aws::offered::parameters(self.version, operation),
            Cloud::Alibaba => alibaba::offered::parameters(self.version, operation),
        }?;
        all.sort_by_key(|parameter| !parameter.is_required);
        Some(all)
    }

    /// Whether this server has an operation.
    pub(crate) fn is_built(&self, operation: &str) -> bool {
        match self.cloud {
            Cloud::Aws => aws::offered::is_built(self.version, operation),
            Cloud::Alibaba => alibaba::offered::is_built(self.version, operation),
        }
    }
}

/// A key that signs.
pub(crate) struct Key<'a> {
    pub(crate) id: &'a str,
    pub(crate) secret: &'a str,
}

/// A request to be made.
pub(crate) struct Draft<'a> {
    pub(crate) api: &'static Api,
    pub(crate) operation: &'a str,
    /// The operation's own parameters as they go over the wire.
    pub(crate) parameters: &'a [(String, String)],
    /// What signs it; none leaves it unsigned.
    pub(crate) key: Option<Key<'a>>,
    pub(crate) host: &'a str,
    pub(crate) now: Time,
    pub(crate) nonce: String,
}

/// A request as it goes over the wire: `POST /`.
pub(crate) struct Composed {
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Draft<'_> {
    /// The request.
    pub(crate) fn compose(&self) -> Composed {
        match self.api.cloud {
            Cloud::Aws => aws::offered::compose(self),
            Cloud::Alibaba => alibaba::offered::compose(self),
        }
    }

    /// The query of a request by GET, with the signature in it. On AWS the signature goes into a header instead.
    pub(crate) fn query(&self) -> Option<String> {
        match self.api.cloud {
            Cloud::Aws => None,
            Cloud::Alibaba => Some(alibaba::offered::query(self, "GET")),
        }
    }
}

/// Encodes pairs as a form.
pub(super) fn form(pairs: &[(String, String)]) -> String {
    let encoded = |text: &str| utf8_percent_encode(text, RESERVED).to_string();
    pairs.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect::<Vec<_>>().join("&")
}

/// A value as wire parameters.
pub(crate) fn spread(parameter: &Parameter, value: &Value) -> Vec<(String, String)> {
    let mut out = Vec::new();
    if parameter.wire == Wire::Json && parameter.takes == Takes::Nested {
        return vec![(parameter.name.clone(), value.to_string())];
    }
    push(&parameter.name, value, parameter.wire, &mut out);
    out
}

/// A value as wire parameters, added to others. JSON that was read is nested 128 deep at the most.
pub(super) fn push(name: &str, value: &Value, wire: Wire, out: &mut Vec<(String, String)>) {
    match value {
        Value::Array(items) => {
            let infix = if wire == Wire::Members { ".member" } else { "" };
            for (at, item) in items.iter().enumerate() {
                push(&format!("{name}{infix}.{}", at.saturating_add(1)), item, wire, out);
            }
        }
        Value::Object(members) => {
            for (member, item) in members {
                push(&format!("{name}.{member}"), item, wire, out);
            }
        }
        Value::Null => {}
        Value::String(text) => out.push((name.to_owned(), text.clone())),
        Value::Bool(_) | Value::Number(_) => out.push((name.to_owned(), value.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_operation_of_every_table_can_be_filled_in() {
        let mut counts = Vec::new();
        for api in APIS {
            let operations = api.operations();
            for operation in &operations {
                let parameters = api.parameters(&operation.name);
                assert!(parameters.is_some(), "{} {}", api.id, operation.name);
                assert_eq!(operation.is_built, api.is_built(&operation.name));
            }
            counts.push(operations.len());
        }
        assert_eq!(counts, [176, 11, 107, 69, 4]);
        assert!(Api::of("aws-iam").unwrap().parameters("Nonsense").is_none());
    }

    #[test]
    fn values_are_spread_as_each_wire_wants_them() {
        let of = |wire, takes| Parameter {
            name: "Tag".to_owned(),
            takes,
            wire,
            is_required: false,
            words: Vec::new(),
            hint: String::new(),
        };
        let value = json!([{"Key": "a", "Value": 1}]);
        let pairs = |wire| spread(&of(wire, Takes::Nested), &value);
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(pairs(Wire::Members), [pair("Tag.member.1.Key", "a"), pair("Tag.member.1.Value", "1")]);
        assert_eq!(pairs(Wire::Numbered), [pair("Tag.1.Key", "a"), pair("Tag.1.Value", "1")]);
        assert_eq!(pairs(Wire::Json), [pair("Tag", r#"[{"Key":"a","Value":1}]"#)]);
    }
}
