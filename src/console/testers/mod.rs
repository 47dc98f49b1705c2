//! Pages for testers: the clock, the journal, accounts, faults, and an explorer of the APIs. They need no sign-in; they are
//! guarded as the control surface is, and call the same use cases.

mod account_field;
mod accounts;
mod clock;
mod explorer;
mod faults;
mod gate;
mod journal;
mod shell;
mod sign_in_as;
mod why;

use axum::Router;
use axum::response::Redirect;
use axum::routing::{get, post};

use crate::app::App;

/// Where the pages are.
const PATH: &str = "/console/testers";

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/testers/faults", get(faults::list).post(faults::add))
        .route("/testers/faults/clear", post(faults::clear))
        .route("/testers/faults/{id}/remove", post(faults::remove))
        .route("/testers", get(async || Redirect::to("/console/testers/clock")))
        .route("/testers/token", get(gate::ask).post(gate::give))
        .route("/testers/clock", get(clock::show).post(clock::change))
        .route("/testers/journal", get(journal::list))
        .route("/testers/journal/clear", post(journal::clear))
        .route("/testers/journal/stream", get(journal::stream))
        .route("/testers/journal/{id}", get(journal::one))
        .route("/testers/accounts", get(accounts::list).post(accounts::create))
        .route("/testers/accounts/{id}", get(accounts::one))
        .route("/testers/accounts/{id}/reset", post(accounts::reset))
        .route("/testers/accounts/{id}/drop", post(accounts::drop_account))
        .route("/testers/accounts/{id}/sign-in", post(sign_in_as::sign_in))
        .route("/testers/explorer", get(explorer::list))
        .route("/testers/explorer/{api}/{operation}", get(explorer::show).post(explorer::call))
}

/// Percent-encodes for a path or a query.
fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}
