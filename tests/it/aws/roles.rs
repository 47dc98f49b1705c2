//! Roles, and the labels of roles and instance profiles.

use serde_json::{Value, json};
use sesame::app::key_usage::Use;
use sesame::domain::session::{Session, SessionContext, SessionKey, SessionKind};
use sesame::domain::time::Time;
use sesame::services::upkeep;
use sesame::store;

use super::client::{Aws, Xml, strings};
use crate::support::{Place, TestApp, concurrently};

on_every_store![
    a_role_is_shown_as_the_cloud_shows_it,
    a_role_is_changed_member_by_member,
    trust_policies_name_those_who_exist_and_follow_them,
    what_is_wrong_with_a_role_is_told,
    roles_are_listed_by_path_and_page,
    labels_of_roles_and_instance_profiles,
    the_key_of_a_session_tells_when_its_role_was_used,
    of_many_who_create_one_name_one_succeeds,
];

/// The default account.
pub(super) const ACCOUNT: &str = "000000000000";
/// A trust policy.
pub(super) const EC2: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

fn trusting(arns: &Value) -> String {
    let statement = json!({"Effect": "Allow", "Principal": {"AWS": arns}, "Action": "sts:AssumeRole"});
    json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}

/// Makes a role.
pub(super) async fn role(root: &Aws, name: &str) -> Xml {
    root.iam("CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", EC2)]).await.ok()
}

async fn a_role_is_shown_as_the_cloud_shows_it(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let given = r#"{"Version": "2012-10-17", "Statement": {"Action": ["sts:AssumeRole"], "Effect": "Allow",
        "Principal": {"Service": ["ec2.amazonaws.com"]}}}"#;
    let made = root
        .iam(
            "CreateRole",
            &[
                ("RoleName", "Ops"),
                ("Path", "/div/"),
                ("AssumeRolePolicyDocument", given),
                ("Description", "created"),
                ("PermissionsBoundary", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
                ("Tags.member.1.Key", "team"),
                ("Tags.member.1.Value", "probe"),
            ],
        )
        .await
        .ok();
    assert_eq!(made.text("Arn"), format!("arn:aws:iam::{ACCOUNT}:role/div/Ops"));
    assert!(made.text("RoleId").starts_with("AROA"));
    assert_eq!(made.document("AssumeRolePolicyDocument"), given);
    assert!(made.has("PermissionsBoundaryArn") && made.has("Tags"));
    for absent in ["Description", "MaxSessionDuration", "RoleLastUsed"] {
        assert!(!made.has(absent), "{absent}: {}", made.body);
    }

    let got = root.iam("GetRole", &[("RoleName", "ops")]).await.ok();
    assert_eq!(got.document("AssumeRolePolicyDocument"), EC2);
    assert_eq!((got.text("Description"), got.text("MaxSessionDuration")), ("created".into(), "3600".into()));
    assert_eq!(got.text("RoleId"), made.text("RoleId"));
    assert_eq!(got.text("PermissionsBoundaryArn"), "arn:aws:iam::aws:policy/ReadOnlyAccess");
    assert!(got.has("Tags") && got.has("RoleLastUsed") && !got.has("LastUsedDate"), "{}", got.body);

    let listed = root.iam("ListRoles", &[]).await.ok();
    assert!(listed.has("Description") && listed.has("MaxSessionDuration"));
    for absent in ["PermissionsBoundary", "Tags", "RoleLastUsed"] {
        assert!(!listed.has(absent), "{absent}: {}", listed.body);
    }
    assert_eq!(listed.text("IsTruncated"), "false");

    role(&root, "plain").await;
    let plain = root.iam("GetRole", &[("RoleName", "plain")]).await.ok();
    for absent in ["Description", "PermissionsBoundary", "Tags"] {
        assert!(!plain.has(absent), "{absent}: {}", plain.body);
    }
}

