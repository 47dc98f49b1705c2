//! One user's page: what the user is and has, and what can be done about it.

use axum::extract::Path;
use axum::response::Response;

use super::super::page::{Failure, stamp};
use super::super::signed_in::{SignedForm, SignedIn};
use super::attach;
use super::desk::{Desk, ROWS};
use super::permission::{self as deeds, On};
use super::users::{PATH, path};
use super::view::{Block, Cell, Link, Panel, Table};
use super::{Nothing, boundary, conflicts, groups, inline, keys, logon, sessions, tags, words};
use crate::domain::arn::Kind;
use crate::domain::error::Error;
use crate::domain::user::{User, UserRef};
use crate::services::{groups as memberships, mfa_devices, users};

pub(super) fn named(name: &str) -> UserRef {
    UserRef::Name(name.to_owned())
}

pub(super) async fn show(me: SignedIn, Path(name): Path<String>) -> Result<Response, Failure> {
    let desk = Desk::new(me, "users");
    let on = [On::One(Kind::User, &name)];
    desk.demand(deeds::GET_USER, &on).await?;
    let found = desk.ctx().user(&named(&name)).await.map_err(|error| desk.fail(error))?;
    let (user, labels) = &*found;
    let on = [On::One(Kind::User, &user.name)];
    let mut view = desk.view(&*user.name);
    view.trail = vec![Link::new(PATH, "Users")];
    if desk.may(deeds::UPDATE_USER, &on).await? {
        view.actions.push(Link::new(format!("{}/edit", path(&user.name)), "Edit"));
    }
    let owner = attach::Owner::User(user.name.clone());
    view.panels = vec![
        facts(&desk, user),
        logon::panel(&desk, user).await?,
        keys::panel(&desk, user).await?,
        mfa_panel(&desk, user).await?,
        groups_panel(&desk, user).await?,
        attach::panel(&desk, &owner).await?,
    ];
    view.panels.extend(inline::panel(&desk, &owner).await?);
    let boundary = user.permissions_boundary.as_deref();
    view.panels.extend(boundary::panel(&desk, Kind::User, &user.name, boundary).await?);
    view.panels.push(tags::panel(&desk, &tags::Bearer::User(user.name.clone()), labels).await?);
    view.panels.push(sessions::panel(&desk, user).await?);
    let warning = "The user is gone for good, and running console sessions end. It must have no access keys, \
                   console logon, MFA devices, groups or policies any more.";
    let form = desk.form(format!("{}/delete", path(&user.name)), "Delete user");
    let form = form.confirm("Delete this user", warning).block();
    let still = users::conflicts(desk.ctx(), &named(&user.name)).await;
    view.panels.push(conflicts::panel(&desk, deeds::DELETE_USER, &on, still, form).await?);
    Ok(desk.send(&view))
}

fn facts(desk: &Desk, user: &User) -> Panel {
    let words = words::of_cloud(desk.cloud());
    let mut facts =
        vec![("ARN", Cell::copy("the ARN", user.arn(desk.cloud()))), ("Id", Cell::copy("the id", &*user.id))];
    if words.has_comments {
        facts.push(("Display name", Cell::or_dash(&*user.display_name)));
        facts.push(("E-mail address", Cell::or_dash(&*user.email)));
        facts.push(("Mobile phone", Cell::or_dash(&*user.mobile_phone)));
        facts.push(("Comments", Cell::or_dash(&*user.comments)));
    }
    facts.push(("Created", Cell::text(stamp(user.created_at))));
    facts.push(("Last sign-in", Cell::or_dash(user.last_login_at.map(stamp).unwrap_or_default())));
    Panel::new("user", "The user", vec![Block::Facts(facts)])
}

pub(super) async fn delete(Path(name): Path<String>, sent: SignedForm<Nothing>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "users");
    desk.demand(deeds::DELETE_USER, &[On::One(Kind::User, &name)]).await?;
    let user = name.clone();
    let done = desk.run(move |desk| {
        let user = named(&user);
        async move { users::delete(desk.ctx(), &user).await }
    });
    match done.await? {
        Ok(()) => Ok(desk.done(PATH, &format!("The user {name} is deleted."))),
        Err(error) => desk.undone(&path(&name), error),
    }
}

