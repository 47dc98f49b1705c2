//! Roles: the list, making one, one role's page with its trust policy, and switching to one.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::super::page::{Failure, stamp};
use super::super::signed_in::{SignedForm, SignedIn};
use super::desk::{Desk, ListQuery, ROWS, encode};
use super::form::Input;
use super::permission::{self as deeds, On};
use super::policies::{lines, pretty};
use super::view::{Block, Cell, Link, Panel, Search, Table};
use super::{Nothing, attach, boundary, conflicts, inline, switch, tags as labels, words};
use crate::domain::arn::Kind;
use crate::domain::error::Error;
use crate::domain::role::MAX_SESSION_SECONDS;
use crate::services::roles;

pub(super) const PATH: &str = "/console/roles";
pub(super) const NEW: &str = "/console/new/role";

/// The page of a role.
pub(super) fn path(name: &str) -> String {
    format!("{PATH}/{}", encode(name))
}

pub(super) async fn list(me: SignedIn, Query(query): Query<ListQuery>) -> Result<Response, Failure> {
    let desk = Desk::new(me, "roles");
    desk.demand(deeds::LIST_ROLES, &[On::All(Kind::Role)]).await?;
    let found = roles::list(desk.ctx(), &roles::Filter::default(), &query.start(), ROWS).await;
    let page = found.map_err(|error| desk.fail(error))?;
    let mut view = desk.view("Roles");
    view.lead = String::from("A role is taken on for a while by whomever its trust policy names.");
    match desk.lacks(deeds::CREATE_ROLE, &[On::New(Kind::Role, "/", "*")]).await? {
        None => view.actions.push(Link::new(NEW, "Create role")),
        Some(missing) => view.blocks.push(Block::Missing(format!("{missing} to create roles"))),
    }
    let label = "Search by the beginning of the name";
    view.blocks.push(Block::Search(Search { action: PATH.to_owned(), label, value: query.search.clone() }));
    let rows = page.items.iter().filter(|(role, _)| query.shows(&role.name)).map(|(role, _)| {
        vec![
            Cell::link(path(&role.name), &*role.name),
            Cell::or_dash(&*role.description),
            Cell::text(stamp(role.created_at)),
        ]
    });
    let rows: Vec<_> = rows.collect();
    view.blocks.push(if rows.is_empty() {
        let found = if query.search.is_empty() { "There are no roles yet" } else { "No role's name begins so" };
        Block::empty(found, "A role has policies of its own, and no password and no access keys.")
    } else {
        Block::Table(Table::new("Roles", &["Name", "Description", "Created"], rows))
    });
    view.blocks.extend(query.pager(PATH, page.next.as_deref()));
    Ok(desk.send(&view))
}

/// What is filled in to make a role.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct NewRole {
    name: String,
    path: String,
    description: String,
    seconds: String,
    document: String,
}

/// The path that was filled in, or else the one of most.
fn placed(path: &str) -> &str {
    if path.is_empty() { "/" } else { path }
}

fn page(desk: &Desk, form: &NewRole, status: StatusCode, faults: [&str; 4]) -> Response {
    let [name, place, seconds, document] = faults;
    let (least, most) = (*MAX_SESSION_SECONDS.start(), *MAX_SESSION_SECONDS.end());
    let field = Input::text("name", "Role name").value(&*form.name).required().focus().error(name);
    let about = Input::text("description", "Description").value(&*form.description);
    let range = format!("{least} to {most}.");
    let longest = Input::number("seconds", "Longest session in seconds", (least, most)).hint(range);
    let longest = longest.value(&*form.seconds).error(seconds);
    let text = Input::area("document", "Trust policy").value(&*form.document).required().error(document);
    let text = text.hint("Who may take the role on.");
    let mut fields = desk.form(NEW, "Create role").with(field);
    if words::of_cloud(desk.cloud()).has_paths {
        fields = fields.with(Input::text("path", "Path").value(placed(&form.path)).error(place));
    }
    let fields = fields.with(about).with(longest).with(text).cancel(PATH);
    let mut view = desk.view("Create role");
    view.trail = vec![Link::new(PATH, "Roles")];
    view.panels = vec![Panel::new("new", "The role", vec![fields.block()])];
    desk.send_as(status, &view)
}

