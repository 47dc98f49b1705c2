//! Sesame inside a test, as somebody else's crate uses it.

use std::time::Duration;

use serde_json::{Value, json};
use sesame::domain::time::Time;
use sesame::embed::World;
use sesame::embed::http::Request;
use sesame::services::sign_in::{Outcome, Refusal};
use sesame::{Cloud, Sesame};

use crate::support::Rpc;

const PASSWORD: &str = "Correct-Horse-1";
const DAY: Duration = Duration::from_hours(24);

/// A client that is the root of the account with this key.
fn client(sesame: &Sesame, key_id: &str, secret: &str) -> Rpc {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    Rpc::new(http, sesame.address(), key_id, secret)
}

/// Signs with the machine's time, which an embedded Sesame has.
fn now() -> String {
    use sesame::clock::Clock as _;
    sesame::clock::SystemClock.now().to_wire()
}

async fn call(client: &Rpc, action: &str, parameters: &[(&str, &str)]) -> Value {
    let now = now();
    let mut all = vec![("Timestamp", &*now)];
    all.extend(parameters);
    client.ram(action, &all).await.ok()
}

/// What a fixed run of calls gives, without what hangs on the time.
async fn story(seed: u64) -> Vec<String> {
    let sesame = Sesame::builder().seed(seed).start().await.unwrap();
    let mut told = Vec::new();
    for cloud in [Cloud::Alibaba, Cloud::Aws] {
        for account in [sesame.account(cloud).await.unwrap(), sesame.new_account(cloud).await.unwrap()] {
            told.extend([account.id(), account.key_id(), account.secret()].map(str::to_owned));
        }
    }
    let account = sesame.account(Cloud::Alibaba).await.unwrap();
    assert!(told.contains(&account.key_id().to_owned()), "the default account has one root key");
    let root = client(&sesame, account.key_id(), account.secret());
    let user = call(&root, "CreateUser", &[("UserName", "alice")]).await;
    told.push(user["User"]["UserId"].as_str().unwrap().to_owned());
    let key = call(&root, "CreateAccessKey", &[("UserName", "alice")]).await;
    told.push(key["AccessKey"]["AccessKeyId"].as_str().unwrap().to_owned());
    told.push(key["AccessKey"]["AccessKeySecret"].as_str().unwrap().to_owned());
    told
}

#[tokio::test]
async fn the_same_seed_gives_the_same_ids_and_keys_to_the_same_calls() {
    let (one, other, third) = (story(7).await, story(7).await, story(8).await);
    assert_eq!(one, other);
    assert!(one.iter().zip(&third).filter(|(one, third)| one == third).count() <= 2, "only the default accounts' ids");
}

#[tokio::test]
async fn an_account_has_a_root_a_clock_and_a_journal_of_its_own() {
    let sesame = Sesame::builder().start().await.unwrap();
    let (own, other) =
        (sesame.new_account(Cloud::Alibaba).await.unwrap(), sesame.new_account(Cloud::Alibaba).await.unwrap());
    let root = client(&sesame, own.key_id(), own.secret());
    call(&root, "CreateUser", &[("UserName", "alice")]).await;
    call(&root, "CreateLoginProfile", &[("UserName", "alice"), ("Password", PASSWORD)]).await;
    assert!(matches!(own.sign_in("alice", PASSWORD).await.unwrap(), Outcome::SignedIn(_)));
    let refused = |outcome| matches!(outcome, Outcome::Refused(Refusal::InvalidCredentials));
    assert!(refused(other.sign_in("alice", PASSWORD).await.unwrap()));
    assert_eq!((own.sessions().await.unwrap().len(), other.sessions().await.unwrap().len()), (1, 0));
    let actions: Vec<_> = own.requests().iter().map(|entry| entry.action.clone()).collect();
    assert_eq!(actions, ["CreateUser", "CreateLoginProfile"]);
    assert!(other.requests().is_empty());

    let at = Time::parse("2030-01-01T00:00:00Z").unwrap();
    assert_eq!(own.clock().freeze(at).await.unwrap(), at);
    assert_eq!(own.clock().advance(DAY).await.unwrap(), at.plus_seconds(86_400));
    assert!(other.clock().now().await.unwrap() < at && sesame.clock().now().await.unwrap() < at);
    sesame.clock().freeze(at).await.unwrap();
    assert_eq!(other.clock().now().await.unwrap(), at);
    assert_eq!(own.clock().system().await.unwrap(), at, "the world's again");
    assert!(sesame.clock().system().await.unwrap() < at);

    own.reset().await.unwrap();
    assert!(refused(own.sign_in("alice", PASSWORD).await.unwrap()));
    other.clone().remove().await.unwrap();
    assert!(other.clock().now().await.is_err());
    sesame.reset().await.unwrap();
    assert!(own.clock().now().await.is_err(), "a reset leaves the default accounts");
    assert!(!format!("{own:?}").contains(own.secret()));
}

/// A call of the control surface without a socket.
async fn asked(world: &World, method: &str, path: &str, body: &Value) -> Value {
    let request = Request::builder().method(method).uri(format!("http://localhost/_sesame{path}"));
    let request = request.header("content-type", "application/json").body(body.to_string()).unwrap();
    let response = world.call(request).await;
    assert_eq!(response.status(), 200, "{path}");
    let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    serde_json::from_slice(&body).unwrap()
}

#[tokio::test]
async fn without_a_socket_it_answers_the_same() {
    let world = Sesame::builder().seed(7).build().await.unwrap();
    let made = asked(&world, "POST", "/accounts", &json!({"cloud": "aws"})).await;
    let other = Sesame::builder().seed(7).build().await.unwrap();
    assert_eq!(other.new_account(Cloud::Aws).await.unwrap().id(), made["id"].as_str().unwrap());
    let shown = asked(&world, "POST", "/clock/advance", &json!({"by": "P1D"})).await;
    assert_eq!(shown["mode"], "offset");
}

#[tokio::test]
async fn a_seed_file_is_the_world_to_begin_with_and_to_go_back_to() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("seed.yaml");
    let seed = format!(
        "accounts:\n  - cloud: alibaba\n    id: '2000000000000002'\n    users:\n      - name: alice\n        \
         console:\n          password: {PASSWORD}\n"
    );
    std::fs::write(&file, seed).unwrap();
    let world = Sesame::builder().seed_file(&file).build().await.unwrap();
    let attempt = json!({"account": "2000000000000002", "user": "alice", "password": PASSWORD});
    assert_eq!(asked(&world, "POST", "/sign-in", &attempt).await["outcome"], "signed-in");
    world.reset().await.unwrap();
    assert_eq!(asked(&world, "POST", "/sign-in", &attempt).await["outcome"], "signed-in");
}
