//! Managed policies on users, groups and roles: what is attached, attaching from a list, detaching.

use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;

use super::super::page::Failure;
use super::super::signed_in::{SignedForm, SignedIn};
use super::desk::{Desk, ListQuery};
use super::permission::{self as deeds, Deed, On};
use super::policies::{self, Keeper};
use super::user::named;
use super::view::{Block, Cell, Link, Panel, Search, Table};
use super::{groups, roles, users};
use crate::domain::arn::Kind;
use crate::domain::error::Error;
use crate::domain::managed_policies;
use crate::services::policy_attachments;
use crate::services::policy_owners::OwnerRef;

/// What has policies.
#[derive(Clone)]
pub(super) enum Owner {
    User(String),
    Group(String),
    Role(String),
}

/// What has policies, as paths have it.
pub(super) const KINDS: [&str; 3] = ["users", "groups", "roles"];

impl Owner {
    /// The owner that a path names, and the desk of its section.
    pub(super) fn at(me: SignedIn, kind: &str, name: String) -> Result<(Desk, Self), Failure> {
        let desk = Desk::new(me, "");
        let owner = Self::read(kind, name).ok_or_else(|| desk.fail(Error::Missing("kind")))?;
        Ok((desk.again(owner.list().0), owner))
    }

    fn read(kind: &str, name: String) -> Option<Self> {
        match kind {
            "users" => Some(Self::User(name)),
            "groups" => Some(Self::Group(name)),
            "roles" => Some(Self::Role(name)),
            _ => None,
        }
    }

    pub(super) fn name(&self) -> &str {
        match self {
            Self::User(name) | Self::Group(name) | Self::Role(name) => name,
        }
    }

    pub(super) fn on(&self) -> On<'_> {
        match self {
            Self::User(name) => On::One(Kind::User, name),
            Self::Group(name) => On::One(Kind::Group, name),
            Self::Role(name) => On::One(Kind::Role, name),
        }
    }

    pub(super) fn path(&self) -> String {
        match self {
            Self::User(name) => users::path(name),
            Self::Group(name) => groups::path(name),
            Self::Role(name) => roles::path(name),
        }
    }

    pub(super) fn list(&self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::User(_) => ("users", users::PATH, "Users"),
            Self::Group(_) => ("groups", groups::PATH, "Groups"),
            Self::Role(_) => ("roles", roles::PATH, "Roles"),
        }
    }

    pub(super) fn reference(&self) -> OwnerRef {
        match self {
            Self::User(name) => OwnerRef::User(named(name)),
            Self::Group(name) => OwnerRef::Group(name.clone()),
            Self::Role(name) => OwnerRef::Role(name.clone()),
        }
    }

    /// The deeds that list, attach and detach.
    fn deeds(&self) -> [Deed; 3] {
        match self {
            Self::User(_) => [deeds::ATTACHED_USER, deeds::ATTACH_USER, deeds::DETACH_USER],
            Self::Group(_) => [deeds::ATTACHED_GROUP, deeds::ATTACH_GROUP, deeds::DETACH_GROUP],
            Self::Role(_) => [deeds::ATTACHED_ROLE, deeds::ATTACH_ROLE, deeds::DETACH_ROLE],
        }
    }
}

/// A policy as a form names it.
#[derive(Clone, Deserialize)]
pub(super) struct Named {
    keeper: Keeper,
    name: String,
}

