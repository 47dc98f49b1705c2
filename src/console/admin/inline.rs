//! Inline policies of users, groups and roles, where the cloud has them: listed, read, written, deleted.

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::super::page::Failure;
use super::super::signed_in::{SignedForm, SignedIn};
use super::attach::Owner;
use super::desk::{Desk, ROWS, encode};
use super::form::Input;
use super::permission::{self as deeds, Deed, On};
use super::policies::{lines, pretty};
use super::view::{Block, Cell, Link, Panel, Table};
use super::words;
use crate::domain::error::Error;
use crate::domain::policy_owner::InlinePolicy;
use crate::services::inline_policies;

/// The deeds that list, read, write and delete.
fn deeds_of(owner: &Owner) -> [Deed; 4] {
    match owner {
        Owner::User(_) => {
            [deeds::INLINE_USER, deeds::GET_INLINE_USER, deeds::PUT_INLINE_USER, deeds::DELETE_INLINE_USER]
        }
        Owner::Group(_) => {
            [deeds::INLINE_GROUP, deeds::GET_INLINE_GROUP, deeds::PUT_INLINE_GROUP, deeds::DELETE_INLINE_GROUP]
        }
        Owner::Role(_) => {
            [deeds::INLINE_ROLE, deeds::GET_INLINE_ROLE, deeds::PUT_INLINE_ROLE, deeds::DELETE_INLINE_ROLE]
        }
    }
}

/// The panel of an owner; none where the cloud has no inline policies.
pub(super) async fn panel(desk: &Desk, owner: &Owner) -> Result<Option<Panel>, Failure> {
    const HEADING: &str = "Inline policies";
    if !words::of_cloud(desk.cloud()).has_inline {
        return Ok(None);
    }
    let [list, _, put, delete] = deeds_of(owner);
    let on = [owner.on()];
    if let Some(missing) = desk.lacks(list, &on).await? {
        return Ok(Some(Panel::new("inline", HEADING, vec![Block::Missing(missing)])));
    }
    let here = format!("{}/inline", owner.path());
    let page = inline_policies::list(desk.ctx(), &owner.reference(), "", ROWS).await;
    let page = page.map_err(|error| desk.fail(error))?;
    let missing = desk.lacks(delete, &on).await?;
    let row = |name: &String| {
        let act = if missing.is_none() {
            let form = desk.form(format!("{here}/delete"), "Delete policy").to(&**name).hidden("name", &**name);
            form.confirm("Delete", "What it permits or forbids ends at once, and it cannot come back.").cell()
        } else {
            Cell::or_dash("")
        };
        vec![Cell::link(format!("{here}?policy={}", encode(name)), &**name), act]
    };
    let mut blocks = vec![if page.items.is_empty() {
        Block::empty("No inline policies", "An inline policy is part of this and goes with it.")
    } else {
        Block::Table(Table::new(HEADING, &["Policy", "Action"], page.items.iter().map(row).collect()))
    }];
    if page.next.is_some() {
        blocks.push(Block::Text(format!("These are the first {ROWS}.")));
    }
    blocks.extend(missing.map(Block::Missing));
    let create = || Block::Cells(vec![Cell::Button(Link::new(here, "Create an inline policy"))]);
    blocks.push(desk.offer(put, &on, create).await?);
    Ok(Some(Panel::new("inline", HEADING, blocks)))
}

/// Which policy is to be edited; none is a new one.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Which {
    policy: String,
}

/// What is filled in.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    name: String,
    document: String,
    is_new: Option<String>,
}

fn page(desk: &Desk, owner: &Owner, form: &Sent, status: StatusCode, faults: (&str, &str)) -> Response {
    let here = format!("{}/inline", owner.path());
    let mut fields = desk.form(&*here, if form.is_new.is_some() { "Create policy" } else { "Save" });
    fields = if form.is_new.is_some() {
        let name = Input::text("name", "Policy name").value(&*form.name).required().focus().error(faults.0);
        fields.hidden("is_new", "on").with(name)
    } else {
        fields.hidden("name", &*form.name)
    };
    let document = Input::area("document", "Policy document").value(&*form.document).required().error(faults.1);
    fields = fields.with(document).cancel(owner.path());
    let (_, list, title) = owner.list();
    let mut view = desk.view(if form.is_new.is_some() { "Create an inline policy" } else { &*form.name });
    view.trail = vec![Link::new(list, title), Link::new(owner.path(), owner.name())];
    view.panels = vec![Panel::new("inline", "The policy", vec![fields.block()])];
    desk.send_as(status, &view)
}

