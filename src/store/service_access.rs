//! Which services users and roles called last.

use super::Conn;
use super::columns::from_row;
use crate::domain::error::Error;
use crate::domain::service_access::{Accessor, AccessorKind, ServiceUse};
use crate::domain::time::Time;

sql! {
    // By way of the account, which may have been dropped since.
    RECORD = "INSERT INTO service_access (account_id, principal_kind, principal_id, service, at, region) \
              SELECT id, $2, $3, $4, $5, $6 FROM accounts WHERE id = $1 \
              ON CONFLICT (account_id, principal_kind, principal_id, service) \
              DO UPDATE SET at = excluded.at, region = excluded.region WHERE service_access.at <= excluded.at";
    FORGET = "DELETE FROM service_access WHERE account_id = $1 AND principal_kind = $2 AND principal_id = $3";
    OF_ONE = "SELECT principal_kind, principal_id, service, at, region FROM service_access WHERE account_id = $1 \
              AND principal_kind = $2 AND principal_id = $3";
    OF_ACCOUNT = "SELECT principal_kind, principal_id, service, at, region FROM service_access WHERE account_id = $1";
}

from_row!(ServiceUse, |row| ServiceUse {
    kind: row.try_get("principal_kind")?,
    id: row.try_get("principal_id")?,
    service: row.try_get("service")?,
    at: row.try_get("at")?,
    region: row.try_get("region")?,
});

/// Notes that someone used a service, unless a later use is known.
pub async fn record(conn: &mut Conn, by: &Accessor, service: &str, at: Time, region: &str) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(RECORD)
        .bind(&*by.account_id)
        .bind(by.kind)
        .bind(&*by.id)
        .bind(service)
        .bind(at)
        .bind(region)
        .execute(c)
        .await
        .map(|_| ()))
}

/// The services that someone used.
pub async fn of_one(conn: &mut Conn, by: &Accessor) -> Result<Vec<ServiceUse>, Error> {
    on!(conn, |c| sqlx::query_as(OF_ONE).bind(&*by.account_id).bind(by.kind).bind(&*by.id).fetch_all(c).await)
}

/// All uses in an account.
pub async fn of_account(conn: &mut Conn, account_id: &str) -> Result<Vec<ServiceUse>, Error> {
    on!(conn, |c| sqlx::query_as(OF_ACCOUNT).bind(account_id).fetch_all(c).await)
}

/// Forgets what a user or a role that goes has used.
pub async fn forget(conn: &mut Conn, account_id: &str, kind: AccessorKind, id: &str) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(FORGET).bind(account_id).bind(kind).bind(id).execute(c).await.map(|_| ()))
}