async fn mfa_panel(desk: &Desk, user: &User) -> Result<Panel, Failure> {
    let on = [On::One(Kind::User, &user.name)];
    if let Some(missing) = desk.lacks(deeds::GET_MFA, &on).await? {
        return Ok(Panel::new("mfa", "MFA devices", vec![Block::Missing(missing)]));
    }
    let found = mfa_devices::all_of_user(desk.ctx(), &named(&user.name)).await;
    let (_, devices) = found.map_err(|error| desk.fail(error))?;
    if devices.is_empty() {
        let text = "The user binds one at a sign-in, or by the API.";
        return Ok(Panel::new("mfa", "MFA devices", vec![Block::empty("No MFA device", text)]));
    }
    let missing = desk.lacks(deeds::UNBIND_MFA, &on).await?;
    let rows = devices.iter().map(|device| {
        let serial = device.serial_number(desk.cloud());
        let unbind = || {
            let action = format!("{}/mfa/unbind", path(&user.name));
            let warning = "The user signs in without a second factor from then on, unless one is asked for.";
            desk.form(action, "Unbind").to(&*serial).hidden("serial", &*serial).confirm("Unbind", warning).cell()
        };
        let bound = device.bound_at.map(stamp).unwrap_or_default();
        let act = if missing.is_none() { unbind() } else { Cell::or_dash("") };
        vec![Cell::text(&*serial), Cell::or_dash(bound), act]
    });
    let table = Table::new("MFA devices", &["Serial number", "Bound", "Action"], rows.collect());
    let mut blocks = vec![Block::Table(table)];
    blocks.extend(missing.map(Block::Missing));
    Ok(Panel::new("mfa", "MFA devices", blocks))
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Device {
    serial: String,
}

pub(super) async fn unbind(Path(name): Path<String>, sent: SignedForm<Device>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "users");
    desk.demand(deeds::UNBIND_MFA, &[On::One(Kind::User, &name)]).await?;
    let (user, serial) = (named(&name), sent.form.serial);
    let change = move |desk: Desk| {
        let (user, serial) = (user.clone(), serial.clone());
        async move { mfa_devices::unbind_one(desk.ctx(), &user, &serial).await }
    };
    desk.change(&path(&name), "The MFA device is unbound.", change).await
}

async fn groups_panel(desk: &Desk, user: &User) -> Result<Panel, Failure> {
    let on = [On::One(Kind::User, &user.name)];
    if let Some(missing) = desk.lacks(deeds::GROUPS_OF_USER, &on).await? {
        return Ok(Panel::new("groups", "Groups", vec![Block::Missing(missing)]));
    }
    let found = memberships::of_user(desk.ctx(), &named(&user.name), "", ROWS).await;
    let page = found.map_err(|error: Error| desk.fail(error))?;
    let mut rows = Vec::new();
    for joined in &page.items {
        let group = &*joined.what.name;
        let both = [On::One(Kind::Group, group), On::One(Kind::User, &user.name)];
        let remove = if desk.may(deeds::REMOVE_MEMBER, &both).await? {
            let action = format!("{}/remove", groups::path(group));
            let form = desk.form(action, "Remove").to(format!("from {group}")).quiet();
            form.hidden("user", &*user.name).hidden("back", "user").cell()
        } else {
            Cell::or_dash("")
        };
        rows.push(vec![Cell::link(groups::path(group), group), Cell::text(stamp(joined.since)), remove]);
    }
    let mut blocks = vec![if rows.is_empty() {
        Block::empty("In no group", "Groups give their policies to all their members.")
    } else {
        Block::Table(Table::new("Groups", &["Group", "Since", "Action"], rows))
    }];
    let add = format!("{}/groups", path(&user.name));
    blocks.push(Block::Cells(vec![Cell::Button(Link::new(add, "Add to a group"))]));
    Ok(Panel::new("groups", "Groups", blocks))
}
