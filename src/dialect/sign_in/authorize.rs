//! The page where a person signs in for a command line: AWS's `/v1/authorize`, Alibaba Cloud's `/oauth2/v1/auth`. The
//! code goes to the command line's own address on this machine, or onto a page to be copied from.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};

use super::page::{Content, Page, Step, page, problem};
use super::{Asked, Done, redirect, user_agent};
use crate::domain::account::Cloud;
use crate::domain::error::Error;
use crate::domain::grant::GrantFault;
use crate::domain::session::Session;
use crate::origin::{is_foreign_form, one_click_is_allowed};
use crate::services::oauth::{self, Authorization, Permission};
use crate::services::sign_in::{self, Outcome, Refusal, SignIn};
use crate::services::sign_in_records::{self, Visitor};
use crate::services::{console_sessions, default_account, retry};

/// AWS's page (AWS CLI v2, `aws login`).
pub(super) const AWS_PATH: &str = "/v1/authorize";
/// Where AWS shows the code that is to be copied (`aws login --remote`).
pub(super) const CONFIRMATION_PATH: &str = "/v1/sessions/confirmation";
/// Alibaba Cloud's page (aliyun CLI, `configure --mode OAuth`).
pub(super) const ALIBABA_PATH: &str = "/oauth2/v1/auth";

/// AWS's client on the machine of the browser.
pub(super) const SAME_DEVICE: &str = "arn:aws:signin:::devtools/same-device";
/// AWS's client on another machine.
pub(super) const CROSS_DEVICE: &str = "arn:aws:signin:::devtools/cross-device";
/// The ids of Alibaba Cloud's CLI, in China and elsewhere.
pub(super) const ALIBABA_CLIENTS: [&str; 2] = ["4038181954557748008", "4103531455503354461"];

/// The longest `state` that is echoed.
const LONGEST_STATE: usize = 1_024;
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// What stands in the request for a code and travels through the form.
const CARRIED: [&str; 7] =
    ["response_type", "client_id", "state", "code_challenge_method", "scope", "redirect_uri", "code_challenge"];

/// What each cloud's page has of its own.
struct Door {
    cloud: Cloud,
    dialect: &'static str,
    method: &'static str,
    account_label: &'static str,
}

fn door(path: &str) -> Door {
    if path == ALIBABA_PATH {
        return Door { cloud: Cloud::Alibaba, dialect: "alibaba/oauth", method: "S256", account_label: "Account" };
    }
    Door { cloud: Cloud::Aws, dialect: "aws/signin", method: "SHA-256", account_label: "Account ID or alias" }
}

/// The public client that policies know AWS's client as.
pub(super) fn public_client(client_id: &str) -> Option<&'static str> {
    match client_id {
        SAME_DEVICE => Some("localhost"),
        CROSS_DEVICE => Some("remote"),
        _ => None,
    }
}

/// A port of this machine where a command line waits, at this path.
fn is_own_machine(uri: &str, path: &str) -> bool {
    let port = uri.strip_prefix("http://127.0.0.1:").and_then(|rest| rest.strip_suffix(path));
    port.is_some_and(|port| {
        port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
    })
}

/// Whether a client may have codes sent there.
fn may_redirect(asked: &Asked, client_id: &str, uri: &str) -> bool {
    match client_id {
        SAME_DEVICE => is_own_machine(uri, "/oauth/callback"),
        CROSS_DEVICE => {
            let rest = uri.strip_prefix("http://").or_else(|| uri.strip_prefix("https://"));
            rest.is_some_and(|rest| rest.strip_suffix(CONFIRMATION_PATH) == Some(asked.host()))
        }
        _ => is_own_machine(uri, "/cli/callback"),
    }
}

