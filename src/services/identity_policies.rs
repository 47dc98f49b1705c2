//! All permissions policies that count for a user, a group or a role.

use std::collections::HashSet;

use crate::domain::error::Error;
use crate::domain::own_policy::AnyPolicy;
use crate::domain::policy_owner::{OwnedBy, PolicyOwner};
use crate::domain::{managed_policies, service_linked_roles};
use crate::store::{self, Conn};

use super::policy_owners::Owner;
use super::{Ctx, policies};

pub use crate::domain::policy::Source;

/// One policy that counts.
#[derive(Clone, Debug)]
pub struct Counting {
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub source: Source,
    /// The document in force, as it was given.
    pub document: String,
}

/// A policy counts, and what it says cannot be found.
#[derive(Debug, thiserror::Error)]
#[error("policy {0} counts and has no document in force")]
struct Lost(String);

/// The policies of an owner, those of a user's groups too; a managed one once, however it is come by.
pub(super) async fn of(ctx: &Ctx, conn: &mut Conn, owner: &Owner) -> Result<Vec<Counting>, Error> {
    let mut owners = vec![(owner.kind, owner.id.clone(), owner.name.clone())];
    if owner.kind == PolicyOwner::User {
        // All of them, however many a user may be in: any may forbid something.
        let groups = store::groups::of_user(conn, &ctx.account_id, &owner.id, "", i64::MAX).await?;
        owners.extend(groups.into_iter().map(|group| (PolicyOwner::Group, group.id, group.name)));
    }
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    for (kind, id, name) in owners {
        let of = OwnedBy { account_id: &ctx.account_id, kind, id: &id };
        for policy in store::inline_policies::of_owner(conn, of).await? {
            let source = Source::Inline { kind, owner: name.clone() };
            found.push(Counting { name: policy.name, source, document: policy.document });
        }
        for policy in store::policy_documents::attached(conn, of).await? {
            // One of the cloud's that is not known here must not be taken for the account's own of the same name.
            let own = policy.own_document.filter(|_| !managed_policies::is_of_cloud(&policy.arn));
            let clouds = managed_policies::by_arn(&policy.arn).map(|clouds| clouds.document.clone());
            let Some(document) = clouds.or(own) else {
                // Of the policies that services have, not every document is known.
                if service_linked_roles::has_policy(ctx.cloud, &policy.arn) {
                    continue;
                }
                // It may forbid something: without it nothing is decided.
                return Err(Error::internal(Lost(policy.arn)));
            };
            if seen.insert(policy.arn.clone()) {
                found.push(Counting { name: policy.name, source: Source::Managed { arn: policy.arn }, document });
            }
        }
    }
    Ok(found)
}

/// The document in force of the managed policy with this ARN.
pub(super) async fn managed(ctx: &Ctx, conn: &mut Conn, arn: &str) -> Result<Option<String>, Error> {
    Ok(match policies::find(ctx, conn, arn).await? {
        Some(AnyPolicy::Clouds(policy)) => Some(policy.document.clone()),
        Some(AnyPolicy::Own(policy)) => {
            let version = store::policies::version(conn, &ctx.account_id, &policy.id, policy.default_version).await?;
            // Another version was put in force since the policy was read; or none is, and nothing is decided.
            Some(version.ok_or(Error::Conflict)?.document)
        }
        None => None,
    })
}
