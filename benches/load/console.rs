//! The pages of the console as one browser asks for them, one after the other, over an account that is full.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Instant;

use crate::Outcome;
use crate::account::Account;
use crate::client::{Batch, request};
use crate::figures::median;
use crate::groups::Bench;
use crate::load::Window;
use crate::sign::Cloud;

const USERS: u64 = 10_000;
const GROUPS: u64 = 300;
const ROLES: u64 = 900;
const POLICIES: u64 = 1_400;
const SESSIONS: u64 = 10_000;
/// Users who have sessions.
const SIGNED_IN: u64 = 100;
const ACCOUNTS: u64 = 1_000;
/// How often each page is asked for.
const TIMES: usize = 30;

const TRUST: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":["acs:ram::1111222233334444:root"]}}]}"#;
const DOCUMENT: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:Get*","Resource":"*"}]}"#;

/// A browser without scripts that keeps its cookies.
struct Browser {
    stream: BufReader<TcpStream>,
    host: String,
    cookies: Vec<(String, String)>,
}

struct Page {
    status: u16,
    text: String,
}

impl Browser {
    fn new(host: &str) -> Outcome<Self> {
        let stream = TcpStream::connect(host)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream), host: host.to_owned(), cookies: Vec::new() })
    }

    fn send(&mut self, method: &str, path: &str, body: &str) -> Outcome<Page> {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\norigin: http://{host}\r\ncookie: {}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
            cookies.join("; "),
            body.len(),
            host = self.host,
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        let (mut line, mut length) = (String::new(), 0);
        self.stream.read_line(&mut line)?;
        let status = line.get(9..12).ok_or_else(|| format!("no answer to {method} {path}"))?.parse()?;
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            let Some((name, value)) = line.trim().split_once(": ") else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.parse()?;
            } else if name.eq_ignore_ascii_case("set-cookie") {
                let (name, value) = value.split(';').next().and_then(|pair| pair.split_once('=')).ok_or("a cookie")?;
                self.cookies.retain(|(kept, _)| kept != name);
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes)?;
        Ok(Page { status, text: String::from_utf8(bytes)? })
    }

    fn token(&mut self, path: &str) -> Outcome<String> {
        let page = self.send("GET", path, "")?;
        let token = page.text.split("name=\"form_token\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        Ok(token.ok_or("no token in the page")?.to_owned())
    }
}

/// A user's name without its domain.
fn bare(name: &str) -> &str {
    name.split('@').next().unwrap_or(name)
}

