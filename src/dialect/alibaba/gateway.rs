//! What the gateway checks before an operation is called: format, API and action, the signature, and who signed.

use std::sync::Arc;

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveDateTime;
use md5::{Digest as _, Md5};

use super::body::Format;
use super::errors::GatewayError;
use super::params::Params;
use super::signature::{self, Authorization, Header};
use super::{Api, catalogue, operations};
use crate::app::App;
use crate::app::cache::{Credential, Signer, SignerSession};
use crate::config::{Signatures, UnknownKeys};
use crate::domain::account::Cloud;
use crate::domain::error::Error;
use crate::domain::principal::Principal;
use crate::domain::time::Time;
use crate::origin::is_foreign_root;
use crate::services::callers::{self, Found};
use crate::services::{Pulse, nonces};

/// What can go wrong here: the gateway refuses, or something of ours fails.
#[derive(Debug)]
pub(super) enum Failure {
    Refused(GatewayError),
    Ours(Error),
}

impl From<GatewayError> for Failure {
    fn from(error: GatewayError) -> Self {
        Self::Refused(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

/// A request as it came, its parameters decoded.
pub(super) struct Incoming<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a [u8],
    pub(super) params: &'a Params,
}

impl Incoming<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok()).filter(|value| !value.is_empty())
    }

    fn param(&self, name: &str) -> Option<&str> {
        self.params.get(name).filter(|value| !value.is_empty())
    }

    /// Whether it is signed the newer way: that is told by the Authorization header, or where there is none by the
    /// action travelling in a header and no old signature in the parameters.
    fn is_v3(&self) -> bool {
        match self.header("authorization") {
            Some(value) => value.starts_with("ACS3-"),
            None => self.header("x-acs-action").is_some() && self.param("Signature").is_none(),
        }
    }

    /// Whether it claims to be signed at all.
    fn is_signed(&self) -> bool {
        self.header("authorization").is_some()
            || self.param("Signature").is_some()
            || self.param("AccessKeyId").is_some()
    }

    /// How it says that it is signed.
    pub(super) fn scheme(&self) -> Option<&'static str> {
        if self.is_v3() {
            return self.header("authorization").map(|_| "ACS3-HMAC-SHA256");
        }
        self.param("Signature").map(|_| "HMAC-SHA1")
    }

    /// The action asked for: newer requests name it in a header; older ones send that header too and mean nothing by it.
    pub(super) fn action(&self) -> Result<&str, GatewayError> {
        self.common("Action", "x-acs-action").ok_or(GatewayError::Missing("Action"))
    }

    /// The version asked for.
    pub(super) fn version(&self) -> Result<&str, GatewayError> {
        self.common("Version", "x-acs-version").ok_or(GatewayError::Missing("Version"))
    }

    fn common(&self, parameter: &str, header: &str) -> Option<&str> {
        // What an older signature does not cover must not say what is done.
        if self.is_v3() { self.header(header).or_else(|| self.param(parameter)) } else { self.param(parameter) }
    }

    /// The format to answer in.
    pub(super) fn format(&self) -> Result<Format, GatewayError> {
        Format::parse(self.params.get("Format")).ok_or(GatewayError::InvalidFormat)
    }
}

/// The operation asked for.
pub(super) fn operation(api: Api, action: &str) -> Result<&'static operations::Row, Failure> {
    if let Some(row) = operations::OPERATIONS.iter().find(|row| row.name == action && row.apis.contains(&api)) {
        return Ok(row);
    }
    let known = match api {
        Api::Ims => catalogue::IMS,
        Api::Ram => catalogue::RAM,
        Api::Sts => catalogue::STS,
    };
    if known.contains(&action) {
        return Err(Failure::Ours(Error::NotBuilt(action.to_owned())));
    }
    Err(GatewayError::NoSuchAction.into())
}

