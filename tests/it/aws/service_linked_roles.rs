//! Service-linked roles.

use serde_json::{Value, json};

use super::client::Aws;
use super::roles::{ACCOUNT, EC2, counted, role};
use crate::support::{Place, TestApp};

on_every_store![service_linked_roles_belong_to_their_services, a_reset_takes_everything,];

async fn service_linked_roles_belong_to_their_services(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let service = ("AWSServiceName", "autoscaling.amazonaws.com");
    let name = "AWSServiceRoleForAutoScaling_dev";
    let given = [service, ("CustomSuffix", "dev"), ("Description", "mine")];
    let made = root.iam("CreateServiceLinkedRole", &given).await.ok();
    let arn = format!("arn:aws:iam::{ACCOUNT}:role/aws-service-role/autoscaling.amazonaws.com/{name}");
    assert_eq!((made.text("Arn"), made.text("RoleName")), (arn, name.to_owned()));
    assert!(!made.has("Description"));
    let document: Value = serde_json::from_str(&made.document("AssumeRolePolicyDocument")).unwrap();
    assert_eq!(document["Statement"][0]["Action"], json!(["sts:AssumeRole"]));
    let taken = root.iam("CreateServiceLinkedRole", &given).await;
    let text = format!("Service role name {name} has been taken in this account, please try a different suffix.");
    taken.is(400, "InvalidInput", &text);
    root.iam("CreateServiceLinkedRole", &[service]).await.ok();
    let suffix = [("AWSServiceName", "ecs.amazonaws.com"), ("CustomSuffix", "x")];
    let refused = root.iam("CreateServiceLinkedRole", &suffix).await;
    refused.is(400, "InvalidInput", "Custom suffix is not allowed for ecs.amazonaws.com");
    let unknown = root.iam("CreateServiceLinkedRole", &[("AWSServiceName", "x.amazonaws.com")]).await;
    unknown.is(403, "AccessDenied", "Cannot find Service Linked Role template for x.amazonaws.com");

    let role = ("RoleName", name);
    let got = root.iam("GetRole", &[role]).await.ok();
    assert_eq!(got.text("Description"), "mine");
    let statement: Value = serde_json::from_str(&got.document("AssumeRolePolicyDocument")).unwrap();
    assert_eq!(statement["Statement"][0]["Principal"], json!({"Service": "autoscaling.amazonaws.com"}));
    let protected =
        format!("Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS");
    let profile = ("InstanceProfileName", "p");
    root.iam("CreateInstanceProfile", &[profile]).await.ok();
    for (action, more) in [
        ("DeleteRole", None),
        ("UpdateAssumeRolePolicy", Some(("PolicyDocument", EC2))),
        ("AddRoleToInstanceProfile", Some(profile)),
        ("RemoveRoleFromInstanceProfile", Some(profile)),
    ] {
        let given: Vec<_> = std::iter::once(role).chain(more).collect();
        root.iam(action, &given).await.is(400, "UnmodifiableEntity", &protected);
    }
    let fixed = format!("{name} is an AWS service linked role, max session duration cannot be changed.");
    let refused = root.iam("UpdateRole", &[role, ("MaxSessionDuration", "7200")]).await;
    refused.is(400, "UnmodifiableEntity", &fixed);
    root.iam("UpdateRole", &[role, ("Description", "two")]).await.ok();
    root.iam("UpdateRoleDescription", &[role, ("Description", "three")]).await.ok();
    root.iam("TagRole", &[role, ("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v")]).await.ok();
    root.iam("UntagRole", &[role, ("TagKeys.member.1", "k")]).await.ok();

    let deleted = root.iam("DeleteServiceLinkedRole", &[role]).await.ok().text("DeletionTaskId");
    assert!(deleted.starts_with(&format!("task/aws-service-role/autoscaling.amazonaws.com/{name}/")), "{deleted}");
    let status = async |id: &str| root.iam("GetServiceLinkedRoleDeletionStatus", &[("DeletionTaskId", id)]).await;
    assert_eq!(status(&deleted).await.ok().text("Status"), "SUCCEEDED");
    let other = deleted.replace("_dev/", "_other/");
    status(&other).await.is(404, "NoSuchEntity", "Cannot find deletion status for given id.");
    status("x").await.is(400, "InvalidInput", "Invalid task id");
    let gone = format!("The role with name {name} cannot be found.");
    root.iam("DeleteServiceLinkedRole", &[role]).await.is(404, "NoSuchEntity", &gone);
    assert_eq!(counted(&app).await.0, 1);
}

async fn a_reset_takes_everything(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    role(&root, "r").await;
    root.iam("CreateInstanceProfile", &[("InstanceProfileName", "p")]).await.ok();
    root.iam("AddRoleToInstanceProfile", &[("InstanceProfileName", "p"), ("RoleName", "r")]).await.ok();
    root.iam("CreateServiceLinkedRole", &[("AWSServiceName", "ecs.amazonaws.com")]).await.ok();
    let name = ("RoleName", "AWSServiceRoleForECS");
    let task = root.iam("DeleteServiceLinkedRole", &[name]).await.ok().text("DeletionTaskId");
    assert_eq!(app.control.reset().await, 204);
    for (action, name) in [("ListRoles", "RoleName"), ("ListInstanceProfiles", "InstanceProfileName")] {
        assert!(!root.iam(action, &[]).await.ok().has(name), "{action}");
    }
    let status = root.iam("GetServiceLinkedRoleDeletionStatus", &[("DeletionTaskId", &task)]).await;
    assert_eq!(status.code(), "NoSuchEntity");
    assert_eq!(counted(&app).await, (0, 0));
}
