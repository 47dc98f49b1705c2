//! A whole Sesame in process, the stores it stands on, and the clients that call it.

mod app;
mod browser;
mod client;
mod clock;
mod control;
mod place;
pub(crate) mod raw;
pub(crate) mod totp;

use std::sync::Arc;

use serde_json::json;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

pub(crate) use app::{ACCOUNT, TestApp, outcome};
pub(crate) use browser::{Browser, Seen};
pub(crate) use client::{Api, Reply, Rpc, encode, hex};
pub(crate) use clock::TestClock;
pub(crate) use place::Place;

/// Makes a test on a SQLite file and one on Postgres of each generic body.
macro_rules! on_both_engines {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(on_engine!($name, file);)+
        }
        mod on_postgres {
            $(on_engine!($name, postgres);)+
        }
    };
}

/// As [`on_both_engines`], and one more on SQLite in memory.
macro_rules! on_every_store {
    ($($name:ident),+ $(,)?) => {
        mod in_memory {
            $(on_engine!($name, memory);)+
        }
        on_both_engines![$($name),+];
    };
}

macro_rules! on_engine {
    ($name:ident, $place:ident) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            let place = $crate::support::Place::$place().await;
            super::$name(&place).await;
        }
    };
}

/// Runs so many at the same time, all let go at once, and gives what they gave.
pub(crate) async fn concurrently<T, Fut>(count: usize, run: impl Fn(usize) -> Fut) -> Vec<T>
where
    T: Send + 'static,
    Fut: Future<Output = T> + Send + 'static,
{
    let start = Arc::new(Barrier::new(count));
    let mut running = JoinSet::new();
    for number in 0..count {
        let (start, one) = (start.clone(), run(number));
        running.spawn(async move {
            start.wait().await;
            (number, one.await)
        });
    }
    let mut done = running.join_all().await;
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, value)| value).collect()
}

/// How many of the replies carry this code; the empty one is success.
pub(crate) fn count(replies: &[Reply], code: &str) -> usize {
    replies.iter().filter(|reply| reply.code() == code).count()
}

/// A trust policy that names one principal.
pub(crate) fn trust_policy(arn: &str) -> String {
    let statement = json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": arn}});
    json!({"Version": "1", "Statement": [statement]}).to_string()
}
