//! Policies and their versions: every answer and every refusal.

use serde_json::json;

use super::managed::{DOCUMENT, attach, custom, detach, owners, policy, says, system, texts};
use crate::support::{Place, Rpc, TestApp};

on_both_engines![
    a_policy_lives_from_its_making_to_its_end,
    names_and_documents_have_their_forms,
    versions_come_are_put_in_force_and_go,
    versions_that_are_not_there_are_told_from_policies_that_are_not,
    a_full_policy_takes_no_version_or_drops_its_oldest,
    policies_of_the_cloud_are_read_and_never_changed,
    policies_are_listed_page_by_page,
    an_account_has_so_many_policies,
    a_policy_in_use_is_not_deleted,
    accounts_do_not_see_each_others_policies,
];

const OTHER: &str = r#"{"Version":"1","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#;

async fn a_policy_lives_from_its_making_to_its_end(place: &Place) {
    let app = TestApp::start(place).await;
    for root in [app.root(), app.root().v3()] {
        let create = [("PolicyName", "Read-1"), ("PolicyDocument", DOCUMENT), ("Description", "to read\nwith")];
        let made = root.ram("CreatePolicy", &create).await.ok()["Policy"].clone();
        let created = made["CreateDate"].clone();
        let expected = json!({"PolicyName": "Read-1", "PolicyType": "Custom", "Description": "to read\nwith",
            "DefaultVersion": "v1", "CreateDate": created});
        assert_eq!(made, expected);
        let again = root.ram("CreatePolicy", &[("PolicyName", "read-1"), ("PolicyDocument", DOCUMENT)]).await;
        says(&again, 409, "EntityAlreadyExists.Policy", "The group does already EXIST.");
        app.control.advance(60).await;
        let described = [("PolicyName", "Read-1"), ("NewDescription", "reads")];
        let changed = root.ram("UpdatePolicyDescription", &described).await.ok()["Policy"].clone();
        assert_eq!((&changed["Description"], &changed["CreateDate"]), (&json!("reads"), &created));
        assert_ne!(changed["UpdateDate"], created);
        let found = root.ram("GetPolicy", &custom("Read-1")).await.ok();
        let mut expected = changed;
        expected["AttachmentCount"] = json!(0);
        assert_eq!(found["Policy"], expected);
        let version = json!({"VersionId": "v1", "IsDefaultVersion": true, "PolicyDocument": DOCUMENT,
            "CreateDate": created});
        assert_eq!(found["DefaultPolicyVersion"], version);
        root.ram("UpdatePolicyDescription", &[("PolicyName", "Read-1"), ("NewDescription", "")]).await.ok();
        assert_eq!(root.ram("GetPolicy", &custom("READ-1")).await.ok()["Policy"]["Description"], "");
        root.ram("DeletePolicy", &[("PolicyName", "Read-1")]).await.ok();
        let gone = root.ram("GetPolicy", &custom("Read-1")).await;
        says(&gone, 404, "EntityNotExist.Policy", "The policy does not exist.");
        for action in ["DeletePolicy", "UpdatePolicyDescription"] {
            root.ram(action, &[("PolicyName", "Read-1")]).await.is(404, "EntityNotExist.Policy");
        }
    }
}

