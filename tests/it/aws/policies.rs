//! Managed policies and their versions, inline policies.

use sesame::domain::role::Role;
use sesame::domain::time::Time;
use sesame::store;

use super::{Answer, Aws, DOCUMENT};
use crate::support::{Place, TestApp, encode};

on_both_engines![
    a_policy_lives_and_dies,
    versions_come_and_go_and_no_number_comes_twice,
    the_clouds_policies_are_there_and_stay_as_they_are,
    policies_are_listed_page_by_page,
    policies_have_labels,
    inline_policies_of_all_three_kinds,
    inline_policies_share_a_quota,
];

const ACCOUNT: &str = "000000000000";
pub(super) const ADMIN: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
pub(super) const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";
pub(super) const NONE: &str = "arn:aws:iam::000000000000:policy/none";

pub(super) async fn policy(root: &Aws, name: &str) -> String {
    root.iam("CreatePolicy", &[("PolicyName", name), ("PolicyDocument", DOCUMENT)]).await.ok().text("Arn")
}

/// Makes a role behind the API's back.
pub(super) async fn role(app: &TestApp, name: &str, service: Option<&str>) {
    let (mut tx, _) = app.app.db.write(ACCOUNT).await.unwrap();
    let role = Role {
        account_id: ACCOUNT.to_owned(),
        id: format!("AROA{name:0>17}"),
        name: name.to_owned(),
        path: "/".to_owned(),
        permissions_boundary: None,
        service_name: service.map(str::to_owned),
        last_used: None,
        description: String::new(),
        trust_policy: String::new(),
        max_session_seconds: 3_600,
        console_login_allowed: true,
        created_at: Time(0),
        updated_at: Time(0),
    };
    assert!(store::roles::insert(&mut tx, &role).await.unwrap());
    tx.commit().await.unwrap();
}

async fn a_policy_lives_and_dies(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let create = [
        ("PolicyName", "Deploy"),
        ("Path", "/div/ops/"),
        ("PolicyDocument", DOCUMENT),
        ("Description", "d & e"),
        ("Tags.member.1.Key", "b"),
        ("Tags.member.1.Value", "1"),
        ("Tags.member.2.Key", "B"),
        ("Tags.member.2.Value", ""),
    ];
    let made = root.iam("CreatePolicy", &create).await.ok();
    let arn = made.text("Arn");
    assert_eq!(arn, "arn:aws:iam::000000000000:policy/div/ops/Deploy");
    assert!(made.text("PolicyId").starts_with("ANPA"));
    assert_eq!((made.all("Key"), made.all("Description").len()), (vec!["b".into(), "B".into()], 0));
    let found = root.iam("GetPolicy", &[("PolicyArn", &arn)]).await.ok();
    assert_eq!((found.text("Description"), found.text("DefaultVersionId")), ("d & e".into(), "v1".into()));
    assert_eq!(found.all("Key"), ["B", "b"]);
    assert_eq!((found.text("IsAttachable"), found.text("AttachmentCount")), ("true".into(), "0".into()));
    let plain = root.iam("GetPolicy", &[("PolicyArn", &policy(&root, "plain").await)]).await.ok();
    assert!(plain.body.contains("<Tags/>") && plain.all("Description").is_empty(), "{}", plain.body);

    let again = root.iam("CreatePolicy", &[("PolicyName", "DEPLOY"), ("PolicyDocument", DOCUMENT)]).await;
    let taken = "A policy called DEPLOY already exists. Duplicate names are not allowed.";
    again.is(409, "EntityAlreadyExists", taken);
    let bad = root.iam("CreatePolicy", &[("PolicyName", "Deploy"), ("PolicyDocument", "{}")]).await;
    bad.is(400, "MalformedPolicyDocument", "Syntax errors in policy.");
    let large = DOCUMENT.replace("GetObject", &"x".repeat(6_200));
    let large = root.iam("CreatePolicy", &[("PolicyName", "large"), ("PolicyDocument", &large)]).await;
    large.is(409, "LimitExceeded", "Cannot exceed quota for PolicySize: 6144");
    // An ARN is compared exactly.
    let other = arn.replace("Deploy", "deploy");
    let gone = format!("Policy {other} was not found.");
    root.iam("GetPolicy", &[("PolicyArn", &other)]).await.is(404, "NoSuchEntity", &gone);
    let invalid = "ARN this-is-no-arn-of-a-policy is not valid.";
    root.iam("GetPolicy", &[("PolicyArn", "this-is-no-arn-of-a-policy")]).await.is(400, "ValidationError", invalid);

    root.iam("CreatePolicyVersion", &[("PolicyArn", &arn), ("PolicyDocument", DOCUMENT)]).await.ok();
    let versions = "This policy has more than one version. Before you delete a policy, you must delete the policy's \
                    versions. The default version is deleted with the policy.";
    root.iam("DeletePolicy", &[("PolicyArn", &arn)]).await.is(409, "DeleteConflict", versions);
    root.iam("DeletePolicyVersion", &[("PolicyArn", &arn), ("VersionId", "v2")]).await.ok();
    root.iam("DeletePolicy", &[("PolicyArn", &arn)]).await.ok();
    let gone = format!("Policy {arn} was not found.");
    root.iam("DeletePolicy", &[("PolicyArn", &arn)]).await.is(404, "NoSuchEntity", &gone);
    let (_, account) = app.app.db.write(ACCOUNT).await.unwrap();
    assert_eq!(account.policies, 1);
}