pub(super) async fn new(me: SignedIn) -> Result<Response, Failure> {
    let desk = Desk::new(me, "roles");
    desk.demand(deeds::CREATE_ROLE, &[On::New(Kind::Role, "/", "*")]).await?;
    let document = words::of_cloud(desk.cloud()).trust.replace("{}", &desk.ctx().account_id);
    let form = NewRole { document, seconds: MAX_SESSION_SECONDS.start().to_string(), ..NewRole::default() };
    Ok(page(&desk, &form, StatusCode::OK, [""; 4]))
}

pub(super) async fn create(sent: SignedForm<NewRole>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "roles");
    let form = sent.form;
    let on =
        [On::New(Kind::Role, placed(&form.path), &form.name), On::Said("AssumeRolePolicyDocument", &form.document)];
    desk.demand(deeds::CREATE_ROLE, &on).await?;
    let fault = words::name_fault(&form.name, words::of_cloud(desk.cloud()).marks, 64);
    let misplaced = words::path_fault(placed(&form.path));
    let seconds = form.seconds.trim().parse::<i64>().ok().filter(|seconds| MAX_SESSION_SECONDS.contains(seconds));
    let Some(max_session_seconds) = seconds.filter(|_| fault.is_empty() && misplaced.is_empty()) else {
        let range = format!("Use {} to {} seconds.", MAX_SESSION_SECONDS.start(), MAX_SESSION_SECONDS.end());
        let range = if seconds.is_none() { &*range } else { "" };
        return Ok(page(&desk, &form, StatusCode::BAD_REQUEST, [&fault, &misplaced, range, ""]));
    };
    let create = roles::Create {
        name: form.name.clone(),
        path: placed(&form.path).to_owned(),
        permissions_boundary: None,
        // IAM 2010-05-08 and RAM 2015-05-01 CreateRole, Description: 1000 and 1024 characters.
        description: form.description.chars().take(1_000).collect(),
        trust_policy: lines(&form.document),
        max_session_seconds,
        console_login_allowed: true,
        tags: Vec::new(),
    };
    let made = desk.run(move |desk| {
        let create = create.clone();
        async move { roles::create(desk.ctx(), &create).await }
    });
    match made.await? {
        Ok((role, _)) => Ok(desk.done(&path(&role.name), &format!("The role {} is made.", role.name))),
        Err(error @ (Error::Policy(_) | Error::PolicyTooLarge(..))) => {
            let (status, text) = desk.words(&error).ok_or_else(Failure::internal)?;
            Ok(page(&desk, &form, status, ["", "", "", &text]))
        }
        Err(error @ (Error::AlreadyExists(..) | Error::LimitExceeded(..))) => {
            let (status, text) = desk.words(&error).ok_or_else(Failure::internal)?;
            Ok(page(&desk, &form, status, [&text, "", "", ""]))
        }
        Err(error) => Err(desk.fail(error)),
    }
}

