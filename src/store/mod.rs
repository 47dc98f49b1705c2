//! The store: the pools of both engines, transactions, migrations. All SQL lives below here, no rule does.
//!
//! One SQL text serves SQLite and Postgres. Functions of the submodules take a [`Conn`] and return domain types.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres, SqliteConnection, Transaction};

use crate::domain::account::Account;
use crate::domain::error::Error;

/// Runs one query body on whichever engine the connection belongs to.
macro_rules! on {
    ($conn:expr, |$c:ident| $body:expr) => {
        match $conn.raw() {
            $crate::store::Raw::Sqlite($c) => $body,
            $crate::store::Raw::Postgres($c) => $body,
        }
        .map_err($crate::store::failure::domain_error)
    };
}

/// Names SQL texts and lists them, so that a test can prepare each on both engines.
macro_rules! sql {
    ($($name:ident = $text:expr;)*) => {
        $(const $name: &str = $text;)*
        #[cfg(test)]
        pub(super) const STATEMENTS: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}

pub mod access_keys;
pub mod access_reports;
pub mod account_details;
pub mod accounts;
pub mod boundaries;
mod columns;
pub mod credential_reports;
pub mod device_authorizations;
mod failure;
pub mod faults;
mod file;
pub mod groups;
pub mod inline_policies;
pub mod instance_profiles;
mod known;
mod lane;
pub mod login_profiles;
pub mod mfa_devices;
pub mod mfa_tickets;
pub mod nonces;
pub mod oidc_providers;
mod open;
mod pages;
pub mod policies;
pub mod policy_attachments;
pub mod policy_documents;
pub mod policy_holders;
pub mod role_deletions;
pub mod roles;
pub mod saml_providers;
pub mod server_certificates;
pub mod service_access;
pub mod service_credentials;
pub mod sessions;
pub mod sight;
pub mod sign_in_grants;
pub mod signing_certificates;
pub mod snapshots;
pub mod ssh_public_keys;
pub mod state;
mod state_columns;
pub mod state_tables;
pub mod tagged;
pub mod tags;
pub mod users;
pub mod world;

#[cfg(test)]
mod tests;

pub use file::Astray;
pub use known::Pulse;
pub use open::{OpenError, StoreOptions};

use accounts::Counter;
use file::StoreFile;
use known::Known;
use lane::{Held, Lane};

/// The store of one engine.
#[derive(Debug)]
pub struct Db {
    engine: Engine,
}

#[derive(Debug)]
enum Engine {
    Sqlite {
        writer: Arc<Lane>,
        /// The same lane as `writer` when the store is in memory.
        reader: Arc<Lane>,
        /// This process is the only writer, so it knows without asking what changed.
        known: Known,
        /// What is open, to compare with what stands at its path; `None` in memory.
        file: Option<StoreFile>,
        /// Held as long as the store is open: it keeps a second process out of the file.
        _lock: Option<std::fs::File>,
    },
    Postgres {
        pool: PgPool,
        /// Connections whose commits do not wait for the disk.
        aside: PgPool,
    },
}

/// A connection to either engine, for reading or inside a transaction.
pub struct Conn {
    kind: Kind,
    /// Whether this transaction changed what is kept in memory of other accounts than its own.
    reaches_others: bool,
}

enum Kind {
    Sqlite(Held),
    PostgresRead(PoolConnection<Postgres>),
    PostgresWrite(Transaction<'static, Postgres>),
}

/// A borrowed connection of one engine.
pub(crate) enum Raw<'a> {
    /// SQLite's.
    Sqlite(&'a mut SqliteConnection),
    /// Postgres's.
    Postgres(&'a mut PgConnection),
}

impl Conn {
    fn of(kind: Kind) -> Self {
        Self { kind, reaches_others: false }
    }

    /// Raises the world's generation, since this transaction changes what may be kept in memory of an account that is
    /// not the one it writes in.
    pub(crate) async fn reach_others(&mut self) -> Result<(), Error> {
        if !self.reaches_others {
            world::touch(self).await?;
            self.reaches_others = true;
        }
        Ok(())
    }

    pub(crate) fn raw(&mut self) -> Raw<'_> {
        match &mut self.kind {
            Kind::Sqlite(c) => Raw::Sqlite(c.conn()),
            Kind::PostgresRead(c) => Raw::Postgres(c),
            Kind::PostgresWrite(c) => Raw::Postgres(c),
        }
    }
}

/// What a write transaction is about to change.
#[derive(Debug, Clone)]
enum Scope {
    /// One account.
    Account(String),
    /// More than one account, or the world's clock.
    World,
    /// Nothing that anyone keeps in memory.
    Aside,
}

/// A write transaction: rolled back unless [`Tx::commit`] is called.
pub struct Tx<'a> {
    db: &'a Db,
    conn: Conn,
    scope: Scope,
    /// The account's generation with this write.
    generation: i64,
}

/// The account's generations before and after a write was committed: nothing else changed between them.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Before.
    pub before: i64,
    /// After.
    pub after: i64,
}

