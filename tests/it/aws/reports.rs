//! What the account as a whole reports: services used, its summary, its details, the context keys of policies.

use serde_json::json;
use sesame::config::Signatures;

use super::client::{Aws, DOCUMENT, Xml};
use super::roles::{ACCOUNT, role};
use crate::support::{Place, TestApp};

on_every_store![
    services_are_reported_with_who_used_them,
    a_report_is_a_snapshot_that_only_who_asked_sees,
    a_report_is_paged_by_its_own_markers,
    policies_that_grant_a_service_are_listed,
    what_is_no_subject_of_a_report_is_told,
    the_summary_counts,
    all_details_of_an_account_are_paged_together,
    the_details_are_shown_as_the_cloud_shows_them,
    context_keys_of_policies,
];

fn allow(actions: &[&str]) -> String {
    let statement = json!({"Effect": "Allow", "Action": actions, "Resource": "*"});
    json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}

fn arn(rest: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{rest}")
}

async fn user(root: &Aws, name: &str) {
    root.iam("CreateUser", &[("UserName", name)]).await.ok();
}

async fn put(root: &Aws, name: &str, policy: &str, document: &str) {
    let parameters = [("UserName", name), ("PolicyName", policy), ("PolicyDocument", document)];
    root.iam("PutUserPolicy", &parameters).await.ok();
}

async fn key_of(root: &Aws, app: &TestApp, name: &str) -> Aws {
    let made = root.iam("CreateAccessKey", &[("UserName", name)]).await.ok();
    Aws::account(app, &made.text("AccessKeyId"))
}

async fn report(root: &Aws, arn: &str) -> String {
    root.iam("GenerateServiceLastAccessedDetails", &[("Arn", arn)]).await.ok().text("JobId")
}

async fn details(root: &Aws, job: &str) -> Xml {
    root.iam("GetServiceLastAccessedDetails", &[("JobId", job)]).await.ok()
}

async fn lax(place: &Place) -> TestApp {
    TestApp::start_with(place, |settings| settings.auth.signatures = Signatures::Ignore).await
}

/// A group `g` with users `a` and `b`, which has a policy `p` for s3 and iam.
async fn group(root: &Aws) -> String {
    for name in ["a", "b"] {
        user(root, name).await;
    }
    root.iam("CreateGroup", &[("GroupName", "g")]).await.ok();
    for name in ["a", "b"] {
        root.iam("AddUserToGroup", &[("GroupName", "g"), ("UserName", name)]).await.ok();
    }
    let document = allow(&["s3:GetObject", "iam:*"]);
    let made = root.iam("CreatePolicy", &[("PolicyName", "p"), ("PolicyDocument", &document)]).await.ok();
    let policy = made.text("Arn");
    root.iam("AttachGroupPolicy", &[("GroupName", "g"), ("PolicyArn", &policy)]).await.ok();
    policy
}

async fn services_are_reported_with_who_used_them(place: &Place) {
    let app = lax(place).await;
    let root = Aws::root(&app);
    let policy = group(&root).await;
    let a = key_of(&root, &app, "a").await;
    a.iam("GetUser", &[]).await;
    a.sts("GetCallerIdentity", &[]).await.ok();
    for subject in [arn("user/a"), arn("user/other/path/a"), arn("group/g"), policy.clone()] {
        let job = report(&root, &subject).await;
        let shown = details(&root, &job).await;
        assert_eq!(shown.all("ServiceNamespace"), ["iam", "s3"], "{subject}");
        assert_eq!(shown.all("ServiceName"), ["AWS Identity and Access Management", "Amazon S3"]);
        assert_eq!(shown.all("TotalAuthenticatedEntities"), ["1", "0"]);
        assert_eq!(shown.all("LastAuthenticatedEntity"), [arn("user/a")]);
        assert_eq!(shown.all("LastAuthenticatedRegion"), ["us-east-1"]);
        assert_eq!((&*shown.text("JobStatus"), &*shown.text("JobType")), ("COMPLETED", "SERVICE_LEVEL"));
        assert_eq!(shown.text("JobCreationDate"), shown.text("JobCompletionDate"));
        let of = |service| [("JobId", job.clone()), ("ServiceNamespace", service)];
        let [id, service] = of("iam".to_owned());
        let parameters = [(id.0, &*id.1), (service.0, &*service.1)];
        let entities = root.iam("GetServiceLastAccessedDetailsWithEntities", &parameters).await.ok();
        assert_eq!(entities.all("Name").first().map(String::as_str), Some("a"));
        assert_eq!(entities.all("LastAuthenticated").len(), 1);
        let parameters = [("JobId", &*job), ("ServiceNamespace", "sqs")];
        let none = root.iam("GetServiceLastAccessedDetailsWithEntities", &parameters).await.ok();
        assert!(none.body.contains("<EntityDetailsList/>"), "{}", none.body);
    }
    let parameters = [("JobId", &*report(&root, &policy).await), ("ServiceNamespace", "s3")];
    let entities = root.iam("GetServiceLastAccessedDetailsWithEntities", &parameters).await.ok();
    assert_eq!(entities.all("Name"), ["a", "b"]);
    assert_eq!(entities.all("Type"), ["USER", "USER"]);
    let b = details(&root, &report(&root, &arn("user/b")).await).await;
    assert_eq!(b.all("TotalAuthenticatedEntities"), ["0", "0"]);
}

