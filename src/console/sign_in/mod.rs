//! Signing in, page by page: the name, the password, a code or the binding of a device, a new password. The steps are
//! carried by the browser, sealed and bound to it; no page holds a password.

mod device;
mod entry;
mod root;
mod steps;
mod weak;
mod words;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

use super::local_path::LocalPath;
use super::signed_in::SignedForm;
use super::{cookies, page::Failure, run, signed_in::peer};
use crate::app::App;
use crate::dialect::record::user_agent;
use crate::domain::account::{Account, Cloud};
use crate::domain::session::Session;
use crate::origin::one_click_is_allowed;
use crate::services::sign_in::{Admitted, Shown, SignIn};
use crate::services::sign_in_records::{self, Visitor as Seen};
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
        .route("/login/device", post(device::bind))
        .route("/login/device/later", post(device::decline))
        .route("/login/new-password", post(steps::new_password))
        .route("/sign-out", post(sign_out))
        .route("/weak-password", get(weak::show).post(weak::change))
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

/// What stands for itself in every part of a URL (RFC 3986 section 2.3).
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn encode_name(name: &str) -> String {
    utf8_percent_encode(name, UNRESERVED).to_string()
}

/// The sign-in page of an account, with a user's name filled in.
pub(super) fn page_of(account: &Account, user_name: Option<&str>) -> String {
    match (account.sign_in_domain(), user_name) {
        (Some(domain), Some(name)) => {
            let upn = encode(&format!("{name}@{domain}"));
            format!("/console/{}/login.htm?username={upn}", encode_name(&domain))
        }
        (Some(domain), None) => format!("/console/{}/login.htm", encode_name(&domain)),
        (None, Some(name)) => {
            format!("/console/aws/login?account={}&username={}", encode_name(&account.alias), encode(name))
        }
        (None, None) => format!("/console/aws/login?account={}", encode_name(&account.alias)),
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
    /// Whether that is offered and not needed.
    is_offer: bool,
    next: LocalPath,
    /// Until when, in seconds of real time: a tester who moves the clock does not lose the page.
    until: i64,
}

impl Steps {
    fn new(app: &App, cloud: Cloud, account: Option<String>, user: String, next: LocalPath) -> Self {
        let until = app.system_now().seconds().saturating_add(STEPS_SECONDS);
        Self { cloud, account, user, shown: Shown::default(), seed: None, is_offer: false, next, until }
    }

    fn attempt(&self, visitor: &Visitor) -> SignIn {
        SignIn {
            cloud: self.cloud,
            account: self.account.clone(),
            user: self.user.clone(),
            password: SecretString::from(""),
            mfa_code: None,
            new_password: None,
            tickets: visitor.tickets.clone(),
            remember: false,
            source_address: visitor.address,
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

/// Where a browser is, and what it is remembered by.
struct Visitor {
    address: IpAddr,
    /// As the journal is told of it.
    seen: Seen,
    tickets: Vec<SecretString>,
}

impl FromRequestParts<App> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, _: &App) -> Result<Self, Self::Rejection> {
        let address = peer(parts);
        let seen = Seen::new(address, user_agent(&parts.headers));
        Ok(Self { address, seen, tickets: cookies::tickets(&parts.headers) })
    }
}

/// Gives a session to the browser: under a secret that is new, whatever it held before.
pub(super) async fn admit(app: &App, session: Session, next: &LocalPath, secure: bool) -> Result<Response, Failure> {
    admit_to(app, session, secure, |_| next.as_str().to_owned()).await
}

/// As [`admit`], after a sign-in: with what the browser is remembered by, and by way of what the person is advised.
async fn welcome(app: &App, admitted: Admitted, next: &LocalPath, secure: bool) -> Result<Response, Failure> {
    let Admitted { session, weak_password, ticket } = admitted;
    let (account_id, user_id) = (session.account_id.clone(), session.user_id.clone().unwrap_or_default());
    let onward =
        |secret: &SecretString| if weak_password { weak::path(secret, next) } else { next.as_str().to_owned() };
    let mut response = admit_to(app, session, secure, onward).await?;
    if let Some(ticket) = ticket {
        cookies::keep_ticket(&mut response, &account_id, &user_id, &ticket, secure);
    }
    Ok(response)
}

async fn admit_to(
    app: &App,
    session: Session,
    secure: bool,
    onward: impl FnOnce(&SecretString) -> String,
) -> Result<Response, Failure> {
    let app = app.clone();
    let secret = run(async move { retry(|| console_sessions::give_secret(&app, &session)).await }).await?;
    let mut response = Redirect::to(&onward(&secret)).into_response();
    cookies::set_secret(&mut response, cookies::SESSION, &secret, secure);
    cookies::clear(&mut response, cookies::BROWSER);
    cookies::clear(&mut response, cookies::ROLE);
    cookies::clear(&mut response, cookies::NOTICE);
    cookies::clear(&mut response, cookies::STAND_IN);
    Ok(response)
}

/// As [`admit`], for a session that no password was given for: its pages say so.
pub(super) async fn admit_stand_in(app: &App, session: Session, secure: bool) -> Result<Response, Failure> {
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
    let ctx = &signed_in.current.ctx;
    let seen = Seen::new(ctx.source_address, ctx.user_agent.clone());
    let leaving = app.clone();
    run(async move { retry(|| console_sessions::sign_out(&leaving, &id)).await }).await?;
    sign_in_records::left(&app, &seen, &signed_in.current);
    let joined = if start.contains('?') { '&' } else { '?' };
    let mut response = Redirect::to(&format!("{start}{joined}signed_out=1")).into_response();
    cookies::clear(&mut response, cookies::SESSION);
    cookies::clear(&mut response, cookies::NOTICE);
    cookies::clear(&mut response, cookies::STAND_IN);
    Ok(response)
}

/// Whether the root may, as an extractor.
struct RootAllowed(bool);

impl FromRequestParts<App> for RootAllowed {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, app: &App) -> Result<Self, Self::Rejection> {
        let settings = &app.settings;
        Ok(Self(one_click_is_allowed(settings, settings.console.root_sign_in, peer(parts), &parts.headers)))
    }
}
