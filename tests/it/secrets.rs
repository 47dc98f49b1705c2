//! A whole story with the log at its loudest: no secret may stand in the log, the journal, or what `{:?}` shows.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sesame::domain::account::Cloud;
use sesame::domain::login_profile::LogonStatus;
use sesame::services::login_profiles::{Create, Update};
use sesame::services::sign_in::SignIn;
use sesame::store;
use tracing_subscriber::filter::LevelFilter;

use crate::support::{ACCOUNT, Place, Rpc, TestApp, encode, hex, outcome, totp, trust_policy};

/// Where the log goes.
#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Buffer {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs a story on threads of its own that log everything; gives the log.
fn logged<F: Future<Output = ()>>(story: impl FnOnce() -> F) -> String {
    let buffer = Buffer::default();
    let writer = buffer.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    // While there is one log only, whether a line is wanted at all is asked of the thread that first comes by it, which
    // may be another test's without a log. So there are two.
    let _spare = tracing::Dispatch::new(tracing_subscriber::fmt().with_writer(io::sink).finish());
    let log = tracing::Dispatch::new(subscriber);
    let of_threads = log.clone();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .on_thread_start(move || {
            // For as long as the thread lives.
            std::mem::forget(tracing::dispatcher::set_default(&of_threads));
        })
        .build()
        .expect("a runtime");
    tracing::dispatcher::with_default(&log, || runtime.block_on(story()));
    drop(runtime);
    buffer.text()
}

/// Secrets with what each is.
#[derive(Default)]
struct Secrets(Vec<(String, String)>);

impl Secrets {
    /// A text, and all the ways in which it could be written.
    fn text(&mut self, what: &str, secret: &str) {
        assert!(secret.len() >= 6, "{what} is too short to be looked for");
        let ways = [("as it is", secret.to_owned()), ("percent-encoded", encode(secret))];
        for (how, text) in ways {
            self.0.push((format!("{what}, {how}"), text));
        }
        self.bytes(what, secret.as_bytes());
    }

    /// Bytes, and all the ways in which they could be written.
    fn bytes(&mut self, what: &str, secret: &[u8]) {
        let list = format!("{secret:?}");
        let ways = [
            ("in hexadecimal", hex(secret)),
            ("in upper-case hexadecimal", hex(secret).to_uppercase()),
            // The last letters depend on what follows in a longer text.
            ("in base 64", STANDARD_NO_PAD.encode(&secret[..secret.len() / 3 * 3])),
            ("in URL-safe base 64", URL_SAFE_NO_PAD.encode(&secret[..secret.len() / 3 * 3])),
            ("as a list of bytes", list.trim_matches(['[', ']']).to_owned()),
        ];
        for (how, text) in ways {
            self.0.push((format!("{what}, {how}"), text));
        }
    }

    fn are_not_in(&self, place: &str, text: &str) {
        for (what, secret) in &self.0 {
            if let Some(at) = text.find(secret.as_str()) {
                let line = text[..at].rfind('\n').map_or(0, |line| line + 1);
                let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
                panic!("{place} holds a secret ({what}): {}", &text[line..end]);
            }
        }
    }
}

fn member(answer: &Value, path: [&str; 2]) -> String {
    answer[path[0]][path[1]].as_str().unwrap_or_else(|| panic!("no {path:?} in {answer}")).to_owned()
}

const CONTROL_TOKEN: &str = "control-token/&=+ 7Rk2";
const FIRST: &str = "First-Passwörd/&=+%1";
const SECOND: &str = "Second-Passwd&=+ %2";
const THIRD: &str = "Third-Passwd'\"<3>";
const FORCED: &str = "Forced-Passwd;4";
const RESET: &str = "Reset-Passwd?5";
const WRONG: &str = "Wrong-Passwd!6";
const WEAK: &str = "weakling";

/// Everything that carries a secret in one direction or the other, done well and done badly.
async fn story(app: &TestApp, secrets: &mut Secrets) {
    secrets.text("the control token", CONTROL_TOKEN);
    for password in [FIRST, SECOND, THIRD, FORCED, RESET, WRONG, WEAK] {
        secrets.text("a password", password);
    }
    let root = app.root();
    let named = ("UserName", "alice");
    app.user("alice").await;
    root.ram("SetPasswordPolicy", &[("MinimumPasswordLength", "10"), ("PasswordReusePrevention", "3")]).await.ok();
    let weak = root.ram("CreateLoginProfile", &[named, ("Password", WEAK)]).await;
    weak.is(400, "InvalidParameter.Password.TooWeak");
    root.v3().ram("CreateLoginProfile", &[named, ("Password", FIRST)]).await.is(200, "");
    let again = root.ram("CreateLoginProfile", &[named, ("Password", SECOND)]).await;
    again.is(409, "EntityAlreadyExists.User.LoginProfile");

    let alice = keys(app, secrets).await;
    passwords(app, &alice, secrets).await;
    sign_ins(app, secrets).await;
    role(app, &alice, secrets).await;

    let created = app.control.post("/accounts", &json!({"cloud": "alibaba", "id": "1000000000000077"})).await.1;
    secrets.text("a root key's secret", &member(&created, ["root", "access_key_secret"]));
}

