//! In debug builds every answer is held to its description: what a test meets and the document does not tell fails.

use axum::body::{Body, to_bytes};
use axum::extract::{MatchedPath, Request};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use super::super::problem::Problem;
use super::{DOCUMENT, PROBLEM};

/// Holds the answer of a call to the document.
pub(in crate::control) async fn check(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let method = request.method().as_str().to_ascii_lowercase();
    let response = next.run(request).await;
    let Some(path) = path else { return response };
    match held(response, &path, &method).await {
        Ok(response) => response,
        Err(fault) => {
            tracing::error!(%fault, path, method, "an answer is not as it is described");
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "not-as-described", fault).into_response()
        }
    }
}

async fn held(response: Response, path: &str, method: &str) -> Result<Response, String> {
    let calls = DOCUMENT["paths"].get(path).ok_or_else(|| format!("{path} is not described"))?;
    if method == "head" || response.status() == StatusCode::METHOD_NOT_ALLOWED && calls.get(method).is_none() {
        return Ok(response);
    }
    let status = response.status().as_u16().to_string();
    let call = calls.get(method).ok_or_else(|| format!("{method} {path} is not described"))?;
    let answer = call["responses"].get(&status).ok_or_else(|| format!("{method} {path} has no answer {status}"))?;
    let media = response.headers().get(header::CONTENT_TYPE).and_then(|media| media.to_str().ok());
    let media = media.map(|media| media.split(';').next().unwrap_or_default().to_owned());
    let Some(content) = answer.get("content").and_then(Value::as_object) else {
        return if media.is_none() { Ok(response) } else { Err(format!("{method} {path} answers {status} bare")) };
    };
    let media = media.ok_or_else(|| format!("{method} {path} does not say what its answer is"))?;
    let content = content.get(&media).ok_or_else(|| format!("{method} {path} answers {media} with {status}"))?;
    if !matches!(&*media, PROBLEM | super::JSON) {
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.map_err(|error| error.to_string())?;
    let value = serde_json::from_slice(&bytes).map_err(|error| format!("{method} {path}: {error}"))?;
    match fault(&content["schema"], &value, "") {
        Some(fault) => Err(format!("{method} {path} {status}{fault}")),
        None => Ok(Response::from_parts(parts, Body::from(bytes))),
    }
}

/// What is wrong with an answer; a member that is not described is wrong too.
pub(super) fn fault(schema: &Value, value: &Value, place: &str) -> Option<String> {
    if let Some(name) = schema["$ref"].as_str().and_then(|name| name.strip_prefix("#/components/schemas/")) {
        return fault(&DOCUMENT["components"]["schemas"][name], value, place);
    }
    if let Some(any) = schema["anyOf"].as_array() {
        let faults: Vec<String> = any.iter().map_while(|schema| fault(schema, value, place)).collect();
        return if faults.len() < any.len() { None } else { Some(faults.join(", or")) };
    }
    let fits = match schema["type"].as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("null") => value.is_null(),
        Some(_) | None => true,
    };
    if !fits {
        return Some(format!(" {place} is not of type {}", schema["type"]));
    }
    if schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
        return Some(format!(" {place} is no word that is known: {value}"));
    }
    if let Some(list) = value.as_array() {
        return list.iter().enumerate().find_map(|(at, one)| fault(&schema["items"], one, &format!("{place}[{at}]")));
    }
    value.as_object().and_then(|members| of_members(schema, members, place))
}

fn of_members(schema: &Value, members: &Map<String, Value>, place: &str) -> Option<String> {
    let mut required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    if let Some(missing) = required.find(|name| !members.contains_key(*name)) {
        return Some(format!(" {place} has no member {missing}"));
    }
    members.iter().find_map(|(name, member)| {
        let place = format!("{place}.{name}");
        match (schema["properties"].get(name), schema.get("additionalProperties")) {
            (Some(known), _) | (None, Some(known)) => fault(known, member, &place),
            (None, None) if schema.get("properties").is_some() => Some(format!(" {place} is not described")),
            (None, None) => None,
        }
    })
}
