//! A client of AWS's query protocol that is the root of an account: a key that was never issued, whose signature
//! nobody verifies.

use std::net::SocketAddr;

use percent_encoding::percent_decode_str;
use sesame::clock::Clock;

use crate::support::{TestApp, TestClock, encode};

/// A policy that allows one thing.
pub(crate) const DOCUMENT: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;

/// The root of one account.
#[derive(Clone)]
pub(crate) struct Aws {
    http: reqwest::Client,
    address: SocketAddr,
    key_id: String,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Xml {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// The same under another name.
pub(crate) type Answer = Xml;

impl Aws {
    /// The root of the default account.
    pub(crate) fn root(app: &TestApp) -> Self {
        Self::account(app, "test")
    }

    /// The root of this account; whoever has this key where signatures are not verified.
    pub(crate) fn account(app: &TestApp, id: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        Self { http, address: app.address, key_id: id.to_owned() }
    }

    /// Calls an operation of IAM.
    pub(crate) async fn iam(&self, action: &str, parameters: &[(&str, &str)]) -> Xml {
        self.call("iam", "2010-05-08", action, parameters).await
    }

    /// Calls an operation of STS.
    pub(crate) async fn sts(&self, action: &str, parameters: &[(&str, &str)]) -> Xml {
        self.call("sts", "2011-06-15", action, parameters).await
    }

    async fn call(&self, service: &str, version: &str, action: &str, parameters: &[(&str, &str)]) -> Xml {
        let pairs = parameters.iter().map(|(name, value)| format!("&{}={}", encode(name), encode(value)));
        let body = format!("Action={action}&Version={version}{}", pairs.collect::<Vec<_>>().concat());
        let time: String = TestClock.now().to_wire().chars().filter(|c| !matches!(c, '-' | ':')).collect();
        let date = time.get(..8).expect("a date");
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={}/{date}/us-east-1/{service}/aws4_request, SignedHeaders=host;x-amz-date, \
             Signature={}",
            self.key_id,
            "0".repeat(64)
        );
        let request = self.http.post(format!("http://{}/", self.address)).header("x-amz-date", &time);
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        let request = request.header("authorization", authorization);
        let response = request.send().await.expect("an answer");
        Xml { status: response.status().as_u16(), body: response.text().await.expect("the whole answer") }
    }
}

impl Xml {
    /// The answer, which must be a success.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.status, 200, "{}", self.body);
        self
    }

    /// Checks that the answer is this error.
    #[track_caller]
    pub(crate) fn is(&self, status: u16, code: &str, message: &str) {
        assert_eq!((self.status, self.code(), &*self.text("Message")), (status, code, message), "{}", self.body);
    }

    /// The error's code; empty for success.
    pub(crate) fn code(&self) -> &str {
        let code = self.body.split("<Code>").nth(1).and_then(|rest| rest.split("</Code>").next());
        code.unwrap_or_default()
    }

    /// What stands in the first element of this name; empty where there is none.
    pub(crate) fn text(&self, name: &str) -> String {
        self.texts(name).into_iter().next().unwrap_or_default()
    }

    /// The same as [`Self::all`].
    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        self.all(name)
    }

    /// The first policy document of this name, decoded.
    pub(crate) fn document(&self, name: &str) -> String {
        percent_decode_str(&self.text(name)).decode_utf8().expect("UTF-8").into_owned()
    }

    /// What stands in each element of this name, its references resolved as far as tests need it.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        self.body.split(&open).skip(1).filter_map(|rest| rest.split(&close).next()).map(resolved).collect()
    }

    /// Whether there is an element of this name, even an empty one.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.body.contains(&format!("<{name}>")) || self.body.contains(&format!("<{name}/>"))
    }
}

fn resolved(text: &str) -> String {
    let quotes = text.replace("&quot;", "\"").replace("&apos;", "'");
    quotes.replace("&lt;", "<").replace("&gt;", ">").replace("&#xD;", "\r").replace("&amp;", "&")
}
