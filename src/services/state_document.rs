//! The state as one JSON document: written in one order, read with every fault named by its place; must not know the
//! store's connections.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::app::hasher::PasswordHash;
use crate::domain::name;
use crate::domain::spelling::nearest;
use crate::domain::time::Time;
use crate::domain::unrepeated::Unrepeated;
use crate::store::state::{Cell, Row};
use crate::store::state_tables::{Absent, Column, Kind, TABLES, Table, WORLD};

use super::state_checks;

/// The member that says that a document is a state, and in which format.
pub const FORMAT: &str = "sesame_state";
/// The largest document that is taken, in bytes.
pub const LARGEST: usize = 100 * 1_024 * 1_024;
/// The format that is written, and the only one that is read.
pub const VERSION: i64 = 1;
const ACCOUNT: &str = "account";

/// The longest a clock can be off.
const MOST_MICROS: i64 = 253_402_300_799_999_999;

/// What is wrong with a document, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct Malformed {
    /// The place, as in `users[3].created_at`.
    pub place: String,
    /// What is wrong there; no value is repeated, since it may be a secret.
    pub problem: String,
}

pub(super) fn malformed(place: impl Into<String>, problem: impl Into<String>) -> Malformed {
    Malformed { place: place.into(), problem: problem.into() }
}

/// The rows of the world, or of one account.
#[derive(Clone, Default)]
pub struct State {
    /// The account it is of; `None` is the world.
    pub account: Option<String>,
    /// The world's own row.
    pub world: Option<Row>,
    /// The rows of each table, in the order of [`TABLES`].
    pub tables: Vec<Vec<Row>>,
}

impl State {
    /// The tables with their rows.
    pub fn tables(&self) -> impl Iterator<Item = (&'static Table, &[Row])> {
        TABLES.iter().zip(&self.tables).map(|(table, rows)| (table, &**rows))
    }

    /// The rows of a table.
    pub fn rows(&self, name: &str) -> &[Row] {
        self.tables().find(|(table, _)| table.name == name).map_or(&[], |(_, rows)| rows)
    }

    /// The ids of its accounts.
    pub fn accounts(&self) -> impl Iterator<Item = &str> {
        self.rows(crate::store::state_tables::ACCOUNTS).iter().filter_map(|row| row.first()?.text())
    }

    /// Keeps what is of one account.
    #[must_use]
    pub fn only(mut self, account_id: &str) -> Self {
        for (table, rows) in TABLES.iter().zip(&mut self.tables) {
            let at = table.position(table.account_column());
            rows.retain(|row| at.and_then(|at| row.get(at)).and_then(Cell::text) == Some(account_id));
        }
        self.world = None;
        self.account = Some(account_id.to_owned());
        self
    }
}

/// Writes a state: a row a line, tables and members in a fixed order, what is nothing left out.
pub fn write(state: &State) -> String {
    let mut text = format!("{{\n\"{FORMAT}\": {VERSION}");
    if let Some(account) = &state.account {
        let _ = write!(text, ",\n\"{ACCOUNT}\": {}", Value::from(account.as_str()));
    }
    if let Some(row) = &state.world {
        let _ = write!(text, ",\n\"{}\": {}", WORLD.name, shown(&WORLD, row));
    }
    for (table, rows) in state.tables().filter(|(_, rows)| !rows.is_empty()) {
        let _ = write!(text, ",\n\"{}\": [", table.name);
        for (at, row) in rows.iter().enumerate() {
            text.push_str(if at == 0 { "\n" } else { ",\n" });
            text.push_str(&shown(table, row).to_string());
        }
        text.push_str("\n]");
    }
    text.push_str("\n}\n");
    text
}

fn shown(table: &Table, row: &Row) -> Value {
    let cells = table.columns.iter().zip(row);
    let members = cells.filter(|(column, cell)| **cell != Cell::Null && !matches!(column.kind, Kind::Key(_)));
    Value::Object(members.map(|(column, cell)| (column.name.to_owned(), member(column.kind, cell))).collect())
}

