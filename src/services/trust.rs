//! Whom trust policies name: looked up when one is stored, and again when it is shown.

use std::collections::{HashMap, HashSet};

use crate::domain::account::Cloud;
use crate::domain::error::Error;
use crate::domain::policy::{NamedPrincipal, Principal};
use crate::domain::role::Role;
use crate::store::{self, Conn};

use super::Ctx;

/// Checks the trust policy of a role, and gives the form in which it is kept.
///
/// # Errors
/// `Policy`, also for naming someone who does not exist, `PolicyTooLarge`.
pub(super) async fn kept(ctx: &Ctx, conn: &mut Conn, document: &str, role_name: &str) -> Result<String, Error> {
    let language = ctx.cloud.rules().policy_language;
    let mut ids = HashMap::new();
    for named in language.check_trust(document, role_name)? {
        if !ids.contains_key(&named.written)
            && let Some(id) = id_of(conn, ctx.cloud, &named).await?
        {
            ids.insert(named.written, id);
        }
    }
    Ok(language.kept(document, &ids))
}

/// The id of a user or a role that is named; the others have none. Accounts come into being when they are first used:
/// whoever is of one that nobody used yet is let pass, though AWS knows which accounts there are.
async fn id_of(conn: &mut Conn, cloud: Cloud, named: &NamedPrincipal) -> Result<Option<String>, Error> {
    let found = match &named.who {
        Principal::User { account, path } => {
            let (path, name) = path_and_name(path);
            let user = store::users::by_name(conn, account, name).await?;
            let user = user.filter(|user| user.path == path && user.name == name);
            (account, user.map(|user| Some(user.id)))
        }
        Principal::Role { account, path } => {
            let (path, name) = path_and_name(path);
            let role = store::roles::by_name(conn, account, name).await?;
            let role = role.filter(|role| role.path == path && role.name == name);
            (account, role.map(|role| Some(role.id)))
        }
        // That the role of a session must exist is inferred.
        Principal::RoleSession { account, role: name, .. } => {
            let role = store::roles::by_name(conn, account, name).await?;
            (account, role.filter(|role| role.name == *name).map(|_| None))
        }
        Principal::UniqueId(id) => {
            return if name_of(conn, cloud, id).await?.is_some() { Ok(None) } else { Err(named.unknown().into()) };
        }
        _ => return Ok(None),
    };
    match found {
        (_, Some(id)) => Ok(id),
        (account, None) if store::accounts::find(conn, account).await?.is_some() => Err(named.unknown().into()),
        (_, None) => Ok(None),
    }
}

/// `/a/` and `b` of `a/b`.
fn path_and_name(path: &str) -> (String, &str) {
    match path.rsplit_once('/') {
        Some((path, name)) => (format!("/{path}/"), name),
        None => ("/".to_owned(), path),
    }
}

/// The ARN of the user or the role with this id, as long as there is one.
async fn name_of(conn: &mut Conn, cloud: Cloud, id: &str) -> Result<Option<String>, Error> {
    if let Some(user) = store::users::anywhere(conn, id).await? {
        return Ok(Some(user.arn(cloud)));
    }
    Ok(store::roles::anywhere(conn, id).await?.map(|role| role.arn(cloud)))
}

/// Puts in the place of each role's trust policy the form that answers show: whoever is deleted by then is named by
/// the id alone.
pub(super) async fn show(conn: &mut Conn, cloud: Cloud, roles: impl Iterator<Item = &mut Role>) -> Result<(), Error> {
    let language = cloud.rules().policy_language;
    let (mut asked, mut names) = (HashSet::new(), HashMap::new());
    for role in roles {
        let ids = language.ids(&role.trust_policy);
        for id in &ids {
            if asked.insert(id.clone())
                && let Some(name) = name_of(conn, cloud, id).await?
            {
                names.insert(id.clone(), name);
            }
        }
        if !ids.is_empty() {
            role.trust_policy = language.shown(&role.trust_policy, &names);
        }
    }
    Ok(())
}
