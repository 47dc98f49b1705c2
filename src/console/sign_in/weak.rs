//! The advice after a sign-in with a well-known password: change it, or go on. It leaves the session alone.

use askama::Template;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::SecretString;
use serde::Deserialize;
use subtle::ConstantTimeEq;

use super::{LocalPath, encode, page_of, words};
use crate::console::cookies;
use crate::console::forms;
use crate::console::page::{Failure, render};
use crate::console::parts::{Banner, Field, Token, Tone};
use crate::console::run;
use crate::console::signed_in::{SignedForm, SignedIn};
use crate::domain::account::Cloud;
use crate::domain::error::Error;
use crate::domain::password_policy::Entrance;
use crate::services::authorize::authorize_own_password;
use crate::services::{login_profiles, retry};

#[derive(Template)]
#[template(path = "console/sign_in/weak.html")]
struct WeakPage {
    token: Token,
    mark: String,
    next: String,
    notice: Option<Banner>,
    may_change: bool,
    old: Field,
    password: Field,
    again: Field,
}

/// What a sign-in left to say that the password is well known: nobody else learns it or can say it.
fn mark(secret: &SecretString) -> String {
    forms::sign(secret, "weak password", "")
}

/// Where a sign-in with a well-known password leads, on the way to `next`.
pub(super) fn path(secret: &SecretString, next: &LocalPath) -> String {
    format!("/console/weak-password?mark={}&next={}", mark(secret), encode(next.as_str()))
}

/// The action that policies know a user's own change of password by.
fn action(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Alibaba => "ram:ChangePassword",
        Cloud::Aws => "iam:ChangePassword",
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    mark: String,
    next: LocalPath,
}

struct Wrong<'a> {
    status: StatusCode,
    notice: Option<Banner>,
    old: &'a str,
    again: &'a str,
}

impl Wrong<'_> {
    const NOTHING: Self = Self { status: StatusCode::OK, notice: None, old: "", again: "" };
}

fn page(signed_in: &SignedIn, asked: &Asked, may_change: bool, wrong: Wrong<'_>) -> Response {
    let page = WeakPage {
        token: forms::token(signed_in.secret()),
        mark: asked.mark.clone(),
        next: asked.next.as_str().to_owned(),
        notice: wrong.notice,
        may_change,
        old: Field::password("old_password", "Current password").error(wrong.old).focus(),
        password: Field::password("new_password", "New password").autocomplete("new-password"),
        again: Field::password("again", "New password again").autocomplete("new-password").error(wrong.again),
    };
    render(wrong.status, &page)
}

/// Whether a sign-in of this session said that its password is well known.
fn is_meant(signed_in: &SignedIn, asked: &Asked) -> bool {
    asked.mark.as_bytes().ct_eq(mark(signed_in.secret()).as_bytes()).into()
}

async fn may_change(signed_in: &SignedIn) -> Result<bool, Failure> {
    let ctx = &signed_in.current.ctx;
    match authorize_own_password(ctx, action(ctx.cloud)).await {
        Ok(()) => Ok(ctx.calling_user().is_some()),
        Err(Error::AccessDenied(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn show(
    signed_in: SignedIn,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Failure> {
    let asked = query.map(|Query(asked)| asked).unwrap_or_default();
    if !is_meant(&signed_in, &asked) {
        return Ok(Redirect::to(asked.next.as_str()).into_response());
    }
    let may_change = may_change(&signed_in).await?;
    Ok(page(&signed_in, &asked, may_change, Wrong::NOTHING))
}

#[derive(Deserialize)]
pub(super) struct Change {
    mark: String,
    next: LocalPath,
    old_password: String,
    new_password: String,
    again: String,
}

pub(super) async fn change(form: Result<SignedForm<Change>, Failure>) -> Result<Response, Failure> {
    let SignedForm { signed_in, form } = form?;
    let asked = Asked { mark: form.mark, next: form.next };
    if !may_change(&signed_in).await? {
        return Ok(page(&signed_in, &asked, false, Wrong { status: StatusCode::FORBIDDEN, ..Wrong::NOTHING }));
    }
    let wrong = Wrong { status: StatusCode::UNPROCESSABLE_ENTITY, ..Wrong::NOTHING };
    if form.new_password != form.again {
        return Ok(page(&signed_in, &asked, true, Wrong { again: "The two are not the same.", ..wrong }));
    }
    let (old, new) = (SecretString::from(form.old_password), SecretString::from(form.new_password));
    let start = page_of(&signed_in.current.account, signed_in.current.session.user_name.as_deref());
    let changing = async move {
        let ctx = &signed_in.current.ctx;
        let done = retry(|| login_profiles::change_password(ctx, &old, &new, Entrance::Page)).await;
        // What the person did wrong is told on the page; anything else is a failure.
        match done {
            Ok(()) => Ok((signed_in, Ok(()))),
            Err(error @ (Error::OldPasswordIncorrect | Error::PasswordRejected(..))) => Ok((signed_in, Err(error))),
            Err(error) => Err(error),
        }
    };
    let (signed_in, done) = run(changing).await?;
    match done {
        Ok(()) => {
            let joined = if start.contains('?') { '&' } else { '?' };
            let mut response = Redirect::to(&format!("{start}{joined}changed=1")).into_response();
            cookies::clear(&mut response, cookies::SESSION);
            Ok(response)
        }
        Err(Error::PasswordRejected(_, refusal)) => {
            let points = refusal.violations.into_iter().map(|one| words::violation(one).to_owned()).collect();
            let heading = "The account's policy does not allow this password";
            let notice = Some(Banner::new(Tone::Bad, "").heading(heading).points(points));
            Ok(page(&signed_in, &asked, true, Wrong { notice, ..wrong }))
        }
        Err(_) => Ok(page(&signed_in, &asked, true, Wrong { old: "This is not your password.", ..wrong })),
    }
}
