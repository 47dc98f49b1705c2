//! The command line: what can be asked for, one file to a noun, and how a command is run against a server.

mod accounts;
mod authorize;
mod ca;
mod client;
mod clock;
mod completions;
mod env;
mod events;
mod examples;
mod explain;
mod faults;
mod follow;
mod health;
mod oidc;
mod openapi;
mod outcome;
mod progress;
mod requests;
#[cfg(test)]
mod routes;
mod sessions;
mod shells;
mod sign_in;
mod snapshots;
mod state;
mod surface;
mod times;
mod view;

use std::ffi::OsString;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use secrecy::SecretString;

use crate::config::{ConfigError, Flags, Settings};
use client::Client;
pub use outcome::{Done, Failure};
pub use progress::Progress;
use surface::{Output, Surface, read_secret};

/// The server that commands ask where no flag says so.
const URL_VARIABLE: &str = "SESAME_URL";

const FIRST_STEPS: &str = "\
First steps:
  sesame                                  # serves on http://127.0.0.1:4260, everything in memory
  eval \"$(sesame env)\"                    # in another shell: points the clouds' clients here
  aws iam create-user --user-name Bob     # any client works as it does with the cloud
  sesame requests list                    # what was asked, and what came of it
  sesame clock advance 14d                # you hold the clock
  sesame reset                            # and begin again

Every command has examples: sesame COMMAND --help";

/// A local stand-in for the identity services of Alibaba Cloud and AWS
#[derive(Debug, Parser)]
#[command(name = "sesame", version, about)]
pub struct Cli {
    /// The settings given as flags, before or after the command.
    #[command(flatten)]
    pub flags: Flags,
    #[command(flatten)]
    remote: Remote,
    #[command(subcommand)]
    command: Option<Command>,
}

/// The server that a command asks, and how its answer is shown.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Asking a server")]
pub struct Remote {
    /// The server to ask; when not given, SESAME_URL says, or else the settings
    #[arg(long, global = true, value_name = "http://HOST:PORT")]
    url: Option<String>,
    /// Its control token; others on the machine may see it here
    #[arg(long, global = true, value_name = "TOKEN", hide_short_help = true, value_parser = secret)]
    token: Option<SecretString>,
    /// File with its control token, - for standard input; SESAME_CONTROL__TOKEN says when not given
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true, conflicts_with = "token")]
    token_file: Option<String>,
    /// How the answer is shown; as a table when not given
    #[arg(short, long, global = true, value_enum, value_name = "FORMAT")]
    output: Option<Output>,
}

#[expect(clippy::unnecessary_wraps, reason = "what a parser of values returns")]
fn secret(text: &str) -> Result<SecretString, String> {
    Ok(SecretString::from(text))
}

/// What the program is asked to do.
#[derive(Debug, Clone, Default, PartialEq, Subcommand)]
pub enum Command {
    /// Serve until told to stop; what happens when no command is given
    #[default]
    Serve,
    /// Print the variables that point clients here
    Env(env::Env),
    /// Show and move the clock
    Clock(clock::Clock),
    /// Take everything, or one account, back to the beginning
    Reset {
        /// This account alone
        #[arg(long, value_name = "ID")]
        account: Option<String>,
    },
    /// Make, list and drop accounts
    #[command(subcommand)]
    Accounts(accounts::Accounts),
    /// Sign in without a browser
    SignIn(sign_in::SignIn),
    /// List, end and switch sessions
    #[command(subcommand)]
    Sessions(sessions::Sessions),
    /// Tell what was asked
    #[command(subcommand)]
    Requests(requests::Requests),
    /// Show what was asked as the clouds' audit trails have it
    Events(events::Events),
    /// Tell why a request was allowed or refused
    Explain(explain::Explain),
    /// Ask whether a principal may do something
    Authorize(authorize::Authorize),
    /// Tell the smallest policy that allows what was asked
    LeastPrivilege(explain::LeastPrivilege),
    /// Write the state to a document, or read it from one
    #[command(subcommand)]
    State(state::State),
    /// Keep states under names, and go back to them
    #[command(subcommand)]
    Snapshots(snapshots::Snapshots),
    /// Make requests fail as they may in the cloud
    #[command(subcommand)]
    Faults(faults::Faults),
    /// Tell the code that a user's MFA device shows now
    Totp(authorize::Totp),
    /// List and hand over the keys of OpenID Connect providers
    #[command(subcommand)]
    OidcKeys(oidc::OidcKeys),
    /// Sign a token in the name of an OpenID Connect provider
    OidcToken(oidc::OidcToken),
    /// Print the certificate that clients are to trust when they call over TLS
    Ca(ca::Ca),
    /// Print the description of the control surface, an OpenAPI document
    Openapi,
    /// Ask a running server whether it is well
    Health,
    /// Look at a seed file and say whether it is right
    Seed {
        /// The file, in YAML or JSON
        #[arg(long, value_name = "FILE")]
        check: String,
    },
    /// Read the settings and say whether they are right
    CheckConfig,
    /// Print the script that completes commands in a shell
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print the manual
    Man(completions::Man),
}

