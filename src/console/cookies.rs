//! The console's cookies: reading them, setting them, taking them back.

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::domain::time::DAY;

use crate::origin::OverTls;

/// The secret of a console session.
pub(super) const SESSION: &str = crate::services::console_sessions::COOKIE;
/// The secret of the session of a role that the person switched to.
pub(super) const ROLE: &str = "sesame_role";
/// The secret of a browser that has not signed in: it binds the steps of a sign-in together.
pub(super) const BROWSER: &str = "sesame_browser";
/// The id of a session that was begun from the pages for testers, without a password. It only marks pages.
pub(super) const STAND_IN: &str = "sesame_stand_in";
/// What the control token gave: the pages for testers are open to this browser.
pub(super) const CONTROL: &str = "sesame_control";
/// What the names of the cookies begin with that a browser is remembered by, one of each user: no code is asked for.
const TICKET: &str = "sesame_mfa_";
/// A notice for the next page.
pub(super) const NOTICE: &str = "sesame_notice";

/// What a cookie holds. Of two with one name the first counts, as browsers put the one with the longer path first.
pub(super) fn read(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}

/// As [`read`], where it is a secret that we gave: 43 characters of base 64.
pub(super) fn read_secret(headers: &HeaderMap, name: &str) -> Option<SecretString> {
    let is_ours = |text: &String| text.len() == 43 && text.bytes().all(is_base64);
    read(headers, name).filter(is_ours).map(SecretString::from)
}

/// What the browser is remembered by, of all users.
pub(super) fn tickets(headers: &HeaderMap) -> Vec<SecretString> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let own = pairs.filter(|(name, secret)| name.starts_with(TICKET) && secret.len() == 43);
    own.filter(|(_, secret)| secret.bytes().all(is_base64)).map(|(_, secret)| SecretString::from(secret)).collect()
}

/// Lets the browser keep what it is remembered by for a user. The store says how long it is good, by a clock of its own.
pub(super) fn keep_ticket(response: &mut Response, account_id: &str, user_id: &str, secret: &SecretString, tls: bool) {
    // The name tells users apart and names none.
    let of_user = Sha256::digest(format!("{account_id} {user_id}"));
    let name = format!("{TICKET}{}", URL_SAFE_NO_PAD.encode(of_user).chars().take(16).collect::<String>());
    put(response, &name, secret.expose_secret(), &format!("; Max-Age={}", 30 * DAY), tls);
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// Whether the browser got here by TLS: ended by us, or by the proxy in front that says so.
pub(super) fn over_tls(parts: &Parts) -> bool {
    let forwarded = parts.headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    let first = forwarded.and_then(|text| text.split(',').next());
    parts.extensions.get::<OverTls>().is_some()
        || first.is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("https"))
}

/// Sets a cookie for as long as the browser runs. Pages of other sites cannot have it sent by a form, scripts cannot
/// read it.
pub(super) fn set(response: &mut Response, name: &str, value: &str, secure: bool) {
    put(response, name, value, "", secure);
}

/// Sets a secret.
pub(super) fn set_secret(response: &mut Response, name: &str, secret: &SecretString, secure: bool) {
    set(response, name, secret.expose_secret(), secure);
}

/// Takes a cookie back.
pub(super) fn clear(response: &mut Response, name: &str) {
    put(response, name, "", "; Max-Age=0", false);
}

fn put(response: &mut Response, name: &str, value: &str, life: &str, secure: bool) {
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/console; HttpOnly; SameSite=Lax{life}{secure}");
    if let Ok(mut value) = HeaderValue::from_str(&text) {
        value.set_sensitive(true);
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others_and_a_strange_secret_is_none() {
        let mut headers = HeaderMap::new();
        let secret = "a".repeat(43);
        let text = format!("x=1; sesame_browser={secret}; sesame_browser=second; sesame_session=short");
        headers.insert(header::COOKIE, HeaderValue::from_str(&text).unwrap());
        assert_eq!(read(&headers, BROWSER), Some(secret));
        assert_eq!(read(&headers, "sesame"), None);
        assert!(read_secret(&headers, BROWSER).is_some());
        assert!(read_secret(&headers, SESSION).is_none());
    }
}
