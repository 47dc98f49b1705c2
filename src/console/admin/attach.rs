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
use crate::domain::managed_policies;
use crate::services::authorize::Asked;
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

const ATTACH_USER: Deed = Deed("AttachPolicyToUser", "AttachUserPolicy");
const ATTACH_GROUP: Deed = Deed("AttachPolicyToGroup", "AttachGroupPolicy");
const ATTACH_ROLE: Deed = Deed("AttachPolicyToRole", "AttachRolePolicy");
const DETACH_USER: Deed = Deed("DetachPolicyFromUser", "DetachUserPolicy");
const DETACH_GROUP: Deed = Deed("DetachPolicyFromGroup", "DetachGroupPolicy");
const DETACH_ROLE: Deed = Deed("DetachPolicyFromRole", "DetachRolePolicy");
const LIST_USER: Deed = Deed("ListPoliciesForUser", "ListAttachedUserPolicies");
const LIST_GROUP: Deed = Deed("ListPoliciesForGroup", "ListAttachedGroupPolicies");
const LIST_ROLE: Deed = Deed("ListPoliciesForRole", "ListAttachedRolePolicies");

impl Owner {
    fn read(kind: &str, name: String) -> Option<Self> {
        match kind {
            "users" => Some(Self::User(name)),
            "groups" => Some(Self::Group(name)),
            "roles" => Some(Self::Role(name)),
            _ => None,
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::User(name) | Self::Group(name) | Self::Role(name) => name,
        }
    }

    fn on(&self) -> On<'_> {
        match self {
            Self::User(name) => On::One(Kind::User, name),
            Self::Group(name) => On::One(Kind::Group, name),
            Self::Role(name) => On::One(Kind::Role, name),
        }
    }

    fn path(&self) -> String {
        match self {
            Self::User(name) => users::path(name),
            Self::Group(name) => groups::path(name),
            Self::Role(name) => roles::path(name),
        }
    }

    fn list(&self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::User(_) => ("users", users::PATH, "Users"),
            Self::Group(_) => ("groups", groups::PATH, "Groups"),
            Self::Role(_) => ("roles", roles::PATH, "Roles"),
        }
    }

    fn reference(&self) -> OwnerRef {
        match self {
            Self::User(name) => OwnerRef::User(named(name)),
            Self::Group(name) => OwnerRef::Group(name.clone()),
            Self::Role(name) => OwnerRef::Role(name.clone()),
        }
    }

    /// The deeds that list, attach and detach.
    fn deeds(&self) -> [Deed; 3] {
        match self {
            Self::User(_) => [LIST_USER, ATTACH_USER, DETACH_USER],
            Self::Group(_) => [LIST_GROUP, ATTACH_GROUP, DETACH_GROUP],
            Self::Role(_) => [LIST_ROLE, ATTACH_ROLE, DETACH_ROLE],
        }
    }
}

/// What attaching or detaching asks: on AWS conditions see which policy it is.
fn asked(desk: &Desk, deed: Deed, owner: &Owner, policy: &Named) -> Vec<Asked> {
    let on = [owner.on(), On::Policy(policy.keeper.reference(&policy.name))];
    let mut asked = deeds::asked(desk.ctx(), deed, &on);
    for one in &mut asked {
        one.facts.extend(policy.arn.iter().map(|arn| ("iam:PolicyARN", vec![arn.clone()])));
    }
    asked
}

/// A policy as a form names it.
#[derive(Clone, Deserialize)]
pub(super) struct Named {
    keeper: Keeper,
    name: String,
    #[serde(skip)]
    arn: Option<String>,
}

pub(super) async fn panel(desk: &Desk, owner: Owner) -> Result<Panel, Failure> {
    const HEADING: &str = "Policies";
    let [list, attach, detach] = owner.deeds();
    if let Some(missing) = desk.lacks(list, &[owner.on()]).await? {
        return Ok(Panel::new("policies", HEADING, vec![Block::Missing(missing)]));
    }
    let found = policy_attachments::list(desk.ctx(), &owner.reference()).await;
    let mut rows = Vec::new();
    for policy in found.map_err(|error| desk.fail(error))? {
        let keeper = if managed_policies::is_of_cloud(&policy.arn) { Keeper::Cloud } else { Keeper::Own };
        let on = [owner.on(), On::Policy(keeper.reference(&policy.name))];
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
    let button = || {
        let path = format!("{}/policies", owner.path());
        Block::Cells(vec![Cell::Button(Link::new(path, "Attach a policy"))])
    };
    // Which policy it may be is asked when it is known.
    blocks.push(desk.offer(attach, &[owner.on()], button).await?);
    Ok(Panel::new("policies", HEADING, blocks))
}

fn owner_of(desk: &Desk, kind: &str, name: String) -> Result<Owner, Failure> {
    Owner::read(kind, name).ok_or_else(|| desk.fail(crate::domain::error::Error::Missing("kind")))
}

/// The policies that can be attached.
pub(super) async fn pick(
    me: SignedIn,
    kind: &str,
    name: String,
    Query(query): Query<ListQuery>,
) -> Result<Response, Failure> {
    let desk = Desk::new(me, "");
    let owner = owner_of(&desk, kind, name)?;
    let [_, attach, _] = owner.deeds();
    let (section, list, title) = owner.list();
    let desk = desk.again(section);
    desk.demand(attach, &[owner.on()]).await?;
    desk.demand(deeds::LIST_POLICIES, &[On::All(Kind::Policy)]).await?;
    let page = policies::find(&desk, &query.search, &query.after, None).await?;
    let path = format!("{}/policies", owner.path());
    let rows = page.items.iter().map(|used| {
        let (keeper, name) = (Keeper::of(&used.policy), used.policy.name());
        let act = if used.policy.is_reserved() {
            Cell::Soft("for the cloud's services".to_owned())
        } else {
            let form = desk.form(format!("{path}/attach"), "Attach").to(name).quiet();
            form.hidden("keeper", keeper.as_str()).hidden("name", name).cell()
        };
        let link = Cell::link(policies::path(keeper, name), name);
        vec![link, Cell::text(keeper.title()), Cell::or_dash(used.policy.description()), act]
    });
    let rows: Vec<_> = rows.collect();
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
    let desk = Desk::new(sent.signed_in, "");
    let owner = owner_of(&desk, kind, name)?;
    let (mut policy, [_, attach, detach]) = (sent.form, owner.deeds());
    policy.arn = crate::services::policies::get(desk.ctx(), policy.keeper.reference(&policy.name))
        .await
        .ok()
        .map(|used| used.policy.arn(desk.cloud()).into_owned());
    let deed = if is_attaching { attach } else { detach };
    desk.demand_all(deed, &[owner.on()], &asked(&desk, deed, &owner, &policy)).await?;
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
