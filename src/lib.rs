//! Sesame: a local stand-in for the identity services of Alibaba Cloud and AWS that you can test security against.
//!
//! The program `sesame` serves it; [`Application`] is what it serves. A test in Rust starts it with [`Sesame::builder`].

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
mod console;
mod control;
#[cfg(test)]
mod control_routes;
mod dialect;
pub mod domain;
pub mod embed;
pub mod federation;
mod hosts;
#[cfg(feature = "fuzzing")]
pub use dialect::fuzzing;
pub mod ids;
mod origin;
mod router;
pub mod seed;
pub mod server;
pub mod services;
mod stopping;
pub mod store;
mod stream;
pub mod telemetry;
pub mod tls;

pub use domain::account::Cloud;
pub use embed::Sesame;

use std::fmt::Write as _;
use std::io::{ErrorKind, Read as _};
use std::net::SocketAddr;

use axum::Router;

use app::App;
use clock::{Clock, SystemClock};
use config::{Settings, Synchronous, UnknownKeys};
use domain::error::Error;
use ids::Ids;
use seed::Seeding;
use server::Door;
use services::authority::AuthorityFileError;
use services::seeds::{SeedError, Sown};
use services::state_document::LARGEST;
use store::{Db, OpenError, StoreOptions};
use tls::Tls;

/// A Sesame that is ready to serve: its store open and migrated, its default accounts there.
pub struct Application {
    app: App,
    /// Lines for the person who started it: accounts, and the root keys that were just made.
    notes: String,
    upkeep: tokio::task::JoinHandle<()>,
}

