//! Notices for the next page: signed by the session's secret, so that nobody else can put words into the console.

use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use subtle::ConstantTimeEq;

use super::parts::{Banner, Tone};
use super::{cookies, forms};

/// The longest notice that is carried; it has to fit a cookie.
const LONGEST: usize = 1_000;

fn write(secret: &SecretString, tone: Tone, text: &str) -> String {
    let mut length = 0_usize;
    let fits = |letter: &char| {
        length = length.saturating_add(letter.len_utf8());
        length <= LONGEST
    };
    let text: String = text.chars().take_while(fits).collect();
    let text = URL_SAFE_NO_PAD.encode(format!("{}:{text}", tone.class()));
    format!("{text}.{}", forms::sign(secret, "notice", &text))
}

fn read(secret: &SecretString, cookie: &str) -> Option<Banner> {
    let (text, signature) = cookie.split_once('.')?;
    if !bool::from(signature.as_bytes().ct_eq(forms::sign(secret, "notice", text).as_bytes())) {
        return None;
    }
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let (tone, text) = text.split_once(':')?;
    Some(Banner::new(Tone::parse(tone)?, text))
}

/// The notice that the page before left for this one.
pub(super) fn take(headers: &HeaderMap, secret: &SecretString) -> Option<Banner> {
    read(secret, &cookies::read(headers, cookies::NOTICE)?)
}

/// Leads to a page that can be reloaded, and says there what was done.
pub(super) fn redirect(secret: &SecretString, secure: bool, path: &str, tone: Tone, text: &str) -> Response {
    let mut response = Redirect::to(path).into_response();
    cookies::set(&mut response, cookies::NOTICE, &write(secret, tone, text), secure);
    response
}

#[cfg(test)]
mod tests {
    use askama::Template as _;

    use super::*;

    #[test]
    fn a_notice_comes_back_and_nobody_else_can_write_one() {
        let (secret, other) = (SecretString::from("a"), SecretString::from("b"));
        let cookie = write(&secret, Tone::Good, "<b>alice: made</b>");
        let shown = read(&secret, &cookie).unwrap().render().unwrap();
        assert!(shown.contains("alice: made") && !shown.contains("<b>"), "{shown}");
        assert!(read(&other, &cookie).is_none());
        assert!(read(&secret, &format!("x{cookie}")).is_none());
        assert!(read(&secret, "").is_none());
        assert!(write(&secret, Tone::Bad, &"ä".repeat(10_000)).len() < 2_000);
    }
}