fn fill(account: &Account<'_>) -> Outcome<()> {
    account.create_users(0, USERS)?;
    let stamped = account.root.now();
    let mut batch = Batch::default();
    for number in 0..GROUPS {
        batch.push(&stamped.call("CreateGroup", &[("GroupName", &format!("group-{number:04}"))]));
    }
    for number in 0..ROLES {
        let name = format!("role-{number:04}");
        batch.push(&stamped.call("CreateRole", &[("AssumeRolePolicyDocument", TRUST), ("RoleName", &name)]));
    }
    for number in 0..POLICIES {
        let name = format!("policy-{number:04}");
        batch.push(&stamped.call("CreatePolicy", &[("PolicyDocument", DOCUMENT), ("PolicyName", &name)]));
    }
    for number in 0..1_000 {
        let user = account.user(number);
        batch.push(&stamped.call("AddUserToGroup", &[("GroupName", "group-0000"), ("UserPrincipalName", &user)]));
    }
    let admin = account.user(0);
    let all = [("PolicyName", "AdministratorAccess"), ("PolicyType", "System"), ("UserName", bare(&admin))];
    batch.push(&stamped.call("AttachPolicyToUser", &all));
    batch.push(&stamped.call("CreateAccessKey", &[("UserPrincipalName", &admin)]));
    for _ in 0..ACCOUNTS {
        batch.push(&request("POST", "/_sesame/accounts", r#"{"cloud":"aws"}"#));
    }
    account.driver.drive(account.server, batch, 8, Window::ALL, &Vec::new())?;
    Ok(())
}

/// Signs users in by one click each; the last is the administrator.
fn sign_in(browser: &mut Browser, account: &Account<'_>) -> Outcome<()> {
    let path = format!("/console/testers/accounts/{}", account.id);
    let token = browser.token(&path)?;
    for number in (0..SESSIONS).rev() {
        let user = account.user(number % SIGNED_IN);
        let body = format!("form_token={token}&user={}", bare(&user));
        let kept = browser.cookies.clone();
        let page = browser.send("POST", &format!("{path}/sign-in"), &body)?;
        if page.status != 303 {
            return Err(format!("cannot sign in: {} {}", page.status, page.text).into());
        }
        if number > 0 {
            browser.cookies = kept;
        }
    }
    Ok(())
}

impl Bench<'_> {
    /// The time from a request to the last byte of its page, each page alone, over one connection.
    pub(crate) fn console(&mut self) -> Outcome<()> {
        if !self.options.wants("console") {
            return Ok(());
        }
        let sesame = self.sesame("console.db", &[])?;
        let account = Account::create(Cloud::Alibaba, self.driver, &sesame)?;
        fill(&account)?;
        let mut browser = Browser::new(&sesame.address().to_string())?;
        sign_in(&mut browser, &account)?;
        let names = [0, USERS / 2, USERS - 1].map(|number| account.user(number));
        let [admin, middle, last] = names.each_ref().map(|name| bare(name));
        let journal = browser.send("GET", "/console/testers/journal", "")?.text;
        let mut links = journal.split("/console/testers/journal/").skip(1).filter_map(|rest| rest.split('"').next());
        // an entry's id has hyphens, its neighbours are words
        let request = links.find(|id| id.contains('-')).unwrap_or_default().to_owned();
        let pages = [
            "/console".to_owned(),
            "/console/users".to_owned(),
            format!("/console/users?search={}", &middle[..10]),
            format!("/console/users?after={middle}"),
            "/console/users?search=nobody".to_owned(),
            format!("/console/users/{admin}"),
            format!("/console/users/{last}"),
            format!("/console/users/{admin}/policies"),
            format!("/console/users/{admin}/policies?search=policy-13"),
            format!("/console/users/{admin}/groups"),
            format!("/console/users/{admin}/edit"),
            "/console/groups".to_owned(),
            "/console/groups/group-0000".to_owned(),
            "/console/groups/group-0000/members".to_owned(),
            "/console/roles".to_owned(),
            "/console/roles/role-0000".to_owned(),
            "/console/policies".to_owned(),
            "/console/policies?search=policy-13".to_owned(),
            "/console/policies?search=zzz".to_owned(),
            "/console/policies/own/policy-0000".to_owned(),
            "/console/policies/cloud/AdministratorAccess".to_owned(),
            "/console/sessions".to_owned(),
            "/console/settings".to_owned(),
            "/console/testers/journal".to_owned(),
            "/console/testers/journal?action=create&principal=root".to_owned(),
            format!("/console/testers/journal/{request}"),
            "/console/testers/accounts".to_owned(),
            format!("/console/testers/accounts/{}", account.id),
            "/console/testers/clock".to_owned(),
            format!("/console/testers/clock?account={}", account.id),
            "/console/testers/explorer".to_owned(),
            "/console/testers/explorer/aws-iam/CreateUser".to_owned(),
            "/console/login".to_owned(),
            "/console/aws/login".to_owned(),
            "/console/root/login".to_owned(),
        ];
        for path in pages {
            let mut milliseconds = Vec::new();
            let mut size = 0;
            for _ in 0..TIMES {
                let begun = Instant::now();
                let page = browser.send("GET", &path, "")?;
                milliseconds.push(begun.elapsed().as_secs_f64() * 1_000.0);
                if page.status != 200 {
                    return Err(format!("{path} is answered {}", page.status).into());
                }
                size = page.text.len();
            }
            let most = milliseconds.iter().copied().fold(0.0, f64::max);
            let middle = median(milliseconds).unwrap_or(f64::NAN);
            let kilobytes = crate::load::number(size.try_into()?) / 1024.0;
            let value = format!("{middle:.1} ms (at most {most:.1}), {kilobytes:.0} KB");
            let shown = path.replace(&account.id, "ACCOUNT").replace(&request, "ID");
            self.report.fact(format!("console: GET {shown}"), value, "under 10 ms");
        }
        Ok(())
    }
}
