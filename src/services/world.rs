//! The world as a whole: its clock, an account's clock, and back to the beginning.

use crate::app::App;
use crate::domain::access_key::{AccessKey, KeyStatus};
use crate::domain::account::Cloud;
use crate::domain::error::{Error, Noun};
use crate::domain::time::{ClockSetting, Time};
use crate::store::{self, Tx};

use super::{accounts, seeds, state, time_in};

/// A clock and what it shows.
#[derive(Clone, Copy, Debug)]
pub struct ClockReading {
    /// What it shows.
    pub now: Time,
    /// How it runs.
    pub setting: ClockSetting,
}

/// How to change a clock.
#[derive(Clone, Copy, Debug)]
pub enum ClockChange {
    /// Stand still at a time.
    Freeze(Time),
    /// Go on from a time.
    RunFrom(Time),
    /// Back to system time; an account follows the world's clock again.
    System,
    /// Move by so many microseconds.
    Advance(i64),
}

/// Reads the world's clock or an account's.
pub async fn clock(app: &App, account_id: Option<&str>) -> Result<ClockReading, Error> {
    let mut conn = app.db.read().await?;
    let world = store::world::clock(&mut conn).await?;
    let setting = match account_id {
        Some(id) => store::accounts::find(&mut conn, id).await?.ok_or_else(|| Error::missing(Noun::Account, id))?.clock,
        None => None,
    }
    .unwrap_or(world);
    Ok(ClockReading { now: time_in(app, Some(setting), world), setting })
}

/// Changes the world's clock or an account's own.
pub async fn set_clock(app: &App, account_id: Option<&str>, change: ClockChange) -> Result<ClockReading, Error> {
    let reading = match account_id {
        None => {
            let mut tx = app.db.write_world().await?;
            let before = store::world::clock(&mut tx).await?;
            let setting = changed(app, before, change);
            store::world::set_clock(&mut tx, setting).await?;
            tx.commit().await?;
            setting
        }
        Some(id) => {
            if store::accounts::find(&mut app.db.read().await?, id).await?.is_none() {
                return Err(Error::missing(Noun::Account, id));
            }
            let (mut tx, account) = app.db.write(id).await?;
            let world = store::world::clock(&mut tx).await?;
            let own = match change {
                ClockChange::System => None,
                change => Some(changed(app, account.clock.unwrap_or(world), change)),
            };
            store::accounts::set_clock(&mut tx, id, own).await?;
            tx.commit().await?;
            own.unwrap_or(world)
        }
    };
    Ok(ClockReading { now: reading.now(app.system_now()), setting: reading })
}

fn changed(app: &App, before: ClockSetting, change: ClockChange) -> ClockSetting {
    match change {
        ClockChange::Freeze(time) => ClockSetting::Frozen(time),
        ClockChange::RunFrom(time) => ClockSetting::Offset(time.0 - app.system_now().0),
        ClockChange::System => ClockSetting::System,
        ClockChange::Advance(micros) => before.advanced(micros),
    }
}

/// Takes everything back to the beginning: what the seed says, and the default accounts, empty where it says nothing;
/// the root keys made with them; system time, unless the seed has a time; an empty journal; no
/// faults.
pub async fn reset(app: &App) -> Result<(), Error> {
    let seed = seeds::beginning(app).await?;
    let mut tx = app.db.write_world().await?;
    let keys = store::access_keys::seeded(&mut tx).await?;
    let generation = state::next_generation(app, &mut tx).await?;
    store::world::delete_accounts(&mut tx).await?;
    store::faults::clear(&mut tx).await?;
    store::world::set_clock(&mut tx, ClockSetting::System).await?;
    let mut known: Vec<&str> = Vec::new();
    if let Some(seed) = &seed {
        known.extend(seed.accounts());
        state::insert(&mut tx, seed, generation).await?.map_err(Error::internal)?;
        if let Some(world) = &seed.world {
            store::state::write_world(&mut tx, world).await?;
        }
    }
    let now = app.system_now();
    for (id, cloud) in default_accounts(app) {
        store::accounts::insert(&mut tx, id, cloud, now).await?;
        known.push(id);
    }
    for key in keys.into_iter().filter(|key| known.contains(&&*key.account_id)) {
        renew_key(&mut tx, key).await?;
    }
    tx.commit().await?;
    app.journal.clear(None);
    app.cache.clear();
    Ok(())
}

/// Brings back a root key that was made with its account, as it was made, unless it is there.
pub(super) async fn renew_key(tx: &mut Tx<'_>, key: AccessKey) -> Result<(), Error> {
    if store::access_keys::find(tx, &key.id).await?.is_some() {
        return Ok(());
    }
    let renewed = AccessKey { status: KeyStatus::Active, updated_at: key.created_at, ..key };
    store::access_keys::insert(tx, &renewed).await
}

/// Makes the default accounts unless they are there.
pub async fn ensure_default_accounts(app: &App) -> Result<(), Error> {
    for (id, cloud) in default_accounts(app) {
        accounts::ensure(app, id, cloud).await?;
    }
    Ok(())
}

/// The ids of the default accounts.
pub fn default_accounts(app: &App) -> [(&str, Cloud); 2] {
    [(&*app.settings.alibaba.default_account, Cloud::Alibaba), (&*app.settings.aws.default_account, Cloud::Aws)]
}
