//! Which layer wins, and what each can set.

mod refusals;

use std::fs;

use secrecy::ExposeSecret;

use super::layers::{known_keys, variable_name};
use super::*;

const SHOWN_DEFAULTS: &str = include_str!("../../config/sesame.toml");

/// A case: what the file says, the variables, and the flags.
#[derive(Default)]
struct Layers<'a> {
    file: &'a str,
    variables: &'a [(&'a str, &'a str)],
    flags: Flags,
}

impl Layers<'_> {
    fn load(&self) -> Result<Settings, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sesame.toml");
        let mut flags = self.flags.clone();
        if !self.file.is_empty() {
            fs::write(&path, self.file).unwrap();
            flags.config = Some(path);
        }
        let variables = self.variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Settings::load(&flags, variables)
            .map_err(|error| error.to_string().replace(&format!("{}/", folder.path().display()), ""))
    }
}

fn from_file(file: &str) -> Result<Settings, String> {
    Layers { file, ..Layers::default() }.load()
}

fn from_variable(name: &str, value: &str) -> Result<Settings, String> {
    Layers { variables: &[(name, value)], ..Layers::default() }.load()
}

fn from_flags(flags: Flags) -> Result<Settings, String> {
    Layers { flags, ..Layers::default() }.load()
}

fn same(one: &Settings, other: &Settings) -> bool {
    let token = |settings: &Settings| settings.control.token.as_ref().map(|token| token.expose_secret().to_owned());
    format!("{one:?}") == format!("{other:?}") && one.store.url == other.store.url && token(one) == token(other)
}

#[test]
fn without_any_layer_the_defaults_hold() {
    let settings = Layers::default().load().unwrap();
    assert!(same(&settings, &Settings::default()), "{settings:?}");
    assert_eq!(settings.server.listen.to_string(), "127.0.0.1:4260");
    assert_eq!(settings.server.shutdown_grace_seconds, 10);
    assert_eq!(settings.store.url, "sqlite::memory:");
    assert_eq!(settings.store.synchronous, Synchronous::Normal);
    assert_eq!(settings.store.connections, 16);
    assert_eq!(settings.auth.unknown_keys, UnknownKeys::Root);
    assert_eq!(settings.auth.signatures, Signatures::Verify);
    assert_eq!(settings.auth.policies, Policies::Enforce);
    assert_eq!(settings.alibaba.default_account, "1000000000000001");
    assert_eq!(settings.alibaba.users_per_account, 5000);
    assert_eq!(settings.alibaba.groups_per_account, 300);
    assert_eq!(settings.alibaba.groups_per_user, 10);
    assert_eq!(settings.alibaba.roles_per_account, 1000);
    assert_eq!(settings.alibaba.mfa_devices_per_account, 5000);
    assert_eq!(settings.alibaba.access_keys_per_user, 2);
    assert_eq!(settings.alibaba.policies_per_account, 1500);
    assert_eq!(settings.alibaba.versions_per_policy, 5);
    assert_eq!(settings.alibaba.custom_policies_per_identity, 10);
    assert_eq!(settings.alibaba.system_policies_per_identity, 20);
    assert_eq!(settings.aws.default_account, "000000000000");
    assert_eq!(settings.passwords.cost, PasswordCost::Fast);
    assert_eq!(settings.passwords.hashing_threads, 0);
    assert!(settings.control.token.is_none());
    assert!(!settings.control.open);
    assert_eq!((settings.journal.capacity, settings.journal.max_bytes), (10_000, 67_108_864));
    assert_eq!(settings.log.format, LogFormat::Text);
    assert_eq!(settings.log.filter, "info");
}

#[test]
fn the_file_of_defaults_equals_the_defaults() {
    let settings = from_file(SHOWN_DEFAULTS).unwrap();
    assert!(same(&settings, &Settings::default()), "{settings:?}");
}

#[test]
fn the_file_of_defaults_names_every_key() {
    let mut named = Vec::new();
    let mut section = "";
    for line in SHOWN_DEFAULTS.lines().filter(|line| !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name;
        } else if let Some((key, _)) = line.split_once(" = ") {
            named.push(format!("{section}.{key}"));
        }
    }
    named.sort();
    let known: Vec<String> = known_keys().into_keys().collect();
    assert_eq!(named, known);
}

#[test]
fn every_key_can_be_set_by_a_variable() {
    for (key, default) in known_keys() {
        let value = match &default {
            figment::value::Value::String(_, text) => text.clone(),
            figment::value::Value::Bool(_, value) => value.to_string(),
            number => {
                number.to_i128().map(|n| n.to_string()).or_else(|| number.to_u128().map(|n| n.to_string())).unwrap()
            }
        };
        let settings = from_variable(&variable_name(&key), &value).unwrap();
        assert!(same(&settings, &Settings::default()), "{key}: {settings:?}");
    }
}

