//! A client of AWS's query APIs whose key was never issued: the root of the default account, unsigned.

use std::net::SocketAddr;

use crate::support::{TestApp, encode};

/// The default account.
pub(crate) const ACCOUNT: &str = "000000000000";

/// See the module.
pub(crate) struct Aws {
    http: reqwest::Client,
    address: SocketAddr,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Xml {
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl Aws {
    /// The root of the default account.
    pub(crate) fn root(app: &TestApp) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        Self { http, address: app.address }
    }

    /// Calls IAM.
    pub(crate) async fn iam(&self, action: &str, parameters: &[(&str, &str)]) -> Xml {
        let date = sesame::clock::Clock::now(&crate::support::TestClock).to_wire().replace(['-', ':'], "");
        let day = date.split('T').next().expect("a day");
        let signature = "0".repeat(64);
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential=test/{day}/us-east-1/iam/aws4_request, SignedHeaders=host;x-amz-date, \
             Signature={signature}"
        );
        let pairs = [("Action", action), ("Version", "2010-05-08")].into_iter().chain(parameters.iter().copied());
        let body: Vec<String> = pairs.map(|(name, value)| format!("{name}={}", encode(value))).collect();
        let request = self
            .http
            .post(format!("http://{}/", self.address))
            .header("authorization", authorization)
            .header("x-amz-date", date)
            .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
            .body(body.join("&"));
        let response = request.send().await.unwrap_or_else(|error| panic!("no answer: {error:?}"));
        Xml { status: response.status().as_u16(), text: response.text().await.expect("the whole answer") }
    }
}

impl Xml {
    /// What stands in the first element of this name; empty when there is none.
    pub(crate) fn get(&self, element: &str) -> &str {
        self.all(element).first().copied().unwrap_or_default()
    }

    /// What stands in every element of this name.
    pub(crate) fn all(&self, element: &str) -> Vec<&str> {
        let (open, close) = (format!("<{element}>"), format!("</{element}>"));
        self.text.split(&*open).skip(1).filter_map(|rest| rest.split_once(&*close)).map(|(inner, _)| inner).collect()
    }

    /// Checks that the answer is a success.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.status, 200, "{}", self.text);
        self
    }

    /// Checks that the answer is this error.
    #[track_caller]
    pub(crate) fn is(&self, status: u16, code: &str, message: &str) {
        assert_eq!(
            (self.status, self.get("Code"), &*self.get("Message").replace("&apos;", "'")),
            (status, code, message),
            "{}",
            self.text
        );
    }
}
