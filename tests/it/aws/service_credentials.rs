//! Service-specific credentials of AWS's users, by recorded answers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::credentials_client::{ACCOUNT, Aws};
use crate::support::{Place, TestApp};

on_both_engines![a_credential_goes_through_its_life, credentials_are_refused, credentials_are_listed];

async fn started(place: &Place) -> (TestApp, Aws) {
    let app = TestApp::start(place).await;
    let aws = Aws::root(&app);
    for user in ["alice", "bob"] {
        aws.iam("CreateUser", &[("UserName", user)]).await.ok();
    }
    (app, aws)
}

const CODECOMMIT: (&str, &str) = ("ServiceName", "codecommit.amazonaws.com");
const BEDROCK: (&str, &str) = ("ServiceName", "bedrock.amazonaws.com");
const ALICE: (&str, &str) = ("UserName", "alice");

async fn a_credential_goes_through_its_life(place: &Place) {
    let (app, aws) = started(place).await;
    let made = aws.iam("CreateServiceSpecificCredential", &[ALICE, CODECOMMIT]).await.ok();
    let id = made.get("ServiceSpecificCredentialId").to_owned();
    assert!(id.starts_with("ACCA") && id.len() == 21, "{id}");
    assert_eq!(made.get("ServiceUserName"), format!("alice-at-{ACCOUNT}"));
    assert_eq!((made.get("ServicePassword").len(), made.get("Status")), (60, "Active"));
    let of = ("ServiceSpecificCredentialId", &*id);
    aws.iam("UpdateServiceSpecificCredential", &[ALICE, of, ("Status", "Inactive")]).await.ok();
    let reset = aws.iam("ResetServiceSpecificCredential", &[ALICE, of]).await.ok();
    assert_eq!((reset.get("Status"), reset.get("CreateDate")), ("Inactive", made.get("CreateDate")));
    assert_ne!(reset.get("ServicePassword"), made.get("ServicePassword"));
    let key = aws.iam("CreateServiceSpecificCredential", &[ALICE, BEDROCK, ("CredentialAgeDays", "1")]).await.ok();
    let alias = format!("alice-at-{ACCOUNT}");
    let secret = key.get("ServiceCredentialSecret").strip_prefix("ABSK").expect("the prefix");
    let inside = String::from_utf8(STANDARD.decode(secret).unwrap()).unwrap();
    assert!(inside.starts_with(&format!("{alias}:")) && key.get("ServiceCredentialAlias") == alias, "{inside}");
    assert!(!key.text.contains("ServicePassword") && !key.get("ExpirationDate").is_empty());
    let listed = aws.iam("ListServiceSpecificCredentials", &[ALICE, BEDROCK]).await.ok();
    assert_eq!((listed.get("Status"), listed.text.contains("Secret")), ("Active", false));
    app.control.advance(86_400).await;
    assert_eq!(aws.iam("ListServiceSpecificCredentials", &[ALICE, BEDROCK]).await.ok().get("Status"), "Expired");
    let still = "Cannot delete entity, must remove referenced objects first.";
    aws.iam("DeleteUser", &[ALICE]).await.is(409, "DeleteConflict", still);
    aws.iam("DeleteServiceSpecificCredential", &[ALICE, of]).await.ok();
    let gone = format!("No such credential {id} exists");
    aws.iam("DeleteServiceSpecificCredential", &[ALICE, of]).await.is(404, "NoSuchEntity", &gone);
    // No journal has ever seen the secrets.
    let (_, journal) = app.control.get("/requests").await;
    for told in [made.get("ServicePassword"), reset.get("ServicePassword"), secret] {
        assert!(!journal.to_string().contains(told));
    }
    app.stop().await;
}

async fn credentials_are_refused(place: &Place) {
    let (app, aws) = started(place).await;
    let unknown = "No such service sqs.amazonaws.com is supported for Service Specific Credentials";
    let sqs = [ALICE, ("ServiceName", "sqs.amazonaws.com")];
    aws.iam("CreateServiceSpecificCredential", &sqs).await.is(404, "NoSuchEntity", unknown);
    aws.iam("ListServiceSpecificCredentials", &sqs).await.is(404, "NoSuchEntity", unknown);
    let loud = [ALICE, ("ServiceName", "CODECOMMIT.amazonaws.com")];
    let made = aws.iam("CreateServiceSpecificCredential", &loud).await.ok();
    assert_eq!(made.get("ServiceName"), CODECOMMIT.1);
    let second = aws.iam("CreateServiceSpecificCredential", &[ALICE, CODECOMMIT]).await.ok();
    assert_eq!(second.get("ServiceUserName"), format!("alice+1-at-{ACCOUNT}"));
    let quota = "Cannot exceed quota for ContextSpecificCredentialsPerUserPerContext: 2";
    aws.iam("CreateServiceSpecificCredential", &[ALICE, CODECOMMIT]).await.is(409, "LimitExceeded", quota);
    aws.iam("CreateServiceSpecificCredential", &[ALICE, BEDROCK]).await.ok();
    let id = ("ServiceSpecificCredentialId", made.get("ServiceSpecificCredentialId"));
    let bobs = format!("User bob does not have a service specific credential with id {}", id.1);
    let by_bob = aws.iam("ResetServiceSpecificCredential", &[("UserName", "bob"), id]).await;
    by_bob.is(400, "ValidationError", &bobs);
    let expired = aws.iam("UpdateServiceSpecificCredential", &[ALICE, id, ("Status", "Expired")]).await;
    expired.is(400, "InvalidInput", "Operation does not support status Expired");
    app.stop().await;
}

async fn credentials_are_listed(place: &Place) {
    let (app, aws) = started(place).await;
    for user in ["alice", "bob"] {
        for service in [CODECOMMIT, BEDROCK] {
            aws.iam("CreateServiceSpecificCredential", &[("UserName", user), service]).await.ok();
        }
    }
    let ids = "ServiceSpecificCredentialId";
    let list = async |parameters: &[(&str, &str)]| aws.iam("ListServiceSpecificCredentials", parameters).await;
    assert_eq!(list(&[ALICE, ("AllUsers", "false")]).await.ok().all(ids).len(), 2);
    let both = "Cannot list credentials for all users if a username is given";
    list(&[ALICE, ("AllUsers", "true")]).await.is(400, "InvalidInput", both);
    let first = list(&[("AllUsers", "true"), ("MaxItems", "3")]).await.ok();
    assert_eq!((first.all(ids).len(), first.get("IsTruncated")), (3, "true"));
    let rest = list(&[("AllUsers", "true"), ("Marker", first.get("Marker"))]).await.ok();
    assert_eq!((rest.all(ids).len(), rest.get("IsTruncated")), (1, "false"));
    let of_one = list(&[("AllUsers", "true"), BEDROCK]).await.ok();
    let mut users = of_one.all("UserName");
    users.sort_unstable();
    assert_eq!(users, ["alice", "bob"]);
    aws.iam("UpdateUser", &[ALICE, ("NewUserName", "alicia")]).await.ok();
    let renamed = list(&[("UserName", "alicia"), CODECOMMIT]).await.ok();
    let kept = format!("alice-at-{ACCOUNT}");
    assert_eq!((renamed.get("UserName"), renamed.get("ServiceUserName")), ("alicia", &*kept));
    app.stop().await;
}
