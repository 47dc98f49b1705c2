//! What a table and a column of the state are; must not know which there are.

use std::ops::RangeInclusive;

/// What a column holds.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Text.
    Text,
    /// One of some words.
    Word(fn(&str) -> bool),
    /// JSON that this program wrote.
    Json(fn(&str) -> bool),
    /// A password's hash in PHC form.
    PasswordHash,
    /// The form in which the name in another column is compared: no part of the document.
    Key(&'static str),
    /// A number from here to there.
    Integer {
        /// The least.
        least: i64,
        /// The most.
        most: i64,
    },
    /// Sixty-four bits.
    Bits,
    /// A point in time.
    Time,
    /// By how much a clock is off, or where it stands, in microseconds.
    Micros,
    /// Yes or no.
    Flag,
    /// Bytes.
    Bytes,
}

/// What a column holds where a document says nothing of it.
#[derive(Clone, Copy, Debug)]
pub enum Absent {
    /// It has to be said.
    Error,
    /// Nothing.
    Null,
    /// This text.
    Text(&'static str),
    /// This number.
    Integer(i64),
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// What it holds when nothing is said.
    pub absent: Absent,
}

/// A table.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns; a row has its cells in their order.
    pub columns: &'static [Column],
    /// What no two rows have alike; the first is what rows are ordered by.
    pub unique: &'static [&'static [&'static str]],
    /// Columns that name a row of another table.
    pub references: &'static [Reference],
    /// Columns that are all there or none.
    pub together: &'static [&'static [&'static str]],
    /// Columns that are not part of the state, and why not.
    pub left_out: &'static [&'static str],
}

impl Table {
    /// Where a column stands.
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|known| known.name == column)
    }

    /// The column that says which account a row belongs to.
    pub fn account_column(&self) -> &'static str {
        if self.name == ACCOUNTS { "id" } else { "account_id" }
    }
}

/// What a row of another table is named by. A row whose columns are nothing names none.
#[derive(Clone, Copy, Debug)]
pub struct Reference {
    /// The columns of the row that names.
    pub columns: &'static [&'static str],
    /// The table of the row that is named.
    pub table: &'static str,
    /// What stands in these columns of it.
    pub by: &'static [&'static str],
    /// Only a row of which all this holds names one.
    pub only: &'static [Only],
}

/// What holds of some rows of a table.
#[derive(Clone, Copy, Debug)]
pub enum Only {
    /// A column holds this word.
    Is(&'static str, &'static str),
    /// A column holds another word.
    IsNot(&'static str, &'static str),
    /// A column holds nothing.
    Nothing(&'static str),
}

impl Reference {
    pub(super) const fn new(
        columns: &'static [&'static str],
        table: &'static str,
        by: &'static [&'static str],
    ) -> Self {
        Self { columns, table, by, only: &[] }
    }

    pub(super) const fn only(self, only: &'static [Only]) -> Self {
        Self { only, ..self }
    }
}

/// The name of the table of accounts.
pub const ACCOUNTS: &str = "accounts";

pub(super) const fn column(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, absent: Absent::Error }
}
pub(super) const fn text(name: &'static str) -> Column {
    column(name, Kind::Text)
}
pub(super) const fn int(name: &'static str, within: RangeInclusive<i64>) -> Column {
    column(name, Kind::Integer { least: *within.start(), most: *within.end() })
}
pub(super) const fn time(name: &'static str) -> Column {
    column(name, Kind::Time)
}
pub(super) const fn flag(name: &'static str) -> Column {
    column(name, Kind::Flag)
}
pub(super) const fn bytes(name: &'static str) -> Column {
    column(name, Kind::Bytes)
}
pub(super) const fn word(name: &'static str, is: fn(&str) -> bool) -> Column {
    column(name, Kind::Word(is))
}
pub(super) const fn json(name: &'static str, is: fn(&str) -> bool) -> Column {
    column(name, Kind::Json(is))
}
pub(super) const fn key(of: &'static str, name: &'static str) -> Column {
    column(name, Kind::Key(of))
}
impl Column {
    pub(super) const fn or_null(self) -> Self {
        Self { absent: Absent::Null, ..self }
    }
    pub(super) const fn or(self, absent: Absent) -> Self {
        Self { absent, ..self }
    }
}