async fn keys(app: &TestApp, secrets: &mut Secrets) -> Rpc {
    let alice = app.key_of("alice").await;
    secrets.text("an access key's secret", &alice.secret);
    alice.sts("GetCallerIdentity", &[]).await.ok();
    alice.v3().sts("GetCallerIdentity", &[]).await.ok();
    let wrong = app.rpc(&alice.key_id, WRONG);
    for client in [wrong.clone(), wrong.v3()] {
        // The answer repeats what should have been signed, to whom sent it and nobody else.
        let change = [("OldPassword", FIRST), ("NewPassword", SECOND)];
        client.ram("ChangePassword", &change).await.is(400, "SignatureDoesNotMatch");
    }
    alice
}

async fn passwords(app: &TestApp, alice: &Rpc, secrets: &mut Secrets) {
    let change = async |client: &Rpc, old: &str, new: &str, code: &str| {
        let reply = client.ram("ChangePassword", &[("OldPassword", old), ("NewPassword", new)]).await;
        assert_eq!(reply.code(), code, "{}", reply.body);
    };
    change(alice, WRONG, SECOND, "InvalidParameter.OldPassword.Incorrect").await;
    change(alice, FIRST, WEAK, "InvalidParameter.NewPassword.TooWeak").await;
    change(alice, FIRST, SECOND, "").await;
    change(&alice.v3(), SECOND, THIRD, "").await;
    change(&alice.v3(), THIRD, FIRST, "InvalidParameter.NewPassword.ReusePrevention").await;
    let user = store::users::by_name(&mut app.app.db.read().await.unwrap(), ACCOUNT, "alice").await.unwrap().unwrap();
    let hashes = store::login_profiles::history(&mut app.app.db.read().await.unwrap(), ACCOUNT, &user.id, 24).await;
    for hash in hashes.unwrap() {
        secrets.text("a password's hash", &hash);
    }
}

async fn sign_ins(app: &TestApp, secrets: &mut Secrets) {
    let seed = totp::bind(app, "alice").await;
    secrets.text("a seed", &seed);
    let seed = totp::from_base32(&seed);
    secrets.bytes("a seed", &seed);
    app.control.advance(60).await;
    let code = totp::code(&seed, totp::step(app).await);
    let sign_in = async |body: Value| outcome(&app.sign_in_with(body).await).to_owned();
    assert_eq!(sign_in(json!({"user": "alice", "password": WRONG})).await, "invalid-credentials");
    assert_eq!(sign_in(json!({"user": "nobody", "password": THIRD})).await, "invalid-credentials");
    assert_eq!(sign_in(json!({"user": "alice", "password": THIRD})).await, "mfa-required");
    let with_code = json!({"user": "alice", "password": THIRD, "mfa_code": "abcdef"});
    assert_eq!(sign_in(with_code).await, "mfa-code-incorrect");
    assert_eq!(sign_in(json!({"user": "alice", "password": THIRD, "mfa_code": code})).await, "signed-in");

    let reset = [("UserName", "alice"), ("Password", RESET), ("PasswordResetRequired", "true")];
    app.root().ram("UpdateLoginProfile", &reset).await.ok();
    app.root().ims("DisableVirtualMFA", &[("UserPrincipalName", &upn("alice"))]).await.ok();
    assert_eq!(sign_in(json!({"user": "alice", "password": RESET})).await, "password-reset-required");
    let weak = json!({"user": "alice", "password": RESET, "new_password": WEAK});
    assert_eq!(sign_in(weak).await, "password-rejected");
    assert_eq!(sign_in(json!({"user": "alice", "password": RESET, "new_password": FORCED})).await, "signed-in");

    // Bodies that cannot be read, with a password where nothing should stand.
    for body in
        [json!({"user": "alice", "password": [FORCED]}), json!({"user": "alice", "passwort": FORCED}), json!(FORCED)]
    {
        assert_eq!(app.control.post("/sign-in", &body).await.0, 400);
    }
    let session = app.running_sessions().await.pop().unwrap();
    app.control.get(&format!("/sessions/{session}")).await;
}

fn upn(user: &str) -> String {
    format!("{user}@{ACCOUNT}.onaliyun.com")
}

async fn role(app: &TestApp, alice: &Rpc, secrets: &mut Secrets) {
    let trust = trust_policy(&format!("acs:ram::{ACCOUNT}:root"));
    app.root().ram("CreateRole", &[("RoleName", "ops"), ("AssumeRolePolicyDocument", &trust)]).await.ok();
    app.may_take_roles("alice").await;
    let arn = format!("acs:ram::{ACCOUNT}:role/ops");
    for client in [alice.clone(), alice.v3()] {
        let assumed = client.sts("AssumeRole", &[("RoleArn", &arn), ("RoleSessionName", "night")]).await.ok();
        let text = |name| member(&assumed, ["Credentials", name]);
        secrets.text("a security token's secret", &text("AccessKeySecret"));
        secrets.text("a security token", &text("SecurityToken"));
        let session = app.rpc(&text("AccessKeyId"), &text("AccessKeySecret")).with_token(&text("SecurityToken"));
        session.sts("GetCallerIdentity", &[]).await.ok();
        session.v3().sts("GetCallerIdentity", &[]).await.ok();
        // A token that is not its key's.
        client
            .with_token(&text("SecurityToken"))
            .sts("GetCallerIdentity", &[])
            .await
            .is(400, "InvalidSecurityToken.MismatchWithAccessKey");
    }
}

