//! `sesame accounts` and `sesame reset`: accounts made, dropped and taken back to their beginning.

use clap::Subcommand;
use serde_json::json;

use super::outcome::{Done, Failure};
use super::surface::{Path, Surface};
use super::view::View;

/// One of the two clouds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum CloudName {
    /// Alibaba Cloud
    Alibaba,
    /// Amazon Web Services
    Aws,
}

impl CloudName {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Alibaba => "alibaba",
            Self::Aws => "aws",
        }
    }

    /// The cloud of an account: Alibaba Cloud's ids have 16 digits and AWS's 12.
    pub(super) fn of_account(id: &str) -> Option<Self> {
        match id.len() {
            16 if id.bytes().all(|byte| byte.is_ascii_digit()) => Some(Self::Alibaba),
            12 if id.bytes().all(|byte| byte.is_ascii_digit()) => Some(Self::Aws),
            _ => None,
        }
    }
}

/// What is done with accounts.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Accounts {
    /// List all accounts
    List,
    /// Make an account, and print its root key: the secret is told this once
    Create {
        /// Whose account it is
        #[arg(long, value_enum)]
        cloud: CloudName,
        /// Its id: 16 digits on Alibaba Cloud, 12 on AWS; a free one when not given
        id: Option<String>,
    },
    /// Drop an account with all that is in it
    Delete {
        /// Its id
        id: String,
    },
    /// Take an account back to its beginning, which a seed may say
    Reset {
        /// Its id
        id: String,
    },
}

impl Accounts {
    pub(super) async fn run(&self, surface: &Surface) -> Result<Done, Failure> {
        let accounts = Path::of(&["accounts"]);
        match self {
            Self::List => {
                let columns =
                    &[("ID", "/id"), ("CLOUD", "/cloud"), ("DOMAIN", "/domain"), ("ROOT KEY", "/root/access_key_id")];
                surface.show(&surface.get(&accounts).await?, &View::Rows("/accounts", columns))
            }
            Self::Create { cloud, id } => {
                let mut body = json!({"cloud": cloud.as_str()});
                if let Some(id) = id {
                    body["id"] = json!(id);
                }
                surface.show(&surface.ask("POST", &accounts, Some(&body)).await?, &View::Record)
            }
            Self::Delete { id } => {
                surface.ask("DELETE", &Path::of(&["accounts", id]), None).await?;
                surface.say(&format!("account {id} is gone"))
            }
            Self::Reset { id } => reset(surface, Some(id)).await,
        }
    }
}

/// Takes everything, or one account, back to its beginning.
pub(super) async fn reset(surface: &Surface, account: Option<&str>) -> Result<Done, Failure> {
    let (path, what) = match account {
        Some(id) => (Path::of(&["accounts", id, "reset"]), format!("account {id}")),
        None => (Path::of(&["reset"]), "everything".to_owned()),
    };
    surface.ask_long("POST", &path, None, "Resetting").await?;
    surface.say(&format!("{what} is back to its beginning"))
}
