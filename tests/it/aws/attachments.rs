//! Managed policies on users, groups and roles, and permissions boundaries.

use super::policies::{ADMIN, KINDS, NONE, READ_ONLY, one_of_each, policy, role};
use super::{Aws, DOCUMENT};
use crate::support::{Place, TestApp};

on_both_engines![
    managed_policies_go_on_all_three_kinds,
    only_so_many_policies_go_on_one,
    those_who_have_a_policy_are_listed,
    boundaries_of_users_and_roles,
    service_linked_roles_are_left_alone,
];

const RESERVED: &str = "arn:aws:iam::aws:policy/aws-service-role/AutoScalingServiceRolePolicy";

async fn managed_policies_go_on_all_three_kinds(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    one_of_each(&app, &root).await;
    let created = [("PolicyName", "Own"), ("Path", "/own/"), ("PolicyDocument", DOCUMENT)];
    let own = root.iam("CreatePolicy", &created).await.ok().text("Arn");
    for (number, (kind, parameter, name)) in KINDS.into_iter().enumerate() {
        let of = (parameter, name);
        let (attach, detach) = (format!("Attach{kind}Policy"), format!("Detach{kind}Policy"));
        let list = format!("ListAttached{kind}Policies");
        for arn in [&*own, READ_ONLY, ADMIN, ADMIN] {
            root.iam(&attach, &[of, ("PolicyArn", arn)]).await.ok();
        }
        let page = root.iam(&list, &[of, ("MaxItems", "2")]).await.ok();
        assert_eq!(page.all("PolicyName"), ["AdministratorAccess", "Own"]);
        assert_eq!(page.all("PolicyArn"), [ADMIN, &own]);
        let rest = root.iam(&list, &[of, ("Marker", &page.text("Marker"))]).await.ok();
        assert_eq!(rest.all("PolicyName"), ["ReadOnlyAccess"]);
        assert_eq!(root.iam(&list, &[of, ("PathPrefix", "/own/")]).await.ok().all("PolicyName"), ["Own"]);
        for arn in [&*own, READ_ONLY] {
            let found = root.iam("GetPolicy", &[("PolicyArn", arn)]).await.ok();
            assert_eq!(found.text("AttachmentCount"), (number + 1).to_string());
        }
        root.iam(&detach, &[of, ("PolicyArn", ADMIN)]).await.ok();
        let gone = format!("Policy {ADMIN} was not found.");
        root.iam(&detach, &[of, ("PolicyArn", ADMIN)]).await.is(404, "NoSuchEntity", &gone);
        let none = format!("Policy {NONE} does not exist or is not attachable.");
        root.iam(&attach, &[of, ("PolicyArn", NONE)]).await.is(404, "NoSuchEntity", &none);
        let reserved = "Cannot attach a Service Role Policy to a Customer Role.";
        root.iam(&attach, &[of, ("PolicyArn", RESERVED)]).await.is(400, "PolicyNotAttachable", reserved);
        let invalid = "ARN no-arn-at-all-but-long is not valid.";
        let bad = ("PolicyArn", "no-arn-at-all-but-long");
        root.iam(&attach, &[of, bad]).await.is(400, "ValidationError", invalid);
        let gone = format!("The {} with name nobody cannot be found.", kind.to_lowercase());
        root.iam(&attach, &[(parameter, "nobody"), ("PolicyArn", NONE)]).await.is(404, "NoSuchEntity", &gone);
        root.iam(&list, &[(parameter, "nobody")]).await.is(404, "NoSuchEntity", &gone);
    }
}

async fn only_so_many_policies_go_on_one(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    one_of_each(&app, &root).await;
    let mut arns = Vec::new();
    for number in 0..11 {
        arns.push(policy(&root, &format!("p{number}")).await);
    }
    for (kind, parameter, name) in KINDS {
        for (number, arn) in arns.iter().enumerate() {
            let answer = root.iam(&format!("Attach{kind}Policy"), &[(parameter, name), ("PolicyArn", arn)]).await;
            if number < 10 {
                answer.ok();
            } else {
                answer.is(409, "LimitExceeded", &format!("Cannot exceed quota for PoliciesPer{kind}: 10"));
            }
        }
        let answer = root.iam(&format!("Attach{kind}Policy"), &[(parameter, name), ("PolicyArn", &arns[0])]).await;
        answer.ok();
    }
    assert_eq!(root.iam("GetPolicy", &[("PolicyArn", &arns[10])]).await.ok().text("AttachmentCount"), "0");
}

