//! Certificates and keys that another implementation made.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::private_key::{PrivateKeyFault, public_part};
use super::*;

#[derive(serde::Deserialize)]
struct Vectors {
    certificates: BTreeMap<String, String>,
    keys: BTreeMap<String, String>,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../../tests/vectors/federation/certificates.json")).unwrap()
}

fn certificate(name: &str) -> Certificate {
    Certificate::from_pem(&vectors().certificates[name]).unwrap()
}

#[test]
fn a_certificate_says_whose_it_is_and_for_how_long() {
    let read = certificate("rsa");
    assert_eq!(read.subject, "C=DE,O=Example\\, Inc.,CN=rsa");
    assert_eq!(read.issuer, read.subject);
    assert_eq!(read.serial_text(), "12:34:56:78:90:ab:cd:ef:12:34");
    assert_eq!(read.not_before.to_wire(), "2025-01-01T00:00:00Z");
    assert_eq!(read.not_after.to_wire(), "2035-01-01T00:00:00Z");
    assert!(read.is_valid_at(read.not_before) && read.is_valid_at(read.not_after));
    assert!(!read.is_valid_at(read.not_before.plus_seconds(-1)) && !read.is_valid_at(read.not_after.plus_seconds(1)));
}

#[test]
fn keys_of_known_kinds_are_read_and_others_are_left_out() {
    for (name, bits) in [("rsa", 2048), ("rsa1024", 1024), ("p256", 256), ("p384", 384), ("ed25519", 256)] {
        assert_eq!(certificate(name).key.map(|key| key.bits()), Some(bits), "{name}");
    }
    assert_eq!(certificate("p521").key, None);
    assert_eq!(certificate("dsa").key, None);
}

#[test]
fn a_private_key_belongs_to_its_own_certificate_alone() {
    let keys = vectors().keys;
    for name in ["rsa-pkcs1", "rsa-pkcs8", "p256-sec1", "p256-pkcs8", "p384-sec1", "p384-pkcs8"] {
        for other in ["rsa", "other", "p256", "p384"] {
            let is_own = name.starts_with(other);
            assert_eq!(certificate(other).belongs_to(&keys[name]), Ok(is_own), "{name} and {other}");
        }
    }
    let parameters = format!("-----BEGIN EC PARAMETERS-----\nAQ==\n-----END EC PARAMETERS-----\n{}", keys["p256-sec1"]);
    assert_eq!(certificate("p256").belongs_to(&parameters), Ok(true));
}

#[test]
fn keys_that_cannot_be_compared_are_refused() {
    let keys = vectors().keys;
    assert_eq!(public_part(&keys["rsa-encrypted"]), Err(PrivateKeyFault::Encrypted));
    assert_eq!(public_part(&keys["rsa-encrypted-old"]), Err(PrivateKeyFault::Encrypted));
    assert_eq!(public_part(&keys["p521-pkcs8"]), Err(PrivateKeyFault::Unsupported));
    assert_eq!(public_part(&keys["ed25519-pkcs8"]), Err(PrivateKeyFault::Unsupported));
    assert_eq!(public_part(""), Err(PrivateKeyFault::Malformed));
    assert_eq!(public_part(&keys["rsa-pkcs1"].repeat(2)), Err(PrivateKeyFault::Malformed));
    assert_eq!(public_part(&vectors().certificates["rsa"]), Err(PrivateKeyFault::Malformed));
    let without_point = "-----BEGIN EC PRIVATE KEY-----\nMBICAQEEAQGgCgYIKoZIzj0DAQc=\n-----END EC PRIVATE KEY-----";
    assert_eq!(public_part(&without_point.replace("MBIC", "MBEC")), Err(PrivateKeyFault::Malformed));
    assert_eq!(public_part(without_point), Err(PrivateKeyFault::NoPublicPart));
}

#[test]
fn a_chain_is_read_in_its_order_and_other_text_is_refused() {
    let all = vectors();
    let chain = format!("{}\n{}", all.certificates["rsa"], all.certificates["p256"]);
    let read = Certificate::all_from_pem(&chain).unwrap();
    assert_eq!(read.iter().map(|one| one.subject.rsplit('=').next().unwrap()).collect::<Vec<_>>(), ["rsa", "p256"]);
    assert_eq!(Certificate::from_pem(&chain), Err(CertificateFault::MalformedPem));
    assert_eq!(Certificate::from_pem("hello"), Err(CertificateFault::NoPem));
    assert_eq!(Certificate::from_pem(&all.keys["rsa-pkcs8"]), Err(CertificateFault::MalformedPem));
    let empty = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----";
    assert_eq!(Certificate::from_pem(empty), Err(CertificateFault::MalformedDer));
}

#[test]
fn a_chain_is_followed_by_names_and_signatures() {
    let chains: BTreeMap<String, Vec<String>> =
        serde_json::from_str(include_str!("../../tests/vectors/federation/chains.json")).unwrap();
    assert!(chains.len() >= 5);
    for (name, chain) in chains {
        let chain: Vec<Certificate> = chain.iter().map(|pem| Certificate::from_pem(pem).unwrap()).collect();
        let [leaf, issuer, namesake] = chain.as_slice() else { panic!("{name}") };
        assert!(leaf.is_signed_by(issuer) && issuer.is_signed_by(issuer), "{name}");
        assert!(!issuer.is_signed_by(leaf) && !leaf.is_signed_by(leaf), "{name}");
        assert_eq!(namesake.subject, issuer.subject, "{name}");
        assert!(!leaf.is_signed_by(namesake), "{name}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        let _ = Certificate::from_der(&bytes);
    }

    #[test]
    fn a_certificate_with_a_changed_byte_is_read_or_refused(at in 0_usize..900, byte: u8) {
        let mut der = certificate("rsa").der;
        if let Some(place) = der.get_mut(at) {
            *place = byte;
        }
        let _ = Certificate::from_der(&der).map(|read| (read.serial_text(), read.key));
    }

    #[test]
    fn a_private_key_with_changed_letters_is_read_or_refused(at in 40_usize..1600, letter in "[A-Za-z0-9+/]") {
        for name in ["rsa-pkcs1", "p256-pkcs8", "p384-sec1"] {
            let mut text = vectors().keys[name].clone();
            if at < text.len() {
                text.replace_range(at..=at, &letter);
            }
            let _ = public_part(&text);
        }
    }
}

#[test]
fn a_chain_starts_with_the_issuer_and_goes_on_in_order() {
    let material: serde_json::Value =
        serde_json::from_str(include_str!("../../tests/vectors/credentials/material.json")).unwrap();
    let read = |name: &str| Certificate::from_pem(material["certificates"][name].as_str().unwrap()).unwrap();
    let (root, middle, leaf) = (read("root"), read("middle"), read("leaf"));
    let misplaced = |chain: &[&Certificate]| leaf.misplaced_in(&chain.iter().copied().cloned().collect::<Vec<_>>());
    assert!(root.is_authority && middle.is_authority && !leaf.is_authority);
    for right in [&[][..], &[&middle], &[&middle, &root], &[&middle, &root, &root]] {
        assert_eq!(misplaced(right), None);
    }
    assert_eq!(misplaced(&[&root]), Some(None));
    assert_eq!(misplaced(&[&root, &middle]), Some(None));
    assert_eq!(misplaced(&[&leaf, &middle]), Some(Some(1)));
    assert_eq!(misplaced(&[&leaf, &middle, &root]), Some(Some(1)));
}
