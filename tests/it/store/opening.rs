//! Opening a store: new, again, together, and not at all.

use std::path::Path;

use sesame::store::{self, Db, OpenError, StoreOptions};

use super::{HOME, home, make_users, profile};
use crate::support::{Place, TestApp};

on_both_engines![what_was_committed_is_there_when_the_store_is_opened_again, migrations_run_as_often_as_one_likes];

async fn what_was_committed_is_there_when_the_store_is_opened_again(place: &Place) {
    let db = home(place).await;
    make_users(&db, &["alice"]).await;
    let (mut tx, _) = db.write(HOME).await.unwrap();
    store::login_profiles::save(&mut tx, &profile("id-alice")).await.unwrap();
    tx.commit().await.unwrap();
    db.close().await;
    drop(db);
    let db = place.open().await;
    let mut conn = db.read().await.unwrap();
    assert!(store::users::by_name(&mut conn, HOME, "alice").await.unwrap().is_some());
    assert!(store::login_profiles::find(&mut conn, HOME, "id-alice").await.unwrap().is_some());
}

async fn migrations_run_as_often_as_one_likes(place: &Place) {
    for _ in 0..3 {
        let db = place.open().await;
        db.ping().await.unwrap();
        db.close().await;
    }
}

#[tokio::test]
async fn a_sqlite_file_that_is_in_use_is_refused_by_name() {
    let place = Place::file().await;
    let first = place.open().await;
    let error = Db::open(&place.options()).await.unwrap_err();
    assert!(matches!(error, OpenError::InUse(_)), "{error:?}");
    let text = error.to_string();
    assert!(text.starts_with("another process is using ") && text.ends_with("sesame.db"), "{text}");
    first.close().await;
    drop(first);
    place.open().await.ping().await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_sqlite_file_that_is_in_use_is_refused_by_other_names_too() {
    let folder = tempfile::tempdir().unwrap();
    let (home, alias) = (folder.path().join("home"), folder.path().join("alias"));
    std::fs::create_dir(&home).unwrap();
    let real = home.join("sesame.db");
    let options = |path: &std::path::Path| StoreOptions {
        url: format!("sqlite://{}", path.display()),
        full_sync: false,
        connections: 1,
    };
    Db::open(&options(&real)).await.unwrap().close().await;
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink(&real, &link).unwrap();
    std::os::unix::fs::symlink(&home, &alias).unwrap();
    let names = [real, link, alias.join("sesame.db"), home.join(".").join("sesame.db")];
    for first in &names {
        let open = Db::open(&options(first)).await.unwrap();
        for second in &names {
            let error = Db::open(&options(second)).await.err();
            assert!(matches!(error, Some(OpenError::InUse(_))), "{first:?}, then {second:?}: {error:?}");
        }
        open.close().await;
    }
}

#[tokio::test]
async fn two_stores_in_memory_have_nothing_to_do_with_each_other() {
    let (one, other) = (Place::memory().await, Place::memory().await);
    let _one = home(&one).await;
    let other = other.open().await;
    assert!(store::accounts::find(&mut other.read().await.unwrap(), HOME).await.unwrap().is_none());
}

#[tokio::test]
async fn replicas_may_be_started_together_on_an_empty_postgres() {
    let place = Place::postgres().await;
    let options = place.options();
    let (a, b, c) = tokio::join!(Db::open(&options), Db::open(&options), Db::open(&options));
    for db in [a, b, c] {
        db.unwrap().ping().await.unwrap();
    }
}

#[tokio::test]
async fn a_store_that_cannot_be_opened_says_why_and_keeps_the_url_to_itself() {
    let open = async |url: &str| {
        let options = StoreOptions { url: url.to_owned(), full_sync: false, connections: 1 };
        Db::open(&options).await.map(|_| ()).unwrap_err().to_string()
    };
    assert_eq!(
        open("mysql://u:s3cret@host/db").await,
        "unknown kind of store: the URL must start with sqlite: or postgres:"
    );
    for url in
        ["postgres://u:s3cret@127.0.0.1:1/db", "postgres://u:s3cret@host:port/db", "sqlite:///nowhere/at/all/sesame.db"]
    {
        let text = open(url).await;
        assert!(text.len() > 10 && !text.contains("s3cret"), "{text}");
    }
}

#[tokio::test]
async fn a_postgres_that_refuses_connections_is_told_as_that() {
    let url = "postgres://u:s3cret@127.0.0.1:1/db".to_owned();
    let error = Db::open(&StoreOptions { url, full_sync: false, connections: 1 }).await.unwrap_err().to_string();
    assert!(error.to_lowercase().contains("refused") && !error.contains("s3cret"), "{error}");
}

#[tokio::test]
async fn a_store_on_postgres_is_shared_and_one_on_sqlite_is_not() {
    for place in [Place::memory().await, Place::file().await, Place::postgres().await] {
        let db = place.open().await;
        assert_eq!(db.is_shared(), place.is_shared());
        assert_eq!(db.engine(), if place.is_shared() { "postgres" } else { "sqlite" });
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sqlite_file_that_is_no_longer_the_one_that_is_open_is_told() {
    for (told, spoil) in [
        ("the store's file is gone", (|path| std::fs::rename(path, path.with_extension("old")).unwrap()) as fn(&Path)),
        ("another file stands in the place of the store's", |path| {
            std::fs::copy(path, path.with_extension("new")).unwrap();
            std::fs::rename(path.with_extension("new"), path).unwrap();
        }),
        ("the store's file was overwritten", |path| std::fs::write(path, "").unwrap()),
        ("the store's file was overwritten", |path| std::fs::write(path, "SQLite format 3\0").unwrap()),
        ("the store's file was overwritten", |path| std::fs::write(path, "x".repeat(1_000_000)).unwrap()),
    ] {
        let place = Place::file().await;
        let app = TestApp::start(&place).await;
        let up = async || reqwest::get(format!("http://{}/metrics", app.address)).await.unwrap().text().await.unwrap();
        assert_eq!(app.control.get("/health").await.0, 200);
        assert!(up().await.contains("sesame_store_up 1\n"));
        spoil(Path::new(place.url().strip_prefix("sqlite://").unwrap()));
        let (status, body) = app.control.get("/health").await;
        assert_eq!((status, body["status"].as_str()), (503, Some(told)));
        assert!(up().await.contains("sesame_store_up 0\n"));
    }
}
