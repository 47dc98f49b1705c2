//! Virtual MFA devices of AWS, by recorded answers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::credentials_client::{ACCOUNT, Aws, Xml};
use crate::support::totp::{code, from_base32, step};
use crate::support::{Place, TestApp};

on_both_engines![
    a_device_goes_through_its_life,
    a_device_is_refused_where_it_does_not_belong,
    codes_bind_once_and_set_the_clock_right,
    a_user_has_eight_devices_at_the_most,
    devices_are_listed_page_by_page_and_by_what_they_are_bound_to,
    tags_of_devices_keep_their_case,
];

const CODE: &str = "Authentication code for device is not valid.";

/// A device made, and what its codes are made of.
pub(super) struct Device {
    pub(super) serial: String,
    pub(super) seed: Vec<u8>,
}

pub(super) async fn make(aws: &Aws, name: &str) -> Device {
    let made = aws.iam("CreateVirtualMFADevice", &[("VirtualMFADeviceName", name)]).await.ok();
    let text = String::from_utf8(STANDARD.decode(made.get("Base32StringSeed")).unwrap()).unwrap();
    assert_eq!(text.len(), 64);
    assert!(STANDARD.decode(made.get("QRCodePNG")).unwrap().starts_with(b"\x89PNG"));
    Device { serial: made.get("SerialNumber").to_owned(), seed: from_base32(&text) }
}

impl Device {
    /// Calls with two codes, the later one this many steps ahead of now.
    pub(super) async fn pair(&self, app: &TestApp, action: &str, user: &str, ahead: i64) -> Xml {
        let now = step(app).await;
        let (first, second) = (code(&self.seed, now + ahead - 1), code(&self.seed, now + ahead));
        let parameters = [
            ("UserName", user),
            ("SerialNumber", &*self.serial),
            ("AuthenticationCode1", &*first),
            ("AuthenticationCode2", &*second),
        ];
        Aws::root(app).iam(action, &parameters).await
    }

    pub(super) async fn enable(&self, app: &TestApp, user: &str) -> Xml {
        self.pair(app, "EnableMFADevice", user, 0).await
    }
}

async fn started(place: &Place) -> (TestApp, Aws) {
    let app = TestApp::start(place).await;
    let aws = Aws::root(&app);
    for user in ["alice", "bob"] {
        aws.iam("CreateUser", &[("UserName", user)]).await.ok();
    }
    (app, aws)
}

async fn a_device_goes_through_its_life(place: &Place) {
    let (app, aws) = started(place).await;
    let device = make(&aws, "phone").await;
    assert_eq!(device.serial, format!("arn:aws:iam::{ACCOUNT}:mfa/phone"));
    device.enable(&app, "alice").await.ok();
    let listed = aws.iam("ListMFADevices", &[("UserName", "alice")]).await.ok();
    assert_eq!((listed.get("UserName"), listed.get("SerialNumber")), ("alice", &*device.serial));
    assert!(!listed.get("EnableDate").is_empty() && listed.get("IsTruncated") == "false");
    let serial = [("SerialNumber", &*device.serial)];
    let in_use = "MFA VirtualDevice in use. Must deactivate first.";
    aws.iam("DeleteVirtualMFADevice", &serial).await.is(409, "DeleteConflict", in_use);
    let tokens = "Cannot delete entity, must remove tokens from principal first.";
    aws.iam("DeleteUser", &[("UserName", "alice")]).await.is(409, "DeleteConflict", tokens);
    let hardware = "The MFA device serial number sent in the request is invalid or not supported by this API. \
                    Currently, only hardware FIDO security keys are supported. Please use the compatible device or API.";
    aws.iam("GetMFADevice", &serial).await.is(400, "ValidationError", hardware);
    let key = format!("arn:aws:iam::{ACCOUNT}:u2f/user/alice/key");
    let none = format!("MFA Device with serial number {key} does not exist.");
    aws.iam("GetMFADevice", &[("SerialNumber", &*key)]).await.is(404, "NoSuchEntity", &none);
    let of_alice = [("UserName", "alice"), serial[0]];
    aws.iam("DeactivateMFADevice", &of_alice).await.ok();
    aws.iam("DeactivateMFADevice", &of_alice).await.is(404, "NoSuchEntity", "MFA Device invalid for user.");
    assert!(aws.iam("ListMFADevices", &[("UserName", "alice")]).await.ok().get("MFADevices").is_empty());
    assert!(aws.iam("ListMFADevices", &[]).await.ok().get("MFADevices").is_empty());
    aws.iam("DeleteVirtualMFADevice", &serial).await.ok();
    let gone = format!("MFA Device with serial number {} does not exist.", device.serial);
    aws.iam("DeleteVirtualMFADevice", &serial).await.is(404, "NoSuchEntity", &gone);
    aws.iam("DeleteUser", &[("UserName", "alice")]).await.ok();
    app.stop().await;
}

