//! What policies say, asked through signed calls: users are made and given their policies by the API, and call it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::aws::signed_client::Aws;
use crate::support::{Place, TestApp};

on_both_engines![policies_of_aws_decide_calls, policies_of_ram_decide_calls];

/// What a user may do, what it calls, and what comes of it. The parameter `@me` is the user's name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// The statements of the user's policy, of its group's and of its boundary.
    own: Vec<Value>,
    #[serde(default)]
    group: Vec<Value>,
    #[serde(default)]
    boundary: Vec<Value>,
    action: String,
    parameters: BTreeMap<String, String>,
    expect: String,
}

impl Case {
    fn parameters<'a>(&'a self, me: &'a str) -> Vec<(&'a str, &'a str)> {
        let value = |value: &'a str| if value == "@me" { me } else { value };
        self.parameters.iter().map(|(name, of)| (name.as_str(), value(of))).collect()
    }
}

fn cases(name: &str, least: usize) -> Vec<Case> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/policy-calls").join(name);
    let cases: Vec<Case> = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    assert!(cases.len() >= least, "{}", cases.len());
    cases
}

fn policy(version: &str, statements: &[Value]) -> String {
    json!({"Version": version, "Statement": statements}).to_string()
}

async fn policies_of_aws_decide_calls(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let blue = [("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "blue")];
    root.iam("CreateUser", &[("UserName", "bob"), blue[0], blue[1]]).await.ok();
    let mut wrong = Vec::new();
    for (number, case) in cases("aws.json", 40).iter().enumerate() {
        let name = format!("u{number}");
        let (user, written) = (("UserName", &*name), |statements: &[Value]| policy("2012-10-17", statements));
        root.iam("CreateUser", &[user, blue[0], blue[1]]).await.ok();
        let own = written(&case.own);
        root.iam("PutUserPolicy", &[user, ("PolicyName", "own"), ("PolicyDocument", &own)]).await.ok();
        if !case.group.is_empty() {
            let (group, text) = (("GroupName", &*name), written(&case.group));
            root.iam("CreateGroup", &[group]).await.ok();
            root.iam("AddUserToGroup", &[group, user]).await.ok();
            root.iam("PutGroupPolicy", &[group, ("PolicyName", "shared"), ("PolicyDocument", &text)]).await.ok();
        }
        if !case.boundary.is_empty() {
            let text = written(&case.boundary);
            let made = root.iam("CreatePolicy", &[("PolicyName", &name), ("PolicyDocument", &text)]).await.ok();
            let boundary = ("PermissionsBoundary", &*made.value("Arn"));
            root.iam("PutUserPermissionsBoundary", &[user, boundary]).await.ok();
        }
        let key = root.iam("CreateAccessKey", &[user]).await.ok();
        let client = Aws::new(&app, &key.value("AccessKeyId"), &key.value("SecretAccessKey"), None);
        let answer = client.iam(&case.action, &case.parameters(&name)).await;
        let found = match (&*answer.value("Code"), answer.value("Message").contains("with an explicit deny")) {
            ("AccessDenied", true) => "explicitDeny",
            ("AccessDenied", false) => "implicitDeny",
            _ => "allowed",
        };
        if found != case.expect {
            wrong.push(format!("{}: {found}, not {}: {}", case.name, case.expect, answer.text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn policies_of_ram_decide_calls(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    root.ram("CreateUser", &[("UserName", "bob")]).await.ok();
    let mut wrong = Vec::new();
    for (number, case) in cases("ram.json", 15).iter().enumerate() {
        let name = format!("u{number}");
        let text = policy("1", &case.own);
        root.ram("CreateUser", &[("UserName", &name)]).await.ok();
        root.ram("CreatePolicy", &[("PolicyName", &name), ("PolicyDocument", &text)]).await.ok();
        let attached = [("PolicyName", &*name), ("PolicyType", "Custom"), ("UserName", &*name)];
        root.ram("AttachPolicyToUser", &attached).await.ok();
        let key = root.ram("CreateAccessKey", &[("UserName", &name)]).await.ok()["AccessKey"].clone();
        let text = |member: &str| key[member].as_str().unwrap().to_owned();
        let client = app.rpc(&text("AccessKeyId"), &text("AccessKeySecret"));
        let answer = client.ram(&case.action, &case.parameters(&name)).await;
        let found = match (answer.code(), answer.body["AccessDeniedDetail"]["NoPermissionType"].as_str()) {
            ("NoPermission", Some("ExplicitDeny")) => "explicitDeny",
            ("NoPermission", _) => "implicitDeny",
            _ => "allowed",
        };
        if found != case.expect {
            wrong.push(format!("{}: {found}, not {}: {}", case.name, case.expect, answer.body));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