fn member(kind: Kind, cell: &Cell) -> Value {
    match (kind, cell) {
        (_, Cell::Null) => Value::Null,
        (Kind::Json(_), Cell::Text(text)) => serde_json::from_str(text).unwrap_or(Value::Null),
        (Kind::Time, Cell::Integer(micros)) => Value::from(Time(*micros).to_string()),
        (_, Cell::Text(text)) => Value::from(text.as_str()),
        (_, Cell::Integer(number)) => Value::from(*number),
        (_, Cell::Flag(flag)) => Value::from(*flag),
        (_, Cell::Bytes(bytes)) => Value::from(STANDARD.encode(bytes)),
    }
}

/// Whether a document, read as JSON, says that it is a state.
pub fn is_state(document: &Value) -> bool {
    document.get(FORMAT).is_some()
}

/// Reads a document.
///
/// # Errors
/// The first fault.
pub fn read(bytes: &[u8]) -> Result<State, Malformed> {
    let Unrepeated(document) = serde_json::from_slice(bytes).map_err(|error| {
        let problem = if error.is_data() { "this member stands here twice" } else { "this is not JSON from here on" };
        malformed(format!("line {} column {}", error.line(), error.column()), problem)
    })?;
    from_json(document)
}

/// As [`read`], from JSON.
///
/// # Errors
/// The first fault.
pub fn from_json(document: Value) -> Result<State, Malformed> {
    let Value::Object(mut document) = document else {
        return Err(malformed("document", "must be an object"));
    };
    match document.remove(FORMAT) {
        Some(Value::Number(version)) if version.as_i64() == Some(VERSION) => {}
        Some(_) => return Err(malformed(FORMAT, format!("must be {VERSION}, the format that is known here"))),
        None => return Err(malformed(FORMAT, format!("is missing: a state begins with \"{FORMAT}\": {VERSION}"))),
    }
    let mut state = State::default();
    match document.remove(ACCOUNT) {
        None => {}
        Some(Value::String(id)) => state.account = Some(id),
        Some(_) => return Err(malformed(ACCOUNT, "must be the id of an account")),
    }
    if let Some(world) = document.remove(WORLD.name) {
        state.world = Some(read_row(&WORLD, WORLD.name, world)?);
    }
    for table in TABLES {
        let rows = match document.remove(table.name) {
            None => Vec::new(),
            Some(Value::Array(rows)) => rows,
            Some(_) => return Err(malformed(table.name, "must be a list")),
        };
        let read = |(at, row)| read_row(table, &format!("{}[{at}]", table.name), row);
        state.tables.push(rows.into_iter().enumerate().map(read).collect::<Result<_, _>>()?);
    }
    if let Some(unknown) = document.keys().next() {
        let known = TABLES.iter().map(|table| table.name).chain([FORMAT, ACCOUNT, WORLD.name]);
        return Err(malformed(name_of(unknown), meant("there is no such table", unknown, known)));
    }
    state_checks::check(&state)?;
    Ok(state)
}

/// A name of somebody's making, fit to be shown.
fn name_of(name: &str) -> String {
    name.chars().take(64).collect()
}

fn meant<'a>(problem: &str, word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    match nearest(word, known) {
        Some(meant) => format!("{problem}; did you mean {meant}?"),
        None => problem.to_owned(),
    }
}

fn read_row(table: &Table, place: &str, value: Value) -> Result<Row, Malformed> {
    let Value::Object(mut members) = value else {
        return Err(malformed(place, "must be an object"));
    };
    let mut row = Vec::with_capacity(table.columns.len());
    for column in table.columns {
        row.push(read_cell(column, place, &mut members)?);
    }
    if let Some(unknown) = members.keys().next() {
        let known =
            table.columns.iter().filter(|column| !matches!(column.kind, Kind::Key(_))).map(|column| column.name);
        return Err(malformed(
            format!("{place}.{}", name_of(unknown)),
            meant(&format!("{} have no such member", table.name), unknown, known),
        ));
    }
    for (at, column) in table.columns.iter().enumerate() {
        if let Kind::Key(of) = column.kind {
            let named = table.position(of).and_then(|of| row.get(of)).and_then(Cell::text).map(name::key);
            if let (Some(cell), Some(key)) = (row.get_mut(at), named) {
                *cell = Cell::Text(key);
            }
        }
    }
    Ok(row)
}

