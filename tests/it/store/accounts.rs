//! Accounts, their settings, their counts, and what goes with them.

use sesame::domain::account::Cloud;
use sesame::domain::password_policy::PasswordPolicy;
use sesame::domain::security_preference::{MfaAtLogin, SecurityPreference};
use sesame::domain::time::{ClockSetting, Time};
use sesame::store::accounts::Counter;
use sesame::store::tags::Owner;
use sesame::store::{self, Db};

use super::{HOME, THEN, access_key, device, home, make_account, make_users, profile, role, session};
use crate::support::Place;

on_every_store![
    a_new_account_has_its_id_for_an_alias_and_default_settings,
    an_account_that_is_there_is_not_made_again,
    settings_of_an_account_come_back_as_they_were_stored,
    an_alias_is_taken_once_in_a_cloud,
    the_clock_of_an_account_comes_back_or_is_none,
    counts_are_added_to,
    every_write_raises_the_generation_of_its_account_alone,
    an_account_that_is_dropped_takes_everything_with_it,
    an_account_that_is_emptied_keeps_its_seeded_key,
    there_is_no_writing_in_an_account_that_is_not_there,
    the_clock_of_the_world_comes_back,
    nonces_are_new_once_and_forgotten_in_time,
];

async fn a_new_account_has_its_id_for_an_alias_and_default_settings(place: &Place) {
    let db = home(place).await;
    let account = store::accounts::find(&mut db.read().await.unwrap(), HOME).await.unwrap().unwrap();
    assert_eq!((&*account.alias, account.cloud, account.created_at), (HOME, Cloud::Alibaba, THEN));
    assert_eq!((account.users, account.roles, account.mfa_devices), (0, 0, 0));
    assert_eq!(account.password_policy, PasswordPolicy::default());
    assert_eq!(account.security_preference, SecurityPreference::default());
    assert_eq!(account.clock, None);
    let mut conn = db.read().await.unwrap();
    assert!(store::accounts::by_alias(&mut conn, Cloud::Alibaba, HOME).await.unwrap().is_some());
    assert!(store::accounts::by_alias(&mut conn, Cloud::Aws, HOME).await.unwrap().is_none());
    assert!(store::accounts::find(&mut conn, "2000000000000000").await.unwrap().is_none());
}

async fn an_account_that_is_there_is_not_made_again(place: &Place) {
    let db = home(place).await;
    make_users(&db, &["alice"]).await;
    let mut tx = db.write_new(HOME).await.unwrap();
    assert!(!store::accounts::insert(&mut tx, HOME, Cloud::Aws, Time(1)).await.unwrap());
    tx.commit().await.unwrap();
    let mut conn = db.read().await.unwrap();
    assert_eq!(store::accounts::find(&mut conn, HOME).await.unwrap().unwrap().cloud, Cloud::Alibaba);
    assert!(store::users::by_name(&mut conn, HOME, "alice").await.unwrap().is_some());
}

async fn settings_of_an_account_come_back_as_they_were_stored(place: &Place) {
    let db = home(place).await;
    let policy = PasswordPolicy {
        minimum_length: 32,
        require_lowercase: true,
        require_uppercase: true,
        require_numbers: true,
        require_symbols: true,
        hard_expiry: true,
        max_login_attempts: 5,
        reuse_prevention: 24,
        max_age_days: 1_095,
        minimum_distinct: 8,
        refuse_user_name: true,
        initial_age_days: 90,
        refuse_risk_passwords: true,
        ..PasswordPolicy::default()
    };
    let preference = SecurityPreference {
        network_masks: "10.0.0.0/8;::1".to_owned(),
        mfa_at_login: MfaAtLogin::Adaptive,
        verification_types: vec!["sms".to_owned(), "email".to_owned()],
        change_password: false,
        session_hours: 24,
        ..SecurityPreference::default()
    };
    let (mut tx, _) = db.write(HOME).await.unwrap();
    store::accounts::set_password_policy(&mut tx, HOME, &policy).await.unwrap();
    store::accounts::set_security_preference(&mut tx, HOME, &preference).await.unwrap();
    tx.commit().await.unwrap();
    let account = store::accounts::find(&mut db.read().await.unwrap(), HOME).await.unwrap().unwrap();
    assert_eq!(account.password_policy, policy);
    assert_eq!(account.security_preference, preference);
}

