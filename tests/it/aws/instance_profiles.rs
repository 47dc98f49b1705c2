//! Instance profiles and the roles in them.

use super::client::Aws;
use super::roles::{ACCOUNT, counted, role};
use crate::support::{Place, TestApp, concurrently};

on_every_store![
    an_instance_profile_has_room_for_one_role,
    instance_profiles_are_listed_with_their_roles,
    of_many_roles_one_gets_into_an_instance_profile,
];

async fn an_instance_profile_has_room_for_one_role(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let profile = ("InstanceProfileName", "p");
    let made = root.iam("CreateInstanceProfile", &[profile, ("Path", "/x/")]).await.ok();
    assert_eq!(made.text("Arn"), format!("arn:aws:iam::{ACCOUNT}:instance-profile/x/p"));
    assert!(made.text("InstanceProfileId").starts_with("AIPA") && made.has("Roles") && !made.has("Tags"));
    let taken = root.iam("CreateInstanceProfile", &[("InstanceProfileName", "P")]).await;
    taken.is(409, "EntityAlreadyExists", "Instance Profile P already exists.");
    role(&root, "r").await;
    role(&root, "s").await;
    let (add, remove) = ("AddRoleToInstanceProfile", "RemoveRoleFromInstanceProfile");
    for action in [add, remove] {
        let no_profile = root.iam(action, &[("InstanceProfileName", "none"), ("RoleName", "r")]).await;
        no_profile.is(404, "NoSuchEntity", "Instance Profile none cannot be found.");
        let no_role = root.iam(action, &[profile, ("RoleName", "none")]).await;
        no_role.is(404, "NoSuchEntity", "The role with name none cannot be found.");
    }
    let not_inside = "Role s in Instance Profile p cannot be found.";
    root.iam(remove, &[profile, ("RoleName", "s")]).await.is(404, "NoSuchEntity", not_inside);
    root.iam(add, &[profile, ("RoleName", "r")]).await.ok();
    for name in ["r", "s"] {
        let full = root.iam(add, &[profile, ("RoleName", name)]).await;
        full.is(409, "LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
    }
    root.iam(remove, &[profile, ("RoleName", "s")]).await.is(404, "NoSuchEntity", not_inside);
    let got = root.iam("GetInstanceProfile", &[profile]).await.ok();
    assert_eq!(got.all("RoleName"), ["r"]);
    assert!(got.has("Tags") && got.has("AssumeRolePolicyDocument") && !got.has("MaxSessionDuration"));
    let conflict = "Cannot delete entity, must remove roles from instance profile first.";
    root.iam("DeleteInstanceProfile", &[profile]).await.is(409, "DeleteConflict", conflict);
    root.iam("DeleteRole", &[("RoleName", "r")]).await.is(409, "DeleteConflict", conflict);
    root.iam(remove, &[profile, ("RoleName", "r")]).await.ok();
    root.iam("DeleteInstanceProfile", &[profile]).await.ok();
    root.iam("DeleteRole", &[("RoleName", "r")]).await.ok();
    let gone = root.iam("GetInstanceProfile", &[profile]).await;
    gone.is(404, "NoSuchEntity", "Instance Profile p cannot be found.");
    assert_eq!(counted(&app).await, (1, 0));
}

async fn instance_profiles_are_listed_with_their_roles(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    role(&root, "r").await;
    for (name, path, role) in [("b", "/x/", Some("r")), ("A", "/", None), ("c", "/x/y/", Some("r"))] {
        root.iam("CreateInstanceProfile", &[("InstanceProfileName", name), ("Path", path)]).await.ok();
        if let Some(role) = role {
            let put = [("InstanceProfileName", name), ("RoleName", role)];
            root.iam("AddRoleToInstanceProfile", &put).await.ok();
        }
    }
    let all = root.iam("ListInstanceProfiles", &[]).await.ok();
    assert_eq!(
        (all.all("InstanceProfileName"), all.all("RoleName")),
        (["A", "b", "c"].map(String::from).to_vec(), ["r", "r"].map(String::from).to_vec())
    );
    assert!(!all.has("Tags"));
    let under = root.iam("ListInstanceProfiles", &[("PathPrefix", "/x/"), ("MaxItems", "1")]).await.ok();
    assert_eq!(
        (under.all("InstanceProfileName"), under.text("IsTruncated")),
        (["b"].map(String::from).to_vec(), "true".into())
    );
    let of_role = root.iam("ListInstanceProfilesForRole", &[("RoleName", "r"), ("MaxItems", "1")]).await.ok();
    assert_eq!(of_role.all("InstanceProfileName"), ["b"]);
    let marker = of_role.text("Marker");
    let rest = root.iam("ListInstanceProfilesForRole", &[("RoleName", "r"), ("Marker", &marker)]).await.ok();
    assert_eq!(
        (rest.all("InstanceProfileName"), rest.text("IsTruncated")),
        (["c"].map(String::from).to_vec(), "false".into())
    );
}

async fn of_many_roles_one_gets_into_an_instance_profile(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    root.iam("CreateInstanceProfile", &[("InstanceProfileName", "p")]).await.ok();
    for number in 0..8 {
        role(&root, &format!("r{number}")).await;
    }
    let replies = concurrently(8, |number| {
        let root = root.clone();
        async move {
            let name = format!("r{number}");
            root.iam("AddRoleToInstanceProfile", &[("InstanceProfileName", "p"), ("RoleName", &name)]).await
        }
    })
    .await;
    let told = |code: &str| replies.iter().filter(|reply| reply.code() == code).count();
    assert_eq!((told(""), told("LimitExceeded")), (1, 7), "{replies:?}");
    let winner = replies.iter().position(|reply| reply.status == 200).unwrap();
    let got = root.iam("GetInstanceProfile", &[("InstanceProfileName", "p")]).await.ok();
    assert_eq!(got.all("RoleName"), [format!("r{winner}")]);
    // it and the role are held by each other
    let name = format!("r{winner}");
    assert_eq!(root.iam("DeleteRole", &[("RoleName", &name)]).await.code(), "DeleteConflict");
}
