//! Many at once: names, versions and attachments of policies hold.

use serde_json::json;

use super::managed::{DOCUMENT, attach, custom, detach, names, policy, system};
use crate::support::{Place, TestApp, concurrently, count};

on_both_engines![
    of_many_who_create_policies_of_one_name_one_succeeds,
    a_policy_has_five_versions_however_many_are_made_at_once,
    rotating_at_once_leaves_five_versions_and_the_one_in_force,
    of_many_who_attach_one_policy_one_succeeds,
    attachments_keep_their_limit_however_many_come_at_once,
    a_policy_is_deleted_or_attached_and_never_both,
    a_user_is_deleted_or_gets_a_policy_and_never_both,
];

const ALICE: [(&str, &str); 1] = [("UserName", "alice")];

async fn of_many_who_create_policies_of_one_name_one_succeeds(place: &Place) {
    let app = TestApp::start(place).await;
    let replies = concurrently(16, |number| {
        let root = app.root();
        let name = if number % 2 == 0 { "p" } else { "P" };
        async move { root.ram("CreatePolicy", &[("PolicyName", name), ("PolicyDocument", DOCUMENT)]).await }
    })
    .await;
    assert_eq!((count(&replies, ""), count(&replies, "EntityAlreadyExists.Policy")), (1, 15), "{replies:?}");
}

async fn a_policy_has_five_versions_however_many_are_made_at_once(place: &Place) {
    let app = TestApp::start(place).await;
    policy(&app.root(), "p").await;
    let replies = concurrently(16, |_| {
        let root = app.root();
        async move { root.ram("CreatePolicyVersion", &[("PolicyName", "p"), ("PolicyDocument", DOCUMENT)]).await }
    })
    .await;
    assert_eq!((count(&replies, ""), count(&replies, "LimitExceeded.Policy.Version")), (4, 12), "{replies:?}");
}

async fn rotating_at_once_leaves_five_versions_and_the_one_in_force(place: &Place) {
    let app = TestApp::start(place).await;
    policy(&app.root(), "p").await;
    let replies = concurrently(16, |number| {
        let root = app.root();
        async move {
            let version = [
                ("PolicyName", "p"),
                ("PolicyDocument", DOCUMENT),
                ("RotateStrategy", "DeleteOldestNonDefaultVersionWhenLimitExceeded"),
                ("SetAsDefault", if number % 3 == 0 { "true" } else { "false" }),
            ];
            root.ram("CreatePolicyVersion", &version).await
        }
    })
    .await;
    assert_eq!(count(&replies, ""), 16, "{replies:?}");
    let all = app.root().ram("ListPolicyVersions", &custom("p")).await.ok()["PolicyVersions"]["PolicyVersion"].clone();
    let all = all.as_array().unwrap();
    assert_eq!((all.len(), &all[0]["VersionId"]), (5, &json!("v17")));
    assert_eq!(all.iter().filter(|version| version["IsDefaultVersion"] == true).count(), 1);
}

async fn of_many_who_attach_one_policy_one_succeeds(place: &Place) {
    let app = TestApp::start(place).await;
    app.user("alice").await;
    let replies = concurrently(16, |_| {
        let root = app.root();
        async move { attach(&root, "User", &ALICE, &system("ReadOnlyAccess")).await }
    })
    .await;
    assert_eq!((count(&replies, ""), count(&replies, "EntityAlreadyExists.User.Policy")), (1, 15), "{replies:?}");
    let replies = concurrently(16, |_| {
        let root = app.root();
        async move { detach(&root, "User", &ALICE, &system("ReadOnlyAccess")).await }
    })
    .await;
    assert_eq!((count(&replies, ""), count(&replies, "EntityNotExist.User.Policy")), (1, 15), "{replies:?}");
    let found = app.root().ram("GetPolicy", &system("ReadOnlyAccess")).await.ok();
    assert_eq!(found["Policy"]["AttachmentCount"], 0);
}

async fn attachments_keep_their_limit_however_many_come_at_once(place: &Place) {
    let app = TestApp::start(place).await;
    app.user("alice").await;
    for number in 0..16 {
        policy(&app.root(), &format!("p-{number}")).await;
    }
    let replies = concurrently(16, |number| {
        let root = app.root();
        async move { attach(&root, "User", &ALICE, &custom(&format!("p-{number}"))).await }
    })
    .await;
    assert_eq!((count(&replies, ""), count(&replies, "LimitExceeded.User.Policy")), (10, 6), "{replies:?}");
    assert_eq!(names(&app.root(), "User", &ALICE).await.len(), 10);
}

async fn a_policy_is_deleted_or_attached_and_never_both(place: &Place) {
    let app = TestApp::start(place).await;
    app.user("alice").await;
    for round in 0..6 {
        let name = format!("p-{round}");
        policy(&app.root(), &name).await;
        let replies = concurrently(2, |number| {
            let (root, name) = (app.root(), name.clone());
            async move {
                match number {
                    0 => attach(&root, "User", &ALICE, &custom(&name)).await,
                    _ => root.ram("DeletePolicy", &[("PolicyName", &name)]).await,
                }
            }
        })
        .await;
        match (replies[0].code(), replies[1].code()) {
            ("", "DeleteConflict.Policy.User") => detach(&app.root(), "User", &ALICE, &custom(&name)).await.ok(),
            ("EntityNotExist.Policy", "") => json!(null),
            _ => panic!("{replies:?}"),
        };
        assert!(names(&app.root(), "User", &ALICE).await.is_empty());
    }
}

async fn a_user_is_deleted_or_gets_a_policy_and_never_both(place: &Place) {
    let app = TestApp::start(place).await;
    for _ in 0..6 {
        app.user("alice").await;
        let replies = concurrently(2, |number| {
            let root = app.root();
            async move {
                match number {
                    0 => attach(&root, "User", &ALICE, &system("ReadOnlyAccess")).await,
                    _ => root.ram("DeleteUser", &ALICE).await,
                }
            }
        })
        .await;
        match (replies[0].code(), replies[1].code()) {
            ("", "DeleteConflict.User.Policy") => {
                detach(&app.root(), "User", &ALICE, &system("ReadOnlyAccess")).await.ok();
                app.root().ram("DeleteUser", &ALICE).await.ok();
            }
            ("EntityNotExist.User", "") => {}
            _ => panic!("{replies:?}"),
        }
    }
    let found = app.root().ram("GetPolicy", &system("ReadOnlyAccess")).await.ok();
    assert_eq!(found["Policy"]["AttachmentCount"], 0);
}
