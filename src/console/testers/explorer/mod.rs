//! The explorer of the APIs: every operation as a form made from its own table, called as a chosen principal with a
//! really signed request.

mod answer;
mod code;
mod entered;
mod running;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use self::entered::{FormField, fields};
use self::running::Ran;
use super::account_field::AccountField;
use super::gate::{Tester, TesterForm};
use super::shell::Shell;
use crate::app::App;
use crate::console::page::{Failure, render};
use crate::console::parts::{Banner, Empty, Field, Tone};
use crate::dialect::offered::{APIS, Api};

struct Link {
    api: &'static str,
    name: String,
    is_built: bool,
}

struct Group {
    api: &'static Api,
    built: usize,
    links: Vec<Link>,
}

#[derive(Template)]
#[template(path = "console/testers/explorer.html")]
struct ListPage {
    shell: Shell,
    search: Field,
    groups: Vec<Group>,
    nothing: Empty,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Search {
    q: String,
}

pub(super) async fn list(
    State(app): State<App>,
    tester: Tester,
    search: Result<Query<Search>, QueryRejection>,
) -> Result<Response, Failure> {
    let wanted = search.map(|Query(search)| search.q).unwrap_or_default();
    let lower = wanted.trim().to_lowercase();
    let group = |api: &'static Api| {
        let found = api.operations().into_iter().filter(|operation| operation.name.to_lowercase().contains(&lower));
        let links: Vec<Link> =
            found.map(|operation| Link { api: api.id, name: operation.name, is_built: operation.is_built }).collect();
        let built = links.iter().filter(|link| link.is_built).count();
        Group { api, built, links }
    };
    let page = ListPage {
        shell: Shell::new(&app, &tester, "explorer").await?,
        search: Field::text("q", "Operation holds").optional().value(wanted.trim()),
        groups: APIS.iter().map(group).filter(|group| !group.links.is_empty()).collect(),
        nothing: Empty::new("No such operation", "No operation of either cloud has this in its name."),
    };
    Ok(tester.send(render(StatusCode::OK, &page)))
}

/// What a form of an operation sends: the caller, and the parameters under names with `p.` before them.
type Sent = BTreeMap<String, String>;

#[derive(Template)]
#[template(path = "console/testers/operation.html")]
struct OperationPage {
    shell: Shell,
    api: &'static Api,
    operation: String,
    is_built: bool,
    account: AccountField,
    user: Field,
    is_unsigned: bool,
    fields: Vec<FormField>,
    problem: Option<Banner>,
    ran: Option<Ran>,
}

fn find(api: &str, operation: &str) -> Result<&'static Api, Failure> {
    let found = Api::of(api).filter(|api| api.parameters(operation).is_some());
    found.ok_or_else(|| {
        Failure::new(StatusCode::NOT_FOUND, "No such operation", "Neither cloud's table has this operation.")
    })
}

async fn page(
    app: &App,
    tester: &Tester,
    api: &'static Api,
    operation: String,
    sent: &Sent,
    outcome: Result<Option<Ran>, String>,
) -> Result<Response, Failure> {
    let of = |name: &str| sent.get(name).map(String::as_str).unwrap_or_default();
    let (ran, problem) = match outcome {
        Ok(ran) => (ran, None),
        Err(text) => (None, Some(Banner::new(Tone::Bad, text))),
    };
    let page = OperationPage {
        shell: Shell::new(app, tester, "explorer").await?,
        is_built: api.is_built(&operation),
        account: AccountField::of(app, "Account", "", Some(api.cloud), of("account")).await?,
        user: Field::text("user", "User").optional().value(of("user")).hint("Left empty: the account's root."),
        is_unsigned: of("signature") == "none",
        fields: fields(&api.parameters(&operation).unwrap_or_default(), sent),
        api,
        operation,
        ran,
        problem,
    };
    let status = if page.problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(tester.send(render(status, &page)))
}

pub(super) async fn show(
    State(app): State<App>,
    tester: Tester,
    Path((api, operation)): Path<(String, String)>,
    given: Result<Query<Sent>, QueryRejection>,
) -> Result<Response, Failure> {
    let api = find(&api, &operation)?;
    // A link may fill the form in.
    let given = given.map(|Query(given)| given).unwrap_or_default();
    page(&app, &tester, api, operation, &given, Ok(None)).await
}

pub(super) async fn call(
    State(app): State<App>,
    Path((api, operation)): Path<(String, String)>,
    form: TesterForm<Sent>,
) -> Result<Response, Failure> {
    let TesterForm { tester, form: sent } = form;
    let api = find(&api, &operation)?;
    let outcome = match entered::values(&api.parameters(&operation).unwrap_or_default(), &sent) {
        Err(text) => Err(text),
        Ok(values) => {
            let asked = running::Asked {
                api,
                operation: operation.clone(),
                values,
                account: sent.get("account").cloned().unwrap_or_default(),
                user: sent.get("user").map(|user| user.trim().to_owned()).filter(|user| !user.is_empty()),
                is_signed: sent.get("signature").is_none_or(|how| how != "none"),
            };
            running::run(&app, &tester, asked).await?.map(Some)
        }
    };
    page(&app, &tester, api, operation, &sent, outcome).await
}