async fn versions_come_and_go_and_no_number_comes_twice(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let arn = policy(&root, "p").await;
    let of = ("PolicyArn", &*arn);
    let other =
        "{ \"Version\":\"2012-10-17\",\n\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"*\"}}";
    for number in 2..=5 {
        let made = root.iam("CreatePolicyVersion", &[of, ("PolicyDocument", other)]).await.ok();
        assert_eq!((made.text("VersionId"), made.text("IsDefaultVersion")), (format!("v{number}"), "false".into()));
        assert!(made.all("Document").is_empty());
    }
    let most = "A managed policy can have up to 5 versions. Before you create a new version, you must delete an \
                existing version.";
    root.iam("CreatePolicyVersion", &[of, ("PolicyDocument", other)]).await.is(409, "LimitExceeded", most);
    let shown = root.iam("GetPolicyVersion", &[of, ("VersionId", "v5")]).await.ok();
    assert_eq!(shown.text("Document"), encode(other));
    root.iam("DeletePolicyVersion", &[of, ("VersionId", "v5")]).await.ok();
    let sixth = [of, ("PolicyDocument", other), ("SetAsDefault", "true")];
    assert_eq!(root.iam("CreatePolicyVersion", &sixth).await.ok().text("VersionId"), "v6");
    let page = root.iam("ListPolicyVersions", &[of, ("MaxItems", "3")]).await.ok();
    assert_eq!(page.all("VersionId"), ["v6", "v4", "v3"]);
    assert_eq!(page.all("IsDefaultVersion"), ["true", "false", "false"]);
    let rest = root.iam("ListPolicyVersions", &[of, ("Marker", &page.text("Marker"))]).await.ok();
    assert_eq!(rest.all("VersionId"), ["v2", "v1"]);
    let default = "Cannot delete the default version of a policy.";
    root.iam("DeletePolicyVersion", &[of, ("VersionId", "v6")]).await.is(409, "DeleteConflict", default);
    root.iam("SetDefaultPolicyVersion", &[of, ("VersionId", "v1")]).await.ok();
    assert_eq!(root.iam("GetPolicy", &[of]).await.ok().text("DefaultVersionId"), "v1");
    root.iam("DeletePolicyVersion", &[of, ("VersionId", "v6")]).await.ok();
    for action in ["GetPolicyVersion", "SetDefaultPolicyVersion", "DeletePolicyVersion"] {
        for (arn, version) in [(&*arn, "v9"), (&*arn, "v1.a"), (NONE, "v1")] {
            let answer = root.iam(action, &[("PolicyArn", arn), ("VersionId", version)]).await;
            let text = format!("Policy {arn} version {version} does not exist or is not attachable.");
            answer.is(404, "NoSuchEntity", &text);
        }
    }
    let gone = format!("Policy {NONE} was not found.");
    root.iam("ListPolicyVersions", &[("PolicyArn", NONE)]).await.is(404, "NoSuchEntity", &gone);
    let create = [("PolicyArn", NONE), ("PolicyDocument", other)];
    root.iam("CreatePolicyVersion", &create).await.is(404, "NoSuchEntity", &gone);
}

async fn the_clouds_policies_are_there_and_stay_as_they_are(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let of = ("PolicyArn", ADMIN);
    let found = root.iam("GetPolicy", &[of]).await.ok();
    assert_eq!((found.text("PolicyName"), found.text("Path")), ("AdministratorAccess".into(), "/".into()));
    assert!(found.body.contains("<Tags/>"));
    let version = root.iam("GetPolicyVersion", &[of, ("VersionId", "v1")]).await.ok();
    assert!(version.text("Document").starts_with("%7B%0A"), "{}", version.body);
    assert_eq!(root.iam("ListPolicyVersions", &[of]).await.ok().all("VersionId"), ["v1"]);
    assert!(root.iam("ListPolicyTags", &[of]).await.ok().all("Key").is_empty());
    let foreign = "arn:aws:iam::999999999999:policy/theirs";
    for arn in [ADMIN, foreign] {
        let of = ("PolicyArn", arn);
        for (action, more, message) in [
            ("DeletePolicy", vec![], "Cannot delete policies outside your own account."),
            (
                "CreatePolicyVersion",
                vec![("PolicyDocument", DOCUMENT)],
                "Cannot create versions for policies outside your own account.",
            ),
            (
                "DeletePolicyVersion",
                vec![("VersionId", "v1")],
                "Cannot delete policy versions for policies outside your own account.",
            ),
            ("SetDefaultPolicyVersion", vec![("VersionId", "v1")], "Cannot update policies outside your own account."),
        ] {
            let answer = root.iam(action, &[&[of], &more[..]].concat()).await;
            answer.is(403, "AccessDenied", message);
        }
    }
}

