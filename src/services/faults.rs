//! Faults that testers inject into the clouds' APIs: kept, taken away, and asked for by every request.
//!
//! They are of the world: a change of them raises its generation, so that every replica reads them anew at its next
//! request, and none reads anything as long as they stay what they are. A reset takes them away; a snapshot neither
//! holds them nor takes them away.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::app::App;
use crate::app::faults::Armed;
use crate::domain::account::Cloud;
use crate::domain::error::{Error, Noun};
use crate::domain::fault::{Effect, Kind, Malformed, Refusal, Request, Rule};
use crate::domain::user::UserRef;
use crate::store;
use crate::store::sight::{self, Looking};

use super::{Ctx, retry, users};

pub use crate::store::faults::KeptFault;
pub use crate::store::sight::Veil;

/// The most rules at a time: every request is held against each. Where there are as many, those that are spent make room.
pub const MOST: i64 = 1_000;

/// The status and text of a cloud's error by its code.
pub type KnownError = fn(Cloud, &str) -> Option<(u16, String)>;

/// Checks a rule, and binds one that only one cloud can answer to that cloud.
///
/// # Errors
/// The first member that is wrong.
pub fn complete(mut rule: Rule, known: KnownError) -> Result<Rule, Malformed> {
    rule.check()?;
    let asked = rule.matching.cloud;
    match &rule.fault.effect {
        Some(Effect::Refuse(refusal)) => {
            if asked == Some(Cloud::Aws) && refusal.retry_after_ms.is_some() {
                return Err(Malformed::new("fault.retry_after_ms", "is told by Alibaba Cloud alone"));
            }
            let may_be = [Cloud::Alibaba, Cloud::Aws].into_iter().filter(|cloud| asked.is_none_or(|it| it == *cloud));
            let having: Vec<Cloud> = may_be.filter(|cloud| known(*cloud, &refusal.code).is_some()).collect();
            if refusal.status.is_none() || refusal.message.is_none() {
                if having.is_empty() {
                    let why = "is no code that is known of this cloud: give it a status and a message";
                    return Err(Malformed::new("fault.error", why));
                }
                if let [one] = *having {
                    rule.matching.cloud = Some(one);
                }
            }
        }
        Some(Effect::Unmodifiable { .. }) => {
            if asked == Some(Cloud::Alibaba) {
                return Err(Malformed::new("match.cloud", "must be aws: the other cloud refuses no call so"));
            }
            rule.matching.cloud = Some(Cloud::Aws);
        }
        _ => {}
    }
    Ok(rule)
}

/// All faults, in the order in which they are asked.
pub async fn list(app: &App) -> Result<Vec<KeptFault>, Error> {
    store::faults::all(&mut app.db.read().await?).await
}

/// Keeps a rule that was checked; `None` when there are as many as there may be.
pub async fn add(app: &App, rule: Rule) -> Result<Option<KeptFault>, Error> {
    let kept = KeptFault { id: app.ids.uuid(), remaining: rule.times, rule, hits: 0, created_at: app.system_now() };
    if retry(|| insert(app, &kept)).await? { Ok(Some(kept)) } else { Ok(None) }
}

async fn insert(app: &App, kept: &KeptFault) -> Result<bool, Error> {
    let mut tx = app.db.write_world().await?;
    if store::faults::count(&mut tx).await? >= MOST {
        store::faults::delete_spent(&mut tx).await?;
        if store::faults::count(&mut tx).await? >= MOST {
            return Ok(false);
        }
    }
    store::faults::insert(&mut tx, kept).await?;
    tx.commit().await?;
    Ok(true)
}

/// Takes one away; says whether it was there.
pub async fn remove(app: &App, id: &str) -> Result<bool, Error> {
    retry(|| async {
        let mut tx = app.db.write_world().await?;
        let was_there = store::faults::delete(&mut tx, id).await?;
        if was_there {
            tx.commit().await?;
        }
        Ok(was_there)
    })
    .await
}

/// Takes all away.
pub async fn clear(app: &App) -> Result<(), Error> {
    retry(|| async {
        let mut tx = app.db.write_world().await?;
        store::faults::clear(&mut tx).await?;
        tx.commit().await
    })
    .await
}

