//! Errors of the control surface, as problem documents (RFC 9457).

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{OriginalUri, Request};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::openapi::PROBLEM;
use crate::domain::error::Error;

/// Why a control call is refused.
#[derive(Clone, Debug)]
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

    #[cfg(test)]
    pub(super) fn detail(&self) -> &str {
        &self.detail
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

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::bad_request(rejection.body_text())
    }
}

impl Problem {
    /// RFC 9457 section 3.1: `about:blank` has the phrase of the status for its title, `instance` is what was asked for.
    fn shown(&self, instance: Option<&str>) -> Value {
        let title = self.status.canonical_reason().unwrap_or_default();
        let mut body = json!({
            "type": "about:blank", "title": title, "status": self.status.as_u16(),
            "code": self.code, "detail": self.detail,
        });
        for (name, value) in &self.more {
            body[*name] = value.clone();
        }
        if let Some(instance) = instance {
            body["instance"] = json!(instance);
        }
        body
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.shown(None))).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM));
        if self.status == StatusCode::UNAUTHORIZED {
            // RFC 9110 section 11.6.1, RFC 6750 section 3
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"sesame\""));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Says of each problem what was asked for when it came up: the path, which may hold no secret, unlike a query.
pub(super) async fn locate(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<OriginalUri>().map_or_else(|| request.uri(), |uri| &uri.0);
    let path = Uri::path(path).to_owned();
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let text = problem.shown(Some(&path)).to_string();
        response.headers_mut().remove(header::CONTENT_LENGTH);
        *response.body_mut() = text.into();
    }
    response
}