async fn a_role_is_changed_member_by_member(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    role(&root, "ops").await;
    let change = [("RoleName", "ops"), ("Description", "one"), ("MaxSessionDuration", "7200")];
    assert!(root.iam("UpdateRole", &change).await.ok().has("UpdateRoleResult"));
    let shown = root.iam("UpdateRoleDescription", &[("RoleName", "ops"), ("Description", "two")]).await.ok();
    assert_eq!(shown.text("Description"), "two");
    assert!(!shown.has("MaxSessionDuration"));
    root.iam("UpdateRole", &[("RoleName", "ops")]).await.ok();
    let policy = trusting(&json!(ACCOUNT));
    root.iam("UpdateAssumeRolePolicy", &[("RoleName", "ops"), ("PolicyDocument", &policy)]).await.ok();
    let got = root.iam("GetRole", &[("RoleName", "ops")]).await.ok();
    assert_eq!((got.text("Description"), got.text("MaxSessionDuration")), ("two".into(), "7200".into()));
    let account = trusting(&json!(format!("arn:aws:iam::{ACCOUNT}:root")));
    assert_eq!(got.document("AssumeRolePolicyDocument"), account);
    root.iam("DeleteRole", &[("RoleName", "ops")]).await.ok();
    let gone = "The role with name ops cannot be found.";
    for action in ["GetRole", "DeleteRole", "UpdateRole", "ListRoleTags", "ListInstanceProfilesForRole"] {
        root.iam(action, &[("RoleName", "ops")]).await.is(404, "NoSuchEntity", gone);
    }
}

async fn trust_policies_name_those_who_exist_and_follow_them(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let user = root.iam("CreateUser", &[("UserName", "alice"), ("Path", "/a/b/")]).await.ok();
    let (user_arn, user_id) = (user.text("Arn"), user.text("UserId"));
    let other = role(&root, "other").await;
    let (role_arn, role_id) = (other.text("Arn"), other.text("RoleId"));
    let session = format!("arn:aws:sts::{ACCOUNT}:assumed-role/other/s");
    let create = async |name: &str, arns: Value| {
        let policy = trusting(&arns);
        root.iam("CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", &policy)]).await
    };
    let unknown = |arn: &str| format!("Invalid principal in policy: \"AWS\":\"{arn}\"");
    for bad in [
        format!("arn:aws:iam::{ACCOUNT}:user/alice"),
        format!("arn:aws:iam::{ACCOUNT}:user/a/b/Alice"),
        format!("arn:aws:iam::{ACCOUNT}:role/nobody"),
        format!("arn:aws:iam::{ACCOUNT}:role/self"),
        format!("arn:aws:sts::{ACCOUNT}:assumed-role/nobody/s"),
        "AIDAAAAAAAAAAAAAAAAAA".to_owned(),
    ] {
        let refused = create("self", json!(["*", bad])).await;
        refused.is(400, "MalformedPolicyDocument", &unknown(&bad));
    }
    // nobody used this account yet
    create("foreign", json!(["arn:aws:iam::111122223333:user/x", "111122223333"])).await.ok();

    let all = json!([user_arn, role_arn, session]);
    create("ops", all.clone()).await.ok();
    let shown = async || {
        let got = root.iam("GetRole", &[("RoleName", "ops")]).await.ok();
        let document: Value = serde_json::from_str(&got.document("AssumeRolePolicyDocument")).unwrap();
        document["Statement"][0]["Principal"]["AWS"].clone()
    };
    assert_eq!(shown().await, all);
    // a user of another name is the same user, another user of the same name is another
    root.iam("UpdateUser", &[("UserName", "alice"), ("NewUserName", "bob")]).await.ok();
    assert_eq!(shown().await[0], json!(format!("arn:aws:iam::{ACCOUNT}:user/a/b/bob")));
    root.iam("UpdateUser", &[("UserName", "bob"), ("NewUserName", "alice")]).await.ok();
    assert_eq!(shown().await, all);
    root.iam("DeleteUser", &[("UserName", "alice")]).await.ok();
    root.iam("CreateUser", &[("UserName", "alice"), ("Path", "/a/b/")]).await.ok();
    root.iam("DeleteRole", &[("RoleName", "other")]).await.ok();
    assert_eq!(shown().await, json!([user_id, role_id, session]));
    let listed = root.iam("ListRoles", &[]).await.ok();
    assert!(listed.body.contains(&user_id) && listed.body.contains(&role_id));
}

