//! Groups: the list, making one, one group's page with its members, and who joins or leaves.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::super::page::{Failure, stamp};
use super::super::signed_in::{SignedForm, SignedIn};
use super::desk::{Desk, ListQuery, ROWS, encode, list_path};
use super::form::Input;
use super::permission::{self as deeds, On};
use super::user::named;
use super::view::{Block, Cell, Link, Panel, Search, Table};
use super::{Nothing, attach, conflicts, inline, users, words};
use crate::domain::arn::Kind;
use crate::domain::error::Error;
use crate::domain::name;
use crate::domain::user::{UserFilter, UserStatus};
use crate::services::{groups, users as people};

pub(super) const PATH: &str = "/console/groups";
pub(super) const NEW: &str = "/console/new/group";

/// The page of a group.
pub(super) fn path(name: &str) -> String {
    format!("{PATH}/{}", encode(name))
}

fn search(action: &str, query: &ListQuery) -> Block {
    let label = "Search by the beginning of the name";
    Block::Search(Search { action: action.to_owned(), label, value: query.search.clone() })
}

pub(super) async fn list(me: SignedIn, Query(query): Query<ListQuery>) -> Result<Response, Failure> {
    let desk = Desk::new(me, "groups");
    desk.demand(deeds::LIST_GROUPS, &[On::All(Kind::Group)]).await?;
    let page = groups::list(desk.ctx(), "", &query.start(), ROWS).await.map_err(|error| desk.fail(error))?;
    let mut view = desk.view("Groups");
    view.lead = String::from("A group gives its policies to all its members.");
    match desk.lacks(deeds::CREATE_GROUP, &[On::New(Kind::Group, "/", "*")]).await? {
        None => view.actions.push(Link::new(NEW, "Create group")),
        Some(missing) => view.blocks.push(Block::Missing(format!("{missing} to create groups"))),
    }
    view.blocks.push(search(PATH, &query));
    let rows = page.items.iter().filter(|group| query.shows(&group.name)).map(|group| {
        let about = if group.comments.is_empty() { &group.display_name } else { &group.comments };
        vec![Cell::link(path(&group.name), &*group.name), Cell::or_dash(&**about), Cell::text(stamp(group.created_at))]
    });
    let rows: Vec<_> = rows.collect();
    view.blocks.push(if rows.is_empty() {
        let found = if query.search.is_empty() { "There are no groups yet" } else { "No group's name begins so" };
        Block::empty(found, "Policies that many users need are easier to keep on a group.")
    } else {
        Block::Table(Table::new("Groups", &["Name", "About", "Created"], rows))
    });
    view.blocks.extend(query.pager(PATH, page.next.as_deref()));
    Ok(desk.send(&view))
}

/// What is filled in to make a group.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct NewGroup {
    name: String,
    path: String,
    comments: String,
}

fn page(desk: &Desk, form: &NewGroup, status: StatusCode, name: &str, path: &str, comments: &str) -> Response {
    let words = words::of_cloud(desk.cloud());
    let field = Input::text("name", "Group name").value(&*form.name).required().focus().error(name);
    let mut fields = desk.form(NEW, "Create group").with(field);
    if words.has_paths {
        let value = if form.path.is_empty() { "/" } else { &*form.path };
        fields = fields.with(Input::text("path", "Path").value(value).error(path));
    }
    if words.has_comments {
        fields = fields.with(Input::text("comments", "Comments").value(&*form.comments).error(comments));
    }
    let mut view = desk.view("Create group");
    view.trail = vec![Link::new(PATH, "Groups")];
    view.panels = vec![Panel::new("new", "The group", vec![fields.cancel(PATH).block()])];
    desk.send_as(status, &view)
}

pub(super) async fn new(me: SignedIn) -> Result<Response, Failure> {
    let desk = Desk::new(me, "groups");
    desk.demand(deeds::CREATE_GROUP, &[On::New(Kind::Group, "/", "*")]).await?;
    Ok(page(&desk, &NewGroup::default(), StatusCode::OK, "", "", ""))
}

