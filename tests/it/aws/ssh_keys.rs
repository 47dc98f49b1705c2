//! SSH public keys of AWS's users, by recorded answers.

use serde_json::Value;

use super::credentials_client::Aws;
use crate::support::{Place, TestApp};

on_both_engines![a_key_goes_through_its_life, keys_are_refused, keys_are_counted_and_listed];

pub(super) fn material() -> Value {
    serde_json::from_str(include_str!("../../vectors/credentials/material.json")).expect("vectors")
}

fn text(name: &str) -> String {
    material()["ssh"][name].as_str().expect("a vector").to_owned()
}

async fn started(place: &Place) -> (TestApp, Aws) {
    let app = TestApp::start(place).await;
    let aws = Aws::root(&app);
    for user in ["alice", "bob"] {
        aws.iam("CreateUser", &[("UserName", user)]).await.ok();
    }
    (app, aws)
}

async fn a_key_goes_through_its_life(place: &Place) {
    let (app, aws) = started(place).await;
    let body = text("openssh");
    let made = aws.iam("UploadSSHPublicKey", &[("UserName", "alice"), ("SSHPublicKeyBody", &body)]).await.ok();
    let id = made.get("SSHPublicKeyId").to_owned();
    assert!(id.starts_with("APKA") && id.len() == 20, "{id}");
    assert_eq!((made.get("SSHPublicKeyBody"), made.get("Fingerprint")), (&*body, &*text("fingerprint")));
    let key = [("UserName", "alice"), ("SSHPublicKeyId", &*id)];
    let get = async |form: &str| aws.iam("GetSSHPublicKey", &[key[0], key[1], ("Encoding", form)]).await.ok();
    assert_eq!(get("SSH").await.get("SSHPublicKeyBody"), text("bare"));
    assert_eq!(get("PEM").await.get("SSHPublicKeyBody"), text("info"));
    aws.iam("UpdateSSHPublicKey", &[key[0], key[1], ("Status", "Inactive")]).await.ok();
    assert_eq!(get("SSH").await.get("Status"), "Inactive");
    let expired = aws.iam("UpdateSSHPublicKey", &[key[0], key[1], ("Status", "Expired")]).await;
    expired.is(400, "InvalidInput", "Operation does not support status Expired");
    let others = [("UserName", "bob"), key[1]];
    let not_owned = format!("User has no Public Key with id {id}.");
    aws.iam("DeleteSSHPublicKey", &others).await.is(404, "NoSuchEntity", &not_owned);
    let still = "Cannot delete entity, must remove referenced objects first.";
    aws.iam("DeleteUser", &key[..1]).await.is(409, "DeleteConflict", still);
    aws.iam("DeleteSSHPublicKey", &key).await.ok();
    let gone = format!("The Public Key with id {id} cannot be found.");
    aws.iam("DeleteSSHPublicKey", &key).await.is(404, "NoSuchEntity", &gone);
    aws.iam("DeleteUser", &key[..1]).await.ok();
    app.stop().await;
}

async fn keys_are_refused(place: &Place) {
    let (app, aws) = started(place).await;
    let upload = async |user: &str, body: &str| {
        aws.iam("UploadSSHPublicKey", &[("UserName", user), ("SSHPublicKeyBody", body)]).await
    };
    upload("alice", "x").await.is(400, "UnrecognizedPublicKeyEncoding", "Invalid public key uploaded.");
    for refused in ["small", "ed25519", "curve"] {
        upload("alice", &text(refused)).await.is(400, "InvalidPublicKey", "Invalid body for public key");
    }
    upload("alice", &text("openssh")).await.ok();
    let duplicate = "Duplicate SSH public key uploaded.";
    upload("alice", &text("pkcs1")).await.is(400, "DuplicateSSHPublicKey", duplicate);
    upload("bob", &text("info")).await.ok();
    upload("nobody", &text("info")).await.is(404, "NoSuchEntity", "The user with name nobody cannot be found.");
    app.stop().await;
}

async fn keys_are_counted_and_listed(place: &Place) {
    let (app, aws) = started(place).await;
    assert_eq!(aws.iam("ListSSHPublicKeys", &[("UserName", "alice")]).await.ok().get("IsTruncated"), "false");
    for key in material()["ssh"]["more"].as_array().unwrap() {
        let body = ("SSHPublicKeyBody", key.as_str().unwrap());
        aws.iam("UploadSSHPublicKey", &[("UserName", "alice"), body]).await.ok();
    }
    let sixth = [("UserName", "alice"), ("SSHPublicKeyBody", &*text("bare"))];
    let quota = "Cannot exceed quota for SSHPublicKeysPerUser: 5";
    aws.iam("UploadSSHPublicKey", &sixth).await.is(409, "LimitExceeded", quota);
    let page = aws.iam("ListSSHPublicKeys", &[("UserName", "alice"), ("MaxItems", "3")]).await.ok();
    assert_eq!((page.all("SSHPublicKeyId").len(), page.get("IsTruncated")), (3, "true"));
    let rest = aws.iam("ListSSHPublicKeys", &[("UserName", "alice"), ("Marker", page.get("Marker"))]).await.ok();
    assert_eq!(rest.all("SSHPublicKeyId").len(), 2);
    assert!(!rest.text.contains("Body") && !rest.text.contains("Fingerprint"));
    app.stop().await;
}
