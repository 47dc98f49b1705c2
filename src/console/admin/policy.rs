//! One managed policy: its document, its versions, which of them is in force.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::super::page::{Failure, stamp};
use super::super::parts::Tone;
use super::super::signed_in::{SignedForm, SignedIn};
use super::desk::{Desk, ListQuery};
use super::form::Input;
use super::permission::{self as deeds, On};
use super::policies::{Keeper, PATH, lines, path, pretty};
use super::view::{Block, Cell, Link, Panel, Table};
use super::{Nothing, conflicts, holders, tags, words};
use crate::domain::error::Error;
use crate::services::policies::{self, OtherVersions};
use crate::services::policy_versions::{self, Create, WhenFull};

type Named = Path<(Keeper, String)>;

pub(super) async fn show(
    me: SignedIn,
    Path((keeper, name)): Named,
    Query(query): Query<ListQuery>,
) -> Result<Response, Failure> {
    let desk = Desk::new(me, "policies");
    let named = keeper.reference(&name);
    let on = [On::Policy(named)];
    desk.demand(deeds::GET_POLICY, &on).await?;
    let used = policies::get(desk.ctx(), named).await.map_err(|error| desk.fail(error))?;
    let policy = &used.policy;
    let mut view = desk.view(policy.name());
    view.trail = vec![Link::new(PATH, "Policies")];
    let facts = vec![
        ("ARN", Cell::copy("the ARN", policy.arn(desk.cloud()))),
        ("Kept by", Cell::text(keeper.title())),
        ("Description", Cell::or_dash(policy.description())),
        ("Version in force", Cell::text(policy.default_version_id())),
        ("Attached", Cell::text(format!("{} times", used.uses.attachments))),
        ("Created", Cell::text(stamp(policy.created_at()))),
        ("Changed", Cell::text(stamp(policy.updated_at()))),
    ];
    view.panels.push(Panel::new("policy", "The policy", vec![Block::Facts(facts)]));
    let document = if let Some(missing) = desk.lacks(deeds::GET_VERSION, &on).await? {
        Block::Missing(missing)
    } else {
        let found = policy_versions::in_force(desk.ctx(), named).await;
        let (_, version) = found.map_err(|error| desk.fail(error))?;
        Block::Document(pretty(&version.document))
    };
    view.panels.push(Panel::new("document", "Document in force", vec![document]));
    view.panels.push(versions(&desk, keeper, &name).await?);
    view.panels.push(holders::panel(&desk, keeper, &name, &query).await?);
    if keeper == Keeper::Own {
        view.panels.push(tags::panel(&desk, &tags::Bearer::Policy(name.clone()), &used.tags).await?);
        if words::of_cloud(desk.cloud()).has_comments {
            let about = Input::text("description", "Description").value(policy.description());
            let form = desk.form(format!("{}/description", path(keeper, &name)), "Save the description");
            let form = || form.with(about).quiet().block();
            let describe = desk.offer(deeds::DESCRIBE_POLICY, &on, form).await?;
            view.panels.push(Panel::new("describe", "Description", vec![describe]));
        }
        let warning = "The policy must be attached nowhere and have no other versions any more.";
        let form = desk.form(format!("{}/delete", path(keeper, &name)), "Delete policy");
        let form = form.confirm("Delete this policy", warning).block();
        let still = policies::conflicts(desk.ctx(), named).await;
        view.panels.push(conflicts::panel(&desk, deeds::DELETE_POLICY, &on, still, form).await?);
    }
    Ok(desk.send(&view))
}

async fn versions(desk: &Desk, keeper: Keeper, name: &str) -> Result<Panel, Failure> {
    let on = [On::Policy(keeper.reference(name))];
    if let Some(missing) = desk.lacks(deeds::LIST_VERSIONS, &on).await? {
        return Ok(Panel::new("versions", "Versions", vec![Block::Missing(missing)]));
    }
    let found = policy_versions::list(desk.ctx(), keeper.reference(name)).await.map_err(|error| desk.fail(error))?;
    let own = keeper == Keeper::Own;
    let may_set = own && desk.may(deeds::SET_DEFAULT_VERSION, &on).await?;
    let may_delete = own && desk.may(deeds::DELETE_VERSION, &on).await?;
    let here = path(keeper, name);
    let row = |version: &crate::domain::own_policy::PolicyVersion| {
        let form = |act: &str, submit| {
            let form = desk.form(format!("{here}/versions/{act}"), submit).to(&*version.id);
            form.hidden("version", &*version.id)
        };
        let mut acts = Vec::new();
        if version.is_default {
            acts.push(Cell::badge(Tone::Good, "In force"));
        } else {
            if may_set {
                acts.push(form("default", "Put in force").quiet().cell());
            }
            if may_delete {
                acts.push(form("delete", "Delete version").confirm("Delete", "It cannot come back.").cell());
            }
        }
        let link = Cell::link(format!("{here}/versions/{}", version.id), &*version.id);
        vec![link, Cell::text(stamp(version.created_at)), Cell::All(acts)]
    };
    let rows = found.iter().map(row).collect();
    let mut blocks = vec![Block::Table(Table::new("Versions", &["Version", "Created", "Actions"], rows))];
    if own {
        let button = || Block::Cells(vec![Cell::Button(Link::new(format!("{here}/new-version"), "New version"))]);
        blocks.push(desk.offer(deeds::CREATE_VERSION, &on, button).await?);
    }
    Ok(Panel::new("versions", "Versions", blocks))
}

