//! Who signed a request, and whether that is true: signature, clock, scope, key, token.

use std::sync::Arc;

use axum::http::HeaderMap;

use super::errors::{Trouble, foreign_page};
use super::model::Api;
use super::session_texts;
use super::signature::{self, Lifetime, Presented, Request, SignatureFault};
use crate::app::App;
use crate::app::cache::{Credential, Signer, SignerSession};
use crate::config::{Signatures, UnknownKeys};
use crate::domain::account::Cloud;
use crate::domain::error::Error;
use crate::domain::principal::Principal;
use crate::domain::time::Time;
use crate::origin::is_foreign_root;
use crate::services::Pulse;
use crate::services::callers::{self, Found};

/// Who signed a request, and where and when it acts.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) key_id: Option<String>,
    pub(super) account_id: Arc<str>,
    pub(super) principal: Principal,
    pub(super) pulse: Pulse,
    pub(super) now: Time,
    /// The region that the signature names.
    pub(super) region: String,
    /// What the key may do, when there is one.
    pub(super) credential: Option<Arc<Credential>>,
}

/// The region of a call whose signature names none.
const NO_REGION: &str = "us-east-1";
/// The longest key id, in bytes: no key that exists is longer, and what is remembered of a request must be small.
const LONGEST_KEY_ID: usize = 128;

/// Finds out who calls and whether that is true, in the order in which AWS checks (IAM User Guide, "Signature Version
/// 4 request elements", and answers observed): form, clock, scope, key, token, signature.
pub(super) async fn caller(app: &App, api: Api, request: &Request<'_>, headers: &HeaderMap) -> Result<Caller, Trouble> {
    if app.settings.auth.signatures == Signatures::Ignore {
        return unproven(app, request, headers).await;
    }
    let presented = Presented::read(request)?;
    let key_id = presented.access_key_id();
    if key_id.len() > LONGEST_KEY_ID {
        return Err(SignatureFault::InvalidClientTokenId.into());
    }
    let lifetime = match api {
        Api::Iam => Lifetime::AsItSays,
        Api::Sts => Lifetime::AsAnySignature,
    };
    let found = in_time(app, &presented, lifetime).await?;
    presented.check_scope(api.name(), is_region)?;
    let (principal, secret) = match &*found.credential {
        Credential::NeverIssued if is_root(app, headers)? => (Principal::Root, None),
        Credential::NeverIssued | Credential::Gone | Credential::Inactive => {
            return Err(SignatureFault::InvalidClientTokenId.into());
        }
        Credential::Good(signer) => {
            check_token(signer, presented.session_token(), found.now)?;
            (signer.principal.clone(), Some(&*signer.secret))
        }
    };
    // Nobody knows the secret of a key that was never issued.
    if let Some(secret) = secret {
        let scope = presented.scope();
        let key = signature::signing_key(secret, scope.date, scope.region, scope.service);
        if !signature::verify(&key, &presented, request) {
            return Err(SignatureFault::SignatureDoesNotMatch.into());
        }
    }
    Ok(Caller {
        key_id: Some(key_id.to_owned()),
        region: presented.scope().region.to_owned(),
        account_id: found.account_id,
        principal,
        pulse: found.pulse,
        now: found.now,
        credential: Some(found.credential),
    })
}

/// Any region in the form that regions have is a region: clients that are pointed here sign for the one they are set
/// to, and new ones come every year.
fn is_region(region: &str) -> bool {
    let parts: Vec<&str> = region.split('-').collect();
    let word = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let number = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    region == "aws-global"
        || (parts.len() >= 3 && parts[..parts.len() - 1].iter().all(word) && parts.last().is_some_and(number))
}

/// Whether a key that was never issued is a root, as settings say. A page of another site may not use one: it needs no
/// secret to do so.
fn is_root(app: &App, headers: &HeaderMap) -> Result<bool, Trouble> {
    let root = app.settings.auth.unknown_keys == UnknownKeys::Root;
    let is_of_a_page = || is_foreign_root(&app.settings, headers);
    if root && is_of_a_page() { Err(foreign_page().into()) } else { Ok(root) }
}