/// Who signed a request, and where and when it acts.
pub(super) struct Caller {
    pub(super) key_id: Option<String>,
    pub(super) account_id: Arc<str>,
    pub(super) principal: Principal,
    /// The session behind the credentials, when they are temporary.
    pub(super) session: Option<Arc<SignerSession>>,
    pub(super) pulse: Pulse,
    pub(super) now: Time,
}

/// The parts of a signature, whichever way it was made.
struct Signed<'a> {
    key_id: &'a str,
    time: Time,
    nonce: &'a str,
    token: Option<&'a str>,
    proof: Proof<'a>,
}

enum Proof<'a> {
    V1,
    V3(Authorization<'a>),
}

/// The longest key id and nonce, in bytes. The limits of the cloud are not documented.
const LONGEST_WORD: usize = 256;

/// Reads a time of the wire, `2015-08-18T03:15:45Z` and nothing else.
fn parse_time(text: &str) -> Result<Time, GatewayError> {
    let parsed = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%SZ").ok().filter(|_| text.len() == 20);
    parsed.map(|time| Time::from(time.and_utc())).ok_or(GatewayError::MalformedTimestamp)
}

fn signed<'a>(request: &'a Incoming<'_>) -> Result<Signed<'a>, GatewayError> {
    let missing = |name| GatewayError::Missing(name);
    if request.param("SignatureType").is_some_and(|kind| kind.eq_ignore_ascii_case("BEARERTOKEN")) {
        return Err(GatewayError::InvalidSignatureType);
    }
    if request.headers.get_all("authorization").iter().count() > 1 {
        return Err(GatewayError::MalformedAuthorization);
    }
    let signed = if request.is_v3() {
        let header = request.header("authorization").ok_or(missing("Authorization"))?;
        let authorization = Authorization::parse(header).map_err(|_| GatewayError::MalformedAuthorization)?;
        Signed {
            key_id: authorization.credential,
            time: parse_time(request.header("x-acs-date").ok_or(missing("Timestamp"))?)?,
            nonce: request.header("x-acs-signature-nonce").ok_or(missing("SignatureNonce"))?,
            token: request.header("x-acs-security-token"),
            proof: Proof::V3(authorization),
        }
    } else {
        signed_v1(request)?
    };
    // No key that exists is longer, and what is remembered of a request must be small.
    if signed.key_id.len() > LONGEST_WORD {
        return Err(GatewayError::KeyNotFound);
    }
    if signed.nonce.len() > LONGEST_WORD {
        return Err(GatewayError::InvalidParameter("SignatureNonce".to_owned()));
    }
    Ok(signed)
}

fn signed_v1<'a>(request: &'a Incoming<'_>) -> Result<Signed<'a>, GatewayError> {
    let missing = |name| GatewayError::Missing(name);
    let key_id = request.param("AccessKeyId").ok_or(missing("AccessKeyId"))?;
    request.param("Signature").ok_or(missing("Signature"))?;
    if request.param("SignatureMethod").ok_or(missing("SignatureMethod"))? != "HMAC-SHA1" {
        return Err(GatewayError::InvalidSignatureMethod);
    }
    if request.param("SignatureVersion").ok_or(missing("SignatureVersion"))? != "1.0" {
        return Err(GatewayError::InvalidSignatureVersion);
    }
    let nonce = request.param("SignatureNonce").ok_or(missing("SignatureNonce"))?;
    let time = parse_time(request.param("Timestamp").ok_or(missing("Timestamp"))?)?;
    Ok(Signed { key_id, time, nonce, token: request.param("SecurityToken"), proof: Proof::V1 })
}

/// The operations that nobody has to sign: what they are given proves who calls (STS 2015-04-01 AssumeRoleWithOIDC,
/// AssumeRoleWithSAML).
const UNSIGNED: [&str; 2] = ["AssumeRoleWithOIDC", "AssumeRoleWithSAML"];

