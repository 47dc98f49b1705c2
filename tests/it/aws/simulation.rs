//! The policy simulator: its answers as the cloud words them, and what it takes.

use super::client::{Aws, DOCUMENT, Xml};
use super::roles::ACCOUNT;
use crate::support::{Place, TestApp};

on_every_store![
    given_policies_are_simulated,
    a_principal_is_simulated_with_all_it_has,
    resources_of_another_account_need_both_sides,
    pages_count_actions,
    what_is_wrong_is_told,
    large_simulations_end,
];

const A: &str = "arn:aws:s3:::bucket/a";
const B: &str = "arn:aws:s3:::bucket/b";

fn arn(rest: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{rest}")
}

fn of(effect: &str, action: &str, more: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"{effect}","Action":"{action}","Resource":"arn:aws:s3:::bucket/*"{more}}}]}}"#
    )
}

async fn custom(root: &Aws, parameters: &[(&str, &str)]) -> Xml {
    root.iam("SimulateCustomPolicy", parameters).await
}

async fn given_policies_are_simulated(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let asked = [("PolicyInputList.member.1", DOCUMENT), ("ActionNames.member.1", "s3:GetObject")];
    let found = custom(&root, &asked).await.ok();
    let expected = "<EvaluationResults><member><EvalActionName>s3:GetObject</EvalActionName>\
        <EvalResourceName>*</EvalResourceName><EvalDecision>allowed</EvalDecision><MatchedStatements><member>\
        <SourcePolicyId>PolicyInputList.1</SourcePolicyId><SourcePolicyType>IAM Policy</SourcePolicyType>\
        <StartPosition><Line>1</Line><Column>38</Column></StartPosition>\
        <EndPosition><Line>1</Line><Column>95</Column></EndPosition></member></MatchedStatements>\
        <MissingContextValues/></member></EvaluationResults><IsTruncated>false</IsTruncated>";
    assert!(found.body.contains(expected), "{}", found.body);
    let of_two = [asked.to_vec(), vec![("ResourceArns.member.1", A), ("ResourceArns.member.2", B)]].concat();
    let found = custom(&root, &of_two).await.ok();
    assert_eq!(found.texts("EvalResourceName"), ["arn:aws:s3:::${BucketName}/${KeyName}", A, B]);
    assert_eq!(found.texts("EvalResourceDecision"), ["allowed", "allowed"]);
    assert!(found.body.contains("<EvalDecisionDetails/><ResourceSpecificResults>"), "{}", found.body);
    assert!(!found.has("PermissionsBoundaryDecisionDetail"));
    let boundary = of("Allow", "s3:PutObject", "");
    let bounded = [of_two, vec![("PermissionsBoundaryPolicyInputList.member.1", &boundary)]].concat();
    let found = custom(&root, &bounded).await.ok();
    assert_eq!(found.text("EvalDecision"), "implicitDeny");
    assert_eq!(found.texts("AllowedByPermissionsBoundary"), ["false", "false", "false"]);
    let none = custom(&root, &[("PolicyInputList", ""), ("ActionNames.member.1", "s3:GetObject")]).await.ok();
    assert_eq!(none.text("EvalDecision"), "implicitDeny");
}

