//! Browsers that need not show a code for a while, by the hash of what each holds.

use super::Conn;
use super::columns::from_row;
use crate::domain::error::Error;
use crate::domain::mfa_ticket::MfaTicket;
use crate::domain::time::Time;

sql! {
    BY_HASH = "SELECT * FROM mfa_tickets WHERE ticket_hash = $1 AND account_id = $2";
    INSERT = "INSERT INTO mfa_tickets (ticket_hash, account_id, user_id, device_name, device_bound_at, \
              password_print, expires_at, forget_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    END_OF_USER = "DELETE FROM mfa_tickets WHERE account_id = $1 AND user_id = $2";
    END_ALL = "DELETE FROM mfa_tickets WHERE account_id = $1";
    FORGET = "DELETE FROM mfa_tickets WHERE forget_at < $1";
}

from_row!(MfaTicket, |row| MfaTicket {
    ticket_hash: row.try_get("ticket_hash")?,
    account_id: row.try_get("account_id")?,
    user_id: row.try_get("user_id")?,
    device_name: row.try_get("device_name")?,
    device_bound_at: row.try_get("device_bound_at")?,
    password_print: row.try_get("password_print")?,
    expires_at: row.try_get("expires_at")?,
    forget_at: row.try_get("forget_at")?,
});

/// The ticket of an account with this hash.
pub async fn find(conn: &mut Conn, account_id: &str, ticket_hash: &str) -> Result<Option<MfaTicket>, Error> {
    on!(conn, |c| sqlx::query_as(BY_HASH).bind(ticket_hash).bind(account_id).fetch_optional(c).await)
}

/// Keeps a new ticket.
pub async fn insert(conn: &mut Conn, ticket: &MfaTicket) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(INSERT)
        .bind(&*ticket.ticket_hash)
        .bind(&*ticket.account_id)
        .bind(&*ticket.user_id)
        .bind(&*ticket.device_name)
        .bind(ticket.device_bound_at)
        .bind(&*ticket.password_print)
        .bind(ticket.expires_at)
        .bind(ticket.forget_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Ends the tickets of a user.
pub async fn end_of_user(conn: &mut Conn, account_id: &str, user_id: &str) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(END_OF_USER).bind(account_id).bind(user_id).execute(c).await.map(|_| ()))
}

/// Ends the tickets of all users of an account.
pub async fn end_all(conn: &mut Conn, account_id: &str) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(END_ALL).bind(account_id).execute(c).await.map(|_| ()))
}

/// Forgets what nobody need know of any more, by real time.
pub async fn forget(conn: &mut Conn, before: Time) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(FORGET).bind(before).execute(c).await.map(|_| ()))
}
