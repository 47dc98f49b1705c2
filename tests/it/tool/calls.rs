//! Each call in both forms of output, and the exit codes.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{Ran, Tool, binary, done};
use crate::support::ACCOUNT;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clock_is_shown_and_moved() {
    let tool = Tool::start().await;
    assert_eq!(tool.line("clock").await.well().row(1), ["mode", "system"]);
    let frozen = tool.line("clock freeze 2027-01-01T00:00:00Z -o json").await.well().json();
    assert_eq!(frozen, json!({"now": "2027-01-01T00:00:00Z", "mode": "frozen"}));
    for (line, now) in [
        ("clock advance 14d", "2027-01-15T00:00:00Z"),
        ("clock advance P1DT1H", "2027-01-16T01:00:00Z"),
        ("clock advance 60", "2027-01-16T01:01:00Z"),
        ("clock freeze +1d", "2027-01-17T01:01:00Z"),
        ("clock freeze -1h", "2027-01-17T00:01:00Z"),
        ("clock freeze", "2027-01-17T00:01:00Z"),
        ("clock show", "2027-01-17T00:01:00Z"),
    ] {
        assert_eq!(tool.line(line).await.well().row(0), ["now", now], "{line}");
    }
    assert_eq!(tool.line(&format!("clock set +1w --account {ACCOUNT}")).await.well().row(1), ["mode", "offset"]);
    assert_eq!(tool.line("clock").await.well().row(1), ["mode", "frozen"], "the world's stays");
    assert_eq!(tool.line("clock system").await.well().row(1), ["mode", "system"]);
    tool.line("clock advance 10000000000000000000d").await.fails_usage();
}

