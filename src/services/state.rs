//! The whole state, of the world or of one account: taken out as one document of one moment, and put in its place in
//! one transaction, so that nobody sees half of it.
//!
//! An account that is replaced goes and comes: its generation is above all that were, and the world's is raised too, so
//! that nothing that any process keeps in memory is believed any more.

use serde_json::Value;

use crate::app::App;
use crate::domain::error::{Error, Noun};
use crate::store;
use crate::store::Tx;
use crate::store::state::Row;
use crate::store::state_tables::{ACCOUNTS, TABLES, Table, WORLD};

use super::state_document::{self as document, Malformed, State, malformed};
use super::{retry, upkeep};

/// Why a state is not taken.
#[derive(Debug, thiserror::Error)]
pub enum StateFault {
    /// The document is not what it should be.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// All else.
    #[error(transparent)]
    Other(#[from] Error),
}

/// The state of the world, or of one account, as one document.
///
/// # Errors
/// `NotFound(Account)`.
pub async fn export(app: &App, account_id: Option<&str>) -> Result<String, Error> {
    // So that it says when keys were used last.
    upkeep::write_key_usage(app).await?;
    let state = read(app, account_id).await?;
    Ok(document::write(&state))
}

/// As [`export`], the rows.
pub(super) async fn read(app: &App, account_id: Option<&str>) -> Result<State, Error> {
    let mut tx = app.db.read_whole().await?;
    let mut state = State { account: account_id.map(str::to_owned), world: None, tables: Vec::new() };
    if account_id.is_none() {
        state.world = store::state::read(&mut tx, &WORLD, None).await?.into_iter().next();
    }
    for table in TABLES {
        let rows = store::state::read(&mut tx, table, account_id).await?;
        if let (Some(id), ACCOUNTS, true) = (account_id, table.name, rows.is_empty()) {
            return Err(Error::missing(Noun::Account, id));
        }
        state.tables.push(rows);
    }
    tx.commit().await?;
    Ok(state)
}

/// Puts a document in the place of the world, or of one account: of a document of the world, what is of that account.
///
/// # Errors
/// [`StateFault`]; nothing is changed then.
pub async fn import(app: &App, account_id: Option<&str>, bytes: &[u8]) -> Result<(), StateFault> {
    replace(app, account_id, document::read(bytes)?).await
}

/// As [`import`], of JSON that was read.
///
/// # Errors
/// As [`import`].
pub async fn import_json(app: &App, account_id: Option<&str>, document: Value) -> Result<(), StateFault> {
    replace(app, account_id, document::from_json(document)?).await
}

async fn replace(app: &App, account_id: Option<&str>, state: State) -> Result<(), StateFault> {
    let state = match (account_id, &state.account) {
        (None, None) => state,
        (None, Some(of)) => {
            let problem = format!("this is the state of one account: put it in its place with ?account={of}");
            return Err(malformed("account", problem).into());
        }
        (Some(id), Some(of)) if id != of => return Err(malformed("account", "is another account").into()),
        (Some(id), _) => state.only(id),
    };
    if let Some(id) = account_id
        && state.accounts().next().is_none()
    {
        return Err(malformed("accounts", format!("the document has no account {id}")).into());
    }
    // What was used before belongs to what goes.
    upkeep::write_key_usage(app).await?;
    retry(|| put(app, account_id, &state)).await??;
    settled(app, account_id);
    Ok(())
}

/// Forgets what this process keeps of what was replaced.
pub(super) fn settled(app: &App, account_id: Option<&str>) {
    app.cache.clear();
    app.journal.clear(account_id);
}

async fn put(app: &App, account_id: Option<&str>, state: &State) -> Result<Result<(), Malformed>, Error> {
    let mut tx = app.db.write_world().await?;
    let generation = next_generation(app, &mut tx).await?;
    match account_id {
        Some(id) => store::state::clear_account(&mut tx, id).await?,
        None => store::world::delete_accounts(&mut tx).await?,
    }
    if let Some(world) = &state.world {
        store::state::write_world(&mut tx, world).await?;
    }
    if let Err(taken) = insert(&mut tx, state, generation).await? {
        return Ok(Err(taken));
    }
    tx.commit().await.map(Ok)
}

/// A generation that no account of this store ever had: those that are gone had at most the time of their day, as new
/// ones get, and one more for each write.
pub(super) async fn next_generation(app: &App, tx: &mut Tx<'_>) -> Result<i64, Error> {
    Ok(store::state::next_generation(tx).await?.max(app.system_now().0))
}

/// Puts rows in, of accounts that are not there.
pub(super) async fn insert(tx: &mut Tx<'_>, state: &State, generation: i64) -> Result<Result<(), Malformed>, Error> {
    for (table, rows) in state.tables().filter(|(_, rows)| !rows.is_empty()) {
        if let Some(taken) = taken(tx, table, rows).await? {
            return Ok(Err(taken));
        }
        store::state::write(tx, table, rows, generation).await?;
    }
    for id in state.accounts() {
        store::state::count(tx, id).await?;
    }
    store::state::drop_orphans(tx).await?;
    Ok(Ok(()))
}

/// What accounts that stay have already: ids that are unique in the world, and aliases.
async fn taken(tx: &mut Tx<'_>, table: &Table, rows: &[Row]) -> Result<Option<Malformed>, Error> {
    let place = |at: usize, column: &str| format!("{}[{at}].{column}", table.name);
    let cell = |row: &Row, column: &str| table.position(column).and_then(|at| row.get(at)?.text().map(str::to_owned));
    if table.unique.contains(&&["id"][..]) {
        let at = table.position("id").unwrap_or_default();
        let ids: Vec<&str> = rows.iter().filter_map(|row| row.get(at)?.text()).collect();
        if let Some(known) = store::state::known(tx, table, &ids).await?.first() {
            let at = ids.iter().position(|id| id == known).unwrap_or_default();
            return Ok(Some(malformed(place(at, "id"), "belongs to another account of this store")));
        }
    }
    if table.name == ACCOUNTS {
        for (at, row) in rows.iter().enumerate() {
            if let (Some(cloud), Some(alias)) = (cell(row, "cloud"), cell(row, "alias"))
                && store::state::alias_is_taken(tx, &cloud, &alias).await?
            {
                return Ok(Some(malformed(place(at, "alias"), "belongs to another account of this store")));
            }
        }
    }
    Ok(None)
}
