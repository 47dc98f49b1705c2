//! People who have signed in: the session is read from the store at each request, and whoever has none, or has one that
//! ended, is told so.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, OriginalUri, Request};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::SecretString;
use serde::de::DeserializeOwned;

use super::local_path::LocalPath;
use super::page::{Failure, Shell, Told, render, stamp};
use super::parts::{Banner, Tone};
use super::{cookies, forms, nav, notice, sign_in};
use crate::app::App;
use crate::domain::principal::Principal;
use crate::domain::session::{EndReason, SessionState};
use crate::services::console_sessions::{self, Ended, Found};

/// Somebody who has signed in.
pub(super) struct SignedIn {
    /// The session, its account, and the `Ctx` that use cases take.
    pub(super) current: console_sessions::SignedIn,
    secret: SecretString,
    secure: bool,
    notice: Option<Banner>,
    stands_in: bool,
    /// The browser still holds a role's secret, whose session has ended.
    stale_role: bool,
}

impl SignedIn {
    /// What stands around a page of a section.
    pub(super) fn shell(&self, section: &str) -> Shell {
        let account = &self.current.account;
        Shell {
            who: match &self.current.ctx.principal {
                Principal::User { name, .. } => name.clone(),
                Principal::RoleSession { role_name, session_name, .. } => format!("{session_name} as {role_name}"),
                _ => "root".to_owned(),
            },
            account: account.own_alias().unwrap_or(&account.id).to_owned(),
            cloud: sign_in::cloud_name(account.cloud),
            is_role: matches!(self.current.ctx.principal, Principal::RoleSession { .. }),
            nav: nav::links(section),
            token: forms::token(&self.secret),
            notice: self.notice.clone(),
            stands_in: self.stands_in,
        }
    }

    /// Leads to a page of ours and says there what was done.
    pub(super) fn done(&self, path: &str, tone: Tone, text: &str) -> Response {
        notice::redirect(&self.secret, self.secure, path, tone, text)
    }

    /// Sends a page. The notice on it has been said.
    pub(super) fn send(&self, page: Response) -> Response {
        let mut page = page;
        if self.notice.is_some() {
            cookies::clear(&mut page, cookies::NOTICE);
        }
        if self.stale_role {
            cookies::clear(&mut page, cookies::ROLE);
        }
        page
    }

    /// The id of the session that the person signed in with, also while a role's hangs on it.
    pub(super) fn own_session_id(&self) -> &str {
        let session = &self.current.session;
        session.parent_id.as_deref().unwrap_or(&session.id)
    }

    /// The secret of the browser's session.
    pub(super) fn secret(&self) -> &SecretString {
        &self.secret
    }

    /// Whether the browser got here by TLS.
    pub(super) fn is_secure(&self) -> bool {
        self.secure
    }

    /// The role that the person switched to, if its session still runs.
    async fn switch(mut self, parts: &Parts, app: &App) -> Result<Self, Failure> {
        let Some(secret) = cookies::read_secret(&parts.headers, cookies::ROLE) else { return Ok(self) };
        let user_agent = self.current.ctx.user_agent.clone();
        match console_sessions::find(app, &secret, peer(parts), user_agent).await? {
            Found::SignedIn(role) if role.session.parent_id.as_ref() == Some(&self.current.session.id) => {
                self.current = *role;
            }
            _ => {
                self.stale_role = true;
                let text = "You are yourself again: the session of the role has ended.";
                self.notice = self.notice.or_else(|| Some(Banner::new(Tone::Warning, text)));
            }
        }
        Ok(self)
    }