/// Takes away those that only this account could meet: its tests are over.
pub(super) async fn clear_of_account(app: &App, account_id: &str) -> Result<(), Error> {
    let mine = |fault: &KeptFault| fault.rule.matching.account.as_deref() == Some(account_id);
    let ids: Vec<String> = list(app).await?.into_iter().filter(mine).map(|fault| fault.id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    retry(|| async {
        let mut tx = app.db.write_world().await?;
        for id in &ids {
            store::faults::delete(&mut tx, id).await?;
        }
        tx.commit().await
    })
    .await
}

/// What a request says that faults look at.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The API: `ims`, `ram`, `iam` or `sts`.
    pub service: &'a str,
    /// The action.
    pub action: &'a str,
    /// The key that signed.
    pub key_id: Option<&'a str>,
    /// What the action changes that the API may refuse to change again so soon.
    pub changes: Changes<'a>,
}

/// The user whom an action changes, or whose login profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changes<'a> {
    /// None, or the API does not refuse it so.
    Nobody,
    /// The caller.
    Caller,
    /// The one of this name.
    Named(&'a str),
}

/// What takes the place of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Instead {
    /// This error.
    Error(Refusal),
    /// That there is no such key.
    KeyUnseen,
    /// That the user, or that user's login profile, was changed a moment ago.
    Unmodifiable(Noun, String),
    /// What a gateway says with this status.
    Gateway(u16),
    /// Nothing: the connection is closed.
    Nothing,
}

/// What happens to an answer on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// It never arrives.
    Lost,
    /// So many bytes of its body do.
    Truncated(usize),
}

/// What faults do to one request.
#[derive(Debug, Default)]
pub struct Struck {
    /// The rule that did something to it; of several the one that decided.
    pub fault_id: Option<String>,
    /// What is answered though nothing is done.
    pub instead: Option<Instead>,
    /// What happens to the answer.
    pub damage: Option<Damage>,
    /// What it does not see.
    pub veils: Option<Arc<[Veil]>>,
}

/// Holds a request whose caller is known against the faults, and lets it wait where they say so. The first that does
/// more than delay decides, and those behind it are not counted. In the usual case, that there are none, this compares
/// two numbers.
pub async fn strike(ctx: &mut Ctx, asked: Asked<'_>) -> Result<Struck, Error> {
    let world = ctx.pulse.world;
    if ctx.app.faults.are_none(world) {
        return Ok(Struck::default());
    }
    let armed = if let Some(armed) = ctx.app.faults.get(world) {
        armed
    } else {
        let kept = list(&ctx.app).await?;
        ctx.app.faults.put(world, kept)
    };
    if armed.is_empty() {
        return Ok(Struck::default());
    }
    hold_against(ctx, asked, &armed).await
}

async fn hold_against(ctx: &mut Ctx, asked: Asked<'_>, armed: &[Armed]) -> Result<Struck, Error> {
    let principal = ctx.principal.arn(ctx.cloud, &ctx.account_id);
    let account_id = ctx.account_id.clone();
    let user = ctx.calling_user().map(|(_, name)| name.to_owned());
    let request = Request {
        cloud: ctx.cloud,
        service: asked.service,
        action: asked.action,
        account: &account_id,
        user: user.as_deref(),
        principal: &principal,
    };
    let (mut struck, mut veils) = (Struck::default(), Vec::new());
    for fault in armed.iter().filter(|fault| fault.rule.matching.holds(&request)) {
        let done = match &fault.rule.fault.effect {
            Some(Effect::Unseen { seconds, kinds }) => {
                let veil = Veil::new(fault.id.clone(), kinds.clone(), ctx.now.plus_seconds(-seconds));
                let hidden = is_key_unseen(ctx, asked.key_id, &veil).await?;
                veils.push(veil);
                hidden.then_some(Instead::KeyUnseen)
            }
            Some(Effect::Unmodifiable { seconds }) => unmodifiable(ctx, asked, *seconds).await?,
            effect => {
                if !falls(ctx, fault).await? {
                    continue;
                }
                struck.fault_id = Some(fault.id.clone());
                wait(ctx, fault).await?;
                match effect {
                    Some(Effect::Truncate { bytes }) => struck.damage = Some(Damage::Truncated(*bytes)),
                    Some(Effect::Drop { after: true }) => struck.damage = Some(Damage::Lost),
                    _ => {}
                }
                instead(effect.as_ref())
            }
        };
        if done.is_some() {
            if !fault.rule.fault.is_counted() {
                count(&ctx.app, &fault.id).await?;
            }
            struck.fault_id = Some(fault.id.clone());
            struck.instead = done;
        }
        if struck.instead.is_some() || struck.damage.is_some() {
            break;
        }
    }
    struck.veils = (!veils.is_empty()).then(|| veils.into());
    Ok(struck)
}

