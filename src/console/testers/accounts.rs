//! Accounts: made with a root key that is shown once, reset, dropped; and their users.

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::PATH;
use super::gate::{Tester, TesterForm};
use super::shell::Shell;
use crate::app::App;
use crate::console::page::{Failure, render, stamp};
use crate::console::parts::{Banner, Copy, Empty, Field, Tone};
use crate::console::run;
use crate::console::sign_in::cloud_name;
use crate::domain::account::Cloud;
use crate::domain::error::Error;
use crate::services::{accounts, retry};

/// The most users on one page.
const PAGE: i64 = 60;

struct Row {
    id: String,
    cloud: &'static str,
    alias: String,
    domain: String,
    created: String,
    root_key: String,
}

/// A root key that was made just now.
struct NewKey {
    account: String,
    id: Copy,
    secret: Copy,
}

/// Accounts on one page.
const ROWS: usize = 50;

#[derive(Template)]
#[template(path = "console/testers/accounts.html")]
struct AccountsPage {
    shell: Shell,
    rows: Vec<Row>,
    first: bool,
    next: Option<String>,
    new_key: Option<NewKey>,
    problem: Option<Banner>,
    cloud: String,
    id: Field,
}

async fn page(
    app: &App,
    tester: &Tester,
    new_key: Option<NewKey>,
    typed: (String, String),
    problem: &str,
    after: &str,
) -> Result<Response, Failure> {
    let found = accounts::page(app, None, after, ROWS).await?;
    let rows = found.items.into_iter().map(|(account, key)| Row {
        cloud: cloud_name(account.cloud),
        alias: account.own_alias().unwrap_or_default().to_owned(),
        domain: account.sign_in_domain().unwrap_or_default(),
        created: stamp(account.created_at),
        root_key: key.map(|key| key.id).unwrap_or_default(),
        id: account.id,
    });
    let page = AccountsPage {
        shell: Shell::new(app, tester, "accounts").await?,
        rows: rows.collect(),
        first: after.is_empty(),
        next: found.next,
        new_key,
        problem: (!problem.is_empty()).then(|| Banner::new(Tone::Bad, problem)),
        cloud: typed.0,
        id: Field::text("id", "Account ID")
            .optional()
            .value(typed.1)
            .hint("16 digits on Alibaba Cloud, 12 on AWS. Left empty, one is made up."),
    };
    let status = if problem.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(tester.send(render(status, &page)))
}

pub(super) async fn list(
    State(app): State<App>,
    tester: Tester,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Failure> {
    let after = asked.map(|Query(asked)| asked.after).unwrap_or_default();
    page(&app, &tester, None, Default::default(), "", &after).await
}

#[derive(Deserialize)]
pub(super) struct New {
    cloud: String,
    #[serde(default)]
    id: String,
}

pub(super) async fn create(State(app): State<App>, form: TesterForm<New>) -> Result<Response, Failure> {
    let TesterForm { tester, form } = form;
    let typed = (form.cloud.clone(), form.id.clone());
    let Some(cloud) = Cloud::parse(&form.cloud) else {
        return page(&app, &tester, None, typed, "Choose a cloud.", "").await;
    };
    let id = Some(form.id.trim().to_owned()).filter(|id| !id.is_empty());
    if id.as_ref().is_some_and(|id| !cloud.is_account_id(id)) {
        let text = format!("An account of {} has {} digits.", cloud_name(cloud), cloud.account_digits());
        return page(&app, &tester, None, typed, &text, "").await;
    }
    let made = {
        let app = app.clone();
        run(async move {
            match accounts::create(&app, cloud, id).await {
                Err(Error::AlreadyExists(..)) => Ok(None),
                made => made.map(Some),
            }
        })
    };
    let Some((account, key)) = made.await? else {
        return page(&app, &tester, None, typed, "There is an account with this id already.", "").await;
    };
    let new_key = NewKey {
        account: account.id,
        id: Copy::new("the key's id", key.id),
        secret: Copy::new("the secret", key.secret),
    };
    page(&app, &tester, Some(new_key), Default::default(), "", "").await
}

#[derive(Template)]
#[template(path = "console/testers/account.html")]
struct AccountPage {
    shell: Shell,
    id: String,
    cloud: &'static str,
    alias: String,
    domain: String,
    created: String,
    root_key: String,
    users: Vec<String>,
    next: Option<String>,
    may_sign_in_as: bool,
    no_users: Empty,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    after: String,
}

pub(super) async fn one(
    State(app): State<App>,
    tester: Tester,
    Path(id): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Failure> {
    let after = asked.map(|Query(asked)| asked.after).unwrap_or_default();
    let mut found = accounts::with_users(&app, &id, &after, PAGE + 1).await?;
    let most = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let has_more = found.users.len() > most;
    found.users.truncate(most);
    let account = found.account;
    let page = AccountPage {
        shell: Shell::new(&app, &tester, "accounts").await?,
        cloud: cloud_name(account.cloud),
        alias: account.own_alias().unwrap_or_default().to_owned(),
        domain: account.sign_in_domain().unwrap_or_default(),
        created: stamp(account.created_at),
        root_key: found.root_key.map(|key| key.id).unwrap_or_default(),
        next: found.users.last().filter(|_| has_more).map(|last| super::encode(last)),
        users: found.users,
        may_sign_in_as: tester.may_sign_in_as,
        no_users: Empty::new("No users", "Make some by the API explorer or with any client."),
        id: account.id,
    };
    Ok(tester.send(render(StatusCode::OK, &page)))
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn reset(
    State(app): State<App>,
    Path(id): Path<String>,
    form: TesterForm<Nothing>,
) -> Result<Response, Failure> {
    let TesterForm { tester, form: Nothing {} } = form;
    let path = format!("{PATH}/accounts/{}", super::encode(&id));
    let text = format!("Account {id} is as it began: nothing is in it but the root key made with it.");
    run(async move { retry(|| accounts::reset(&app, &id)).await }).await?;
    Ok(tester.done(&path, Tone::Good, &text))
}

pub(super) async fn drop_account(
    State(app): State<App>,
    Path(id): Path<String>,
    form: TesterForm<Nothing>,
) -> Result<Response, Failure> {
    let TesterForm { tester, form: Nothing {} } = form;
    let text = format!("Account {id} is gone with all that was in it.");
    run(async move { retry(|| accounts::drop_account(&app, &id)).await }).await?;
    Ok(tester.done(&format!("{PATH}/accounts"), Tone::Good, &text))
}
