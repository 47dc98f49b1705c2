//! Users and their labels: one name without regard to case, pages in the order of bytes.

use sesame::domain::name;
use sesame::domain::user::{Tag, User};
use sesame::store;
use sesame::store::tags::Owner;

use super::{HOME, THEN, home, make_account, make_users, user};
use crate::support::Place;

on_every_store![
    a_user_comes_back_with_every_field,
    a_name_is_taken_once_without_regard_to_case,
    a_name_of_another_account_is_free,
    a_rename_to_a_name_that_another_has_is_refused_and_changes_nothing,
    a_user_may_be_renamed_to_its_own_name_in_another_case,
    pages_follow_the_bytes_of_names_in_lower_case,
    a_page_that_starts_after_a_name_nobody_has_goes_on_from_there,
    signing_in_is_noted_on_the_user_alone,
    labels_come_back_by_owner_and_in_the_order_of_their_keys,
    a_users_profile_goes_with_the_user,
];

async fn a_user_comes_back_with_every_field(place: &Place) {
    let db = home(place).await;
    let full = User {
        display_name: "Ä display 名".to_owned(),
        comments: "it's \"quoted\"".to_owned(),
        email: "a@example.com".to_owned(),
        mobile_phone: "86-18600008888".to_owned(),
        updated_at: THEN.plus_seconds(5),
        ..user("id-1", "Alice.B-c_9")
    };
    let (mut tx, _) = db.write(HOME).await.unwrap();
    assert!(store::users::insert(&mut tx, &full).await.unwrap());
    tx.commit().await.unwrap();
    let mut conn = db.read().await.unwrap();
    let found = store::users::by_id(&mut conn, HOME, "id-1").await.unwrap().unwrap();
    assert_eq!(format!("{found:?}"), format!("{full:?}"));
    assert!(store::users::by_id(&mut conn, "1000000000000043", "id-1").await.unwrap().is_none());
    assert!(store::users::by_id(&mut conn, HOME, "id-2").await.unwrap().is_none());
}

async fn a_name_is_taken_once_without_regard_to_case(place: &Place) {
    let db = home(place).await;
    make_users(&db, &["Alice"]).await;
    let (mut tx, _) = db.write(HOME).await.unwrap();
    assert!(!store::users::insert(&mut tx, &user("id-2", "aLICE")).await.unwrap());
    // The refusal leaves the transaction usable, on Postgres too.
    assert!(store::users::insert(&mut tx, &user("id-3", "bob")).await.unwrap());
    tx.commit().await.unwrap();
    let mut conn = db.read().await.unwrap();
    let found = store::users::by_name(&mut conn, HOME, "ALICE").await.unwrap().unwrap();
    assert_eq!((&*found.name, &*found.id), ("Alice", "id-Alice"));
    assert!(store::users::by_name(&mut conn, HOME, "bob").await.unwrap().is_some());
    assert!(store::users::by_id(&mut conn, HOME, "id-2").await.unwrap().is_none());
}

async fn a_name_of_another_account_is_free(place: &Place) {
    const OTHER: &str = "1000000000000043";
    let db = home(place).await;
    make_account(&db, OTHER).await;
    make_users(&db, &["alice"]).await;
    let (mut tx, _) = db.write(OTHER).await.unwrap();
    let theirs = User { account_id: OTHER.to_owned(), ..user("id-alice", "alice") };
    assert!(store::users::insert(&mut tx, &theirs).await.unwrap());
    tx.commit().await.unwrap();
    let mut conn = db.read().await.unwrap();
    assert_eq!(store::users::page(&mut conn, HOME, "", 10).await.unwrap().len(), 1);
    assert_eq!(store::users::page(&mut conn, OTHER, "", 10).await.unwrap().len(), 1);
}

async fn a_rename_to_a_name_that_another_has_is_refused_and_changes_nothing(place: &Place) {
    let db = home(place).await;
    make_users(&db, &["alice", "bob"]).await;
    let (mut tx, _) = db.write(HOME).await.unwrap();
    let renamed = User { comments: "new".to_owned(), ..user("id-bob", "ALICE") };
    assert!(!store::users::update(&mut tx, &renamed).await.unwrap());
    tx.commit().await.unwrap();
    let bob = store::users::by_name(&mut db.read().await.unwrap(), HOME, "bob").await.unwrap().unwrap();
    assert_eq!((&*bob.id, &*bob.comments), ("id-bob", ""));
}

async fn a_user_may_be_renamed_to_its_own_name_in_another_case(place: &Place) {
    let db = home(place).await;
    make_users(&db, &["alice"]).await;
    let (mut tx, _) = db.write(HOME).await.unwrap();
    assert!(store::users::update(&mut tx, &user("id-alice", "ALICE")).await.unwrap());
    assert!(!store::users::update(&mut tx, &user("id-nobody", "nobody")).await.unwrap());
    tx.commit().await.unwrap();
    let alice = store::users::by_name(&mut db.read().await.unwrap(), HOME, "alice").await.unwrap().unwrap();
    assert_eq!(alice.name, "ALICE");
}

