//! Groups, who is in them, and what keeps users and groups from being deleted.

use sesame::domain::policy_owner::PolicyOwner;
use sesame::store;

use super::{attach, detach, each, members, other_root, principal};
use crate::support::{ACCOUNT, Place, TestApp, concurrently, count, totp};

on_both_engines![
    groups_are_made_changed_and_deleted_in_both_apis,
    groups_are_listed_page_by_page,
    users_join_groups_and_leave_them,
    members_are_listed_page_by_page,
    parameters_of_groups_are_checked,
    groups_and_memberships_are_limited,
    what_a_group_still_has_keeps_it,
    what_a_user_still_has_keeps_it,
    groups_of_another_account_are_not_seen,
    of_many_who_add_one_user_one_succeeds,
    nobody_is_in_a_group_that_is_gone,
];

const PASSWORD: &str = "Correct-Horse-1";

async fn groups_are_made_changed_and_deleted_in_both_apis(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    let made = root
        .ims("CreateGroup", &[("GroupName", "Ops"), ("DisplayName", "运维"), ("Comments", "keeps it up")])
        .await
        .ok();
    let all = ["Comments", "CreateDate", "DisplayName", "GroupId", "GroupName", "UpdateDate"];
    assert_eq!(members(&made["Group"]), all);
    let id = made["Group"]["GroupId"].as_str().unwrap().to_owned();
    assert!(id.len() == 19 && id.bytes().all(|byte| byte.is_ascii_digit()), "{id}");
    assert_eq!(root.ims("GetGroup", &[("GroupName", "oPS")]).await.ok()["Group"], made["Group"]);

    // RAM shows the same group without the name for people, and of a new one not when it was changed.
    let seen = root.ram("GetGroup", &[("GroupName", "Ops")]).await.ok();
    assert_eq!(members(&seen["Group"]), ["Comments", "CreateDate", "GroupId", "GroupName", "UpdateDate"]);
    let plain = root.ram("CreateGroup", &[("GroupName", "dev"), ("DisplayName", "passed over")]).await.ok();
    assert_eq!(members(&plain["Group"]), ["Comments", "CreateDate", "GroupId", "GroupName"]);
    assert_eq!(root.ims("GetGroup", &[("GroupName", "dev")]).await.ok()["Group"]["DisplayName"], "");

    app.control.advance(60).await;
    let change = [("GroupName", "ops"), ("NewGroupName", "SRE"), ("NewDisplayName", "SRE"), ("NewComments", "new")];
    let changed = root.ims("UpdateGroup", &change).await.ok();
    assert_eq!(members(&changed["Group"]), all);
    assert_eq!(changed["Group"]["GroupId"], *id);
    assert_eq!(changed["Group"]["GroupName"], "SRE");
    assert_eq!(changed["Group"]["CreateDate"], made["Group"]["CreateDate"]);
    assert_ne!(changed["Group"]["UpdateDate"], made["Group"]["UpdateDate"]);
    let renamed = root.ram("UpdateGroup", &[("GroupName", "SRE"), ("NewGroupName", "sre")]).await.ok();
    assert_eq!(renamed["Group"]["GroupName"], "sre");
    assert_eq!(renamed["Group"]["Comments"], "new");

    for (action, more) in [("CreateGroup", ("Comments", "x")), ("UpdateGroup", ("NewGroupName", "DEV"))] {
        let name = if action == "CreateGroup" { "SRE" } else { "sre" };
        let reply = root.ram(action, &[("GroupName", name), more]).await;
        reply.is(409, "EntityAlreadyExists.Group");
        assert_eq!(reply.body["Message"], "The group does already EXIST.");
    }
    for action in ["GetGroup", "UpdateGroup", "DeleteGroup", "ListUsersForGroup"] {
        for reply in [root.ims(action, &[("GroupName", "Ops")]).await, root.ram(action, &[("GroupName", "Ops")]).await]
        {
            reply.is(404, "EntityNotExist.Group");
            assert_eq!(reply.body["Message"], "The group does not exist.");
        }
    }
    assert_eq!(members(&root.ims("DeleteGroup", &[("GroupName", "SRE")]).await.ok()), ["RequestId"]);
    root.ram("DeleteGroup", &[("GroupName", "dev")]).await.ok();
    root.ram("GetGroup", &[("GroupName", "dev")]).await.is(404, "EntityNotExist.Group");
    assert_eq!(each(&root.ram("ListGroups", &[]).await.ok(), "Groups", "Group", "GroupName"), [""; 0]);
}

