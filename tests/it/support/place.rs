//! Where a store is kept during one test: in memory, in a file of its own, in a database of its own.

use sesame::ids::Ids;
use sesame::store::{Db, StoreOptions};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;

/// A place for one store, gone when it is dropped.
pub(crate) struct Place(Kind);

enum Kind {
    Memory,
    File(TempDir),
    Postgres(Database),
}

impl Place {
    /// SQLite in memory.
    #[expect(clippy::unused_async, reason = "the same form as the others have")]
    pub(crate) async fn memory() -> Self {
        Self(Kind::Memory)
    }

    /// A SQLite file.
    #[expect(clippy::unused_async, reason = "the same form as the others have")]
    pub(crate) async fn file() -> Self {
        Self(Kind::File(tempfile::tempdir().expect("a temporary folder")))
    }

    /// A database of its own on the Postgres server of the tests.
    pub(crate) async fn postgres() -> Self {
        Self(Kind::Postgres(Database::create().await))
    }

    /// The URL of the store.
    pub(crate) fn url(&self) -> String {
        match &self.0 {
            Kind::Memory => "sqlite::memory:".to_owned(),
            Kind::File(folder) => format!("sqlite://{}", folder.path().join("sesame.db").display()),
            Kind::Postgres(database) => url_of(&database.name),
        }
    }

    /// The options that open the store.
    pub(crate) fn options(&self) -> StoreOptions {
        StoreOptions { url: self.url(), full_sync: false, connections: 16 }
    }

    /// Opens the store.
    pub(crate) async fn open(&self) -> Db {
        Db::open(&self.options()).await.expect("the store opens")
    }

    /// Whether more than one process may use the store.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self.0, Kind::Postgres(_))
    }
}

/// The URL of the Postgres server.
#[expect(clippy::disallowed_methods, reason = "the tests' one setting that comes from outside")]
fn server_url() -> String {
    std::env::var("SESAME_TEST_POSTGRES_URL").unwrap_or_else(|_| {
        panic!(
            "SESAME_TEST_POSTGRES_URL is not set: name a Postgres server, as in \
             postgres://postgres@localhost/postgres?host=/socket/dir, or run tests/run, which starts one"
        )
    })
}

/// The server's URL with another database in it.
fn url_of(database: &str) -> String {
    let url = server_url();
    let (scheme, rest) = url.split_once("://").expect("SESAME_TEST_POSTGRES_URL is a URL");
    let (rest, query) = rest.split_once('?').map_or((rest, None), |(rest, query)| (rest, Some(query)));
    let authority = rest.split_once('/').map_or(rest, |(authority, _)| authority);
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{scheme}://{authority}/{database}{query}")
}

struct Database {
    name: String,
}

impl Database {
    async fn create() -> Self {
        let unique = Ids::from_system().expect("randomness").letters_and_digits(16).to_lowercase();
        let name = format!("sesame_test_{unique}");
        execute(&server_url(), format!("CREATE DATABASE {name}")).await.expect("a database for the test");
        Self { name }
    }
}

/// Runs a statement that names a database, which no parameter can.
async fn execute(url: &str, statement: String) -> sqlx::Result<()> {
    let mut connection = PgConnection::connect(url).await?;
    // Safe: the name is of letters and digits, made above.
    sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await?;
    connection.close().await
}

impl Drop for Database {
    /// Drops the database, whoever still holds a connection to it: from a thread of its own, as this may run where a
    /// runtime is.
    fn drop(&mut self) {
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(execute(&server_url(), statement))
        });
        if let Ok(Err(error)) = dropping.join() {
            eprintln!("could not drop {}: {error}", self.name);
        }
    }
}