async fn a_report_is_a_snapshot_that_only_who_asked_sees(place: &Place) {
    let app = lax(place).await;
    let root = Aws::root(&app);
    user(&root, "a").await;
    put(&root, "a", "p", &allow(&["s3:GetObject"])).await;
    let a = key_of(&root, &app, "a").await;
    let job = report(&root, &arn("user/a")).await;
    put(&root, "a", "p", &allow(&["sns:Publish"])).await;
    assert_eq!(details(&root, &job).await.all("ServiceNamespace"), ["s3"]);
    assert_eq!(details(&root, &report(&root, &arn("user/a")).await).await.all("ServiceNamespace"), ["sns"]);
    let foreign = a.iam("GetServiceLastAccessedDetails", &[("JobId", &job)]).await;
    assert!(matches!(foreign.code(), "NoSuchEntity" | "AccessDenied"), "{}", foreign.body);
    let other = Aws::account(&app, "111111111111").iam("GetServiceLastAccessedDetails", &[("JobId", &job)]).await;
    other.is(404, "NoSuchEntity", &format!("Job {job} does not exist."));
}

async fn a_report_is_paged_by_its_own_markers(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    user(&root, "a").await;
    put(&root, "a", "p", &allow(&["*"])).await;
    let (job, other) = (report(&root, &arn("user/a")).await, report(&root, &arn("user/a")).await);
    let parameters = [("JobId", &*job), ("MaxItems", "1000")];
    let all = root.iam("GetServiceLastAccessedDetails", &parameters).await.ok();
    assert!(all.all("ServiceNamespace").len() > 400);
    let first = root.iam("GetServiceLastAccessedDetails", &[("JobId", &job), ("MaxItems", "1")]).await.ok();
    assert_eq!(first.all("ServiceNamespace"), ["a2c"]);
    let marker = first.text("Marker");
    let parameters = [("JobId", &*job), ("MaxItems", "2"), ("Marker", &*marker)];
    let second = root.iam("GetServiceLastAccessedDetails", &parameters).await.ok();
    assert_eq!(second.all("ServiceNamespace"), ["a4b", "access-analyzer"]);
    let wrong = root.iam("GetServiceLastAccessedDetails", &[("JobId", &other), ("Marker", &marker)]).await;
    wrong.is(400, "InvalidInput", "The marker passed in the request was invalid.");
    let bad = root.iam("GetServiceLastAccessedDetails", &[("JobId", &job), ("Marker", "invalid")]).await;
    bad.is(400, "ValidationError", "Invalid Marker.");
}

