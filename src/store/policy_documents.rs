//! The documents of managed policies by whom they are given to, and whom a policy is given to.

use super::Conn;
use super::columns::from_row;
use super::sight::sees;
use crate::domain::error::Error;
use crate::domain::fault::Kind;
use crate::domain::policy_owner::OwnedBy;
use crate::domain::service_access::AccessorKind;
use crate::domain::time::Time;

sql! {
    ATTACHED = "SELECT a.policy_arn, a.policy_name, a.attached_at, v.document FROM policy_attachments a LEFT JOIN policies p \
                ON p.account_id = a.account_id AND p.name_key = a.policy_key LEFT JOIN policy_versions v \
                ON v.account_id = p.account_id AND v.policy_id = p.id AND v.number = p.default_version \
                WHERE a.account_id = $1 AND a.owner_kind = $2 AND a.owner_id = $3 ORDER BY a.policy_key, a.policy_arn";
    HAVE_POLICY = "SELECT owner_kind AS kind, owner_id AS id FROM policy_attachments WHERE account_id = $1 \
                   AND policy_arn = $2 AND owner_kind <> 'group' \
                   UNION SELECT 'user' AS kind, m.user_id AS id FROM policy_attachments a JOIN group_members m \
                   ON m.account_id = a.account_id AND m.group_id = a.owner_id WHERE a.account_id = $1 \
                   AND a.policy_arn = $2 AND a.owner_kind = 'group' ORDER BY kind, id";
    MEMBERS = "SELECT 'user' AS kind, user_id AS id FROM group_members WHERE account_id = $1 AND group_id = $2 \
               ORDER BY user_id";
}

/// A managed policy that someone has.
#[derive(Clone, Debug)]
pub struct Attached {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// Since when.
    pub attached_at: Time,
    /// The document in force of the account's own policy of this name; whether that is the policy says its ARN.
    pub own_document: Option<String>,
}

from_row!(Attached, |row| Attached {
    arn: row.try_get("policy_arn")?,
    name: row.try_get("policy_name")?,
    attached_at: row.try_get("attached_at")?,
    own_document: row.try_get("document")?,
});

struct Entity(AccessorKind, String);

from_row!(Entity, |row| Entity(row.try_get("kind")?, row.try_get("id")?));

/// The managed policies of an owner that are in force, in the order of their names.
pub async fn attached(conn: &mut Conn, of: OwnedBy<'_>) -> Result<Vec<Attached>, Error> {
    let mut found: Vec<Attached> = on!(conn, |c| sqlx::query_as(ATTACHED)
        .bind(of.account_id)
        .bind(of.kind.as_str())
        .bind(of.id)
        .fetch_all(c)
        .await)?;
    found.retain(|policy| sees(Kind::Attachment, policy.attached_at));
    Ok(found)
}

/// The users and roles that have a policy, be it through a group.
pub async fn entities_with(conn: &mut Conn, account_id: &str, arn: &str) -> Result<Vec<(AccessorKind, String)>, Error> {
    let rows: Vec<Entity> = on!(conn, |c| sqlx::query_as(HAVE_POLICY).bind(account_id).bind(arn).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|Entity(kind, id)| (kind, id)).collect())
}

/// The users in a group.
pub async fn entities_in(
    conn: &mut Conn,
    account_id: &str,
    group_id: &str,
) -> Result<Vec<(AccessorKind, String)>, Error> {
    let rows: Vec<Entity> = on!(conn, |c| sqlx::query_as(MEMBERS).bind(account_id).bind(group_id).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|Entity(kind, id)| (kind, id)).collect())
}
