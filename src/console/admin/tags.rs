//! Labels on users, roles and the account's own policies: shown, put on, taken off.

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;

use super::super::page::Failure;
use super::super::signed_in::SignedForm;
use super::desk::Desk;
use super::form::Input;
use super::permission::{self as deeds, Deed, On};
use super::policies::{self, Keeper};
use super::user::named;
use super::view::{Block, Cell, Panel, Table};
use super::{roles, users, words};
use crate::domain::arn::Kind;
use crate::domain::user::Tag;
use crate::services::policies::PolicyRef;
use crate::services::tagged::{self, ResourceRef};

/// What carries labels.
#[derive(Clone)]
pub(super) enum Bearer {
    User(String),
    Role(String),
    Policy(String),
}

impl Bearer {
    fn read(kind: &str, name: String) -> Self {
        match kind {
            "users" => Self::User(name),
            "roles" => Self::Role(name),
            _ => Self::Policy(name),
        }
    }

    fn on(&self) -> On<'_> {
        match self {
            Self::User(name) => On::One(Kind::User, name),
            Self::Role(name) => On::One(Kind::Role, name),
            Self::Policy(name) => On::Policy(PolicyRef::Own(name)),
        }
    }

    fn path(&self) -> String {
        match self {
            Self::User(name) => users::path(name),
            Self::Role(name) => roles::path(name),
            Self::Policy(name) => policies::path(Keeper::Own, name),
        }
    }

    /// The deeds that put on and take off.
    fn deeds(&self) -> [Deed; 2] {
        match self {
            Self::User(_) => [deeds::TAG_USER, deeds::UNTAG_USER],
            Self::Role(_) => [deeds::TAG_ROLE, deeds::UNTAG_ROLE],
            Self::Policy(_) => [deeds::TAG_POLICY, deeds::UNTAG_POLICY],
        }
    }

    fn reference(&self) -> ResourceRef {
        match self {
            Self::User(name) => ResourceRef::User(named(name)),
            Self::Role(name) => ResourceRef::Role(name.clone()),
            Self::Policy(name) => ResourceRef::Policy(name.clone()),
        }
    }
}

/// Which labels may be put on can depend on them: that is asked when they are sent, and here whether any may.
pub(super) async fn panel(desk: &Desk, bearer: &Bearer, tags: &[Tag]) -> Result<Panel, Failure> {
    let here = bearer.path();
    let [put, remove] = bearer.deeds();
    let keys: Vec<String> = tags.iter().map(|tag| tag.key.clone()).collect();
    let may_remove = tags.is_empty() || desk.may(remove, &[bearer.on(), On::Untags(&keys)]).await?;
    let row = |tag: &Tag| {
        let form = desk.form(format!("{here}/tags/remove"), "Remove").to(&*tag.key).quiet();
        let act = if may_remove { form.hidden("key", &*tag.key).cell() } else { Cell::or_dash("") };
        vec![Cell::text(&*tag.key), Cell::or_dash(&*tag.value), act]
    };
    let table = if tags.is_empty() {
        Block::empty("No tags", "Policies can look at tags, and lists can be searched by them.")
    } else {
        Block::Table(Table::new("Tags", &["Key", "Value", "Action"], tags.iter().map(row).collect()))
    };
    let key = Input::text("key", "Key").required();
    let value = Input::text("value", "Value");
    let form = || {
        let form = desk.form(format!("{here}/tags/put"), "Add the tag");
        form.with(key).with(value).quiet().block()
    };
    let add = desk.offer(put, &[bearer.on()], form).await?;
    Ok(Panel::new("tags", "Tags", vec![table, add]))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    key: String,
    value: String,
}

/// What is wrong with a label; empty is nothing.
fn fault(desk: &Desk, tag: &Tag) -> String {
    let words = words::of_cloud(desk.cloud());
    let clean = |text: &str| !text.chars().any(char::is_control);
    if tag.key.is_empty() || tag.key.chars().count() > 128 || !clean(&tag.key) {
        "A tag's key has 1 to 128 characters.".to_owned()
    } else if tag.value.chars().count() > words.longest_tag_value || !clean(&tag.value) {
        format!("A tag's value has {} characters at the most.", words.longest_tag_value)
    } else if tag.key.to_lowercase().starts_with(words.reserved_tag) {
        format!("The cloud keeps keys that begin with {} for itself.", words.reserved_tag)
    } else {
        String::new()
    }
}

pub(super) async fn put(kind: &str, Path(name): Path<String>, sent: SignedForm<Sent>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "users");
    let bearer = Bearer::read(kind, name);
    let tag = Tag { key: sent.form.key.trim().to_owned(), value: sent.form.value.trim().to_owned() };
    let tags = [tag];
    desk.demand(bearer.deeds()[0], &[bearer.on(), On::Tags(&tags)]).await?;
    let fault = fault(&desk, &tags[0]);
    if !fault.is_empty() {
        return Ok(desk.refused(&bearer.path(), &fault));
    }
    let (path, text) = (bearer.path(), format!("The tag {} is there.", tags[0].key));
    let change = move |desk: Desk| {
        let (on, tags) = ([bearer.reference()], tags.clone());
        async move { tagged::tag(desk.ctx(), &on, &tags).await }
    };
    desk.change(&path, &text, change).await
}

pub(super) async fn remove(kind: &str, Path(name): Path<String>, sent: SignedForm<Sent>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "users");
    let bearer = Bearer::read(kind, name);
    let keys = [sent.form.key];
    desk.demand(bearer.deeds()[1], &[bearer.on(), On::Untags(&keys)]).await?;
    let (path, text) = (bearer.path(), format!("The tag {} is gone.", keys[0]));
    let change = move |desk: Desk| {
        let (on, keys) = ([bearer.reference()], keys.clone());
        async move { tagged::untag(desk.ctx(), &on, Some(&keys)).await }
    };
    desk.change(&path, &text, change).await
}
