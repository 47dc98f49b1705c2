//! The few pages of signing in: what is on each, and what a browser may do with it. How they look is not known here.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};

/// A page.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// Its heading.
    pub(crate) title: &'static str,
    /// What is wrong or asked for; may be empty.
    pub(crate) alert: String,
    /// What else is on it.
    pub(crate) content: Content,
}

/// What is on a page.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// Nothing.
    Nothing,
    /// A code to copy.
    Code(String),
    /// A form to sign in with.
    SignIn {
        /// Where it goes.
        action: String,
        /// What it carries, by name.
        hidden: Vec<(&'static str, String)>,
        /// What the field for the account is called.
        account_label: &'static str,
        /// What was typed for the account.
        account: String,
        /// What was typed for the user.
        user: String,
        /// How far the sign-in has come.
        step: Step,
        /// Whether the alert is about what was typed at this step.
        is_wrong: bool,
        /// Whether a code was given or is asked for.
        has_code: bool,
        /// The account whose root may sign in by one click, where that is allowed.
        root: Option<String>,
    },
}

/// What a sign-in asks for next. Everything typed goes with each form, since nothing is kept between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Who it is.
    Password,
    /// The code of the MFA device.
    Code,
    /// Another password.
    NewPassword,
}

/// A page that is still to be drawn. A form on it may be posted here, and the answer may lead to `then`: browsers hold
/// redirects to the policy too.
pub(super) fn page(status: StatusCode, page: Page, then: Option<&str>) -> Response<Body> {
    let policy = format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; base-uri 'none'; \
         frame-ancestors 'none'; form-action 'self' {}",
        then.unwrap_or_default()
    );
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Not `no-referrer`: with it browsers hide where a form comes from, which is looked at.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    let strictest = HeaderValue::from_static("default-src 'none'");
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_str(policy.trim_end()).unwrap_or(strictest));
    response.extensions_mut().insert(page);
    response
}

/// A page that says what is wrong.
pub(super) fn problem(status: StatusCode, text: &str) -> Response<Body> {
    page(status, Page { title: "Sign-in", alert: text.to_owned(), content: Content::Nothing }, None)
}

/// The response with its page drawn, if it has one.
pub(super) fn drawn(mut response: Response<Body>, draw: fn(&Page) -> Option<String>) -> Response<Body> {
    let Some(page) = response.extensions_mut().remove::<Page>() else { return response };
    match draw(&page) {
        Some(html) => *response.body_mut() = Body::from(html),
        None => *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR,
    }
    response
}
