//! The pages at the clouds' own addresses to sign in: which they are here, and that there is nothing else.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Response, StatusCode, Uri, header};

use crate::dialect;
use crate::hosts::CloudHost;
use crate::services::console_sessions::COOKIE;

/// Where a request to an address to sign in leads, which may be where it says; `None` where there is nothing.
pub(super) fn target(host: CloudHost<'_>, request: &Request) -> Option<Uri> {
    let path = request.uri().path();
    if dialect::sign_in::PATHS.contains(&path) {
        return Some(request.uri().clone());
    }
    let query = request.uri().query();
    let account = match host {
        CloudHost::Api => return None,
        CloudHost::AwsSignIn { account } => Some(account),
        CloudHost::AlibabaSignIn => None,
    };
    match (path, account) {
        // AWS's own address of the page that asks who you are, and of what comes after it.
        ("/" | "/console", Some(account)) if !is_signed_in(request) => {
            let account = account.map(|account| format!("account={account}"));
            let query: Vec<&str> = account.as_deref().into_iter().chain(query).collect();
            to("/console/aws/login", &query.join("&"))
        }
        ("/" | "/login.htm", None) => to("/console/login", query.unwrap_or_default()),
        (path, None) if is_login_of_domain(path) => to(&format!("/console{path}"), query.unwrap_or_default()),
        (path, _) => is_sign_in(path).then(|| request.uri().clone()),
    }
}

fn to(path: &str, query: &str) -> Option<Uri> {
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{path}{mark}{query}").parse().ok()
}

/// `/DOMAIN/login.htm`.
fn is_login_of_domain(path: &str) -> bool {
    let domain = path.strip_prefix('/').and_then(|path| path.strip_suffix("/login.htm"));
    domain.is_some_and(|domain| !domain.is_empty() && !domain.contains('/'))
}

/// The steps of a sign-in, what their pages load, and the page that says who you are.
fn is_sign_in(path: &str) -> bool {
    let Some(path) = path.strip_prefix("/console") else { return false };
    matches!(path, "" | "/" | "/login" | "/aws/login" | "/sign-out")
        || path.starts_with("/login/")
        || path.strip_prefix("/assets/").is_some_and(|name| !name.contains('/'))
        || is_login_of_domain(path)
}

/// Whether the browser holds a session, good or not: the page that comes next finds out.
fn is_signed_in(request: &Request) -> bool {
    let cookies = request.headers().get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut names = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    names.any(|(name, _)| name == COOKIE)
}

pub(super) fn nothing_here() -> Response<Body> {
    let text = "Under this name Sesame has the pages to sign in and nothing else.\n";
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = StatusCode::NOT_FOUND;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn led(host: CloudHost<'_>, path: &str, cookie: &str) -> Option<String> {
        let request = Request::builder().uri(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap();
        Some(target(host, &request)?.to_string())
    }

    #[test]
    fn the_clouds_addresses_lead_to_our_pages() {
        let aws = CloudHost::AwsSignIn { account: None };
        let of_account = CloudHost::AwsSignIn { account: Some("acme") };
        for (host, path, to) in [
            (aws, "/console", "/console/aws/login"),
            (of_account, "/console?x=1", "/console/aws/login?account=acme&x=1"),
            (aws, "/federation?Action=login", "/federation?Action=login"),
            (aws, "/v1/authorize", "/v1/authorize"),
            (aws, "/console/login/password", "/console/login/password"),
            (CloudHost::AlibabaSignIn, "/login.htm?username=a%40b", "/console/login?username=a%40b"),
            (CloudHost::AlibabaSignIn, "/acme.onaliyun.com/login.htm", "/console/acme.onaliyun.com/login.htm"),
            (CloudHost::AlibabaSignIn, "/oauth2/v1/auth?x", "/oauth2/v1/auth?x"),
            (CloudHost::AlibabaSignIn, "/console/assets/console.css", "/console/assets/console.css"),
        ] {
            assert_eq!(led(host, path, "").as_deref(), Some(to), "{path}");
        }
        let cookie = format!("a=b; {COOKIE}=x");
        assert_eq!(led(aws, "/console", &cookie).as_deref(), Some("/console"));
    }

    #[test]
    fn nothing_else_is_there() {
        for host in [CloudHost::AwsSignIn { account: None }, CloudHost::AlibabaSignIn] {
            for path in [
                "/_sesame/reset",
                "/_sesame/health",
                "/console/testers/clock",
                "/console/users",
                "/console/root/login",
                "/console/assets/../users",
                "/consolex",
                "/metrics",
            ] {
                assert_eq!(led(host, path, ""), None, "{path}");
            }
        }
    }
}