async fn a_principal_is_simulated_with_all_it_has(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    root.iam("CreateUser", &[("UserName", "alice"), ("Path", "/p/")]).await.ok();
    root.iam("CreateGroup", &[("GroupName", "staff")]).await.ok();
    root.iam("AddUserToGroup", &[("GroupName", "staff"), ("UserName", "alice")]).await.ok();
    let named = r#","Condition":{"StringEquals":{"aws:PrincipalArn":"ARN","aws:userid":"ARN","aws:username":"alice"}}"#;
    let named = named.replace("ARN", &arn("user/p/alice"));
    let own = of("Allow", "s3:GetObject", &named);
    let inline = [("UserName", "alice"), ("PolicyName", "own"), ("PolicyDocument", &*own)];
    root.iam("PutUserPolicy", &inline).await.ok();
    let of_group = of("Allow", "s3:PutObject", "");
    let inline = [("GroupName", "staff"), ("PolicyName", "theirs"), ("PolicyDocument", &*of_group)];
    root.iam("PutGroupPolicy", &inline).await.ok();
    let managed = [("PolicyName", "m"), ("PolicyDocument", &*of("Deny", "s3:DeleteObject", ""))];
    let managed = root.iam("CreatePolicy", &managed).await.ok().text("Arn");
    root.iam("AttachUserPolicy", &[("UserName", "alice"), ("PolicyArn", &managed)]).await.ok();

    let source = arn("user/wrong/path/alice");
    let mut asked = vec![("PolicySourceArn", &*source), ("ResourceArns.member.1", A)];
    for (name, action) in [
        ("ActionNames.member.1", "s3:GetObject"),
        ("ActionNames.member.2", "s3:PutObject"),
        ("ActionNames.member.3", "s3:DeleteObject"),
    ] {
        asked.push((name, action));
    }
    let found = root.iam("SimulatePrincipalPolicy", &asked).await.ok();
    assert_eq!(found.texts("EvalDecision"), ["allowed", "allowed", "explicitDeny"]);
    let mut by = found.texts("SourcePolicyId");
    by.dedup();
    assert_eq!(by, ["user_alice_own", "group_staff_theirs", "m"]);
    let other_caller = [asked.clone(), vec![("CallerArn", "arn:aws:iam::123456789012:user/bob")]].concat();
    let found = root.iam("SimulatePrincipalPolicy", &other_caller).await.ok();
    assert_eq!(found.texts("EvalDecision"), ["implicitDeny", "allowed", "explicitDeny"]);
    assert_eq!(found.text("EvalResourceDecision"), "implicitDeny");

    let boundary = [("PolicyName", "b"), ("PolicyDocument", &*of("Allow", "s3:GetObject", ""))];
    let boundary = root.iam("CreatePolicy", &boundary).await.ok().text("Arn");
    root.iam("PutUserPermissionsBoundary", &[("UserName", "alice"), ("PermissionsBoundary", &boundary)]).await.ok();
    let found = root.iam("SimulatePrincipalPolicy", &asked).await.ok();
    assert_eq!(found.texts("EvalDecision"), ["allowed", "implicitDeny", "explicitDeny"]);
    let wider = of("Allow", "s3:*", "");
    let replaced = [asked, vec![("PermissionsBoundaryPolicyInputList.member.1", &*wider)]].concat();
    let found = root.iam("SimulatePrincipalPolicy", &replaced).await.ok();
    assert_eq!(found.texts("EvalDecision"), ["allowed", "allowed", "explicitDeny"]);

    let source = arn("group/staff");
    let more = of("Allow", "s3:GetObject", "");
    let of_group = [
        ("PolicySourceArn", &*source),
        ("PolicyInputList.member.1", &more),
        ("ActionNames.member.1", "s3:GetObject"),
        ("ResourceArns.member.1", A),
    ];
    let found = root.iam("SimulatePrincipalPolicy", &of_group).await.ok();
    assert_eq!(found.text("SourcePolicyId"), "PolicyInputList.1");
}

