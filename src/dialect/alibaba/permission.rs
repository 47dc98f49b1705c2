//! What policies are asked before an operation, when it is called and when the console does the same.

use serde_json::{Map, Value};

use super::Api;
use super::call::Call;
use super::operations::{Access, OPERATIONS, Resource, Row, asked};
use super::params::Params;
use crate::dialect::offered::{self as wire, Wire};
use crate::domain::error::Error;
use crate::services::Ctx;
use crate::services::authorize::{authorize, authorize_granted, authorize_own_password};

/// Asks policies what a row asks.
pub(super) async fn demand(row: &Row, ctx: &Ctx, call: &Call<'_>) -> Result<(), Error> {
    match row.access {
        Access::Policy(resource) => authorize(ctx, asked::of(row, &[resource], ctx, call)).await,
        Access::PolicyOnAll(resources) => authorize(ctx, asked::of(row, resources, ctx, call)).await,
        Access::OwnAccessKeys => {
            let own = call.names_caller(ctx) && ctx.account().await?.security_preference.manage_access_keys;
            let granted_by = own.then_some("AllowUserToManageAccessKeys");
            authorize_granted(ctx, asked::of(row, &[Resource::User], ctx, call), granted_by).await
        }
        Access::OwnPassword => authorize_own_password(ctx, "ram:ChangePassword").await,
        Access::TrustPolicy | Access::Anyone => Ok(()),
    }
}

fn row_of(operation: &str) -> Option<&'static Row> {
    OPERATIONS.iter().find(|row| row.name == operation && !row.apis.contains(&Api::Sts))
}

/// Asks what the operation of RAM, or else of IMS, asks when it is called with these parameters.
pub(in crate::dialect) async fn permit(
    ctx: &Ctx,
    operation: &str,
    parameters: Map<String, Value>,
) -> Result<(), Error> {
    let row = row_of(operation).ok_or_else(|| Error::NotBuilt(operation.to_owned()))?;
    let api = if row.apis.contains(&Api::Ram) { Api::Ram } else { Api::Ims };
    let params = Params::default();
    let user = Call { api, params: &params }.user_parameter();
    let mut pairs = Vec::new();
    for (name, value) in parameters {
        let name = if name == "UserName" { user.to_owned() } else { name };
        wire::push(&name, &value, Wire::Numbered, &mut pairs);
    }
    let params = Params::decode(&wire::form(&pairs), None, &[])
        .map_err(|fault| Error::internal(format!("{operation}: {fault}")))?;
    demand(row, ctx, &Call { api, params: &params }).await
}

/// Whether RAM or IMS has an operation here.
#[cfg(test)]
pub(in crate::dialect) fn has(operation: &str) -> bool {
    row_of(operation).is_some()
}
