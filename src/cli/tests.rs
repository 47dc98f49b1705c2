//! The definition of the command line: consistent, whole, and as its examples say.

use std::collections::BTreeSet;

use super::examples::EXAMPLES;
use super::routes::ROUTES;
use super::*;
use crate::control_routes::routes;

fn parse(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_read(words(line).into_iter().map(OsString::from))
}

/// The words of a line as a shell would cut it, without what it would put in their place.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for letter in line.chars() {
        match (quote, letter) {
            (Some(open), letter) if letter == open => quote = None,
            (None, '\'' | '"') => quote = Some(letter),
            (None, letter) if letter.is_whitespace() => {
                words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            }
            (_, letter) => word.push(letter),
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// The calls of sesame in a line of shell.
fn calls(line: &str) -> Vec<String> {
    let line = line.replace("\\\n", " ");
    let line = line.split("  #").next().unwrap();
    let mut calls = Vec::new();
    for part in line.split(['|', '(', ')', '<', '>', '&', ';']) {
        let part = part.trim().trim_matches('"');
        if let Some(at) = part.find("sesame").filter(|at| *at == 0 || part[..*at].ends_with(' ')) {
            let call = &part[at..];
            if call == "sesame" || call.starts_with("sesame ") {
                calls.push(call.to_owned());
            }
        }
    }
    calls
}

#[test]
fn the_definition_is_consistent() {
    definition().debug_assert();
}

#[test]
fn no_command_serves() {
    assert_eq!(parse("sesame").unwrap().command(), Command::Serve);
    assert_eq!(parse("sesame serve").unwrap().command(), Command::Serve);
}

#[test]
fn flags_stand_before_or_after_the_command_or_without_one() {
    for line in [
        "sesame --listen 127.0.0.1:0 --store sqlite://a.db --config s.toml --strict --log-format json",
        "sesame serve --listen 127.0.0.1:0 --store sqlite://a.db --config s.toml --strict --log-format json",
        "sesame --listen 127.0.0.1:0 --store sqlite://a.db serve --config s.toml --strict --log-format json",
    ] {
        let flags = parse(line).unwrap().flags;
        assert_eq!(flags.listen.as_deref(), Some("127.0.0.1:0"), "{line}");
        assert_eq!(flags.store.as_deref(), Some("sqlite://a.db"), "{line}");
        assert_eq!(flags.config.as_deref(), Some("s.toml".as_ref()), "{line}");
        assert_eq!(flags.log_format.as_deref(), Some("json"), "{line}");
        assert!(flags.strict, "{line}");
    }
}

#[test]
fn other_commands_take_the_settings_too() {
    let cli = parse("sesame check-config --config s.toml").unwrap();
    assert_eq!(cli.command(), Command::CheckConfig);
    assert!(cli.flags.config.is_some());
    let cli = parse("sesame seed --check world.yaml").unwrap();
    assert_eq!(cli.command(), Command::Seed { check: "world.yaml".to_owned() });
    let cli = parse("sesame health --url http://sesame:4260").unwrap();
    assert_eq!(cli.command(), Command::Health);
    assert_eq!(cli.remote.url.as_deref(), Some("http://sesame:4260"));
}

#[cfg(unix)]
#[test]
fn variables_that_are_not_text_do_no_harm() {
    use std::os::unix::ffi::OsStringExt;
    let garbage = OsString::from_vec(vec![0xff]);
    let settings = |name: &str| parse("sesame").unwrap().settings([(name.into(), garbage.clone())]);
    assert!(settings("PATH").is_ok());
    assert!(settings("SESAME_AUTH__SIGNATURES").is_err());
}

#[test]
fn unknown_words_are_refused() {
    for line in [
        "sesame --lissten x",
        "sesame dance",
        "sesame clock advance soon",
        "sesame clock advance -1d",
        "sesame clock set tomorrow",
        "sesame accounts create",
        "sesame requests list --follow --limit 1",
        "sesame sign-in alice",
        "sesame sign-in alice --password a --password-file b",
        "sesame faults add --error X --drop",
        "sesame faults add --probability 2 --drop",
        "sesame authorize s3:GetObject",
        "sesame env --new-account",
        "sesame env --account 200000000002 --access-key-id x --secret-file y",
        "sesame --url http://127.0.0.1:4260",
        "sesame serve -o json",
        "sesame clock --token a --token-file b",
    ] {
        let error = parse(line).expect_err(line);
        assert_eq!(error.exit_code(), 2, "{line}");
    }
    assert!(parse("sesame clok").unwrap_err().to_string().contains("clock"), "a hint");
}

#[test]
fn the_server_is_that_of_the_flag_the_variable_or_the_settings() {
    let asked = |line: &str, variables: &[(&str, &str)]| {
        let environment: Vec<_> = variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        parse(line).unwrap().surface(&environment).map(|surface| surface.authority().to_owned())
    };
    assert_eq!(asked("sesame clock", &[]).unwrap(), "127.0.0.1:4260");
    let open = ("SESAME_CONTROL__OPEN", "true");
    assert_eq!(asked("sesame clock --listen 0.0.0.0:81", &[open]).unwrap(), "127.0.0.1:81");
    assert_eq!(asked("sesame clock", &[open, ("SESAME_SERVER__LISTEN", "[::]:82")]).unwrap(), "[::1]:82");
    let variables = [open, ("SESAME_SERVER__LISTEN", "[::]:82"), ("SESAME_URL", "http://sesame:83")];
    assert_eq!(asked("sesame clock", &variables).unwrap(), "sesame:83");
    assert_eq!(asked("sesame clock --url http://other:84/", &variables).unwrap(), "other:84");
    assert!(matches!(asked("sesame clock", &[("SESAME_UNKNOWN__KEY", "x")]), Err(Failure::Usage(_))));
}

#[test]
fn no_secret_of_the_command_line_is_shown() {
    let line = "sesame --token s3cret-one sign-in alice --password s3cret-two --new-password s3cret-three";
    let shown = format!("{:?}", parse(line).unwrap());
    assert!(shown.contains("alice") && !shown.contains("s3cret"), "{shown}");
}

/// Every command with its path, those that hold others among them.
fn commands() -> Vec<(String, clap::Command)> {
    fn add(prefix: &str, command: &clap::Command, all: &mut Vec<(String, clap::Command)>) {
        for inner in command.get_subcommands() {
            let path = format!("{prefix} {}", inner.get_name()).trim().to_owned();
            all.push((path.clone(), inner.clone()));
            add(&path, inner, all);
        }
    }
    let mut all = Vec::new();
    add("", &definition(), &mut all);
    all
}

#[test]
fn every_command_teaches_by_examples_that_are_right() {
    let commands = commands();
    for (path, command) in &commands {
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        assert!(help.starts_with("Examples:\n") && help.lines().count() > 1, "{path} has no example");
        assert!(command.get_about().is_some_and(|about| !about.to_string().is_empty()), "{path} has no line");
        for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
            assert!(argument.get_help().is_some(), "{path} does not say what {} is", argument.get_id());
        }
    }
    let shown: Vec<String> = EXAMPLES.iter().flat_map(|(_, lines)| lines.iter().flat_map(|line| calls(line))).collect();
    assert!(shown.len() > 60, "{shown:#?}");
    for line in shown.iter().map(String::as_str).chain(FIRST_STEPS.lines().filter(|line| line.contains("sesame "))) {
        for call in calls(line).into_iter().filter(|call| !call.contains("COMMAND")) {
            parse(&call).unwrap_or_else(|error| panic!("{call}: {error}"));
        }
    }
}