pub(super) async fn create(sent: SignedForm<NewGroup>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "groups");
    let form = sent.form;
    let place = if form.path.is_empty() { "/" } else { &*form.path };
    desk.demand(deeds::CREATE_GROUP, &[On::New(Kind::Group, place, &form.name)]).await?;
    let words = words::of_cloud(desk.cloud());
    let name_fault = words::name_fault(&form.name, words.marks, words.longest_group);
    let path_fault = words::path_fault(place);
    let long = !form.comments.is_empty() && name::check_text(&form.comments, 128).is_err();
    let comments_fault = if long { "Use 128 characters at the most." } else { "" };
    if !name_fault.is_empty() || !path_fault.is_empty() || long {
        return Ok(page(&desk, &form, StatusCode::BAD_REQUEST, &name_fault, &path_fault, comments_fault));
    }
    let create = groups::Create {
        name: form.name.clone(),
        path: place.to_owned(),
        display_name: if words.has_comments { form.name.clone() } else { String::new() },
        comments: form.comments.clone(),
    };
    let made = desk.run(move |desk| {
        let create = create.clone();
        async move { groups::create(desk.ctx(), &create).await }
    });
    match made.await? {
        Ok(group) => Ok(desk.done(&path(&group.name), &format!("The group {} is made.", group.name))),
        Err(error @ (Error::AlreadyExists(..) | Error::LimitExceeded(..))) => {
            let (status, text) = desk.words(&error).ok_or_else(Failure::internal)?;
            Ok(page(&desk, &form, status, &text, "", ""))
        }
        Err(error) => Err(desk.fail(error)),
    }
}

pub(super) async fn show(
    me: SignedIn,
    Path(name): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Response, Failure> {
    let desk = Desk::new(me, "groups");
    desk.demand(deeds::GET_GROUP, &[On::One(Kind::Group, &name)]).await?;
    let group = groups::get(desk.ctx(), &name).await.map_err(|error| desk.fail(error))?;
    let on = [On::One(Kind::Group, &group.name)];
    let words = words::of_cloud(desk.cloud());
    let mut view = desk.view(&*group.name);
    view.trail = vec![Link::new(PATH, "Groups")];
    if desk.may(deeds::UPDATE_GROUP, &on).await? {
        view.actions.push(Link::new(format!("{}/edit", path(&group.name)), "Edit"));
    }
    let mut facts =
        vec![("ARN", Cell::copy("the ARN", group.arn(desk.cloud()))), ("Id", Cell::copy("the id", &*group.id))];
    if words.has_comments {
        facts.push(("Comments", Cell::or_dash(&*group.comments)));
    }
    facts.push(("Created", Cell::text(stamp(group.created_at))));
    view.panels.push(Panel::new("group", "The group", vec![Block::Facts(facts)]));
    view.panels.push(members(&desk, &group.name, &query).await?);
    let owner = attach::Owner::Group(group.name.clone());
    view.panels.push(attach::panel(&desk, &owner).await?);
    view.panels.extend(inline::panel(&desk, &owner).await?);
    let warning = "The group must have no members and no policies any more.";
    let form = desk.form(format!("{}/delete", path(&group.name)), "Delete group");
    let form = form.confirm("Delete this group", warning).block();
    let still = groups::conflicts(desk.ctx(), &group.name).await;
    view.panels.push(conflicts::panel(&desk, deeds::DELETE_GROUP, &on, still, form).await?);
    Ok(desk.send(&view))
}

async fn members(desk: &Desk, group: &str, query: &ListQuery) -> Result<Panel, Failure> {
    let on = On::One(Kind::Group, group);
    if let Some(missing) = desk.lacks(deeds::MEMBERS, &[on]).await? {
        return Ok(Panel::new("members", "Members", vec![Block::Missing(missing)]));
    }
    let found = groups::members(desk.ctx(), group, &query.after, ROWS).await;
    let (_, page) = found.map_err(|error| desk.fail(error))?;
    let mut rows = Vec::new();
    for joined in &page.items {
        let user = &*joined.what.name;
        let remove = if desk.may(deeds::REMOVE_MEMBER, &[on, On::One(Kind::User, user)]).await? {
            let form = desk.form(format!("{}/remove", path(group)), "Remove").to(user).quiet();
            form.hidden("user", user).cell()
        } else {
            Cell::or_dash("")
        };
        rows.push(vec![Cell::link(users::path(user), user), Cell::text(stamp(joined.since)), remove]);
    }
    let mut blocks = vec![if rows.is_empty() {
        Block::empty("No members", "Whoever joins has the group's policies at once.")
    } else {
        Block::Table(Table::new("Members", &["User", "Since", "Action"], rows))
    }];
    blocks.extend(query.pager(&path(group), page.next.as_deref()));
    let add = Link::new(format!("{}/members", path(group)), "Add a member");
    blocks.push(Block::Cells(vec![Cell::Button(add)]));
    Ok(Panel::new("members", "Members", blocks))
}

pub(super) async fn delete(Path(name): Path<String>, sent: SignedForm<Nothing>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "groups");
    desk.demand(deeds::DELETE_GROUP, &[On::One(Kind::Group, &name)]).await?;
    let group = name.clone();
    let done = desk.run(move |desk| {
        let group = group.clone();
        async move { groups::delete(desk.ctx(), &group).await }
    });
    match done.await? {
        Ok(()) => Ok(desk.done(PATH, &format!("The group {name} is deleted."))),
        Err(error) => desk.undone(&path(&name), error),
    }
}

/// A user who joins or leaves, and whose page comes next.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Member {
    user: String,
    back: String,
}

