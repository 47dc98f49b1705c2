//! Users.

use super::Conn;
use super::columns::from_row;
use super::pages::{self, Listed};
use crate::domain::error::Error;
use crate::domain::fault::Kind;
use crate::domain::name;
use crate::domain::time::Time;
use crate::domain::user::{Tag, User};

sql! {
    BY_NAME = "SELECT * FROM users WHERE account_id = $1 AND name_key = $2";
    BY_ID = "SELECT * FROM users WHERE account_id = $1 AND id = $2";
    ANYWHERE = "SELECT * FROM users WHERE id = $1";
    TAGGED_BY_NAME = "SELECT u.*, t.key AS tag_key, t.value AS tag_value FROM users u LEFT JOIN tags t \
                      ON t.account_id = u.account_id AND t.owner_kind = 'user' AND t.owner_id = u.id \
                      WHERE u.account_id = $1 AND u.name_key = $2 ORDER BY t.key COLLATE \"C\"";
    TAGGED_BY_ID = "SELECT u.*, t.key AS tag_key, t.value AS tag_value FROM users u LEFT JOIN tags t \
                    ON t.account_id = u.account_id AND t.owner_kind = 'user' AND t.owner_id = u.id \
                    WHERE u.account_id = $1 AND u.id = $2 ORDER BY t.key COLLATE \"C\"";
    PAGE = "SELECT * FROM users WHERE account_id = $1 AND name_key > $2 ORDER BY name_key LIMIT $3";
    INSERT = "INSERT INTO users (account_id, id, name, name_key, display_name, comments, email, mobile_phone, \
              created_at, updated_at, path, permissions_boundary) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING";
    UPDATE = "UPDATE users SET name = $3, name_key = $4, display_name = $5, comments = $6, email = $7, \
              mobile_phone = $8, updated_at = $9, path = $10, permissions_boundary = $11 WHERE account_id = $1 AND id = $2 AND NOT EXISTS \
              (SELECT 1 FROM users other WHERE other.account_id = $1 AND other.name_key = $4 AND other.id <> $2)";
    SIGNED_IN = "UPDATE users SET last_login_at = $3 WHERE account_id = $1 AND id = $2";
    DELETE = "DELETE FROM users WHERE account_id = $1 AND id = $2";
    DELETE_PASSWORD_HISTORY = "DELETE FROM password_history WHERE account_id = $1 AND user_id = $2";
    DELETE_LOGIN_PROFILE = "DELETE FROM login_profiles WHERE account_id = $1 AND user_id = $2";
    DELETE_MEMBERSHIPS = "DELETE FROM group_members WHERE account_id = $1 AND user_id = $2";
    DELETE_SSH_PUBLIC_KEYS = "DELETE FROM ssh_public_keys WHERE account_id = $1 AND user_id = $2";
    DELETE_SIGNING_CERTIFICATES = "DELETE FROM signing_certificates WHERE account_id = $1 AND user_id = $2";
    DELETE_SERVICE_CREDENTIALS = "DELETE FROM service_credentials WHERE account_id = $1 AND user_id = $2";
    DELETE_MFA_TICKETS = "DELETE FROM mfa_tickets WHERE account_id = $1 AND user_id = $2";
}

from_row!(User, |row| User {
    account_id: row.try_get("account_id")?,
    id: row.try_get("id")?,
    name: row.try_get("name")?,
    path: row.try_get("path")?,
    permissions_boundary: row.try_get("permissions_boundary")?,
    display_name: row.try_get("display_name")?,
    comments: row.try_get("comments")?,
    email: row.try_get("email")?,
    mobile_phone: row.try_get("mobile_phone")?,
    created_at: row.try_get("created_at")?,
    updated_at: row.try_get("updated_at")?,
    last_login_at: row.try_get("last_login_at")?,
});

/// A user and one of its labels, or none.
struct TaggedRow {
    user: User,
    tag: Option<Tag>,
}

from_row!(TaggedRow, |row| TaggedRow {
    user: sqlx::FromRow::from_row(row)?,
    tag: match (row.try_get("tag_key")?, row.try_get("tag_value")?) {
        (Some(key), Some(value)) => Some(Tag { key, value }),
        _ => None,
    },
});

fn tagged(rows: Vec<TaggedRow>) -> Option<(User, Vec<Tag>)> {
    let mut rows = rows.into_iter();
    let first = rows.next()?;
    let tags = first.tag.into_iter().chain(rows.filter_map(|row| row.tag)).collect();
    first.user.is_seen().then_some((first.user, tags))
}

