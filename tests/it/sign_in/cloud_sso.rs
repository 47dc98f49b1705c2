//! `aliyun configure --mode CloudSSO` and `acs-sso login` step by step, as these send it, with a person in a browser.

use serde_json::{Value, json};

use super::browser::{Browser, Page, challenge};
use crate::support::{self, ACCOUNT, Place, Rpc, TestApp};

on_both_engines![
    a_person_approves_and_the_command_line_gets_credentials_of_a_role,
    the_root_may_approve_too,
    a_command_line_waits_at_its_pace_and_not_for_ever,
    a_device_code_is_good_once_and_for_its_client_alone,
    whoever_is_denied_gets_nothing,
    all_of_it_ends_with_the_session,
    only_what_is_assigned_is_given,
    long_lists_come_in_pages,
    the_page_is_for_the_right_person_alone,
    what_is_missing_is_named,
];

const PASSWORD: &str = "Correct-Horse-1";
const CLIENT: &str = "app-vaz16tltdxs96audqf35";
const VERIFIER: &str = "qWeRtYuIoPaSdFgH0123456789abcdef0123456789abcdef";

/// What a command line was told at the start.
struct Waiting {
    device_code: String,
    user_code: String,
    page: String,
}

async fn with_alice(place: &Place) -> (TestApp, Browser, support::Browser) {
    let app = TestApp::start(place).await;
    app.console_user("alice", PASSWORD).await;
    app.may_take_roles("alice").await;
    let (cli, mut person) = (Browser::new(&app), app.browser());
    person.sign_in("alice", PASSWORD).await;
    (app, cli, person)
}

pub(super) async fn role(rpc: &Rpc, name: &str, trusted: &str) {
    let trust = json!({"Version": "1", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"RAM": [format!("acs:ram::{trusted}:root")]}}]});
    let create = [("RoleName", name), ("AssumeRolePolicyDocument", &*trust.to_string()), ("Description", "For tests")];
    rpc.ram("CreateRole", &create).await.ok();
}

fn begin_body(cli: &Browser) -> Value {
    json!({
        "PortalUrl": format!("{}/start/login", cli.base()),
        "CodeChallenge": challenge(VERIFIER),
        "ClientId": CLIENT,
        "CodeChallengeMethod": "S256",
    })
}

async fn post(cli: &Browser, path: &str, body: &Value) -> Page {
    cli.post_json(path, body, &[("accept", "application/json")]).await
}

async fn begin(cli: &Browser) -> Waiting {
    let page = post(cli, "/device-authorization", &begin_body(cli)).await;
    assert_eq!((page.status, page.header("content-type")), (200, "application/json"), "{}", page.text);
    let answer = page.json();
    let text = |name: &str| answer[name].as_str().unwrap_or_else(|| panic!("no {name}: {answer}")).to_owned();
    assert_eq!(answer["Interval"], json!(5));
    assert_eq!(text("VerificationUri"), format!("{}/console/device", cli.base()));
    let complete = text("VerificationUriComplete");
    let page = complete.strip_prefix(cli.base()).expect("a page of ours").to_owned();
    Waiting { device_code: text("DeviceCode"), user_code: text("UserCode"), page }
}

fn question(waiting: &Waiting) -> Value {
    json!({
        "CodeVerifier": VERIFIER,
        "ClientId": CLIENT,
        "DeviceCode": waiting.device_code,
        "GrantType": "urn:ietf:params:oauth:grant-type:device_code",
    })
}

async fn ask(cli: &Browser, waiting: &Waiting) -> Page {
    post(cli, "/token", &question(waiting)).await
}

#[track_caller]
fn refused(page: &Page, code: &str) {
    let answer = page.json();
    assert_eq!((page.status, &answer["ErrorCode"]), (400, &json!(code)), "{answer}");
    for name in ["ErrorMessage", "RequestId"] {
        assert!(answer[name].as_str().is_some_and(|text| !text.is_empty()), "{answer}");
    }
}

