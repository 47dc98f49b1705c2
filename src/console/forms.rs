//! Forms: each carries a token that only a page of ours could have put there, and comes from a page of ours.

use axum::Form;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::cookies;
use super::page::Failure;
use super::parts::Token;
use crate::app::App;
use crate::origin::is_foreign_form;
use crate::services::console_sessions;

/// What signs for a browser: nobody can make it who does not know the cookie's secret.
pub(super) fn sign(secret: &SecretString, purpose: &str, text: &str) -> String {
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()) else { return String::new() };
    let mac = mac.chain_update(purpose).chain_update([0]).chain_update(text);
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

/// The token of the forms that a browser with this secret gets.
pub(super) fn token(secret: &SecretString) -> Token {
    Token { value: sign(secret, "form", "") }
}

fn out_of_date() -> Failure {
    let text = "This form was not sent, because it is out of date or did not come from this console. Go back, reload \
                the page and try again.";
    Failure::new(StatusCode::FORBIDDEN, "The form is out of date", text)
}

#[derive(Deserialize)]
struct Sent {
    #[serde(default)]
    form_token: String,
}

async fn parse<T: DeserializeOwned>(body: &Bytes) -> Result<T, Failure> {
    let mut request = Request::new(Body::from(body.clone()));
    *request.method_mut() = Method::POST;
    let urlencoded = HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers_mut().insert(header::CONTENT_TYPE, urlencoded);
    let parsed = Form::from_request(request, &()).await;
    parsed.map(|Form(value)| value).map_err(|_| incomplete())
}

fn incomplete() -> Failure {
    Failure::new(StatusCode::BAD_REQUEST, "The form is not complete", "A field is missing or is not text.")
}

/// Reads a form of the browser with this secret.
///
/// # Errors
/// A page that says what is wrong, when the form comes from another site or without the token.
pub(super) async fn read<T: DeserializeOwned>(request: Request, secret: &SecretString) -> Result<T, Failure> {
    if is_foreign_form(request.headers()) {
        return Err(out_of_date());
    }
    let body = Bytes::from_request(request, &()).await.map_err(|_| {
        Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "The form is too long", "No form of the console is that long.")
    })?;
    let Sent { form_token } = parse(&body).await?;
    if !bool::from(form_token.as_bytes().ct_eq(token(secret).value.as_bytes())) {
        return Err(out_of_date());
    }
    // A text with a NUL fits no store.
    if body.contains(&0) || body.windows(3).any(|window| window == b"%00") {
        return Err(incomplete());
    }
    parse(&body).await
}

/// A browser that may not have signed in.
pub(super) struct Browser {
    pub(super) secret: SecretString,
    pub(super) secure: bool,
    is_new: bool,
}

impl Browser {
    fn known(headers: &HeaderMap, secure: bool) -> Option<Self> {
        let secret = cookies::read_secret(headers, cookies::BROWSER)?;
        Some(Self { secret, secure, is_new: false })
    }

    /// Sends a page, and the cookie when the browser has none yet.
    pub(super) fn send(&self, page: impl IntoResponse) -> Response {
        let mut response = page.into_response();
        if self.is_new {
            cookies::set_secret(&mut response, cookies::BROWSER, &self.secret, self.secure);
        }
        response
    }

    /// The token of its forms.
    pub(super) fn token(&self) -> Token {
        token(&self.secret)
    }

    /// What steps of a sign-in are sealed for.
    pub(super) fn purpose(&self) -> String {
        format!("console sign-in of {}", sign(&self.secret, "steps", ""))
    }
}

impl FromRequestParts<App> for Browser {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let secure = cookies::over_tls(parts);
        let new = || Self { secret: console_sessions::new_secret(app), secure, is_new: true };
        Ok(Self::known(&parts.headers, secure).unwrap_or_else(new))
    }
}

/// A form from a browser that may not have signed in.
pub(super) struct BrowserForm<T> {
    pub(super) browser: Browser,
    pub(super) form: T,
}

impl<T: DeserializeOwned> FromRequest<App> for BrowserForm<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &App) -> Result<Self, Self::Rejection> {
        let (parts, body) = request.into_parts();
        let secure = cookies::over_tls(&parts);
        let browser = Browser::known(&parts.headers, secure).ok_or_else(out_of_date)?;
        let form = read(Request::from_parts(parts, body), &browser.secret).await?;
        Ok(Self { browser, form })
    }
}
