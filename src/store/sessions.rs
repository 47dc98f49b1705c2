//! Sessions. An ended one stays, with why and when.

use super::Conn;
use super::columns::{from_row, json, to_json};
use crate::domain::error::Error;
use crate::domain::session::{EndReason, Session, SessionContext, SessionKey};
use crate::domain::time::Time;

sql! {
    BY_ID = "SELECT * FROM sessions WHERE id = $1";
    BY_ACCESS_KEY = "SELECT * FROM sessions WHERE access_key_id = $1";
    BY_COOKIE = "SELECT * FROM sessions WHERE cookie_hash = $1";
    SET_COOKIE = "UPDATE sessions SET cookie_hash = $2 WHERE id = $1";
    ALL = "SELECT * FROM sessions WHERE (CAST($1 AS TEXT) IS NULL OR account_id = $1) \
           AND (CAST($2 AS TEXT) IS NULL OR lower(user_name) = lower($2)) ORDER BY started_at, id";
    PAGE = "SELECT * FROM sessions WHERE account_id = $1 AND (started_at, id) < ($2, $3) \
            ORDER BY started_at DESC, id DESC LIMIT $4";
    PAGE_OF_USER = "SELECT * FROM sessions WHERE account_id = $1 AND user_id = $5 \
                    AND (started_at, id) < ($2, $3) ORDER BY started_at DESC, id DESC LIMIT $4";
    ENDING = "SELECT * FROM sessions WHERE account_id = $1 AND expires_at > $2 AND expires_at <= $3 \
              AND ended_at IS NULL ORDER BY expires_at, id LIMIT $4";
    INSERT = "INSERT INTO sessions (id, account_id, kind, user_id, user_name, role_id, role_name, session_name, \
              source_identity, parent_id, access_key_id, secret, token_hash, session_policy, mfa_present, \
              source_address, started_at, expires_at, context) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)";
    CHILDREN_OF_USER = "SELECT * FROM sessions WHERE ended_at IS NULL AND parent_id IN \
                        (SELECT id FROM sessions WHERE account_id = $1 AND user_id = $2 AND kind = 'console')";
    CHILDREN = "SELECT * FROM sessions WHERE ended_at IS NULL AND parent_id = $1";
    END_OF_USER = "UPDATE sessions SET ended_at = $3, ended_because = $4 WHERE account_id = $1 AND user_id = $2 \
                   AND kind = 'console' AND ended_at IS NULL";
    END = "UPDATE sessions SET ended_at = $2, ended_because = $3 WHERE id = $1 AND ended_at IS NULL";
    // An account without a clock of its own has the world's; see `ClockSetting`.
    RUNNING = "SELECT sessions.kind, COUNT(*) FROM sessions JOIN accounts ON accounts.id = sessions.account_id \
               JOIN world ON world.id = 'world' WHERE sessions.ended_at IS NULL AND sessions.expires_at > \
               CASE coalesce(accounts.clock_mode, world.clock_mode) WHEN 'system' THEN CAST($1 AS BIGINT) \
               WHEN 'offset' THEN CAST($1 AS BIGINT) + coalesce(accounts.clock_micros, world.clock_micros) \
               ELSE coalesce(accounts.clock_micros, world.clock_micros) END GROUP BY sessions.kind";
    CHILDREN_ELSEWHERE = "SELECT COUNT(*) FROM sessions WHERE account_id <> $1 AND parent_id IN \
                          (SELECT id FROM sessions WHERE account_id = $1)";
    DELETE_CHILDREN_OF_ACCOUNT = "DELETE FROM sessions WHERE parent_id IN \
                                  (SELECT id FROM sessions WHERE account_id = $1)";
}

from_row!(Session, |row| Session {
    id: row.try_get("id")?,
    account_id: row.try_get("account_id")?,
    kind: row.try_get("kind")?,
    user_id: row.try_get("user_id")?,
    user_name: row.try_get("user_name")?,
    role_id: row.try_get("role_id")?,
    role_name: row.try_get("role_name")?,
    session_name: row.try_get("session_name")?,
    source_identity: row.try_get("source_identity")?,
    parent_id: row.try_get("parent_id")?,
    key: match (row.try_get("access_key_id")?, row.try_get("secret")?, row.try_get("token_hash")?) {
        (Some(access_key_id), Some(secret), Some(token_hash)) => Some(SessionKey { access_key_id, secret, token_hash }),
        _ => None,
    },
    session_policy: row.try_get("session_policy")?,
    context: match row.try_get::<Option<String>, _>("context")? {
        Some(context) => json("sessions", "context", context)?,
        None => SessionContext::default(),
    },
    mfa_present: row.try_get("mfa_present")?,
    source_address: row.try_get("source_address")?,
    started_at: row.try_get("started_at")?,
    expires_at: row.try_get("expires_at")?,
    ended_at: row.try_get("ended_at")?,
    ended_because: row.try_get("ended_because")?,
});

/// The sessions of an account that run out next, after one moment and up to another; at most so many.
pub async fn ending(
    conn: &mut Conn,
    account_id: &str,
    (after, until): (Time, Time),
    most: i64,
) -> Result<Vec<Session>, Error> {
    on!(conn, |c| sqlx::query_as(ENDING).bind(account_id).bind(after).bind(until).bind(most).fetch_all(c).await)
}

