//! The list of what makes up the state is held to the schema.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

use super::super::state_tables::{LEFT_OUT, Only, TABLES, Table, WORLD};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// The tables of the schema with their columns.
async fn schema() -> BTreeMap<String, BTreeSet<String>> {
    let options = SqliteConnectOptions::new().in_memory(true).collation("C", str::cmp);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    MIGRATIONS.run(&mut connection).await.unwrap();
    let columns: Vec<(String, String)> = sqlx::query_as(
        "SELECT tables.name, columns.name FROM sqlite_schema tables JOIN pragma_table_info(tables.name) columns \
         WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite_%'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let mut schema: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (table, column) in columns {
        schema.entry(table).or_default().insert(column);
    }
    schema
}

fn all() -> impl Iterator<Item = &'static Table> {
    const WORLDS: &[Table] = &[WORLD];
    TABLES.iter().chain(WORLDS)
}

#[tokio::test]
async fn every_table_and_column_is_part_of_the_state_or_named_as_left_out() {
    let schema = schema().await;
    let mut forgotten = Vec::new();
    for (name, columns) in &schema {
        let Some(table) = all().find(|table| table.name == *name) else {
            if !LEFT_OUT.contains(&&**name) {
                forgotten.push(format!("{name}: in neither TABLES nor LEFT_OUT of store/state_tables.rs"));
            }
            continue;
        };
        let listed: BTreeSet<String> = table
            .columns
            .iter()
            .map(|column| column.name)
            .chain(table.left_out.iter().copied())
            .map(Into::into)
            .collect();
        forgotten.extend(columns.difference(&listed).map(|column| format!("{name}.{column}: not listed")));
        forgotten.extend(listed.difference(columns).map(|column| format!("{name}.{column}: not in the schema")));
    }
    forgotten.extend(all().filter(|table| !schema.contains_key(table.name)).map(|table| table.name.to_owned()));
    assert!(forgotten.is_empty(), "{forgotten:#?}");
}

#[test]
fn tables_come_after_those_they_name_and_columns_named_are_there() {
    for (at, table) in TABLES.iter().enumerate() {
        for reference in table.references {
            let place = |name| TABLES.iter().position(|other| other.name == name);
            let other = place(reference.table).and_then(|at| TABLES.get(at));
            let other = other.unwrap_or_else(|| panic!("{} names what is not there", table.name));
            // Of what names in a circle, or only at times, the schema has no foreign key.
            let back = other.references.iter().any(|back| back.table == table.name);
            assert!(
                back || place(other.name) < Some(at) || !reference.only.is_empty(),
                "{} comes before {}",
                table.name,
                other.name
            );
            assert_eq!(reference.by.len(), reference.columns.len(), "{}", table.name);
            assert!(reference.by.iter().all(|column| other.position(column).is_some()), "{}", table.name);
            let only = reference.only.iter().map(|only| match only {
                Only::Is(column, _) | Only::IsNot(column, _) | Only::Nothing(column) => column,
            });
            assert!(
                reference.columns.iter().chain(only).all(|column| table.position(column).is_some()),
                "{}",
                table.name
            );
        }
        assert!(table.together.iter().copied().flatten().all(|name| table.position(name).is_some()), "{}", table.name);
        assert!(!table.unique.is_empty(), "{} has no order", table.name);
        assert!(table.unique.iter().copied().flatten().all(|name| table.position(name).is_some()), "{}", table.name);
    }
}
