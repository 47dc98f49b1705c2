//! `sesame state`: the state as a document, out and in.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};

use clap::Subcommand;

use super::outcome::{Done, Failure};
use super::progress::Progress;
use super::surface::{Path, Surface, read, write};

/// What is done with the state.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum State {
    /// Write the state as one JSON document; it holds every secret, and is a seed file too
    Export {
        /// Where to, readable by you alone; standard output when not given
        file: Option<String>,
        /// The state of this account alone
        #[arg(long, value_name = "ID")]
        account: Option<String>,
    },
    /// Put a document in the place of the state
    Import {
        /// The document, - for standard input
        file: String,
        /// The state of this account alone
        #[arg(long, value_name = "ID")]
        account: Option<String>,
    },
}

impl State {
    pub(super) async fn run(&self, surface: &Surface) -> Result<Done, Failure> {
        match self {
            Self::Export { file, account } => {
                let path = Path::of(&["state"]).with("account", account.as_deref());
                let document = surface.ask_long("GET", &path, None, "Exporting").await?;
                let Some(file) = file.as_deref().filter(|file| *file != "-") else {
                    return write(&document).map(|()| Done::Well);
                };
                write_private(file, &document)?;
                surface.say(&format!("{} bytes written to {file}", document.len()))
            }
            Self::Import { file, account } => {
                let document = read(file)?;
                let path = Path::of(&["state"]).with("account", account.as_deref());
                let progress = Progress::begin("Importing");
                surface.call_long("PUT", &path, Some(&document), progress).await?.unless_refused()?;
                surface.say(&format!("the state is that of {file}"))
            }
        }
    }
}

/// Writes a file that only its owner may read from its first byte on.
pub(super) fn write_private(file: &str, contents: &[u8]) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(file).and_then(|mut opened| {
        own(&opened)?;
        opened.write_all(contents)
    });
    written.map_err(|error| Failure::file("write", file, &error))
}

/// A file that was there before may have been open to others.
#[cfg(unix)]
fn own(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    if file.metadata()?.is_file() {
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn own(_: &File) -> io::Result<()> {
    Ok(())
}