async fn policies_that_grant_a_service_are_listed(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let policy = group(&root).await;
    put(&root, "a", "own", &allow(&["s3:PutObject"])).await;
    let deny = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}"#;
    put(&root, "a", "deny", deny).await;
    let subject = arn("user/a");
    let names = |services: &[&'static str]| {
        let mut parameters = vec![("Arn".to_owned(), subject.clone())];
        for (at, service) in services.iter().enumerate() {
            parameters.push((format!("ServiceNamespaces.member.{}", at + 1), (*service).to_owned()));
        }
        parameters
    };
    let ask = async |services: &[&'static str]| {
        let parameters = names(services);
        let parameters: Vec<(&str, &str)> = parameters.iter().map(|(name, value)| (&**name, &**value)).collect();
        root.iam("ListPoliciesGrantingServiceAccess", &parameters).await
    };
    let found = ask(&["s3", "s3", "sqs", "iam"]).await.ok();
    assert_eq!(found.all("ServiceNamespace"), ["s3", "sqs", "iam"]);
    assert_eq!(found.all("PolicyName"), ["own", "p", "p"]);
    assert_eq!(found.all("PolicyType"), ["INLINE", "MANAGED", "MANAGED"]);
    assert_eq!(found.all("PolicyArn"), [&*policy, &*policy]);
    assert_eq!((found.text("EntityType"), found.text("EntityName")), ("USER".into(), "a".into()));
    ask(&["S3", "iam", "x_y"]).await.is(400, "InvalidInput", "Invalid service namespace: [S3, x_y]");
    // A denial by another policy counts in the report.
    assert_eq!(details(&root, &report(&root, &subject).await).await.all("ServiceNamespace"), ["iam"]);
}

async fn what_is_no_subject_of_a_report_is_told(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let cases = [
        (arn("user/none"), 404, "NoSuchEntity", format!("ARN {} does not exist.", arn("user/none"))),
        (arn("policy/none"), 404, "NoSuchEntity", format!("ARN {} does not exist.", arn("policy/none"))),
        (arn("root"), 400, "InvalidInput", format!("Invalid Entity Arn: {} is not supported.", arn("root"))),
        (arn("user/a").replace("iam", "s3"), 400, "ValidationError", "Invalid service in ARN".to_owned()),
        (arn("user/a").replace("aws", "aws-cn"), 400, "ValidationError", "Invalid ARN partition".to_owned()),
    ];
    for (subject, status, code, text) in cases {
        let parameters = [("Arn", &*subject)];
        root.iam("GenerateServiceLastAccessedDetails", &parameters).await.is(status, code, &text);
    }
    let foreign = "arn:aws:iam::999999999999:user/a";
    let text = format!("User: {} is not authorized to perform the operation on {foreign}", arn("root"));
    root.iam("GenerateServiceLastAccessedDetails", &[("Arn", foreign)]).await.is(403, "AccessDenied", &text);
    let grants = async |subject: String| {
        let parameters = [("Arn", &*subject), ("ServiceNamespaces.member.1", "s3")];
        root.iam("ListPoliciesGrantingServiceAccess", &parameters).await
    };
    let text = format!("Could not extract entity from ARN : {}", arn("root"));
    grants(arn("root")).await.is(400, "InvalidInput", &text);
    let text = format!("Invalid Entity Arn: {} is not supported.", arn("policy/p"));
    grants(arn("policy/p")).await.is(400, "InvalidInput", &text);
    let unknown = "00000000-0000-0000-0000-000000000000";
    let parameters = [("JobId", unknown), ("ServiceNamespace", "s3")];
    let found = root.iam("GetServiceLastAccessedDetailsWithEntities", &parameters).await;
    found.is(404, "NoSuchEntity", &format!("Job {unknown} does not exist."));
    let parameters = [("JobId", unknown), ("ServiceNamespace", "S3")];
    let found = root.iam("GetServiceLastAccessedDetailsWithEntities", &parameters).await;
    found.is(400, "InvalidInput", "Service namepace S3 is either invalid or unsupported.");
}

fn summary(answer: &Xml) -> std::collections::HashMap<String, i64> {
    let values = answer.all("value").into_iter().map(|value| value.parse().expect("a number"));
    answer.all("key").into_iter().zip(values).collect()
}

