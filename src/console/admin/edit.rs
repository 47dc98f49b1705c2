//! Editing of users, groups, roles and policies: their names, paths, and what is said about them.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::super::page::Failure;
use super::super::signed_in::{SignedForm, SignedIn};
use super::desk::Desk;
use super::form::{Form, Input};
use super::permission::{self as deeds, On};
use super::policies::Keeper;
use super::user::named;
use super::users::{self as people, NewUser};
use super::view::{Link, Panel};
use super::{groups as circles, policies as documents, roles as parts, words};
use crate::domain::arn::Kind;
use crate::domain::error::Error;
use crate::domain::role::MAX_SESSION_SECONDS;
use crate::services::policies::PolicyRef;
use crate::services::{groups, policies, roles, users};

/// What is wrong, by field.
type Faults = Vec<(&'static str, String)>;

/// Where a page of editing stands: the list above it, and the page it came from.
struct Place<'a> {
    list: (&'a str, &'a str),
    here: String,
    name: &'a str,
}

fn page(desk: &Desk, place: &Place<'_>, warning: &str, form: Form, status: StatusCode) -> Response {
    let mut view = desk.view(format!("Edit {}", place.name));
    warning.clone_into(&mut view.lead);
    view.trail = vec![Link::new(place.list.0, place.list.1), Link::new(&*place.here, place.name)];
    view.panels = vec![Panel::new("edit", "What is to be changed", vec![form.cancel(&*place.here).block()])];
    desk.send_as(status, &view)
}

fn user_page(desk: &Desk, name: &str, form: &NewUser, status: StatusCode, faults: &Faults) -> Response {
    let words = words::of_cloud(desk.cloud());
    let place = Place { list: (people::PATH, "Users"), here: people::path(name), name };
    let fields = people::fields(desk, desk.form(format!("{}/edit", place.here), "Save"), form, faults);
    page(desk, &place, words.rename, fields, status)
}

pub(super) async fn user(me: SignedIn, Path(name): Path<String>) -> Result<Response, Failure> {
    let desk = Desk::new(me, "users");
    let on = [On::One(Kind::User, &name)];
    desk.demand(deeds::GET_USER, &on).await?;
    desk.demand(deeds::UPDATE_USER, &on).await?;
    let found = desk.ctx().user(&named(&name)).await.map_err(|error| desk.fail(error))?;
    let form = NewUser::of(&found.0);
    Ok(user_page(&desk, &found.0.name, &form, StatusCode::OK, &Faults::new()))
}

/// What is to be changed; none stays as it is.
fn changed(now: &str, before: &str) -> Option<String> {
    (now != before).then(|| now.to_owned())
}

/// What a request to rename or move says.
fn moving<'a>(parameter: &'static str, name: Option<&'a String>, path: Option<&'a String>) -> Vec<On<'a>> {
    let name = name.map(|name| On::Said(parameter, name));
    name.into_iter().chain(path.map(|path| On::Said("NewPath", path))).collect()
}

pub(super) async fn save_user(Path(name): Path<String>, sent: SignedForm<NewUser>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "users");
    let form = sent.form;
    desk.demand(deeds::UPDATE_USER, &[On::One(Kind::User, &name)]).await?;
    let found = desk.ctx().user(&named(&name)).await.map_err(|error| desk.fail(error))?;
    let before = NewUser::of(&found.0);
    let words = words::of_cloud(desk.cloud());
    let path = words.has_paths.then(|| changed(&form.path, &before.path)).flatten();
    let said = |now: &str, before: &str| words.has_comments.then(|| changed(now, before)).flatten();
    let change = users::Update {
        name: changed(&form.name, &before.name),
        path,
        display_name: said(&form.display_name, &before.display_name),
        comments: said(&form.comments, &before.comments),
        email: said(&form.email, &before.email),
        mobile_phone: said(&form.mobile_phone, &before.mobile_phone),
    };
    let mut on = vec![On::One(Kind::User, &found.0.name)];
    on.extend(moving("NewUserName", change.name.as_ref(), change.path.as_ref()));
    desk.demand(deeds::UPDATE_USER, &on).await?;
    let faults = people::faults(&desk, &form);
    if !faults.is_empty() {
        return Ok(user_page(&desk, &name, &form, StatusCode::BAD_REQUEST, &faults));
    }
    let user = named(&name);
    let done = desk.run(move |desk| {
        let (user, change) = (user.clone(), change.clone());
        async move { users::update(desk.ctx(), &user, &change).await }
    });
    match done.await? {
        Ok((user, _)) => Ok(desk.done(&people::path(&user.name), &format!("The user {} is changed.", user.name))),
        Err(error @ Error::AlreadyExists(..)) => {
            let (status, text) = desk.words(&error).ok_or_else(Failure::internal)?;
            Ok(user_page(&desk, &name, &form, status, &vec![("name", text)]))
        }
        Err(error) => desk.undone(&people::path(&name), error),
    }
}

