//! What is measured: groups of lines, each group with what it needs.

use std::path::Path;
use std::time::Instant;

use crate::account::{Account, answer};
use crate::baseline::ROWS;
use crate::figures::{Report, median};
use crate::line::{Line, measure};
use crate::load::{Driver, Window};
use crate::process::{Server, sesame_path};
use crate::sign::{Cloud, Signer};
use crate::source::{Again, Bare, Changes, Creations, Drops, NewAccounts, OnUsers, Page, Source as _, password};
use crate::{Options, Outcome};

const STARTS: usize = 20;
const CONNECTIONS: [usize; 2] = [1, 16];
/// Users with login profiles among those that are read.
const PROFILES: u64 = 500;
/// A quota that no line reaches.
const MANY_USERS: (&str, &str) = ("SESAME_ALIBABA__USERS_PER_ACCOUNT", "1000000");
/// Users of the AWS account, whose quota is 5,000.
const AWS_USERS: u64 = 4_000;
const FEW: u64 = 100;
const MANY: u64 = 100_000;
/// Clients that sign in without pause.
const SIGNING_IN: u64 = 8;

/// What all groups share.
pub(crate) struct Bench<'a> {
    pub(crate) options: &'a Options,
    pub(crate) driver: &'a Driver,
    /// Where stores in files live.
    pub(crate) directory: &'a Path,
    pub(crate) report: Report,
}

