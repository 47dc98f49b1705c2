//! The rows of the state, read and written as they stand, a table at a time; must not know what they mean.
//!
//! The texts are put together from the list of tables, which is the same for every store; a test prepares each on both
//! engines.

use std::fmt::Write as _;

use sqlx::AssertSqlSafe;

#[cfg(test)]
use super::state_tables::TABLES;
use super::state_tables::{ACCOUNTS, Kind, Table, WORLD};
use super::{Conn, accounts};
use crate::domain::error::Error;

pub use super::state_tables as tables;

sql! {
    HIGHEST_GENERATION = "SELECT coalesce(max(generation), 0) FROM accounts";
    SET_WORLD = "UPDATE world SET clock_mode = $1, clock_micros = $2, message_key = $3 WHERE id = 'world'";
    ALIAS_TAKEN = "SELECT count(*) AS others FROM accounts WHERE cloud = $1 AND alias = $2";
    ORPHANS = "DELETE FROM sessions WHERE parent_id IS NOT NULL AND ended_at IS NULL AND NOT EXISTS \
               (SELECT 1 FROM sessions parent WHERE parent.id = sessions.parent_id AND parent.ended_at IS NULL)";
    COUNT = "UPDATE accounts SET users = (SELECT count(*) FROM users WHERE account_id = accounts.id), \
             roles = (SELECT count(*) FROM roles WHERE account_id = accounts.id), \
             mfa_devices = (SELECT count(*) FROM mfa_devices WHERE account_id = accounts.id), \
             groups = (SELECT count(*) FROM user_groups WHERE account_id = accounts.id), \
             policies = (SELECT count(*) FROM policies WHERE account_id = accounts.id), \
             instance_profiles = (SELECT count(*) FROM instance_profiles WHERE account_id = accounts.id), \
             server_certificates = (SELECT count(*) FROM server_certificates WHERE account_id = accounts.id) \
             WHERE id = $1";
    COUNT_USES = "INSERT INTO policy_uses (account_id, policy_arn, attachments) SELECT account_id, policy_arn, \
                  count(*) FROM policy_attachments WHERE account_id = $1 GROUP BY account_id, policy_arn";
}

/// What stands in a column.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is what it says")]
pub enum Cell {
    Null,
    Text(String),
    Integer(i64),
    Flag(bool),
    Bytes(Vec<u8>),
}

impl Cell {
    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    fn integer(&self) -> Option<i64> {
        if let Self::Integer(number) = self { Some(*number) } else { None }
    }

    fn flag(&self) -> Option<bool> {
        if let Self::Flag(flag) = self { Some(*flag) } else { None }
    }

    fn bytes(&self) -> Option<&[u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }
}

/// Cells in the order of their table's columns.
pub type Row = Vec<Cell>;

/// The most parameters of one statement, well under what either engine takes.
const MOST_PARAMETERS: usize = 4_000;

fn columns(table: &Table) -> String {
    table.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
}

fn select(table: &Table, of_account: bool) -> String {
    let mut text = format!("SELECT {} FROM {}", columns(table), table.name);
    if of_account {
        let _ = write!(text, " WHERE {} = $1", table.account_column());
    }
    text
}

/// What the schema asks for and is not part of the state.
fn beside(table: &Table) -> (&'static str, &'static str) {
    if table.name == ACCOUNTS { (", generation, users, roles, mfa_devices", ", $1, 0, 0, 0") } else { ("", "") }
}

fn insert(table: &Table, rows: usize) -> String {
    let (more_columns, more_values) = beside(table);
    let mut text = format!("INSERT INTO {} ({}{more_columns}) VALUES ", table.name, columns(table));
    let mut number = usize::from(!more_values.is_empty());
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..table.columns.len() {
            number += 1;
            let _ = write!(text, "{}${number}", if column == 0 { "" } else { ", " });
        }
        text.push_str(more_values);
        text.push(')');
    }
    text
}

