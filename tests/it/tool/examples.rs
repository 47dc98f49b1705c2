//! The examples of `--help`, run as they stand there.

use super::{Ran, Tool};

/// The examples of a command, each with what follows on lines of its own.
fn examples(help: &str) -> Vec<String> {
    let mut examples: Vec<String> = Vec::new();
    for line in help.lines().skip_while(|line| *line != "Examples:").skip(1).take_while(|line| line.starts_with("  ")) {
        match examples.last_mut().filter(|last| last.ends_with('\\')) {
            Some(last) => *last = format!("{last}\n{line}"),
            None => examples.push(line.trim().to_owned()),
        }
    }
    examples
}

/// What the examples of these commands need.
async fn prepared() -> Tool {
    let tool = Tool::start().await;
    tool.write("password.txt", "First-Door-12\n");
    tool.write("claims.json", r#"{"sub": "alice", "aud": "app"}"#);
    tool.provider().await;
    tool
}

async fn run(tool: &Tool, example: &str, session: &str, request: &str) -> Ran {
    tool.script(&example.replace("SESSION", session).replace("REQUEST", request)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn examples_do_what_they_say() {
    // Those of `serve`, and those that follow, would not end; faults and the proxy are calls that a server may not have.
    for command in [
        "env",
        "clock",
        "reset",
        "accounts",
        "sign-in",
        "sessions",
        "requests",
        "events",
        "explain",
        "authorize",
        "least-privilege",
        "state",
        "snapshots",
        "oidc-keys",
        "oidc-token",
        "openapi",
        "health",
        "seed",
        "completions",
    ] {
        let tool = prepared().await;
        let (session, request) = (tool.session().await, tool.request().await);
        let help = tool.line(&format!("{command} --help")).await.well().out;
        let examples = examples(&help);
        assert!(!examples.is_empty(), "{command}: {help}");
        let left_out = ["--proxy", "fish | ", "follow"];
        for example in examples.iter().filter(|example| !left_out.iter().any(|part| example.contains(part))) {
            let example = example.replace(" --url http://sesame:4260", "");
            let ran = run(&tool, &example, &session, &request).await;
            assert_eq!((ran.code, &*ran.err), (0, ""), "{example}: {ran:?}");
        }
    }
}