async fn the_summary_counts(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let empty = summary(&root.iam("GetAccountSummary", &[]).await.ok());
    assert_eq!(empty.len(), 34);
    assert_eq!((empty["Users"], empty["AccountAccessKeysPresent"], empty["GlobalEndpointTokenVersion"]), (0, 0, 1));
    assert_eq!((empty["UserPolicySizeQuota"], empty["AssumeRolePolicySizeQuota"]), (2048, 2048));
    let policy = group(&root).await;
    role(&root, "r").await;
    root.iam("CreateInstanceProfile", &[("InstanceProfileName", "i")]).await.ok();
    let admin = "arn:aws:iam::aws:policy/AdministratorAccess";
    root.iam("PutRolePermissionsBoundary", &[("RoleName", "r"), ("PermissionsBoundary", admin)]).await.ok();
    root.iam("AttachUserPolicy", &[("UserName", "a"), ("PolicyArn", &policy)]).await.ok();
    root.iam("CreateVirtualMFADevice", &[("VirtualMFADeviceName", "m")]).await.ok();
    root.iam("CreateAccessKey", &[]).await.ok();
    root.iam("SetSecurityTokenServicePreferences", &[("GlobalEndpointTokenVersion", "v2Token")]).await.ok();
    let full = summary(&root.iam("GetAccountSummary", &[]).await.ok());
    let counted = [
        ("Users", 2),
        ("Groups", 1),
        ("Roles", 1),
        ("Policies", 1),
        ("PolicyVersionsInUse", 2),
        ("InstanceProfiles", 1),
        ("MFADevices", 1),
        ("MFADevicesInUse", 0),
        ("Providers", 0),
        ("ServerCertificates", 0),
        ("AccountAccessKeysPresent", 1),
        ("GlobalEndpointTokenVersion", 2),
    ];
    for (name, count) in counted {
        assert_eq!(full[name], count, "{name}");
    }
}

async fn all_details_of_an_account_are_paged_together(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    group(&root).await;
    role(&root, "r").await;
    let admin = "arn:aws:iam::aws:policy/AdministratorAccess";
    root.iam("AttachRolePolicy", &[("RoleName", "r"), ("PolicyArn", admin)]).await.ok();
    for most in 1..=7 {
        let (mut marker, mut arns, mut pages) = (String::new(), Vec::new(), 0);
        loop {
            let most = most.to_string();
            let mut parameters = vec![("MaxItems", &*most)];
            if !marker.is_empty() {
                parameters.push(("Marker", &marker));
            }
            let page = root.iam("GetAccountAuthorizationDetails", &parameters).await.ok();
            arns.extend(page.all("Arn"));
            pages += 1;
            marker = page.text("Marker");
            if marker.is_empty() {
                break;
            }
        }
        let users = [arn("user/a"), arn("user/b")];
        let wanted = [&users[0], &users[1], &arn("role/r"), &arn("group/g"), &arn("policy/p"), admin];
        let mut wanted: Vec<&str> = wanted.to_vec();
        // Within a page the kinds stand in another order.
        if most > 1 {
            arns.sort_unstable();
            wanted.sort_unstable();
        }
        assert_eq!(arns, wanted, "{most}");
        assert_eq!(pages, 6_usize.div_ceil(most));
    }
    let filtered = [("Filter.member.1", "Group"), ("Filter.member.2", "User"), ("MaxItems", "1")];
    let first = root.iam("GetAccountAuthorizationDetails", &filtered).await.ok();
    assert_eq!(first.all("Arn"), [arn("user/a")]);
    let marker = first.text("Marker");
    let wrong = root.iam("GetAccountAuthorizationDetails", &[("Marker", &marker)]).await;
    wrong.is(400, "ValidationError", "Marker and Filter do not match");
    let wrong = root.iam("GetAccountAuthorizationDetails", &[("Marker", "not-a-marker")]).await;
    wrong.is(400, "ValidationError", "Marker and Filter do not match");
}

