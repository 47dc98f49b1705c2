//! What is refused, and in which words.

use super::*;

#[test]
fn secrets_are_not_shown() {
    let settings = Layers {
        file: "[control]\ntoken = \"hush-token\"\n[store]\nurl = \"postgres://sesame:hush-password@db/sesame\"",
        ..Layers::default()
    };
    let settings = settings.load().unwrap();
    assert_eq!(settings.control.token.as_ref().unwrap().expose_secret(), "hush-token");
    assert!(!format!("{settings:?}").contains("hush"), "{settings:?}");
    let error = from_file("[control]\ntoken = 4711").unwrap_err();
    assert_eq!(error, "sesame.toml: control.token: expected text in quotes");
    let error = from_variable("SESAME_STORE__URL", "mysql://root:hush@db/x").unwrap_err();
    assert!(!error.contains("hush"), "{error}");
}

#[test]
fn an_unknown_key_in_the_file_is_named() {
    for (file, key) in [
        ("[auth]\nsignature = \"verify\"", "auth.signature"),
        ("[authentication]\nsignatures = \"verify\"", "authentication"),
        ("listen = \"127.0.0.1:1\"", "listen"),
        ("auth.keys.unknown = \"root\"", "auth.keys"),
    ] {
        let expected = format!("unknown setting \"{key}\" in sesame.toml");
        assert_eq!(from_file(file).unwrap_err(), expected);
    }
}

#[test]
fn an_unknown_variable_is_named() {
    for name in [
        "SESAME_AUTH__SIGNATURE",
        "SESAME_AUTH_SIGNATURES",
        "SESAME_LISTEN",
        "SESAME_AUTH__signatures",
        "SESAME_AUTH__SIGNATURES__X",
        "SESAME_",
    ] {
        assert_eq!(from_variable(name, "verify").unwrap_err(), format!("unknown variable {name}"));
    }
    assert_eq!(from_variable("SESAME_PORT", "4260").unwrap_err(), "unknown variable SESAME_PORT");
}

#[test]
fn a_bad_value_is_named_with_its_key_and_place() {
    let in_file = |file, expected| assert_eq!(from_file(file).unwrap_err(), expected);
    in_file(
        "[auth]\nsignatures = \"maybe\"",
        "sesame.toml: auth.signatures: unknown value \"maybe\", expected verify or ignore",
    );
    in_file("[auth]\nsignatures = 1", "sesame.toml: auth.signatures: expected a name in quotes, found 1");
    in_file(
        "[store]\nconnections = \"many\"",
        "sesame.toml: store.connections: expected a whole number, found \"many\"",
    );
    in_file("[store]\nconnections = 1.5", "sesame.toml: store.connections: expected a whole number, found 1.5");
    in_file("[store]\nconnections = -1", "sesame.toml: store.connections: -1 is out of range");
    in_file("[store]\nconnections = 5000000000", "sesame.toml: store.connections: 5000000000 is out of range");
    in_file("[control]\nopen = \"yes\"", "sesame.toml: control.open: expected true or false, found \"yes\"");
    in_file(
        "[alibaba]\ndefault_account = 1000000000000002",
        "sesame.toml: alibaba.default_account: expected text in quotes, found 1000000000000002",
    );
    in_file("auth = 5", "sesame.toml: auth: expected a section [auth]");
    in_file(
        "[aws.default_account]\nid = 1",
        "sesame.toml: aws.default_account: expected text in quotes, found a section",
    );
}

#[test]
fn a_bad_variable_is_named() {
    let variable = |name, value, expected| assert_eq!(from_variable(name, value).unwrap_err(), expected);
    variable(
        "SESAME_AUTH__SIGNATURES",
        "maybe",
        "SESAME_AUTH__SIGNATURES: unknown value \"maybe\", expected verify or ignore",
    );
    variable(
        "SESAME_AUTH__POLICIES",
        "",
        "SESAME_AUTH__POLICIES: unknown value \"\", expected enforce, audit or ignore",
    );
    variable("SESAME_JOURNAL__CAPACITY", "ten", "SESAME_JOURNAL__CAPACITY: expected a whole number, found \"ten\"");
    variable("SESAME_JOURNAL__CAPACITY", "-1", "SESAME_JOURNAL__CAPACITY: -1 is out of range");
    variable("SESAME_CONTROL__OPEN", "1", "SESAME_CONTROL__OPEN: expected true or false, found \"1\"");
}

