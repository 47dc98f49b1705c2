//! Groups and who is in them.

use super::Conn;
use super::columns::from_row;
use crate::domain::error::Error;
use crate::domain::group::{Group, Joined};
use crate::domain::name;
use crate::domain::time::Time;
use crate::domain::user::User;

sql! {
    BY_NAME = "SELECT * FROM user_groups WHERE account_id = $1 AND name_key = $2";
    PAGE = "SELECT * FROM user_groups WHERE account_id = $1 AND name_key > $2 ORDER BY name_key LIMIT $3";
    INSERT = "INSERT INTO user_groups (account_id, id, name, name_key, path, display_name, comments, created_at, \
              updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
    UPDATE = "UPDATE user_groups SET name = $3, name_key = $4, path = $5, display_name = $6, comments = $7, \
              updated_at = $8 WHERE account_id = $1 AND id = $2 AND NOT EXISTS \
              (SELECT 1 FROM user_groups other WHERE other.account_id = $1 AND other.name_key = $4 AND other.id <> $2)";
    DELETE = "DELETE FROM user_groups WHERE account_id = $1 AND id = $2";
    DELETE_MEMBERS = "DELETE FROM group_members WHERE account_id = $1 AND group_id = $2";
    MEMBERS = "SELECT u.*, m.joined_at FROM group_members m JOIN users u ON u.account_id = m.account_id AND u.id = m.user_id \
               WHERE m.account_id = $1 AND m.group_id = $2 AND u.name_key > $3 ORDER BY u.name_key LIMIT $4";
    OF_USER = "SELECT g.*, m.joined_at FROM group_members m JOIN user_groups g ON g.account_id = m.account_id \
               AND g.id = m.group_id WHERE m.account_id = $1 AND m.user_id = $2 AND g.name_key > $3 \
               ORDER BY g.name_key LIMIT $4";
    COUNT_OF_USER = "SELECT count(*) FROM group_members WHERE account_id = $1 AND user_id = $2";
    ADD = "INSERT INTO group_members (account_id, group_id, user_id, joined_at) VALUES ($1, $2, $3, $4) \
           ON CONFLICT DO NOTHING";
    REMOVE = "DELETE FROM group_members WHERE account_id = $1 AND group_id = $2 AND user_id = $3";
}

from_row!(Group, |row| Group {
    account_id: row.try_get("account_id")?,
    id: row.try_get("id")?,
    name: row.try_get("name")?,
    path: row.try_get("path")?,
    display_name: row.try_get("display_name")?,
    comments: row.try_get("comments")?,
    created_at: row.try_get("created_at")?,
    updated_at: row.try_get("updated_at")?,
});

from_row!(Joined<Group>, |row| Self { what: sqlx::FromRow::from_row(row)?, since: row.try_get("joined_at")? });
from_row!(Joined<User>, |row| Self { what: sqlx::FromRow::from_row(row)?, since: row.try_get("joined_at")? });

/// The group of this name, without regard to case.
pub async fn by_name(conn: &mut Conn, account_id: &str, group_name: &str) -> Result<Option<Group>, Error> {
    let key = name::key(group_name);
    on!(conn, |c| sqlx::query_as(BY_NAME).bind(account_id).bind(&*key).fetch_optional(c).await)
}

/// Up to `limit` groups whose names come after `after`, in the order of their names.
pub async fn page(conn: &mut Conn, account_id: &str, after: &str, limit: i64) -> Result<Vec<Group>, Error> {
    on!(conn, |c| sqlx::query_as(PAGE).bind(account_id).bind(after).bind(limit).fetch_all(c).await)
}

/// Makes a group unless its name is taken; says whether it did.
pub async fn insert(conn: &mut Conn, group: &Group) -> Result<bool, Error> {
    let key = name::key(&group.name);
    let done = on!(conn, |c| sqlx::query(INSERT)
        .bind(&*group.account_id)
        .bind(&*group.id)
        .bind(&*group.name)
        .bind(&*key)
        .bind(&*group.path)
        .bind(&*group.display_name)
        .bind(&*group.comments)
        .bind(group.created_at)
        .bind(group.updated_at)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Stores a group's name and descriptions unless the name is taken by another; says whether it did.
pub async fn update(conn: &mut Conn, group: &Group) -> Result<bool, Error> {
    let key = name::key(&group.name);
    let done = on!(conn, |c| sqlx::query(UPDATE)
        .bind(&*group.account_id)
        .bind(&*group.id)
        .bind(&*group.name)
        .bind(&*key)
        .bind(&*group.path)
        .bind(&*group.display_name)
        .bind(&*group.comments)
        .bind(group.updated_at)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Deletes a group and with it who was in it.
pub async fn delete(conn: &mut Conn, account_id: &str, id: &str) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(DELETE_MEMBERS).bind(account_id).bind(id).execute(c).await.map(|_| ()))?;
    on!(conn, |c| sqlx::query(DELETE).bind(account_id).bind(id).execute(c).await.map(|_| ()))
}

/// Up to `limit` users of a group whose names come after `after`, in the order of their names.
pub async fn members(
    conn: &mut Conn,
    account_id: &str,
    group_id: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<Joined<User>>, Error> {
    on!(conn, |c| sqlx::query_as(MEMBERS).bind(account_id).bind(group_id).bind(after).bind(limit).fetch_all(c).await)
}

/// Up to `limit` groups of a user whose names come after `after`, in the order of their names.
pub async fn of_user(
    conn: &mut Conn,
    account_id: &str,
    user_id: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<Group>, Error> {
    on!(conn, |c| sqlx::query_as(OF_USER).bind(account_id).bind(user_id).bind(after).bind(limit).fetch_all(c).await)
}

/// As [`of_user`], with when the user joined each.
pub async fn joined_by_user(
    conn: &mut Conn,
    account_id: &str,
    user_id: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<Joined<Group>>, Error> {
    on!(conn, |c| sqlx::query_as(OF_USER).bind(account_id).bind(user_id).bind(after).bind(limit).fetch_all(c).await)
}

/// In how many groups a user is.
pub async fn count_of_user(conn: &mut Conn, account_id: &str, user_id: &str) -> Result<i64, Error> {
    on!(conn, |c| sqlx::query_scalar(COUNT_OF_USER).bind(account_id).bind(user_id).fetch_one(c).await)
}

/// Puts a user into a group unless it is there; says whether it did.
pub async fn add(conn: &mut Conn, account_id: &str, group_id: &str, user_id: &str, now: Time) -> Result<bool, Error> {
    let done = on!(conn, |c| sqlx::query(ADD)
        .bind(account_id)
        .bind(group_id)
        .bind(user_id)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Takes a user out of a group; says whether it was there.
pub async fn remove(conn: &mut Conn, account_id: &str, group_id: &str, user_id: &str) -> Result<bool, Error> {
    let done = on!(conn, |c| sqlx::query(REMOVE)
        .bind(account_id)
        .bind(group_id)
        .bind(user_id)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done > 0)
}
