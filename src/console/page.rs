//! Pages: the shell around them for people who have signed in, sending them, and the page of what went wrong.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::nav::Link;
use super::parts::{Banner, Token};
use crate::domain::error::Error;
use crate::domain::time::Time;

/// What every page shows around its own.
pub(super) struct Shell {
    /// The name that people know the caller by.
    pub(super) who: String,
    /// The account, by id and cloud.
    pub(super) account: String,
    pub(super) cloud: &'static str,
    /// Whether the person acts as a role and may switch back.
    pub(super) is_role: bool,
    /// The sections.
    pub(super) nav: Vec<Link>,
    /// The token of its forms.
    pub(super) token: Token,
    /// What the page before left to say.
    pub(super) notice: Option<Banner>,
    /// Whether a tester began the session without a password.
    pub(super) stands_in: bool,
}

/// Sends a page.
pub(super) fn render(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A time as people read it.
pub(super) fn stamp(time: Time) -> String {
    time.to_wire().replace('T', " ").replace('Z', " UTC")
}

/// A page that only tells something.
#[derive(Template)]
#[template(path = "console/told.html")]
pub(super) struct Told {
    pub(super) heading: String,
    pub(super) text: String,
    /// Where to go from here, and what that is called.
    pub(super) onward: (String, String),
}

impl Told {
    /// With the way to the sign-in.
    pub(super) fn signed_out(heading: impl Into<String>, text: impl Into<String>, path: impl Into<String>) -> Self {
        Self { heading: heading.into(), text: text.into(), onward: (path.into(), "Sign in".to_owned()) }
    }
}

/// What went wrong, as a page.
#[derive(Debug)]
pub(super) struct Failure {
    status: StatusCode,
    heading: String,
    text: String,
    /// Instead of all that: the answer itself.
    answer: Option<Box<Response>>,
}

impl Failure {
    pub(super) fn new(status: StatusCode, heading: impl Into<String>, text: impl Into<String>) -> Self {
        Self { status, heading: heading.into(), text: text.into(), answer: None }
    }

    /// A failure that has an answer of its own, a way to the sign-in say.
    pub(super) fn answer(response: Response) -> Self {
        Self { answer: Some(Box::new(response)), ..Self::internal() }
    }

    pub(super) fn internal() -> Self {
        let text = "Sesame could not do this. Its log says why.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong", text)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::AccessDenied(denial) => {
                let because = if denial.is_explicit { "a policy forbids it" } else { "no policy permits it" };
                let text = format!("You may not do this: {} on {}, since {because}.", denial.action, denial.shown);
                Self::new(StatusCode::FORBIDDEN, "No permission", text)
            }
            Error::NotFound(noun, name) => {
                let text = format!("There is no {} named {name}.", noun.words());
                Self::new(StatusCode::NOT_FOUND, "Not found", text)
            }
            Error::AlreadyExists(noun, name) => {
                let text = format!("There is {} named {name} already.", noun.with_article());
                Self::new(StatusCode::CONFLICT, "Exists already", text)
            }
            Error::LimitExceeded(noun, most) => {
                let text = format!("The limit of {most} is reached: {}.", noun.plural());
                Self::new(StatusCode::CONFLICT, "Limit reached", text)
            }
            Error::NotBuilt(_) => Self::new(
                StatusCode::NOT_FOUND,
                "Nothing here",
                "This cloud has no such thing, or Sesame has not got it yet.",
            ),
            Error::Unavailable(_) | Error::Conflict => {
                tracing::warn!(%error, "a page could not be made");
                let text = "The store does not answer, or too much is going on at once. Try again.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "Try again", text)
            }
            error => {
                tracing::error!(%error, source = ?std::error::Error::source(&error), "a page could not be made");
                Self::internal()
            }
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        if let Some(answer) = self.answer {
            return *answer;
        }
        let onward = ("/console".to_owned(), "To the console".to_owned());
        render(self.status, &Told { heading: self.heading, text: self.text, onward })
    }
}