#[track_caller]
pub(super) fn ok(page: &Page) -> Value {
    assert_eq!(page.status, 200, "{}", page.text);
    page.json()
}

async fn answer(person: &mut support::Browser, waiting: &Waiting, yes: bool) -> support::Seen {
    let page = person.open(&waiting.page).await;
    page.says(200, &format!("<output>{}</output>", waiting.user_code));
    person.submit(&page, "/console/device", &[("answer", if yes { "yes" } else { "no" })]).await
}

/// A token for which the person said yes.
pub(super) async fn token(cli: &Browser, person: &mut support::Browser) -> String {
    let waiting = begin(cli).await;
    answer(person, &waiting, true).await.says(200, "The command line has signed in");
    let answer = ok(&ask(cli, &waiting).await);
    answer["AccessToken"].as_str().expect("a token").to_owned()
}

async fn get(cli: &Browser, path: &str, token: &str) -> Page {
    cli.get_with(path, &[("authorization", &format!("Bearer {token}")), ("accept", "application/json")]).await
}

pub(super) async fn credentials(cli: &Browser, token: &str, account: &str, configuration: &str) -> Page {
    let body = json!({"AccountId": account, "AccessConfigurationId": configuration});
    cli.post_json("/cloud-credentials", &body, &[("authorization", &format!("Bearer {token}"))]).await
}

/// The access configurations of an account, by name.
pub(super) async fn configurations(cli: &Browser, token: &str, account: &str) -> Vec<(String, String)> {
    let path = format!("/access-assignments/access-configurations?AccountId={account}&MaxResults=100");
    let answer = ok(&get(cli, &path, token).await);
    assert_eq!(answer["IsTruncated"], json!(false));
    let all = answer["AccessConfigurationsForAccount"].as_array().expect("a list").clone();
    let text = |one: &Value, name: &str| one[name].as_str().expect("a text").to_owned();
    all.iter().map(|one| (text(one, "AccessConfigurationName"), text(one, "AccessConfigurationId"))).collect()
}

pub(super) fn signer(app: &TestApp, answer: &Value) -> Rpc {
    let text = |name: &str| answer["CloudCredential"][name].as_str().expect("credentials");
    assert!(sesame::domain::time::Time::parse(text("Expiration")).is_some());
    app.rpc(text("AccessKeyId"), text("AccessKeySecret")).with_token(text("SecurityToken"))
}

async fn a_person_approves_and_the_command_line_gets_credentials_of_a_role(place: &Place) {
    let (app, cli, mut person) = with_alice(place).await;
    role(&app.root(), "auditor", ACCOUNT).await;
    let waiting = begin(&cli).await;
    refused(&ask(&cli, &waiting).await, "AuthorizationPending");
    // Who has not signed in does so first, and comes back.
    let mut stranger = app.browser();
    let location = stranger.open(&waiting.page).await.location().to_owned();
    assert!(location.starts_with("/console/login?next=%2Fconsole%2Fdevice%3Fuser%5Fcode%3D"), "{location}");
    answer(&mut person, &waiting, true).await.says(200, "The command line has signed in");
    let tokens = ok(&ask(&cli, &waiting).await);
    assert_eq!(tokens["ExpiresIn"], json!(3_600));
    let token = tokens["AccessToken"].as_str().unwrap();

    let accounts = ok(&get(&cli, "/access-assignments/accounts?MaxResults=100", token).await);
    assert_eq!(accounts["Accounts"], json!([{"AccountId": ACCOUNT, "DisplayName": ACCOUNT}]));
    assert_eq!(accounts["IsTruncated"], json!(false));
    let all = configurations(&cli, token, ACCOUNT).await;
    assert_eq!((all.len(), &*all[0].0), (1, "auditor"));
    let given = ok(&credentials(&cli, token, ACCOUNT, &all[0].1).await);
    let identity = signer(&app, &given).sts("GetCallerIdentity", &[]).await.ok();
    assert_eq!(identity["Arn"], json!(format!("acs:ram::{ACCOUNT}:assumed-role/auditor/alice")));
    // A token is good for more than one, until its time is over.
    ok(&credentials(&cli, token, ACCOUNT, &all[0].1).await);
    app.control.advance(3_600).await;
    refused(&credentials(&cli, token, ACCOUNT, &all[0].1).await, "InvalidAccessToken");
    signer(&app, &given).sts("GetCallerIdentity", &[]).await.is(400, "InvalidSecurityToken.Expired");
}