async fn names_and_documents_have_their_forms(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    let (long, longest) = ("a".repeat(129), "a".repeat(128));
    for (name, code) in [
        ("", "MissingPolicyName"),
        ("a_b", "InvalidParameter.PolicyName.InvalidChars"),
        ("a b", "InvalidParameter.PolicyName.InvalidChars"),
        (&long, "InvalidParameter.PolicyName.Length"),
    ] {
        root.ram("CreatePolicy", &[("PolicyName", name), ("PolicyDocument", DOCUMENT)]).await.is(400, code);
        root.ram("GetPolicy", &custom(name)).await.is(400, code);
        root.ram("DeletePolicy", &[("PolicyName", name)]).await.is(400, code);
        root.ram("ListEntitiesForPolicy", &custom(name)).await.is(400, code);
    }
    policy(&root, &longest).await;
    let (document_of, description) = (format!("{DOCUMENT:>6144}"), "d".repeat(1_024));
    let whole = [("PolicyName", "whole"), ("PolicyDocument", &*document_of), ("Description", &description)];
    root.ram("CreatePolicy", &whole).await.ok();
    let (document_of, description) = (format!("{DOCUMENT:>6145}"), "d".repeat(1_025));
    let long = [("PolicyName", "long"), ("PolicyDocument", &*document_of)];
    root.ram("CreatePolicy", &long).await.is(400, "InvalidParameter.PolicyDocument.Length");
    let version = [("PolicyName", "whole"), ("PolicyDocument", &*document_of)];
    root.ram("CreatePolicyVersion", &version).await.is(400, "InvalidParameter.PolicyDocument.Length");
    let long = [("PolicyName", "long"), ("PolicyDocument", DOCUMENT), ("Description", &description)];
    root.ram("CreatePolicy", &long).await.is(400, "InvalidParameter.Description.Length");
    let long = [("PolicyName", "whole"), ("NewDescription", &*description)];
    root.ram("UpdatePolicyDescription", &long).await.is(400, "InvalidParameter.NewDescription.Length");
    for document in ["{", "7", r#"{"Version":"2012-10-17","Statement":[]}"#, r#"{"Version":"1"}"#] {
        for (action, name) in [("CreatePolicy", "broken"), ("CreatePolicyVersion", "whole")] {
            let parameters = [("PolicyName", name), ("PolicyDocument", document)];
            root.ram(action, &parameters).await.is(400, "MalformedPolicyDocument");
        }
    }
    root.ram("CreatePolicy", &[("PolicyName", "none")]).await.is(400, "MissingPolicyDocument");
    for action in ["GetPolicy", "ListPolicyVersions", "ListEntitiesForPolicy"] {
        root.ram(action, &[("PolicyName", "whole")]).await.is(400, "MissingPolicyType");
        let odd = root.ram(action, &[("PolicyName", "whole"), ("PolicyType", "custom")]).await;
        says(&odd, 400, "InvalidParameter.PolicyType", "The parameter - \"PolicyType\" is incorrect.");
    }
    root.ram("ListPolicies", &[("PolicyType", "Mine")]).await.is(400, "InvalidParameter.PolicyType");
    for id in ["1", "v0", "V1", "v01", "v-1", "v99999999999999999999"] {
        let named = [("PolicyName", "whole"), ("PolicyType", "Custom"), ("VersionId", id)];
        for action in ["GetPolicyVersion", "SetDefaultPolicyVersion", "DeletePolicyVersion"] {
            root.ram(action, &named).await.is(400, "InvalidParameter.VersionId.Format");
        }
    }
}

async fn make_version(root: &Rpc, name: &str, more: &[(&str, &str)]) -> crate::support::Reply {
    let parameters = [&[("PolicyName", name), ("PolicyDocument", OTHER)], more].concat();
    root.ram("CreatePolicyVersion", &parameters).await
}

async fn versions(root: &Rpc, name: &str) -> Vec<String> {
    let all = root.ram("ListPolicyVersions", &custom(name)).await.ok();
    texts(&all["PolicyVersions"]["PolicyVersion"], "VersionId")
}

