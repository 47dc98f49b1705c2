//! Errors of the control surface, as problem documents (RFC 9457).

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::domain::error::Error;

/// Why a control call is refused.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    /// Members of its own.
    more: Vec<(&'static str, Value)>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), more: Vec::new() }
    }

    /// With a member of its own (RFC 9457 section 3.2).
    pub(super) fn with(mut self, name: &'static str, value: Value) -> Self {
        self.more.push((name, value));
        self
    }

    pub(super) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", detail)
    }

    pub(super) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "internal error")
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound(noun, _) => {
                Self::new(StatusCode::NOT_FOUND, "not-found", format!("there is no such {}", words(noun)))
            }
            Error::AlreadyExists(noun, _) => {
                Self::new(StatusCode::CONFLICT, "already-exists", format!("there is such a {} already", words(noun)))
            }
            Error::Provider(fault) => Self::bad_request(fault.to_string()),
            Error::NotBuilt(what) => {
                Self::new(StatusCode::NOT_IMPLEMENTED, "not-supported", format!("{what} is not supported yet"))
            }
            Error::Unavailable(_) => {
                tracing::error!(%error, source = ?std::error::Error::source(&error), "control call failed");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "store-unavailable", "the store does not answer")
            }
            Error::Conflict => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "try-again", "too much was going on at once, try again")
            }
            error => {
                tracing::error!(%error, source = ?std::error::Error::source(&error), "control call failed");
                Self::internal()
            }
        }
    }
}

fn words(noun: crate::domain::error::Noun) -> String {
    let mut words = String::new();
    for c in format!("{noun:?}").chars() {
        if c.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(c.to_ascii_lowercase());
    }
    words
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        // The text of the rejection may repeat what was sent, a password among it.
        let detail = match rejection {
            JsonRejection::JsonDataError(_) => "the body does not have the members it should have",
            JsonRejection::MissingJsonContentType(_) => "the body must be JSON: Content-Type: application/json",
            _ => "the body is not JSON",
        };
        Self::bad_request(detail)
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::bad_request(rejection.body_text())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let title = self.status.canonical_reason().unwrap_or_default();
        let mut body = json!({
            "type": "about:blank", "title": title, "status": self.status.as_u16(),
            "code": self.code, "detail": self.detail,
        });
        for (name, value) in self.more {
            body[name] = value;
        }
        let mut response = (self.status, Json(body)).into_response();
        let problem = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, problem);
        response
    }
}