fn read_cell(column: &Column, place: &str, members: &mut Map<String, Value>) -> Result<Cell, Malformed> {
    if matches!(column.kind, Kind::Key(_)) {
        return Ok(Cell::Null);
    }
    let bad = |problem: &str| malformed(format!("{place}.{}", column.name), problem);
    let value = match (members.remove(column.name), column.absent) {
        (Some(value), _) if !value.is_null() => value,
        (_, Absent::Null) => return Ok(Cell::Null),
        (Some(_), _) => return Err(bad("must not be null")),
        (None, Absent::Text(text)) => return Ok(Cell::Text(text.to_owned())),
        (None, Absent::Integer(number)) => return Ok(Cell::Integer(number)),
        (None, Absent::Error) => return Err(bad("is missing")),
    };
    let within = |number: Option<i64>, most: i64| number.filter(|number| (-most..=most).contains(number));
    match (column.kind, value) {
        (Kind::Json(is), value) => {
            let text = value.to_string();
            let fits = is(&text) && state_checks::numbers_within(&value, MOST_MICROS) && !text.contains("\\u0000");
            if fits { Ok(Cell::Text(text)) } else { Err(bad("does not have the members it should have")) }
        }
        (Kind::Text | Kind::Word(_) | Kind::PasswordHash, Value::String(text)) if text.contains('\0') => {
            Err(bad("holds a character that no text here has"))
        }
        (Kind::Text, Value::String(text)) => Ok(Cell::Text(text)),
        (Kind::Word(is), Value::String(text)) if is(&text) => Ok(Cell::Text(text)),
        (Kind::Word(_), _) => Err(bad("is not one of the words that may stand here")),
        (Kind::PasswordHash, Value::String(text))
            if PasswordHash::parse(&text).is_some_and(|hash| hash.is_affordable()) =>
        {
            Ok(Cell::Text(text))
        }
        (Kind::PasswordHash, _) => Err(bad("must be a hash of Argon2id in PHC form, of at most 256 MiB and 16 passes")),
        (Kind::Time, Value::String(text)) => {
            let time = Time::parse(&text).ok_or_else(|| bad("must be a time such as 2026-11-21T10:00:00Z"))?;
            Ok(Cell::Integer(time.0))
        }
        (Kind::Time, _) => Err(bad("must be a time such as 2026-11-21T10:00:00Z")),
        (Kind::Flag, Value::Bool(flag)) => Ok(Cell::Flag(flag)),
        (Kind::Flag, _) => Err(bad("must be true or false")),
        (Kind::Bytes, Value::String(text)) => {
            STANDARD.decode(text).map(Cell::Bytes).map_err(|_| bad("must be bytes in base 64"))
        }
        (Kind::Bytes, _) => Err(bad("must be bytes in base 64")),
        (Kind::Integer { least, most }, Value::Number(number)) => {
            let number = number.as_i64().filter(|number| (least..=most).contains(number));
            number.map(Cell::Integer).ok_or_else(|| bad(&format!("must be a whole number from {least} to {most}")))
        }
        (Kind::Micros, Value::Number(number)) => {
            within(number.as_i64(), MOST_MICROS).map(Cell::Integer).ok_or_else(|| bad("must be so many microseconds"))
        }
        (Kind::Bits, Value::Number(number)) => {
            number.as_i64().map(Cell::Integer).ok_or_else(|| bad("must be a whole number"))
        }
        (Kind::Integer { .. } | Kind::Micros | Kind::Bits, _) => Err(bad("must be a whole number")),
        (Kind::Text | Kind::Key(_), _) => Err(bad("must be text")),
    }
}