pub(super) async fn show(me: SignedIn, Path(name): Path<String>) -> Result<Response, Failure> {
    let desk = Desk::new(me, "roles");
    let on = [On::One(Kind::Role, &name)];
    desk.demand(deeds::GET_ROLE, &on).await?;
    let (role, tags) = roles::get(desk.ctx(), &name).await.map_err(|error| desk.fail(error))?;
    let mut view = desk.view(&*role.name);
    view.trail = vec![Link::new(PATH, "Roles")];
    if desk.may(deeds::UPDATE_ROLE, &on).await? {
        view.actions.push(Link::new(format!("{}/edit", path(&role.name)), "Edit"));
    }
    let arn = role.arn(desk.cloud());
    let mut facts = vec![
        ("ARN", Cell::copy("the ARN", &*arn)),
        ("Id", Cell::copy("the id", &*role.id)),
        ("Description", Cell::or_dash(&*role.description)),
        ("Longest session", Cell::text(format!("{} seconds", role.max_session_seconds))),
    ];
    if let Some(service) = &role.service_name {
        facts.push(("Linked to", Cell::text(&**service)));
    }
    facts.push(("Created", Cell::text(stamp(role.created_at))));
    let mut blocks = vec![Block::Facts(facts)];
    blocks.extend(switch::offer(&desk, &arn));
    view.panels.push(Panel::new("role", "The role", blocks));
    let mut trust = vec![Block::Document(pretty(&role.trust_policy))];
    if role.service_name.is_none() {
        let edit = format!("{}/trust", path(&role.name));
        let button = || Block::Cells(vec![Cell::Button(Link::new(edit, "Edit the trust policy"))]);
        trust.push(desk.offer(deeds::UPDATE_TRUST, &on, button).await?);
    }
    view.panels.push(Panel::new("trust", "Trust policy", trust));
    let owner = attach::Owner::Role(role.name.clone());
    view.panels.push(attach::panel(&desk, &owner).await?);
    view.panels.extend(inline::panel(&desk, &owner).await?);
    let boundary = role.permissions_boundary.as_deref();
    view.panels.extend(boundary::panel(&desk, Kind::Role, &role.name, boundary).await?);
    view.panels.push(labels::panel(&desk, &labels::Bearer::Role(role.name.clone()), &tags).await?);
    let form = desk.form(format!("{}/delete", path(&role.name)), "Delete role");
    let warning = "The role must have no policies any more. Whoever uses it loses what it permits.";
    let form = form.confirm("Delete this role", warning).block();
    let still = roles::conflicts(desk.ctx(), &role.name).await;
    view.panels.push(conflicts::panel(&desk, deeds::DELETE_ROLE, &on, still, form).await?);
    Ok(desk.send(&view))
}

/// A trust policy.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Trust {
    document: String,
}

fn trust_page(desk: &Desk, name: &str, document: &str, status: StatusCode, fault: &str) -> Response {
    let text = Input::area("document", "Trust policy").value(document).required().error(fault);
    let form = desk.form(format!("{}/trust", path(name)), "Save").with(text).cancel(path(name));
    let mut view = desk.view("Edit the trust policy");
    view.trail = vec![Link::new(PATH, "Roles"), Link::new(path(name), name)];
    view.panels = vec![Panel::new("trust", "Who may take the role on", vec![form.block()])];
    desk.send_as(status, &view)
}

pub(super) async fn trust(me: SignedIn, Path(name): Path<String>) -> Result<Response, Failure> {
    let desk = Desk::new(me, "roles");
    let on = [On::One(Kind::Role, &name)];
    desk.demand(deeds::GET_ROLE, &on).await?;
    desk.demand(deeds::UPDATE_TRUST, &on).await?;
    let (role, _) = roles::get(desk.ctx(), &name).await.map_err(|error| desk.fail(error))?;
    Ok(trust_page(&desk, &role.name, &pretty(&role.trust_policy), StatusCode::OK, ""))
}

pub(super) async fn save_trust(Path(name): Path<String>, sent: SignedForm<Trust>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "roles");
    desk.demand(deeds::UPDATE_TRUST, &[On::One(Kind::Role, &name)]).await?;
    let update = roles::Update { trust_policy: Some(lines(&sent.form.document)), ..roles::Update::default() };
    let role = name.clone();
    let done = desk.run(move |desk| {
        let (role, update) = (role.clone(), update.clone());
        async move { roles::update(desk.ctx(), &role, &update).await }
    });
    match done.await? {
        Ok(_) => Ok(desk.done(&path(&name), "The trust policy is changed.")),
        Err(error @ (Error::Policy(_) | Error::PolicyTooLarge(..))) => {
            let (status, text) = desk.words(&error).ok_or_else(Failure::internal)?;
            Ok(trust_page(&desk, &name, &sent.form.document, status, &text))
        }
        Err(error) => desk.undone(&path(&name), error),
    }
}

pub(super) async fn delete(Path(name): Path<String>, sent: SignedForm<Nothing>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "roles");
    desk.demand(deeds::DELETE_ROLE, &[On::One(Kind::Role, &name)]).await?;
    let role = name.clone();
    let done = desk.run(move |desk| {
        let role = role.clone();
        async move { roles::delete(desk.ctx(), &role).await }
    });
    match done.await? {
        Ok(()) => Ok(desk.done(PATH, &format!("The role {name} is deleted."))),
        Err(error) => desk.undone(&path(&name), error),
    }
}
