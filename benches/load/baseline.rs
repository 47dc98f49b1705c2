//! The bare server that Sesame is held against: the same HTTP framework, the same database library and the same
//! settings of SQLite, and nothing else. It runs in a process of its own, started by this program with `--bare PATH`.

use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path as Segment, State};
use axum::http::StatusCode;
use axum::routing::get;
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::Outcome;

/// Rows to select among, as many as there are users to read.
pub(crate) const ROWS: u64 = 10_000;
const READERS: u32 = 4;

#[derive(Clone)]
struct Pools {
    reader: SqlitePool,
    writer: SqlitePool,
}

/// Serves until the other end of the standard input goes away.
pub(crate) fn serve(path: &Path) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let pools = open(path).await?;
        let router = Router::new()
            .route("/hello", get(async || "hello"))
            .route("/select/{id}", get(select))
            .route("/insert/{id}", get(insert))
            .with_state(pools);
        let listener = sesame::server::bind(([127, 0, 0, 1], 0).into()).await?;
        writeln!(io::stdout(), "listens on http://{}", listener.local_addr()?)?;
        let orphaned = async {
            // An end and an error mean the same.
            let _ = tokio::task::spawn_blocking(|| io::stdin().read(&mut [0])).await;
        };
        sesame::server::serve(listener, router, Duration::ZERO, orphaned).await;
        Ok(())
    })
}

async fn open(path: &Path) -> sqlx::Result<Pools> {
    let connect = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(Duration::from_secs(5));
    let pool = || SqlitePoolOptions::new().test_before_acquire(false);
    let writer = pool().max_connections(1).connect_with(connect.clone()).await?;
    sqlx::query("CREATE TABLE things (id TEXT PRIMARY KEY, name TEXT NOT NULL, made_at BIGINT NOT NULL)")
        .execute(&writer)
        .await?;
    sqlx::query(
        "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $1) \
         INSERT INTO things SELECT 'row-' || i, 'the name of row ' || i, i FROM n",
    )
    .bind(i64::try_from(ROWS).unwrap_or(i64::MAX))
    .execute(&writer)
    .await?;
    let reader = pool().max_connections(READERS).connect_with(connect.read_only(true)).await?;
    Ok(Pools { reader, writer })
}

async fn select(State(pools): State<Pools>, Segment(id): Segment<String>) -> Result<String, StatusCode> {
    let row: (String, String, i64) = sqlx::query_as("SELECT id, name, made_at FROM things WHERE id = $1")
        .bind(id)
        .fetch_one(&pools.reader)
        .await
        .map_err(|_| StatusCode::NOT_FOUND)?;
    Ok(format!("{{\"id\":\"{}\",\"name\":\"{}\",\"made_at\":{}}}", row.0, row.1, row.2))
}

async fn insert(State(pools): State<Pools>, Segment(id): Segment<String>) -> Result<String, StatusCode> {
    sqlx::query("INSERT INTO things (id, name, made_at) VALUES ($1, $2, $3)")
        .bind(&id)
        .bind("the name of a new row")
        .bind(1_i64)
        .execute(&pools.writer)
        .await
        .map_err(|_| StatusCode::CONFLICT)?;
    Ok(id)
}