/// What is filled in of a group.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Group {
    name: String,
    path: String,
    comments: String,
}

fn group_page(desk: &Desk, name: &str, form: &Group, status: StatusCode, faults: &Faults) -> Response {
    let words = words::of_cloud(desk.cloud());
    let fault = |of: &str| faults.iter().find(|(name, _)| *name == of).map(|(_, text)| text.clone());
    let place = Place { list: (circles::PATH, "Groups"), here: circles::path(name), name };
    let field = Input::text("name", "Group name").value(&*form.name).required();
    let mut fields =
        desk.form(format!("{}/edit", place.here), "Save").with(field.error(fault("name").unwrap_or_default()));
    if words.has_paths {
        let path = Input::text("path", "Path").value(&*form.path).required();
        fields = fields.with(path.error(fault("path").unwrap_or_default()));
    }
    if words.has_comments {
        let comments = Input::text("comments", "Comments").value(&*form.comments);
        fields = fields.with(comments.error(fault("comments").unwrap_or_default()));
    }
    page(desk, &place, words.rename, fields, status)
}

pub(super) async fn group(me: SignedIn, Path(name): Path<String>) -> Result<Response, Failure> {
    let desk = Desk::new(me, "groups");
    let on = [On::One(Kind::Group, &name)];
    desk.demand(deeds::GET_GROUP, &on).await?;
    desk.demand(deeds::UPDATE_GROUP, &on).await?;
    let group = groups::get(desk.ctx(), &name).await.map_err(|error| desk.fail(error))?;
    let form = Group { name: group.name.clone(), path: group.path, comments: group.comments };
    Ok(group_page(&desk, &group.name, &form, StatusCode::OK, &Faults::new()))
}

pub(super) async fn save_group(Path(name): Path<String>, sent: SignedForm<Group>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "groups");
    let form = sent.form;
    desk.demand(deeds::UPDATE_GROUP, &[On::One(Kind::Group, &name)]).await?;
    let group = groups::get(desk.ctx(), &name).await.map_err(|error| desk.fail(error))?;
    let words = words::of_cloud(desk.cloud());
    let change = groups::Update {
        name: changed(&form.name, &group.name),
        path: words.has_paths.then(|| changed(&form.path, &group.path)).flatten(),
        display_name: None,
        comments: words.has_comments.then(|| changed(&form.comments, &group.comments)).flatten(),
    };
    let mut on = vec![On::One(Kind::Group, &group.name)];
    on.extend(moving("NewGroupName", change.name.as_ref(), change.path.as_ref()));
    desk.demand(deeds::UPDATE_GROUP, &on).await?;
    let path = if words.has_paths { words::path_fault(&form.path) } else { String::new() };
    let faults = [
        ("name", words::name_fault(&form.name, words.marks, words.longest_group)),
        ("path", path),
        ("comments", words::text_fault(&form.comments, 128)),
    ];
    let faults: Faults = faults.into_iter().filter(|(_, fault)| !fault.is_empty()).collect();
    if !faults.is_empty() {
        return Ok(group_page(&desk, &name, &form, StatusCode::BAD_REQUEST, &faults));
    }
    let group = name.clone();
    let done = desk.run(move |desk| {
        let (group, change) = (group.clone(), change.clone());
        async move { groups::update(desk.ctx(), &group, &change).await }
    });
    match done.await? {
        Ok(group) => Ok(desk.done(&circles::path(&group.name), &format!("The group {} is changed.", group.name))),
        Err(error @ Error::AlreadyExists(..)) => {
            let (status, text) = desk.words(&error).ok_or_else(Failure::internal)?;
            Ok(group_page(&desk, &name, &form, status, &vec![("name", text)]))
        }
        Err(error) => desk.undone(&circles::path(&name), error),
    }
}

