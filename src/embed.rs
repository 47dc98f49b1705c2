//! Sesame inside a test, in its own process: started by a line, with a handle on its accounts and its clock. It knows
//! the parts that it puts together, and none of their rules.
//!
//! ```
//! use sesame::{Cloud, Sesame};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sesame = Sesame::builder().seed(7).start().await?;
//! let account = sesame.new_account(Cloud::Aws).await?;
//! println!("{} {} {}", sesame.url(), account.key_id(), account.secret());
//! # Ok(())
//! # }
//! ```

mod account;
mod clock;
mod listening;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;

pub use account::Account;
pub use axum::body::Body;
pub use axum::http;
pub use clock::Clock;

use crate::app::App;
use crate::app::journal::Entry;
use crate::clock::SystemClock;
use crate::config::{ConfigError, Settings};
use crate::domain::account::Cloud;
use crate::domain::error::Error;
use crate::ids::Ids;
use crate::services::sign_in::{Outcome, SignIn};
use crate::services::{accounts, retry, sign_in, world};
use crate::{Application, BuildError};
use listening::Listening;

/// The examples of the page are tests too.
#[cfg(doctest)]
#[doc = include_str!("../docs/embedding.md")]
struct Page;

/// Why a Sesame does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting cannot be used.
    #[error(transparent)]
    Settings(#[from] ConfigError),
    /// It cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// It cannot listen.
    #[error(transparent)]
    Listen(#[from] io::Error),
}

/// How a Sesame is to be. Nothing is read from the environment: what is not said here is as by default, in memory and on
/// a free port of this machine.
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder {
    settings: Settings,
    seed: Option<u64>,
}

impl Default for Builder {
    fn default() -> Self {
        let mut settings = Settings::default();
        settings.server.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self { settings, seed: None }
    }
}

impl Builder {
    /// Makes it repeat itself: with the same seed, the same calls in the same order get the same ids, keys, secrets and
    /// passwords. Signing keys and certificates that it makes are new ones all the same.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// The world to begin with and to go back to, from a file in YAML or JSON.
    pub fn seed_file(mut self, file: impl AsRef<Path>) -> Self {
        self.settings.seed.file = file.as_ref().to_string_lossy().into_owned();
        self
    }

    /// Where the state is kept: `sqlite::memory:`, as by default, `sqlite://PATH` or `postgres://..`.
    pub fn store(mut self, url: impl Into<String>) -> Self {
        self.settings.store.url = url.into();
        self
    }

    /// Changes whatever can be set.
    ///
    /// ```
    /// use sesame::Sesame;
    /// use sesame::config::UnknownKeys;
    ///
    /// let builder = Sesame::builder().settings(|settings| settings.auth.unknown_keys = UnknownKeys::Reject);
    /// # let _ = builder;
    /// ```
    pub fn settings(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// Builds it without a socket, for calls in process: see [`World::call`].
    ///
    /// # Errors
    /// [`StartError`], each in words for a person.
    pub async fn build(self) -> Result<World, StartError> {
        self.settings.validate()?;
        let ids = match self.seed {
            Some(seed) => Ids::seeded(seed),
            None => Ids::from_system().map_err(|error| BuildError::Randomness(error.to_string()))?,
        };
        let application = Application::build_with(self.settings, Box::new(SystemClock), ids).await?;
        Ok(World { router: application.router(), application })
    }

    /// Builds it and serves it.
    ///
    /// # Errors
    /// As [`Builder::build`], and when the address is taken that settings name.
    pub async fn start(self) -> Result<Sesame, StartError> {
        let world = self.build().await?;
        let listening = Listening::begin(&world.application).await?;
        let url = format!("http://{}", listening.address());
        Ok(Sesame { url, listening, world })
    }
}

/// A Sesame that listens on a port of its own. Dropped, it is gone: the port is free, requests in flight are cut off and
/// a store in memory is forgotten. Many live in one process without knowing of each other.
///
/// It is a [`World`] too, which has the accounts, the clock and the journal.
pub struct Sesame {
    url: String,
    // Before the world, so that nothing is asked of one that is going.
    listening: Listening,
    world: World,
}

impl fmt::Debug for Sesame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sesame").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Sesame {
    /// Begins to say how it is to be.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Where clients are pointed: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// As [`Sesame::url`], for clients that want a host and a port alone.
    pub fn address(&self) -> SocketAddr {
        self.listening.address()
    }

    /// Stops it as the program stops: requests in flight are finished and everything is stored.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn stop(self) -> Result<(), Error> {
        let Self { listening, world, .. } = self;
        listening.stop().await;
        world.close().await
    }
}

