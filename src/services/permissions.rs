//! What the policies of a caller's own account say of one action: those of the identity, its permissions boundary, and
//! those that narrow its session (IAM User Guide, "Policy evaluation logic").

use crate::domain::error::Error;
use crate::domain::policy::{Document, PolicyLanguage, Request, Verdict, parse_identity};
use crate::domain::policy_owner::PolicyOwner;
use crate::domain::principal::Principal;
use crate::store::{self, Conn};

use super::policy_owners::Owner;
use super::{Ctx, identity_policies, request_context};

/// The policies that a caller stands under, layer by layer; a layer that is not there bounds nothing.
#[derive(Debug, Default)]
pub(super) struct Standing {
    identity: Vec<Document>,
    boundary: Option<Vec<Document>>,
    session: Option<Vec<Document>>,
    is_root: bool,
}

impl Standing {
    /// Whether any policy forbids it.
    pub(super) fn denies(&self, request: &Request<'_>) -> bool {
        let layers = self.identity.iter().chain(self.boundary.iter().flatten()).chain(self.session.iter().flatten());
        layers.into_iter().any(|policy| matches!(policy.evaluate(request), Verdict::Deny(_)))
    }

    /// Whether the identity may do it: none forbids it, and every layer that is there permits it.
    pub(super) fn allows(&self, request: &Request<'_>) -> bool {
        let permits =
            |layer: &[Document]| layer.iter().any(|policy| matches!(policy.evaluate(request), Verdict::Allow(_)));
        let bounded = |layer: &Option<Vec<Document>>| layer.as_deref().is_none_or(permits);
        self.is_root
            || (!self.denies(request) && permits(&self.identity) && bounded(&self.boundary) && bounded(&self.session))
    }
}

/// The policies that the caller stands under. A policy that cannot be read permits nothing; none such is stored.
pub(super) async fn of_caller(ctx: &Ctx) -> Result<Standing, Error> {
    let mut conn = ctx.app.db.read().await?;
    let (owner, boundary) = match &ctx.principal {
        Principal::Root => return Ok(Standing { is_root: true, ..Standing::default() }),
        // What a federated user or nobody may do, no identity says.
        Principal::Anonymous | Principal::FederatedUser { .. } => return Ok(Standing::default()),
        Principal::User { id, name, .. } => {
            let user = store::users::by_id(&mut conn, &ctx.account_id, id).await?;
            (owner(ctx, PolicyOwner::User, id, name), user.and_then(|user| user.permissions_boundary))
        }
        Principal::RoleSession { role_id, role_name, .. } => {
            let role = store::roles::by_id(&mut conn, &ctx.account_id, role_id).await?;
            (owner(ctx, PolicyOwner::Role, role_id, role_name), role.and_then(|role| role.permissions_boundary))
        }
    };
    let identity = identity_policies::of(ctx, &mut conn, &owner).await?;
    let identity = identity.iter().filter_map(|policy| parse_identity(&policy.document).ok()).collect();
    let boundary = match boundary {
        Some(arn) => Some(managed(ctx, &mut conn, std::slice::from_ref(&arn)).await?),
        None => None,
    };
    let session = match ctx.session.as_deref() {
        Some(session) if matches!(ctx.principal, Principal::RoleSession { narrowed: true, .. }) => {
            let mut policies = managed(ctx, &mut conn, &session.context.policy_arns).await?;
            policies.extend(session.policy.clone());
            Some(policies)
        }
        _ => None,
    };
    Ok(Standing { identity, boundary, session, is_root: false })
}

fn owner(ctx: &Ctx, kind: PolicyOwner, id: &str, name: &str) -> Owner {
    let account_id = ctx.account_id.clone();
    Owner { account_id, kind, id: id.to_owned(), name: name.to_owned(), is_protected: false }
}

async fn managed(ctx: &Ctx, conn: &mut Conn, arns: &[String]) -> Result<Vec<Document>, Error> {
    let mut documents = Vec::with_capacity(arns.len());
    for arn in arns {
        let document = identity_policies::managed(ctx, conn, arn).await?;
        documents.extend(document.and_then(|document| parse_identity(&document).ok()));
    }
    Ok(documents)
}

/// Whether a user may change the own password: the account lets all its users, or the user's policies say so, and
/// none forbids it (IAM User Guide, "Permit IAM users to change their own passwords").
pub(super) async fn may_change_own_password(ctx: &Ctx) -> Result<bool, Error> {
    let account = ctx.account().await?;
    let lets_all = account.security_preference.change_password || account.password_policy.users_may_change;
    if ctx.cloud.rules().policy_language != PolicyLanguage::Iam {
        return Ok(lets_all);
    }
    let (standing, context) = (of_caller(ctx).await?, request_context::of_caller(ctx).await?);
    let resource = ctx.principal.arn(ctx.cloud, &ctx.account_id);
    let request = Request { action: "iam:ChangePassword", resource: &resource, principal: None, context: &context };
    Ok(if lets_all { !standing.denies(&request) } else { standing.allows(&request) })
}
