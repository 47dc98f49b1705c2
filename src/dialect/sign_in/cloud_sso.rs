//! CloudSSO as Alibaba Cloud's command lines call it (`aliyun configure --mode CloudSSO`, `acs-sso login`): JSON in and
//! out, and 400 for everything that is refused, since the older of the two takes nothing else for a refusal.

use axum::http::{StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Asked, Done, Who};
use crate::domain::device_authorization::{DeviceFault, INTERVAL_SECONDS, WAIT_SECONDS, show_user_code};
use crate::domain::error::Error;
use crate::services::console_sessions::SignedIn;
use crate::services::device_access::{self, Question};
use crate::services::{access_assignments, retry};

pub(super) const BEGIN_PATH: &str = "/device-authorization";
pub(super) const TOKEN_PATH: &str = "/token";
pub(super) const ACCOUNTS_PATH: &str = "/access-assignments/accounts";
pub(super) const CONFIGURATIONS_PATH: &str = "/access-assignments/access-configurations";
pub(super) const CREDENTIALS_PATH: &str = "/cloud-credentials";

const DIALECT: &str = "alibaba/cloudsso";
const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// Where a person says yes or no.
const VERIFICATION_PATH: &str = "/console/device";
/// How many things a page has unless told, and at the most (CloudSSO 2021-05-15, MaxResults).
const PAGE: (usize, usize) = (10, 100);
/// The longest of what a client may call itself.
const LONGEST: usize = 256;

/// Why a call is refused. The CLIs know the codes of the first and the third; the others, and all texts, are inferred.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fault {
    Pending,
    TooSoon,
    DeviceCode,
    Denied,
    Parameter(&'static str),
    Token,
    NoAccess,
    Internal,
}

impl Fault {
    fn told(self) -> (&'static str, String) {
        let (code, text) = match self {
            Self::Pending => ("AuthorizationPending", "Nobody has approved the request yet."),
            Self::TooSoon => ("SlowDown", "The request is asked about too often."),
            Self::DeviceCode => ("InvalidDeviceCodeError", "The device code is not valid, has expired or was used."),
            // Of no other code it is known that the CLIs stop at it.
            Self::Denied => ("InvalidDeviceCodeError", "The request was denied."),
            Self::Parameter(name) => {
                return ("InvalidParameter", format!("The parameter {name} is missing or not valid."));
            }
            Self::Token => ("InvalidAccessToken", "The access token is not valid or has expired."),
            Self::NoAccess => ("NoPermission", "The access configuration is not assigned to you in this account."),
            Self::Internal => ("InternalError", "Something went wrong."),
        };
        (code, text.to_owned())
    }
}

impl From<DeviceFault> for Fault {
    fn from(fault: DeviceFault) -> Self {
        match fault {
            DeviceFault::Pending => Self::Pending,
            DeviceFault::TooSoon => Self::TooSoon,
            DeviceFault::Invalid => Self::DeviceCode,
            DeviceFault::Denied => Self::Denied,
        }
    }
}

pub(super) fn refused(asked: &Asked, fault: Fault) -> Done {
    let status = match fault {
        Fault::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    };
    let (code, text) = fault.told();
    let body = json!({"ErrorCode": code, "ErrorMessage": text, "RequestId": asked.app.ids.request_id()});
    Done::new(DIALECT, action(&asked.path), super::json(status, &body)).refused(code)
}

/// Whether a path is one of these.
pub(super) fn is_own(path: &str) -> bool {
    !action(path).is_empty()
}

/// What the journal calls a call. The cloud's own names of them are not known.
fn action(path: &str) -> &'static str {
    match path {
        BEGIN_PATH => "StartDeviceAuthorization",
        TOKEN_PATH => "CreateAccessToken",
        ACCOUNTS_PATH => "ListAccounts",
        CONFIGURATIONS_PATH => "ListAccessConfigurationsForAccount",
        CREDENTIALS_PATH => "CreateCloudCredential",
        _ => "",
    }
}