async fn policies_are_listed_page_by_page(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    root.iam("CreateGroup", &[("GroupName", "g")]).await.ok();
    for name in ["zeta", "Alpha", "administratoraccess", "amazonS3fullaccess"] {
        let path = if name == "zeta" { "/own/" } else { "/" };
        let create = [("PolicyName", name), ("Path", path), ("PolicyDocument", DOCUMENT)];
        root.iam("CreatePolicy", &create).await.ok();
    }
    let local = root.iam("ListPolicies", &[("Scope", "Local")]).await.ok();
    assert_eq!(local.all("PolicyName"), ["administratoraccess", "Alpha", "amazonS3fullaccess", "zeta"]);
    assert!(local.all("Tags").is_empty() && !local.body.contains("<Tags/>"));
    // Pages of any size are the whole, each once.
    let whole: Vec<String> = all_pages(&root, &[], "1000").await;
    assert!(whole.len() > 200);
    assert_eq!(whole[..2], ["administratoraccess", "AdministratorAccess"]);
    assert!(whole.is_sorted_by_key(|name| name.to_lowercase()));
    for size in ["1", "7", "100"] {
        assert_eq!(all_pages(&root, &[], size).await, whole, "{size}");
    }
    let clouds = all_pages(&root, &[("Scope", "AWS")], "50").await;
    assert_eq!(clouds.len() + 4, whole.len());
    assert_eq!(all_pages(&root, &[("PathPrefix", "/own/")], "1").await, ["zeta"]);

    let zeta = "arn:aws:iam::000000000000:policy/own/zeta";
    for arn in [zeta, READ_ONLY] {
        root.iam("AttachGroupPolicy", &[("GroupName", "g"), ("PolicyArn", arn)]).await.ok();
    }
    root.iam("CreateUser", &[("UserName", "alice"), ("PermissionsBoundary", ADMIN)]).await.ok();
    let attached = ("OnlyAttached", "true");
    assert_eq!(all_pages(&root, &[attached], "1").await, ["AdministratorAccess", "ReadOnlyAccess", "zeta"]);
    let as_permissions = [attached, ("PolicyUsageFilter", "PermissionsPolicy")];
    assert_eq!(all_pages(&root, &as_permissions, "1").await, ["ReadOnlyAccess", "zeta"]);
    let as_boundary = [("PolicyUsageFilter", "PermissionsBoundary")];
    assert_eq!(all_pages(&root, &as_boundary, "1").await, ["AdministratorAccess"]);
    let listed = root.iam("ListPolicies", &as_boundary).await.ok();
    let counts = (listed.text("AttachmentCount"), listed.text("PermissionsBoundaryUsageCount"));
    assert_eq!(counts, ("0".into(), "1".into()));
    root.iam("ListPolicies", &[("Marker", "x")]).await.is(400, "ValidationError", "Invalid Marker.");
}

/// The names on all pages of a listing of policies.
async fn all_pages(root: &Aws, parameters: &[(&str, &str)], size: &str) -> Vec<String> {
    let (mut names, mut marker) = (Vec::new(), String::new());
    loop {
        let mut parameters = [parameters, &[("MaxItems", size)]].concat();
        if !marker.is_empty() {
            parameters.push(("Marker", &marker));
        }
        let page = root.iam("ListPolicies", &parameters).await.ok();
        names.extend(page.all("PolicyName"));
        if page.text("IsTruncated") == "false" {
            return names;
        }
        marker = page.text("Marker");
    }
}