/// In the order of bytes, which is not the order in which people sort.
const IN_ORDER: [&str; 14] = ["-", "--", "-a", ".", "..", "0", "10", "9", "_", "a", "A-b", "a.b", "a_b", "B"];

async fn pages_follow_the_bytes_of_names_in_lower_case(place: &Place) {
    let db = home(place).await;
    let mut names = IN_ORDER;
    names.reverse();
    make_users(&db, &names).await;
    for size in [1, 3, IN_ORDER.len(), 100] {
        let (mut after, mut seen) = (String::new(), Vec::new());
        loop {
            let limit = i64::try_from(size).unwrap();
            let page = store::users::page(&mut db.read().await.unwrap(), HOME, &after, limit).await.unwrap();
            let Some(last) = page.last() else { break };
            after = name::key(&last.name);
            assert!(page.len() <= size);
            seen.extend(page.into_iter().map(|user| user.name));
        }
        assert_eq!(seen, IN_ORDER, "pages of {size}");
    }
}

async fn a_page_that_starts_after_a_name_nobody_has_goes_on_from_there(place: &Place) {
    let db = home(place).await;
    make_users(&db, &["a", "c"]).await;
    let page = store::users::page(&mut db.read().await.unwrap(), HOME, "b", 10).await.unwrap();
    assert_eq!(page.iter().map(|user| &*user.name).collect::<Vec<_>>(), ["c"]);
}

async fn signing_in_is_noted_on_the_user_alone(place: &Place) {
    let db = home(place).await;
    make_users(&db, &["alice", "bob"]).await;
    let (mut tx, _) = db.write(HOME).await.unwrap();
    store::users::signed_in(&mut tx, HOME, "id-alice", THEN.plus_seconds(9)).await.unwrap();
    tx.commit().await.unwrap();
    let mut conn = db.read().await.unwrap();
    let at = |user: Option<User>| user.unwrap().last_login_at;
    let alice = store::users::by_name(&mut conn, HOME, "alice").await.unwrap();
    assert_eq!(at(alice), Some(THEN.plus_seconds(9)));
    assert_eq!(at(store::users::by_name(&mut conn, HOME, "bob").await.unwrap()), None);
}

async fn labels_come_back_by_owner_and_in_the_order_of_their_keys(place: &Place) {
    let db = home(place).await;
    make_users(&db, &["alice", "bob", "carol"]).await;
    let tag = |key: &str, value: &str| Tag { key: key.to_owned(), value: value.to_owned() };
    let (mut tx, _) = db.write(HOME).await.unwrap();
    for (owner, label) in [("alice", tag("b", "2")), ("alice", tag("a", "")), ("carol", tag("名", "値"))] {
        store::tags::insert(&mut tx, HOME, Owner::User, &format!("id-{owner}"), &label).await.unwrap();
    }
    // A role of the same id is another owner.
    store::tags::insert(&mut tx, HOME, Owner::Role, "id-alice", &tag("a", "role")).await.unwrap();
    tx.commit().await.unwrap();
    let mut conn = db.read().await.unwrap();
    let of_alice = store::tags::of(&mut conn, HOME, Owner::User, "id-alice").await.unwrap();
    assert_eq!(of_alice, [tag("a", ""), tag("b", "2")]);
    let page = store::tags::of_page(&mut conn, HOME, sesame::store::tags::Listed::Users, "Alice", "bob").await.unwrap();
    assert_eq!(page.len(), 1);
    assert_eq!(page["id-alice"], of_alice);
    drop(conn);
    let (mut tx, _) = db.write(HOME).await.unwrap();
    store::tags::delete(&mut tx, HOME, Owner::User, "id-alice").await.unwrap();
    tx.commit().await.unwrap();
    let mut conn = db.read().await.unwrap();
    assert!(store::tags::of(&mut conn, HOME, Owner::User, "id-alice").await.unwrap().is_empty());
    assert_eq!(store::tags::of(&mut conn, HOME, Owner::Role, "id-alice").await.unwrap(), [tag("a", "role")]);
    assert_eq!(store::tags::of(&mut conn, HOME, Owner::User, "id-carol").await.unwrap(), [tag("名", "値")]);
}

async fn a_users_profile_goes_with_the_user(place: &Place) {
    let db = home(place).await;
    make_users(&db, &["alice"]).await;
    let (mut tx, _) = db.write(HOME).await.unwrap();
    store::login_profiles::save(&mut tx, &super::profile("id-alice")).await.unwrap();
    store::login_profiles::remember(&mut tx, HOME, "id-alice", "hash").await.unwrap();
    store::users::delete(&mut tx, HOME, "id-alice").await.unwrap();
    tx.commit().await.unwrap();
    let mut conn = db.read().await.unwrap();
    assert!(store::login_profiles::find(&mut conn, HOME, "id-alice").await.unwrap().is_none());
    assert!(store::login_profiles::history(&mut conn, HOME, "id-alice", 24).await.unwrap().is_empty());
}
