//! What the control surface offers, as an OpenAPI document: each call is described in the file of its handler. A test
//! holds the calls to the routes, and debug builds hold members and answers to their schemas.

mod components;
#[cfg(debug_assertions)]
mod conformity;
#[cfg(debug_assertions)]
mod fields;
pub(super) mod schema;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};

use crate::app::App;
use schema::{any_object, clouds, refer};

#[cfg(debug_assertions)]
pub(super) use conformity::check as held;

/// Other builds trust their tests.
#[cfg(not(debug_assertions))]
pub(super) async fn held(request: axum::extract::Request, next: axum::middleware::Next) -> axum::response::Response {
    next.run(request).await
}

/// The media type of a refusal (RFC 9457 section 3).
pub(super) const PROBLEM: &str = "application/problem+json";
const JSON: &str = "application/json";

/// One call, as it is told to others.
pub(super) struct Call {
    method: &'static str,
    path: &'static str,
    summary: &'static str,
    is_open: bool,
    parameters: Vec<Value>,
    body: Option<(Value, bool)>,
    answers: Vec<(u16, Value)>,
    refusals: Vec<(u16, &'static str)>,
}

impl Call {
    /// A call with its method and its path below `/_sesame`, as the router has it.
    pub(super) fn new(method: &'static str, path: &'static str, summary: &'static str) -> Self {
        let (parameters, answers, refusals) = (path_parameters(path), Vec::new(), Vec::new());
        Self { method, path, summary, is_open: false, parameters, body: None, answers, refusals }
    }

    /// Whoever asks is answered: no token, no look at where it comes from.
    pub(super) fn open(mut self) -> Self {
        self.is_open = true;
        self
    }

    /// The query that is read as `T`; a name that ends in `?` may be left out.
    pub(super) fn query<T: serde::de::DeserializeOwned>(mut self, members: Vec<(&str, Value)>) -> Self {
        let names = members.iter().map(|(name, _)| ((*name).trim_end_matches('?'), Value::Null)).collect();
        hold::<T>(&schema::object(names));
        self.ask(members);
        self.refusal(400, "the query is not what it should be")
    }

    /// The query, where the call takes some of what `T` reads.
    pub(super) fn some_of_query<T: serde::de::DeserializeOwned>(mut self, members: Vec<(&str, Value)>) -> Self {
        #[cfg(debug_assertions)]
        if let Some(fields) = fields::of::<T>() {
            let read = |name: &str| fields.contains(&name.trim_end_matches('?'));
            assert!(members.iter().all(|(name, _)| read(name)), "{members:?}");
        }
        self.ask(members);
        self.refusal(400, "the query is not what it should be")
    }

    fn ask(&mut self, members: Vec<(&str, Value)>) {
        self.parameters.extend(members.into_iter().map(|(name, schema)| {
            let bare = name.trim_end_matches('?');
            json!({"name": bare, "in": "query", "required": bare == name, "schema": schema})
        }));
    }

    /// The JSON that is to be sent.
    pub(super) fn body(mut self, schema: Value) -> Self {
        self.body = Some((schema, false));
        self.refusal(400, "the body is not JSON, or not what it should be")
            .refusal(413, "the body is too large")
            .refusal(415, "the body is not said to be JSON")
    }

    /// As [`Call::body`], taken for JSON whatever it is said to be.
    pub(super) fn body_of_any_type(mut self, schema: Value) -> Self {
        self.body = Some((schema, true));
        self.refusal(400, "the body is not JSON, or not what it should be").refusal(413, "the body is too large")
    }

    /// An answer in JSON.
    pub(super) fn answer(self, status: u16, description: &'static str, schema: &Value) -> Self {
        self.answer_as(status, description, JSON, schema)
    }

    /// An answer of another media type.
    pub(super) fn answer_as(mut self, status: u16, description: &'static str, media: &str, schema: &Value) -> Self {
        let content = json!({media: {"schema": schema}});
        self.answers.push((status, json!({"description": description, "content": content})));
        self
    }

    /// That it is done, and nothing more.
    pub(super) fn done(mut self, description: &'static str) -> Self {
        self.answers.push((204, json!({"description": description})));
        self
    }

    /// A refusal, in a problem document.
    pub(super) fn refusal(mut self, status: u16, description: &'static str) -> Self {
        self.refusals.push((status, description));
        self
    }