/// A policy to read and edit, or the form for a new one.
pub(super) async fn show(
    me: SignedIn,
    kind: &str,
    name: String,
    Query(which): Query<Which>,
) -> Result<Response, Failure> {
    let (desk, owner) = Owner::at(me, kind, name)?;
    let [_, get, put, _] = deeds_of(&owner);
    if which.policy.is_empty() {
        desk.demand(put, &[owner.on()]).await?;
        let document = words::of_cloud(desk.cloud()).policy.to_owned();
        let form = Sent { document, is_new: Some("on".to_owned()), ..Sent::default() };
        return Ok(page(&desk, &owner, &form, StatusCode::OK, ("", "")));
    }
    desk.demand(get, &[owner.on()]).await?;
    let found = inline_policies::get(desk.ctx(), &owner.reference(), &which.policy).await;
    let (_, policy) = found.map_err(|error| desk.fail(error))?;
    let form = Sent { name: policy.name, document: pretty(&policy.document), is_new: None };
    if let Some(missing) = desk.lacks(put, &[owner.on()]).await? {
        let (_, list, title) = owner.list();
        let mut view = desk.view(&*form.name);
        view.trail = vec![Link::new(list, title), Link::new(owner.path(), owner.name())];
        view.panels =
            vec![Panel::new("inline", "The policy", vec![Block::Document(form.document), Block::Missing(missing)])];
        return Ok(desk.send(&view));
    }
    Ok(page(&desk, &owner, &form, StatusCode::OK, ("", "")))
}

pub(super) async fn save(kind: &str, name: String, sent: SignedForm<Sent>) -> Result<Response, Failure> {
    let (desk, owner) = Owner::at(sent.signed_in, kind, name)?;
    let form = sent.form;
    desk.demand(deeds_of(&owner)[2], &[owner.on()]).await?;
    let mut fault = words::name_fault(&form.name, words::of_cloud(desk.cloud()).policy_marks, 128);
    if fault.is_empty() && form.is_new.is_some() {
        // The API would replace one of this name; whoever makes a new one means none of these.
        let found = inline_policies::get(desk.ctx(), &owner.reference(), &form.name).await;
        if found.is_ok() {
            fault = format!("There is an inline policy named {} already.", form.name);
        }
    }
    if !fault.is_empty() {
        return Ok(page(&desk, &owner, &form, StatusCode::BAD_REQUEST, (&fault, "")));
    }
    let policy = InlinePolicy { name: form.name.clone(), document: lines(&form.document) };
    let reference = owner.reference();
    let done = desk.run(move |desk| {
        let (reference, policy) = (reference.clone(), policy.clone());
        async move { inline_policies::put(desk.ctx(), &reference, &policy).await }
    });
    match done.await? {
        Ok(()) => Ok(desk.done(&owner.path(), &format!("The inline policy {} is saved.", form.name))),
        Err(error @ (Error::Policy(_) | Error::PolicyTooLarge(..))) => {
            let (status, text) = desk.words(&error).ok_or_else(Failure::internal)?;
            Ok(page(&desk, &owner, &form, status, ("", &text)))
        }
        Err(error) => desk.undone(&owner.path(), error),
    }
}

pub(super) async fn delete(kind: &str, name: String, sent: SignedForm<Sent>) -> Result<Response, Failure> {
    let (desk, owner) = Owner::at(sent.signed_in, kind, name)?;
    desk.demand(deeds_of(&owner)[3], &[On::Said("PolicyName", &sent.form.name), owner.on()]).await?;
    let (reference, policy) = (owner.reference(), sent.form.name);
    let text = format!("The inline policy {policy} is deleted.");
    let change = move |desk: Desk| {
        let (reference, policy) = (reference.clone(), policy.clone());
        async move { inline_policies::delete(desk.ctx(), &reference, &policy).await }
    };
    desk.change(&owner.path(), &text, change).await
}
