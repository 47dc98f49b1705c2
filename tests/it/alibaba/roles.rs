//! Roles as RAM changes and deletes them, those that are linked to services, and what the account has of all this.

use serde_json::json;
use sesame::domain::policy_owner::PolicyOwner;

use super::{attach, detach, each, members, other_root};
use crate::support::{ACCOUNT, Place, TestApp, trust_policy};

on_both_engines![
    a_role_is_changed,
    changes_of_a_role_are_checked,
    what_a_role_still_has_keeps_it,
    a_role_is_linked_to_a_service,
    only_the_service_changes_its_role,
    linked_roles_come_on_top_of_the_limit,
    the_account_tells_what_it_has,
];

fn trust() -> String {
    trust_policy(&format!("acs:ram::{ACCOUNT}:root"))
}

async fn a_role_is_changed(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    let made = root.ram("CreateRole", &[("RoleName", "auditor"), ("AssumeRolePolicyDocument", &trust())]).await.ok();
    app.control.advance(60).await;
    let document = trust_policy(&format!("acs:ram::{ACCOUNT}:user/alice"));
    let change = [
        ("RoleName", "AUDITOR"),
        ("NewAssumeRolePolicyDocument", &*document),
        ("NewDescription", "looks"),
        ("NewMaxSessionDuration", "7200"),
        ("NewAllowConsoleLogin", "False"),
    ];
    let changed = root.ram("UpdateRole", &change).await.ok();
    let role = &changed["Role"];
    let all = [
        "AllowConsoleLogin",
        "Arn",
        "AssumeRolePolicyDocument",
        "CreateDate",
        "Description",
        "MaxSessionDuration",
        "RoleId",
        "RoleName",
        "UpdateDate",
    ];
    assert_eq!(members(role), all);
    assert_eq!(role["RoleId"], made["Role"]["RoleId"]);
    assert_eq!(role["AssumeRolePolicyDocument"], *document);
    assert_eq!((&role["Description"], &role["MaxSessionDuration"]), (&json!("looks"), &json!(7_200)));
    assert_eq!(role["AllowConsoleLogin"], false);
    assert_ne!(role["UpdateDate"], made["Role"]["CreateDate"]);
    let seen = root.ram("GetRole", &[("RoleName", "auditor")]).await.ok();
    for member in all {
        assert_eq!(seen["Role"][member], role[member], "{member}");
    }
    assert_eq!(seen["Role"]["RolePrincipalName"], format!("auditor@role.{ACCOUNT}.onaliyunservice.com"));
    // What is not named stays.
    let again = root.ram("UpdateRole", &[("RoleName", "auditor"), ("NewMaxSessionDuration", "3600")]).await.ok();
    assert_eq!(again["Role"]["Description"], "looks");
    assert_eq!(again["Role"]["AssumeRolePolicyDocument"], *document);
    assert_eq!(again["Role"]["AllowConsoleLogin"], false);
    // The trust policy is the one that counts from now on.
    for name in ["alice", "bob"] {
        app.user(name).await;
        app.may_take_roles(name).await;
    }
    let arn = format!("acs:ram::{ACCOUNT}:role/auditor");
    let taking = [("RoleArn", &*arn), ("RoleSessionName", "night")];
    app.key_of("alice").await.sts("AssumeRole", &taking).await.ok();
    app.key_of("bob").await.sts("AssumeRole", &taking).await.is(403, "NoPermission");
}