    /// The same path and method in the document.
    fn operation(&self) -> Value {
        let mut operation = json!({"operationId": self.id(), "summary": self.summary, "tags": [self.tag()]});
        if !self.parameters.is_empty() {
            operation["parameters"] = json!(self.parameters);
        }
        if let Some((schema, any_type)) = &self.body {
            let media = if *any_type { "*/*" } else { JSON };
            let mut content = json!({JSON: {"schema": schema}});
            content[media] = json!({"schema": schema});
            operation["requestBody"] = json!({"required": true, "content": content});
        }
        let mut responses = Map::new();
        for (status, answer) in &self.answers {
            responses.insert(status.to_string(), answer.clone());
        }
        let mut refuse = |status: u16, description: &str| {
            let problem = json!({PROBLEM: {"schema": refer("Problem")}});
            let answer = responses.entry(status.to_string()).or_insert_with(|| json!({"description": description}));
            match answer.get_mut("content").and_then(Value::as_object_mut) {
                Some(content) => drop(content.insert(PROBLEM.to_owned(), json!({"schema": refer("Problem")}))),
                None => answer["content"] = problem,
            }
        };
        for (status, description) in &self.refusals {
            refuse(*status, description);
        }
        if self.is_open {
            operation["security"] = json!([]);
        } else {
            refuse(400, "the path or the query is not text");
            refuse(401, "this server asks for its control token");
            refuse(403, "pages of other sites may not call the control surface");
        }
        refuse(503, "the store does not answer, or too much was going on at once");
        operation["responses"] = Value::Object(responses);
        operation
    }

    /// As `post-clock-advance`.
    fn id(&self) -> String {
        let words: String = self.path.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
        let words: Vec<&str> = words.split('-').filter(|word| !word.is_empty()).collect();
        format!("{}-{}", self.method, words.join("-"))
    }

    fn tag(&self) -> &str {
        self.path.split('/').nth(1).unwrap_or_default()
    }
}

fn path_parameters(path: &str) -> Vec<Value> {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let parameter = |name: &str| {
        let schema = match name {
            "cloud" => clouds(),
            _ => schema::text_of(1, 2_048),
        };
        json!({"name": name, "in": "path", "required": true, "schema": schema})
    };
    names.map(parameter).collect()
}

/// Holds a schema to the members that a type reads.
#[cfg(debug_assertions)]
fn hold<T: serde::de::DeserializeOwned>(schema: &Value) {
    let Some(fields) = fields::of::<T>() else { return };
    let described: Vec<&str> = schema["properties"].as_object().into_iter().flat_map(Map::keys).map(|k| &**k).collect();
    let (mut one, mut other) = (fields.to_vec(), described);
    one.sort_unstable();
    other.sort_unstable();
    assert_eq!(one, other, "{} is described with other members than it reads", std::any::type_name::<T>());
}

#[cfg(not(debug_assertions))]
fn hold<T>(_: &Value) {}

/// All calls.
fn calls() -> Vec<Call> {
    let own = Call::new("get", "/openapi.json", "This document").answer(200, "The document", &any_object());
    let mut calls = vec![own];
    calls.extend(super::calls());
    calls.extend(super::accounts::calls());
    calls.extend(super::authorize::calls());
    calls.extend(super::clock::calls());
    calls.extend(super::events::calls());
    calls.extend(super::expect::calls());
    calls.extend(super::explain::calls());
    calls.extend(super::faults::calls());
    calls.extend(super::least_privilege::calls());
    calls.extend(super::oidc::calls());
    calls.extend(super::requests::calls());
    calls.extend(super::sessions::calls());
    calls.extend(super::sign_in::calls());
    calls.extend(super::snapshots::calls());
    calls.extend(super::state::calls());
    calls.sort_by_key(|call| (call.path, call.method));
    calls
}

/// The document, of a server that asks for no token.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let mut paths = Map::new();
    for call in calls() {
        let path = paths.entry(format!("/_sesame{}", call.path)).or_insert_with(|| json!({}));
        path[call.method] = call.operation();
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Sesame",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What a tester may do beside the interfaces of the clouds that Sesame stands in for.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": paths,
        "components": {
            "schemas": components::schemas(),
            "securitySchemes": {"controlToken": {"type": "http", "scheme": "bearer"}},
        },
    })
});

/// Where a server asks for its token, the document says so.
pub(super) async fn get(State(app): State<App>) -> Json<Value> {
    let mut document = DOCUMENT.clone();
    if app.settings.control.token.is_some() {
        document["security"] = json!([{"controlToken": []}]);
    }
    Json(document)
}
