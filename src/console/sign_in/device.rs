//! Binding an MFA device on the way in: where one is needed, and where it is offered to those who may go on without.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::steps::{advance, digits, open, outcome_page, refused, seal, status};
use super::{RootAllowed, Steps, Visitor, cloud_name};
use crate::app::App;
use crate::console::forms::{Browser, BrowserForm};
use crate::console::page::{Failure, render};
use crate::console::parts::{Copy, Field, Token};
use crate::console::run;
use crate::services::mfa_enrolment::{self, Enrolment};
use crate::services::{retry, sign_in_records};

#[derive(Template)]
#[template(path = "console/sign_in/device.html")]
struct DevicePage {
    token: Token,
    /// Whether the person may go on without a device.
    is_offer: bool,
    state: String,
    user: String,
    restart: String,
    qr_png: String,
    seed: Copy,
    first: Field,
    second: Field,
}

/// The steps, from where a device is to be bound.
pub(super) fn begin(app: &App, steps: Steps, is_offer: bool) -> Steps {
    Steps { seed: Some(mfa_enrolment::new_seed(app)), is_offer, ..steps }
}

/// The page with the device's secret and fields for two of its codes.
pub(super) async fn page(app: &App, browser: &Browser, steps: &Steps, error: &str) -> Result<Response, Failure> {
    let seed = steps.seed.clone().unwrap_or_default();
    let name = steps.user.split('@').next().unwrap_or_default();
    let account = steps.account.as_deref().unwrap_or_else(|| cloud_name(steps.cloud));
    let offer = mfa_enrolment::offer(steps.cloud, account, name, &seed)?;
    let page = DevicePage {
        token: browser.token(),
        is_offer: steps.is_offer,
        state: seal(app, browser, steps).await?,
        user: steps.user.clone(),
        restart: steps.start(),
        qr_png: offer.qr_png,
        seed: Copy::new("the secret key", offer.base32),
        first: Field::code("first", "First code").error(error).focus(),
        second: Field::code("second", "The code after it"),
    };
    Ok(browser.send(render(status(error), &page)))
}

#[derive(Deserialize)]
pub(super) struct Device {
    state: String,
    first: String,
    second: String,
}

pub(super) async fn bind(
    State(app): State<App>,
    visitor: Visitor,
    RootAllowed(root): RootAllowed,
    form: BrowserForm<Device>,
) -> Result<Response, Failure> {
    let BrowserForm { browser, form } = form;
    let steps = open(&app, &browser, &form.state).await?;
    let Some(seed) = steps.seed.clone() else {
        let text = "This step of the sign-in asks for no device. Start again.";
        return Err(Failure::new(StatusCode::CONFLICT, "Start again", text));
    };
    let attempt = steps.attempt(&visitor);
    let codes = [digits(&form.first), digits(&form.second)];
    let (enrolment, steps) = {
        let (app, attempt) = (app.clone(), attempt.clone());
        run(async move {
            retry(|| async {
                let mut steps = steps.clone();
                let codes = [&*codes[0], &*codes[1]];
                let enrolment = mfa_enrolment::enrol(&app, &attempt, &mut steps.shown, &seed, codes).await?;
                Ok((enrolment, steps))
            })
            .await
        })
        .await?
    };
    match enrolment {
        Enrolment::Bound => {
            let (outcome, steps) = advance(&app, visitor.seen, attempt, Steps { seed: None, ..steps }).await?;
            outcome_page(&app, &browser, root, outcome, steps).await
        }
        Enrolment::CodesIncorrect => {
            let error = "These are not two codes of the device that follow one another. Wait for new ones.";
            page(&app, &browser, &steps, error).await
        }
        Enrolment::Refused(refusal) => {
            sign_in_records::refused(&app, &visitor.seen, &attempt, &refusal).await;
            Ok(refused(&browser, root, &refusal, &steps))
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Declined {
    state: String,
}

/// Goes on without a device. Where one is needed that leads back to the page.
pub(super) async fn decline(
    State(app): State<App>,
    visitor: Visitor,
    RootAllowed(root): RootAllowed,
    form: BrowserForm<Declined>,
) -> Result<Response, Failure> {
    let BrowserForm { browser, form } = form;
    let mut steps = open(&app, &browser, &form.state).await?;
    steps.shown.device_declined = true;
    let attempt = steps.attempt(&visitor);
    let (outcome, steps) = advance(&app, visitor.seen, attempt, Steps { seed: None, ..steps }).await?;
    outcome_page(&app, &browser, root, outcome, steps).await
}
