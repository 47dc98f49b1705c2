//! What is done on the administrators' pages, for the journal: each deed as the cloud's API would call it, with what
//! policies said to it and what came of it. Pages that only show something are not in it, unless they were refused.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde_json::{Map, Value};

use super::permission::{self, Deed, On};
use crate::app::journal::Parameters;
use crate::dialect::mask::{self, Known};
use crate::dialect::record::{self, Answered, Who};
use crate::dialect::told_error;
use crate::domain::account::Cloud;
use crate::domain::error::Error;
use crate::services::sign_in_records::dialect;
use crate::services::{Ctx, Decided};

/// A deed that was permitted and is still to be done.
struct Pending {
    operation: &'static str,
    parameters: Parameters,
    decision: Decided,
    started: Instant,
}

/// What one request of a browser may do and does. Shared by all who have a part in it.
#[derive(Clone, Default)]
pub(super) struct Deeds(Arc<Mutex<Vec<Pending>>>);

impl Deeds {
    fn pending(&self) -> MutexGuard<'_, Vec<Pending>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks for a permission.
    pub(super) async fn demand(&self, ctx: &Ctx, deed: Deed, on: &[On<'_>]) -> Result<(), Error> {
        let started = Instant::now();
        ctx.undecided();
        let asked = permission::asked(ctx, on).await?;
        let operation = deed.operation(ctx.cloud);
        let parameters = parameters(&asked);
        let permitted = permission::permit(ctx, deed, asked).await;
        let decision = std::mem::take(&mut *ctx.decision.lock().unwrap_or_else(PoisonError::into_inner));
        let deed = Pending { operation, parameters, decision, started };
        if let Err(error) = &permitted {
            note(ctx, deed, Some(error));
        } else if !is_read(operation) {
            let mut pending = self.pending();
            // Asked for again with more of what is to be done.
            pending.retain(|before| before.operation != operation);
            pending.push(deed);
        }
        permitted
    }

    /// What was permitted is done, or was not to be done.
    pub(super) fn done(&self, ctx: &Ctx, error: Option<&Error>) {
        let deeds = std::mem::take(&mut *self.pending());
        for deed in deeds {
            note(ctx, deed, error);
        }
    }
}

fn is_read(operation: &str) -> bool {
    operation.starts_with("Get") || operation.starts_with("List")
}

/// Parameters as the journal has them: by name, lists and structures as JSON.
fn parameters(asked: &Map<String, Value>) -> Parameters {
    let texts: Vec<(String, String)> = asked
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        .collect();
    let pairs = texts.iter().map(|(name, value)| (&**name, &**value));
    // The pages name only what the cloud's operations take.
    mask::seen(pairs, |name| Known::taken(name, mask::MOST_BYTES)).parameters
}

fn note(ctx: &Ctx, deed: Pending, error: Option<&Error>) {
    let arn = ctx.principal.arn(ctx.cloud, &ctx.account_id);
    let told = error.map(|error| told_error(ctx.cloud, error, &arn));
    let caller = Who {
        account_id: ctx.account_id.clone(),
        arn,
        principal: ctx.principal.clone(),
        session: ctx.session.clone(),
        key_id: None,
        now: ctx.now,
    };
    let request_id = match ctx.cloud {
        Cloud::Alibaba => ctx.app.ids.request_id(),
        Cloud::Aws => ctx.app.ids.uuid(),
    };
    let status = told.as_ref().map_or(200, |told| told.status);
    let (code, message) = told.map(|told| (told.code, told.message)).unzip();
    let answered = Answered {
        request_id,
        dialect: dialect(ctx.cloud),
        cloud: ctx.cloud,
        action: deed.operation.to_owned(),
        scheme: None,
        caller: Some(caller),
        parameters: deed.parameters,
        decision: deed.decision,
        status,
        code,
        message,
        source_address: ctx.source_address,
        user_agent: ctx.user_agent.clone(),
        mistrusted: false,
        started: deed.started,
    };
    record::note(&ctx.app, answered);
}
