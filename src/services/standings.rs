//! The policies that a caller stands under: those of its identity, its permissions boundary, and those that narrow its
//! session, read once for each state of its account (AWS IAM User Guide, "Policy evaluation logic").

use std::sync::Arc;

use crate::domain::error::Error;
use crate::domain::policy::{Document, InForce, Policies, Source, Standing};
use crate::domain::policy_owner::PolicyOwner;
use crate::domain::principal::Principal;
use crate::store::{self, Conn};

use super::policy_owners::Owner;
use super::{Ctx, identity_policies};

/// The standing of the caller, from memory while that holds.
pub(super) async fn of_caller(ctx: &Ctx) -> Result<Arc<Standing>, Error> {
    let key = match &ctx.principal {
        Principal::Root => return Ok(Arc::new(Standing::root())),
        Principal::Anonymous => return Ok(Arc::default()),
        Principal::User { id, .. } => id.clone(),
        Principal::RoleSession { session_id, .. } | Principal::FederatedUser { session_id, .. } => session_id.clone(),
    };
    if store::sight::is_veiled() {
        return Ok(Arc::new(Standing::new(store::sight::at_policies(Box::pin(load(ctx))).await?)));
    }
    if let Some(kept) = ctx.app.cache.get::<Arc<Standing>>(&ctx.account_id, &ctx.pulse, &key) {
        return Ok(kept);
    }
    let found = Arc::new(Standing::new(load(ctx).await?));
    ctx.app.cache.put(&ctx.account_id, &ctx.pulse, &key, &found);
    Ok(found)
}

async fn load(ctx: &Ctx) -> Result<Policies, Error> {
    let mut conn = ctx.app.db.read().await?;
    let session = match ctx.session.as_deref() {
        Some(session) if is_narrowed(&ctx.principal) => {
            let mut policies = managed(ctx, &mut conn, &session.context.policy_arns).await?;
            if let Some(document) = &session.policy {
                let name = "session policy".to_owned();
                policies.push(Arc::new(InForce { name, source: Source::Given, document: document.clone() }));
            }
            Some(policies)
        }
        _ => None,
    };
    let (owner, boundary) = match &ctx.principal {
        Principal::Root | Principal::Anonymous => return Ok(Policies::default()),
        Principal::FederatedUser { .. } => {
            // Made by the root, it may do whatever its own policies say.
            let Some(maker) = ctx.session.as_deref().and_then(|session| session.maker.clone()) else {
                return Ok(Policies { identity: session.clone().unwrap_or_default(), boundary: None, session });
            };
            let user = store::users::by_id(&mut conn, &ctx.account_id, &maker).await?;
            let name = user.as_ref().map(|user| user.name.clone()).unwrap_or_default();
            (owner(ctx, PolicyOwner::User, &maker, &name), user.and_then(|user| user.permissions_boundary))
        }
        Principal::User { id, name, .. } => {
            let user = store::users::by_id(&mut conn, &ctx.account_id, id).await?;
            (owner(ctx, PolicyOwner::User, id, name), user.and_then(|user| user.permissions_boundary))
        }
        Principal::RoleSession { role_id, role_name, .. } => {
            let role = store::roles::by_id(&mut conn, &ctx.account_id, role_id).await?;
            (owner(ctx, PolicyOwner::Role, role_id, role_name), role.and_then(|role| role.permissions_boundary))
        }
    };
    let mut identity = Vec::new();
    for policy in identity_policies::of(ctx, &mut conn, &owner).await? {
        let document = read(ctx, &policy.document)?;
        identity.push(Arc::new(InForce { name: policy.name, source: policy.source, document }));
    }
    let boundary = match boundary {
        Some(arn) => Some(managed(ctx, &mut conn, std::slice::from_ref(&arn)).await?),
        None => None,
    };
    Ok(Policies { identity, boundary, session })
}

/// A federated user's session is never wider than the policies given with it, also where none was.
fn is_narrowed(principal: &Principal) -> bool {
    matches!(principal, Principal::RoleSession { narrowed: true, .. } | Principal::FederatedUser { .. })
}

/// A stored policy. One that cannot be read may forbid something, so that nothing is decided without it; none such is
/// stored.
fn read(ctx: &Ctx, text: &str) -> Result<Arc<Document>, Error> {
    let language = ctx.cloud.rules().policy_language;
    ctx.app
        .documents
        .read(language.of_identities(), text, |text| language.parse_identity(text))
        .map_err(Error::internal)
}

fn owner(ctx: &Ctx, kind: PolicyOwner, id: &str, name: &str) -> Owner {
    let account_id = ctx.account_id.clone();
    Owner { account_id, kind, id: id.to_owned(), name: name.to_owned(), is_protected: false }
}

/// Managed policies that bound or narrow: one that was deleted since permits nothing.
async fn managed(ctx: &Ctx, conn: &mut Conn, arns: &[String]) -> Result<Vec<Arc<InForce>>, Error> {
    let mut policies = Vec::with_capacity(arns.len());
    for arn in arns {
        let Some(text) = identity_policies::managed(ctx, conn, arn).await? else { continue };
        let document = read(ctx, &text)?;
        let name = arn.rsplit('/').next().unwrap_or(arn).to_owned();
        policies.push(Arc::new(InForce { name, source: Source::Managed { arn: arn.clone() }, document }));
    }
    Ok(policies)
}