async fn what_is_wrong_with_a_role_is_told(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    role(&root, "ops").await;
    let create = async |more: &[(&str, &str)]| {
        let given = [("RoleName", "new"), ("AssumeRolePolicyDocument", EC2)];
        let given = given.into_iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
        root.iam("CreateRole", &given.chain(more.iter().copied()).collect::<Vec<_>>()).await
    };
    let taken = create(&[("RoleName", "OPS")]).await;
    taken.is(409, "EntityAlreadyExists", "Role with name OPS already exists.");
    let no_policy = format!("arn:aws:iam::{ACCOUNT}:not_a_policy/x");
    let refused = create(&[("PermissionsBoundary", &no_policy)]).await;
    refused.is(400, "InvalidInput", &format!("ARN {no_policy} is not valid."));
    for missing in [&*format!("arn:aws:iam::{ACCOUNT}:policy/none"), "arn:aws:iam::aws:policy/NoSuchPolicyOfAws"] {
        let refused = create(&[("PermissionsBoundary", missing)]).await;
        refused.is(404, "NoSuchEntity", &format!("Scope ARN: {missing} does not exist or is not attachable."));
    }
    let long = trusting(&json!("*")).replace("\"Allow\"", &format!("\"Allow\",\"Sid\":\"{}\"", "a".repeat(2_048)));
    let refused = create(&[("AssumeRolePolicyDocument", &long)]).await;
    refused.is(409, "LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048");
    let refused = root.iam("UpdateAssumeRolePolicy", &[("RoleName", "ops"), ("PolicyDocument", "{")]).await;
    refused.is(400, "MalformedPolicyDocument", "This policy contains invalid Json");
    let own = root.iam("DeleteServiceLinkedRole", &[("RoleName", "ops")]).await;
    own.is(404, "NoSuchEntity", "ops exists but is not a service role.");
}

async fn roles_are_listed_by_path_and_page(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    for (name, path) in [("b", "/x/"), ("A", "/x/y/"), ("c", "/"), ("D", "/x/")] {
        let given = [("RoleName", name), ("Path", path), ("AssumeRolePolicyDocument", EC2)];
        root.iam("CreateRole", &given).await.ok();
    }
    let all = root.iam("ListRoles", &[]).await.ok();
    assert_eq!(all.all("RoleName"), ["A", "b", "c", "D"]);
    let first = root.iam("ListRoles", &[("PathPrefix", "/x/"), ("MaxItems", "2")]).await.ok();
    assert_eq!((first.all("RoleName"), first.text("IsTruncated")), (strings(["A", "b"]), "true".into()));
    let marker = first.text("Marker");
    let second = root.iam("ListRoles", &[("PathPrefix", "/x/"), ("MaxItems", "2"), ("Marker", &marker)]).await.ok();
    assert_eq!((second.all("RoleName"), second.text("IsTruncated")), (strings(["D"]), "false".into()));
    assert_eq!(root.iam("ListRoles", &[("PathPrefix", "/none/")]).await.ok().all("RoleName"), Vec::<&str>::new());
}

