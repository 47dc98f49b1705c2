//! Permissions boundaries of users and roles, where the cloud has them: shown, set, taken away.

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;

use super::super::page::Failure;
use super::super::signed_in::SignedForm;
use super::desk::Desk;
use super::form::Input;
use super::permission::{self as deeds, On};
use super::user::named;
use super::view::{Block, Cell, Panel};
use super::{Nothing, roles, users, words};
use crate::domain::arn::Kind;
use crate::services::boundaries::{self, BoundedRef};

fn path(kind: Kind, name: &str) -> String {
    if kind == Kind::User { users::path(name) } else { roles::path(name) }
}

fn reference(kind: Kind, name: &str) -> BoundedRef {
    if kind == Kind::User { BoundedRef::User(named(name)) } else { BoundedRef::Role(name.to_owned()) }
}

/// The panel of a user or a role; none where the cloud has no boundaries.
pub(super) async fn panel(
    desk: &Desk,
    kind: Kind,
    name: &str,
    boundary: Option<&str>,
) -> Result<Option<Panel>, Failure> {
    if !words::of_cloud(desk.cloud()).has_inline {
        return Ok(None);
    }
    let here = path(kind, name);
    let mut blocks = vec![match boundary {
        Some(arn) => Block::Facts(vec![("Boundary", Cell::copy("the boundary's ARN", arn))]),
        None => Block::empty("No boundary", "What policies permit is not bounded by another policy."),
    }];
    let arn = Input::text("arn", "ARN of a managed policy").value(boundary.unwrap_or_default()).required();
    let arn = arn.hint("It permits nothing by itself: what it does not permit, no other policy does.");
    let submit = if boundary.is_some() { "Change the boundary" } else { "Set the boundary" };
    // Which policy it may be can depend on the policy: whether it may is told when it is sent.
    blocks.push(desk.form(format!("{here}/boundary"), submit).with(arn).quiet().block());
    if boundary.is_some() {
        let deed = if kind == Kind::User { deeds::UNBOUND_USER } else { deeds::UNBOUND_ROLE };
        let form = desk.form(format!("{here}/boundary/remove"), "Remove the boundary");
        let warning = "Everything that other policies permit is possible again at once.";
        let remove = || form.confirm("Remove the boundary", warning).block();
        blocks.push(desk.offer(deed, &[On::One(kind, name)], remove).await?);
    }
    Ok(Some(Panel::new("boundary", "Permissions boundary", blocks)))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    arn: String,
}

pub(super) async fn put(kind: Kind, Path(name): Path<String>, sent: SignedForm<Sent>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "users");
    let arn = sent.form.arn.trim().to_owned();
    let deed = if kind == Kind::User { deeds::BOUND_USER } else { deeds::BOUND_ROLE };
    desk.demand(deed, &[On::One(kind, &name), On::Said("PermissionsBoundary", &arn)]).await?;
    let (here, of) = (path(kind, &name), reference(kind, &name));
    let change = move |desk: Desk| {
        let (of, arn) = (of.clone(), arn.clone());
        async move { boundaries::put(desk.ctx(), &of, &arn).await }
    };
    desk.change(&here, "The boundary is set.", change).await
}

pub(super) async fn remove(
    kind: Kind,
    Path(name): Path<String>,
    sent: SignedForm<Nothing>,
) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "users");
    let deed = if kind == Kind::User { deeds::UNBOUND_USER } else { deeds::UNBOUND_ROLE };
    desk.demand(deed, &[On::One(kind, &name)]).await?;
    let (here, of) = (path(kind, &name), reference(kind, &name));
    let change = move |desk: Desk| {
        let of = of.clone();
        async move { boundaries::delete(desk.ctx(), &of).await }
    };
    desk.change(&here, "The boundary is removed.", change).await
}
