//! Opening a store by its URL: SQLite in memory, a SQLite file, Postgres; migrations run here.

use std::fs::File;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection as _, PgConnection, SqliteConnection};

use super::file::StoreFile;
use super::known::Known;
use super::lane::Lane;
use super::{Conn, Db, Engine, Kind, world};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// How many connections read a SQLite file beside the one that writes.
const SQLITE_READERS: u32 = 4;

/// How to open a store.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// `sqlite::memory:`, `sqlite://PATH` or `postgres://…`.
    pub url: String,
    /// SQLite: survive the loss of power, not only the death of the process.
    pub full_sync: bool,
    /// Postgres: the most connections of this process.
    pub connections: u32,
}

/// Why a store cannot be opened. No text holds the URL, which may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Neither SQLite nor Postgres.
    #[error("unknown kind of store: the URL must start with sqlite: or postgres:")]
    UnknownKind,
    /// The URL cannot be read.
    #[error("malformed store URL")]
    MalformedUrl,
    /// Another process has the file.
    #[error("another process is using {0}")]
    InUse(String),
    /// The lock file beside the SQLite file cannot be made.
    #[error("cannot open {0}: {1}")]
    Io(String, #[source] std::io::Error),
    /// The engine refuses.
    #[error("cannot open the store: {0}")]
    Engine(#[from] sqlx::Error),
    /// The schema cannot be brought up to date.
    #[error("cannot migrate the store: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The store holds what this program cannot have written.
    #[error("cannot read the store: {0}")]
    Unreadable(#[from] crate::domain::error::Error),
}

impl Db {
    /// Opens the store and brings its schema up to date.
    ///
    /// # Errors
    /// [`OpenError`], each with what a person needs to mend it.
    pub async fn open(options: &StoreOptions) -> Result<Self, OpenError> {
        if options.url.starts_with("postgres:") || options.url.starts_with("postgresql:") {
            open_postgres(options).await
        } else if options.url.starts_with("sqlite:") {
            open_sqlite(options).await
        } else {
            Err(OpenError::UnknownKind)
        }
    }
}

async fn open_postgres(options: &StoreOptions) -> Result<Db, OpenError> {
    let connect = PgConnectOptions::from_str(&options.url).map_err(|_| OpenError::MalformedUrl)?;
    // A single connection first: a pool would try again for seconds and then only say that it waited.
    PgConnection::connect_with(&connect).await?.close().await?;
    let connections =
        |most: u32| PgPoolOptions::new().max_connections(most.max(1)).acquire_timeout(Duration::from_secs(10));
    let aside = connections(options.connections.div_ceil(4))
        .connect_lazy_with(connect.clone().options([("synchronous_commit", "off")]));
    let pool = connections(options.connections).connect_with(connect).await?;
    // The migrator holds an advisory lock, so that replicas may start together.
    MIGRATIONS.run(&pool).await?;
    Ok(Db { engine: Engine::Postgres { pool, aside } })
}

async fn open_sqlite(options: &StoreOptions) -> Result<Db, OpenError> {
    let in_memory = is_in_memory(&options.url);
    let synchronous = if options.full_sync { SqliteSynchronous::Full } else { SqliteSynchronous::Normal };
    let connect = SqliteConnectOptions::from_str(&options.url)
        .map_err(|_| OpenError::MalformedUrl)?
        .create_if_missing(true)
        .journal_mode(if in_memory { SqliteJournalMode::Memory } else { SqliteJournalMode::Wal })
        .synchronous(synchronous)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        // In KiB when negative: the indexes of a hundred thousand users stay in memory.
        .pragma("cache_size", "-32768")
        // A checkpoint waits for the disk. In pages: a WAL of 32 MB instead of 4 makes it wait once for eight times the
        // writes, most of which are to the same pages.
        .pragma("wal_autocheckpoint", "8000")
        .statement_cache_capacity(256)
        // The order of names is by bytes, as COLLATE "C" is on Postgres.
        .collation("C", str::cmp);
    let lock = if in_memory { None } else { Some(lock_beside(connect.get_filename())?) };
    if !in_memory {
        make_private(connect.get_filename());
    }

    let mut conn = SqliteConnection::connect_with(&connect).await?;
    MIGRATIONS.run_direct(None, &mut conn, false).await?;
    let shown = || connect.get_filename().display().to_string();
    let file = if in_memory {
        None
    } else {
        Some(StoreFile::open(connect.get_filename()).map_err(|error| OpenError::Io(shown(), error))?)
    };
    // A connection in memory is the store, so there is one only.
    let writer = Lane::writing(conn).await?;
    let reader = if in_memory {
        writer.clone()
    } else {
        let connect = connect.read_only(true);
        let mut conns = Vec::new();
        for _ in 0..SQLITE_READERS {
            conns.push(SqliteConnection::connect_with(&connect).await?);
        }
        Lane::of(conns)
    };
    let clock = world::clock(&mut Conn::of(Kind::Sqlite(reader.acquire().await?))).await?;
    Ok(Db { engine: Engine::Sqlite { writer, reader, known: Known::new(clock), file, _lock: lock } })
}

/// Makes the store's file, which holds secrets, one that its owner alone reads; SQLite gives those beside it the same
/// mode. A file that is there keeps its own, and what goes wrong here SQLite says in its own words.
fn make_private(path: &Path) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let _ = options.open(path);
}

/// Whether a URL names a store in memory: `sqlite::memory:`, `sqlite://:memory:`, or `mode=memory` behind the `?`.
fn is_in_memory(url: &str) -> bool {
    let rest = url.strip_prefix("sqlite:").unwrap_or(url);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    path.strip_prefix("//").unwrap_or(path) == ":memory:" || query.split('&').any(|pair| pair == "mode=memory")
}

/// Keeps other processes away from the file: what this one knows about it would be wrong otherwise.
fn lock_beside(path: &Path) -> Result<File, OpenError> {
    let shown = || path.display().to_string();
    // The database by whatever name: a link must not open a second door.
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut name = real.into_os_string();
    name.push(".lock");
    let file = File::create(&name).map_err(|error| OpenError::Io(shown(), error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(OpenError::InUse(shown())),
        Err(std::fs::TryLockError::Error(error)) => Err(OpenError::Io(shown(), error)),
    }
}
