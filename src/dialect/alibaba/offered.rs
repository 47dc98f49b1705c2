//! The operations of this dialect for people who fill them in, and requests signed by V1. Which operations there are is
//! for the catalogue to say; what they take stands in `model/parameters.json`.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::params::Params;
use super::{Api, catalogue, operations, signature};
use crate::dialect::offered::{Composed, Draft, Operation, Parameter, Takes, Wire, form};

static MODEL: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("model/parameters.json")).unwrap_or_default());

fn find(version: &str, operation: &str) -> bool {
    let Some(api) = Api::of_version(version) else { return false };
    operations::OPERATIONS.iter().any(|row| row.name == operation && row.apis.contains(&api))
}

pub(in crate::dialect) fn is_built(version: &str, operation: &str) -> bool {
    find(version, operation)
}

pub(in crate::dialect) fn operations(version: &str) -> Vec<Operation> {
    let names = match Api::of_version(version) {
        Some(Api::Ims) => catalogue::IMS,
        Some(Api::Ram) => catalogue::RAM,
        Some(Api::Sts) => catalogue::STS,
        None => &[],
    };
    names.iter().map(|name| Operation { name: (*name).to_owned(), is_built: find(version, name) }).collect()
}

pub(in crate::dialect) fn parameters(version: &str, operation: &str) -> Option<Vec<Parameter>> {
    let of = MODEL[Api::of_version(version)?.product()].get(operation)?.as_object()?;
    Some(of.iter().map(|(name, of)| parameter(name, of)).collect())
}

fn parameter(name: &str, of: &Value) -> Parameter {
    let is_nested = of["of"].is_array();
    let takes = match of["t"].as_str().unwrap_or_default() {
        "integer" => Takes::Number,
        "boolean" => Takes::Boolean,
        "list" if !is_nested => Takes::Texts,
        "list" | "json" => Takes::Nested,
        _ if name.ends_with("Document") || name == "Policy" => Takes::Document,
        _ => Takes::Text,
    };
    let words = of["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).map(ToOwned::to_owned);
    Parameter {
        name: name.to_owned(),
        takes,
        wire: if of["t"] == "json" { Wire::Json } else { Wire::Numbered },
        is_required: of["req"] == true,
        words: if takes == Takes::Text { words.collect() } else { Vec::new() },
        hint: hint(of.as_object()),
    }
}

fn hint(of: Option<&Map<String, Value>>) -> String {
    let text = |name: &str| of.and_then(|of| of.get(name)).map(|value| value.to_string().replace('"', ""));
    let bounds = match (text("min"), text("max")) {
        (Some(min), Some(max)) => Some(format!("{min} to {max}")),
        (Some(min), None) => Some(format!("At least {min}")),
        (None, Some(max)) => Some(format!("At most {max}")),
        (None, None) => None,
    };
    let default = text("default").filter(|default| !default.is_empty()).map(|default| format!("Left out: {default}"));
    [bounds, default].into_iter().flatten().collect::<Vec<_>>().join(". ")
}

/// The parameters of a request with the signature among them, encoded (RAM documentation, "Signature method V1").
pub(in crate::dialect) fn query(draft: &Draft<'_>, method: &str) -> String {
    let mut pairs = vec![
        ("Action", draft.operation.to_owned()),
        ("Version", draft.api.version.to_owned()),
        ("Format", "JSON".to_owned()),
        ("Timestamp", draft.now.to_wire()),
    ];
    if let Some(key) = &draft.key {
        pairs.push(("AccessKeyId", key.id.to_owned()));
        pairs.push(("SignatureMethod", "HMAC-SHA1".to_owned()));
        pairs.push(("SignatureVersion", "1.0".to_owned()));
        pairs.push(("SignatureNonce", draft.nonce.clone()));
    }
    let mut pairs: Vec<(String, String)> = pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    pairs.extend_from_slice(draft.parameters);
    if let Some(key) = &draft.key {
        let params = Params::decode(&form(&pairs), None, &[]).unwrap_or_default();
        let signed = signature::v1(key.secret, &signature::v1_string_to_sign(method, &params));
        pairs.push(("Signature".to_owned(), signed));
    }
    form(&pairs)
}

/// Writes and signs a request.
pub(in crate::dialect) fn compose(draft: &Draft<'_>) -> Composed {
    let headers =
        vec![("host", draft.host.to_owned()), ("content-type", "application/x-www-form-urlencoded".to_owned())];
    Composed { headers, body: query(draft, "POST") }
}
