//! Who may open the pages for testers: whom the control surface lets in. Where that asks for its token, a browser gives
//! it once and keeps what is made of it.

use askama::Template;
use axum::extract::{FromRequest, FromRequestParts, OriginalUri, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::net::IpAddr;
use subtle::ConstantTimeEq;

use super::encode;
use crate::app::App;
use crate::console::forms::{self, Browser, BrowserForm};
use crate::console::local_path::LocalPath;
use crate::console::page::{Failure, render};
use crate::console::parts::{Banner, Field, Token, Tone};
use crate::console::signed_in::peer;
use crate::console::{cookies, notice};
use crate::dialect::record::user_agent;
use crate::origin::{may_reach_control, one_click_is_allowed};

/// What a browser keeps of the token: made of it, and not the token itself.
fn proof(token: &SecretString) -> String {
    forms::sign(token, "console testers", "")
}

fn has_proof(app: &App, parts: &Parts) -> bool {
    let Some(token) = &app.settings.control.token else { return true };
    let kept = cookies::read(&parts.headers, cookies::CONTROL).unwrap_or_default();
    kept.as_bytes().ct_eq(proof(token).as_bytes()).into()
}

fn refuse_foreign(app: &App, parts: &Parts) -> Result<(), Failure> {
    if may_reach_control(&app.settings, &parts.headers) {
        return Ok(());
    }
    let text = "Pages of other sites may not open the pages for testers, and on this machine they are reached by \
                localhost or an address.";
    Err(Failure::new(StatusCode::FORBIDDEN, "Not from here", text))
}

/// A tester.
pub(super) struct Tester {
    pub(super) browser: Browser,
    /// What the page before left to say.
    pub(super) notice: Option<Banner>,
    /// Where the browser is.
    pub(super) peer: IpAddr,
    /// What the browser calls itself.
    pub(super) user_agent: Option<String>,
    /// What the browser calls this server.
    pub(super) host: String,
    /// Whether it got here by TLS.
    pub(super) is_secure: bool,
    /// Whether one click signs in as any user.
    pub(super) may_sign_in_as: bool,
}

impl Tester {
    async fn admit(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        refuse_foreign(app, parts)?;
        let holds_nul = |text: &str| text.contains('\0') || text.contains("%00");
        let path = percent_decode_str(parts.uri.path()).decode_utf8();
        if path.is_err() || path.is_ok_and(|path| holds_nul(&path)) || parts.uri.query().is_some_and(holds_nul) {
            let text = "The path or the query is not text.";
            return Err(Failure::new(StatusCode::BAD_REQUEST, "Not an address", text));
        }
        if !has_proof(app, parts) {
            let asked = parts.extensions.get::<OriginalUri>().and_then(|uri| uri.0.path_and_query());
            let next = asked.filter(|_| parts.method == Method::GET).map_or("", |asked| asked.as_str());
            let to = format!("{}/token?next={}", super::PATH, encode(next));
            return Err(Failure::answer(Redirect::to(&to).into_response()));
        }
        let Ok(browser) = Browser::from_request_parts(parts, app).await;
        let host = parts.headers.get(axum::http::header::HOST).and_then(|host| host.to_str().ok());
        let setting = app.settings.console.sign_in_as_any_user;
        Ok(Self {
            notice: notice::take(&parts.headers, &browser.secret),
            peer: peer(parts),
            user_agent: user_agent(&parts.headers),
            host: host.map_or_else(|| app.settings.server.listen.to_string(), ToOwned::to_owned),
            is_secure: cookies::over_tls(parts),
            may_sign_in_as: one_click_is_allowed(&app.settings, setting, peer(parts), &parts.headers),
            browser,
        })
    }

    /// Sends a page. The notice on it has been said.
    pub(super) fn send(&self, page: Response) -> Response {
        let mut page = self.browser.send(page);
        if self.notice.is_some() {
            cookies::clear(&mut page, cookies::NOTICE);
        }
        page
    }

    /// Leads to a page and says there what was done.
    pub(super) fn done(&self, path: &str, tone: Tone, text: &str) -> Response {
        notice::redirect(&self.browser.secret, self.browser.secure, path, tone, text)
    }
}

impl FromRequestParts<App> for Tester {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Self::admit(parts, app).await
    }
}

/// A form from a tester.
pub(super) struct TesterForm<T> {
    pub(super) tester: Tester,
    pub(super) form: T,
}

impl<T: DeserializeOwned> FromRequest<App> for TesterForm<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Self::Rejection> {
        let (mut parts, body) = request.into_parts();
        let tester = Tester::admit(&mut parts, app).await?;
        let form = forms::read(Request::from_parts(parts, body), &tester.browser.secret).await?;
        Ok(Self { tester, form })
    }
}

#[derive(Template)]
#[template(path = "console/testers/token.html")]
struct TokenPage {
    token: Token,
    next: String,
    field: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    next: LocalPath,
}

fn token_page(browser: &Browser, next: &LocalPath, error: &str) -> Response {
    let field = Field::password("token", "Control token").autocomplete("off").error(error).focus();
    let page = TokenPage {
        token: browser.token(),
        next: next.as_str().to_owned(),
        field: field.hint("The setting control.token of this server."),
    };
    browser.send(render(if error.is_empty() { StatusCode::OK } else { StatusCode::FORBIDDEN }, &page))
}

/// Knows that the request comes from no other site.
pub(super) struct Near;

impl FromRequestParts<App> for Near {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        refuse_foreign(app, parts).map(|()| Self)
    }
}

pub(super) async fn ask(_: Near, browser: Browser, Query(asked): Query<Asked>) -> Response {
    token_page(&browser, &asked.next, "")
}

#[derive(Deserialize)]
pub(super) struct Given {
    token: String,
    #[serde(default)]
    next: LocalPath,
}

pub(super) async fn give(_: Near, State(app): State<App>, form: BrowserForm<Given>) -> Response {
    let BrowserForm { browser, form } = form;
    let next = if form.next.is_home() { super::PATH } else { form.next.as_str() };
    let Some(token) = &app.settings.control.token else { return Redirect::to(next).into_response() };
    if !bool::from(form.token.trim().as_bytes().ct_eq(token.expose_secret().as_bytes())) {
        return token_page(&browser, &form.next, "This is not the control token of this server.");
    }
    let mut response = Redirect::to(next).into_response();
    cookies::set(&mut response, cookies::CONTROL, &proof(token), browser.secure);
    response
}
