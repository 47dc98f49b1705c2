//! `sesame oidc-keys` and `sesame oidc-token`: the keys of OpenID Connect providers, and tokens in their names.

use clap::Subcommand;
use serde_json::{Map, Value, json};

use super::outcome::{Done, Failure};
use super::surface::{Path, Surface, print, read_json};
use super::times::Span;
use super::view::View;

/// What is done with the keys of an account's providers.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum OidcKeys {
    /// List the providers whose keys are known
    List {
        /// The account
        account: String,
    },
    /// Hand over a provider's keys, which nobody asks it for
    Put {
        /// The account
        account: String,
        /// The provider's issuer: https://issuer.example.com
        issuer: String,
        /// File with its keys, a JSON Web Key Set; - for standard input
        file: String,
    },
}

impl OidcKeys {
    pub(super) async fn run(&self, surface: &Surface) -> Result<Done, Failure> {
        match self {
            Self::List { account } => {
                let columns = &[("ISSUER", "/url"), ("KEYS", "/key_ids")];
                let keys = surface.get(&Path::of(&["accounts", account, "oidc-keys"])).await?;
                surface.show(&keys, &View::Rows("/providers", columns))
            }
            Self::Put { account, issuer, file } => {
                let body = json!({"url": issuer, "jwks": read_json(file)?});
                surface.ask("PUT", &Path::of(&["accounts", account, "oidc-keys"]), Some(&body)).await?;
                surface.say(&format!("the keys of {issuer} are known"))
            }
        }
    }
}

/// A token that Sesame signs in the name of a provider.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct OidcToken {
    /// The account
    account: String,
    /// The provider's issuer: https://issuer.example.com
    issuer: String,
    /// A claim: sub=alice, aud=app, admin=true
    #[arg(long = "claim", value_name = "NAME=VALUE", value_parser = pair)]
    claims: Vec<(String, String)>,
    /// File with claims in JSON, - for standard input; those of --claim go over them
    #[arg(long = "claims", value_name = "FILE")]
    file: Option<String>,
    /// How long the token is good for
    #[arg(long, value_name = "DURATION", value_parser = Span::parse)]
    expires_in: Option<Span>,
}

/// Reads `NAME=VALUE`.
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or_else(|| "expected NAME=VALUE".to_owned())?;
    Ok((name.to_owned(), value.to_owned()))
}

impl OidcToken {
    pub(super) async fn run(&self, surface: &Surface) -> Result<Done, Failure> {
        let mut claims = match &self.file {
            None => Map::new(),
            Some(file) => match read_json(file)? {
                Value::Object(claims) => claims,
                _ => return Err(Failure::usage(format!("{file}: the claims must be a JSON object"))),
            },
        };
        for (name, value) in &self.claims {
            // Times, numbers and flags are what they look like; all else is text.
            let value = serde_json::from_str(value).unwrap_or_else(|_| json!(value));
            claims.insert(name.clone(), value);
        }
        let mut body = json!({"url": self.issuer, "claims": claims});
        if let Some(span) = self.expires_in {
            body["expires_in_seconds"] = json!(span.0);
        }
        let path = Path::of(&["accounts", &self.account, "oidc-token"]);
        let answer = surface.ask("POST", &path, Some(&body)).await?;
        match answer.get("token").and_then(Value::as_str) {
            // So that TOKEN=$(sesame oidc-token ..) is one.
            Some(token) if !surface.is_json() => print(&format!("{token}\n")).map(|()| Done::Well),
            _ => surface.show(&answer, &View::Record),
        }
    }
}