async fn a_device_is_refused_where_it_does_not_belong(place: &Place) {
    let (app, aws) = started(place).await;
    let device = make(&aws, "phone").await;
    let again = [("VirtualMFADeviceName", "phone"), ("Path", "/")];
    let exists = "MFA device already exists.";
    aws.iam("CreateVirtualMFADevice", &again).await.is(409, "EntityAlreadyExists", exists);
    let nobody = "The user with name nobody cannot be found.";
    device.enable(&app, "nobody").await.is(404, "NoSuchEntity", nobody);
    device.pair(&app, "ResyncMFADevice", "alice", 0).await.is(404, "NoSuchEntity", "MFA Device invalid for user.");
    device.enable(&app, "alice").await.ok();
    let own = "MFA Device for user alice already exists.";
    device.enable(&app, "alice").await.is(409, "EntityAlreadyExists", own);
    device.enable(&app, "bob").await.is(409, "EntityAlreadyExists", "MFA Device is already in use.");
    let of_bob = [("UserName", "bob"), ("SerialNumber", &*device.serial)];
    aws.iam("DeactivateMFADevice", &of_bob).await.is(404, "NoSuchEntity", "MFA Device invalid for user.");
    let elsewhere = format!("arn:aws:iam::{ACCOUNT}:mfa/path/phone");
    let none = format!("MFA Device with serial number {elsewhere} does not exist.");
    let missing = [("UserName", "alice"), ("SerialNumber", &*elsewhere)];
    aws.iam("DeactivateMFADevice", &missing).await.is(404, "NoSuchEntity", &none);
    let unnamed = aws.iam("DeactivateMFADevice", &[("SerialNumber", &device.serial)]).await;
    unnamed.is(400, "ValidationError", "Must specify userName when calling with non-User credentials");
    app.stop().await;
}

async fn codes_bind_once_and_set_the_clock_right(place: &Place) {
    let (app, aws) = started(place).await;
    app.control.put("/clock", &serde_json::json!({"mode": "frozen", "now": "2026-03-04T05:06:00Z"})).await;
    let device = make(&aws, "phone").await;
    let refused = |reply: Xml| reply.is(403, "InvalidAuthenticationCode", CODE);
    refused(device.pair(&app, "EnableMFADevice", "alice", 1_001).await);
    refused(device.pair(&app, "EnableMFADevice", "alice", -999).await);
    device.enable(&app, "alice").await.ok();
    refused(device.pair(&app, "ResyncMFADevice", "alice", 0).await);
    refused(device.pair(&app, "ResyncMFADevice", "alice", 1).await);
    device.pair(&app, "ResyncMFADevice", "alice", 600).await.ok();
    device.pair(&app, "ResyncMFADevice", "alice", 1_600).await.ok();
    let parameters = [("UserName", "alice"), ("SerialNumber", &*device.serial)];
    aws.iam("DeactivateMFADevice", &parameters).await.ok();
    refused(device.pair(&app, "EnableMFADevice", "alice", 1_600).await);
    device.pair(&app, "EnableMFADevice", "alice", 1_602).await.ok();
    // Whoever holds the device is shown the code of its clock.
    let (_, shown) = app.control.get(&format!("/users/aws/{ACCOUNT}/alice/totp")).await;
    assert_eq!(shown["code"], code(&device.seed, step(&app).await + 1_602));
    app.stop().await;
}

