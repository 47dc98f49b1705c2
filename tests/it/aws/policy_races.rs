//! Many at once: names and quotas of groups and policies hold.

use super::{Answer, Aws, DOCUMENT};
use crate::support::{Place, TestApp, concurrently};

on_both_engines![
    of_many_who_create_groups_of_one_name_one_succeeds,
    a_policy_has_five_versions_however_many_are_made_at_once,
    policies_of_a_user_fit_its_quota_however_many_are_put_at_once,
    attachments_are_counted_exactly,
];

fn successes(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| answer.status == 200).count()
}

async fn of_many_who_create_groups_of_one_name_one_succeeds(place: &Place) {
    let app = TestApp::start(place).await;
    let answers = concurrently(16, |number| {
        let root = Aws::root(&app);
        async move { root.iam("CreateGroup", &[("GroupName", if number % 2 == 0 { "ops" } else { "OPS" })]).await }
    })
    .await;
    assert_eq!(successes(&answers), 1, "{answers:?}");
    assert!(answers.iter().filter(|answer| answer.status != 200).all(|answer| answer.status == 409), "{answers:?}");
    assert_eq!(Aws::root(&app).iam("ListGroups", &[]).await.ok().all("GroupName").len(), 1);
    let (_, account) = app.app.db.write("000000000000").await.unwrap();
    assert_eq!(account.groups, 1);
}

async fn a_policy_has_five_versions_however_many_are_made_at_once(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let arn = root.iam("CreatePolicy", &[("PolicyName", "p"), ("PolicyDocument", DOCUMENT)]).await.ok().text("Arn");
    let answers = concurrently(16, |number| {
        let (root, arn) = (root.clone(), arn.clone());
        async move {
            let default = if number % 2 == 0 { "true" } else { "false" };
            let version = [("PolicyArn", &*arn), ("PolicyDocument", DOCUMENT), ("SetAsDefault", default)];
            root.iam("CreatePolicyVersion", &version).await
        }
    })
    .await;
    assert_eq!(successes(&answers), 4, "{answers:?}");
    let versions = root.iam("ListPolicyVersions", &[("PolicyArn", &arn)]).await.ok();
    assert_eq!(versions.all("VersionId"), ["v5", "v4", "v3", "v2", "v1"]);
    assert_eq!(versions.all("IsDefaultVersion").iter().filter(|flag| *flag == "true").count(), 1);
}

async fn policies_of_a_user_fit_its_quota_however_many_are_put_at_once(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    root.iam("CreateUser", &[("UserName", "alice")]).await.ok();
    let document = DOCUMENT.replace("GetObject", &format!("GetObject{}", "x".repeat(400)));
    let answers = concurrently(16, |number| {
        let (root, document) = (root.clone(), document.clone());
        async move {
            let name = format!("p{number}");
            let policy = [("UserName", "alice"), ("PolicyName", &*name), ("PolicyDocument", &*document)];
            root.iam("PutUserPolicy", &policy).await
        }
    })
    .await;
    assert_eq!(successes(&answers), 2_048 / document.len(), "{answers:?}");
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.is(409, "LimitExceeded", "Maximum policy size of 2048 bytes exceeded for user alice");
    }
}

async fn attachments_are_counted_exactly(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let arn = root.iam("CreatePolicy", &[("PolicyName", "p"), ("PolicyDocument", DOCUMENT)]).await.ok().text("Arn");
    let answers = concurrently(8, |number| {
        let (root, arn) = (root.clone(), arn.clone());
        async move {
            let name = format!("g{}", number / 2);
            root.iam("CreateGroup", &[("GroupName", &name)]).await;
            root.iam("AttachGroupPolicy", &[("GroupName", &name), ("PolicyArn", &arn)]).await
        }
    })
    .await;
    assert_eq!(successes(&answers), 8, "{answers:?}");
    let count = async || root.iam("GetPolicy", &[("PolicyArn", &arn)]).await.ok().text("AttachmentCount");
    assert_eq!(count().await, "4");
    let conflict = root.iam("DeletePolicy", &[("PolicyArn", &arn)]).await;
    conflict.is(409, "DeleteConflict", "Cannot delete a policy attached to entities.");
    let answers = concurrently(8, |number| {
        let (root, arn) = (root.clone(), arn.clone());
        async move {
            let name = format!("g{}", number / 2);
            root.iam("DetachGroupPolicy", &[("GroupName", &name), ("PolicyArn", &arn)]).await
        }
    })
    .await;
    assert_eq!(successes(&answers), 4, "{answers:?}");
    assert_eq!(count().await, "0");
}
