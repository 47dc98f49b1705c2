//! Users, roles and managed policies by the labels on them.

use super::Conn;
use super::columns::from_row;
use crate::domain::error::Error;
use crate::domain::user::Tag;

sql! {
    USERS = "SELECT o.id, o.name, t.key, t.value FROM users o JOIN tags t ON t.account_id = o.account_id \
             AND t.owner_kind = 'user' AND t.owner_id = o.id WHERE o.account_id = $1 AND o.name_key >= $2 \
             ORDER BY o.name_key, t.key COLLATE \"C\" LIMIT $3";
    ROLES = "SELECT o.id, o.name, t.key, t.value FROM roles o JOIN tags t ON t.account_id = o.account_id \
             AND t.owner_kind = 'role' AND t.owner_id = o.id WHERE o.account_id = $1 AND o.name_key >= $2 \
             ORDER BY o.name_key, t.key COLLATE \"C\" LIMIT $3";
    POLICIES = "SELECT o.id, o.name, t.key, t.value FROM policies o JOIN tags t ON t.account_id = o.account_id \
                AND t.owner_kind = 'policy' AND t.owner_id = o.id WHERE o.account_id = $1 AND o.name_key >= $2 \
                ORDER BY o.name_key, t.key COLLATE \"C\" LIMIT $3";
}

/// What is found by its labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the noun it names")]
pub enum Kind {
    User,
    Role,
    Policy,
}

/// One label and what carries it.
#[derive(Clone, Debug)]
pub struct Tagged {
    /// The id of what carries it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The label.
    pub tag: Tag,
}

from_row!(Tagged, |row| Tagged {
    id: row.try_get("id")?,
    name: row.try_get("name")?,
    tag: Tag { key: row.try_get("key")?, value: row.try_get("value")? },
});

/// Up to `limit` labels, in the order of the names of what carries them and then of their keys, from the key of a name
/// on.
pub async fn page(conn: &mut Conn, account_id: &str, kind: Kind, from: &str, limit: i64) -> Result<Vec<Tagged>, Error> {
    let statement = match kind {
        Kind::User => USERS,
        Kind::Role => ROLES,
        Kind::Policy => POLICIES,
    };
    on!(conn, |c| sqlx::query_as(statement).bind(account_id).bind(from).bind(limit).fetch_all(c).await)
}
