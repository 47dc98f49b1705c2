//! A whole Sesame that listens on a port of its own, over any store.

use std::net::SocketAddr;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Value, json};
use sesame::app::App;
use sesame::config::Settings;
use sesame::ids::Ids;
use sesame::{Application, server};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::clock::TestClock;
use super::control::Control;
use super::{Browser, Place, Rpc};

/// The default account.
pub(crate) const ACCOUNT: &str = "1000000000000001";

/// See the module. It is stopped at the latest when the test ends.
pub(crate) struct TestApp {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// What it serves with, to look behind the scenes.
    pub(crate) app: App,
    /// Its control surface.
    pub(crate) control: Control,
    /// What it told the person who started it.
    pub(crate) banner: String,
    http: reqwest::Client,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl TestApp {
    /// Starts one with default settings.
    pub(crate) async fn start(place: &Place) -> Self {
        Self::start_with(place, |_| {}).await
    }

    /// Starts one with settings changed.
    pub(crate) async fn start_with(place: &Place, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::default();
        settings.store.url = place.url();
        change(&mut settings);
        settings.validate().expect("settings that hold");
        let token = settings.control.token.clone();
        let ids = Ids::from_system().expect("randomness");
        let application =
            Application::build_with(settings, Box::new(TestClock), ids).await.expect("the application is built");
        Self::serve(application, token).await
    }

    async fn serve(application: Application, token: Option<SecretString>) -> Self {
        let listener = server::bind("127.0.0.1:0".parse().expect("an address")).await.expect("a free port");
        let address = listener.local_addr().expect("the address");
        let app = application.app().clone();
        let (stop, stopped) = oneshot::channel();
        let door = application.door();
        let banner = application.banner(address);
        let serving = tokio::spawn(async move {
            let told = async {
                let _ = stopped.await;
            };
            server::serve(listener, door, Duration::from_secs(20), told).await;
            application.close().await.expect("closing");
        });
        let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        let control = Control::new(http.clone(), format!("http://{address}/_sesame"), token);
        Self { address, app, control, banner, http, stop, serving }
    }

    /// Tells it to stop and gives what ends when it has stopped.
    pub(crate) fn begin_stop(self) -> JoinHandle<()> {
        drop(self.stop);
        self.serving
    }

    /// Stops it and closes its store.
    pub(crate) async fn stop(self) {
        self.begin_stop().await.expect("a clean stop");
    }

    /// A browser with no cookies.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.address)
    }

    /// A client with this key.
    pub(crate) fn rpc(&self, key_id: &str, secret: &str) -> Rpc {
        Rpc::new(self.http.clone(), self.address, key_id, secret)
    }

    /// A client that is the root of the default account.
    pub(crate) fn root(&self) -> Rpc {
        self.rpc("test", "test")
    }

    /// Makes a user.
    pub(crate) async fn user(&self, name: &str) {
        self.root().ram("CreateUser", &[("UserName", name)]).await.ok();
    }

    /// Lets a user take on whatever roles trust it.
    pub(crate) async fn may_take_roles(&self, user: &str) {
        let policy = [("UserName", user), ("PolicyName", "AliyunSTSAssumeRoleAccess"), ("PolicyType", "System")];
        self.root().ram("AttachPolicyToUser", &policy).await.ok();
    }

    /// Makes a user who can sign in.
    pub(crate) async fn console_user(&self, name: &str, password: &str) {
        self.user(name).await;
        self.root().ram("CreateLoginProfile", &[("UserName", name), ("Password", password)]).await.ok();
    }

    /// Makes an access key of a user.
    pub(crate) async fn key_of(&self, name: &str) -> Rpc {
        let reply = self.root().ram("CreateAccessKey", &[("UserName", name)]).await.ok();
        let text = |member: &str| reply["AccessKey"][member].as_str().expect("a new key").to_owned();
        self.rpc(&text("AccessKeyId"), &text("AccessKeySecret"))
    }

    /// Signs in to the default account; `signed-in`, another outcome, or the reason of a refusal.
    pub(crate) async fn sign_in(&self, user: &str, password: &str) -> String {
        outcome(&self.sign_in_with(json!({"user": user, "password": password})).await).to_owned()
    }

    /// Signs in with a whole body, the account filled in.
    pub(crate) async fn sign_in_with(&self, mut body: Value) -> Value {
        body["account"] = json!(ACCOUNT);
        self.control.post("/sign-in", &body).await.1
    }

    /// The ids of the running sessions of the default account.
    pub(crate) async fn running_sessions(&self) -> Vec<String> {
        let (_, all) = self.control.get(&format!("/sessions?account={ACCOUNT}")).await;
        let all = all["sessions"].as_array().expect("sessions").clone();
        let running = all.into_iter().filter(|session| session["state"] == "active");
        running.map(|session| session["id"].as_str().expect("an id").to_owned()).collect()
    }
}

/// What a sign-in came to: its outcome, or the reason of a refusal.
pub(crate) fn outcome(answer: &Value) -> &str {
    let text = answer["reason"].as_str().or_else(|| answer["outcome"].as_str());
    text.unwrap_or_else(|| panic!("no answer to a sign-in: {answer}"))
}
