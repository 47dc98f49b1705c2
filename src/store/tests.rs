//! Every SQL text is prepared on both engines.

use std::collections::BTreeSet;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{
    AssertSqlSafe, Connection, Either, Executor, PgConnection, SqlSafeStr, SqlStr, SqliteConnection, Statement,
};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

type Texts = &'static [(&'static str, &'static str)];

/// The texts of each module.
const MODULES: &[(&str, Texts)] = &[
    ("access_keys", super::access_keys::STATEMENTS),
    ("access_reports", super::access_reports::STATEMENTS),
    ("account_details", super::account_details::STATEMENTS),
    ("accounts", super::accounts::STATEMENTS),
    ("boundaries", super::boundaries::STATEMENTS),
    ("credential_reports", super::credential_reports::STATEMENTS),
    ("device_authorizations", super::device_authorizations::STATEMENTS),
    ("faults", super::faults::STATEMENTS),
    ("groups", super::groups::STATEMENTS),
    ("inline_policies", super::inline_policies::STATEMENTS),
    ("instance_profiles", super::instance_profiles::STATEMENTS),
    ("login_profiles", super::login_profiles::STATEMENTS),
    ("mfa_devices", super::mfa_devices::STATEMENTS),
    ("mfa_tickets", super::mfa_tickets::STATEMENTS),
    ("nonces", super::nonces::STATEMENTS),
    ("oidc_providers", super::oidc_providers::STATEMENTS),
    ("policies", super::policies::STATEMENTS),
    ("policy_attachments", super::policy_attachments::STATEMENTS),
    ("policy_documents", super::policy_documents::STATEMENTS),
    ("policy_holders", super::policy_holders::STATEMENTS),
    ("role_deletions", super::role_deletions::STATEMENTS),
    ("roles", super::roles::STATEMENTS),
    ("saml_providers", super::saml_providers::STATEMENTS),
    ("server_certificates", super::server_certificates::STATEMENTS),
    ("service_access", super::service_access::STATEMENTS),
    ("service_credentials", super::service_credentials::STATEMENTS),
    ("sessions", super::sessions::STATEMENTS),
    ("sign_in_grants", super::sign_in_grants::STATEMENTS),
    ("signing_certificates", super::signing_certificates::STATEMENTS),
    ("snapshots", super::snapshots::STATEMENTS),
    ("ssh_public_keys", super::ssh_public_keys::STATEMENTS),
    ("state", super::state::STATEMENTS),
    ("tagged", super::tagged::STATEMENTS),
    ("tags", super::tags::STATEMENTS),
    ("users", super::users::STATEMENTS),
    ("world", super::world::STATEMENTS),
];

fn texts() -> impl Iterator<Item = (String, &'static str)> {
    MODULES
        .iter()
        .flat_map(|(module, texts)| texts.iter().map(move |(name, text)| (format!("{module}::{name}"), *text)))
}

/// The numbers of the parameters that a text uses.
fn parameters(text: &str) -> BTreeSet<usize> {
    let parts = text.split('$').skip(1);
    parts
        .map(|part| part.chars().take_while(char::is_ascii_digit).collect::<String>())
        .map(|digits| digits.parse().expect("a $ stands before a number"))
        .collect()
}

/// How many parameters an engine found.
fn counted<T>(found: Option<Either<&[T], usize>>) -> usize {
    match found.expect("the engine counts parameters") {
        Either::Left(types) => types.len(),
        Either::Right(count) => count,
    }
}

#[tokio::test]
async fn every_text_is_understood_by_sqlite() {
    let options = SqliteConnectOptions::new().in_memory(true).collation("C", str::cmp);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    MIGRATIONS.run(&mut connection).await.unwrap();
    for (name, text) in texts() {
        let prepared = connection.prepare(SqlStr::from_static(text)).await;
        let prepared = prepared.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(counted(prepared.parameters()), parameters(text).len(), "{name}");
    }
    for text in super::state::texts() {
        let prepared = connection.prepare(AssertSqlSafe(text.clone()).into_sql_str()).await;
        let prepared = prepared.unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(counted(prepared.parameters()), parameters(&text).len(), "{text}");
    }
}

#[tokio::test]
async fn every_text_is_understood_by_postgres() {
    let (server, name) = (server_url(), format!("sesame_sql_{}", std::process::id()));
    let mut maintenance = PgConnection::connect(&server).await.unwrap();
    // Safe: the name is made above, of letters and digits; no parameter can name a database.
    let drop_it = || AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
    maintenance.execute(drop_it().into_sql_str()).await.unwrap();
    maintenance.execute(AssertSqlSafe(format!("CREATE DATABASE {name}")).into_sql_str()).await.unwrap();
    let prepared = prepare_all_on_postgres(&server, &name).await;
    maintenance.execute(drop_it().into_sql_str()).await.unwrap();
    prepared.unwrap();
}

/// Gives the first text that Postgres does not take, and why.
async fn prepare_all_on_postgres(server: &str, database: &str) -> Result<(), String> {
    let options = server.parse::<sqlx::postgres::PgConnectOptions>().unwrap().database(database);
    let mut connection = PgConnection::connect_with(&options).await.map_err(|error| error.to_string())?;
    MIGRATIONS.run(&mut connection).await.map_err(|error| error.to_string())?;
    for (name, text) in texts() {
        let prepared =
            connection.prepare(SqlStr::from_static(text)).await.map_err(|error| format!("{name}: {error}"))?;
        let (found, written) = (counted(prepared.parameters()), parameters(text).len());
        if found != written {
            return Err(format!("{name}: {found} parameters, {written} are written"));
        }
    }
    for text in super::state::texts() {
        let prepared = connection.prepare(AssertSqlSafe(text.clone()).into_sql_str()).await;
        let prepared = prepared.map_err(|error| format!("{text}: {error}"))?;
        let (found, written) = (counted(prepared.parameters()), parameters(&text).len());
        if found != written {
            return Err(format!("{text}: {found} parameters, {written} are written"));
        }
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the tests' one setting that comes from outside")]
fn server_url() -> String {
    std::env::var("SESAME_TEST_POSTGRES_URL").expect("SESAME_TEST_POSTGRES_URL names a Postgres server; see tests/run")
}

#[test]
fn the_parameters_of_every_text_count_from_one() {
    for (name, text) in texts() {
        let used: Vec<usize> = parameters(text).into_iter().collect();
        assert_eq!(used, (1..=used.len()).collect::<Vec<_>>(), "{name}");
    }
}

#[test]
fn no_module_with_sql_is_forgotten() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    let mut with_sql = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if std::fs::read_to_string(&path).unwrap().contains("\nsql! {") {
            with_sql.insert(path.file_stem().unwrap().to_string_lossy().into_owned());
        }
    }
    let listed: BTreeSet<String> = MODULES.iter().map(|(module, _)| (*module).to_owned()).collect();
    assert_eq!(with_sql, listed);
}
