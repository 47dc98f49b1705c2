//! Where a person says yes or no to a command line that waits for a sign-in, by the code that both show.

use askama::Template;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::forms;
use super::page::{Failure, Told, render};
use super::parts::{Field, Token};
use super::run;
use super::signed_in::{SignedForm, SignedIn};
use crate::domain::device_authorization::show_user_code;
use crate::domain::principal::Principal;
use crate::services::{device_access, retry};

#[derive(Template)]
#[template(path = "console/device_access.html")]
struct DevicePage {
    token: Token,
    who: String,
    /// The code, once something waits for it.
    shown: Option<String>,
    code: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    user_code: String,
}

fn told(status: StatusCode, heading: &str, text: &str) -> Response {
    let onward = ("/console".to_owned(), "To the console".to_owned());
    render(status, &Told { heading: heading.to_owned(), text: text.to_owned(), onward })
}

/// Why this session says neither yes nor no, if it does not.
fn out_of_place(signed_in: &SignedIn) -> Option<Response> {
    let (heading, text) = if signed_in.current.account.cloud != device_access::CLOUD {
        ("Not for this account", "Command lines that sign in by a code are those of Alibaba Cloud. Sign in there.")
    } else if matches!(signed_in.current.ctx.principal, Principal::RoleSession { .. }) {
        ("Switch back first", "You act as a role. Command lines sign in as yourself: switch back, then try again.")
    } else {
        return None;
    };
    Some(told(StatusCode::FORBIDDEN, heading, text))
}

fn page(signed_in: &SignedIn, shown: Option<String>, error: &str) -> Response {
    let ctx = &signed_in.current.ctx;
    let page = DevicePage {
        token: forms::token(signed_in.secret()),
        who: ctx.principal.arn(ctx.cloud, &ctx.account_id),
        shown,
        code: Field::text("user_code", "Code").hint("As the command line shows it").error(error).focus(),
    };
    render(if error.is_empty() { StatusCode::OK } else { StatusCode::NOT_FOUND }, &page)
}

const NOTHING_WAITS: &str = "No command line waits with this code. It may have waited too long: start it again.";

pub(super) async fn show(
    signed_in: SignedIn,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Failure> {
    if let Some(response) = out_of_place(&signed_in) {
        return Ok(response);
    }
    let asked = query.map(|Query(asked)| asked).unwrap_or_default();
    if asked.user_code.is_empty() {
        return Ok(page(&signed_in, None, ""));
    }
    // A text with a NUL fits no store, and is no code.
    let waiting = device_access::waiting(&signed_in.current.ctx.app, &asked.user_code).await?;
    Ok(match waiting {
        Some(device) => page(&signed_in, Some(show_user_code(&device.user_code)), ""),
        None => page(&signed_in, None, NOTHING_WAITS),
    })
}

#[derive(Deserialize)]
pub(super) struct Answer {
    user_code: String,
    answer: String,
}

pub(super) async fn answer(form: Result<SignedForm<Answer>, Failure>) -> Result<Response, Failure> {
    let SignedForm { signed_in, form } = form?;
    if let Some(response) = out_of_place(&signed_in) {
        return Ok(response);
    }
    let yes = match &*form.answer {
        "yes" => true,
        "no" => false,
        _ => return Err(Failure::new(StatusCode::BAD_REQUEST, "The form is not complete", "Say yes or no.")),
    };
    let answering = async move {
        let person = &signed_in.current;
        let done = retry(|| device_access::answer(&person.ctx.app, person, &form.user_code, yes)).await?;
        Ok((signed_in, done))
    };
    let (signed_in, done) = run(answering).await?;
    Ok(match (done, yes) {
        (false, _) => page(&signed_in, None, NOTHING_WAITS),
        (true, true) => {
            told(StatusCode::OK, "The command line has signed in", "It goes on by itself. You can close this page.")
        }
        (true, false) => told(StatusCode::OK, "The command line was turned away", "It gets no access."),
    })
}
