//! A user's access keys: made, switched off and on, deleted. A secret is shown once.

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;

use super::super::page::{Failure, stamp};
use super::super::parts::Tone;
use super::super::signed_in::SignedForm;
use super::Nothing;
use super::desk::Desk;
use super::permission::{self as deeds, On};
use super::user::named;
use super::users::{PATH, path};
use super::view::{Block, Cell, Link, Panel, Table};
use crate::domain::access_key::{AccessKey, KeyStatus};
use crate::domain::account::Cloud;
use crate::domain::arn::Kind;
use crate::domain::user::User;
use crate::services::{access_keys, upkeep};

pub(super) async fn panel(desk: &Desk, user: &User) -> Result<Panel, Failure> {
    let on = [On::One(Kind::User, &user.name)];
    if let Some(missing) = desk.lacks(deeds::LIST_KEYS, &on).await? {
        return Ok(Panel::new("keys", "Access keys", vec![Block::Missing(missing)]));
    }
    let fail = |error| desk.fail(error);
    upkeep::write_key_usage(&desk.ctx().app).await.map_err(fail)?;
    let keys = access_keys::list(desk.ctx(), Some(&named(&user.name))).await.map_err(fail)?;
    let first = keys.first().map(|key| &*key.id).unwrap_or_default();
    let key = if desk.cloud() == Cloud::Aws { "AccessKeyId" } else { "UserAccessKeyId" };
    // They are all the user's: what may be seen of one may be seen of each.
    let may_see_use = desk.may(deeds::KEY_LAST_USED, &[on[0], On::Said(key, first)]).await?;
    let may_change = desk.lacks(deeds::UPDATE_KEY, &on).await?;
    let may_delete = desk.lacks(deeds::DELETE_KEY, &on).await?;
    let row = |key: &AccessKey| {
        let status = match key.status {
            KeyStatus::Active => Cell::badge(Tone::Good, "Active"),
            _ => Cell::badge(Tone::Plain, "Inactive"),
        };
        let used = key.last_used_at.map(|at| {
            let (service, region) = (key.last_used_service.as_deref(), key.last_used_region.as_deref());
            let whereby = [service, region].into_iter().flatten().filter(|text| !text.is_empty());
            format!("{} {}", stamp(at), whereby.collect::<Vec<_>>().join(", "))
        });
        let used = if may_see_use { Cell::text(used.unwrap_or_else(|| "never".to_owned())) } else { Cell::or_dash("") };
        let mut acts = Vec::new();
        let form = |act: &str, submit| {
            desk.form(format!("{}/keys/{act}", path(&user.name)), submit).to(&*key.id).hidden("id", &*key.id)
        };
        if may_change.is_none() {
            acts.push(match key.status {
                KeyStatus::Active => form("deactivate", "Deactivate").quiet().cell(),
                _ => form("activate", "Activate").quiet().cell(),
            });
        }
        if may_delete.is_none() {
            let warning = "Whatever signs with this key is refused at once, and the key cannot come back.";
            acts.push(form("delete", "Delete key").confirm("Delete", warning).cell());
        }
        vec![Cell::copy("the key id", &*key.id), status, Cell::text(stamp(key.created_at)), used, Cell::All(acts)]
    };
    let mut blocks = vec![if keys.is_empty() {
        Block::empty("No access keys", "A key signs calls of the API in the user's name.")
    } else {
        let heads = ["Key id", "Status", "Created", "Last used", "Actions"];
        Block::Table(Table::new("Access keys", &heads, keys.iter().map(row).collect()))
    }];
    if !keys.is_empty() {
        blocks.extend(may_change.into_iter().chain(may_delete).map(Block::Missing));
    }
    let create = || desk.form(format!("{}/keys/create", path(&user.name)), "Create access key").quiet().block();
    blocks.push(desk.offer(deeds::CREATE_KEY, &on, create).await?);
    Ok(Panel::new("keys", "Access keys", blocks))
}

pub(super) async fn create(Path(name): Path<String>, sent: SignedForm<Nothing>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "users");
    desk.demand(deeds::CREATE_KEY, &[On::One(Kind::User, &name)]).await?;
    let user = named(&name);
    let made = desk.run(move |desk| {
        let user = user.clone();
        async move { access_keys::create(desk.ctx(), Some(&user)).await }
    });
    let key = match made.await? {
        Ok(key) => key,
        Err(error) => return desk.undone(&path(&name), error),
    };
    let mut view = desk.view("The new access key");
    view.trail = vec![Link::new(PATH, "Users"), Link::new(path(&name), &*name)];
    view.blocks.push(Block::warning("The secret is shown now and never again. Copy it before you go on."));
    let facts = vec![
        ("User", Cell::text(&*name)),
        ("Key id", Cell::copy("the key id", &*key.id)),
        ("Secret", Cell::copy("the secret", &*key.secret)),
    ];
    let on = Block::Cells(vec![Cell::Button(Link::new(path(&name), "I have copied it"))]);
    view.panels.push(Panel::new("key", "Access key", vec![Block::Facts(facts), on]));
    Ok(desk.send(&view))
}

/// Which key.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct OfKey {
    id: String,
}

async fn set(name: &str, sent: SignedForm<OfKey>, status: KeyStatus, text: &str) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "users");
    desk.demand(deeds::UPDATE_KEY, &[On::One(Kind::User, name)]).await?;
    let (user, id) = (named(name), sent.form.id);
    let text = format!("The access key {id} is {text}.");
    let change = move |desk: Desk| {
        let (user, id) = (user.clone(), id.clone());
        async move { access_keys::update(desk.ctx(), Some(&user), &id, status).await }
    };
    desk.change(&path(name), &text, change).await
}

pub(super) async fn activate(Path(name): Path<String>, sent: SignedForm<OfKey>) -> Result<Response, Failure> {
    set(&name, sent, KeyStatus::Active, "active").await
}

pub(super) async fn deactivate(Path(name): Path<String>, sent: SignedForm<OfKey>) -> Result<Response, Failure> {
    set(&name, sent, KeyStatus::Inactive, "inactive").await
}

pub(super) async fn delete(Path(name): Path<String>, sent: SignedForm<OfKey>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "users");
    desk.demand(deeds::DELETE_KEY, &[On::One(Kind::User, &name)]).await?;
    let (user, id) = (named(&name), sent.form.id);
    let text = format!("The access key {id} is deleted.");
    let change = move |desk: Desk| {
        let (user, id) = (user.clone(), id.clone());
        async move { access_keys::delete(desk.ctx(), Some(&user), &id).await }
    };
    desk.change(&path(&name), &text, change).await
}
