//! The users of the account: the list, and making one.

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::super::page::{Failure, stamp};
use super::super::signed_in::{SignedForm, SignedIn};
use super::desk::{Desk, ListQuery, ROWS, encode};
use super::form::{Form, Input};
use super::permission::{self as deeds, On};
use super::view::{Block, Cell, Link, Search, Table};
use super::words;
use crate::domain::arn::Kind;
use crate::domain::error::Error;
use crate::domain::name;
use crate::domain::user::{User, UserFilter, UserStatus};
use crate::services::users;

pub(super) const PATH: &str = "/console/users";
pub(super) const NEW: &str = "/console/new/user";

/// The page of a user.
pub(super) fn path(name: &str) -> String {
    format!("{PATH}/{}", encode(name))
}

pub(super) async fn list(me: SignedIn, Query(query): Query<ListQuery>) -> Result<Response, Failure> {
    let desk = Desk::new(me, "users");
    desk.demand(deeds::LIST_USERS, &[On::All(Kind::User)]).await?;
    let ctx = desk.ctx();
    let filter = UserFilter { path_prefix: None, tags: Vec::new(), statuses: vec![UserStatus::Active] };
    let page = users::list(ctx, &filter, &query.start(), ROWS).await.map_err(|error| desk.fail(error))?;
    let mut view = desk.view("Users");
    view.lead = format!("The {}s of the account, by name.", words::of_cloud(desk.cloud()).user);
    match desk.lacks(deeds::CREATE_USER, &[On::New(Kind::User, "/", "*")]).await? {
        None => view.actions.push(Link::new(NEW, "Create user")),
        Some(missing) => view.blocks.push(Block::Missing(format!("{missing} to create users"))),
    }
    let label = "Search by the beginning of the name";
    view.blocks.push(Block::Search(Search { action: PATH.to_owned(), label, value: query.search.clone() }));
    let rows = page.items.iter().filter(|(user, _)| query.shows(&user.name)).map(|(user, tags)| {
        let seen = user.last_login_at.map(stamp).unwrap_or_default();
        let tags = tags.iter().map(|tag| format!("{}={}", tag.key, tag.value)).collect::<Vec<_>>().join(", ");
        vec![
            Cell::link(path(&user.name), &*user.name),
            Cell::or_dash(&*user.display_name),
            Cell::or_dash(seen),
            Cell::text(stamp(user.created_at)),
            Cell::or_dash(tags),
        ]
    });
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        let found = if query.search.is_empty() { "There are no users yet" } else { "No user's name begins so" };
        view.blocks.push(Block::empty(found, "A user signs in to the console, or calls the API with an access key."));
    } else {
        let heads = ["Name", "Display name", "Last sign-in", "Created", "Tags"];
        view.blocks.push(Block::Table(Table::new("Users", &heads, rows)));
    }
    view.blocks.extend(query.pager(PATH, page.next.as_deref()));
    Ok(desk.send(&view))
}

/// What is filled in to make a user.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct NewUser {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) display_name: String,
    pub(super) comments: String,
    pub(super) email: String,
    pub(super) mobile_phone: String,
}

impl NewUser {
    /// What there is of a user.
    pub(super) fn of(user: &User) -> Self {
        Self {
            name: user.name.clone(),
            path: user.path.clone(),
            display_name: user.display_name.clone(),
            comments: user.comments.clone(),
            email: user.email.clone(),
            mobile_phone: user.mobile_phone.clone(),
        }
    }
}

/// The fields of a user.
pub(super) fn fields(desk: &Desk, mut form: Form, user: &NewUser, faults: &[(&str, String)]) -> Form {
    let words = words::of_cloud(desk.cloud());
    let fault =
        |of: &str| faults.iter().find(|(name, _)| *name == of).map(|(_, text)| text.clone()).unwrap_or_default();
    form = form.with(Input::text("name", "User name").value(&*user.name).required().focus().error(fault("name")));
    if words.has_paths {
        let path = if user.path.is_empty() { "/" } else { &*user.path };
        form = form.with(Input::text("path", "Path").value(path).error(fault("path")));
    }
    if words.has_comments {
        let field = |name, label, value: &str| Input::text(name, label).value(value).error(fault(name));
        form = form
            .with(field("display_name", "Display name", &user.display_name).hint("Empty is the user name."))
            .with(field("email", "E-mail address", &user.email))
            .with(field("mobile_phone", "Mobile phone", &user.mobile_phone).hint("Such as 86-18600008888."))
            .with(field("comments", "Comments", &user.comments));
    }
    form
}