async fn those_who_have_a_policy_are_listed(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    one_of_each(&app, &root).await;
    let bob = [("UserName", "bob"), ("Path", "/div/"), ("PermissionsBoundary", READ_ONLY)];
    root.iam("CreateUser", &bob).await.ok();
    for (kind, parameter, name) in KINDS {
        root.iam(&format!("Attach{kind}Policy"), &[(parameter, name), ("PolicyArn", READ_ONLY)]).await.ok();
    }
    let of = ("PolicyArn", READ_ONLY);
    let names = async |more: &[(&str, &str)]| {
        let answer = root.iam("ListEntitiesForPolicy", &[&[of], more].concat()).await.ok();
        [answer.all("GroupName"), answer.all("UserName"), answer.all("RoleName")].concat()
    };
    assert_eq!(names(&[]).await, ["ops", "alice", "bob", "deploy"]);
    assert_eq!(names(&[("EntityFilter", "User")]).await, ["alice", "bob"]);
    assert_eq!(names(&[("EntityFilter", "Role")]).await, ["deploy"]);
    assert_eq!(names(&[("EntityFilter", "Group")]).await, ["ops"]);
    assert!(names(&[("EntityFilter", "LocalManagedPolicy")]).await.is_empty());
    assert_eq!(names(&[("PathPrefix", "/div/")]).await, ["bob"]);
    assert_eq!(names(&[("PolicyUsageFilter", "PermissionsBoundary")]).await, ["bob"]);
    assert_eq!(names(&[("PolicyUsageFilter", "PermissionsPolicy")]).await, ["ops", "alice", "deploy"]);
    let (mut seen, mut marker) = (Vec::new(), String::new());
    for _ in 0..4 {
        let mut parameters = vec![of, ("MaxItems", "1")];
        if !marker.is_empty() {
            parameters.push(("Marker", &marker));
        }
        let page = root.iam("ListEntitiesForPolicy", &parameters).await.ok();
        seen.extend([page.all("GroupName"), page.all("UserName"), page.all("RoleName")].concat());
        marker = page.all("Marker").pop().unwrap_or_default();
    }
    assert_eq!((seen, marker), (names(&[]).await, String::new()));
    let none = format!("Policy {NONE} does not exist or is not attachable.");
    root.iam("ListEntitiesForPolicy", &[("PolicyArn", NONE)]).await.is(404, "NoSuchEntity", &none);
}

async fn boundaries_of_users_and_roles(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    role(&app, "deploy", None).await;
    let arn = policy(&root, "bound").await;
    let (boundary, alice) = (("PermissionsBoundary", &*arn), ("UserName", "alice"));
    let made = root.iam("CreateUser", &[alice, boundary]).await.ok();
    assert_eq!(made.text("PermissionsBoundaryType"), "Policy");
    assert_eq!(made.text("PermissionsBoundaryArn"), arn);
    root.iam("PutRolePermissionsBoundary", &[("RoleName", "deploy"), boundary]).await.ok();
    let uses = async || root.iam("GetPolicy", &[("PolicyArn", &arn)]).await.ok().text("PermissionsBoundaryUsageCount");
    assert_eq!(uses().await, "2");
    let conflict = root.iam("DeletePolicy", &[("PolicyArn", &arn)]).await;
    conflict.is(409, "DeleteConflict", "Cannot delete a policy attached to entities.");
    root.iam("PutUserPermissionsBoundary", &[alice, ("PermissionsBoundary", ADMIN)]).await.ok();
    assert_eq!(root.iam("GetUser", &[alice]).await.ok().text("PermissionsBoundaryArn"), ADMIN);
    root.iam("DeleteUserPermissionsBoundary", &[alice]).await.ok();
    root.iam("DeleteUserPermissionsBoundary", &[alice]).await.ok();
    assert!(root.iam("GetUser", &[alice]).await.ok().all("PermissionsBoundary").is_empty());
    root.iam("DeleteRolePermissionsBoundary", &[("RoleName", "deploy")]).await.ok();
    assert_eq!(uses().await, "0");

    for (arn, status, code, text) in [
        (NONE, 404, "NoSuchEntity", format!("Scope ARN: {NONE} does not exist or is not attachable.")),
        ("no-arn-at-all-but-long", 400, "InvalidInput", "ARN no-arn-at-all-but-long is not valid.".to_owned()),
        (RESERVED, 400, "PolicyNotAttachable", "Cannot attach a Service Role Policy to a Customer Role.".to_owned()),
    ] {
        let boundary = ("PermissionsBoundary", arn);
        root.iam("CreateUser", &[("UserName", "bob"), boundary]).await.is(status, code, &text);
        root.iam("PutUserPermissionsBoundary", &[alice, boundary]).await.is(status, code, &text);
        root.iam("PutRolePermissionsBoundary", &[("RoleName", "deploy"), boundary]).await.is(status, code, &text);
    }
    let gone = "The user with name bob cannot be found.";
    root.iam("GetUser", &[("UserName", "bob")]).await.is(404, "NoSuchEntity", gone);
    let gone = "The role with name none cannot be found.";
    root.iam("DeleteRolePermissionsBoundary", &[("RoleName", "none")]).await.is(404, "NoSuchEntity", gone);
}

async fn service_linked_roles_are_left_alone(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let name = "AWSServiceRoleForSupport";
    role(&app, name, Some("support.amazonaws.com")).await;
    let of = ("RoleName", name);
    let text =
        format!("Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS");
    for (action, more) in [
        ("PutRolePolicy", vec![("PolicyName", "p"), ("PolicyDocument", DOCUMENT)]),
        ("DeleteRolePolicy", vec![("PolicyName", "p")]),
        ("AttachRolePolicy", vec![("PolicyArn", ADMIN)]),
        ("DetachRolePolicy", vec![("PolicyArn", ADMIN)]),
        ("PutRolePermissionsBoundary", vec![("PermissionsBoundary", ADMIN)]),
        ("DeleteRolePermissionsBoundary", vec![]),
    ] {
        let answer = root.iam(action, &[&[of], &more[..]].concat()).await;
        answer.is(400, "UnmodifiableEntity", &text);
    }
    assert!(root.iam("ListRolePolicies", &[of]).await.ok().all("member").is_empty());
    assert!(root.iam("ListAttachedRolePolicies", &[of]).await.ok().all("PolicyArn").is_empty());
}