async fn groups_are_listed_page_by_page(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    for name in ["c", "B", "a", "d.e_f-9"] {
        root.ram("CreateGroup", &[("GroupName", name)]).await.ok();
    }
    for client in [root.clone(), root.v3()] {
        let first = client.ims("ListGroups", &[("MaxItems", "3")]).await.ok();
        assert_eq!(members(&first), ["Groups", "IsTruncated", "Marker", "RequestId"]);
        assert_eq!(each(&first, "Groups", "Group", "GroupName"), ["a", "B", "c"]);
        let marker = first["Marker"].as_str().unwrap();
        let rest = client.ram("ListGroups", &[("Marker", marker), ("MaxItems", "3")]).await.ok();
        assert_eq!(members(&rest), ["Groups", "IsTruncated", "RequestId"]);
        assert_eq!(rest["IsTruncated"], false);
        assert_eq!(each(&rest, "Groups", "Group", "GroupName"), ["d.e_f-9"]);
    }
    for most in ["0", "101", "many"] {
        let reply = root.ims("ListGroups", &[("MaxItems", most)]).await;
        assert!(reply.code().starts_with("InvalidParameter.MaxItems."), "{reply:?}");
        let reply = root.ram("ListGroups", &[("MaxItems", most)]).await;
        assert!(reply.code().starts_with("InvalidParameter.MaxItems."), "{reply:?}");
    }
    root.ims("ListGroups", &[("Marker", "%%%")]).await.is(400, "InvalidParameter.Marker.Format");
}

async fn users_join_groups_and_leave_them(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    app.user("alice").await;
    let alice = principal("alice");
    for name in ["ops", "dev"] {
        root.ims("CreateGroup", &[("GroupName", name), ("Comments", name)]).await.ok();
    }
    root.ims("AddUserToGroup", &[("GroupName", "ops"), ("UserPrincipalName", &alice)]).await.ok();
    root.ram("AddUserToGroup", &[("GroupName", "dev"), ("UserName", "ALICE")]).await.ok();
    let again = root.ram("AddUserToGroup", &[("GroupName", "OPS"), ("UserName", "alice")]).await;
    again.is(409, "EntityAlreadyExists.User.Group");
    assert_eq!(again.body["Message"], "The user has already joined the group.");
    let again = root.ims("AddUserToGroup", &[("GroupName", "dev"), ("UserPrincipalName", &alice)]).await;
    again.is(409, "EntityAlreadyExists.User.Group");

    let groups = root.ims("ListGroupsForUser", &[("UserPrincipalName", &alice)]).await.ok();
    assert_eq!(members(&groups), ["Groups", "RequestId"]);
    assert_eq!(each(&groups, "Groups", "Group", "GroupName"), ["dev", "ops"]);
    let one = ["Comments", "DisplayName", "GroupId", "GroupName", "JoinDate"];
    assert_eq!(members(&groups["Groups"]["Group"][0]), one);
    let groups = root.ram("ListGroupsForUser", &[("UserName", "alice")]).await.ok();
    assert_eq!(members(&groups["Groups"]["Group"][0]), ["Comments", "GroupId", "GroupName", "JoinDate"]);

    let users = root.ims("ListUsersForGroup", &[("GroupName", "ops")]).await.ok();
    assert_eq!(members(&users), ["IsTruncated", "RequestId", "Users"]);
    let user = &users["Users"]["User"][0];
    assert_eq!(members(user), ["DisplayName", "JoinDate", "UserId", "UserPrincipalName"]);
    assert_eq!(user["UserPrincipalName"], *alice);
    let users = root.ram("ListUsersForGroup", &[("GroupName", "ops")]).await.ok();
    assert_eq!(members(&users["Users"]["User"][0]), ["DisplayName", "JoinDate", "UserName"]);

    root.ims("RemoveUserFromGroup", &[("GroupName", "ops"), ("UserPrincipalName", &alice)]).await.ok();
    let gone = root.ram("RemoveUserFromGroup", &[("GroupName", "ops"), ("UserName", "alice")]).await;
    gone.is(404, "EntityNotExist.User.Group");
    assert_eq!(gone.body["Message"], "The user has not joined the group.");
    for action in ["AddUserToGroup", "RemoveUserFromGroup"] {
        root.ram(action, &[("GroupName", "ops"), ("UserName", "nobody")]).await.is(404, "EntityNotExist.User");
        root.ram(action, &[("GroupName", "none"), ("UserName", "alice")]).await.is(404, "EntityNotExist.Group");
    }
    root.ram("ListGroupsForUser", &[("UserName", "nobody")]).await.is(404, "EntityNotExist.User");
    let groups = root.ram("ListGroupsForUser", &[("UserName", "alice")]).await.ok();
    assert_eq!(each(&groups, "Groups", "Group", "GroupName"), ["dev"]);
    // Renamed, both stay together.
    root.ram("UpdateGroup", &[("GroupName", "dev"), ("NewGroupName", "build")]).await.ok();
    root.ram("UpdateUser", &[("UserName", "alice"), ("NewUserName", "alicia")]).await.ok();
    let users = root.ram("ListUsersForGroup", &[("GroupName", "build")]).await.ok();
    assert_eq!(each(&users, "Users", "User", "UserName"), ["alicia"]);
}

