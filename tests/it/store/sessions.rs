//! Sessions and how they end.

use sesame::domain::session::{EndReason, Session, SessionContext, SessionKey, SessionKind, SessionState};
use sesame::domain::user::Tag;
use sesame::store;
use sesame::store::Db;

use super::{HOME, THEN, home, session};
use crate::support::Place;

on_every_store![
    a_session_comes_back_with_every_field,
    sessions_are_listed_by_account_and_by_user_without_regard_to_case,
    a_users_sessions_end_and_tell_what_hangs_on_them_and_no_others,
    ending_one_session_ends_no_other,
    what_has_ended_keeps_its_end_and_what_has_lapsed_stays_lapsed,
];

async fn insert(db: &Db, sessions: &[Session]) {
    let (mut tx, _) = db.write(HOME).await.unwrap();
    for each in sessions {
        store::sessions::insert(&mut tx, each).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn find(db: &Db, id: &str) -> Session {
    store::sessions::find(&mut db.read().await.unwrap(), id).await.unwrap().unwrap()
}

/// A role session that hangs on another.
fn child(id: &str, user_id: &str, parent: &str) -> Session {
    Session { kind: SessionKind::Role, parent_id: Some(parent.to_owned()), ..session(id, user_id) }
}

async fn a_session_comes_back_with_every_field(place: &Place) {
    let db = home(place).await;
    let full = Session {
        kind: SessionKind::Role,
        role_id: Some("3000".to_owned()),
        role_name: Some("ops".to_owned()),
        session_name: Some("night".to_owned()),
        source_identity: Some("me".to_owned()),
        parent_id: Some("parent".to_owned()),
        key: Some(SessionKey {
            access_key_id: "STS.N1".to_owned(),
            secret: "secret".to_owned(),
            token_hash: "00ff".to_owned(),
        }),
        session_policy: Some("{}".to_owned()),
        context: SessionContext {
            tags: vec![Tag { key: "Team".to_owned(), value: "blau".to_owned() }],
            transitive_keys: vec!["Team".to_owned()],
            policy_arns: vec!["arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned()],
            federated_provider: Some("example.com".to_owned()),
            federated_facts: vec![("saml:sub".to_owned(), vec!["alice".to_owned()])],
        },
        mfa_present: true,
        source_address: Some("::1".to_owned()),
        ..session("s1", "id-alice")
    };
    insert(&db, std::slice::from_ref(&full)).await;
    let mut conn = db.read().await.unwrap();
    let found = store::sessions::by_access_key(&mut conn, "STS.N1").await.unwrap().unwrap();
    let key = found.key.as_ref().unwrap();
    assert_eq!((&*key.access_key_id, &*key.secret, &*key.token_hash), ("STS.N1", "secret", "00ff"));
    assert_eq!((&found.id, &found.account_id, found.kind), (&full.id, &full.account_id, full.kind));
    assert_eq!((&found.user_id, &found.user_name), (&full.user_id, &full.user_name));
    assert_eq!((&found.role_id, &found.role_name), (&full.role_id, &full.role_name));
    assert_eq!((&found.session_name, &found.source_identity), (&full.session_name, &full.source_identity));
    assert_eq!((&found.parent_id, &found.session_policy), (&full.parent_id, &full.session_policy));
    assert_eq!(found.context, full.context);
    assert_eq!((found.mfa_present, &found.source_address), (true, &full.source_address));
    assert_eq!((found.started_at, found.expires_at), (full.started_at, full.expires_at));
    assert_eq!((found.ended_at, found.ended_because), (None, None));
    assert!(store::sessions::by_access_key(&mut conn, "STS.N2").await.unwrap().is_none());
    assert!(store::sessions::find(&mut conn, "s2").await.unwrap().is_none());
}

async fn sessions_are_listed_by_account_and_by_user_without_regard_to_case(place: &Place) {
    let db = home(place).await;
    let later = Session { started_at: THEN.plus_seconds(1), ..session("a", "id-alice") };
    insert(&db, &[later, session("c", "id-alice"), session("b", "id-bob")]).await;
    let mut conn = db.read().await.unwrap();
    let ids = |all: Vec<Session>| all.into_iter().map(|session| session.id).collect::<Vec<_>>();
    assert_eq!(ids(store::sessions::list(&mut conn, None, None).await.unwrap()), ["b", "c", "a"]);
    assert_eq!(ids(store::sessions::list(&mut conn, Some(HOME), None).await.unwrap()), ["b", "c", "a"]);
    let of_alice = store::sessions::list(&mut conn, Some(HOME), Some("NAME of id-alice")).await.unwrap();
    assert_eq!(ids(of_alice), ["c", "a"]);
    assert!(store::sessions::list(&mut conn, Some("1000000000000043"), None).await.unwrap().is_empty());
}

async fn a_users_sessions_end_and_tell_what_hangs_on_them_and_no_others(place: &Place) {
    let db = home(place).await;
    let standing_alone = Session { kind: SessionKind::Role, ..session("sts", "id-alice") };
    insert(
        &db,
        &[
            session("alice", "id-alice"),
            child("alice-role", "id-alice", "alice"),
            standing_alone,
            session("bob", "id-bob"),
            child("bob-role", "id-bob", "bob"),
        ],
    )
    .await;
    let now = THEN.plus_seconds(10);
    let (mut tx, _) = db.write(HOME).await.unwrap();
    let hanging = store::sessions::children_of_user(&mut tx, HOME, "id-alice").await.unwrap();
    assert_eq!(hanging.iter().map(|session| &*session.id).collect::<Vec<_>>(), ["alice-role"]);
    store::sessions::end(&mut tx, "alice-role", EndReason::ParentEnded, now).await.unwrap();
    store::sessions::end_of_user(&mut tx, HOME, "id-alice", EndReason::PasswordChanged, now).await.unwrap();
    tx.commit().await.unwrap();
    for (id, ended) in [
        ("alice", Some((now, EndReason::PasswordChanged))),
        ("alice-role", Some((now, EndReason::ParentEnded))),
        ("sts", None),
        ("bob", None),
        ("bob-role", None),
    ] {
        let found = find(&db, id).await;
        assert_eq!(found.ended_at.zip(found.ended_because), ended, "{id}");
    }
    assert_eq!(find(&db, "alice").await.state(now), SessionState::Revoked);
}

async fn ending_one_session_ends_no_other(place: &Place) {
    let db = home(place).await;
    insert(&db, &[session("one", "id-alice"), child("role", "id-alice", "one"), session("two", "id-alice")]).await;
    let now = THEN.plus_seconds(10);
    let (mut tx, _) = db.write(HOME).await.unwrap();
    let hanging = store::sessions::children(&mut tx, "one").await.unwrap();
    assert_eq!(hanging.iter().map(|session| &*session.id).collect::<Vec<_>>(), ["role"]);
    store::sessions::end(&mut tx, "one", EndReason::Revoked, now).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(find(&db, "one").await.ended_because, Some(EndReason::Revoked));
    assert_eq!(find(&db, "role").await.ended_because, None);
    assert_eq!(find(&db, "two").await.ended_because, None);
}

async fn what_has_ended_keeps_its_end_and_what_has_lapsed_stays_lapsed(place: &Place) {
    let db = home(place).await;
    let short = Session { expires_at: THEN.plus_seconds(5), ..session("lapsed", "id-alice") };
    insert(&db, &[session("ended", "id-alice"), short]).await;
    let reasons = [(1, EndReason::SignedOut), (10, EndReason::PasswordReset)];
    for (after, because) in reasons {
        let (mut tx, _) = db.write(HOME).await.unwrap();
        store::sessions::end(&mut tx, "ended", because, THEN.plus_seconds(after)).await.unwrap();
        if after == 10 {
            let now = THEN.plus_seconds(after);
            store::sessions::end_of_user(&mut tx, HOME, "id-alice", because, now).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
    let ended = find(&db, "ended").await;
    assert_eq!((ended.ended_at, ended.ended_because), (Some(THEN.plus_seconds(1)), Some(EndReason::SignedOut)));
    let lapsed = find(&db, "lapsed").await;
    assert_eq!(lapsed.ended_because, Some(EndReason::PasswordReset), "a clock moved back must not bring it back");
    for now in [0, 10] {
        assert_eq!(lapsed.state(THEN.plus_seconds(now)), SessionState::Expired);
    }
}
