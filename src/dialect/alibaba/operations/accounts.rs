//! GetDefaultDomain, SetDefaultDomain; GetAccountAlias, SetAccountAlias, ClearAccountAlias.

use super::super::call::named;
use super::{Build, Call};
use crate::domain::account::alias_of_domain;
use crate::domain::error::{Error, Why};
use crate::domain::name::{check_account_alias, check_domain_alias};
use crate::services::{Ctx, accounts};

pub(super) async fn get_default_domain(ctx: &Ctx, _: &Call<'_>) -> Result<Build, Error> {
    Ok(Build::new().put("DefaultDomainName", ctx.account().await?.domain()))
}

pub(super) async fn set_default_domain(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    const NAME: &str = "DefaultDomainName";
    let domain = call.required(NAME)?.to_lowercase();
    // The code for a domain that does not end as it must is inferred, as are the others of this parameter.
    let alias = alias_of_domain(&domain).ok_or(Error::BadParameter(NAME, Why::Format))?;
    named(NAME, check_domain_alias(alias, domain.chars().count()))?;
    accounts::set_alias(ctx, Some(alias)).await?;
    Ok(Build::new().put(NAME, &*domain))
}

pub(super) async fn get_alias(ctx: &Ctx, _: &Call<'_>) -> Result<Build, Error> {
    Ok(Build::new().put("AccountAlias", &*ctx.account().await?.alias))
}

pub(super) async fn set_alias(ctx: &Ctx, call: &Call<'_>) -> Result<Build, Error> {
    let alias = call.required("AccountAlias")?;
    named("AccountAlias", check_account_alias(alias))?;
    accounts::set_alias(ctx, Some(alias)).await?;
    Ok(Build::new())
}

pub(super) async fn clear_alias(ctx: &Ctx, _: &Call<'_>) -> Result<Build, Error> {
    accounts::set_alias(ctx, None).await?;
    Ok(Build::new())
}
