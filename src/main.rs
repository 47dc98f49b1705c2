//! The program: reads the command line and the settings, starts the log, and serves or asks.

use std::error::Error;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use sesame::cli::{Cli, Command, Failure, Progress};
use sesame::config::{ConfigError, Settings};
use sesame::{Application, server, telemetry};

type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::read(std::env::args_os());
    let (outcome, code_of_failure) = match cli.command() {
        Command::Serve => (serve(&cli).await, 1),
        Command::Seed { check } => (check_seed(&cli, &check).await, 2),
        Command::CheckConfig => (settings(&cli).map(|_| say("ok")).map_err(Into::into), 2),
        _ => return ask(&cli).await,
    };
    let Err(error) = outcome else {
        return ExitCode::SUCCESS;
    };
    complain(&error.to_string());
    ExitCode::from(code_of_failure)
}

async fn ask(cli: &Cli) -> ExitCode {
    match cli.run(environment()).await {
        Ok(done) => ExitCode::from(done.code()),
        Err(failure) => {
            if failure != Failure::NobodyReads {
                complain(&failure.to_string());
            }
            ExitCode::from(failure.code())
        }
    }
}

async fn serve(cli: &Cli) -> Outcome {
    let settings = settings(cli)?;
    telemetry::start(&settings.log)?;
    let listen = settings.server.listen;
    let grace = Duration::from_secs(settings.server.shutdown_grace_seconds);
    let application = Progress::begin("Preparing the store").wait(Box::pin(Application::build(settings))).await?;
    let listener = server::bind(listen).await?;
    let address = listener.local_addr()?;
    say(&format!("Sesame listens on http://{address}"));
    say(&application.banner(address));
    server::serve(listener, application.door(), grace, server::stop_signal()).await;
    Ok(application.close().await?)
}

async fn check_seed(cli: &Cli, file: &str) -> Outcome {
    let settings = settings(cli)?;
    let checking = sesame::check_seed(&settings, file);
    let accounts = Progress::begin("Checking").wait(checking).await?;
    say(&format!("ok: {accounts} accounts"));
    Ok(())
}

fn settings(cli: &Cli) -> Result<Settings, ConfigError> {
    cli.settings(environment())
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn environment() -> Vec<(OsString, OsString)> {
    std::env::vars_os().collect()
}

/// Prints a line; a reader that went away is no reason to panic.
fn say(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}

fn complain(problem: &str) {
    let _ = writeln!(io::stderr(), "sesame: {problem}");
}