async fn versions_come_are_put_in_force_and_go(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    policy(&root, "p").await;
    let made = make_version(&root, "p", &[]).await.ok()["PolicyVersion"].clone();
    assert_eq!((&made["VersionId"], &made["IsDefaultVersion"]), (&json!("v2"), &json!(false)));
    assert_eq!(made["PolicyDocument"], OTHER);
    let third = make_version(&root, "P", &[("SetAsDefault", "True")]).await.ok()["PolicyVersion"].clone();
    assert_eq!((&third["VersionId"], &third["IsDefaultVersion"]), (&json!("v3"), &json!(true)));
    assert_eq!(versions(&root, "p").await, ["v3", "v2", "v1"]);
    let of = |id| [("PolicyName", "p"), ("PolicyType", "Custom"), ("VersionId", id)];
    let in_force = root.ram("DeletePolicyVersion", &of("v3")).await;
    let message = "The default policy version CAN NOT been deleted directly.";
    says(&in_force, 409, "DeleteConflict.Policy.Version.Default", message);
    root.ram("DeletePolicyVersion", &of("v2")).await.ok();
    root.ram("SetDefaultPolicyVersion", &of("v1")).await.ok();
    let read = root.ram("GetPolicyVersion", &of("v1")).await.ok()["PolicyVersion"].clone();
    assert_eq!((&read["PolicyDocument"], &read["IsDefaultVersion"]), (&json!(DOCUMENT), &json!(true)));
    let found = root.ram("GetPolicy", &custom("p")).await.ok();
    assert_eq!(found["Policy"]["DefaultVersion"], "v1");
    assert_eq!(found["DefaultPolicyVersion"], read);
    // A number is never given again.
    root.ram("DeletePolicyVersion", &of("v3")).await.ok();
    assert_eq!(make_version(&root, "p", &[]).await.ok()["PolicyVersion"]["VersionId"], "v4");
    let more = root.ram("DeletePolicy", &[("PolicyName", "p")]).await;
    let message = "The policy CAN NOT has any version except the default version.";
    says(&more, 409, "DeleteConflict.Policy.Version", message);
    root.ram("DeletePolicy", &[("PolicyName", "p"), ("CascadingDelete", "true")]).await.ok();
    root.ram("GetPolicy", &custom("p")).await.is(404, "EntityNotExist.Policy");
    // Nothing of it is left.
    policy(&root, "p").await;
    assert_eq!(versions(&root, "p").await, ["v1"]);
}

async fn versions_that_are_not_there_are_told_from_policies_that_are_not(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    policy(&root, "p").await;
    for action in ["GetPolicyVersion", "SetDefaultPolicyVersion", "DeletePolicyVersion"] {
        let of = |name, id| [("PolicyName", name), ("PolicyType", "Custom"), ("VersionId", id)];
        let missing = root.ram(action, &of("p", "v9")).await;
        says(&missing, 404, "EntityNotExist.Policy.Version", "The policy version does not exist.");
        root.ram(action, &of("q", "v1")).await.is(404, "EntityNotExist.Policy");
    }
    root.ram("ListPolicyVersions", &custom("q")).await.is(404, "EntityNotExist.Policy");
    make_version(&root, "q", &[]).await.is(404, "EntityNotExist.Policy");
    let none = [&system("ReadOnlyAccess")[..], &[("VersionId", "v99")]].concat();
    root.ram("GetPolicyVersion", &none).await.is(404, "EntityNotExist.Policy.Version");
    root.ram("GetPolicy", &system("NoSuchAccess")).await.is(404, "EntityNotExist.Policy");
    // One of the account's own is none of the cloud's, and the other way round.
    root.ram("GetPolicy", &system("p")).await.is(404, "EntityNotExist.Policy");
    root.ram("GetPolicy", &custom("ReadOnlyAccess")).await.is(404, "EntityNotExist.Policy");
}

async fn a_full_policy_takes_no_version_or_drops_its_oldest(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    policy(&root, "p").await;
    for _ in 0..4 {
        make_version(&root, "p", &[]).await.ok();
    }
    for strategy in [&[][..], &[("RotateStrategy", "None")]] {
        let full = make_version(&root, "p", strategy).await;
        says(&full, 409, "LimitExceeded.Policy.Version", "The count of policy version beyond the current limits.");
    }
    make_version(&root, "p", &[("RotateStrategy", "Oldest")]).await.is(400, "InvalidParameter.RotateStrategy.Format");
    let rotate = [("RotateStrategy", "DeleteOldestNonDefaultVersionWhenLimitExceeded")];
    assert_eq!(make_version(&root, "p", &rotate).await.ok()["PolicyVersion"]["VersionId"], "v6");
    assert_eq!(versions(&root, "p").await, ["v6", "v5", "v4", "v3", "v1"]);
    let default = [&rotate[..], &[("SetAsDefault", "true")]].concat();
    make_version(&root, "p", &default).await.ok();
    assert_eq!(versions(&root, "p").await, ["v7", "v6", "v5", "v4", "v1"]);
    make_version(&root, "p", &rotate).await.ok();
    assert_eq!(versions(&root, "p").await, ["v8", "v7", "v6", "v5", "v4"]);
}

