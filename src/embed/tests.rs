//! That it goes without a trace.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use super::*;

const MANY: usize = 50;

/// Waits until nothing of what was spawned is left: dropped tasks go when their runtime comes to them.
async fn all_tasks_end() {
    let begun = Instant::now();
    let metrics = tokio::runtime::Handle::current().metrics();
    while metrics.num_alive_tasks() > 0 {
        assert!(begun.elapsed() < Duration::from_secs(20), "{} tasks are left", metrics.num_alive_tasks());
        tokio::task::yield_now().await;
    }
}

async fn many_come_and_go() {
    let mut all = Vec::new();
    for _ in 0..MANY {
        all.push(Sesame::builder().start().await.unwrap());
    }
    let mut urls: Vec<_> = all.iter().map(|one| one.url().to_owned()).collect();
    urls.sort();
    urls.dedup();
    assert_eq!(urls.len(), MANY);
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for (number, sesame) in all.iter().enumerate() {
        // Each keeps its connection open.
        let health = http.get(format!("{}/_sesame/health", sesame.url())).send().await.unwrap();
        assert_eq!(health.status(), 200);
        if number % 5 == 0 {
            sesame.new_account(Cloud::Aws).await.unwrap();
        }
    }
    let addresses: Vec<_> = all.iter().map(Sesame::address).collect();
    let begun = Instant::now();
    drop(all);
    for address in addresses {
        TcpListener::bind(address).unwrap_or_else(|error| panic!("{address} is not free: {error}"));
    }
    assert!(begun.elapsed() < Duration::from_secs(5), "it took {:?}", begun.elapsed());
    drop(http);
    all_tasks_end().await;
}

#[test]
fn many_in_one_process_leave_no_port_and_no_task_on_one_thread() {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(many_come_and_go());
}

#[test]
fn many_in_one_process_leave_no_port_and_no_task_on_many_threads() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.unwrap().block_on(many_come_and_go());
}

#[tokio::test]
async fn a_stop_frees_the_port_and_keeps_what_was_stored() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite://{}", folder.path().join("sesame.db").display());
    let sesame = Sesame::builder().store(&*store).start().await.unwrap();
    let address = sesame.address();
    let id = sesame.new_account(Cloud::Alibaba).await.unwrap().id().to_owned();
    sesame.stop().await.unwrap();
    TcpListener::bind(address).unwrap();
    // The file is free too, and a second start finds the account.
    let again = Sesame::builder().store(&*store).build().await.unwrap();
    assert!(accounts::with_users(again.app(), &id, "", 0).await.is_ok());
}

#[tokio::test]
async fn what_cannot_be_is_said() {
    let taken = Sesame::builder().start().await.unwrap();
    let same = Sesame::builder().settings(|settings| settings.server.listen = taken.address()).start().await;
    assert!(matches!(same, Err(StartError::Listen(_))), "{same:?}");
    let missing = Sesame::builder().seed_file("no/such/seed.yaml").build().await;
    assert!(matches!(missing, Err(StartError::Build(BuildError::SeedFile(..)))), "{missing:?}");
    let bad = Sesame::builder().settings(|settings| settings.aws.default_account = "1".to_owned()).build().await;
    assert!(matches!(bad, Err(StartError::Settings(_))), "{bad:?}");
}
