//! The first page: who you are here, and until when.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::page::{Shell, render, stamp};
use super::parts::{Badge, Copy, Tone};
use super::signed_in::SignedIn;
use crate::domain::principal::Principal;

#[derive(Template)]
#[template(path = "console/home.html")]
struct Home {
    shell: Shell,
    arn: Copy,
    account_id: Copy,
    alias: String,
    domain: String,
    is_root: bool,
    mfa: Badge,
    session_id: Copy,
    started: String,
    until: String,
    now: String,
    address: String,
}

pub(super) async fn home(signed_in: SignedIn) -> Response {
    let current = &signed_in.current;
    let (session, account, ctx) = (&current.session, &current.account, &current.ctx);
    let mfa = if session.mfa_present { (Tone::Good, "Shown") } else { (Tone::Warning, "Not shown") };
    let home = Home {
        shell: signed_in.shell("overview"),
        arn: Copy::new("the ARN", ctx.principal.arn(ctx.cloud, &ctx.account_id)),
        account_id: Copy::new("the account id", &*account.id),
        alias: account.own_alias().unwrap_or_default().to_owned(),
        domain: account.sign_in_domain().unwrap_or_default(),
        is_root: ctx.principal == Principal::Root,
        mfa: Badge::new(mfa.0, mfa.1),
        session_id: Copy::new("the session's id", &*session.id),
        started: stamp(session.started_at),
        until: stamp(session.expires_at),
        now: stamp(ctx.now),
        address: session.source_address.clone().unwrap_or_default(),
    };
    signed_in.send(render(StatusCode::OK, &home))
}
