//! GetCallerIdentity, GetAccessKeyInfo.

use serde::Deserialize;

use super::super::errors::validation;
use super::{Access, Answer, Build, Nothing, Row, row};
use crate::domain::access_key::account_in_aws_key_id;
use crate::services::Ctx;

pub(super) const ROWS: &[Row] = &[
    row!(Sts, "GetCallerIdentity", Access::Anyone, get_caller_identity),
    row!(Sts, "GetAccessKeyInfo", Access::Anyone, get_access_key_info),
];

async fn get_caller_identity(ctx: &Ctx, _: Nothing) -> Answer {
    let account = &*ctx.account_id;
    let arn = ctx.principal.arn(ctx.cloud, account);
    Ok(Build::new().put("UserId", ctx.principal.unique_id(account)).put("Account", account).put("Arn", arn))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetAccessKeyInfo {
    access_key_id: String,
}

/// The account whose number the key id holds; whether there is such a key does not matter. The text for an id that
/// holds none is inferred.
async fn get_access_key_info(_: &Ctx, request: GetAccessKeyInfo) -> Answer {
    let account = account_in_aws_key_id(&request.access_key_id);
    let account = account.ok_or_else(|| validation(format!("Invalid AccessKeyId: {}", request.access_key_id)))?;
    Ok(Build::new().put("Account", account))
}