pub(super) async fn panel(desk: &Desk, owner: &Owner) -> Result<Panel, Failure> {
    const HEADING: &str = "Policies";
    let [list, _, detach] = owner.deeds();
    if let Some(missing) = desk.lacks(list, &[owner.on()]).await? {
        return Ok(Panel::new("policies", HEADING, vec![Block::Missing(missing)]));
    }
    let found = policy_attachments::list(desk.ctx(), &owner.reference()).await;
    let mut rows = Vec::new();
    for policy in found.map_err(|error| desk.fail(error))? {
        let keeper = if managed_policies::is_of_cloud(&policy.arn) { Keeper::Cloud } else { Keeper::Own };
        let on = [owner.on(), On::Known(keeper.reference(&policy.name), &policy.arn)];
        let act = if desk.may(detach, &on).await? {
            let form = desk.form(format!("{}/policies/detach", owner.path()), "Detach").to(&*policy.name).quiet();
            form.hidden("keeper", keeper.as_str()).hidden("name", &*policy.name).cell()
        } else {
            Cell::or_dash("")
        };
        let link = Cell::link(policies::path(keeper, &policy.name), &*policy.name);
        rows.push(vec![link, Cell::text(keeper.title()), act]);
    }
    let mut blocks = vec![if rows.is_empty() {
        Block::empty("No policies", "Nothing is permitted by a managed policy here.")
    } else {
        Block::Table(Table::new(HEADING, &["Policy", "Kept by", "Action"], rows))
    }];
    // Which policies may be attached is told where they are chosen: it can depend on the policy.
    let path = format!("{}/policies", owner.path());
    blocks.push(Block::Cells(vec![Cell::Button(Link::new(path, "Attach a policy"))]));
    Ok(Panel::new("policies", HEADING, blocks))
}

/// The policies that can be attached.
pub(super) async fn pick(
    me: SignedIn,
    kind: &str,
    name: String,
    Query(query): Query<ListQuery>,
) -> Result<Response, Failure> {
    let (desk, owner) = Owner::at(me, kind, name)?;
    let [_, attach, _] = owner.deeds();
    let (_, list, title) = owner.list();
    desk.demand(deeds::LIST_POLICIES, &[On::All(Kind::Policy)]).await?;
    let page = policies::find(&desk, &query.search, &query.after, None).await?;
    let path = format!("{}/policies", owner.path());
    let mut rows = Vec::new();
    for used in &page.items {
        let (keeper, name) = (Keeper::of(&used.policy), used.policy.name());
        let on = [owner.on(), On::Known(keeper.reference(name), &used.policy.arn(desk.cloud()))];
        let act = if used.policy.is_reserved() {
            Cell::Soft("for the cloud's services".to_owned())
        } else if let Some(missing) = desk.lacks(attach, &on).await? {
            Cell::Soft(format!("You need {missing}."))
        } else {
            let form = desk.form(format!("{path}/attach"), "Attach").to(name).quiet();
            form.hidden("keeper", keeper.as_str()).hidden("name", name).cell()
        };
        let link = Cell::link(policies::path(keeper, name), name);
        rows.push(vec![link, Cell::text(keeper.title()), Cell::or_dash(used.policy.description()), act]);
    }
    let mut view = desk.view("Attach a policy");
    view.lead = format!("To {}.", owner.name());
    view.trail = vec![Link::new(list, title), Link::new(owner.path(), owner.name())];
    let label = "Search by a part of the name";
    view.blocks.push(Block::Search(Search { action: path.clone(), label, value: query.search.clone() }));
    view.blocks.push(if rows.is_empty() {
        Block::empty("No policy's name has this in it", "Try a shorter part of the name.")
    } else {
        Block::Table(Table::new("Policies", &["Policy", "Kept by", "Description", "Action"], rows))
    });
    view.blocks.extend(policies::pager(&path, &query, page.next.as_deref()));
    Ok(desk.send(&view))
}

/// Attaches a policy or detaches it.
pub(super) async fn change(
    kind: &str,
    name: String,
    sent: SignedForm<Named>,
    is_attaching: bool,
) -> Result<Response, Failure> {
    let (desk, owner) = Owner::at(sent.signed_in, kind, name)?;
    let (policy, [_, attach, detach]) = (sent.form, owner.deeds());
    let deed = if is_attaching { attach } else { detach };
    desk.demand(deed, &[owner.on(), On::Policy(policy.keeper.reference(&policy.name))]).await?;
    let done = if is_attaching { "attached" } else { "detached" };
    let text = format!("The policy {} is {done}.", policy.name);
    let reference = owner.reference();
    let change = move |desk: Desk| {
        let (reference, policy) = (reference.clone(), policy.clone());
        async move {
            let named = policy.keeper.reference(&policy.name);
            if is_attaching {
                policy_attachments::attach(desk.ctx(), &reference, named).await
            } else {
                policy_attachments::detach(desk.ctx(), &reference, named).await
            }
        }
    };
    desk.change(&owner.path(), &text, change).await
}
