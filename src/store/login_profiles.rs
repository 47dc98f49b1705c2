//! Login profiles and the passwords they remember.

use std::time::Duration;

use super::Conn;
use super::columns::from_row;
use crate::domain::error::Error;
use crate::domain::login_profile::{LoginProfile, Password};
use crate::domain::password_policy::MOST_REMEMBERED;
use crate::domain::time::Time;

sql! {
    OF_USER = "SELECT * FROM login_profiles WHERE account_id = $1 AND user_id = $2";
    OF_ACCOUNT = "SELECT * FROM login_profiles WHERE account_id = $1";
    // Each way to lapse by itself, and of all of them the next: a password by the policy in force ($5, and $6 its days
    // in microseconds) or by what was in force when it was set, a first password, a lockout, a user's idleness ($7).
    NEARING = "SELECT login_profiles.*, users.name AS user_name FROM login_profiles JOIN users \
               ON users.account_id = login_profiles.account_id AND users.id = login_profiles.user_id \
               WHERE login_profiles.account_id = $1 AND login_profiles.user_id IN (SELECT user_id FROM ( \
               SELECT user_id, lapses_at FROM ( \
               SELECT user_id, CASE WHEN $5 THEN password_set_at + CAST($6 AS BIGINT) ELSE password_expires_at END \
               AS lapses_at FROM login_profiles WHERE account_id = $1 \
               UNION ALL SELECT user_id, initial_expires_at FROM login_profiles \
               WHERE account_id = $1 AND password_initial = TRUE AND NOT $5 \
               UNION ALL SELECT user_id, locked_until FROM login_profiles WHERE account_id = $1 \
               UNION ALL SELECT user_id, idle_since + CAST($7 AS BIGINT) FROM login_profiles \
               WHERE account_id = $1 AND status = 'Active' AND auto_disabled = FALSE) AS each_way \
               WHERE lapses_at > $2 AND lapses_at <= $3 ORDER BY lapses_at, user_id LIMIT $4) AS the_next)";
    SAVE = "INSERT INTO login_profiles (account_id, user_id, status, password_reset_required, mfa_bind_required, \
            password_hash, password_set_at, password_initial, password_expires_at, initial_expires_at, auto_disabled, \
            idle_since, failed_attempts, locked_until, last_login_at, last_login_address, created_at, updated_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) \
            ON CONFLICT (account_id, user_id) DO UPDATE SET status = $3, password_reset_required = $4, \
            mfa_bind_required = $5, password_hash = $6, password_set_at = $7, password_initial = $8, \
            password_expires_at = $9, initial_expires_at = $10, auto_disabled = $11, idle_since = $12, \
            failed_attempts = $13, locked_until = $14, last_login_at = $15, last_login_address = $16, \
            created_at = $17, updated_at = $18";
    SWITCH_OFF_IDLE = "UPDATE login_profiles SET auto_disabled = TRUE, updated_at = $3 \
                       WHERE account_id = $1 AND status = 'Active' AND auto_disabled = FALSE AND idle_since <= $2";
    DELETE = "DELETE FROM login_profiles WHERE account_id = $1 AND user_id = $2";
    DELETE_HISTORY = "DELETE FROM password_history WHERE account_id = $1 AND user_id = $2";
    HISTORY = "SELECT password_hash FROM password_history WHERE account_id = $1 AND user_id = $2 \
               ORDER BY ordinal DESC LIMIT $3";
    REMEMBER = "INSERT INTO password_history (account_id, user_id, ordinal, password_hash) \
                SELECT $1, $2, CAST(coalesce(max(ordinal), 0) + 1 AS BIGINT), $3 FROM password_history \
                WHERE account_id = $1 AND user_id = $2";
    FORGET = "DELETE FROM password_history WHERE account_id = $1 AND user_id = $2 AND ordinal <= \
              (SELECT max(ordinal) - $3 FROM password_history WHERE account_id = $1 AND user_id = $2)";
}

from_row!(LoginProfile, |row| LoginProfile {
    account_id: row.try_get("account_id")?,
    user_id: row.try_get("user_id")?,
    status: row.try_get("status")?,
    password_reset_required: row.try_get("password_reset_required")?,
    mfa_bind_required: row.try_get("mfa_bind_required")?,
    password: match (row.try_get::<Option<String>, _>("password_hash")?, row.try_get("password_set_at")?) {
        (Some(hash), Some(set_at)) => Some(Password {
            hash,
            set_at,
            initial: row.try_get("password_initial")?,
            expires_at: row.try_get("password_expires_at")?,
            initial_expires_at: row.try_get("initial_expires_at")?,
        }),
        _ => None,
    },
    auto_disabled: row.try_get("auto_disabled")?,
    idle_since: row.try_get("idle_since")?,
    failed_attempts: row.try_get("failed_attempts")?,
    locked_until: row.try_get("locked_until")?,
    last_login_at: row.try_get("last_login_at")?,
    last_login_address: row.try_get("last_login_address")?,
    created_at: row.try_get("created_at")?,
    updated_at: row.try_get("updated_at")?,
});

