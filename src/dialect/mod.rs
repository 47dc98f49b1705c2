//! The clouds' wire formats: decode, call a use case, encode. No SQL, no rule.

mod alibaba;
mod aws;
mod form;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod injected;
pub(crate) mod mask;
mod members;
pub(crate) mod offered;
#[cfg(test)]
mod operations_table_tests;
pub(crate) mod permits;
pub(crate) mod record;
pub(crate) mod sign_in;

use std::net::IpAddr;

use axum::body::{Body, Bytes};
use axum::http::{Response, header, request::Parts};

use crate::app::App;
use crate::domain::account::Cloud;
use crate::domain::denial::Denial;
use crate::domain::error::Error;
use crate::services::{Ctx, MOST_TRIES};

/// The largest body a request may have (RAM documentation, "Request structure").
const LARGEST_BODY: usize = 10 * 1024 * 1024;

/// Why a body was not read.
#[derive(Clone, Copy, Debug)]
enum BodyFault {
    /// It has more than [`LARGEST_BODY`] bytes.
    TooLarge,
    /// It ended before it was whole.
    Broken,
}

/// Answers one request in the dialect that it speaks, in a task of its own: a client that goes away must not stop a
/// write half-way, and a panic ends nothing but the one request.
pub(crate) async fn handle(app: App, source_address: IpAddr, parts: Parts, body: Body) -> Response<Body> {
    let body = read(&parts, body).await;
    let is_aws = aws::is_spoken(&parts, body.as_ref().ok());
    let panicked = app.clone();
    let answering = if is_aws {
        tokio::spawn(aws::handle(app, source_address, parts, body))
    } else {
        tokio::spawn(alibaba::handle(app, source_address, parts, body))
    };
    answering.await.unwrap_or_else(|error| {
        tracing::error!(%error, "request panicked");
        if is_aws { aws::internal_error(&panicked) } else { alibaba::internal_error(&panicked) }
    })
}

/// The status and text of an error by its code, where this cloud has it: what faults may name without saying more.
pub(crate) fn known_error(cloud: Cloud, code: &str) -> Option<(u16, String)> {
    match cloud {
        Cloud::Alibaba => alibaba::known_error(code),
        Cloud::Aws => aws::known_error(code),
    }
}

/// A denial in the cloud's own words. `caller` is the ARN of whoever called.
pub(crate) fn denial_text(cloud: Cloud, denial: &Denial, caller: &str) -> String {
    match cloud {
        Cloud::Alibaba => alibaba::denial_text(denial),
        Cloud::Aws => aws::denial_text(denial, caller),
    }
}

/// An error as a cloud's API tells it.
pub(crate) struct ToldError {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
}

/// An error as the cloud's API tells it. `caller` is the ARN of whoever called.
pub(crate) fn told_error(cloud: Cloud, error: &Error, caller: &str) -> ToldError {
    match cloud {
        Cloud::Alibaba => alibaba::told(error),
        Cloud::Aws => aws::told(error, caller),
    }
}

/// An error as the cloud's API tells it: code and text. `caller` is the ARN of whoever called.
pub(crate) fn error_text(cloud: Cloud, error: &Error, caller: &str) -> String {
    let told = told_error(cloud, error, caller);
    format!("{}: {}", told.code, told.message)
}

async fn read(parts: &Parts, body: Body) -> Result<Bytes, BodyFault> {
    let announced = parts.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: u64| length > LARGEST_BODY as u64) {
        return Err(BodyFault::TooLarge);
    }
    axum::body::to_bytes(body, LARGEST_BODY).await.map_err(|error| {
        // The limit's own error is of a type that is not ours to name.
        let too_large = error.into_inner().to_string().contains("length limit");
        if too_large { BodyFault::TooLarge } else { BodyFault::Broken }
    })
}

/// How often a call that lost a race is run again. The caller is recognised once.
struct Tries(usize);

impl Tries {
    fn new() -> Self {
        Self(MOST_TRIES)
    }

    /// Makes ready for another try, at the account's newest state; says whether there is one.
    async fn again(&mut self, ctx: &mut Ctx) -> Result<bool, Error> {
        self.0 = self.0.saturating_sub(1);
        if self.0 > 0 {
            tokio::task::yield_now().await;
            ctx.pulse = ctx.app.db.pulse(&ctx.account_id).await?;
        }
        Ok(self.0 > 0)
    }
}