async fn an_alias_is_taken_once_in_a_cloud(place: &Place) {
    const OTHER: &str = "1000000000000043";
    let db = home(place).await;
    make_account(&db, OTHER).await;
    let set = async |id: &str, alias: &str| {
        let (mut tx, _) = db.write(id).await.unwrap();
        let set = store::accounts::set_alias(&mut tx, id, alias).await.unwrap();
        tx.commit().await.unwrap();
        set
    };
    assert!(set(HOME, "team").await);
    assert!(set(HOME, "team").await, "its own alias is no obstacle");
    assert!(!set(OTHER, "team").await);
    assert!(set(HOME, HOME).await);
    assert!(set(OTHER, "team").await);
    let found = store::accounts::by_alias(&mut db.read().await.unwrap(), Cloud::Alibaba, "team").await.unwrap();
    assert_eq!(found.unwrap().id, OTHER);
}

async fn the_clock_of_an_account_comes_back_or_is_none(place: &Place) {
    let db = home(place).await;
    let clocks = [Some(ClockSetting::Offset(-7)), Some(ClockSetting::Frozen(THEN)), Some(ClockSetting::System), None];
    for clock in clocks {
        let (mut tx, _) = db.write(HOME).await.unwrap();
        store::accounts::set_clock(&mut tx, HOME, clock).await.unwrap();
        tx.commit().await.unwrap();
        let account = store::accounts::find(&mut db.read().await.unwrap(), HOME).await.unwrap().unwrap();
        assert_eq!(account.clock, clock);
    }
}

async fn counts_are_added_to(place: &Place) {
    let db = home(place).await;
    let (mut tx, _) = db.write(HOME).await.unwrap();
    for (counter, more) in [(Counter::Users, 3), (Counter::Users, -1), (Counter::Roles, 4), (Counter::MfaDevices, 5)] {
        store::accounts::count(&mut tx, HOME, counter, more).await.unwrap();
    }
    tx.commit().await.unwrap();
    let account = store::accounts::find(&mut db.read().await.unwrap(), HOME).await.unwrap().unwrap();
    assert_eq!((account.users, account.roles, account.mfa_devices), (2, 4, 5));
}

async fn every_write_raises_the_generation_of_its_account_alone(place: &Place) {
    const OTHER: &str = "1000000000000043";
    let db = home(place).await;
    make_account(&db, OTHER).await;
    let (home_before, other_before) = (db.pulse(HOME).await.unwrap(), db.pulse(OTHER).await.unwrap());
    let (tx, first) = db.write(HOME).await.unwrap();
    tx.commit().await.unwrap();
    let (tx, second) = db.write(HOME).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(second.generation, first.generation + 1);
    assert_ne!(db.pulse(HOME).await.unwrap(), home_before);
    assert_eq!(db.pulse(OTHER).await.unwrap(), other_before);
    db.write_world().await.unwrap().commit().await.unwrap();
    assert_ne!(db.pulse(OTHER).await.unwrap(), other_before);
}

/// Puts one of everything into the account.
async fn furnish(db: &Db) {
    make_users(db, &["alice"]).await;
    let (mut tx, _) = db.write(HOME).await.unwrap();
    let tag = sesame::domain::user::Tag { key: "k".to_owned(), value: "v".to_owned() };
    store::tags::insert(&mut tx, HOME, Owner::User, "id-alice", &tag).await.unwrap();
    store::login_profiles::save(&mut tx, &profile("id-alice")).await.unwrap();
    store::login_profiles::remember(&mut tx, HOME, "id-alice", "hash").await.unwrap();
    store::access_keys::insert(&mut tx, &access_key("plain", Some("id-alice"))).await.unwrap();
    let seeded = sesame::domain::access_key::AccessKey { seeded: true, ..access_key("seeded", None) };
    store::access_keys::insert(&mut tx, &seeded).await.unwrap();
    store::mfa_devices::insert(&mut tx, &device("phone")).await.unwrap();
    store::roles::insert(&mut tx, &role("r1", "ops")).await.unwrap();
    store::sessions::insert(&mut tx, &session("s1", "id-alice")).await.unwrap();
    store::accounts::count(&mut tx, HOME, Counter::Users, 1).await.unwrap();
    tx.commit().await.unwrap();
}

