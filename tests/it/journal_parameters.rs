//! What the journal and the audit trails tell of a request's parameters: all of it that is no secret, within bounds.

use serde_json::{Value, json};

use crate::aws::signed_client::{ACCOUNT as AWS_ACCOUNT, Aws};
use crate::support::{Place, TestApp, encode, trust_policy};

on_both_engines![
    what_is_no_secret_is_told,
    a_request_of_many_parts_is_told_whole,
    names_that_are_none_are_told_nowhere,
    large_requests_take_bounded_room,
    the_other_cloud_tells_what_is_no_secret,
];

async fn told(app: &TestApp, query: &str) -> Value {
    let (status, mut answer) = app.control.get(&format!("/events?format=cloudtrail&{query}")).await;
    assert_eq!(status, 200, "{answer}");
    let events = answer["Records"].as_array_mut().expect("events");
    events.pop().unwrap_or_else(|| panic!("no event of {query}"))
}

async fn journalled(app: &TestApp, query: &str) -> Value {
    let (status, mut answer) = app.control.get(&format!("/requests?{query}")).await;
    assert_eq!(status, 200, "{answer}");
    answer["requests"].as_array_mut().expect("requests").pop().unwrap_or_else(|| panic!("no request of {query}"))
}

async fn what_is_no_secret_is_told(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let user = ("UserName", "eve");
    root.iam("CreateUser", &[user]).await.ok();
    let arn = "arn:aws:iam::aws:policy/IAMUserChangePassword";
    root.iam("AttachUserPolicy", &[user, ("PolicyArn", arn)]).await.ok();
    assert_eq!(told(&app, "action=AttachUserPolicy").await["requestParameters"]["policyArn"], arn);
    let actions: Vec<String> = (0..40).map(|n| format!("secretsmanager:GetSecretValue{n}")).collect();
    let statement = json!([{"Effect": "Allow", "Action": actions, "Resource": "*"}]);
    let document = json!({"Version": "2012-10-17", "Statement": statement}).to_string();
    assert!(document.len() > 1_024);
    root.iam("PutUserPolicy", &[user, ("PolicyName", "p"), ("PolicyDocument", &document)]).await.ok();
    assert_eq!(told(&app, "action=PutUserPolicy").await["requestParameters"]["policyDocument"], document);

    let eve = Aws::of(&app, &root.iam("CreateAccessKey", &[user]).await.ok());
    let role = format!("arn:aws:iam::{AWS_ACCOUNT}:role/secret-admin");
    let text = eve.sts("AssumeRole", &[("RoleArn", &role), ("RoleSessionName", "night")]).await;
    let text = text.is(403, "AccessDenied");
    assert!(text.contains(&role), "{text}");
    let event = told(&app, "action=AssumeRole").await;
    assert_eq!((&event["requestParameters"]["roleArn"], &event["errorMessage"]), (&json!(role), &json!(text)));
    assert_eq!(journalled(&app, "action=AssumeRole").await["message"], text);
}

async fn a_request_of_many_parts_is_told_whole(place: &Place) {
    let app = TestApp::start(place).await;
    let tags: Vec<(String, String)> = (1..=50)
        .flat_map(|n| ["Key", "Value"].map(|part| (format!("Tags.member.{n}.{part}"), format!("{part}{n}"))))
        .collect();
    let mut parameters = vec![("UserName", "many")];
    parameters.extend(tags.iter().map(|(name, value)| (&**name, &**value)));
    Aws::root(&app).iam("CreateUser", &parameters).await.ok();
    let tags: Vec<Value> = (1..=50).map(|n| json!({"key": format!("Key{n}"), "value": format!("Value{n}")})).collect();
    let expected = json!({"userName": "many", "tags": tags});
    assert_eq!(told(&app, "action=CreateUser").await["requestParameters"], expected);
    assert_eq!(journalled(&app, "action=CreateUser").await["parameters"]["UserName"], "many");
}

async fn post(app: &TestApp, body: String) -> String {
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let answer = http.post(format!("http://{}/", app.address)).body(body);
    let answer = answer.header("content-type", "application/x-www-form-urlencoded").send().await.expect("an answer");
    answer.text().await.expect("a text")
}

async fn names_that_are_none_are_told_nowhere(place: &Place) {
    let app = TestApp::start(place).await;
    for (query, is_told) in [
        ("Action=X%26Password%3Dhunter2&Version=2010-05-08", false),
        ("Action=DoIt&Version=2010-05-08%26Password%3Dhunter2&X-Amz-Algorithm=", false),
        ("Password%3Dhunter2=1&Password%3Dhunter2=2&Action=GetUser&Version=2015-05-01", false),
        ("Action=DoIt&Version=2010-05-08", true),
    ] {
        app.control.delete("/requests").await;
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let answer = http.get(format!("http://{}/?{query}", app.address)).send().await.expect("an answer");
        let text = answer.text().await.expect("a text");
        assert_eq!(text.contains("hunter2"), !is_told, "{text}");
        let entry = journalled(&app, "").await;
        assert_eq!(entry["message"].is_string(), is_told, "{text}: {entry}");
        assert!(!entry.to_string().contains("hunter2"), "{entry}");
    }
    let strangers = ["pwd", "Code", "Otp", "MFACode", "Pass word", "UserName.password", "password"];
    let parameters = strangers.map(|name| format!("{}=hunter2", encode(name))).join("&");
    post(&app, format!("Action=GetUser&Version=2010-05-08&{parameters}")).await;
    let entry = journalled(&app, "action=GetUser").await;
    assert!(!entry.to_string().contains("hunter2"), "{entry}");
    assert_eq!(entry["parameters"]["pwd"], "***");
}

async fn large_requests_take_bounded_room(place: &Place) {
    let app = TestApp::start_with(place, |settings| settings.journal.max_bytes = 500_000).await;
    let smileys = "\u{1f600}".repeat(250);
    let many = (0..200).map(|n| format!("A{n}={smileys}")).collect::<Vec<_>>().join("&");
    for n in 0..20 {
        post(&app, format!("Action=GetUser&Version=2010-05-08&UserName=u{n}&{many}")).await;
    }
    let (_, answer) = app.control.get("/requests").await;
    let kept = answer["requests"].as_array().expect("requests");
    assert!((2..6).contains(&kept.len()), "{}", kept.len());
    for (entry, n) in kept.iter().rev().zip((0..20).rev()) {
        let parameters = &entry["parameters"];
        assert_eq!((&parameters["UserName"], &parameters["omitted"]), (&json!(format!("u{n}")), &json!("true")));
        assert!(parameters.to_string().len() < 102_400);
    }
}

async fn the_other_cloud_tells_what_is_no_secret(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    let trust = trust_policy("acs:ram::1000000000000001:root");
    let named =
        [("RoleName", "secret-admin"), ("Description", "a:password=role"), ("AssumeRolePolicyDocument", &*trust)];
    root.ram("CreateRole", &named).await.ok();
    let entry = journalled(&app, "action=CreateRole").await;
    for (name, value) in named {
        assert_eq!(entry["parameters"][name], value);
    }
    root.ram("CreateRole", &named).await.is(409, "EntityAlreadyExists.Role");
    assert!(journalled(&app, "action=CreateRole").await["message"].is_string());
}
