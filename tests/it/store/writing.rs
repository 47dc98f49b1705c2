//! Write transactions: rolled back, queued, and never lost.

use std::sync::Arc;
use std::time::Duration;

use sesame::domain::error::Error;
use sesame::store::accounts::Counter;
use sesame::store::{self, Db};

use super::{HOME, home, make_account, make_users, user};
use crate::support::{Place, concurrently};

on_every_store![
    a_write_that_is_not_committed_never_was,
    a_write_that_is_dropped_lets_the_next_one_in,
    writers_of_one_account_come_one_after_the_other_and_all_succeed,
    the_second_writer_sees_what_the_first_wrote,
    a_reader_sees_nothing_that_is_not_committed,
];

async fn a_write_that_is_not_committed_never_was(place: &Place) {
    let db = home(place).await;
    let before = {
        let (mut tx, account) = db.write(HOME).await.unwrap();
        assert!(store::users::insert(&mut tx, &user("id-alice", "alice")).await.unwrap());
        store::accounts::count(&mut tx, HOME, Counter::Users, 1).await.unwrap();
        account.generation
    };
    {
        let mut tx = db.write_world().await.unwrap();
        store::world::delete_accounts(&mut tx).await.unwrap();
    }
    let account = store::accounts::find(&mut db.read().await.unwrap(), HOME).await.unwrap().unwrap();
    assert_eq!((account.users, account.generation), (0, before - 1));
    assert!(store::users::by_name(&mut db.read().await.unwrap(), HOME, "alice").await.unwrap().is_none());
}

async fn a_write_that_is_dropped_lets_the_next_one_in(place: &Place) {
    let db = home(place).await;
    for _ in 0..20 {
        drop(db.write(HOME).await.unwrap());
    }
    make_users(&db, &["alice"]).await;
}

async fn writers_of_one_account_come_one_after_the_other_and_all_succeed(place: &Place) {
    const WRITERS: usize = 24;
    let db = Arc::new(home(place).await);
    let before = store::accounts::find(&mut db.read().await.unwrap(), HOME).await.unwrap().unwrap().generation;
    let seen = concurrently(WRITERS, |number| {
        let db = db.clone();
        async move {
            let (mut tx, account) = db.write(HOME).await?;
            let made = user(&format!("id-{number}"), &format!("user-{number}"));
            assert!(store::users::insert(&mut tx, &made).await?);
            store::accounts::count(&mut tx, HOME, Counter::Users, 1).await?;
            tx.commit().await?;
            Ok::<_, Error>((account.generation, account.users))
        }
    })
    .await;
    let mut seen: Vec<(i64, i64)> = seen.into_iter().map(|one| one.expect("every writer succeeds")).collect();
    seen.sort_unstable();
    // Each writer found what the one before it had left, none found the same.
    let expected: Vec<(i64, i64)> = (0..24).map(|number| (before + 1 + number, number)).collect();
    assert_eq!(seen, expected);
}

async fn the_second_writer_sees_what_the_first_wrote(place: &Place) {
    let db = Arc::new(home(place).await);
    let (mut tx, _) = db.write(HOME).await.unwrap();
    let waiting = tokio::spawn({
        let db = db.clone();
        async move {
            let (mut tx, _) = db.write(HOME).await?;
            let found = store::users::by_name(&mut tx, HOME, "alice").await?.is_some();
            tx.commit().await?;
            Ok::<_, Error>(found)
        }
    });
    store::users::insert(&mut tx, &user("id-alice", "alice")).await.unwrap();
    // It must not get in before the first is done, however long it is given.
    let mut waiting = waiting;
    assert!(tokio::time::timeout(Duration::from_millis(50), &mut waiting).await.is_err());
    tx.commit().await.unwrap();
    assert!(waiting.await.unwrap().unwrap());
}

async fn a_reader_sees_nothing_that_is_not_committed(place: &Place) {
    let db = Arc::new(home(place).await);
    let (mut tx, _) = db.write(HOME).await.unwrap();
    store::users::insert(&mut tx, &user("id-alice", "alice")).await.unwrap();
    // A store in memory has one connection only: there the reader waits for the writer.
    let reading = tokio::spawn({
        let db = db.clone();
        async move { store::users::by_name(&mut db.read().await?, HOME, "alice").await }
    });
    if place.url() == "sqlite::memory:" {
        drop(tx);
        assert!(reading.await.unwrap().unwrap().is_none());
    } else {
        assert!(reading.await.unwrap().unwrap().is_none());
        tx.commit().await.unwrap();
        assert!(store::users::by_name(&mut db.read().await.unwrap(), HOME, "alice").await.unwrap().is_some());
    }
}

#[tokio::test]
async fn writers_of_different_accounts_on_postgres_do_not_wait_for_each_other() {
    const OTHER: &str = "1000000000000043";
    let place = Place::postgres().await;
    let db: Db = home(&place).await;
    make_account(&db, OTHER).await;
    let (one, _) = db.write(HOME).await.unwrap();
    let (other, _) = db.write(OTHER).await.unwrap();
    other.commit().await.unwrap();
    one.commit().await.unwrap();
}
