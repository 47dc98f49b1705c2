//! Groups, who is in them, and what keeps users and groups from being deleted.

use super::{Aws, DOCUMENT};
use crate::support::{Place, TestApp};

on_both_engines![
    groups_are_made_changed_listed_and_deleted,
    users_go_into_groups_and_out,
    a_user_is_in_ten_groups_at_the_most,
    names_are_anothers_or_free,
    what_a_user_still_has_keeps_it,
    what_a_group_still_has_keeps_it,
    a_reset_takes_groups_and_policies,
];

const ADMIN: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

async fn groups_are_made_changed_listed_and_deleted(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let made = root.iam("CreateGroup", &[("GroupName", "Ops"), ("Path", "/div/")]).await.ok();
    assert_eq!(made.text("Arn"), "arn:aws:iam::000000000000:group/div/Ops");
    let id = made.text("GroupId");
    assert!(id.starts_with("AGPA") && id.len() == 21, "{id}");
    let again = root.iam("CreateGroup", &[("GroupName", "oPS")]).await;
    again.is(409, "EntityAlreadyExists", "Group with name oPS already exists.");
    for name in ["a", "B", "c"] {
        root.iam("CreateGroup", &[("GroupName", name)]).await.ok();
    }
    let first = root.iam("ListGroups", &[("MaxItems", "2")]).await.ok();
    assert_eq!((first.all("GroupName"), first.text("IsTruncated")), (vec!["a".into(), "B".into()], "true".into()));
    let second = root.iam("ListGroups", &[("Marker", &first.text("Marker"))]).await.ok();
    assert_eq!(second.all("GroupName"), ["c", "Ops"]);
    assert_eq!(second.all("Marker").len(), 0);
    let under = root.iam("ListGroups", &[("PathPrefix", "/div"), ("MaxItems", "1")]).await.ok();
    assert_eq!((under.all("GroupName"), under.text("IsTruncated")), (vec!["Ops".into()], "false".into()));

    root.iam("UpdateGroup", &[("GroupName", "ops"), ("NewGroupName", "Dev"), ("NewPath", "/new/")]).await.ok();
    let found = root.iam("GetGroup", &[("GroupName", "dev")]).await.ok();
    assert_eq!((found.text("Arn"), found.text("GroupId")), ("arn:aws:iam::000000000000:group/new/Dev".into(), id));
    assert!(found.body.contains("<Users/>"), "{}", found.body);
    let gone = "The group with name Ops cannot be found.";
    root.iam("GetGroup", &[("GroupName", "Ops")]).await.is(404, "NoSuchEntity", gone);
    root.iam("UpdateGroup", &[("GroupName", "Ops")]).await.is(404, "NoSuchEntity", gone);
    root.iam("DeleteGroup", &[("GroupName", "Ops")]).await.is(404, "NoSuchEntity", gone);
    root.iam("DeleteGroup", &[("GroupName", "DEV")]).await.ok();
    root.iam("GetGroup", &[("GroupName", "Dev")]).await.is(
        404,
        "NoSuchEntity",
        "The group with name Dev cannot be found.",
    );
}