async fn the_root_may_approve_too(place: &Place) {
    let (app, cli, _) = with_alice(place).await;
    role(&app.root(), "auditor", ACCOUNT).await;
    let mut root = app.browser();
    let page = root.open("/console/root/login").await;
    root.submit(&page, "/console/root/login", &[("account", ACCOUNT)]).await.leads_to("/console");
    let token = token(&cli, &mut root).await;
    let all = configurations(&cli, &token, ACCOUNT).await;
    assert_eq!((all.len(), &*all[0].0), (1, "auditor"));
    let given = ok(&credentials(&cli, &token, ACCOUNT, &all[0].1).await);
    let identity = signer(&app, &given).sts("GetCallerIdentity", &[]).await.ok();
    assert_eq!(identity["Arn"], json!(format!("acs:ram::{ACCOUNT}:assumed-role/auditor/root")));
}

async fn a_command_line_waits_at_its_pace_and_not_for_ever(place: &Place) {
    let (app, cli, mut person) = with_alice(place).await;
    let waiting = begin(&cli).await;
    refused(&ask(&cli, &waiting).await, "AuthorizationPending");
    refused(&ask(&cli, &waiting).await, "SlowDown");
    app.control.advance(5).await;
    refused(&ask(&cli, &waiting).await, "AuthorizationPending");
    app.control.advance(595).await;
    refused(&ask(&cli, &waiting).await, "InvalidDeviceCodeError");
    person.open(&waiting.page).await.says(404, "No command line waits with this code");
    // One that was approved in time and asks too late gets nothing either.
    let waiting = begin(&cli).await;
    answer(&mut person, &waiting, true).await.says(200, "has signed in");
    app.control.advance(600).await;
    refused(&ask(&cli, &waiting).await, "InvalidDeviceCodeError");
}

async fn a_device_code_is_good_once_and_for_its_client_alone(place: &Place) {
    let (_app, cli, mut person) = with_alice(place).await;
    let waiting = begin(&cli).await;
    answer(&mut person, &waiting, true).await.says(200, "has signed in");
    for (name, value) in [("CodeVerifier", "other"), ("ClientId", "other"), ("DeviceCode", "other")] {
        let mut body = question(&waiting);
        body[name] = json!(value);
        refused(&post(&cli, "/token", &body).await, "InvalidDeviceCodeError");
    }
    let token = ok(&ask(&cli, &waiting).await)["AccessToken"].as_str().unwrap().to_owned();
    refused(&ask(&cli, &waiting).await, "InvalidDeviceCodeError");
    person.open(&waiting.page).await.says(404, "No command line waits with this code");
    // Neither the one kind of token nor the other opens the doors of the other.
    let exchanged = cli.post("/v1/exchange", &[], &[("authorization", &format!("Bearer {token}"))]).await;
    assert_eq!(exchanged.status, 401, "{}", exchanged.text);
}

async fn whoever_is_denied_gets_nothing(place: &Place) {
    let (_app, cli, mut person) = with_alice(place).await;
    let waiting = begin(&cli).await;
    let page = person.open(&waiting.page).await;
    person.submit(&page, "/console/device", &[("answer", "no")]).await.says(200, "was turned away");
    refused(&ask(&cli, &waiting).await, "InvalidDeviceCodeError");
    // No is no.
    person.submit(&page, "/console/device", &[("answer", "yes")]).await.says(404, "No command line waits");
    refused(&ask(&cli, &waiting).await, "InvalidDeviceCodeError");
}