/// How many sessions of each kind run, each by the clock of its account; `system_now` is real time.
pub async fn running(conn: &mut Conn, system_now: Time) -> Result<Vec<(String, i64)>, Error> {
    on!(conn, |c| sqlx::query_as(RUNNING).bind(system_now).fetch_all(c).await)
}

/// The session with this id.
pub async fn find(conn: &mut Conn, id: &str) -> Result<Option<Session>, Error> {
    on!(conn, |c| sqlx::query_as(BY_ID).bind(id).fetch_optional(c).await)
}

/// The session that STS gave this key for.
pub async fn by_access_key(conn: &mut Conn, access_key_id: &str) -> Result<Option<Session>, Error> {
    on!(conn, |c| sqlx::query_as(BY_ACCESS_KEY).bind(access_key_id).fetch_optional(c).await)
}

/// The console session of the browser whose secret has this SHA-256, in hexadecimal.
pub async fn by_cookie(conn: &mut Conn, cookie_hash: &str) -> Result<Option<Session>, Error> {
    on!(conn, |c| sqlx::query_as(BY_COOKIE).bind(cookie_hash).fetch_optional(c).await)
}

/// Says which browser a console session is of; any other is it no longer.
pub async fn set_cookie(conn: &mut Conn, id: &str, cookie_hash: &str) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(SET_COOKIE).bind(id).bind(cookie_hash).execute(c).await.map(|_| ()))
}

/// All sessions, or those of an account or a user, the oldest first.
pub async fn list(conn: &mut Conn, account_id: Option<&str>, user_name: Option<&str>) -> Result<Vec<Session>, Error> {
    on!(conn, |c| sqlx::query_as(ALL).bind(account_id).bind(user_name).fetch_all(c).await)
}

/// Up to `limit` sessions of an account, or of one of its users, from before the one that started then and has that id,
/// the newest first.
pub async fn page(
    conn: &mut Conn,
    account_id: &str,
    user_id: Option<&str>,
    before: Option<(Time, String)>,
    limit: i64,
) -> Result<Vec<Session>, Error> {
    let (time, id) = before.unwrap_or((Time(i64::MAX), String::new()));
    match user_id {
        None => {
            on!(conn, |c| sqlx::query_as(PAGE).bind(account_id).bind(time).bind(&*id).bind(limit).fetch_all(c).await)
        }
        Some(user_id) => on!(conn, |c| sqlx::query_as(PAGE_OF_USER)
            .bind(account_id)
            .bind(time)
            .bind(&*id)
            .bind(limit)
            .bind(user_id)
            .fetch_all(c)
            .await),
    }
}

/// Makes a session.
pub async fn insert(conn: &mut Conn, session: &Session) -> Result<(), Error> {
    let key = session.key.as_ref();
    let bare = session.context == SessionContext::default();
    let context = if bare { None } else { Some(to_json(&session.context)?) };
    on!(conn, |c| sqlx::query(INSERT)
        .bind(&*session.id)
        .bind(&*session.account_id)
        .bind(session.kind)
        .bind(session.user_id.as_deref())
        .bind(session.user_name.as_deref())
        .bind(session.role_id.as_deref())
        .bind(session.role_name.as_deref())
        .bind(session.session_name.as_deref())
        .bind(session.source_identity.as_deref())
        .bind(session.parent_id.as_deref())
        .bind(key.map(|key| &*key.access_key_id))
        .bind(key.map(|key| &*key.secret))
        .bind(key.map(|key| &*key.token_hash))
        .bind(session.session_policy.as_deref())
        .bind(session.mfa_present)
        .bind(session.source_address.as_deref())
        .bind(session.started_at)
        .bind(session.expires_at)
        .bind(context.as_deref())
        .execute(c)
        .await
        .map(|_| ()))
}

/// The role sessions that hang on the user's console sessions and were not ended, in whatever account they act.
pub async fn children_of_user(conn: &mut Conn, account_id: &str, user_id: &str) -> Result<Vec<Session>, Error> {
    on!(conn, |c| sqlx::query_as(CHILDREN_OF_USER).bind(account_id).bind(user_id).fetch_all(c).await)
}

/// The role sessions that hang on a session and were not ended.
pub async fn children(conn: &mut Conn, id: &str) -> Result<Vec<Session>, Error> {
    on!(conn, |c| sqlx::query_as(CHILDREN).bind(id).fetch_all(c).await)
}

/// Ends the user's console sessions, also those whose time ran out: a clock moved back must not bring them back.
pub async fn end_of_user(
    conn: &mut Conn,
    account_id: &str,
    user_id: &str,
    because: EndReason,
    now: Time,
) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(END_OF_USER)
        .bind(account_id)
        .bind(user_id)
        .bind(now)
        .bind(because)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Ends one session that was not ended.
pub async fn end(conn: &mut Conn, id: &str, because: EndReason, now: Time) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(END).bind(id).bind(now).bind(because).execute(c).await.map(|_| ()))
}

/// Deletes the role sessions, in whatever account, that hang on sessions of an account that goes.
pub async fn delete_children_of_account(conn: &mut Conn, account_id: &str) -> Result<(), Error> {
    let (elsewhere,): (i64,) = on!(conn, |c| sqlx::query_as(CHILDREN_ELSEWHERE).bind(account_id).fetch_one(c).await)?;
    if elsewhere > 0 {
        conn.reach_others().await?;
    }
    on!(conn, |c| sqlx::query(DELETE_CHILDREN_OF_ACCOUNT).bind(account_id).execute(c).await.map(|_| ()))
}
