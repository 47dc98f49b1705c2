//! An account of a running Sesame, made over its control surface, and what is put into it through its API.

use serde_json::Value;

use crate::Outcome;
use crate::client::{Batch, request};
use crate::load::{Driver, Window, refusal};
use crate::process::Server;
use crate::sign::{Cloud, Signer};

/// How many users are made at a time: so many requests are held in memory.
const AT_A_TIME: u64 = 20_000;

pub(crate) struct Account<'a> {
    pub(crate) driver: &'a Driver,
    pub(crate) server: &'a Server,
    pub(crate) id: String,
    cloud: Cloud,
    domain: String,
    pub(crate) root: Signer,
}

impl<'a> Account<'a> {
    /// Makes an account with a root key that was issued, so that its signatures are verified.
    pub(crate) fn create(cloud: Cloud, driver: &'a Driver, server: &'a Server) -> Outcome<Self> {
        let name = format!("{cloud:?}").to_lowercase();
        let asked = request("POST", "/_sesame/accounts", &serde_json::json!({"cloud": name}).to_string());
        let made = answer(driver.ask(server.address(), &asked)?)?;
        let key = &made["root"];
        let root = Signer::new(
            cloud,
            text(&key["access_key_id"])?,
            text(&key["access_key_secret"])?,
            &server.address().to_string(),
        )?;
        let (id, domain) = (text(&made["id"])?.to_owned(), made["domain"].as_str().unwrap_or_default().to_owned());
        Ok(Self { driver, server, id, cloud, domain, root })
    }

    /// Calls an operation as the root.
    pub(crate) fn call(&self, action: &str, parameters: &[(&str, &str)]) -> Outcome<Value> {
        answer(self.driver.ask(self.server.address(), &self.root.now().call(action, parameters))?)
    }

    /// The principal name of the user with this number; names sort as the numbers do.
    pub(crate) fn user(&self, number: u64) -> String {
        match self.cloud {
            Cloud::Alibaba => format!("user-{number:08}@{}", self.domain),
            Cloud::Aws => format!("user-{number:08}"),
        }
    }

    /// The parameter that names a user.
    pub(crate) fn user_parameter(&self) -> &'static str {
        match self.cloud {
            Cloud::Alibaba => "UserPrincipalName",
            Cloud::Aws => "UserName",
        }
    }

    /// Makes the users with these numbers.
    pub(crate) fn create_users(&self, mut from: u64, to: u64) -> Outcome<()> {
        while from < to {
            let end = to.min(from + AT_A_TIME);
            let stamped = self.root.now();
            let mut batch = Batch::default();
            for number in from..end {
                let name = self.user(number);
                batch.push(&stamped.call("CreateUser", &[("DisplayName", "Load"), (self.user_parameter(), &name)]));
            }
            self.driver.drive(self.server, batch, 16, Window::ALL, &Vec::new())?;
            from = end;
        }
        Ok(())
    }

    pub(crate) fn create_profile(&self, number: u64, password: &str) -> Outcome<()> {
        let name = self.user(number);
        self.call("CreateLoginProfile", &[("Password", password), ("UserPrincipalName", &name)]).map(drop)
    }

    /// A key of a user's own.
    pub(crate) fn user_key(&self, number: u64) -> Outcome<Signer> {
        let made = self.call("CreateAccessKey", &[("UserPrincipalName", &self.user(number))])?;
        let key = &made["AccessKey"];
        Signer::new(
            self.cloud,
            text(&key["AccessKeyId"])?,
            text(&key["AccessKeySecret"])?,
            &self.server.address().to_string(),
        )
    }

    /// A key of a user of AWS that may read itself, and that has so many policies more, all as long as they may be: half
    /// of them its own, half those of a group that it is in.
    pub(crate) fn permitted_user(&self, number: u64, policies: usize) -> Outcome<Signer> {
        let name = self.user(number);
        let user = ("UserName", &*name);
        let own = [user, ("PolicyName", "own"), ("PolicyDocument", READS_ITSELF)];
        self.asked("PutUserPolicy", &own)?;
        let group = ("GroupName", &*name);
        self.asked("CreateGroup", &[group])?;
        self.asked("AddUserToGroup", &[group, user])?;
        for policy in 0..policies {
            let document = long_policy(policy);
            let policy_name = format!("{name}-{policy}");
            let made = self.asked("CreatePolicy", &[("PolicyName", &policy_name), ("PolicyDocument", &document)])?;
            let arn = ("PolicyArn", element(&made, "Arn")?);
            if policy % 2 == 0 {
                self.asked("AttachUserPolicy", &[user, arn])?;
            } else {
                self.asked("AttachGroupPolicy", &[group, arn])?;
            }
        }
        let key = self.asked("CreateAccessKey", &[user])?;
        let host = self.server.address().to_string();
        Signer::new(self.cloud, element(&key, "AccessKeyId")?, element(&key, "SecretAccessKey")?, &host)
    }

    /// As [`Self::call`], of what answers in XML.
    fn asked(&self, action: &str, parameters: &[(&str, &str)]) -> Outcome<String> {
        let (status, body) = self.driver.ask(self.server.address(), &self.root.now().call(action, parameters))?;
        if status == 200 { Ok(String::from_utf8(body)?) } else { Err(refusal(status, &body).into()) }
    }

    /// The marker of the page that starts in the middle of so many users.
    pub(crate) fn middle_marker(&self, users: u64) -> Outcome<String> {
        let (mut marker, mut left) = (String::new(), users / 2);
        while left > 0 {
            let most = left.min(1_000);
            let page = most.to_string();
            let listed = self.call("ListUsers", &[("Marker", &marker), ("MaxItems", &page)])?;
            text(&listed["Marker"])?.clone_into(&mut marker);
            left -= most;
        }
        Ok(marker)
    }

    /// The request that signs a user in.
    pub(crate) fn sign_in(&self, number: u64, password: &str) -> Vec<u8> {
        let body = serde_json::json!({"account": self.id, "user": self.user(number), "password": password});
        request("POST", "/_sesame/sign-in", &body.to_string())
    }
}