impl Bench<'_> {
    pub(crate) fn sesame(&self, name: &str, variables: &[(&str, &str)]) -> Outcome<Server> {
        let mut all = vec![MANY_USERS];
        all.extend(variables);
        Server::sesame(&self.options.store_url(self.directory, name), &all)
    }

    fn measure(&mut self, lines: Vec<Line<'_>>) -> Outcome<()> {
        let figures = measure(self.driver, self.options, lines)?;
        self.report.add(figures);
        Ok(())
    }

    /// From exec to the first signed answer, over a fresh store in memory; and the size of the program.
    pub(crate) fn start(&mut self) -> Outcome<()> {
        if !self.options.wants("start") {
            return Ok(());
        }
        let mut milliseconds = Vec::new();
        for _ in 0..STARTS {
            let begun = Instant::now();
            let server = Server::sesame("sqlite::memory:", &[])?;
            let signer = Signer::new(Cloud::Alibaba, "bench", "bench", &server.address().to_string())?;
            answer(self.driver.ask(server.address(), &signer.now().call("ListUsers", &[]))?)?;
            milliseconds.push(begun.elapsed().as_secs_f64() * 1_000.0);
        }
        milliseconds.sort_by(f64::total_cmp);
        let (least, most) = (milliseconds[0], milliseconds[STARTS - 1]);
        let middle = median(milliseconds).unwrap_or(f64::NAN);
        let value = format!("{middle:.1} ms ({least:.1} to {most:.1})");
        self.report.fact("exec to the first signed answer, fresh store in memory", value, "under 50 ms, better 20");
        let size = std::fs::metadata(sesame_path())?.len() / 1024;
        let size = crate::load::number(size) / 1024.0;
        self.report.fact("size of the program", format!("{size:.1} MB"), "under 25 MB");
        Ok(())
    }

    /// Reads, writes and changes of passwords, beside the bare server.
    pub(crate) fn main(&mut self) -> Outcome<()> {
        let names = ["memory", "bare", "Get", "CreateUser", "CreateLoginProfile", "ListUsers", "ChangePassword"];
        if !names.iter().any(|name| self.options.wants(name)) {
            return Ok(());
        }
        let path = self.directory.join("bare.db");
        let bare = Server::start(
            &std::env::current_exe()?,
            &["--bare", path.to_str().ok_or("the temporary directory has an odd name")?],
            &[],
        )?;
        let sesame = self.sesame("main.db", &[])?;
        let reads = Account::create(Cloud::Alibaba, self.driver, &sesame)?;
        reads.call("ListUsers", &[])?;
        self.report.fact("resident memory, idle after the first answers", megabytes(&sesame)?, "under 30 MB");
        self.reads(&bare, &reads)?;
        self.writes(&bare, &Account::create(Cloud::Alibaba, self.driver, &sesame)?)?;
        self.passwords(&sesame)?;
        self.report.fact("resident memory after this load", megabytes(&sesame)?, "");
        self.report.fact("resident memory of the bare server", megabytes(&bare)?, "");
        for (line, aim) in [("GetUser", "1.0"), ("GetLoginProfile", "1.0"), ("GetUser of AWS", "1.0")] {
            self.report.ratio(
                (line, 16),
                |figure| figure.rate_ratio,
                (&format!("{line} at 16 connections against the bare select"), aim),
            );
        }
        let insert = "CreateUser at 16 connections against the bare insert";
        self.report.ratio(("CreateUser", 16), |figure| figure.rate_ratio, (insert, "0.6"));
        let remembered = "ChangePassword, p50 with 24 remembered passwords against none";
        self.report.ratio((CHANGE_24, 1), |figure| figure.p50_ratio, (remembered, "at most 1.5"));
        Ok(())
    }

    fn reads(&mut self, bare: &Server, account: &Account<'_>) -> Outcome<()> {
        account.create_users(0, ROWS)?;
        if self.options.wants("GetLoginProfile") {
            for number in 0..PROFILES {
                account.create_profile(number, &password(number))?;
            }
        }
        let on = |action, end| OnUsers { account, action, users: 0..end, next: 0 };
        // Every user is read once before, so that these lines are of what is in memory, and not of some of both; what
        // is not is in the group of sizes.
        let once = on("GetUser", ROWS).make(usize::try_from(ROWS)?)?;
        self.driver.drive(account.server, once, 16, Window::ALL, &Vec::new())?;
        let page = || Page { account, size: "100", marker: String::new() };
        let aws = Account::create(Cloud::Aws, self.driver, account.server)?;
        aws.create_users(0, AWS_USERS)?;
        let on_aws = || OnUsers { account: &aws, action: "GetUser", users: 0..AWS_USERS, next: 0 };
        for connections in CONNECTIONS {
            let sesame = account.server;
            self.measure(vec![
                Line::new("bare hello", connections, bare, Bare::new("/hello")),
                Line::new("bare select", connections, bare, Bare::new("/select")),
                Line::new("GetUser", connections, sesame, on("GetUser", ROWS)).against(1),
                Line::new("GetLoginProfile", connections, sesame, on("GetLoginProfile", PROFILES)).against(1),
                Line::new("ListUsers, 100 of 10,000", connections, sesame, page()).against(1),
                Line::new("GetUser of AWS", connections, sesame, on_aws()).against(1),
            ])?;
        }
        Ok(())
    }

    fn writes(&mut self, bare: &Server, account: &Account<'_>) -> Outcome<()> {
        for (lane, connections) in (0..).step_by(2).zip(CONNECTIONS) {
            let (users, profiles) = (Creations::new(account, false, lane), Creations::new(account, true, lane + 1));
            self.measure(vec![
                Line::new("bare insert", connections, bare, Bare::new("/insert")),
                Line::new("CreateUser", connections, account.server, users).against(0),
                Line::new("CreateLoginProfile", connections, account.server, profiles).against(0),
            ])?;
        }
        Ok(())
    }

    fn passwords(&mut self, sesame: &Server) -> Outcome<()> {
        if !self.options.wants("ChangePassword") {
            return Ok(());
        }
        let mut lines = Vec::new();
        for (name, remembered) in [("ChangePassword, none remembered", "0"), (CHANGE_24, "24")] {
            let account = Account::create(Cloud::Alibaba, self.driver, sesame)?;
            account.call("SetPasswordPolicy", &[("PasswordReusePrevention", remembered)])?;
            account.create_users(0, 1)?;
            account.create_profile(0, &password(0))?;
            // The calibration changes more than 24 passwords, so that there are 24 to remember.
            let changes = Changes { signer: account.user_key(0)?, now: 0 };
            lines.push(Line::new(name, 1, sesame, changes));
        }
        if let Some(second) = lines.pop() {
            lines.push(second.against(0));
        }
        self.measure(lines)
    }

    /// The same requests with few users and with many, each in a store of its own.
    pub(crate) fn sizes(&mut self) -> Outcome<()> {
        if !self.options.wants("users:") {
            return Ok(());
        }
        let (small, large) = (self.sesame("small.db", &[])?, self.sesame("large.db", &[])?);
        let (few, many) = (
            Account::create(Cloud::Alibaba, self.driver, &small)?,
            Account::create(Cloud::Alibaba, self.driver, &large)?,
        );
        few.create_users(0, FEW)?;
        many.create_users(0, MANY)?;
        let (few_marker, many_marker) = (few.middle_marker(FEW)?, many.middle_marker(MANY)?);
        let read = |account, end| OnUsers { account, action: "GetUser", users: 0..end, next: 0 };
        let page = |account, marker: &str| Page { account, size: "50", marker: marker.to_owned() };
        self.measure(vec![
            Line::new("100 users: GetUser", 1, &small, read(&few, FEW)),
            Line::new("100,000 users: GetUser, the same 100", 1, &large, read(&many, FEW)).against(0),
            Line::new("100,000 users: GetUser, any", 1, &large, read(&many, MANY)).against(0),
            Line::new("100 users: ListUsers, first 50", 1, &small, page(&few, "")),
            Line::new("100,000 users: ListUsers, first 50", 1, &large, page(&many, "")).against(3),
            Line::new("100 users: ListUsers, 50 by marker", 1, &small, page(&few, &few_marker)),
            Line::new("100,000 users: ListUsers, 50 by marker", 1, &large, page(&many, &many_marker)).against(5),
        ])?;
        for (line, name) in [
            ("100,000 users: GetUser, the same 100", "GetUser of the same 100, p50 with 100,000 users against 100"),
            ("100,000 users: GetUser, any", "GetUser of any user, p50 with 100,000 users against 100"),
            ("100,000 users: ListUsers, first 50", "ListUsers first page, p50 with 100,000 users against 100"),
            ("100,000 users: ListUsers, 50 by marker", "ListUsers by marker, p50 with 100,000 users against 100"),
        ] {
            self.report.ratio((line, 1), |figure| figure.p50_ratio, (name, "at most 1.5"));
        }
        Ok(())
    }

    /// Users of AWS that call GetUser on themselves, one under many policies and one that a single short one permits.
    pub(crate) fn policies(&mut self) -> Outcome<()> {
        if !self.options.wants("GetUserPolicies") {
            return Ok(());
        }
        let sesame = self.sesame("policies.db", &[])?;
        let account = Account::create(Cloud::Aws, self.driver, &sesame)?;
        account.create_users(0, 2)?;
        let (few, many) = (account.permitted_user(0, 0)?, account.permitted_user(1, POLICIES)?);
        for connections in CONNECTIONS {
            self.measure(vec![
                Line::new(UNDER_ONE, connections, &sesame, Again { signer: few.clone(), action: "GetUser" }),
                Line::new(UNDER_MANY, connections, &sesame, Again { signer: many.clone(), action: "GetUser" })
                    .against(0),
            ])?;
        }
        let name = "GetUser on oneself, p50 under 20 policies of 6 KB each more against none of them";
        self.report.ratio((UNDER_MANY, 1), |figure| figure.p50_ratio, (name, "at most 1.5"));
        Ok(())
    }

    /// Accounts that are made and dropped, as each test of many does.
    pub(crate) fn accounts(&mut self) -> Outcome<()> {
        if !self.options.wants("accounts") {
            return Ok(());
        }
        let sesame = self.sesame("accounts.db", &[])?;
        // Others are there beside those that come and go.
        Account::create(Cloud::Alibaba, self.driver, &sesame)?.create_users(0, ACCOUNT_USERS)?;
        let drops = |users, most| Drops { driver: self.driver, server: &sesame, users, most, left: Vec::new() };
        self.measure(vec![
            Line::new(ACCOUNT_MADE, 1, &sesame, NewAccounts),
            Line::new(EMPTY_DROPPED, 1, &sesame, drops(0, 2_000)),
            Line::new(FULL_DROPPED, 1, &sesame, drops(ACCOUNT_USERS, 10)),
        ])?;
        for name in [ACCOUNT_MADE, EMPTY_DROPPED, FULL_DROPPED] {
            self.report.median((name, 1), "under 2 ms");
        }
        Ok(())
    }

    /// Reads beside sign-ins whose passwords are hashed at full cost.
    pub(crate) fn owasp(&mut self) -> Outcome<()> {
        if !self.options.wants("owasp") {
            return Ok(());
        }
        let sesame = self.sesame("owasp.db", &[("SESAME_PASSWORDS__COST", "owasp")])?;
        let account = Account::create(Cloud::Alibaba, self.driver, &sesame)?;
        account.create_users(0, FEW)?;
        let mut sign_ins = Vec::new();
        for number in 0..SIGNING_IN {
            account.create_profile(number, &password(number))?;
            let request = account.sign_in(number, &password(number));
            let outcome = answer(self.driver.ask(sesame.address(), &request)?)?;
            if outcome["outcome"] != "signed-in" {
                return Err(format!("cannot sign in: {outcome}").into());
            }
            sign_ins.push(request);
        }
        let read = || OnUsers { account: &account, action: "GetUser", users: 0..FEW, next: 0 };
        self.measure(vec![
            Line::new("owasp: GetUser, idle", 1, &sesame, read()),
            Line::new(SIGNING_IN_BESIDE, 1, &sesame, read()).beside(sign_ins).against(0),
        ])?;
        let name = "GetUser p99 while 8 clients sign in, OWASP cost, against idle";
        self.report.ratio((SIGNING_IN_BESIDE, 1), |figure| figure.p99_ratio, (name, "under 5"));
        Ok(())
    }
}

/// Users of an account that is not small.
const ACCOUNT_USERS: u64 = 1_000;
const ACCOUNT_MADE: &str = "accounts: made";
const EMPTY_DROPPED: &str = "accounts: dropped, empty";
const FULL_DROPPED: &str = "accounts: dropped, with 1,000 users";
/// Policies that a user stands under, half its own and half its group's: as many as the quota of each lets be attached.
const POLICIES: usize = 20;
const UNDER_ONE: &str = "GetUserPolicies: none attached";
const UNDER_MANY: &str = "GetUserPolicies: 20 attached";
const CHANGE_24: &str = "ChangePassword, 24 remembered";
const SIGNING_IN_BESIDE: &str = "owasp: GetUser, 8 clients signing in";

fn megabytes(server: &Server) -> Outcome<String> {
    Ok(format!("{:.1} MB", server.resident()?))
}
