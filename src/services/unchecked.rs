//! What policies were not asked, since they bind no root, nor anyone where settings ignore them: noted as the request
//! named it, and looked up when somebody wants to know.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Mutex;

use crate::app::App;
use crate::app::journal::{Caller, Entry, Unchecked};
use crate::domain::account::Cloud;
use crate::domain::arn::Kind;
use crate::domain::error::Error;
use crate::domain::name;
use crate::domain::principal::Principal;
use crate::domain::target::Target;
use crate::domain::user::UserRef;
use crate::store;

use super::authorize::Asked;
use super::{Ctx, Decided, targets, time_in};

/// Notes it, where there is a journal. Only what may be gone or elsewhere afterwards is looked up: the requests of a
/// root must not cost more for being noted.
pub(super) async fn note(ctx: &Ctx, asked: Vec<Asked>, granted_by: Option<&'static str>) {
    if !ctx.app.journal.is_on() {
        return;
    }
    let mut unchecked = Vec::with_capacity(asked.len());
    for Asked { action, target, .. } in asked {
        let operation = action.split(':').nth(1).unwrap_or_default();
        let may_go = operation.starts_with("Delete") || operation.starts_with("Update");
        // What cannot be found now is found, or not, by whoever wants to know.
        let arn = if may_go { targets::find(ctx, &target).await.ok().map(|found| found.arn) } else { None };
        unchecked.push(Unchecked { action, target, arn, granted_by });
    }
    ctx.left_unchecked(unchecked);
}

/// Looks up what requests did things to: what is not there any more has the ARN under which another request met it.
#[derive(Debug, Default)]
pub struct Names(HashMap<(String, &'static str, String), String>);

/// The kind and the name by which a target is known, where it has both.
fn named(target: &Target) -> Option<(&'static str, String)> {
    match target {
        Target::User(UserRef::Name(name)) => Some((Kind::User.prefix(), name::key(name))),
        Target::Named(kind, name) | Target::New { kind, name, .. } => Some((kind.prefix(), name::key(name))),
        Target::User(_) | Target::Caller | Target::Arn(_) | Target::Moved { .. } | Target::Exactly(_) => None,
    }
}

impl Names {
    /// Learns the ARNs that requests knew.
    pub async fn learn(&mut self, app: &App, entry: &Entry) -> Result<(), Error> {
        let Some(account) = &entry.account else { return Ok(()) };
        // What failed may have met nothing under the name.
        if entry.status != 200 {
            return Ok(());
        }
        for unchecked in &entry.unchecked {
            let Some((kind, name)) = named(&unchecked.target) else { continue };
            let arn = match (&unchecked.arn, &unchecked.target) {
                (Some(arn), _) => arn.clone(),
                // Made under the name, which no other had.
                (None, Target::New { .. }) => {
                    let ctx = context(app, entry, account).await?;
                    targets::find(&ctx, &unchecked.target).await?.arn
                }
                (None, _) => continue,
            };
            self.0.insert((account.clone(), kind, name), arn);
        }
        Ok(())
    }

    /// The actions of a request that policies were not asked about, with their resources.
    pub async fn resolve(&self, app: &App, entry: &Entry) -> Result<Vec<(String, String)>, Error> {
        let Some(account) = &entry.account else { return Ok(Vec::new()) };
        if entry.unchecked.is_empty() {
            return Ok(Vec::new());
        }
        let ctx = context(app, entry, account).await?;
        let mut found = Vec::with_capacity(entry.unchecked.len());
        for unchecked in &entry.unchecked {
            let arn = match &unchecked.arn {
                Some(arn) => arn.clone(),
                None => self.arn(&ctx, &unchecked.target).await?,
            };
            found.push((unchecked.action.to_string(), arn));
        }
        Ok(found)
    }

    async fn arn(&self, ctx: &Ctx, target: &Target) -> Result<String, Error> {
        let now = targets::find(ctx, target).await?;
        if now.exists || matches!(target, Target::New { .. }) {
            return Ok(now.arn);
        }
        let before = named(target).and_then(|(kind, name)| self.0.get(&(ctx.account_id.clone(), kind, name)));
        Ok(before.cloned().unwrap_or(now.arn))
    }
}

async fn context(app: &App, entry: &Entry, account_id: &str) -> Result<Ctx, Error> {
    let caller = entry.caller.as_ref().map(|Caller { principal, session }| (principal.clone(), session.clone()));
    let (principal, session) = caller.unwrap_or((Principal::Anonymous, None));
    let ctx = bare_context(app, entry.cloud, account_id, principal, Ipv4Addr::LOCALHOST.into()).await?;
    Ok(Ctx { session, ..ctx })
}

/// What a principal acts with that makes no call.
pub(super) async fn bare_context(
    app: &App,
    cloud: Cloud,
    account_id: &str,
    principal: Principal,
    source_address: IpAddr,
) -> Result<Ctx, Error> {
    let pulse = app.db.pulse(account_id).await?;
    let own = store::accounts::find(&mut app.db.read().await?, account_id).await?.and_then(|account| account.clock);
    Ok(Ctx {
        app: app.clone(),
        account_id: account_id.to_owned(),
        cloud,
        principal,
        session: None,
        region: String::new(),
        pulse,
        now: time_in(app, own, pulse.clock),
        source_address,
        user_agent: None,
        decision: Mutex::new(Decided::default()),
    })
}