async fn the_details_are_shown_as_the_cloud_shows_them(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let policy = group(&root).await;
    let bare = root.iam("GetAccountAuthorizationDetails", &[("Filter.member.1", "User")]).await.ok();
    assert!(!bare.has("UserPolicyList") && bare.has("GroupList") && bare.has("Tags") && bare.has("Policies"));
    put(&root, "a", "own", DOCUMENT).await;
    root.iam("PutUserPermissionsBoundary", &[("UserName", "a"), ("PermissionsBoundary", &policy)]).await.ok();
    role(&root, "r").await;
    root.iam("CreateInstanceProfile", &[("InstanceProfileName", "i")]).await.ok();
    root.iam("AddRoleToInstanceProfile", &[("InstanceProfileName", "i"), ("RoleName", "r")]).await.ok();
    let document = allow(&["sqs:*"]);
    root.iam("CreatePolicyVersion", &[("PolicyArn", &policy), ("PolicyDocument", &document)]).await.ok();
    let user = root.iam("GetAccountAuthorizationDetails", &[("Filter.member.1", "User")]).await.ok();
    assert_eq!(user.document("PolicyDocument"), DOCUMENT);
    assert_eq!(user.text("PermissionsBoundaryType"), "Policy");
    assert!(user.text("GroupList").contains("<member>g</member>"), "{}", user.body);
    let role = root.iam("GetAccountAuthorizationDetails", &[("Filter.member.1", "Role")]).await.ok();
    assert_eq!(role.document("AssumeRolePolicyDocument"), super::roles::EC2);
    assert_eq!(role.all("InstanceProfileName"), ["i"]);
    assert!(role.has("RoleLastUsed") && !role.has("Description") && !role.has("MaxSessionDuration"));
    let local = root.iam("GetAccountAuthorizationDetails", &[("Filter.member.1", "LocalManagedPolicy")]).await.ok();
    assert_eq!(local.all("VersionId"), ["v2", "v1"]);
    assert_eq!(local.all("IsDefaultVersion"), ["false", "true"]);
    assert_eq!(local.document("Document"), document);
    assert_eq!((local.text("AttachmentCount"), local.text("PermissionsBoundaryUsageCount")), ("1".into(), "1".into()));
    let clouds = root.iam("GetAccountAuthorizationDetails", &[("Filter.member.1", "AWSManagedPolicy")]).await.ok();
    assert!(clouds.all("Arn").is_empty());
}

async fn context_keys_of_policies(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let of = |key: &str| {
        let condition = json!({"StringEquals": {key: "x"}});
        let statement = json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": condition});
        json!({"Version": "2012-10-17", "Statement": statement}).to_string()
    };
    let twice = [("PolicyInputList.member.1", &*of("aws:username")), ("PolicyInputList.member.2", &of("aws:username"))];
    let found = root.iam("GetContextKeysForCustomPolicy", &twice).await.ok();
    assert_eq!(found.all("member"), ["aws:username", "aws:username"]);
    let bad = root.iam("GetContextKeysForCustomPolicy", &[("PolicyInputList.member.1", "{\"Foo\":1}")]).await;
    assert_eq!((bad.status, bad.code()), (400, "InvalidInput"));
    group(&root).await;
    put(&root, "a", "own", &of("aws:own")).await;
    let group = [("GroupName", "g"), ("PolicyName", "inline"), ("PolicyDocument", &of("aws:group"))];
    root.iam("PutGroupPolicy", &group).await.ok();
    let boundary = [("PolicyName", "bound"), ("PolicyDocument", &*of("aws:bound"))];
    let boundary = root.iam("CreatePolicy", &boundary).await.ok().text("Arn");
    root.iam("PutUserPermissionsBoundary", &[("UserName", "a"), ("PermissionsBoundary", &boundary)]).await.ok();
    let source = arn("user/wrong/path/a");
    let parameters = [("PolicySourceArn", &*source), ("PolicyInputList.member.1", &of("aws:given"))];
    let found = root.iam("GetContextKeysForPrincipalPolicy", &parameters).await.ok();
    assert_eq!(found.all("member"), ["aws:given", "aws:own", "aws:group", "aws:bound"]);
    let none = root.iam("GetContextKeysForPrincipalPolicy", &[("PolicySourceArn", &arn("role/none"))]).await;
    assert_eq!((none.status, none.code()), (404, "NoSuchEntity"));
    let bad = "this-is-not-an-iam-source-arn";
    let found = root.iam("GetContextKeysForPrincipalPolicy", &[("PolicySourceArn", bad)]).await;
    found.is(400, "InvalidInput", &format!("Invalid ARN provided in the request: {bad}"));
}
