//! The operations of this dialect for people who fill them in, and requests signed by Signature Version 4.

use super::model::{Api, Kind, Shape};
use super::operations;
use super::signature::{Presented, Request, hexadecimal_of, signing_key};
use crate::dialect::offered::{Composed, Draft, Operation, Parameter, Takes, Wire, form};

/// From this length on a text is a document.
const DOCUMENT: i64 = 2_048;
/// The region of the endpoints that serve all regions.
const REGION: &str = "us-east-1";

pub(in crate::dialect) fn operations(version: &str) -> Vec<Operation> {
    let Some(api) = Api::of_version(version) else { return Vec::new() };
    let all = api.model().names().into_iter();
    all.map(|name| Operation { name: name.to_owned(), is_built: operations::find(api, name).is_some() }).collect()
}

pub(in crate::dialect) fn is_built(version: &str, operation: &str) -> bool {
    Api::of_version(version).is_some_and(|api| operations::find(api, operation).is_some())
}

pub(in crate::dialect) fn parameters(version: &str, operation: &str) -> Option<Vec<Parameter>> {
    let fields = &Api::of_version(version)?.model().operation(operation)?.input;
    let parameter = |name: &String, shape: &Shape| Parameter {
        name: name.clone(),
        takes: takes(name, shape),
        wire: Wire::Members,
        is_required: shape.required,
        words: shape.words.clone(),
        hint: hint(shape),
    };
    Some(fields.iter().map(|field| parameter(&field.name, &field.shape)).collect())
}

fn takes(name: &str, shape: &Shape) -> Takes {
    let is_long = shape.max.is_some_and(|max| max > DOCUMENT);
    match &shape.kind {
        Kind::Text if is_long && !name.ends_with("Marker") && !name.ends_with("Token") => Takes::Document,
        Kind::Text | Kind::Blob | Kind::Timestamp => Takes::Text,
        Kind::Integer => Takes::Number,
        Kind::Boolean => Takes::Boolean,
        Kind::List(of) if matches!(of.kind, Kind::Text) => Takes::Texts,
        Kind::List(_) | Kind::Map | Kind::Structure(_) => Takes::Nested,
    }
}

fn hint(shape: &Shape) -> String {
    let unit = match shape.kind {
        Kind::Text | Kind::Blob => " characters",
        Kind::List(_) => " elements",
        _ => "",
    };
    match (shape.min, shape.max) {
        (Some(min), Some(max)) => format!("{min} to {max}{unit}"),
        (Some(min), None) => format!("At least {min}{unit}"),
        (None, Some(max)) => format!("At most {max}{unit}"),
        (None, None) => String::new(),
    }
}

/// Writes and signs a request.
pub(in crate::dialect) fn compose(draft: &Draft<'_>) -> Composed {
    let own = [("Action", draft.operation), ("Version", draft.api.version)];
    let mut pairs: Vec<(String, String)> = own.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    pairs.extend_from_slice(draft.parameters);
    let body = form(&pairs);
    let date = draft.now.to_wire().replace(['-', ':'], "");
    let mut headers = vec![
        ("host", draft.host.to_owned()),
        ("content-type", "application/x-www-form-urlencoded; charset=utf-8".to_owned()),
        ("x-amz-date", date.clone()),
    ];
    let Some(key) = &draft.key else { return Composed { headers, body } };
    let day = date.split('T').next().unwrap_or_default();
    let service = draft.api.service;
    let unsigned = format!(
        "AWS4-HMAC-SHA256 Credential={}/{day}/{REGION}/{service}/aws4_request, \
         SignedHeaders=content-type;host;x-amz-date, Signature=",
        key.id
    );
    // What is signed is read from the header itself, for which any signature will do.
    let draft_header = format!("{unsigned}{}", "0".repeat(64));
    let mut sent: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    sent.push(("authorization", draft_header.as_bytes()));
    let request = Request { method: "POST", path: "/", query: "", headers: &sent, body: body.as_bytes() };
    let signature = Presented::read(&request)
        .ok()
        .and_then(|presented| hexadecimal_of(&signing_key(key.secret, day, REGION, service), &presented, &request));
    headers.push(("authorization", format!("{unsigned}{}", signature.unwrap_or_default())));
    Composed { headers, body }
}
