//! Rules of passwords, roles, devices and preferences that were once broken.

use serde_json::{Value, json};

use crate::support::{ACCOUNT, Place, Rpc, TestApp, outcome, totp, trust_policy};

on_both_engines![
    a_password_past_hard_expiry_is_not_changed_by_its_user,
    a_session_policy_has_a_grammar,
    a_session_narrowed_by_a_policy_takes_on_no_other_role,
    a_device_bound_in_the_future_still_signs_in_when_the_clock_goes_back,
    a_default_domain_does_not_end_twice,
    nobody_is_idle_since_before_time_began,
    ways_of_verification_are_kept_once_each,
    a_forced_reset_takes_no_password_that_is_the_old_one,
];

const PASSWORD: &str = "Correct-Horse-1";
const NEW: &str = "Another-Horse-2";

fn principal(user: &str) -> String {
    format!("{user}@{ACCOUNT}.onaliyun.com")
}

async fn a_password_past_hard_expiry_is_not_changed_by_its_user(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    root.ims("SetPasswordPolicy", &[("HardExpire", "true"), ("MaxPasswordAge", "10")]).await.ok();
    app.console_user("alice", PASSWORD).await;
    // Signed in with, so that it is no initial password any more.
    assert_eq!(app.sign_in("alice", PASSWORD).await, "signed-in");
    let alice = app.key_of("alice").await;
    app.control.advance(11 * 86_400).await;
    let change = [("OldPassword", PASSWORD), ("NewPassword", NEW)];
    for client in [alice.clone(), alice.v3()] {
        client.ram("ChangePassword", &change).await.is(403, "NoPermission");
        client.ims("ChangePassword", &change).await.is(403, "NoPermission");
    }
    assert_eq!(app.sign_in("alice", PASSWORD).await, "password-expired");
    root.ims("SetPasswordPolicy", &[("HardExpire", "false")]).await.ok();
    alice.ram("ChangePassword", &change).await.ok();
    assert_eq!(app.sign_in("alice", NEW).await, "signed-in");
}

/// A user's key and two roles: `first` trusts the user, `second` the user and `first`.
async fn with_roles(place: &Place) -> (TestApp, Rpc) {
    let app = TestApp::start(place).await;
    app.user("alice").await;
    for (name, trusted) in [("first", "user/alice"), ("second", "role/first")] {
        let trust = trust_policy(&format!("acs:ram::{ACCOUNT}:{trusted}"));
        app.root().ram("CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", &trust)]).await.ok();
    }
    app.may_take_roles("alice").await;
    let policy = [("RoleName", "first"), ("PolicyName", "AliyunSTSAssumeRoleAccess"), ("PolicyType", "System")];
    app.root().ram("AttachPolicyToRole", &policy).await.ok();
    let alice = app.key_of("alice").await;
    (app, alice)
}

async fn assume(client: &Rpc, role: &str, policy: Option<&Value>) -> crate::support::Reply {
    let (arn, policy) = (format!("acs:ram::{ACCOUNT}:role/{role}"), policy.map(Value::to_string));
    let mut parameters = vec![("RoleArn", &*arn), ("RoleSessionName", "night")];
    parameters.extend(policy.as_deref().map(|policy| ("Policy", policy)));
    client.sts("AssumeRole", &parameters).await
}

fn proper() -> Value {
    json!({"Version": "1", "Statement": [{"Effect": "Allow", "Action": "oss:GetObject", "Resource": "*"}]})
}

