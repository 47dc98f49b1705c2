//! The control surface as a command sees it: one call, its answer, and how that is shown. It knows no command.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Read, Write};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::client::{Client, Reply, Request};
use super::outcome::{Done, Failure};
use super::progress::Progress;
use super::view::View;
use crate::domain::time::Time;

/// All but what RFC 3986 section 2.3 leaves as it is.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// How answers are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(super) enum Output {
    /// For people: columns, in the same order always
    #[default]
    Table,
    /// For programs: what the server answered
    Json,
}

/// A path below `/_sesame` with its query, whatever stands in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    text: String,
    has_query: bool,
}

impl Path {
    /// The path of these parts: `["accounts", id, "reset"]`.
    pub(super) fn of(parts: &[&str]) -> Self {
        let mut text = String::new();
        for part in parts {
            let _ = write!(text, "/{}", utf8_percent_encode(part, ESCAPED));
        }
        Self { text, has_query: false }
    }

    /// Adds a parameter that was given.
    pub(super) fn with(mut self, name: &str, value: Option<&str>) -> Self {
        if let Some(value) = value {
            let mark = if self.has_query { '&' } else { '?' };
            let _ = write!(self.text, "{mark}{name}={}", utf8_percent_encode(value, ESCAPED));
            self.has_query = true;
        }
        self
    }
}

/// What the server said.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// The body, null where there is none.
    pub(super) fn value(&self) -> Result<Value, Failure> {
        if self.body.is_empty() {
            return Ok(Value::Null);
        }
        let value = serde_json::from_slice(&self.body);
        value.map_err(|_| Failure::Refused(format!("the server answered {} and no JSON", self.status)))
    }

    /// The answer unless it is a refusal.
    pub(super) fn unless_refused(self) -> Result<Self, Failure> {
        if self.status < 400 { Ok(self) } else { Err(refusal(self.status, &self.body)) }
    }
}

/// A problem document in words.
fn refusal(status: u16, body: &[u8]) -> Failure {
    let problem: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |member: &str| problem.get(member).and_then(Value::as_str);
    Failure::Refused(match (text("title"), text("detail")) {
        (Some(title), Some(detail)) => format!("{title}: {detail}"),
        (None, Some(detail)) => detail.to_owned(),
        _ => format!("the server answered {status}"),
    })
}

/// See the module.
#[derive(Debug)]
pub(super) struct Surface {
    client: Client,
    output: Output,
}

impl Surface {
    pub(super) fn new(client: Client, output: Output) -> Self {
        Self { client, output }
    }

    pub(super) fn authority(&self) -> &str {
        self.client.authority()
    }

    pub(super) fn is_json(&self) -> bool {
        self.output == Output::Json
    }

    /// Begins a call whose answer is read bit by bit.
    pub(super) async fn open(
        &self,
        method: &str,
        path: &Path,
        body: Option<&[u8]>,
        progress: &mut Progress,
    ) -> Result<Reply, Failure> {
        self.client.open(Request { method, path: &path.text, body }, progress).await
    }

    /// A call with whatever is answered to it, a refusal too.
    pub(super) async fn call(&self, method: &str, path: &Path, body: Option<&[u8]>) -> Result<Answer, Failure> {
        self.call_long(method, path, body, Progress::begin("Waiting")).await
    }

    /// As [`Surface::call`], where it may take a while.
    pub(super) async fn call_long(
        &self,
        method: &str,
        path: &Path,
        body: Option<&[u8]>,
        mut progress: Progress,
    ) -> Result<Answer, Failure> {
        let reply = self.open(method, path, body, &mut progress).await?;
        Ok(Answer { status: reply.status, body: reply.whole(&mut progress).await? })
    }

    /// A call that is to succeed.
    pub(super) async fn ask(&self, method: &str, path: &Path, body: Option<&Value>) -> Result<Value, Failure> {
        let body = body.map(|body| body.to_string().into_bytes());
        self.call(method, path, body.as_deref()).await?.unless_refused()?.value()
    }

    /// A call that is to succeed, where it may take a while.
    pub(super) async fn ask_long(
        &self,
        method: &str,
        path: &Path,
        body: Option<&[u8]>,
        what: &str,
    ) -> Result<Vec<u8>, Failure> {
        Ok(self.call_long(method, path, body, Progress::begin(what)).await?.unless_refused()?.body)
    }

    pub(super) async fn get(&self, path: &Path) -> Result<Value, Failure> {
        self.ask("GET", path, None).await
    }

    /// What the clock of the world, or of an account, shows.
    pub(super) async fn now(&self, account: Option<&str>) -> Result<Time, Failure> {
        let clock = self.get(&Path::of(&["clock"]).with("account", account)).await?;
        let now = clock.get("now").and_then(Value::as_str).and_then(Time::parse);
        now.ok_or_else(|| Failure::Refused("the server does not tell the time".to_owned()))
    }

    /// Shows an answer as it was asked for.
    pub(super) fn show(&self, value: &Value, view: &View) -> Result<Done, Failure> {
        match self.output {
            Output::Table => print(&view.table(value))?,
            Output::Json if value.is_null() => {}
            Output::Json => print(&pretty(value))?,
        }
        Ok(Done::Well)
    }

    /// Says that what has no answer was done; to a program the exit code says it.
    pub(super) fn say(&self, text: &str) -> Result<Done, Failure> {
        if self.output == Output::Table {
            print(&format!("{text}\n"))?;
        }
        Ok(Done::Well)
    }
}

/// JSON as people read it.
pub(super) fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

/// Writes to standard output.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    write(text.as_bytes())
}

/// Writes to standard output.
pub(super) fn write(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(|error| Failure::output(&error))
}

/// All of a file, or of standard input for `-`.
pub(super) fn read(file: &str) -> Result<Vec<u8>, Failure> {
    let read = if file == "-" {
        let mut all = Vec::new();
        io::stdin().lock().read_to_end(&mut all).map(|_| all)
    } else {
        fs::read(file)
    };
    read.map_err(|error| Failure::file("read", file, &error))
}

/// The JSON of a file.
pub(super) fn read_json(file: &str) -> Result<Value, Failure> {
    serde_json::from_slice(&read(file)?).map_err(|error| Failure::usage(format!("{file} is not JSON: {error}")))
}

/// The secret that a file holds, without the end of its line.
pub(super) fn read_secret(file: &str) -> Result<String, Failure> {
    let text = String::from_utf8(read(file)?).map_err(|_| Failure::usage(format!("{file} is not text")))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_carry_whatever_stands_in_them() {
        let path = Path::of(&["users", "a/b?c", "ä"]).with("x", None).with("y", Some("1 2&z")).with("w", Some("~"));
        assert_eq!(path.text, "/users/a%2Fb%3Fc/%C3%A4?y=1%202%26z&w=~");
    }

    #[test]
    fn problems_are_told_in_their_own_words() {
        let problem = br#"{"title":"Not Found","status":404,"detail":"there is no such session"}"#;
        assert_eq!(refusal(404, problem).to_string(), "Not Found: there is no such session");
        assert_eq!(refusal(502, b"<html>").to_string(), "the server answered 502");
    }
}
