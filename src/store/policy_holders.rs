//! Attachments whole: what an owner has with the policies themselves, and who has a policy, each since when.

use super::Conn;
use super::columns::from_row;
use crate::domain::error::Error;
use crate::domain::group::Group;
use crate::domain::own_policy::OwnPolicy;
use crate::domain::policy_owner::OwnedBy;
use crate::domain::role::Role;
use crate::domain::time::Time;
use crate::domain::user::User;

sql! {
    OF_OWNER = "SELECT a.policy_arn, a.attached_at, p.* FROM policy_attachments a LEFT JOIN policies p \
                ON p.account_id = a.account_id AND p.name_key = a.policy_key \
                WHERE a.account_id = $1 AND a.owner_kind = $2 AND a.owner_id = $3 ORDER BY a.policy_key, a.policy_arn";
    USERS = "SELECT a.attached_at, u.* FROM policy_attachments a JOIN users u ON u.account_id = a.account_id \
             AND u.id = a.owner_id WHERE a.account_id = $1 AND a.policy_arn = $2 AND a.owner_kind = 'user' \
             ORDER BY u.name_key";
    GROUPS = "SELECT a.attached_at, g.* FROM policy_attachments a JOIN user_groups g ON g.account_id = a.account_id \
              AND g.id = a.owner_id WHERE a.account_id = $1 AND a.policy_arn = $2 AND a.owner_kind = 'group' \
              ORDER BY g.name_key";
    ROLES = "SELECT a.attached_at, r.* FROM policy_attachments a JOIN roles r ON r.account_id = a.account_id \
             AND r.id = a.owner_id WHERE a.account_id = $1 AND a.policy_arn = $2 AND a.owner_kind = 'role' \
             ORDER BY r.name_key";
}

/// One policy that an owner has.
#[derive(Clone, Debug)]
pub struct Had {
    /// Its ARN.
    pub arn: String,
    /// Since when.
    pub attached_at: Time,
    /// The account's own policy of this name; whether that is the policy says its ARN.
    pub own: Option<OwnPolicy>,
}

from_row!(Had, |row| Had {
    arn: row.try_get("policy_arn")?,
    attached_at: row.try_get("attached_at")?,
    own: match row.try_get::<Option<String>, _>("id")? {
        Some(_) => Some(sqlx::FromRow::from_row(row)?),
        None => None,
    },
});

/// What has a policy, and since when.
#[derive(Clone, Debug)]
pub struct Holder<T> {
    /// The user, the group or the role.
    pub who: T,
    /// Since when.
    pub attached_at: Time,
}

from_row!(Holder<User>, |row| Holder { who: sqlx::FromRow::from_row(row)?, attached_at: row.try_get("attached_at")? });
from_row!(Holder<Group>, |row| Holder { who: sqlx::FromRow::from_row(row)?, attached_at: row.try_get("attached_at")? });
from_row!(Holder<Role>, |row| Holder { who: sqlx::FromRow::from_row(row)?, attached_at: row.try_get("attached_at")? });

/// All managed policies that an owner has, in the order of their names.
pub async fn of_owner(conn: &mut Conn, of: OwnedBy<'_>) -> Result<Vec<Had>, Error> {
    on!(conn, |c| sqlx::query_as(OF_OWNER).bind(of.account_id).bind(of.kind.as_str()).bind(of.id).fetch_all(c).await)
}

/// The users who have a policy themselves, in the order of their names.
pub async fn users(conn: &mut Conn, account_id: &str, arn: &str) -> Result<Vec<Holder<User>>, Error> {
    on!(conn, |c| sqlx::query_as(USERS).bind(account_id).bind(arn).fetch_all(c).await)
}

/// The groups that have a policy, in the order of their names.
pub async fn groups(conn: &mut Conn, account_id: &str, arn: &str) -> Result<Vec<Holder<Group>>, Error> {
    on!(conn, |c| sqlx::query_as(GROUPS).bind(account_id).bind(arn).fetch_all(c).await)
}

/// The roles that have a policy, in the order of their names.
pub async fn roles(conn: &mut Conn, account_id: &str, arn: &str) -> Result<Vec<Holder<Role>>, Error> {
    on!(conn, |c| sqlx::query_as(ROLES).bind(account_id).bind(arn).fetch_all(c).await)
}
