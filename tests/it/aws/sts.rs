//! AssumeRole: whom trust policies let in, and what a session is and carries.

use serde_json::{Value, json};
use sesame::domain::account::Cloud;
use sesame::domain::arn;
use sesame::domain::role::Role;
use sesame::store;

use super::signed_client::{ACCOUNT, Answer, Aws};
use crate::support::{Place, TestApp};

on_both_engines![
    a_session_is_who_its_role_and_name_say,
    whoever_is_not_let_in_learns_nothing,
    a_session_lasts_no_longer_than_its_role_and_the_chain_allow,
    conditions_of_trust_see_the_request,
    tags_are_passed_on_along_a_chain,
    tags_follow_rules,
    who_is_behind_a_chain_stays,
    policies_of_a_session_are_checked,
    a_role_of_another_account_lets_in_whom_it_names,
    policies_of_the_caller_decide_where_the_account_is_trusted,
];

pub(super) fn role_arn(name: &str) -> String {
    arn::of(Cloud::Aws, ACCOUNT, arn::Kind::Role, "/", name)
}

pub(super) fn user_arn(name: &str) -> String {
    arn::of(Cloud::Aws, ACCOUNT, arn::Kind::User, "/", name)
}

/// A role's id, made of its name.
pub(super) fn role_id(name: &str) -> String {
    format!("AROA{:A<17}", name.to_uppercase().replace('-', "2"))
}