async fn labels_of_roles_and_instance_profiles(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    role(&root, "r").await;
    root.iam("CreateInstanceProfile", &[("InstanceProfileName", "p")]).await.ok();
    let upper = [("Tags.member.1.Key", "Team"), ("Tags.member.1.Value", "one")];
    let lower = [("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "two")];
    // keys of roles are the same whatever their case, those of instance profiles are not
    for (noun, name, keys) in [
        ("Role", ("RoleName", "r"), strings(["team"])),
        ("InstanceProfile", ("InstanceProfileName", "p"), strings(["Team", "team"])),
    ] {
        for tag in [upper, lower] {
            root.iam(&format!("Tag{noun}"), &[&[name], &tag[..]].concat()).await.ok();
        }
        let list = format!("List{noun}Tags");
        assert_eq!(root.iam(&list, &[name]).await.ok().all("Key"), keys);
        let got = root.iam(&format!("Get{noun}"), &[name]).await.ok();
        assert_eq!(got.all("Key"), keys);
        root.iam(&format!("Untag{noun}"), &[name, ("TagKeys.member.1", "team")]).await.ok();
        assert_eq!(root.iam(&list, &[name]).await.ok().all("Key"), keys[..keys.len() - 1]);
    }
    let twice = [
        ("Tags.member.1.Key", "k"),
        ("Tags.member.1.Value", ""),
        ("Tags.member.2.Key", "k"),
        ("Tags.member.2.Value", ""),
    ];
    let refused = root.iam("TagInstanceProfile", &[&[("InstanceProfileName", "p")], &twice[..]].concat()).await;
    refused.is(400, "InvalidInput", "Duplicate tag keys found.");
    for (action, more) in [
        ("TagInstanceProfile", &upper[..]),
        ("UntagInstanceProfile", &[("TagKeys.member.1", "k")]),
        ("ListInstanceProfileTags", &[]),
    ] {
        let missing = root.iam(action, &[&[("InstanceProfileName", "none")], more].concat()).await;
        missing.is(404, "NoSuchEntity", "Instance Profile none cannot be found.");
    }
}

/// How many roles and instance profiles the account counts.
pub(super) async fn counted(app: &TestApp) -> (i64, i64) {
    let (_, account) = app.app.db.write(ACCOUNT).await.unwrap();
    (account.roles, account.instance_profiles)
}

async fn the_key_of_a_session_tells_when_its_role_was_used(place: &Place) {
    const KEY: &str = "ASIAAAAAAAAAAAAAAAAA";
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let role_id = role(&root, "r").await.text("RoleId");
    let (at, later) = (Time(1_700_000_000_000_000), Time(1_700_000_060_000_000));
    let key = SessionKey { access_key_id: KEY.into(), secret: "secret".into(), token_hash: "hash".into() };
    let session = Session {
        id: "session".into(),
        account_id: ACCOUNT.into(),
        kind: SessionKind::Role,
        user_id: None,
        user_name: None,
        role_id: Some(role_id),
        role_name: Some("r".into()),
        session_name: Some("s".into()),
        source_identity: None,
        parent_id: None,
        key: Some(key),
        session_policy: None,
        context: SessionContext::default(),
        mfa_present: false,
        source_address: None,
        started_at: at,
        expires_at: later,
        ended_at: None,
        ended_because: None,
    };
    let (mut tx, _) = app.app.db.write(ACCOUNT).await.unwrap();
    store::sessions::insert(&mut tx, &session).await.unwrap();
    tx.commit().await.unwrap();
    for (at, region) in [(at, "eu-west-1"), (later, "us-east-1")] {
        app.app.key_usage.note(KEY, Use { at, service: "iam", region: region.into() }, || None);
        upkeep::write_key_usage(&app.app).await.unwrap();
    }
    let got = root.iam("GetRole", &[("RoleName", "r")]).await.ok();
    assert_eq!((got.text("LastUsedDate"), got.text("Region")), (later.to_wire(), "us-east-1".into()));
}

async fn of_many_who_create_one_name_one_succeeds(place: &Place) {
    let app = TestApp::start(place).await;
    for (action, parameter) in [("CreateRole", "RoleName"), ("CreateInstanceProfile", "InstanceProfileName")] {
        let replies = concurrently(16, |number| {
            let root = Aws::root(&app);
            async move {
                let name = if number % 2 == 0 { "one" } else { "ONE" };
                let mut given = vec![(parameter, name)];
                given.extend((action == "CreateRole").then_some(("AssumeRolePolicyDocument", EC2)));
                root.iam(action, &given).await
            }
        })
        .await;
        let told = |code: &str| replies.iter().filter(|reply| reply.code() == code).count();
        assert_eq!((told(""), told("EntityAlreadyExists")), (1, 15), "{replies:?}");
    }
    assert_eq!(counted(&app).await, (1, 1));
}