/// Reads the request for a code, or says what is wrong with it. As nobody knows then where to send the browser, it stays.
fn request(asked: &Asked, door: &Door) -> Result<(Authorization, String), &'static str> {
    let required = |name| asked.get(name).ok_or("A required parameter is missing.");
    if required("response_type")? != "code" {
        return Err("The response type is not supported.");
    }
    let client_id = required("client_id")?;
    let known = match door.cloud {
        Cloud::Aws => public_client(client_id).is_some(),
        Cloud::Alibaba => ALIBABA_CLIENTS.contains(&client_id),
    };
    if !known {
        return Err("The client is not known.");
    }
    let redirect_uri = required("redirect_uri")?;
    if !may_redirect(asked, client_id, redirect_uri) {
        return Err("The redirect URI is not allowed for this client.");
    }
    if required("code_challenge_method")? != door.method {
        return Err("The code challenge method is not supported.");
    }
    let challenge = required("code_challenge")?;
    let in_alphabet = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if challenge.len() != 43 || !challenge.bytes().all(in_alphabet) {
        return Err("The code challenge is not valid.");
    }
    let state = required("state")?;
    if state.len() > LONGEST_STATE {
        return Err("The state is too long.");
    }
    let permission = public_client(client_id).map(|client| Permission {
        action: "signin:AuthorizeOAuth2Access",
        region: asked.region(),
        client,
    });
    let request = Authorization {
        client_id: client_id.to_owned(),
        redirect_uri: redirect_uri.to_owned(),
        challenge: challenge.to_owned(),
        permission,
    };
    Ok((request, state.to_owned()))
}

/// The page with the form, or what comes of the form.
pub(super) async fn handle(asked: &Asked) -> Result<Done, Error> {
    let door = door(&asked.path);
    let action = "AuthorizeOAuth2Access";
    let (request, state) = match request(asked, &door) {
        Ok(read) => read,
        Err(text) => {
            return Ok(
                Done::new(door.dialect, action, problem(StatusCode::BAD_REQUEST, text)).refused("InvalidRequest")
            );
        }
    };
    if asked.method == axum::http::Method::GET {
        return Ok(Done::new(door.dialect, action, form(asked, &door, &request, &Said::nothing())));
    }
    // A page of another site must not sign anybody in: neither its visitor nor, with its own password, somebody else.
    if is_foreign_form(&asked.headers) {
        let response = problem(StatusCode::FORBIDDEN, "The form was sent by another site.");
        return Ok(Done::new(door.dialect, action, response).refused("ForeignOrigin"));
    }
    if let Some(account) = asked.get("root") {
        return root(asked, &door, &request, &state, account).await;
    }
    let attempt = SignIn {
        cloud: door.cloud,
        account: asked.get("account").map(|text| text.trim().to_owned()),
        user: asked.get("user").unwrap_or_default().trim().to_owned(),
        password: SecretString::from(asked.get("password").unwrap_or_default()),
        mfa_code: asked.get("mfa_code").map(|code| code.trim().to_owned()),
        new_password: asked.get("new_password").map(SecretString::from),
        tickets: Vec::new(),
        remember: false,
        source_address: asked.address,
    };
    let again = |said: Said, code: &str| {
        let done = Done::new(door.dialect, action, form(asked, &door, &request, &said));
        // a step that asks for more refuses nobody
        Ok(if said.status == StatusCode::OK { done } else { done.refused(code) })
    };
    let visitor = Visitor::new(asked.address, user_agent(&asked.headers));
    let outcome = retry(|| sign_in::sign_in(&asked.app, &attempt)).await?;
    sign_in_records::attempted(&asked.app, &visitor, &attempt, &outcome).await;
    let session = match outcome {
        Outcome::SignedIn(admitted) => admitted.session,
        Outcome::MfaRequired => {
            return again(Said::asks("Enter the code of your MFA device.", Step::Code), "MfaRequired");
        }
        Outcome::MfaBindRequired | Outcome::MfaBindOffered => {
            return again(Said::refuses("Bind an MFA device in the console first."), "MfaBindRequired");
        }
        Outcome::PasswordResetRequired => {
            return again(Said::asks("Enter a new password too.", Step::NewPassword), "PasswordResetRequired");
        }
        Outcome::Refused(refusal) => return again(told(&refusal), "SignInRefused"),
    };
    send_code(asked, &door, &request, &state, &session).await
}