/// The definition of the command line, with all that help tells.
fn definition() -> clap::Command {
    let settings = Flags::augment_args(clap::Command::new("settings"));
    let ids: Vec<_> = settings.get_arguments().map(|argument| argument.get_id().clone()).collect();
    let command = ids.into_iter().fold(<Cli as CommandFactory>::command(), |command, id| {
        command.mut_arg(id, |argument| argument.help_heading("Settings of the server").hide_short_help(true))
    });
    examples::teach(command.after_help(format!("{FIRST_STEPS}\n\n{}", outcome::EXIT_CODES)))
}

impl Cli {
    /// Reads a command line; help, the version and wrong usage end the process as they should.
    pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Self {
        Self::try_read(arguments).unwrap_or_else(|error| error.exit())
    }

    fn try_read(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let cli = Self::from_arg_matches(&definition().try_get_matches_from(arguments)?)?;
        let asks = !matches!(
            cli.command(),
            Command::Serve
                | Command::Seed { .. }
                | Command::CheckConfig
                | Command::Completions { .. }
                | Command::Man(_)
        );
        let Remote { url, token, token_file, output } = &cli.remote;
        let is_told = url.is_some() || token.is_some() || token_file.is_some() || output.is_some();
        if is_told && !asks {
            let text = "--url, --token, --token-file and --output are for commands that ask a server";
            return Err(definition().error(clap::error::ErrorKind::ArgumentConflict, text));
        }
        Ok(cli)
    }

    /// The command, which is to serve when none was given.
    pub fn command(&self) -> Command {
        self.command.clone().unwrap_or_default()
    }

    /// The settings under these flags. What is not text in the environment is read as near as can
    /// be: it may well belong to somebody else.
    pub fn settings(
        &self,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Settings, ConfigError> {
        let text = |os: OsString| os.to_string_lossy().into_owned();
        let environment = environment.into_iter();
        Settings::load(&self.flags, environment.map(|(name, value)| (text(name), text(value))))
    }

    /// Runs a command that asks a server, or none at all.
    ///
    /// # Errors
    /// [`Failure`], in words for the person who asked.
    pub async fn run(&self, environment: Vec<(OsString, OsString)>) -> Result<Done, Failure> {
        let surface = || self.surface(&environment);
        match &self.command() {
            Command::Serve | Command::Seed { .. } | Command::CheckConfig => {
                Err(Failure::usage("this command asks no server"))
            }
            Command::Completions { shell } => completions::completions(*shell, definition()),
            Command::Man(man) => man.run(definition()),
            Command::Env(env) => env.run(&surface()?, &environment).await,
            Command::Clock(clock) => clock.run(&surface()?).await,
            Command::Reset { account } => accounts::reset(&surface()?, account.as_deref()).await,
            Command::Accounts(accounts) => accounts.run(&surface()?).await,
            Command::SignIn(sign_in) => sign_in.run(&surface()?).await,
            Command::Sessions(sessions) => sessions.run(&surface()?).await,
            Command::Requests(requests) => requests.run(&surface()?).await,
            Command::Events(events) => events.run(&surface()?).await,
            Command::Explain(explain) => explain.run(&surface()?).await,
            Command::Authorize(authorize) => authorize.run(&surface()?).await,
            Command::LeastPrivilege(least) => least.run(&surface()?).await,
            Command::State(state) => state.run(&surface()?).await,
            Command::Snapshots(snapshots) => snapshots.run(&surface()?).await,
            Command::Faults(faults) => faults.run(&surface()?).await,
            Command::Totp(totp) => totp.run(&surface()?).await,
            Command::OidcKeys(keys) => keys.run(&surface()?).await,
            Command::OidcToken(token) => token.run(&surface()?).await,
            Command::Ca(ca) => ca.run(&surface()?).await,
            Command::Openapi => openapi::run(&surface()?).await,
            Command::Health => health::run(&surface()?).await,
        }
    }

    /// The server that is asked: the one of the flag, of the variable, or of the settings.
    fn surface(&self, environment: &[(OsString, OsString)]) -> Result<Surface, Failure> {
        let settings = self.settings(environment.iter().cloned()).map_err(|error| Failure::usage(error.to_string()))?;
        let told = environment.iter().find(|(name, value)| name == URL_VARIABLE && !value.is_empty());
        let told = told.map(|(_, url)| url.to_string_lossy().into_owned());
        let token = match (&self.remote.token, &self.remote.token_file) {
            (Some(token), _) => Some(token.clone()),
            (None, Some(file)) => Some(SecretString::from(read_secret(file)?)),
            (None, None) => settings.control.token,
        };
        let url = self.remote.url.as_ref().or(told.as_ref());
        let client = Client::new(url.map(String::as_str), settings.server.listen, token)?;
        Ok(Surface::new(client, self.remote.output.unwrap_or_default()))
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