/// What `{:?}` shows of everything that holds a secret.
async fn shown(app: &TestApp, alice: &str) -> Vec<String> {
    let mut conn = app.app.db.read().await.unwrap();
    let user = store::users::by_name(&mut conn, ACCOUNT, alice).await.unwrap().unwrap();
    let profile = store::login_profiles::find(&mut conn, ACCOUNT, &user.id).await.unwrap().unwrap();
    let keys = store::access_keys::of(&mut conn, ACCOUNT, Some(&user.id)).await.unwrap();
    let sessions = store::sessions::list(&mut conn, None, None).await.unwrap();
    assert!(sessions.iter().any(|session| session.key.is_some()));
    let key = store::access_keys::find(&mut conn, &keys[0].id).await.unwrap();
    drop(conn);
    let credential = sesame::services::callers::find(&app.app, &keys[0].id, Cloud::Alibaba, false).await.unwrap();
    let create = Create {
        password: Some(FIRST.into()),
        status: LogonStatus::Active,
        password_reset_required: false,
        mfa_bind_required: false,
    };
    let sign_in = SignIn {
        tickets: Vec::new(),
        remember: false,
        cloud: Cloud::Alibaba,
        account: None,
        user: alice.to_owned(),
        password: FIRST.into(),
        mfa_code: None,
        new_password: Some(SECOND.into()),
        source_address: [127, 0, 0, 1].into(),
    };
    vec![
        format!("{user:?}"),
        format!("{profile:?} {:?}", profile.password),
        format!("{keys:?} {key:?}"),
        format!("{sessions:?}"),
        format!("{credential:?}"),
        format!("{create:?} {:?}", Update { password: Some(FIRST.into()), ..Update::default() }),
        format!("{sign_in:?}"),
        format!("{:?}", app.app.settings),
        format!("{:?} {:?} {:?} {:?}", app.app.hasher, app.app.ids, app.app.journal, app.app.key_usage),
    ]
}

fn no_secret_is_shown(place: &Place) {
    let mut secrets = Secrets::default();
    let mut journal = String::new();
    let log = logged(async || {
        let app = TestApp::start_with(place, |settings| settings.control.token = Some(CONTROL_TOKEN.into())).await;
        story(&app, &mut secrets).await;
        for path in ["/requests", "/events?format=cloudtrail", "/events?format=actiontrail", "/requests/expect?times=0"]
        {
            journal.push_str(&app.control.get(path).await.1.to_string());
        }
        for text in shown(&app, "alice").await {
            secrets.are_not_in("{:?}", &text);
        }
        let device = sesame::domain::mfa::MfaDevice {
            path: "/".to_owned(),
            account_id: ACCOUNT.to_owned(),
            name: "phone".to_owned(),
            seed: (7..47).collect(),
            user_id: None,
            bound_at: None,
            last_step: 0,
            used_before: 0,
            last_pair: 0,
            drift: 0,
            created_at: sesame::domain::time::Time(0),
        };
        let mut seed = Secrets::default();
        seed.bytes("a seed", &device.seed);
        seed.are_not_in("{:?}", &format!("{device:?}"));
        let accounts = app.control.get("/accounts").await.1.to_string();
        secrets.are_not_in("the list of accounts", &accounts);
        app.stop().await;
    });
    // The log is there and at its loudest, the journal is there, and neither holds a secret.
    assert!(log.contains("TRACE") && log.contains("DEBUG") && log.contains("request_id"), "the log was not captured");
    assert!(journal.contains("ChangePassword") && journal.contains("***"), "{journal}");
    assert!(log.contains("ChangePassword"));
    secrets.are_not_in("the journal", &journal);
    // The client's own log would be no fault of the server; it logs no bodies, so that nothing has to be left out.
    secrets.are_not_in("the log", &log);
}

#[test]
fn no_secret_is_shown_on_sqlite() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let place = runtime.block_on(Place::file());
    no_secret_is_shown(&place);
}

#[test]
fn no_secret_is_shown_on_postgres() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let place = runtime.block_on(Place::postgres());
    no_secret_is_shown(&place);
}

#[test]
fn the_search_for_secrets_finds_one() {
    let mut secrets = Secrets::default();
    secrets.text("a password", "s3cret/ä");
    for leak in ["x s3cret/ä y", "s3cret%2F%C3%A4", &hex("s3cret/ä".as_bytes()), &STANDARD.encode("s3cret/ä")] {
        let found = std::panic::catch_unwind(|| secrets.are_not_in("a text", leak));
        assert!(found.is_err(), "{leak}");
    }
}
