//! AWS's federation endpoint: temporary credentials for a sign-in token, and that for a console session (AWS IAM User
//! Guide, "Enable custom identity broker access to the AWS console").

use axum::http::{HeaderValue, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;

use super::page::problem;
use super::{Asked, Done, redirect};
use crate::domain::error::Error;
use crate::services::console_sessions::COOKIE;
use crate::services::console_tokens::{self, ConsoleFault, Shown};
use crate::services::{retry, sign_in_records};

const DIALECT: &str = "aws/signin";

/// Where the console is.
const CONSOLE: &str = "/console";

/// Where the cloud's consoles are: their hosts, and those below.
const CONSOLE_HOSTS: [&str; 3] = ["console.aws.amazon.com", "console.amazonaws.cn", "console.amazonaws-us-gov.com"];

/// The JSON of `Session`.
#[derive(Deserialize)]
struct Session {
    #[serde(rename = "sessionId")]
    access_key_id: String,
    #[serde(rename = "sessionKey")]
    secret: String,
    #[serde(rename = "sessionToken")]
    token: String,
}

fn bad(action: &'static str, text: &str, code: &str) -> Done {
    Done::new(DIALECT, action, problem(StatusCode::BAD_REQUEST, text)).refused(code)
}

pub(super) async fn handle(asked: &Asked) -> Result<Done, Error> {
    match asked.get("Action") {
        Some("getSigninToken") => sign_in_token(asked).await,
        Some("login") => log_in(asked).await,
        _ => Ok(bad("", "Invalid action parameter", "InvalidAction")),
    }
}

async fn sign_in_token(asked: &Asked) -> Result<Done, Error> {
    let action = "GetSigninToken";
    // Reported of the cloud for credentials and durations alike.
    let refused = || bad(action, "Invalid credentials parameter", "InvalidCredentials");
    if asked.get("SessionType").is_some_and(|kind| kind != "json") {
        return Ok(bad(action, "Invalid session type parameter", "InvalidSessionType"));
    }
    let session = asked.get("Session").and_then(|text| serde_json::from_str::<Session>(text).ok());
    let Some(session) = session else { return Ok(refused()) };
    let seconds = match asked.get("SessionDuration").map(str::parse::<i64>) {
        None => None,
        Some(Ok(seconds)) => Some(seconds),
        Some(Err(_)) => return Ok(bad(action, "Invalid session duration parameter", "InvalidSessionDuration")),
    };
    let shown = Shown {
        access_key_id: session.access_key_id,
        secret: SecretString::from(session.secret),
        token: SecretString::from(session.token),
    };
    match retry(|| console_tokens::issue(&asked.app, &shown, seconds)).await? {
        Ok(token) => {
            let body = json!({"SigninToken": token.expose_secret()});
            Ok(Done::new(DIALECT, action, super::json(StatusCode::OK, &body)))
        }
        Err(ConsoleFault::Credentials | ConsoleFault::Token) => Ok(refused()),
        Err(ConsoleFault::Duration) => Ok(bad(action, "Invalid session duration parameter", "InvalidSessionDuration")),
    }
}

async fn log_in(asked: &Asked) -> Result<Done, Error> {
    let action = "ConsoleLogin";
    let Some(to) = asked.get("Destination").and_then(|url| destination(url, asked.host())) else {
        return Ok(bad(action, "Invalid destination parameter", "InvalidDestination"));
    };
    let Some(token) = asked.get("SigninToken") else {
        return Ok(bad(action, "Invalid token parameter", "InvalidToken"));
    };
    match retry(|| console_tokens::redeem(&asked.app, token)).await? {
        Ok((cookie, session)) => {
            let mut response = redirect(&to);
            let cookie = format!("{COOKIE}={}; Path=/console; HttpOnly; SameSite=Lax", cookie.expose_secret());
            let cookie = HeaderValue::from_str(&cookie).map_err(Error::internal)?;
            response.headers_mut().insert(header::SET_COOKIE, cookie);
            let done = Done::new(DIALECT, action, response);
            let holder = sign_in_records::holder(&asked.app, &session.id).await;
            Ok(match holder {
                Some(holder) => done.by_person(&holder.ctx),
                None => done,
            })
        }
        Err(_) => Ok(bad(action, "Invalid token parameter", "InvalidToken")),
    }
}

/// Where a browser is sent: to a path of ours, for a page of the cloud's console to our console, and nowhere else.
fn destination(url: &str, host: &str) -> Option<String> {
    let printable = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
    if !url.bytes().all(printable) {
        return None;
    }
    let Some((scheme, rest)) = url.split_once("://") else {
        // Two slashes would begin a host.
        return (url.starts_with('/') && !url.starts_with("//")).then(|| url.to_owned());
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end)?;
    if matches!(scheme, "http" | "https") && !host.is_empty() && authority == host {
        return if path.is_empty() { Some(CONSOLE.to_owned()) } else { destination(path, "") };
    }
    let lower = authority.to_ascii_lowercase();
    let is_console = |known: &str| lower.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let plain = lower.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    (scheme == "https" && plain && CONSOLE_HOSTS.iter().any(|known| is_console(known))).then(|| CONSOLE.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_sent_to_the_console_and_own_paths_alone() {
        let host = "127.0.0.1:4260";
        for (url, to) in [
            ("https://console.aws.amazon.com", CONSOLE),
            ("https://console.aws.amazon.com/", CONSOLE),
            ("https://us-east-1.console.aws.amazon.com/iam/home?region=us-east-1#/users", CONSOLE),
            ("https://CONSOLE.aws.amazon.com/s3", CONSOLE),
            ("/console/users", "/console/users"),
            ("/", "/"),
            ("http://127.0.0.1:4260/console/users?x=1", "/console/users?x=1"),
            ("http://127.0.0.1:4260", CONSOLE),
        ] {
            assert_eq!(destination(url, host).as_deref(), Some(to), "{url}");
        }
        for url in [
            "https://evil.example/",
            "http://console.aws.amazon.com/",
            "https://console.aws.amazon.com.evil.example/",
            "https://evilconsole.aws.amazon.com/",
            "https://user@console.aws.amazon.com/",
            "https://evil.example#.console.aws.amazon.com",
            "https://evil.example?.console.aws.amazon.com",
            "https://evil.example\\.console.aws.amazon.com",
            "//evil.example/",
            "/\\evil.example/",
            "http://127.0.0.1:4260//evil.example",
            "javascript:alert(1)",
            "/console\r\nSet-Cookie: x=y",
            "",
        ] {
            assert_eq!(destination(url, host), None, "{url}");
        }
    }
}