/// Checks that nothing is left in the account but what is counted here.
async fn is_bare(db: &Db, keys: &[&str]) {
    let mut conn = db.read().await.unwrap();
    assert!(store::users::page(&mut conn, HOME, "", 10).await.unwrap().is_empty());
    assert!(store::tags::of(&mut conn, HOME, Owner::User, "id-alice").await.unwrap().is_empty());
    assert!(store::login_profiles::find(&mut conn, HOME, "id-alice").await.unwrap().is_none());
    assert!(store::login_profiles::history(&mut conn, HOME, "id-alice", 24).await.unwrap().is_empty());
    assert!(store::mfa_devices::page(&mut conn, HOME, "", 10).await.unwrap().is_empty());
    assert!(store::roles::page(&mut conn, HOME, "", 10).await.unwrap().is_empty());
    assert!(store::sessions::list(&mut conn, Some(HOME), None).await.unwrap().is_empty());
    for key in ["plain", "seeded"] {
        assert_eq!(store::access_keys::find(&mut conn, key).await.unwrap().is_some(), keys.contains(&key), "{key}");
    }
}

async fn an_account_that_is_dropped_takes_everything_with_it(place: &Place) {
    let db = home(place).await;
    furnish(&db).await;
    let mut tx = db.write_new(HOME).await.unwrap();
    assert!(store::accounts::delete(&mut tx, HOME).await.unwrap());
    assert!(!store::accounts::delete(&mut tx, HOME).await.unwrap());
    tx.commit().await.unwrap();
    assert!(store::accounts::find(&mut db.read().await.unwrap(), HOME).await.unwrap().is_none());
    is_bare(&db, &[]).await;
}

async fn an_account_that_is_emptied_keeps_its_seeded_key(place: &Place) {
    let db = home(place).await;
    furnish(&db).await;
    let (mut tx, _) = db.write(HOME).await.unwrap();
    store::accounts::empty(&mut tx, HOME).await.unwrap();
    tx.commit().await.unwrap();
    is_bare(&db, &["seeded"]).await;
    let account = store::accounts::find(&mut db.read().await.unwrap(), HOME).await.unwrap().unwrap();
    assert_eq!(account.users, 0);
}

async fn there_is_no_writing_in_an_account_that_is_not_there(place: &Place) {
    let db = home(place).await;
    let error = db.write("1000000000000099").await.map(|_| ()).unwrap_err();
    assert!(matches!(error, sesame::domain::error::Error::Conflict), "{error}");
    // What failed holds nothing up.
    make_users(&db, &["alice"]).await;
}

async fn the_clock_of_the_world_comes_back(place: &Place) {
    let db = home(place).await;
    assert_eq!(store::world::clock(&mut db.read().await.unwrap()).await.unwrap(), ClockSetting::System);
    let mut tx = db.write_world().await.unwrap();
    store::world::set_clock(&mut tx, ClockSetting::Frozen(THEN)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store::world::clock(&mut db.read().await.unwrap()).await.unwrap(), ClockSetting::Frozen(THEN));
    assert_eq!(db.pulse(HOME).await.unwrap().clock, ClockSetting::Frozen(THEN));
}

async fn nonces_are_new_once_and_forgotten_in_time(place: &Place) {
    let db = home(place).await;
    // As the gateway does where the store is shared; a reader of a SQLite file may not write.
    let mut tx = db.write_aside().await.unwrap();
    assert!(store::nonces::remember(&mut tx, "key", "nonce", THEN).await.unwrap());
    assert!(!store::nonces::remember(&mut tx, "key", "nonce", THEN.plus_seconds(9)).await.unwrap());
    assert!(store::nonces::remember(&mut tx, "other", "nonce", THEN.plus_seconds(9)).await.unwrap());
    store::nonces::forget(&mut tx, THEN.plus_seconds(1)).await.unwrap();
    tx.commit().await.unwrap();
    let mut conn = db.read().await.unwrap();
    assert!(!store::nonces::seen(&mut conn, "key", "nonce").await.unwrap());
    assert!(store::nonces::seen(&mut conn, "other", "nonce").await.unwrap());
}
