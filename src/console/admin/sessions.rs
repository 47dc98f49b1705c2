//! Sessions of the account and of one user: who is in, from where, until when; and ending them.

use axum::extract::{Path, Query};
use axum::response::Response;
use serde::Deserialize;

use super::super::page::{Failure, stamp};
use super::super::parts::Tone;
use super::super::signed_in::{SignedForm, SignedIn};
use super::desk::{Desk, ListQuery, ROWS, encode, list_path};
use super::permission::{self as deeds, On};
use super::users;
use super::view::{Block, Cell, Panel, Table};
use crate::domain::arn::Kind;
use crate::domain::error::{Error, Noun};
use crate::domain::session::{Session, SessionKind, SessionState};
use crate::domain::user::{User, UserRef};
use crate::services::sessions::{self, Shown};

pub(super) const PATH: &str = "/console/sessions";

/// How many of a user's sessions the user's page has.
const OF_USER: usize = 10;

fn kind(session: &Session) -> &'static str {
    match session.kind {
        SessionKind::Console if session.user_id.is_none() => "Console, root",
        SessionKind::Console => "Console",
        SessionKind::Role => "Role",
        SessionKind::UserToken => "Session token",
        SessionKind::Federation => "Federated user",
        SessionKind::SignIn => "Signed-in command line",
    }
}

fn who(session: &Session) -> Cell {
    let name = session.user_name.as_deref();
    let user = |name: &str| Cell::link(users::path(name), name);
    match (&session.role_name, name) {
        (Some(role), Some(name)) => Cell::All(vec![user(name), Cell::Soft(format!("as {role}"))]),
        (Some(role), None) => Cell::text(format!("as {role}")),
        (None, Some(name)) => user(name),
        (None, None) => Cell::text(session.session_name.as_deref().unwrap_or("root")),
    }
}

fn row(desk: &Desk, shown: &Shown, back: &str, may_end: bool) -> Vec<Cell> {
    let session = &shown.session;
    let state = match shown.state {
        SessionState::Active => Cell::badge(Tone::Good, "Running"),
        SessionState::Expired => Cell::badge(Tone::Plain, "Run out"),
        SessionState::Revoked => {
            let why = session.ended_because.map(|why| why.as_str().replace('-', " ")).unwrap_or_default();
            Cell::badge(Tone::Plain, format!("Ended: {why}"))
        }
    };
    let own = desk.me().own_session_id() == session.id;
    let end = if may_end && shown.state == SessionState::Active {
        let form = desk.form(format!("{PATH}/{}/end", encode(&session.id)), "End");
        let what = format!("the session of {}", session.user_name.as_deref().unwrap_or("root"));
        form.to(what).quiet().hidden("back", back).cell()
    } else {
        Cell::or_dash("")
    };
    let kind = if own {
        Cell::All(vec![Cell::text(kind(session)), Cell::Soft("this one".to_owned())])
    } else {
        Cell::text(kind(session))
    };
    vec![
        who(session),
        kind,
        state,
        Cell::text(stamp(session.started_at)),
        Cell::text(stamp(session.ended_at.unwrap_or(session.expires_at))),
        Cell::or_dash(session.source_address.as_deref().unwrap_or_default()),
        end,
    ]
}

const HEADS: [&str; 7] = ["Who", "Kind", "State", "Started", "Until", "From", "Action"];

pub(super) async fn list(me: SignedIn, Query(query): Query<ListQuery>) -> Result<Response, Failure> {
    let desk = Desk::new(me, "sessions");
    desk.demand(deeds::SEE_SESSIONS, &[On::All(Kind::User)]).await?;
    let found = sessions::page(desk.ctx(), None, &query.after, ROWS).await;
    let page = found.map_err(|error| desk.fail(error))?;
    let mut view = desk.view("Sessions");
    view.lead = String::from("Everybody who is or was signed in, and every role that was taken on, the newest first.");
    let missing = desk.lacks(deeds::END_SESSIONS, &[On::All(Kind::User)]).await?;
    let rows: Vec<_> = page.items.iter().map(|shown| row(&desk, shown, "", missing.is_none())).collect();
    view.blocks.extend(missing.map(|missing| Block::Missing(format!("{missing} to end sessions"))));
    view.blocks.push(if rows.is_empty() {
        Block::empty("No sessions", "Nobody has signed in yet.")
    } else {
        Block::Table(Table::new("Sessions", &HEADS, rows))
    });
    let first = (!query.after.is_empty()).then(|| PATH.to_owned());
    let next = page.next.as_deref().map(|next| list_path(PATH, "", next));
    if first.is_some() || next.is_some() {
        view.blocks.push(Block::Pager(first, next));
    }
    Ok(desk.send(&view))
}

pub(super) async fn panel(desk: &Desk, user: &User) -> Result<Panel, Failure> {
    let on = [On::One(Kind::User, &user.name)];
    if let Some(missing) = desk.lacks(deeds::SEE_SESSIONS, &on).await? {
        return Ok(Panel::new("sessions", "Sessions", vec![Block::Missing(missing)]));
    }
    let found = sessions::page(desk.ctx(), Some(&user.id), "", OF_USER).await;
    let page = found.map_err(|error| desk.fail(error))?;
    let missing = desk.lacks(deeds::END_SESSIONS, &on).await?;
    let rows: Vec<_> = page.items.iter().map(|shown| row(desk, shown, &user.name, missing.is_none())).collect();
    let mut blocks = vec![if rows.is_empty() {
        Block::empty("No sessions", "The user has not signed in yet.")
    } else {
        Block::Table(Table::new("Sessions", &HEADS, rows))
    }];
    if page.next.is_some() {
        blocks.push(Block::Text(format!("These are the last {OF_USER}.")));
    }
    blocks.extend(missing.map(|missing| Block::Missing(format!("{missing} to end sessions"))));
    Ok(Panel::new("sessions", "Sessions", blocks))
}

/// The user whose page comes next; empty is the list.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Back {
    back: String,
}

pub(super) async fn end(Path(id): Path<String>, sent: SignedForm<Back>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "sessions");
    let ctx = desk.ctx();
    let found = sessions::get(&ctx.app, &id).await;
    // Sessions of other accounts are nobody's here.
    let found = found.ok().filter(|shown| shown.session.account_id == ctx.account_id);
    let user = match found.as_ref().and_then(|shown| shown.session.user_id.clone()) {
        Some(id) => ctx.user(&UserRef::Id(id)).await.ok(),
        None => None,
    };
    let on = user.as_ref().map_or(On::All(Kind::User), |user| On::One(Kind::User, &user.0.name));
    desk.demand(deeds::END_SESSIONS, &[on]).await?;
    if found.is_none() {
        return Err(desk.fail(Error::missing(Noun::Session, id)));
    }
    let back = if sent.form.back.is_empty() { PATH.to_owned() } else { users::path(&sent.form.back) };
    let change = move |desk: Desk| {
        let id = id.clone();
        async move { sessions::revoke(&desk.ctx().app, &id).await }
    };
    desk.change(&back, "The session is ended.", change).await
}