impl Deref for Tx<'_> {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

impl Db {
    /// The engine's name in the control surface.
    pub fn engine(&self) -> &'static str {
        match self.engine {
            Engine::Sqlite { .. } => "sqlite",
            Engine::Postgres { .. } => "postgres",
        }
    }

    /// A connection for reading. Must not be asked for while this task holds a transaction: a store in memory has
    /// one connection only.
    pub async fn read(&self) -> Result<Conn, Error> {
        let kind = match &self.engine {
            Engine::Sqlite { reader, .. } => Kind::Sqlite(reader.acquire().await?),
            Engine::Postgres { pool, .. } => Kind::PostgresRead(pool.acquire().await.map_err(failure::domain_error)?),
        };
        Ok(Conn::of(kind))
    }

    /// A connection for single writes that need not survive the loss of the machine: nonces.
    pub async fn read_aside(&self) -> Result<Conn, Error> {
        match &self.engine {
            Engine::Sqlite { .. } => self.read().await,
            Engine::Postgres { aside, .. } => {
                aside.acquire().await.map(|c| Conn::of(Kind::PostgresRead(c))).map_err(failure::domain_error)
            }
        }
    }

    /// Begins a write in one account by raising its generation, which queues the account's writers one behind the
    /// other; gives the account as it now is.
    ///
    /// Postgres runs at READ COMMITTED: every statement behind the queue sees what the writer before committed, so
    /// that no writer of one account ever fails for another's sake.
    pub async fn write(&self, account_id: &str) -> Result<(Tx<'_>, Account), Error> {
        self.write_counting(account_id, None).await
    }

    /// Begins a write that adds one to a count of the account; gives the account with it added.
    pub async fn write_counting(
        &self,
        account_id: &str,
        counter: impl Into<Option<Counter>>,
    ) -> Result<(Tx<'_>, Account), Error> {
        let mut tx = self.begin(Scope::Account(account_id.to_owned())).await?;
        // The account can be dropped or reset between authentication and here.
        let account = accounts::touch(&mut tx, account_id, counter.into()).await?.ok_or(Error::Conflict)?;
        tx.generation = account.generation;
        Ok((tx, account))
    }

    /// Begins a write that makes an account or drops it.
    pub async fn write_new(&self, account_id: &str) -> Result<Tx<'_>, Error> {
        self.begin(Scope::Account(account_id.to_owned())).await
    }

    /// Begins a write in the world: its clock, or more than one account.
    pub async fn write_world(&self) -> Result<Tx<'_>, Error> {
        let mut tx = self.begin(Scope::World).await?;
        world::touch(&mut tx).await?;
        Ok(tx)
    }

    /// Begins a write of what nobody keeps in memory: when keys were last used, which nonces were seen.
    pub async fn write_aside(&self) -> Result<Tx<'_>, Error> {
        self.begin(Scope::Aside).await
    }

    /// Begins to read what must be of one moment; commit it or drop it. On SQLite nobody writes meanwhile.
    pub async fn read_whole(&self) -> Result<Tx<'_>, Error> {
        let mut tx = self.begin(Scope::Aside).await?;
        if let Raw::Postgres(c) = tx.raw() {
            let one_moment = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY";
            sqlx::query(one_moment).execute(c).await.map_err(failure::domain_error)?;
        }
        Ok(tx)
    }

    async fn begin(&self, scope: Scope) -> Result<Tx<'_>, Error> {
        let kind = match &self.engine {
            Engine::Sqlite { writer, .. } => {
                let mut held = writer.acquire().await?;
                held.begin();
                Kind::Sqlite(held)
            }
            Engine::Postgres { pool, .. } => Kind::PostgresWrite(pool.begin().await.map_err(failure::domain_error)?),
        };
        Ok(Tx { db: self, conn: Conn::of(kind), scope, generation: 0 })
    }

    /// What may be believed now about an account without reading it: see [`Pulse`].
    pub async fn pulse(&self, account_id: &str) -> Result<Pulse, Error> {
        match &self.engine {
            Engine::Sqlite { known, .. } => Ok(known.pulse(account_id)),
            Engine::Postgres { .. } => world::pulse(&mut self.read().await?, account_id).await,
        }
    }

    /// Whether what is written will be found again: the file of a SQLite store is still at its path.
    ///
    /// # Errors
    /// What became of it.
    pub fn check_file(&self) -> Result<(), Astray> {
        match &self.engine {
            Engine::Sqlite { file: Some(file), .. } => file.check(),
            Engine::Sqlite { file: None, .. } | Engine::Postgres { .. } => Ok(()),
        }
    }

    /// Whether the store answers.
    pub async fn ping(&self) -> Result<(), Error> {
        world::clock(&mut self.read().await?).await.map(|_| ())
    }

    /// How many connections are in use, and how many there may be.
    pub fn connections(&self) -> (u32, u32) {
        let of_pool = |pool: &PgPool| {
            let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
            (pool.size().saturating_sub(idle), pool.options().get_max_connections())
        };
        let (one, other) = match &self.engine {
            Engine::Sqlite { writer, reader, .. } if Arc::ptr_eq(writer, reader) => (writer.load(), (0, 0)),
            Engine::Sqlite { writer, reader, .. } => (writer.load(), reader.load()),
            Engine::Postgres { pool, aside } => (of_pool(pool), of_pool(aside)),
        };
        (one.0 + other.0, one.1 + other.1)
    }

    /// Waits for running transactions and closes the store.
    pub async fn close(&self) {
        match &self.engine {
            Engine::Sqlite { writer, reader, .. } => {
                reader.close().await;
                writer.close().await;
            }
            Engine::Postgres { pool, aside } => {
                aside.close().await;
                pool.close().await;
            }
        }
    }

    /// Whether other processes may write to this store too.
    pub fn is_shared(&self) -> bool {
        matches!(self.engine, Engine::Postgres { .. })
    }
}