impl Ran {
    /// The words make no sense.
    fn fails_usage(self) {
        assert_eq!((self.code, &*self.out), (2, ""), "{self:?}");
        assert!(self.err.starts_with("error: "), "{self:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_are_made_listed_reset_and_dropped() {
    let tool = Tool::start().await;
    let made = tool.line("accounts create --cloud aws 200000000002 -o json").await.well().json();
    assert!(made["root"]["access_key_secret"].is_string(), "{made}");
    let made = tool.line("accounts create --cloud alibaba").await.well();
    assert!(made.out.contains("root.access_key_secret  "), "{made:?}");
    let listed = tool.line("accounts list").await.well();
    assert_eq!(listed.row(0), ["ID", "CLOUD", "DOMAIN", "ROOT KEY"]);
    assert_eq!(listed.out.lines().count(), 5, "{listed:?}");
    assert_eq!(tool.line("accounts list -o json").await.well().json()["accounts"].as_array().unwrap().len(), 4);
    let reset = tool.line("accounts reset 200000000002").await.well();
    assert_eq!(reset.out, "account 200000000002 is back to its beginning\n");
    assert_eq!(tool.line("accounts delete 200000000002 -o json").await.well().out, "");
    tool.line("accounts delete 200000000002").await.fails(1, "Not Found: there is no such account");
    tool.line("accounts create --cloud aws 12").await.fails(1, "Bad Request: id must have 12 digits");
    assert_eq!(tool.line(&format!("reset --account {ACCOUNT}")).await.well().out.lines().count(), 1);
    tool.line("reset").await.well();
    assert_eq!(tool.line("accounts list").await.well().out.lines().count(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_sign_in_and_their_sessions_end() {
    let tool = Tool::start().await;
    let id = tool.session().await;
    let shown = tool.line(&format!("sessions show {id}")).await.well();
    assert!(shown.out.contains("\nuser           alice\n") && shown.out.contains("active"), "{shown:?}");
    let listed = tool.line("sessions list --user alice").await.well();
    assert_eq!(listed.row(1)[..6], [&*id, "console", "alibaba", ACCOUNT, "alice", "-"]);
    let role = tool.line(&format!("sessions switch-role {id} auditor -o json")).await.well().json();
    assert_eq!(role["session"]["parent"], json!(id));
    assert_eq!(tool.line(&format!("sessions end {id}")).await.well().out, format!("session {id} has ended\n"));
    let ended = tool.line("sessions list -o json").await.well().json();
    assert!(ended["sessions"].as_array().unwrap().iter().all(|session| session["state"] == "revoked"), "{ended}");
    tool.line("sessions show none").await.fails(1, "Not Found: ");

    let refused = tool.line("sign-in alice --password wrong").await;
    assert_eq!((refused.code, refused.row(1)), (1, vec!["reason", "invalid-credentials"]), "{refused:?}");
    let refused = tool.line("sign-in Nobody --cloud aws --password wrong -o json").await;
    assert_eq!((refused.code, refused.json()["outcome"].clone()), (1, json!("refused")));
    tool.write("password", "First-Door-12\n");
    tool.line("sign-in Bob --cloud aws --password-file password").await.well();
    tool.line("sign-in Bob --cloud aws --password-file missing").await.fails(2, "cannot read missing: ");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_that_wants_more_is_not_well() {
    let tool = Tool::start().await;
    let reset = [("UserPrincipalName", "carol"), ("Password", "Third-Door-3"), ("PasswordResetRequired", "true")];
    let domain = format!("carol@{ACCOUNT}.onaliyun.com");
    let reset = reset.map(|(name, value)| (name, if name == "UserPrincipalName" { &*domain } else { value }));
    tool.app.root().ims("CreateLoginProfile", &reset).await.ok();
    let asked = tool.line("sign-in carol --password Third-Door-3").await;
    assert_eq!((asked.code, &*asked.err), (4, ""), "{asked:?}");
    assert!(asked.out.starts_with("outcome  "), "{asked:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_are_listed_explained_and_forgotten() {
    let tool = Tool::start().await;
    let id = tool.request().await;
    let listed = tool.line("requests list --action CreateUser").await.well();
    assert_eq!(listed.row(0)[..3], ["TIME", "ACTION", "ACCOUNT"]);
    assert_eq!((listed.row(1)[4], *listed.row(1).last().unwrap()), ("403", &*id));
    assert_eq!(tool.line("requests list --since +1h").await.well().out.lines().count(), 1);
    let one = tool.line("requests list --principal alice --since -1h --limit 1 -o json").await.well().json();
    assert_eq!(one["requests"][0]["request_id"], json!(id));

    let explained = tool.line(&format!("explain {id}")).await.well();
    for text in ["decision    denied", "implicit-deny  ram:CreateUser", "LAYER", "missing: ram:CreateUser"] {
        assert!(explained.out.contains(text), "{text}: {explained:?}");
    }
    assert_eq!(tool.line(&format!("explain {id} -o json")).await.well().json()["decision"], "denied");
    // whoever names none means the last one refused
    assert_eq!(tool.line("explain -o json").await.well().json()["request_id"], json!(id));
    tool.line("explain none").await.fails(1, "Not Found: the journal has no such request");

    let policy = tool.line(&format!("least-privilege --account {ACCOUNT}")).await.well().json();
    assert_eq!(policy["Statement"][0]["Action"], json!(["ram:ListUsers"]));
    let all = tool.line(&format!("least-privilege --account {ACCOUNT} --include-denied -o json")).await.well().json();
    assert_eq!(all["requests"], json!(2), "{all}");
    tool.line("requests clear").await.well();
    assert_eq!(tool.line("requests list").await.well().out.lines().count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_are_followed_as_they_come() {
    let tool = Tool::start().await;
    let id = tool.request().await;
    for words in [&["requests", "list", "--follow"][..], &["requests", "follow"]] {
        let mut command = binary();
        command.args(words).args(["--since", "-1h", "--action", "CreateUser"]).env("SESAME_URL", tool.url());
        let mut following = command.stdout(Stdio::piped()).spawn().expect("the tool");
        let mut lines = BufReader::new(following.stdout.take().expect("its output")).lines();
        let first = tokio::task::spawn_blocking(move || lines.next()).await.unwrap().expect("a line").expect("text");
        assert!(first.ends_with(&id) && first.contains("  CreateUser  "), "{first}");
        assert!(following.try_wait().unwrap().is_none(), "it waits for more");
        following.kill().unwrap();
        following.wait().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn principals_are_asked_about() {
    let tool = Tool::start().await;
    let bob = "authorize --principal arn:aws:iam::000000000000:user/Bob";
    let allowed = tool.line(&format!("{bob} iam:ListUsers")).await.well();
    assert!(allowed.out.starts_with("decision   allowed\n") && allowed.out.contains("LAYER"), "{allowed:?}");
    let denied =
        tool.line(&format!("{bob} s3:GetObject arn:aws:s3:::b/k --context aws:SourceIp=10.0.0.7 -o json")).await;
    assert_eq!((denied.code, &denied.json()["decision"]), (4, &json!("implicit-deny")));
    tool.write(
        "policy.json",
        r#"{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}]}"#,
    );
    tool.line(&format!("{bob} s3:GetObject arn:aws:s3:::b/k --resource-policy policy.json")).await.well();
    let question = |action: &str| json!({"principal": "arn:aws:iam::000000000000:user/Bob", "action": action});
    tool.write("many.json", &json!({"requests": [question("iam:ListUsers"), question("iam:GetUser")]}).to_string());
    let many = tool.line("authorize --file many.json").await;
    assert_eq!((many.code, many.row(1)[0], many.row(2)[0]), (4, "allowed", "implicit-deny"), "{many:?}");
    tool.write("bad.json", "{");
    tool.line("authorize --file bad.json").await.fails(2, "bad.json is not JSON");
    let key = tool.line("authorize --access-key-id LTAIexampleAlice0001 --cloud alibaba ram:ListUsers").await;
    assert_eq!(key.well().row(0), ["decision", "allowed"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn states_go_out_and_come_back() {
    let tool = Tool::start().await;
    tool.app.user("later").await;
    assert!(tool.line("state export world.json").await.well().out.contains(" bytes written to world.json"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(tool.folder.path().join("world.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let whole: Value = serde_json::from_str(&tool.read("world.json")).unwrap();
    assert_eq!(tool.line("state export").await.well().json(), whole);
    tool.line("snapshots take later").await.well();
    let taken = tool.line(&format!("snapshots take alibabas --account {ACCOUNT} -o json")).await.well().json();
    assert_eq!(taken["account"], ACCOUNT);
    assert_eq!(tool.line("snapshots list").await.well().row(0), ["NAME", "ACCOUNT", "BYTES", "TAKEN AT"]);
    let has_later = async || tool.line("state export").await.well().out.contains("\"later\"");
    for back in ["state import world.json", "snapshots restore later", "snapshots restore alibabas"] {
        tool.line("reset").await.well();
        assert!(!has_later().await);
        assert_eq!(tool.line(back).await.well().out.lines().count(), 1);
        assert!(has_later().await, "{back}");
    }
    tool.line("snapshots delete later").await.well();
    tool.line("snapshots restore later").await.fails(1, "Not Found: ");
    tool.write("bad.json", "{}");
    tool.line("state import bad.json").await.fails(1, "Bad Request: ");
    tool.line("state import missing.json").await.fails(2, "cannot read missing.json: ");
    tool.line("state export missing/world.json").await.fails(2, "cannot write missing/world.json: ");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_asked_from_now_on_is_shown_as_it_comes() {
    for words in ["requests follow -o json", "events --format actiontrail --follow -o json"] {
        let tool = Tool::start().await;
        let mut command = binary();
        command.args(words.split(' ')).env("SESAME_URL", tool.url()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("it runs");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        let (say, mut lines) = tokio::sync::mpsc::unbounded_channel();
        std::thread::spawn(move || output.lines().map_while(Result::ok).all(|line| say.send(line).is_ok()));
        // when it begins to listen nobody tells: something is asked until it hears of it
        let mut first = None;
        while first.is_none() {
            tool.request().await;
            let heard = tokio::time::timeout(Duration::from_millis(100), lines.recv()).await;
            first = heard.ok().map(|line| line.expect("a line"));
        }
        tool.request().await;
        for line in [first, lines.recv().await] {
            let event: Value = serde_json::from_str(&line.expect("a line")).expect("JSON");
            let action = if words.starts_with("events") { &event["eventName"] } else { &event["action"] };
            assert!(action == "ListUsers" || action == "CreateUser", "{words}: {event}");
        }
        assert!(child.try_wait().expect("it is there").is_none(), "{words}");
        child.kill().expect("it is there");
        child.wait().expect("it ended");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn codes_keys_and_tokens_are_told() {
    let tool = Tool::start().await;
    let shown = tool.line(&format!("totp alibaba {ACCOUNT} carol")).await.well();
    let code = shown.out.strip_suffix('\n').expect("a line");
    assert!(code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit()), "{shown:?}");
    assert!(tool.line("totp aws 000000000000 dave -o json").await.well().json()["code"].is_string());
    tool.line("totp aws 000000000000 Bob").await.fails(1, "Not Found: ");
    tool.provider().await;
    tool.line("oidc-keys put 000000000000 https://issuer.example.com jwks.json").await.well();
    let listed = tool.line("oidc-keys list 000000000000").await.well();
    assert_eq!((listed.row(0), listed.row(1)), (vec!["ISSUER", "KEYS"], vec!["https://issuer.example.com", "one"]));
    let token = "oidc-token 000000000000 https://issuer.example.com --claim sub=alice --claim admin=true";
    assert_eq!(tool.line(token).await.well().out.trim_end().split('.').count(), 3);
    assert!(tool.line(&format!("{token} --expires-in 1h -o json")).await.well().json()["token"].is_string());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_says_what_answers() {
    let tool = Tool::start().await;
    let well = tool.line("health").await.well();
    assert_eq!(well.out, format!("ok: sesame {} over sqlite\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(tool.line("health -o json").await.well().json()["status"], "ok");
    tool.app.app.db.close().await;
    tool.line("health").await.fails(1, "is not well: store does not answer");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_not_there_is_another_matter() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    for line in ["clock", "reset", "health", "state export", "sign-in alice --password x"] {
        let mut command = binary();
        command.args(line.split(' ')).args(["--url", &url]);
        done(command).await.fails(3, "cannot reach a server at http://127.0.0.1:");
    }
    let ran = |words: &'static [&'static str]| {
        let mut command: Command = binary();
        command.args(words);
        done(command)
    };
    ran(&["clock", "--url", "ftp://x"]).await.fails(2, "--url: expected http://HOST:PORT");
    ran(&["clock", "--config", "/nowhere.toml"]).await.fails(2, "/nowhere.toml");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_token_opens_the_server_and_is_never_shown() {
    let tool = Tool::start_with(|settings| settings.control.token = Some("s3cret".to_owned().into())).await;
    tool.line("clock").await.fails(1, "Unauthorized: ");
    tool.write("token", "s3cret\n");
    tool.line("clock --token-file token").await.well();
    tool.line("--token s3cret clock").await.well();
    tool.script("SESAME_CONTROL__TOKEN=s3cret sesame clock").await.well();
    tool.script("echo s3cret | sesame --token-file - clock").await.well();
    let wrong = tool.line("clock --token s3cret-not").await;
    assert!(!wrong.err.contains("s3cret"), "{wrong:?}");
    tool.line("health").await.well();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pipe_that_is_closed_is_the_end_and_no_panic() {
    let tool = Tool::start().await;
    for line in ["state export", "state export -o json", "accounts list", "completions bash", "man", "env", "--help"] {
        let ran = tool.script(&format!("sesame {line} 2>err | true; cat err >&2; exit ${{PIPESTATUS[0]}}")).await;
        assert_eq!(ran.err, "", "{line}: {ran:?}");
    }
    let full = tool.script("sesame accounts list > /dev/full").await;
    full.fails(2, "cannot write the output: ");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn progress_is_for_terminals_alone() {
    let tool = Tool::start().await;
    assert_eq!(tool.script("sesame state export 2>&1 >/dev/null").await.out, "");
}