async fn policies_of_the_cloud_are_read_and_never_changed(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    for name in [
        "AdministratorAccess",
        "AliyunRAMFullAccess",
        "AliyunRAMReadOnlyAccess",
        "AliyunSTSAssumeRoleAccess",
        "AliyunSupportFullAccess",
        "AliyunECSFullAccess",
        "AliyunOSSFullAccess",
        "AliyunLogFullAccess",
        "AliyunVPCFullAccess",
        "ReadOnlyAccess",
    ] {
        let found = root.ram("GetPolicy", &system(name)).await.ok();
        assert_eq!((&found["Policy"]["PolicyName"], &found["Policy"]["PolicyType"]), (&json!(name), &json!("System")));
        let versions = root.ram("ListPolicyVersions", &system(name)).await.ok();
        assert_eq!(versions["PolicyVersions"]["PolicyVersion"], json!([found["DefaultPolicyVersion"]]));
        let id = found["Policy"]["DefaultVersion"].as_str().unwrap();
        let named = [&system(name)[..], &[("VersionId", id)]].concat();
        let version = root.ram("GetPolicyVersion", &named).await.ok();
        assert_eq!(version["PolicyVersion"], found["DefaultPolicyVersion"]);
        for action in ["DeletePolicy", "UpdatePolicyDescription", "SetDefaultPolicyVersion", "DeletePolicyVersion"] {
            root.ram(action, &named).await.is(404, "EntityNotExist.Policy");
        }
        make_version(&root, name, &[]).await.is(404, "EntityNotExist.Policy");
    }
    // Names are unique among policies of a type.
    policy(&root, "ReadOnlyAccess").await;
    assert_eq!(root.ram("GetPolicy", &system("ReadOnlyAccess")).await.ok()["Policy"]["PolicyType"], "System");
    assert_eq!(root.ram("GetPolicy", &custom("ReadOnlyAccess")).await.ok()["Policy"]["PolicyType"], "Custom");
}

async fn policies_are_listed_page_by_page(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    for name in ["b", "A", "c"] {
        let team = if name == "c" { "red" } else { "blue" };
        let create = [
            ("PolicyName", name),
            ("PolicyDocument", DOCUMENT),
            ("Tag.1.Key", "team"),
            ("Tag.1.Value", team),
            ("Tag.2.Key", name),
        ];
        root.ram("CreatePolicy", &create).await.ok();
    }
    app.user("alice").await;
    attach(&root, "User", &[("UserName", "alice")], &custom("b")).await.ok();
    let walk = async |given: &[(&str, &str)]| {
        let (mut all, mut marker) = (Vec::new(), None::<String>);
        loop {
            let more = marker.as_deref().map(|marker| ("Marker", marker));
            let page = root.ram("ListPolicies", &given.iter().copied().chain(more).collect::<Vec<_>>()).await.ok();
            all.extend(page["Policies"]["Policy"].as_array().unwrap().iter().cloned());
            assert_eq!(page["IsTruncated"], json!(page["Marker"].is_string()));
            match page["Marker"].as_str() {
                Some(next) => marker = Some(next.to_owned()),
                None => return json!(all),
            }
        }
    };
    let own = walk(&[("PolicyType", "Custom"), ("MaxItems", "1")]).await;
    assert_eq!(texts(&own, "PolicyName"), ["A", "b", "c"]);
    let found = root.ram("GetPolicy", &custom("b")).await.ok()["Policy"].clone();
    let mut expected = found;
    expected["Tags"] = json!({"Tag": [{"TagKey": "b", "TagValue": ""}, {"TagKey": "team", "TagValue": "blue"}]});
    assert_eq!(own[1], expected);
    assert_eq!(own[1]["AttachmentCount"], 1);
    let clouds = walk(&[("PolicyType", "System"), ("MaxItems", "7")]).await;
    assert!(texts(&clouds, "PolicyType").iter().all(|kind| kind == "System"));
    assert!(texts(&clouds, "PolicyName").len() > 40);
    let all = walk(&[("MaxItems", "2")]).await;
    assert_eq!(all.as_array().unwrap().len(), clouds.as_array().unwrap().len() + 3);
    assert_eq!(all, walk(&[("MaxItems", "1000")]).await);
    let blue = [("Tag.1.Key", "team"), ("Tag.1.Value", "blue"), ("MaxItems", "1")];
    assert_eq!(texts(&walk(&blue).await, "PolicyName"), ["A", "b"]);
    assert_eq!(texts(&walk(&[("Tag.1.Key", "c")]).await, "PolicyName"), ["c"]);
    for most in ["0", "1001"] {
        root.ram("ListPolicies", &[("MaxItems", most)]).await.is(400, "InvalidParameter.MaxItems.Range");
    }
    root.ram("ListPolicies", &[("Marker", "%")]).await.is(400, "InvalidParameter.Marker.Format");
}

