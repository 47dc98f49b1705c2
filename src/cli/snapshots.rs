//! `sesame snapshots`: states kept under names.

use clap::Subcommand;
use serde_json::json;

use super::outcome::{Done, Failure};
use super::surface::{Path, Surface};
use super::view::View;

/// What is done with snapshots.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Snapshots {
    /// List all snapshots
    List,
    /// Keep the state under a name; the same name again takes the old one's place
    Take {
        /// 1 to 128 letters, digits, . - _
        name: String,
        /// The state of this account alone
        #[arg(long, value_name = "ID")]
        account: Option<String>,
    },
    /// Go back to a snapshot
    Restore {
        /// Its name
        name: String,
    },
    /// Forget a snapshot
    Delete {
        /// Its name
        name: String,
    },
}

impl Snapshots {
    pub(super) async fn run(&self, surface: &Surface) -> Result<Done, Failure> {
        let all = Path::of(&["snapshots"]);
        match self {
            Self::List => {
                let columns =
                    &[("NAME", "/name"), ("ACCOUNT", "/account"), ("BYTES", "/bytes"), ("TAKEN AT", "/created_at")];
                surface.show(&surface.get(&all).await?, &View::Rows("/snapshots", columns))
            }
            Self::Take { name, account } => {
                let mut body = json!({"name": name});
                if let Some(account) = account {
                    body["account"] = json!(account);
                }
                let body = body.to_string().into_bytes();
                let taken = surface.ask_long("POST", &all, Some(&body), "Taking a snapshot").await?;
                surface.show(&serde_json::from_slice(&taken).unwrap_or_default(), &View::Record)
            }
            Self::Restore { name } => {
                let path = Path::of(&["snapshots", name, "restore"]);
                surface.ask_long("POST", &path, None, "Restoring").await?;
                surface.say(&format!("the state is that of snapshot {name}"))
            }
            Self::Delete { name } => {
                surface.ask("DELETE", &Path::of(&["snapshots", name]), None).await?;
                surface.say(&format!("snapshot {name} is gone"))
            }
        }
    }
}
