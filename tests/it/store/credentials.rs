//! Access keys, virtual MFA devices and roles.

use sesame::domain::access_key::{AccessKey, KeyStatus};
use sesame::domain::mfa::MfaDevice;
use sesame::store;

use super::{HOME, THEN, access_key, device, home, make_users, role};
use crate::support::Place;

on_every_store![
    a_key_comes_back_with_every_field,
    a_deleted_key_stays_as_a_row_without_its_secret,
    the_keys_of_a_user_and_of_the_root_are_told_apart_and_ordered,
    a_device_comes_back_with_its_seed_to_the_byte,
    a_device_name_is_taken_once_without_regard_to_case,
    a_device_is_bound_and_taken_off_and_bound_again,
    a_role_comes_back_with_every_field,
    roles_are_found_without_regard_to_case_and_paged_by_bytes,
];

async fn a_key_comes_back_with_every_field(place: &Place) {
    let db = home(place).await;
    let (mut tx, _) = db.write(HOME).await.unwrap();
    store::access_keys::insert(&mut tx, &access_key("k", Some("id-alice"))).await.unwrap();
    store::access_keys::set_status(&mut tx, "k", KeyStatus::Inactive, THEN.plus_seconds(1)).await.unwrap();
    store::access_keys::used(&mut tx, "k", THEN.plus_seconds(2), "Ims", "").await.unwrap();
    tx.commit().await.unwrap();
    let found = store::access_keys::find(&mut db.read().await.unwrap(), "k").await.unwrap().unwrap();
    assert_eq!((&*found.account_id, found.user_id.as_deref(), &*found.secret), (HOME, Some("id-alice"), "secret of k"));
    assert_eq!((found.status, found.seeded), (KeyStatus::Inactive, false));
    assert_eq!((found.created_at, found.updated_at), (THEN, THEN.plus_seconds(1)));
    assert_eq!((found.last_used_at, found.last_used_service.as_deref()), (Some(THEN.plus_seconds(2)), Some("Ims")));
}

async fn a_deleted_key_stays_as_a_row_without_its_secret(place: &Place) {
    let db = home(place).await;
    let (mut tx, _) = db.write(HOME).await.unwrap();
    store::access_keys::insert(&mut tx, &access_key("k", Some("id-alice"))).await.unwrap();
    store::access_keys::erase(&mut tx, "k", THEN.plus_seconds(1)).await.unwrap();
    tx.commit().await.unwrap();
    let mut conn = db.read().await.unwrap();
    let found = store::access_keys::find(&mut conn, "k").await.unwrap().unwrap();
    assert_eq!((found.status, &*found.secret, found.updated_at), (KeyStatus::Deleted, "", THEN.plus_seconds(1)));
    assert!(store::access_keys::of(&mut conn, HOME, Some("id-alice")).await.unwrap().is_empty());
}

