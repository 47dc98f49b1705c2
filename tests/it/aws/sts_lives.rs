//! Sessions of users and federated users, second factors, and what sessions end with.

use serde_json::json;
use sesame::domain::account::Cloud;
use sesame::domain::mfa::MfaDevice;
use sesame::domain::principal::Principal;
use sesame::domain::time::Time;
use sesame::services::Ctx;
use sesame::services::authorization_messages::{self, AuthorizationMessage};
use sesame::store;

use super::signed_client::{ACCOUNT, Aws};
use super::sts::{assume, lets, permit, role, user, user_arn, with_alice};
use crate::support::{Place, TestApp, totp};

on_both_engines![
    a_code_of_a_second_factor_works_once_and_for_its_user,
    a_users_own_session_is_the_user,
    a_second_factor_opens_identities_to_a_session,
    a_federated_user_is_known_and_may_do_little,
    the_root_has_sessions_for_an_hour,
    sessions_end_with_what_they_hang_on,
    an_authorization_message_is_read_in_its_account,
];

const SEED: &[u8] = b"12345678901234567890";
const PASSWORD: &str = "Correct-Horse-1";

fn serial(user: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:mfa/{user}")
}

/// Binds a device to a user.
async fn device(app: &TestApp, user: &str) -> String {
    let (mut tx, account) = app.app.db.write(ACCOUNT).await.unwrap();
    let user_id = store::users::by_name(&mut tx, ACCOUNT, user).await.unwrap().unwrap().id;
    let made = MfaDevice {
        account_id: ACCOUNT.to_owned(),
        name: user.to_owned(),
        path: "/".to_owned(),
        seed: SEED.to_vec(),
        user_id: Some(user_id),
        bound_at: Some(account.created_at),
        last_step: 0,
        used_before: 0,
        last_pair: 0,
        drift: 0,
        created_at: account.created_at,
    };
    assert!(store::mfa_devices::insert(&mut tx, &made).await.unwrap());
    store::mfa_devices::save(&mut tx, &made).await.unwrap();
    tx.commit().await.unwrap();
    serial(user)
}

async fn code(app: &TestApp) -> String {
    totp::code(SEED, totp::step(app).await)
}

async fn a_code_of_a_second_factor_works_once_and_for_its_user(place: &Place) {
    let (app, alice) = with_alice(place).await;
    let bob = user(&app, "bob").await;
    let condition = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"},
        "NumericLessThan": {"aws:MultiFactorAuthAge": "900"}});
    permit(&app, "alice").await;
    role(&app, ACCOUNT, "/", "guarded", lets(ACCOUNT, &json!("sts:AssumeRole"), &condition)).await;
    let (serial, _) = (device(&app, "alice").await, device(&app, "bob").await);
    let shown = code(&app).await;
    let with =
        |code: &str| vec![("SerialNumber".to_owned(), serial.clone()), ("TokenCode".to_owned(), code.to_owned())];
    let parameters = with(&shown);
    let given: Vec<(&str, &str)> = parameters.iter().map(|(name, value)| (&**name, &**value)).collect();
    assume(&alice, "guarded", &[]).await.is(403, "AccessDenied");
    let unknown = "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number \
                   is valid and associated with this user.";
    assert_eq!(assume(&bob, "guarded", &given).await.is(403, "AccessDenied"), unknown);
    let incomplete = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.";
    assert_eq!(assume(&alice, "guarded", &given[..1]).await.is(403, "AccessDenied"), incomplete);
    assert_eq!(assume(&alice, "guarded", &given[1..]).await.is(403, "AccessDenied"), incomplete);
    let wrong = if shown == "000000" { "000001" } else { "000000" };
    let invalid = "MultiFactorAuthentication failed with invalid MFA one time pass code.";
    assert_eq!(assume(&alice, "guarded", &[given[0], ("TokenCode", wrong)]).await.is(403, "AccessDenied"), invalid);
    let session = Aws::of(&app, &assume(&alice, "guarded", &given).await.ok());
    assert_eq!(assume(&alice, "guarded", &given).await.is(403, "AccessDenied"), invalid);
    assert_eq!(alice.sts("GetSessionToken", &given).await.is(403, "AccessDenied"), invalid);
    // a role's session has no devices, and does not count as shown one
    assert_eq!(assume(&session, "guarded", &given).await.is(403, "AccessDenied"), unknown);
    assume(&session, "guarded", &[]).await.is(403, "AccessDenied");
    app.control.advance(60).await;
    let later = code(&app).await;
    let own = alice.sts("GetSessionToken", &[given[0], ("TokenCode", &later)]).await.ok();
    let own = Aws::of(&app, &own);
    assume(&own, "guarded", &[]).await.ok();
    app.control.advance(900).await;
    assume(&own, "guarded", &[]).await.is(403, "AccessDenied");
}