async fn all_of_it_ends_with_the_session(place: &Place) {
    let (app, cli, mut person) = with_alice(place).await;
    role(&app.root(), "auditor", ACCOUNT).await;
    let approved = begin(&cli).await;
    answer(&mut person, &approved, true).await.says(200, "has signed in");
    let token = token(&cli, &mut person).await;
    let all = configurations(&cli, &token, ACCOUNT).await;
    let given = ok(&credentials(&cli, &token, ACCOUNT, &all[0].1).await);
    let reset = [("UserName", "alice"), ("Password", "Correct-Horse-2")];
    app.root().ram("UpdateLoginProfile", &reset).await.ok();
    refused(&ask(&cli, &approved).await, "InvalidDeviceCodeError");
    refused(&get(&cli, "/access-assignments/accounts", &token).await, "InvalidAccessToken");
    refused(&credentials(&cli, &token, ACCOUNT, &all[0].1).await, "InvalidAccessToken");
    let gone = signer(&app, &given).sts("GetCallerIdentity", &[]).await;
    assert_ne!(gone.status, 200, "{}", gone.body);
}

async fn only_what_is_assigned_is_given(place: &Place) {
    let (app, cli, mut person) = with_alice(place).await;
    let other = "1234567890123456";
    let there = app.rpc(other, "test");
    role(&there, "guest", ACCOUNT).await;
    role(&there, "own", other).await;
    role(&app.root(), "auditor", ACCOUNT).await;
    role(&app.root(), "stranger", other).await;
    let token = token(&cli, &mut person).await;
    let accounts = ok(&get(&cli, "/access-assignments/accounts", &token).await);
    let ids: Vec<&Value> = accounts["Accounts"].as_array().unwrap().iter().map(|one| &one["AccountId"]).collect();
    assert_eq!(ids, [&json!(ACCOUNT), &json!(other)]);
    let names = async |account| -> Vec<String> {
        configurations(&cli, &token, account).await.into_iter().map(|(name, _)| name).collect()
    };
    assert_eq!(names(ACCOUNT).await, ["auditor"]);
    assert_eq!(names(other).await, ["guest"]);
    assert!(names("1999999999999999").await.is_empty() && names("000000000000").await.is_empty());
    let guest = configurations(&cli, &token, other).await.remove(0).1;
    let identity = signer(&app, &ok(&credentials(&cli, &token, other, &guest).await));
    let identity = identity.sts("GetCallerIdentity", &[]).await.ok();
    assert_eq!(identity["Arn"], json!(format!("acs:ram::{other}:assumed-role/guest/alice")));
    let own = there.ram("GetRole", &[("RoleName", "own")]).await.ok();
    let own = format!("ac-{}", own["Role"]["RoleId"].as_str().unwrap());
    for (account, configuration) in [(other, &*own), (ACCOUNT, &*guest), (other, "ac-0"), (other, "guest")] {
        refused(&credentials(&cli, &token, account, configuration).await, "NoPermission");
    }
    for bearer in ["", "other"] {
        refused(&get(&cli, "/access-assignments/accounts", bearer).await, "InvalidAccessToken");
    }
    refused(&cli.get("/access-assignments/accounts").await, "InvalidAccessToken");
}

async fn long_lists_come_in_pages(place: &Place) {
    let (app, cli, mut person) = with_alice(place).await;
    let mut wanted: Vec<String> = (0..5).map(|number| format!("role{number}")).collect();
    for name in &wanted {
        role(&app.root(), name, ACCOUNT).await;
    }
    let token = token(&cli, &mut person).await;
    let (mut next, mut names) = (String::new(), Vec::new());
    loop {
        let path =
            format!("/access-assignments/access-configurations?AccountId={ACCOUNT}&NextToken={next}&MaxResults=2");
        let answer = ok(&get(&cli, &path, &token).await);
        let all = answer["AccessConfigurationsForAccount"].as_array().unwrap();
        assert!(all.len() <= 2);
        names.extend(all.iter().map(|one| one["AccessConfigurationName"].as_str().unwrap().to_owned()));
        if answer["IsTruncated"] == json!(false) {
            break;
        }
        answer["NextToken"].as_str().unwrap().clone_into(&mut next);
    }
    wanted.sort();
    assert_eq!(names, wanted);
    refused(&get(&cli, "/access-assignments/accounts?MaxResults=101", &token).await, "InvalidParameter");
    let path = "/access-assignments/access-configurations";
    refused(&get(&cli, path, &token).await, "InvalidParameter");
}