/// Why an application cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The operating system gives no randomness.
    #[error("no randomness: {0}")]
    Randomness(String),
    /// The seed file cannot be read.
    #[error("cannot read {0}: {1}")]
    SeedFile(String, #[source] std::io::Error),
    /// The seed is not good.
    #[error("{0}: {1}")]
    Seed(String, #[source] SeedError),
    /// The file of the certificate authority is not good.
    #[error(transparent)]
    Authority(#[from] AuthorityFileError),
    /// The store was opened and then failed.
    #[error("cannot prepare the store: {0}")]
    Prepare(#[from] Error),
}

impl Application {
    /// Opens the store, brings it up to date and makes the default accounts.
    ///
    /// # Errors
    /// [`BuildError`], each in words for the person who started it.
    pub async fn build(settings: Settings) -> Result<Self, BuildError> {
        let ids = Ids::from_system().map_err(|error| BuildError::Randomness(error.to_string()))?;
        Self::build_with(settings, Box::new(SystemClock), ids).await
    }

    /// As [`Application::build`], with real time and randomness handed in.
    ///
    /// # Errors
    /// As [`Application::build`].
    pub async fn build_with(settings: Settings, clock: Box<dyn Clock>, ids: Ids) -> Result<Self, BuildError> {
        let seed = read_seed(&settings.seed.file)?;
        let db = Db::open(&StoreOptions {
            url: settings.store.url.clone(),
            full_sync: settings.store.synchronous == Synchronous::Full,
            connections: settings.store.connections,
        })
        .await?;
        let app = App::new(db, clock, ids, settings);
        // Whoever names a file is told at once when it is no good; what is in the store is made when it is asked for.
        services::authority::from_file(&app)?;
        let sown = match seed {
            None => Sown::default(),
            Some(seed) => {
                app.set_seed(seed);
                let file = || app.settings.seed.file.clone();
                services::seeds::apply(&app).await.map_err(|fault| BuildError::Seed(file(), fault))?
            }
        };
        services::world::ensure_default_accounts(&app).await?;
        let notes = notes(&app).await? + &seed_notes(&sown);
        let upkeep = tokio::spawn(services::upkeep::run(app.clone()));
        Ok(Self { app, notes, upkeep })
    }

    /// What every request shares.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Everything that is served.
    pub fn router(&self) -> Router {
        router::router(&self.app)
    }

    /// Everything that is served, with TLS and as a proxy for the clouds' own hosts.
    pub fn door(&self) -> Door {
        let settings = &self.app.settings.tls;
        let names = tls::own_names(settings.names.iter());
        let tls = settings.enabled.then(|| Tls::new(self.app.clone(), names.clone()));
        Door::new(self.router(), tls, names)
    }

    /// What a person needs to know to point a client at `address`. It holds root keys that were just made, which are
    /// told once, and no other secret.
    pub fn banner(&self, address: SocketAddr) -> String {
        let key = match self.app.settings.auth.unknown_keys {
            UnknownKeys::Root => r#"access_key_id="test", access_key_secret="test""#,
            UnknownKeys::Reject => "access_key_id=..., access_key_secret=...",
        };
        format!(
            "{}\n\nConsole: http://{address}/console\nPoint a client here, in Python say:\n  Config({key}, endpoint=\"{address}\", protocol=\"http\")",
            self.notes
        )
    }

    /// Writes what is still in memory and closes the store.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn close(mut self) -> Result<(), Error> {
        self.upkeep.abort();
        // It holds the store until it is gone.
        let _ = (&mut self.upkeep).await;
        services::upkeep::write_key_usage(&self.app).await?;
        self.app.db.close().await;
        Ok(())
    }
}

impl Drop for Application {
    fn drop(&mut self) {
        self.upkeep.abort();
    }
}

fn read_seed(file: &str) -> Result<Option<Seeding>, BuildError> {
    if file.is_empty() {
        return Ok(None);
    }
    let text = seed_text(file)?;
    Seeding::parse(&text).map(Some).map_err(|fault| BuildError::Seed(file.to_owned(), fault.into()))
}

/// What stands in a seed file, which is no larger than a state that is sent: not every file has an end.
fn seed_text(file: &str) -> Result<String, BuildError> {
    let fault = |error| BuildError::SeedFile(file.to_owned(), error);
    let (mut text, most) = (String::new(), LARGEST as u64);
    std::fs::File::open(file).and_then(|open| open.take(most + 1).read_to_string(&mut text)).map_err(fault)?;
    if text.len() > LARGEST {
        let text = format!("it has more than {} MiB, which is the most", LARGEST >> 20);
        return Err(fault(std::io::Error::new(ErrorKind::FileTooLarge, text)));
    }
    Ok(text)
}

/// Says whether a seed file is good and how many accounts it has, without a store.
///
/// # Errors
/// What is wrong with it, and where.
pub async fn check_seed(settings: &Settings, file: &str) -> Result<usize, BuildError> {
    let text = seed_text(file)?;
    let checked = services::seeds::check(settings, &text, SystemClock.now()).await;
    checked.map_err(|fault| BuildError::Seed(file.to_owned(), fault))
}

fn seed_notes(sown: &Sown) -> String {
    let list = |what: &str, ids: &[String]| {
        if ids.is_empty() { String::new() } else { format!("\n{what}: {}", ids.join(", ")) }
    };
    list("Seeded", &sown.sown) + &list("Seeded before, or in use, and left as they are", &sown.left)
}

async fn notes(app: &App) -> Result<String, Error> {
    let mut notes = String::new();
    for (id, cloud) in services::world::default_accounts(app) {
        let _ = write!(notes, "\n  {:<8} account {id}", cloud.as_str());
        if app.settings.auth.unknown_keys == UnknownKeys::Reject {
            match services::accounts::ensure_root_key(app, id).await? {
                Some(key) => {
                    let _ = write!(notes, "  root key {}  secret {}", key.id, key.secret);
                }
                None => notes.push_str("  root key made at an earlier start"),
            }
        } else {
            notes.push_str("  any access key that was not issued here is its root");
        }
    }
    Ok(format!("Accounts:{notes}"))
}

/// TLS over a store that is gone with it, for tests of layers that know no store.
#[cfg(test)]
async fn tls_in_memory() -> Tls {
    let options = StoreOptions { url: "sqlite::memory:".to_owned(), full_sync: false, connections: 1 };
    let db = Db::open(&options).await.unwrap();
    Tls::new(App::new(db, Box::new(clock::SystemClock), Ids::seeded(1), Settings::default()), Vec::new())
}