/// A policy that lets whoever has it read itself.
const READS_ITSELF: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:GetUser",
    "Resource":"arn:aws:iam::*:user/${aws:username}"}]}"#;

/// What a managed policy may have, without white space (AWS IAM User Guide, "IAM and AWS STS quotas").
const POLICY_SIZE: usize = 6_144;

/// A policy that is nearly as long as one may be, and says of users and of much else what does not concern anyone here.
fn long_policy(number: usize) -> String {
    let statement = |of: usize| {
        let (service, effect) =
            (["iam", "s3", "ec2", "sqs"][of % 4], if of.is_multiple_of(5) { "Deny" } else { "Allow" });
        serde_json::json!({"Effect": effect, "Action": [format!("{service}:Get*"), format!("{service}:List*")],
            "Resource": format!("arn:aws:{service}:::thing-{number}-{of}/*"),
            "Condition": {"StringLike": {"aws:PrincipalTag/team": [format!("team-{of}-*"), "nobody"]}}})
        .to_string()
    };
    let mut statements = String::new();
    for of in 0.. {
        let next = statement(of).replace("arn:aws:iam:::thing", "arn:aws:iam::111122223333:user/thing");
        if statements.len() + next.len() + 64 > POLICY_SIZE {
            break;
        }
        if of > 0 {
            statements.push(',');
        }
        statements.push_str(&next);
    }
    format!("{{\"Version\":\"2012-10-17\",\"Statement\":[{statements}]}}")
}

/// What stands in the first element of this name.
fn element<'a>(answer: &'a str, name: &str) -> Outcome<&'a str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let found = answer.split_once(&open).and_then(|(_, rest)| rest.split_once(&close));
    found.map(|(text, _)| text).ok_or_else(|| format!("no {name} in {answer}").into())
}

pub(crate) fn text(value: &Value) -> Outcome<&str> {
    value.as_str().ok_or_else(|| format!("expected a text, found {value}").into())
}

pub(crate) fn answer((status, body): (u16, Vec<u8>)) -> Outcome<Value> {
    if status == 200 { Ok(serde_json::from_slice(&body)?) } else { Err(refusal(status, &body).into()) }
}
