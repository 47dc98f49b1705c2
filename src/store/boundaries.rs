//! Which managed policies bound which users and roles.

use super::Conn;
use crate::domain::error::Error;

sql! {
    SET_OF_USER = "UPDATE users SET permissions_boundary = $3 WHERE account_id = $1 AND id = $2";
    SET_OF_ROLE = "UPDATE roles SET permissions_boundary = $3 WHERE account_id = $1 AND id = $2";
    USES = "SELECT arn, CAST(count(*) AS BIGINT) AS uses FROM \
            (SELECT permissions_boundary AS arn FROM users WHERE account_id = $1 AND permissions_boundary IS NOT NULL \
            UNION ALL \
            SELECT permissions_boundary AS arn FROM roles WHERE account_id = $1 AND permissions_boundary IS NOT NULL) \
            AS bounded GROUP BY arn";
    USES_OF = "SELECT CAST((SELECT count(*) FROM users WHERE account_id = $1 AND permissions_boundary = $2) \
               + (SELECT count(*) FROM roles WHERE account_id = $1 AND permissions_boundary = $2) AS BIGINT)";
}

/// What can have a boundary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bounded {
    /// A user.
    User,
    /// A role.
    Role,
}

/// Sets the boundary of a user or a role, or takes it away.
pub async fn set(conn: &mut Conn, account_id: &str, of: Bounded, id: &str, arn: Option<&str>) -> Result<(), Error> {
    let statement = match of {
        Bounded::User => SET_OF_USER,
        Bounded::Role => SET_OF_ROLE,
    };
    on!(conn, |c| sqlx::query(statement).bind(account_id).bind(id).bind(arn).execute(c).await.map(|_| ()))
}

/// How many users and roles each policy bounds that bounds any, by ARN.
pub async fn uses(conn: &mut Conn, account_id: &str) -> Result<Vec<(String, i64)>, Error> {
    on!(conn, |c| sqlx::query_as(USES).bind(account_id).fetch_all(c).await)
}

/// How many users and roles a policy bounds.
pub async fn uses_of(conn: &mut Conn, account_id: &str, arn: &str) -> Result<i64, Error> {
    on!(conn, |c| sqlx::query_scalar(USES_OF).bind(account_id).bind(arn).fetch_one(c).await)
}
