//! A client of AWS's query protocol with a key that was never issued, whose signature nobody verifies.

use std::net::SocketAddr;

use crate::support::{TestApp, encode};

/// A policy that allows one thing.
pub(super) const DOCUMENT: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;

/// The root of the default account.
#[derive(Clone)]
pub(super) struct Aws {
    http: reqwest::Client,
    address: SocketAddr,
    date: String,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: String,
}

impl Aws {
    pub(super) fn root(app: &TestApp) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        let date = app.app.system_now().to_wire().replace(['-', ':'], "");
        Self { http, address: app.address, date }
    }

    pub(super) async fn iam(&self, action: &str, parameters: &[(&str, &str)]) -> Answer {
        let mut form = format!("Action={action}&Version=2010-05-08");
        for (name, value) in parameters {
            form = format!("{form}&{}={}", encode(name), encode(value));
        }
        let (date, signature) = (&self.date, "0".repeat(64));
        let scope = format!("test/{}/us-east-1/iam/aws4_request", &date[..8]);
        let authorization =
            format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature={signature}");
        let request = self.http.post(format!("http://{}/", self.address)).body(form);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let request = request.header("x-amz-date", date).header("authorization", authorization);
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        Answer { status, body: response.text().await.expect("the whole answer") }
    }
}

impl Answer {
    /// The text of every element of this name.
    pub(super) fn all(&self, name: &str) -> Vec<String> {
        let (start, end) = (format!("<{name}>"), format!("</{name}>"));
        let parts = self.body.split(&start).skip(1);
        let plain = |text: &str| text.replace("&quot;", "\"").replace("&apos;", "'").replace("&amp;", "&");
        parts.map(|part| plain(part.split(&end).next().expect("an end"))).collect()
    }

    /// The text of the first element of this name.
    #[track_caller]
    pub(super) fn text(&self, name: &str) -> String {
        self.all(name).into_iter().next().unwrap_or_else(|| panic!("no {name} in {}", self.body))
    }

    /// Checks that it is a success.
    #[track_caller]
    pub(super) fn ok(self) -> Self {
        assert_eq!(self.status, 200, "{}", self.body);
        self
    }

    /// Checks that it is this error.
    #[track_caller]
    pub(super) fn is(&self, status: u16, code: &str, message: &str) {
        assert_eq!(self.status, status, "{}", self.body);
        assert_eq!((&*self.text("Code"), &*self.text("Message")), (code, message));
    }
}