    async fn find(parts: &Parts, app: &App) -> Result<Self, Failure> {
        let Some(secret) = cookies::read_secret(&parts.headers, cookies::SESSION) else {
            return Err(Failure::answer(to_sign_in(parts)));
        };
        let user_agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        match console_sessions::find(app, &secret, peer(parts), user_agent.map(ToOwned::to_owned)).await? {
            Found::Nobody => {
                let mut response = to_sign_in(parts);
                cookies::clear(&mut response, cookies::SESSION);
                Err(Failure::answer(response))
            }
            Found::Ended(ended) => {
                let mut response = ended_page(&ended);
                cookies::clear(&mut response, cookies::SESSION);
                Err(Failure::answer(response))
            }
            // The secret of a role's session counts only beside that of the person's.
            Found::SignedIn(current) if current.session.parent_id.is_some() => Err(Failure::answer(to_sign_in(parts))),
            Found::SignedIn(current) => {
                let notice = notice::take(&parts.headers, &secret);
                let mark = cookies::read(&parts.headers, cookies::STAND_IN);
                let stands_in = mark.is_some_and(|id| id == current.session.id);
                let secure = cookies::over_tls(parts);
                let signed_in = Self { current: *current, secret, secure, notice, stands_in, stale_role: false };
                signed_in.switch(parts, app).await
            }
        }
    }
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Self::find(parts, app).await
    }
}

/// A form from somebody who has signed in.
pub(super) struct SignedForm<T> {
    /// Who sent it.
    pub(super) signed_in: SignedIn,
    /// What is in it.
    pub(super) form: T,
}

impl<T: DeserializeOwned> FromRequest<App> for SignedForm<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Self::Rejection> {
        let (parts, body) = request.into_parts();
        let signed_in = SignedIn::find(&parts, app).await?;
        let form = forms::read(Request::from_parts(parts, body), &signed_in.secret).await?;
        Ok(Self { signed_in, form })
    }
}

/// Where a request comes from; one that came over no socket comes from here.
pub(super) fn peer(parts: &Parts) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |ConnectInfo(address)| address.ip())
}

/// To the sign-in, and back to the page afterwards.
fn to_sign_in(parts: &Parts) -> Response {
    let asked = parts.extensions.get::<OriginalUri>().and_then(|uri| uri.0.path_and_query());
    let next = asked.filter(|_| parts.method == Method::GET).map(|asked| LocalPath::new(asked.as_str()));
    match next.filter(|next| !next.is_home()) {
        Some(next) => {
            let next = utf8_percent_encode(next.as_str(), NON_ALPHANUMERIC);
            Redirect::to(&format!("{}?next={next}", sign_in::PATH)).into_response()
        }
        None => Redirect::to(sign_in::PATH).into_response(),
    }
}

fn ended_page(ended: &Ended) -> Response {
    let session = &ended.session;
    let reason = session.ended_because.filter(|_| ended.state == SessionState::Revoked);
    let (heading, why) = match reason {
        None => ("Your session has run out", "Sessions in this account last only so long."),
        Some(EndReason::PasswordChanged) => {
            ("Your session has ended", "The password was changed. Sign in with the new one.")
        }
        Some(EndReason::PasswordReset) => {
            ("Your session has ended", "An administrator set a new password for you. Sign in with that one.")
        }
        Some(EndReason::ConsoleAccessDisabled) => {
            ("Your session has ended", "An administrator switched console logon off for you.")
        }
        Some(EndReason::LoginProfileDeleted) => {
            ("Your session has ended", "An administrator took your console logon away, and the password with it.")
        }
        Some(EndReason::UserDeleted) => ("Your session has ended", "The user you signed in as was deleted."),
        Some(EndReason::SignedOut) => ("You have signed out", "You did so here or in another window."),
        Some(EndReason::ParentEnded | EndReason::Revoked) => ("Your session has ended", "It was ended from elsewhere."),
    };
    let at = session.ended_at.unwrap_or(session.expires_at).min(session.expires_at);
    let text = format!("{why} That was at {}.", stamp(at));
    let path = sign_in::page_of(&ended.account, session.user_name.as_deref());
    render(StatusCode::FORBIDDEN, &Told::signed_out(heading, text, path))
}