async fn the_page_is_for_the_right_person_alone(place: &Place) {
    let (app, cli, mut person) = with_alice(place).await;
    let waiting = begin(&cli).await;
    person.open("/console/device").await.says(200, "name=\"user_code\"");
    person.open("/console/device?user_code=%00").await.says(404, "No command line waits");
    // A page of another site cannot say yes for its visitor, nor can one without the form's token.
    let page = person.open(&waiting.page).await;
    let form = [("user_code", &*waiting.user_code), ("answer", "yes")];
    person.post("/console/device", &form).await.says(403, "out of date");
    person.headers.push(("origin", "https://evil.example".to_owned()));
    person.submit(&page, "/console/device", &form).await.says(403, "out of date");
    person.headers.clear();
    person.submit(&page, "/console/device", &[("answer", "maybe")]).await.says(400, "Say yes or no");
    app.browser().post("/console/device", &form).await.leads_to("/console/login");
    app.control.advance(5).await;
    refused(&ask(&cli, &waiting).await, "AuthorizationPending");
    // Nor somebody of the other cloud.
    crate::aws::make_console_user(&app, "bob", PASSWORD).await;
    let mut bob = app.browser();
    let page = bob.open("/console/aws/login").await;
    let form = [("account", "000000000000"), ("username", "bob"), ("password", PASSWORD)];
    bob.submit(&page, "/console/login/password", &form).await.leads_to("/console");
    bob.open(&waiting.page).await.says(403, "Not for this account");
    let token = bob.open("/console").await.hidden("form_token").unwrap();
    let form = [("form_token", &*token), ("user_code", &*waiting.user_code), ("answer", "yes")];
    bob.post("/console/device", &form).await.says(403, "Not for this account");
    app.control.advance(5).await;
    refused(&ask(&cli, &waiting).await, "AuthorizationPending");
}

async fn what_is_missing_is_named(place: &Place) {
    let (_app, cli, mut person) = with_alice(place).await;
    for (name, value) in [
        ("PortalUrl", json!("")),
        ("PortalUrl", json!("ftp://x")),
        ("ClientId", json!(null)),
        ("CodeChallenge", json!("short")),
        ("CodeChallengeMethod", json!("plain")),
    ] {
        let mut body = begin_body(&cli);
        body[name] = value;
        let page = post(&cli, "/device-authorization", &body).await;
        refused(&page, "InvalidParameter");
        assert!(page.text.contains(name), "{}", page.text);
    }
    for body in [json!([]), json!("x"), json!({"ClientId": 1})] {
        refused(&post(&cli, "/device-authorization", &body).await, "InvalidParameter");
        refused(&post(&cli, "/token", &body).await, "InvalidParameter");
    }
    let mut body = question(&begin(&cli).await);
    body["GrantType"] = json!("password");
    refused(&post(&cli, "/token", &body).await, "InvalidParameter");
    let token = token(&cli, &mut person).await;
    refused(&credentials(&cli, &token, ACCOUNT, "").await, "InvalidParameter");
    assert_eq!(cli.get("/token").await.status, 405);
    // A portal that is called by another name than this server's has the page here still.
    let mut body = begin_body(&cli);
    body["PortalUrl"] = json!("https://signin.example/start/login");
    let answer = ok(&post(&cli, "/device-authorization", &body).await);
    assert_eq!(answer["VerificationUri"], json!(format!("{}/console/device", cli.base())));
}