async fn users_go_into_groups_and_out(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    for name in ["g", "h"] {
        root.iam("CreateGroup", &[("GroupName", name)]).await.ok();
    }
    for name in ["carol", "Alice", "bob"] {
        root.iam("CreateUser", &[("UserName", name)]).await.ok();
        let into = [("GroupName", "g"), ("UserName", name)];
        root.iam("AddUserToGroup", &into).await.ok();
        root.iam("AddUserToGroup", &into).await.ok();
    }
    root.iam("AddUserToGroup", &[("GroupName", "H"), ("UserName", "ALICE")]).await.ok();
    let first = root.iam("GetGroup", &[("GroupName", "g"), ("MaxItems", "2")]).await.ok();
    assert_eq!(first.all("UserName"), ["Alice", "bob"]);
    let second = root.iam("GetGroup", &[("GroupName", "g"), ("Marker", &first.text("Marker"))]).await.ok();
    assert_eq!(second.all("UserName"), ["carol"]);
    // A new name is the same user.
    root.iam("UpdateUser", &[("UserName", "alice"), ("NewUserName", "zoe")]).await.ok();
    assert_eq!(root.iam("GetGroup", &[("GroupName", "g")]).await.ok().all("UserName"), ["bob", "carol", "zoe"]);
    let of_zoe = [("UserName", "zoe"), ("MaxItems", "1")];
    let groups = root.iam("ListGroupsForUser", &of_zoe).await.ok();
    assert_eq!((groups.all("GroupName"), groups.text("IsTruncated")), (vec!["g".into()], "true".into()));

    let out = [("GroupName", "g"), ("UserName", "zoe")];
    root.iam("RemoveUserFromGroup", &out).await.ok();
    root.iam("RemoveUserFromGroup", &out).await.ok();
    assert_eq!(root.iam("ListGroupsForUser", &[("UserName", "zoe")]).await.ok().all("GroupName"), ["h"]);
    let (no_user, no_group) =
        ("The user with name nobody cannot be found.", "The group with name none cannot be found.");
    let neither = [("GroupName", "none"), ("UserName", "nobody")];
    for action in ["AddUserToGroup", "RemoveUserFromGroup"] {
        root.iam(action, &neither).await.is(404, "NoSuchEntity", no_user);
        root.iam(action, &[("GroupName", "none"), ("UserName", "bob")]).await.is(404, "NoSuchEntity", no_group);
    }
    root.iam("ListGroupsForUser", &[("UserName", "nobody")]).await.is(404, "NoSuchEntity", no_user);
}

async fn a_user_is_in_ten_groups_at_the_most(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    root.iam("CreateUser", &[("UserName", "alice")]).await.ok();
    for number in 0..11 {
        let name = format!("g{number}");
        root.iam("CreateGroup", &[("GroupName", &name)]).await.ok();
        let answer = root.iam("AddUserToGroup", &[("GroupName", &name), ("UserName", "alice")]).await;
        if number == 10 {
            answer.is(409, "LimitExceeded", "Cannot exceed quota for GroupsPerUser: 10");
        } else {
            answer.ok();
        }
    }
}

async fn names_are_anothers_or_free(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    for name in ["one", "two"] {
        root.iam("CreateGroup", &[("GroupName", name)]).await.ok();
        root.iam("CreateUser", &[("UserName", name)]).await.ok();
    }
    let taken = root.iam("UpdateGroup", &[("GroupName", "one"), ("NewGroupName", "TWO")]).await;
    taken.is(409, "EntityAlreadyExists", "Group with name TWO already exists.");
    let taken = root.iam("UpdateUser", &[("UserName", "one"), ("NewUserName", "TWO")]).await;
    taken.is(409, "EntityAlreadyExists", "User with name TWO already exists.");
    root.iam("UpdateGroup", &[("GroupName", "one"), ("NewGroupName", "ONE")]).await.ok();
    root.iam("UpdateUser", &[("UserName", "one"), ("NewUserName", "ONE")]).await.ok();
    assert_eq!(root.iam("ListGroups", &[]).await.ok().all("GroupName"), ["ONE", "two"]);
}