/// The key's principal, provided that the request's time is close to the machine's clock or the account's: a client's
/// clock does not travel with ours. A request out of time must not bring an account into being.
async fn in_time(app: &App, presented: &Presented<'_>, lifetime: Lifetime) -> Result<Found, Trouble> {
    let machine = app.system_now();
    let by_machine = presented.check_time(machine, &[], lifetime);
    let key_id = presented.access_key_id();
    match (callers::find(app, key_id, Cloud::Aws, by_machine.is_ok()).await?, by_machine) {
        (Some(found), Ok(())) => Ok(found),
        (Some(found), Err(_)) => {
            presented.check_time(machine, &[found.now], lifetime)?;
            Ok(found)
        }
        (None, _) => {
            let world = crate::services::world::clock(app, None).await?.now;
            presented.check_time(machine, &[world], lifetime)?;
            callers::find(app, key_id, Cloud::Aws, true).await?.ok_or_else(|| Error::Conflict.into())
        }
    }
}

fn check_token(signer: &Signer, token: Option<&str>, now: Time) -> Result<(), SignatureFault> {
    match (&signer.session, token) {
        (None, None) => Ok(()),
        // That a long-lived key may not come with a token is inferred.
        (None, Some(_)) | (Some(_), None) => Err(SignatureFault::InvalidClientTokenId),
        (Some(session), Some(token)) => {
            if !callers::is_token(token, &session.token_hash) || session.ended {
                return Err(SignatureFault::InvalidClientTokenId);
            }
            if now >= session.expires_at { Err(SignatureFault::ExpiredToken) } else { Ok(()) }
        }
    }
}

/// Checks that the credentials of a session may be used for an operation at all. IAM knows no such credentials, as
/// observed of those of GetSessionToken without a second factor; of federated users that is inferred.
pub(super) fn check_reach(api: Api, action: &str, session: Option<&SignerSession>) -> Result<(), Trouble> {
    let Some(session) = session else { return Ok(()) };
    match api {
        Api::Iam if !session.kind.may_manage_identities(session.mfa_present) => {
            Err(SignatureFault::InvalidClientTokenId.into())
        }
        Api::Sts if !session.kind.may_make_sessions_by(action) => {
            Err(session_texts::with_session_credentials(action).into())
        }
        Api::Iam | Api::Sts => Ok(()),
    }
}

/// The caller when signatures are ignored: whoever the key id says, or the default account's root without one.
async fn unproven(app: &App, request: &Request<'_>, headers: &HeaderMap) -> Result<Caller, Trouble> {
    let presented = Presented::read(request).ok();
    let key_id = presented.as_ref().map(|presented| presented.access_key_id().to_owned());
    let region = presented.map_or_else(|| NO_REGION.to_owned(), |presented| presented.scope().region.to_owned());
    let found = callers::find(app, key_id.as_deref().unwrap_or_default(), Cloud::Aws, true).await?;
    let found = found.ok_or(Error::Conflict)?;
    let principal = match &*found.credential {
        Credential::NeverIssued if is_root(app, headers)? => Principal::Root,
        Credential::NeverIssued | Credential::Gone | Credential::Inactive => {
            return Err(SignatureFault::InvalidClientTokenId.into());
        }
        Credential::Good(signer) => {
            let over = |now| signer.session.as_ref().is_some_and(|session| session.ended || now >= session.expires_at);
            if over(found.now) {
                return Err(SignatureFault::ExpiredToken.into());
            }
            signer.principal.clone()
        }
    };
    Ok(Caller {
        key_id,
        region,
        account_id: found.account_id,
        principal,
        pulse: found.pulse,
        now: found.now,
        credential: Some(found.credential),
    })
}

/// The caller of an operation that needs no signature: nobody, who acts in the default account until a token says in
/// which one.
pub(super) async fn nobody(app: &App) -> Result<Caller, Trouble> {
    let found = callers::find(app, "", Cloud::Aws, true).await?.ok_or(Error::Conflict)?;
    Ok(Caller {
        key_id: None,
        region: NO_REGION.to_owned(),
        account_id: found.account_id,
        principal: Principal::Anonymous,
        pulse: found.pulse,
        now: found.now,
        credential: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_known_by_their_form() {
        for good in
            ["us-east-1", "eu-west-3", "us-gov-west-1", "ap-southeast-5", "cn-north-1", "aws-global", "us-iso-east-1"]
        {
            assert!(is_region(good), "{good}");
        }
        for bad in ["", "x", "us", "us-east", "US-EAST-1", "us-east-1a", "us--1"] {
            assert!(!is_region(bad), "{bad}");
        }
    }
}
