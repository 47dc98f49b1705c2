//! The examples that `--help` and the manual teach with. Tests parse each, and run those that ask a server.

use clap::Command;

/// A command and its examples. A command under another shows those of the other's lines that are its own.
///
/// In lines that tests run, SESSION and REQUEST stand for the id of a session and of a request.
pub(super) const EXAMPLES: &[(&str, &[&str])] = &[
    (
        "serve",
        &[
            "sesame                                           # on http://127.0.0.1:4260, all in memory",
            "sesame serve --store sqlite://sesame.db          # keeps its state",
            "sesame serve --seed world.yaml --strict          # begins with a world, and lets in issued keys only",
            "SESAME_CONTROL__TOKEN=s3cret sesame serve --listen 0.0.0.0:4260",
        ],
    ),
    ("check-config", &["sesame check-config --config sesame.toml"]),
    ("seed", &["sesame seed --check world.yaml"]),
    ("ca", &["sesame ca > sesame-ca.pem", "sesame ca --out sesame-ca.pem"]),
    ("health", &["sesame health", "sesame health --url http://sesame:4260 || echo not yet"]),
    (
        "env",
        &[
            "eval \"$(sesame env)\"                             # points this shell's clients at Sesame",
            "eval \"$(sesame env --cloud aws --account 200000000002)\"",
            "eval \"$(sesame env --cloud aws --new-account)\"   # a world of one's own",
            "sesame env --format dotenv > .env",
            "sesame env --format fish | source",
            "eval \"$(sesame env --proxy)\"                     # clients ask aliyuncs.com and amazonaws.com, and get here",
        ],
    ),
    (
        "clock",
        &[
            "sesame clock",
            "sesame clock show --account 1000000000000001",
            "sesame clock advance 14d                         # an initial password lapses",
            "sesame clock advance 90m --account 1000000000000001",
            "sesame clock set 2027-01-01T00:00:00Z            # goes on from there",
            "sesame clock set +1w",
            "sesame clock freeze                              # stands still",
            "sesame clock freeze -1h",
            "sesame clock system                              # back to system time",
        ],
    ),
    ("reset", &["sesame reset", "sesame reset --account 1000000000000001"]),
    (
        "accounts",
        &[
            "sesame accounts list",
            "sesame accounts create --cloud alibaba",
            "sesame accounts create --cloud aws 200000000002 -o json",
            "sesame accounts reset 200000000002",
            "sesame accounts delete 200000000002",
        ],
    ),
    (
        "sign-in",
        &[
            "sesame sign-in alice --password First-Door-1",
            "sesame sign-in Bob --cloud aws --account 000000000000 --password-file password.txt",
            "echo First-Door-1 | sesame sign-in alice --password-file - -o json",
            "sesame sign-in alice --password First-Door-1 --mfa-code 123456 --new-password Second-Door-2 || echo $?",
        ],
    ),
    (
        "sessions",
        &[
            "sesame sessions list",
            "sesame sessions list --account 1000000000000001 --user alice -o json",
            "sesame sessions show SESSION",
            "sesame sessions switch-role SESSION auditor",
            "sesame sessions end SESSION",
        ],
    ),
    (
        "requests",
        &[
            "sesame requests list",
            "sesame requests list --action ListUsers --limit 1",
            "sesame requests list --account 1000000000000001 --since -10m -o json",
            "sesame requests expect --action ListUsers --at-most 100",
            "sesame requests expect --action DeleteUser --since -10m || echo nobody did",
            "sesame requests list --follow --error NoPermission",
            "sesame requests follow --account 1000000000000001",
            "sesame requests clear",
        ],
    ),
    (
        "events",
        &[
            "sesame events --format cloudtrail --action ConsoleLogin -o json",
            "sesame events --format actiontrail --since -10m --limit 20",
            "sesame events --format cloudtrail --follow -o json",
        ],
    ),
    (
        "explain",
        &[
            "sesame explain                          # the last request that was refused",
            "sesame explain REQUEST -o json",
        ],
    ),
    (
        "authorize",
        &[
            "sesame authorize --principal arn:aws:iam::000000000000:root s3:GetObject arn:aws:s3:::photos/cat.jpg",
            "sesame authorize --principal arn:aws:iam::000000000000:user/Bob iam:ListUsers \\\n    --context aws:SourceIp=10.0.0.7 && echo allowed || echo not",
        ],
    ),
    (
        "least-privilege",
        &[
            "sesame least-privilege --account 1000000000000001 > policy.json",
            "sesame least-privilege --account 1000000000000001 --principal alice --since -10m --include-denied",
        ],
    ),
    (
        "state",
        &[
            "sesame state export world.json",
            "sesame state export --account 1000000000000001 > account.json",
            "sesame state import world.json",
            "sesame state import --account 1000000000000001 - < account.json",
        ],
    ),
    (
        "snapshots",
        &[
            "sesame snapshots take set-up",
            "sesame snapshots take alices --account 1000000000000001",
            "sesame snapshots list",
            "sesame snapshots restore set-up",
            "sesame snapshots delete set-up",
        ],
    ),
    (
        "faults",
        &[
            "sesame faults add --action CreateUser --error Throttling.User --times 3",
            "sesame faults add --latency 500 --probability 0.1",
            "sesame faults add --account 000000000000 --status 503",
            "sesame faults list",
            "sesame faults show 1",
            "sesame faults delete 1",
            "sesame faults clear",
        ],
    ),
    ("totp", &["sesame totp alibaba 1000000000000001 alice", "sesame totp aws 000000000000 Bob -o json"]),
    (
        "oidc-keys",
        &[
            "sesame oidc-keys put 000000000000 https://issuer.example.com jwks.json",
            "sesame oidc-keys list 000000000000",
        ],
    ),
    (
        "oidc-token",
        &[
            "TOKEN=$(sesame oidc-token 000000000000 https://issuer.example.com --claim sub=alice --claim aud=app)",
            "sesame oidc-token 000000000000 https://issuer.example.com --claims claims.json --expires-in 1h",
        ],
    ),
    ("openapi", &["sesame openapi > openapi.json"]),
    (
        "completions",
        &[
            "source <(sesame completions bash)",
            "sesame completions zsh > _sesame",
            "sesame completions fish > sesame.fish",
        ],
    ),
    ("man", &["sesame man --dir man1 && man -l man1/sesame-clock.1", "sesame man > sesame.1"]),
];

/// Gives every command its examples.
pub(super) fn teach(command: Command) -> Command {
    EXAMPLES.iter().fold(command, |command, (name, lines)| {
        command.mut_subcommand(name, |noun| {
            let verbs: Vec<String> = noun.get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
            let noun = verbs.into_iter().fold(noun, |noun, verb| {
                let own = format!("sesame {name} {verb}");
                let lines: Vec<&str> = lines.iter().copied().filter(|line| line.contains(&own)).collect();
                noun.mut_subcommand(&verb, |command| command.after_help(text(&lines)))
            });
            noun.after_help(text(lines))
        })
    })
}

fn text(lines: &[&str]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| format!("  {line}")).collect();
    format!("Examples:\n{}", lines.join("\n"))
}
