//! Worlds in which much was made, used and deleted go from one store to another and back.

use std::collections::BTreeMap;

use serde_json::json;
use sesame::ids::Ids;
use sesame::store;

use crate::aws::signed_client::{self, Aws};
use crate::support::{ACCOUNT, Place, TestApp, totp, trust_policy};

const PASSWORD: &str = "Correct-Horse-1";

/// Draws from what there is.
struct Dice(Ids);

impl Dice {
    fn below(&self, most: usize) -> usize {
        usize::try_from(self.0.number()).unwrap_or(0) % most
    }

    fn of<'a>(&self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

const USERS: &[&str] = &["alice", "Bob", "carol", "dave"];
const GROUPS: &[&str] = &["dev", "Ops"];
const ROLES: &[&str] = &["reader", "Writer"];
const DOCUMENT: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:Get*","Resource":"*"}]}"#;
const ALL: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
const RAM_DOCUMENT: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"ram:Get*","Resource":"*"}]}"#;

/// One random call to Alibaba Cloud; that it may be refused is part of it.
async fn ram_call(app: &TestApp, dice: &Dice, account: &str) {
    let root = app.rpc(account, "any");
    let (user, group, role) = (dice.of(USERS), dice.of(GROUPS), dice.of(ROLES));
    let password = format!("Correct-Horse-{}", dice.below(100));
    let trust = trust_policy(&format!("acs:ram::{account}:root"));
    let serial = format!("acs:ram::{account}:mfa/phone-{user}");
    let number = dice.below(200).to_string();
    let custom = ("PolicyType", "Custom");
    let _ = match dice.below(25) {
        0..=2 => {
            root.ram("CreateUser", &[("UserName", user), ("Comments", "ü \" \\ 漢"), ("Email", "a@b.example")]).await
        }
        3 => root.ram("CreateLoginProfile", &[("UserName", user), ("Password", &password)]).await,
        4 => root.ram("UpdateLoginProfile", &[("UserName", user), ("Password", &password)]).await,
        5 => root.ram("CreateGroup", &[("GroupName", group)]).await,
        6 => root.ram("AddUserToGroup", &[("GroupName", group), ("UserName", user)]).await,
        7 => {
            let made = root.ram("CreateAccessKey", &[("UserName", user)]).await;
            if made.status == 200 && dice.below(2) == 0 {
                let key = &made.body["AccessKey"];
                let text = |name: &str| key[name].as_str().unwrap_or_default().to_owned();
                let _ = app.rpc(&text("AccessKeyId"), &text("AccessKeySecret")).sts("GetCallerIdentity", &[]).await;
                let delete = [("UserName", user), ("UserAccessKeyId", &*text("AccessKeyId"))];
                if dice.below(2) == 0 { root.ram("DeleteAccessKey", &delete).await } else { made }
            } else {
                made
            }
        }
        8 => root.ram("CreateRole", &[("RoleName", role), ("AssumeRolePolicyDocument", &trust)]).await,
        9 => {
            let policy = [("PolicyName", group), ("PolicyDocument", RAM_DOCUMENT), ("Description", "a 'policy'")];
            root.ram("CreatePolicy", &policy).await
        }
        10 => {
            let attach = [("UserName", user), ("PolicyName", group), ("PolicyType", "Custom")];
            root.ram("AttachPolicyToUser", &attach).await
        }
        11 => {
            let attach = [("RoleName", role), ("PolicyName", "ReadOnlyAccess"), ("PolicyType", "System")];
            root.ram("AttachPolicyToRole", &attach).await
        }
        12 => root.ram("CreateVirtualMFADevice", &[("VirtualMFADeviceName", &format!("phone-{user}"))]).await,
        13 => root.ram("DeleteVirtualMFADevice", &[("SerialNumber", &serial)]).await,
        14 => root.ram("SetPasswordPolicy", &[("PasswordReusePrevention", dice.of(&["0", "3", "24"]))]).await,
        15 => {
            let body = json!({"account": account, "user": user, "password": password});
            app.control.post("/sign-in", &body).await;
            root.ram("GetUser", &[("UserName", user)]).await
        }
        16 => root.ram("CreatePolicyVersion", &[("PolicyName", group), ("PolicyDocument", RAM_DOCUMENT)]).await,
        17 => root.ram("DeleteUser", &[("UserName", user)]).await,
        18 => root.ram("RemoveUserFromGroup", &[("GroupName", group), ("UserName", user)]).await,
        19 => root.ram("DetachPolicyFromUser", &[("UserName", user), ("PolicyName", group), custom]).await,
        20 => root.ram("DeleteLoginProfile", &[("UserName", user)]).await,
        21 => root.ram("DeletePolicy", &[("PolicyName", group), ("CascadingDelete", "true")]).await,
        22 => {
            root.ram("SetDefaultPolicyVersion", &[("PolicyName", group), ("VersionId", dice.of(&["v1", "v2"]))]).await
        }
        23 => root.ram("DeletePolicyVersion", &[("PolicyName", group), ("VersionId", dice.of(&["v1", "v2"]))]).await,
        _ => {
            root.ims("SetSecurityPreference", &[("LoginSessionDuration", dice.of(&["1", "8", "24"])), ("X", &number)])
                .await
        }
    };
}

