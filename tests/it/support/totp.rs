//! Codes of virtual MFA devices, written by hand from RFC 6238 and RFC 4648.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use super::TestApp;

/// Decodes base 32 without padding.
pub(crate) fn from_base32(text: &str) -> Vec<u8> {
    let (mut bits, mut held, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.trim_end_matches('=').bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => panic!("{letter} is no letter of base 32"),
        };
        bits = (bits << 5) | u32::from(value);
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xff).expect("eight bits"));
        }
    }
    bytes
}

/// The code of a step.
pub(crate) fn code(seed: &[u8], step: i64) -> String {
    let mac = Hmac::<Sha1>::new_from_slice(seed).expect("any length").chain_update(step.to_be_bytes());
    let tag = mac.finalize().into_bytes();
    let at = usize::from(tag[19] & 15);
    let number = u32::from_be_bytes([tag[at] & 0x7f, tag[at + 1], tag[at + 2], tag[at + 3]]);
    format!("{:06}", number % 1_000_000)
}

/// The step of the emulator's time now.
pub(crate) async fn step(app: &TestApp) -> i64 {
    let (_, clock) = app.control.get("/clock").await;
    let now = sesame::domain::time::Time::parse(clock["now"].as_str().expect("a time")).expect("a time");
    now.seconds() / 30
}

/// Makes a device and binds it to a user; its seed in base 32. The codes used are those of this step and the one
/// before.
pub(crate) async fn bind(app: &TestApp, user: &str) -> String {
    let made = app.root().ram("CreateVirtualMFADevice", &[("VirtualMFADeviceName", user)]).await.ok();
    let text = |member: &str| made["VirtualMFADevice"][member].as_str().expect("a device").to_owned();
    let (serial, base32) = (text("SerialNumber"), text("Base32StringSeed"));
    let (seed, step) = (from_base32(&base32), step(app).await);
    let (first, second) = (code(&seed, step - 1), code(&seed, step));
    let bind = [
        ("UserName", user),
        ("SerialNumber", &*serial),
        ("AuthenticationCode1", &*first),
        ("AuthenticationCode2", &*second),
    ];
    app.root().ram("BindMFADevice", &bind).await.ok();
    base32
}
