//! A store with something of everything in it, as an older program left it, is what it was once this one has opened it.

use std::collections::BTreeMap;
use std::str::FromStr as _;

use serde_json::json;
use sesame::store::Db;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};

use crate::aws::client::Aws;
use crate::support::{ACCOUNT, Place, TestApp, totp};

on_both_engines![every_row_outlives_an_upgrade, people_find_their_things_after_an_upgrade];

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Rows of every table that there was at this migration.
const ROWS: &str = include_str!("../../vectors/store-0016.sql");
const OLDEST: i64 = 16;

/// The rows of each table, as text, with the columns that are compared.
type Found = BTreeMap<String, (Vec<String>, Vec<String>)>;

/// A connection beside the program's own.
enum Beside {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Beside {
    async fn of(place: &Place) -> Self {
        if place.is_shared() {
            return Self::Postgres(PgConnection::connect(&place.url()).await.unwrap());
        }
        let options = SqliteConnectOptions::from_str(&place.url()).unwrap().create_if_missing(true);
        let options = options.foreign_keys(true).collation("C", str::cmp);
        Self::Sqlite(SqliteConnection::connect_with(&options).await.unwrap())
    }

    /// Makes the store of an older program.
    async fn make(&mut self, version: i64) {
        match self {
            Self::Sqlite(conn) => {
                MIGRATIONS.run_to(version, &mut *conn).await.unwrap();
                sqlx::raw_sql(ROWS).execute(conn).await.unwrap();
            }
            Self::Postgres(conn) => {
                MIGRATIONS.run_to(version, &mut *conn).await.unwrap();
                // Bytes are all that the engines write in ways of their own.
                let rows = ROWS.replace(" X'", " '\\x").replace("(X'", "('\\x");
                sqlx::raw_sql(AssertSqlSafe(rows)).execute(conn).await.unwrap();
            }
        }
    }

    /// The first column of what a query finds.
    async fn texts(&mut self, query: String) -> Vec<String> {
        let query = AssertSqlSafe(query);
        match self {
            Self::Sqlite(conn) => sqlx::query_scalar(query).fetch_all(conn).await.unwrap(),
            Self::Postgres(conn) => sqlx::query_scalar(query).fetch_all(conn).await.unwrap(),
        }
    }

    async fn tables(&mut self) -> Vec<String> {
        let query = match self {
            Self::Sqlite(_) => "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
            Self::Postgres(_) => {
                "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = 'public'"
            }
        };
        let mut tables = self.texts(query.to_owned()).await;
        tables.retain(|table| table != "_sqlx_migrations");
        tables
    }

    async fn columns(&mut self, table: &str) -> Vec<String> {
        let query = match self {
            Self::Sqlite(_) => format!("SELECT name FROM pragma_table_info('{table}')"),
            Self::Postgres(_) => format!(
                "SELECT CAST(column_name AS TEXT) FROM information_schema.columns \
                 WHERE table_schema = 'public' AND table_name = '{table}'"
            ),
        };
        self.texts(query).await
    }

    async fn rows(&mut self, table: &str, columns: &[String]) -> Vec<String> {
        let query = match self {
            Self::Sqlite(_) => {
                let columns: Vec<String> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
                format!("SELECT {} FROM {table}", columns.join(" || ', ' || "))
            }
            Self::Postgres(_) => format!("SELECT CAST(ROW(\"{}\") AS TEXT) FROM {table}", columns.join("\", \"")),
        };
        let mut rows = self.texts(query).await;
        rows.sort();
        rows
    }

    async fn all(&mut self) -> Found {
        let mut found = Found::new();
        for table in self.tables().await {
            let columns = self.columns(&table).await;
            let rows = self.rows(&table, &columns).await;
            found.insert(table, (columns, rows));
        }
        found
    }

