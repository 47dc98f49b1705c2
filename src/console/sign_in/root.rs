//! The root of an account by one click, where the setting allows it: for the machine that Sesame runs on.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::entry::{Way, Ways};
use super::{LocalPath, RootAllowed, Visitor, admit, cloud_name};
use crate::app::App;
use crate::console::forms::{Browser, BrowserForm};
use crate::console::page::{Failure, render};
use crate::console::parts::{Banner, Field, Token, Tone};
use crate::console::run;
use crate::domain::error::Error;
use crate::services::{accounts, console_sessions, retry, sign_in_records};

/// The most accounts that get a button of their own; any can be typed.
const MOST_BUTTONS: usize = 20;

struct Choice {
    id: String,
    cloud: &'static str,
    alias: String,
}

#[derive(Template)]
#[template(path = "console/sign_in/root.html")]
struct RootPage {
    ways: Ways,
    token: Token,
    next: String,
    notice: Option<Banner>,
    choices: Vec<Choice>,
    account: Field,
    has_more: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    next: LocalPath,
}

fn not_allowed() -> Failure {
    let text = "Root sign-in by one click is for the machine that Sesame runs on; the setting console.root_sign_in says \
                who may.";
    Failure::new(StatusCode::FORBIDDEN, "Not from here", text)
}

async fn root_page(app: &App, browser: &Browser, next: &LocalPath, error: &str) -> Result<Response, Failure> {
    let found = accounts::page(app, None, "", MOST_BUTTONS).await?;
    let has_more = found.next.is_some();
    let choices = found.items.into_iter().map(|(account, _)| Choice {
        cloud: cloud_name(account.cloud),
        alias: account.own_alias().unwrap_or_default().to_owned(),
        id: account.id,
    });
    let page = RootPage {
        ways: Ways::new(Way::Root, true),
        token: browser.token(),
        next: next.as_str().to_owned(),
        notice: (!error.is_empty()).then(|| Banner::new(Tone::Bad, error)),
        choices: choices.collect(),
        account: Field::text("account", "Account ID"),
        has_more,
    };
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    Ok(browser.send(render(status, &page)))
}

pub(super) async fn show(
    State(app): State<App>,
    RootAllowed(allowed): RootAllowed,
    browser: Browser,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    if !allowed {
        return Err(not_allowed());
    }
    root_page(&app, &browser, &asked.next, "").await
}

#[derive(Deserialize)]
pub(super) struct Chosen {
    account: String,
    #[serde(default)]
    next: LocalPath,
}

pub(super) async fn sign_in(
    State(app): State<App>,
    RootAllowed(allowed): RootAllowed,
    Visitor { address: peer, seen, .. }: Visitor,
    form: BrowserForm<Chosen>,
) -> Result<Response, Failure> {
    if !allowed {
        return Err(not_allowed());
    }
    let BrowserForm { browser, form } = form;
    let id = form.account.trim().to_owned();
    let signing_in = {
        let app = app.clone();
        run(async move {
            match retry(|| console_sessions::sign_in_root(&app, &id, peer)).await {
                Err(Error::NotFound(..)) => Ok(None),
                done => done.map(Some),
            }
        })
    };
    match signing_in.await? {
        Some(session) => {
            sign_in_records::entered(&app, &seen, &session).await;
            admit(&app, session, &form.next, browser.secure).await
        }
        None => root_page(&app, &browser, &form.next, "There is no account with this id.").await,
    }
}
