//! Two hundred tests at the same time in one Sesame, each with an account and a clock of its own and all with the same
//! names: none sees another.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::Barrier;

use crate::support::{ACCOUNT, Place, Rpc, TestApp, concurrently, outcome};

on_both_engines![two_hundred_workers_never_see_each_other];

const WORKERS: usize = 200;
const DAY: u64 = 86_400;
/// How long an initial password holds that nobody changes (IMS 2019-08-15 CreateLoginProfile).
const INITIAL_DAYS: u64 = 14;

/// One of those who test at the same time.
struct Worker {
    number: usize,
    app: Arc<TestApp>,
    account: String,
    root: Rpc,
    /// What its clock shows, in seconds since 1970: it stands.
    time: u64,
    /// What it asked of the clouds' APIs so far, which the journal is to tell, and no more.
    asked: Vec<&'static str>,
}

impl Worker {
    /// Every other one has Sesame make an account; the others just use one that nobody made.
    async fn begin(number: usize, app: Arc<TestApp>) -> Self {
        let (account, root) = if number.is_multiple_of(2) {
            let (status, made) = app.control.post("/accounts", &json!({"cloud": "alibaba"})).await;
            assert_eq!(status, 200, "{made}");
            let text = |value: &Value| value.as_str().expect("a text").to_owned();
            let key = &made["root"];
            (text(&made["id"]), app.rpc(&text(&key["access_key_id"]), &text(&key["access_key_secret"])))
        } else {
            let account = format!("2{number:015}");
            let root = app.rpc(&account, "any secret");
            (account, root)
        };
        // A year apart from the next, so that no clock is like another.
        let time = 1_800_000_000 + number as u64 * 365 * DAY / 4;
        Self { number, app, account, root, time, asked: Vec::new() }
    }

    fn password(&self) -> String {
        format!("Correct-Horse-{}-of-its-own", self.number)
    }

    async fn ram(&mut self, action: &'static str, parameters: &[(&str, &str)]) -> Value {
        self.asked.push(action);
        let reply = self.root.ram(action, parameters).await;
        assert_eq!(reply.status, 200, "worker {}, {action}: {}", self.number, reply.body);
        reply.body
    }

    /// Makes what everybody makes, by the same names.
    async fn set_up(&mut self) {
        self.ram("CreateUser", &[("UserName", "alice")]).await;
        let freeze = json!({"now": time_text(self.time)});
        let (status, shown) = self.app.control.put(&format!("/clock?account={}", self.account), &freeze).await;
        assert_eq!((status, &shown["mode"]), (200, &json!("frozen")), "worker {}: {shown}", self.number);
        let password = self.password();
        self.ram("CreateLoginProfile", &[("UserName", "alice"), ("Password", &password)]).await;
        self.ram("CreateAccessKey", &[("UserName", "alice")]).await;
        self.ram("CreateGroup", &[("GroupName", "staff")]).await;
        self.ram("AddUserToGroup", &[("UserName", "alice"), ("GroupName", "staff")]).await;
        // A name that only this one has.
        let own = format!("worker-{}", self.number);
        self.ram("CreateUser", &[("UserName", &own)]).await;
    }

    async fn sign_in(&self, password: &str) -> String {
        let body = json!({"account": self.account, "user": "alice", "password": password});
        let (status, answer) = self.app.control.post("/sign-in", &body).await;
        assert!(matches!(status, 200 | 403), "worker {}: {status} {answer}", self.number);
        outcome(&answer).to_owned()
    }

    async fn advance(&mut self, seconds: u64) {
        let path = format!("/clock/advance?account={}", self.account);
        let (status, shown) = self.app.control.post(&path, &json!({"seconds": seconds})).await;
        assert_eq!(status, 200, "worker {}: {shown}", self.number);
        self.time += seconds;
    }

