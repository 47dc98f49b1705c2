//! The steps after the password: a code, a new password; and what each outcome leads to.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use secrecy::SecretString;
use serde::Deserialize;

use super::{RootAllowed, Steps, Visitor, device, entry, welcome, words};
use crate::app::App;
use crate::console::forms::{Browser, BrowserForm};
use crate::console::page::{Failure, Told, render};
use crate::console::parts::{Banner, Field, Token, Tone};
use crate::console::run;
use crate::services::sign_in::{self, Outcome, Refusal, SignIn};
use crate::services::{retry, sealing, sign_in_records};

#[derive(Template)]
#[template(path = "console/sign_in/code.html")]
struct CodePage {
    token: Token,
    state: String,
    user: String,
    restart: String,
    code: Field,
    may_be_remembered: bool,
}

#[derive(Template)]
#[template(path = "console/sign_in/new_password.html")]
struct NewPasswordPage {
    token: Token,
    state: String,
    user: String,
    restart: String,
    notice: Option<Banner>,
    password: Field,
    again: Field,
}

/// Goes one step further; the use case is run to its end, and what was shown comes back with the outcome.
pub(super) async fn advance(
    app: &App,
    seen: sign_in_records::Visitor,
    attempt: SignIn,
    steps: Steps,
) -> Result<(Outcome, Steps), Failure> {
    let app = app.clone();
    run(async move {
        let (outcome, steps) = retry(|| async {
            let mut steps = steps.clone();
            let outcome = sign_in::step(&app, &attempt, &mut steps.shown).await?;
            Ok((outcome, steps))
        })
        .await?;
        sign_in_records::attempted(&app, &seen, &attempt, &outcome).await;
        Ok((outcome, steps))
    })
    .await
}

/// The page that an outcome leads to.
pub(super) async fn outcome_page(
    app: &App,
    browser: &Browser,
    has_root: bool,
    outcome: Outcome,
    steps: Steps,
) -> Result<Response, Failure> {
    match outcome {
        Outcome::SignedIn(admitted) => welcome(app, *admitted, &steps.next, browser.secure).await,
        Outcome::MfaRequired => code_page(app, browser, &steps, "").await,
        Outcome::MfaBindOffered => device::page(app, browser, &device::begin(app, steps, true), "").await,
        Outcome::MfaBindRequired => device::page(app, browser, &device::begin(app, steps, false), "").await,
        Outcome::PasswordResetRequired => new_password_page(app, browser, &steps, "", Vec::new()).await,
        Outcome::Refused(Refusal::MfaCodeIncorrect) => {
            code_page(app, browser, &steps, "This is not the code that the device shows now, or it was used before.")
                .await
        }
        Outcome::Refused(Refusal::PasswordRejected(violations)) => {
            let points = violations.into_iter().map(|one| words::violation(one).to_owned()).collect();
            new_password_page(app, browser, &steps, "", points).await
        }
        Outcome::Refused(refusal) => Ok(refused(browser, has_root, &refusal, &steps)),
    }
}

pub(super) fn refused(browser: &Browser, has_root: bool, refusal: &Refusal, steps: &Steps) -> Response {
    match words::refusal(steps.cloud, refusal) {
        None => entry::again(browser, has_root, steps, words::wrong(steps.cloud)),
        Some((heading, text)) => {
            let page = Told {
                heading: heading.to_owned(),
                text: text.to_owned(),
                onward: (steps.start(), "Back to sign-in".to_owned()),
            };
            browser.send(render(StatusCode::FORBIDDEN, &page))
        }
    }
}

pub(super) fn status(error: &str) -> StatusCode {
    if error.is_empty() { StatusCode::OK } else { StatusCode::FORBIDDEN }
}

pub(super) async fn seal(app: &App, browser: &Browser, steps: &Steps) -> Result<String, Failure> {
    let purpose = browser.purpose();
    Ok(retry(|| sealing::seal(app, &purpose, steps)).await?)
}