impl Listed for User {
    const KIND: Kind = Kind::User;

    fn name(&self) -> &str {
        &self.name
    }

    fn created_at(&self) -> Time {
        self.created_at
    }
}

/// The user of this name, without regard to case, with its labels in the order of their keys.
pub async fn tagged_by_name(
    conn: &mut Conn,
    account_id: &str,
    user_name: &str,
) -> Result<Option<(User, Vec<Tag>)>, Error> {
    let key = name::key(user_name);
    on!(conn, |c| sqlx::query_as(TAGGED_BY_NAME).bind(account_id).bind(&*key).fetch_all(c).await).map(tagged)
}

/// The user with this id, with its labels in the order of their keys.
pub async fn tagged_by_id(conn: &mut Conn, account_id: &str, id: &str) -> Result<Option<(User, Vec<Tag>)>, Error> {
    on!(conn, |c| sqlx::query_as(TAGGED_BY_ID).bind(account_id).bind(id).fetch_all(c).await).map(tagged)
}

/// The user of this name, without regard to case.
pub async fn by_name(conn: &mut Conn, account_id: &str, user_name: &str) -> Result<Option<User>, Error> {
    let key = name::key(user_name);
    let found: Option<User> =
        on!(conn, |c| sqlx::query_as(BY_NAME).bind(account_id).bind(&*key).fetch_optional(c).await)?;
    Ok(found.filter(User::is_seen))
}

/// The user with this id.
pub async fn by_id(conn: &mut Conn, account_id: &str, id: &str) -> Result<Option<User>, Error> {
    let found: Option<User> = on!(conn, |c| sqlx::query_as(BY_ID).bind(account_id).bind(id).fetch_optional(c).await)?;
    Ok(found.filter(User::is_seen))
}

/// The user with this id, whichever account it is in.
pub async fn anywhere(conn: &mut Conn, id: &str) -> Result<Option<User>, Error> {
    on!(conn, |c| sqlx::query_as(ANYWHERE).bind(id).fetch_optional(c).await)
}

/// Up to `limit` users whose names come after `after`, in the order of their names.
pub async fn page(conn: &mut Conn, account_id: &str, after: &str, limit: i64) -> Result<Vec<User>, Error> {
    pages::page(conn, PAGE, account_id, after, limit).await
}

/// Makes a user unless its name is taken; says whether it did.
pub async fn insert(conn: &mut Conn, user: &User) -> Result<bool, Error> {
    let key = name::key(&user.name);
    let done = on!(conn, |c| sqlx::query(INSERT)
        .bind(&*user.account_id)
        .bind(&*user.id)
        .bind(&*user.name)
        .bind(&*key)
        .bind(&*user.display_name)
        .bind(&*user.comments)
        .bind(&*user.email)
        .bind(&*user.mobile_phone)
        .bind(user.created_at)
        .bind(user.updated_at)
        .bind(&*user.path)
        .bind(user.permissions_boundary.as_deref())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Stores a user's name and descriptions unless the name is taken by another; says whether it did.
pub async fn update(conn: &mut Conn, user: &User) -> Result<bool, Error> {
    let key = name::key(&user.name);
    let done = on!(conn, |c| sqlx::query(UPDATE)
        .bind(&*user.account_id)
        .bind(&*user.id)
        .bind(&*user.name)
        .bind(&*key)
        .bind(&*user.display_name)
        .bind(&*user.comments)
        .bind(&*user.email)
        .bind(&*user.mobile_phone)
        .bind(user.updated_at)
        .bind(&*user.path)
        .bind(user.permissions_boundary.as_deref())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Notes when a user last signed in.
pub async fn signed_in(conn: &mut Conn, account_id: &str, id: &str, now: Time) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(SIGNED_IN).bind(account_id).bind(id).bind(now).execute(c).await.map(|_| ()))
}

/// Deletes a user with everything that hangs on it.
pub async fn delete(conn: &mut Conn, account_id: &str, id: &str) -> Result<(), Error> {
    for statement in [
        DELETE_PASSWORD_HISTORY,
        DELETE_LOGIN_PROFILE,
        DELETE_MEMBERSHIPS,
        DELETE_SSH_PUBLIC_KEYS,
        DELETE_SIGNING_CERTIFICATES,
        DELETE_SERVICE_CREDENTIALS,
        DELETE_MFA_TICKETS,
        DELETE,
    ] {
        on!(conn, |c| sqlx::query(statement).bind(account_id).bind(id).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}