    /// SQLite checks no row that was there before; Postgres has checked all.
    async fn foreign_keys_hold(&mut self) {
        if let Self::Sqlite(_) = self {
            let broken = self.texts("SELECT \"table\" FROM pragma_foreign_key_check".to_owned()).await;
            assert_eq!(broken, Vec::<String>::new());
        }
    }
}

async fn every_row_outlives_an_upgrade(place: &Place) {
    let mut beside = Beside::of(place).await;
    beside.make(OLDEST).await;
    let before = beside.all().await;
    for (table, (_, rows)) in &before {
        assert!(!rows.is_empty(), "there is nothing in {table} to be lost");
    }
    for _ in 0..2 {
        Db::open(&place.options()).await.unwrap().close().await;
        for (table, (columns, rows)) in &before {
            assert_eq!(&beside.rows(table, columns).await, rows, "{table}");
        }
        beside.foreign_keys_hold().await;
    }
}

async fn people_find_their_things_after_an_upgrade(place: &Place) {
    let mut beside = Beside::of(place).await;
    beside.make(OLDEST).await;
    let app = TestApp::start(place).await;
    let alice = app.rpc("LTAIexampleAlice0001", "alice-secret-for-tests");
    let arn = alice.sts("GetCallerIdentity", &[]).await.ok()["Arn"].clone();
    assert_eq!(arn, json!(format!("acs:ram::{ACCOUNT}:user/Alice")));
    app.rpc("LTAIexampleAlice0002", "x").sts("GetCallerIdentity", &[]).await.is(404, "InvalidAccessKeyId.NotFound");
    let token = format!("CAIS{}", "A".repeat(128));
    let night = app.rpc("STS.exampleNight00000000", "night-secret-for-tests").with_token(&token);
    let arn = night.sts("GetCallerIdentity", &[]).await.ok()["Arn"].clone();
    assert_eq!(arn, json!(format!("acs:ram::{ACCOUNT}:assumed-role/ops/night")));
    let groups = app.root().ram("ListGroupsForUser", &[("UserName", "alice")]).await.ok();
    assert_eq!(groups["Groups"]["Group"][0]["GroupName"], "Developers");

    // A browser is still signed in, and who comes anew needs password and code.
    let mut browser = app.browser();
    browser.cookies.insert("sesame_session".to_owned(), "A".repeat(43));
    browser.open("/console").await.says(200, "Alice");
    assert_eq!(app.sign_in("alice", "Correct-Horse-1").await, "mfa-required");
    let code = totp::code(b"Hello!\xde\xad\xbe\xefHello!\xde\xad\xbe\xef", totp::step(&app).await);
    let body = json!({"user": "alice", "password": "Correct-Horse-1", "mfa_code": code});
    assert_eq!(app.sign_in_with(body).await["outcome"], "signed-in");
    let again = [("UserName", "alice"), ("Password", "Correct-Horse-1")];
    app.root().ram("UpdateLoginProfile", &again).await.is(400, "InvalidParameter.Password.ReusePrevention");

    let aws = Aws::root(&app);
    let carol = [("UserName", "carol")];
    let listed = async |action: &str, member: &str| aws.iam(action, &carol).await.ok().texts(member);
    assert_eq!(listed("ListSSHPublicKeys", "SSHPublicKeyId").await, ["APKAEXAMPLEAAAAAAAAA2"]);
    assert_eq!(listed("ListSigningCertificates", "CertificateId").await, ["EXAMPLECERTIFICATEAAAAAAAAAAAAA"]);
    assert_eq!(listed("ListServiceSpecificCredentials", "ServiceSpecificCredentialId").await.len(), 2);
    assert_eq!(listed("ListGroupsForUser", "GroupName").await, ["admins"]);
    assert_eq!(listed("GetLoginProfile", "UserName").await, ["carol"]);

    // Who goes leaves nothing behind, and takes nothing of anybody else's along.
    app.control.delete("/faults").await;
    assert_eq!(app.control.delete(&format!("/accounts/{ACCOUNT}")).await.0, 204);
    for (table, (columns, rows)) in beside.all().await {
        let of_account = columns.iter().any(|column| column == "account_id") && table != "snapshots";
        assert!(!of_account || rows.iter().all(|row| !row.contains(ACCOUNT)), "{table}: {rows:?}");
    }
    beside.foreign_keys_hold().await;
    assert_eq!(listed("ListSSHPublicKeys", "SSHPublicKeyId").await, ["APKAEXAMPLEAAAAAAAAA2"]);
    assert_eq!(listed("ListGroupsForUser", "GroupName").await, ["admins"]);
}