#[test]
fn the_file_goes_over_the_defaults() {
    let settings = from_file("[auth]\nsignatures = \"ignore\"\n[journal]\ncapacity = 5").unwrap();
    assert_eq!(settings.auth.signatures, Signatures::Ignore);
    assert_eq!(settings.auth.policies, Policies::Enforce);
    assert_eq!(settings.journal.capacity, 5);
}

#[test]
fn a_variable_goes_over_the_file() {
    let settings = Layers {
        file: "[auth]\nsignatures = \"ignore\"\npolicies = \"audit\"",
        variables: &[("SESAME_AUTH__SIGNATURES", "verify")],
        ..Layers::default()
    };
    let settings = settings.load().unwrap();
    assert_eq!(settings.auth.signatures, Signatures::Verify);
    assert_eq!(settings.auth.policies, Policies::Audit);
}

#[test]
fn a_flag_goes_over_a_variable() {
    let settings = Layers {
        file: "[server]\nlisten = \"127.0.0.1:1\"\nshutdown_grace_seconds = 3",
        variables: &[("SESAME_SERVER__LISTEN", "127.0.0.1:2"), ("SESAME_STORE__URL", "sqlite://b.db")],
        flags: Flags {
            listen: Some("127.0.0.1:3".to_owned()),
            store: Some("sqlite://c.db".to_owned()),
            log_format: Some("json".to_owned()),
            ..Flags::default()
        },
    };
    let settings = settings.load().unwrap();
    assert_eq!(settings.server.listen.port(), 3);
    assert_eq!(settings.server.shutdown_grace_seconds, 3);
    assert_eq!(settings.store.url, "sqlite://c.db");
    assert_eq!(settings.log.format, LogFormat::Json);
}

#[test]
fn strict_goes_over_file_and_variables() {
    let settings = Layers {
        file: "[auth]\nsignatures = \"ignore\"\nunknown_keys = \"root\"",
        variables: &[("SESAME_AUTH__POLICIES", "ignore"), ("SESAME_PASSWORDS__COST", "fast")],
        flags: Flags { strict: true, ..Flags::default() },
    };
    let settings = settings.load().unwrap();
    assert_eq!(settings.auth.unknown_keys, UnknownKeys::Reject);
    assert_eq!(settings.auth.signatures, Signatures::Verify);
    assert_eq!(settings.auth.policies, Policies::Enforce);
    assert_eq!(settings.passwords.cost, PasswordCost::Owasp);
}

#[test]
fn variables_have_the_type_of_their_setting() {
    let settings = from_variable("SESAME_ALIBABA__DEFAULT_ACCOUNT", "1000000000000002").unwrap();
    assert_eq!(settings.alibaba.default_account, "1000000000000002");
    let settings = from_variable("SESAME_AWS__DEFAULT_ACCOUNT", "000000000001").unwrap();
    assert_eq!(settings.aws.default_account, "000000000001");
    let settings = from_variable("SESAME_ALIBABA__USERS_PER_ACCOUNT", "7").unwrap();
    assert_eq!(settings.alibaba.users_per_account, 7);
    let settings = from_variable("SESAME_CONTROL__OPEN", "true").unwrap();
    assert!(settings.control.open);
    let settings = from_variable("SESAME_CONTROL__TOKEN", "12345").unwrap();
    assert_eq!(settings.control.token.unwrap().expose_secret(), "12345");
}

#[test]
fn an_empty_token_is_no_token() {
    assert!(from_variable("SESAME_CONTROL__TOKEN", "").unwrap().control.token.is_none());
    assert!(from_file("[control]\ntoken = \"\"").unwrap().control.token.is_none());
}

#[test]
fn variables_of_others_are_left_alone() {
    for (name, value) in [
        ("PATH", "/bin"),
        ("OPEN_SESAME", "1"),
        ("SESAME_BIN", "target/debug/sesame"),
        ("SESAME_TEST_POSTGRES_URL", "postgres://localhost/x"),
        ("SESAME_SERVICE_HOST", "10.0.0.1"),
        ("SESAME_SERVICE_PORT", "4260"),
        ("SESAME_SERVICE_PORT_HTTP", "4260"),
        ("SESAME_PORT", "tcp://10.0.0.1:4260"),
        ("SESAME_PORT_4260_TCP_ADDR", "10.0.0.1"),
        ("SESAME_IAM_SERVICE_HOST", "10.0.0.1"),
    ] {
        let settings = from_variable(name, value).unwrap();
        assert!(same(&settings, &Settings::default()), "{name}: {settings:?}");
    }
}