async fn a_user_has_eight_devices_at_the_most(place: &Place) {
    let (app, aws) = started(place).await;
    for number in 0..8 {
        make(&aws, &format!("device-{number}")).await.enable(&app, "alice").await.ok();
    }
    let listed = aws.iam("ListMFADevices", &[("UserName", "alice"), ("MaxItems", "5")]).await.ok();
    assert_eq!((listed.all("SerialNumber").len(), listed.get("IsTruncated")), (5, "true"));
    let rest = [("UserName", "alice"), ("Marker", listed.get("Marker"))];
    assert_eq!(aws.iam("ListMFADevices", &rest).await.ok().all("SerialNumber").len(), 3);
    let ninth = make(&aws, "device-9").await;
    let quota = "Cannot exceed quota for MFADevicesPerUser: 8";
    ninth.enable(&app, "alice").await.is(409, "LimitExceeded", quota);
    ninth.enable(&app, "bob").await.ok();
    app.stop().await;
}

async fn devices_are_listed_page_by_page_and_by_what_they_are_bound_to(place: &Place) {
    let (app, aws) = started(place).await;
    for name in ["a", "B", "c", "d"] {
        let device = make(&aws, name).await;
        if name == "B" || name == "d" {
            device.enable(&app, "alice").await.ok();
        }
    }
    let names = |reply: &Xml| reply.all("SerialNumber").join(" ").replace(&format!("arn:aws:iam::{ACCOUNT}:mfa/"), "");
    let list = async |parameters: &[(&str, &str)]| aws.iam("ListVirtualMFADevices", parameters).await.ok();
    assert_eq!(names(&list(&[]).await), "a B c d");
    assert_eq!(names(&list(&[("AssignmentStatus", "Unassigned")]).await), "a c");
    let first = list(&[("AssignmentStatus", "Assigned"), ("MaxItems", "1")]).await;
    assert_eq!((&*names(&first), first.get("UserName")), ("B", "alice"));
    assert!(!first.get("EnableDate").is_empty() && !first.text.contains("Seed") && !first.text.contains("Tags"));
    let rest = list(&[("AssignmentStatus", "Assigned"), ("Marker", first.get("Marker"))]).await;
    assert_eq!((&*names(&rest), rest.get("IsTruncated")), ("d", "false"));
    app.stop().await;
}

async fn tags_of_devices_keep_their_case(place: &Place) {
    let (app, aws) = started(place).await;
    let tags = [
        ("VirtualMFADeviceName", "phone"),
        ("Path", "/devices/"),
        ("Tags.member.1.Key", "Team"),
        ("Tags.member.1.Value", "one"),
        ("Tags.member.2.Key", "team"),
        ("Tags.member.2.Value", "two"),
    ];
    let made = aws.iam("CreateVirtualMFADevice", &tags).await.ok();
    let serial = made.get("SerialNumber").to_owned();
    assert_eq!(
        (&*serial, made.all("Key")),
        (&*format!("arn:aws:iam::{ACCOUNT}:mfa/devices/phone"), vec!["Team", "team"])
    );
    let of = ("SerialNumber", &*serial);
    let more = [of, ("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "three")];
    aws.iam("TagMFADevice", &more).await.ok();
    let listed = aws.iam("ListMFADeviceTags", &[of]).await.ok();
    let mut values = listed.all("Value");
    values.sort_unstable();
    assert_eq!(values, ["one", "three"]);
    aws.iam("UntagMFADevice", &[of, ("TagKeys.member.1", "Team")]).await.ok();
    assert_eq!(aws.iam("ListMFADeviceTags", &[of]).await.ok().all("Key"), ["team"]);
    // A new device of the name has none of them.
    aws.iam("DeleteVirtualMFADevice", &[of]).await.ok();
    make(&aws, "phone").await;
    let serial = format!("arn:aws:iam::{ACCOUNT}:mfa/phone");
    assert!(aws.iam("ListMFADeviceTags", &[("SerialNumber", &*serial)]).await.ok().all("Key").is_empty());
    app.stop().await;
}
