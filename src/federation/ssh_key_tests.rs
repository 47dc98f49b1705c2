//! Keys as OpenSSH and cryptography wrote them.

use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../tests/vectors/credentials/material.json")).unwrap()
}

fn text(name: &str) -> String {
    vectors()["ssh"][name].as_str().unwrap().to_owned()
}

#[test]
fn one_key_is_the_same_in_every_form() {
    let key = SshKey::parse(&text("openssh")).unwrap();
    for form in ["bare", "info", "pkcs1"] {
        assert_eq!(SshKey::parse(&text(form)).unwrap(), key, "{form}");
    }
    assert_eq!((key.openssh(), key.pem(), key.fingerprint()), (text("bare"), text("info"), text("fingerprint")));
    assert_eq!(SshKey::from_wire(&key.wire()), Some(key));
}

#[test]
fn keys_of_other_kinds_and_sizes_are_told_from_what_is_no_key() {
    for refused in ["small", "ed25519", "curve"] {
        assert_eq!(SshKey::parse(&text(refused)), Err(SshKeyFault::Key), "{refused}");
    }
    assert_eq!(SshKey::parse("ssh-rsa AAAA"), Err(SshKeyFault::Key));
    assert_eq!(SshKey::parse("ssh-rsa"), Err(SshKeyFault::Key));
    let certificate = vectors()["certificates"]["leaf"].as_str().unwrap().to_owned();
    let two = format!("{0}\n{0}", text("bare"));
    for garbage in ["", "not a key", &*certificate, "-----BEGIN PUBLIC KEY-----", &*two] {
        assert_eq!(SshKey::parse(garbage), Err(SshKeyFault::Encoding), "{garbage}");
    }
}

proptest! {
    #[test]
    fn any_text_and_any_wire_is_read_or_refused(text in "(ssh-rsa |AAAAB3NzaC1yc2EAAAA|[A-Za-z0-9+/= ]|\\PC)*", wire: Vec<u8>) {
        let _ = SshKey::parse(&text);
        let _ = SshKey::from_wire(&wire);
    }

    #[test]
    fn a_length_stands_before_its_content(length in 0_usize..70_000) {
        let whole = element(0x04, &vec![7; length]);
        prop_assert_eq!(Der::new(&whole).next(0x04).map(<[u8]>::len), Some(length));
    }
}
