//! Policies on users, groups and roles: every answer and every refusal.

use serde_json::json;

use super::managed::{attach, custom, detach, names, owners, policy, says, system};
use crate::support::{ACCOUNT, Place, TestApp};

on_both_engines![
    a_policy_is_attached_once_and_detached_once,
    what_has_policies_shows_them_and_policies_show_who_has_them,
    what_is_not_there_is_told_apart,
    custom_and_system_policies_are_counted_apart,
    what_has_policies_is_not_deleted,
    attachments_follow_what_is_renamed,
];

async fn a_policy_is_attached_once_and_detached_once(place: &Place) {
    let app = TestApp::start(place).await;
    for (owner, kind) in owners(&app).await {
        let root = if kind == "User" { app.root().v3() } else { app.root() };
        let what = kind.to_lowercase();
        policy(&root, &format!("p-{what}")).await;
        for of in [custom(&format!("p-{what}")), system("ReadOnlyAccess")] {
            attach(&root, kind, &owner, &of).await.ok();
            let again = attach(&root, kind, &owner, &[("PolicyName", &*of[0].1.to_uppercase()), of[1]]).await;
            let message = format!("The {what} has already been attached this policy.");
            says(&again, 409, &format!("EntityAlreadyExists.{kind}.Policy"), &message);
            let count = root.ram("GetPolicy", &of).await.ok()["Policy"]["AttachmentCount"].clone();
            assert_eq!(count, 1);
        }
        assert_eq!(names(&root, kind, &owner).await, [format!("p-{what}"), "ReadOnlyAccess".to_owned()]);
        let message = match kind {
            "User" => "The indicate policy of the user does not exist.".to_owned(),
            _ => format!("The indicate policy attached to the {what} does not exist."),
        };
        for of in [custom(&format!("p-{what}")), system("ReadOnlyAccess")] {
            detach(&root, kind, &owner, &of).await.ok();
            let again = detach(&root, kind, &owner, &of).await;
            says(&again, 404, &format!("EntityNotExist.{kind}.Policy"), &message);
        }
        assert_eq!(root.ram("GetPolicy", &system("ReadOnlyAccess")).await.ok()["Policy"]["AttachmentCount"], 0);
    }
}

async fn what_has_policies_shows_them_and_policies_show_who_has_them(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    let owners = owners(&app).await;
    let made = policy(&root, "p").await;
    // A custom policy of the name of one of the cloud's, so that they could be taken for each other.
    policy(&root, "ReadOnlyAccess").await;
    app.control.advance(3_600).await;
    for (owner, kind) in &owners {
        for of in [custom("p"), system("ReadOnlyAccess"), custom("ReadOnlyAccess")] {
            attach(&root, kind, owner, &of).await.ok();
        }
        let shown = root.ram(&format!("ListPoliciesFor{kind}"), owner).await.ok()["Policies"]["Policy"].clone();
        let attached = shown[0]["AttachDate"].clone();
        assert!(attached.as_str() > made["CreateDate"].as_str(), "{shown}");
        let clouds = root.ram("GetPolicy", &system("ReadOnlyAccess")).await.ok()["Policy"].clone();
        let expected = json!({"PolicyName": "p", "PolicyType": "Custom", "Description": "", "DefaultVersion": "v1",
            "AttachDate": attached});
        assert_eq!(shown[0], expected);
        let expected = json!({"PolicyName": "ReadOnlyAccess", "PolicyType": "Custom", "Description": "",
            "DefaultVersion": "v1", "AttachDate": shown[1]["AttachDate"]});
        assert_eq!(shown[1], expected);
        let expected = json!({"PolicyName": "ReadOnlyAccess", "PolicyType": "System",
            "Description": clouds["Description"], "DefaultVersion": clouds["DefaultVersion"],
            "AttachDate": shown[2]["AttachDate"]});
        assert_eq!(shown[2], expected);
    }
    for of in [custom("P"), system("ReadOnlyAccess")] {
        let all = root.ram("ListEntitiesForPolicy", &of).await.ok();
        let user = &all["Users"]["User"][0];
        let id = &root.ram("GetUser", &[("UserName", "alice")]).await.ok()["User"]["UserId"];
        let expected = json!([{"UserId": id, "UserName": "alice", "DisplayName": "alice",
            "AttachDate": user["AttachDate"]}]);
        assert_eq!(all["Users"]["User"], expected);
        let at = &all["Groups"]["Group"][0]["AttachDate"];
        assert_eq!(all["Groups"]["Group"], json!([{"GroupName": "ops", "Comments": "who tests", "AttachDate": at}]));
        let role = &all["Roles"]["Role"][0];
        let id = &root.ram("GetRole", &[("RoleName", "deploy")]).await.ok()["Role"]["RoleId"];
        let expected = json!([{"RoleId": id, "RoleName": "deploy", "Arn": format!("acs:ram::{ACCOUNT}:role/deploy"),
            "Description": "", "AttachDate": role["AttachDate"]}]);
        assert_eq!(all["Roles"]["Role"], expected);
        assert_eq!(root.ram("GetPolicy", &of).await.ok()["Policy"]["AttachmentCount"], 3);
    }
    let none = root.ram("ListEntitiesForPolicy", &system("AdministratorAccess")).await.ok();
    for (kind, item) in [("Users", "User"), ("Groups", "Group"), ("Roles", "Role")] {
        assert_eq!(none[kind][item], json!([]));
    }
}