fn known_ids(table: &Table, count: usize) -> String {
    let numbers = (1..=count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ");
    format!("SELECT id FROM {} WHERE id IN ({numbers})", table.name)
}

/// Reads a cell of a row of either engine.
macro_rules! cell {
    ($row:expr, $at:expr, $kind:expr) => {{
        use sqlx::Row as _;
        match $kind {
            Kind::Text | Kind::Word(_) | Kind::Json(_) | Kind::PasswordHash | Kind::Key(_) => {
                $row.try_get::<Option<String>, _>($at).map(|cell| cell.map(Cell::Text))
            }
            Kind::Integer { .. } | Kind::Bits | Kind::Time | Kind::Micros => {
                $row.try_get::<Option<i64>, _>($at).map(|cell| cell.map(Cell::Integer))
            }
            Kind::Flag => $row.try_get::<Option<bool>, _>($at).map(|cell| cell.map(Cell::Flag)),
            Kind::Bytes => $row.try_get::<Option<Vec<u8>>, _>($at).map(|cell| cell.map(Cell::Bytes)),
        }
        .map(|cell| cell.unwrap_or(Cell::Null))
    }};
}

/// All rows of a table, or those of one account, in the order of their keys.
pub async fn read(conn: &mut Conn, table: &Table, account_id: Option<&str>) -> Result<Vec<Row>, Error> {
    let text = select(table, account_id.is_some());
    let mut rows: Vec<Row> = on!(conn, |c| {
        let mut query = sqlx::query(AssertSqlSafe(text));
        if let Some(id) = account_id {
            query = query.bind(id);
        }
        query.fetch_all(c).await.and_then(|found| {
            let mut rows = Vec::with_capacity(found.len());
            for row in &found {
                let mut cells = Vec::with_capacity(table.columns.len());
                for (at, column) in table.columns.iter().enumerate() {
                    cells.push(cell!(row, at, column.kind)?);
                }
                rows.push(cells);
            }
            Ok(rows)
        })
    })?;
    let order: Vec<usize> =
        table.unique.first().into_iter().copied().flatten().filter_map(|name| table.position(name)).collect();
    rows.sort_by(|a, b| {
        let cells = |row: &Row, at: &usize| row.get(*at).cloned();
        order.iter().map(|at| cells(a, at).cmp(&cells(b, at))).find(|order| order.is_ne()).unwrap_or(a.cmp(b))
    });
    Ok(rows)
}

macro_rules! bind_cell {
    ($query:expr, $cell:expr, $kind:expr) => {
        match $kind {
            Kind::Text | Kind::Word(_) | Kind::Json(_) | Kind::PasswordHash | Kind::Key(_) => {
                $query.bind($cell.and_then(Cell::text))
            }
            Kind::Integer { .. } | Kind::Bits | Kind::Time | Kind::Micros => $query.bind($cell.and_then(Cell::integer)),
            Kind::Flag => $query.bind($cell.and_then(Cell::flag)),
            Kind::Bytes => $query.bind($cell.and_then(Cell::bytes)),
        }
    };
}

/// Writes rows into a table that has none of them; accounts get this generation.
pub async fn write(conn: &mut Conn, table: &Table, rows: &[Row], generation: i64) -> Result<(), Error> {
    let most = MOST_PARAMETERS / table.columns.len().max(1);
    for rows in rows.chunks(most.max(1)) {
        let text = insert(table, rows.len());
        on!(conn, |c| {
            let mut query = sqlx::query(AssertSqlSafe(text)).persistent(rows.len() == most || rows.len() == 1);
            if table.name == ACCOUNTS {
                query = query.bind(generation);
            }
            for row in rows {
                for (at, column) in table.columns.iter().enumerate() {
                    query = bind_cell!(query, row.get(at), column.kind);
                }
            }
            query.execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// Makes the world's own row what this one is.
pub async fn write_world(conn: &mut Conn, row: &Row) -> Result<(), Error> {
    on!(conn, |c| {
        let mut query = sqlx::query(SET_WORLD);
        for (at, column) in WORLD.columns.iter().enumerate() {
            query = bind_cell!(query, row.get(at), column.kind);
        }
        query.execute(c).await.map(|_| ())
    })
}

/// The generation above all that any account ever had here.
pub async fn next_generation(conn: &mut Conn) -> Result<i64, Error> {
    let highest: i64 = on!(conn, |c| sqlx::query_scalar(HIGHEST_GENERATION).fetch_one(c).await)?;
    Ok(highest.saturating_add(1))
}

/// Takes an account away whole, writers of it queueing behind; it may not be there.
pub async fn clear_account(conn: &mut Conn, account_id: &str) -> Result<(), Error> {
    accounts::touch(conn, account_id, None).await?;
    accounts::delete(conn, account_id).await.map(|_| ())
}

/// Which of these ids a table has.
pub async fn known(conn: &mut Conn, table: &Table, ids: &[&str]) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    for ids in ids.chunks(MOST_PARAMETERS) {
        let text = known_ids(table, ids.len());
        let more: Vec<String> = on!(conn, |c| {
            let mut query = sqlx::query_scalar(AssertSqlSafe(text)).persistent(false);
            for id in ids {
                query = query.bind(*id);
            }
            query.fetch_all(c).await
        })?;
        found.extend(more);
    }
    Ok(found)
}

/// Whether an account of the cloud goes by this alias.
pub async fn alias_is_taken(conn: &mut Conn, cloud: &str, alias: &str) -> Result<bool, Error> {
    let others: i64 = on!(conn, |c| sqlx::query_scalar(ALIAS_TAKEN).bind(cloud).bind(alias).fetch_one(c).await)?;
    Ok(others > 0)
}

/// Counts what the rows of an account come to.
pub async fn count(conn: &mut Conn, account_id: &str) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(COUNT).bind(account_id).execute(c).await.map(|_| ()))?;
    on!(conn, |c| sqlx::query(COUNT_USES).bind(account_id).execute(c).await.map(|_| ()))
}

/// Takes away running sessions whose parent does not run: its account went, or came back as it was before.
pub async fn drop_orphans(conn: &mut Conn) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(ORPHANS).execute(c).await.map(|_| ()))
}

/// Every text that is put together here, for tests.
#[cfg(test)]
pub(super) fn texts() -> Vec<String> {
    let of = |table: &Table| [select(table, false), select(table, true), insert(table, 1), insert(table, 3)];
    let ids = TABLES.iter().filter(|table| table.unique.contains(&&["id"][..])).map(|table| known_ids(table, 2));
    TABLES.iter().flat_map(of).chain(ids).chain([select(&WORLD, false)]).collect()
}
