//! A login profile's life, told with the AWS SDK for Rust.

use aws_sdk_iam::{
    Client as Iam,
    error::{ProvideErrorMetadata, SdkError},
    operation::RequestId,
    types::AccessKey,
};
use aws_sdk_sts::Client as Sts;
use sesame_aws_sdk_tests::Server;

const BOB_PASSWORD: &str = "&1-3a6u:RA0djs";
const SECOND: &str = "Second-Passw0rd!";
const THIRD: &str = "Third-Passw0rd!!";

/// The code and text of a refusal, after a look at what comes with every one.
fn refusal<T: std::fmt::Debug, E: ProvideErrorMetadata + std::fmt::Debug>(
    result: Result<T, SdkError<E>>,
) -> (u16, String, String) {
    let error = result.expect_err("a refusal");
    let status = error.raw_response().expect("an answer").status().as_u16();
    let service = error.as_service_error().expect("an error of the service");
    assert_eq!(service.meta().request_id().map(str::len), Some(36));
    (status, service.code().unwrap_or_default().to_owned(), service.message().unwrap_or_default().to_owned())
}

fn told(status: u16, code: &str, text: &str) -> (u16, String, String) {
    (status, code.to_owned(), text.to_owned())
}

async fn new_key(iam: &Iam, user: &str) -> AccessKey {
    iam.create_access_key().user_name(user).send().await.unwrap().access_key.unwrap()
}

#[tokio::test]
async fn a_login_profile_is_made_read_changed_and_deleted() {
    let server = Server::start();
    let account = server.account();
    let iam = Iam::new(&server.config(&account, "any-secret-will-do", None).await);

    let user = iam.create_user().user_name("Bob").send().await.unwrap().user.unwrap();
    assert_eq!(user.arn(), format!("arn:aws:iam::{account}:user/Bob"));
    assert!(user.user_id().starts_with("AIDA") && user.user_id().len() == 21);

    let create = || iam.create_login_profile().user_name("Bob").password(BOB_PASSWORD).password_reset_required(true);
    let made = create().send().await.unwrap().login_profile.unwrap();
    assert_eq!((made.user_name(), made.password_reset_required()), ("Bob", true));
    assert_eq!(made.create_date().subsec_nanos(), 0);
    let read = iam.get_login_profile().user_name("Bob").send().await.unwrap().login_profile.unwrap();
    assert_eq!(read, made);
    let twice = create().send().await;
    assert!(
        twice.as_ref().is_err_and(|e| e.as_service_error().is_some_and(|e| e.is_entity_already_exists_exception()))
    );
    assert_eq!(refusal(twice), told(409, "EntityAlreadyExists", "Login Profile for user Bob already exists."));

    assert!(server.sign_in(&account, "Bob", BOB_PASSWORD).contains(r#""password-reset-required""#));
    iam.update_login_profile().user_name("Bob").password(SECOND).password_reset_required(false).send().await.unwrap();
    assert!(server.sign_in(&account, "Bob", BOB_PASSWORD).contains(r#""invalid-credentials""#));
    assert!(server.sign_in(&account, "Bob", SECOND).contains(r#""signed-in""#));
    assert_eq!(
        refusal(iam.update_login_profile().user_name("Bob").password("short").send().await),
        told(400, "PasswordPolicyViolation", "Password does not conform to the account password policy."),
    );
    assert_eq!(
        refusal(iam.delete_user().user_name("Bob").send().await),
        told(409, "DeleteConflict", "Cannot delete entity, must delete login profile first."),
    );

    iam.delete_login_profile().user_name("Bob").send().await.unwrap();
    assert_eq!(
        refusal(iam.get_login_profile().user_name("Bob").send().await),
        told(404, "NoSuchEntity", "Login Profile for User Bob cannot be found."),
    );
    iam.delete_user().user_name("Bob").send().await.unwrap();
    assert_eq!(
        refusal(iam.get_user().user_name("Bob").send().await),
        told(404, "NoSuchEntity", "The user with name Bob cannot be found."),
    );
}

#[tokio::test]
async fn a_user_changes_a_password_and_assumes_a_role() {
    let server = Server::start();
    let account = server.account();
    let iam = Iam::new(&server.config(&account, "any-secret-will-do", None).await);
    iam.create_user().user_name("alice").send().await.unwrap();
    iam.create_login_profile().user_name("alice").password(SECOND).send().await.unwrap();
    let key = new_key(&iam, "alice").await;
    let hers = server.config(key.access_key_id(), key.secret_access_key(), None).await;
    let change = || Iam::new(&hers).change_password().old_password(SECOND).new_password(THIRD).send();

    let (status, code, text) = refusal(change().await);
    assert_eq!((status, code.as_str()), (403, "AccessDenied"));
    assert!(text.contains("is not authorized to perform: iam:ChangePassword"), "{text}");
    let policy = iam.update_account_password_policy().minimum_password_length(12);
    policy.allow_users_to_change_password(true).send().await.unwrap();
    let policy = iam.get_account_password_policy().send().await.unwrap().password_policy.unwrap();
    assert_eq!((policy.minimum_password_length(), policy.max_password_age()), (Some(12), None));
    change().await.unwrap();
    assert_eq!(refusal(change().await), told(403, "AccessDenied", "The old password was incorrect."));
    assert!(server.sign_in(&account, "alice", THIRD).contains(r#""signed-in""#));

    let arn = format!("arn:aws:iam::{account}:user/alice");
    let statement = format!(r#"{{"Effect":"Allow","Principal":{{"AWS":"{arn}"}},"Action":"sts:AssumeRole"}}"#);
    let trust = format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
    let role = iam.create_role().role_name("ops").assume_role_policy_document(trust).send().await.unwrap();
    let role = role.role.unwrap();
    let assume = Sts::new(&hers).assume_role().role_arn(role.arn()).role_session_name("work");
    let credentials = assume.send().await.unwrap().credentials.unwrap();
    let (id, secret) = (credentials.access_key_id(), credentials.secret_access_key());
    let session = server.config(id, secret, Some(credentials.session_token())).await;
    let identity = Sts::new(&session).get_caller_identity().send().await.unwrap();
    assert_eq!(identity.arn(), Some(format!("arn:aws:sts::{account}:assumed-role/ops/work").as_str()));
    assert_eq!(identity.account(), Some(account.as_str()));

    for name in ["zoe", "Bob"] {
        iam.create_user().user_name(name).send().await.unwrap();
    }
    let pages = iam.list_users().into_paginator().page_size(1).items().send();
    let users = pages.collect::<Result<Vec<_>, _>>().await.unwrap();
    let names: Vec<_> = users.iter().map(aws_sdk_iam::types::User::user_name).collect();
    assert_eq!(names, ["alice", "Bob", "zoe"]);
}
