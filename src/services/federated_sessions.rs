//! Taking on a role on an identity provider's word by Alibaba Cloud's rules (STS 2015-04-01 AssumeRoleWithOIDC and
//! AssumeRoleWithSAML): nobody needs to sign these calls, and the account acted in is the role's.

use crate::domain::account::Account;
use crate::domain::arn::{self, Kind};
use crate::domain::error::{AssumeRoleFault, Error, SessionFault};
use crate::domain::exchange::ExchangeFault;
use crate::domain::policy::Context;
use crate::domain::role::{MIN_SESSION_SECONDS, Role, parse_role_arn};
use crate::domain::session::SessionContext;
use crate::domain::time::Time;
use crate::domain::vouching::Fact;
use crate::store::{self, Conn};

use super::assertion_identity::{self, Person};
use super::authorize::{are_ignored, check_vouched, conclude};
use super::oidc_identity::{self, Bearer};
use super::role_taking::{self, HOUR, Start, Taken};
use super::{Ctx, role_sessions, time_in};

/// The role to take on, and how it is to be narrowed.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of the operations")]
pub struct TakeRole {
    pub role_arn: String,
    pub duration_seconds: Option<i64>,
    pub policy: Option<String>,
}

/// A token handed in.
#[derive(Clone)]
pub struct OidcToken {
    /// The provider's ARN.
    pub provider_arn: String,
    /// The token.
    pub token: String,
    /// The name for the session.
    pub session_name: String,
}

/// A response handed in.
#[derive(Clone)]
pub struct SamlAssertion {
    /// The provider's ARN.
    pub provider_arn: String,
    /// The whole response in base 64.
    pub response: String,
}

/// Takes a role on for the bearer of an OpenID provider's token. The provider is looked at first, as an answer to a
/// call with nothing right in it shows; the order of the rest is inferred.
///
/// # Errors
/// `Exchange`, `AssumeRole`.
pub async fn take_with_oidc(ctx: &Ctx, request: &TakeRole, given: &OidcToken) -> Result<(Bearer, Taken), Error> {
    let named = arn::parse(ctx.cloud, Kind::OidcProvider, &given.provider_arn).ok_or(ExchangeFault::ProviderArn)?;
    let mut conn = ctx.app.db.read().await?;
    let account = account(ctx, &mut conn, named.account_id).await?.ok_or(ExchangeFault::NoOidcProvider)?;
    let found = store::oidc_providers::by_name(&mut conn, &account.id, named.name).await?;
    let provider = found.ok_or(ExchangeFault::NoOidcProvider)?;
    let now = now(ctx, &mut conn, &account).await?;
    drop(conn);
    let bearer = oidc_identity::bearer(&provider, &given.token, now)?;
    if !is_session_name(&given.session_name) {
        return Err(ExchangeFault::SessionName.into());
    }
    let taker = Taker {
        provider_arn: &bearer.provider_arn,
        session_name: &given.session_name,
        facts: bearer.facts(),
        account: &account,
        now,
    };
    let taken = take(ctx, request, taker).await?;
    Ok((bearer, taken))
}

/// Takes a role on for whom a SAML provider's response is about.
///
/// # Errors
/// `Exchange`, `AssumeRole`.
pub async fn take_with_saml(ctx: &Ctx, request: &TakeRole, given: &SamlAssertion) -> Result<(Person, Taken), Error> {
    // That a malformed ARN is answered as one that nobody has is inferred.
    let named = arn::parse(ctx.cloud, Kind::SamlProvider, &given.provider_arn).ok_or(ExchangeFault::NoSamlProvider)?;
    let mut conn = ctx.app.db.read().await?;
    let account = account(ctx, &mut conn, named.account_id).await?.ok_or(ExchangeFault::NoSamlProvider)?;
    let found = store::saml_providers::by_name(&mut conn, &account.id, named.name).await?;
    let provider = found.ok_or(ExchangeFault::NoSamlProvider)?;
    let now = now(ctx, &mut conn, &account).await?;
    drop(conn);
    let person = assertion_identity::person(&provider, &given.response, &request.role_arn, now)?;
    let taker = Taker {
        provider_arn: &person.provider_arn,
        session_name: &person.session_name,
        facts: person.facts(),
        account: &account,
        now,
    };
    let taken = take(ctx, request, taker).await?;
    Ok((person, taken))
}