async fn code_page(app: &App, browser: &Browser, steps: &Steps, error: &str) -> Result<Response, Failure> {
    let page = CodePage {
        token: browser.token(),
        state: seal(app, browser, steps).await?,
        user: steps.user.clone(),
        restart: steps.start(),
        code: Field::code("code", "Code").error(error).focus(),
        may_be_remembered: steps.shown.may_be_remembered,
    };
    Ok(browser.send(render(status(error), &page)))
}

async fn new_password_page(
    app: &App,
    browser: &Browser,
    steps: &Steps,
    unlike: &str,
    points: Vec<String>,
) -> Result<Response, Failure> {
    let rejected = !points.is_empty();
    let notice = rejected.then(|| {
        Banner::new(Tone::Bad, "").heading("The account's policy does not allow this password").points(points)
    });
    let page = NewPasswordPage {
        token: browser.token(),
        state: seal(app, browser, steps).await?,
        user: steps.user.clone(),
        restart: steps.start(),
        notice,
        password: Field::password("new_password", "New password").autocomplete("new-password").focus(),
        again: Field::password("again", "New password again").autocomplete("new-password").error(unlike),
    };
    let fine = !rejected && unlike.is_empty();
    Ok(browser.send(render(if fine { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }, &page)))
}

/// How far the sign-in has come, if the browser is the one that came so far and did not take too long.
pub(super) async fn open(app: &App, browser: &Browser, state: &str) -> Result<Steps, Failure> {
    let purpose = browser.purpose();
    let steps: Option<Steps> = retry(|| sealing::open(app, &purpose, state)).await?;
    let in_time = steps.filter(|steps| app.system_now().seconds() < steps.until && steps.shown.password.is_some());
    in_time.ok_or_else(|| {
        let told = Told {
            heading: "This took too long".to_owned(),
            text: "A sign-in has to be finished within ten minutes, in one browser. Start again.".to_owned(),
            onward: (super::PATH.to_owned(), "Sign in".to_owned()),
        };
        Failure::answer(browser.send(render(StatusCode::FORBIDDEN, &told)))
    })
}

#[derive(Deserialize)]
pub(super) struct Given {
    state: String,
    code: String,
    /// Absent where the box is not ticked.
    #[serde(default)]
    remember: String,
}

/// A code as people type it: with a gap in the middle.
pub(super) fn digits(code: &str) -> String {
    code.chars().filter(|letter| !letter.is_whitespace()).collect()
}

pub(super) async fn code(
    State(app): State<App>,
    visitor: Visitor,
    RootAllowed(root): RootAllowed,
    form: BrowserForm<Given>,
) -> Result<Response, Failure> {
    let BrowserForm { browser, form } = form;
    let steps = open(&app, &browser, &form.state).await?;
    let remember = !form.remember.is_empty();
    let attempt = SignIn { mfa_code: Some(digits(&form.code)), remember, ..steps.attempt(&visitor) };
    let (outcome, steps) = advance(&app, visitor.seen, attempt, steps).await?;
    outcome_page(&app, &browser, root, outcome, steps).await
}

#[derive(Deserialize)]
pub(super) struct Replacement {
    state: String,
    new_password: String,
    again: String,
}

pub(super) async fn new_password(
    State(app): State<App>,
    visitor: Visitor,
    RootAllowed(root): RootAllowed,
    form: BrowserForm<Replacement>,
) -> Result<Response, Failure> {
    let BrowserForm { browser, form } = form;
    let steps = open(&app, &browser, &form.state).await?;
    if form.new_password != form.again {
        return new_password_page(&app, &browser, &steps, "The two are not the same.", Vec::new()).await;
    }
    let attempt = SignIn { new_password: Some(SecretString::from(form.new_password)), ..steps.attempt(&visitor) };
    let (outcome, steps) = advance(&app, visitor.seen, attempt, steps).await?;
    outcome_page(&app, &browser, root, outcome, steps).await
}
