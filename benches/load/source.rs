//! Where the requests of a line come from.

use crate::Outcome;
use crate::account::Account;
use crate::baseline::ROWS;
use crate::client::{Batch, request};
use crate::load::Driver;
use crate::process::Server;
use crate::sign::{Cloud, Signer};

/// A stride without a common divisor with any number of users here: it visits all of them in no order that helps.
const STRIDE: u64 = 7_919;

/// Makes the requests of a round beforehand.
pub(crate) trait Source {
    /// At least one request and at most `count`, signed now.
    fn make(&mut self, count: usize) -> Outcome<Batch>;

    /// Says how many of the last batch were sent.
    fn sent(&mut self, _count: usize) {}
}

/// Requests to the bare server.
pub(crate) struct Bare {
    path: &'static str,
    next: u64,
}

impl Bare {
    pub(crate) fn new(path: &'static str) -> Self {
        // Several lines insert into the one table: each has its own numbers.
        use std::sync::atomic::{AtomicU64, Ordering};
        static FIRST: AtomicU64 = AtomicU64::new(0);
        Self { path, next: FIRST.fetch_add(1 << 32, Ordering::Relaxed) }
    }
}

impl Source for Bare {
    fn make(&mut self, count: usize) -> Outcome<Batch> {
        let mut batch = Batch::default();
        for _ in 0..count {
            self.next += 1;
            let path = match self.path {
                "/select" => format!("/select/row-{}", self.next.wrapping_mul(STRIDE) % ROWS),
                "/insert" => format!("/insert/new-{}", self.next),
                other => other.to_owned(),
            };
            batch.push(&request("GET", &path, ""));
        }
        Ok(batch)
    }
}

/// New accounts.
pub(crate) struct NewAccounts;

impl Source for NewAccounts {
    fn make(&mut self, count: usize) -> Outcome<Batch> {
        let mut batch = Batch::default();
        for _ in 0..count {
            batch.push(&request("POST", "/_sesame/accounts", r#"{"cloud":"alibaba"}"#));
        }
        Ok(batch)
    }
}

/// Accounts that were made before the round are dropped.
pub(crate) struct Drops<'a> {
    pub(crate) driver: &'a Driver,
    pub(crate) server: &'a Server,
    /// Users of each, with a login profile for every tenth.
    pub(crate) users: u64,
    /// Accounts for a round at the most.
    pub(crate) most: usize,
    pub(crate) left: Vec<String>,
}

impl Source for Drops<'_> {
    fn make(&mut self, count: usize) -> Outcome<Batch> {
        while self.left.len() < count.min(self.most) {
            let account = Account::create(Cloud::Alibaba, self.driver, self.server)?;
            account.create_users(0, self.users)?;
            for number in 0..self.users / 10 {
                account.create_profile(number, &password(number))?;
            }
            self.left.push(account.id);
        }
        let mut batch = Batch::default();
        for id in &self.left {
            batch.push(&request("DELETE", &format!("/_sesame/accounts/{id}"), ""));
        }
        Ok(batch)
    }

    fn sent(&mut self, count: usize) {
        self.left.drain(..count);
    }
}

/// One operation again and again, by someone on itself.
pub(crate) struct Again {
    pub(crate) signer: Signer,
    pub(crate) action: &'static str,
}

impl Source for Again {
    fn make(&mut self, count: usize) -> Outcome<Batch> {
        let stamped = self.signer.now();
        let mut batch = Batch::default();
        for _ in 0..count {
            batch.push(&stamped.call(self.action, &[]));
        }
        Ok(batch)
    }
}

/// One operation on user after user.
pub(crate) struct OnUsers<'a> {
    pub(crate) account: &'a Account<'a>,
    pub(crate) action: &'static str,
    /// Numbers of the users, from the first to behind the last; then from the first again.
    pub(crate) users: std::ops::Range<u64>,
    pub(crate) next: u64,
}

impl Source for OnUsers<'_> {
    fn make(&mut self, count: usize) -> Outcome<Batch> {
        let stamped = self.account.root.now();
        let mut batch = Batch::default();
        for _ in 0..count {
            self.next += 1;
            let number = self.users.start + self.next * STRIDE % (self.users.end - self.users.start);
            batch.push(&stamped.call(self.action, &[(self.account.user_parameter(), &self.account.user(number))]));
        }
        Ok(batch)
    }
}

/// The same page of users again and again.
pub(crate) struct Page<'a> {
    pub(crate) account: &'a Account<'a>,
    pub(crate) size: &'static str,
    pub(crate) marker: String,
}

impl Source for Page<'_> {
    fn make(&mut self, count: usize) -> Outcome<Batch> {
        let stamped = self.account.root.now();
        let mut batch = Batch::default();
        for _ in 0..count {
            let both = [("Marker", &*self.marker), ("MaxItems", self.size)];
            batch.push(&stamped.call("ListUsers", if self.marker.is_empty() { &both[1..] } else { &both }));
        }
        Ok(batch)
    }
}

/// New users, or login profiles of users that were made before the round.
pub(crate) struct Creations<'a> {
    pub(crate) account: &'a Account<'a>,
    pub(crate) profiles: bool,
    next: u64,
    made: u64,
}

impl<'a> Creations<'a> {
    /// `lane` keeps the users of several lines in one account apart.
    pub(crate) fn new(account: &'a Account<'a>, profiles: bool, lane: u64) -> Self {
        let first = lane * 10_000_000;
        Self { account, profiles, next: first, made: first }
    }
}

impl Source for Creations<'_> {
    fn make(&mut self, count: usize) -> Outcome<Batch> {
        let end = self.next + count as u64;
        if self.profiles && end > self.made {
            self.account.create_users(self.made, end)?;
            self.made = end;
        }
        let stamped = self.account.root.now();
        let mut batch = Batch::default();
        for number in self.next..end {
            let name = self.account.user(number);
            batch.push(&if self.profiles {
                let parameters = [("Password", &*password(number)), ("UserPrincipalName", &name)];
                stamped.call("CreateLoginProfile", &parameters)
            } else {
                stamped.call("CreateUser", &[("DisplayName", "Load"), ("UserPrincipalName", &name)])
            });
        }
        Ok(batch)
    }

    fn sent(&mut self, count: usize) {
        self.next += count as u64;
    }
}

/// A user who changes the password from one to the next and never goes back.
pub(crate) struct Changes {
    pub(crate) signer: Signer,
    /// The number of the password that the user has now.
    pub(crate) now: u64,
}

impl Source for Changes {
    fn make(&mut self, count: usize) -> Outcome<Batch> {
        let stamped = self.signer.now();
        let mut batch = Batch::default();
        for number in self.now..self.now + count as u64 {
            let (old, new) = (password(number), password(number + 1));
            batch.push(&stamped.call("ChangePassword", &[("NewPassword", &new), ("OldPassword", &old)]));
        }
        Ok(batch)
    }

    fn sent(&mut self, count: usize) {
        self.now += count as u64;
    }
}

pub(crate) fn password(number: u64) -> String {
    format!("Gx7!load-{number:08}-Qz")
}