async fn what_is_not_there_is_told_apart(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    policy(&root, "p").await;
    for ([(parameter, name)], kind) in owners(&app).await {
        let (nobody, owner, bad) = ([(parameter, "nobody")], [(parameter, name)], [(parameter, "a b")]);
        let missing = format!("Missing{parameter}");
        for act in ["AttachPolicyTo", "DetachPolicyFrom"] {
            let action = format!("{act}{kind}");
            let call = async |owner: &[(&str, &str)], policy: &[(&str, &str)]| {
                root.ram(&action, &[owner, policy].concat()).await
            };
            call(&nobody, &custom("p")).await.is(404, &format!("EntityNotExist.{kind}"));
            call(&owner, &custom("q")).await.is(404, "EntityNotExist.Policy");
            call(&owner, &system("q")).await.is(404, "EntityNotExist.Policy");
            call(&[], &custom("p")).await.is(400, &missing);
            call(&bad, &custom("p")).await.is(400, &format!("InvalidParameter.{parameter}.InvalidChars"));
            call(&owner, &custom("p_q")).await.is(400, "InvalidParameter.PolicyName.InvalidChars");
            call(&owner, &custom("")).await.is(400, "MissingPolicyName");
            call(&owner, &[("PolicyName", "p")]).await.is(400, "MissingPolicyType");
            call(&owner, &[("PolicyName", "p"), ("PolicyType", "x")]).await.is(400, "InvalidParameter.PolicyType");
        }
        let list = format!("ListPoliciesFor{kind}");
        root.ram(&list, &nobody).await.is(404, &format!("EntityNotExist.{kind}"));
        root.ram(&list, &[]).await.is(400, &missing);
    }
}

async fn custom_and_system_policies_are_counted_apart(place: &Place) {
    let app = TestApp::start_with(place, |settings| {
        settings.alibaba.custom_policies_per_identity = 2;
        settings.alibaba.system_policies_per_identity = 3;
    })
    .await;
    let root = app.root();
    for name in ["a", "b", "c"] {
        policy(&root, name).await;
    }
    for (owner, kind) in owners(&app).await {
        for name in ["a", "b"] {
            attach(&root, kind, &owner, &custom(name)).await.ok();
        }
        for name in ["AdministratorAccess", "AliyunRAMFullAccess", "AliyunOSSFullAccess"] {
            attach(&root, kind, &owner, &system(name)).await.ok();
        }
        let message = match kind {
            "User" => "The policy count of the user attached policies beyond the current limits.",
            "Group" => "The policy count of the group beyond the current limits.",
            _ => "The count of policies attached to the role beyond the current limits.",
        };
        for more in [custom("c"), system("ReadOnlyAccess")] {
            let full = attach(&root, kind, &owner, &more).await;
            says(&full, 409, &format!("LimitExceeded.{kind}.Policy"), message);
        }
        detach(&root, kind, &owner, &custom("a")).await.ok();
        attach(&root, kind, &owner, &system("ReadOnlyAccess")).await.is(409, &format!("LimitExceeded.{kind}.Policy"));
        attach(&root, kind, &owner, &custom("c")).await.ok();
        assert_eq!(names(&root, kind, &owner).await.len(), 5);
    }
    assert_eq!(root.ram("GetPolicy", &custom("c")).await.ok()["Policy"]["AttachmentCount"], 3);
}

async fn what_has_policies_is_not_deleted(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    policy(&root, "p").await;
    for (owner, kind) in owners(&app).await {
        // Groups are deleted where they are made.
        if kind == "Group" {
            continue;
        }
        let delete = format!("Delete{kind}");
        for of in [custom("p"), system("ReadOnlyAccess")] {
            attach(&root, kind, &owner, &of).await.ok();
            let what = kind.to_lowercase();
            let message = format!("The {what} CAN NOT has any attached policy while deleting the {what}.");
            says(&root.ram(&delete, &owner).await, 409, &format!("DeleteConflict.{kind}.Policy"), &message);
            detach(&root, kind, &owner, &of).await.ok();
        }
        root.ram(&delete, &owner).await.ok();
    }
}

async fn attachments_follow_what_is_renamed(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    app.user("alice").await;
    policy(&root, "p").await;
    attach(&root, "User", &[("UserName", "alice")], &custom("p")).await.ok();
    root.ram("UpdateUser", &[("UserName", "alice"), ("NewUserName", "carol")]).await.ok();
    app.user("alice").await;
    assert_eq!(names(&root, "User", &[("UserName", "carol")]).await, ["p"]);
    assert!(names(&root, "User", &[("UserName", "alice")]).await.is_empty());
    let all = root.ram("ListEntitiesForPolicy", &custom("p")).await.ok();
    assert_eq!(all["Users"]["User"][0]["UserName"], "carol");
    root.ram("DeleteUser", &[("UserName", "carol")]).await.is(409, "DeleteConflict.User.Policy");
    root.ram("DeleteUser", &[("UserName", "alice")]).await.ok();
}