async fn an_account_has_so_many_policies(place: &Place) {
    let app = TestApp::start_with(place, |settings| settings.alibaba.policies_per_account = 2).await;
    let root = app.root();
    policy(&root, "a").await;
    policy(&root, "b").await;
    let third = [("PolicyName", "c"), ("PolicyDocument", DOCUMENT)];
    let full = root.ram("CreatePolicy", &third).await;
    says(&full, 409, "LimitExceeded.Policy", "The count of policy beyond the current limits.");
    root.ram("DeletePolicy", &[("PolicyName", "a")]).await.ok();
    root.ram("CreatePolicy", &third).await.ok();
}

async fn a_policy_in_use_is_not_deleted(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    policy(&root, "p").await;
    make_version(&root, "p", &[]).await.ok();
    for (owner, kind) in owners(&app).await {
        attach(&root, kind, &owner, &custom("p")).await.ok();
        let (code, whom) = match kind {
            "User" => ("DeleteConflict.Policy.User", "user"),
            "Group" => ("DeleteConflict.Policy.Group", "group"),
            _ => ("DeleteConflict.Role.Policy", "role"),
        };
        let message = format!("The policy CAN NOT been attached to any {whom} while deleting the policy.");
        for cascading in ["true", "false"] {
            let delete = [("PolicyName", "p"), ("CascadingDelete", cascading)];
            says(&root.ram("DeletePolicy", &delete).await, 409, code, &message);
        }
        detach(&root, kind, &owner, &custom("p")).await.ok();
    }
    root.ram("DeletePolicy", &[("PolicyName", "p"), ("CascadingDelete", "maybe")])
        .await
        .is(400, "InvalidParameter.CascadingDelete.Format");
    root.ram("DeletePolicy", &[("PolicyName", "p")]).await.is(409, "DeleteConflict.Policy.Version");
    root.ram("DeletePolicy", &[("PolicyName", "p"), ("CascadingDelete", "True")]).await.ok();
}

async fn accounts_do_not_see_each_others_policies(place: &Place) {
    let app = TestApp::start(place).await;
    let (root, other) = (app.root(), app.rpc("2000000000000002", "any"));
    policy(&root, "p").await;
    for (action, more) in [("GetPolicy", "v1"), ("ListEntitiesForPolicy", "v1"), ("DeletePolicy", "v1")] {
        let named = [&custom("p")[..], &[("VersionId", more)]].concat();
        other.ram(action, &named).await.is(404, "EntityNotExist.Policy");
    }
    other.ram("CreateUser", &[("UserName", "bob")]).await.ok();
    let bob = [("UserName", "bob")];
    attach(&other, "User", &bob, &custom("p")).await.is(404, "EntityNotExist.Policy");
    attach(&root, "User", &bob, &custom("p")).await.is(404, "EntityNotExist.User");
    attach(&other, "User", &bob, &system("ReadOnlyAccess")).await.ok();
    let seen = root.ram("ListEntitiesForPolicy", &system("ReadOnlyAccess")).await.ok();
    assert_eq!(seen["Users"]["User"], json!([]));
    assert_eq!(root.ram("GetPolicy", &system("ReadOnlyAccess")).await.ok()["Policy"]["AttachmentCount"], 0);
    let seen = other.ram("ListPolicies", &[("PolicyType", "Custom")]).await.ok();
    assert_eq!(seen["Policies"]["Policy"], json!([]));
    policy(&other, "p").await;
    root.ram("DeletePolicy", &[("PolicyName", "p")]).await.ok();
    other.ram("GetPolicy", &custom("p")).await.ok();
}
