//! What has to hold of the schema, whatever is in it.

use std::collections::BTreeMap;

use sqlx::{Connection as _, PgConnection, SqliteConnection};

use crate::support::Place;

on_both_engines![every_foreign_key_has_an_index_that_begins_with_its_columns];

/// Columns, each with its table, the key or index it is in, and its place there.
type Columns = Vec<(String, String, i64, String)>;

const SQLITE_KEYS: &str = "SELECT tables.name, CAST(keys.id AS TEXT), keys.seq, keys.\"from\" FROM sqlite_schema tables \
     JOIN pragma_foreign_key_list(tables.name) keys WHERE tables.type = 'table'";
const SQLITE_INDEXES: &str = "SELECT tables.name, indexes.name, columns.seqno, columns.name FROM sqlite_schema tables \
     JOIN pragma_index_list(tables.name) indexes JOIN pragma_index_info(indexes.name) columns \
     WHERE tables.type = 'table'";
const POSTGRES_KEYS: &str = "SELECT CAST(CAST(keys.conrelid AS REGCLASS) AS TEXT), CAST(keys.conname AS TEXT), \
     columns.place, CAST(attributes.attname AS TEXT) FROM pg_constraint keys \
     CROSS JOIN unnest(keys.conkey) WITH ORDINALITY columns(number, place) \
     JOIN pg_attribute attributes ON attributes.attrelid = keys.conrelid AND attributes.attnum = columns.number \
     WHERE keys.contype = 'f'";
const POSTGRES_INDEXES: &str = "SELECT CAST(CAST(indexes.indrelid AS REGCLASS) AS TEXT), \
     CAST(CAST(indexes.indexrelid AS REGCLASS) AS TEXT), columns.place, CAST(attributes.attname AS TEXT) \
     FROM pg_index indexes CROSS JOIN unnest(CAST(indexes.indkey AS int2[])) WITH ORDINALITY columns(number, place) \
     JOIN pg_attribute attributes ON attributes.attrelid = indexes.indrelid AND attributes.attnum = columns.number \
     WHERE indexes.indpred IS NULL";

/// Keys or indexes by table and name: their columns in order.
fn by_name(mut columns: Columns) -> BTreeMap<(String, String), Vec<String>> {
    columns.sort_by(|a, b| (&a.0, &a.1, a.2).cmp(&(&b.0, &b.1, b.2)));
    let mut found: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for (table, name, _, column) in columns {
        found.entry((table, name)).or_default().push(column);
    }
    found
}

/// Otherwise whoever deletes a row has the engine walk through the whole of every table that may refer to it.
async fn every_foreign_key_has_an_index_that_begins_with_its_columns(place: &Place) {
    let _open = place.open().await;
    let (keys, indexes): (Columns, Columns) = if place.is_shared() {
        let mut conn = PgConnection::connect(&place.url()).await.unwrap();
        let keys = sqlx::query_as(POSTGRES_KEYS).fetch_all(&mut conn).await.unwrap();
        (keys, sqlx::query_as(POSTGRES_INDEXES).fetch_all(&mut conn).await.unwrap())
    } else {
        let mut conn = SqliteConnection::connect(&place.url()).await.unwrap();
        let keys = sqlx::query_as(SQLITE_KEYS).fetch_all(&mut conn).await.unwrap();
        (keys, sqlx::query_as(SQLITE_INDEXES).fetch_all(&mut conn).await.unwrap())
    };
    let (keys, indexes) = (by_name(keys), by_name(indexes));
    assert!(keys.len() > 20, "the foreign keys were not found: {keys:?}");
    for ((table, name), columns) in &keys {
        let helps = |index: &[String]| {
            index.get(..columns.len()).is_some_and(|first| columns.iter().all(|c| first.contains(c)))
        };
        let found = indexes.iter().any(|((of, _), index)| of == table && helps(index));
        assert!(found, "no index of {table} begins with {columns:?}, the columns of foreign key {name}");
    }
}
