//! What an authority of our own vouches for, and what is none.

use super::*;

fn now() -> Time {
    Time::parse("2026-11-22T10:00:00Z").unwrap()
}

fn names() -> [ServerName; 3] {
    [
        ServerName::Dns("localhost".into()),
        ServerName::Address("127.0.0.1".parse().unwrap()),
        ServerName::Address("::1".parse().unwrap()),
    ]
}

#[test]
fn an_authority_vouches_for_what_it_issues_and_for_itself() {
    let authority = Authority::generate(now()).unwrap();
    assert!(authority.certificate.is_authority && authority.certificate.is_signed_by(&authority.certificate));
    let issued = authority.issue(&ServerKey::generate().unwrap(), &names(), now()).unwrap();
    let issued = Certificate::from_der(&issued).unwrap();
    assert!(issued.is_signed_by(&authority.certificate) && !issued.is_authority);
    assert_eq!(issued.subject, "CN=localhost,O=Sesame");
    assert_eq!(issued.not_before, Time::parse("2026-11-21T10:00:00Z").unwrap());
    assert!(issued.not_after <= issued.not_before.plus_seconds(397 * DAY));
    assert_eq!(authority.certificate.not_after, Time::parse("2036-11-22T10:00:00Z").unwrap());
}

#[test]
fn it_is_the_same_after_it_was_written_and_read() {
    let authority = Authority::generate(now()).unwrap();
    let again = Authority::from_pem(&authority.to_pem()).unwrap();
    assert_eq!(again.certificate, authority.certificate);
    assert_eq!((&again.name, &again.key_id), (&authority.name, &authority.key_id));
    let issued = again.issue(&ServerKey::generate().unwrap(), &names(), now()).unwrap();
    assert!(Certificate::from_der(&issued).unwrap().is_signed_by(&authority.certificate));
}

#[test]
fn what_it_issues_does_not_outlive_it() {
    let authority = Authority::generate(now()).unwrap();
    let late = Time::parse("2036-10-01T00:00:00Z").unwrap();
    let issued = authority.issue(&ServerKey::generate().unwrap(), &names(), late).unwrap();
    assert_eq!(Certificate::from_der(&issued).unwrap().not_after, authority.certificate.not_after);
}

#[test]
fn the_certificate_has_no_private_key_and_debug_has_none() {
    let authority = Authority::generate(now()).unwrap();
    assert_eq!(authority.certificate_pem().matches("BEGIN").count(), 1);
    assert!(!authority.certificate_pem().contains("PRIVATE"));
    assert!(format!("{authority:?}").starts_with("Authority { subject: \"CN=Sesame CA "));
}

#[test]
fn what_is_no_authority_is_refused() {
    let authority = Authority::generate(now()).unwrap();
    let other = Authority::generate(now()).unwrap();
    let fault = |text: &str| Authority::from_pem(text).unwrap_err();
    assert_eq!(fault(""), Malformed);
    assert_eq!(fault(&authority.certificate_pem()), Malformed);
    assert_eq!(fault(&(authority.to_pem() + &other.to_pem())), Malformed);
    let foreign_key = other.to_pem().replace(&other.certificate_pem(), &authority.certificate_pem());
    assert_eq!(fault(&foreign_key), NotAnAuthority);
    let key = ServerKey::generate().unwrap();
    let leaf = authority.issue(&key, &names(), now()).unwrap();
    let leaf = pem::write("CERTIFICATE", &leaf) + &pem::write("PRIVATE KEY", key.pkcs8());
    assert_eq!(fault(&leaf), NotAnAuthority);
    assert_eq!(fault(&(authority.certificate_pem() + &pem::write("PRIVATE KEY", &[1, 2]))), Key);
}