async fn members_are_listed_page_by_page(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    root.ram("CreateGroup", &[("GroupName", "ops")]).await.ok();
    for name in ["carol", "Alice", "bob"] {
        app.user(name).await;
        root.ram("AddUserToGroup", &[("GroupName", "ops"), ("UserName", name)]).await.ok();
        app.control.advance(60).await;
    }
    let first = root.ram("ListUsersForGroup", &[("GroupName", "ops"), ("MaxItems", "2")]).await.ok();
    assert_eq!(each(&first, "Users", "User", "UserName"), ["Alice", "bob"]);
    assert_eq!(first["IsTruncated"], true);
    let joined = each(&first, "Users", "User", "JoinDate");
    assert!(joined[0] < joined[1], "{joined:?}");
    let marker = first["Marker"].as_str().unwrap();
    let rest = root.ims("ListUsersForGroup", &[("GroupName", "ops"), ("Marker", marker)]).await.ok();
    assert_eq!(each(&rest, "Users", "User", "UserPrincipalName"), [principal("carol")]);
    let most = |most| [("GroupName", "ops"), ("MaxItems", most)];
    root.ims("ListUsersForGroup", &most("101")).await.is(400, "InvalidParameter.MaxItems.Range");
    root.ram("ListUsersForGroup", &most("1000")).await.ok();
    root.ram("ListUsersForGroup", &most("1001")).await.is(400, "InvalidParameter.MaxItems.Range");
}

async fn parameters_of_groups_are_checked(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    let long = "a".repeat(65);
    root.ram("CreateGroup", &[]).await.is(400, "MissingGroupName");
    root.ims("CreateGroup", &[("GroupName", "")]).await.is(400, "MissingGroupName");
    for (name, code) in [
        ("a b", "InvalidParameter.GroupName.InvalidChars"),
        ("ä", "InvalidParameter.GroupName.InvalidChars"),
        (&*long, "InvalidParameter.GroupName.Length"),
    ] {
        for action in ["CreateGroup", "GetGroup", "UpdateGroup", "DeleteGroup", "ListUsersForGroup"] {
            root.ims(action, &[("GroupName", name)]).await.is(400, code);
            root.ram(action, &[("GroupName", name)]).await.is(400, code);
        }
        for action in ["AddUserToGroup", "RemoveUserFromGroup"] {
            root.ram(action, &[("GroupName", name), ("UserName", "alice")]).await.is(400, code);
        }
        let renamed = root.ram("UpdateGroup", &[("GroupName", "ops"), ("NewGroupName", name)]).await;
        renamed.is(400, &code.replace("GroupName", "NewGroupName"));
    }
    root.ram("AddUserToGroup", &[("GroupName", "ops")]).await.is(400, "MissingUserName");
    root.ims("AddUserToGroup", &[("GroupName", "ops")]).await.is(400, "MissingUserPrincipalName");
    let comments = "c".repeat(129);
    let reply = root.ram("CreateGroup", &[("GroupName", "ops"), ("Comments", &comments)]).await;
    reply.is(400, "InvalidParameter.Comments.Length");
    let reply = root.ims("UpdateGroup", &[("GroupName", "ops"), ("NewComments", &comments)]).await;
    reply.is(400, "InvalidParameter.NewComments.Length");
    let shown = "d".repeat(25);
    let reply = root.ims("CreateGroup", &[("GroupName", "ops"), ("DisplayName", &shown)]).await;
    reply.is(400, "InvalidParameter.DisplayName.Length");
    root.ims("CreateGroup", &[("GroupName", &long[1..]), ("DisplayName", &shown[1..])]).await.ok();
}