/// The account whose root may sign in by one click from where the request comes; the default one, since no other is
/// known before somebody names it.
fn root_by_one_click(asked: &Asked, door: &Door) -> Option<String> {
    let settings = &asked.app.settings;
    let allowed = one_click_is_allowed(settings, settings.console.root_sign_in, asked.address, &asked.headers);
    let typed = asked.get("account").map(str::trim).filter(|id| door.cloud.is_account_id(id));
    let account = typed.unwrap_or_else(|| default_account(&asked.app, door.cloud)).to_owned();
    allowed.then_some(account)
}

/// Signs the root of an account in by one click.
async fn root(asked: &Asked, door: &Door, request: &Authorization, state: &str, account: &str) -> Result<Done, Error> {
    let action = "AuthorizeOAuth2Access";
    let refused = |text| {
        let response = form(asked, door, request, &Said::refuses(text));
        Ok(Done::new(door.dialect, action, response).refused("SignInRefused"))
    };
    if root_by_one_click(asked, door).is_none() {
        return refused("The root may not sign in by one click from here.");
    }
    if !door.cloud.is_account_id(account) {
        return refused("There is no account with this id.");
    }
    match retry(|| console_sessions::sign_in_root(&asked.app, account, asked.address)).await {
        Ok(session) => {
            let visitor = Visitor::new(asked.address, user_agent(&asked.headers));
            sign_in_records::entered(&asked.app, &visitor, &session).await;
            send_code(asked, door, request, state, &session).await
        }
        Err(Error::NotFound(..)) => refused("There is no account with this id."),
        Err(error) => Err(error),
    }
}

/// Leads back to the command line with a code for whoever signed in.
async fn send_code(
    asked: &Asked,
    door: &Door,
    request: &Authorization,
    state: &str,
    session: &Session,
) -> Result<Done, Error> {
    let action = "AuthorizeOAuth2Access";
    match retry(|| oauth::give_code(&asked.app, &session.id, request)).await? {
        Ok(code) => {
            let to = with_pairs(&request.redirect_uri, &[("code", code.expose_secret()), ("state", state)]);
            Ok(Done::new(door.dialect, action, redirect(&to)))
        }
        Err(GrantFault::NotPermitted) => {
            // RFC 6749 section 4.1.2.1; that the cloud sends the browser back is inferred.
            let text = "The user may not sign in to applications: signin:AuthorizeOAuth2Access";
            let pairs = [("error", "access_denied"), ("error_description", text), ("state", state)];
            let to = with_pairs(&request.redirect_uri, &pairs);
            Ok(Done::new(door.dialect, action, redirect(&to)).refused("INSUFFICIENT_PERMISSIONS"))
        }
        Err(_) => {
            let response = form(asked, door, request, &Said::refuses("Sign in again."));
            Ok(Done::new(door.dialect, action, response).refused("SignInRefused"))
        }
    }
}

fn with_pairs(uri: &str, pairs: &[(&str, &str)]) -> String {
    let encoded = pairs.iter().map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, UNRESERVED)));
    format!("{uri}?{}", encoded.collect::<Vec<_>>().join("&"))
}

/// What the person is told on the form.
struct Said {
    text: &'static str,
    status: StatusCode,
    step: Step,
    is_wrong: bool,
}

impl Said {
    fn nothing() -> Self {
        Self::asks("", Step::Password)
    }

    fn asks(text: &'static str, step: Step) -> Self {
        Self { text, status: StatusCode::OK, step, is_wrong: false }
    }

    fn refuses(text: &'static str) -> Self {
        Self { text, status: StatusCode::FORBIDDEN, step: Step::Password, is_wrong: false }
    }