impl Tx<'_> {
    /// Makes the transaction's writes durable.
    ///
    /// Must run to its end once begun: callers run in tasks that nobody cancels.
    pub async fn commit(self) -> Result<(), Error> {
        self.commit_step().await.map(|_| ())
    }

    /// As [`Tx::commit`]; tells which step of the account's generation this was.
    pub async fn commit_step(mut self) -> Result<Step, Error> {
        let clock = match (&self.scope, &self.db.engine) {
            (Scope::World, Engine::Sqlite { .. }) => Some(world::clock(&mut self.conn).await?),
            _ => None,
        };
        let reaches_others = self.conn.reaches_others;
        let done = match self.conn.kind {
            Kind::Sqlite(mut held) => held.commit().await,
            Kind::PostgresWrite(tx) => tx.commit().await,
            Kind::PostgresRead(_) => Ok(()),
        };
        // Raised also when the commit failed: then it may or may not have happened.
        let after = match (&self.db.engine, &self.scope) {
            (Engine::Sqlite { known, .. }, Scope::Account(id)) => {
                let generation = known.raise_account(id);
                if reaches_others {
                    known.raise_world(None);
                }
                generation
            }
            (Engine::Sqlite { known, .. }, Scope::World) => {
                known.raise_world(clock);
                0
            }
            (Engine::Sqlite { .. }, Scope::Aside) | (Engine::Postgres { .. }, _) => self.generation,
        };
        done.map_err(failure::domain_error)?;
        Ok(Step { before: after - 1, after })
    }
}
