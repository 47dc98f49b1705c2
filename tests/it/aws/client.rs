//! A client of AWS's query protocol that is the root of an account: a key that was never issued, whose signature
//! nobody verifies.

use std::net::SocketAddr;

use percent_encoding::percent_decode_str;
use sesame::clock::Clock;

use crate::support::{TestApp, TestClock, encode};

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

impl Aws {
    /// The root of the default account.
    pub(crate) fn root(app: &TestApp) -> Self {
        Self::account(app, "test")
    }

    /// The root of this account.
    pub(crate) fn account(app: &TestApp, id: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        Self { http, address: app.address, key_id: id.to_owned() }
    }

    /// Calls an operation of IAM.
    pub(crate) async fn iam(&self, action: &str, parameters: &[(&str, &str)]) -> Xml {
        let time: String = TestClock.now().to_wire().chars().filter(|c| !matches!(c, '-' | ':')).collect();
        let date = time.get(..8).expect("a date");
        let pairs = parameters.iter().map(|(name, value)| format!("&{name}={}", encode(value)));
        let body = format!("Action={action}&Version=2010-05-08{}", pairs.collect::<Vec<_>>().concat());
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={}/{date}/us-east-1/iam/aws4_request, SignedHeaders=host;x-amz-date, \
             Signature={}",
            self.key_id,
            "0".repeat(64)
        );
        let request = self.http.post(format!("http://{}/", self.address)).header("x-amz-date", &time);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let response = request.header("authorization", authorization).body(body).send().await.expect("an answer");
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
        self.all("Code").first().copied().unwrap_or_default()
    }

    /// What stands in the first element of this name; empty where there is none.
    pub(crate) fn text(&self, name: &str) -> String {
        let written = self.all(name).first().copied().unwrap_or_default();
        let text = written.replace("&quot;", "\"").replace("&apos;", "'").replace("&lt;", "<").replace("&gt;", ">");
        text.replace("&amp;", "&")
    }

    /// The same of a policy document, decoded.
    pub(crate) fn document(&self, name: &str) -> String {
        percent_decode_str(&self.text(name)).decode_utf8().expect("UTF-8").into_owned()
    }

    /// What stands in each element of this name.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        self.body.split(&open).skip(1).filter_map(|rest| rest.split(&close).next()).collect()
    }

    /// Whether there is an element of this name, even an empty one.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.body.contains(&format!("<{name}>")) || self.body.contains(&format!("<{name}/>"))
    }
}
