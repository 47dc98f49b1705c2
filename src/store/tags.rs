//! Labels on users and roles.

use std::collections::HashMap;

use super::Conn;
use super::columns::from_row;
use crate::domain::error::Error;
use crate::domain::name;
use crate::domain::user::{Tag, TagCase};

sql! {
    OF_OWNER = "SELECT owner_id, key, value FROM tags WHERE account_id = $1 AND owner_kind = $2 AND owner_id = $3 \
                ORDER BY key COLLATE \"C\"";
    OF_USERS = "SELECT t.owner_id, t.key, t.value FROM users u JOIN tags t ON t.account_id = u.account_id \
                AND t.owner_kind = 'user' AND t.owner_id = u.id \
                WHERE u.account_id = $1 AND u.name_key >= $2 AND u.name_key <= $3 ORDER BY t.key COLLATE \"C\"";
    OF_ROLES = "SELECT t.owner_id, t.key, t.value FROM roles r JOIN tags t ON t.account_id = r.account_id \
                AND t.owner_kind = 'role' AND t.owner_id = r.id \
                WHERE r.account_id = $1 AND r.name_key >= $2 AND r.name_key <= $3 ORDER BY t.key COLLATE \"C\"";
    OF_POLICIES = "SELECT t.owner_id, t.key, t.value FROM policies p JOIN tags t ON t.account_id = p.account_id \
                   AND t.owner_kind = 'policy' AND t.owner_id = p.id \
                   WHERE p.account_id = $1 AND p.name_key >= $2 AND p.name_key <= $3 ORDER BY t.key COLLATE \"C\"";
    INSERT = "INSERT INTO tags (account_id, owner_kind, owner_id, key, value) VALUES ($1, $2, $3, $4, $5)";
    REMOVE = "DELETE FROM tags WHERE account_id = $1 AND owner_kind = $2 AND owner_id = $3 AND key = $4";
    DELETE = "DELETE FROM tags WHERE account_id = $1 AND owner_kind = $2 AND owner_id = $3";
}

/// What a label stands on.
#[derive(Clone, Copy, Debug)]
pub enum Owner {
    /// A user.
    User,
    /// A role.
    Role,
    /// A managed policy.
    Policy,
    /// A virtual MFA device.
    MfaDevice,
    /// An instance profile.
    InstanceProfile,
    /// An OpenID Connect provider.
    OidcProvider,
    /// A SAML provider.
    SamlProvider,
    /// A server certificate.
    ServerCertificate,
}

impl Owner {
    const ALL: [Self; 8] = [
        Self::User,
        Self::Role,
        Self::Policy,
        Self::MfaDevice,
        Self::InstanceProfile,
        Self::OidcProvider,
        Self::SamlProvider,
        Self::ServerCertificate,
    ];

    /// Reads what `as_str` gave.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|owner| owner.as_str() == text)
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Role => "role",
            Self::Policy => "policy",
            Self::MfaDevice => "mfa-device",
            Self::InstanceProfile => "instance-profile",
            Self::OidcProvider => "oidc-provider",
            Self::SamlProvider => "saml-provider",
            Self::ServerCertificate => "server-certificate",
        }
    }

    /// Whether keys that differ in case alone are the same: recorded of users, roles, policies, instance profiles, MFA
    /// devices, server certificates and OpenID Connect providers, inferred of others.
    pub fn case(self) -> TagCase {
        match self {
            Self::Policy
            | Self::InstanceProfile
            | Self::OidcProvider
            | Self::SamlProvider
            | Self::MfaDevice
            | Self::ServerCertificate => TagCase::Sensitive,
            _ => TagCase::Insensitive,
        }
    }
}

/// What is listed by name together with its labels.
#[derive(Clone, Copy, Debug)]
pub enum Listed {
    /// Users.
    Users,
    /// Roles.
    Roles,
    /// The account's own managed policies.
    Policies,
}

struct TagRow {
    owner_id: String,
    tag: Tag,
}

from_row!(TagRow, |row| TagRow {
    owner_id: row.try_get("owner_id")?,
    tag: Tag { key: row.try_get("key")?, value: row.try_get("value")? },
});

/// The labels of one owner.
pub async fn of(conn: &mut Conn, account_id: &str, owner: Owner, owner_id: &str) -> Result<Vec<Tag>, Error> {
    let rows: Vec<TagRow> = on!(conn, |c| sqlx::query_as(OF_OWNER)
        .bind(account_id)
        .bind(owner.as_str())
        .bind(owner_id)
        .fetch_all(c)
        .await)?;
    Ok(rows.into_iter().map(|row| row.tag).collect())
}

/// The labels of a page of owners, from the first name to the last, by the owner's id.
pub async fn of_page(
    conn: &mut Conn,
    account_id: &str,
    listed: Listed,
    first: &str,
    last: &str,
) -> Result<HashMap<String, Vec<Tag>>, Error> {
    let (first, last) = (name::key(first), name::key(last));
    let statement = match listed {
        Listed::Users => OF_USERS,
        Listed::Roles => OF_ROLES,
        Listed::Policies => OF_POLICIES,
    };
    let rows: Vec<TagRow> =
        on!(conn, |c| sqlx::query_as(statement).bind(account_id).bind(&*first).bind(&*last).fetch_all(c).await)?;
    let mut tags: HashMap<String, Vec<Tag>> = HashMap::new();
    for row in rows {
        tags.entry(row.owner_id).or_default().push(row.tag);
    }
    Ok(tags)
}

/// Puts a label on an owner that has none of that name.
pub async fn insert(conn: &mut Conn, account_id: &str, owner: Owner, owner_id: &str, tag: &Tag) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(INSERT)
        .bind(account_id)
        .bind(owner.as_str())
        .bind(owner_id)
        .bind(&*tag.key)
        .bind(&*tag.value)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Takes one label off an owner.
pub async fn remove(conn: &mut Conn, account_id: &str, owner: Owner, owner_id: &str, key: &str) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(REMOVE)
        .bind(account_id)
        .bind(owner.as_str())
        .bind(owner_id)
        .bind(key)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Takes all labels off an owner.
pub async fn delete(conn: &mut Conn, account_id: &str, owner: Owner, owner_id: &str) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(DELETE).bind(account_id).bind(owner.as_str()).bind(owner_id).execute(c).await.map(|_| ()))
}