fn page(desk: &Desk, form: &NewUser, status: StatusCode, faults: &[(&str, String)]) -> Response {
    let words = words::of_cloud(desk.cloud());
    let fields = fields(desk, desk.form(NEW, "Create user"), form, faults);
    let mut view = desk.view(format!("Create {}", words.user));
    view.trail = vec![Link::new(PATH, "Users")];
    view.lead = String::from("A new user has no permissions, no password and no access keys until it is given some.");
    view.panels = vec![super::view::Panel::new("new", "The user", vec![fields.cancel(PATH).block()])];
    desk.send_as(status, &view)
}

pub(super) async fn new(me: SignedIn) -> Result<Response, Failure> {
    let desk = Desk::new(me, "users");
    desk.demand(deeds::CREATE_USER, &[On::New(Kind::User, "/", "*")]).await?;
    Ok(page(&desk, &NewUser::default(), StatusCode::OK, &[]))
}

/// The most characters of a display name and of comments (RAM 2015-05-01 CreateUser).
const LONGEST_TEXT: usize = 128;

/// What is wrong with what was filled in.
pub(super) fn faults(desk: &Desk, form: &NewUser) -> Vec<(&'static str, String)> {
    let words = words::of_cloud(desk.cloud());
    let text = |text: &str| words::text_fault(text, LONGEST_TEXT);
    let phone = !form.mobile_phone.is_empty() && !name::is_phone(&form.mobile_phone);
    let email = !form.email.is_empty() && !name::is_email(&form.email);
    let all = [
        ("name", words::name_fault(&form.name, words.marks, 64)),
        ("path", if form.path.is_empty() { String::new() } else { words::path_fault(&form.path) }),
        ("display_name", text(&form.display_name)),
        ("comments", text(&form.comments)),
        ("mobile_phone", if phone { "This is no phone number.".to_owned() } else { String::new() }),
        ("email", if email { "This is no e-mail address.".to_owned() } else { String::new() }),
    ];
    all.into_iter().filter(|(_, fault)| !fault.is_empty()).collect()
}

pub(super) async fn create(sent: SignedForm<NewUser>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "users");
    let form = sent.form;
    let place = if form.path.is_empty() { "/" } else { &*form.path };
    desk.demand(deeds::CREATE_USER, &[On::New(Kind::User, place, &form.name)]).await?;
    let faults = faults(&desk, &form);
    if !faults.is_empty() {
        return Ok(page(&desk, &form, StatusCode::BAD_REQUEST, &faults));
    }
    let words = words::of_cloud(desk.cloud());
    let display_name = if words.has_comments && form.display_name.is_empty() { &form.name } else { &form.display_name };
    let create = users::Create {
        name: form.name.clone(),
        path: place.to_owned(),
        permissions_boundary: None,
        display_name: display_name.clone(),
        comments: form.comments.clone(),
        email: form.email.clone(),
        mobile_phone: form.mobile_phone.clone(),
        tags: Vec::new(),
    };
    let made = desk.run(move |desk| {
        let create = create.clone();
        async move { users::create(desk.ctx(), &create).await }
    });
    match made.await? {
        Ok((user, _)) => Ok(desk.done(&path(&user.name), &format!("The user {} is made.", user.name))),
        Err(error @ (Error::AlreadyExists(..) | Error::LimitExceeded(..))) => {
            let (status, text) = desk.words(&error).ok_or_else(Failure::internal)?;
            Ok(page(&desk, &form, status, &[("name", text)]))
        }
        Err(error) => Err(desk.fail(error)),
    }
}