async fn resources_of_another_account_need_both_sides(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let (caller, owner) = (arn("user/alice"), "arn:aws:iam::999999999999:root");
    let policy = of("Allow", "s3:GetObject", r#","Principal":"*""#);
    let asked = [
        ("PolicyInputList", ""),
        ("ActionNames.member.1", "s3:GetObject"),
        ("ResourceArns.member.1", A),
        ("CallerArn", &caller),
        ("ResourcePolicy", &policy),
    ];
    let found = custom(&root, &asked).await.ok();
    assert_eq!(
        (found.text("EvalDecision"), found.text("SourcePolicyType")),
        ("allowed".into(), "Resource Policy".into())
    );
    let found = custom(&root, &[asked.to_vec(), vec![("ResourceOwner", owner)]].concat()).await.ok();
    assert_eq!(found.text("EvalDecision"), "implicitDeny");
    let details = "<EvalDecisionDetails><entry><key>IAM Policy</key><value>implicitDeny</value></entry>\
        <entry><key>Resource Policy</key><value>allowed</value></entry></EvalDecisionDetails>";
    assert_eq!(found.body.matches(details).count(), 2, "{}", found.body);
    let nobody = custom(&root, &[&asked[..3], &asked[4..]].concat()).await;
    nobody.is(400, "InvalidInput", "Invalid caller - Caller cannot be null or empty.");
    let nothing = custom(&root, &[&asked[..2], &asked[3..]].concat()).await;
    nothing.is(400, "InvalidInput", "Invalid Entity Arn: * does not clearly define entity type and name.");
    let bare = custom(&root, &[asked.to_vec(), vec![("ResourceOwner", "999999999999")]].concat()).await;
    bare.is(400, "InvalidInput", "'999999999999' is not a valid as a Resource Owner.");
}

async fn pages_count_actions(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let asked = [
        ("PolicyInputList.member.1", DOCUMENT),
        ("ActionNames.member.1", "s3:GetObject"),
        ("ActionNames.member.2", "s3:PutObject"),
        ("ActionNames.member.3", "s3:GetObject"),
        ("MaxItems", "2"),
    ];
    let first = custom(&root, &asked).await.ok();
    assert_eq!(first.texts("EvalActionName"), ["s3:GetObject", "s3:PutObject"]);
    assert_eq!(first.text("IsTruncated"), "true");
    let marker = first.text("Marker");
    let second = custom(&root, &[asked.to_vec(), vec![("Marker", &marker)]].concat()).await.ok();
    assert_eq!((second.texts("EvalDecision"), second.text("IsTruncated")), (vec!["allowed".into()], "false".into()));
    let fewer = custom(&root, &[&asked[..2], &[("Marker", &*marker)]].concat()).await.ok();
    assert_eq!((fewer.has("EvaluationResults"), fewer.texts("member").len()), (true, 0));
    let bad = custom(&root, &[&asked[..2], &[("Marker", "not-a-simulation-marker")]].concat()).await;
    bad.is(400, "InvalidInput", "Invalid marker for pagination.");
}

async fn what_is_wrong_is_told(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let asked = [("PolicyInputList.member.1", DOCUMENT), ("ActionNames.member.1", "s3:GetObject")];
    let (name, of, value) = (
        "ContextEntries.member.1.ContextKeyName",
        "ContextEntries.member.1.ContextKeyType",
        "ContextEntries.member.1.ContextKeyValues.member.1",
    );
    let second = "ContextEntries.member.1.ContextKeyValues.member.2";
    for (more, message) in [
        (vec![("ActionNames.member.2", "GetObject")], "The action is invalid since it is missing names"),
        (vec![("ResourceArns.member.1", "not-an-arn")], "ResourceNames are not in a valid ARN format: not-an-arn."),
        (vec![("PolicyInputList.member.2", "{")], "Policy input list item 2 has invalid content"),
        (
            vec![
                ("PermissionsBoundaryPolicyInputList.member.1", DOCUMENT),
                ("PermissionsBoundaryPolicyInputList.member.2", DOCUMENT),
            ],
            "The list of Permissions Boundary policies cannot exceed 1 items.",
        ),
        (vec![(of, "string"), (value, "x")], "ContextKeyName cannot be null or empty."),
        (vec![(name, "stack:key"), (value, "x")], "Context key stack:key has invalid type null."),
        (
            vec![(name, "stack:key"), (of, "string")],
            "Context values for context key stack:key cannot be null or empty.",
        ),
        (
            vec![(name, "stack:key"), (of, "ip"), (value, "here")],
            "Invalid context value for key stack:key: expected IP address.",
        ),
        (
            vec![(name, "stack:key"), (of, "string"), (value, "a"), (second, "b")],
            "Context key string expected a single value, but received 2.",
        ),
        (
            vec![("CallerArn", "arn:aws:iam::123456789012:root")],
            "Invalid caller - Caller must be an IAM user, role or group in this context.",
        ),
    ] {
        custom(&root, &[asked.to_vec(), more].concat()).await.is(400, "InvalidInput", message);
    }
    let unknown =
        custom(&root, &[asked.to_vec(), vec![(name, "stack:key"), (of, "word"), (value, "x")]].concat()).await;
    assert_eq!((unknown.status, unknown.code()), (400, "ValidationError"));
    let principal = async |source: &str| {
        root.iam("SimulatePrincipalPolicy", &[("PolicySourceArn", source), ("ActionNames.member.1", "a:b")]).await
    };
    principal(&arn("role/none")).await.is(404, "NoSuchEntity", "Unable to retrieve specified IAM entity.");
    let message = format!(
        "Invalid Policy Source Arn: caller's account {ACCOUNT} does not have access to policies in account 999999999999."
    );
    principal("arn:aws:iam::999999999999:user/x").await.is(400, "InvalidInput", &message);
    let session = "arn:aws:sts::123456789012:assumed-role/r/s";
    let message = format!("Invalid ARN provided in the request: {session}");
    principal(session).await.is(400, "InvalidInput", &message);
}

async fn large_simulations_end(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let statement = r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::*a*a*a*a*a*a*a*a*b"}"#;
    let document = format!(r#"{{"Statement":[{}]}}"#, vec![statement; 1_000].join(","));
    let names: Vec<String> = (1..=1_000).map(|at| format!("ActionNames.member.{at}")).collect();
    let resource = format!("arn:aws:s3:::{}", "a".repeat(200));
    let mut asked: Vec<(&str, &str)> = names.iter().map(|name| (&**name, "s3:GetObject")).collect();
    asked.extend([
        ("PolicyInputList.member.1", &*document),
        ("ResourceArns.member.1", &resource),
        ("MaxItems", "1000"),
    ]);
    let resources: Vec<String> = (2..=50).map(|at| format!("ResourceArns.member.{at}")).collect();
    asked.extend(resources.iter().map(|name| (&**name, &*resource)));
    let begun = std::time::Instant::now();
    let found = custom(&root, &asked).await.ok();
    assert_eq!(found.text("IsTruncated"), "true", "a page ends before it takes too long");
    assert!(begun.elapsed() < std::time::Duration::from_secs(30), "{:?}", begun.elapsed());
    let big =
        format!(r#"{{"Statement":[{{"Effect":"Allow","Condition":{}1{}}}]}}"#, "[".repeat(60_000), "]".repeat(60_000));
    let deep = [("PolicyInputList.member.1", &*big), ("ActionNames.member.1", "a:b")];
    custom(&root, &deep).await.is(400, "InvalidInput", "Policy input list item 1 has invalid content");
}
