//! `sesame ca`: the certificate that clients are to trust when they call over TLS.

use std::fs;

use clap::Args;

use super::outcome::{Done, Failure};
use super::surface::{Path, Surface, write};

/// What is done with the certificate.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Ca {
    /// Write it to this file, in PEM; standard output when not given
    #[arg(long, value_name = "FILE")]
    out: Option<String>,
}

impl Ca {
    pub(super) async fn run(&self, surface: &Surface) -> Result<Done, Failure> {
        let pem = surface.ask_long("GET", &Path::of(&["ca"]), None, "Waiting").await?;
        match &self.out {
            None => write(&pem).map(|()| Done::Well),
            Some(file) => {
                fs::write(file, &pem).map_err(|error| Failure::file("write", file, &error))?;
                surface.say(&format!("clients that trust {file} take this server for the clouds' own"))
            }
        }
    }
}
