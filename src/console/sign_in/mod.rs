//! Signing in, page by page: the name, the password, a code or the binding of a device, a new password. The steps are
//! carried by the browser, sealed and bound to it; no page holds a password.

mod entry;
mod root;
mod steps;
mod words;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

use super::local_path::LocalPath;
use super::signed_in::SignedForm;
use super::{cookies, page::Failure, run, signed_in::peer};
use crate::app::App;
use crate::domain::account::{Account, Cloud};
use crate::services::sign_in::{Shown, SignIn};
use crate::services::{console_sessions, retry};

pub(super) use words::violation;

/// The page where a sign-in starts.
pub(super) const PATH: &str = "/console/login";

/// How long the steps of one sign-in may take together. Ours.
const STEPS_SECONDS: i64 = 600;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/login", get(entry::alibaba).post(entry::name))
        .route("/{domain}/login.htm", get(entry::of_domain))
        .route("/aws/login", get(entry::aws))
        .route("/root/login", get(root::show).post(root::sign_in))
        .route("/login/password", post(entry::password))
        .route("/login/code", post(steps::code))
        .route("/login/device", post(steps::bind))
        .route("/login/new-password", post(steps::new_password))
        .route("/sign-out", post(sign_out))
}

/// What a cloud is called.
pub(super) fn cloud_name(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Alibaba => "Alibaba Cloud",
        Cloud::Aws => "AWS",
    }
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// The sign-in page of an account, with a user's name filled in.
pub(super) fn page_of(account: &Account, user_name: Option<&str>) -> String {
    match (account.sign_in_domain(), user_name) {
        (Some(domain), Some(name)) => {
            let upn = encode(&format!("{name}@{domain}"));
            format!("/console/{domain}/login.htm?username={upn}")
        }
        (Some(domain), None) => format!("/console/{domain}/login.htm"),
        (None, Some(name)) => format!("/console/aws/login?account={}&username={}", account.alias, encode(name)),
        (None, None) => format!("/console/aws/login?account={}", account.alias),
    }
}

/// How far a sign-in has come. What a person types is not in it.
#[derive(Clone, Serialize, Deserialize)]
struct Steps {
    cloud: Cloud,
    account: Option<String>,
    user: String,
    shown: Shown,
    /// The seed of the device that is being bound.
    seed: Option<Vec<u8>>,
    next: LocalPath,
    /// Until when, in seconds of real time: a tester who moves the clock does not lose the page.
    until: i64,
}

impl Steps {
    fn new(app: &App, cloud: Cloud, account: Option<String>, user: String, next: LocalPath) -> Self {
        let until = app.system_now().seconds().saturating_add(STEPS_SECONDS);
        Self { cloud, account, user, shown: Shown::default(), seed: None, next, until }
    }

    fn attempt(&self, source_address: IpAddr) -> SignIn {
        SignIn {
            cloud: self.cloud,
            account: self.account.clone(),
            user: self.user.clone(),
            password: SecretString::from(""),
            mfa_code: None,
            new_password: None,
            source_address,
        }
    }

    /// Where this sign-in starts again.
    fn start(&self) -> String {
        let user = encode(&self.user);
        match self.cloud {
            Cloud::Alibaba => format!("{PATH}?username={user}"),
            Cloud::Aws => {
                let account = encode(self.account.as_deref().unwrap_or_default());
                format!("/console/aws/login?account={account}&username={user}")
            }
        }
    }
}

/// Where a browser is, and whether it got here by TLS.
#[derive(Clone, Copy)]
struct Peer(IpAddr);

impl FromRequestParts<App> for Peer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, _: &App) -> Result<Self, Self::Rejection> {
        Ok(Self(peer(parts)))
    }
}

/// Gives a session to the browser: under a secret that is new, whatever it held before.
pub(super) async fn admit(
    app: &App,
    session: crate::domain::session::Session,
    next: &LocalPath,
    secure: bool,
) -> Result<Response, Failure> {
    let app = app.clone();
    let secret = run(async move { retry(|| console_sessions::give_secret(&app, &session)).await }).await?;
    let mut response = Redirect::to(next.as_str()).into_response();
    cookies::set_secret(&mut response, cookies::SESSION, &secret, secure);
    cookies::clear(&mut response, cookies::BROWSER);
    cookies::clear(&mut response, cookies::ROLE);
    cookies::clear(&mut response, cookies::NOTICE);
    cookies::clear(&mut response, cookies::STAND_IN);
    Ok(response)
}

/// As [`admit`], for a session that no password was given for: its pages say so.
pub(super) async fn admit_stand_in(
    app: &App,
    session: crate::domain::session::Session,
    secure: bool,
) -> Result<Response, Failure> {
    let mark = session.id.clone();
    let mut response = admit(app, session, &LocalPath::default(), secure).await?;
    cookies::set(&mut response, cookies::STAND_IN, &mark, secure);
    Ok(response)
}

#[derive(Deserialize)]
struct Nothing {}

async fn sign_out(
    axum::extract::State(app): axum::extract::State<App>,
    form: Result<SignedForm<Nothing>, Failure>,
) -> Result<Response, Failure> {
    let SignedForm { signed_in, form: Nothing {} } = form?;
    let session = &signed_in.current.session;
    let (id, start) =
        (signed_in.own_session_id().to_owned(), page_of(&signed_in.current.account, session.user_name.as_deref()));
    run(async move { retry(|| console_sessions::sign_out(&app, &id)).await }).await?;
    let joined = if start.contains('?') { '&' } else { '?' };
    let mut response = Redirect::to(&format!("{start}{joined}signed_out=1")).into_response();
    cookies::clear(&mut response, cookies::SESSION);
    cookies::clear(&mut response, cookies::NOTICE);
    cookies::clear(&mut response, cookies::STAND_IN);
    Ok(response)
}

/// Whether somebody may sign in by one click from where the request comes.
pub(super) fn one_click_is_allowed(
    app: &App,
    setting: crate::config::RootSignIn,
    parts: &axum::http::request::Parts,
) -> bool {
    use crate::config::RootSignIn;
    let forwarded = ["forwarded", "x-forwarded-for"].iter().any(|name| parts.headers.contains_key(*name));
    match setting {
        RootSignIn::Always => true,
        RootSignIn::Never => false,
        // A page of a site whose name was made to point here is not at this machine, nor is who comes by a proxy.
        RootSignIn::Loopback => {
            app.settings.server.listen.ip().to_canonical().is_loopback()
                && peer(parts).to_canonical().is_loopback()
                && crate::origin::names_this_machine(&parts.headers)
                && !forwarded
        }
    }
}

/// Whether the root may, as an extractor.
struct RootAllowed(bool);

impl FromRequestParts<App> for RootAllowed {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, app: &App) -> Result<Self, Self::Rejection> {
        Ok(Self(one_click_is_allowed(app, app.settings.console.root_sign_in, parts)))
    }
}