async fn the_keys_of_a_user_and_of_the_root_are_told_apart_and_ordered(place: &Place) {
    let db = home(place).await;
    let (mut tx, _) = db.write(HOME).await.unwrap();
    let later = AccessKey { created_at: THEN.plus_seconds(1), ..access_key("a", Some("id-alice")) };
    let seeded = AccessKey { seeded: true, ..access_key("root", None) };
    for key in [&later, &access_key("b", Some("id-alice")), &seeded, &access_key("plain", None)] {
        store::access_keys::insert(&mut tx, key).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut conn = db.read().await.unwrap();
    let ids = |keys: Vec<AccessKey>| keys.into_iter().map(|key| key.id).collect::<Vec<_>>();
    assert_eq!(ids(store::access_keys::of(&mut conn, HOME, Some("id-alice")).await.unwrap()), ["b", "a"]);
    assert_eq!(ids(store::access_keys::of(&mut conn, HOME, None).await.unwrap()), ["plain", "root"]);
    assert_eq!(ids(store::access_keys::seeded(&mut conn).await.unwrap()), ["root"]);
}

async fn a_device_comes_back_with_its_seed_to_the_byte(place: &Place) {
    let db = home(place).await;
    make_users(&db, &["alice"]).await;
    let (mut tx, _) = db.write(HOME).await.unwrap();
    assert!(store::mfa_devices::insert(&mut tx, &device("Phone")).await.unwrap());
    let bound = MfaDevice {
        user_id: Some("id-alice".to_owned()),
        bound_at: Some(THEN.plus_seconds(1)),
        last_step: i64::MAX,
        ..device("Phone")
    };
    store::mfa_devices::save(&mut tx, &bound).await.unwrap();
    tx.commit().await.unwrap();
    let mut conn = db.read().await.unwrap();
    let found = store::mfa_devices::by_name(&mut conn, HOME, "phone").await.unwrap().unwrap();
    assert_eq!((&*found.name, &found.seed), ("Phone", &bound.seed));
    assert_eq!((found.bound_at, found.last_step, found.created_at), (bound.bound_at, i64::MAX, THEN));
    let of_user = store::mfa_devices::of_user(&mut conn, HOME, "id-alice").await.unwrap().remove(0);
    assert_eq!(of_user.name, "Phone");
}

async fn a_device_name_is_taken_once_without_regard_to_case(place: &Place) {
    let db = home(place).await;
    let (mut tx, _) = db.write(HOME).await.unwrap();
    assert!(store::mfa_devices::insert(&mut tx, &device("phone")).await.unwrap());
    assert!(!store::mfa_devices::insert(&mut tx, &device("PHONE")).await.unwrap());
    for name in ["-", "9", "B", "a"] {
        assert!(store::mfa_devices::insert(&mut tx, &device(name)).await.unwrap());
    }
    tx.commit().await.unwrap();
    let all = store::mfa_devices::page(&mut db.read().await.unwrap(), HOME, "", 10).await.unwrap();
    assert_eq!(all.iter().map(|device| &*device.name).collect::<Vec<_>>(), ["-", "9", "a", "B", "phone"]);
}

async fn a_device_is_bound_and_taken_off_and_bound_again(place: &Place) {
    let db = home(place).await;
    make_users(&db, &["alice"]).await;
    let (mut tx, _) = db.write(HOME).await.unwrap();
    let bound = |name: &str| MfaDevice { user_id: Some("id-alice".to_owned()), ..device(name) };
    for name in ["one", "two"] {
        store::mfa_devices::insert(&mut tx, &device(name)).await.unwrap();
    }
    store::mfa_devices::save(&mut tx, &bound("one")).await.unwrap();
    store::mfa_devices::save(&mut tx, &device("one")).await.unwrap();
    assert!(store::mfa_devices::of_user(&mut tx, HOME, "id-alice").await.unwrap().is_empty());
    store::mfa_devices::save(&mut tx, &bound("two")).await.unwrap();
    store::mfa_devices::delete(&mut tx, HOME, "ONE").await.unwrap();
    tx.commit().await.unwrap();
    let mut conn = db.read().await.unwrap();
    assert_eq!(store::mfa_devices::of_user(&mut conn, HOME, "id-alice").await.unwrap().remove(0).name, "two");
    assert!(store::mfa_devices::by_name(&mut conn, HOME, "one").await.unwrap().is_none());
}

async fn a_role_comes_back_with_every_field(place: &Place) {
    let db = home(place).await;
    let full = role("3000", "Ops-1");
    let (mut tx, _) = db.write(HOME).await.unwrap();
    assert!(store::roles::insert(&mut tx, &full).await.unwrap());
    tx.commit().await.unwrap();
    let found = store::roles::by_name(&mut db.read().await.unwrap(), HOME, "ops-1").await.unwrap().unwrap();
    assert_eq!(format!("{found:?}"), format!("{full:?}"));
}

async fn roles_are_found_without_regard_to_case_and_paged_by_bytes(place: &Place) {
    let db = home(place).await;
    let (mut tx, _) = db.write(HOME).await.unwrap();
    for (number, name) in ["b", "A", "_", "0", "-"].iter().enumerate() {
        assert!(store::roles::insert(&mut tx, &role(&format!("r{number}"), name)).await.unwrap());
    }
    assert!(!store::roles::insert(&mut tx, &role("r9", "B")).await.unwrap());
    store::roles::delete(&mut tx, HOME, "r3").await.unwrap();
    tx.commit().await.unwrap();
    let mut conn = db.read().await.unwrap();
    let page = store::roles::page(&mut conn, HOME, "", 10).await.unwrap();
    assert_eq!(page.iter().map(|role| &*role.name).collect::<Vec<_>>(), ["-", "_", "A", "b"]);
    let rest = store::roles::page(&mut conn, HOME, "_", 1).await.unwrap();
    assert_eq!(rest.iter().map(|role| &*role.name).collect::<Vec<_>>(), ["A"]);
}