    /// What was typed at that step was wrong.
    fn wrong(text: &'static str, step: Step) -> Self {
        Self { step, is_wrong: true, ..Self::refuses(text) }
    }
}

/// What the person is told of a refusal.
fn told(refusal: &Refusal) -> Said {
    match refusal {
        Refusal::InvalidCredentials => Said::wrong("The user name or the password is not correct.", Step::Password),
        Refusal::ConsoleAccessDisabled => Said::refuses("The user may not sign in to the console."),
        Refusal::Locked => Said::refuses("Too many wrong passwords or codes: try again later."),
        Refusal::InitialPasswordExpired | Refusal::PasswordExpired => {
            Said::refuses("The password has expired. Ask an administrator for a new one.")
        }
        Refusal::AddressNotAllowed => Said::refuses("Signing in is not allowed from this address."),
        Refusal::MfaCodeIncorrect => Said::wrong("The code is not correct, or was used before.", Step::Code),
        Refusal::PasswordChangeNotAllowed => Said::refuses("A new password is needed, and the user may not change it."),
        Refusal::PasswordRejected(_) => {
            Said::wrong("The new password does not conform to the password policy.", Step::NewPassword)
        }
    }
}

fn form(asked: &Asked, door: &Door, request: &Authorization, said: &Said) -> axum::http::Response<axum::body::Body> {
    let carried = CARRIED.iter().filter_map(|name| asked.get(name).map(|value| (*name, value.to_owned())));
    let typed = |name| asked.get(name).unwrap_or_default().to_owned();
    let content = Content::SignIn {
        action: asked.path.clone(),
        hidden: carried.collect(),
        account_label: door.account_label,
        account: typed("account"),
        user: typed("user"),
        step: said.step,
        is_wrong: said.is_wrong,
        has_code: said.step == Step::Code || !typed("mfa_code").trim().is_empty(),
        root: root_by_one_click(asked, door),
    };
    // The address of the waiting command line, without its path.
    let then = request.redirect_uri.split('/').take(3).collect::<Vec<_>>().join("/");
    page(said.status, Page { title: "Sign in", alert: said.text.to_owned(), content }, Some(&then))
}

/// The page with the code that is to be copied to another machine.
pub(super) fn confirmation(asked: &Asked) -> Done {
    let action = "ConfirmSession";
    let (Some(code), Some(state)) = (asked.get("code"), asked.get("state")) else {
        let text = asked.get("error_description").unwrap_or("There is no code here.");
        let response = problem(StatusCode::BAD_REQUEST, text);
        return Done::new("aws/signin", action, response).refused("InvalidRequest");
    };
    let pairs = [("state", state), ("code", code)];
    let encoded = pairs.map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, UNRESERVED)));
    let text = STANDARD.encode(encoded.join("&"));
    let shown = Page { title: "Authorization code", alert: String::new(), content: Content::Code(text) };
    Done::new("aws/signin", action, page(StatusCode::OK, shown, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sent_to_a_port_of_this_machine_alone() {
        for good in ["http://127.0.0.1:1/oauth/callback", "http://127.0.0.1:65535/oauth/callback"] {
            assert!(is_own_machine(good, "/oauth/callback"), "{good}");
        }
        for bad in [
            "http://127.0.0.1/oauth/callback",
            "http://127.0.0.1:0/oauth/callback",
            "http://127.0.0.1:+1/oauth/callback",
            "http://127.0.0.1:65536/oauth/callback",
            "http://127.0.0.1:80@evil.example/oauth/callback",
            "http://127.0.0.1:80/oauth/callback?x",
            "http://127.0.0.1:80/oauth/callback/oauth/callback",
            "https://127.0.0.1:80/oauth/callback",
            "http://localhost:80/oauth/callback",
        ] {
            assert!(!is_own_machine(bad, "/oauth/callback"), "{bad}");
        }
    }
}