impl Deref for Sesame {
    type Target = World;
    fn deref(&self) -> &World {
        &self.world
    }
}

/// What there is to a Sesame besides its port: accounts, clocks, journal. No call of it goes over HTTP.
pub struct World {
    application: Application,
    router: Router,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World")
    }
}

impl World {
    /// Everything that is served, to be called or to be nested in a router of your own.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// Has a request answered as if it had come from this machine, without a socket.
    ///
    /// ```
    /// use sesame::Sesame;
    /// use sesame::embed::http::Request;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let world = Sesame::builder().build().await?;
    /// let request = Request::get("http://localhost/_sesame/health").body("")?;
    /// assert_eq!(world.call(request).await.status(), 200);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn call(&self, request: http::Request<impl Into<Body>>) -> http::Response<Body> {
        let mut request = request.map(Into::into);
        // What a client would have said of the host that it calls.
        let host = request.uri().authority().and_then(|host| http::HeaderValue::from_str(host.as_str()).ok());
        if let (Some(host), false) = (host, request.headers().contains_key(http::header::HOST)) {
            request.headers_mut().insert(http::header::HOST, host);
        }
        match TowerToHyperService::new(self.router.clone()).call(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    /// What every request shares, for calls of [`crate::services`].
    pub fn app(&self) -> &App {
        self.application.app()
    }

    /// The default account of a cloud, whose root any key is that was not issued here, and a root key of it that was.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn account(&self, cloud: Cloud) -> Result<Account, Error> {
        let app = self.app().clone();
        to_its_end(async move { account::default(app, cloud).await }).await
    }

    /// A new account of a cloud, a world of its own, with its root key.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn new_account(&self, cloud: Cloud) -> Result<Account, Error> {
        let app = self.app().clone();
        to_its_end(async move {
            let (made, key) = retry(|| accounts::create(&app, cloud, None)).await?;
            Ok(account::of(app, &made, key))
        })
        .await
    }

    /// The clock of all accounts that have none of their own.
    pub fn clock(&self) -> Clock {
        Clock::new(self.app().clone(), None)
    }

    /// Signs a person in; [`Account::sign_in`] is shorter.
    ///
    /// # Errors
    /// When the store fails. A refusal is an [`Outcome`].
    pub async fn sign_in(&self, attempt: SignIn) -> Result<Outcome, Error> {
        let app = self.app().clone();
        to_its_end(async move { retry(|| sign_in::sign_in(&app, &attempt)).await }).await
    }

    /// The requests of late, the oldest first.
    pub fn requests(&self) -> Vec<Arc<Entry>> {
        self.app().journal.all()
    }

    /// Takes everything back to the beginning: the default accounts, empty, or what the seed file says. Ids go on where
    /// they were, so that none is given twice.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn reset(&self) -> Result<(), Error> {
        let app = self.app().clone();
        to_its_end(async move { retry(|| world::reset(&app)).await }).await
    }

    /// Stores what is still in memory and closes the store.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn close(self) -> Result<(), Error> {
        self.application.close().await
    }
}

/// Runs a use case to its end, also when the test that asked for it gives up: a commit must not be left half way.
async fn to_its_end<T: Send + 'static>(
    use_case: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Error> {
    tokio::spawn(use_case).await.map_err(Error::internal)?
}