#[test]
fn help_of_every_command_is_whole() {
    for (path, _) in commands() {
        for flag in ["-h", "--help"] {
            let help = parse(&format!("sesame {path} {flag}")).unwrap_err();
            assert_eq!((help.exit_code(), help.to_string().contains("Usage: sesame")), (0, true), "{path}");
        }
    }
    let help = parse("sesame --help").unwrap_err().to_string();
    assert!(help.contains("First steps:") && help.contains("Exit codes:"), "{help}");
}

#[test]
fn every_call_of_the_control_surface_has_a_command() {
    for (method, path) in &routes() {
        assert!(
            ROUTES.iter().any(|(known, at, _)| known == method && at == path),
            "{method} {path} has no command: make one, and add it to the list in cli/routes.rs"
        );
    }
    let commands: BTreeSet<String> = commands().into_iter().map(|(path, _)| path).collect();
    for (method, path, command) in ROUTES {
        assert!(commands.contains(*command), "{method} {path}: there is no command {command}");
    }
}

#[test]
fn exit_codes_are_those_that_help_tells() {
    let codes: Vec<String> = outcome::EXIT_CODES.lines().skip(1).map(|line| line.trim()[..1].to_owned()).collect();
    assert_eq!(codes, ["0", "1", "2", "3", "4"]);
    assert_eq!([Done::Well, Done::Refused, Done::NotMet].map(Done::code), [0, 1, 4]);
    let text = String::new;
    let failures =
        [Failure::Refused(text()), Failure::Usage(text()), Failure::Unreachable(text()), Failure::NobodyReads];
    assert_eq!(failures.map(|failure| failure.code()), [1, 2, 3, 0]);
}