async fn what_a_user_still_has_keeps_it(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let alice = ("UserName", "alice");
    root.iam("CreateUser", &[alice]).await.ok();
    root.iam("CreateGroup", &[("GroupName", "g")]).await.ok();
    root.iam("AttachUserPolicy", &[alice, ("PolicyArn", ADMIN)]).await.ok();
    root.iam("PutUserPolicy", &[alice, ("PolicyName", "p"), ("PolicyDocument", DOCUMENT)]).await.ok();
    root.iam("AddUserToGroup", &[alice, ("GroupName", "g")]).await.ok();
    let key = root.iam("CreateAccessKey", &[alice]).await.ok().text("AccessKeyId");
    root.iam("PutUserPermissionsBoundary", &[alice, ("PermissionsBoundary", ADMIN)]).await.ok();
    let still = async |message: &str, action: &str, more: &[(&str, &str)]| {
        root.iam("DeleteUser", &[alice]).await.is(409, "DeleteConflict", message);
        root.iam(action, &[&[alice], more].concat()).await.ok();
    };
    let detach = "Cannot delete entity, must detach all policies first.";
    still(detach, "DetachUserPolicy", &[("PolicyArn", ADMIN)]).await;
    still("Cannot delete entity, must delete policies first.", "DeleteUserPolicy", &[("PolicyName", "p")]).await;
    let remove = "Cannot delete entity, must remove users from group first.";
    still(remove, "RemoveUserFromGroup", &[("GroupName", "g")]).await;
    let keys = "Cannot delete entity, must delete access keys first.";
    still(keys, "DeleteAccessKey", &[("AccessKeyId", &key)]).await;
    // A boundary keeps nobody, and goes with the user.
    root.iam("DeleteUser", &[alice]).await.ok();
    let admin = root.iam("GetPolicy", &[("PolicyArn", ADMIN)]).await.ok();
    assert_eq!((admin.text("AttachmentCount"), admin.text("PermissionsBoundaryUsageCount")), ("0".into(), "0".into()));
}

async fn what_a_group_still_has_keeps_it(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let group = ("GroupName", "g");
    root.iam("CreateGroup", &[group]).await.ok();
    root.iam("CreateUser", &[("UserName", "alice")]).await.ok();
    root.iam("AttachGroupPolicy", &[group, ("PolicyArn", ADMIN)]).await.ok();
    root.iam("PutGroupPolicy", &[group, ("PolicyName", "p"), ("PolicyDocument", DOCUMENT)]).await.ok();
    root.iam("AddUserToGroup", &[group, ("UserName", "alice")]).await.ok();
    // All of it hangs on the group's id, not on its name.
    root.iam("UpdateGroup", &[group, ("NewGroupName", "h")]).await.ok();
    let group = ("GroupName", "h");
    for (message, action, more) in [
        ("Cannot delete entity, must detach all policies first.", "DetachGroupPolicy", ("PolicyArn", ADMIN)),
        ("Cannot delete entity, must delete policies first.", "DeleteGroupPolicy", ("PolicyName", "P")),
        ("Cannot delete entity, must remove users from group first.", "RemoveUserFromGroup", ("UserName", "alice")),
    ] {
        root.iam("DeleteGroup", &[group]).await.is(409, "DeleteConflict", message);
        root.iam(action, &[group, more]).await.ok();
    }
    root.iam("DeleteGroup", &[group]).await.ok();
}

async fn a_reset_takes_groups_and_policies(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let make = async || {
        root.iam("CreateGroup", &[("GroupName", "g")]).await.ok();
        let policy = [("PolicyName", "p"), ("PolicyDocument", DOCUMENT)];
        let arn = root.iam("CreatePolicy", &policy).await.ok().text("Arn");
        root.iam("AttachGroupPolicy", &[("GroupName", "g"), ("PolicyArn", &arn)]).await.ok();
        root.iam("PutGroupPolicy", &[&policy[..], &[("GroupName", "g")]].concat()).await.ok();
        let found = root.iam("GetPolicy", &[("PolicyArn", &arn)]).await.ok();
        assert_eq!(found.text("AttachmentCount"), "1");
    };
    make().await;
    assert_eq!(app.control.reset().await, 204);
    assert!(root.iam("ListGroups", &[]).await.ok().all("GroupName").is_empty());
    assert!(root.iam("ListPolicies", &[("Scope", "Local")]).await.ok().all("PolicyName").is_empty());
    let (_, account) = app.app.db.write("000000000000").await.unwrap();
    assert_eq!((account.groups, account.policies), (0, 0));
    make().await;
}