/// What is filled in of a role.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Role {
    description: String,
    seconds: String,
}

fn role_page(desk: &Desk, name: &str, form: &Role, status: StatusCode, faults: &Faults) -> Response {
    let (least, most) = (*MAX_SESSION_SECONDS.start(), *MAX_SESSION_SECONDS.end());
    let fault = |of: &str| faults.iter().find(|(name, _)| *name == of).map(|(_, text)| text.clone());
    let place = Place { list: (parts::PATH, "Roles"), here: parts::path(name), name };
    let about = Input::text("description", "Description").value(&*form.description);
    let longest = Input::number("seconds", "Longest session in seconds", (least, most)).value(&*form.seconds);
    let longest = longest.hint(format!("{least} to {most}. Sessions that run keep their end."));
    let fields = desk.form(format!("{}/edit", place.here), "Save");
    let fields = fields.with(about.error(fault("description").unwrap_or_default()));
    page(desk, &place, "", fields.with(longest.error(fault("seconds").unwrap_or_default())), status)
}

pub(super) async fn role(me: SignedIn, Path(name): Path<String>) -> Result<Response, Failure> {
    let desk = Desk::new(me, "roles");
    let on = [On::One(Kind::Role, &name)];
    desk.demand(deeds::GET_ROLE, &on).await?;
    desk.demand(deeds::UPDATE_ROLE, &on).await?;
    let (role, _) = roles::get(desk.ctx(), &name).await.map_err(|error| desk.fail(error))?;
    let form = Role { description: role.description.clone(), seconds: role.max_session_seconds.to_string() };
    Ok(role_page(&desk, &role.name, &form, StatusCode::OK, &Faults::new()))
}

pub(super) async fn save_role(Path(name): Path<String>, sent: SignedForm<Role>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "roles");
    let form = sent.form;
    desk.demand(deeds::UPDATE_ROLE, &[On::One(Kind::Role, &name)]).await?;
    let (role, _) = roles::get(desk.ctx(), &name).await.map_err(|error| desk.fail(error))?;
    let seconds = form.seconds.trim().parse::<i64>().ok().filter(|seconds| MAX_SESSION_SECONDS.contains(seconds));
    let range = format!("Use {} to {} seconds.", MAX_SESSION_SECONDS.start(), MAX_SESSION_SECONDS.end());
    // IAM 2010-05-08 and RAM 2015-05-01 UpdateRole, Description: 1000 and 1024 characters.
    let faults = [
        ("description", words::text_fault(&form.description, 1_000)),
        ("seconds", if seconds.is_none() { range } else { String::new() }),
    ];
    let faults: Faults = faults.into_iter().filter(|(_, fault)| !fault.is_empty()).collect();
    if !faults.is_empty() {
        return Ok(role_page(&desk, &name, &form, StatusCode::BAD_REQUEST, &faults));
    }
    let change = roles::Update {
        description: changed(&form.description, &role.description),
        max_session_seconds: seconds.filter(|seconds| *seconds != role.max_session_seconds),
        ..roles::Update::default()
    };
    let role = name.clone();
    let change = move |desk: Desk| {
        let (role, change) = (role.clone(), change.clone());
        async move { roles::update(desk.ctx(), &role, &change).await }
    };
    desk.change(&parts::path(&name), "The role is changed.", change).await
}

/// What is said about a policy.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Policy {
    description: String,
}

/// Where the cloud lets one describe a policy anew (RAM 2015-05-01 UpdatePolicyDescription).
pub(super) async fn policy(Path(name): Path<String>, sent: SignedForm<Policy>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "policies");
    let (here, description) = (documents::path(Keeper::Own, &name), sent.form.description);
    desk.demand(deeds::DESCRIBE_POLICY, &[On::Policy(PolicyRef::Own(&name))]).await?;
    let fault = words::text_fault(&description, 1_000);
    if !fault.is_empty() {
        return Ok(desk.refused(&here, &fault));
    }
    let change = move |desk: Desk| {
        let (name, description) = (name.clone(), description.clone());
        async move { policies::describe(desk.ctx(), PolicyRef::Own(&name), Some(&description)).await }
    };
    desk.change(&here, "The description is changed.", change).await
}
