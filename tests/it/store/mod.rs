//! The store through the crate's public API, the same on both engines.

use sesame::domain::access_key::{AccessKey, KeyStatus};
use sesame::domain::account::Cloud;
use sesame::domain::login_profile::{LoginProfile, LogonStatus, Password};
use sesame::domain::mfa::MfaDevice;
use sesame::domain::role::Role;
use sesame::domain::session::{Session, SessionContext, SessionKind};
use sesame::domain::time::Time;
use sesame::domain::user::User;
use sesame::store::{self, Db};

use crate::support::Place;

mod accounts;
mod credentials;
mod login_profiles;
mod opening;
mod schema;
mod sessions;
mod upgrade;
mod users;
mod writing;

/// The account of most tests.
const HOME: &str = "1000000000000042";
/// When most things were made.
const THEN: Time = Time(1_700_000_000_123_456);

/// A store with one empty account.
async fn home(place: &Place) -> Db {
    let db = place.open().await;
    make_account(&db, HOME).await;
    db
}

async fn make_account(db: &Db, id: &str) {
    let mut tx = db.write_new(id).await.unwrap();
    assert!(store::accounts::insert(&mut tx, id, Cloud::Alibaba, THEN).await.unwrap());
    tx.commit().await.unwrap();
}

fn user(id: &str, name: &str) -> User {
    User {
        path: "/".to_owned(),
        permissions_boundary: None,
        account_id: HOME.to_owned(),
        id: id.to_owned(),
        name: name.to_owned(),
        display_name: String::new(),
        comments: String::new(),
        email: String::new(),
        mobile_phone: String::new(),
        created_at: THEN,
        updated_at: THEN,
        last_login_at: None,
    }
}

/// Makes users, each with an id of its name.
async fn make_users(db: &Db, names: &[&str]) {
    let (mut tx, _) = db.write(HOME).await.unwrap();
    for name in names {
        assert!(store::users::insert(&mut tx, &user(&format!("id-{name}"), name)).await.unwrap(), "{name}");
    }
    tx.commit().await.unwrap();
}

fn profile(user_id: &str) -> LoginProfile {
    LoginProfile {
        account_id: HOME.to_owned(),
        user_id: user_id.to_owned(),
        status: LogonStatus::Active,
        password_reset_required: false,
        mfa_bind_required: false,
        password: Some(password("hash")),
        auto_disabled: false,
        idle_since: THEN,
        failed_attempts: 0,
        locked_until: None,
        last_login_at: None,
        last_login_address: None,
        created_at: THEN,
        updated_at: THEN,
    }
}

fn password(hash: &str) -> Password {
    Password { hash: hash.to_owned(), set_at: THEN, initial: true, expires_at: None, initial_expires_at: None }
}

fn access_key(id: &str, user_id: Option<&str>) -> AccessKey {
    AccessKey {
        account_id: HOME.to_owned(),
        id: id.to_owned(),
        user_id: user_id.map(str::to_owned),
        secret: format!("secret of {id}"),
        status: KeyStatus::Active,
        seeded: false,
        created_at: THEN,
        updated_at: THEN,
        last_used_at: None,
        last_used_service: None,
        last_used_region: None,
    }
}

fn device(name: &str) -> MfaDevice {
    MfaDevice {
        path: "/".to_owned(),
        account_id: HOME.to_owned(),
        name: name.to_owned(),
        seed: (0..=255).collect(),
        user_id: None,
        bound_at: None,
        last_step: 0,
        used_before: 0,
        last_pair: 0,
        drift: 0,
        created_at: THEN,
    }
}

fn role(id: &str, name: &str) -> Role {
    Role {
        path: "/".to_owned(),
        permissions_boundary: None,
        service_name: None,
        last_used: None,
        account_id: HOME.to_owned(),
        id: id.to_owned(),
        name: name.to_owned(),
        description: "für alle".to_owned(),
        trust_policy: r#"{"Version":"1"}"#.to_owned(),
        max_session_seconds: 43_200,
        console_login_allowed: true,
        created_at: THEN,
        updated_at: THEN.plus_seconds(1),
    }
}

fn session(id: &str, user_id: &str) -> Session {
    Session {
        id: id.to_owned(),
        account_id: HOME.to_owned(),
        kind: SessionKind::Console,
        user_id: Some(user_id.to_owned()),
        user_name: Some(format!("name of {user_id}")),
        role_id: None,
        role_name: None,
        session_name: None,
        source_identity: None,
        parent_id: None,
        key: None,
        session_policy: None,
        context: SessionContext::default(),
        mfa_present: false,
        source_address: None,
        started_at: THEN,
        expires_at: THEN.plus_seconds(3_600),
        ended_at: None,
        ended_because: None,
    }
}