impl Member {
    fn back(&self, group: &str) -> String {
        if self.back == "user" { users::path(&self.user) } else { path(group) }
    }
}

pub(super) async fn add(Path(group): Path<String>, sent: SignedForm<Member>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "groups");
    let (user, back) = (sent.form.user.clone(), sent.form.back(&group));
    desk.demand(deeds::ADD_MEMBER, &[On::One(Kind::Group, &group), On::One(Kind::User, &user)]).await?;
    let text = format!("{user} is in {group} now.");
    let change = move |desk: Desk| {
        let (group, user) = (group.clone(), named(&user));
        async move { groups::add_user(desk.ctx(), &group, &user).await }
    };
    desk.change(&back, &text, change).await
}

pub(super) async fn remove(Path(group): Path<String>, sent: SignedForm<Member>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "groups");
    let (user, back) = (sent.form.user.clone(), sent.form.back(&group));
    desk.demand(deeds::REMOVE_MEMBER, &[On::One(Kind::Group, &group), On::One(Kind::User, &user)]).await?;
    let text = format!("{user} is not in {group} any more.");
    let change = move |desk: Desk| {
        let (group, user) = (group.clone(), named(&user));
        async move { groups::remove_user(desk.ctx(), &group, &user).await }
    };
    desk.change(&back, &text, change).await
}

/// The users that can be added to a group.
pub(super) async fn pick_user(
    me: SignedIn,
    Path(group): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Response, Failure> {
    let desk = Desk::new(me, "groups");
    desk.demand(deeds::LIST_USERS, &[On::All(Kind::User)]).await?;
    let filter = UserFilter { path_prefix: None, tags: Vec::new(), statuses: vec![UserStatus::Active] };
    let page = people::list(desk.ctx(), &filter, &query.start(), ROWS).await.map_err(|error| desk.fail(error))?;
    let mut rows = Vec::new();
    for (user, _) in page.items.iter().filter(|(user, _)| query.shows(&user.name)) {
        rows.push((user.name.clone(), user.name.clone(), group.clone(), ""));
    }
    let action = format!("{}/members", path(&group));
    let title = format!("Add a member to {group}");
    let trail = vec![Link::new(PATH, "Groups"), Link::new(path(&group), &*group)];
    pick(&desk, (title, trail, action), &query, page.next.as_deref(), rows).await
}

/// The groups that a user can be added to.
pub(super) async fn pick_group(
    me: SignedIn,
    Path(user): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Response, Failure> {
    let desk = Desk::new(me, "users");
    desk.demand(deeds::LIST_GROUPS, &[On::All(Kind::Group)]).await?;
    let page = groups::list(desk.ctx(), "", &query.start(), ROWS).await.map_err(|error| desk.fail(error))?;
    let mut rows = Vec::new();
    for group in page.items.iter().filter(|group| query.shows(&group.name)) {
        rows.push((group.name.clone(), user.clone(), group.name.clone(), "user"));
    }
    let action = format!("{}/groups", users::path(&user));
    let title = format!("Add {user} to a group");
    let trail = vec![Link::new(users::PATH, "Users"), Link::new(users::path(&user), &*user)];
    pick(&desk, (title, trail, action), &query, page.next.as_deref(), rows).await
}

/// Rows: what is shown, the user, the group, where to go afterwards.
async fn pick(
    desk: &Desk,
    (title, trail, action): (String, Vec<Link>, String),
    query: &ListQuery,
    next: Option<&str>,
    found: Vec<(String, String, String, &'static str)>,
) -> Result<Response, Failure> {
    let mut view = desk.view(title);
    view.trail = trail;
    view.blocks.push(search(&action, query));
    let mut rows = Vec::new();
    for (shown, user, group, back) in found {
        let act =
            match desk.lacks(deeds::ADD_MEMBER, &[On::One(Kind::Group, &group), On::One(Kind::User, &user)]).await? {
                None => {
                    let form = desk.form(format!("{}/add", path(&group)), "Add").to(&*shown).quiet();
                    form.hidden("user", user).hidden("back", back).cell()
                }
                Some(missing) => Cell::Soft(format!("You need {missing}.")),
            };
        rows.push(vec![Cell::text(shown), act]);
    }
    view.blocks.push(if rows.is_empty() {
        Block::empty("Nothing to choose from", "No name begins so, or there is none yet.")
    } else {
        Block::Table(Table::new("To choose from", &["Name", "Action"], rows))
    });
    if next.is_some_and(|next| query.shows(next)) || !query.after.is_empty() {
        let next = next.map(|next| list_path(&action, &query.search, next));
        view.blocks.push(Block::Pager((!query.after.is_empty()).then(|| list_path(&action, &query.search, "")), next));
    }
    Ok(desk.send(&view))
}