async fn a_session_policy_has_a_grammar(place: &Place) {
    let (_app, alice) = with_roles(place).await;
    let with = |statement: Value| json!({"Version": "1", "Statement": statement});
    let broken = [
        with(json!(7)),
        with(json!("Allow")),
        with(json!(true)),
        with(json!([7])),
        with(json!([{}])),
        with(json!([{"Action": "oss:*", "Resource": "*"}])),
        with(json!([{"Effect": "Allow", "Resource": "*"}])),
        with(json!([{"Effect": "Allow", "Action": "oss:*"}])),
        with(json!([{"Effect": "Perhaps", "Action": "oss:*", "Resource": "*"}])),
        with(json!([{"Effect": "Allow", "Action": 7, "Resource": "*"}])),
        with(json!([proper()["Statement"][0], {"Effect": "Allow"}])),
        json!({"Version": "2", "Statement": proper()["Statement"]}),
        json!({"Version": "1"}),
        json!({"Statement": proper()["Statement"]}),
        json!([proper()]),
        json!("Allow"),
    ];
    for policy in broken {
        let reply = assume(&alice, "first", Some(&policy)).await;
        assert_eq!((reply.status, reply.code()), (400, "InvalidParameter.PolicyGrammar"), "{policy}: {}", reply.body);
    }
    let lists = json!({"Version": "1", "Statement": [
        {"Effect": "Allow", "Action": ["oss:Get*", "oss:List*"], "Resource": ["acs:oss:*:*:a", "acs:oss:*:*:a/*"],
         "Condition": {"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}}},
        {"Effect": "Deny", "Action": "oss:PutObject", "Resource": "*"},
    ]});
    for policy in [proper(), lists] {
        assume(&alice, "first", Some(&policy)).await.is(200, "");
    }
}

async fn a_session_narrowed_by_a_policy_takes_on_no_other_role(place: &Place) {
    let (app, alice) = with_roles(place).await;
    for (policy, allowed) in [(None, true), (Some(proper()), false)] {
        let assumed = assume(&alice, "first", policy.as_ref()).await.ok();
        let text = |member: &str| assumed["Credentials"][member].as_str().unwrap().to_owned();
        let session = app.rpc(&text("AccessKeyId"), &text("AccessKeySecret")).with_token(&text("SecurityToken"));
        session.sts("GetCallerIdentity", &[]).await.ok();
        for session in [session.clone(), session.v3()] {
            let reply = assume(&session, "second", None).await;
            if allowed {
                reply.ok();
            } else {
                reply.is(403, "NoPermission");
            }
        }
    }
}

async fn a_device_bound_in_the_future_still_signs_in_when_the_clock_goes_back(place: &Place) {
    let app = TestApp::start(place).await;
    app.console_user("alice", PASSWORD).await;
    app.control.advance(10 * 86_400).await;
    totp::bind(&app, "alice").await;
    assert_eq!(app.sign_in("alice", PASSWORD).await, "mfa-required");
    let (status, clock) = app.control.put("/clock", &json!({"mode": "system"})).await;
    assert_eq!(status, 200, "{clock}");
    let (status, shown) = app.control.get(&format!("/users/alibaba/{ACCOUNT}/alice/totp")).await;
    assert_eq!(status, 200, "{shown}");
    let body = json!({"user": "alice", "password": PASSWORD, "mfa_code": shown["code"]});
    assert_eq!(outcome(&app.sign_in_with(body.clone()).await), "signed-in");
    // It still works but once.
    assert_eq!(outcome(&app.sign_in_with(body).await), "mfa-code-incorrect");
}

async fn a_default_domain_does_not_end_twice(place: &Place) {
    let app = TestApp::start(place).await;
    let root = app.root();
    for domain in ["team.onaliyun.com.onaliyun.com", "team.OnAliyun.com.onaliyun.com", ".onaliyun.com.onaliyun.com"] {
        let reply = root.ims("SetDefaultDomain", &[("DefaultDomainName", domain)]).await;
        assert!(reply.status == 400 && reply.code().starts_with("InvalidParameter.DefaultDomainName"), "{reply:?}");
    }
    for alias in ["team.onaliyun.com", ".onaliyun.com"] {
        let reply = root.ram("SetAccountAlias", &[("AccountAlias", alias)]).await;
        assert!(reply.status == 400 && reply.code().starts_with("InvalidParameter.AccountAlias"), "{reply:?}");
    }
    let domain = root.ims("GetDefaultDomain", &[]).await.ok();
    assert_eq!(domain["DefaultDomainName"], json!(format!("{ACCOUNT}.onaliyun.com")));
    root.ims("SetDefaultDomain", &[("DefaultDomainName", "team.onaliyun.com")]).await.ok();
}

async fn nobody_is_idle_since_before_time_began(place: &Place) {
    let app = TestApp::start(place).await;
    app.console_user("earlier", PASSWORD).await;
    let (status, clock) = app.control.put("/clock", &json!({"now": "1970-01-01T00:00:00Z"})).await;
    assert_eq!(status, 200, "{clock}");
    app.console_user("alice", PASSWORD).await;
    app.root().ims("SetSecurityPreference", &[("MaxIdleDaysForUsers", "90")]).await.ok();
    for user in ["alice", "earlier"] {
        let named = principal(user);
        let shown = app.root().ims("GetLoginProfile", &[("UserPrincipalName", &named)]).await.ok();
        assert_eq!(shown["LoginProfile"]["Status"], "Active", "{shown}");
        assert_eq!(app.sign_in(user, PASSWORD).await, "signed-in");
    }
    // Ninety days later they are.
    app.control.advance(91 * 86_400).await;
    let shown = app.root().ims("GetLoginProfile", &[("UserPrincipalName", &principal("alice"))]).await.ok();
    assert_eq!(shown["LoginProfile"]["Status"], "Inactive", "{shown}");
}

async fn ways_of_verification_are_kept_once_each(place: &Place) {
    let app = TestApp::start(place).await;
    let many = vec!["email"; 5_000];
    for (given, kept) in [
        (json!(["sms", "sms"]), vec!["sms"]),
        (json!(["sms", "email", "sms", "email", "sms"]), vec!["email", "sms"]),
        (json!(many), vec!["email"]),
        (json!([]), vec![]),
    ] {
        let set = app.root().ims("SetSecurityPreference", &[("VerificationTypes", &given.to_string())]).await.ok();
        let got = app.root().ims("GetSecurityPreference", &[]).await.ok();
        for answer in [set, got] {
            let types = &answer["SecurityPreference"]["VerificationPreference"]["VerificationTypes"];
            let mut types: Vec<_> = types.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
            types.sort_unstable();
            assert_eq!(types, kept);
        }
    }
}

async fn a_forced_reset_takes_no_password_that_is_the_old_one(place: &Place) {
    let app = TestApp::start(place).await;
    app.user("alice").await;
    let profile = [("UserName", "alice"), ("Password", PASSWORD), ("PasswordResetRequired", "true")];
    app.root().ram("CreateLoginProfile", &profile).await.ok();
    assert_eq!(app.sign_in("alice", PASSWORD).await, "password-reset-required");
    let with = |new: &str| json!({"user": "alice", "password": PASSWORD, "new_password": new});
    let refused = app.sign_in_with(with(PASSWORD)).await;
    assert_eq!(outcome(&refused), "password-rejected", "{refused}");
    assert!(app.running_sessions().await.is_empty());
    assert_eq!(app.sign_in("alice", PASSWORD).await, "password-reset-required");
    assert_eq!(outcome(&app.sign_in_with(with(NEW)).await), "signed-in");
    assert_eq!(app.sign_in("alice", NEW).await, "signed-in");
}
