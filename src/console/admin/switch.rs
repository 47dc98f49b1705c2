//! Switching to a role and back: the person's session stays, and the role's hangs on it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::super::cookies;
use super::super::page::Failure;
use super::super::signed_in::{SignedForm, SignedIn};
use super::Nothing;
use super::desk::Desk;
use super::form::Input;
use super::view::{Block, Panel};
use crate::app::App;
use crate::domain::principal::Principal;
use crate::services::console_sessions;
use crate::services::role_sessions::SwitchFault;
use crate::services::sign_in_records::{self, Visitor};

pub(super) const PATH: &str = "/console/switch-role";

/// What a person fills in.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Role {
    role: String,
}

/// Why nobody can switch here; empty when one can.
fn obstacle(desk: &Desk) -> &'static str {
    match &desk.ctx().principal {
        Principal::User { .. } => "",
        Principal::RoleSession { .. } => "You act as a role already. Switch back first.",
        _ => "The root of an account cannot take on roles. Sign in as a user.",
    }
}

/// The button on a role's page.
pub(super) fn offer(desk: &Desk, arn: &str) -> Option<Block> {
    let form = || desk.form(PATH, "Switch to this role").quiet().hidden("role", arn).block();
    obstacle(desk).is_empty().then(form)
}

fn page(desk: &Desk, role: &str, status: StatusCode, fault: &str) -> Response {
    let mut view = desk.view("Switch role");
    view.lead = String::from("You act with the role's permissions alone until you switch back or your session ends.");
    let obstacle = obstacle(desk);
    if !obstacle.is_empty() {
        view.blocks.push(Block::warning(obstacle));
        return desk.send_as(status, &view);
    }
    let hint = "Its name, or its ARN when it is another account's.";
    let field = Input::text("role", "Role").value(role).hint(hint).required().focus().error(fault);
    let form = desk.form(PATH, "Switch").with(field);
    view.panels.push(Panel::new("switch", "The role", vec![form.block()]));
    desk.send_as(status, &view)
}

pub(super) async fn show(me: SignedIn) -> Response {
    page(&Desk::new(me, "switch"), "", StatusCode::OK, "")
}

pub(super) async fn switch(State(app): State<App>, sent: SignedForm<Role>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "switch");
    let role = sent.form.role.trim().to_owned();
    if !obstacle(&desk).is_empty() {
        return Ok(page(&desk, &role, StatusCode::CONFLICT, ""));
    }
    let (session, wanted) = (desk.me().own_session_id().to_owned(), role.clone());
    let switched = desk.run(move |_| {
        let (app, session, role) = (app.clone(), session.clone(), wanted.clone());
        async move { console_sessions::switch(&app, &session, &role).await }
    });
    let switched = switched.await?.map_err(|error| desk.fail(error))?;
    let (ctx, person) = (desk.ctx(), &desk.me().current);
    let seen = Visitor::new(ctx.source_address, ctx.user_agent.clone());
    let outcome = switched.as_ref().map(|(_, id)| id.as_str()).map_err(|fault| *fault);
    sign_in_records::switched(&ctx.app, &seen, Some(person), &role, outcome).await;
    match switched {
        Ok((secret, _)) => {
            let mut response = desk.done("/console", &format!("You act as the role {role} now."));
            cookies::set_secret(&mut response, cookies::ROLE, &secret, desk.me().is_secure());
            Ok(response)
        }
        Err(fault) => {
            let text = match fault {
                SwitchFault::SessionNotActive => "Your session does not run any more. Sign in again.",
                SwitchFault::NoSuchRole => "There is no such role.",
                SwitchFault::NotAllowed => {
                    "You may not switch to this role: its trust policy does not name you, you lack sts:AssumeRole on \
                     it, or it is not for the console."
                }
            };
            Ok(page(&desk, &role, StatusCode::FORBIDDEN, text))
        }
    }
}

pub(super) async fn back(State(app): State<App>, sent: SignedForm<Nothing>) -> Result<Response, Failure> {
    let desk = Desk::new(sent.signed_in, "overview");
    if matches!(desk.ctx().principal, Principal::RoleSession { .. }) {
        let session = desk.me().current.session.id.clone();
        let ended = desk.run(move |_| {
            let (app, session) = (app.clone(), session.clone());
            async move { console_sessions::sign_out(&app, &session).await }
        });
        ended.await?.map_err(|error| desk.fail(error))?;
    }
    let mut response = desk.done("/console", "You are yourself again.");
    cookies::clear(&mut response, cookies::ROLE);
    Ok(response)
}
