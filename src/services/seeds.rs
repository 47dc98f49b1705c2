//! Seeds: the world to begin with, and to go back to.
//!
//! A seed is sown in a world of its own in memory, by the use cases that serve the clouds' calls, so that all their
//! rules hold; what came of it is then put into the store in one transaction, as a state is. So a seed that is wrong
//! changes nothing, nobody sees half of one, and the same seed gives the same ids and secrets everywhere.

use crate::app::App;
use crate::clock::ManualClock;
use crate::config::Settings;
use crate::domain::error::Error;
use crate::domain::time::Time;
use crate::ids::Ids;
use crate::seed::{SeedFault, SeedFile, Seeding};
use crate::store;
use crate::store::state::Cell;
use crate::store::state_tables::{ACCOUNTS, TABLES};
use crate::store::{Db, StoreOptions, Tx};

use super::seed_sowing;
use super::state_document::{self as document, Malformed, State};
use super::{retry, state};

/// Why a seed is not taken.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// Something in it is wrong; the text says where.
    #[error(transparent)]
    Seed(#[from] SeedFault),
    /// It is a state, and something in it is wrong.
    #[error(transparent)]
    State(#[from] Malformed),
    /// The store in memory cannot be opened.
    #[error(transparent)]
    Open(#[from] store::OpenError),
    /// All else.
    #[error(transparent)]
    Other(#[from] Error),
}

/// What comes of a seed when it is sown at this time.
async fn grown(seeding: &Seeding, settings: &Settings, now: Time) -> Result<State, SeedError> {
    let mut state = match &seeding.file {
        SeedFile::State(state) => document::from_json(state.clone())?,
        SeedFile::Plan(plan) => {
            let options = StoreOptions { url: "sqlite::memory:".to_owned(), full_sync: false, connections: 1 };
            let db = Db::open(&options).await?;
            let app = App::new(db, Box::new(ManualClock::at(now)), Ids::seeded(plan.seed_number), settings.clone());
            seed_sowing::sow(&app, plan).await?;
            let mut state = state::read(&app, None).await?;
            app.db.close().await;
            // The seed says nothing of the world's clock.
            state.world = None;
            state
        }
    };
    mark(&mut state, &seeding.digest);
    Ok(state)
}

/// Writes into every account what it was seeded with.
fn mark(state: &mut State, digest: &str) {
    for (table, rows) in TABLES.iter().zip(&mut state.tables) {
        let at = table.position("seeded_from").filter(|_| table.name == ACCOUNTS);
        for row in rows.iter_mut() {
            if let Some(cell) = at.and_then(|at| row.get_mut(at)) {
                *cell = Cell::Text(digest.to_owned());
            }
        }
    }
}

/// Says whether a seed is good, without a store.
///
/// # Errors
/// What is wrong with it.
pub async fn check(settings: &Settings, text: &str, now: Time) -> Result<usize, SeedError> {
    let state = grown(&Seeding::parse(text)?, settings, now).await?;
    Ok(state.accounts().count())
}

/// What became of the accounts of a seed.
#[derive(Debug, Default)]
pub struct Sown {
    /// They are now as the seed says.
    pub sown: Vec<String>,
    /// They were seeded before, or have something in them, and were left as they are.
    pub left: Vec<String>,
}

/// Sows the seed, if there is one: every account that is not there, or has nothing in it and was never seeded. All in
/// one transaction.
///
/// # Errors
/// What is wrong with the seed; nothing is changed then.
pub async fn apply(app: &App) -> Result<Sown, SeedError> {
    let Some(seeding) = app.seed() else { return Ok(Sown::default()) };
    let state = grown(seeding, &app.settings, app.system_now()).await?;
    let sown = retry(|| apply_now(app, &state)).await??;
    state::settled(app, Some(""));
    Ok(sown)
}

async fn apply_now(app: &App, state: &State) -> Result<Result<Sown, Malformed>, Error> {
    let mut tx = app.db.write_world().await?;
    let generation = state::next_generation(app, &mut tx).await?;
    let mut done = Sown::default();
    for id in state.accounts() {
        if is_taken(&mut tx, id).await? {
            done.left.push(id.to_owned());
            continue;
        }
        let own = state.clone().only(id);
        if let Err(fault) = put_account(&mut tx, id, &own, generation).await? {
            return Ok(Err(fault));
        }
        done.sown.push(id.to_owned());
    }
    if let (Some(world), true) = (&state.world, done.left.is_empty()) {
        store::state::write_world(&mut tx, world).await?;
    }
    tx.commit().await?;
    Ok(Ok(done))
}

/// Whether an account was seeded or has anything in it but the root key made with it.
async fn is_taken(tx: &mut Tx<'_>, id: &str) -> Result<bool, Error> {
    for table in TABLES {
        let rows = store::state::read(tx, table, Some(id)).await?;
        let at = |column| table.position(column);
        let says = |row: &store::state::Row, column| at(column).and_then(|at| row.get(at)).cloned();
        let taken = rows.iter().any(|row| match table.name {
            ACCOUNTS => says(row, "seeded_from") != Some(Cell::Null),
            "access_keys" => says(row, "seeded") != Some(Cell::Flag(true)),
            _ => true,
        });
        if taken {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Puts an account's state in the place of whatever it is; the root key made with it stays.
async fn put_account(tx: &mut Tx<'_>, id: &str, own: &State, generation: i64) -> Result<Result<(), Malformed>, Error> {
    let keys = store::access_keys::seeded(tx).await?;
    store::state::clear_account(tx, id).await?;
    if let Err(fault) = state::insert(tx, own, generation).await? {
        return Ok(Err(fault));
    }
    for key in keys.into_iter().filter(|key| key.account_id == id) {
        super::world::renew_key(tx, key).await?;
    }
    Ok(Ok(()))
}

/// What a reset goes back to: the seed as it comes up now, or nothing.
///
/// # Errors
/// When the seed, which was good at the start, is so no longer.
pub(super) async fn beginning(app: &App) -> Result<Option<State>, Error> {
    match app.seed() {
        None => Ok(None),
        Some(seeding) => grown(seeding, &app.settings, app.system_now()).await.map(Some).map_err(Error::internal),
    }
}

/// Takes an account back to what the seed says of it; says whether it says anything.
pub(super) async fn reset_account(app: &App, id: &str) -> Result<bool, Error> {
    let Some(state) = beginning(app).await? else { return Ok(false) };
    if !state.accounts().any(|known| known == id) {
        return Ok(false);
    }
    let own = state.only(id);
    let mut tx = app.db.write_world().await?;
    let generation = state::next_generation(app, &mut tx).await?;
    put_account(&mut tx, id, &own, generation).await?.map_err(Error::internal)?;
    tx.commit().await?;
    state::settled(app, Some(id));
    Ok(true)
}