async fn groups_and_memberships_are_limited(place: &Place) {
    let app = TestApp::start_with(place, |settings| {
        settings.alibaba.groups_per_account = 3;
        settings.alibaba.groups_per_user = 2;
    })
    .await;
    let root = app.root();
    app.user("alice").await;
    for name in ["a", "b", "c"] {
        root.ram("CreateGroup", &[("GroupName", name)]).await.ok();
    }
    let reply = root.ims("CreateGroup", &[("GroupName", "d")]).await;
    reply.is(409, "LimitExceeded.Group");
    assert_eq!(reply.body["Message"], "The count of groups beyond the current limits.");
    // A name that is taken is told of first.
    root.ims("CreateGroup", &[("GroupName", "A")]).await.is(409, "EntityAlreadyExists.Group");
    for name in ["a", "b"] {
        root.ram("AddUserToGroup", &[("GroupName", name), ("UserName", "alice")]).await.ok();
    }
    let reply = root.ram("AddUserToGroup", &[("GroupName", "c"), ("UserName", "alice")]).await;
    reply.is(409, "LimitExceeded.User.Group");
    assert_eq!(reply.body["Message"], "The count of groups the target user joined beyond the current limits.");
    let reply = root.ram("AddUserToGroup", &[("GroupName", "b"), ("UserName", "alice")]).await;
    reply.is(409, "EntityAlreadyExists.User.Group");
    root.ram("RemoveUserFromGroup", &[("GroupName", "a"), ("UserName", "alice")]).await.ok();
    root.ram("AddUserToGroup", &[("GroupName", "c"), ("UserName", "alice")]).await.ok();
    root.ram("DeleteGroup", &[("GroupName", "a")]).await.ok();
    root.ram("CreateGroup", &[("GroupName", "d")]).await.ok();
}

async fn what_a_group_still_has_keeps_it(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    app.user("alice").await;
    let made = root.ram("CreateGroup", &[("GroupName", "ops")]).await.ok();
    let id = made["Group"]["GroupId"].as_str().unwrap();
    root.ram("AddUserToGroup", &[("GroupName", "ops"), ("UserName", "alice")]).await.ok();
    attach(&app, PolicyOwner::Group, id).await;
    let reply = root.ims("DeleteGroup", &[("GroupName", "ops")]).await;
    reply.is(409, "DeleteConflict.Group.Policy");
    assert_eq!(reply.body["Message"], "The entity CAN NOT has any attached policy while deleting the group.");
    detach(&app, PolicyOwner::Group, id).await;
    let reply = root.ram("DeleteGroup", &[("GroupName", "ops")]).await;
    reply.is(409, "DeleteConflict.Group.User");
    assert_eq!(reply.body["Message"], "The group CAN NOT has any user member while deleting the group.");
    root.ram("RemoveUserFromGroup", &[("GroupName", "ops"), ("UserName", "alice")]).await.ok();
    root.ram("DeleteGroup", &[("GroupName", "ops")]).await.ok();
}

async fn what_a_user_still_has_keeps_it(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    app.console_user("alice", PASSWORD).await;
    let alice = principal("alice");
    let seen = root.ims("GetUser", &[("UserPrincipalName", &alice)]).await.ok();
    let id = seen["User"]["UserId"].as_str().unwrap();
    let key = app.key_of("alice").await;
    totp::bind(&app, "alice").await;
    root.ram("CreateGroup", &[("GroupName", "ops")]).await.ok();
    root.ram("AddUserToGroup", &[("GroupName", "ops"), ("UserName", "alice")]).await.ok();
    attach(&app, PolicyOwner::User, id).await;
    let refused = |code: &'static str, message: &'static str| {
        let (root, alice) = (root.clone(), alice.clone());
        async move {
            for reply in [
                root.ims("DeleteUser", &[("UserPrincipalName", &*alice)]).await,
                root.ram("DeleteUser", &[("UserName", "alice")]).await,
            ] {
                reply.is(409, code);
                assert_eq!(reply.body["Message"], message);
            }
        }
    };
    refused("DeleteConflict.User.Policy", "The user CAN NOT has any attached policy while deleting the user.").await;
    detach(&app, PolicyOwner::User, id).await;
    refused("DeleteConflict.User.Group", "The user CAN NOT be in any group while deleting the user.").await;
    root.ram("RemoveUserFromGroup", &[("GroupName", "ops"), ("UserName", "alice")]).await.ok();
    refused("DeleteConflict.User.AccessKey", "The user CAN NOT has any access key while deleting the user.").await;
    root.ram("DeleteAccessKey", &[("UserName", "alice"), ("UserAccessKeyId", &key.key_id)]).await.ok();
    refused("DeleteConflict.User.LoginProfile", "The user CAN NOT has any login profile while deleting the user.")
        .await;
    root.ram("DeleteLoginProfile", &[("UserName", "alice")]).await.ok();
    refused("DeleteConflict.User.MFADevice", "The user CAN NOT has any mfa device while deleting the user.").await;
    root.ram("UnbindMFADevice", &[("UserName", "alice")]).await.ok();
    root.ram("DeleteUser", &[("UserName", "alice")]).await.ok();
}

