//! The program: reads the command line and the settings, starts the log, and serves.

use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use sesame::cli::{self, Cli, Command};
use sesame::config::{ConfigError, Settings};
use sesame::{Application, server, telemetry};

type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let (outcome, code_of_failure) = match cli.command() {
        Command::Serve => (serve(&cli).await, 1),
        Command::Health { url } => (health(&cli, url).await, 1),
        Command::Ca { url, out } => (certificate_authority(&cli, url, out).await, 1),
        Command::Seed { check } => (check_seed(&cli, &check).await, 2),
        Command::CheckConfig => (settings(&cli).map(|_| say("ok")).map_err(Into::into), 2),
    };
    let Err(error) = outcome else {
        return ExitCode::SUCCESS;
    };
    let _ = writeln!(io::stderr(), "sesame: {error}");
    ExitCode::from(code_of_failure)
}

async fn serve(cli: &Cli) -> Outcome {
    let settings = settings(cli)?;
    telemetry::start(&settings.log)?;
    let listen = settings.server.listen;
    let grace = Duration::from_secs(settings.server.shutdown_grace_seconds);
    let application = Application::build(settings).await?;
    let listener = server::bind(listen).await?;
    let address = listener.local_addr()?;
    say(&format!("Sesame listens on http://{address}"));
    say(&application.banner(address));
    server::serve(listener, application.door(), grace, server::stop_signal()).await;
    Ok(application.close().await?)
}

async fn health(cli: &Cli, url: Option<String>) -> Outcome {
    Ok(cli::health(url.as_deref(), settings(cli)?.server.listen).await?)
}

async fn certificate_authority(cli: &Cli, url: Option<String>, out: Option<PathBuf>) -> Outcome {
    let pem = cli::certificate_authority(url.as_deref(), settings(cli)?.server.listen).await?;
    match out {
        None => say(pem.trim_end()),
        Some(file) => {
            std::fs::write(&file, pem).map_err(|error| format!("cannot write {}: {error}", file.display()))?
        }
    }
    Ok(())
}

async fn check_seed(cli: &Cli, file: &str) -> Outcome {
    let accounts = sesame::check_seed(&settings(cli)?, file).await?;
    say(&format!("ok: {accounts} accounts"));
    Ok(())
}

fn settings(cli: &Cli) -> Result<Settings, ConfigError> {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    let environment = std::env::vars_os();
    cli.settings(environment)
}

/// Prints a line; a reader that went away is no reason to panic.
fn say(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}
