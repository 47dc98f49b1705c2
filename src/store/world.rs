//! The world: its clock and its generation, and taking everything back to the beginning.

use super::columns::from_row;
use super::failure::Inconsistent;
use super::{Conn, Pulse};
use crate::domain::error::Error;
use crate::domain::time::ClockSetting;

sql! {
    TOUCH = "UPDATE world SET generation = generation + 1 WHERE id = 'world'";
    CLOCK = "SELECT clock_mode, clock_micros FROM world WHERE id = 'world'";
    SET_CLOCK = "UPDATE world SET clock_mode = $1, clock_micros = $2 WHERE id = 'world'";
    PULSE = "SELECT world.generation AS world, coalesce(accounts.generation, 0) AS account, \
             world.clock_mode AS clock_mode, world.clock_micros AS clock_micros \
             FROM world LEFT JOIN accounts ON accounts.id = $1 WHERE world.id = 'world'";
    MESSAGE_KEY = "SELECT message_key FROM world WHERE id = 'world'";
    KEEP_MESSAGE_KEY = "UPDATE world SET message_key = $1 WHERE id = 'world' AND message_key IS NULL";
    AUTHORITY = "SELECT certificate_authority FROM world WHERE id = 'world'";
    KEEP_AUTHORITY = "UPDATE world SET certificate_authority = $1 \
                      WHERE id = 'world' AND certificate_authority IS NULL";
    DELETE_ACCOUNTS = "DELETE FROM accounts";
}

struct ClockRow(ClockSetting);

from_row!(ClockRow, |row| ClockRow(clock_setting("world", row.try_get("clock_mode")?, row.try_get("clock_micros")?)?));
from_row!(Pulse, |row| Pulse {
    world: row.try_get("world")?,
    account: row.try_get("account")?,
    clock: clock_setting("world", row.try_get("clock_mode")?, row.try_get("clock_micros")?)?,
});

pub(super) fn clock_setting(table: &'static str, mode: String, micros: i64) -> sqlx::Result<ClockSetting> {
    ClockSetting::from_parts(&mode, micros)
        .ok_or_else(|| sqlx::Error::Decode(Box::new(Inconsistent { table, column: "clock_mode", value: mode })))
}

pub(super) async fn touch(conn: &mut Conn) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(TOUCH).execute(c).await.map(|_| ()))
}

pub(super) async fn pulse(conn: &mut Conn, account_id: &str) -> Result<Pulse, Error> {
    on!(conn, |c| sqlx::query_as(PULSE).bind(account_id).fetch_one(c).await)
}

/// The world's clock.
pub async fn clock(conn: &mut Conn) -> Result<ClockSetting, Error> {
    let row: ClockRow = on!(conn, |c| sqlx::query_as(CLOCK).fetch_one(c).await)?;
    Ok(row.0)
}

/// Sets the world's clock.
pub async fn set_clock(conn: &mut Conn, clock: ClockSetting) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(SET_CLOCK).bind(clock.mode()).bind(clock.micros()).execute(c).await.map(|_| ()))
}

/// The key that seals what only this store is to read, if one was made.
pub async fn message_key(conn: &mut Conn) -> Result<Option<Vec<u8>>, Error> {
    let row: (Option<Vec<u8>>,) = on!(conn, |c| sqlx::query_as(MESSAGE_KEY).fetch_one(c).await)?;
    Ok(row.0)
}

/// Keeps a key unless there is one.
pub async fn keep_message_key(conn: &mut Conn, key: &[u8]) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(KEEP_MESSAGE_KEY).bind(key).execute(c).await.map(|_| ()))
}

/// The authority for certificates of servers, if one was made: its certificate and its private key in PEM.
pub async fn authority(conn: &mut Conn) -> Result<Option<String>, Error> {
    let row: (Option<String>,) = on!(conn, |c| sqlx::query_as(AUTHORITY).fetch_one(c).await)?;
    Ok(row.0)
}

/// Keeps an authority unless there is one.
pub async fn keep_authority(conn: &mut Conn, pem: &str) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(KEEP_AUTHORITY).bind(pem).execute(c).await.map(|_| ()))
}

/// Deletes every account with all that is in it.
pub async fn delete_accounts(conn: &mut Conn) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(DELETE_ACCOUNTS).execute(c).await.map(|_| ()))
}