async fn policies_have_labels(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let arn = policy(&root, "p").await;
    let of = ("PolicyArn", &*arn);
    let tag = async |of, key, value| {
        root.iam("TagPolicy", &[of, ("Tags.member.1.Key", key), ("Tags.member.1.Value", value)]).await
    };
    tag(of, "a", "1").await.ok();
    tag(of, "A", "2").await.ok();
    tag(of, "a", "").await.ok();
    let page = root.iam("ListPolicyTags", &[of, ("MaxItems", "1")]).await.ok();
    assert_eq!((page.all("Key"), page.all("Value")), (vec!["A".into()], vec!["2".into()]));
    root.iam("UntagPolicy", &[of, ("TagKeys.member.1", "A"), ("TagKeys.member.2", "none")]).await.ok();
    assert_eq!(root.iam("ListPolicyTags", &[of]).await.ok().all("Key"), ["a"]);
    let twice = [of, ("Tags.member.1.Key", "k"), ("Tags.member.1.Value", ""), ("Tags.member.2.Key", "k")];
    let twice = root.iam("TagPolicy", &[&twice[..], &[("Tags.member.2.Value", "")]].concat()).await;
    twice.is(400, "InvalidInput", "Duplicate tag keys found.");
    let gone = format!("Policy {NONE} was not found.");
    let none = ("PolicyArn", NONE);
    tag(none, "a", "").await.is(404, "NoSuchEntity", &gone);
    root.iam("UntagPolicy", &[none, ("TagKeys.member.1", "a")]).await.is(404, "NoSuchEntity", &gone);
    root.iam("ListPolicyTags", &[none]).await.is(404, "NoSuchEntity", &gone);
}

/// One of each kind: the words in operations' names, the parameter, the name.
pub(super) const KINDS: [(&str, &str, &str); 3] =
    [("User", "UserName", "alice"), ("Group", "GroupName", "ops"), ("Role", "RoleName", "deploy")];

pub(super) async fn one_of_each(app: &TestApp, root: &Aws) {
    root.iam("CreateUser", &[("UserName", "alice")]).await.ok();
    root.iam("CreateGroup", &[("GroupName", "ops")]).await.ok();
    role(app, "deploy", None).await;
}

async fn inline_policies_of_all_three_kinds(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    one_of_each(&app, &root).await;
    for (kind, parameter, name) in KINDS {
        let (of, lower) = ((parameter, name), kind.to_lowercase());
        let (put, get) = (format!("Put{kind}Policy"), format!("Get{kind}Policy"));
        let (list, delete) = (format!("List{kind}Policies"), format!("Delete{kind}Policy"));
        let spaced = DOCUMENT.replace(',', ", \n");
        for (policy, document) in [("b", DOCUMENT), ("A", DOCUMENT), ("a", &spaced)] {
            root.iam(&put, &[of, ("PolicyName", policy), ("PolicyDocument", document)]).await.ok();
        }
        let page = root.iam(&list, &[of, ("MaxItems", "1")]).await.ok();
        assert_eq!(page.all("member"), ["A"]);
        let rest = root.iam(&list, &[of, ("Marker", &page.text("Marker"))]).await.ok();
        assert_eq!((rest.all("member"), rest.text("IsTruncated")), (vec!["b".into()], "false".into()));
        let found = root.iam(&get, &[of, ("PolicyName", "a")]).await.ok();
        assert_eq!((found.text("PolicyDocument"), found.text(parameter)), (encode(&spaced), name.into()));
        assert_eq!(found.text("PolicyName"), "a");
        let bad = root.iam(&put, &[of, ("PolicyName", "b"), ("PolicyDocument", "[]")]).await;
        bad.is(400, "MalformedPolicyDocument", "Syntax errors in policy.");
        root.iam(&delete, &[of, ("PolicyName", "B")]).await.ok();
        let gone = format!("The {lower} policy with name b cannot be found.");
        root.iam(&delete, &[of, ("PolicyName", "b")]).await.is(404, "NoSuchEntity", &gone);
        root.iam(&get, &[of, ("PolicyName", "b")]).await.is(404, "NoSuchEntity", &gone);
        let nobody = (parameter, "nobody");
        let gone = format!("The {lower} with name nobody cannot be found.");
        root.iam(&list, &[nobody]).await.is(404, "NoSuchEntity", &gone);
        let put = root.iam(&put, &[nobody, ("PolicyName", "b"), ("PolicyDocument", DOCUMENT)]).await;
        put.is(404, "NoSuchEntity", &gone);
    }
}

async fn inline_policies_share_a_quota(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    one_of_each(&app, &root).await;
    for ((kind, parameter, name), most) in KINDS.into_iter().zip([2_048, 5_120, 10_240]) {
        let put = async |policy: &str, size: usize| -> Answer {
            let document = DOCUMENT.replace("GetObject", &"x".repeat(size - (DOCUMENT.len() - 9)));
            // White space is not counted.
            let document = document.replace(':', ": \t\n").replace("s3: \t\n", "s3:");
            let put = [(parameter, name), ("PolicyName", policy), ("PolicyDocument", &document)];
            root.iam(&format!("Put{kind}Policy"), &put).await
        };
        put("a", most - 200).await.ok();
        put("b", 200).await.ok();
        put("B", 200).await.ok();
        let text = format!("Maximum policy size of {most} bytes exceeded for {} {name}", kind.to_lowercase());
        put("b", 201).await.is(409, "LimitExceeded", &text);
        put("c", 100).await.is(409, "LimitExceeded", &text);
    }
}
