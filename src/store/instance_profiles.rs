//! Instance profiles.

use super::Conn;
use super::columns::from_row;
use crate::domain::error::Error;
use crate::domain::instance_profile::InstanceProfile;
use crate::domain::name;
use crate::domain::role::Role;

sql! {
    BY_NAME = "SELECT * FROM instance_profiles WHERE account_id = $1 AND name_key = $2";
    PAGE = "SELECT * FROM instance_profiles WHERE account_id = $1 AND name_key > $2 ORDER BY name_key LIMIT $3";
    PAGE_OF_ROLE = "SELECT * FROM instance_profiles WHERE account_id = $1 AND role_id = $2 AND name_key > $3 \
                    ORDER BY name_key LIMIT $4";
    ROLES_OF_PAGE = "SELECT r.* FROM instance_profiles p JOIN roles r ON r.account_id = p.account_id \
                     AND r.id = p.role_id WHERE p.account_id = $1 AND p.name_key >= $2 AND p.name_key <= $3";
    INSERT = "INSERT INTO instance_profiles (account_id, id, name, name_key, path, role_id, created_at) \
              VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    SET_ROLE = "UPDATE instance_profiles SET role_id = $3 WHERE account_id = $1 AND id = $2";
    DELETE = "DELETE FROM instance_profiles WHERE account_id = $1 AND id = $2";
}

from_row!(InstanceProfile, |row| InstanceProfile {
    account_id: row.try_get("account_id")?,
    id: row.try_get("id")?,
    name: row.try_get("name")?,
    path: row.try_get("path")?,
    role_id: row.try_get("role_id")?,
    created_at: row.try_get("created_at")?,
});

/// The instance profile of this name, without regard to case.
pub async fn by_name(conn: &mut Conn, account_id: &str, profile_name: &str) -> Result<Option<InstanceProfile>, Error> {
    let key = name::key(profile_name);
    on!(conn, |c| sqlx::query_as(BY_NAME).bind(account_id).bind(&*key).fetch_optional(c).await)
}

/// Up to `limit` instance profiles whose names come after `after`, in the order of their names; of one role, or of all
/// and of none.
pub async fn page(
    conn: &mut Conn,
    account_id: &str,
    role_id: Option<&str>,
    after: &str,
    limit: i64,
) -> Result<Vec<InstanceProfile>, Error> {
    match role_id {
        Some(role) => on!(conn, |c| sqlx::query_as(PAGE_OF_ROLE)
            .bind(account_id)
            .bind(role)
            .bind(after)
            .bind(limit)
            .fetch_all(c)
            .await),
        None => on!(conn, |c| sqlx::query_as(PAGE).bind(account_id).bind(after).bind(limit).fetch_all(c).await),
    }
}

/// The roles in a page of instance profiles, from the first name to the last, in no order.
pub async fn roles_of_page(conn: &mut Conn, account_id: &str, first: &str, last: &str) -> Result<Vec<Role>, Error> {
    let (first, last) = (name::key(first), name::key(last));
    on!(conn, |c| sqlx::query_as(ROLES_OF_PAGE).bind(account_id).bind(&*first).bind(&*last).fetch_all(c).await)
}

/// Makes an instance profile unless its name is taken; says whether it did.
pub async fn insert(conn: &mut Conn, profile: &InstanceProfile) -> Result<bool, Error> {
    let key = name::key(&profile.name);
    let done = on!(conn, |c| sqlx::query(INSERT)
        .bind(&*profile.account_id)
        .bind(&*profile.id)
        .bind(&*profile.name)
        .bind(&*key)
        .bind(&*profile.path)
        .bind(profile.role_id.as_deref())
        .bind(profile.created_at)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Puts a role into an instance profile, or takes it out.
pub async fn set_role(conn: &mut Conn, account_id: &str, id: &str, role_id: Option<&str>) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(SET_ROLE).bind(account_id).bind(id).bind(role_id).execute(c).await.map(|_| ()))
}

/// Deletes an instance profile.
pub async fn delete(conn: &mut Conn, account_id: &str, id: &str) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(DELETE).bind(account_id).bind(id).execute(c).await.map(|_| ()))
}