    /// Signs in until the initial password lapses, by its own clock alone.
    async fn live_through_two_weeks(&mut self) {
        let (own, of_the_next) = (self.password(), format!("Correct-Horse-{}-of-its-own", self.number + 1));
        assert_eq!(self.sign_in(&of_the_next).await, "invalid-credentials", "worker {}", self.number);
        // One third signs in, so that the password lapses for the others only.
        let has_signed_in = self.number.is_multiple_of(3);
        if has_signed_in {
            assert_eq!(self.sign_in(&own).await, "signed-in", "worker {}", self.number);
        }
        self.advance((INITIAL_DAYS - 1) * DAY + self.number as u64).await;
        self.advance(DAY).await;
        let expected = if has_signed_in { "signed-in" } else { "initial-password-expired" };
        assert_eq!(self.sign_in(&own).await, expected, "worker {}", self.number);
    }

    /// Sees what it made, all of it and nothing else.
    async fn look(&mut self) {
        let number = self.number;
        let users = self.ram("ListUsers", &[]).await;
        assert_eq!(
            names(&users["Users"]["User"], "UserName"),
            ["alice", &format!("worker-{number}")],
            "worker {number}"
        );
        let groups = self.ram("ListGroups", &[]).await;
        assert_eq!(names(&groups["Groups"]["Group"], "GroupName"), ["staff"], "worker {number}");
        let keys = self.ram("ListAccessKeys", &[("UserName", "alice")]).await;
        assert_eq!(keys["AccessKeys"]["AccessKey"].as_array().map(Vec::len), Some(1), "worker {number}");

        let (_, shown) = self.app.control.get(&format!("/clock?account={}", self.account)).await;
        assert_eq!(shown["now"], time_text(self.time), "worker {number}");
        let (_, listed) = self.app.control.get(&format!("/sessions?account={}", self.account)).await;
        let listed = listed["sessions"].as_array().expect("sessions").clone();
        assert_eq!(listed.len(), if number.is_multiple_of(3) { 2 } else { 0 }, "worker {number}");
        assert!(listed.iter().all(|session| session["account"] == *self.account), "worker {number}");
        let (_, journal) = self.app.control.get(&format!("/requests?account={}", self.account)).await;
        let journal = journal["requests"].as_array().expect("requests").clone();
        assert!(journal.iter().all(|entry| entry["account"] == *self.account), "worker {number}");
        let of_api = journal.iter().filter(|entry| entry["action"] != "ConsoleSignin");
        let told: Vec<_> = of_api.map(|entry| entry["action"].as_str().unwrap_or_default()).collect();
        assert_eq!(told, self.asked, "worker {number}");
    }

    /// Drops its account; what it was is gone.
    async fn end(self) {
        let (status, answer) = self.app.control.delete(&format!("/accounts/{}", self.account)).await;
        assert_eq!(status, 204, "worker {}: {answer}", self.number);
        let (status, _) = self.app.control.get(&format!("/clock?account={}", self.account)).await;
        assert_eq!(status, 404, "worker {}", self.number);
    }
}

async fn two_hundred_workers_never_see_each_other(place: &Place) {
    let app = Arc::new(TestApp::start(place).await);
    let (_, world_before) = app.control.get("/clock").await;
    let together = Arc::new(Barrier::new(WORKERS));
    concurrently(WORKERS, |number| {
        let (app, together) = (app.clone(), together.clone());
        async move {
            let mut worker = Worker::begin(number, app).await;
            worker.set_up().await;
            // All are there before any looks, and until the last has looked.
            together.wait().await;
            worker.live_through_two_weeks().await;
            worker.look().await;
            together.wait().await;
            worker.end().await;
        }
    })
    .await;

    let (_, world_after) = app.control.get("/clock").await;
    assert_eq!((&world_before["mode"], &world_after["mode"]), (&json!("system"), &json!("system")));
    let (_, left) = app.control.get("/accounts").await;
    assert_eq!(names(&left["accounts"], "id"), [ACCOUNT, "000000000000"]);
    assert_eq!(app.root().ram("ListUsers", &[]).await.ok()["Users"]["User"], json!([]));
    assert_eq!(app.running_sessions().await, [""; 0]);
}

fn names<'a>(list: &'a Value, member: &str) -> Vec<&'a str> {
    list.as_array().expect("a list").iter().map(|item| item[member].as_str().expect("a name")).collect()
}

/// A number of seconds since 1970 as the control surface writes it.
fn time_text(seconds: u64) -> String {
    let micros = i64::try_from(seconds).expect("a time of these centuries") * 1_000_000;
    sesame::domain::time::Time(micros).to_string()
}
