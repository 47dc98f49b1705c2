//! The binary as a tool: every control call as a command, run as a script runs it.

mod calls;
mod examples;
mod pages;
mod variables;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use sesame::config::Settings;
use tempfile::TempDir;

use crate::aws::signed_client::Aws;
use crate::support::{Place, TestApp};

/// A world with something to ask about: alice of the default account of Alibaba Cloud, who may take the role auditor
/// on, and Bob of AWS's, who may list users; both have an MFA device that no sign-in asks for.
const WORLD: &str = r#"
seed_number: 7
accounts:
  - cloud: alibaba
    security_preference: {mfa_at_login: adaptive}
    users:
      - name: alice
        policies: [AliyunSTSAssumeRoleAccess, AliyunRAMReadOnlyAccess]
        console: {password: First-Door-1}
        access_keys: [{id: LTAIexampleAlice0001, secret: alice-secret-for-tests}]
      - name: carol
        mfa: {name: phone, seed: JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP}
    roles:
      - name: auditor
        trust_policy:
          Version: "1"
          Statement: [{Effect: Allow, Action: "sts:AssumeRole", Principal: {RAM: ["acs:ram::1000000000000001:user/alice"]}}]
  - cloud: aws
    users:
      - name: Bob
        console: {password: First-Door-12}
        inline_policies:
          list: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "iam:ListUsers", Resource: "*"}]}
      - name: dave
        mfa: {name: phone, seed: JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP}
"#;

/// A server over that world, and a folder to work in.
struct Tool {
    app: TestApp,
    folder: TempDir,
    _place: Place,
}

/// What a command did.
#[derive(Debug)]
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// It is to have ended well.
    fn well(self) -> Self {
        assert_eq!((self.code, &*self.err), (0, ""), "{self:?}");
        self
    }

    /// It is to have ended with this code, and to say why.
    fn fails(self, code: i32, why: &str) {
        assert_eq!(self.code, code, "{self:?}");
        assert!(self.err.starts_with("sesame: ") && self.err.contains(why) && self.out.is_empty(), "{self:?}");
    }

    /// The words of a line of a table, the headings first.
    fn row(&self, number: usize) -> Vec<&str> {
        self.out
            .lines()
            .nth(number)
            .unwrap_or_else(|| panic!("{self:?}"))
            .split("  ")
            .map(str::trim)
            .filter(|cell| !cell.is_empty())
            .collect()
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("text");
        Self { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Tool {
    async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    async fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        let place = Place::memory().await;
        let folder = TempDir::new().expect("a folder");
        let world = folder.path().join("world.yaml");
        std::fs::write(&world, WORLD).expect("the seed");
        let app = TestApp::start_with(&place, |settings| {
            settings.seed.file = world.display().to_string();
            change(settings);
        })
        .await;
        Self { app, folder, _place: place }
    }

    fn url(&self) -> String {
        format!("http://{}", self.app.address)
    }

    /// Runs the binary with these words, and that is all its environment says.
    async fn run(&self, words: &[&str]) -> Ran {
        let mut command = binary();
        command.args(words).env("SESAME_URL", self.url()).current_dir(self.folder.path());
        done(command).await
    }

    /// As [`Tool::run`], of one line without quotes.
    async fn line(&self, line: &str) -> Ran {
        self.run(&line.split(' ').collect::<Vec<_>>()).await
    }

    /// Runs a script that finds `sesame` as a user does.
    async fn script(&self, script: &str) -> Ran {
        let mut command = Command::new("bash");
        command.args(["-c", &format!("set -o pipefail\n{script}")]);
        command.env("SESAME_URL", self.url()).env("PATH", path()).current_dir(self.folder.path());
        command.env("HOME", self.folder.path()).env_remove("XDG_STATE_HOME");
        done(command).await
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).expect(name);
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).expect(name)
    }

    /// An OpenID Connect provider of AWS's default account, and its keys in a file.
    async fn provider(&self) {
        let root = Aws::new(&self.app, "test", "test", None);
        let provider = [("Url", "https://issuer.example.com"), ("ClientIDList.member.1", "app")];
        root.iam("CreateOpenIDConnectProvider", &provider).await.ok();
        let (x, y) = ("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
        let key = json!({"kty": "EC", "crv": "P-256", "kid": "one", "use": "sig", "x": x, "y": y});
        self.write("jwks.json", &json!({"keys": [key]}).to_string());
    }

    /// The id of a session of alice.
    async fn session(&self) -> String {
        let ran = self.line("sign-in alice --password First-Door-1 -o json").await.well();
        ran.json()["session"]["id"].as_str().expect("an id").to_owned()
    }

    /// The id of a request that alice made, and that was refused.
    async fn request(&self) -> String {
        let alice = self.app.rpc("LTAIexampleAlice0001", "alice-secret-for-tests");
        alice.ram("ListUsers", &[]).await.ok();
        let refused = alice.ram("CreateUser", &[("UserName", "eve")]).await;
        refused.body["RequestId"].as_str().expect("an id").to_owned()
    }
}

fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sesame"));
    command.env_clear();
    command
}

/// Where programs are, `sesame` first.
fn path() -> String {
    let folder = Path::new(env!("CARGO_BIN_EXE_sesame")).parent().expect("a folder");
    format!("{}:/usr/local/bin:/usr/bin:/bin", folder.display())
}

/// Runs it while the server goes on in this process.
async fn done(mut command: Command) -> Ran {
    let running = tokio::task::spawn_blocking(move || command.stdin(Stdio::null()).output().expect("it runs"));
    running.await.expect("it ends").into()
}