async fn changes_of_a_role_are_checked(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    root.ram("CreateRole", &[("RoleName", "auditor"), ("AssumeRolePolicyDocument", &trust())]).await.ok();
    let long = "a".repeat(65);
    root.ram("UpdateRole", &[]).await.is(400, "MissingRoleName");
    root.ram("UpdateRole", &[("RoleName", "none")]).await.is(404, "EntityNotExist.Role");
    root.ram("UpdateRole", &[("RoleName", "a b")]).await.is(400, "InvalidParameter.RoleName.InvalidChars");
    root.ram("UpdateRole", &[("RoleName", &long)]).await.is(400, "InvalidParameter.RoleName.Length");
    let (text, document) = ("d".repeat(1_025), " ".repeat(6_145));
    for (parameter, value, code) in [
        ("NewMaxSessionDuration", "3599", "InvalidParameter.NewMaxSessionDuration.Range"),
        ("NewMaxSessionDuration", "43201", "InvalidParameter.NewMaxSessionDuration.Range"),
        ("NewDescription", &*text, "InvalidParameter.NewDescription.Length"),
        ("NewAssumeRolePolicyDocument", &*document, "InvalidParameter.NewAssumeRolePolicyDocument.Length"),
        ("NewAssumeRolePolicyDocument", "{}", "MalformedPolicyDocument"),
        ("NewAllowConsoleLogin", "maybe", "InvalidParameter.NewAllowConsoleLogin.Format"),
    ] {
        root.ram("UpdateRole", &[("RoleName", "auditor"), (parameter, value)]).await.is(400, code);
    }
    let other = other_root(&app).await;
    other.ram("UpdateRole", &[("RoleName", "auditor")]).await.is(404, "EntityNotExist.Role");
    other.ram("DeleteRole", &[("RoleName", "auditor")]).await.is(404, "EntityNotExist.Role");
}

async fn what_a_role_still_has_keeps_it(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    let made = root.ram("CreateRole", &[("RoleName", "auditor"), ("AssumeRolePolicyDocument", &trust())]).await.ok();
    let id = made["Role"]["RoleId"].as_str().unwrap();
    attach(&app, PolicyOwner::Role, id).await;
    let reply = root.ram("DeleteRole", &[("RoleName", "auditor")]).await;
    reply.is(409, "DeleteConflict.Role.Policy");
    assert_eq!(reply.body["Message"], "The role CAN NOT has any attached policy while deleting the role.");
    detach(&app, PolicyOwner::Role, id).await;
    root.ram("DeleteRole", &[("RoleName", "auditor")]).await.ok();
}