#[test]
fn a_bad_flag_is_named() {
    let error = from_flags(Flags { listen: Some("4260".to_owned()), ..Flags::default() }).unwrap_err();
    assert_eq!(error, "--listen: expected an address and port such as 127.0.0.1:4260, found \"4260\"");
    let error = from_flags(Flags { log_format: Some("xml".to_owned()), ..Flags::default() }).unwrap_err();
    assert_eq!(error, "--log-format: unknown value \"xml\", expected text or json");
    let error = from_flags(Flags { store: Some("mysql://db".to_owned()), ..Flags::default() }).unwrap_err();
    assert_eq!(error, "--store: expected sqlite::memory:, sqlite://PATH, postgres://.. or postgresql://..");
}

#[test]
fn a_bad_value_is_an_error_even_where_a_later_layer_hides_it() {
    let layers = Layers {
        file: "[auth]\nsignatures = \"maybe\"",
        variables: &[("SESAME_AUTH__SIGNATURES", "verify")],
        ..Layers::default()
    };
    assert!(layers.load().unwrap_err().starts_with("sesame.toml: auth.signatures: "));
}

#[test]
fn values_beyond_their_limits_are_named_with_their_place() {
    let in_file = |file, expected| assert_eq!(from_file(file).unwrap_err(), expected);
    in_file(
        "[alibaba]\ndefault_account = \"123\"",
        "sesame.toml: alibaba.default_account: expected 16 digits, found \"123\"",
    );
    in_file(
        "[aws]\ndefault_account = \"00000000000x\"",
        "sesame.toml: aws.default_account: expected 12 digits, found \"00000000000x\"",
    );
    in_file(
        "[alibaba]\nusers_per_account = -1",
        "sesame.toml: alibaba.users_per_account: expected 0 or more, found -1",
    );
    in_file("[store]\nconnections = 0", "sesame.toml: store.connections: expected 1 or more, found 0");
    let error = from_variable("SESAME_LOG__FILTER", "sesame=loud").unwrap_err();
    assert!(error.starts_with("SESAME_LOG__FILTER: \"sesame=loud\" is not a log filter: "), "{error}");
    assert!(!error.contains('\n'), "{error}");
}

#[test]
fn every_store_that_exists_is_accepted() {
    for url in
        ["sqlite::memory:", "sqlite://sesame.db", "sqlite:///var/lib/sesame/s.db", "postgres://h/d", "postgresql://h/d"]
    {
        assert_eq!(from_variable("SESAME_STORE__URL", url).unwrap().store.url, url);
    }
    for url in ["", "sqlite:", "postgres://", "sesame.db", "SQLITE://x"] {
        assert!(from_variable("SESAME_STORE__URL", url).is_err(), "{url}");
    }
}

#[test]
fn listening_beyond_loopback_needs_a_token_or_an_open_mind() {
    let flags = |listen: &str| Flags { listen: Some(listen.to_owned()), ..Flags::default() };
    let error = from_flags(flags("0.0.0.0:4260")).unwrap_err();
    assert_eq!(
        error,
        "--listen: 0.0.0.0:4260 is not a loopback address and control.token is not set, so that anyone who reaches it \
         could control this server; set control.token, or control.open = true to allow it"
    );
    assert!(from_flags(flags("[::]:4260")).is_err());
    assert!(from_flags(flags("[::1]:4260")).is_ok());
    assert!(from_flags(flags("127.8.8.8:0")).is_ok());
    let with =
        |name, value| Layers { variables: &[(name, value)], flags: flags("0.0.0.0:4260"), ..Layers::default() }.load();
    assert!(with("SESAME_CONTROL__TOKEN", "secret").is_ok());
    assert!(with("SESAME_CONTROL__TOKEN", "").is_err());
    assert!(with("SESAME_CONTROL__OPEN", "true").is_ok());
}

#[test]
fn settings_made_by_hand_are_checked_too() {
    let mut settings = Settings::default();
    assert_eq!(settings.validate(), Ok(()));
    settings.aws.default_account = "12".to_owned();
    let error = settings.validate().unwrap_err().to_string();
    assert_eq!(error, "aws.default_account: expected 12 digits, found \"12\"");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = from_flags(Flags { config: Some("not/there.toml".into()), ..Flags::default() }).unwrap_err();
    assert_eq!(error, "cannot read not/there.toml: No such file or directory (os error 2)");
}

#[test]
fn a_file_that_is_not_toml_is_an_error_in_one_line() {
    let error = from_file("[auth]\nsignatures = = \"verify\"\n").unwrap_err();
    assert!(error.starts_with("sesame.toml: line 2, column 14: "), "{error}");
    assert!(!error.contains(['\n', '|']), "{error}");
    let error = from_file("[auth]\nsignatures = \"verify\"\nsignatures = \"ignore\"").unwrap_err();
    assert!(error.starts_with("sesame.toml: line 3, column 1: duplicate key"), "{error}");
}
