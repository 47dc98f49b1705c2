//! Login profiles, field by field, and the passwords they remember.

use sesame::domain::login_profile::{LoginProfile, LogonStatus, Password};
use sesame::domain::password_policy::MOST_REMEMBERED;
use sesame::store;
use sesame::store::Db;

use super::{HOME, THEN, home, make_users, password, profile};
use crate::support::Place;

on_every_store![
    a_profile_comes_back_with_every_field,
    a_profile_without_a_password_comes_back_without_one,
    saving_again_changes_every_field,
    the_newest_twenty_four_passwords_are_remembered,
    a_profile_that_is_deleted_takes_its_memory_with_it,
    only_who_is_idle_and_active_is_switched_off,
];

/// A profile in which no field has the value it would have by default.
fn full(user_id: &str) -> LoginProfile {
    LoginProfile {
        account_id: HOME.to_owned(),
        user_id: user_id.to_owned(),
        status: LogonStatus::Inactive,
        password_reset_required: true,
        mfa_bind_required: true,
        password: Some(Password {
            hash: "$argon2id$v=19$m=1024,t=1,p=1$AAAA$BBBB".to_owned(),
            set_at: THEN.plus_seconds(1),
            initial: true,
            expires_at: Some(THEN.plus_seconds(2)),
            initial_expires_at: Some(THEN.plus_seconds(3)),
        }),
        auto_disabled: true,
        idle_since: THEN.plus_seconds(4),
        failed_attempts: 5,
        locked_until: Some(THEN.plus_seconds(6)),
        last_login_at: Some(THEN.plus_seconds(7)),
        last_login_address: Some("2001:db8::1".to_owned()),
        created_at: THEN.plus_seconds(8),
        updated_at: THEN.plus_seconds(9),
    }
}

async fn save(db: &Db, profile: &LoginProfile) {
    let (mut tx, _) = db.write(HOME).await.unwrap();
    store::login_profiles::save(&mut tx, profile).await.unwrap();
    tx.commit().await.unwrap();
}

/// Checks field by field: `Debug` leaves the hash out.
async fn is_stored(db: &Db, expected: &LoginProfile) {
    let mut conn = db.read().await.unwrap();
    let found = store::login_profiles::find(&mut conn, HOME, &expected.user_id).await.unwrap().unwrap();
    assert_eq!(found.password, expected.password);
    assert_eq!(format!("{found:?}"), format!("{expected:?}"));
}

async fn a_profile_comes_back_with_every_field(place: &Place) {
    let db = home(place).await;
    make_users(&db, &["alice"]).await;
    save(&db, &full("id-alice")).await;
    is_stored(&db, &full("id-alice")).await;
    let mut conn = db.read().await.unwrap();
    assert!(store::login_profiles::find(&mut conn, HOME, "id-bob").await.unwrap().is_none());
}

async fn a_profile_without_a_password_comes_back_without_one(place: &Place) {
    let db = home(place).await;
    make_users(&db, &["alice"]).await;
    let bare = LoginProfile { password: None, ..profile("id-alice") };
    save(&db, &bare).await;
    is_stored(&db, &bare).await;
}

async fn saving_again_changes_every_field(place: &Place) {
    let db = home(place).await;
    make_users(&db, &["alice"]).await;
    for each in [profile("id-alice"), full("id-alice"), LoginProfile { password: None, ..profile("id-alice") }] {
        save(&db, &each).await;
        is_stored(&db, &each).await;
    }
}

async fn the_newest_twenty_four_passwords_are_remembered(place: &Place) {
    let db = home(place).await;
    make_users(&db, &["alice", "bob"]).await;
    save(&db, &profile("id-alice")).await;
    save(&db, &profile("id-bob")).await;
    let hashes: Vec<String> = (1..=30).map(|number| format!("hash {number}")).collect();
    for hash in &hashes {
        let (mut tx, _) = db.write(HOME).await.unwrap();
        store::login_profiles::remember(&mut tx, HOME, "id-alice", hash).await.unwrap();
        tx.commit().await.unwrap();
    }
    let mut conn = db.read().await.unwrap();
    let expected: Vec<&String> = hashes.iter().rev().take(24).collect();
    assert_eq!(MOST_REMEMBERED, 24);
    let all = store::login_profiles::history(&mut conn, HOME, "id-alice", 100).await.unwrap();
    assert_eq!(all.iter().collect::<Vec<_>>(), expected);
    let few = store::login_profiles::history(&mut conn, HOME, "id-alice", 3).await.unwrap();
    assert_eq!(few.iter().collect::<Vec<_>>(), expected[..3]);
    assert!(store::login_profiles::history(&mut conn, HOME, "id-bob", 24).await.unwrap().is_empty());
}

async fn a_profile_that_is_deleted_takes_its_memory_with_it(place: &Place) {
    let db = home(place).await;
    make_users(&db, &["alice"]).await;
    save(&db, &profile("id-alice")).await;
    let (mut tx, _) = db.write(HOME).await.unwrap();
    store::login_profiles::remember(&mut tx, HOME, "id-alice", "hash").await.unwrap();
    store::login_profiles::delete(&mut tx, HOME, "id-alice").await.unwrap();
    assert!(store::login_profiles::find(&mut tx, HOME, "id-alice").await.unwrap().is_none());
    store::login_profiles::save(&mut tx, &profile("id-alice")).await.unwrap();
    tx.commit().await.unwrap();
    let mut conn = db.read().await.unwrap();
    assert!(store::login_profiles::history(&mut conn, HOME, "id-alice", 24).await.unwrap().is_empty());
}

async fn only_who_is_idle_and_active_is_switched_off(place: &Place) {
    let db = home(place).await;
    make_users(&db, &["idle", "busy", "off"]).await;
    let idle = LoginProfile { idle_since: THEN, ..profile("id-idle") };
    let busy = LoginProfile { idle_since: THEN.plus_seconds(1), ..profile("id-busy") };
    let off = LoginProfile { status: LogonStatus::Inactive, password: Some(password("h")), ..profile("id-off") };
    for each in [&idle, &busy, &off] {
        save(&db, each).await;
    }
    let (mut tx, _) = db.write(HOME).await.unwrap();
    store::login_profiles::switch_off_idle(&mut tx, HOME, THEN, THEN.plus_seconds(7)).await.unwrap();
    tx.commit().await.unwrap();
    is_stored(&db, &LoginProfile { auto_disabled: true, updated_at: THEN.plus_seconds(7), ..idle }).await;
    is_stored(&db, &busy).await;
    is_stored(&db, &off).await;
}
