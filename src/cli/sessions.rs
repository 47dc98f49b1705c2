//! `sesame sessions`: looked at, ended, and switched to a role.

use clap::Subcommand;
use serde_json::json;

use super::outcome::{Done, Failure};
use super::surface::{Path, Surface};
use super::view::View;

/// What is done with sessions.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Sessions {
    /// List console and role sessions, with why they ended
    List {
        /// Those of this account
        #[arg(long, value_name = "ID")]
        account: Option<String>,
        /// Those of this user
        #[arg(long, value_name = "NAME")]
        user: Option<String>,
    },
    /// Show one session
    Show {
        /// Its id
        id: String,
    },
    /// End a session: it is refused at its next request
    End {
        /// Its id
        id: String,
    },
    /// Take a role on in a console session
    SwitchRole {
        /// The id of the console session
        id: String,
        /// The role's name or ARN
        role: String,
    },
}

impl Sessions {
    pub(super) async fn run(&self, surface: &Surface) -> Result<Done, Failure> {
        match self {
            Self::List { account, user } => {
                let path = Path::of(&["sessions"]).with("account", account.as_deref()).with("user", user.as_deref());
                let columns = &[
                    ("ID", "/id"),
                    ("KIND", "/kind"),
                    ("CLOUD", "/cloud"),
                    ("ACCOUNT", "/account"),
                    ("USER", "/user"),
                    ("ROLE", "/role"),
                    ("STATE", "/state"),
                    ("EXPIRES", "/expires_at"),
                    ("ENDED BECAUSE", "/ended_because"),
                ];
                surface.show(&surface.get(&path).await?, &View::Rows("/sessions", columns))
            }
            Self::Show { id } => surface.show(&surface.get(&Path::of(&["sessions", id])).await?, &View::Record),
            Self::End { id } => {
                surface.ask("DELETE", &Path::of(&["sessions", id]), None).await?;
                surface.say(&format!("session {id} has ended"))
            }
            Self::SwitchRole { id, role } => {
                let path = Path::of(&["sessions", id, "switch-role"]);
                surface.show(&surface.ask("POST", &path, Some(&json!({"role": role}))).await?, &View::Record)
            }
        }
    }
}