/// One random call to AWS.
async fn iam_call(app: &TestApp, dice: &Dice) {
    let root = Aws::root(app);
    let account = signed_client::ACCOUNT;
    let (user, group, role) = (dice.of(USERS), dice.of(GROUPS), dice.of(ROLES));
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"AWS": format!("arn:aws:iam::{account}:user/{user}")}}]})
    .to_string();
    let own = format!("arn:aws:iam::{account}:policy/{group}");
    let user_name = ("UserName", user);
    let _ = match dice.below(22) {
        0 | 1 => root.iam("CreateUser", &[user_name, ("Path", dice.of(&["/", "/a/b/"]))]).await,
        2 => root.iam("CreateAccessKey", &[user_name]).await,
        3 => root.iam("CreateLoginProfile", &[user_name, ("Password", PASSWORD)]).await,
        4 => root.iam("CreateRole", &[("RoleName", role), ("AssumeRolePolicyDocument", &trust)]).await,
        5 => root.iam("CreatePolicy", &[("PolicyName", group), ("PolicyDocument", DOCUMENT)]).await,
        6 => root.iam("AttachUserPolicy", &[user_name, ("PolicyArn", &own)]).await,
        7 => root.iam("PutUserPolicy", &[user_name, ("PolicyName", "inline"), ("PolicyDocument", DOCUMENT)]).await,
        8 => root.iam("TagUser", &[user_name, ("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "é")]).await,
        9 => root.iam("PutUserPermissionsBoundary", &[user_name, ("PermissionsBoundary", &own)]).await,
        10 => {
            root.iam("CreateServiceSpecificCredential", &[user_name, ("ServiceName", "codecommit.amazonaws.com")]).await
        }
        11 => root.iam("CreateInstanceProfile", &[("InstanceProfileName", role)]).await,
        12 => root.iam("AddRoleToInstanceProfile", &[("InstanceProfileName", role), ("RoleName", role)]).await,
        13 => root.iam("CreateVirtualMFADevice", &[("VirtualMFADeviceName", user)]).await,
        14 => root.iam("GenerateCredentialReport", &[]).await,
        15 => {
            root.iam("CreateOpenIDConnectProvider", &[("Url", "https://idp.example"), ("ClientIDList.member.1", "web")])
                .await
        }
        16 => root.iam("DetachUserPolicy", &[user_name, ("PolicyArn", &own)]).await,
        17 => root.iam("DeleteUserPermissionsBoundary", &[user_name]).await,
        18 => root.iam("DeletePolicy", &[("PolicyArn", &own)]).await,
        19 => root.iam("CreatePolicyVersion", &[("PolicyArn", &own), ("PolicyDocument", DOCUMENT)]).await,
        20 => root.iam("DeleteRole", &[("RoleName", role)]).await,
        _ => root.sts("GetFederationToken", &[("Name", "guest"), ("DurationSeconds", "900")]).await,
    };
}

async fn random_world(app: &TestApp, seed: u64, calls: usize) {
    let dice = Dice(Ids::seeded(seed));
    for _ in 0..calls {
        match dice.below(4) {
            0 => iam_call(app, &dice).await,
            1 => ram_call(app, &dice, "1000000000000077").await,
            _ => ram_call(app, &dice, ACCOUNT).await,
        }
        if dice.below(20) == 0 {
            app.control.advance(i64::try_from(dice.below(90_000)).unwrap()).await;
        }
        if dice.below(30) == 0 {
            app.control.put(&format!("/clock?account={ACCOUNT}"), &json!({"now": "2027-01-02T03:04:05Z"})).await;
        }
    }
}

/// Whoever was there, did something and is gone leaves something behind: deleted keys, sessions that ended with them,
/// sessions that no one ended and that are of nobody.
async fn lives_and_deaths(app: &TestApp) {
    let (root, erin) = (app.root(), ("UserName", "erin"));
    app.console_user("erin", PASSWORD).await;
    app.may_take_roles("erin").await;
    let key = app.key_of("erin").await;
    let trust = trust_policy(&format!("acs:ram::{ACCOUNT}:user/erin"));
    root.ram("CreateRole", &[("RoleName", "lent"), ("AssumeRolePolicyDocument", &trust)]).await.ok();
    let lent = format!("acs:ram::{ACCOUNT}:role/lent");
    key.sts("AssumeRole", &[("RoleArn", &lent), ("RoleSessionName", "night")]).await.ok();
    let (_, entered) =
        app.control.post("/sign-in", &json!({"account": ACCOUNT, "user": "erin", "password": PASSWORD})).await;
    let session = entered["session"]["id"].as_str().expect("a session").to_owned();
    app.control.post(&format!("/sessions/{session}/switch-role"), &json!({"role": "lent"})).await;
    totp::bind(app, "erin").await;
    let policy = [("PolicyName", "short"), ("PolicyDocument", RAM_DOCUMENT)];
    root.ram("CreatePolicy", &policy).await.ok();
    root.ram("CreatePolicyVersion", &[policy[0], policy[1], ("SetAsDefault", "true")]).await.ok();
    let attached = [erin, ("PolicyName", "short"), ("PolicyType", "Custom")];
    root.ram("AttachPolicyToUser", &attached).await.ok();

    root.ram("DetachPolicyFromUser", &attached).await.ok();
    root.ram("DetachPolicyFromUser", &[erin, ("PolicyName", "AliyunSTSAssumeRoleAccess"), ("PolicyType", "System")])
        .await
        .ok();
    root.ram("DeletePolicyVersion", &[("PolicyName", "short"), ("VersionId", "v1")]).await.ok();
    root.ram("UnbindMFADevice", &[erin]).await.ok();
    root.ram("DeleteAccessKey", &[erin, ("UserAccessKeyId", &key.key_id)]).await.ok();
    root.ram("DeleteLoginProfile", &[erin]).await.ok();
    root.ram("DeleteUser", &[erin]).await.ok();
    root.ram("DeleteRole", &[("RoleName", "lent")]).await.ok();
}

/// As [`lives_and_deaths`], on AWS.
async fn deaths_on_aws(app: &TestApp) {
    let (root, user, role) = (Aws::root(app), ("UserName", "erin"), ("RoleName", "lent"));
    let account = signed_client::ACCOUNT;
    root.iam("CreateUser", &[user]).await.ok();
    let made = root.iam("CreatePolicy", &[("PolicyName", "bound"), ("PolicyDocument", ALL)]).await.ok();
    let bound = made.value("Arn");
    for action in ["PutUserPermissionsBoundary", "AttachUserPolicy"] {
        let name = if action == "AttachUserPolicy" { "PolicyArn" } else { "PermissionsBoundary" };
        root.iam(action, &[user, (name, &bound)]).await.ok();
    }
    let erin = Aws::of(app, &root.iam("CreateAccessKey", &[user]).await.ok());
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"AWS": format!("arn:aws:iam::{account}:user/erin")}}]})
    .to_string();
    root.iam("CreateRole", &[role, ("AssumeRolePolicyDocument", &trust)]).await.ok();
    erin.sts("GetSessionToken", &[]).await.ok();
    erin.sts("GetFederationToken", &[("Name", "guest"), ("PolicyArns.member.1.arn", &bound)]).await.ok();
    let lent = format!("arn:aws:iam::{account}:role/lent");
    let of_role = erin.sts("AssumeRole", &[("RoleArn", &lent), ("RoleSessionName", "night")]).await.ok();
    Aws::of(app, &of_role).sts("GetCallerIdentity", &[]).await.ok();
    let profile = ("InstanceProfileName", "host");
    root.iam("CreateInstanceProfile", &[profile, ("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "b")]).await.ok();
    root.iam("AddRoleToInstanceProfile", &[profile, role]).await.ok();
    let device = [("VirtualMFADeviceName", "erin"), ("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "b")];
    let device = root.iam("CreateVirtualMFADevice", &device).await.ok().value("SerialNumber");
    for service in ["autoscaling.amazonaws.com", "ecs.amazonaws.com"] {
        root.iam("CreateServiceLinkedRole", &[("AWSServiceName", service)]).await;
    }

    root.iam("DeleteServiceLinkedRole", &[("RoleName", "AWSServiceRoleForECS")]).await.ok();
    root.iam("DeleteVirtualMFADevice", &[("SerialNumber", &device)]).await.ok();
    root.iam("RemoveRoleFromInstanceProfile", &[profile, role]).await.ok();
    root.iam("DeleteInstanceProfile", &[profile]).await.ok();
    root.iam("DeleteRole", &[role]).await.ok();
    root.iam("DeleteAccessKey", &[user, ("AccessKeyId", &erin.key_id)]).await.ok();
    root.iam("DetachUserPolicy", &[user, ("PolicyArn", &bound)]).await.ok();
    root.iam("DeleteUser", &[user]).await.ok();
    root.iam("DeletePolicy", &[("PolicyArn", &bound)]).await.ok();
}

/// What is counted beside the rows.
async fn counts(app: &TestApp) -> BTreeMap<String, [i64; 7]> {
    let accounts = store::accounts::all(&mut app.app.db.read().await.unwrap()).await.unwrap();
    let counted = accounts.into_iter().map(|a| {
        let counts =
            [a.users, a.roles, a.mfa_devices, a.instance_profiles, a.groups, a.policies, a.server_certificates];
        (a.id, counts)
    });
    counted.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_worlds_go_from_engine_to_engine_and_back_byte_for_byte() {
    for seed in 1..=4 {
        let (file, postgres) = (Place::file().await, Place::postgres().await);
        let (one, other) = (TestApp::start(&file).await, TestApp::start(&postgres).await);
        let (from, to) = if seed % 2 == 0 { (&one, &other) } else { (&other, &one) };
        lives_and_deaths(from).await;
        deaths_on_aws(from).await;
        random_world(from, seed, 180).await;
        let document = from.exported("").await;
        assert!(document.len() > 5_000, "the world is not empty");
        let (status, problem) = to.import("", &document).await;
        assert_eq!(status, 204, "{problem}");
        let again = to.exported("").await;
        assert_eq!(document.lines().collect::<Vec<_>>(), again.lines().collect::<Vec<_>>(), "seed {seed}");
        assert_eq!(counts(from).await, counts(to).await);
        // The other goes on from there: the next write and its counts are as they would have been.
        to.rpc(ACCOUNT, "any").ram("CreateUser", &[("UserName", "later")]).await.ok();
        let (status, problem) = to.import(&format!("?account={ACCOUNT}"), &document).await;
        assert_eq!(status, 204, "{problem}");
        assert_eq!(to.exported("").await, document);
    }
}
