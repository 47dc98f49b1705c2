//! Signing certificates and server certificates of AWS, by recorded answers.

use super::credentials_client::{ACCOUNT, Aws, Xml};
use super::ssh_keys::material;
use crate::support::{Place, TestApp};

on_both_engines![
    a_signing_certificate_goes_through_its_life,
    signing_certificates_are_refused,
    a_server_certificate_goes_through_its_life,
    server_certificates_are_refused,
    server_certificates_are_counted_listed_and_taken_away_by_a_reset,
];

fn certificate(name: &str) -> String {
    material()["certificates"][name].as_str().expect("a vector").to_owned()
}

fn other(number: usize) -> String {
    material()["certificates"]["others"][number].as_str().expect("a vector").to_owned()
}

fn key(name: &str) -> String {
    material()["keys"][name].as_str().expect("a vector").to_owned()
}

async fn started(place: &Place) -> (TestApp, Aws) {
    let app = TestApp::start(place).await;
    let aws = Aws::root(&app);
    for user in ["alice", "bob"] {
        aws.iam("CreateUser", &[("UserName", user)]).await.ok();
    }
    (app, aws)
}

async fn sign(aws: &Aws, user: &str, body: &str) -> Xml {
    aws.iam("UploadSigningCertificate", &[("UserName", user), ("CertificateBody", body)]).await
}

async fn a_signing_certificate_goes_through_its_life(place: &Place) {
    let (app, aws) = started(place).await;
    let body = certificate("leaf");
    let made = sign(&aws, "alice", &body).await.ok();
    let id = made.get("CertificateId").to_owned();
    assert_eq!((id.len(), made.get("CertificateBody"), made.get("Status")), (32, &*body, "Active"));
    let of = [("UserName", "alice"), ("CertificateId", &*id)];
    aws.iam("UpdateSigningCertificate", &[of[0], of[1], ("Status", "Inactive")]).await.ok();
    let again = sign(&aws, "alice", &body).await.ok();
    assert_eq!((again.get("CertificateId"), again.get("Status")), (&*id, "Active"));
    assert_eq!(again.get("UploadDate"), made.get("UploadDate"));
    let listed = aws.iam("ListSigningCertificates", &of[..1]).await.ok();
    assert_eq!((listed.get("Status"), listed.get("CertificateBody")), ("Inactive", &*body));
    let expired = aws.iam("UpdateSigningCertificate", &[of[0], of[1], ("Status", "Expired")]).await;
    expired.is(400, "InvalidInput", "Operation does not support status Expired");
    let not_bobs = format!("The Certificate with id {id} cannot be found.");
    aws.iam("DeleteSigningCertificate", &[("UserName", "bob"), of[1]]).await.is(404, "NoSuchEntity", &not_bobs);
    let still = "Cannot delete entity, must delete certificates first.";
    aws.iam("DeleteUser", &of[..1]).await.is(409, "DeleteConflict", still);
    aws.iam("DeleteSigningCertificate", &of).await.ok();
    aws.iam("DeleteUser", &of[..1]).await.ok();
    assert!(aws.iam("ListSigningCertificates", &[]).await.ok().get("Certificates").is_empty());
    app.stop().await;
}

async fn signing_certificates_are_refused(place: &Place) {
    let (app, aws) = started(place).await;
    let malformed = "Certificate not a certificate is malformed.";
    sign(&aws, "alice", "not a certificate").await.is(400, "MalformedCertificate", malformed);
    let expired = certificate("expired");
    sign(&aws, "alice", &expired).await.is(
        400,
        "MalformedCertificate",
        &format!("Certificate {expired} is malformed."),
    );
    sign(&aws, "nobody", "x").await.is(404, "NoSuchEntity", "The user with name nobody cannot be found.");
    for number in 0..2 {
        sign(&aws, "alice", &other(number)).await.ok();
    }
    let quota = "Cannot exceed quota for CertificatesPerUser: 2";
    sign(&aws, "alice", &other(2)).await.is(409, "LimitExceeded", quota);
    sign(&aws, "bob", &other(0)).await.is(409, "DuplicateCertificate", "Duplicate certificate uploaded.");
    app.stop().await;
}

