//! Where a sign-in starts: a RAM user's name and then the password, or an IAM user's account, name and password.

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use secrecy::SecretString;
use serde::Deserialize;

use super::steps::{self, outcome_page};
use super::{LocalPath, RootAllowed, Steps, Visitor};
use crate::app::App;
use crate::console::forms::{Browser, BrowserForm};
use crate::console::page::{Failure, render};
use crate::console::parts::{Banner, Field, Token, Tone};
use crate::domain::account::Cloud;
use crate::domain::error::Error;

/// Which way in a page shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Ram,
    Iam,
    Root,
}

/// The ways in, as tabs.
pub(super) struct Ways {
    here: Way,
    pub(super) has_root: bool,
}

impl Ways {
    pub(super) fn new(here: Way, has_root: bool) -> Self {
        Self { here, has_root }
    }

    pub(super) fn is(&self, way: Way) -> bool {
        self.here == way
    }
}

#[derive(Template)]
#[template(path = "console/sign_in/name.html")]
struct NamePage {
    ways: Ways,
    token: Token,
    next: String,
    notice: Option<Banner>,
    domain: String,
    name: Field,
}

#[derive(Template)]
#[template(path = "console/sign_in/password.html")]
struct PasswordPage {
    token: Token,
    next: String,
    notice: Option<Banner>,
    user: String,
    restart: String,
    password: Field,
}

#[derive(Template)]
#[template(path = "console/sign_in/aws.html")]
struct AwsPage {
    ways: Ways,
    token: Token,
    next: String,
    notice: Option<Banner>,
    account: Field,
    user: Field,
    password: Field,
}

/// What a link to a sign-in page may fill in.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Filled {
    username: String,
    account: String,
    next: LocalPath,
    signed_out: Option<String>,
    changed: Option<String>,
}

type Filling = Result<Query<Filled>, QueryRejection>;

fn filled(query: Filling) -> Filled {
    query.map(|Query(filled)| filled).unwrap_or_default()
}

fn signed_out(filled: &Filled) -> Option<Banner> {
    let text = match filled {
        Filled { changed: Some(_), .. } => "Your password is changed. Sign in with the new one.",
        Filled { signed_out: Some(_), .. } => "You have signed out.",
        _ => return None,
    };
    Some(Banner::new(Tone::Good, text))
}

pub(super) async fn alibaba(RootAllowed(root): RootAllowed, browser: Browser, query: Filling) -> Response {
    name_page(&browser, root, filled(query), String::new())
}

pub(super) async fn of_domain(
    RootAllowed(root): RootAllowed,
    browser: Browser,
    Path(domain): Path<String>,
    query: Filling,
) -> Response {
    name_page(&browser, root, filled(query), domain)
}

fn name_page(browser: &Browser, has_root: bool, filled: Filled, domain: String) -> Response {
    let notice = signed_out(&filled);
    let (hint, shown) = if domain.is_empty() {
        ("For example alice@example.onaliyun.com. Without a domain it is the default account's user.", filled.username)
    } else {
        // The page fills the suffix in, so that a name that carries it loses it.
        let own = format!("@{domain}");
        ("", filled.username.strip_suffix(&own).map(ToOwned::to_owned).unwrap_or(filled.username))
    };
    let suffix = if domain.is_empty() { String::new() } else { format!("@{domain}") };
    let name = Field::text("username", "Logon name").autocomplete("username").value(shown).hint(hint);
    let page = NamePage {
        ways: Ways::new(Way::Ram, has_root),
        token: browser.token(),
        next: filled.next.as_str().to_owned(),
        notice,
        domain,
        name: name.suffix(suffix).focus(),
    };
    browser.send(render(StatusCode::OK, &page))
}

#[derive(Deserialize)]
pub(super) struct Name {
    username: String,
    #[serde(default)]
    domain: String,
    #[serde(default)]
    next: LocalPath,
}

/// After the name; whether there is such a user is not looked at.
pub(super) async fn name(RootAllowed(root): RootAllowed, form: BrowserForm<Name>) -> Response {
    let BrowserForm { browser, form } = form;
    let name = form.username.trim();
    if name.is_empty() {
        return name_page(&browser, root, Filled { next: form.next, ..Filled::default() }, form.domain);
    }
    let user =
        if form.domain.is_empty() || name.contains('@') { name.to_owned() } else { format!("{name}@{}", form.domain) };
    password_page(&browser, user, &form.next, None)
}

fn password_page(browser: &Browser, user: String, next: &LocalPath, notice: Option<Banner>) -> Response {
    let status = if notice.is_some() { StatusCode::FORBIDDEN } else { StatusCode::OK };
    let page = PasswordPage {
        token: browser.token(),
        next: next.as_str().to_owned(),
        notice,
        restart: format!("{}?next={}", super::PATH, super::encode(next.as_str())),
        user,
        password: Field::password("password", "Password").focus(),
    };
    browser.send(render(status, &page))
}

pub(super) async fn aws(RootAllowed(root): RootAllowed, browser: Browser, query: Filling) -> Response {
    let filled = filled(query);
    let notice = signed_out(&filled);
    aws_page(&browser, root, filled, notice)
}

fn aws_page(browser: &Browser, has_root: bool, filled: Filled, notice: Option<Banner>) -> Response {
    let refused = notice.is_some() && filled.signed_out.is_none() && filled.changed.is_none();
    let account = Field::text("account", "Account ID or account alias").hint("12 digits, or the alias");
    let user = Field::text("username", "IAM user name").autocomplete("username");
    let password = Field::password("password", "Password");
    let known = (!filled.account.is_empty(), !filled.username.is_empty());
    let page = AwsPage {
        ways: Ways::new(Way::Iam, has_root),
        token: browser.token(),
        next: filled.next.as_str().to_owned(),
        notice,
        account: if known.0 { account } else { account.focus() }.value(filled.account),
        user: if known == (true, false) { user.focus() } else { user }.value(filled.username),
        password: if known == (true, true) { password.focus() } else { password },
    };
    browser.send(render(if refused { StatusCode::FORBIDDEN } else { StatusCode::OK }, &page))
}

/// The sign-in form again, with what is wrong on top.
pub(super) fn again(browser: &Browser, has_root: bool, steps: &Steps, text: &str) -> Response {
    let notice = Some(Banner::new(Tone::Bad, text));
    match steps.cloud {
        Cloud::Alibaba => password_page(browser, steps.user.clone(), &steps.next, notice),
        Cloud::Aws => {
            let account = steps.account.clone().unwrap_or_default();
            let (username, next) = (steps.user.clone(), steps.next.clone());
            aws_page(browser, has_root, Filled { username, account, next, ..Filled::default() }, notice)
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Credentials {
    cloud: String,
    #[serde(default)]
    account: String,
    username: String,
    password: String,
    #[serde(default)]
    next: LocalPath,
}

pub(super) async fn password(
    State(app): State<App>,
    visitor: Visitor,
    RootAllowed(root): RootAllowed,
    form: BrowserForm<Credentials>,
) -> Result<Response, Failure> {
    let BrowserForm { browser, form } = form;
    let cloud = Cloud::parse(&form.cloud).ok_or(Error::Missing("cloud"))?;
    let account = Some(form.account.trim().to_owned()).filter(|account| !account.is_empty());
    let steps = Steps::new(&app, cloud, account, form.username.trim().to_owned(), form.next);
    let mut attempt = steps.attempt(&visitor);
    attempt.password = SecretString::from(form.password);
    let (outcome, steps) = steps::advance(&app, visitor.seen, attempt, steps).await?;
    outcome_page(&app, &browser, root, outcome, steps).await
}
