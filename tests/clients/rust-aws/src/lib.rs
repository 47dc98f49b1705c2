//! The server under test on a free port, and an account of a test's own. Knows no operation of any service.

use std::{
    fs::File,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_iam::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_http_client::Builder;

static SERIAL: AtomicU64 = AtomicU64::new(0);

/// One running server, stopped when dropped.
pub struct Server {
    process: Child,
    /// Where it listens, as `127.0.0.1:PORT`.
    pub endpoint: String,
}

impl Server {
    /// Starts the binary that `SESAME_BIN` names.
    ///
    /// # Panics
    /// When there is none, or it does not come up within ten seconds.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the environment names the server under test")]
    pub fn start() -> Self {
        let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../target/debug/sesame");
        let binary = std::env::var_os("SESAME_BIN").map_or_else(|| PathBuf::from(default), PathBuf::from);
        let port = TcpListener::bind("127.0.0.1:0").and_then(|probe| probe.local_addr()).expect("a free port").port();
        let endpoint = format!("127.0.0.1:{port}");
        let log = std::env::temp_dir().join(format!("sesame-rust-{port}.log"));
        let out = File::create(&log).expect("a log file");
        let process = Command::new(&binary)
            .args(["--listen", &endpoint])
            .stdin(Stdio::null())
            .stderr(out.try_clone().expect("a log file"))
            .stdout(out)
            .spawn()
            .unwrap_or_else(|error| panic!("there is no server to test at {}: {error}", binary.display()));
        let server = Self { process, endpoint };
        let deadline = Instant::now() + Duration::from_secs(10);
        while !server.control("GET", "/_sesame/health", "").is_some_and(|text| text.starts_with("HTTP/1.1 200")) {
            assert!(Instant::now() < deadline, "the server did not come up, see {}", log.display());
            std::thread::park_timeout(Duration::from_millis(20));
        }
        // it is open already, and nobody has to clean up after an interrupted run
        let _ = std::fs::remove_file(&log);
        server
    }

    /// One call of the control surface: the whole answer as text.
    #[must_use]
    pub fn control(&self, method: &str, path: &str, json: &str) -> Option<String> {
        let mut stream = TcpStream::connect(&self.endpoint).ok()?;
        let length = json.len();
        let head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.endpoint);
        let body = format!("Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{json}");
        stream.write_all(format!("{head}{body}").as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    }

    /// What a sign-in comes to, as the JSON of the answer.
    ///
    /// # Panics
    /// When the server does not answer.
    #[must_use]
    pub fn sign_in(&self, account: &str, user: &str, password: &str) -> String {
        let json = format!(r#"{{"cloud":"aws","account":"{account}","user":"{user}","password":"{password}"}}"#);
        self.control("POST", "/_sesame/sign-in", &json).expect("an answer")
    }

    /// An account that no one has used yet: it comes into being when its number is first used as a key.
    #[must_use]
    pub fn account(&self) -> String {
        let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
        format!("{}{serial:02}", 1_000_000_000 + u64::from(std::process::id()))
    }

    /// What clients of this server are made from.
    pub async fn config(&self, key: &str, secret: &str, token: Option<&str>) -> SdkConfig {
        let credentials = Credentials::new(key, secret, token.map(str::to_owned), None, "test");
        aws_config::defaults(BehaviorVersion::latest())
            .region(Region::from_static("eu-west-1"))
            .endpoint_url(format!("http://{}", self.endpoint))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(Builder::new().build_http())
            .load()
            .await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