async fn a_server_certificate_goes_through_its_life(place: &Place) {
    let (app, aws) = started(place).await;
    let (body, chain, leaf_key) = (certificate("leaf"), certificate("middle") + &certificate("root"), key("leaf"));
    let upload = [
        ("ServerCertificateName", "Site"),
        ("Path", "/cloudfront/"),
        ("CertificateBody", &*body),
        ("PrivateKey", &*leaf_key),
        ("CertificateChain", &*chain),
        ("Tags.member.1.Key", "Team"),
        ("Tags.member.1.Value", "one"),
    ];
    let made = aws.iam("UploadServerCertificate", &upload).await.ok();
    assert_eq!(made.get("Arn"), format!("arn:aws:iam::{ACCOUNT}:server-certificate/cloudfront/Site"));
    assert!(made.get("ServerCertificateId").starts_with("ASCA"));
    assert_eq!((made.get("Expiration"), made.get("Key")), ("2035-01-01T00:00:00Z", "Team"));
    let named = |name: &'static str| [("ServerCertificateName", name)];
    let got = aws.iam("GetServerCertificate", &named("site")).await.ok();
    assert_eq!((got.get("CertificateBody"), got.get("CertificateChain")), (body.trim(), chain.trim()));
    assert_eq!(got.get("Value"), "one");
    let more = [named("Site")[0], ("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "two")];
    aws.iam("TagServerCertificate", &more).await.ok();
    aws.iam("UntagServerCertificate", &[named("Site")[0], ("TagKeys.member.1", "Team")]).await.ok();
    assert_eq!(aws.iam("ListServerCertificateTags", &named("Site")).await.ok().all("Key"), ["team"]);
    let none = aws.iam("TagServerCertificate", &[named("Site")[0], ("Tags", "")]).await;
    none.is(400, "InvalidInput", "The provided tag map must not be null/empty.");
    let renamed = [named("Site")[0], ("NewServerCertificateName", "Shop"), ("NewPath", "/")];
    aws.iam("UpdateServerCertificate", &renamed).await.ok();
    let missing = "The Server Certificate with name Site cannot be found.";
    aws.iam("GetServerCertificate", &named("Site")).await.is(404, "NoSuchEntity", missing);
    let shop = aws.iam("GetServerCertificate", &named("Shop")).await.ok();
    assert_eq!(shop.get("Arn"), format!("arn:aws:iam::{ACCOUNT}:server-certificate/Shop"));
    assert_eq!((shop.get("Key"), shop.get("ServerCertificateId")), ("team", made.get("ServerCertificateId")));
    aws.iam("DeleteServerCertificate", &named("Shop")).await.ok();
    assert!(aws.iam("ListServerCertificates", &[]).await.ok().all("Arn").is_empty());
    let (_, journal) = app.control.get("/requests").await;
    assert!(!journal.to_string().contains("PRIVATE KEY"), "{journal}");
    app.stop().await;
}

async fn server_certificates_are_refused(place: &Place) {
    let (app, aws) = started(place).await;
    let upload = async |body: &str, key: &str, chain: Option<&str>| {
        let chain = chain.map(|chain| ("CertificateChain", chain));
        let fixed = [("ServerCertificateName", "site"), ("CertificateBody", body), ("PrivateKey", key)];
        let all: Vec<_> = fixed.into_iter().chain(chain).collect();
        aws.iam("UploadServerCertificate", &all).await
    };
    let (leaf, leaf_key) = (certificate("leaf"), key("leaf"));
    let unreadable = "Unable to parse certificate. Please ensure the certificate is in PEM format.";
    upload("x", &leaf_key, None).await.is(400, "MalformedCertificate", unreadable);
    let mismatch =
        "The private key did not match the public key provided. Please verify the key material and try again.";
    upload(&leaf, &key("root"), None).await.is(400, "KeyPairMismatch", mismatch);
    assert_eq!(upload(&leaf, "x", None).await.get("Code"), "MalformedCertificate");
    let lapsed = "Certificate is no longer valid. The 'Not After' date restriction on the certificate has passed.";
    upload(&certificate("expired"), &leaf_key, None).await.is(400, "MalformedCertificate", lapsed);
    assert_eq!(upload(&certificate("early"), &leaf_key, None).await.get("Code"), "MalformedCertificate");
    upload(&leaf, &leaf_key, Some("x")).await.is(400, "MalformedCertificate", "Unknown");
    let order = |index: i64| {
        format!(
            "Unable to validate certificate chain. The certificate chain must start with the immediate signing \
             certificate, followed by any intermediaries in order. The index within the chain of the invalid \
             certificate is: {index}"
        )
    };
    let unrelated = upload(&leaf, &leaf_key, Some(&certificate("curve"))).await;
    unrelated.is(400, "MalformedCertificate", &order(-1));
    let with_itself = leaf.clone() + &certificate("middle");
    upload(&leaf, &leaf_key, Some(&with_itself)).await.is(400, "MalformedCertificate", &order(1));
    // Without a chain it is taken, and in other forms of key.
    upload(&leaf, &key("leaf_pkcs8"), None).await.ok();
    let exists = "The Server Certificate with name site already exists.";
    upload(&certificate("curve"), &key("curve"), None).await.is(409, "EntityAlreadyExists", exists);
    app.stop().await;
}

async fn server_certificates_are_counted_listed_and_taken_away_by_a_reset(place: &Place) {
    let (app, aws) = started(place).await;
    let (body, leaf_key) = (certificate("curve"), key("curve"));
    let upload = async |name: &str, path: &str| {
        let parameters =
            [("ServerCertificateName", name), ("Path", path), ("CertificateBody", &*body), ("PrivateKey", &*leaf_key)];
        aws.iam("UploadServerCertificate", &parameters).await
    };
    for number in 0..20 {
        upload(&format!("c{number:02}"), if number % 2 == 0 { "/even/" } else { "/odd/" }).await.ok();
    }
    let quota = "Cannot exceed quota for ServerCertificatesPerAccount: 20";
    upload("more", "/").await.is(409, "LimitExceeded", quota);
    let page = aws.iam("ListServerCertificates", &[("PathPrefix", "/odd"), ("MaxItems", "4")]).await.ok();
    assert_eq!(page.all("ServerCertificateName"), ["c01", "c03", "c05", "c07"]);
    let rest = [("PathPrefix", "/odd"), ("Marker", page.get("Marker"))];
    let rest = aws.iam("ListServerCertificates", &rest).await.ok();
    assert_eq!((rest.all("ServerCertificateName").len(), rest.get("IsTruncated")), (6, "false"));
    let taken = [("ServerCertificateName", "c00"), ("NewServerCertificateName", "C01")];
    let exists = "The Server Certificate with name C01 already exists.";
    aws.iam("UpdateServerCertificate", &taken).await.is(409, "EntityAlreadyExists", exists);
    assert_eq!(app.control.reset().await, 204);
    assert!(aws.iam("ListServerCertificates", &[]).await.ok().all("Arn").is_empty());
    upload("more", "/").await.ok();
    app.stop().await;
}