async fn a_users_own_session_is_the_user(place: &Place) {
    let (app, alice) = with_alice(place).await;
    let answer = alice.sts("GetSessionToken", &[]).await.ok();
    let expires = Time::parse(&answer.value("Expiration")).unwrap().seconds();
    let (_, clock) = app.control.get("/clock").await;
    let now = Time::parse(clock["now"].as_str().unwrap()).unwrap().seconds();
    assert!((43_190..=43_200).contains(&(expires - now)), "{}", answer.text);
    let session = Aws::of(&app, &answer);
    let identity = session.sts("GetCallerIdentity", &[]).await.ok();
    assert_eq!(identity.value("Arn"), user_arn("alice"));
    assert!(identity.value("UserId").starts_with("AIDA"));
    assume(&session, "ops", &[]).await.ok();
    for operation in ["GetSessionToken", "GetFederationToken", "GetAccessKeyInfo", "DecodeAuthorizationMessage"] {
        let text = session.sts(operation, &[]).await.is(403, "AccessDenied");
        assert_eq!(text, format!("Cannot call {operation} with session credentials"));
    }
    session.iam("GetUser", &[]).await.is(403, "InvalidClientTokenId");
    let (_, listed) = app.control.get(&format!("/sessions?account={ACCOUNT}&user=alice")).await;
    let kinds: Vec<&str> =
        listed["sessions"].as_array().unwrap().iter().map(|session| session["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["session-token", "role"]);
    // renamed, it is the same user
    Aws::root(&app).iam("UpdateUser", &[("UserName", "alice"), ("NewUserName", "ann")]).await.ok();
    assert_eq!(session.sts("GetCallerIdentity", &[]).await.ok().value("Arn"), user_arn("ann"));
}

async fn a_second_factor_opens_identities_to_a_session(place: &Place) {
    let (app, alice) = with_alice(place).await;
    let root = Aws::root(&app);
    root.iam("CreateLoginProfile", &[("UserName", "alice"), ("Password", PASSWORD)]).await.ok();
    root.iam("UpdateAccountPasswordPolicy", &[("AllowUsersToChangePassword", "true")]).await.ok();
    let serial = device(&app, "alice").await;
    let change = [("OldPassword", PASSWORD), ("NewPassword", "Another-Horse-2")];
    let bare = Aws::of(&app, &alice.sts("GetSessionToken", &[]).await.ok());
    bare.iam("ChangePassword", &change).await.is(403, "InvalidClientTokenId");
    let shown = code(&app).await;
    let proven = alice.sts("GetSessionToken", &[("SerialNumber", &serial), ("TokenCode", &shown)]).await.ok();
    let proven = Aws::of(&app, &proven);
    proven.iam("ListUsers", &[]).await.is(403, "AccessDenied");
    proven.iam("ChangePassword", &change).await.ok();
    // a new password ends none of them
    proven.sts("GetCallerIdentity", &[]).await.ok();
    // a role's session is nobody with a password
    let taken = Aws::of(&app, &assume(&alice, "ops", &[]).await.ok());
    taken.iam("ChangePassword", &change).await.is(400, "InvalidUserType");
}

async fn a_federated_user_is_known_and_may_do_little(place: &Place) {
    let (app, alice) = with_alice(place).await;
    let text = alice.sts("GetFederationToken", &[("Name", "fed")]).await.is(403, "AccessDenied");
    let arn = format!("arn:aws:sts::{ACCOUNT}:federated-user/fed");
    assert!(text.contains(&format!("to perform: sts:GetFederationToken on resource: {arn}")), "{text}");
    let root = Aws::root(&app);
    let answer = root.sts("GetFederationToken", &[("Name", "fed")]).await.ok();
    assert_eq!(answer.value("Arn"), arn);
    assert_eq!(answer.value("FederatedUserId"), format!("{ACCOUNT}:fed"));
    assert_eq!(answer.value("PackedPolicySize"), "0");
    let session = Aws::of(&app, &answer);
    let identity = session.sts("GetCallerIdentity", &[]).await.ok();
    assert_eq!((identity.value("Arn"), identity.value("UserId")), (arn, format!("{ACCOUNT}:fed")));
    session.iam("GetUser", &[]).await.is(403, "InvalidClientTokenId");
    assume(&session, "ops", &[]).await.is(403, "AccessDenied");
    session.sts("GetSessionToken", &[]).await.is(403, "AccessDenied");
    root.sts("GetFederationToken", &[("Name", "fed"), ("Policy", "{}")]).await.is(400, "MalformedPolicyDocument");
    let text = root.sts("GetFederationToken", &[("Name", "f")]).await.is(400, "ValidationError");
    assert!(text.contains("'name'"), "{text}");
    let tags = [("Name", "fed"), ("Tags.member.1.Key", "Team"), ("Tags.member.1.Value", "blue")];
    let tagged = root.sts("GetFederationToken", &tags).await.ok();
    assert_eq!(tagged.value("PackedPolicySize"), "1");
}

async fn the_root_has_sessions_for_an_hour(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let own = root.sts("GetSessionToken", &[("DurationSeconds", "129600")]).await.ok();
    let own = Aws::of(&app, &own);
    let federated = root.sts("GetFederationToken", &[("Name", "fed"), ("DurationSeconds", "7200")]).await.ok();
    let federated = Aws::of(&app, &federated);
    let identity = own.sts("GetCallerIdentity", &[]).await.ok();
    assert_eq!(identity.value("Arn"), format!("arn:aws:iam::{ACCOUNT}:root"));
    own.iam("ListUsers", &[]).await.is(403, "InvalidClientTokenId");
    app.control.advance(3_601).await;
    own.sts("GetCallerIdentity", &[]).await.is(403, "ExpiredToken");
    federated.sts("GetCallerIdentity", &[]).await.is(403, "ExpiredToken");
}

async fn sessions_end_with_what_they_hang_on(place: &Place) {
    let (app, alice) = with_alice(place).await;
    let root = Aws::root(&app);
    let own = Aws::of(&app, &alice.sts("GetSessionToken", &[]).await.ok());
    let taken = Aws::of(&app, &assume(&alice, "ops", &[]).await.ok());
    let alive = async |session: &Aws| session.sts("GetCallerIdentity", &[]).await.status == 200;
    let inactive = [("UserName", "alice"), ("AccessKeyId", &*alice.key_id), ("Status", "Inactive")];
    root.iam("UpdateAccessKey", &inactive).await.ok();
    alice.sts("GetCallerIdentity", &[]).await.is(403, "InvalidClientTokenId");
    assert!(alive(&own).await && alive(&taken).await, "a key takes no session with it");
    root.iam("DeleteAccessKey", &[("UserName", "alice"), ("AccessKeyId", &alice.key_id)]).await.ok();
    assert!(alive(&own).await && alive(&taken).await, "a key takes no session with it");
    root.iam("DeleteUser", &[("UserName", "alice")]).await.ok();
    own.sts("GetCallerIdentity", &[]).await.is(403, "InvalidClientTokenId");
    assert!(alive(&taken).await, "a role's session goes on without the user");
    let (mut tx, _) = app.app.db.write(ACCOUNT).await.unwrap();
    store::roles::delete(&mut tx, ACCOUNT, &super::sts::role_id("ops")).await.unwrap();
    tx.commit().await.unwrap();
    taken.sts("GetCallerIdentity", &[]).await.is(403, "InvalidClientTokenId");

    let ended = Aws::of(&app, &root.sts("GetSessionToken", &[]).await.ok());
    let (_, listed) = app.control.get(&format!("/sessions?account={ACCOUNT}")).await;
    let last = listed["sessions"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned();
    assert_eq!(app.control.delete(&format!("/sessions/{last}")).await.0, 204);
    ended.sts("GetCallerIdentity", &[]).await.is(403, "InvalidClientTokenId");
}

async fn an_authorization_message_is_read_in_its_account(place: &Place) {
    let app = TestApp::start(place).await;
    let root = Aws::root(&app);
    let ctx = Ctx {
        app: app.app.clone(),
        account_id: ACCOUNT.to_owned(),
        cloud: Cloud::Aws,
        principal: Principal::User { id: "AIDAX".to_owned(), name: "alice".to_owned(), path: "/".to_owned() },
        session: None,
        region: "us-east-1".to_owned(),
        pulse: app.app.db.pulse(ACCOUNT).await.unwrap(),
        now: Time(0),
        source_address: "127.0.0.1".parse().unwrap(),
        user_agent: None,
        decision: std::sync::Mutex::default(),
    };
    let conditions = [("aws:Region".to_owned(), vec!["us-east-1".to_owned()])];
    let message = AuthorizationMessage::denial(&ctx, "ec2:RunInstances", "*", false, conditions.into());
    let encoded = authorization_messages::encode(&app.app, ACCOUNT, &message).await.unwrap();
    let answer = root.sts("DecodeAuthorizationMessage", &[("EncodedMessage", &encoded)]).await.ok();
    let decoded: serde_json::Value = serde_json::from_str(&answer.value("DecodedMessage")).unwrap();
    assert_eq!(
        decoded,
        json!({
            "allowed": false,
            "explicitDeny": false,
            "matchedStatements": {"items": []},
            "failures": {"items": []},
            "context": {
                "principal": {"id": "AIDAX", "name": "alice", "arn": user_arn("alice")},
                "action": "ec2:RunInstances",
                "resource": "*",
                "conditions": {"items": [{"key": "aws:Region", "values": {"items": [{"value": "us-east-1"}]}}]},
            },
        })
    );
    let other = Aws::new(&app, "222222222222", "test", None);
    for (caller, message) in [(&other, &*encoded), (&root, "none"), (&root, &encoded[1..])] {
        let answer = caller.sts("DecodeAuthorizationMessage", &[("EncodedMessage", message)]).await;
        answer.is(400, "InvalidAuthorizationMessageException");
    }
}
