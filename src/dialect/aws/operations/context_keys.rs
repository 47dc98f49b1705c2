//! GetContextKeysForCustomPolicy, GetContextKeysForPrincipalPolicy.

use serde::Deserialize;

use super::super::errors::{Fault, invalid_input};
use super::{Access, Answer, Build, Resource, Row, row};
use crate::domain::user::UserRef;
use crate::services::context_keys::{self, Unreadable};
use crate::services::{Ctx, policy_owners::OwnerRef};

pub(super) const ROWS: &[Row] = &[
    row!(Iam, "GetContextKeysForCustomPolicy", Access::Policy(Resource::Any), of_custom),
    row!(Iam, "GetContextKeysForPrincipalPolicy", Access::Policy(Resource::Arn("PolicySourceArn")), of_principal),
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfCustom {
    policy_input_list: Vec<String>,
}

async fn of_custom(_: &Ctx, request: OfCustom) -> Answer {
    keys(&request.policy_input_list)
}

/// The code is recorded, the text inferred.
fn keys(documents: &[String]) -> Answer {
    let unreadable = |Unreadable(at)| invalid_input(format!("Policy input list item {at} has invalid content"));
    let keys = context_keys::of_documents(documents).map_err(unreadable)?;
    Ok(Build::new().put("ContextKeyNames", keys))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfPrincipal {
    policy_source_arn: String,
    #[serde(default)]
    policy_input_list: Vec<String>,
}

async fn of_principal(ctx: &Ctx, request: OfPrincipal) -> Answer {
    let source = source(ctx, &request.policy_source_arn)?;
    let mut documents = request.policy_input_list;
    documents.extend(context_keys::documents_of(ctx, &source).await?);
    keys(&documents)
}

/// What the ARN names, whose path does not matter (recorded). The text was seen in reports of users; that an ARN of
/// another account is refused so too is inferred.
fn source(ctx: &Ctx, arn: &str) -> Result<OwnerRef, Fault> {
    let invalid = || invalid_input(format!("Invalid ARN provided in the request: {arn}"));
    let rest = arn.strip_prefix("arn:aws:iam::").ok_or_else(invalid)?;
    let (account, resource) = rest.split_once(':').ok_or_else(invalid)?;
    let (kind, rest) = resource.split_once('/').filter(|_| account == ctx.account_id).ok_or_else(invalid)?;
    let name = rest.rsplit('/').next().filter(|name| !name.is_empty()).ok_or_else(invalid)?.to_owned();
    match kind {
        "user" => Ok(OwnerRef::User(UserRef::Name(name))),
        "group" => Ok(OwnerRef::Group(name)),
        "role" => Ok(OwnerRef::Role(name)),
        _ => Err(invalid()),
    }
}