/// Whether what is refused is a signature, a key or a token.
pub(super) fn is_of_credentials(error: &GatewayError) -> bool {
    use GatewayError as E;
    match error {
        E::Missing(name) => {
            let signing = name.starts_with("Signature") || name.starts_with("Authorization");
            signing || matches!(*name, "AccessKeyId" | "Timestamp")
        }
        E::UnsupportedMethod
        | E::BodyTooLarge
        | E::MalformedQuery
        | E::MalformedBody
        | E::InvalidParameter(_)
        | E::InvalidFormat
        | E::InvalidVersion
        | E::NoSuchAction
        | E::NoSuchPath => false,
        _ => true,
    }
}

/// Finds out who calls and whether that is true.
///
/// The order of the checks is inferred: parameters, time, key, token, nonce, signature.
pub(super) async fn caller(app: &App, row: &operations::Row, request: &Incoming<'_>) -> Result<Caller, Failure> {
    if UNSIGNED.contains(&row.name) && row.apis == [Api::Sts] && !request.is_signed() {
        return nobody(app, request).await;
    }
    if app.settings.auth.signatures == Signatures::Ignore {
        return unproven(app, request).await;
    }
    let signed = signed(request)?;
    check_content_md5(request)?;
    let found = in_time(app, &signed).await?;
    let (principal, session, secret) = match &*found.credential {
        Credential::NeverIssued if is_root(app, request)? => (Principal::Root, None, None),
        Credential::NeverIssued | Credential::Gone => return Err(GatewayError::KeyNotFound.into()),
        Credential::Inactive => return Err(GatewayError::KeyInactive.into()),
        Credential::Good(signer) => {
            check_token(signer, signed.token, found.now)?;
            (signer.principal.clone(), signer.session.clone(), Some(&*signer.secret))
        }
    };
    // Nobody knows the secret of a key that was never issued.
    if let Some(secret) = secret
        && let Err(wrong) = verify(secret, &signed, request)
    {
        let used = nonces::seen(app, signed.key_id, signed.nonce).await?;
        return Err(if used { GatewayError::NonceUsed } else { wrong }.into());
    }
    if !nonces::remember(app, signed.key_id, signed.nonce, found.own_clock).await? {
        return Err(GatewayError::NonceUsed.into());
    }
    let key_id = Some(signed.key_id.to_owned());
    Ok(Caller { key_id, account_id: found.account_id, principal, session, pulse: found.pulse, now: found.now })
}

/// A body must have the digest that its header says, where there is one; an empty header says nothing.
fn check_content_md5(request: &Incoming<'_>) -> Result<(), GatewayError> {
    let Some(said) = request.header("content-md5") else { return Ok(()) };
    let digest = STANDARD.encode(Md5::digest(request.body));
    if said == digest { Ok(()) } else { Err(GatewayError::WrongContentMd5) }
}

/// Whether a key that was never issued is a root, as settings say. A page of another site may not use one: it needs no
/// secret to do so.
fn is_root(app: &App, request: &Incoming<'_>) -> Result<bool, GatewayError> {
    let root = app.settings.auth.unknown_keys == UnknownKeys::Root;
    let is_of_a_page = || is_foreign_root(&app.settings, request.headers);
    if root && is_of_a_page() { Err(GatewayError::ForeignPage) } else { Ok(root) }
}

/// The key's principal, provided that the request's time is close to the machine's clock or the account's: a client's
/// clock does not travel with ours.
async fn in_time(app: &App, signed: &Signed<'_>) -> Result<Found, Failure> {
    let close = |clock| is_close(clock, signed.time);
    let close_to_system = close(app.system_now());
    // A request out of time must not bring an account into being.
    let found = callers::find(app, signed.key_id, Cloud::Alibaba, close_to_system).await?;
    match found {
        Some(found) if close_to_system || close(found.now) => Ok(found),
        None if close(crate::services::world::clock(app, None).await?.now) => {
            let found = callers::find(app, signed.key_id, Cloud::Alibaba, true).await?;
            found.ok_or_else(|| Error::Conflict.into())
        }
        Some(_) | None => Err(GatewayError::ExpiredTimestamp.into()),
    }
}