/// Whoever is vouched for, in the provider's account.
struct Taker<'a> {
    provider_arn: &'a str,
    session_name: &'a str,
    facts: Vec<Fact>,
    account: &'a Account,
    now: Time,
}

async fn account(ctx: &Ctx, conn: &mut Conn, id: &str) -> Result<Option<Account>, Error> {
    let found = store::accounts::find(conn, id).await?;
    Ok(found.filter(|account| account.cloud == ctx.cloud))
}

async fn now(ctx: &Ctx, conn: &mut Conn, account: &Account) -> Result<Time, Error> {
    Ok(time_in(&ctx.app, account.clock, store::world::clock(conn).await?))
}

/// STS 2015-04-01 AssumeRoleWithOIDC, `RoleSessionName`. A SAML provider may put other characters into a name.
fn is_session_name(text: &str) -> bool {
    let named = |c: char| c.is_ascii_alphanumeric() || ".@-_".contains(c);
    (2..=64).contains(&text.len()) && text.chars().all(named)
}

async fn take(ctx: &Ctx, request: &TakeRole, taker: Taker<'_>) -> Result<Taken, Error> {
    let named = parse_role_arn(&request.role_arn).ok_or(Error::AssumeRole(AssumeRoleFault::RoleArn))?;
    role_sessions::check_policy(request.policy.as_deref()).map_err(|fault| match fault {
        AssumeRoleFault::PolicySize => ExchangeFault::PolicySize,
        _ => ExchangeFault::PolicyGrammar,
    })?;
    let none = || Error::from(ExchangeFault::NoRole(request.role_arn.clone()));
    let (account_id, name) = named;
    let found = store::roles::by_name(&mut ctx.app.db.read().await?, account_id, name).await?;
    let role = found.ok_or_else(none)?;
    let seconds = request.duration_seconds.unwrap_or(HOUR);
    if !(MIN_SESSION_SECONDS..=role.max_session_seconds).contains(&seconds) {
        return Err(ExchangeFault::Duration.into());
    }
    authorize(ctx, &role, &taker)?;
    let start = Start {
        session_name: taker.session_name.to_owned(),
        seconds,
        policy: request.policy.clone(),
        context: SessionContext {
            federated_provider: Some(taker.provider_arn.to_owned()),
            ..SessionContext::default()
        },
        source_identity: None,
        packed_size: None,
    };
    let begun = role_taking::begin(ctx, taker.account, role, request.role_arn.clone(), start).await;
    begun.map_err(|error| match error {
        Error::Session(SessionFault::Denied { .. }) => none(),
        other => other,
    })
}

/// Asks the role's trust policy, which alone decides. That a provider of another account is not taken is inferred.
fn authorize(ctx: &Ctx, role: &Role, taker: &Taker<'_>) -> Result<(), Error> {
    if role.account_id != taker.account.id {
        ctx.decided("denied");
        return Err(ExchangeFault::NotTrusted.into());
    }
    if are_ignored(ctx) {
        return Ok(());
    }
    let thing = role_taking::trust_of(ctx, role)?;
    let check = check_vouched(ctx, role_taking::ASSUME_ROLE, &thing, taker.provider_arn, &context(ctx, taker));
    let refused = !check.is_allowed();
    ctx.checked(check);
    if conclude(ctx, refused) { Ok(()) } else { Err(ExchangeFault::NotTrusted.into()) }
}

/// What the trust policy's conditions see.
fn context(ctx: &Ctx, taker: &Taker<'_>) -> Context {
    let mut context = Context::new();
    context.put("acs:SourceIp", ctx.source_address.to_canonical().to_string());
    context.put("acs:CurrentTime", taker.now.to_wire());
    context.put("acs:SecureTransport", "true");
    for (key, values) in &taker.facts {
        context.put_all(key, values.iter().cloned());
    }
    context
}
