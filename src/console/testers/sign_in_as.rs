//! One click signs a tester in as any user of an account, where the setting allows it.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::gate::TesterForm;
use crate::app::App;
use crate::console::page::Failure;
use crate::console::run;
use crate::console::sign_in::admit_stand_in;
use crate::services::sign_in_records::{self, Visitor};
use crate::services::{console_sessions, retry};

#[derive(Deserialize)]
pub(super) struct As {
    user: String,
}

pub(super) async fn sign_in(
    State(app): State<App>,
    Path(account): Path<String>,
    form: TesterForm<As>,
) -> Result<Response, Failure> {
    let TesterForm { tester, form } = form;
    if !tester.may_sign_in_as {
        let text = "Sign-in as any user is for the machine that Sesame runs on; the setting \
                    console.sign_in_as_any_user says who may.";
        return Err(Failure::new(StatusCode::FORBIDDEN, "Not from here", text));
    }
    let (acting, peer) = (app.clone(), tester.peer);
    let session =
        run(async move { retry(|| console_sessions::sign_in_user(&acting, &account, &form.user, peer)).await });
    let session = session.await?;
    sign_in_records::entered(&app, &Visitor::new(peer, tester.user_agent.clone()), &session).await;
    admit_stand_in(&app, session, tester.browser.secure).await
}