fn given(asked: &Asked, person: Option<&SignedIn>, mut body: Value) -> Done {
    body["RequestId"] = json!(asked.app.ids.request_id());
    let done = Done::new(DIALECT, action(&asked.path), super::json(StatusCode::OK, &body));
    let caller = person.map(|SignedIn { ctx, .. }| Who {
        account_id: ctx.account_id.clone(),
        arn: ctx.principal.arn(ctx.cloud, &ctx.account_id),
        principal: ctx.principal.clone(),
        session: None,
        key_id: None,
        now: ctx.now,
    });
    Done { caller, ..done }
}

pub(super) async fn handle(asked: &Asked) -> Result<Done, Error> {
    let done = match &*asked.path {
        BEGIN_PATH => begin(asked).await?,
        TOKEN_PATH => token(asked).await?,
        _ => with_token(asked).await?,
    };
    Ok(done.unwrap_or_else(|fault| refused(asked, fault)))
}

type Answer = Result<Result<Done, Fault>, Error>;

fn read<'a, T: Deserialize<'a>>(asked: &'a Asked) -> Result<T, Fault> {
    serde_json::from_slice(&asked.body).map_err(|_| Fault::Parameter("Body"))
}

fn required(value: Option<String>, name: &'static str) -> Result<String, Fault> {
    value
        .filter(|value| !value.is_empty() && value.len() <= LONGEST && !value.contains('\0'))
        .ok_or(Fault::Parameter(name))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Begin {
    portal_url: Option<String>,
    client_id: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
}

/// Where this server is, as the command line calls it: by the portal's URL, if that is here, since it knows whether
/// there is TLS in front.
fn base(asked: &Asked, portal_url: &str) -> Option<String> {
    let (scheme, rest) = portal_url.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"))?;
    let authority = rest.split(['/', '?', '#']).next().filter(|authority| !authority.is_empty())?;
    Some(if authority == asked.host() { format!("{scheme}://{authority}") } else { format!("http://{}", asked.host()) })
}

fn read_begin(asked: &Asked) -> Result<(String, String, String), Fault> {
    let Begin { portal_url, client_id, code_challenge, code_challenge_method } = read(asked)?;
    let portal_url = required(portal_url, "PortalUrl")?;
    let base = base(asked, &portal_url).ok_or(Fault::Parameter("PortalUrl"))?;
    let client_id = required(client_id, "ClientId")?;
    if code_challenge_method.as_deref() != Some("S256") {
        return Err(Fault::Parameter("CodeChallengeMethod"));
    }
    let is_hash = |text: &String| {
        text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let challenge = code_challenge.filter(is_hash).ok_or(Fault::Parameter("CodeChallenge"))?;
    Ok((base, client_id, challenge))
}

async fn begin(asked: &Asked) -> Answer {
    let (base, client_id, challenge) = match read_begin(asked) {
        Ok(read) => read,
        Err(fault) => return Ok(Err(fault)),
    };
    let begun = retry(|| device_access::begin(&asked.app, &client_id, &challenge)).await?;
    let user_code = show_user_code(&begun.user_code);
    let uri = format!("{base}{VERIFICATION_PATH}");
    let body = json!({
        "DeviceCode": begun.device_code.expose_secret(),
        "UserCode": user_code,
        "VerificationUriComplete": format!("{uri}?user_code={user_code}"),
        "VerificationUri": uri,
        "ExpiresIn": WAIT_SECONDS,
        "Interval": INTERVAL_SECONDS,
    });
    Ok(Ok(given(asked, None, body)))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TokenRequest {
    client_id: Option<String>,
    device_code: Option<String>,
    code_verifier: Option<String>,
    grant_type: Option<String>,
}

fn read_question(asked: &Asked) -> Result<Question, Fault> {
    let TokenRequest { client_id, device_code, code_verifier, grant_type } = read(asked)?;
    if grant_type.as_deref() != Some(GRANT_TYPE) {
        return Err(Fault::Parameter("GrantType"));
    }
    Ok(Question {
        client_id: required(client_id, "ClientId")?,
        device_code: required(device_code, "DeviceCode")?.into(),
        verifier: required(code_verifier, "CodeVerifier")?.into(),
    })
}

async fn token(asked: &Asked) -> Answer {
    let question = match read_question(asked) {
        Ok(question) => question,
        Err(fault) => return Ok(Err(fault)),
    };
    Ok(match retry(|| device_access::token(&asked.app, &question)).await? {
        Ok(token) => {
            let body = json!({
                "AccessToken": token.token.expose_secret(),
                "TokenType": "Bearer",
                "ExpiresIn": token.seconds,
            });
            Ok(given(asked, Some(&token.person), body))
        }
        Err(fault) => Err(fault.into()),
    })
}

async fn with_token(asked: &Asked) -> Answer {
    let bearer = asked.header(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    let Some(bearer) = bearer.map(SecretString::from) else { return Ok(Err(Fault::Token)) };
    let Some(person) = device_access::bearer(&asked.app, &bearer).await? else { return Ok(Err(Fault::Token)) };
    match &*asked.path {
        ACCOUNTS_PATH => accounts(asked, &person).await,
        CONFIGURATIONS_PATH => configurations(asked, &person).await,
        _ => credentials(asked, &person).await,
    }
}

/// What a page starts after, and how much is on it.
fn page(asked: &Asked) -> Result<(&str, usize), Fault> {
    let most = match asked.get("MaxResults").map(str::parse::<usize>) {
        None => PAGE.0,
        Some(Ok(most)) if (1..=PAGE.1).contains(&most) => most,
        Some(_) => return Err(Fault::Parameter("MaxResults")),
    };
    Ok((asked.get("NextToken").unwrap_or_default(), most))
}

/// The members that say whether there is another page.
fn with_next(mut body: Value, next: Option<&str>) -> Value {
    body["IsTruncated"] = json!(next.is_some());
    if let Some(next) = next {
        body["NextToken"] = json!(next);
    }
    body
}

async fn accounts(asked: &Asked, person: &SignedIn) -> Answer {
    let (after, most) = match page(asked) {
        Ok(page) => page,
        Err(fault) => return Ok(Err(fault)),
    };
    let found = access_assignments::accounts(person, after, most).await?;
    let one = |account: &crate::domain::account::Account| json!({"AccountId": account.id, "DisplayName": account.own_alias().unwrap_or(&account.id)});
    let all: Vec<Value> = found.items.iter().map(one).collect();
    Ok(Ok(given(asked, Some(person), with_next(json!({"Accounts": all}), found.next.as_deref()))))
}

async fn configurations(asked: &Asked, person: &SignedIn) -> Answer {
    let (after, most) = match page(asked) {
        Ok(page) => page,
        Err(fault) => return Ok(Err(fault)),
    };
    let Some(account_id) = asked.get("AccountId") else { return Ok(Err(Fault::Parameter("AccountId"))) };
    let found = access_assignments::configurations(person, account_id, after, most).await?;
    let one = |role: &crate::domain::role::Role| {
        json!({
            "AccessConfigurationId": access_assignments::configuration_id(role),
            "AccessConfigurationName": role.name,
            "AccessConfigurationDescription": role.description,
        })
    };
    let all: Vec<Value> = found.items.iter().map(one).collect();
    let body = with_next(json!({"AccessConfigurationsForAccount": all}), found.next.as_deref());
    Ok(Ok(given(asked, Some(person), body)))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CredentialsRequest {
    account_id: Option<String>,
    access_configuration_id: Option<String>,
}

fn read_wanted(asked: &Asked) -> Result<(String, String), Fault> {
    let CredentialsRequest { account_id, access_configuration_id } = read(asked)?;
    Ok((required(account_id, "AccountId")?, required(access_configuration_id, "AccessConfigurationId")?))
}

async fn credentials(asked: &Asked, person: &SignedIn) -> Answer {
    let (account_id, configuration_id) = match read_wanted(asked) {
        Ok(wanted) => wanted,
        Err(fault) => return Ok(Err(fault)),
    };
    let found = retry(|| access_assignments::credentials(person, &account_id, &configuration_id)).await?;
    let Some(credentials) = found else { return Ok(Err(Fault::NoAccess)) };
    let body = json!({"CloudCredential": {
        "AccessKeyId": credentials.access_key_id,
        "AccessKeySecret": credentials.secret.expose_secret(),
        "SecurityToken": credentials.token.expose_secret(),
        "Expiration": credentials.expires_at.to_wire(),
    }});
    Ok(Ok(given(asked, Some(person), body)))
}