fn instead(effect: Option<&Effect>) -> Option<Instead> {
    match effect? {
        Effect::Refuse(refusal) => Some(Instead::Error(refusal.clone())),
        Effect::Gateway(status) => Some(Instead::Gateway(*status)),
        Effect::Drop { after: false } => Some(Instead::Nothing),
        Effect::Drop { after: true }
        | Effect::Truncate { .. }
        | Effect::Unseen { .. }
        | Effect::Unmodifiable { .. } => None,
    }
}

/// Whether a fault strikes a request that it matches: chance lets it, and the store has a strike left.
async fn falls(ctx: &Ctx, fault: &Armed) -> Result<bool, Error> {
    if fault.spent.load(Ordering::Relaxed) || !fault.rule.falls(|| u32::from_le_bytes(ctx.app.ids.bytes())) {
        return Ok(false);
    }
    let struck = count(&ctx.app, &fault.id).await?;
    if !struck {
        fault.spent.store(true, Ordering::Relaxed);
    }
    Ok(struck)
}

async fn count(app: &App, id: &str) -> Result<bool, Error> {
    retry(|| async {
        let mut tx = app.db.write_aside().await?;
        let struck = store::faults::strike(&mut tx, id).await?;
        tx.commit().await?;
        Ok(struck)
    })
    .await
}

/// Waits in real time, holding nothing. What was believed of the account before may be true no longer.
#[expect(clippy::disallowed_methods, reason = "a delay is what the tester asked for")]
async fn wait(ctx: &mut Ctx, fault: &Armed) -> Result<(), Error> {
    let Some(latency) = fault.rule.fault.latency else { return Ok(()) };
    let ms = latency.drawn(|| u64::from_le_bytes(ctx.app.ids.bytes()));
    tokio::time::sleep(Duration::from_millis(ms)).await;
    ctx.pulse = ctx.app.db.pulse(&ctx.account_id).await?;
    Ok(())
}

/// Whether the key that signed is too new to be known. Keys made with their account, and those of sessions, are known.
async fn is_key_unseen(ctx: &Ctx, key_id: Option<&str>, veil: &Veil) -> Result<bool, Error> {
    let (Some(key_id), true) = (key_id, veil.kinds.contains(&Kind::AccessKey)) else { return Ok(false) };
    let key = store::access_keys::find(&mut ctx.app.db.read().await?, key_id).await?;
    Ok(key.is_some_and(|key| !key.seeded && veil.hides(Kind::AccessKey, key.created_at)))
}

/// The user or login profile that was changed too short a time ago, if the action changes either.
async fn unmodifiable(ctx: &Ctx, asked: Asked<'_>, seconds: i64) -> Result<Option<Instead>, Error> {
    let name = match asked.changes {
        Changes::Nobody => None,
        Changes::Caller => ctx.calling_user().map(|(_, name)| name),
        Changes::Named(name) => Some(name),
    };
    let Some(name) = name else { return Ok(None) };
    let since = ctx.now.plus_seconds(-seconds);
    let mut conn = ctx.app.db.read().await?;
    let found = users::find(&mut conn, &ctx.account_id, &UserRef::Name(name.to_owned())).await?;
    let Some((user, _)) = found else { return Ok(None) };
    let profile = store::login_profiles::find(&mut conn, &ctx.account_id, &user.id).await?;
    if profile.is_some_and(|profile| profile.updated_at > since) {
        return Ok(Some(Instead::Unmodifiable(Noun::LoginProfile, user.name)));
    }
    Ok((user.updated_at > since).then_some(Instead::Unmodifiable(Noun::User, user.name)))
}

/// Runs what decides on a request, to which policies given a moment ago may be unknown.
pub async fn deciding<T>(veils: Option<&Arc<[Veil]>>, work: impl Future<Output = T>) -> T {
    sight::behind(veils, Looking::AtPolicies, work).await
}

/// Runs an operation, to which things made a moment ago may be unknown.
pub async fn doing<T>(veils: Option<&Arc<[Veil]>>, work: impl Future<Output = T>) -> T {
    sight::behind(veils, Looking::AtThings, work).await
}

/// After a request was answered: counts what hid something from it, and says which rule did.
pub async fn settle(app: &App, struck: Struck) -> Result<Option<String>, Error> {
    let mut fault_id = struck.fault_id;
    if struck.instead.is_some() {
        return Ok(fault_id);
    }
    for veil in struck.veils.iter().flat_map(|veils| veils.iter()).filter(|veil| veil.has_hidden()) {
        count(app, &veil.fault_id).await?;
        fault_id.get_or_insert_with(|| veil.fault_id.clone());
    }
    Ok(fault_id)
}
