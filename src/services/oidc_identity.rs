//! Who the bearer of an OpenID provider's token is, before any role's trust policy is asked (STS 2015-04-01
//! AssumeRoleWithOIDC).

use crate::domain::account::Cloud;
use crate::domain::error::Error;
use crate::domain::exchange::ExchangeFault;
use crate::domain::providers::OidcProvider;
use crate::domain::time::Time;
use crate::domain::vouching::Fact;
use crate::federation::jwt::{Claims, Fault, Jwt};

use super::oidc_keys;

/// How far a provider's clock and ours may be apart, in seconds. The RAM documentation knows no such allowance.
const LEEWAY_SECONDS: i64 = 0;

const HOUR: i64 = 3_600;

/// Whose token it is.
#[derive(Clone, Debug)]
pub struct Bearer {
    /// The provider's ARN.
    pub provider_arn: String,
    /// The subject.
    pub subject: String,
    /// The issuer.
    pub issuer: String,
    /// Whom it is for.
    pub audiences: Vec<String>,
    /// When it was issued.
    pub issued_at: Time,
    /// When it expires.
    pub expires_at: Time,
}

impl Bearer {
    /// What a trust policy's conditions see (RAM documentation, "Create a RAM role for a trusted IdP").
    pub(super) fn facts(&self) -> Vec<Fact> {
        vec![
            ("oidc:iss".to_owned(), vec![self.issuer.clone()]),
            ("oidc:aud".to_owned(), self.audiences.clone()),
            ("oidc:sub".to_owned(), vec![self.subject.clone()]),
        ]
    }
}

/// Finds out whose token it is. The order of the checks is inferred.
///
/// # Errors
/// `Exchange`.
pub(super) fn bearer(provider: &OidcProvider, token: &str, now: Time) -> Result<Bearer, Error> {
    if token.is_empty() {
        return Err(ExchangeFault::NoToken.into());
    }
    if token.split('.').count() != 3 {
        return Err(ExchangeFault::TokenParts.into());
    }
    let read = Jwt::parse(token).map_err(exchange_fault)?;
    if read.claimed_issuer().ok_or(ExchangeFault::TokenContent)? != provider.issuer {
        return Err(ExchangeFault::TokenIssuer.into());
    }
    // The cloud would ask the issuer, and get no answer.
    if provider.jwks.is_none() && provider.signing_key.is_none() {
        return Err(ExchangeFault::NoKeys(provider.issuer.clone()).into());
    }
    let keys = oidc_keys::of(provider)?;
    let claims = read.verify_within(&keys, now, LEEWAY_SECONDS).map_err(exchange_fault)?;
    Ok(of_claims(provider, claims, now)?)
}

fn of_claims(provider: &OidcProvider, claims: Claims, now: Time) -> Result<Bearer, ExchangeFault> {
    let oldest = provider.issuance_limit_hours.map(|hours| now.plus_seconds(-hours.saturating_mul(HOUR)));
    // The code for it is inferred.
    if oldest.is_some_and(|oldest| claims.issued_at < oldest) {
        return Err(ExchangeFault::TokenExpired);
    }
    // That one of several suffices is inferred.
    if !claims.audiences.iter().any(|audience| provider.client_ids.contains(audience)) {
        return Err(ExchangeFault::TokenAudience);
    }
    Ok(Bearer {
        provider_arn: provider.arn(Cloud::Alibaba),
        subject: claims.subject,
        issuer: claims.issuer,
        audiences: claims.audiences,
        issued_at: claims.issued_at,
        expires_at: claims.expires_at,
    })
}

/// What is not documented of these is inferred: a key that the provider has not is a signature that does not verify,
/// and a token of the future is no token.
fn exchange_fault(fault: Fault) -> ExchangeFault {
    match fault {
        Fault::UnsupportedAlgorithm(name) => ExchangeFault::TokenAlgorithm(name),
        Fault::UnknownKey(_) | Fault::BadSignature => ExchangeFault::TokenSignature,
        Fault::Expired { .. } => ExchangeFault::TokenExpired,
        Fault::Malformed
        | Fault::NotYetValid { .. }
        | Fault::IssuedInFuture { .. }
        | Fault::MissingClaim(_)
        | Fault::EmptyClaim(_)
        | Fault::MalformedClaim(_) => ExchangeFault::TokenContent,
    }
}