/// The login profile of a user.
pub async fn find(conn: &mut Conn, account_id: &str, user_id: &str) -> Result<Option<LoginProfile>, Error> {
    on!(conn, |c| sqlx::query_as(OF_USER).bind(account_id).bind(user_id).fetch_optional(c).await)
}

/// All login profiles of an account.
pub async fn of_account(conn: &mut Conn, account_id: &str) -> Result<Vec<LoginProfile>, Error> {
    on!(conn, |c| sqlx::query_as(OF_ACCOUNT).bind(account_id).fetch_all(c).await)
}

/// A login profile with its user's name.
pub struct Named {
    /// The profile.
    pub profile: LoginProfile,
    /// The name.
    pub user_name: String,
}

from_row!(Named, |row| Named { profile: sqlx::FromRow::from_row(row)?, user_name: row.try_get("user_name")? });

/// Which lapses are looked for.
#[derive(Clone, Copy, Debug)]
pub struct Nearing {
    /// After this moment.
    pub after: Time,
    /// Up to this one.
    pub until: Time,
    /// How long passwords last, where the policy in force decides that for those that are set already: see
    /// `Rules::ages_follow_policy`.
    pub by_policy: Option<Option<Duration>>,
    /// How long a user may be idle.
    pub idle: Duration,
    /// The most of them.
    pub most: i64,
}

/// The login profiles of which something lapses next. What it is, and whether it counts, is for the domain to say.
pub async fn nearing(conn: &mut Conn, account_id: &str, looked_for: Nearing) -> Result<Vec<Named>, Error> {
    let micros = |duration: Duration| i64::try_from(duration.as_micros()).unwrap_or(i64::MAX / 4);
    let lasting = looked_for.by_policy.flatten().map(micros);
    on!(conn, |c| sqlx::query_as(NEARING)
        .bind(account_id)
        .bind(looked_for.after)
        .bind(looked_for.until)
        .bind(looked_for.most)
        .bind(looked_for.by_policy.is_some())
        .bind(lasting)
        .bind(micros(looked_for.idle))
        .fetch_all(c)
        .await)
}

/// Stores a login profile, new or changed.
pub async fn save(conn: &mut Conn, profile: &LoginProfile) -> Result<(), Error> {
    let password = profile.password.as_ref();
    on!(conn, |c| sqlx::query(SAVE)
        .bind(&*profile.account_id)
        .bind(&*profile.user_id)
        .bind(profile.status)
        .bind(profile.password_reset_required)
        .bind(profile.mfa_bind_required)
        .bind(password.map(|password| &*password.hash))
        .bind(password.map(|password| password.set_at))
        .bind(password.is_some_and(|password| password.initial))
        .bind(password.and_then(|password| password.expires_at))
        .bind(password.and_then(|password| password.initial_expires_at))
        .bind(profile.auto_disabled)
        .bind(profile.idle_since)
        .bind(profile.failed_attempts)
        .bind(profile.locked_until)
        .bind(profile.last_login_at)
        .bind(profile.last_login_address.as_deref())
        .bind(profile.created_at)
        .bind(profile.updated_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Switches console logon off for everyone in the account who has been idle since `since` or longer.
pub async fn switch_off_idle(conn: &mut Conn, account_id: &str, since: Time, now: Time) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(SWITCH_OFF_IDLE).bind(account_id).bind(since).bind(now).execute(c).await.map(|_| ()))
}

/// Deletes a login profile and the passwords it remembers.
pub async fn delete(conn: &mut Conn, account_id: &str, user_id: &str) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(DELETE_HISTORY).bind(account_id).bind(user_id).execute(c).await.map(|_| ()))?;
    on!(conn, |c| sqlx::query(DELETE).bind(account_id).bind(user_id).execute(c).await.map(|_| ()))
}

/// The hashes of the user's last passwords, the newest first.
pub async fn history(conn: &mut Conn, account_id: &str, user_id: &str, most: i64) -> Result<Vec<String>, Error> {
    on!(conn, |c| sqlx::query_scalar(HISTORY).bind(account_id).bind(user_id).bind(most).fetch_all(c).await)
}

/// Remembers a password and forgets what is older than any policy asks for.
pub async fn remember(conn: &mut Conn, account_id: &str, user_id: &str, hash: &str) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(REMEMBER).bind(account_id).bind(user_id).bind(hash).execute(c).await.map(|_| ()))?;
    on!(conn, |c| sqlx::query(FORGET).bind(account_id).bind(user_id).bind(MOST_REMEMBERED).execute(c).await.map(|_| ()))
}
