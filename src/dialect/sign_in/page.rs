//! The few plain pages of signing in: no script, no style of others, nothing that another site may frame or post.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};

/// Text as it may stand in HTML, in attributes too.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A page whose body is HTML already. A form on it may be posted here, and the answer may lead to `then`: browsers hold
/// redirects to the policy too.
pub(super) fn page(status: StatusCode, title: &str, body: &str, then: Option<&str>) -> Response<Body> {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{0}</title></head>\
         <body><main><h1>{0}</h1>{body}</main></body></html>",
        escaped(title)
    );
    let policy = format!(
        "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' {}",
        then.unwrap_or_default()
    );
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Not `no-referrer`: with it browsers hide where a form comes from, which is looked at.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    let strictest = HeaderValue::from_static("default-src 'none'");
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_str(policy.trim_end()).unwrap_or(strictest));
    response
}

/// A page that says what is wrong.
pub(super) fn problem(status: StatusCode, text: &str) -> Response<Body> {
    page(status, "Sign-in", &format!("<p role=\"alert\">{}</p>", escaped(text)), None)
}
