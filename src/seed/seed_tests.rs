//! Seeds are read, and what is wrong in one is told with its place.

use super::*;

fn fault(text: &str) -> String {
    match Seeding::parse(text) {
        Ok(_) => panic!("no fault in {text}"),
        Err(fault) => fault.to_string(),
    }
}

#[test]
fn the_example_is_read() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/config/seed.example.yaml")).unwrap();
    let SeedFile::Plan(seed) = Seeding::parse(&text).unwrap().file else { panic!("no plan") };
    assert_eq!((seed.seed_number, seed.accounts.len()), (42, 2));
    let alice = &seed.accounts[0].users[0];
    assert_eq!((&*alice.name, &*alice.tags[0].key, alice.groups[0].1.as_str()), ("alice", "team", "developers"));
    assert!(seed.accounts[0].policies[0].document.contains(r#""Version":"1""#));
    assert_eq!(alice.mfa.as_ref().unwrap().seed.as_ref().unwrap()[..10], *b"Hello!\xde\xad\xbe\xef");
}

#[test]
fn json_is_read_as_yaml_is_and_a_state_is_told_apart() {
    let json = r#"{"accounts": [{"cloud": "aws", "id": "123456789012", "users": [{"name": "a"}]}]}"#;
    let SeedFile::Plan(seed) = Seeding::parse(json).unwrap().file else { panic!("no plan") };
    assert_eq!(seed.accounts[0].id.as_deref(), Some("123456789012"));
    assert!(matches!(Seeding::parse(r#"{"sesame_state": 1}"#).unwrap().file, SeedFile::State(_)));
}

#[test]
fn a_domain_is_what_the_api_takes() {
    for domain in ["acme.onaliyun.com", "My.Team_1.onaliyun.com", "a.onaliyun.com"] {
        let text = format!("accounts:\n  - cloud: alibaba\n    domain: {domain}");
        let SeedFile::Plan(seed) = Seeding::parse(&text).unwrap().file else { panic!("no plan") };
        let alias = domain.to_lowercase().replace(".onaliyun.com", "");
        assert_eq!(seed.accounts[0].alias.as_ref(), Some(&alias));
    }
}

#[test]
fn a_fault_is_told_with_its_line_its_field_and_what_was_meant() {
    let account = "accounts:\n  - cloud: alibaba\n";
    let user = format!("{account}    users:\n      - name: a\n");
    for (text, expected) in [
        ("", "line 1: the file is empty".to_owned()),
        ("a: [", "line ".to_owned()),
        ("acounts: []", "line 1: acounts: there is no such field; did you mean accounts?".to_owned()),
        ("accounts: 7", "line 1: accounts: must be a list".to_owned()),
        ("accounts:\n  - id: '1'", "line 2: accounts[0]: cloud is missing".to_owned()),
        ("accounts:\n  - cloud: azure", "line 2: accounts[0].cloud: must be alibaba or aws".to_owned()),
        ("accounts:\n  - cloud: aws\n    id: 7", "line 3: accounts[0].id: must have 12 digits".to_owned()),
        ("accounts:\n  - cloud: alibaba\n    alias: a/b", "line 3: accounts[0].alias: an alias has".to_owned()),
        ("accounts:\n  - cloud: aws\n    alias: a.b", "line 3: accounts[0].alias: an alias has".to_owned()),
        ("accounts:\n  - cloud: aws\n    domain: a.onaliyun.com", "line 3: accounts[0].domain: this cloud".to_owned()),
        ("accounts:\n  - cloud: alibaba\n    domain: a/b.onaliyun.com", "line 3: accounts[0].domain: has".to_owned()),
        ("accounts:\n  - cloud: alibaba\n    domain: .onaliyun.com", "line 3: accounts[0].domain: has".to_owned()),
        ("accounts:\n  - cloud: alibaba\n    domain: a.example.com", "line 3: accounts[0].domain: must end".to_owned()),
        ("seed_number: x", "line 1: seed_number: must be a whole number".to_owned()),
        ("seed_number: 1\nseed_number: 2", "line 2: seed_number is said twice".to_owned()),
        ("a: &x 1\nb: *x", "line 1: anchors and aliases are not understood here".to_owned()),
        ("a: !!str 1", "line 1: tags such as !!str are not understood here".to_owned()),
    ] {
        let found = fault(text);
        assert!(found.starts_with(&expected), "{found:?} is not {expected:?}");
    }
    for (line, expected) in [
        ("emial: a@b.c", "accounts[0].users[0].emial: there is no such field; did you mean email?"),
        ("email: nobody", "accounts[0].users[0].email: must be an e-mail address"),
        ("path: /a/", "accounts[0].users[0].path: this cloud has no paths"),
        ("access_keys: many", "accounts[0].users[0].access_keys: must be a whole number"),
        ("access_keys: [{id: '1000000000000001'}]", "accounts[0].users[0].access_keys[0].id: must have 4 to 128"),
        ("access_keys: [{status: Gone}]", "accounts[0].users[0].access_keys[0].status: must be Active or Inactive"),
        ("mfa: {seed: short}", "accounts[0].users[0].mfa.seed: must be 16 bytes"),
        ("console: {enabled: yes}", "accounts[0].users[0].console.enabled: must be true or false"),
        ("console: {password: a, password_hash: b}", "accounts[0].users[0].console: give password or password_hash"),
        ("tags: [a]", "accounts[0].users[0].tags: must have named fields"),
    ] {
        let found = fault(&format!("{user}        {line}"));
        assert!(found.starts_with(&format!("line 5: {expected}")), "{found:?} is not {expected:?}");
    }
    let policy = format!("{account}    password_policy: {{minimum_length: 4}}");
    assert_eq!(fault(&policy), "line 3: accounts[0].password_policy.minimum_length: must be from 8 to 32");
}

#[test]
fn what_is_nested_without_end_is_refused_and_nothing_else_panics() {
    for open in ["[", "{a: ", "- ", "? "] {
        let _ = Seeding::parse(&open.repeat(5_000));
    }
    assert!(fault(&"[".repeat(100)).contains("too deep"));
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/config/seed.example.yaml")).unwrap();
    for end in (0..text.len()).step_by(7).filter(|end| text.is_char_boundary(*end)) {
        let _ = Seeding::parse(&text[..end]);
    }
}