pub(super) async fn version(
    me: SignedIn,
    Path((keeper, name, version)): Path<(Keeper, String, String)>,
) -> Result<Response, Failure> {
    let desk = Desk::new(me, "policies");
    let named = keeper.reference(&name);
    desk.demand(deeds::GET_VERSION, &[On::Policy(named)]).await?;
    let found = policy_versions::get(desk.ctx(), named, &version).await.map_err(|error| desk.fail(error))?;
    let mut view = desk.view(format!("Version {}", found.id));
    view.trail = vec![Link::new(PATH, "Policies"), Link::new(path(keeper, &name), &*name)];
    let state = if found.is_default { Cell::badge(Tone::Good, "In force") } else { Cell::text("Not in force") };
    let facts = vec![("Created", Cell::text(stamp(found.created_at))), ("State", state)];
    let document = Block::Document(pretty(&found.document));
    view.panels.push(Panel::new("version", "Document", vec![Block::Facts(facts), document]));
    Ok(desk.send(&view))
}

/// A version to make.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct NewVersion {
    document: String,
    is_default: Option<String>,
}

fn page(desk: &Desk, name: &str, form: &NewVersion, status: StatusCode, fault: &str) -> Response {
    let here = path(Keeper::Own, name);
    let text = Input::area("document", "Policy document").value(&*form.document).required().error(fault);
    let put = Input::check("is_default", "Put it in force at once", form.is_default.is_some());
    let fields = desk.form(format!("{here}/new-version"), "Create version").with(text).with(put).cancel(&*here);
    let mut view = desk.view("New version");
    view.trail = vec![Link::new(PATH, "Policies"), Link::new(here, name)];
    view.panels = vec![Panel::new("new", "The version", vec![fields.block()])];
    desk.send_as(status, &view)
}

pub(super) async fn new_version(me: SignedIn, Path(name): Path<String>) -> Result<Response, Failure> {
    let desk = Desk::new(me, "policies");
    let named = Keeper::Own.reference(&name);
    desk.demand(deeds::CREATE_VERSION, &[On::Policy(named)]).await?;
    // Whoever may not read the document in force starts with an example.
    let document = if desk.may(deeds::GET_VERSION, &[On::Policy(named)]).await? {
        let (_, version) = policy_versions::in_force(desk.ctx(), named).await.map_err(|error| desk.fail(error))?;
        pretty(&version.document)
    } else {
        words::of_cloud(desk.cloud()).policy.to_owned()
    };
    let form = NewVersion { document, is_default: Some("on".to_owned()) };
    Ok(page(&desk, &name, &form, StatusCode::OK, ""))
}

pub(super) async fn create_version(
    Path(name): Path<String>,
    sent: SignedForm<NewVersion>,
) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "policies");
    let form = sent.form;
    desk.demand(deeds::CREATE_VERSION, &[On::Policy(Keeper::Own.reference(&name))]).await?;
    let (document, set_as_default) = (lines(&form.document), form.is_default.is_some());
    let create = Create { document, set_as_default, when_full: WhenFull::Refuse };
    let policy = name.clone();
    let made = desk.run(move |desk| {
        let (policy, create) = (policy.clone(), create.clone());
        async move { policy_versions::create(desk.ctx(), Keeper::Own.reference(&policy), &create).await }
    });
    match made.await? {
        Ok(version) => Ok(desk.done(&path(Keeper::Own, &name), &format!("The version {} is made.", version.id))),
        Err(error @ (Error::Policy(_) | Error::PolicyTooLarge(..) | Error::LimitExceeded(..))) => {
            let (status, text) = desk.words(&error).ok_or_else(Failure::internal)?;
            Ok(page(&desk, &name, &form, status, &text))
        }
        Err(error) => desk.undone(&path(Keeper::Own, &name), error),
    }
}

/// Which version.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct OfVersion {
    version: String,
}

pub(super) async fn set_default(Path(name): Path<String>, sent: SignedForm<OfVersion>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "policies");
    desk.demand(deeds::SET_DEFAULT_VERSION, &[On::Policy(Keeper::Own.reference(&name))]).await?;
    let version = sent.form.version;
    let (here, text) = (path(Keeper::Own, &name), format!("The version {version} is in force."));
    let change = move |desk: Desk| {
        let (name, version) = (name.clone(), version.clone());
        async move { policy_versions::set_default(desk.ctx(), Keeper::Own.reference(&name), &version).await }
    };
    desk.change(&here, &text, change).await
}

pub(super) async fn delete_version(Path(name): Path<String>, sent: SignedForm<OfVersion>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "policies");
    desk.demand(deeds::DELETE_VERSION, &[On::Policy(Keeper::Own.reference(&name))]).await?;
    let version = sent.form.version;
    let (here, text) = (path(Keeper::Own, &name), format!("The version {version} is deleted."));
    let change = move |desk: Desk| {
        let (name, version) = (name.clone(), version.clone());
        async move { policy_versions::delete(desk.ctx(), Keeper::Own.reference(&name), &version).await }
    };
    desk.change(&here, &text, change).await
}

pub(super) async fn delete(Path(name): Path<String>, sent: SignedForm<Nothing>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "policies");
    desk.demand(deeds::DELETE_POLICY, &[On::Policy(Keeper::Own.reference(&name))]).await?;
    let policy = name.clone();
    let done = desk.run(move |desk| {
        let policy = policy.clone();
        async move { policies::delete(desk.ctx(), Keeper::Own.reference(&policy), OtherVersions::Stay).await }
    });
    match done.await? {
        Ok(()) => Ok(desk.done(PATH, &format!("The policy {name} is deleted."))),
        Err(error) => desk.undone(&path(Keeper::Own, &name), error),
    }
}