fn check_token(signer: &Signer, token: Option<&str>, now: Time) -> Result<(), GatewayError> {
    match (&signer.session, token) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(GatewayError::MismatchedSecurityToken),
        (Some(_), None) => Err(GatewayError::MissingSecurityToken),
        (Some(session), Some(token)) => {
            if !token.starts_with("CAIS") {
                return Err(GatewayError::MalformedSecurityToken);
            }
            if !callers::is_token(token, &session.token_hash) {
                return Err(GatewayError::MismatchedSecurityToken);
            }
            // What a session ended by hand is answered is inferred: the same as one whose time ran out.
            if session.ended || now >= session.expires_at {
                return Err(GatewayError::ExpiredSecurityToken);
            }
            Ok(())
        }
    }
}

fn verify(secret: &str, signed: &Signed<'_>, request: &Incoming<'_>) -> Result<(), GatewayError> {
    match &signed.proof {
        Proof::V1 => signature::verify_v1(secret, request.method, request.params)
            .map_err(|mismatch| GatewayError::WrongSignatureV1(mismatch.string_to_sign)),
        Proof::V3(authorization) => {
            let headers: Vec<Header<'_>> =
                request.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
            let signed_request = signature::Request {
                method: request.method,
                path: request.path,
                params: request.params,
                headers: &headers,
                body: request.body,
            };
            signature::verify_v3(secret, authorization, &signed_request)
                .map_err(|mismatch| GatewayError::WrongSignatureV3(mismatch.string_to_sign))
        }
    }
}

/// The caller of an operation that needs no signature: nobody, who acts in the default account until what is handed in
/// says in which one. The time has to be there as in other requests; a nonce need not, as the official credential
/// providers send none, and is not looked at.
async fn nobody(app: &App, request: &Incoming<'_>) -> Result<Caller, Failure> {
    let found = callers::find(app, "", Cloud::Alibaba, true).await?.ok_or(Error::Conflict)?;
    if app.settings.auth.signatures != Signatures::Ignore {
        let time = request.common("Timestamp", "x-acs-date").ok_or(GatewayError::Missing("Timestamp"))?;
        let time = parse_time(time)?;
        check_content_md5(request)?;
        if ![app.system_now(), found.now].into_iter().any(|clock| is_close(clock, time)) {
            return Err(GatewayError::ExpiredTimestamp.into());
        }
    }
    let principal = Principal::Anonymous;
    Ok(Caller {
        key_id: None,
        account_id: found.account_id,
        principal,
        session: None,
        pulse: found.pulse,
        now: found.now,
    })
}

fn is_close(clock: Time, time: Time) -> bool {
    (clock.0 - time.0).abs() <= nonces::WINDOW_SECONDS * 1_000_000
}

/// The caller when signatures are ignored: whoever the key id says, or the default account's root without one.
async fn unproven(app: &App, request: &Incoming<'_>) -> Result<Caller, Failure> {
    let header = request.header("authorization").and_then(|header| Authorization::parse(header).ok());
    let key_id = header.map(|header| header.credential).or_else(|| request.param("AccessKeyId"));
    let found = callers::find(app, key_id.unwrap_or_default(), Cloud::Alibaba, true).await?.ok_or(Error::Conflict)?;
    let (principal, session) = match &*found.credential {
        Credential::NeverIssued if is_root(app, request)? => (Principal::Root, None),
        Credential::NeverIssued | Credential::Gone => return Err(GatewayError::KeyNotFound.into()),
        Credential::Inactive => return Err(GatewayError::KeyInactive.into()),
        Credential::Good(signer) => {
            let over = |now| signer.session.as_ref().is_some_and(|session| session.ended || now >= session.expires_at);
            if over(found.now) {
                return Err(GatewayError::ExpiredSecurityToken.into());
            }
            (signer.principal.clone(), signer.session.clone())
        }
    };
    let key_id = key_id.map(str::to_owned);
    Ok(Caller { key_id, account_id: found.account_id, principal, session, pulse: found.pulse, now: found.now })
}