async fn groups_of_another_account_are_not_seen(place: &Place) {
    let app = TestApp::start(place).await;
    let (root, other) = (app.root(), other_root(&app).await);
    app.user("alice").await;
    root.ram("CreateGroup", &[("GroupName", "ops")]).await.ok();
    root.ram("AddUserToGroup", &[("GroupName", "ops"), ("UserName", "alice")]).await.ok();
    for action in ["GetGroup", "DeleteGroup", "ListUsersForGroup"] {
        other.ram(action, &[("GroupName", "ops")]).await.is(404, "EntityNotExist.Group");
    }
    other.ram("ListGroupsForUser", &[("UserName", "alice")]).await.is(404, "EntityNotExist.User");
    let named = principal("alice");
    let reply = other.ims("ListGroupsForUser", &[("UserPrincipalName", &named)]).await;
    reply.is(404, "EntityNotExist.User");
    other.ram("CreateGroup", &[("GroupName", "ops")]).await.ok();
    let reply = other.ram("AddUserToGroup", &[("GroupName", "ops"), ("UserName", "alice")]).await;
    reply.is(404, "EntityNotExist.User");
    let users = other.ram("ListUsersForGroup", &[("GroupName", "ops")]).await.ok();
    assert_eq!(each(&users, "Users", "User", "UserName"), [""; 0]);
    other.ram("DeleteGroup", &[("GroupName", "ops")]).await.ok();
    root.ram("GetGroup", &[("GroupName", "ops")]).await.ok();
}

async fn of_many_who_add_one_user_one_succeeds(place: &Place) {
    let app = TestApp::start(place).await;
    app.user("alice").await;
    app.root().ram("CreateGroup", &[("GroupName", "ops")]).await.ok();
    let member = [("GroupName", "ops"), ("UserName", "alice")];
    for (action, code) in
        [("AddUserToGroup", "EntityAlreadyExists.User.Group"), ("RemoveUserFromGroup", "EntityNotExist.User.Group")]
    {
        let replies = concurrently(16, |_| {
            let root = app.root();
            async move { root.ram(action, &member).await }
        })
        .await;
        assert_eq!((count(&replies, ""), count(&replies, code)), (1, 15), "{replies:?}");
    }
}

async fn nobody_is_in_a_group_that_is_gone(place: &Place) {
    let app = TestApp::start(place).await;
    app.user("alice").await;
    for round in 0..8 {
        app.root().ram("CreateGroup", &[("GroupName", "ops")]).await.ok();
        let replies = concurrently(2, |number| {
            let root = app.root();
            async move {
                if number == 0 {
                    root.ram("AddUserToGroup", &[("GroupName", "ops"), ("UserName", "alice")]).await
                } else {
                    root.ram("DeleteGroup", &[("GroupName", "ops")]).await
                }
            }
        })
        .await;
        let groups = app.root().ram("ListGroupsForUser", &[("UserName", "alice")]).await.ok();
        let groups = each(&groups, "Groups", "Group", "GroupName");
        match (replies[0].code(), replies[1].code()) {
            ("", "DeleteConflict.Group.User") => {
                assert_eq!(groups, ["ops"], "{round}");
                let member = [("GroupName", "ops"), ("UserName", "alice")];
                app.root().ram("RemoveUserFromGroup", &member).await.ok();
                app.root().ram("DeleteGroup", &[("GroupName", "ops")]).await.ok();
            }
            ("EntityNotExist.Group", "") => assert_eq!(groups, [""; 0], "{round}"),
            _ => panic!("{replies:?}"),
        }
    }
    let (tx, account) = app.app.db.write(ACCOUNT).await.unwrap();
    assert_eq!(account.groups, 0);
    drop(tx);
    let mut conn = app.app.db.read().await.unwrap();
    assert!(store::groups::page(&mut conn, ACCOUNT, "", 10).await.unwrap().is_empty());
}