async fn a_role_is_linked_to_a_service(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    let made = root.ram("CreateServiceLinkedRole", &[("ServiceName", "polardb.aliyuncs.com")]).await.ok();
    let role = &made["Role"];
    assert_eq!(
        members(role),
        ["Arn", "AssumeRolePolicyDocument", "CreateDate", "Description", "IsServiceLinkedRole", "RoleId", "RoleName"]
    );
    assert_eq!(role["RoleName"], "AliyunServiceRoleForPolarDB");
    assert_eq!(role["IsServiceLinkedRole"], true);
    let text =
        "Service Linked Role for PolarDB. PolarDB will use this role to access your resources in other services.";
    assert_eq!(role["Description"], text);
    let document = role["AssumeRolePolicyDocument"].as_str().unwrap();
    assert!(document.contains(r#""Service":["polardb.aliyuncs.com"]"#), "{document}");
    let named = [("RoleName", "AliyunServiceRoleForPolarDB")];
    let seen = root.ram("GetRole", &named).await.ok();
    assert_eq!(seen["Role"]["IsServiceLinkedRole"], true);
    assert_eq!(each(&root.ram("ListRoles", &[]).await.ok(), "Roles", "Role", "RoleName"), [named[0].1]);

    let with =
        |service: &'static str, more: &[(&'static str, &'static str)]| [&[("ServiceName", service)][..], more].concat();
    let create = "CreateServiceLinkedRole";
    root.ram(create, &[]).await.is(400, "MissingServiceName");
    root.ram(create, &with("polardb.aliyuncs.com", &[])).await.is(409, "EntityAlreadyExists.Role");
    root.ram(create, &with("none.aliyuncs.com", &[])).await.is(404, "EntityNotExist.Service");
    root.ram(create, &with("ecs.amazonaws.com", &[])).await.is(404, "EntityNotExist.Service");
    let suffix = root.ram(create, &with("fc.aliyuncs.com", &[("CustomSuffix", "mine")])).await;
    suffix.is(400, "InvalidParameter.CustomSuffix.NotAllowed");
    let suffix = root.ram(create, &with("fc.aliyuncs.com", &[("CustomSuffix", "m i")])).await;
    suffix.is(400, "InvalidParameter.CustomSuffix.InvalidChars");
    let described = root.ram(create, &with("fc.aliyuncs.com", &[("Description", "mine")])).await;
    described.is(400, "InvalidParameter.Description.NotAllowed");

    let gone = root.ram("DeleteServiceLinkedRole", &named).await.ok();
    assert_eq!(members(&gone), ["DeletionTaskId", "RequestId"]);
    let task = gone["DeletionTaskId"].as_str().unwrap();
    let start = "task/acs-service-role/polardb.aliyuncs.com/AliyunServiceRoleForPolarDB/";
    assert!(task.strip_prefix(start).is_some_and(|uuid| uuid.len() == 36), "{task}");
    root.ram("GetRole", &named).await.is(404, "EntityNotExist.Role");
    root.ram("DeleteServiceLinkedRole", &named).await.is(404, "EntityNotExist.Role");
}

async fn only_the_service_changes_its_role(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    root.ram("CreateServiceLinkedRole", &[("ServiceName", "config.aliyuncs.com")]).await.ok();
    let named = ("RoleName", "AliyunServiceRoleForConfig");
    for change in [
        ("NewAssumeRolePolicyDocument", trust()),
        ("NewMaxSessionDuration", "7200".to_owned()),
        ("NewDescription", "mine".to_owned()),
    ] {
        let reply = root.ram("UpdateRole", &[named, (change.0, &change.1)]).await;
        reply.is(400, "NotSupport.ServiceLinkedRole");
    }
    root.ram("DeleteRole", &[named]).await.is(400, "NotSupport.ServiceLinkedRole");
    root.ram("CreateRole", &[("RoleName", "plain"), ("AssumeRolePolicyDocument", &trust())]).await.ok();
    let reply = root.ram("DeleteServiceLinkedRole", &[("RoleName", "plain")]).await;
    reply.is(400, "InvalidParameter.RoleName");
    root.ram("GetRole", &[("RoleName", "plain")]).await.ok();
    // Nobody but the service takes it on.
    app.user("alice").await;
    let arn = format!("acs:ram::{ACCOUNT}:role/AliyunServiceRoleForConfig");
    let taking = [("RoleArn", &*arn), ("RoleSessionName", "night")];
    app.key_of("alice").await.sts("AssumeRole", &taking).await.is(403, "NoPermission");
    root.ram("DeleteServiceLinkedRole", &[named]).await.ok();
}

async fn linked_roles_come_on_top_of_the_limit(place: &Place) {
    let app = TestApp::start_with(place, |settings| settings.alibaba.roles_per_account = 1).await;
    let root = app.root();
    root.ram("CreateRole", &[("RoleName", "one"), ("AssumeRolePolicyDocument", &trust())]).await.ok();
    root.ram("CreateServiceLinkedRole", &[("ServiceName", "fc.aliyuncs.com")]).await.ok();
    root.ram("DeleteRole", &[("RoleName", "one")]).await.ok();
    // They count all the same.
    let reply = root.ram("CreateRole", &[("RoleName", "two"), ("AssumeRolePolicyDocument", &trust())]).await;
    reply.is(409, "LimitExceeded.Role");
    root.ram("DeleteServiceLinkedRole", &[("RoleName", "AliyunServiceRoleForFC")]).await.ok();
    root.ram("CreateRole", &[("RoleName", "two"), ("AssumeRolePolicyDocument", &trust())]).await.ok();
}

async fn the_account_tells_what_it_has(place: &Place) {
    let app = TestApp::start_with(place, |settings| settings.alibaba.groups_per_account = 7).await;
    let root = app.root();
    let first = root.ims("GetAccountSummary", &[]).await.ok();
    for member in ["Users", "Groups", "Roles", "Policies", "MFADevices", "MFADevicesInUse"] {
        assert_eq!(first["SummaryMap"][member], 0, "{member}");
    }
    app.user("alice").await;
    root.ram("CreateGroup", &[("GroupName", "ops")]).await.ok();
    root.ram("CreateRole", &[("RoleName", "one"), ("AssumeRolePolicyDocument", &trust())]).await.ok();
    crate::support::totp::bind(&app, "alice").await;
    let then = root.ims("GetAccountSummary", &[]).await.ok();
    for member in ["Users", "Groups", "Roles", "MFADevices", "MFADevicesInUse"] {
        assert_eq!(then["SummaryMap"][member], 1, "{member}");
    }
    assert_eq!((&then["SummaryMap"]["GroupsQuota"], &then["SummaryMap"]["UsersQuota"]), (&json!(7), &json!(5_000)));
    assert_eq!(root.ims("GetAccountMFAInfo", &[]).await.ok()["IsMFAEnable"], false);
}
