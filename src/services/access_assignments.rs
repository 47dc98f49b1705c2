//! What a person may enter from a command line, as Alibaba Cloud's CloudSSO has it: accounts, in each of them access
//! configurations, and credentials for one of those.
//!
//! There is no directory here whose users are given access configurations. What stands for one is inferred, all of it
//! here: an access configuration is a role that the person may take on, an account one that has such a role.

use crate::domain::account::Account;
use crate::domain::error::Error;
use crate::domain::role::Role;
use crate::domain::session::{Session, SessionState};
use crate::store;

use super::console_sessions::SignedIn;
use super::session_credentials::{self, Credentials};
use super::users::{LEAST_CHUNK, Page, page_of};
use super::{device_access, request_context, role_sessions, role_taking, standings, time_in};

/// What the id of an access configuration begins with (samples of CloudSSO 2021-05-15 ListAccessConfigurations).
const PREFIX: &str = "ac-";

/// The id of the access configuration that a role is.
pub fn configuration_id(role: &Role) -> String {
    format!("{PREFIX}{}", role.id)
}

/// The accounts with a role for the person, in the order of their ids.
///
/// # Errors
/// Those of the store.
pub async fn accounts(person: &SignedIn, after: &str, most: usize) -> Result<Page<Account>, Error> {
    let all = store::accounts::all(&mut person.ctx.app.db.read().await?).await?;
    let mut items = Vec::new();
    for account in all.into_iter().filter(|account| account.cloud == device_access::CLOUD && &*account.id > after) {
        if !configurations(person, &account.id, "", 1).await?.items.is_empty() {
            items.push(account);
        }
        // One more than fits tells whether there is a next page.
        if items.len() > most {
            break;
        }
    }
    Ok(page_of(items, most, |account| &account.id))
}

/// The roles of an account for the person, in the order of their names.
///
/// # Errors
/// Those of the store.
pub async fn configurations(
    person: &SignedIn,
    account_id: &str,
    after: &str,
    most: usize,
) -> Result<Page<Role>, Error> {
    let ctx = &person.ctx;
    let (context, standing) = (request_context::of_caller(ctx).await?, standings::of_caller(ctx).await?);
    let mut items = Vec::new();
    let mut after = crate::domain::name::key(after);
    while items.len() <= most {
        let limit = (most - items.len() + 1).max(LEAST_CHUNK);
        let chunk = i64::try_from(limit).map_err(Error::internal)?;
        let roles = store::roles::page(&mut ctx.app.db.read().await?, account_id, &after, chunk).await?;
        let ended = roles.len() < limit;
        for role in roles {
            after = crate::domain::name::key(&role.name);
            let needed = [role_taking::ASSUME_ROLE];
            if role_taking::refused(ctx, &standing, &role, &needed, &context)?.is_none() {
                items.push(role);
            }
        }
        if ended {
            break;
        }
    }
    Ok(page_of(items, most, |role| &role.name))
}

/// Credentials for an access configuration of an account; none when the person has no such one there. They end with the
/// person's session at the latest, and after the role's longest session. May lose a race.
///
/// # Errors
/// Those of the store.
pub async fn credentials(
    person: &SignedIn,
    account_id: &str,
    configuration_id: &str,
) -> Result<Option<Credentials>, Error> {
    let ctx = &person.ctx;
    let Some(role_id) = configuration_id.strip_prefix(PREFIX) else { return Ok(None) };
    let mut conn = ctx.app.db.read().await?;
    let account = store::accounts::find(&mut conn, account_id).await?;
    let Some(account) = account.filter(|account| account.cloud == device_access::CLOUD) else { return Ok(None) };
    let Some(role) = store::roles::by_id(&mut conn, account_id, role_id).await? else { return Ok(None) };
    let world = store::world::clock(&mut conn).await?;
    drop(conn);
    let (context, standing) = (request_context::of_caller(ctx).await?, standings::of_caller(ctx).await?);
    if role_taking::refused(ctx, &standing, &role, &[role_taking::ASSUME_ROLE], &context)?.is_some() {
        return Ok(None);
    }
    let parent = &person.session;
    let now = time_in(&ctx.app, account.clock, world);
    let left = parent.expires_at.seconds() - ctx.now.seconds();
    let expires_at = now.plus_seconds(left.min(role.max_session_seconds));
    let (credentials, key) = session_credentials::issue(&ctx.app, account.cloud, &account.id, expires_at);
    let session = Session {
        session_name: Some(parent.user_name.clone().unwrap_or_else(|| "root".to_owned())),
        user_id: parent.user_id.clone(),
        user_name: parent.user_name.clone(),
        parent_id: Some(parent.id.clone()),
        key: Some(key),
        mfa_present: parent.mfa_present,
        source_address: parent.source_address.clone(),
        ..role_sessions::role_session(&ctx.app, &role, now, expires_at)
    };
    // Under the lock of the person's account, where the session ends: none can hang on one that ended.
    let (mut tx, _) = ctx.app.db.write(&parent.account_id).await?;
    let still = store::sessions::find(&mut tx, &parent.id).await?;
    let same_role = store::roles::by_id(&mut tx, &role.account_id, &role.id).await?;
    if still.is_none_or(|session| session.state(ctx.now) != SessionState::Active) || same_role.is_none() {
        return Ok(None);
    }
    store::sessions::insert(&mut tx, &session).await?;
    tx.commit().await?;
    Ok(Some(credentials))
}