/// A statement that lets someone do what taking a role on consists of.
pub(super) fn lets(principal: &str, actions: &Value, condition: &Value) -> Value {
    json!({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": actions, "Condition": condition})
}

pub(super) fn trusts(principal: &str) -> Value {
    lets(principal, &json!(["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]), &json!({}))
}

/// Makes a role with these statements in its trust policy.
pub(super) async fn role(app: &TestApp, account: &str, path: &str, name: &str, statements: Value) {
    let (mut tx, account) = app.app.db.write(account).await.unwrap();
    let made = Role {
        account_id: account.id,
        id: role_id(name),
        name: name.to_owned(),
        path: path.to_owned(),
        permissions_boundary: None,
        service_name: None,
        last_used: None,
        description: String::new(),
        trust_policy: json!({"Version": "2012-10-17", "Statement": statements}).to_string(),
        max_session_seconds: 7_200,
        console_login_allowed: true,
        created_at: account.created_at,
        updated_at: account.created_at,
    };
    assert!(store::roles::insert(&mut tx, &made).await.unwrap());
    tx.commit().await.unwrap();
}

/// Makes a user with a key.
pub(super) async fn user(app: &TestApp, name: &str) -> Aws {
    Aws::root(app).iam("CreateUser", &[("UserName", name)]).await.ok();
    Aws::of(app, &Aws::root(app).iam("CreateAccessKey", &[("UserName", name)]).await.ok())
}

/// An app with alice and a role that trusts her.
pub(super) async fn with_alice(place: &Place) -> (TestApp, Aws) {
    let app = TestApp::start(place).await;
    let alice = user(&app, "alice").await;
    role(&app, ACCOUNT, "/", "ops", trusts(&user_arn("alice"))).await;
    (app, alice)
}

/// Gives a user of the default account the permission to take on roles.
pub(super) async fn permit(app: &TestApp, name: &str) {
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:*","Resource":"*"}}"#;
    let put = [("UserName", name), ("PolicyName", "roles"), ("PolicyDocument", policy)];
    Aws::root(app).iam("PutUserPolicy", &put).await.ok();
}

pub(super) async fn assume(caller: &Aws, name: &str, more: &[(&str, &str)]) -> Answer {
    let arn = role_arn(name);
    let mut parameters = vec![("RoleArn", &*arn), ("RoleSessionName", "night")];
    parameters.extend(more);
    caller.sts("AssumeRole", &parameters).await
}

pub(super) fn denied(caller: &str, action: &str, role: &str) -> String {
    format!("User: {caller} is not authorized to perform: {action} on resource: {role}")
}

async fn a_session_is_who_its_role_and_name_say(place: &Place) {
    let (app, alice) = with_alice(place).await;
    let answer = assume(&alice, "ops", &[]).await.ok();
    let arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/ops/night");
    assert_eq!(answer.value("Arn"), arn);
    assert_eq!(answer.value("AssumedRoleId"), format!("{}:night", role_id("ops")));
    assert!(!answer.text.contains("PackedPolicySize") && !answer.text.contains("SourceIdentity"), "{}", answer.text);
    assert!(answer.value("AccessKeyId").starts_with("ASIA") && answer.value("SecretAccessKey").len() == 40);
    let token = answer.value("SessionToken");
    assert!(token.starts_with("IQoJb3JpZ2luX2Vj") && token.len() > 300, "{token}");

    let session = Aws::of(&app, &answer);
    let identity = session.sts("GetCallerIdentity", &[]).await.ok();
    assert_eq!((identity.value("Arn"), identity.value("UserId")), (arn.clone(), answer.value("AssumedRoleId")));
    let own = session.sts("GetAccessKeyInfo", &[("AccessKeyId", &session.key_id)]).await.ok();
    assert_eq!(own.value("Account"), ACCOUNT);
    // the role's session may do what its policies allow: nothing so far
    let refused = session.iam("ListUsers", &[]).await;
    assert!(refused.is(403, "AccessDenied").starts_with(&format!("User: {arn} is not authorized")));

    let other = Aws::of(&app, &assume(&alice, "ops", &[]).await.ok());
    for token in [None, other.token.clone(), Some("x".to_owned()), Some(String::new())] {
        let broken = Aws { token, ..session.clone() };
        broken.sts("GetCallerIdentity", &[]).await.is(403, "InvalidClientTokenId");
    }
    let wrong = Aws { secret: other.secret.clone(), ..session.clone() };
    wrong.sts("GetCallerIdentity", &[]).await.is(403, "SignatureDoesNotMatch");
    for operation in ["GetSessionToken", "GetFederationToken"] {
        let text = session.sts(operation, &[("Name", "fed")]).await.is(403, "AccessDenied");
        assert_eq!(text, format!("Cannot call {operation} with session credentials"));
    }
}

async fn whoever_is_not_let_in_learns_nothing(place: &Place) {
    let (app, alice) = with_alice(place).await;
    let bob = user(&app, "bob").await;
    role(&app, ACCOUNT, "/div/", "deep", trusts(&user_arn("alice"))).await;
    let exact = format!("arn:aws:iam::{ACCOUNT}:role/div/deep");
    alice.sts("AssumeRole", &[("RoleArn", &exact), ("RoleSessionName", "night")]).await.ok();
    for (caller, name, arn) in [
        (&bob, "bob", role_arn("ops")),
        (&bob, "bob", role_arn("none")),
        (&alice, "alice", role_arn("OPS")),
        (&alice, "alice", role_arn("deep")),
        (&alice, "alice", "arn:aws:iam::999999999999:role/ops".to_owned()),
        (&alice, "alice", format!("arn:aws:iam::{ACCOUNT}:user/alice")),
    ] {
        let answer = caller.sts("AssumeRole", &[("RoleArn", &arn), ("RoleSessionName", "night")]).await;
        assert_eq!(answer.is(403, "AccessDenied"), denied(&user_arn(name), "sts:AssumeRole", &arn));
    }
    let root = assume(&Aws::root(&app), "ops", &[]).await;
    assert_eq!(root.is(403, "AccessDenied"), "Roles may not be assumed by root accounts.");
    for bad in [
        "nothing-valid-in-here",
        "arn::b:::something/test-role",
        "arn:a::::something/test-role",
        "arn:a:::something/test-role",
        "arn:a:a::aaaaaaaaaa:",
    ] {
        let answer = alice.sts("AssumeRole", &[("RoleArn", bad), ("RoleSessionName", "night")]).await;
        assert_eq!(answer.is(400, "ValidationError"), format!("{bad} is invalid"));
    }
    let text = assume(&alice, "ops", &[("DurationSeconds", "899")]).await.is(400, "ValidationError");
    assert!(text.contains("'durationSeconds'"), "{text}");
}

async fn a_session_lasts_no_longer_than_its_role_and_the_chain_allow(place: &Place) {
    let (app, alice) = with_alice(place).await;
    role(&app, ACCOUNT, "/", "next", trusts(&role_arn("ops"))).await;
    let text = assume(&alice, "ops", &[("DurationSeconds", "7201")]).await.is(400, "ValidationError");
    assert_eq!(text, "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
    let session = Aws::of(&app, &assume(&alice, "ops", &[("DurationSeconds", "7200")]).await.ok());
    let text = assume(&session, "next", &[("DurationSeconds", "3601")]).await.is(400, "ValidationError");
    assert_eq!(
        text,
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
    );
    let chained = Aws::of(&app, &assume(&session, "next", &[("DurationSeconds", "3600")]).await.ok());
    app.control.advance(3_599).await;
    chained.sts("GetCallerIdentity", &[]).await.ok();
    app.control.advance(2).await;
    chained.sts("GetCallerIdentity", &[]).await.is(403, "ExpiredToken");
    session.sts("GetCallerIdentity", &[]).await.ok();
}

async fn conditions_of_trust_see_the_request(place: &Place) {
    let (app, alice) = with_alice(place).await;
    let bob = user(&app, "bob").await;
    permit(&app, "alice").await;
    let under = |condition: Value| lets(ACCOUNT, &json!("sts:AssumeRole"), &condition);
    for (name, condition) in [
        ("external", json!({"StringEquals": {"sts:ExternalId": "agreed"}})),
        ("named", json!({"StringLike": {"sts:RoleSessionName": "${aws:username}-*"}})),
        ("local", json!({"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}})),
        ("remote", json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})),
        ("timely", json!({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}})),
        ("only-alice", json!({"ArnEquals": {"aws:PrincipalArn": user_arn("alice")}})),
        ("factor", json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}})),
        ("blue", json!({"StringEquals": {"aws:PrincipalTag/team": "blue", "aws:PrincipalAccount": ACCOUNT}})),
    ] {
        role(&app, ACCOUNT, "/", name, under(condition)).await;
    }
    let tag = [("UserName", "alice"), ("Tags.member.1.Key", "Team"), ("Tags.member.1.Value", "blue")];
    Aws::root(&app).iam("TagUser", &tag).await.ok();
    assume(&alice, "external", &[("ExternalId", "agreed")]).await.ok();
    assume(&alice, "external", &[("ExternalId", "Agreed")]).await.is(403, "AccessDenied");
    assume(&alice, "external", &[]).await.is(403, "AccessDenied");
    for (session, status) in [("alice-1", 200), ("bob-1", 403)] {
        let arn = role_arn("named");
        let answer = alice.sts("AssumeRole", &[("RoleArn", &arn), ("RoleSessionName", session)]).await;
        assert_eq!(answer.status, status, "{}", answer.text);
    }
    for (caller, name, status) in [
        (&alice, "local", 200),
        (&alice, "remote", 403),
        (&alice, "timely", 200),
        (&alice, "only-alice", 200),
        (&bob, "only-alice", 403),
        (&alice, "factor", 403),
        (&alice, "blue", 200),
        (&bob, "blue", 403),
    ] {
        let answer = assume(caller, name, &[]).await;
        assert_eq!(answer.status, status, "{name}: {}", answer.text);
    }
}

async fn tags_are_passed_on_along_a_chain(place: &Place) {
    let (app, alice) = with_alice(place).await;
    let needs = json!({"StringEquals": {"aws:PrincipalTag/Team": "blue", "aws:RequestTag/team": "blue"}});
    role(&app, ACCOUNT, "/", "next", lets(&role_arn("ops"), &json!(["sts:AssumeRole", "sts:TagSession"]), &needs))
        .await;
    role(&app, ACCOUNT, "/", "bare", lets(&role_arn("ops"), &json!("sts:AssumeRole"), &json!({}))).await;
    let last = json!({"StringEquals": {"aws:PrincipalTag/Team": "blue"}, "Null": {"aws:PrincipalTag/Own": "true"}});
    role(&app, ACCOUNT, "/", "last", lets(&role_arn("next"), &json!(["sts:AssumeRole", "sts:TagSession"]), &last))
        .await;
    let tags = [
        ("Tags.member.1.Key", "Team"),
        ("Tags.member.1.Value", "blue"),
        ("Tags.member.2.Key", "Own"),
        ("Tags.member.2.Value", "1"),
        ("TransitiveTagKeys.member.1", "team"),
    ];
    let answer = assume(&alice, "ops", &tags).await.ok();
    assert_eq!(answer.value("PackedPolicySize"), "1");
    let session = Aws::of(&app, &answer);
    let answer = assume(&session, "bare", &[]).await;
    let caller = format!("arn:aws:sts::{ACCOUNT}:assumed-role/ops/night");
    assert_eq!(answer.is(403, "AccessDenied"), denied(&caller, "sts:TagSession", &role_arn("bare")));
    for key in ["Team", "TEAM"] {
        let again = [("Tags.member.1.Key", key), ("Tags.member.1.Value", "red")];
        let text = assume(&session, "next", &again).await.is(400, "InvalidParameterValue");
        assert_eq!(
            text,
            "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from \
             the calling session."
        );
    }
    let next = Aws::of(&app, &assume(&session, "next", &[]).await.ok());
    assume(&next, "last", &[]).await.ok();
    // without the tag there is no way in
    let bare = Aws::of(&app, &assume(&alice, "ops", &[]).await.ok());
    assume(&bare, "next", &[]).await.is(403, "AccessDenied");
    assume(&bare, "bare", &[]).await.ok();
}

async fn tags_follow_rules(place: &Place) {
    let (app, alice) = with_alice(place).await;
    role(&app, ACCOUNT, "/", "bare", lets(&user_arn("alice"), &json!("sts:AssumeRole"), &json!({}))).await;
    let one = [("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "1")];
    let twice = [one[0], one[1], ("Tags.member.2.Key", "A"), ("Tags.member.2.Value", "2")];
    assert_eq!(
        assume(&alice, "ops", &twice).await.is(400, "InvalidParameterValue"),
        "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    );
    assert_eq!(
        assume(&alice, "ops", &[one[0], one[1], ("TransitiveTagKeys.member.1", "b")])
            .await
            .is(400, "InvalidParameterValue"),
        "The specified transitive tag key must be included in the requested tags."
    );
    assert_eq!(
        assume(&alice, "bare", &one).await.is(403, "AccessDenied"),
        denied(&user_arn("alice"), "sts:TagSession", &role_arn("bare"))
    );
    assume(&alice, "ops", &one).await.ok();
}

async fn who_is_behind_a_chain_stays(place: &Place) {
    let (app, alice) = with_alice(place).await;
    let condition = json!({"StringEquals": {"aws:SourceIdentity": "ada", "sts:SourceIdentity": "ada"}});
    let actions = json!(["sts:AssumeRole", "sts:SetSourceIdentity"]);
    role(&app, ACCOUNT, "/", "next", lets(&role_arn("ops"), &actions, &condition)).await;
    role(&app, ACCOUNT, "/", "bare", lets(&role_arn("ops"), &json!("sts:AssumeRole"), &json!({}))).await;
    let answer = assume(&alice, "ops", &[("SourceIdentity", "ada")]).await.ok();
    assert_eq!(answer.value("SourceIdentity"), "ada");
    let session = Aws::of(&app, &answer);
    let caller = format!("arn:aws:sts::{ACCOUNT}:assumed-role/ops/night");
    let unset = denied(&caller, "sts:SetSourceIdentity", &role_arn("bare"));
    assert_eq!(assume(&session, "bare", &[]).await.is(403, "AccessDenied"), unset);
    assume(&session, "next", &[("SourceIdentity", "eve")]).await.is(403, "AccessDenied");
    let next = assume(&session, "next", &[]).await.ok();
    assert_eq!(next.value("SourceIdentity"), "ada");
    assume(&session, "next", &[("SourceIdentity", "ada")]).await.ok();
}

async fn policies_of_a_session_are_checked(place: &Place) {
    let (app, alice) = with_alice(place).await;
    let policy = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}});
    let known = ("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/ReadOnlyAccess");
    let answer = assume(&alice, "ops", &[("Policy", &policy.to_string()), known]).await.ok();
    assert!((1..=100).contains(&answer.value("PackedPolicySize").parse::<i64>().unwrap()), "{}", answer.text);
    let key_id = answer.value("AccessKeyId");
    let kept = store::sessions::by_access_key(&mut app.app.db.read().await.unwrap(), &key_id).await.unwrap().unwrap();
    assert_eq!(kept.session_policy, Some(policy.to_string()));
    assert_eq!(kept.context.policy_arns, [known.1]);
    assume(&alice, "ops", &[("Policy", "{")]).await.is(400, "MalformedPolicyDocument");
    let missing = ("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/Nothing");
    assume(&alice, "ops", &[missing]).await.is(400, "MalformedPolicyDocument");
    let long = format!("{policy}{}", " ".repeat(2_048));
    assume(&alice, "ops", &[("Policy", &long)]).await.is(400, "ValidationError");
    let value = "v".repeat(256);
    let mut tags = Vec::new();
    for number in 1..=20 {
        tags.push((format!("Tags.member.{number}.Key"), format!("k{number}")));
        tags.push((format!("Tags.member.{number}.Value"), value.clone()));
    }
    let tags: Vec<(&str, &str)> = tags.iter().map(|(name, value)| (&**name, &**value)).collect();
    let text = assume(&alice, "ops", &tags).await.is(400, "PackedPolicyTooLarge");
    assert!(text.starts_with("Packed policy consumes 1") && text.contains("% of allotted space"), "{text}");
}

async fn policies_of_the_caller_decide_where_the_account_is_trusted(place: &Place) {
    let (app, alice) = with_alice(place).await;
    role(&app, ACCOUNT, "/", "delegated", trusts(ACCOUNT)).await;
    role(&app, ACCOUNT, "/", "named", trusts(&user_arn("alice"))).await;
    assume(&alice, "delegated", &[]).await.is(403, "AccessDenied");
    assume(&alice, "named", &[]).await.ok();
    permit(&app, "alice").await;
    let session = Aws::of(&app, &assume(&alice, "delegated", &[]).await.ok());
    // The session's own role permits nothing.
    assume(&session, "delegated", &[]).await.is(403, "AccessDenied");
    let deny = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#;
    let put = [("UserName", "alice"), ("PolicyName", "no"), ("PolicyDocument", deny)];
    Aws::root(&app).iam("PutUserPolicy", &put).await.ok();
    assume(&alice, "delegated", &[]).await.is(403, "AccessDenied");
    assume(&alice, "named", &[]).await.is(403, "AccessDenied");
}

async fn a_role_of_another_account_lets_in_whom_it_names(place: &Place) {
    const OTHER: &str = "222222222222";
    let (app, alice) = with_alice(place).await;
    let bob = user(&app, "bob").await;
    Aws::new(&app, OTHER, "test", None).sts("GetCallerIdentity", &[]).await.ok();
    role(&app, OTHER, "/", "far", trusts(&user_arn("alice"))).await;
    let arn = format!("arn:aws:iam::{OTHER}:role/far");
    let take = [("RoleArn", &*arn), ("RoleSessionName", "night")];
    bob.sts("AssumeRole", &take).await.is(403, "AccessDenied");
    // Across accounts both sides have to permit it.
    alice.sts("AssumeRole", &take).await.is(403, "AccessDenied");
    permit(&app, "alice").await;
    let session = Aws::of(&app, &alice.sts("AssumeRole", &take).await.ok());
    let identity = session.sts("GetCallerIdentity", &[]).await.ok();
    assert_eq!(identity.value("Account"), OTHER);
    assert_eq!(identity.value("Arn"), format!("arn:aws:sts::{OTHER}:assumed-role/far/night"));
}
